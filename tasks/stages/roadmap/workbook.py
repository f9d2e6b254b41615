"""The workbook of the roadmap: planning, fiches, budget, load, hard points, REEN themes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from nr_models.dossier.case import Case
from nr_models.referentiel.parametres import Priorite
from nr_models.referentiel.referentiel import Difficulte
from nr_models.rules import fiche, roadmap
from nr_models.values.dates import Echeance, Montant
from nr_models.values.french import exact
from nr_models.values.frozen import percent
from tasks.office.columns import Column
from tasks.office.workbook.book import Book
from tasks.office.workbook.cells import Row, Value, numbered, total
from tasks.office.workbook.guide import guide_of
from tasks.office.workbook.leviers import titled
from tasks.stages.fiche.columns import FICHES
from tasks.stages.roadmap.budget import write_budget
from tasks.stages.roadmap.planning import write_planning

_TO_DEFINE = "à définir"
_FICHES = (
    *(column._replace(typed=False, choices=()) for column in FICHES[1:]),
    Column("indicateurs", "Indicateurs", 50),
    Column("actions", "Actions", 60),
    Column("completude", "Complétude (%)", 12),
    Column("manque", "À définir ou vide", 34),
)
_POINTS_DURS = (
    Column("numero", "N°", 6),
    Column("titre", "Levier", 50),
    Column("motif", "Sujet", 16),
    Column("explication", "Ce qui reste à régler", 70),
)
_MOTIFS = {
    "reserve": "réserve",
    "budget": "budget",
    "responsable": "responsable",
    "prerequis": "prérequis",
    "calendrier": "calendrier",
}
_THEMES = (
    Column("theme", "Thème de la stratégie (loi REEN)", 44),
    Column("couvert", "Couvert", 10),
    Column("leviers", "Par quelles fiches", 80),
)


def render_feuille_de_route(case: Case, result: roadmap.Result) -> bytes:
    """The whole roadmap in one workbook, « à définir » counted at every total."""
    book = Book(
        guide_of(
            case,
            "Feuille de route",
            (
                "Feuille « Planning » : une ligne par fiche, un trimestre par colonne, à la couleur de la dimension.",
                "Feuille « Fiches » : le contenu de chaque fiche action ; « Points durs » : ce qui reste à régler.",
                "Feuille « Budget » : par dimension, nature et financeur, une colonne par année ; « À définir » dit "
                "combien de lignes n’ont pas encore de montant.",
                "Feuille « Charge » : les jours-homme par responsable et par trimestre.",
                "Feuille « Thèmes REEN » : les six thèmes de la loi, et les fiches qui les portent.",
            ),
            _totals(result),
        )
    )
    write_planning(book, case, result)
    book.table(
        "Fiches", _FICHES, (_fiche_row(case, item) for item in result.fiches), formats={"completude": "0"}, frozen=3
    )
    write_budget(book, case, result)
    _write_load(book, result)
    book.table("Points durs", _POINTS_DURS, _hard_rows(case, result), empty="Aucun point dur.")
    book.table("Thèmes REEN", _THEMES, _theme_rows(case, result))
    return book.close()


def _totals(result: roadmap.Result) -> tuple[str, ...]:
    budget, count = result.budget_total, len(result.fiches)
    return (
        f"Budget : {_spaced(budget.euros)} €, {budget.a_definir} montant(s) à définir sur {budget.sur}.",
        f"Charge interne : {_spaced(result.charge_totale)} jours-homme, soit {_spaced(result.charge_valorisee)} € ; "
        f"à définir pour {result.charge_a_definir} fiche(s) sur {count}.",
    )


def _spaced(value: Decimal) -> str:
    """« 1 234,5 »."""
    return exact(value.normalize())


def _fiche_row(case: Case, item: fiche.Fiche) -> Row:
    saisie = item.saisie
    priority, difficulty = Priorite(item.priorite), Difficulte(item.difficulte)
    texts: dict[str, Value] = {
        name: "\n".join(getattr(saisie, name))
        for name in ("dispositifs", "resultats", "contributeurs", "perimetre", "prerequis")
    }
    amounts = {name: _typed(getattr(saisie, name)) for name in ("debut", "fin", "moyens_humains", "moyens_euros")}
    return {
        **texts,
        **amounts,
        "numero": item.numero,
        "dimension": numbered(case.referentiel.dimension_of[item.levier]),
        "titre": titled(case, item.levier),
        "priorite": f"{priority.points} {priority.nom}",
        "difficulte": f"{difficulty.points} {difficulty.nom}",
        "responsable": saisie.responsable or _TO_DEFINE,
        "porteur": saisie.porteur,
        "indicateurs": "\n".join(_pair(line.indicateur, line.valeur) for line in saisie.indicateurs),
        "actions": "\n".join(_action(line) for line in saisie.actions),
        "completude": percent(item.completude),
        "manque": ", ".join((*item.a_definir, *item.vides)),
    }


def _typed(value: Echeance | Montant | None) -> str:
    return value.saisie if value else _TO_DEFINE


def _pair(label: str, value: str) -> str:
    return f"{label} : {value}" if value else label


def _action(line: fiche.Action) -> str:
    return " – ".join(part for part in (line.action, line.qui, line.echeance.saisie if line.echeance else "") if part)


def _write_load(book: Book, result: roadmap.Result) -> None:
    """Days by responsable, a column a quarter, the quarters « à définir » last."""
    quarters = sorted({item.trimestre for item in result.charge})
    days: dict[str, dict[str, Value]] = defaultdict(dict)
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for item in result.charge:
        days[item.responsable][item.trimestre] = item.jours
        sums[item.responsable] += item.jours
    columns = (
        Column("responsable", "Responsable", 36),
        *(Column(quarter, quarter, 10) for quarter in quarters),
        Column("total", "Total (JH)", 12),
        Column("reste", "À définir", 14),
    )
    rows: list[Row] = [{"responsable": who, **cells, "total": sums[who]} for who, cells in days.items()]
    share = f"{result.charge_a_definir} sur {len(result.fiches)}"
    rows.append(total({"responsable": "Ensemble", "total": result.charge_totale, "reste": share}))
    book.table("Charge", columns, rows, formats=dict.fromkeys((*quarters, "total"), "0.0"), frozen=1)


def _hard_rows(case: Case, result: roadmap.Result) -> Iterable[Row]:
    numbers = {item.levier: item.numero for item in result.fiches}
    for point in result.points_durs:
        yield {
            "numero": numbers.get(point.levier),
            "titre": case.referentiel.leviers[point.levier].titre if point.levier else roadmap.WHOLE,
            "motif": _MOTIFS[point.motif],
            "explication": point.explication,
        }


def _theme_rows(case: Case, result: roadmap.Result) -> Iterable[Row]:
    names = {item.slug: item.nom for item in case.referentiel.themes_reen}
    fiches = {item.levier: f"{item.numero} {item.titre}" for item in result.fiches}
    for item in result.themes_reen:
        shown = "\n".join(fiches[levier] for levier in item.leviers)
        yield {"theme": names[item.theme], "couvert": "oui" if item.leviers else "non", "leviers": shown}
