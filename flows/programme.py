"""A whole wave in one flow run: a task run per dossier, its stages nested under it, failures apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from prefect import flow, task
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from flows.advance import advance_dossier
from flows.engine.runs import close_executions
from flows.waiting import say_failure, tell
from nr_models.dossier.next import Arret
from tasks.dossier.executions import end_execution, start_execution
from tasks.dossier.run import perform_stage
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import find_programme, list_dossiers
from tasks.store.lock import programme_lock
from tasks.store.workspace import Workspace
from tasks.trail.chain import record_heads

Listener = Callable[[str, bool], None]
"""Told that a dossier is done: its slug, and whether it went well."""

_listeners: list[Listener] = []


class _Place:
    """A plain object around a place: Prefect would walk its référentiel value by value."""

    def __init__(self, lieu: Lieu) -> None:
        self.lieu = lieu


@task(task_run_name="{label}", persist_result=False)
def dossier_task(place: _Place, label: str, until: str | None) -> State[Any]:
    """One dossier of the wave; « En attente » where a person is awaited."""
    lieu = place.lieu
    close_executions(lieu.workspace, lieu.dossier, superseded=True)
    try:
        halt = advance_dossier(lieu, perform_stage, until)
    except Exception as error:  # noted, and recorded in the trail, on the way
        return Failed(message=say_failure(error))
    done = halt.why in (Arret.FIN, Arret.LIMITE)
    message = tell(lieu, halt)
    return Completed(name="Terminé" if done else "En attente", message=message)


@flow(name="Programme", flow_run_name="Programme {name}", persist_result=False)
def programme(name: str, dossiers: Sequence[str] | None = None, until: str | None = None) -> State[Any]:
    """Advance every dossier of a programme, or those named; one failure stops none of the others."""
    workspace = Workspace()
    failed = []
    try:
        with workspace.reading() as session:
            known = find_programme(session, name)
            wave = [item for item in list_dossiers(session, known) if dossiers is None or item.slug in dossiers]
        with programme_lock(workspace.settings, known.slug):
            start_execution(workspace, known, None, str(flow_run.id))
            for item in wave:
                state = dossier_task(_Place(Lieu(workspace, known, item)), item.nom, until, return_state=True)
                well = not (state.is_failed() or state.is_crashed())
                if not well:
                    failed.append(item.slug)
                for listener in _listeners:
                    listener(item.slug, well)
            with workspace.writing() as session:
                record_heads(session, known.slug)
            end_execution(workspace, str(flow_run.id))
    finally:
        workspace.close()
    if failed:
        return Failed(message=f"En échec : {', '.join(failed)}.")
    return Completed(message=f"Dossiers avancés aussi loin que possible : {len(wave)}.")


@contextmanager
def listen(listener: Listener) -> Iterator[None]:
    """Be told, in this process, of each dossier done."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)
