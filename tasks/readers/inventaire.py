"""Understand an inventory: our workbook, a G4IT export, a GLPI-like export, or any table with the same titles.

A rejected line says why; what a line does not say stays unknown. Personal and secret columns are
never looked at beyond their title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from nr_models.anomalies import Anomaly
from nr_models.collect import LigneInventaire, RetourInventaire
from nr_models.periode import read_number
from nr_models.referentiel import Referentiel
from nr_models.registre import fold
from tasks.columns import INVENTAIRE, INVENTAIRE_PERSONNELLES
from tasks.readers.annee import Order, decide_order, read_year
from tasks.readers.categorie import UNKNOWN_CATEGORY, Categories
from tasks.readers.parsed import Parsed, Releve
from tasks.readers.spreadsheet import Lecture
from tasks.readers.table import Cell, Record, Table, find_table, fold_title

UNIT_TITLES = frozenset(
    (
        "numero de serie",
        "n de serie",
        "serial number",
        "numero d'inventaire",
        "n d'inventaire",
        "inventory number",
        "asset tag",
        "uuid",
        "nom de l'ordinateur",
        "nom de la machine",
    )
)
"""Titles of an export with one line for each unit: it needs no quantity."""

LEFT_UNREAD = frozenset(
    (
        "nomequipementphysique",
        "nomcourtdatacenter",
        "dateretrait",
        "statut",
        "paysdutilisation",
        "consoelecannuelle",
        "nbcoeur",
        "entite",
        "fabricant",
        "systeme d'exploitation",
        "derniere modification",
        *UNIT_TITLES,
    )
)
"""Titles of G4IT and GLPI exports that we know and do not need."""

_PERSONAL = re.compile(rf"\b({'|'.join(re.escape(fold(item)) for item in INVENTAIRE_PERSONNELLES)})\b")
_POWER = re.compile(r"\b(cpu|processeurs?|processors?|puissances?|power|watts?|coeurs?|cores?|memoire|ram)\b")
_TOTAL = re.compile(r"(sous[- ]?)?total( general)?\b.*")
_REFURBISHED = re.compile(r"(reconditionne|occasion|seconde main|refurbished|reemploi)")
_NEW = re.compile(r"(neuf|neuve|neufs|neuves|new)")
_PERCENT = Decimal(100)


class _Context(NamedTuple):
    """What the reading of a line needs from the whole table."""

    referentiel: Referentiel
    releve: Releve
    categories: Categories
    order: Order
    rates_are_shares: bool
    one_per_line: bool


def parse_inventaire(lecture: Lecture, referentiel: Referentiel) -> Parsed[RetourInventaire]:
    """The lines of every sheet that holds an inventory; each rejected cell or line is said."""
    releve = Releve()
    lines: list[LigneInventaire] = []
    categories = Categories(referentiel.facteurs)
    for table in find_inventories(lecture):
        _note_titles(table, releve)
        records = list(table.records()) if table.has("categorie") and _counts(table) else []
        releve.lignes += len(records)
        context = _Context(
            referentiel,
            releve,
            categories,
            decide_order(record["annee_achat"] for record in records),
            _are_shares([record["taux_utilisation"] for record in records]),
            not table.has("quantite"),
        )
        lines.extend(line for record in records if (line := _line(record, context)))
    if not releve.lignes and not releve.anomalies and not find_inventories(lecture):
        releve.anomalies.append(Anomaly(code="feuille-absente", detail="Inventaire"))
    releve.acceptees = len(lines)
    return releve.close(RetourInventaire(lignes=tuple(lines)))


def find_inventories(lecture: Lecture) -> list[Table]:
    """The tables that count equipment; where none is whole, those that lack one column."""
    found = [table for item in lecture.feuilles if (table := find_table(item, INVENTAIRE, reject=is_kept_out))]
    whole = [table for table in found if table.has("categorie") and _counts(table)]
    return whole or [table for table in found if len(table.places) >= 3]


def is_kept_out(title: str) -> bool:
    """True for a folded title of personal or secret data, or of power and processor use."""
    return bool(_PERSONAL.search(title) or _POWER.search(title))


def _counts(table: Table) -> bool:
    """True when the lines say a quantity, or stand for one unit each."""
    return table.has("quantite") or any(fold_title(cell.text()) in UNIT_TITLES for cell in table.titles())


def _note_titles(table: Table, releve: Releve) -> None:
    counted = _counts(table)
    releve.anomalies.extend(
        item for item in table.anomalies if item.code != "colonne-absente" or item.detail != "Quantité" or not counted
    )
    mapped = set(table.places.values())
    synonyms = {fold_title(name) for column in INVENTAIRE for name in (column.title, *column.synonyms)}
    for place, cell in enumerate(table.titles()):
        title = fold_title(cell.text())
        if place in mapped or not title:
            continue
        if _PERSONAL.search(title):
            releve.note(cell, "donnee-personnelle")
        elif title not in LEFT_UNREAD and title not in synonyms:
            releve.note(cell, "colonne-inconnue")


def _line(record: Record, context: _Context) -> LigneInventaire | None:
    label = record.line("categorie")
    if _TOTAL.fullmatch(fold(label)):
        context.releve.note(record["categorie"], "ligne-total")
        return None
    quantite = 1 if context.one_per_line else _quantity(record["quantite"], context.releve)
    if quantite is None:
        return None
    releve = context.releve
    category = _category(record["categorie"], context)
    return LigneInventaire(
        categorie=category,
        libelle=label,
        modele=record.line("modele"),
        quantite=quantite,
        annee_achat=read_year(record["annee_achat"], context.referentiel, releve, context.order),
        perimetre=_perimetre(record["perimetre"], releve),
        site=record.line("site"),
        reconditionne=_reconditionne(record["reconditionne"], releve),
        heures_an=_hours(record, context),
        hors_service=releve.yes_no(record["hors_service"], "Hors service") is True,
        source=record.line("source"),
        hypothese=record.line("hypothese"),
    )


def _quantity(cell: Cell, releve: Releve) -> int | None:
    """A whole number of units, or None when the line is rejected."""
    if not cell.text():
        releve.note(cell, "valeur-absente", "Quantité")
        return None
    number = None if isinstance(cell.valeur, bool) else read_number(cell.text())
    if number is None:
        releve.note(cell, "nombre-invalide", "la ligne")
    elif number < 0:
        releve.note(cell, "quantite-negative")
    elif number != number.to_integral_value():
        releve.note(cell, "quantite-non-entiere")
    else:
        return int(number)
    return None


def _category(cell: Cell, context: _Context) -> str:
    if not cell.text():
        context.releve.note(cell, "valeur-absente", "Catégorie")
        return UNKNOWN_CATEGORY
    found = context.categories.find(cell.line())
    if found is None:
        context.releve.note(cell, "categorie-inconnue")
    return found or UNKNOWN_CATEGORY


def _perimetre(cell: Cell, releve: Releve) -> Literal["maitrisable", "influence"]:
    said = fold(cell.text())
    if "influence" in said:
        return "influence"
    if said and "maitris" not in said:
        releve.note(cell, "valeur-hors-liste", "Périmètre")
    return "maitrisable"


def _reconditionne(cell: Cell, releve: Releve) -> bool | None:
    said = fold(cell.text())
    if _REFURBISHED.search(said) and not _NEW.search(said):
        return True
    if _NEW.fullmatch(said):
        return False
    if said:
        releve.note(cell, "valeur-hors-liste", "Neuf ou reconditionné")
    return None


def _hours(record: Record, context: _Context) -> Decimal | None:
    """Hours on in a year: as typed, else the rate of use applied to the hours of a year."""
    year = Decimal(context.referentiel.parametres.inventaire.heures_par_an)
    hours = _within(record["heures_an"], year, "les heures de fonctionnement", context.releve)
    if hours is not None or not record["taux_utilisation"].text():
        return hours
    top = Decimal(1) if context.rates_are_shares else _PERCENT
    rate = _within(record["taux_utilisation"], top, "le taux d’utilisation", context.releve)
    return None if rate is None else (rate * year / top).normalize() + 0


def _within(cell: Cell, top: Decimal, what: str, releve: Releve) -> Decimal | None:
    text = cell.text()
    if not text:
        return None
    number = None if isinstance(cell.valeur, bool) else read_number(text.rstrip(" %h"))
    if number is None:
        releve.note(cell, "nombre-invalide", what)
    elif not 0 <= number <= top:
        releve.note(cell, "hors-bornes", f"de 0 à {top}")
    else:
        return number
    return None


def _are_shares(cells: Sequence[Cell]) -> bool:
    """True when a column of rates was typed in cells shown as percentages: « 25 % » is kept as 0.25."""
    numbers = [cell.valeur for cell in cells if isinstance(cell.valeur, (int, float))]
    return bool(numbers) and max(numbers) <= 1 and any(isinstance(number, float) for number in numbers)
