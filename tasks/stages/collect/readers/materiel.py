"""Read what a row of equipment says; a value that says nothing wrong is read once for a whole column."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from nr_models.inventaire.parc import identify
from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.dates import read_echeance, read_number
from nr_models.values.text import fold
from tasks.reading.annee import Order, read_year
from tasks.reading.parsed import Pointage
from tasks.reading.spreadsheet import Valeur
from tasks.reading.table import Cell, Table
from tasks.stages.collect.readers.categorie import UNKNOWN_CATEGORY, Categories
from tasks.stages.collect.readers.colonnes import IDENTITIES

_TOTAL = re.compile(r"(sous[- ]?)?total( general)?\b.*")
_REFURBISHED = re.compile(r"(reconditionne|occasion|seconde main|refurbished|reemploi)")
_NEW = re.compile(r"(neuf|neuve|neufs|neuves|new)")
_OUT_OF_USE = re.compile(
    r"\b(hs|hors[ -](service|usage)|en panne|cassee?|rebut|au rebut|reformee?|retiree?|retired|disposed|broken|"
    r"decommissioned|out of (order|service)|archivee?|volee?|perdue?)\b"
)
_PERCENT = Decimal(100)
_FROM_NAME = "catégorie d’après le nom du fichier ou de la feuille"


class Dit(NamedTuple):
    """What a row says, field by field, in the order in which it is read; the first two decide whether it is kept."""

    categorie: tuple[str, str, str]
    quantite: int
    fabricant: str
    modele: str
    annee_achat: int | None
    perimetre: Literal["maitrisable", "influence"]
    site: str
    reconditionne: bool | None
    heures_an: Decimal | None
    taux_utilisation: Decimal | None
    kwh_an: Decimal | None
    hors_service: bool
    statut: bool
    retrait: bool
    gestionnaire: str
    source: str
    hypothese: str


Read = Callable[[Cell], Any]


class Lecteurs:
    """How each field of a table is read; blank and absent cells too."""

    def __init__(
        self,
        table: Table,
        referentiel: Referentiel,
        releve: Pointage,
        categories: Categories,
        *,
        order: Order,
        rates_are_shares: bool,
        fallback: str | None,
    ) -> None:
        self._releve, self._referentiel, self._categories = releve, referentiel, categories
        self._table, self._order, self._fallback = table, order, fallback
        self._top = Decimal(1) if rates_are_shares else _PERCENT
        self._hours = Decimal(referentiel.parametres.inventaire.heures_par_an)
        self._reads: dict[str, Read] = {
            "categorie": self.category,
            "quantite": self.quantity,
            "annee_achat": self.year,
            "perimetre": self.perimetre,
            "reconditionne": self.reconditionne,
            "heures_an": self.hours,
            "taux_utilisation": self.hours_of_rate,
            "kwh_an": self.kwh,
            "hors_service": self.out_of_order,
            "statut": lambda cell: bool(_OUT_OF_USE.search(fold(cell.text()))),
            "retrait": self.is_retired,
            **dict.fromkeys(("modele", "fabricant"), _name),
            **dict.fromkeys(("site", "gestionnaire", "source", "hypothese", "ecartee"), Cell.line),
            **{field: _identity(field) for field in IDENTITIES},
        }
        if not table.has("quantite"):
            self._reads["quantite"] = _one
        self._lines, self._places = table.feuille.lignes, [table.places.get(field, -1) for field in Dit._fields]
        self._pick = itemgetter(*self._places)
        self._known: tuple[dict[Valeur, Any], ...] = tuple({} for _ in Dit._fields)
        self._blanks = (None,) * (max(self._places) + 2)

    def read(self, field: str, row: int) -> Any:
        """The value of a field on a row of the sheet."""
        return self._reads[field](self._cell(row, self._table.places.get(field, -1)))

    def read_row(self, row: int) -> Dit | None:
        """What a row says, or None when it counts nothing: a total, or a quantity that is none.

        A value that said nothing wrong is remembered for its column: most rows are made of such.
        """
        cells = (*self._lines[row], *self._blanks)  # the last is blank, and stands for the columns that are not there
        try:
            return Dit(*[known[cell] for known, cell in zip(self._known, self._pick(cells), strict=True)])
        except KeyError:
            return self._learn(row)

    def _learn(self, row: int) -> Dit | None:
        said: dict[str, Any] = {}
        for field, known, place in zip(Dit._fields, self._known, self._places, strict=True):
            cell, noted = self._cell(row, place), len(self._releve.anomalies)
            if cell.valeur in known:
                said[field] = known[cell.valeur]
                continue
            found = said[field] = self._reads[field](cell)
            if found is None and field in ("categorie", "quantite"):
                if field == "quantite":
                    self._releve.reject(cell)
                return None
            if len(self._releve.anomalies) == noted:
                known[cell.valeur] = found
        return Dit(**said)

    def _cell(self, row: int, place: int) -> Cell:
        cells = self._lines[row]
        return Cell(cells[place] if 0 <= place < len(cells) else None, self._table.feuille.nom, row, max(place, 0))

    def category(self, cell: Cell) -> tuple[str, str, str] | None:
        """The category, the text that said it, and what had to be supposed; None for a line of total."""
        text = cell.line()
        if _TOTAL.fullmatch(fold(text)):
            self._releve.note(cell, "ligne-total")
            return None
        found = self._categories.find(text) if text else None
        if found or self._fallback:
            return found or self._fallback or "", text, "" if found else _FROM_NAME
        if text:
            self._releve.note(cell, "categorie-inconnue")
        else:
            self._releve.note(cell, "valeur-absente", "Catégorie")
        return UNKNOWN_CATEGORY, text, ""

    def quantity(self, cell: Cell) -> int | None:
        """A whole number of units, or None when the line is rejected."""
        if not cell.text():
            self._releve.note(cell, "valeur-absente", "Quantité")
            return None
        number = read_number(cell.text())
        if number is None:
            self._releve.note(cell, "nombre-invalide", "la quantité, et la ligne est écartée")
        elif number < 0:
            self._releve.note(cell, "quantite-negative")
        elif number != number.to_integral_value():
            self._releve.note(cell, "quantite-non-entiere")
        else:
            return int(number)
        return None

    def year(self, cell: Cell) -> int | None:
        """The year of purchase."""
        return read_year(cell, self._referentiel, self._releve, self._order)

    def perimetre(self, cell: Cell) -> Literal["maitrisable", "influence"]:
        """What one can act upon, unless said otherwise."""
        said = fold(cell.text())
        if "influence" in said:
            return "influence"
        if said and "maitris" not in said:
            self._releve.note(cell, "valeur-hors-liste", "Périmètre")
        return "maitrisable"

    def reconditionne(self, cell: Cell) -> bool | None:
        """Refurbished, new, or None where nobody said."""
        said = fold(cell.text())
        if _REFURBISHED.search(said) and not _NEW.search(said):
            return True
        if _NEW.fullmatch(said):
            return False
        if said:
            self._releve.note(cell, "valeur-hors-liste", "Neuf ou reconditionné")
        return None

    def hours(self, cell: Cell) -> Decimal | None:
        """Hours on in a year, as typed."""
        return self._within(cell, self._hours, "les heures de fonctionnement")

    def hours_of_rate(self, cell: Cell) -> Decimal | None:
        """Hours on in a year, from the rate of use: hours on ÷ hours in the year × 100."""
        rate = self._within(cell, self._top, "le taux d’utilisation")
        return None if rate is None else (rate * self._hours / self._top).normalize() + 0

    def kwh(self, cell: Cell) -> Decimal | None:
        """Measured electricity of one unit, kWh a year."""
        return self._within(cell, None, "l’électricité mesurée")

    def out_of_order(self, cell: Cell) -> bool:
        """True when the line says so."""
        return self._releve.yes_no(cell, "Hors service") is True

    def is_retired(self, cell: Cell) -> bool:
        """True when the equipment left the park before the référentiel's own day: later is a plan."""
        read = read_echeance(cell.line(), "fin") if cell.text() else None
        day: date | None = read.jour if read else None
        return day is not None and day <= self._referentiel.date

    def _within(self, cell: Cell, top: Decimal | None, what: str) -> Decimal | None:
        text = cell.text()
        if not text:
            return None
        number = read_number(re.sub(r"(?i)\s*(%|h|kwh)$", "", text))
        if number is None:
            self._releve.note(cell, "nombre-invalide", what)
        elif number < 0 or (top is not None and number > top):
            self._releve.note(cell, "hors-bornes", "zéro ou plus" if top is None else f"de 0 à {top}")
        else:
            return number
        return None


def _name(cell: Cell) -> str:
    """A maker or a model; nothing where the maker left its own placeholder."""
    text = cell.line()
    return text if not text or identify("nom", text) or len(text) <= 2 else ""


def _one(cell: Cell) -> int:
    return 1


def _identity(field: str) -> Read:
    return lambda cell: identify(field, cell.line())
