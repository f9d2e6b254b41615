"""What a parser hands back, and the ledger in which it writes anomalies and counts rows."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Generic, Literal, NamedTuple, TypeVar

from nr_models.values.anomalies import Anomaly
from nr_models.values.dates import Echeance, Montant, french_date, read_echeance, to_define
from nr_models.values.frozen import Frozen
from nr_models.values.numbers import NombreLu, read_nombre, write_nombre
from nr_models.values.periodes import Ordre, Periode, is_zero_day, read_period
from nr_models.values.text import fold
from nr_models.values.unites import Mesure
from tasks.office.columns import Column
from tasks.reading.renamed import find_form
from tasks.reading.spreadsheet import Feuille, Lecture
from tasks.reading.table import Cell, Record, Table, find_sheet, find_table

Value = TypeVar("Value", bound=Frozen)

_YES = frozenset(
    ("oui", "o", "yes", "y", "1", "vrai", "true", "x", "ok", "d'accord", "j'accepte", "accepte", "✓", "✔", "☒", "☑")
)
_NO = frozenset(("non", "n", "no", "0", "faux", "false", "je refuse", "refuse"))
_ENOUGH_TITLES = 3


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
        table = find_form(feuille, columns)
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
        self._note_formulas(table)
        return found

    def _note_formulas(self, table: Table) -> None:
        """The formulas of typed columns that hold no value: they read as blank."""
        typed = {table.places[item.field]: item.title for item in table.columns if item.typed and table.has(item.field)}
        for row, column, kind, _ in table.feuille.marques:
            if kind == "formule" and column in typed and row > table.ligne_titres:
                self.note(Cell(None, table.feuille.nom, row, column), "formule-sans-valeur", typed[column])

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
        """Yes, no, or None when the cell is blank or says something else, which is noted: it decides nothing."""
        said = fold(cell.text()).rstrip(" .!")
        if said in _YES or (said and said == fold(what)):
            return True
        if said not in _NO and said:
            self.note(cell, "oui-non-attendu", what)
        return False if said in _NO else None

    def note_absent(self, lecture: Lecture, sheet: str, columns: tuple[Column, ...], *fields: str) -> None:
        """Why a table cannot be read: the columns that are no longer there, else the whole sheet."""
        for table in (find_table(feuille, columns) for feuille in lecture.feuilles):
            if table and (len(table.places) >= _ENOUGH_TITLES or fold(table.feuille.nom) == fold(sheet)):
                gone = [column for column in columns if column.field in fields and not table.has(column.field)]
                place = Cell(None, table.feuille.nom, table.ligne_titres)
                self.anomalies.extend(place.anomaly("colonne-absente", column.title) for column in gone)
                return
        self.anomalies.append(Anomaly(code="feuille-absente", detail=sheet))

    def number(self, cell: Cell, what: str, mesure: Mesure = "nombre") -> Decimal | None:
        """The number of a cell, or None: blank, doubtful or none. What is not sure is noted."""
        if not cell.text():
            return None
        read = read_nombre(cell.valeur, mesure)
        self.note_number(cell, read, what)
        return read.valeur if read else None

    def note_number(self, cell: Cell, read: NombreLu | None, what: str) -> None:
        """What must be said of a number: that it is none, that it is doubtful, or what was supposed."""
        if read is None:
            self.note(cell, "nombre-invalide", what)
        elif read.valeur is None:
            several = " ou ".join(map(write_nombre, read.lectures)) if len(read.lectures) > 1 else ""
            self.note(cell, "nombre-douteux", ", ".join(filter(None, (read.pourquoi, several))))
        elif read.certitude == "hypothese":
            self.note(cell, "nombre-suppose", f"{write_nombre(read.valeur)} ({read.pourquoi})")

    def whole(self, cell: Cell, what: str) -> int | None:
        """A whole number of zero or more, or None; what is typed and is not one is noted."""
        number = self.number(cell, what, "entier")
        if number is not None and (number < 0 or number != number.to_integral_value()):
            self.note(cell, "nombre-invalide", what)
            return None
        return None if number is None else int(number)

    def period(self, cell: Cell, what: str, ordre: Ordre = "jour") -> Periode | None:
        """What a cell of dates stands for, or None: blank, a tool's zero, or no date. What is not sure is noted."""
        if not cell.text():
            return None
        read = read_period(cell.valeur, ordre)
        if read is None:
            self.note(cell, "date-zero" if is_zero_day(cell.valeur) else "date-invalide", what)
        elif read.pourquoi:
            self.note(cell, "date-supposee", f"{_extent(read)} ({read.pourquoi})")
        return read

    def day(self, cell: Cell, what: str) -> date | None:
        """The day of a cell, or None; a month is no day, and is noted."""
        read = self.period(cell, what)
        if read is None or read.jour:
            return read and read.jour
        self.note(cell, "jour-attendu", what)
        return None

    def echeance(self, cell: Cell, side: Literal["debut", "fin"], what: str) -> Echeance | None:
        """A start or an end as typed; the day of a date cell is written as French people do."""
        if not cell.text():
            return None
        if read := read_echeance(cell.line(), side):
            if read.jour is None:
                return read
            found = self.period(cell, what)
            return read if found is None else read.model_copy(update={"saisie": _as_people(cell, found)})
        self.period(cell, what)
        return None

    def montant(self, cell: Cell, what: str, mesure: Mesure) -> Montant | None:
        """An amount as typed; without value where it is to define, doubtful or no amount: the last two are noted."""
        text = cell.line()
        if not text or to_define(text):
            return Montant(saisie=text) if text else None
        read = read_nombre(cell.valeur, mesure)
        if read and read.valeur is not None and read.valeur < 0:
            read = None
        self.note_number(cell, read, what)
        return Montant(saisie=text, valeur=read.valeur if read else None)

    def is_clean(self, since: int) -> bool:
        """True when nothing to correct was noted after the first so many anomalies."""
        return all(item.informative for item in self.anomalies[since:])

    def close(self, valeur: Value) -> Parsed[Value]:
        """The value with what was noted on the way."""
        return Parsed(valeur, tuple(self.anomalies), self.lignes, self.acceptees, frozenset(self.ecartees))


def _extent(read: Periode) -> str:
    """« du 21 juin 2027 au 20 septembre 2027 », « le 12 mai 2026 »."""
    if read.jour:
        return f"le {french_date(read.jour)}"
    return f"du {french_date(read.debut)} au {french_date(read.fin)}"


_MACHINE_DAY = re.compile(r"\d{4}-\d\d-\d\d.*|\d{5}([.,]\d+)?")


def _as_people(cell: Cell, read: Periode) -> str:
    """As typed; a date that the spreadsheet keeps as a day or a number is written 12/05/2026."""
    return f"{read.jour:%d/%m/%Y}" if read.jour and _MACHINE_DAY.fullmatch(cell.line()) else cell.line()
