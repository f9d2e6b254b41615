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

_PHASES = {"envoi": "documents à remplir", "resultat": "résultat"}


def _key(_context: TaskRunContext, parameters: dict[str, Any]) -> str:
    """Dossier, stage, phase and fingerprint: what the result is the result of."""
    step: Make = parameters["step"]
    return f"{parameters['standing'].cle}-{step.stage.slug}-{step.phase}-{step.fingerprint}".replace("/", "-")


@task(task_run_name="{label}", cache_policy=CacheKeyFnPolicy(cache_key_fn=_key), persist_result=True)
def run_stage(lieu: Lieu, standing: Standing, step: Make, label: str) -> str:
    """Make one thing; returns its fingerprint. What was made is in our database, not here."""
    make(lieu, standing, step)
    return step.fingerprint


def perform_stage(lieu: Lieu, standing: Standing, step: Make) -> None:
    """Run the stage as a task. Our table was looked up first, so Prefect's cache never answers for us."""
    label = f"{step.stage.nom} ({_PHASES[step.phase]}) · {lieu.dossier.nom}"
    stage: Task[Any, str] = run_stage.with_options(refresh_cache=True)
    stage(lieu, standing, step, label)
