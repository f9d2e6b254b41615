"""The sheets « Inventaire » and « Empreinte » of the score workbook: indicators by perimeter and site."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction

from nr_models.dossier.case import Case
from nr_models.inventaire.indicateurs import Compte, Indicateurs, Mesure
from nr_models.values.frozen import round_half_up
from tasks.office.columns import Column
from tasks.office.workbook.book import Book
from tasks.office.workbook.cells import Formula, Row, Value
from tasks.stages.score.footprint import Lines, list_lines, write_footprint

_INVENTAIRE = (
    Column("perimetre", "Périmètre ou site", 34),
    Column("indicateur", "Indicateur", 76),
    Column("valeur", "Valeur", 14),
    Column("unite", "Unité", 20),
)
_ELSEWHERE = "Géré par une autre collectivité (non compté)"
_EXTERNAL = "Calculé par un autre outil (non mêlé)"
_DECLARED = "Déclaré par la collectivité"

Figure = tuple[str, Value, str]
"""A label, its value and its unit."""


def write_park(book: Book, case: Case, found: Indicateurs, *, received: bool) -> None:
    """Write the sheets; without an inventory, a sentence says so."""
    lines = list_lines(case, found)
    rows: list[Row] = []
    if not received:
        rows.append({"perimetre": "Tous", "indicateur": "Aucun inventaire reçu : aucun indicateur n’est calculé."})
    else:
        for mesure in (found.maitrisable, found.influence, *found.sites):
            _add_measure(rows, case, mesure, lines)
    rows += [_row("À confirmer par le référent", figure) for figure in _to_settle(found)]
    rows += [_row(name, figure) for name, figure in _apart(case, found)]
    book.table("Inventaire", _INVENTAIRE, rows, formats={"valeur": "#,##0.##"})
    write_footprint(book, lines)


def _to_settle(found: Indicateurs) -> Iterator[Figure]:
    """What the park still waits for: said beside its figures, which leave it out."""
    if found.unites_a_preciser:
        yield "Unités dont on ne sait pas encore ce que c’est (non comptées)", found.unites_a_preciser, "unités"
    if found.libelles_a_confirmer:
        yield "Libellés de l’inventaire que personne n’a confirmés", found.libelles_a_confirmer, "libellés"


def _add_measure(rows: list[Row], case: Case, mesure: Mesure, lines: Lines) -> None:
    if not mesure.unites:
        rows.append({"perimetre": mesure.nom, "indicateur": "Aucun équipement"})
        return
    first = len(rows) + 3  # the header, the total, then the categories that make it
    total = Formula(f"=SUM(C{first}:C{first + len(mesure.categories) - 1})", mesure.unites)
    for figure in (
        ("Équipements", total, "unités"),
        *_categories(case, mesure.categories),
        *_figures(case, mesure),
        *_footprints(case, mesure, lines),
    ):
        if figure[1] is not None:
            rows.append(_row(mesure.nom, figure))


def _row(name: str, figure: Figure) -> Row:
    label, value, unit = figure
    return {"perimetre": name, "indicateur": label, "valeur": value, "unite": unit}


def _categories(case: Case, counts: Iterable[Compte]) -> Iterator[Figure]:
    names = {item.slug: item.nom for item in case.referentiel.facteurs.categories}
    for count in counts:
        broken = f" (dont hors service : {count.hors_service})" if count.hors_service else ""
        yield f"Catégorie : {names.get(count.categorie, count.categorie)}{broken}", count.unites, "unités"


def _figures(case: Case, mesure: Mesure) -> Iterator[Figure]:
    yield "Hors service", mesure.hors_service, "unités"
    yield "Équipements en service par agent", _rounded(mesure.unites_par_agent), "par agent"
    yield "Écrans par agent", _rounded(mesure.ecrans_par_agent), "par agent"
    yield "Agents par imprimante", _rounded(mesure.agents_par_imprimante), "agents"
    yield "Âge moyen", _rounded(mesure.age_moyen), "ans"
    yield "Équipements dont l’année d’achat est connue", mesure.unites_datees, "unités"
    lifetimes = _sources(case, mesure.sources_durees_vie)
    past = f"Part au-delà de la durée de vie de référence ({lifetimes})"
    yield past, _rounded(mesure.part_depassee, 100), "%"
    yield "Part de reconditionné, où l’état d’achat est connu", _rounded(mesure.part_reconditionnee, 100), "%"
    yield "Reconditionnés calculés au facteur du neuf", mesure.reconditionne_au_facteur_neuf, "unités"


def _footprints(case: Case, mesure: Mesure, lines: Lines) -> Iterator[Figure]:
    """Each source apart; where it knows none of the equipment, only that is said, never a zero."""
    for item in mesure.empreintes:
        source = _sources(case, (item.source,))
        if item.unites:
            for label, column, value, unit in (
                ("Électricité", "M", item.kwh_an, "kWh par an"),
                ("Empreinte, fabrication", "L", item.fabrication_kg_an, "kgCO2e par an"),
                ("Empreinte, usage", "N", item.usage_kg_an, "kgCO2e par an"),
                ("Empreinte, total", "O", item.total_kg_an, "kgCO2e par an"),
            ):
                yield f"{label} – {source}", lines.add_up(mesure, item.source, column, float(value)), unit
        yield f"Non calculés, faute de facteur – {source}", item.unites_non_calculees, "unités"
        yield f"Part non calculée – {source}", _rounded(item.part_non_calculee, 100), "%"


def _apart(case: Case, found: Indicateurs) -> Iterator[tuple[str, Figure]]:
    """What is shown beside what is counted."""
    for figure in _categories(case, found.ailleurs):
        yield _ELSEWHERE, figure
    for item in found.externes:
        said = " ".join(part for part in (item.outil, item.version, item.date) if part)
        place = f", {item.perimetre}" if item.perimetre else ""
        yield _EXTERNAL, (f"{item.indicateur}{place} – {said}", float(item.valeur), item.unite)
    if found.deee_kg_par_agent is not None:
        yield _DECLARED, ("Équipements évacués (DEEE)", _rounded(found.deee_kg_par_agent), "kg par agent et par an")
    if found.pue is not None:
        yield _DECLARED, ("PUE de la salle serveurs", float(found.pue), "rapport")


def _sources(case: Case, slugs: Sequence[str]) -> str:
    names = {item.slug: item.source for item in case.referentiel.facteurs.electricite}
    return " ; ".join(names.get(slug, slug) for slug in slugs)


def _rounded(value: Fraction | None, scale: int = 1) -> float | None:
    return None if value is None else float(round_half_up(value * scale, 2))
