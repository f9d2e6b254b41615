"""The slides of the means: money by year, dimension, nature and funder; person-days by quarter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import roadmap
from nr_models.rules.roadmap import Total
from nr_models.values.french import TO_DEFINE, counted, euros, number, trimmed
from tasks.office.deck import master
from tasks.office.deck.charts import bars
from tasks.office.deck.deck import Deck, numbered
from tasks.office.deck.page import dimension_colour
from tasks.office.deck.tables import SlideCell, SlideTable, cleaned, draw, paginate, table
from tasks.office.deck.text import Para

_MOST = 24
"""Quarters a chart can show; a longer period is drawn in years."""


def undefined(total: Total) -> str:
    """« 3 montants sur 12 à définir », or « tous les montants sont définis »."""
    if not total.a_definir:
        return "tous les montants sont définis"
    if total.a_definir == total.sur:
        return "tous les montants sont à définir"
    return f"{counted(total.a_definir, 'montant')} sur {total.sur} à définir"


def known(total: Total) -> str:
    """« 45 600 € connus, 2 montants sur 12 à définir »; never a « 0 € » where nothing is known."""
    if not total.a_definir:
        return euros(total.euros)
    if total.a_definir == total.sur:
        return "tous les montants restent à définir"
    return f"{euros(total.euros, whole=True)} connus, {undefined(total)}"


def amount(total: Total) -> str:
    """« 45 600 € », whole euros beside unknowns; « à définir » where every amount is."""
    if total.sur and total.a_definir == total.sur:
        return TO_DEFINE
    return euros(total.euros, whole=bool(total.a_definir))


def add_budget(deck: Deck, result: roadmap.Result, referentiel: Referentiel) -> None:
    """Add the budget, each total with what is still « à définir »."""
    names = {item.slug: f"{item.numero}. {item.nom}" for item in referentiel.dimensions}
    order = {item.slug: item.numero for item in referentiel.dimensions}
    by_dimension = sorted(result.budget_par_dimension, key=lambda item: order.get(item.cle, 0))
    total = result.budget_total
    _money(deck, f"Budget par année : {known(total)}", "Année", result.budget_par_annee, {}, total)
    _money(
        deck,
        _heaviest(by_dimension, names),
        "Dimension",
        by_dimension,
        names,
        total,
        [dimension_colour(order.get(item.cle, 1)) for item in by_dimension],
    )
    _money(deck, "Le budget par nature de dépense", "Nature", result.budget_par_nature, {}, total)
    _money(deck, "Le budget par financeur", "Financeur", result.budget_par_financeur, {}, total)


def _heaviest(totals: Sequence[Total], names: Mapping[str, str]) -> str:
    funded = [item for item in totals if item.euros]
    if not funded:
        return "Le budget par dimension reste à définir"
    first = max(funded, key=lambda item: item.euros)
    name = names.get(first.cle, first.cle).split(". ", 1)[-1]
    return f"« {name} » est la dimension la plus dotée : {amount(first)}"


def _money(
    deck: Deck,
    title: str,
    what: str,
    totals: Sequence[Total],
    names: Mapping[str, str],
    total: Total,
    colours: Sequence[str] = (),
) -> None:
    """A bar chart and its table, side by side; the table goes on alone where it is long."""
    notes = f"Total : {amount(total)} ; {undefined(total)}."
    rows: list[tuple[SlideCell | str, ...]] = [
        (names.get(item.cle, item.cle), _shown(item), f"{item.a_definir} sur {item.sur}") for item in totals
    ]
    rows.append(
        (
            SlideCell("Total", bold=True),
            SlideCell(amount(total), bold=True),
            SlideCell(f"{total.a_definir} sur {total.sur}", bold=True),
        )
    )
    content = table((what, "Montant", "À définir"), rows, (6, 4, 3.4), f"{title}, détail", "gdd")
    box = master.columns(7, 6)
    first, *others = paginate(cleaned(content, deck.clean), box)
    page = deck.page(numbered(title, 1, len(others) + 1), notes)
    points = [(names.get(item.cle, item.cle), _bar(item)) for item in totals]
    said = " ; ".join(f"{names.get(item.cle, item.cle)} : {amount(item)}" for item in totals)
    if any(item.euros for item in totals):
        bars(page, master.columns(1, 6), points, f"{title}. {said}.", unit="€", colours=colours, lying=True)
    else:
        said = f"{known(total)[:1].upper()}{known(total)[1:]}."
        page.text(master.columns(1, 5), [Para(said, colour="attention" if total.a_definir else "encre")])
    draw(page, box, first[1], first[0])
    for place, (size, part) in enumerate(others, start=2):
        draw(deck.page(numbered(title, place, len(others) + 1), notes), box, part, size)


def _bar(total: Total) -> float | None:
    """The length of a bar; none where every amount is « à définir », never a zero."""
    return None if amount(total) == TO_DEFINE else float(total.euros)


def _shown(total: Total) -> SlideCell:
    return SlideCell(amount(total), ink="attention" if amount(total) == TO_DEFINE else "encre")


def add_load(deck: Deck, result: roadmap.Result, referentiel: Referentiel) -> None:
    """Add the person-days by quarter, then by responsable."""
    missing = counted(result.charge_a_definir, "fiche")
    title = f"{trimmed(result.charge_totale)} jours-homme à trouver, {missing} sans charge connue"
    rate = euros(referentiel.parametres.feuille_de_route.cout_jour_homme)
    notes = f"La charge d’une fiche est répartie également sur ses trimestres ; {rate} par jour-homme."
    if not result.charge:
        deck.message("La charge reste à définir", [Para("Aucune fiche ne dit encore ses moyens humains.")], notes)
        return
    totals = _by_quarter(result)
    page = deck.page(title, notes)
    said = " ; ".join(f"{quarter} : {number(days, 1)} jours" for quarter, days in totals)
    shown = totals if len(totals) <= _MOST else _by_year(totals)
    bars(
        page,
        master.BODY,
        [(name, float(days)) for name, days in shown],
        f"Charge par trimestre. {said}.",
        unit="j",
        whole=False,
    )
    deck.table("Qui porte la charge, et quand", _who(result), notes)


def _by_quarter(result: roadmap.Result) -> list[tuple[str, Decimal]]:
    """Person-days of every quarter of the period, the empty ones included, then those without date."""
    days: dict[str, Decimal] = {}
    for item in result.charge:
        days[item.trimestre] = days.get(item.trimestre, Decimal(0)) + item.jours
    dated = sorted(int(name[:-3]) * 4 + int(name[-1]) - 1 for name in days if name != TO_DEFINE)
    span = range(dated[0], dated[-1] + 1) if dated and dated[-1] - dated[0] < _MOST else dated
    names = [f"{quarter // 4} T{quarter % 4 + 1}" for quarter in span]
    return [(name, days.get(name, Decimal(0))) for name in (*names, *([TO_DEFINE] if TO_DEFINE in days else []))]


def _by_year(totals: Iterable[tuple[str, Decimal]]) -> list[tuple[str, Decimal]]:
    years: dict[str, Decimal] = {}
    for quarter, days in totals:
        name = quarter.split(" T")[0]
        years[name] = years.get(name, Decimal(0)) + days
    return list(years.items())


def _who(result: roadmap.Result) -> SlideTable:
    """Person-days by responsable and year; a quarter is read on the chart and in the workbook."""
    years = sorted({item.trimestre.split(" T")[0] for item in result.charge})[:8]
    people = sorted({item.responsable for item in result.charge})
    cells = {
        who: dict(_by_year((item.trimestre, item.jours) for item in result.charge if item.responsable == who))
        for who in people
    }
    rows: list[tuple[SlideCell | str, ...]] = [
        (
            who,
            *(number(cells[who].get(year, Decimal(0)), 1) for year in years),
            SlideCell(number(sum(cells[who].values(), Decimal(0)), 1), bold=True),
        )
        for who in people
    ]
    header = ("Responsable", *years, "Total")
    return table(
        header, rows, (8, *(3 for _ in years), 3), "Jours-homme par responsable et par an", f"g{'d' * (len(years) + 1)}"
    )
