"""What both doors do with a dossier: read what came back, advance, and record a failure."""

from __future__ import annotations

from collections.abc import Callable

from flows.advance import Halt, advance
from nr_models.dossier.journal import Fait
from tasks.dossier.making import Step
from tasks.dossier.standing import Standing
from tasks.programme.lieu import Lieu
from tasks.returns.returns import read_returns
from tasks.store.failures import note_failure
from tasks.trail import chain

PerformStage = Callable[[Lieu, Standing, Step], None]


def advance_dossier(lieu: Lieu, perform: PerformStage | None, until: str | None = None) -> Halt:
    """Read the returns, then advance. A failure is noted, recorded in the trail, then goes on to the caller."""
    try:
        read_returns(lieu)
        if perform is None:
            return advance(lieu, None, until)
        return advance(lieu, lambda standing, step: perform(lieu, standing, step), until)
    except Exception as error:
        note_failure(lieu.workspace.settings, lieu.cle, error)
        with lieu.writing() as ici:
            donnees = {"erreur": type(error).__name__}
            chain.append(ici.session, lieu.cle, Fait.ECHEC, donnees, automatique=True)
        raise
