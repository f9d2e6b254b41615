"""Columns by year: stacked in the colours of the dimensions, totals written, what is « à définir » framed above."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from portal.pages.graphiques.toile import WIDE, Point, Toile, colour, dimension_colour, wrap

_TOP, _HIGH, _FOOT = 0.0, 230.0, 24.0
_LINE = 14.0
_WIDEST = 92.0
_FRAME = 22.0


class Colonne(NamedTuple):
    """A column: its name, its parts (dimension, value), the total as written, and what is « à définir », as written.

    ``dimension`` 0 has the colour of the accent. ``total`` is empty where no amount is known;
    ``incertain`` has the column dashed, for what is known but has no place yet.
    """

    nom: str
    parts: tuple[tuple[int, float], ...]
    total: str
    a_definir: str = ""
    incertain: bool = False


class Seuil(NamedTuple):
    """A level not to pass, and what it is called."""

    valeur: float
    nom: str


def draw_colonnes(
    name: str, colonnes: Sequence[Colonne], titre: str, constat: str, seuil: Seuil | None = None
) -> Markup:
    """The columns, in the order given; a threshold, if any, is a line across them."""
    names = [wrap(item.nom, WIDE / max(len(colonnes), 1) - 6, most=2) for item in colonnes]
    toile = Toile(titre, constat, tall=_TOP + _HIGH + _FOOT + _LINE * max((len(item) for item in names), default=1))
    highest = max([_sum(item) for item in colonnes] + [seuil.valeur if seuil else 0], default=0) or 1
    foot = _TOP + _HIGH
    for place, (item, lines) in enumerate(zip(colonnes, names, strict=True)):
        step = WIDE / len(colonnes)
        centre = step * (place + 0.5)
        _column(toile, item, centre, min(step * 0.6, _WIDEST), highest, seuil)
        for row, words in enumerate(lines):
            toile.text((centre, foot + 18 + _LINE * row), words, text_anchor="middle")
    toile.line([(0, foot), (WIDE, foot)], colour("discret"))
    if seuil:
        _threshold(toile, seuil, highest)
    return toile.render(name)


def _sum(item: Colonne) -> float:
    return sum(value for _, value in item.parts)


def _column(toile: Toile, item: Colonne, centre: float, wide: float, highest: float, seuil: Seuil | None) -> None:
    """The parts from the foot up, the frame of what is not known, then the total over all."""
    foot, scale = _TOP + _HIGH, (_HIGH - 46) / highest
    top, left = foot, centre - wide / 2
    over = seuil is not None and _sum(item) > seuil.valeur
    for dimension, value in item.parts:
        tall = value * scale
        top -= tall
        ink = dimension_colour(dimension) if dimension else colour("erreur" if over else "accent")
        _part(toile, item, dimension, (left, top), (wide, max(tall - 1, 0.5)), ink)
    if item.a_definir:
        top -= _FRAME + 2
        toile.rect((left, top), (wide, _FRAME), stroke=colour("attention"), stroke_dasharray="4 3")
        size = 11.0
        toile.text((centre, top + 15), item.a_definir, colour("attention"), size=size, text_anchor="middle")
    if item.total:
        toile.text((centre, top - 7), item.total, strong=True, text_anchor="middle")


def _part(toile: Toile, item: Colonne, dimension: int, at: Point, size: Point, ink: str) -> None:
    """A part, and the number of its dimension where there is room for it."""
    if item.incertain:
        toile.rect(at, size, stroke=colour("attention"), stroke_dasharray="4 3")
        return
    toile.rect(at, size, ink)
    if dimension and size[1] >= _LINE:
        middle = (at[0] + size[0] / 2, at[1] + size[1] / 2 + 4)
        toile.text(middle, str(dimension), colour("blanc"), size=11, strong=True, text_anchor="middle")


def _threshold(toile: Toile, seuil: Seuil, highest: float) -> None:
    y = _TOP + _HIGH - seuil.valeur * (_HIGH - 46) / highest
    toile.line([(0, y), (WIDE, y)], colour("encre"), stroke_width="1.5", stroke_dasharray="6 4")
    toile.text((WIDE, y - 5), seuil.nom, size=12, text_anchor="end")
