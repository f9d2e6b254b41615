"""The planning by quarter: a bar a fiche, in the colour of its dimension; prerequisites as thin lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from portal.pages.graphiques.toile import WIDE, Toile, colour, dimension_colour, shorten

_HEAD, _ROW, _BAR = 36.0, 40.0, 12.0
_QUARTERS, _MOST = 4, 16
"""Quarters a year; columns a drawing shows before it goes by years."""

_DAYS, _MONTHS = 31, 3


class Tache(NamedTuple):
    """A fiche on the planning; days None where « à définir ». ``apres`` are the numbers of its prerequisites."""

    numero: int
    titre: str
    dimension: int
    debut: date | None
    fin: date | None
    apres: tuple[int, ...] = ()

    @property
    def drawn(self) -> bool:
        """True where a day is known, and the end is not before the start."""
        known = self.debut or self.fin
        return known is not None and not (self.debut and self.fin and self.fin < self.debut)

    @property
    def dated(self) -> bool:
        """True where it has both its ends, in order."""
        return self.drawn and self.debut is not None and self.fin is not None


class _Fenetre(NamedTuple):
    """The columns: the first quarter (year × 4 + quarter), ``step`` quarters a column."""

    first: int
    step: int
    columns: int

    def x(self, day: date, *, after: bool = False) -> float:
        months = day.year * _QUARTERS * _MONTHS + day.month - 1 + (day.day - (0 if after else 1)) / _DAYS
        return WIDE * (months / _MONTHS - self.first) / (self.step * self.columns)


def draw_planning(name: str, taches: Sequence[Tache], titre: str, constat: str, jour: date | None = None) -> Markup:
    """The planning of the fiches that have a day at least, in the order given; ``jour`` is today, a line."""
    drawn = [item for item in taches if item.drawn]
    span = _window(drawn)
    toile = Toile(titre, constat, tall=_HEAD + _ROW * len(drawn) + 4)
    _grid(toile, span)
    bars = {item.numero: _bar(toile, item, _HEAD + _ROW * place, span) for place, item in enumerate(drawn)}
    for item in drawn:
        for before in item.apres:
            if before in bars:
                _link(toile, bars[before], bars[item.numero])
    if jour is not None and 0 <= span.x(jour) <= WIDE:
        toile.line([(span.x(jour), 18), (span.x(jour), toile.tall)], colour("erreur"), stroke_width="1.5")
    return toile.render(name)


def _window(taches: Sequence[Tache]) -> _Fenetre:
    days = [day for item in taches for day in (item.debut, item.fin) if day]
    first, last = (_quarter(day) for day in (min(days), max(days)))
    if last - first < _MOST:
        return _Fenetre(first, 1, last - first + 1)
    first -= first % _QUARTERS
    years = last // _QUARTERS - first // _QUARTERS + 1
    step = -(-years // _MOST)
    return _Fenetre(first, _QUARTERS * step, -(-years // step))


def _quarter(day: date) -> int:
    return day.year * _QUARTERS + (day.month - 1) // _MONTHS


def _grid(toile: Toile, span: _Fenetre) -> None:
    wide = WIDE / span.columns
    for place in range(span.columns):
        quarter, x = span.first + span.step * place, place * wide
        year = quarter % _QUARTERS == 0
        toile.line([(x, 0 if year else 18), (x, toile.tall)], colour("filet"), stroke_width="1.5" if year else "1")
        if year or place == 0:
            toile.text((x + 4, 12), str(quarter // _QUARTERS), size=12, strong=True)
        if span.step == 1:
            toile.text(
                (x + wide / 2, 29), f"T{quarter % _QUARTERS + 1}", colour("discret"), size=11, text_anchor="middle"
            )
    toile.line([(WIDE, 0), (WIDE, toile.tall)], colour("filet"))


def _bar(toile: Toile, item: Tache, top: float, span: _Fenetre) -> tuple[float, float, float]:
    """The name of a fiche, its bar under it; the only known day of one is a dashed frame. Its ends and middle."""
    ink, one = dimension_colour(item.dimension), WIDE / span.columns
    left = span.x(item.debut) if item.debut else max(span.x(item.fin, after=True) - one, 0) if item.fin else 0
    right = span.x(item.fin, after=True) if item.fin else min(left + one, WIDE)
    words = shorten(f"{item.numero}. {item.titre}", WIDE - 8, 12.5)
    # a halo of paper: the name is read over the lines of the grid
    toile.text((4, top + 15), words, size=12.5, stroke=colour("papier"), stroke_width="4", paint_order="stroke")
    y = top + 21
    if item.dated:
        toile.rect((left, y), (right - left, _BAR), ink, rx="2")
    else:
        toile.rect((left + 0.5, y), (right - left - 1, _BAR), stroke=colour("attention"), stroke_dasharray="4 3")
    return left, right, y + _BAR / 2


def _link(toile: Toile, before: tuple[float, float, float], after: tuple[float, float, float]) -> None:
    """From the end of a prerequisite to the start of what comes after it."""
    _, x, y = before
    left, _, down = after
    turn = max(min(x + 4, WIDE - 1), 1)
    toile.line([(x, y), (turn, y), (turn, down), (left, down)], colour("encre"), stroke_width="1", stroke_opacity="0.6")
