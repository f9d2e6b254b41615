"""Read the answer to a question wherever people put it: in its cell, in the grid, in a note, in the comment.

What is found elsewhere than in its cell is said. What is not sure is not read: the question stays open, and is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nr_models.referentiel.referentiel import Question
from nr_models.rules.collect import Statut
from nr_models.values.french import joined
from nr_models.values.text import fold, tidy
from tasks.office.columns import NO_OBJECT, UNKNOWN
from tasks.reading.parsed import Pointage
from tasks.reading.table import Cell, Record, Table, address

_SAID = {
    "": Statut.BLANC,
    **dict.fromkeys(
        (fold(UNKNOWN), "nsp", "ns", "ne sais pas", "je ne sais pas", "on ne sait pas", "?", "inconnu"),
        Statut.NE_SAIT_PAS,
    ),
    **dict.fromkeys(
        (fold(NO_OBJECT), "so", "s.o", "n/a", "na", "n.a", "non applicable", "non concerne", "pas concerne"),
        Statut.SANS_OBJET,
    ),
}
_LEVEL = re.compile(
    r"(?:(?:niveau|niv\.?|reponse)\s*:?\s*)?([0-9])(?:[.,]0+)?(?:\s*[-–—:.)]\s*([^\W\d].*))?", re.I | re.S
)
_OUT_OF_FOUR = re.compile(r"([0-4])\s*(?:/|sur)\s*4")
_DATED = re.compile(r"\d{4}-04-0([1-4])")
"""« 2/4 » that the spreadsheet made the second of April."""
_TICK = re.compile(r"[x✓✔☒☑✗✘]|\[\s*x\s*\]|\(\s*x\s*\)|oui|ok", re.I)
_TICKED = re.compile(
    r"^\s*(?:[xX✓✔☒☑✗✘]|\[\s*[xX]\s*\]|\(\s*[xX]\s*\))\s+\S|\S\s+(?:[xX✓✔☒☑✗✘]|\[\s*[xX]\s*\])\s*$|^[✓✔☒☑]"
)
_SPOKEN = re.compile(r"\b(?:niveau|plutot|entre)\s+[0-4]\b")
_QUOTED = 60

Answer = tuple[Statut, int | None]


class Lue(NamedTuple):
    """An answer, and where it was found when not in its cell; None where nothing sure was found, and why."""

    reponse: Answer | None
    source: str = ""


def read_answer(cell: Cell, question: Question) -> Answer | None:
    """What an answer cell says; None when it is no answer of the list.

    A level as a number, « 2/4 », « 2 – sentence », or the very sentence of the grid; a number beside the
    sentence of another level says nothing sure.
    """
    text = cell.line()
    said = fold(text).rstrip(".")
    if text in ("", "?") or (said and said in _SAID):
        return _SAID[said or text], None
    sentences = {fold(sentence).rstrip("."): level for level, sentence in enumerate(question.niveaux)}
    if said in sentences:
        return Statut.NIVEAU, sentences[said]
    if found := _OUT_OF_FOUR.fullmatch(said) or _DATED.fullmatch(said):
        return Statut.NIVEAU, int(found[1])
    match = _LEVEL.fullmatch(text)
    if match is None or int(match[1]) >= len(question.niveaux):
        return None
    level = int(match[1])
    beside = sentences.get(fold(match[2] or "").rstrip("."), level)
    return (Statut.NIVEAU, level) if beside == level else None


class Ailleurs:
    """What stands around the answers of a table: marks in the grid, notes, merged cells."""

    def __init__(self, table: Table, *, marked: bool = True) -> None:
        self._table = table
        found = table.feuille.marques if marked else ()
        self._looks = {(row, column): text for row, column, kind, text in found if kind == "couleur"}
        self._notes = {(row, column): text for row, column, kind, text in found if kind == "note"}
        self._formulas = {(row, column) for row, column, kind, _ in found if kind == "formule"}

    def note(self, record: Record) -> str:
        """The note stuck on the answer."""
        return self._notes.get(_place(record["reponse"]), "")

    def find(self, record: Record, question: Question) -> Lue | None:
        """What is said elsewhere than in the blank cell of the answer; None when nothing is."""
        for look in (self._merged, self._computed, self._ticked, self._noted, self._commented):
            if found := look(record, question):
                return found
        return None

    def contradicts(self, record: Record, answer: Answer) -> int | None:
        """The level marked in the grid, where the one that is written is another."""
        levels = sorted(self._levels(record))
        return levels[0] if len(levels) == 1 and answer[0] is Statut.NIVEAU and answer[1] != levels[0] else None

    def _merged(self, record: Record, question: Question) -> Lue | None:
        row, column = _place(record["reponse"])
        for top, left, bottom, right in self._table.feuille.fusions:
            if top < row <= bottom and left <= column <= right:
                rows = self._table.feuille.lignes
                value = rows[top][left] if top < len(rows) and left < len(rows[top]) else None
                read = read_answer(Cell(value), question)
                where = f"la réponse fusionnée {address(top, left)}:{address(bottom, right)}"
                return Lue(None if read and read[0] is Statut.BLANC else read, where)
        return None

    def _computed(self, record: Record, question: Question) -> Lue | None:
        computed = _place(record["reponse"]) in self._formulas
        return Lue(None, "sa formule n’a pas de valeur enregistrée") if computed else None

    def _ticked(self, record: Record, question: Question) -> Lue | None:
        levels = sorted(self._levels(record))
        if len(levels) == 1:
            return Lue((Statut.NIVEAU, levels[0]), "la phrase marquée dans la grille")
        return Lue(None, f"plusieurs phrases de la grille sont marquées ({_several(levels)})") if levels else None

    def _noted(self, record: Record, question: Question) -> Lue | None:
        if not (note := self.note(record)):
            return None
        read = read_answer(Cell(note), question)
        return Lue(read, "la note posée sur la cellule") if read else Lue(None, f"une note y dit « {_short(note)} »")

    def _commented(self, record: Record, question: Question) -> Lue | None:
        comment = record["commentaire"]
        read = read_answer(comment, question)
        if read and read[0] is not Statut.BLANC:
            return Lue(read, "la colonne « Commentaire »")
        spoken = _SPOKEN.search(tidy(comment.line()))
        return Lue(None, f"le commentaire dit « {_short(comment.line())} »") if spoken else None

    def _levels(self, record: Record) -> set[int]:
        """The levels whose sentence is ticked, or does not look like the four others."""
        cells = list(_grid(record))
        ticked = {level for level, cell in cells if _is_ticked(cell)}
        looks = {level: self._looks.get(_place(cell), "") for level, cell in cells}
        odd = [level for level, look in looks.items() if sum(other == look for other in looks.values()) == 1]
        alone = len(odd) == 1 and len(set(looks.values())) == 2 and len(looks) > 2
        return ticked | ({odd[0]} if alone and "strike" not in looks[odd[0]] else set())


def read_wherever(record: Record, question: Question, elsewhere: Ailleurs, releve: Pointage) -> Answer | None:
    """The answer to a question, or None when it must be asked again; what is said is noted on its cell."""
    cell = record["reponse"]
    read = read_answer(cell, question)
    if read is None:
        releve.note(cell, "reponse-hors-liste")
        return None
    if read[0] is not Statut.BLANC:
        if (marked := elsewhere.contradicts(record, read)) is not None:
            releve.note(cell, "reponse-contraire", str(marked))
        return read
    found = elsewhere.find(record, question)
    if found is None:
        return read
    if found.reponse is None:
        releve.note(cell, "reponse-a-dire", found.source)
        return None
    releve.note(cell, "reponse-deduite", found.source, _written(found.reponse))
    return found.reponse


def _grid(record: Record) -> Iterator[tuple[int, Cell]]:
    for field, place in record.table.places.items():
        if field.startswith("niveau_") and place is not None:
            yield int(field.removeprefix("niveau_")), record[field]


def _is_ticked(cell: Cell) -> bool:
    return bool(_TICK.fullmatch(cell.line()) or _TICKED.search(cell.text()))


def _place(cell: Cell) -> tuple[int, int]:
    return cell.ligne, cell.colonne


def _several(levels: Sequence[int]) -> str:
    return joined([str(level) for level in levels])


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _QUOTED else f"{line[: _QUOTED - 1]}…"


def _written(answer: Answer) -> str:
    """An answer as the list writes it."""
    statut, level = answer
    if level is not None:
        return str(level)
    return NO_OBJECT if statut is Statut.SANS_OBJET else UNKNOWN
