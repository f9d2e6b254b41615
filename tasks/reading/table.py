"""Find a table in a sheet by the titles of its columns, and read its rows cell by cell."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from nr_models.values.anomalies import Anomaly
from nr_models.values.text import fold
from tasks.office.columns import Column
from tasks.reading.spreadsheet import Feuille, Valeur

_LETTERS = 26
HEADER_ROWS = 30
"""The titles stand among the first rows of a sheet."""


class Cell(NamedTuple):
    """A value and where it stands, row and column counted from zero."""

    valeur: Valeur
    feuille: str = ""
    ligne: int = 0
    colonne: int = 0

    @property
    def adresse(self) -> str:
        """The A1 address; the first cell of the row where the field has no column."""
        return address(self.ligne, self.colonne)

    def text(self) -> str:
        """The value as people read it: numbers with a decimal comma, blanks trimmed."""
        match self.valeur:
            case None:
                return ""
            case float():
                return f"{self.valeur:.10g}".replace(".", ",") if abs(self.valeur) < 1e15 else str(self.valeur)
            case str():
                return self.valeur.replace("\u00a0", " ").strip()
            case _:
                return str(self.valeur)

    def line(self) -> str:
        """The text on one line."""
        return " ".join(self.text().split())

    def anomaly(self, code: str, detail: str = "", valeur: str | None = None) -> Anomaly:
        """Something wrong in this cell; its value is quoted, shortened, unless another is given."""
        quoted = self.line() if valeur is None else valeur
        if len(quoted) > _QUOTED_CHARS:
            quoted = quoted[: _QUOTED_CHARS - 1] + "…"
        return Anomaly(code=code, feuille=self.feuille, cellule=self.adresse, valeur=quoted, detail=detail)


_QUOTED_CHARS = 120


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table, asked by field; a field without column says nothing."""

    table: Table
    ligne: int

    def __getitem__(self, field: str) -> Cell:
        """The cell of a field."""
        feuille, place = self.table.feuille, self.table.places.get(field)
        if place is None and (said := self.table.constantes.get(field)):
            return said
        row = feuille.lignes[self.ligne]
        return Cell(row[place] if place is not None and place < len(row) else None, feuille.nom, self.ligne, place or 0)

    def line(self, field: str) -> str:
        """The text of a field, on one line."""
        return self[field].line()

    def is_blank(self, *fields: str) -> bool:
        """True when none of these fields says anything."""
        return not any(self[field].text() for field in fields)


class Table(NamedTuple):
    """A table found: where its titles are, which column holds which field, what is wrong with them."""

    feuille: Feuille
    columns: tuple[Column, ...]
    ligne_titres: int
    places: dict[str, int]
    anomalies: tuple[Anomaly, ...]
    constantes: Mapping[str, Cell] = MappingProxyType({})
    """What is said once for the whole table, by a title, a heading or the sheet: the cell that says it, by field."""
    debut: int | None = None
    fin: int | None = None
    """The rows of the table, first and one past the last; None: those under the titles, to the end of the sheet."""
    passees: frozenset[int] = frozenset()
    """Rows among them that are none of its own: headings, hidden rows."""

    def has(self, *fields: str) -> bool:
        """True when all these fields have a column, or are said once for the table."""
        return all(field in self.places or field in self.constantes for field in fields)

    def titles(self) -> Iterator[Cell]:
        """The titles, each with its address."""
        for place, value in enumerate(self.feuille.lignes[self.ligne_titres]):
            yield Cell(value, self.feuille.nom, self.ligne_titres, place)

    def records(self) -> Iterator[Record]:
        """The rows under the titles that say something in a column we know."""
        return (Record(self, number) for number in self.numbers())

    def numbers(self) -> Iterator[int]:
        """The numbers of these rows, counted from zero."""
        known = sorted(self.places.values())
        first = self.ligne_titres + 1 if self.debut is None else self.debut
        last = len(self.feuille.lignes) if self.fin is None else self.fin
        rows = self.feuille.lignes
        for number in range(first, last):
            row = rows[number]
            for place in known:
                if place < len(row) and row[place] is not None:
                    if number not in self.passees:
                        yield number
                    break


def address(row: int, column: int) -> str:
    """The A1 address of a cell, from row and column counted from zero."""
    letters, left = "", column + 1
    while left:
        left, digit = divmod(left - 1, _LETTERS)
        letters = chr(ord("A") + digit) + letters
    return f"{letters}{row + 1}"


def column_of(cellule: str) -> int:
    """The column of an A1 address, counted from zero."""
    place = 0
    for letter in filter(str.isalpha, cellule):
        place = place * _LETTERS + ord(letter) - ord("A") + 1
    return place - 1


def find_table(
    feuille: Feuille, columns: tuple[Column, ...], *, reject: Callable[[str], bool] = lambda _title: False
) -> Table | None:
    """The table whose titles match the most columns, or None when none does.

    ``reject`` says of a title that it must be mapped to nothing.
    """
    best = -1
    places: dict[str, list[int]] = {}
    for number, row in enumerate(feuille.lignes[:HEADER_ROWS]):
        titles = [fold_title(value) if isinstance(value, str) and not reject(value) else "" for value in row]
        found = map_titles(titles, columns)
        if len(found) > len(places):
            best, places = number, found
    if best < 0:
        return None
    chosen = {field: found[0] for field, found in places.items()}
    return Table(feuille, columns, best, chosen, tuple(_check(feuille, columns, best, places)))


def fold_title(title: str) -> str:
    """A title for comparison: folded, without a final colon or star."""
    return fold(title.replace("_", " ")).strip(" :*")


def find_sheet(feuilles: Sequence[Feuille], name: str) -> Feuille | None:
    """The sheet of that name (accents and case ignored), or None."""
    return next((item for item in feuilles if fold(item.nom) == fold(name)), None)


def map_titles(titles: list[str], columns: tuple[Column, ...]) -> dict[str, list[int]]:
    """Where each column may be: under its own title, else under one of its synonyms."""
    found: dict[str, list[int]] = {}
    exact = {fold_title(column.title): column.field for column in columns}
    for place, title in enumerate(titles):
        if title in exact:
            found.setdefault(exact[title], []).append(place)
    for column in columns:
        if column.field not in found:
            names = {fold_title(name) for name in column.synonyms}
            places = [place for place, title in enumerate(titles) if title in names and title not in exact]
            if places:
                found[column.field] = places
    return found


def _check(feuille: Feuille, columns: tuple[Column, ...], row: int, places: dict[str, list[int]]) -> Iterator[Anomaly]:
    for column in columns:
        found = places.get(column.field, [])
        if column.required and not found:
            yield Anomaly(code="colonne-absente", feuille=feuille.nom, cellule=address(row, 0), detail=column.title)
        for place in found[1:]:
            yield Cell(feuille.lignes[row][place], feuille.nom, row, place).anomaly("colonne-ambigue", column.title)
