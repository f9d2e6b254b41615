"""Months, dates and amounts as people write them on a fiche, kept as typed and understood."""

from __future__ import annotations

import calendar
import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Literal

from nr_models.values.frozen import Frozen
from nr_models.values.text import fold

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_FOLDED = {fold(name): number for number, name in enumerate(MONTHS, start=1)}
_TO_DEFINE = re.compile(
    r"^\W*(a (definir|preciser|completer|determiner|confirmer|estimer|evaluer|chiffrer|fixer|voir)"
    r"|non (defini|determine|precise|chiffre|fixe)e?s?|en attente)\b"
)
_ABBREVIATED = 3  # letters under which a month is not recognised


class Echeance(Frozen):
    """A date as typed; ``jour`` is the day it stands for, None when it is « à définir »."""

    saisie: str
    jour: date | None = None


class Montant(Frozen):
    """An amount as typed, in euros or in person-days; None when it is « à définir »."""

    saisie: str
    valeur: Decimal | None = None


def to_define(text: str) -> bool:
    """True for « À définir », « A définir ultérieurement par la collectivité » and the like."""
    return bool(_TO_DEFINE.match(fold(text)))


def read_echeance(text: str, side: Literal["debut", "fin"]) -> Echeance | None:
    """A day, or a month whose first day is a start and last day an end. None when it is neither.

    >>> read_echeance("Février 2024", "fin").jour
    datetime.date(2024, 2, 29)
    """
    typed = " ".join(text.split())
    if to_define(typed):
        return Echeance(saisie=typed)
    day = _day(typed) or _month(typed, side)
    return Echeance(saisie=typed, jour=day) if day else None


def read_montant(text: str) -> Montant | None:
    """An amount: « 1 500 € », « 12,5 » ; « à définir » without value. None when it is neither."""
    typed = " ".join(text.split())
    if to_define(typed):
        return Montant(saisie=typed)
    if re.match(r"\d{1,3}(\.\d{3})+(?!\d)", typed):
        return None  # « 1.500 »: a thousand and a half, or one and a half? Ask rather than guess.
    number = read_number(re.sub(r"(?i)\s*(€|eur(os?)?|jh|j/h|jours?[- ]hommes?|jours?)\s*(ttc|ht)?$", "", typed))
    return Montant(saisie=typed, valeur=number) if number is not None and number >= 0 else None


def read_number(text: str) -> Decimal | None:
    """A number as French people write it (spaces between thousands, decimal comma), or None."""
    bare = re.sub(r"[\s\u00a0\u202f]", "", text)
    if not re.fullmatch(r"[+-]?\d{1,15}([.,]\d{1,9})?", bare):
        return None
    try:
        return Decimal(bare.replace(",", "."))
    except InvalidOperation:  # pragma: no cover - the pattern above leaves nothing else
        return None


def french_date(day: date) -> str:
    """« 1er mai 2026 »."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def french_weekday(day: date) -> str:
    """« lundi 30 novembre 2026 »."""
    return f"{WEEKDAYS[day.weekday()]} {french_date(day)}"


def _day(text: str) -> date | None:
    if match := re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?", text):
        year, month, day = map(int, match.groups())
    elif match := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})", text):
        day, month, year = map(int, match.groups())
    elif match := re.fullmatch(r"(\d{1,2})(?:er)? ([a-z]+)\.? (\d{4})", fold(text)):
        if (named := _month_number(match[2])) is None:
            return None
        day, month, year = int(match[1]), named, int(match[3])
    else:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _month_number(word: str) -> int | None:
    """1 to 12 for a month's name or an abbreviation that means only one (« janv », « sept »), else None."""
    if word in _FOLDED:
        return _FOLDED[word]
    begun = [number for name, number in _FOLDED.items() if name.startswith(word)]
    return begun[0] if len(word) >= _ABBREVIATED and len(begun) == 1 else None


def _month(text: str, side: Literal["debut", "fin"]) -> date | None:
    if match := re.fullmatch(r"([a-z]+)\.? (\d{4})", fold(text)):
        month, year = _month_number(match[1]), int(match[2])
    elif match := re.fullmatch(r"(\d{1,2})/(\d{4})", text):
        month, year = int(match[1]), int(match[2])
    else:
        return None
    if month is None or not 1 <= month <= 12 or not 1 <= year <= 9999:
        return None
    return date(year, month, 1 if side == "debut" else calendar.monthrange(year, month)[1])
