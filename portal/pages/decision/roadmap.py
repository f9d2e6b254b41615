"""The essentials of the feuille de route: when, for how much, whose time; réserves, hard points, REEN."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from nr_models.rules import fiche, roadmap
from nr_models.values.dates import french_date, to_define
from nr_models.values.french import counted, euros, number, trimmed
from portal.pages.decision.forme import (
    NON_CALCULE,
    Chiffre,
    Detail,
    Essentiel,
    Figure,
    LigneDeListe,
    Liste,
    Pli,
    Point,
    Table,
)
from portal.pages.decision.matiere import Matiere
from portal.pages.decision.phrases import letters, numbers_of, quoted, some
from portal.pages.graphiques.colonnes import Colonne, Seuil, draw_colonnes
from portal.pages.graphiques.planning import Tache, draw_planning

_LACKS = {
    "responsable": "Sans responsable",
    "budget": "Sans moyens en euros",
    "calendrier": "Sans dates, ou dans le désordre",
    "prerequis": "Avant la fin d’un prérequis",
}
"""The hard points, by reason, in the order they are said; réserves are said before them."""

_TO_DEFINE = "à définir"


def build(result: roadmap.Result, matiere: Matiere) -> Essentiel:
    """What to read before adopting the roadmap."""
    return Essentiel(
        question="Adopter cette feuille de route ?",
        chapeau=_lead(result),
        bouton="Approuver la feuille de route",
        ensuite="la feuille de route est arrêtée ; le référent peut la diffuser et la suivre.",
        chiffres=tuple(_figures(result)),
        points=tuple(_points(result, matiere)),
        liste=_list(result, matiere),
        figures=tuple(_charts(result, matiere)),
        plis=tuple(_folds(result, matiere)),
    )


def _list(result: roadmap.Result, matiere: Matiere) -> Liste | None:
    """Each action: who leads it, from when to when, for how much; what is not said is said to be so."""
    if not result.barres:
        return None
    spent = {item.levier: item for item in result.fiches}
    lines = []
    for bar in sorted(result.barres, key=lambda item: item.numero):
        dimension = matiere.dimension(bar.dimension)
        leader = bar.responsable if bar.responsable and not to_define(bar.responsable) else ""
        when = f"{_month(bar.debut)} à {_month(bar.fin)}" if bar.debut and bar.fin else "dates à définir"
        notes = " · ".join(item for item in (leader, when, _cost(spent[bar.levier])) if item)
        mark = "" if leader else "Responsable à définir"
        lines.append(LigneDeListe(bar.numero, dimension.numero, dimension.nom, bar.titre, notes, mark))
    return Liste("Les actions", "Après la dimension : le responsable, les dates, le coût.", tuple(lines))


def _cost(item: fiche.Fiche) -> str:
    """« 4 500 € », with what is still to define; « coût à définir » where nothing is known."""
    amounts = [line.montant.valeur for _, line in roadmap.money_lines(item)]
    known = [value for value in amounts if value is not None]
    if not known:
        return "coût à définir"
    total = euros(sum(known, Decimal()), whole=True)
    return total if len(known) == len(amounts) else f"{total}, une part à définir"


def _lead(result: roadmap.Result) -> str:
    count = len(result.barres)
    if not count:
        return "Aucune fiche n’y figure : la feuille de route est vide."
    days = [day for item in result.barres for day in (item.debut, item.fin) if day]
    span = f", de {_month(min(days))} à {_month(max(days))}" if days else ", sans aucune date encore"
    actions = f"{letters(count, 'une').capitalize()} action{'s' if count > 1 else ''}"
    return f"{actions}{span}. {_budget_finding(result.budget_total)}."


def _month(day: date) -> str:
    """« mars 2027 »."""
    return french_date(day).partition(" ")[2]


def _budget_finding(total: roadmap.Total) -> str:
    """The whole of what is known, with what is not: never a zero for what nobody said."""
    if not total.sur:
        return "Aucun budget n’est écrit"
    if total.a_definir == total.sur:
        return "Le budget reste à définir"
    if not total.euros and not total.a_definir:
        return "Aucune dépense n’est prévue : tous les montants sont à 0 €"
    said = f"Le budget chiffré est de {euros(total.euros, whole=True)}"
    return f"{said} ; {_amounts(total)}" if total.a_definir else said


def _amounts(total: roadmap.Total) -> str:
    verb = "reste" if total.a_definir == 1 else "restent"
    return f"{counted(total.a_definir, 'montant')} sur {total.sur} {verb} à définir"


def _figures(result: roadmap.Result) -> Iterator[Chiffre]:
    count = len(result.barres)
    yield Chiffre(str(count), "actions" if count > 1 else "action")
    total = result.budget_total
    tail = f" ; {total.a_definir} sur {total.sur} à définir" if total.a_definir else ""
    yield (
        Chiffre(euros(total.euros, whole=True), f"de budget chiffré{tail}")
        if total.sur > total.a_definir
        else Chiffre(NON_CALCULE, f"de budget{tail}")
    )
    missing = result.charge_a_definir
    rest = f" ; {counted(missing, 'action')} sans charge dite" if missing else ""
    loaded = missing < count
    yield Chiffre(f"{trimmed(result.charge_totale)} jours" if loaded else NON_CALCULE, f"de travail{rest}")
    dated = sum(item.debut is not None and item.fin is not None for item in result.barres)
    yield Chiffre(f"{dated} sur {count}", "actions ont leurs deux dates")


def _points(result: roadmap.Result, matiere: Matiere) -> Iterator[Point]:
    for item in result.points_durs:
        if item.motif == "reserve":
            opening, _, said = item.explication.partition(")\u00a0: ")
            yield Point(f"{opening}) :" if said else "Réserve :", citation=said or item.explication)
    numbers = {item.levier: item.numero for item in result.barres}
    hard: dict[str, list[int]] = defaultdict(list)
    for item in result.points_durs:
        if item.levier:
            hard[item.motif].append(numbers[item.levier])
    for motif, title in _LACKS.items():
        if hard[motif]:
            yield Point(f"{title} :", f"{numbers_of(sorted(set(hard[motif])))}.")
    capacity = _capacity(matiere)
    for year, days in _over(result, capacity):
        yield Point(
            f"La charge de {year} dépasse la capacité indicative :",
            f"{trimmed(days)} jours, pour {number(capacity)} par an dans une collectivité de cette taille.",
        )
    bare = [item.theme for item in result.themes_reen if not item.leviers]
    if bare:
        names = {item.slug: item.nom for item in matiere.referentiel.themes_reen}
        verb = "n’est couvert" if len(bare) == 1 else "ne sont couverts"
        yield Point(
            f"{counted(len(bare), 'thème')} de la loi REEN {verb} par aucune action :",
            f"{some([quoted(names.get(item, item)) for item in bare])}.",
        )


def _charts(result: roadmap.Result, matiere: Matiere) -> Iterator[Figure]:
    if any(item.debut or item.fin for item in result.barres):
        yield _planning(result, matiere)
    if result.budget_total.euros or result.budget_total.a_definir:
        yield _budget(result, matiere)
    if result.charge:
        yield _load(result, matiere)


def _planning(result: roadmap.Result, matiere: Matiere) -> Figure:
    numbers = {item.levier: item.numero for item in result.barres}
    tasks = [
        Tache(
            item.numero,
            item.titre,
            matiere.dimension(item.dimension).numero,
            item.debut,
            item.fin,
            tuple(numbers[above] for above in matiere.referentiel.leviers[item.levier].requiert if above in numbers),
        )
        for item in sorted(result.barres, key=lambda one: (one.debut or one.fin or date.max, one.numero))
    ]
    rest = [item.numero for item in tasks if not item.dated]
    title = _planning_finding(len(tasks) - len(rest), len(tasks))
    tail = f" Dates à définir ou à revoir : {numbers_of(sorted(rest))}." if rest else ""
    told = " ; ".join(f"{item.numero}, de {_day(item.debut)} à {_day(item.fin)}" for item in tasks)
    drawn = draw_planning("planning", tasks, title, f"{title}. {told}.", matiere.jour)
    legend = "Une barre par action, dans la couleur de sa dimension ; un cadre en tirets où une date manque."
    rows = tuple(
        (f"{item.numero}. {item.titre}", item.responsable or _TO_DEFINE, _day(item.debut), _day(item.fin))
        for item in result.barres
    )
    return Figure(title, drawn, f"{legend}{tail}", Table(("Action", "Responsable", "Début", "Fin"), rows))


def _planning_finding(dated: int, whole: int) -> str:
    if dated == whole:
        return "Toutes les actions ont leur place au calendrier"
    said = "action sur {} a sa place" if dated == 1 else "actions sur {} ont leur place"
    opening = letters(dated, "une").capitalize() if dated else "Zéro"
    return f"{opening} {said.format(letters(whole, 'une'))} au calendrier"


def _day(day: date | None) -> str:
    return french_date(day) if day else _TO_DEFINE


def _budget(result: roadmap.Result, matiere: Matiere) -> Figure:
    parts: dict[str, dict[int, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for item in result.fiches:
        for _, line in roadmap.money_lines(item):
            if line.montant.valeur is not None:
                year = str(line.annee or "année à définir")
                parts[year][matiere.dimension(item.dimension).numero] += line.montant.valeur
    columns = [
        Colonne(
            item.cle,
            tuple((numero, float(value)) for numero, value in sorted(parts[item.cle].items()) if value > 0),
            euros(item.euros, whole=True) if item.sur > item.a_definir else "",
            f"+ {item.a_definir} à définir" if item.a_definir else "",
        )
        for item in result.budget_par_annee
        if item.euros or item.a_definir  # what costs nothing has no column; the table says it
    ]
    title = _budget_finding(result.budget_total)
    told = " ; ".join(f"{item.cle} : {_told(item)}" for item in result.budget_par_annee)
    legend = "Par année, empilé par dimension. Cadre en tirets : des montants à définir ; sa hauteur ne dit rien."
    rows = tuple(
        (item.cle, _known(item), f"{item.a_definir} sur {item.sur}")
        for item in (*result.budget_par_annee, result.budget_total)
    )
    table = Table(("Année", "Chiffré", "Montants à définir"), tuple((row[0].capitalize(), *row[1:]) for row in rows))
    return Figure(title, draw_colonnes("budget", columns, title, f"{told}."), legend, table)


def _known(total: roadmap.Total) -> str:
    return euros(total.euros, whole=True) if total.sur > total.a_definir else _TO_DEFINE


def _told(total: roadmap.Total) -> str:
    return f"{_known(total)}, {_amounts(total)}" if total.a_definir and total.sur > total.a_definir else _known(total)


def _load_by_year(result: roadmap.Result) -> list[tuple[str, Decimal]]:
    """Days of work by year, « à définir » for what has no date."""
    days: dict[str, Decimal] = defaultdict(Decimal)
    for item in result.charge:
        days[item.trimestre.partition(" T")[0]] += item.jours
    return sorted(days.items())


def _over(result: roadmap.Result, capacity: Fraction | None) -> list[tuple[str, Decimal]]:
    """The years whose load is beyond the capacity; none where it is not known."""
    years = [item for item in _load_by_year(result) if item[0] != _TO_DEFINE]
    return [] if capacity is None else [(year, days) for year, days in years if days > capacity]


def _capacity(matiere: Matiere) -> Fraction | None:
    """Days a year that a town of this size can give; None where the version or the registry does not say."""
    population = matiere.entree.collectivite.population
    figures = matiere.referentiel.parametres.preselection.capacites
    return None if population is None else matiere.referentiel.at_size(figures, population)


def _load(result: roadmap.Result, matiere: Matiere) -> Figure:
    years, capacity = _load_by_year(result), _capacity(matiere)
    columns = [
        Colonne(
            "dates à définir" if year == _TO_DEFINE else year,
            ((0, float(days)),),
            f"{trimmed(days)} j",
            incertain=year == _TO_DEFINE,
        )
        for year, days in years
    ]
    limit = None if capacity is None else Seuil(float(capacity), f"capacité indicative : {trimmed(capacity)} j par an")
    dated = [(year, days) for year, days in years if year != _TO_DEFINE]
    title = _load_finding(dated, capacity, result)
    told = " ; ".join(f"{year} : {trimmed(days)} jours" for year, days in years)
    missing = result.charge_a_definir
    tail = f" {counted(missing, 'action')} sans charge dite : ce n’est pas zéro, elle s’ajoutera." if missing else ""
    unknown = " La capacité d’une collectivité de cette taille n’est pas connue." if capacity is None else ""
    legend = f"Jours de travail de toutes les personnes, répartis du début à la fin de chaque action.{unknown}{tail}"
    return Figure(title, draw_colonnes("charge", columns, title, f"{told}.", limit), legend, _load_table(result))


def _load_finding(dated: Sequence[tuple[str, Decimal]], capacity: Fraction | None, result: roadmap.Result) -> str:
    if not dated:
        return f"{trimmed(result.charge_totale)} jours de travail, sans date encore"
    year, days = max(dated, key=lambda item: (item[1], item[0]))
    if capacity is None:
        return f"L’année la plus chargée est {year} : {trimmed(days)} jours de travail"
    over = [name for name, value in dated if value > capacity]
    if over:
        return f"La charge dépasse la capacité en {some(over)}"
    return f"La charge tient dans la capacité : {trimmed(days)} jours au plus, en {year}"


def _load_table(result: roadmap.Result) -> Table:
    years = [year for year, _ in _load_by_year(result)]
    people = sorted({item.responsable for item in result.charge}, key=lambda who: (who == _TO_DEFINE, who))
    days: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for item in result.charge:
        days[item.responsable, item.trimestre.partition(" T")[0]] += item.jours
    rows = tuple((who, *(trimmed(days[who, year]) if (who, year) in days else "–" for year in years)) for who in people)
    return Table(("Responsable", *(f"Jours, {year}" for year in years)), rows)


def _folds(result: roadmap.Result, matiere: Matiere) -> Iterator[Pli]:
    titles = {item.levier: f"{item.numero}. {item.titre}" for item in result.barres}
    hard = [item for item in result.points_durs if item.levier]
    if hard:
        lines = [
            Detail(titles[levier], " ".join(item.explication for item in items))
            for levier, items in groupby(hard, key=lambda item: item.levier)
        ]
        yield Pli(f"Les points durs, action par action ({len(lines)})", tuple(lines))
    names = {item.slug: item.nom for item in matiere.referentiel.themes_reen}
    if result.themes_reen:
        lines = [
            Detail(
                names.get(item.theme, item.theme),
                some([titles[one] for one in item.leviers], 20) if item.leviers else "aucune action",
            )
            for item in result.themes_reen
        ]
        yield Pli("Les thèmes de la loi REEN", tuple(lines))
    for title, totals in (
        ("Le budget par dimension", _named(result.budget_par_dimension, matiere)),
        ("Le budget par nature", result.budget_par_nature),
        ("Le budget par financeur", result.budget_par_financeur),
    ):
        if totals:
            yield Pli(title, tuple(Detail(f"{item.cle[:1].upper()}{item.cle[1:]}", _told(item)) for item in totals))


def _named(totals: Sequence[roadmap.Total], matiere: Matiere) -> list[roadmap.Total]:
    """The totals by dimension, under the number and the name of each, in their order."""
    found = [(matiere.dimension(item.cle), item) for item in totals]
    return [
        item.model_copy(update={"cle": f"{dimension.numero}. {dimension.nom}"})
        for dimension, item in sorted(found, key=lambda pair: pair[0].numero)
    ]
