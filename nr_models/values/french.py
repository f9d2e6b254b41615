"""French typography and figures, as decks write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from nr_models.values.dates import Montant, french_date, read_number
from nr_models.values.days import paris_day, paris_time
from nr_models.values.frozen import round_half_up
from nr_models.values.numbers import group
from nr_models.values.text import fold

NBSP = "\u00a0"
BLANK = "à compléter"
TO_DEFINE = "à définir"

_BEFORE = re.compile(r"(?<![\s|]) +(?=[:;?!%€»])")  # neither an indent, nor a cell of a Markdown table
_AFTER = re.compile(r"(?<=«) +")
_GROUPS = re.compile(r"(?<=\d)[ \u202f](?=\d{3}(?!\d))")
_UNIT = re.compile(r"(?<=\d)\x20(?=[^\W\d])|(?<=[×x])\x20(?=\d)|(?<=\w)\x20(?=[×x]\x20?\d)")
_EURO = re.compile(r"(?i)\s*(€|euros?)$")
_TWO = 2
"""From here on, French writes a plural."""
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


def typeset(text: str) -> str:
    """The text with its no-break spaces, without the characters that a slide cannot hold."""
    bare = _CONTROL.sub(" ", text).replace("\n", " ")
    return spaced(_GROUPS.sub(NBSP, bare))


def spaced(text: str) -> str:
    """The text with the no-break spaces that French puts inside « » and before : ; ? ! % €."""
    return _AFTER.sub(NBSP, _BEFORE.sub(NBSP, text))


def number(value: Decimal | Fraction | int | None, places: int = 0) -> str:
    """« 1 234,5 », half up; « non connu » without value."""
    if value is None:
        return "non connu"
    rounded = (
        round_half_up(value, places)
        if isinstance(value, Fraction)
        else Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    )
    return exact(rounded)


def exact(value: Decimal | int) -> str:
    """« 1 234,5 »: every decimal that the number has."""
    return group(Decimal(value))


def trimmed(value: Decimal | Fraction) -> str:
    """At most one decimal, and none where it would be a zero: « 3 », « 1,2 »."""
    return number(value, 1).removesuffix(",0")


def share(value: Fraction | None) -> str:
    """A share (0 to 1) as a percentage: « 42 % »."""
    return number(value) if value is None else f"{number(value * 100)}{NBSP}%"


def percentage(value: Decimal) -> str:
    """A displayed percentage: « 42,5 % »."""
    return f"{number(value, 1)}{NBSP}%"


def euros(value: Decimal, *, whole: bool = False) -> str:
    """« 1 500 € »; cents only where there are some, and never where ``whole`` euros are asked for."""
    return f"{number(value, 0 if whole or value == value.to_integral_value() else 2)}{NBSP}€"


def glued(text: str) -> str:
    """A figure as people typed it, kept on one line: « 2 personnes × 6 jours » breaks at no number."""
    return _UNIT.sub(NBSP, text)


def money(typed: Montant) -> str:
    """An amount as typed, written as an amount where it is only a number: « 19810 » reads « 19 810 € »."""
    value = read_number(_EURO.sub("", typed.saisie))
    return glued(typed.saisie) if value is None else euros(value)


def effort(typed: Montant) -> str:
    """A load as typed, with its unit where it is only a number: « 24 » reads « 24 jours »."""
    value = read_number(typed.saisie)
    return glued(typed.saisie) if value is None else f"{trimmed(value)}{NBSP}{'jour' if value < _TWO else 'jours'}"


def counted(count: int, singular: str, plural: str = "") -> str:
    """« 1 levier », « 3 leviers », where lines are typeset: the number does not part from its noun."""
    return f"{number(count)}{NBSP}{agreed(count, singular, plural)}"


def listing(items: Iterable[str], empty: str = BLANK) -> str:
    """« a, b, c », or what stands for nothing."""
    return ", ".join(items) or empty


def joined(items: Sequence[str], empty: str = BLANK) -> str:
    """« Ana », « Ana et Bob », « Ana, Bob et Cléo », or what stands for nothing."""
    *first, last = items or (empty,)
    return f"{', '.join(first)} et {last}" if first else last


def french_day(instant: str) -> str:
    """« 12 mai 2026 », the day it was in Paris at an ISO instant."""
    return french_date(paris_day(instant))


def french_instant(instant: str) -> str:
    """« 12 mai 2026 à 9 h 05 », the time that it was in Paris at an ISO instant."""
    moment = paris_time(instant)
    return f"{french_date(moment.date())} à {moment.hour} h {moment.minute:02d}"


def of(nom: str) -> str:
    """« de Zoé Petit », « d’Anne Roy »: elided before a vowel."""
    return f"d’{nom}" if fold(nom)[:1] in {*"aeiouy"} else f"de {nom}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """« 1 dossier », « 3 dossiers », with a plain space, where lines are not typeset: terminal, cells."""
    return f"{count} {agreed(count, one, many)}"


def agreed(count: int | Decimal, one: str, many: str | None = None) -> str:
    """The noun that goes with a number: in French what is below two, zero as well, is singular."""
    return one if abs(float(count)) < _TWO else many or f"{one}s"
