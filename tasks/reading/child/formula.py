"""Find the cells whose formula is in error: the fast reader gives them back blank. Child process only."""

from __future__ import annotations

import posixpath
import re
from xml.etree.ElementTree import Element

from defusedxml.ElementTree import fromstring

from tasks.reading.child import bounds
from tasks.reading.child.package import Package

_CELL = re.compile(
    rb"""<c\b(?=[^>]{0,200}?\bt=["']e["'])[^>]{0,200}?\br=["']([A-Z]{1,3}[0-9]{1,7})["'][^>]{0,200}>"""
    rb"""(?:(?!</c>).){0,9000}?<v>([^<]{1,20})</v>""",
    re.DOTALL,
)
"""Bounded, so that a hostile sheet cannot make it wander."""
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def list_errors(package: Package) -> list[tuple[str, str, str]]:
    """Sheet, address and error code of the cells in error of an XLSX, the first of them."""
    found: list[tuple[str, str, str]] = []
    for name, part in list_sheet_parts(package):
        if part in package.en_erreur:
            for match in _CELL.finditer(package.read(part)):
                found.append((name, match[1].decode(), match[2].decode("utf-8", "replace")))
                if len(found) >= bounds.FORMULA_ERRORS:
                    return found
    return found


def list_sheet_parts(package: Package) -> list[tuple[str, str]]:
    """Each sheet's name and where it lies in the archive, in the order of the tabs."""
    content, relations = package.read("xl/workbook.xml"), package.read("xl/_rels/workbook.xml.rels")
    if not content or not relations:
        return []
    targets = {item.get("Id"): _part(item) for item in fromstring(relations)}
    sheets = (item for item in fromstring(content).iter() if item.tag.endswith("}sheet"))
    return [(item.get("name", ""), targets.get(item.get(_RELATION), "")) for item in sheets]


def _part(relation: Element) -> str:
    return posixpath.normpath(posixpath.join("/xl", relation.get("Target", ""))).lstrip("/")
