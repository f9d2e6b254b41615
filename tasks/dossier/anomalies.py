"""What was found wrong in the current round of a stage: one list for all who tell it.

The command that advances counts it, the one that explains lists it; gates, pages and mails show it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from nr_models.dossier.case import Case
from nr_models.dossier.standing import Standing
from nr_models.dossier.workflow import Etat
from nr_models.stages import Stage
from nr_models.tables import Dossier, Programme, Reading, Round
from nr_models.values.anomalies import Anomaly
from tasks.dossier.making import load_case
from tasks.programme.lieu import Lieu
from tasks.stages.hands import load_hands


def list_anomalies(lieu: Lieu, standing: Standing, stages: Iterable[Stage]) -> tuple[Anomaly, ...]:
    """Of these stages: what their result says was wrong; of one that waits, what is wrong in what is in so far."""
    return tuple(dict.fromkeys(item for stage in stages for item in _of_stage(lieu, standing, stage)))


def count_faulty(session: Session, programme: Programme) -> int:
    """How many dossiers of a programme were given a file with something wrong in it: one query, whatever their number.

    What only a rule finds, looking at all the returns of a dossier, is not counted here.
    """
    query = select(Reading.dossier_id).join(Dossier, col(Dossier.id) == Reading.dossier_id)
    faulty = query.where(Dossier.programme_id == programme.id, Reading.anomalies != "[]").distinct()
    return len(session.exec(faulty).all())


def list_under_gate(lieu: Lieu, standing: Standing, stage: Stage) -> tuple[Anomaly, ...]:
    """What the gate after a stage has to show: of that stage, and of those before it without a gate."""
    return list_anomalies(lieu, standing, stage.under_gate)


def find_faults(stage: Stage, case: Case) -> Sequence[Anomaly]:
    """What is wrong in what a stage was given, as its rule finds it."""
    found: Sequence[Anomaly] = getattr(load_hands(stage.slug).build(case), "anomalies", ())
    return found


def _of_stage(lieu: Lieu, standing: Standing, stage: Stage) -> Sequence[Anomaly]:
    etat, made = standing.etat(stage), standing.find_tour(stage.slug, "resultat")
    if etat is Etat.A_VENIR:
        return ()
    if stage.waits and (made is None or etat is Etat.ATTEND_SAISIES):
        return find_faults(stage, load_case(lieu, standing, stage)) if standing.has_upstream(stage) else ()
    if made is None:
        return ()
    with lieu.reading() as ici:
        value = json.loads(ici.session.get_one(Round, made.id).value)
    return [Anomaly.model_validate(item) for item in value.get("anomalies", ())]
