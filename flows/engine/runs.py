"""Close in Prefect the runs that waited for people, and those whose process died, with a state that says it.

What waits and what was decided is in our database: a Prefect that has lost a run loses nothing of ours.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.exceptions import ObjectNotFound
from prefect.states import Cancelled, Completed, Crashed, Paused

from nr_models.tables import Dossier, Execution, Programme
from tasks.dossier.executions import (
    Cloture,
    awaken_execution,
    end_execution,
    list_awakened,
    list_closings,
    list_executions,
)
from tasks.store.lock import Occupe, programme_lock, raise_busy
from tasks.store.workspace import Workspace

WAITING = "En attente"


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
    with _client() as client:
        for closing in closings:
            _set(client, closing.execution.flow_run, _last_state(closing))
            end_execution(workspace, closing.execution.flow_run)
    return len(closings)


def awaken(workspace: Workspace, dossier: Dossier | None, before: Callable[[], None] = lambda: None) -> int:
    """Put back « En attente » the runs that ended on a refusal or a correction, where their dossier goes on since.

    ``before`` is called where there is something to awaken, and Prefect will be needed. Returns how many.
    """
    with workspace.reading() as session:
        rows = list_awakened(session, dossier)
    if not rows:
        return 0
    before()
    with _client() as client:
        for row in rows:
            _set(client, row.flow_run, Paused(name=WAITING, message=_REOPENED, timeout_seconds=None))
            awaken_execution(workspace, row.flow_run)
    return len(rows)


_REOPENED = "Le dossier a été rouvert ; il attend une personne."


def close_dead(workspace: Workspace) -> int:
    """Close the runs that Prefect shows as running although nobody works on their programme; returns how many."""
    with workspace.reading() as session:
        rows = list_executions(session, waiting=False)
        slugs = {row.flow_run: session.get_one(Programme, row.programme_id).slug for row in rows}
    with _client() as client:
        dead = {**slugs, **(_list_running(client) if not workspace.settings.prefect_api_url else {})}
        return sum(_close_dead(workspace, client, flow_run, slug, slugs) for flow_run, slug in dead.items())


def wait_again(workspace: Workspace) -> int:
    """Put back « En attente » the runs that somebody resumed by hand; forget those that are no more. How many."""
    with workspace.reading() as session:
        rows = list_executions(session, waiting=True)
    if not rows:
        return 0
    with _client() as client:
        return sum(_wait_again(workspace, client, row) for row in rows)


def _wait_again(workspace: Workspace, client: SyncPrefectClient, row: Execution) -> bool:
    found = _find(client, row.flow_run)
    if found is None or found.state is None or found.state.is_final():
        end_execution(workspace, row.flow_run)
        return False
    if found.state.is_paused():
        return False
    _set(client, row.flow_run, Paused(name=WAITING, message="Attend toujours une personne.", timeout_seconds=None))
    return True


def _list_running(client: SyncPrefectClient) -> dict[str, str]:
    """The runs that our own server shows as running, and the programme of each."""
    kinds = FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING])
    runs = client.read_flow_runs(flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=kinds)))
    return {str(run.id): str(run.parameters.get("name", "")).partition("/")[0] for run in runs}


def _close_dead(
    workspace: Workspace, client: SyncPrefectClient, flow_run: str, slug: str, ours: dict[str, str]
) -> bool:
    """Who works on a programme holds its lock: where we can take it, nobody does."""
    try:
        with programme_lock(workspace.settings, slug, raise_busy):
            found = _find(client, flow_run)
            if flow_run in ours:
                end_execution(workspace, flow_run)
            if found is None or found.state is None or found.state.is_final():
                return False
            message = "Le processus s’est arrêté en route ; rien n’est perdu, une autre exécution reprend."
            _set(client, flow_run, Crashed(name="Interrompue", message=message))
            return True
    except Occupe:
        return False


def _last_state(closing: Cloture) -> State[Any]:
    build = Cancelled if closing.refused else Completed
    state: State[Any] = build(name=closing.nom, message=closing.message)
    return state


def _find(client: SyncPrefectClient, flow_run: str) -> FlowRun | None:
    try:
        return client.read_flow_run(UUID(flow_run))
    except ObjectNotFound:  # Prefect was emptied since
        return None


def _set(client: SyncPrefectClient, flow_run: str, state: State[Any]) -> None:
    if _find(client, flow_run) is not None:
        client.set_flow_run_state(UUID(flow_run), state, force=True)


@contextmanager
def _client() -> Iterator[SyncPrefectClient]:
    with get_client(sync_client=True) as client:
        yield client
