"""The impact factors as data: categories of equipment, electricity, and what each source knows."""

from __future__ import annotations

from fractions import Fraction
from functools import cached_property

from nr_models.values.frozen import Frozen, Nombre


class Facteur(Frozen):
    """Impact of one equipment: embodied kgCO2e (all but use), kWh a year, lifetime in years, power in watts.

    ``fabrication_reconditionne_kg`` is the embodied kgCO2e of a refurbished one, where the source has it.
    ``source`` is the slug of a source of the same file: a calculation never mixes two.
    """

    fabrication_kg: Nombre | None = None
    fabrication_reconditionne_kg: Nombre | None = None
    kwh_an: Nombre | None = None
    duree_vie_ans: Nombre | None = None
    puissance_w: Nombre | None = None
    source: str
    annee: int
    remarque: str | None = None

    @cached_property
    def fabrication_par_an(self) -> Fraction | None:
        """Embodied kgCO2e a year of a new one; None where the source does not tell."""
        if self.fabrication_kg is None or not self.duree_vie_ans:
            return None
        return Fraction(self.fabrication_kg) / Fraction(self.duree_vie_ans)

    @cached_property
    def kwh_exacts(self) -> Fraction | None:
        """The kWh a year, as an exact number."""
        return None if self.kwh_an is None else Fraction(self.kwh_an)


class Categorie(Frozen):
    """A category of equipment, the words it is found under, and its factors by source."""

    slug: str
    nom: str
    famille: str
    synonymes: tuple[str, ...] = ()
    facteurs: tuple[Facteur, ...] = ()


class Electricite(Frozen):
    """kgCO2e per kWh of French electricity, by source."""

    slug: str
    facteur: Nombre
    annee: int
    source: str
    defaut: bool = False


class Facteurs(Frozen):
    """Impact factors of equipment and electricity."""

    electricite: tuple[Electricite, ...]
    categories: tuple[Categorie, ...]

    @cached_property
    def par_source(self) -> dict[tuple[str, str], Facteur]:
        """Each factor by its source and its category."""
        return {(factor.source, item.slug): factor for item in self.categories for factor in item.facteurs}

    @cached_property
    def sources_calculees(self) -> tuple[Electricite, ...]:
        """The sources that have a factor of equipment, in their order."""
        used = {source for source, _ in self.par_source}
        return tuple(item for item in self.electricite if item.slug in used)

    @cached_property
    def familles(self) -> dict[str, str]:
        """The family of each category."""
        return {item.slug: item.famille for item in self.categories}

    @cached_property
    def durees_vie(self) -> dict[str, Facteur]:
        """The factor whose lifetime is the reference of a category: the first that has one."""
        found = {
            item.slug: next((factor for factor in item.facteurs if factor.duree_vie_ans), None)
            for item in self.categories
        }
        return {slug: factor for slug, factor in found.items() if factor}
