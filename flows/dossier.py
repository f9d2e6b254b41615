"""One dossier, its own flow run: started when a person decided or asked."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.artifacts import create_link_artifact, create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Paused

from flows.advance import Arret
from flows.engine.card import find_pages
from flows.engine.runs import WAITING, close_executions
from flows.going import advance_dossier
from flows.waiting import load_attendu, say
from nr_models.tables import Dossier, Programme
from tasks.dossier.executions import end_execution, start_execution, suspend_execution
from tasks.dossier.run import perform_stage
from tasks.programme.programmes import find_dossier
from tasks.store.lock import programme_lock
from tasks.store.workspace import Workspace


@flow(name="Dossier", flow_run_name="Dossier {name}", persist_result=False)
def dossier(name: str, until: str | None = None) -> State[Any]:
    """Advance a dossier (« programme/slug »); ends paused, named « En attente », where a person is awaited.

    No process waits. Resumed from Prefect's pages, it looks at our database and pauses again.
    """
    workspace = Workspace()
    try:
        with workspace.reading() as session:
            programme, found = find_dossier(session, name)
        with programme_lock(workspace.settings, programme.slug):
            start_execution(workspace, programme, found, str(flow_run.id))
            close_executions(workspace, found, superseded=True)
            halt = advance_dossier(workspace, programme, found, perform_stage, until)
        message = say(halt, load_attendu(workspace, found))
        if halt.why in (Arret.FIN, Arret.LIMITE):
            end_execution(workspace, str(flow_run.id))
            return Completed(message=message)
        _lead(workspace, programme, found, message)
        suspend_execution(workspace, found, str(flow_run.id))
        return Paused(name=WAITING, message=message, timeout_seconds=None)
    finally:
        workspace.close()


def _lead(workspace: Workspace, programme: Programme, found: Dossier, message: str) -> None:
    """Leave in the flow run a way to the page of the dossier, or what is awaited where no page is served."""
    key, pages = f"{programme.slug}-{found.slug}", find_pages(workspace.settings)
    if pages:
        link = f"{pages}/d/{programme.slug}/{found.slug}"
        create_link_artifact(link=link, link_text=found.nom, key=key, description=message)
    else:
        create_markdown_artifact(markdown=f"**{found.nom}**\n\n{message}", key=key, description=message)
