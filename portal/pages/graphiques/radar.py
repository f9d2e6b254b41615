"""The line radar: a share of 0 to 100 a dimension, the last snapshot dashed; what has no score is a gap, never zero."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from math import cos, pi, sin
from typing import NamedTuple

from markupsafe import Markup

from nr_models.values.french import percentage
from portal.pages.graphiques.toile import Point, Toile, colour, dimension_colour, wrap

_CENTRE: Point = (200.0, 152.0)
_RADIUS = 98.0
_RINGS = (25, 50, 75, 100)
_NAMES_AT, _TOP_NAME = 112, 170.0
_SIZE, _STEP = 11.5, 13.0


class Branche(NamedTuple):
    """A branch: the dimension, its displayed percentage, and that of the last snapshot; None where there is none."""

    numero: int
    nom: str
    valeur: Decimal | None
    avant: Decimal | None = None


def draw_radar(name: str, branches: Sequence[Branche], titre: str, constat: str) -> Markup:
    """The radar of these branches, from the top and clockwise."""
    toile = Toile(titre, constat, tall=288)
    _axes(toile, branches)
    _line(toile, [item.avant for item in branches], colour("discret"), stroke_dasharray="5 4", stroke_width="1.5")
    _line(toile, [item.valeur for item in branches], colour("accent"), stroke_width="2.5")
    for place, item in enumerate(branches):
        if item.valeur is not None:
            toile.circle(_at(place, len(branches), item.valeur), 4.5, dimension_colour(item.numero))
        _name(toile, place, item, len(branches))
    return toile.render(name)


def _axes(toile: Toile, branches: Sequence[Branche]) -> None:
    count = len(branches)
    for ring in _RINGS:
        corners = [_at(place, count, Decimal(ring)) for place in range(count)]
        toile.outline(corners, colour("filet"))
    for place in range(count):
        toile.line([_CENTRE, _at(place, count, Decimal(100))], colour("filet"))
    for ring in (50, 100):
        x, y = _at(0, count, Decimal(ring))
        toile.text((x + 4, y + 11), str(ring), colour("discret"), size=10)


def _line(toile: Toile, values: Sequence[Decimal | None], ink: str, **more: str) -> None:
    """The line through the values that there are: closed when all are, else in the pieces that neighbours make."""
    count = len(values)
    if all(value is not None for value in values) and count:
        toile.outline([_at(place, count, value or Decimal(0)) for place, value in enumerate(values)], ink, **more)
        return
    for place, value in enumerate(values):
        following = values[(place + 1) % count]
        if value is not None and following is not None:
            toile.line([_at(place, count, value), _at(place + 1, count, following)], ink, **more)


def _name(toile: Toile, place: int, item: Branche, count: int) -> None:
    """The number and the share of a branch, its name under them; « non calculé » where there is no share."""
    x, y = _at(place, count, Decimal(_NAMES_AT))
    side = x - _CENTRE[0]
    anchor = "middle" if abs(side) < 1 else "start" if side > 0 else "end"
    lines = wrap(item.nom, (toile.wide - abs(side) * 2) / 2 if abs(side) >= 1 else _TOP_NAME, _SIZE, most=3)
    shown = "non calculé" if item.valeur is None else percentage(item.valeur)
    ink = colour("attention") if item.valeur is None else dimension_colour(item.numero)
    up = _STEP * len(lines) if place == 0 else _STEP * len(lines) / 2
    toile.text((x, y - up + 4), f"{item.numero}. {shown}", ink, size=_SIZE, strong=True, text_anchor=anchor)
    for row, words in enumerate(lines, start=1):
        toile.text((x, y - up + _STEP * row + 4), words, size=_SIZE, text_anchor=anchor)


def _at(place: int, count: int, share: Decimal) -> Point:
    angle = 2 * pi * (place % count) / count - pi / 2
    radius = _RADIUS * float(share) / 100
    return _CENTRE[0] + radius * cos(angle), _CENTRE[1] + radius * sin(angle)
