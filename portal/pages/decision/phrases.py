"""The words that the essentials share: shares, counts in letters, and what is said of a dimension."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from nr_models.referentiel.referentiel import Dimension, Referentiel
from nr_models.rules.score import Note
from nr_models.values.french import counted, joined, percentage
from portal.pages.decision.forme import NON_CALCULE


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
