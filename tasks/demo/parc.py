"""The equipment of a collectivité, and the inventory it sends: our workbook, or an export of its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nr_models.dossier.case import Case, File
from tasks.demo.chance import Source, happens, source
from tasks.demo.collecte import release
from tasks.demo.contexte import Drawn
from tasks.demo.form import Form, Typed
from tasks.demo.portrait import Portrait
from tasks.stages.collect.inventory_columns import INVENTAIRE
from tasks.stages.collect.workbooks.supports import render_inventaire

_MAX_LINES = 130  # what the workbook to fill has room for, and some


class Equipment(NamedTuple):
    """A sort of equipment: its name in our list, words people use, models, units for a hundred agents."""

    nom: str
    mots: tuple[str, ...]
    modeles: tuple[str, ...]
    pour_cent: int


_PARK = (
    Equipment(
        "Ordinateur portable", ("PC portable", "Portable"), ("Latitude 5420", "ProBook 450 G8", "ThinkPad L14"), 48
    ),
    Equipment(
        "Ordinateur fixe",
        ("PC fixe", "Ordinateur de bureau"),
        ("OptiPlex 3080", "EliteDesk 800"),
        40,
    ),
    Equipment("Écran d’ordinateur (24 pouces)", ("Écran 24", "Écran PC"), ("P2422H", "E24 G4", "Écran 22 pouces"), 95),
    Equipment("Smartphone", ("Smartphone",), ("Galaxy A52", "Fairphone 4", "iPhone SE"), 30),
    Equipment("Téléphone fixe sur IP", ("Téléphone IP",), ("T46U", "8001"), 45),
    Equipment("Tablette", ("Tablette",), ("Tab A8", "iPad 9"), 7),
    Equipment("Imprimante laser", ("Imprimante laser",), ("LaserJet M404", "ECOSYS P2040"), 9),
    Equipment("Copieur laser A3 de 40 à 99 kg", ("Copieur A3",), ("bizhub C258", "TASKalfa 3253"), 4),
    Equipment("Vidéoprojecteur", ("Vidéoprojecteur",), ("EB-FH06",), 4),
    Equipment("Serveur", ("Serveur",), ("PowerEdge R540", "ProLiant DL360"), 2),
    Equipment("Commutateur réseau", ("Switch",), ("Aruba 2530", "Catalyst 9200"), 5),
    Equipment("Borne wifi", ("Borne wifi",), ("U6-Pro", "AP-515"), 5),
    Equipment("Boîtier internet", ("Box fibre",), ("Box opérateur",), 2),
)
_SITES = {
    "commune": ("Mairie", "École des Tilleuls", "Médiathèque", "Centre technique", "École du Vallon"),
    "autre": ("Siège", "Pôle technique", "Réseau de lecture", "Déchèterie nord"),
}
_SCHOOLS = ("École des Tilleuls", "École du Vallon")
_GUESS = "Année estimée (marché)"
_UNKNOWN_WORDS = ("Flipper", "Minitel", "Alambic")


def draw_inventaire(seed: int, case: Case, portrait: Portrait) -> Drawn:
    """The inventory as it is sent, with now and then a typing mistake."""
    draws = source(seed, case.cle, "inventaire")
    lots = list(_lots(draws, portrait, case.referentiel.date.year))[:_MAX_LINES]
    slips = _slip(draws, lots, portrait)
    if portrait.kind.inventaire == "classeur":
        return Drawn(File("Inventaire du parc.xlsx", _workbook(case, lots)), tuple(slips))
    name, titles, rows = _EXPORTS[portrait.kind.inventaire](draws, lots)
    if "Utilisateur" in titles:
        slips.append("donnee-personnelle")
    encoding = {"windows": "cp1252", "glpi": "utf-8-sig"}.get(portrait.kind.inventaire, "utf-8")
    return Drawn(File(name, _csv(titles, rows, encoding)), tuple(slips))


Lot = dict[str, Typed]


def _lots(draws: Source, portrait: Portrait, year: int) -> Iterator[Lot]:
    """Lots of like equipment, by purchase and site; newer where the collectivité is less patient."""
    sites = _SITES["commune" if portrait.kind.nature == "commune" else "autre"]
    for item in _PARK:
        units = portrait.agents * item.pour_cent // 100
        lots = 1 if units < 4 else draws.randint(2, 4 if units < 60 else 8)
        for share in _split(draws, units, lots):
            yield _lot(draws, item, share, draws.choice(sites), year)
    if portrait.kind.nature == "commune":
        classes = max(1, portrait.population // 1_500)
        yield _line("Écran interactif", "ENI 75 pouces", classes, year - 4, "École des Tilleuls", "influence")


def _lot(draws: Source, item: Equipment, units: int, site: str, year: int) -> Lot:
    bought: Typed = year - draws.choices(range(11), (5, 8, 10, 12, 12, 11, 10, 8, 6, 4, 3))[0]
    guessed = happens(draws, 1, 12)
    if not guessed and happens(draws, 1, 12):
        bought = None
    lot = _line(item.nom, draws.choice(item.modeles), units, bought, site, _perimeter(draws, site))
    lot["mot"] = draws.choice(item.mots)
    lot["hypothese"] = _GUESS if guessed else None
    lot["reconditionne"] = draws.choices(("neuf", "reconditionné", None), (70, 12, 18))[0]
    lot["hors_service"] = "oui" if happens(draws, 1, 15) else draws.choice(("non", None))
    if item.nom == "Serveur":
        lot["heures_an"] = 8_760
    return lot


def _line(nom: str, modele: str, units: int, bought: Typed, site: str, perimetre: str) -> Lot:
    return {
        "categorie": nom,
        "mot": nom,
        "modele": modele,
        "quantite": units,
        "annee_achat": bought,
        "perimetre": perimetre,
        "site": site,
        "source": "Comptage sur place" if perimetre == "influence" else "Factures",
    }


def _perimeter(draws: Source, site: str) -> str:
    return "influence" if site in _SCHOOLS and happens(draws, 1, 3) else "maîtrisable"


def _split(draws: Source, units: int, parts: int) -> list[int]:
    """Units in parts of at least one."""
    if units < 1:
        return []
    cuts = sorted(draws.sample(range(1, units), min(parts, units) - 1))
    return [end - start for start, end in zip((0, *cuts), (*cuts, units), strict=True)]


def _slip(draws: Source, lots: list[Lot], portrait: Portrait) -> list[str]:
    """Type something wrong here and there; returns the codes it should raise, in no order."""
    wrong: tuple[tuple[int, str, Typed, str], ...] = (
        (3, "quantite", -draws.randint(1, 9), "quantite-negative"),
        (4, "annee_achat", 2_109, "annee-invalide"),
        (5, "categorie", draws.choice(_UNKNOWN_WORDS), "categorie-inconnue"),
        (7, "annee_achat", "vers le printemps", "date-invalide"),
    )
    made = []
    for place, (every, field, value, code) in enumerate(wrong):
        if portrait.rang % every == every - 1 and place < len(lots):
            lots[place][field] = value
            if field == "categorie":
                lots[place] |= {"mot": value, "modele": None}  # a model would tell what the word does not
            made.append(code)
    return made


def _workbook(case: Case, lots: Sequence[Lot]) -> bytes:
    form = Form(render_inventaire(case, 1))
    release(form)
    for numero, lot in enumerate(lots, start=1):
        form.type_row("Inventaire", INVENTAIRE, numero, {key: value for key, value in lot.items() if key != "mot"})
    return form.save()


Export = tuple[str, tuple[str, ...], list[list[Typed]]]


def _own_export(_draws: Source, lots: Sequence[Lot]) -> Export:
    """The titles of our workbook, saved as CSV."""
    fields = [column.field for column in INVENTAIRE]
    titles = tuple(column.title for column in INVENTAIRE)
    return "inventaire.csv", titles, [[lot.get(field) for field in fields] for lot in lots]


def _house_export(_draws: Source, lots: Sequence[Lot]) -> Export:
    """The list that a town hall keeps by itself."""
    fields = ("mot", "modele", "quantite", "annee_achat", "site", "hors_service")
    titles = ("Type d’équipement", "Désignation", "Nombre", "Année", "Bâtiment", "HS")
    return "parc informatique.csv", titles, [[lot.get(field) for field in fields] for lot in lots]


def _glpi_export(draws: Source, lots: Sequence[Lot]) -> Export:
    """An export of a park management tool, with a column that should not have been sent."""
    titles = ("Type de matériel", "Modèle", "Quantité", "Date d’achat", "Lieu", "Utilisateur")
    rows: list[list[Typed]] = []
    for lot in lots:
        year = lot["annee_achat"]
        day = f"{draws.randint(1, 28):02d}/{draws.randint(1, 12):02d}/{year}" if isinstance(year, int) else year
        user = f"agent{draws.randrange(900) + 100}"
        rows.append([lot["mot"], lot["modele"], lot["quantite"], day, f"Racine > {lot['site']}", user])
    return "export_parc.csv", titles, rows


def _g4it_export(_draws: Source, lots: Sequence[Lot]) -> Export:
    """The columns of a footprint tool."""
    titles = ("nomEquipementPhysique", "modele", "quantite", "dateAchat", "type", "statut", "nomSourceDonnee")
    rows: list[list[Typed]] = []
    for number, lot in enumerate(lots, start=1):
        year = lot["annee_achat"]
        day = f"{year}-01-15" if isinstance(year, int) else year
        rows.append([f"EQ{number:04d}", lot["modele"], lot["quantite"], day, lot["mot"], "En service", lot["source"]])
    return "equipements_physiques.csv", titles, rows


_EXPORTS = {"csv": _own_export, "windows": _house_export, "glpi": _glpi_export, "g4it": _g4it_export}


def _csv(titles: Sequence[str], rows: Sequence[Sequence[Typed]], encoding: str) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(titles)
    writer.writerows(rows)
    return text.getvalue().encode(encoding)
