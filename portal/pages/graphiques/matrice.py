"""The value × feasibility matrix: four named zones, numbers that never cover one another, leaders where they moved."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import cos, floor, pi, sin
from typing import NamedTuple

from markupsafe import Markup

from nr_models.rules.vote import Quadrant
from portal.pages.graphiques.toile import Point, Toile, colour, dimension_colour
from tasks.office.look import load_look

_LEFT, _TOP, _SIDE = 40.0, 26.0, 348.0
_TALL = _TOP + _SIDE + 46
_FULL, _EMPTY = 11.0, 9.5
_GAP = 1.5
_NAME = (112.0, 24.0)
"""Room of a zone’s name, at the foot of the matrix."""


class Place(NamedTuple):
    """A levier in the matrix: its number, its two means, its dimension, and whether it is kept."""

    numero: int
    valeur: float
    faisabilite: float
    dimension: int
    retenu: bool


class Echelle(NamedTuple):
    """The notes of the vote, from ``bas`` to ``haut``, and the two thresholds that cut the zones."""

    bas: int
    haut: int
    seuil_valeur: float
    seuil_faisabilite: float


class _Cadre(NamedTuple):
    """What a drawing shows of the notes: from ``x`` on for feasibility, from ``y`` on for value."""

    echelle: Echelle
    x: float
    y: float

    def at(self, valeur: float, faisabilite: float) -> Point:
        high = self.echelle.haut
        across = (faisabilite - self.x) / (high + _MARGIN - self.x)
        up = (valeur - self.y) / (high + _MARGIN - self.y)
        return _LEFT + _SIDE * across, _TOP + _SIDE * (1 - up)


_MARGIN = 0.2
"""Room beyond the highest note, so that its number is whole."""


def draw_matrice(name: str, places: Sequence[Place], echelle: Echelle, titre: str, constat: str) -> Markup:
    """The matrix of these leviers; those kept are full, in the colour of their dimension."""
    toile = Toile(titre, constat, tall=_TALL)
    cadre = _Cadre(
        echelle,
        _first([item.faisabilite for item in places], echelle.bas, echelle.seuil_faisabilite),
        _first([item.valeur for item in places], echelle.bas, echelle.seuil_valeur),
    )
    _zones(toile, cadre)
    _axes(toile, cadre)
    for item, where in _spread(places, cadre):
        _leader(toile, item, cadre.at(item.valeur, item.faisabilite), where)
    for item, where in _spread(places, cadre):
        _number(toile, item, where)
    return toile.render(name)


def _first(values: Sequence[float], low: int, threshold: float) -> float:
    """Where an axis begins: a note under the lowest mean, and under the threshold so that the four zones are seen."""
    return max(low, min([*(floor(value) for value in values), threshold - 1])) - _MARGIN


def _zones(toile: Toile, cadre: _Cadre) -> None:
    x, y = cadre.at(cadre.echelle.seuil_valeur, cadre.echelle.seuil_faisabilite)
    right, bottom = _LEFT + _SIDE, _TOP + _SIDE
    toile.rect((_LEFT, _TOP), (_SIDE, _SIDE), colour("blanc"), stroke=colour("filet"))
    green = load_look().quadrants[Quadrant.GAINS_RAPIDES.value].couleur
    toile.rect((x, _TOP), (right - x, y - _TOP), green, fill_opacity="0.06")
    toile.line([(x, _TOP), (x, bottom)], colour("filet"))
    toile.line([(_LEFT, y), (right, y)], colour("filet"))
    _zone(toile, Quadrant.PROJETS_MAJEURS, (_LEFT, _TOP - 8), "start")
    _zone(toile, Quadrant.GAINS_RAPIDES, (right, _TOP - 8), "end")
    _zone(toile, Quadrant.A_ECARTER, (_LEFT + 8, bottom - 9), "start")
    _zone(toile, Quadrant.COMPLEMENTS, (right - 8, bottom - 9), "end")


def _zone(toile: Toile, quadrant: Quadrant, at: Point, anchor: str) -> None:
    sign = load_look().quadrants[quadrant.value]
    toile.text(at, f"{sign.signe} {quadrant.nom}", sign.couleur, size=12, strong=True, text_anchor=anchor)


def _axes(toile: Toile, cadre: _Cadre) -> None:
    bottom, muted = _TOP + _SIDE, colour("discret")
    for note in range(cadre.echelle.bas, cadre.echelle.haut + 1):
        x, y = cadre.at(note, note)
        if note >= cadre.x:
            toile.text((x, bottom + 16), str(note), muted, size=12, text_anchor="middle")
        if note >= cadre.y:
            toile.text((_LEFT - 8, y + 4), str(note), muted, size=12, text_anchor="end")
    low, high = cadre.echelle.bas, cadre.echelle.haut
    words = f"Faisabilité : de {low} (difficile) à {high} (facile)"
    toile.text((_LEFT + _SIDE / 2, bottom + 38), words, size=12, text_anchor="middle")
    turned = f"translate(13 {_TOP + _SIDE / 2:.0f}) rotate(-90)"
    toile.text((0, 0), f"Valeur : de {low} à {high}", size=12, text_anchor="middle", transform=turned)


def _leader(toile: Toile, item: Place, true: Point, where: Point) -> None:
    if true == where:
        return
    ink = dimension_colour(item.dimension) if item.retenu else colour("discret")
    toile.line([true, where], ink, stroke_width="1")
    toile.circle(true, 2, ink)


def _number(toile: Toile, item: Place, where: Point) -> None:
    x, y = where
    if item.retenu:
        toile.circle(where, _FULL, dimension_colour(item.dimension))
        toile.text((x, y + 4.2), str(item.numero), colour("blanc"), size=12, strong=True, text_anchor="middle")
        return
    toile.circle(where, _EMPTY, colour("blanc"), stroke=colour("discret"), stroke_width="1.2")
    toile.text((x, y + 3.8), str(item.numero), colour("discret"), size=10.5, text_anchor="middle")


def _spread(places: Sequence[Place], cadre: _Cadre) -> list[tuple[Place, Point]]:
    """Where each number stands: its own place, or the nearest free one of its zone; those kept are served first."""
    taken: list[tuple[Point, float]] = []
    found: list[tuple[Place, Point]] = []
    for item in sorted(places, key=lambda one: (not one.retenu, one.numero)):
        radius = _FULL if item.retenu else _EMPTY
        true = cadre.at(item.valeur, item.faisabilite)
        spots = _around(true)
        where = next(
            (spot for spot in spots if _free(spot, radius, taken) and _same_zone(spot, true, radius, cadre)), true
        )
        taken.append((where, radius))
        found.append((item, where))
    return sorted(found, key=lambda pair: pair[0].retenu)  # those kept are drawn over the others


def _around(at: Point) -> Iterator[Point]:
    """The place itself, then rings around it."""
    yield at
    for ring in range(1, 40):
        for step in range(24):
            angle = 2 * pi * step / 24
            yield at[0] + 4 * ring * cos(angle), at[1] + 4 * ring * sin(angle)


def _free(spot: Point, radius: float, taken: Sequence[tuple[Point, float]]) -> bool:
    """True where the number touches no other, nor the name of a zone, and stays within the frame."""
    x, y = spot
    right, bottom = _LEFT + _SIDE, _TOP + _SIDE
    if not (_LEFT + radius <= x <= right - radius and _TOP + radius <= y <= bottom - radius):
        return False
    wide, tall = _NAME
    if y + radius > bottom - tall and (x - radius < _LEFT + wide or x + radius > right - wide):
        return False
    return all((x - u) ** 2 + (y - v) ** 2 >= (radius + other + _GAP) ** 2 for (u, v), other in taken)


def _same_zone(spot: Point, true: Point, radius: float, cadre: _Cadre) -> bool:
    """True where a number that moved stays on its side of both thresholds."""
    x, y = cadre.at(cadre.echelle.seuil_valeur, cadre.echelle.seuil_faisabilite)
    if spot == true:
        return True
    aside = spot[0] - radius >= x if true[0] >= x else spot[0] + radius <= x
    above = spot[1] + radius <= y if true[1] <= y else spot[1] - radius >= y
    return aside and above
