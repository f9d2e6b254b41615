"""What both doors do with a dossier: read what came back, advance, and record a failure."""

from __future__ import annotations

from collections.abc import Callable

from flows.advance import Halt, advance
from nr_models.dossier.journal import Fait
from nr_models.tables import Dossier, Programme
from tasks.dossier.making import Step
from tasks.dossier.standing import Standing
from tasks.programme.programmes import cle
from tasks.returns.returns import read_returns
from tasks.store.failures import note_failure
from tasks.store.workspace import Workspace
from tasks.trail import chain

PerformStage = Callable[[Workspace, Programme, Dossier, Standing, Step], None]


def advance_dossier(
    workspace: Workspace,
    programme: Programme,
    dossier: Dossier,
    perform: PerformStage | None,
    until: str | None = None,
) -> Halt:
    """Read the returns, then advance. A failure is noted, recorded in the trail, then goes on to the caller."""
    try:
        read_returns(workspace, programme, dossier)
        if perform is None:
            return advance(workspace, programme, dossier, None, until)
        return advance(
            workspace,
            programme,
            dossier,
            lambda standing, step: perform(workspace, programme, dossier, standing, step),
            until,
        )
    except Exception as error:
        note_failure(workspace.settings, cle(programme, dossier), error)
        with workspace.writing() as session:
            donnees = {"erreur": type(error).__name__}
            chain.append(session, cle(programme, dossier), Fait.ECHEC, donnees, automatique=True)
        raise
