"""What people put in a workbook beside the values: colours, notes, formulas never computed. Child process only.

The fast reader gives values alone. A cell that is coloured, a note stuck on it, a formula that holds no value say
something to a person: they are told apart, with their place, for a reader that knows what to make of them.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from tasks.reading.child import bounds
from tasks.reading.child.formula import list_sheet_parts
from tasks.reading.child.package import Package

Mark = tuple[int, int, str, str]
"""Row and column from zero; « couleur », « note » or « formule »; how it looks, or the text of the note."""

_CELL = re.compile(rb"<c\b([^>]{0,200}?)(/?)>")
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")
_STYLE = re.compile(rb"""\bs=["']([0-9]{1,6})["']""")
_FORMULA = re.compile(rb"\s*<f\b[^>]{0,400}?(?:/>|>[^<]{0,8192}</f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</c>")
_WORDS = re.compile(rb"<(?:v|is)(?:\s[^>/]{0,100})?>(?!\s*</v>)")


def list_marks(package: Package) -> dict[str, list[Mark]]:
    """For each sheet that has any, its marks; none for an XLSX too large to be a form of ours, nor for an ODS."""
    looks = _looks(package)
    found = {
        name: [*_of_sheet(package, part, looks), *_notes(package, part)] for name, part in list_sheet_parts(package)
    }
    return {name: marks[: bounds.MARKS] for name, marks in found.items() if marks}


def _of_sheet(package: Package, part: str, looks: dict[int, str]) -> Iterator[Mark]:
    info = package.entries.get(part)
    if info is None or info.file_size > bounds.MARKED_BYTES:
        return
    content = package.read(part)
    for match in _CELL.finditer(content):
        place, style = _PLACE.search(match[1]), _STYLE.search(match[1])
        if place is None or match[2]:
            continue
        row, column = int(place[2]) - 1, _column(place[1])
        if _FORMULA.match(content, match.end()):
            yield row, column, "formule", ""
        elif style and (look := looks.get(int(style[1]))) and _WORDS.match(content, match.end()):
            yield row, column, "couleur", look


def _column(letters: bytes) -> int:
    place = 0
    for letter in letters:
        place = place * 26 + letter - ord("A") + 1
    return place - 1


def _looks(package: Package) -> dict[int, str]:
    """For each style of a cell, what tells it from another at a glance: its fill, bold, underline, strike, ink."""
    info = package.entries.get("xl/styles.xml")
    if info is None or info.file_size > bounds.MARKED_BYTES:
        return {}
    root = fromstring(package.read("xl/styles.xml"))
    fills, fonts = (
        [_fill(item) for item in _children(root, "fills")],
        [_font(item) for item in _children(root, "fonts")],
    )
    return {
        number: f"{_at(fills, style.get('fillId'))} {_at(fonts, style.get('fontId'))}"
        for number, style in enumerate(_children(root, "cellXfs"))
    }


def _children(root: Element, name: str) -> list[Element]:
    return [child for item in root if item.tag.endswith(f"}}{name}") for child in item]


def _at(items: list[str], place: str | None) -> str:
    return items[int(place)] if place and place.isdigit() and int(place) < len(items) else ""


def _fill(item: Element) -> str:
    pattern = next(iter(item), None)
    if pattern is None or pattern.get("patternType") in (None, "none"):
        return ""
    colour = next((child for child in pattern if child.tag.endswith("}fgColor")), None)
    return "fond:" + _colour(colour) if colour is not None else ""


def _font(item: Element) -> str:
    kept = {}
    for child in item:
        name = child.tag.rpartition("}")[2]
        if name in ("b", "u", "strike") and child.get("val") not in ("0", "false", "none"):
            kept[name] = name
        elif name == "color":
            kept[name] = _colour(child)
    return " ".join(kept[name] for name in sorted(kept))


def _colour(item: Element) -> str:
    return ",".join(f"{key}={value}" for key, value in sorted(item.attrib.items()))


def _notes(package: Package, part: str) -> Iterator[Mark]:
    folder, _, name = part.rpartition("/")
    relations = package.read(f"{folder}/_rels/{name}.rels")
    if not relations or len(relations) > bounds.MARKED_BYTES:
        return
    for item in fromstring(relations):
        if item.get("Type", "").endswith("/comments"):
            target = item.get("Target", "")
            comments = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
            info = package.entries.get(comments)
            if info is not None and info.file_size <= bounds.MARKED_BYTES:
                yield from _of_comments(fromstring(package.read(comments)))


def _of_comments(root: Element) -> Iterator[Mark]:
    for item in root.iter():
        place = (
            re.fullmatch(r"([A-Z]{1,3})([0-9]{1,7})", item.get("ref", "")) if item.tag.endswith("}comment") else None
        )
        text = "".join(node.text or "" for node in item.iter() if node.tag.endswith("}t")) if place else ""
        if place and text.strip():
            yield int(place[2]) - 1, _column(place[1].encode()), "note", _typed(text)


_THREAD = re.compile(
    r"^\[(?:Threaded comment|Commentaire à thread|Commentaire)\].*?(?:Comment|Commentaire)\s?:\s*", re.DOTALL
)
_AUTHOR = re.compile(r"^[^\n:]{1,60}:\s*\n")


def _typed(text: str) -> str:
    """What was typed: without the author's name that the spreadsheet writes first, nor its notice about threads."""
    return _AUTHOR.sub("", _THREAD.sub("", text)).strip()[: bounds.TEXT_CHARS]
