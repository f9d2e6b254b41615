"""Which titles of an inventory are looked at: known, known and not needed, personal or secret, unknown."""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import islice

from nr_models.values.text import fold
from tasks.reading.parsed import Pointage
from tasks.reading.table import Table, fold_title
from tasks.stages.collect.inventory_columns import INVENTAIRE, INVENTAIRE_PERSONNELLES, MACHINES
from tasks.stages.collect.vocabulaire import load_titres


def bare_title(title: str) -> str:
    """A title for comparison: words alone, brackets left out; « N° de série (constructeur) » is « n de serie »."""
    folded = fold(_ASIDE.sub(" ", title.replace("_", " ")))
    return " ".join(re.findall(r"[a-z0-9]+", folded)) or " ".join(re.findall(r"[a-z0-9]+", fold(title)))


_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")

_TITRES = load_titres()
COLUMNS = tuple(
    item._replace(synonyms=tuple(dict.fromkeys((*item.synonyms, *_TITRES.champs.get(item.field, ()), item.field))))
    for item in (*INVENTAIRE, *MACHINES)
)
"""By title, by synonym, or by the name of the field: an agent's document has no titles of its own."""
IDENTITIES = ("uuid", "serie", "etiquette")

_NAMES_OF_A_MACHINE = frozenset(bare_title(item) for item in _TITRES.noms_de_machine)
"""Titles of an export with one line for each unit, where « Nom » often is a person's."""
_LEFT_UNREAD = _NAMES_OF_A_MACHINE | frozenset(bare_title(item) for item in _TITRES.sans_usage)
"""Titles of exports that we know and do not need."""
_PLAIN_NAMES = frozenset(("nom", "name"))

_PERSONAL = re.compile(rf"\b({'|'.join(re.escape(fold(item)) for item in INVENTAIRE_PERSONNELLES)})\b")
_POWER = re.compile(r"\b(cpu|processeurs?|processors?|puissances?|power|watts?|w|coeurs?|cores?|memoire|ram)\b")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_RANKS: dict[str, list[tuple[str, int]]] = defaultdict(list)
for _column in COLUMNS:
    _names = (_column.title, *(_TITRES.champs.get(_column.field, ())), *_column.synonyms)
    for _rank, _name in enumerate(dict.fromkeys(bare_title(item) for item in _names)):
        _RANKS[_name].append((_column.field, _rank))


def name_title(title: str) -> list[tuple[str, int]]:
    """The fields that a title may be, each with its rank among the titles of that field: the lower is preferred."""
    return [] if is_kept_out(title) else _RANKS.get(bare_title(title), [])


def is_unneeded(title: str) -> bool:
    """True for a title that we know and do not need."""
    return bare_title(title) in _LEFT_UNREAD


def is_personal(title: str) -> bool:
    """True for a title of personal or secret data: « Utilisateur », « lastLoggedUser », « Clé de produit »."""
    return bool(_PERSONAL.search(fold_title(title)) or _PERSONAL.search(fold_title(_CAMEL.sub(" ", title))))


def is_kept_out(title: str) -> bool:
    """True for a title that must be mapped to nothing: personal data, power, use of the processor."""
    return is_personal(title) or bool(_POWER.search(fold_title(title)))


def has_one_line_per_unit(table: Table) -> bool:
    """True when each line stands for a machine, told by a number of its own."""
    return any(table.has(field) for field in (*IDENTITIES, "unite")) or any(
        bare_title(cell.text()) in _NAMES_OF_A_MACHINE for cell in table.titles()
    )


_EVIDENCE = ("modele", "fabricant", "statut", "annee_achat", "retrait")


def counts_by_line(table: Table) -> bool:
    """True when, without a quantity, each line stands for one unit: it describes one, or says the same as others.

    Not where a column that nobody knows holds numbers: it may be the quantity.
    """
    if has_one_line_per_unit(table):
        return True
    if table.has("quantite") or not table.has("categorie") or table.constantes:
        return False
    if any(
        _may_count(table, place) for place, cell in enumerate(table.titles()) if _is_unknown(table, place, cell.text())
    ):
        return False
    if any(table.has(field) for field in _EVIDENCE) or any(is_personal(cell.text()) for cell in table.titles()):
        return True
    place = table.places["categorie"]
    labels = [row[place] for row in map(table.feuille.lignes.__getitem__, table.numbers()) if place < len(row)]
    return len(labels) > len(set(labels))


def _is_unknown(table: Table, place: int, title: str) -> bool:
    if place in table.places.values() or not title:
        return False
    return bare_title(title) not in _LEFT_UNREAD | _PLAIN_NAMES and not is_kept_out(title)


def _may_count(table: Table, place: int) -> bool:
    """True when a column holds small whole numbers alone."""
    rows = map(table.feuille.lignes.__getitem__, islice(table.numbers(), 300))
    values = [row[place] for row in rows if place < len(row) and row[place] is not None]
    return bool(values) and all(str(value).strip().isdigit() and len(str(value).strip()) <= 4 for value in values)


def without_names(table: Table) -> Table:
    """Where each line is a machine, « Nom » is the machine's, and no model."""
    place = table.places.get("modele")
    if place is None or not has_one_line_per_unit(table):
        return table
    title = table.feuille.lignes[table.ligne_titres][place]
    if fold_title(str(title)) not in _PLAIN_NAMES:
        return table
    return table._replace(places={field: at for field, at in table.places.items() if field != "modele"})


def note_titles(
    table: Table, releve: Pointage, *, counted: bool, sorted_out: bool, mapped: frozenset[int] = frozenset()
) -> None:
    """Say what is wrong with the titles, which columns were dropped, and which are not known.

    ``counted`` and ``sorted_out``: the quantity and the category are known without their column; ``mapped`` are the
    columns that a table under the same titles reads.
    """
    spared = {"Quantité"} if counted else set()
    spared |= {"Catégorie"} if sorted_out else set()
    releve.anomalies.extend(
        item for item in table.anomalies if item.code != "colonne-absente" or item.detail not in spared
    )
    for place, cell in enumerate(table.titles()):
        title = fold_title(cell.text())
        if place in mapped or place in table.places.values() or not title:
            continue
        if is_personal(cell.text()):
            releve.note(cell, "donnee-personnelle")
        elif bare_title(title) not in _LEFT_UNREAD | _PLAIN_NAMES and bare_title(title) not in _RANKS:
            releve.note(cell, "colonne-inconnue")
