"""How a foreign workbook maps to ours: which column says what, how its answers and questions are called."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from nr_models.values.frozen import Frozen, digest

Genre = Literal["inventaire", "diagnostic"]
"""The types of workbook that a mapping can read."""


class Correspondance(Frozen):
    """A mapping that a référent confirmed, known by the titles it is for; keys are folded texts.

    ``colonnes`` maps a title to one of our fields, or to nothing: that column is then left unread;
    ``reponses`` maps an answer to ours, ``questions`` a wording to the id of a question.
    """

    signature: str
    genre: Genre
    colonnes: dict[str, str] = {}
    reponses: dict[str, str] = {}
    questions: dict[str, str] = {}


def sign(titles: Iterable[str]) -> str:
    """The signature of a row of folded titles, whatever their order."""
    return digest(sorted(set(titles)))
