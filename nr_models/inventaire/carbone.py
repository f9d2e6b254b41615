"""The flash footprint of equipment: kgCO2e a year = embodied ÷ lifetime + kWh × electricity factor.

One source per calculation: embodied, lifetime, kWh and electricity come from the same one. What it lacks
stays uncomputed and counted. Out of order: no use phase. A measured consumption comes before the factor;
measured hours scale it only where the source knows a power. Refurbished: the factor of the new, unless the
source has one of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from nr_models.inventaire.parc import LigneInventaire
from nr_models.referentiel.facteurs import Electricite, Facteur
from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.frozen import Exact, Frozen, exact_sum

_WATTS_PER_KILOWATT = 1000


class LigneEmpreinte(Frozen):
    """One category by one factor; embodied in kgCO2e and kWh a year for one unit, totals a year.

    ``en_service_au_facteur`` are the units whose kWh come from the factor; ``kwh_releves`` are those of the
    ``unites_relevees``, measured or told by their hours and the power of the source.
    """

    categorie: str
    reconditionne: bool
    annee: int
    unites: int
    en_service_au_facteur: int
    unites_relevees: int
    fabrication_kg: Decimal
    duree_vie_ans: Decimal
    kwh_unite: Decimal | None
    kwh_releves: Exact
    fabrication_kg_an: Exact
    kwh_an: Exact
    usage_kg_an: Exact


class Empreinte(Frozen):
    """A flash footprint by one source: kWh and kgCO2e a year, and what it could not compute.

    ``annee_electricite`` and ``facteur_electricite`` (kgCO2e per kWh) are the source's; ``lignes`` add up to
    the totals, and are given for a whole perimeter only.
    """

    source: str
    unites: int
    unites_non_calculees: int
    categories_non_calculees: tuple[str, ...]
    kwh_an: Exact
    fabrication_kg_an: Exact
    usage_kg_an: Exact
    part_non_calculee: Exact | None = None
    reconditionnes_au_neuf: int = 0
    facteur_electricite: Decimal | None = None
    annee_electricite: int | None = None
    lignes: tuple[LigneEmpreinte, ...] = ()

    @property
    def total_kg_an(self) -> Fraction:
        """kgCO2e a year."""
        return self.fabrication_kg_an + self.usage_kg_an


class Lot(NamedTuple):
    """What tells units apart in a footprint."""

    categorie: str
    reconditionne: bool
    hors_service: bool
    kwh_an: Decimal | None
    heures_an: Decimal | None


def gather(lines: Iterable[LigneInventaire]) -> dict[Lot, int]:
    """Units by lot."""
    units: dict[Lot, int] = defaultdict(int)
    for line in lines:
        idle = line.hors_service or line.en_stock
        lot = Lot(line.categorie, line.reconditionne is True, idle, line.kwh_an, line.heures_an)
        units[lot] += line.quantite
    return units


def list_footprints(units: Mapping[Lot, int], referentiel: Referentiel, *, detailed: bool) -> tuple[Empreinte, ...]:
    """One footprint for each source that has factors, in the order of the référentiel."""
    return tuple(
        _footprint(units, referentiel, electricite, detailed) for electricite in referentiel.facteurs.sources_calculees
    )


class _Groupe(NamedTuple):
    """The units that share a factor, and what they come to in a year."""

    categorie: str
    reconditionne: bool
    facteur: Facteur
    unites: int
    au_facteur: int
    relevees: int
    kwh_releves: Fraction
    fabrication: Fraction
    kwh: Fraction


def _footprint(units: Mapping[Lot, int], referentiel: Referentiel, power: Electricite, detailed: bool) -> Empreinte:
    factors = referentiel.facteurs.par_source
    lots: dict[tuple[str, bool], list[tuple[Lot, int]]] = defaultdict(list)
    missing: set[str] = set()
    uncomputed = as_new = 0
    for lot, count in units.items():
        factor = factors.get((power.slug, lot.categorie))
        if factor is None or not _computes(factor, lot):
            missing.add(lot.categorie)
            uncomputed += count
            continue
        own = lot.reconditionne and factor.fabrication_reconditionne_kg is not None
        as_new += count if lot.reconditionne and not own else 0
        lots[lot.categorie, own].append((lot, count))
    groups = [
        _gather(lots, own, category, factors[power.slug, category]) for (category, own), lots in sorted(lots.items())
    ]
    total = sum(units.values())
    energy, electricity = exact_sum([group.kwh for group in groups]), Fraction(power.facteur)
    return Empreinte(
        source=power.slug,
        unites=total - uncomputed,
        unites_non_calculees=uncomputed,
        categories_non_calculees=tuple(sorted(missing)),
        kwh_an=energy,
        fabrication_kg_an=exact_sum([group.fabrication for group in groups]),
        usage_kg_an=energy * electricity,
        part_non_calculee=Fraction(uncomputed, total) if total else None,
        reconditionnes_au_neuf=as_new,
        facteur_electricite=power.facteur,
        annee_electricite=power.annee,
        lignes=tuple(_line(group, electricity) for group in groups) if detailed else (),
    )


def _computes(factor: Facteur, lot: Lot) -> bool:
    """True when the source tells both phases of these units."""
    if factor.fabrication_par_an is None:
        return False
    return lot.hors_service or factor.kwh_an is not None or _reading(factor, lot) is not None


def _reading(factor: Facteur, lot: Lot) -> Fraction | None:
    """The kWh a year of one unit as measured, or by its hours where the source knows a power in watts."""
    if lot.kwh_an is not None:
        return Fraction(lot.kwh_an)
    if lot.heures_an is None or factor.puissance_w is None:
        return None
    return Fraction(lot.heures_an) * Fraction(factor.puissance_w) / _WATTS_PER_KILOWATT


def _gather(lots: list[tuple[Lot, int]], own: bool, category: str, factor: Facteur) -> _Groupe:
    units = sum(count for _, count in lots)
    used = [(_reading(factor, lot), count) for lot, count in lots if not lot.hors_service]
    at_factor = sum(count for reading, count in used if reading is None)
    measured = [reading * count for reading, count in used if reading is not None]
    readings, energy = Fraction(0), at_factor * (factor.kwh_exacts or Fraction(0))
    if measured:
        readings = exact_sum(measured)
        energy += readings
    embodied = factor.fabrication_par_an or Fraction(0)
    if own:
        embodied = Fraction(factor.fabrication_reconditionne_kg or 0) / Fraction(factor.duree_vie_ans or 1)
    return _Groupe(
        categorie=category,
        reconditionne=own,
        facteur=factor,
        unites=units,
        au_facteur=at_factor,
        relevees=sum(count for reading, count in used if reading is not None),
        kwh_releves=readings,
        fabrication=units * embodied,
        kwh=energy,
    )


def _line(group: _Groupe, electricity: Fraction) -> LigneEmpreinte:
    factor = group.facteur
    embodied = factor.fabrication_reconditionne_kg if group.reconditionne else factor.fabrication_kg
    return LigneEmpreinte(
        categorie=group.categorie,
        reconditionne=group.reconditionne,
        annee=factor.annee,
        unites=group.unites,
        en_service_au_facteur=group.au_facteur,
        unites_relevees=group.relevees,
        fabrication_kg=embodied or Decimal(0),
        duree_vie_ans=factor.duree_vie_ans or Decimal(0),
        kwh_unite=factor.kwh_an,
        kwh_releves=group.kwh_releves,
        fabrication_kg_an=group.fabrication,
        kwh_an=group.kwh,
        usage_kg_an=group.kwh * electricity,
    )
