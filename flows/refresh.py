"""The Prefect flow that reads inventories again at their source, and its deployment by the clock of Paris."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.states import Completed

from flows.sources import CRON, refresh_due
from nr_models.inventaire.refresh import EtatCandidat
from tasks.store.clock import now
from tasks.store.workspace import Workspace


@flow(name="Relevé des inventaires", persist_result=False)
def refresh() -> State[Any]:
    """Visit, in every programme, the sources due now by their own cron."""
    workspace = Workspace()
    try:
        visits = refresh_due(workspace, datetime.fromisoformat(now()))
    finally:
        workspace.close()
    fresh = sum(item.etat is EtatCandidat.EN_VIGUEUR for item in visits)
    return Completed(message=f"Sources visitées : {len(visits)}. Inventaires entrés en vigueur : {fresh}.")


def build_deployment() -> RunnerDeployment:
    """The deployment, for who serves it with Prefect; « nr servir » does the same by itself."""
    return RunnerDeployment.from_flow(
        refresh, name="releve-des-inventaires", schedule=Cron(CRON, timezone="Europe/Paris")
    )
