"""Close in Prefect the runs that waited for people, with a state that tells what they decided.

What waits and what was decided is in our database: a Prefect that has lost a run loses nothing of ours.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import State
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Completed

from nr_models.tables import Dossier
from tasks.executions import Cloture, list_closings, settle_execution
from tasks.workspace import Workspace


def close_executions(
    workspace: Workspace,
    dossier: Dossier | None,
    *,
    superseded: bool = False,
    before: Callable[[], None] = lambda: None,
) -> int:
    """Close the runs of a dossier (of all where None) whose wait is over; returns how many.

    With ``superseded`` those that still wait are closed too: another run takes their place.
    ``before`` is called where there is something to close, and Prefect will be needed.
    """
    with workspace.reading() as session:
        closings = list_closings(session, dossier, superseded=superseded)
    if not closings:
        return 0
    before()
    with get_client(sync_client=True) as client:
        for closing in closings:
            _close(client, closing)
            settle_execution(workspace, closing.execution)
    return len(closings)


def _close(client: SyncPrefectClient, closing: Cloture) -> None:
    build = Cancelled if closing.refused else Completed
    state: State[Any] = build(name=closing.nom, message=closing.message)
    try:
        client.set_flow_run_state(closing.execution.flow_run, state, force=True)
    except ObjectNotFound:  # Prefect was emptied since: nothing waits there any more
        return
