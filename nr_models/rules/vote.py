"""The vote: voices on value and feasibility, their means and disagreements, and the quadrants.

Rules: method « 5 prioritise », after the ANCT's value–feasibility matrix (step 4.1).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from statistics import median
from typing import Literal

from nr_models.referentiel.parametres import ParametresPriorisation
from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import preselect
from nr_models.values.frozen import Exact, Frozen


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


class LevierConsolide(Frozen):
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


def consolidate(
    place: preselect.Place,
    ballots: Sequence[Bulletin],
    override: Derogation | None,
    preselected: preselect.Result,
    referentiel: Referentiel,
) -> LevierConsolide:
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
    return LevierConsolide(
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


AUTRES = "Autres directions"

Groupe = tuple[str, str]
"""A direction and a college."""


def gather_small(groups: Mapping[Groupe, Sequence[Voix]], least: int) -> dict[Groupe, list[Voix]]:
    """The groups that may be shown; those of fewer voices than ``least`` together, with the smallest other if need be.

    What is left out cannot be had by taking what is shown from the whole: either nothing is, or everything.
    """
    shown = {key: [*voices] for key, voices in sorted(groups.items()) if len(voices) >= least}
    rest = [voice for key, voices in sorted(groups.items()) if key not in shown for voice in voices]
    while 0 < len(rest) < least and shown:
        rest.extend(shown.pop(min(shown, key=lambda key: (len(shown[key]), key))))
    return {**shown, **({(AUTRES, ""): rest} if len(rest) >= least else {})}
