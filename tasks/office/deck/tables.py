"""Native tables that never overflow: rows are measured, then shared between slides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from pptx.oxml.ns import qn
from pptx.util import Cm

from tasks.office.deck.measure import LINE, width, wrap
from tasks.office.deck.page import ALIGN, Clean, Page, child, colour, describe, write_run
from tasks.office.deck.text import POINTS_PER_CM, Box

SIZES = (16.0, 14.0, 12.0)
PAD, SIDE = 0.14, 0.22
"""Space above and below, then beside the text of a cell, in centimetres."""

_TRIES = 40
"""How finely the rows are evened out between slides."""

_NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"


class SlideCell(NamedTuple):
    """A cell: its text, and what sets it apart."""

    text: str
    bold: bool = False
    ink: str = "encre"
    fill: str | None = None


@dataclass(frozen=True)
class SlideTable:
    """A header, rows, relative widths, alignments, and the sentence that says what the table shows."""

    header: tuple[str, ...]
    rows: tuple[tuple[SlideCell, ...], ...]
    widths: tuple[float, ...]
    alt: str
    aligns: tuple[str, ...] = ()

    def align(self, column: int) -> str:
        """« gauche », « centre » or « droite »."""
        return self.aligns[column] if self.aligns else "gauche"


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[SlideCell | str]],
    widths: Sequence[float],
    alt: str,
    aligns: str = "",
) -> SlideTable:
    """A table from plain texts; ``aligns`` has a letter a column: g, c or d."""
    names = {"g": "gauche", "c": "centre", "d": "droite"}
    return SlideTable(
        header=tuple(header),
        rows=tuple(tuple(item if isinstance(item, SlideCell) else SlideCell(item) for item in row) for row in rows),
        widths=tuple(widths),
        alt=alt,
        aligns=tuple(names[letter] for letter in aligns),
    )


def cleaned(content: SlideTable, clean: Clean) -> SlideTable:
    """The table with every text passed through ``clean``."""
    return replace(
        content,
        header=tuple(clean(item) for item in content.header),
        rows=tuple(tuple(cell._replace(text=clean(cell.text)) for cell in row) for row in content.rows),
        alt=clean(content.alt),
    )


def paginate(content: SlideTable, box: Box) -> list[tuple[float, SlideTable]]:
    """One table a slide, on the fewest slides and then at the largest size; rows are evened out between them."""
    smallest = _share(content, box, SIZES[-1])
    for size in SIZES[:-1]:
        shares = _share(content, box, size) if _words_hold(content, size, box.w) else None
        if shares and len(shares) <= len(smallest):
            return _tables(content, size, shares)
    return _tables(content, SIZES[-1], smallest)


def _tables(
    content: SlideTable, size: float, shares: list[list[tuple[SlideCell, ...]]]
) -> list[tuple[float, SlideTable]]:
    return [(size, replace(content, rows=tuple(rows))) for rows in shares]


def _words_hold(content: SlideTable, size: float, wide: float) -> bool:
    """True when no word has to be cut."""
    return all(
        width(word, size, bold=cell.bold) <= _room(share)
        for row in (_header(content), *content.rows)
        for cell, share in zip(row, _widths(content, wide), strict=True)
        for word in cell.text.split(" ")
    )


def _share(content: SlideTable, box: Box, size: float) -> list[list[tuple[SlideCell, ...]]]:
    """The rows of each slide at that size; a row taller than a slide is cut inside."""
    room = box.h - row_height(content, _header(content), size, box.w)
    rows = [piece for item in content.rows for piece in _pieces(content, item, size, box.w, room)]
    heights = [row_height(content, row, size, box.w) for row in rows]
    count = len(_cuts(heights, room))
    even = next(cuts for part in range(1, _TRIES + 1) if len(cuts := _cuts(heights, room * part / _TRIES)) == count)
    return [rows[start:end] for start, end in even]


def _cuts(heights: Sequence[float], room: float) -> list[tuple[int, int]]:
    """The runs of rows that hold in ``room``, each at least one row."""
    cuts, start, used = [], 0, 0.0
    for place, tall in enumerate(heights):
        if place > start and used + tall > room:
            cuts.append((start, place))
            start, used = place, 0.0
        used += tall
    return [*cuts, (start, len(heights))]


def draw(page: Page, box: Box, content: SlideTable, size: float) -> float:
    """Draw a table whose texts are clean; returns its height in centimetres."""
    rows = (_header(content), *content.rows)
    frame = page.slide.shapes.add_table(len(rows), len(content.widths), *(Cm(item) for item in box))
    describe(frame, content.alt)
    drawn = frame.table
    drawn.horz_banding = False
    drawn._tbl.tblPr.find(qn("a:tableStyleId")).text = _NO_STYLE
    for column, share in zip(drawn.columns, _widths(content, box.w), strict=True):
        column.width = Cm(share)
    total = 0.0
    for place, (row, cells) in enumerate(zip(drawn._tbl.tr_lst, rows, strict=True)):
        tall = row_height(content, cells, size, box.w)
        row.set("h", str(Cm(tall)))
        total += tall
        for column, (target, cell) in enumerate(zip(row.tc_lst, cells, strict=True)):
            _fill(target, cell, size, content.align(column), strong=place == 0)
    frame.height = Cm(total)
    return total


def row_height(content: SlideTable, cells: Sequence[SlideCell], size: float, wide: float) -> float:
    """Height of a row, in centimetres."""
    lines = max(
        len(wrap(cell.text, size, _room(share), bold=cell.bold))
        for cell, share in zip(cells, _widths(content, wide), strict=True)
    )
    return lines * LINE * size / POINTS_PER_CM + 2 * PAD


def height(content: SlideTable, size: float, wide: float) -> float:
    """Height of a whole table, in centimetres."""
    return sum(row_height(content, row, size, wide) for row in (_header(content), *content.rows))


def _header(content: SlideTable) -> tuple[SlideCell, ...]:
    return tuple(SlideCell(item, bold=True, ink="discret") for item in content.header)


def _widths(content: SlideTable, wide: float) -> tuple[float, ...]:
    return tuple(item * wide / sum(content.widths) for item in content.widths)


def _room(share: float) -> float:
    return max((share - 2 * SIDE) * POINTS_PER_CM - 1, 1)  # one point less: renderers round differently


def _pieces(
    content: SlideTable, row: tuple[SlideCell, ...], size: float, wide: float, room: float
) -> list[tuple[SlideCell, ...]]:
    """A row taller than a slide, cut at its lines."""
    if row_height(content, row, size, wide) <= room:
        return [row]
    step = max(1, int((room - 2 * PAD) * POINTS_PER_CM / (LINE * size)))
    shares = _widths(content, wide)
    lines = [wrap(cell.text, size, _room(share), bold=cell.bold) for cell, share in zip(row, shares, strict=True)]
    count = max(-(-len(item) // step) for item in lines)
    return [
        tuple(
            cell._replace(text=" ".join(item[n * step : (n + 1) * step])) for cell, item in zip(row, lines, strict=True)
        )
        for n in range(count)
    ]


def _fill(target: Any, cell: SlideCell, size: float, align: str, *, strong: bool) -> None:
    """Write a cell as it is stored: through the library's words a long table takes three times as long."""
    paragraph = target.txBody.p_lst[0]
    paragraph.get_or_add_pPr().set("algn", ALIGN[align])
    if cell.text:
        write_run(paragraph, cell.text, size, bold=cell.bold, ink=cell.ink)
    child(paragraph, "a:endParaRPr", sz=str(int(size * 100)))  # or an empty cell takes the height of 18 pt
    properties = target.get_or_add_tcPr()
    for side, room in (("marL", SIDE), ("marR", SIDE), ("marT", PAD), ("marB", PAD)):
        properties.set(side, str(Cm(room)))
    properties.set("anchor", "t")
    border = child(properties, "a:lnB", w="12700" if strong else "6350")
    child(child(border, "a:solidFill"), "a:srgbClr", val=str(colour("discret" if strong else "filet")))
    if cell.fill:
        child(child(properties, "a:solidFill"), "a:srgbClr", val=str(colour(cell.fill)))
