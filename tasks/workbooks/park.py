"""The sheet « Inventaire » of the score workbook: indicators by perimeter and site, each in its unit."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from nr_models.case import Case
from nr_models.inventaire import Indicateurs, Mesure
from nr_models.values import round_half_up
from tasks.columns import Column
from tasks.workbooks.book import Book
from tasks.workbooks.cells import Row, Value

_INVENTAIRE = (
    Column("perimetre", "Périmètre ou site", 30),
    Column("indicateur", "Indicateur", 76),
    Column("valeur", "Valeur", 14),
    Column("unite", "Unité", 20),
)


def write_park(book: Book, case: Case, found: Indicateurs, *, received: bool) -> None:
    """Write the sheet; without an inventory, a sentence says so."""
    rows: list[Row] = [
        row for mesure in (found.maitrisable, found.influence, *found.sites) for row in _rows(case, mesure)
    ]
    if not received:
        rows = [{"perimetre": "Tous", "indicateur": "Aucun inventaire reçu : aucun indicateur n’est calculé."}]
    book.table("Inventaire", _INVENTAIRE, rows, formats={"valeur": "#,##0.##"})


def _rows(case: Case, mesure: Mesure) -> Iterable[Row]:
    if not mesure.unites:
        yield {"perimetre": mesure.nom, "indicateur": "Aucun équipement"}
        return
    for label, value, unit in (*_figures(mesure), *_categories(case, mesure), *_footprints(case, mesure)):
        if value is not None:
            yield {"perimetre": mesure.nom, "indicateur": label, "valeur": value, "unite": unit}


def _figures(mesure: Mesure) -> Iterable[tuple[str, Value, str]]:
    yield "Équipements", mesure.unites, "unités"
    yield "Hors service", mesure.hors_service, "unités"
    yield "Équipements par agent", _rounded(mesure.unites_par_agent), "par agent"
    yield "Écrans par agent", _rounded(mesure.ecrans_par_agent), "par agent"
    yield "Agents par imprimante", _rounded(mesure.agents_par_imprimante), "agents"
    yield "Âge moyen", _rounded(mesure.age_moyen), "ans"
    yield "Équipements dont l’année d’achat est connue", mesure.unites_datees, "unités"
    yield "Part au-delà de la durée de vie de référence", _rounded(mesure.part_depassee, 100), "%"
    yield "Part de reconditionné, où l’état d’achat est connu", _rounded(mesure.part_reconditionnee, 100), "%"
    yield "Reconditionnés calculés au facteur du neuf", mesure.reconditionne_au_facteur_neuf, "unités"


def _categories(case: Case, mesure: Mesure) -> Iterable[tuple[str, Value, str]]:
    names = {item.slug: item.nom for item in case.referentiel.facteurs.categories}
    for count in mesure.categories:
        yield f"Catégorie : {names.get(count.categorie, count.categorie)}", count.unites, "unités"


def _footprints(case: Case, mesure: Mesure) -> Iterable[tuple[str, Value, str]]:
    """Each source apart; where it knows none of the equipment, only that is said, never a zero."""
    names = {item.slug: item.source for item in case.referentiel.facteurs.electricite}
    for item in mesure.empreintes:
        source = names[item.source]
        if item.unites:
            yield f"Électricité – {source}", _rounded(item.kwh_an), "kWh par an"
            yield f"Empreinte, fabrication – {source}", _rounded(item.fabrication_kg_an), "kgCO2e par an"
            yield f"Empreinte, usage – {source}", _rounded(item.usage_kg_an), "kgCO2e par an"
            yield f"Empreinte, total – {source}", _rounded(item.total_kg_an), "kgCO2e par an"
        yield f"Non calculés, faute de facteur – {source}", item.unites_non_calculees, "unités"


def _rounded(value: Fraction | None, scale: int = 1) -> float | None:
    return None if value is None else float(round_half_up(value * scale, 2))
