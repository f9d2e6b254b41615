"""Indicators of an inventory: what there is, how old, how used, and its flash footprint.

What is managed by another collectivité, and what another tool computed, stand apart: shown, never counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from nr_models.inventaire.carbone import Empreinte, gather, list_footprints
from nr_models.inventaire.parc import EmpreinteExterne, LigneInventaire
from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.frozen import Exact, Frozen


class Compte(Frozen):
    """Units of a category."""

    categorie: str
    unites: int
    hors_service: int


class Mesure(Frozen):
    """The indicators of a set of lines; None where they cannot be told. Ages in years.

    ``sources_durees_vie`` are the sources of the lifetimes that ``part_depassee`` rests on.
    """

    nom: str
    unites: int
    categories: tuple[Compte, ...]
    unites_par_agent: Exact | None
    ecrans_par_agent: Exact | None
    agents_par_imprimante: Exact | None
    age_moyen: Exact | None
    unites_datees: int
    part_depassee: Exact | None
    part_reconditionnee: Exact | None
    hors_service: int
    reconditionne_au_facteur_neuf: int
    empreintes: tuple[Empreinte, ...]
    sources_durees_vie: tuple[str, ...] = ()


class Indicateurs(Frozen):
    """One measure per perimeter, then one per site of the perimeter one can act upon.

    Apart, never counted: ``ailleurs``, units managed by another collectivité, and ``externes``, what another
    tool computed. ``unites_a_preciser`` have no category yet, ``libelles_a_confirmer`` nobody confirmed.
    As declared: ``deee_kg_par_agent``, waste equipment in kg a year, and ``pue`` of the server room.
    """

    maitrisable: Mesure
    influence: Mesure
    sites: tuple[Mesure, ...]
    ailleurs: tuple[Compte, ...] = ()
    externes: tuple[EmpreinteExterne, ...] = ()
    deee_kg_par_agent: Exact | None = None
    pue: Decimal | None = None
    unites_a_preciser: int = 0
    libelles_a_confirmer: int = 0


class Apart(NamedTuple):
    """What is shown beside the counted equipment: lines managed elsewhere, other tools' figures, declarations."""

    ailleurs: Sequence[LigneInventaire] = ()
    externes: tuple[EmpreinteExterne, ...] = ()
    deee_kg: Decimal | None = None
    pue: Decimal | None = None
    unites_a_preciser: int = 0
    libelles_a_confirmer: int = 0


def measure(
    lines: Sequence[LigneInventaire],
    referentiel: Referentiel,
    *,
    agents: int | None,
    year: int | None,
    apart: Apart | None = None,
) -> Indicateurs:
    """Measure an inventory; ``year`` is the year it was made, base of the ages."""
    own = [line for line in lines if line.perimetre == "maitrisable"]
    used = [line for line in lines if line.perimetre == "influence"]
    by_site: dict[str, list[LigneInventaire]] = defaultdict(list)
    for line in own:
        by_site[line.site].append(line)
    beside = apart or Apart()
    return Indicateurs(
        maitrisable=_measure("Périmètre maîtrisable", own, referentiel, agents, year, detailed=True),
        influence=_measure("Périmètre d’influence", used, referentiel, None, year, detailed=True),
        sites=tuple(
            _measure(site, by_site[site], referentiel, None, year, detailed=False) for site in sorted(by_site) if site
        ),
        ailleurs=_count(beside.ailleurs),
        externes=beside.externes,
        deee_kg_par_agent=Fraction(beside.deee_kg) / agents if beside.deee_kg is not None and agents else None,
        pue=beside.pue,
        unites_a_preciser=beside.unites_a_preciser,
        libelles_a_confirmer=beside.libelles_a_confirmer,
    )


def _measure(
    name: str,
    lines: Sequence[LigneInventaire],
    referentiel: Referentiel,
    agents: int | None,
    year: int | None,
    *,
    detailed: bool,
) -> Mesure:
    factors = referentiel.facteurs
    in_use = [line for line in lines if not line.hors_service]
    ages = [(line, age) for line in in_use if (age := _age(line, year)) is not None]
    lived = [
        (line, age, factors.durees_vie[line.categorie]) for line, age in ages if line.categorie in factors.durees_vie
    ]
    past = [line for line, age, factor in lived if age > (factor.duree_vie_ans or 0)]
    known_state = [line for line in in_use if line.reconditionne is not None]
    families: dict[str | None, int] = defaultdict(int)
    for line in in_use:
        families[factors.familles.get(line.categorie)] += line.quantite
    footprints = list_footprints(gather(lines), referentiel, detailed=detailed)
    return Mesure(
        nom=name,
        unites=_units(lines),
        categories=_count(lines),
        unites_par_agent=_ratio(_units(in_use), agents),
        ecrans_par_agent=_ratio(families["ecran"], agents),
        agents_par_imprimante=_ratio(agents, families["impression"]),
        age_moyen=_ratio(sum(age * line.quantite for line, age in ages), _units(line for line, _ in ages)),
        unites_datees=_units(line for line, _ in ages),
        part_depassee=_ratio(_units(past), _units(line for line, _, _ in lived)),
        part_reconditionnee=_ratio(_units(line for line in known_state if line.reconditionne), _units(known_state)),
        hors_service=_units(lines) - _units(in_use),
        reconditionne_au_facteur_neuf=max((item.reconditionnes_au_neuf for item in footprints), default=0),
        empreintes=footprints,
        sources_durees_vie=tuple(sorted({factor.source for _, _, factor in lived})),
    )


def _age(line: LigneInventaire, year: int | None) -> int | None:
    """Years since the purchase; None where either year is unknown, or the purchase is yet to come."""
    if year is None or line.annee_achat is None or line.annee_achat > year:
        return None
    return year - line.annee_achat


def _count(lines: Iterable[LigneInventaire]) -> tuple[Compte, ...]:
    """Units by category, those out of order beside."""
    units: dict[str, int] = defaultdict(int)
    broken: dict[str, int] = defaultdict(int)
    for line in lines:
        units[line.categorie] += line.quantite
        broken[line.categorie] += line.quantite if line.hors_service else 0
    return tuple(Compte(categorie=item, unites=units[item], hors_service=broken[item]) for item in sorted(units))


def _units(lines: Iterable[LigneInventaire]) -> int:
    return sum(line.quantite for line in lines)


def _ratio(part: int | None, whole: int | None) -> Fraction | None:
    return Fraction(part, whole) if whole and part is not None else None
