"""Which titles of an inventory are looked at: known, known and not needed, personal or secret, unknown."""

from __future__ import annotations

import re

from nr_models.values.text import fold
from tasks.reading.parsed import Pointage
from tasks.reading.table import Table, fold_title
from tasks.stages.collect.inventory_columns import INVENTAIRE, INVENTAIRE_PERSONNELLES, MACHINES

COLUMNS = tuple(item._replace(synonyms=(*item.synonyms, item.field)) for item in (*INVENTAIRE, *MACHINES))
"""By title, by synonym, or by the name of the field: an agent's document has no titles of its own."""
IDENTITIES = ("uuid", "serie", "etiquette")

_NAMES_OF_A_MACHINE = frozenset(("nom de l'ordinateur", "nom de la machine", "hostname", "computer name"))
"""Titles of an export with one line for each unit, where « Nom » often is a person's."""
_LEFT_UNREAD = frozenset(
    (
        "nomequipementphysique",
        "nomcourtdatacenter",
        "paysdutilisation",
        "nbcoeur",
        "entite",
        "entity",
        "systeme d'exploitation",
        "systeme d'exploitation - nom",
        "derniere modification",
        "last update",
        *_NAMES_OF_A_MACHINE,
    )
)
"""Titles of G4IT and GLPI exports that we know and do not need."""
_PLAIN_NAMES = frozenset(("nom", "name"))

_PERSONAL = re.compile(rf"\b({'|'.join(re.escape(fold(item)) for item in INVENTAIRE_PERSONNELLES)})\b")
_POWER = re.compile(r"\b(cpu|processeurs?|processors?|puissances?|power|watts?|w|coeurs?|cores?|memoire|ram)\b")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_KNOWN = frozenset(fold_title(name) for column in COLUMNS for name in (column.title, *column.synonyms))


def is_personal(title: str) -> bool:
    """True for a title of personal or secret data: « Utilisateur », « lastLoggedUser », « Clé de produit »."""
    return bool(_PERSONAL.search(fold_title(title)) or _PERSONAL.search(fold_title(_CAMEL.sub(" ", title))))


def is_kept_out(title: str) -> bool:
    """True for a title that must be mapped to nothing: personal data, power, use of the processor."""
    return is_personal(title) or bool(_POWER.search(fold_title(title)))


def has_one_line_per_unit(table: Table) -> bool:
    """True when each line stands for a machine, told by a number of its own."""
    return any(table.has(field) for field in IDENTITIES) or any(
        fold_title(cell.text()) in _NAMES_OF_A_MACHINE for cell in table.titles()
    )


def without_names(table: Table) -> Table:
    """Where each line is a machine, « Nom » is the machine's, and no model."""
    place = table.places.get("modele")
    if place is None or not has_one_line_per_unit(table):
        return table
    title = table.feuille.lignes[table.ligne_titres][place]
    if fold_title(str(title)) not in _PLAIN_NAMES:
        return table
    return table._replace(places={field: at for field, at in table.places.items() if field != "modele"})


def note_titles(table: Table, releve: Pointage, *, counted: bool, sorted_out: bool) -> None:
    """Say what is wrong with the titles, which columns were dropped, and which are not known.

    ``counted`` and ``sorted_out``: the quantity and the category are known without their column.
    """
    spared = {"Quantité"} if counted else set()
    spared |= {"Catégorie"} if sorted_out else set()
    releve.anomalies.extend(
        item for item in table.anomalies if item.code != "colonne-absente" or item.detail not in spared
    )
    mapped = set(table.places.values())
    for place, cell in enumerate(table.titles()):
        title = fold_title(cell.text())
        if place in mapped or not title:
            continue
        if is_personal(cell.text()):
            releve.note(cell, "donnee-personnelle")
        elif title not in _LEFT_UNREAD | _PLAIN_NAMES | _KNOWN:
            releve.note(cell, "colonne-inconnue")
