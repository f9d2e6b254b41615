"""Read the cells of one line of equipment; a value that said nothing wrong is read once for a whole column."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Literal

from nr_models.parc import identify
from nr_models.periode import read_echeance, read_number
from nr_models.referentiel import Referentiel
from nr_models.registre import fold
from tasks.readers.annee import Order, read_year
from tasks.readers.categorie import UNKNOWN_CATEGORY, Categories
from tasks.readers.colonnes import IDENTITIES
from tasks.readers.parsed import Releve
from tasks.readers.spreadsheet import Valeur
from tasks.readers.table import Cell, Table

_TOTAL = re.compile(r"(sous[- ]?)?total( general)?\b.*")
_REFURBISHED = re.compile(r"(reconditionne|occasion|seconde main|refurbished|reemploi)")
_NEW = re.compile(r"(neuf|neuve|neufs|neuves|new)")
_OUT_OF_USE = re.compile(
    r"\b(hs|hors[ -](service|usage)|en panne|cassee?|rebut|au rebut|reformee?|retiree?|retired|disposed|broken|"
    r"decommissioned|out of (order|service)|archivee?|volee?|perdue?)\b"
)
_PERCENT = Decimal(100)
_FROM_NAME = "catégorie d’après le nom du fichier ou de la feuille"

FIRST = frozenset((*IDENTITIES, "categorie", "quantite", "ecartee", "taux_utilisation"))
"""The fields that decide whether the line is kept, and the one read only where hours are not said."""

Read = Callable[[Cell], Any]


class Lecteurs:
    """How each field of a table is read; blank and absent cells too."""

    def __init__(
        self,
        table: Table,
        referentiel: Referentiel,
        releve: Releve,
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
        self._known: dict[str, dict[Any, Any]] = {field: {} for field in self._reads}
        rest = self._reads.keys() - FIRST
        self._absent = {field: self._reads[field](Cell(None)) for field in rest if not table.has(field)}
        self._places = [(field, table.places[field], self._known[field]) for field in rest if table.has(field)]

    def read(self, field: str, row: int) -> Any:
        """The value of a field on a row of the sheet."""
        return self._read(field, self._table.places.get(field, -1), self._table.feuille.lignes[row], row)

    def read_all(self, row: int) -> dict[str, Any]:
        """The values of a row, but those of ``FIRST``."""
        cells = self._table.feuille.lignes[row]
        width = len(cells)
        said = self._absent.copy()
        for field, place, known in self._places:
            value = cells[place] if place < width else None
            key = value if value.__class__ is str else (value.__class__, value)
            said[field] = known[key] if key in known else self._read(field, place, cells, row)
        return said

    def _read(self, field: str, place: int, cells: Sequence[Valeur], row: int) -> Any:
        value = cells[place] if 0 <= place < len(cells) else None
        known, key = self._known[field], value if value.__class__ is str else (value.__class__, value)
        if key in known:
            return known[key]
        said = len(self._releve.anomalies)
        found = self._reads[field](Cell(value, self._table.feuille.nom, row, max(place, 0)))
        if len(self._releve.anomalies) == said and field not in IDENTITIES:
            known[key] = found
        return found

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
        number = None if isinstance(cell.valeur, bool) else read_number(cell.text())
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
        number = None if isinstance(cell.valeur, bool) else read_number(re.sub(r"(?i)\s*(%|h|kwh)$", "", text))
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


def _identity(field: str) -> Read:
    return lambda cell: identify(field, cell.line())
