"""Find again the columns of our own forms whose title somebody changed: what they hold, or what they look like.

A column of a form that is not found is lost, and whoever filled it counted as silent: what is left without a column
is matched with what is left without a meaning, and said; what still means nothing is said too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from nr_models.values.anomalies import Anomaly
from nr_models.values.text import fold
from tasks.office.columns import Column
from tasks.reading.spreadsheet import Feuille
from tasks.reading.table import Cell, Table, find_table

_ENOUGH = 3
"""Titles that a sheet must share with a form to be one, and half of them."""
_ALIKE = 0.6
_IDENTIFIER = re.compile(r"[a-z]{2,6}-[ql]\d{1,3}", re.IGNORECASE)
_IDENTIFIED = ("question", "levier")


def find_form(feuille: Feuille, columns: tuple[Column, ...]) -> Table | None:
    """The table of a form of ours, its renamed columns found again; None when it is none."""
    table = find_table(feuille, columns)
    return restore(table) if table else None


def restore(table: Table) -> Table:
    """The table with the columns whose title was changed, each said."""
    if len(table.places) < max(_ENOUGH, len(table.columns) // 2):
        return table
    lost = [column for column in table.columns if (column.typed or column.required) and not table.has(column.field)]
    known = set(table.places.values())
    strangers = [cell for cell in table.titles() if cell.colonne not in known and cell.text() and _holds(table, cell)]
    if not strangers:
        return table
    found: dict[str, Cell] = {}
    for column in lost:
        if cell := _find(table, column, strangers, alone=len(lost) == 1):
            found[column.field] = cell
            strangers.remove(cell)
    titles = {column.field: column.title for column in table.columns}
    return table._replace(
        places={**table.places, **{field: cell.colonne for field, cell in found.items()}},
        anomalies=(
            *(item for item in table.anomalies if item.detail not in {titles[field] for field in found}),
            *(cell.anomaly("colonne-renommee", titles[field]) for field, cell in found.items()),
            *_unknown(strangers),
        ),
    )


def _find(table: Table, column: Column, strangers: list[Cell], *, alone: bool) -> Cell | None:
    if column.field in _IDENTIFIED:
        return next((cell for cell in strangers if _identifies(table, cell)), None)
    if alone and len(strangers) == 1:
        return strangers[0]
    alike = [(_likeness(cell.line(), column.title), cell) for cell in strangers]
    best = max(alike, key=lambda item: item[0], default=(0.0, None))
    return best[1] if best[0] >= _ALIKE else None


def _likeness(title: str, other: str) -> float:
    return SequenceMatcher(None, fold(title), fold(other)).ratio()


def _below(table: Table, cell: Cell) -> Iterator[str]:
    for row in table.feuille.lignes[table.ligne_titres + 1 :]:
        if cell.colonne < len(row) and (text := Cell(row[cell.colonne]).line()):
            yield text


def _holds(table: Table, cell: Cell) -> bool:
    return next(_below(table, cell), None) is not None


def _identifies(table: Table, cell: Cell) -> bool:
    texts = list(_below(table, cell))
    return sum(bool(_IDENTIFIER.fullmatch(text)) for text in texts) * 2 > len(texts)


def _unknown(strangers: list[Cell]) -> Iterator[Anomaly]:
    return (cell.anomaly("colonne-inconnue") for cell in strangers)
