"""The next step of a dossier, from where it stands: make, wait, settle, or halt. Pure: it decides, others do.

One walk over ``STAGES``; the first stage that is not acquired says what comes next.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple

from nr_models.dossier.case import Manquant
from nr_models.dossier.fingerprint import Phase
from nr_models.dossier.retours.recus import Arretee
from nr_models.dossier.standing import Standing
from nr_models.dossier.workflow import Etat, passed
from nr_models.stages import STAGES, Stage
from nr_models.values.frozen import digest, sha256


class Arret(StrEnum):
    """Why a dossier goes no further."""

    FIN = "fin"
    VALIDATION = "validation"
    RETOURS = "retours"
    CORRECTION = "correction"
    REFUS = "refus"
    LIMITE = "limite"
    A_FAIRE = "a-faire"
    PREUVE = "preuve"


class Make(NamedTuple):
    """One thing to make: a stage's supports or its result, from that basis."""

    stage: Stage
    phase: Phase
    basis: str

    @property
    def fingerprint(self) -> str:
        """The cache key."""
        return sha256(self.basis.encode())


class Halt(NamedTuple):
    """Where the walk stopped: why, at which stage, and how many things were made on the way."""

    why: Arret
    stage: Stage
    made: int = 0


class Wait(NamedTuple):
    """Look who owes what to a stage: it is made where nothing is missing that was not accepted, else it waits."""

    step: Make
    halt: Halt


class Settle(NamedTuple):
    """A result that stands: confirm it where it was approved last, else submit it (again); ``halt`` if neither."""

    stage: Stage
    approved: bool
    halt: Halt


Next = Make | Wait | Settle | Halt

_STOPS = {Etat.A_CORRIGER: Arret.CORRECTION, Etat.REFUSE: Arret.REFUS}
_UNSETTLED = frozenset((Etat.OBSOLETE, Etat.ATTEND_SAISIES, Etat.ROUVERT))


def plan_next(standing: Standing, until: str | None = None) -> Next:
    """What comes next, no further than the stage ``until``."""
    for stage in STAGES:
        if found := _plan_stage(standing, stage):
            return found
        if stage.slug == until:
            return Halt(Arret.LIMITE, stage)
    return Halt(Arret.FIN, STAGES[-1])


def _plan_stage(standing: Standing, stage: Stage) -> Next | None:
    """What a stage asks for, or None when it is acquired."""
    if stage.waits and (step := _plan_making(standing, stage, "envoi")):
        return step
    if step := _plan_making(standing, stage, "resultat"):
        return _plan_waiting(standing, stage, step) if stage.waits else step
    if settle := _plan_settling(standing, stage):
        return settle
    etat = standing.etat(stage)
    return None if passed(etat, stage.gate) else Halt(_STOPS.get(etat, Arret.VALIDATION), stage)


def _plan_making(standing: Standing, stage: Stage, phase: Phase) -> Make | None:
    """What to make of a stage, or None when its current round is right and its files are there."""
    if standing.etat(stage) is Etat.REFUSE:
        return None  # a refusal stops the dossier until somebody reopens it
    step, tour = Make(stage, phase, standing.find_basis(stage, phase)), standing.find_tour(stage.slug, phase)
    return None if tour and tour.basis == step.basis and tour.intact else step


def _plan_waiting(standing: Standing, stage: Stage, step: Make) -> Next:
    """Make what is made already; halt where what is missing is known and nobody accepted it; else look who owes what.

    What was missing is only remembered: nothing is ever made because nothing was.
    """
    situation = standing.stages[stage.slug]
    made = situation.resultat and situation.resultat.fingerprint == step.fingerprint
    if made or situation.arretee is Arretee.VALIDATION:  # validated, nobody is asked again until it is reopened
        return step
    halt = Halt(_STOPS.get(situation.etat, Arret.RETOURS), stage)
    looked = situation.attente == build_attente(step.fingerprint, situation.manquants)
    known = situation.etat is Etat.ATTEND_SAISIES and looked and not set(situation.manquants) <= set(situation.clos)
    return halt if known else Wait(step, halt)


def build_attente(fingerprint: str, manquants: Sequence[Manquant]) -> str:
    """What names a look at who owes what: from which basis, and what it found."""
    return digest([fingerprint, list(manquants)])


def _plan_settling(standing: Standing, stage: Stage) -> Settle | None:
    """A result that stands and was neither submitted nor confirmed."""
    etat, tour = standing.etat(stage), standing.find_tour(stage.slug, "resultat")
    if tour is None or not (etat in _UNSETTLED or (etat is Etat.PRODUIT and stage.gate)):
        return None
    return Settle(stage, etat is not Etat.ROUVERT and tour.approved, Halt(Arret.VALIDATION, stage))
