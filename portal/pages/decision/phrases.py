"""The words that the essentials share: shares, counts in letters, and what is said of a dimension."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from nr_models.referentiel.referentiel import Dimension, Referentiel
from nr_models.rules.score import Note
from nr_models.values.french import counted, joined, percentage
from portal.pages.decision.forme import NON_CALCULE

_UNITS = ("aucun", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit")
_TENS = ("neuf", "dix", "onze", "douze", "treize", "quatorze", "quinze", "seize")
LETTERS = (*_UNITS, *_TENS)
"""The counts that are said in one word; figures beyond."""


def letters(count: int, one: str = "un") -> str:
    """« douze », as one says it; ``one`` is « une » for what is feminine."""
    if count == 1:
        return one
    return LETTERS[count] if count < len(LETTERS) else str(count)


def nth(place: int) -> str:
    """« 1er », « 16e »."""
    return "1er" if place == 1 else f"{place}e"


def numbers_of(numbers: Sequence[int]) -> str:
    """« n° 4 », « n° 1, 3 et 12 »."""
    return f"n°\u00a0{joined([str(item) for item in numbers])}"


def some(items: Sequence[str], most: int = 4) -> str:
    """« a, b et c »; « a, b et 5 autres » beyond ``most``."""
    if len(items) <= most:
        return joined(items)
    return joined([*items[: most - 1], counted(len(items) - most + 1, "autre")])


def quoted(words: str) -> str:
    """« Title » inside a sentence."""
    return f"«\u00a0{words}\u00a0»"


def numbered(dimension: Dimension) -> str:
    """« 3. Achats responsables »."""
    return f"{dimension.numero}. {dimension.nom}"


def share(value: Decimal | None) -> str:
    """« 42,5 % », or that there is no figure."""
    return NON_CALCULE if value is None else percentage(value)


def range_of(note: Note) -> str:
    """« entre 39,3 et 53,6 % », or nothing where the range is a point."""
    if note.affiche_bas == note.affiche_haut:
        return ""
    low = percentage(note.affiche_bas).removesuffix("\u00a0%")
    return f"entre {low} et {percentage(note.affiche_haut)}"


def level(note: Note, referentiel: Referentiel) -> str:
    """The name of the level of maturity; why there is none otherwise."""
    found = [item.nom for item in referentiel.parametres.score.maturites if item.slug == note.maturite]
    if found:
        return found[0]
    return "sans réponse" if note.affiche is None else "trop peu de réponses"
