"""The small workbook that asks how a foreign one maps to ours, with a proposal for each column, answer and question."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from nr_models.inventaire.correspondance import Genre
from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.text import fold
from tasks.office.columns import ANSWERS, NO_OBJECT, UNKNOWN, Column
from tasks.office.workbook.book import Book
from tasks.office.workbook.cells import Row
from tasks.office.workbook.guide import Guide
from tasks.reading.spreadsheet import Feuille, Lecture
from tasks.reading.table import Cell, fold_title
from tasks.stages.collect.columns import CORRESPONDANCE, CORRESPONDANCE_SHEETS, IGNORED
from tasks.stages.collect.readers.colonnes import is_kept_out
from tasks.stages.collect.readers.correspondance import OURS, Entete, labels, list_headers

TYPE = "correspondance"

_LISTED = 200
_SHOWN_CHARS = 200
_SAME_WORDS = 0.5
"""Share of words in common from which a question is proposed."""
_PERCENTS = {"0 %": 0, "25 %": 1, "50 %": 2, "75 %": 3, "100 %": 4}
_ANSWERS = {
    **{answer: answer for answer in ANSWERS},
    **{f"niveau {level}": level for level in ANSWERS[:5]},
    **{text: str(level) for label, level in _PERCENTS.items() for text in (label, label.replace(" ", ""))},
    **dict.fromkeys(("nsp", "ne sais pas", "?", "inconnu", "don't know"), UNKNOWN),
    **dict.fromkeys(("so", "s/o", "n/a", "na", "non concerne", "non applicable", "not applicable"), NO_OBJECT),
}
_WORDS = {
    "question": ("question", "intitule", "critere", "pratique", "enonce", "libelle"),
    "reponse": ("reponse", "niveau", "note", "evaluation", "maturite", "score", "cotation", "answer"),
    "commentaire": ("commentaire", "remarque", "observation", "justification", "comment"),
    "reformulation": ("reformulation",),
}
"""Words by which other tools call the columns of a diagnostic."""


_OURS = (Column("id", "Identifiant de la question", 14), Column("question", "Ce qu’elle demande", 110))


class _Found(NamedTuple):
    """The foreign table: its titles as typed, and its rows by column."""

    header: Entete
    titles: dict[int, str]
    values: dict[int, list[str]]


def render_correspondance(
    lecture: Lecture, fichier: str, referentiel: Referentiel, genre: Genre | None = None, siren: str = ""
) -> bytes | None:
    """The workbook to confirm; None when the file has no table. ``genre`` is guessed when it is not said."""
    found = _find(lecture)
    if found is None:
        return None
    genre = genre or _guess(found)
    book = Book(_guide(fichier, genre))
    columns = _propose_columns(found, genre, referentiel)
    sheets = {"colonnes": [*labels(genre), IGNORED], "reponses": list(ANSWERS), "questions": []}
    rows = {"colonnes": columns}
    if genre == "diagnostic":
        rows |= {
            "reponses": _propose_answers(found, columns),
            "questions": _propose_questions(found, columns, referentiel),
        }
    for name, content in rows.items():
        choices = {"devient": sheets[name] or list(referentiel.questions)}
        book.table(CORRESPONDANCE_SHEETS[name], CORRESPONDANCE, content, choices=choices, frozen=1, empty="–")
    if genre == "diagnostic":
        ours = ({"id": item.id, "question": item.question} for item in referentiel.questions.values())
        book.table("Nos questions", _OURS, ours, frozen=1)
    book.sign({"type": TYPE, "dossier": siren, "genre": genre, "signature": found.header.signature})
    return book.close()


def _guide(fichier: str, genre: Genre) -> Guide:
    what = "un inventaire" if genre == "inventaire" else "un diagnostic"
    return Guide(
        "Correspondance des colonnes",
        (("Fichier", fichier), ("Lu comme", what)),
        (
            f"Feuille « Colonnes » : pour chaque titre lu, choisissez ce qu’il devient, ou « {IGNORED} ».",
            *(
                (
                    "Feuille « Réponses » : pour chacune, choisissez le niveau, de 0 à 4, ou une autre réponse.",
                    "Feuille « Questions » : pour chaque question lue, choisissez l’identifiant de la nôtre.",
                )
                if genre == "diagnostic"
                else ()
            ),
            "Enregistrez et déposez ce classeur avec vos retours : il servira à chaque fichier qui a les mêmes titres.",
        ),
        ("Ce qui reste vide n’est pas lu. Les colonnes personnelles ou secrètes ne sont pas proposées.",),
    )


def _find(lecture: Lecture) -> _Found | None:
    """The table with the most titles, its rows from every sheet that has the same ones."""
    headers = [(feuille, header) for feuille in lecture.feuilles for header in list_headers(feuille)]
    if not headers:
        return None
    feuille, best = max(headers, key=lambda item: (len(item[1].titres), -item[1].ligne))
    titles = {place: Cell(feuille.lignes[best.ligne][place]).line() for place in best.titres}
    titles = {place: title for place, title in titles.items() if not is_kept_out(title)}
    values: dict[int, list[str]] = {place: [] for place in titles}
    for sheet, header in headers:
        if header.signature == best.signature:
            _collect(sheet, header, best, values)
    return _Found(best, titles, values)


def _collect(sheet: Feuille, header: Entete, best: Entete, values: dict[int, list[str]]) -> None:
    at = {title: place for place, title in header.titres.items()}
    for place, texts in values.items():
        column = at[best.titres[place]]
        texts.extend(
            text for row in sheet.lignes[header.ligne + 1 :] if column < len(row) and (text := Cell(row[column]).line())
        )


def _guess(found: _Found) -> Genre:
    words = {word for title in found.header.titres.values() for word in _stems(title)}
    asks = any(word in words for word in _WORDS["question"])
    return "diagnostic" if asks and any(word in words for word in _WORDS["reponse"]) else "inventaire"


def _propose_columns(found: _Found, genre: Genre, referentiel: Referentiel) -> list[Row]:
    """By what the titles say; but a column of a diagnostic that holds our own identifiers is the question's."""
    ours = {field: label for label, field in labels(genre).items()}
    ids = _place_of_ids(found, referentiel) if genre == "diagnostic" else None
    taken: set[str] = set() if ids is None else {"question"}
    rows: list[Row] = []
    for place, title in found.titles.items():
        named = ["question"] if place == ids else [name for name in _fields(title, genre) if name not in taken]
        field = next((name for name in named if name in ours), None)
        taken |= {field} if field else set()
        example = next(iter(found.values[place]), "")[:_SHOWN_CHARS]
        rows.append({"lu": title, "exemple": example, "devient": ours.get(field or "")})
    return rows


def _place_of_ids(found: _Found, referentiel: Referentiel) -> int | None:
    """The column where most texts are identifiers of our questions, or None."""
    known = {place: sum(text in referentiel.questions for text in texts) for place, texts in found.values.items()}
    best = max(known, key=lambda place: (known[place], -place))
    return best if known[best] * 2 > len(found.values[best]) else None


def _fields(title: str, genre: Genre) -> list[str]:
    """The fields that a title may be: by its own name or a synonym, else by a word in it."""
    said = fold_title(title)
    named = [
        column.field
        for column in OURS[genre]
        if said in {fold_title(name) for name in (column.title, *column.synonyms)}
    ]
    words = _stems(said)
    if genre == "diagnostic":
        return [*named, *(field for field, known in _WORDS.items() if words & set(known))]
    close = (
        column.field
        for column in OURS[genre]
        if any(_stems(fold_title(name)) == words for name in (column.title, *column.synonyms))
    )
    return [*named, *close]


def _stems(text: str) -> set[str]:
    return {word.rstrip("s") for word in re.findall(r"[a-z]+", text)}


def _of(found: _Found, columns: Sequence[Row], title: str) -> list[str]:
    """The texts of the column proposed for one of ours."""
    chosen = {str(row["lu"]) for row in columns if row.get("devient") == title}
    return [text for place, texts in found.values.items() if found.titles[place] in chosen for text in texts]


def _propose_answers(found: _Found, columns: Sequence[Row]) -> list[Row]:
    counted = Counter(_of(found, columns, "Réponse"))
    known = {fold(text): answer for text, answer in _ANSWERS.items()}
    return [
        {"lu": text, "exemple": f"{count} fois", "devient": known.get(fold(text))}
        for text, count in counted.most_common(_LISTED)
    ]


def _propose_questions(found: _Found, columns: Sequence[Row], referentiel: Referentiel) -> list[Row]:
    known = {id_: _words(question.question) for id_, question in referentiel.questions.items()}
    rows: list[Row] = []
    for text in dict.fromkeys(_of(found, columns, "Question")):
        chosen = _closest(text, known)
        ours = referentiel.questions[chosen].question if chosen else ""
        rows.append({"lu": text, "exemple": ours[:_SHOWN_CHARS], "devient": chosen})
    return rows[:_LISTED]


def _closest(text: str, known: Mapping[str, set[str]]) -> str | None:
    """The question with the most words in common, or None; an id is itself."""
    if text in known:
        return text
    words = _words(text)
    share = {id_: len(words & other) / len(words | other) if words | other else 0.0 for id_, other in known.items()}
    best = max(share, key=lambda id_: (share[id_], id_))
    return best if share[best] >= _SAME_WORDS else None


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"[a-z]+", fold(text)) if len(word) > 2}
