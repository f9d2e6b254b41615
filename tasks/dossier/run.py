"""The stage as a Prefect task: its name in Prefect's pages, and its fingerprint as cache key.

Imported only when something is to be made: Prefect takes a second to load.
"""

from __future__ import annotations

from typing import Any

from prefect import Task, task
from prefect.cache_policies import CacheKeyFnPolicy
from prefect.context import TaskRunContext

from nr_models.dossier.next import Make
from nr_models.dossier.standing import Standing
from tasks.dossier.making import make
from tasks.programme.lieu import Lieu


class Ouvrage:
    """What a task is given, in one plain object: Prefect walks dataclasses, tuples and models value by value.

    A référentiel and a standing walked twice a stage cost a third of its time.
    """

    def __init__(self, lieu: Lieu, standing: Standing, step: Make) -> None:
        self.lieu, self.standing, self.step = lieu, standing, step


_PHASES = {"envoi": "documents à remplir", "resultat": "résultat"}


class EtapeEnEchec(Exception):
    """A stage failed: the kind of the error, all that Prefect may keep of it; the error itself is the cause."""


def _key(_context: TaskRunContext, parameters: dict[str, Any]) -> str:
    """Dossier, stage, phase and fingerprint: what the result is the result of."""
    ouvrage: Ouvrage = parameters["ouvrage"]
    step = ouvrage.step
    return f"{ouvrage.lieu.cle}-{step.stage.slug}-{step.phase}-{step.fingerprint}".replace("/", "-")


@task(task_run_name="{label}", cache_policy=CacheKeyFnPolicy(cache_key_fn=_key), persist_result=True)
def run_stage(ouvrage: Ouvrage, label: str) -> str:
    """Make one thing; returns its fingerprint. What was made is in our database, not here. Raises ``EtapeEnEchec``."""
    try:
        make(ouvrage.lieu, ouvrage.standing, ouvrage.step)
    except Exception as error:
        raise EtapeEnEchec(type(error).__name__) from error
    return ouvrage.step.fingerprint


def perform_stage(lieu: Lieu, standing: Standing, step: Make) -> None:
    """Run the stage as a task. Our table was looked up first, so Prefect's cache never answers for us."""
    label = f"{step.stage.nom} ({_PHASES[step.phase]}) · {lieu.dossier.nom}"
    stage: Task[Any, str] = run_stage.with_options(refresh_cache=True)
    try:
        stage(Ouvrage(lieu, standing, step), label)
    except EtapeEnEchec as failed:
        raise failed.__cause__ or failed from None
