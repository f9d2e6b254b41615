"""The selection: ten to fifteen leviers, every dimension served, prerequisites first.

Rules: method « 5 prioritise » (step 4.1 of the ANCT: start with quick gains, spread over the dimensions).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules.vote import LevierConsolide, Quadrant
from nr_models.values.frozen import Frozen

RANK = {quadrant: place for place, quadrant in enumerate(Quadrant)}


class Choix(Frozen):
    """A levier of the selection: its place in the order of work, and why it is there.

    ``reserve`` marks a prerequisite that the vote alone would not have kept.
    """

    levier: str
    ordre: int
    motif: Literal["dimension", "rang", "prerequis", "force"]
    explication: str
    reserve: Literal["", "valeur-faible", "sans-voix"] = ""


class Selection:
    """The selection while it is being made."""

    def __init__(self, found: Sequence[LevierConsolide], referentiel: Referentiel) -> None:
        self.found = {item.levier: item for item in found}
        self.referentiel = referentiel
        self.parametres = referentiel.parametres.selection
        self.chosen: dict[str, tuple[str, str]] = {}

    def choose(self) -> None:
        """Forced ones, the best of each dimension, then down the rank while a unit fits."""
        for item in self.found.values():
            if item.derogation and self._imposed(item.levier):
                self._add(item, "force", f"Imposé par le référent : {item.derogation.raison}")
        ranked = self.ranked()
        for dimension in self.referentiel.dimensions:
            best = next((item for item in ranked if item.dimension == dimension.slug), None)
            if best:
                self._add(best, "dimension", f"Meilleur levier de la dimension « {dimension.nom} ».")
        for place, item in enumerate(ranked, start=1):
            if len({*self.chosen, *item.unite}) <= self.parametres.cible:
                self._add(
                    item,
                    "rang",
                    f"{item.quadrant.nom if item.quadrant else ''}, {_nth(place)} au classement.",
                )

    def ranked(self) -> list[LevierConsolide]:
        """Candidates: gains rapides by V + F, then projets majeurs by V, then id."""
        candidates = [
            item
            for item in self.found.values()
            if item.quadrant in (Quadrant.GAINS_RAPIDES, Quadrant.PROJETS_MAJEURS) and not self._refusal(item)
        ]
        return sorted(candidates, key=_rank_key)

    def ordered(self) -> tuple[Choix, ...]:
        """Kahn's order over prerequisites, choosing among the free by (quadrant, −(V + F), id)."""
        waiting = set(self.chosen)
        order: list[str] = []
        while waiting:
            free = [item for item in waiting if not set(self.referentiel.leviers[item].requiert) & waiting]
            best = min(free, key=self._order_key)
            waiting.remove(best)
            order.append(best)
        return tuple(
            Choix(
                levier=item,
                ordre=place,
                motif=self.chosen[item][0],
                explication=self.chosen[item][1],
                reserve=self._reserve(item) if self.chosen[item][0] == "prerequis" else "",
            )
            for place, item in enumerate(order, start=1)
        )

    def refusals(self) -> dict[str, str]:
        """Why each levier of the list is not selected."""
        return {
            item.levier: self._refusal(item) or self._outranked(item)
            for item in self.found.values()
            if item.levier not in self.chosen
        }

    def messages(self) -> list[str]:
        """What the people who decide should know about the number of leviers."""
        count, low, high = len(self.chosen), self.parametres.min, self.parametres.max
        found = []
        if count < low:
            found.append(
                f"La sélection compte {count} leviers, moins que les {low} conseillés : "
                "elle n’est pas complétée d’office."
            )
        if count > high:
            found.append(f"La sélection compte {count} leviers, plus que les {high} conseillés : à vous de décider.")
        found.extend(
            f"{self._title(item)} est retenu sans son prérequis {self._title(above)}."
            for item in sorted(self.chosen)
            for above in self.found[item].unite
            if above not in self.chosen
        )
        return found

    def _outranked(self, item: LevierConsolide) -> str:
        if len(item.unite) > 1:
            return f"Avec ses prérequis, il ne tient pas dans les {self.parametres.cible} leviers visés."
        return (
            f"Moins bien classé : les {self.parametres.cible} places vont au meilleur de chaque dimension, "
            "puis aux mieux classés."
        )

    def _refusal(self, item: LevierConsolide) -> str | None:
        if item.derogation and item.derogation.force == "exclure":
            return f"Écarté par le référent : {item.derogation.raison}"
        if item.quadrant is None:
            return "Aucune voix : ne peut pas être retenu."
        if item.bloque_par:
            names = ", ".join(self._title(above) for above in item.bloque_par)
            return f"Bloqué : son prérequis n’est pas dans la liste ({names})."
        excluded = [above for above in item.unite if self._excluded(above)]
        if excluded:
            return f"Bloqué : son prérequis est écarté par le référent ({', '.join(map(self._title, excluded))})."
        voiceless = [above for above in item.unite if self._reserve(above) == "sans-voix" and not self._imposed(above)]
        if voiceless:
            return f"Bloqué : son prérequis n’a aucune voix ({', '.join(map(self._title, voiceless))})."
        if item.quadrant in (Quadrant.COMPLEMENTS, Quadrant.A_ECARTER):
            return f"{item.quadrant.nom} : valeur jugée insuffisante."
        return None

    def _excluded(self, levier: str) -> bool:
        found = self.found.get(levier)
        return bool(found and found.derogation and found.derogation.force == "exclure")

    def _imposed(self, levier: str) -> bool:
        derogation = self.found[levier].derogation
        return bool(derogation and derogation.force == "inclure")

    def _title(self, levier: str) -> str:
        return f"« {self.referentiel.leviers[levier].titre} »"

    def _add(self, item: LevierConsolide, motif: str, explanation: str) -> None:
        for member in item.unite:
            if member == item.levier:
                if self.chosen.get(member, ("prerequis",))[0] == "prerequis":
                    self.chosen[member] = (motif, explanation)
            elif member in self.found and member not in self.chosen and not self._excluded(member):
                self.chosen[member] = ("prerequis", self._prerequisite(member, item.levier))

    def _prerequisite(self, member: str, levier: str) -> str:
        tail = {"valeur-faible": ", malgré une valeur jugée plus faible", "sans-voix": ", sans aucune voix", "": ""}
        return f"Prérequis de {self._title(levier)}{tail[self._reserve(member)]}."

    def _reserve(self, levier: str) -> Literal["", "valeur-faible", "sans-voix"]:
        quadrant = self.found[levier].quadrant
        if quadrant is None:
            return "sans-voix"
        return "valeur-faible" if quadrant in (Quadrant.COMPLEMENTS, Quadrant.A_ECARTER) else ""

    def _order_key(self, levier: str) -> tuple[int, Fraction, str]:
        item = self.found[levier]
        place = RANK[item.quadrant] if item.quadrant else len(RANK)
        return place, -((item.valeur or Fraction(0)) + (item.faisabilite or Fraction(0))), levier


def _rank_key(item: LevierConsolide) -> tuple[int, Fraction, str]:
    value, feasibility = item.valeur or Fraction(0), item.faisabilite or Fraction(0)
    quick = item.quadrant is Quadrant.GAINS_RAPIDES
    return (0 if quick else 1), -(value + feasibility if quick else value), item.levier


def _nth(place: int) -> str:
    return "1er" if place == 1 else f"{place}e"
