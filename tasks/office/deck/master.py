"""The empty deck every deck starts from: 16:9, three layouts, our type and colours."""

from __future__ import annotations

import io
import re
from functools import cache

from pptx import Presentation
from pptx.presentation import Presentation as Deck
from pptx.util import Cm, Pt

from tasks.office.deck.text import Box
from tasks.office.look import load_look

WIDTH, HEIGHT = 33.867, 19.05
MARGIN = load_look().marge_cm
GUTTER = 0.5
COLUMNS = 12

TITLE = Box(MARGIN, 1.0, WIDTH - 2 * MARGIN, 2.2)
BODY = Box(MARGIN, 3.7, WIDTH - 2 * MARGIN, 13.5)
FOOT = Box(MARGIN, 17.75, WIDTH - 2 * MARGIN - 2, 0.6)
COVER_TITLE = Box(3.6, 5.2, 27, 4.6)
COVER_TEXT = Box(3.6, 10.2, 27, 7)

COVER, SECTION, PAGE = 0, 1, 2
_KEPT = {0: "Couverture", 2: "Partie", 5: "Page"}


def columns(first: int, span: int) -> Box:
    """The body, from column ``first`` (1 to 12) over ``span`` columns of the grid."""
    one = (BODY.w - GUTTER * (COLUMNS - 1)) / COLUMNS
    return Box(BODY.x + (first - 1) * (one + GUTTER), BODY.y, one * span + GUTTER * (span - 1), BODY.h)


def blank() -> Deck:
    """A new deck without slide."""
    return Presentation(io.BytesIO(_master()))


@cache
def _master() -> bytes:
    deck = Presentation()
    deck.slide_width, deck.slide_height = Cm(WIDTH), Cm(HEIGHT)
    for index, layout in enumerate(list(deck.slide_layouts)):
        if index not in _KEPT:
            deck.slide_layouts.remove(layout)
        else:
            layout.name = _KEPT[index]
    for holder in (deck.slide_master, *deck.slide_layouts):
        for shape in list(holder.placeholders):
            _place(shape, holder.name)
    _strip(deck)
    saved = io.BytesIO()
    deck.save(saved)
    return saved.getvalue()


def _strip(deck: Deck) -> None:
    """Our type and colours in the themes; no thumbnail, no printer, no comment."""
    package = deck.part.package
    for part in package.iter_parts():
        if "/theme/" in str(part.partname):
            part._blob = _theme(part.blob)
    for rels in (package._rels, deck.part.rels):
        for rel_id, rel in list(rels.items()):
            if rel.reltype.endswith(("/thumbnail", "/printerSettings")):
                rels.pop(rel_id)
    deck.core_properties.comments = ""


def _place(shape: object, layout: str) -> None:
    """Put a placeholder of a layout where our grid wants it; drop dates, feet and numbers, which we write."""
    kind = shape.placeholder_format.type  # type: ignore[attr-defined]
    if kind in {13, 15, 16}:
        shape._element.getparent().remove(shape._element)  # type: ignore[attr-defined]
        return
    opening = layout in {"Couverture", "Partie"}
    is_title = kind in {1, 3}
    box = (COVER_TITLE if is_title else COVER_TEXT) if opening else (TITLE if is_title else BODY)
    shape.left, shape.top, shape.width, shape.height = (Cm(value) for value in box)  # type: ignore[attr-defined]
    frame = shape.text_frame  # type: ignore[attr-defined]
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = Pt(0)


def _theme(blob: bytes) -> bytes:
    font = load_look().polices["bureautique"].encode()
    accent = load_look().couleurs["accent"][1:].encode()
    ink = load_look().couleurs["encre"][1:].encode()
    fonts = re.sub(rb'<a:latin typeface="(?!\+)[^"]*"', b'<a:latin typeface="' + font + b'"', blob)
    first = re.sub(rb"(<a:accent1>\s*<a:srgbClr val=\")[0-9A-Fa-f]{6}", rb"\g<1>" + accent, fonts)
    return re.sub(rb"(<a:dk2>\s*<a:srgbClr val=\")[0-9A-Fa-f]{6}", rb"\g<1>" + ink, first)
