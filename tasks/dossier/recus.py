"""What a dossier has received so far: each return, what is wrong in it, a copy to correct of each faulty file.

The stage that waits for them shows the same once all are in; a référent need not wait that long.
"""

from __future__ import annotations

from typing import NamedTuple

from nr_models.dossier.case import File, Retour
from nr_models.dossier.workflow import Etat
from nr_models.stages import STAGES
from nr_models.values.anomalies import Anomaly
from tasks.dossier.anomalies import find_faults
from tasks.dossier.making import load_case
from tasks.dossier.standing import load_standing
from tasks.programme.lieu import Lieu
from tasks.stages.collect.workbooks.supports import render_anomalies
from tasks.stages.copies import render_copies


class Recus(NamedTuple):
    """The returns in force, stage by stage, and what is wrong beside their cells: illegible files, unknown people."""

    retours: tuple[Retour, ...]
    anomalies: tuple[Anomaly, ...]


def list_received(lieu: Lieu) -> Recus:
    """What was received for the stages that have begun, as it was last read by « nr avancer »."""
    standing = load_standing(lieu)
    begun = [stage for stage in STAGES if stage.returns and standing.etat(stage) is not Etat.A_VENIR]
    cases = [load_case(lieu, standing, stage) for stage in begun]
    retours = tuple(retour for case in cases for retour in case.retours)
    told = {item for retour in retours for item in retour.anomalies}
    of_files = [anomaly for case in cases for anomaly in case.anomalies]
    of_rules = [anomaly for stage, case in zip(begun, cases, strict=True) for anomaly in find_faults(stage, case)]
    return Recus(retours, tuple(item for item in dict.fromkeys((*of_files, *of_rules)) if item not in told))


def render_received(received: Recus) -> tuple[File, ...]:
    """The workbook of every anomaly, and the copies to correct."""
    anomalies = (*received.anomalies, *(item for retour in received.retours for item in retour.anomalies))
    return File("anomalies.xlsx", render_anomalies(anomalies)), *render_copies(received.retours)
