"""Advance a dossier as far as it can go: to a gate, to a missing return, or to the end.

One walk over ``STAGES``, whoever asks. What must be made is handed to ``perform``: directly, or
as a Prefect task. Without ``perform`` the walk stops there and says so: nothing to do costs a few
SELECTs, and Prefect is not even imported.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple

from nr_models.dossier.fingerprint import Phase
from nr_models.dossier.workflow import Etat, passed
from nr_models.rules.collect import Manquant
from nr_models.stages import STAGES, Stage
from tasks.dossier.making import Step, load_case, settle, wait
from tasks.dossier.standing import Standing, load_standing
from tasks.programme.lieu import Lieu
from tasks.stages.hands import load_hands


class Arret(StrEnum):
    """Why the walk stopped."""

    FIN = "fin"
    VALIDATION = "validation"
    RETOURS = "retours"
    CORRECTION = "correction"
    REFUS = "refus"
    LIMITE = "limite"
    A_FAIRE = "a-faire"


class Halt(NamedTuple):
    """Where the walk stopped: why, at which stage, and how many things it made on the way."""

    why: Arret
    stage: Stage
    made: int


Perform = Callable[[Standing, Step], None]


def advance(lieu: Lieu, perform: Perform | None, until: str | None = None) -> Halt:
    """Go as far as possible, no further than the stage ``until``."""
    made = 0
    while True:
        standing = load_standing(lieu)
        found = _next(lieu, standing, until)
        if isinstance(found, Halt):
            return found._replace(made=made)
        if isinstance(found, Step):
            if perform is None:
                return Halt(Arret.A_FAIRE, next(stage for stage in STAGES if stage.slug == found.stage), made)
            perform(standing, found)
            made += 1


def _next(lieu: Lieu, standing: Standing, until: str | None) -> Step | Halt | None:
    """The next thing to make, or where to stop; None when a state was settled and one should look again."""
    for stage in STAGES:
        if stage.waits and (step := _step(standing, stage, "envoi")):
            return step
        if step := _step(standing, stage, "resultat"):
            halt = _waiting(lieu, standing, stage, step) if stage.waits else None
            return halt or step
        if _settled(lieu, standing, stage):
            return None
        if not passed(standing.etat(stage), stage.gate):
            return Halt(_STOPS.get(standing.etat(stage), Arret.VALIDATION), stage, 0)
        if stage.slug == until:
            return Halt(Arret.LIMITE, stage, 0)
    return Halt(Arret.FIN, STAGES[-1], 0)


_STOPS = {Etat.A_CORRIGER: Arret.CORRECTION, Etat.REFUSE: Arret.REFUS}


def _step(standing: Standing, stage: Stage, phase: Phase) -> Step | None:
    """What to make of a stage, or None when its current round is right and its files are there."""
    if standing.etat(stage) is Etat.REFUSE:
        return None  # a refusal stops the dossier until somebody reopens it
    step, current = Step(stage.slug, phase, standing.basis(stage, phase)), standing.find_round(stage, phase)
    if current is None or current.basis != step.basis:
        return step
    return None if standing.is_intact(stage, current) else step


def _waiting(lieu: Lieu, standing: Standing, stage: Stage, step: Step) -> Halt | None:
    """The halt of a stage whose returns are not all in, and that nobody closed; None when it may go on."""
    current = standing.find_round(stage, "resultat")
    if current is not None and current.fingerprint == step.fingerprint:
        return None
    state = standing.states[stage.slug]
    known = state.attente == step.fingerprint and state.etat == Etat.ATTEND_SAISIES
    missing = (
        tuple(Manquant.model_validate(item) for item in json.loads(state.manquants))
        if known
        else load_hands(stage.slug).list_missing(load_case(lieu, standing, stage))
    )
    if set(missing) <= set(standing.closures.get(stage.slug, ())):
        return None
    if not known:
        wait(lieu, stage, step.fingerprint, missing)
    return Halt(_STOPS.get(standing.etat(stage), Arret.RETOURS), stage, 0)


def _settled(lieu: Lieu, standing: Standing, stage: Stage) -> bool:
    """Move on a stage whose result stands: submit it, submit it again, or confirm it. True when it moved."""
    etat, current = standing.etat(stage), standing.find_round(stage, "resultat")
    unsettled = (Etat.OBSOLETE, Etat.ATTEND_SAISIES, Etat.ROUVERT, *((Etat.PRODUIT,) if stage.gate else ()))
    if current is None or etat not in unsettled:
        return False
    approved = etat is not Etat.ROUVERT and standing.is_approved(current)
    return settle(lieu, stage, approved)
