"""Indicators of an inventory: what there is, how old, how used, and its flash footprint.

Footprint, kgCO2e a year = embodied ÷ lifetime + kWh × electricity factor, one source per
calculation. A category that the source lacks stays uncomputed and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction

from nr_models.collect import LigneInventaire
from nr_models.referentiel import Facteur, Referentiel
from nr_models.values import Exact, Frozen


class Compte(Frozen):
    """Units of a category."""

    categorie: str
    unites: int
    hors_service: int


class Empreinte(Frozen):
    """A flash footprint by one source: kWh and kgCO2e a year, and what it could not compute."""

    source: str
    unites: int
    unites_non_calculees: int
    categories_non_calculees: tuple[str, ...]
    kwh_an: Exact
    fabrication_kg_an: Exact
    usage_kg_an: Exact

    @property
    def total_kg_an(self) -> Fraction:
        """kgCO2e a year."""
        return self.fabrication_kg_an + self.usage_kg_an


class Mesure(Frozen):
    """The indicators of a set of lines; None where they cannot be told. Ages in years."""

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


class Indicateurs(Frozen):
    """One measure per perimeter, then one per site of the perimeter one can act upon."""

    maitrisable: Mesure
    influence: Mesure
    sites: tuple[Mesure, ...]


def measure(
    lines: Sequence[LigneInventaire], referentiel: Referentiel, *, agents: int | None, year: int | None
) -> Indicateurs:
    """Measure an inventory; ``year`` is the year it was made, base of the ages."""
    own = [line for line in lines if line.perimetre == "maitrisable"]
    sites = sorted({line.site for line in own if line.site})
    return Indicateurs(
        maitrisable=_measure("Périmètre maîtrisable", own, referentiel, agents, year),
        influence=_measure(
            "Périmètre d’influence",
            [line for line in lines if line.perimetre == "influence"],
            referentiel,
            None,
            year,
        ),
        sites=tuple(
            _measure(site, [line for line in own if line.site == site], referentiel, None, year) for site in sites
        ),
    )


def _measure(
    name: str,
    lines: Sequence[LigneInventaire],
    referentiel: Referentiel,
    agents: int | None,
    year: int | None,
) -> Mesure:
    families = {item.slug: item.famille for item in referentiel.facteurs.categories}
    in_use = [line for line in lines if not line.hors_service]
    dated = [line for line in in_use if line.annee_achat is not None and year is not None and line.annee_achat <= year]
    lived = [line for line in dated if _lifetime(line, referentiel) is not None]
    known_state = [line for line in in_use if line.reconditionne is not None]

    def age(line: LigneInventaire) -> int:
        return (year or 0) - (line.annee_achat or 0)

    def family(wanted: str) -> int:
        return _units(line for line in in_use if families.get(line.categorie) == wanted)

    return Mesure(
        nom=name,
        unites=_units(lines),
        categories=tuple(
            Compte(
                categorie=category,
                unites=_units(line for line in lines if line.categorie == category),
                hors_service=_units(line for line in lines if line.categorie == category and line.hors_service),
            )
            for category in sorted({line.categorie for line in lines})
        ),
        unites_par_agent=_ratio(_units(in_use), agents),
        ecrans_par_agent=_ratio(family("ecran"), agents),
        agents_par_imprimante=_ratio(agents, family("impression")),
        age_moyen=_ratio(sum(age(line) * line.quantite for line in dated), _units(dated)),
        unites_datees=_units(dated),
        part_depassee=_share(lived, lambda line: age(line) > (_lifetime(line, referentiel) or 0)),
        part_reconditionnee=_share(known_state, lambda line: line.reconditionne is True),
        hors_service=_units(lines) - _units(in_use),
        reconditionne_au_facteur_neuf=_units(line for line in lines if line.reconditionne),
        empreintes=tuple(
            _footprint(lines, referentiel, item.slug)
            for item in referentiel.facteurs.electricite
            if _is_used(referentiel, item.slug)
        ),
    )


def _is_used(referentiel: Referentiel, source: str) -> bool:
    return any(factor.source == source for item in referentiel.facteurs.categories for factor in item.facteurs)


def _footprint(lines: Sequence[LigneInventaire], referentiel: Referentiel, source: str) -> Empreinte:
    electricity = Fraction(next(item.facteur for item in referentiel.facteurs.electricite if item.slug == source))
    embodied = energy = Fraction(0)
    missing: set[str] = set()
    uncomputed = 0
    for line in lines:
        factor = _factor(line.categorie, referentiel, source)
        if factor is None or factor.fabrication_kg is None or not factor.duree_vie_ans:
            missing.add(line.categorie)
            uncomputed += line.quantite
            continue
        if factor.kwh_an is None and not line.hors_service:
            missing.add(line.categorie)
            uncomputed += line.quantite
            continue
        embodied += line.quantite * Fraction(factor.fabrication_kg) / Fraction(factor.duree_vie_ans)
        if not line.hors_service and factor.kwh_an is not None:
            energy += line.quantite * Fraction(factor.kwh_an)
    return Empreinte(
        source=source,
        unites=_units(lines) - uncomputed,
        unites_non_calculees=uncomputed,
        categories_non_calculees=tuple(sorted(missing)),
        kwh_an=energy,
        fabrication_kg_an=embodied,
        usage_kg_an=energy * electricity,
    )


def _factor(category: str, referentiel: Referentiel, source: str | None = None) -> Facteur | None:
    found = next((item for item in referentiel.facteurs.categories if item.slug == category), None)
    return next((item for item in found.facteurs if source in (None, item.source)), None) if found else None


def _lifetime(line: LigneInventaire, referentiel: Referentiel) -> Fraction | None:
    factor = _factor(line.categorie, referentiel)
    return Fraction(factor.duree_vie_ans) if factor and factor.duree_vie_ans else None


def _units(lines: Iterable[LigneInventaire]) -> int:
    return sum(line.quantite for line in lines)


def _share(lines: Sequence[LigneInventaire], holds: Callable[[LigneInventaire], bool]) -> Fraction | None:
    return _ratio(_units(line for line in lines if holds(line)), _units(lines))


def _ratio(part: int | None, whole: int | None) -> Fraction | None:
    return Fraction(part, whole) if whole and part is not None else None
