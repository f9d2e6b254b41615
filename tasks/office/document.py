"""A DOCX in our look: titles, paragraphs, boxes to tick and to write in; same content, same bytes.

Paragraph styles alone, so that a trame of forty questions is made in milliseconds and a screen reader reads
it in order. What must not break over two pages stands in rows of one cell, without borders: word processors
disagree on paragraphs to keep together, and not on rows that may not split.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from io import BytesIO

from docx import Document
from docx.document import Document as Docx
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.table import CT_Row, CT_Tbl, CT_Tc
from docx.oxml.text.paragraph import CT_P
from docx.section import Section
from docx.shared import Cm, Emu, Pt, RGBColor
from docx.styles.style import ParagraphStyle
from docx.text.paragraph import Paragraph

from nr_models.values.french import typeset
from tasks.office.archive import AUTHOR, freeze
from tasks.office.look import load_look

_A4_CM = (21.0, 29.7)
_LINE = 1.15
_ASIDE = Pt(5)
"""How far a frame stands out of its paragraph, which leaves it that room."""
_BOX = "☐"
_WRITING_LINES = 2
_UNUSED = ("/thumbnail", "/stylesWithEffects", "/customXml")


class Sheet:
    """A document being made, from top to bottom."""

    def __init__(self, titre: str, pied: str) -> None:
        self._look = load_look()
        self._document: Docx = Document(BytesIO(_template()))
        self._document.core_properties.title = titre
        self._document.core_properties.author = AUTHOR
        self._document.core_properties.language = "fr-FR"
        self._document.core_properties.comments = ""  # it would name the library
        self._set_page(pied)
        self._ids: dict[str, str] = {}
        self._models: dict[str, CT_P] = {}
        self._end = self._document.element.body.sectPr
        self._row: CT_Tc | None = None
        self._set_styles()
        self._add(titre, "Title")

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is added meanwhile stays on one page."""
        table = self._end.getprevious()
        if not isinstance(table, CT_Tbl):
            table = _empty_table(self._document.sections[0])
            self._end.addprevious(table)
        row = deepcopy(_row())
        table.append(row)
        self._row = row.tc_lst[0]
        try:
            yield
        finally:
            self._row = None

    def heading(self, text: str, colour: str = "") -> None:
        """A section title; a dimension's bears its colour."""
        paragraph = self._add(text, "Heading 1")
        if colour:
            paragraph.runs[0].font.color.rgb = _rgb(colour)

    def question(self, label: str, text: str) -> None:
        """What is asked, its reference before it."""
        paragraph = self._paragraph("Heading 2")
        run = paragraph.add_run(f"{label}  ")
        run.font.color.rgb = _rgb(self._look.couleurs["discret"])
        run.font.bold = False
        paragraph.add_run(typeset(text))

    def text(self, text: str) -> None:
        """A paragraph."""
        self._add(text, "Normal")

    def fact(self, label: str, text: str) -> None:
        """A label in bold and what it says."""
        paragraph = self._paragraph("Normal")
        paragraph.add_run(f"{typeset(label + ' :')} ").bold = True
        paragraph.add_run(typeset(text))

    def note(self, text: str) -> None:
        """A quieter paragraph."""
        self._add(text, "Précision")

    def bullet(self, text: str) -> None:
        """An item of a list."""
        self._add(text, "List Bullet")

    def choice(self, text: str) -> None:
        """Something to tick."""
        self._add(f"{_BOX} {text}", "Choix")

    def writing(self, label: str, lines: int = _WRITING_LINES) -> None:
        """A framed space to write in."""
        paragraph = self._paragraph("À remplir")
        paragraph.add_run(typeset(label))
        for _ in range(lines):
            paragraph.add_run().add_break()

    def close(self) -> bytes:
        """The document as bytes."""
        buffer = BytesIO()
        self._document.save(buffer)
        return freeze(buffer.getvalue())

    def _add(self, text: str, style: str) -> Paragraph:
        """A paragraph of one text, copied from the first of its style: the library is slow to make each."""
        if style not in self._models:
            model = self._paragraph(style)
            model.add_run("-")
            self._models[style] = model._p
            model._p.getparent().remove(model._p)
        made = deepcopy(self._models[style])
        made.r_lst[0].t_lst[0].text = typeset(text)
        self._place(made)
        return Paragraph(made, self._document._body)

    def _paragraph(self, style: str) -> Paragraph:
        """An empty paragraph; the library would look every style through to find one."""
        paragraph = self._document.add_paragraph()
        paragraph._p.style = self._ids[style]
        self._place(paragraph._p)
        return paragraph

    def _place(self, made: CT_P) -> None:
        """At the end of what is kept together, else of the document."""
        if self._row is None:
            self._end.addprevious(made)
        else:
            self._row.append(made)

    def _set_page(self, pied: str) -> None:
        section = self._document.sections[0]
        section.page_width, section.page_height = (Cm(size) for size in _A4_CM)
        margin = Cm(self._look.marge_cm + 0.4)
        section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = margin
        foot = section.footer.paragraphs[0]
        foot.add_run(f"{typeset(pied)} · page ")
        _number(foot)

    def _set_styles(self) -> None:
        sizes, colours = self._look.tailles_points, self._look.couleurs
        body = sizes["note"] + 0.5
        self._style("Normal", body, after=6)
        self._style("Title", sizes["titre"] - 6, colours["accent"], bold=True, after=8)
        self._style("Heading 1", sizes["corps"], colours["encre"], bold=True, before=16, after=4, keep=True)
        self._style("Heading 2", body + 0.5, colours["encre"], bold=True, before=10, after=2)
        self._style("List Bullet", body, after=3)
        self._style("Footer", sizes["note"] - 1, colours["discret"])
        self._style("Précision", sizes["note"], colours["discret"], after=3)
        self._style("Choix", sizes["note"], after=1).paragraph_format.left_indent = Cm(0.5)
        framed = self._style("À remplir", sizes["note"], colours["discret"], before=4, after=6)
        framed.paragraph_format.left_indent = framed.paragraph_format.right_indent = _ASIDE
        _frame(framed, self._look.couleurs["discret"], self._look.couleurs["saisie"])

    def _style(
        self,
        name: str,
        size: float,
        colour: str = "",
        *,
        bold: bool = False,
        before: float = 0,
        after: float = 0,
        keep: bool = False,
    ) -> ParagraphStyle:
        styles = self._document.styles
        known = name in styles
        style = styles[name] if known else styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        assert isinstance(style, ParagraphStyle)
        style.font.name = self._look.polices["bureautique"]
        style.font.size, style.font.bold = Pt(size), bold
        style.font.color.rgb = _rgb(colour or self._look.couleurs["encre"])
        _set_fonts(style, self._look.polices["bureautique"])
        shape = style.paragraph_format
        shape.space_before, shape.space_after, shape.line_spacing = Pt(before), Pt(after), _LINE
        shape.keep_with_next = keep
        self._ids[name] = style.style_id
        return style


@cache
def _template() -> bytes:
    """The library's own, without what we never use: 300 kB of table styles, a picture of the first page."""
    document = Document()
    for package in (document.part.package, document.part):
        for key, relation in list(package.rels.items()):
            if relation.reltype.endswith(_UNUSED):
                package.rels.pop(key)
    styles = document.styles.element
    for style in styles.findall(qn("w:style")):
        if style.get(qn("w:type")) == "table" and style.get(qn("w:default")) is None:
            styles.remove(style)
    buffer = BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour.removeprefix("#"))


def _set_fonts(style: ParagraphStyle, font: str) -> None:
    """The template's theme fonts and rules would win over ours."""
    properties = style.element.get_or_add_rPr()
    fonts = properties.find(qn("w:rFonts"))
    for name in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
        fonts.attrib.pop(qn(f"w:{name}"), None)
    for name in ("ascii", "hAnsi", "cs", "eastAsia"):
        fonts.set(qn(f"w:{name}"), font)
    language = properties.find(qn("w:lang"))
    if language is None:
        language = OxmlElement("w:lang")
        properties.append(language)
    language.set(qn("w:val"), "fr-FR")
    borders = style.element.find(f"{qn('w:pPr')}/{qn('w:pBdr')}")
    if borders is not None:
        borders.getparent().remove(borders)


def _frame(style: ParagraphStyle, colour: str, ground: str) -> None:
    """A thin frame over a pale ground."""
    properties = style.element.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    for side in ("top", "left", "bottom", "right"):
        edge = OxmlElement(f"w:{side}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "4"), ("color", colour.removeprefix("#"))):
            edge.set(qn(f"w:{name}"), value)
        borders.append(edge)
    shade = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", ground.removeprefix("#"))):
        shade.set(qn(f"w:{name}"), value)
    properties.insert_element_before(borders, "w:shd", "w:spacing", "w:ind", "w:jc")
    properties.insert_element_before(shade, "w:spacing", "w:ind", "w:jc")


def _empty_table(section: Section) -> CT_Tbl:
    """A table without rows, borders or margins: its text stands in line with the paragraphs around."""
    width = section.page_width - section.left_margin - section.right_margin  # type: ignore[operator]
    table = CT_Tbl.new_tbl(0, 1, Emu(width))
    layout = OxmlElement("w:tblLayout")
    layout.set(qn("w:type"), "fixed")
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        none = OxmlElement(f"w:{side}")
        none.set(qn("w:w"), "0")
        none.set(qn("w:type"), "dxa")
        margins.append(none)
    table.tblPr.extend((layout, margins))
    return table


@cache
def _row() -> CT_Row:
    """A row of one empty cell, which may not split."""
    row: CT_Row = CT_Tbl.new_tbl(1, 1, Cm(1)).tr_lst[0]
    row.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    cell = row.tc_lst[0]
    cell.remove(cell.p_lst[0])
    cell.remove(cell.tcPr)
    return row


def _number(paragraph: Paragraph) -> None:
    """The page number, as a field."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)
