"""One dossier, its own flow run: started when a person decided or asked."""

from __future__ import annotations

from typing import Any

from prefect import flow
from prefect.artifacts import create_link_artifact, create_markdown_artifact
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed, Paused

from flows.advance import advance_dossier
from flows.engine.card import find_pages
from flows.engine.runs import WAITING, close_executions
from flows.waiting import say_failure, tell
from nr_models.dossier.next import Arret
from tasks.dossier.executions import end_execution, start_execution, suspend_execution
from tasks.dossier.run import perform_stage
from tasks.programme.lieu import Lieu, find_lieu
from tasks.store.lock import programme_lock
from tasks.store.workspace import Workspace


@flow(name="Dossier", flow_run_name="Dossier {name}", persist_result=False)
def dossier(name: str, until: str | None = None) -> State[Any]:
    """Advance a dossier (« programme/slug »); ends paused, named « En attente », where a person is awaited.

    No process waits. Resumed from Prefect's pages, it looks at our database and pauses again.
    """
    workspace = Workspace()
    try:
        lieu = find_lieu(workspace, name)
        with programme_lock(workspace.settings, lieu.programme.slug):
            start_execution(workspace, lieu.programme, lieu.dossier, str(flow_run.id))
            close_executions(workspace, lieu.dossier, superseded=True)
            try:
                halt = advance_dossier(lieu, perform_stage, until)
            except Exception as error:  # noted, and recorded in the trail, on the way
                return Failed(message=say_failure(error))
        message = tell(lieu, halt)
        if halt.why in (Arret.FIN, Arret.LIMITE):
            end_execution(workspace, str(flow_run.id))
            return Completed(message=message)
        _lead(lieu, message)
        suspend_execution(lieu, str(flow_run.id))
        return Paused(name=WAITING, message=message, timeout_seconds=None)
    finally:
        workspace.close()


def _lead(lieu: Lieu, message: str) -> None:
    """Leave in the flow run a way to the page of the dossier, or what is awaited where no page is served."""
    key, pages = f"{lieu.programme.slug}-{lieu.dossier.slug}", find_pages(lieu.workspace.settings)
    if pages:
        link = f"{pages}/d/{lieu.programme.slug}/{lieu.dossier.slug}"
        create_link_artifact(link=link, link_text=lieu.dossier.nom, key=key, description=message)
    else:
        create_markdown_artifact(markdown=f"**{lieu.dossier.nom}**\n\n{message}", key=key, description=message)
