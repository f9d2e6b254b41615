"""Months, dates and amounts as people write them on a fiche, kept as typed and understood."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Literal

from nr_models.values.frozen import Frozen
from nr_models.values.numbers import read_nombre
from nr_models.values.periodes import MONTHS, WEEKDAYS, Ordre, read_period
from nr_models.values.text import fold
from nr_models.values.unites import Mesure

_TO_DEFINE = re.compile(
    r"^\W*(a (definir|preciser|completer|determiner|confirmer|estimer|evaluer|chiffrer|fixer|voir)"
    r"|non (defini|determine|precise|chiffre|fixe)e?s?|en attente)\b"
)


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


def read_echeance(text: str, side: Literal["debut", "fin"], ordre: Ordre = "jour") -> Echeance | None:
    """A day, or a month, a quarter, a year whose first day is a start and last day an end. None when it is none.

    >>> read_echeance("Février 2024", "fin").jour
    datetime.date(2024, 2, 29)
    """
    typed = " ".join(text.split())
    if to_define(typed):
        return Echeance(saisie=typed)
    found = read_period(typed, ordre)
    return Echeance(saisie=typed, jour=found.debut if side == "debut" else found.fin) if found else None


def read_montant(text: str, mesure: Mesure = "euros") -> Montant | None:
    """An amount: « 1 500 € », « 15 k€ » ; « à définir » without value. None when it is neither, or doubtful."""
    typed = " ".join(text.split())
    if to_define(typed):
        return Montant(saisie=typed)
    found = read_nombre(typed, mesure)
    number = found.valeur if found else None
    return Montant(saisie=typed, valeur=number) if number is not None and number >= 0 else None


def read_number(text: str) -> Decimal | None:
    """A number that can be read in one way only, or None."""
    found = read_nombre(text)
    return found.valeur if found and found.certitude == "sur" else None


def french_date(day: date) -> str:
    """« 1er mai 2026 »."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def french_weekday(day: date) -> str:
    """« lundi 30 novembre 2026 »."""
    return f"{WEEKDAYS[day.weekday()]} {french_date(day)}"
