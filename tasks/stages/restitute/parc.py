"""The slides of the equipment: what there is, how old it is, and its footprint by source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from nr_models.inventaire.carbone import Empreinte
from nr_models.inventaire.indicateurs import Indicateurs, Mesure
from nr_models.inventaire.parc import EmpreinteExterne
from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import restitute
from nr_models.values.dates import french_date
from nr_models.values.french import counted, listing, number, share
from tasks.office.deck import master
from tasks.office.deck.charts import bars
from tasks.office.deck.deck import Deck
from tasks.office.deck.page import Page
from tasks.office.deck.tables import table
from tasks.office.deck.text import Para

_TALLEST = 10
"""Categories a bar chart shows; the table holds them all."""
_ELSEWHERE = "géré par une autre collectivité"


def add_inventory(deck: Deck, result: restitute.Result, referentiel: Referentiel) -> None:
    """Add the slides of the inventory and of its footprint, or say that it is awaited."""
    measure = result.inventaire.maitrisable
    if not result.inventaire_recu or not (measure.unites or result.inventaire.influence.unites):
        deck.message(
            "L’inventaire n’est pas encore reçu : le parc reste à décrire",
            [Para("Les indicateurs du parc et son empreinte suivront ; rien n’est compté comme zéro.")],
            "Rappeler qui prépare l’inventaire et pour quand.",
        )
        return
    names = {item.slug: item.nom for item in referentiel.facteurs.categories}
    _park(deck, measure, names, _to_settle(result))
    _categories(deck, result, names)
    _places(deck, result)
    if measure.empreintes:
        _footprint(deck, measure, names, referentiel)
    if result.inventaire.ailleurs or result.inventaire.externes:
        _beside(deck, result.inventaire, names)


def _to_settle(result: restitute.Result) -> str:
    """What the person who speaks must know: the park that nobody confirmed, the units that nobody named."""
    found = result.inventaire
    waiting = [
        f"{counted(found.libelles_a_confirmer, 'libellé')} de l’inventaire à confirmer dans a-trancher.xlsx"
        if found.libelles_a_confirmer
        else "",
        f"{counted(found.unites_a_preciser, 'unité')} à préciser, non comptées" if found.unites_a_preciser else "",
    ]
    said = " ; ".join(filter(None, waiting))
    return f" Le parc n’est pas confirmé : {said}." if said else ""


def _park(deck: Deck, measure: Mesure, names: dict[str, str], waiting: str) -> None:
    past = measure.part_depassee
    finding = f" ; {share(past)} de ceux dont l’âge est connu ont fait leur temps" if past is not None else ""
    page = deck.page(
        f"Le parc compte {counted(measure.unites, 'équipement')}{finding}",
        "Périmètre maîtrisable : les équipements sur lesquels la collectivité peut agir.",
    )
    _figures(page, measure)
    tallest = sorted(measure.categories, key=lambda item: (-item.unites, item.categorie))[:_TALLEST]
    points = [(names.get(item.categorie, item.categorie), float(item.unites)) for item in tallest]
    said = " ; ".join(f"{label} : {number(int(units))}" for label, units in points)
    bars(page, master.columns(6, 7), points, f"Unités par catégorie. {said}.", unit="", lying=True)


def _figures(page: Page, measure: Mesure) -> None:
    undated = measure.unites - measure.hors_service - measure.unites_datees
    age = "non connu" if measure.age_moyen is None else f"{number(measure.age_moyen, 1)} ans"
    page.text(
        master.columns(1, 5),
        [
            Para(age, head="Âge moyen :"),
            Para(counted(undated, "unité"), head="Sans date d’achat :"),
            Para(share(measure.part_depassee), head="Au-delà de leur durée de vie :"),
            Para(share(measure.part_reconditionnee), head="Reconditionnés :"),
            Para(counted(measure.hors_service, "unité"), head="Hors service, encore stockés :"),
            Para(number(measure.unites_par_agent, 1), head="Équipements par agent :"),
            Para(number(measure.ecrans_par_agent, 1), head="Écrans par agent :"),
            Para(number(measure.agents_par_imprimante, 1), head="Agents par imprimante :"),
        ],
    )


def _categories(deck: Deck, result: restitute.Result, names: dict[str, str]) -> None:
    rows = [
        (names.get(item.categorie, item.categorie), measure.nom, number(item.unites), number(item.hors_service))
        for measure in (result.inventaire.maitrisable, result.inventaire.influence)
        for item in measure.categories
    ]
    deck.table(
        f"{counted(len({row[0] for row in rows}), 'catégorie')} d’équipements dans l’inventaire",
        table(
            ("Catégorie", "Périmètre", "Unités", "dont hors service"),
            rows,
            (12, 8, 4, 5),
            "Unités par catégorie",
            "ggdd",
        ),
        "Le périmètre d’influence réunit ce que l’on utilise sans en décider.",
    )


def _places(deck: Deck, result: restitute.Result) -> None:
    found = result.inventaire
    rows = [
        (
            item.nom,
            number(item.unites),
            "non connu" if item.age_moyen is None else f"{number(item.age_moyen, 1)} ans",
            share(item.part_depassee),
            number(item.hors_service),
        )
        for item in (found.maitrisable, *found.sites, found.influence)
        if item.unites
    ]
    header = ("Périmètre ou site", "Unités", "Âge moyen", "Au-delà de la durée de vie", "Hors service")
    deck.table(
        f"{counted(len(found.sites), 'site')} dans le périmètre maîtrisable",
        table(header, rows, (10, 4, 5, 6, 4), "Indicateurs par périmètre et par site", "gdddd"),
        "Une part se calcule sur les seules unités dont la date d’achat et la durée de vie sont connues.",
    )


def _footprint(deck: Deck, measure: Mesure, names: dict[str, str], referentiel: Referentiel) -> None:
    widest = max(measure.empreintes, key=lambda item: item.unites, default=None)
    second_hand = counted(
        measure.reconditionne_au_facteur_neuf, "équipement reconditionné", "équipements reconditionnés"
    )
    header = ("Source", "Fabrication", "Usage", "Total", "kWh par an", "Non calculé")
    rows = [_source(item, names, referentiel) for item in measure.empreintes]
    deck.table(
        _footprint_title(widest, measure.unites),
        table(header, rows, (9, 4, 3.5, 3.5, 4, 9), "Empreinte annuelle du parc par source", "gddddg"),
        "Chaque source ne calcule que les équipements qu’elle connaît : deux totaux ne s’additionnent pas et ne se "
        "comparent qu’à équipements égaux.",
        lead="En kgCO₂e par an : fabrication rapportée à la durée de vie, plus électricité. Une source par ligne, en "
        f"ordre de grandeur ; {second_hand} au facteur du neuf.",
    )


def _beside(deck: Deck, found: Indicateurs, names: dict[str, str]) -> None:
    """What is never added to the figures before: equipment managed elsewhere, figures of another tool."""
    elsewhere = sum(item.unites for item in found.ailleurs)
    said = [
        *([counted(elsewhere, "équipement géré ailleurs", "équipements gérés ailleurs")] if elsewhere else ()),
        *([f"{counted(len(found.externes), 'résultat')} d’un autre outil"] if found.externes else ()),
    ]
    units = [
        (names.get(item.categorie, item.categorie), number(item.unites), "unités", _ELSEWHERE)
        for item in found.ailleurs
    ]
    figures = [(_indicator(item), _figure(item.valeur), item.unite, _tool(item)) for item in found.externes]
    deck.table(
        f"Compté à part : {listing(said)}",
        table(("Quoi", "Valeur", "Unité", "D’où"), [*units, *figures], (11, 4, 6, 10), "Compté à part du parc", "gdgg"),
        "Rien de cette page ne s’additionne aux précédentes : ce que gère une autre collectivité est compté chez elle, "
        "et deux outils ne comptent pas pareil.",
    )


def _indicator(item: EmpreinteExterne) -> str:
    return f"{item.indicateur}, {item.perimetre}" if item.perimetre else item.indicateur


def _figure(value: Decimal) -> str:
    return number(value, 0 if value == value.to_integral_value() else 1)


def _tool(item: EmpreinteExterne) -> str:
    day = french_date(date.fromisoformat(item.date)) if item.date else ""
    return ", ".join(filter(None, (f"{item.outil} {item.version}".strip(), day)))


def _footprint_title(widest: Empreinte | None, units: int) -> str:
    if widest is None or not widest.unites:
        return "L’empreinte du parc reste à calculer"
    total = number(widest.total_kg_an)
    if widest.unites == units:
        return f"Le parc émet {total} kgCO₂e par an"
    return f"Au moins {total} kgCO₂e par an, calculés sur {number(widest.unites)} équipements sur {number(units)}"


def _source(item: Empreinte, names: dict[str, str], referentiel: Referentiel) -> tuple[str, ...]:
    source = next(line for line in referentiel.facteurs.electricite if line.slug == item.source)
    figures = (item.fabrication_kg_an, item.usage_kg_an, item.total_kg_an, item.kwh_an)
    shown = [number(value) if item.unites else "–" for value in figures]
    return f"{source.source} ({source.annee})", *shown, _uncomputed(item, names)


def _uncomputed(item: Empreinte, names: dict[str, str]) -> str:
    if not item.unites_non_calculees:
        return "Tout est calculé"
    missing = listing(names.get(slug, slug) for slug in item.categories_non_calculees)
    return f"{counted(item.unites_non_calculees, 'unité')} : {missing}"
