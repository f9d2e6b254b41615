"""French typography and figures, as decks write them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

from nr_models.values.dates import french_date
from nr_models.values.days import paris_day
from nr_models.values.frozen import round_half_up
from nr_models.values.text import fold

NBSP = "\u00a0"
BLANK = "à compléter"
TO_DEFINE = "à définir"

_BEFORE = re.compile(r" +(?=[:;?!%€»])")
_AFTER = re.compile(r"(?<=«) +")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


def typeset(text: str) -> str:
    """The text with its no-break spaces, without the characters that a slide cannot hold."""
    bare = _CONTROL.sub(" ", text).replace("\n", " ")
    return _AFTER.sub(NBSP, _BEFORE.sub(NBSP, bare))


def number(value: Decimal | Fraction | int | None, places: int = 0) -> str:
    """« 1 234,5 », half up; « non connu » without value."""
    if value is None:
        return "non connu"
    rounded = (
        round_half_up(value, places)
        if isinstance(value, Fraction)
        else Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    )
    return f"{rounded:,f}".replace(",", NBSP).replace(".", ",")


def trimmed(value: Decimal | Fraction) -> str:
    """At most one decimal, and none where it would be a zero: « 3 », « 1,2 »."""
    return number(value, 1).removesuffix(",0")


def share(value: Fraction | None) -> str:
    """A share (0 to 1) as a percentage: « 42 % »."""
    return number(value) if value is None else f"{number(value * 100)}{NBSP}%"


def percentage(value: Decimal) -> str:
    """A displayed percentage: « 42,5 % »."""
    return f"{number(value, 1)}{NBSP}%"


def euros(value: Decimal) -> str:
    """« 1 500 € », cents only where there are some."""
    return f"{number(value, 0 if value == value.to_integral_value() else 2)}{NBSP}€"


def counted(count: int, singular: str, plural: str = "") -> str:
    """« 1 levier », « 3 leviers »: French counts zero as a singular."""
    return f"{number(count)}{NBSP}{singular if count < 2 else plural or singular + 's'}"


def listing(items: Iterable[str], empty: str = BLANK) -> str:
    """« a, b, c », or what stands for nothing."""
    return ", ".join(items) or empty


def french_day(instant: str) -> str:
    """« 12 mai 2026 », the day it was in Paris at an ISO instant."""
    return french_date(paris_day(instant))


def of(nom: str) -> str:
    """« de Zoé Petit », « d’Anne Roy »: elided before a vowel."""
    return f"d’{nom}" if fold(nom)[:1] in {*"aeiouy"} else f"de {nom}"


def plural(count: int, one: str, many: str | None = None) -> str:
    """« 1 dossier », « 3 dossiers »; zero is singular in French."""
    return f"{count} {one if abs(count) < 2 else many or one + 's'}"
