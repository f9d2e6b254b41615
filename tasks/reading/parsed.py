"""What a parser hands back, and the ledger in which it writes anomalies and counts rows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from nr_models.values.anomalies import Anomaly
from nr_models.values.dates import read_number
from nr_models.values.frozen import Frozen
from nr_models.values.text import fold
from tasks.office.columns import Column
from tasks.reading.spreadsheet import Feuille, Lecture
from tasks.reading.table import Cell, Record, Table, find_sheet, find_table

Value = TypeVar("Value", bound=Frozen)

_YES = frozenset(("oui", "o", "yes", "y", "1", "vrai", "true", "x"))
_NO = frozenset(("non", "n", "no", "0", "faux", "false"))


class Parsed(NamedTuple, Generic[Value]):
    """A value understood, what is wrong in it, how many rows were read and how many accepted.

    ``ecartees`` are the rows rejected, each by sheet and number counted from zero, where the reader tells them.
    """

    valeur: Value
    anomalies: tuple[Anomaly, ...]
    lignes: int
    acceptees: int
    ecartees: frozenset[tuple[str, int]] = frozenset()


@dataclass
class Pointage:
    """The ledger of one reading."""

    anomalies: list[Anomaly] = field(default_factory=list)
    lignes: int = 0
    acceptees: int = 0
    ecartees: set[tuple[str, int]] = field(default_factory=set)

    def open(self, feuille: Feuille | None, columns: tuple[Column, ...]) -> Table | None:
        """The table of a sheet, its anomalies noted; None when it is absent or has no known title."""
        if feuille is None:
            return None
        table = find_table(feuille, columns)
        if table:
            self.anomalies.extend(table.anomalies)
        elif any(feuille.lignes):
            missing = next((item.title for item in columns if item.required), columns[0].title)
            self.anomalies.append(Anomaly(code="colonne-absente", feuille=feuille.nom, detail=missing))
        return table

    def records(self, table: Table | None) -> list[Record]:
        """The rows of a table, counted; none when a required column is missing."""
        if table is None or not table.has(*(item.field for item in table.columns if item.required)):
            return []
        found = list(table.records())
        self.lignes += len(found)
        return found

    def rows(self, lecture: Lecture, name: str, columns: tuple[Column, ...]) -> list[Record]:
        """The rows of the sheet of that name; none when it is absent."""
        return self.records(self.open(find_sheet(lecture.feuilles, name), columns))

    def reject(self, cell: Cell) -> None:
        """The whole row of that cell is left aside, and may be corrected and sent again."""
        self.ecartees.add((cell.feuille, cell.ligne))

    def accept(self) -> None:
        """One more row accepted."""
        self.acceptees += 1

    def note(self, cell: Cell, code: str, detail: str = "", valeur: str | None = None) -> None:
        """Something wrong in a cell."""
        self.anomalies.append(cell.anomaly(code, detail, valeur))

    def has_all(self, record: Record, columns: tuple[Column, ...], *fields: str) -> bool:
        """True when these fields all say something; those that do not are noted."""
        blank = [item for item in columns if item.field in fields and not record[item.field].text()]
        for column in blank:
            self.note(record[column.field], "valeur-absente", column.title)
        return not blank

    def yes_no(self, cell: Cell, what: str) -> bool | None:
        """Yes, no, or None when the cell is blank or says something else, which is noted."""
        said = fold(cell.text())
        if said in _YES:
            return True
        if said not in _NO and said:
            self.note(cell, "valeur-hors-liste", what)
        return False if said in _NO else None

    def whole(self, cell: Cell, what: str) -> int | None:
        """A whole number of zero or more, or None; what is typed and is not one is noted."""
        if not cell.text():
            return None
        number = read_number(cell.text())
        if number is None or number < 0 or number != number.to_integral_value():
            self.note(cell, "nombre-invalide", what)
            return None
        return int(number)

    def close(self, valeur: Value) -> Parsed[Value]:
        """The value with what was noted on the way."""
        return Parsed(valeur, tuple(self.anomalies), self.lignes, self.acceptees, frozenset(self.ecartees))
