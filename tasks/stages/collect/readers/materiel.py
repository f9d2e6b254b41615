"""Read what a row of equipment says; a value that says nothing wrong is read once for a whole column."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import Any, Literal, NamedTuple

from nr_models.inventaire.parc import identify
from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.dates import read_echeance, read_number
from nr_models.values.periodes import Ordre
from nr_models.values.text import fold
from tasks.reading.annee import read_year
from tasks.reading.parsed import Pointage
from tasks.reading.spreadsheet import Valeur
from tasks.reading.table import Cell, Table
from tasks.stages.collect.readers.colonnes import IDENTITIES
from tasks.stages.collect.readers.quantites import LIKE_A_YEAR, THOUSANDS, is_total, look_at, read_quantity

_REFURBISHED = re.compile(r"(reconditionne|occasion|seconde main|refurbished|reemploi)")
_NEW = re.compile(r"(neuf|neuve|neufs|neuves|new)")
_DENIED = re.compile(
    r"\b(pas|non|jamais|aucune?|sans|not?|plus)\b[ -]*(?:(?:en|de|d'|au|a|hors|out of)[ -]*)*"
    r"(?:hs|hors[ -]\w+|panne|casse\w*|rebut|reforme\w*|reconditionne\w*|retire\w*|broken|order|vole\w*|perdu\w*)"
)
"""« Pas HS », « non réformé » : what is denied is not so."""
_OUT_OF_USE = re.compile(
    r"\b(hs|hors[ -](service|usage)|en panne|cassee?s?|rebut|au rebut|reformee?s?|retiree?s?|retired|disposed|broken|"
    r"decommissioned|out of (order|service)|archivee?s?|volee?s?|perdue?s?|stolen|lost|a jeter|ferraille|defekt|"
    r"ausgemustert)\b"
)
_IN_STOCK = re.compile(
    r"\b(en stock|stock|en reserve|reserve|in stock|in storage|non affecte|non attribue|au placard|"
    r"ready to deploy|spare|lager)\b"
)
_PERCENT = Decimal(100)
_HOURS_A_DAY = 24
_SMALL_PARK = 500
"""Where no other quantity of a column reaches it, one that looks like a year is asked about."""
_NO_NUMBER = "la quantité, et la ligne est écartée"
SUM = "\0total"
"""What stands for the label of a sum, in any column."""


class Dit(NamedTuple):
    """What a row says, field by field, in the order in which it is read; the first two decide whether it is kept.

    ``categorie`` is the label as typed; ``statut`` says whether it is out of use, in stock, refurbished.
    """

    categorie: str
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
    statut: tuple[bool, bool, bool]
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
        *,
        order: Ordre,
        rates_are_shares: bool,
        quantities: Iterable[Valeur] = (),
    ) -> None:
        self._releve, self._referentiel = releve, referentiel
        self._table, self._order = table, order
        self._top = Decimal(1) if rates_are_shares else _PERCENT
        self._hours = Decimal(referentiel.parametres.inventaire.heures_par_an)
        self._supposed: list[str] = []
        self._column = look_at(quantities)
        self._titles = {field: fold(self._title_of(field)) for field in ("heures_an", "kwh_an", "reconditionne")}
        self._reads: dict[str, Read] = {
            "categorie": self.label,
            "quantite": self.quantity,
            "annee_achat": self.year,
            "perimetre": self.perimetre,
            "reconditionne": self.reconditionne,
            "heures_an": self.hours,
            "taux_utilisation": self.hours_of_rate,
            "kwh_an": self.kwh,
            "hors_service": self.out_of_order,
            "statut": _state,
            "retrait": self.is_retired,
            **dict.fromkeys(("modele", "site"), self.text),
            "fabricant": _name,
            **dict.fromkeys(("gestionnaire", "source", "hypothese", "ecartee"), Cell.line),
            **{field: _identity(field) for field in IDENTITIES},
        }
        for field, cell in table.constantes.items():
            self._reads[field] = _once(self._reads[field], cell)
        if not table.has("quantite"):
            self._reads["quantite"] = _one
        self._lines, self._places = table.feuille.lignes, [table.places.get(field, -1) for field in Dit._fields]
        self._pick = itemgetter(*self._places)
        self._known: tuple[dict[Valeur, Any], ...] = tuple({} for _ in Dit._fields)
        self._blanks = (None,) * (max(self._places) + 2)

    def _title_of(self, field: str) -> str:
        place = self._table.places.get(field)
        return "" if place is None else Cell(self._lines_of_titles()[place]).line()

    def _lines_of_titles(self) -> Sequence[Valeur]:
        row = self._table.feuille.lignes[self._table.ligne_titres]
        return [*row, *[None] * (max(self._table.places.values(), default=0) + 1 - len(row))]

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
        self._supposed = []
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
        if self._supposed:
            said["hypothese"] = "; ".join(filter(None, (said["hypothese"], *self._supposed)))
        return Dit(**said)

    def _cell(self, row: int, place: int) -> Cell:
        cells = self._lines[row]
        return Cell(cells[place] if 0 <= place < len(cells) else None, self._table.feuille.nom, row, max(place, 0))

    def label(self, cell: Cell) -> str | None:
        """The label of the category as typed; None for a line of total."""
        text = cell.line()
        if is_total(text):
            self._releve.note(cell, "ligne-total")
            return None
        return text

    def text(self, cell: Cell) -> str:
        """A model or a place; what stands for a sum where it is one."""
        text = cell.line()
        if text and is_total(text):
            return SUM
        return text if len(text) > 2 or text.isdigit() else _name(cell)

    def quantity(self, cell: Cell) -> int | None:
        """A whole number of units, or None when the line is rejected."""
        if not cell.text():
            self._releve.note(cell, "valeur-absente", "Quantité")
            return None
        number = self._number(cell)
        if number is None:
            return None
        if number < 0:
            self._releve.note(cell, "quantite-negative")
        elif number != number.to_integral_value():
            self._releve.note(cell, "quantite-non-entiere")
        elif int(number) in LIKE_A_YEAR and self._column.plus_grande < _SMALL_PARK:
            self._releve.note(cell, "quantite-douteuse", "elle ressemble à une année")
        else:
            return int(number)
        return None

    def _number(self, cell: Cell) -> Decimal | None:
        """The number of a quantity: sure, supposed and said, or asked about and None."""
        text = cell.line()
        if isinstance(cell.valeur, (int, float)):
            return Decimal(str(cell.valeur))
        if THOUSANDS.fullmatch(text):
            if self._column.milliers:
                return Decimal(re.sub(r"\D", "", text))
            self._releve.note(cell, "quantite-douteuse", "un millier, ou une unité")
            return None
        read = read_quantity(text)
        if read.valeur is None:
            code = "quantite-douteuse" if any(char.isdigit() for char in text) else "nombre-invalide"
            detail = "elle ne se lit pas comme un nombre" if code == "quantite-douteuse" else _NO_NUMBER
            self._releve.note(cell, code, detail)
        elif read.supposee and 0 <= read.valeur == read.valeur.to_integral_value():
            self._releve.note(cell, "quantite-a-confirmer", str(int(read.valeur)))
            self._supposed.append(f"quantité d’après « {text} »")
        return read.valeur

    def year(self, cell: Cell) -> int | None:
        """The year of purchase."""
        return read_year(cell, self._referentiel, self._releve, self._order, self._supposed)

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
        if said in ("oui", "non", "yes", "no", "o", "n", "x") and _REFURBISHED.search(self._titles["reconditionne"]):
            return said in ("oui", "yes", "o", "x")
        said = _DENIED.sub(" ", said).strip() or ("neuf" if said else "")
        if _REFURBISHED.search(said) and not _NEW.search(said):
            return True
        if _NEW.fullmatch(said):
            return False
        if said:
            self._releve.note(cell, "valeur-hors-liste", "Neuf ou reconditionné")
        return None

    def hours(self, cell: Cell) -> Decimal | None:
        """Hours on in a year, as typed; so few that they must be of a day are asked about."""
        found = self._within(cell, self._hours, "les heures de fonctionnement")
        if found and (found <= _HOURS_A_DAY or re.search(r"\b(jour|j|semaine|sem)\b", self._titles["heures_an"])):
            self._releve.note(cell, "heures-a-confirmer")
            return None
        return found

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
        number = self._measure(cell)
        if number is None:
            self._releve.note(cell, "nombre-invalide", what)
        elif number < 0 or (top is not None and number > top):
            self._releve.note(cell, "hors-bornes", "zéro ou plus" if top is None else f"de 0 à {top}")
        else:
            return number
        return None

    def _measure(self, cell: Cell) -> Decimal | None:
        """A number with or without its unit; one that can be read in two ways is read in none."""
        if isinstance(cell.valeur, (int, float)):
            return Decimal(str(cell.valeur))
        text = re.sub(r"(?i)\s*(%|h|kwh)(\s*(/|par)\s*an)?$", "", cell.text())
        return None if THOUSANDS.fullmatch(text) else read_number(text)

    def is_for_one(self) -> bool:
        """True when the title of the electricity says that it is of one unit."""
        return bool(re.search(r"unite|unitaire|consoelecannuelle", self._titles["kwh_an"]))


def _state(cell: Cell) -> tuple[bool, bool, bool]:
    """Whether a status says out of use, in stock, refurbished; what is denied is not so."""
    said = fold(cell.text())
    if not said:
        return False, False, False
    kept = _DENIED.sub(" ", said)
    out = bool(_OUT_OF_USE.search(kept))
    return out, not out and bool(_IN_STOCK.search(kept)), bool(_REFURBISHED.search(kept))


def _once(read: Read, said: Cell) -> Read:
    """A field that a title says for the whole table: read, and what is wrong noted, once."""
    found: list[Any] = []

    def constant(_cell: Cell) -> Any:
        if not found:
            found.append(read(said))
        return found[0]

    return constant


def _name(cell: Cell) -> str:
    """A maker or a model; nothing where the maker left its own placeholder."""
    text = cell.line()
    return text if not text or identify("nom", text) or len(text) <= 2 else ""


def _one(cell: Cell) -> int:
    return 1


def _identity(field: str) -> Read:
    return lambda cell: identify(field, cell.line())
