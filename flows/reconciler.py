"""Bring our database and Prefect together after any crash, and say what was repaired."""

from __future__ import annotations

from collections.abc import Sequence

from flows.engine.purge import purge_prefect
from flows.engine.start import Moteur
from nr_models.tables import Programme
from tasks.dossier.reconcile import mend
from tasks.people.suites import finish
from tasks.store.workspace import Workspace


def reconcile(workspace: Workspace, programmes: Sequence[Programme], moteur: Moteur) -> list[str]:
    """Repair our database, then what Prefect shows; returns what was repaired, a French sentence each.

    Raises ``MoteurAbsent`` where Prefect does not answer: our database is repaired by then.
    """
    return mend(workspace, programmes) + finish_erasures(workspace) + mend_prefect(workspace, moteur)


def finish_erasures(workspace: Workspace) -> list[str]:
    """Finish the erasures of people that were cut; what was done and what is left, a French sentence each."""
    done = finish(workspace, purge_prefect)
    return [*done.faits, *done.restes]


def mend_prefect(workspace: Workspace, moteur: Moteur) -> list[str]:
    """Repair what Prefect shows. Raises ``MoteurAbsent``."""
    from flows.engine.runs import awaken, close_dead, close_executions, wait_again

    moteur.ensure()
    counts = (
        close_dead(workspace),
        close_executions(workspace, None),
        awaken(workspace, None),
        wait_again(workspace),
    )
    return [f"Prefect : {sentence} ({count})." for count, sentence in zip(counts, _REPAIRS, strict=True) if count]


_REPAIRS = (
    "exécutions dont le processus s’était arrêté, marquées interrompues",
    "exécutions qui attendaient une décision déjà prise, fermées",
    "exécutions refusées ou à corriger dont le dossier repart, remises en attente",
    "exécutions reprises à la main, remises en attente",
)
