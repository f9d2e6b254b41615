"""Prioritise: votes on value and feasibility, quadrants, and the selection of ten to fifteen leviers.

Rules: method « 5 prioritise », after the ANCT's value–feasibility matrix (step 4.1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from statistics import median
from typing import Literal

from nr_models import collect, preselect
from nr_models.anomalies import Anomaly
from nr_models.referentiel import ParametresPriorisation, Referentiel
from nr_models.registre import Entree
from nr_models.roles import Role
from nr_models.values import Exact, Frozen


class Quadrant(StrEnum):
    """Where a levier falls in the matrix."""

    GAINS_RAPIDES = "gains-rapides"
    PROJETS_MAJEURS = "projets-majeurs"
    COMPLEMENTS = "complements"
    A_ECARTER = "a-ecarter"

    @property
    def nom(self) -> str:
        """French label."""
        return {
            Quadrant.GAINS_RAPIDES: "Gains rapides",
            Quadrant.PROJETS_MAJEURS: "Projets majeurs",
            Quadrant.COMPLEMENTS: "Compléments",
            Quadrant.A_ECARTER: "À écarter",
        }[self]


_WHO_IMPOSES = (Role.REFERENT, Role.EQUIPE_PROGRAMME)

RANK = {quadrant: place for place, quadrant in enumerate(Quadrant)}


class Voix(Frozen):
    """One person's rating of one levier; both None is « sans avis »."""

    levier: str
    valeur: int | None = None
    faisabilite: int | None = None
    commentaire: str = ""


class Derogation(Frozen):
    """What the référent imposes, kept apart from the ballots: notes, or a place in or out."""

    levier: str
    valeur: Decimal | None = None
    faisabilite: Decimal | None = None
    force: Literal["inclure", "exclure"] | None = None
    raison: str


class RetourBulletin(Frozen):
    """A ballot as it came back."""

    personne: str
    voix: tuple[Voix, ...]
    derogations: tuple[Derogation, ...] = ()


class Bulletin(Frozen):
    """A ballot with what weighs on it: the direction and the college of its voter."""

    personne: str
    direction: str
    college: str
    voix: tuple[Voix, ...]


class Stat(Frozen):
    """What the voices say on one axis; the mean is None without voice."""

    moyenne: Exact | None
    mediane: Exact | None
    minimum: int | None
    maximum: int | None
    voix: int
    desaccord: bool


class Consolidation(Frozen):
    """One levier after the vote; ``valeur`` and ``faisabilite`` are what decides (means or override).

    ``rang`` is its place among the candidates, None when it is not one.
    """

    levier: str
    dimension: str
    stat_valeur: Stat
    stat_faisabilite: Stat
    valeur: Exact | None
    faisabilite: Exact | None
    quadrant: Quadrant | None
    derogation: Derogation | None
    unite: tuple[str, ...]
    bloque_par: tuple[str, ...] = ()
    rang: int | None = None


class Choix(Frozen):
    """A levier of the selection: its place in the order of work, and why it is there.

    ``reserve`` marks a prerequisite that the vote alone would not have kept.
    """

    levier: str
    ordre: int
    motif: Literal["dimension", "rang", "prerequis", "force"]
    explication: str
    reserve: Literal["", "valeur-faible", "sans-voix"] = ""


class Participation(Frozen):
    """How many ballots came back in a direction."""

    direction: str
    attendus: int
    recus: int


class Inputs(Frozen):
    """What the stage reads."""

    entree: Entree
    preselect: preselect.Result
    retours: tuple[RetourBulletin, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()


class Result(Frozen):
    """The vote consolidated and the selection."""

    bulletins: tuple[Bulletin, ...]
    consolidations: tuple[Consolidation, ...]
    selection: tuple[Choix, ...]
    non_retenus: dict[str, str]
    sans_voix: tuple[str, ...]
    participation: tuple[Participation, ...]
    messages: tuple[str, ...]
    anomalies: tuple[Anomaly, ...]


def voters(entree: Entree) -> tuple[str, ...]:
    """Who votes: those named votant; where none is, the référents estimate (the method's other route)."""
    named = entree.holders(Role.VOTANT) or entree.holders(Role.REFERENT)
    return tuple(personne.mail for personne in named)


def missing(inputs: Inputs) -> tuple[collect.Manquant, ...]:
    """The ballots that are not in."""
    received = {retour.personne for retour in inputs.retours}
    return tuple(
        collect.Manquant(quoi="bulletin", personne=mail) for mail in voters(inputs.entree) if mail not in received
    )


def build(inputs: Inputs, referentiel: Referentiel) -> Result:
    """Consolidate the ballots, then select."""
    ballots, unentitled = _ballots(inputs, referentiel)
    overrides, refused = _overrides(inputs)
    found = tuple(
        consolidate(place, ballots, overrides.get(place.levier), inputs.preselect, referentiel)
        for place in inputs.preselect.retenus
    )
    chooser = _Selection(found, referentiel)
    chooser.choose()
    ranks = {item.levier: place for place, item in enumerate(chooser.ranked(), start=1)}
    return Result(
        bulletins=ballots,
        consolidations=tuple(item.model_copy(update={"rang": ranks.get(item.levier)}) for item in found),
        selection=chooser.ordered(),
        non_retenus=chooser.refusals(),
        sans_voix=tuple(item.levier for item in found if item.quadrant is None),
        participation=_participation(inputs),
        messages=tuple(chooser.messages()),
        anomalies=(*inputs.anomalies, *unentitled, *refused),
    )


def consolidate(
    place: preselect.Place,
    ballots: Sequence[Bulletin],
    override: Derogation | None,
    preselected: preselect.Result,
    referentiel: Referentiel,
) -> Consolidation:
    """The means of a levier, its quadrant and its unit inside the list."""
    parametres = referentiel.parametres.priorisation
    voices = [(ballot.college, voice) for ballot in ballots for voice in ballot.voix if voice.levier == place.levier]
    value = _stat([(college, voice.valeur) for college, voice in voices], parametres)
    feasibility = _stat([(college, voice.faisabilite) for college, voice in voices], parametres)
    decided_value = Fraction(override.valeur) if override and override.valeur is not None else value.moyenne
    decided_feasibility = (
        Fraction(override.faisabilite) if override and override.faisabilite is not None else feasibility.moyenne
    )
    kept = {item.levier for item in preselected.retenus}
    return Consolidation(
        levier=place.levier,
        dimension=place.dimension,
        stat_valeur=value,
        stat_faisabilite=feasibility,
        valeur=decided_value,
        faisabilite=decided_feasibility,
        quadrant=quadrant_of(decided_value, decided_feasibility, parametres),
        derogation=override,
        unite=place.unite,
        bloque_par=tuple(item for item in place.unite if item not in kept),
    )


def quadrant_of(
    value: Fraction | None, feasibility: Fraction | None, parametres: ParametresPriorisation
) -> Quadrant | None:
    """The quadrant of exact means, the thresholds included on the upper side; None without voice."""
    if value is None or feasibility is None:
        return None
    high = value >= Fraction(parametres.seuil_valeur)
    easy = feasibility >= Fraction(parametres.seuil_faisabilite)
    return {
        (True, True): Quadrant.GAINS_RAPIDES,
        (True, False): Quadrant.PROJETS_MAJEURS,
        (False, True): Quadrant.COMPLEMENTS,
        (False, False): Quadrant.A_ECARTER,
    }[high, easy]


def disagree(notes: Sequence[int], parametres: ParametresPriorisation) -> bool:
    """True with enough voices, when their range or their population standard deviation is large."""
    if len(notes) < parametres.desaccord_voix_min:
        return False
    mean = Fraction(sum(notes), len(notes))
    variance = sum(((note - mean) ** 2 for note in notes), Fraction(0)) / len(notes)
    # compared squared: no square root, so no rounding at the threshold
    return (
        max(notes) - min(notes) >= parametres.desaccord_etendue
        or variance >= Fraction(parametres.desaccord_ecart_type) ** 2
    )


def _stat(voices: Sequence[tuple[str, int | None]], parametres: ParametresPriorisation) -> Stat:
    notes = [note for _, note in voices if note is not None]
    return Stat(
        moyenne=_mean([(college, note) for college, note in voices if note is not None], parametres.colleges),
        mediane=median(Fraction(note) for note in notes) if notes else None,
        minimum=min(notes, default=None),
        maximum=max(notes, default=None),
        voix=len(notes),
        desaccord=disagree(notes, parametres),
    )


def _mean(voices: Sequence[tuple[str, int]], colleges: dict[str, Decimal]) -> Fraction | None:
    """The plain mean, or the weighted mean of college means where the référentiel weighs colleges."""
    if not voices:
        return None
    if not colleges:
        return Fraction(sum(note for _, note in voices), len(voices))
    groups: dict[str, list[int]] = defaultdict(list)
    for college, note in voices:
        groups[college].append(note)
    weights = {college: Fraction(colleges.get(college, Decimal(1))) for college in groups}
    total = sum(weights.values(), Fraction(0))
    weighted = sum(
        (weights[college] * Fraction(sum(notes), len(notes)) for college, notes in groups.items()),
        Fraction(0),
    )
    return weighted / total


class _Selection:
    """The selection while it is being made."""

    def __init__(self, found: Sequence[Consolidation], referentiel: Referentiel) -> None:
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

    def ranked(self) -> list[Consolidation]:
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

    def _outranked(self, item: Consolidation) -> str:
        if len(item.unite) > 1:
            return f"Avec ses prérequis, il ne tient pas dans les {self.parametres.cible} leviers visés."
        return (
            f"Moins bien classé : les {self.parametres.cible} places vont au meilleur de chaque dimension, "
            "puis aux mieux classés."
        )

    def _refusal(self, item: Consolidation) -> str | None:
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

    def _add(self, item: Consolidation, motif: str, explanation: str) -> None:
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


def _rank_key(item: Consolidation) -> tuple[int, Fraction, str]:
    value, feasibility = item.valeur or Fraction(0), item.faisabilite or Fraction(0)
    quick = item.quadrant is Quadrant.GAINS_RAPIDES
    return (0 if quick else 1), -(value + feasibility if quick else value), item.levier


def _nth(place: int) -> str:
    return "1er" if place == 1 else f"{place}e"


def _ballots(inputs: Inputs, referentiel: Referentiel) -> tuple[tuple[Bulletin, ...], list[Anomaly]]:
    """The ballots that count: the voters', and on the orange leviers that of the prestataire on board."""
    entitled = set(voters(inputs.entree))
    counted, refused = [], []
    for retour in sorted(inputs.retours, key=lambda item: item.personne):
        personne = inputs.entree.find(retour.personne)
        voices = retour.voix
        if personne is None or personne.mail not in entitled:
            bilateral = personne and personne.has(Role.PRESTATAIRE) and inputs.preselect.prestataire_embarque
            orange = {item.id for item in referentiel.leviers.values() if item.prestataire}
            voices = tuple(voice for voice in voices if bilateral and voice.levier in orange)
        if personne and (voices or personne.mail in entitled):
            counted.append(
                Bulletin(personne=personne.mail, direction=personne.direction, college=personne.college, voix=voices)
            )
        elif any(voice.valeur is not None or voice.faisabilite is not None for voice in retour.voix):
            refused.append(Anomaly(code="bulletin-sans-droit", valeur=retour.personne))
    return tuple(counted), refused


def _overrides(inputs: Inputs) -> tuple[dict[str, Derogation], list[Anomaly]]:
    """The référents' overrides by levier; where two of them contradict each other, none holds and it is said."""
    found: dict[str, Derogation] = {}
    contested: set[str] = set()
    refused = []
    for retour in sorted(inputs.retours, key=lambda item: item.personne):
        personne = inputs.entree.find(retour.personne)
        if retour.derogations and not (personne and any(personne.has(role) for role in _WHO_IMPOSES)):
            refused.append(Anomaly(code="derogation-sans-droit", valeur=retour.personne))
            continue
        for item in retour.derogations:
            kept = found.setdefault(item.levier, item)
            if (kept.valeur, kept.faisabilite, kept.force) != (item.valeur, item.faisabilite, item.force):
                contested.add(item.levier)
    refused.extend(Anomaly(code="derogation-contraire", valeur=levier) for levier in sorted(contested))
    return {levier: item for levier, item in found.items() if levier not in contested}, refused


def _participation(inputs: Inputs) -> tuple[Participation, ...]:
    received = {retour.personne for retour in inputs.retours}
    people = [personne for mail in voters(inputs.entree) if (personne := inputs.entree.find(mail))]
    return tuple(
        Participation(
            direction=direction or "Direction non précisée",
            attendus=sum(item.direction == direction for item in people),
            recus=sum(item.direction == direction and item.mail in received for item in people),
        )
        for direction in sorted({item.direction for item in people})
    )


def selected(result: Result) -> Iterable[str]:
    """Ids of the selection, in the order of work."""
    return (choice.levier for choice in result.selection)
