"""Read a foreign workbook through a saved mapping, and read the mapping itself back.

Translating a sheet only rewrites its titles (and, of a diagnostic, its answers and wordings) in our words: addresses
stay, and the ordinary parsers do the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, cast

from nr_models.inventaire.correspondance import Correspondance, Genre, sign
from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.anomalies import Anomaly
from nr_models.values.text import fold
from tasks.office.columns import ANSWERS, Column
from tasks.reading.mark import find_mark
from tasks.reading.parsed import Parsed, Pointage
from tasks.reading.spreadsheet import Feuille, Lecture, Valeur
from tasks.reading.table import HEADER_ROWS, Cell, Record, fold_title
from tasks.stages.collect.columns import CORRESPONDANCE, CORRESPONDANCE_SHEETS, DIAGNOSTIC, IGNORED
from tasks.stages.collect.readers.colonnes import COLUMNS

OURS: Mapping[Genre, tuple[Column, ...]] = {"inventaire": COLUMNS, "diagnostic": DIAGNOSTIC}
"""The columns that a foreign one can become."""
_COLUMNS_SHEET = CORRESPONDANCE_SHEETS["colonnes"]
_NEEDED: Mapping[Genre, Mapping[str, str]] = {
    "inventaire": {},
    "diagnostic": {"question": "Question", "reponse": "Réponse"},
}
"""Without these a mapping reads nothing; an inventory may be named after its category."""
_FEWEST_TITLES = 2


def labels(genre: Genre) -> dict[str, str]:
    """What a foreign column can become, as people read it, with the field of each."""
    if genre == "diagnostic":
        kept = ("reponse", "commentaire", "reformulation")
        return {"Question": "question", **{item.title: item.field for item in DIAGNOSTIC if item.field in kept}}
    return {item.title: item.field for item in COLUMNS if item.field != "ecartee"}


class Entete(NamedTuple):
    """The titles of a sheet: the row they stand in, and the folded title of each column."""

    ligne: int
    titres: dict[int, str]

    @property
    def signature(self) -> str:
        """The signature of the titles."""
        return sign(self.titres.values())


def list_headers(feuille: Feuille) -> Iterable[Entete]:
    """The rows that may be titles, from the first."""
    for number, row in enumerate(feuille.lignes[:HEADER_ROWS]):
        titles = {place: fold_title(value) for place, value in enumerate(row) if isinstance(value, str)}
        titles = {place: title for place, title in titles.items() if title}
        if len(titles) >= _FEWEST_TITLES:
            yield Entete(number, titles)


def translate(lecture: Lecture, known: Sequence[Correspondance]) -> tuple[Lecture, Genre | None]:
    """The workbook in our words, and what it is; as it was, where no mapping is for it."""
    by_signature = {item.signature: item for item in known}
    genre: Genre | None = None
    sheets: list[Feuille] = []
    for feuille in lecture.feuilles if by_signature else ():
        found = next(
            (
                (header, by_signature[header.signature])
                for header in list_headers(feuille)
                if header.signature in by_signature
            ),
            None,
        )
        sheets.append(_translated(feuille, *found) if found else feuille)
        genre = found[1].genre if found else genre
    return (lecture._replace(feuilles=tuple(sheets)), genre) if genre else (lecture, None)


def _translated(feuille: Feuille, header: Entete, mapping: Correspondance) -> Feuille:
    titles = {column.field: column.title for column in OURS[mapping.genre]}
    words = {"reponse": mapping.reponses, "question": mapping.questions}
    becomes = {place: mapping.colonnes.get(title) for place, title in header.titres.items()}
    rows = [list(row) for row in feuille.lignes]
    for place, field in becomes.items():
        if field is None:
            continue
        rows[header.ligne][place] = titles.get(field)
        if said := words.get(field):
            for row in rows[header.ligne + 1 :]:
                if place < len(row):
                    row[place] = _word(row[place], said)
    return feuille._replace(lignes=rows)


def _word(value: Valeur, said: Mapping[str, str]) -> Valeur:
    return said.get(fold(Cell(value).line()), value)


def parse_correspondance(lecture: Lecture, referentiel: Referentiel) -> Parsed[Correspondance]:
    """The mapping that a référent confirmed; a line that says nothing known is noted and left aside."""
    releve, mark = Pointage(), find_mark(lecture)
    genre = cast(Genre, mark.get("genre") if mark.get("genre") in OURS else "inventaire")
    if not mark.get("signature"):
        releve.anomalies.append(Anomaly(code="feuille-absente", detail="_nr"))
    fields = {fold(label): field for label, field in labels(genre).items()} | {fold(IGNORED): ""}
    answers = {fold(answer): answer for answer in ANSWERS}
    questions = {fold(question): question for question in referentiel.questions}
    read = {
        name: _pairs(releve.rows(lecture, sheet, CORRESPONDANCE), known, name, releve)
        for (name, sheet), known in zip(CORRESPONDANCE_SHEETS.items(), (fields, answers, questions), strict=True)
    }
    for field, title in _NEEDED[genre].items():
        if field not in read["colonnes"].values():
            releve.anomalies.append(Anomaly(code="correspondance-incomplete", feuille=_COLUMNS_SHEET, detail=title))
    return releve.close(Correspondance(signature=mark.get("signature", ""), genre=genre, **read))


def _pairs(records: Iterable[Record], known: Mapping[str, str], name: str, releve: Pointage) -> dict[str, str]:
    found: dict[str, str] = {}
    taken: set[str] = set()
    for record in records:
        read, cell = fold_title(record.line("lu")) if name == "colonnes" else fold(record.line("lu")), record["devient"]
        ours = known.get(fold(cell.line()))
        if not read or not cell.text():
            continue
        if ours is None or (name == "colonnes" and ours and ours in taken):
            releve.note(cell, "valeur-hors-liste", "Devient")
            continue
        releve.accept()
        taken.add(ours)
        found[read] = ours
    return found
