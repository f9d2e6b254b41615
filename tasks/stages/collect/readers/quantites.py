"""Quantities as people write them: « 12 postes », « environ 30 », « 2 x 15 », « 1.200 »; what is supposed is said; the
label of a line that sums others: « S/Total », « Somme », « Total Mairie ».
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from nr_models.values.dates import read_number
from nr_models.values.text import fold
from tasks.reading.spreadsheet import Valeur

THOUSANDS = re.compile(r"\d{1,3}([.,])\d{3}(?:\1\d{3})*")
LIKE_A_YEAR = range(1985, 2036)
_ABOUT = re.compile(r"(?:env(?:iron|\.)?|~|≈|a peu pres|approx\w*\.?|autour de|pres de|presque|circa|ca\.?|\+/-)\s*")
_AFTER = re.compile(r"\s*(?:environ|env\.?|a peu pres|approx\w*\.?|\?+)$")
_TIMES = re.compile(r"(\d{1,4})\s*[x*×]\s*(\d{1,4})(?:\s+[a-z' -]+)?")
_ADDED = re.compile(r"\d{1,4}(?:\s*\+\s*\d{1,4})+")
_WORDED = re.compile(r"(\d{1,6})\s*(?:[a-z][a-z' -]*|\([^()]*\))")
_SPELT = {
    **{word: 1 + place for place, word in enumerate(("un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit"))},
    "zero": 0,
    "une": 1,
    "neuf": 9,
    "dix": 10,
    "vingt": 20,
    "trente": 30,
    "cent": 100,
    "dizaine": 10,
    "douzaine": 12,
    "quinzaine": 15,
    "vingtaine": 20,
    "trentaine": 30,
    "quarantaine": 40,
    "cinquantaine": 50,
    "soixantaine": 60,
    "centaine": 100,
}
_SPELT_OUT = re.compile(rf"(?:une? )?({'|'.join(_SPELT)})(?: d[e'].*| [a-z]+)?")
_OTHER_UNITS = re.compile(r"(?:kg|kwh|w|go|to|gb|tb|euros?|eur|pouces?|cm|m2|ans?|mois|jours?|h|heures?|%).*")
_TOTAL = re.compile(
    r"(?:(?:sous|s)\s*[-/.]?\s*|grand\s+|r\.?\s*)?tot(?:al|aux)\b.*|somme\b.*|ensemble(?: du parc| des? .*)?|"
    r"cumul\b.*|recapitulatif\b.*|"
    r"sub-?\s?total\b.*|sum|grand total\b.*|(?:zwischen|gesamt)?summe\b.*|gesamt\b.*|t\.?o\.?t\.?a\.?l|"
    r".{0,40}\btotal(?: general)?\s*:?"
)


class Quantite(NamedTuple):
    """A quantity: its number, None where it is none; whether something had to be supposed."""

    valeur: Decimal | None
    supposee: bool = False


class Colonne(NamedTuple):
    """What a column of quantities tells: whether « 1.000 » is a thousand in it, its largest that looks like no year."""

    milliers: bool
    plus_grande: int


def look_at(quantities: Iterable[Valeur]) -> Colonne:
    """A column: « 1.000 » is a thousand as soon as one is written without decimals, or has others than zeros."""
    typed = [value for value in quantities if value is not None]
    texts = [value.strip() for value in typed if isinstance(value, str)]
    marked = [text for text in texts if THOUSANDS.fullmatch(text)]
    plain = [value for value in typed if isinstance(value, int)]
    plain += [int(text) for text in texts if text.isdigit()]
    told = bool(plain) or any(not re.fullmatch(r"\d+[.,]000", text) for text in marked)
    known = [*plain, *(int(re.sub(r"\D", "", text)) for text in marked)]
    return Colonne(told, max((value for value in known if value not in LIKE_A_YEAR), default=0))


def read_quantity(text: str) -> Quantite:
    """The number that a text says, spaces between thousands included; supposed where words stand beside it.

    >>> read_quantity("environ 30"), read_quantity("2-3")
    (Quantite(valeur=Decimal('30'), supposee=True), Quantite(valeur=None, supposee=False))
    """
    exact = read_number(text)
    if exact is not None:
        return Quantite(exact)
    said = fold(text)
    bare = _AFTER.sub("", _ABOUT.sub("", said.lstrip("~≈ "), count=1)).strip()
    if (exact := read_number(bare)) is not None:
        return Quantite(exact, supposee=True)
    if match := _TIMES.fullmatch(bare):
        return Quantite(Decimal(int(match[1]) * int(match[2])), supposee=True)
    if _ADDED.fullmatch(bare):
        return Quantite(Decimal(sum(int(item) for item in re.findall(r"\d+", bare))), supposee=True)
    match = _WORDED.fullmatch(bare)
    if match and not _OTHER_UNITS.fullmatch(bare[match.end(1) :].strip()):
        return Quantite(Decimal(match[1]), supposee=True)
    if match := _SPELT_OUT.fullmatch(bare):
        return Quantite(Decimal(_SPELT[match[1]]), supposee=True)
    return Quantite(None)


@lru_cache(maxsize=50_000)
def is_total(text: str) -> bool:
    """True for the label of a sum.

    >>> is_total("S/Total Mairie"), is_total("Ensemble clavier souris")
    (True, False)
    """
    return bool(_TOTAL.fullmatch(fold(text).strip(" :=*-")))
