"""The moments of a score that a dossier may keep, and the name each is kept under.

Method « 2 score »: initial, après restitution, à mi-parcours, annuel.
"""

from __future__ import annotations

from enum import StrEnum


class Instantane(StrEnum):
    """The moments a dossier may keep; the yearly one is kept once a year (« annuel-2027 »)."""

    INITIAL = "initial"
    APRES_RESTITUTION = "apres-restitution"
    MI_PARCOURS = "mi-parcours"
    ANNUEL = "annuel"

    @property
    def nom(self) -> str:
        """French label."""
        return _NOMS[self]


_NOMS = {
    Instantane.INITIAL: "diagnostic initial",
    Instantane.APRES_RESTITUTION: "après la restitution",
    Instantane.MI_PARCOURS: "à mi-parcours",
    Instantane.ANNUEL: "bilan annuel",
}


def dated(moment: Instantane, year: int) -> str:
    """The name a snapshot is kept under: « initial », « annuel-2027 »."""
    return f"{moment.value}-{year}" if moment is Instantane.ANNUEL else moment.value


def label(nom: str) -> str:
    """« bilan annuel 2027 » for « annuel-2027 »."""
    if nom in set(Instantane):
        return Instantane(nom).nom
    year = nom.removeprefix(f"{Instantane.ANNUEL}-")
    return nom if year == nom else f"{Instantane.ANNUEL.nom} {year}"
