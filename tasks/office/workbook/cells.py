"""What a cell can hold, and how rows and sheets are named."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from nr_models.referentiel.referentiel import Dimension
from tasks.office.look import load_look

_SHEET_NAME_MAX = 31

Scalar = str | int | float | Decimal | Fraction | None


class Formula(NamedTuple):
    """A live formula and the value it has today."""

    texte: str
    valeur: Scalar


class Tone(NamedTuple):
    """A value on a coloured ground, with the ink that stays readable on it."""

    valeur: Scalar | Formula
    fond: str
    encre: str = ""
    gras: bool = False


Value = Scalar | Formula | Tone
Row = Mapping[str, Value]


def numbered(dimension: Dimension) -> str:
    """« 3 Achats responsables »: a dimension always goes with its number."""
    return f"{dimension.numero} {dimension.nom}"


def total(row: Row) -> Row:
    """The row as a total: bold, on paper ground."""
    ground = load_look().couleurs["papier"]
    return {
        key: value._replace(gras=True) if isinstance(value, Tone) else Tone(value, ground, gras=True)
        for key, value in row.items()
    }


def sheet_name(text: str) -> str:
    """The text as a sheet may be called: no forbidden character, cut between words."""
    clean = " ".join(re.sub(r"[\[\]:*?/\\]", " ", text).split()).strip("'")
    if len(clean) <= _SHEET_NAME_MAX:
        return clean
    words = clean[: _SHEET_NAME_MAX + 1].rsplit(" ", 1)[0].split()
    while len(words) > 1 and len(words[-1]) <= 3:
        words.pop()
    return " ".join(words)[:_SHEET_NAME_MAX]
