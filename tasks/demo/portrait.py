"""The portrait of each collectivité of the example: what it is like, before anyone answers."""

from __future__ import annotations

from typing import Literal, NamedTuple

from tasks.demo.chance import source

Format = Literal["classeur", "csv", "windows", "glpi", "g4it"]
Board = Literal["aucun", "embarque", "distant"]


class Kind(NamedTuple):
    """A kind of collectivité; populations in inhabitants, ``agents_pour_mille`` per thousand of them."""

    nature: str
    forme: str
    population: tuple[int, int]
    agents_pour_mille: int
    dsi_propre: bool
    flash: bool
    prestataire: Board
    inventaire: Format
    sans_dg: bool = False


KINDS = (
    Kind("commune", "", (800, 1_900), 12, False, True, "distant", "windows", sans_dg=True),
    Kind("epci", "cc", (14_000, 38_000), 6, True, False, "aucun", "classeur"),
    Kind("commune", "", (3_500, 9_000), 15, False, False, "embarque", "csv"),
    Kind("commune", "", (22_000, 60_000), 18, True, False, "aucun", "classeur"),
    Kind("commune", "", (1_200, 3_000), 13, False, True, "embarque", "classeur"),
    Kind("epci", "ca", (60_000, 120_000), 7, True, False, "aucun", "glpi"),
    Kind("commune", "", (5_000, 15_000), 16, False, False, "aucun", "csv"),
    Kind("commune", "", (80_000, 120_000), 19, True, False, "aucun", "g4it"),
    Kind("syndicat", "sm", (30_000, 90_000), 1, True, False, "aucun", "csv"),
    Kind("commune", "", (2_000, 6_000), 14, False, False, "distant", "classeur"),
)
"""Taken in turn, so that even a small programme is varied."""
_DEPARTEMENT = Kind("departement", "dpt", (75_000, 120_000), 13, True, False, "aucun", "classeur")

_BANDS = ((0.5, 1.3), (1.4, 2.2), (2.4, 3.2))
_MISSING = ("trame", "contexte", "inventaire")
_EVERY = 5  # one dossier in so many lacks a return
_DOUBTS = {6: 45}
_DOUBT = 8
"""Chances in a hundred not to know, for a rank among ten and for the others."""


class Portrait(NamedTuple):
    """One collectivité: its kind, its size, how far along it is, how much its people know.

    ``maturite`` is a level (0 to 4) by dimension slug; ``doute`` the chances in a hundred that a person
    does not know; ``manque`` the return that will never come, or empty.
    """

    rang: int
    kind: Kind
    population: int
    agents: int
    maturite: dict[str, float]
    doute: int
    manque: str


def draw_portrait(seed: int, rang: int, dimensions: tuple[str, ...]) -> Portrait:
    """The portrait of the collectivité of that rank (from 0)."""
    draws = source(seed, "portrait", rang)
    kind = KINDS[rang % len(KINDS)]
    if kind.nature == "syndicat" and rang // len(KINDS) % 2:
        kind = _DEPARTEMENT
    population = draws.randrange(*kind.population)
    low, high = _BANDS[rang % len(_BANDS)]
    centre = draws.uniform(low, high)
    return Portrait(
        rang=rang,
        kind=kind,
        population=population,
        agents=max(6, population * kind.agents_pour_mille // 1000),
        maturite={slug: min(3.8, max(0.1, centre + draws.uniform(-0.9, 0.9))) for slug in dimensions},
        doute=_DOUBTS.get(rang % len(KINDS), _DOUBT),
        manque=_MISSING[rang // _EVERY % len(_MISSING)] if rang % _EVERY == 2 else "",
    )
