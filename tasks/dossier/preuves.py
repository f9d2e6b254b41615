"""Before anything is made after a gate: the trail holds the decision that passed it, not our tables alone."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlmodel import col, select

from nr_models.dossier.journal import Fait
from nr_models.dossier.replay import is_approved, last_said
from nr_models.dossier.standing import Standing
from nr_models.dossier.workflow import Etat
from nr_models.stages import STAGES, Stage
from nr_models.tables import Avancement, Event, find_id
from tasks.dossier.rounds import find_round, find_state
from tasks.programme.lieu import Lieu
from tasks.trail.verifier import event_hash

_SAY = (Fait.SOUMIS, Fait.DECIDE, Fait.RETRAIT, Fait.TABLES)
"""The entries that say what became of a gate."""


def find_unproved(lieu: Lieu, standing: Standing, stage: Stage) -> Stage | None:
    """The stage before this one that our tables say validated and the trail does not; None when all is right."""
    before = next((item for item in reversed(STAGES[: stage.numero - 1]) if item.gate), None)
    return before if before and not is_proved(lieu, standing, before) else None


def is_proved(lieu: Lieu, standing: Standing, stage: Stage) -> bool:
    """True when the trail holds decisions that approve the current result of a stage, and says it validated."""
    tour = standing.find_tour(stage.slug, "resultat")
    with lieu.reading() as ici:
        return _holds(_load_events(ici), stage, find_state(ici, stage.slug), tour.seal if tour else None)


def find_forged(ici: Lieu, stage: Stage, *, included: bool = False) -> Stage | None:
    """For an act, in its transaction: the first stage before this one (``included``: or itself) that is not proved."""
    passed = [
        (item, state)
        for item in STAGES[: stage.numero - (not included)]
        if item.gate and (state := find_state(ici, item.slug)).etat == Etat.VALIDE
    ]
    events = _load_events(ici) if passed else None
    for item, state in passed:
        made = find_round(ici, item.slug, "resultat")
        if not _holds(events, item, state, made.seal if made else None):
            return item
    return None


def say_unproved(stage: Stage) -> str:
    """A stage that the base says validated, and the trail does not."""
    return (
        f"L’étape « {stage.nom} » est dite validée par la base, et la piste d’audit n’en tient pas la "
        f"décision : rien n’est fait après elle. « nr piste verifier » dit ce qui diffère."
    )


def _holds(events: Sequence[Mapping[str, Any]] | None, stage: Stage, state: Avancement, seal: str | None) -> bool:
    if seal is None or events is None or not is_approved(events, stage.gate or "", seal):
        return False
    said = last_said(events, ("stage", find_id(state)))
    return said is None or said["etat"] == Etat.VALIDE


def _load_events(lieu: Lieu) -> list[Mapping[str, Any]] | None:
    """What the trail says of the gates of a dossier; None where an entry is not the one that was hashed."""
    told = sa.or_(*(col(Event.body).contains(f'"fait":"{fait.value}"') for fait in _SAY))
    query = select(Event.body, Event.hash).where(Event.chain == lieu.cle, told).order_by(col(Event.n))
    found = []
    for body, digest in lieu.session.exec(query):
        event = json.loads(body)
        if not event["hash"] == digest == event_hash(event):
            return None
        found.append(event)
    return found
