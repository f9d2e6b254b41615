"""The planning: a Gantt in quarters by dimension, a bar per fiche; what is « à définir » beside."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from pptx.enum.shapes import MSO_CONNECTOR

from nr_models.referentiel.referentiel import Dimension, Referentiel
from nr_models.rules.roadmap import Barre
from nr_models.values.dates import french_date
from nr_models.values.french import TO_DEFINE, counted
from tasks.office.deck import master
from tasks.office.deck.deck import Deck, numbered
from tasks.office.deck.page import Page, dimension_colour
from tasks.office.deck.text import Box, Para

_ROW, _HEAD = 0.63, 1.3
_LABEL_W, _SIDE_W = 11.5, 6.2
_MOST = 24
"""Columns a slide can show; a longer planning is drawn in years."""


class Window(NamedTuple):
    """The quarters that a planning spans: the first (year × 4 + quarter), and ``step`` of them a column."""

    first: int
    step: int
    columns: int

    def part(self, day: date, *, after: bool = False) -> float:
        """Where a day lies (0 to 1); ``after`` for the end of that day."""
        months = (day.year * 4) * 3 + day.month - 1 + (day.day - (0 if after else 1)) / 31
        return (months / 3 - self.first) / (self.step * self.columns)

    def labels(self) -> list[tuple[str, str]]:
        """Year and quarter of each column, the year only where it starts; years alone on a long planning."""
        starts = [self.first + self.step * place for place in range(self.columns)]
        if self.step > 1:
            return [(str(start // 4), "") for start in starts]
        return [
            (str(start // 4) if start % 4 == 0 or start == self.first else "", f"T{start % 4 + 1}") for start in starts
        ]


def backwards(barre: Barre) -> bool:
    """True when a fiche is said to end before it starts: it is named, and has no bar."""
    return bool(barre.debut and barre.fin and barre.fin < barre.debut)


class Row(NamedTuple):
    """A line of the planning: the name of a dimension, or one of its fiches."""

    dimension: Dimension
    barre: Barre | None


def window(barres: Sequence[Barre]) -> Window | None:
    """The span of the known days, or None when nothing is dated."""
    days = [day for item in barres if not backwards(item) for day in (item.debut, item.fin) if day]
    if not days:
        return None
    first, last = (day.year * 4 + (day.month - 1) // 3 for day in (min(days), max(days)))
    if last - first < _MOST:
        return Window(first, 1, last - first + 1)
    first -= first % 4
    years = last // 4 - first // 4 + 1
    step = -(-years // _MOST)
    return Window(first, 4 * step, -(-years // step))


def add_planning(deck: Deck, barres: Sequence[Barre], referentiel: Referentiel) -> None:
    """Add the planning, on as many slides as it has rows for."""
    span = window(barres)
    undated = [item for item in barres if backwards(item) or not (item.debut and item.fin)]
    title = f"Le planning tient {counted(len(barres) - len(undated), 'levier daté', 'leviers datés')} sur {len(barres)}"
    notes = "Une barre par fiche, du début à la fin. Les traits relient un levier à son prérequis."
    if span is None:
        deck.message("Le planning reste à écrire", [Para("Aucun début ni aucune fin n’est encore fixé.")], notes)
        return
    shares = _share(_rows(barres, referentiel))
    for place, rows in enumerate(shares, start=1):
        page = deck.page(numbered(title, place, len(shares)), notes)
        wide = master.BODY.w - _LABEL_W - (_SIDE_W + master.GUTTER if undated else 0)
        grid = Box(master.BODY.x + _LABEL_W, master.BODY.y + _HEAD, wide, _ROW * len(rows))
        _grid(page, grid, span)
        _draw(page, grid, span, rows, referentiel)
        if undated:
            _beside(page, undated)


def _rows(barres: Sequence[Barre], referentiel: Referentiel) -> list[list[Row]]:
    """The rows of each dimension that has a dated fiche, its name first."""
    found = []
    for dimension in referentiel.dimensions:
        own = [Row(dimension, item) for item in barres if item.dimension == dimension.slug and _drawn(item)]
        if own:
            found.append([Row(dimension, None), *own])
    return found


def _drawn(barre: Barre) -> bool:
    return bool(barre.debut or barre.fin) and not backwards(barre)


def _share(groups: Sequence[Sequence[Row]]) -> list[list[Row]]:
    """The rows of each slide; a dimension that goes on says its name again."""
    most = int((master.BODY.h - _HEAD) / _ROW)
    pages: list[list[Row]] = [[]]
    for group in groups:
        if pages[-1] and len(pages[-1]) + min(len(group), 3) > most:
            pages.append([])
        for row in group:
            if len(pages[-1]) == most:
                pages.append([group[0]])
            pages[-1].append(row)
    return pages


def _grid(page: Page, grid: Box, span: Window) -> None:
    wide = grid.w / span.columns
    for place, (year, quarter) in enumerate(span.labels()):
        x = grid.x + place * wide
        page.rule((x, grid.y - (_HEAD - 0.2 if year else 0.5)), (x, grid.y + grid.h))
        page.text(Box(x + 0.1, grid.y - 1.2, max(wide * 4, 1.6), 0.6), [Para(year, bold=True)], sizes=(12,))
        page.text(Box(x, grid.y - 0.6, wide, 0.5), [Para(quarter, colour="discret")], sizes=(12,), align="centre")
    page.rule((grid.x + grid.w, grid.y - 0.5), (grid.x + grid.w, grid.y + grid.h))


def _draw(page: Page, grid: Box, span: Window, rows: Sequence[Row], referentiel: Referentiel) -> None:
    drawn: dict[str, Box] = {}
    for place, row in enumerate(rows):
        y = grid.y + place * _ROW
        label = Box(master.BODY.x, y, _LABEL_W - 0.3, _ROW)
        ink = dimension_colour(row.dimension.numero)
        if row.barre is None:
            page.line(label, f"{row.dimension.numero}. {row.dimension.nom}", size=13, bold=True, ink=ink)
            continue
        page.line(label, f"{row.barre.numero}. {row.barre.titre}", size=12)
        drawn[row.barre.levier] = _bar(page, Box(grid.x, y, grid.w, _ROW), span, row.barre, ink)
    for levier, bar in drawn.items():
        for other in referentiel.leviers[levier].requiert:
            if other in drawn:
                _link(page, drawn[other], bar)


def _bar(page: Page, line: Box, span: Window, barre: Barre, ink: str) -> Box:
    """A full bar between two known days; an outline of one column beside the only known one."""
    one = 1 / span.columns
    start = span.part(barre.debut) if barre.debut else None
    end = span.part(barre.fin, after=True) if barre.fin else None
    left = start if start is not None else max((end or 0) - one, 0)
    right = end if end is not None else min(left + one, 1)
    box = Box(line.x + line.w * left, line.y + 0.12, line.w * (right - left), line.h - 0.24)
    whole = barre.debut is not None and barre.fin is not None
    words = f"de {_day(barre.debut)} à {_day(barre.fin)}"
    page.block(box, fill=ink if whole else None, edge=ink, alt=f"Levier {barre.numero}, {barre.titre} : {words}")
    return box


def _link(page: Page, before: Box, after: Box) -> None:
    page.rule(
        (before.x + before.w, before.y + before.h / 2),
        (after.x, after.y + after.h / 2),
        ink="encre",
        points=1,
        kind=MSO_CONNECTOR.ELBOW,
    )


def _beside(page: Page, undated: Sequence[Barre]) -> None:
    box = Box(master.WIDTH - master.MARGIN - _SIDE_W, master.BODY.y, _SIDE_W, 1.2)
    page.text(box, [Para("Début ou fin à définir ou à revoir", bold=True, colour="attention")], sizes=(14,))
    room, step = master.BODY.h - 1.2, 0.66
    most = int(room / step) - 1
    for place, item in enumerate(undated[:most]):
        page.line(box._replace(y=box.y + 1.2 + place * step, h=step), f"{item.numero}. {item.titre}", size=12)
    if len(undated) > most:
        text = f"et {counted(len(undated) - most, 'autre')}"
        page.line(box._replace(y=box.y + 1.2 + most * step, h=step), text, size=12, ink="discret")


def _day(day: date | None) -> str:
    return french_date(day) if day else TO_DEFINE
