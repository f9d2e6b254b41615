"""Roadmap: the fiches assembled — planning, budget, load, hard points, REEN check.

Rules: method « 7 roadmap », after the ANCT's step 4.3. « À définir » is shown as k of n at every total.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from nr_models.dossier.case import Reserve
from nr_models.dossier.registre import Collectivite
from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import collect, fiche, score
from nr_models.values.dates import Echeance, Montant, to_define
from nr_models.values.frozen import Frozen, round_half_up


class Barre(Frozen):
    """One fiche on the planning; days None where « à définir »."""

    levier: str
    numero: int
    dimension: str
    titre: str
    responsable: str
    debut: date | None
    fin: date | None


class Total(Frozen):
    """A total in euros with how many of the amounts it stands on are « à définir »."""

    cle: str
    euros: Decimal
    a_definir: int
    sur: int


class Charge(Frozen):
    """Person-days of a responsable in a quarter, « 2026 T1 » or « à définir »; they add up to the whole load."""

    responsable: str
    trimestre: str
    jours: Decimal


WHOLE = "Toute la feuille de route"
"""What a réserve is about, which is of no levier."""


class PointDur(Frozen):
    """Something to settle before the roadmap can run; a réserve is of no levier (empty)."""

    levier: str
    motif: Literal["reserve", "budget", "responsable", "prerequis", "calendrier"]
    explication: str


class ThemeReen(Frozen):
    """Whether a REEN theme is covered, and by which leviers."""

    theme: str
    leviers: tuple[str, ...]


class Inputs(Frozen):
    """What the stage reads."""

    collectivite: Collectivite
    contexte: collect.RetourContexte | None
    score: score.Result
    fiche: fiche.Result
    reserves: tuple[Reserve, ...] = ()


class Result(Frozen):
    """The roadmap."""

    barres: tuple[Barre, ...]
    budget_par_annee: tuple[Total, ...]
    budget_par_dimension: tuple[Total, ...]
    budget_par_nature: tuple[Total, ...]
    budget_par_financeur: tuple[Total, ...]
    budget_total: Total
    charge: tuple[Charge, ...]
    charge_totale: Decimal
    charge_a_definir: int
    charge_valorisee: Decimal
    points_durs: tuple[PointDur, ...]
    themes_reen: tuple[ThemeReen, ...]
    fiches: tuple[fiche.Fiche, ...]


def build(inputs: Inputs, referentiel: Referentiel) -> Result:
    """Assemble the fiches, sorted by dimension then number."""
    rank = {dimension.slug: dimension.numero for dimension in referentiel.dimensions}
    fiches = tuple(sorted(inputs.fiche.fiches, key=lambda item: (rank[item.dimension], item.numero)))
    money = [line for item in fiches for line in money_lines(item)]
    known = [
        (item, item.saisie.moyens_humains.valeur)
        for item in fiches
        if item.saisie.moyens_humains and item.saisie.moyens_humains.valeur is not None
    ]
    days = sum((value for _, value in known), Decimal(0))
    return Result(
        barres=tuple(_bar(item) for item in fiches),
        budget_par_annee=_totals(money, lambda line: str(line[1].annee or "année à définir")),
        budget_par_dimension=_totals(money, lambda line: line[0].dimension),
        budget_par_nature=_totals(money, lambda line: line[1].nature or "nature à définir"),
        budget_par_financeur=_totals(money, lambda line: line[1].financeur or "financeur à définir"),
        budget_total=_total("total", money),
        charge=_load(known),
        charge_totale=days,
        charge_a_definir=len(fiches) - len(known),
        charge_valorisee=days * referentiel.parametres.feuille_de_route.cout_jour_homme,
        points_durs=(
            *(PointDur(levier="", motif="reserve", explication=f"Réserve, {item.objet}") for item in inputs.reserves),
            *(point for item in fiches for point in hard_points(item, fiches, referentiel)),
        ),
        themes_reen=tuple(
            ThemeReen(
                theme=theme.slug,
                leviers=tuple(
                    item.levier for item in fiches if theme.slug in referentiel.leviers[item.levier].themes_reen
                ),
            )
            for theme in referentiel.themes_reen
        ),
        fiches=fiches,
    )


def hard_points(item: fiche.Fiche, fiches: Sequence[fiche.Fiche], referentiel: Referentiel) -> list[PointDur]:
    """What stands in the way of one fiche."""
    saisie = item.saisie
    found: list[PointDur] = []
    if not saisie.responsable or to_define(saisie.responsable):
        found.append(PointDur(levier=item.levier, motif="responsable", explication="Personne n’en est responsable."))
    if not any(line.montant.valeur is not None for _, line in money_lines(item)):
        found.append(PointDur(levier=item.levier, motif="budget", explication="Ses moyens en euros sont à définir."))
    if not (saisie.debut and saisie.debut.jour and saisie.fin and saisie.fin.jour):
        found.append(
            PointDur(levier=item.levier, motif="calendrier", explication="Son début ou sa fin sont à définir.")
        )
    if reversed_dates(item):
        found.append(PointDur(levier=item.levier, motif="calendrier", explication="Sa fin vient avant son début."))
    found.extend(_early(item, fiches, referentiel))
    return found


def reversed_dates(item: fiche.Fiche) -> bool:
    """True when a fiche is said to end before it starts: it has no place on the planning."""
    start, end = _day(item.saisie.debut), _day(item.saisie.fin)
    return bool(start and end and end < start)


def _early(item: fiche.Fiche, fiches: Sequence[fiche.Fiche], referentiel: Referentiel) -> Iterable[PointDur]:
    start = _day(item.saisie.debut)
    for other in fiches:
        end = _day(other.saisie.fin)
        if other.levier in referentiel.leviers[item.levier].requiert and start and end and start <= end:
            yield PointDur(
                levier=item.levier,
                motif="prerequis",
                explication=f"Commence avant la fin de son prérequis « {other.titre} ».",
            )


Line = tuple[fiche.Fiche, fiche.Depense]


def money_lines(item: fiche.Fiche) -> list[Line]:
    """The detailed lines of a fiche, else its single amount, else one line « à définir »."""
    if item.saisie.depenses:
        return [(item, line) for line in item.saisie.depenses]
    amount = item.saisie.moyens_euros or Montant(saisie="À définir")
    year = _day(item.saisie.debut)
    return [(item, fiche.Depense(annee=year.year if year else None, montant=amount))]


def _totals(lines: Sequence[Line], key: Callable[[Line], str]) -> tuple[Total, ...]:
    groups: dict[str, list[Line]] = defaultdict(list)
    for line in lines:
        groups[key(line)].append(line)
    return tuple(_total(name, groups[name]) for name in sorted(groups))


def _total(name: str, lines: Sequence[Line]) -> Total:
    known = [line.montant.valeur for _, line in lines if line.montant.valeur is not None]
    return Total(cle=name, euros=sum(known, Decimal(0)), a_definir=len(lines) - len(known), sur=len(lines))


def _load(known: Sequence[tuple[fiche.Fiche, Decimal]]) -> tuple[Charge, ...]:
    """Person-days spread evenly over the quarters between start and end."""
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for item, days in known:
        quarters = _quarters(_day(item.saisie.debut), _day(item.saisie.fin))
        who = item.saisie.responsable
        for quarter, share in zip(quarters, _spread(days, len(quarters)), strict=True):
            found["à définir" if not who or to_define(who) else who, quarter] += share
    return tuple(
        Charge(responsable=who, trimestre=quarter, jours=value) for (who, quarter), value in sorted(found.items())
    )


def _spread(days: Decimal, parts: int) -> list[Decimal]:
    """Days in nearly equal parts of a tenth that add up to them exactly."""
    marks = [round_half_up(Fraction(days) * part / parts) for part in range(parts)]
    return [end - start for start, end in pairwise((*marks, days))]


def _quarters(start: date | None, end: date | None) -> list[str]:
    if start is None or end is None or end < start:
        return ["à définir"]
    first, last = start.year * 4 + (start.month - 1) // 3, end.year * 4 + (end.month - 1) // 3
    return [f"{number // 4} T{number % 4 + 1}" for number in range(first, last + 1)]


def _bar(item: fiche.Fiche) -> Barre:
    return Barre(
        levier=item.levier,
        numero=item.numero,
        dimension=item.dimension,
        titre=item.titre,
        responsable=item.saisie.responsable,
        debut=_day(item.saisie.debut),
        fin=_day(item.saisie.fin),
    )


def _day(echeance: Echeance | None) -> date | None:
    return echeance.jour if echeance else None
