"""Paragraphs that fit their box: the largest size that holds, else as many boxes as it takes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from tasks.office.deck.measure import LINE, width, wrap

SIZES = (22.0, 20.0, 18.0, 16.0, 14.0, 12.0)
"""Sizes of a body text, in points, from the one wished for to the smallest that can be read."""

POINTS_PER_CM = 72 / 2.54


class Box(NamedTuple):
    """A place on a slide, in centimetres."""

    x: float
    y: float
    w: float
    h: float


class Para(NamedTuple):
    """One paragraph: an optional bold head, then its text; ``colour`` is a token of the look."""

    text: str
    head: str = ""
    bullet: bool = False
    bold: bool = False
    colour: str = "encre"


def bullets(items: Sequence[str], empty: str = "") -> list[Para]:
    """One bullet an item; a muted sentence where there is none."""
    return [Para(item, bullet=True) for item in items] or ([Para(empty, colour="discret")] if empty else [])


def height(para: Para, size: float, room: float) -> float:
    """Height of a paragraph within ``room`` points, the space after it included, in points."""
    text = f"{para.head} {para.text}" if para.head else para.text
    extra = width(para.head, size, bold=True) - width(para.head, size) if para.head else 0
    indent = size if para.bullet else 0
    lines = len(wrap(text, size, room - indent - extra / 2, bold=para.bold))
    return (lines * LINE + space_after()) * size


def space_after() -> float:
    """Space after a paragraph, in font sizes."""
    return 0.5


def fit(paras: Sequence[Para], box: Box, sizes: Sequence[float] = SIZES) -> float | None:
    """The largest size at which every paragraph holds in the box, or None."""
    room, tall = box.w * POINTS_PER_CM, box.h * POINTS_PER_CM
    return next((size for size in sizes if sum(height(item, size, room) for item in paras) <= tall), None)


def pour(paras: Sequence[Para], box: Box, sizes: Sequence[float] = SIZES) -> list[tuple[float, list[Para]]]:
    """The paragraphs shared between as many boxes as they need, with the size of each."""
    size = fit(paras, box, sizes)
    if size is not None:
        return [(size, list(paras))]
    size, room, tall = sizes[-1], box.w * POINTS_PER_CM, box.h * POINTS_PER_CM
    boxes: list[list[Para]] = [[]]
    used = 0.0
    for para in (piece for item in paras for piece in _pieces(item, size, room, tall)):
        needed = height(para, size, room)
        if boxes[-1] and used + needed > tall:
            boxes.append([])
            used = 0.0
        boxes[-1].append(para)
        used += needed
    return [(size, item) for item in boxes]


def _pieces(para: Para, size: float, room: float, tall: float) -> list[Para]:
    """A paragraph taller than the box, cut at its lines."""
    if height(para, size, room) <= tall:
        return [para]
    lines = wrap(para.text, size, room - size, bold=True)
    step = max(1, int(tall / (size * LINE)) - 2)
    parts = [" ".join(lines[start : start + step]) for start in range(0, len(lines), step)]
    return [para._replace(text=parts[0]), *(para._replace(text=part, head="") for part in parts[1:])]
