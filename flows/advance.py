"""Advance a dossier as far as it can go: to a gate, to a missing return, or to the end.

``plan_next`` says what comes next, this loop does it, whoever asks. What must be made is handed to ``perform``:
directly, or as a Prefect task. Without ``perform`` the walk stops there and says so: nothing to do costs a few
SELECTs, and Prefect is not even imported.
"""

from __future__ import annotations

from collections.abc import Callable

from nr_models.dossier.journal import Fait
from nr_models.dossier.next import Arret, Halt, Make, Settle, Wait, plan_next
from nr_models.dossier.standing import Standing
from tasks.dossier.asking import tell_complete
from tasks.dossier.making import list_owed, settle, wait
from tasks.dossier.preuves import find_unproved
from tasks.dossier.standing import load_standing
from tasks.programme.lieu import Lieu
from tasks.returns.returns import read_returns
from tasks.store.failures import note_failure
from tasks.trail import chain

Perform = Callable[[Lieu, Standing, Make], None]


def advance_dossier(lieu: Lieu, perform: Perform | None, until: str | None = None) -> Halt:
    """Read the returns, then advance. A failure is noted, recorded in the trail, then goes on to the caller."""
    try:
        read_returns(lieu)
        return advance(lieu, perform, until)
    except Exception as error:
        note_failure(lieu.workspace.settings, lieu.cle, error)
        with lieu.writing() as ici:
            donnees = {"erreur": type(error).__name__}
            chain.append(ici.session, lieu.cle, Fait.ECHEC, donnees, automatique=True)
        raise


def advance(lieu: Lieu, perform: Perform | None, until: str | None = None) -> Halt:
    """Go as far as possible, no further than the stage ``until``; one look at the dossier per turn.

    Nothing is made after a gate whose decision the trail does not hold.
    """
    made = 0
    while True:
        standing = load_standing(lieu)
        step = plan_next(standing, until)
        if isinstance(step, Wait):
            step = step.step if _is_ready(lieu, standing, step) else step.halt
        if isinstance(step, Settle):
            if settle(lieu, step.stage, step.approved):
                continue
            step = step.halt
        if isinstance(step, Halt):
            return step._replace(made=made)
        if unproved := find_unproved(lieu, standing, step.stage):
            return Halt(Arret.PREUVE, unproved, made)
        if perform is None:
            return Halt(Arret.A_FAIRE, step.stage, made)
        perform(lieu, standing, step)
        made += 1


def _is_ready(lieu: Lieu, standing: Standing, step: Wait) -> bool:
    """True when nothing is missing that was not accepted; else what is missing is written, and the stage waits."""
    stage = step.step.stage
    missing = list_owed(lieu, standing, stage)
    if not missing:
        tell_complete(lieu, stage)
    if set(missing) <= set(standing.stages[stage.slug].clos):
        return True
    wait(lieu, stage, step.step.fingerprint, missing)
    return False
