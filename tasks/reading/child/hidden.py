"""Which rows a person does not see when the workbook opens: hidden or filtered out. Child process only."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tasks.reading.child import bounds
from tasks.reading.child.formula import list_sheet_parts
from tasks.reading.child.package import Package

_XLSX_ROW = re.compile(rb"""<row\b(?=[^>]{0,400}?\bhidden=["'](?:1|true)["'])[^>]{0,400}?\br=["']([0-9]{1,7})["']""")
_ODS_TABLE = re.compile(rb"""<table:table [^>]{0,800}?table:name=["']([^"']{0,300})["']""")
_ODS_ROW = re.compile(rb"<table:table-row\b([^>]{0,400})>")
_ODS_HIDDEN = re.compile(rb"""table:visibility=["'](?:collapse|filter)["']""")
_ODS_REPEATED = re.compile(rb"""table:number-rows-repeated=["']([0-9]{1,7})["']""")


def list_hidden_rows(package: Package) -> list[list[int]]:
    """For each sheet in the order of the tabs, its hidden rows counted from zero; nothing where there are none."""
    if package.masquees and "content.xml" in package.masquees:
        return [list(rows) for rows in _of_ods(package.read("content.xml"))]
    return [
        [int(match[1]) - 1 for match in _XLSX_ROW.finditer(package.read(part))][: bounds.ROWS]
        if part in package.masquees
        else []
        for _, part in list_sheet_parts(package)
    ]


def _of_ods(content: bytes) -> Iterator[list[int]]:
    starts = [match.start() for match in _ODS_TABLE.finditer(content)]
    for start, end in zip(starts, [*starts[1:], len(content)], strict=True):
        yield _rows_of(content[start:end])


def _rows_of(table: bytes) -> list[int]:
    found: list[int] = []
    number = 0
    for match in _ODS_ROW.finditer(table):
        repeated = _ODS_REPEATED.search(match[1])
        count = int(repeated[1]) if repeated else 1
        if _ODS_HIDDEN.search(match[1]) and len(found) < bounds.ROWS:
            found.extend(range(number, number + min(count, bounds.ROWS)))
        number += count
    return found
