"""Horizontal bars with the range they could have: a thin whisker, and the figure written; no figure, no bar."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from markupsafe import Markup

from portal.pages.graphiques.toile import WIDE, Toile, colour, dimension_colour, shorten

_ROW, _BAR, _FIGURE, _GAP = 46.0, 12.0, 84.0, 8.0


class Barre(NamedTuple):
    """A bar: its number and name, how far it goes of the whole (0 to 1), its range, and the figure written.

    ``part`` is None where nothing is known: the place of the bar is a dashed frame.
    """

    numero: int
    nom: str
    part: float | None
    ecrit: str
    bas: float | None = None
    haut: float | None = None
    dimension: int | None = None


def draw_barres(name: str, barres: Sequence[Barre], titre: str, constat: str) -> Markup:
    """The bars, one a row, in the order given."""
    toile = Toile(titre, constat, tall=_ROW * len(barres) + 4)
    for place, item in enumerate(barres):
        _row(toile, place * _ROW, item)
    return toile.render(name)


def _row(toile: Toile, top: float, item: Barre) -> None:
    ink, room = dimension_colour(item.dimension or item.numero), float(WIDE) - _FIGURE
    toile.text((0, top + 15), shorten(f"{item.numero}. {item.nom}", WIDE))
    y = top + 23
    if item.part is None:
        toile.rect((0.5, y), (room, _BAR), stroke=colour("attention"), stroke_dasharray="4 3")
        toile.text((room + _GAP, y + 11), item.ecrit, colour("attention"), strong=True)
        return
    toile.rect((0, y), (room, _BAR), colour("filet"), fill_opacity="0.45")
    toile.rect((0, y), (room * item.part, _BAR), ink)
    if item.bas is not None and item.haut is not None and item.haut > item.bas:
        _whisker(toile, room * item.bas, room * item.haut, y + _BAR / 2)
    toile.text((room + _GAP, y + 11), item.ecrit, ink, strong=True)


def _whisker(toile: Toile, left: float, right: float, y: float) -> None:
    for ink, wide in ((colour("blanc"), "4"), (colour("encre"), "1.5")):  # a halo: the whisker is seen on the bar too
        toile.line([(left, y), (right, y)], ink, stroke_width=wide)
        for x in (left, right):
            toile.line([(x, y - 5), (x, y + 5)], ink, stroke_width=wide)
