"""One dossier, its own flow run: started when a person decided or asked."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.states import Completed, Paused

from flows.advance import Arret, Halt
from flows.going import advance_dossier
from tasks.lock import programme_lock
from tasks.programmes import find_dossier
from tasks.run import perform_stage
from tasks.workspace import Workspace


@flow(name="Dossier", flow_run_name="{name}", persist_result=False)
def dossier(name: str, until: str | None = None) -> State[Any]:
    """Advance a dossier (« programme/slug »); ends paused, named « En attente », where a person is awaited.

    No process waits. Resumed from Prefect's pages, it looks at our database and pauses again.
    """
    workspace = Workspace()
    try:
        with workspace.reading() as session:
            programme, found = find_dossier(session, name)
        with programme_lock(workspace.settings, programme.slug):
            halt = advance_dossier(workspace, programme, found, perform_stage, until)
        return state_of(halt)
    finally:
        workspace.close()


def state_of(halt: Halt) -> State[Any]:
    """The Prefect state that tells where a dossier stopped."""
    if halt.why in (Arret.FIN, Arret.LIMITE):
        return Completed(message=say(halt))
    return Paused(name="En attente", message=say(halt), timeout_seconds=None)


def say(halt: Halt) -> str:
    """Where a dossier stopped, in a sentence."""
    name = halt.stage.nom
    return {
        Arret.FIN: "La feuille de route est validée.",
        Arret.LIMITE: f"Arrêt demandé après l’étape « {name} ».",
        Arret.VALIDATION: f"L’étape « {name} » attend une validation.",
        Arret.RETOURS: f"L’étape « {name} » attend des retours.",
        Arret.CORRECTION: f"L’étape « {name} » est à corriger.",
        Arret.REFUS: f"L’étape « {name} » est refusée.",
        Arret.A_FAIRE: f"L’étape « {name} » est à produire.",
    }[halt.why]
