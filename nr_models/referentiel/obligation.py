"""What the law asks, as data: the text, who it binds, since when, its figures, and when that was checked."""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from nr_models.values.frozen import Frozen, Grown

NATURES = ("commune", "epci", "departement", "region", "syndicat")
"""The kinds of collectivité."""


class Condition(Grown):
    """When a question or a levier applies, or whom an obligation binds: every term given must hold."""

    younger: ClassVar[frozenset[str]] = frozenset({"agents_min"})

    dsi_propre: bool | None = None
    population_min: int | None = None
    population_max: int | None = None
    natures: tuple[str, ...] = ()
    agents_min: int | None = None


class Ressource(Frozen):
    """Something to read or to use: its title and its address."""

    titre: str
    adresse: str


class Chiffre(Frozen):
    """A figure of an obligation, as people read it, and the day it holds from."""

    depuis: date
    valeur: str


class Obligation(Frozen):
    """A duty: the text in full, what it asks in one sentence, whom it binds, since when, and when it was checked.

    ``depuis`` is None for a duty older than what was read of it.

    ``source`` is the page that was read on the day ``verifie_le``.
    """

    slug: str
    nom: str
    texte: str
    demande: str
    condition: Condition = Condition()
    depuis: date | None = None
    chiffres: tuple[Chiffre, ...] = ()
    source: Ressource
    verifie_le: date

    def figure(self, day: date) -> str:
        """The figure in force that day; empty where there is none."""
        past = [item for item in self.chiffres if item.depuis <= day]
        return max(past, key=lambda item: item.depuis).valeur if past else ""
