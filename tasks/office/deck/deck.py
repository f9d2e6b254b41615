"""A deck: few layouts, well kept; every slide has a real title, notes, a foot and a number."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any

from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.util import Pt

from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.controle import show_code
from nr_models.values.french import NBSP, typeset
from tasks.office.archive import freeze
from tasks.office.deck import master
from tasks.office.deck.measure import wrap
from tasks.office.deck.page import Clean, Page, colour, number_field, write_run
from tasks.office.deck.tables import SlideTable, cleaned, draw, paginate
from tasks.office.deck.text import POINTS_PER_CM, Box, Para, pour

TITLE_SIZES = (28.0, 24.0, 20.0, 16.0)


class Deck:
    """A deck being made; ``source`` is what the foot says of where the figures come from."""

    def __init__(self, title: str, source: str, referentiel: Referentiel, clean: Clean = typeset) -> None:
        self._file = master.blank()
        self.clean = clean
        self._file.core_properties.title = clean(title)
        self._source = clean(source)
        self._version = f"référentiel {referentiel.version} · code de contrôle {show_code(referentiel.empreinte)}"

    def cover(self, title: str, lines: Sequence[str], notes: str) -> None:
        """The first slide: what this is, of whom, on what ground."""
        page = self._opening(master.COVER, title, lines, notes)
        page.block(Box(0, 0, 1.1, master.HEIGHT), fill="accent", alt="Bandeau décoratif")

    def section(self, title: str, lines: Sequence[str], notes: str) -> None:
        """A slide that opens a part."""
        page = self._opening(master.SECTION, title, lines, notes)
        page.block(Box(master.COVER_TITLE.x, 4.4, 3, 0.12), fill="accent", alt="Filet décoratif")

    def page(self, title: str, notes: str) -> Page:
        """A slide with its title, foot and number, the body left to draw."""
        slide = self._file.slides.add_slide(self._file.slide_layouts[master.PAGE])
        self._title(slide, title, master.TITLE, TITLE_SIZES, anchor=MSO_ANCHOR.TOP)
        page = Page(slide, self.clean)
        self._notes(slide, notes)
        self._foot(page)
        return page

    def message(self, title: str, paras: Sequence[Para], notes: str, box: Box = master.BODY) -> None:
        """A title and its paragraphs, on as many slides as they need."""
        shares = pour([item._replace(text=self.clean(item.text), head=self.clean(item.head)) for item in paras], box)
        for place, (size, share) in enumerate(shares, start=1):
            self.page(numbered(title, place, len(shares)), notes).text(box, share, sizes=(size,))

    def table(self, title: str, content: SlideTable, notes: str, lead: str = "") -> None:
        """A title, a sentence and a table, on as many slides as the rows need."""
        top = 1.5 if lead else 0.0
        box = master.BODY._replace(y=master.BODY.y + top, h=master.BODY.h - top)
        shares = paginate(cleaned(content, self.clean), box)
        for place, (size, share) in enumerate(shares, start=1):
            page = self.page(numbered(title, place, len(shares)), notes)
            if lead:
                page.text(master.BODY._replace(h=top - 0.1), [Para(lead, colour="discret")], sizes=(14, 12, 11))
            draw(page, box, share, size)

    def save(self) -> bytes:
        """The file, the same bytes for the same content."""
        saved = io.BytesIO()
        self._file.save(saved)
        return freeze(saved.getvalue())

    def _opening(self, layout: int, title: str, lines: Sequence[str], notes: str) -> Page:
        slide = self._file.slides.add_slide(self._file.slide_layouts[layout])
        slide.background.fill.solid()
        slide.background.fill.fore_color.rgb = colour("papier")
        self._title(slide, title, master.COVER_TITLE, (40.0, 34.0, 28.0, 24.0), anchor=MSO_ANCHOR.BOTTOM)
        page = Page(slide, self.clean)
        subtitle = slide.placeholders[1]
        subtitle._element.getparent().remove(subtitle._element)
        page.text(master.COVER_TEXT, [Para(item, colour="discret") for item in lines])
        self._notes(slide, notes)
        self._foot(page)
        return page

    def _title(self, slide: Any, title: str, box: Box, sizes: Sequence[float], *, anchor: Any) -> None:
        shown = self.clean(title)
        room, tall = box.w * POINTS_PER_CM, box.h * POINTS_PER_CM
        size = next((item for item in sizes if len(wrap(shown, item, room, bold=True)) * item * 1.2 <= tall), sizes[-1])
        frame = slide.shapes.title.text_frame
        frame.auto_size = MSO_AUTO_SIZE.NONE
        frame.word_wrap = True
        frame.vertical_anchor = anchor
        frame.paragraphs[0].alignment = PP_ALIGN.LEFT
        frame.paragraphs[0].line_spacing = 1.0
        frame.paragraphs[0].space_before = Pt(0)
        write_run(frame.paragraphs[0]._p, shown, size, bold=True, ink="encre")

    def _notes(self, slide: Any, notes: str) -> None:
        slide.notes_slide.notes_text_frame.text = "\n".join(map(self.clean, notes.split("\n")))

    def _foot(self, page: Page) -> None:
        page.line(master.FOOT, f"{self._version} · {self._source}", size=10, ink="discret")
        number_field(page, Box(master.WIDTH - master.MARGIN - 2, master.FOOT.y, 2, master.FOOT.h))


def numbered(title: str, place: int, count: int) -> str:
    """The title of one slide among several that say the same: « Titre (2/3) »."""
    return f"{title}{NBSP}({place}/{count})" if count > 1 else title
