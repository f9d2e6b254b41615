"""One slide: words, shapes and pictures placed in centimetres, each readable without seeing it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_CONNECTOR, MSO_SHAPE
from pptx.oxml.ns import qn
from pptx.util import Cm, Pt

from tasks.office.deck.measure import clip
from tasks.office.deck.text import POINTS_PER_CM, SIZES, Box, Para, fit, space_after
from tasks.office.look import load_look

ALIGN = {"gauche": "l", "centre": "ctr", "droite": "r"}
_CAREFUL = 0.97  # renderers do not all measure alike
Clean = Callable[[str], str]


def colour(token: str) -> RGBColor:
    """The colour of a token of the look, or of « #RRGGBB »."""
    return _colour(token)


@cache
def _colour(token: str) -> RGBColor:
    red, green, blue = bytes.fromhex(load_look().couleurs.get(token, token)[1:])
    return RGBColor(red, green, blue)  # type: ignore[no-untyped-call]


def dimension_colour(number: int) -> str:
    """« #RRGGBB » of a dimension by number; a programme that has more of them starts again at the first."""
    found = load_look().dimensions
    return found[(number - 1) % len(found) + 1]


class Page:
    """A slide being made; every text passes through ``clean`` before it is written."""

    def __init__(self, slide: Any, clean: Clean) -> None:
        self.slide = slide
        self.clean = clean

    def text(
        self,
        box: Box,
        paras: Sequence[Para],
        *,
        sizes: Sequence[float] = SIZES,
        align: str = "gauche",
        middle: bool = False,
    ) -> None:
        """Paragraphs in a box, at the largest of ``sizes`` that holds."""
        cleaned = [item._replace(text=self.clean(item.text), head=self.clean(item.head)) for item in paras]
        size = fit(cleaned, box, sizes) or sizes[-1]
        frame = self._frame(box, middle=middle)
        for place, para in enumerate(cleaned):
            paragraph = frame._txBody.p_lst[0] if place == 0 else frame._txBody.add_p()
            _write(paragraph, para, size, align)

    def line(
        self, box: Box, text: str, *, size: float = 12, bold: bool = False, ink: str = "encre", align: str = "gauche"
    ) -> None:
        """One line of text, shortened where the box is too narrow."""
        cleaned = self.clean(text)
        paragraph = self._frame(box, middle=True, wrap=False)._txBody.p_lst[0]
        paragraph.get_or_add_pPr().set("algn", ALIGN[align])
        shown = clip(cleaned, size, box.w * POINTS_PER_CM * _CAREFUL, bold=bold)
        write_run(paragraph, shown, size, bold=bold, ink=ink)

    def _frame(self, box: Box, *, middle: bool, wrap: bool = True) -> Any:
        frame = self.slide.shapes.add_textbox(*_emu(box)).text_frame
        _bare(frame, middle=middle, wrap=wrap)
        return frame

    def block(
        self,
        box: Box,
        *,
        fill: str | None,
        alt: str = "",
        edge: str | None = None,
        shape: Any = MSO_SHAPE.RECTANGLE,
        text: str = "",
        ink: str = "#FFFFFF",
        size: float = 12,
        bold: bool = False,
    ) -> Any:
        """A flat shape, with one line of text in its middle where given."""
        drawn = self.slide.shapes.add_shape(shape, *_emu(box))
        _flatten(drawn)
        if fill is None:
            drawn.fill.background()
        else:
            drawn.fill.solid()
            drawn.fill.fore_color.rgb = colour(fill)
        if edge is None:
            drawn.line.fill.background()
        else:
            drawn.line.color.rgb = colour(edge)
            drawn.line.width = Pt(1)
        describe(drawn, self.clean(alt or text))
        if text:
            _bare(drawn.text_frame, middle=True)
            paragraph = drawn.text_frame._txBody.p_lst[0]
            paragraph.get_or_add_pPr().set("algn", ALIGN["centre"])
            write_run(paragraph, self.clean(text), size, bold=bold, ink=ink)
        return drawn

    def rule(
        self,
        start: tuple[float, float],
        end: tuple[float, float],
        *,
        ink: str = "filet",
        points: float = 0.75,
        kind: Any = MSO_CONNECTOR.STRAIGHT,
    ) -> None:
        """A thin line between two places."""
        drawn = self.slide.shapes.add_connector(kind, *(Cm(value) for value in (*start, *end)))
        _flatten(drawn)
        drawn.line.color.rgb = colour(ink)
        drawn.line.width = Pt(points)


def _flatten(shape: Any) -> None:
    """Take away the shadow and the bevel that a theme lends to shapes."""
    for style in shape._element.xpath("./p:style"):
        shape._element.remove(style)


def describe(shape: Any, alt: str) -> None:
    """Give a shape, picture, table or chart the words that stand for it."""
    shape._element.xpath(".//p:cNvPr")[0].set("descr", alt)


def child(parent: Any, tag: str, **attributes: str) -> Any:
    """Add an element of the drawing language, for what the library has no word for."""
    element = parent.makeelement(_tag(tag), attributes)
    parent.append(element)
    return element


@cache
def _tag(name: str) -> str:
    return str(qn(name))


def number_field(page: Page, box: Box) -> None:
    """The number of the slide, kept right by PowerPoint itself."""
    frame = page.slide.shapes.add_textbox(*_emu(box)).text_frame
    _bare(frame, middle=True)
    paragraph = frame._txBody.p_lst[0]
    paragraph.get_or_add_pPr().set("algn", ALIGN["droite"])
    field = child(paragraph, "a:fld", id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}", type="slidenum")
    fill = child(child(field, "a:rPr", lang="fr-FR", sz="1000"), "a:solidFill")
    child(fill, "a:srgbClr", val=load_look().couleurs["discret"][1:])
    child(field, "a:t").text = "‹n°›"


def _emu(box: Box) -> tuple[int, ...]:
    return tuple(Cm(value) for value in box)


def _bare(frame: Any, *, middle: bool, wrap: bool = True) -> None:
    """No margin, no growing box: what is measured is what is shown."""
    properties = frame._txBody.bodyPr
    for side in ("lIns", "tIns", "rIns", "bIns"):
        properties.set(side, "0")
    properties.set("anchor", "ctr" if middle else "t")
    properties.set("wrap", "square" if wrap else "none")
    for old in list(properties):
        properties.remove(old)
    child(properties, "a:noAutofit")


def _write(paragraph: Any, para: Para, size: float, align: str) -> None:
    properties = paragraph.get_or_add_pPr()
    properties.set("algn", ALIGN[align])
    child(child(properties, "a:spcAft"), "a:spcPts", val=str(int(size * space_after() * 100)))
    if para.bullet:
        indent = str(int(Pt(size)))
        properties.set("marL", indent)
        properties.set("indent", f"-{indent}")
        child(properties, "a:buFont", typeface=load_look().polices["bureautique"])
        child(properties, "a:buChar", char="•")
    else:
        child(properties, "a:buNone")
    if para.head:
        write_run(paragraph, f"{para.head} ", size, bold=True, ink=para.colour)
    write_run(paragraph, para.text, size, bold=para.bold, ink=para.colour)


def write_run(paragraph: Any, text: str, size: float, *, bold: bool, ink: str) -> None:
    """A run of French text in one size and one colour; written as it is stored, being the commonest thing here."""
    run = child(paragraph, "a:r")
    properties = child(run, "a:rPr", lang="fr-FR", sz=str(int(size * 100)), b="1" if bold else "0", cap="none")
    child(child(properties, "a:solidFill"), "a:srgbClr", val=str(colour(ink)))
    child(run, "a:t").text = text
