"""The weekly digest of a programme: who is awaited, for what and since when; the longest wait first."""

from __future__ import annotations

from sqlmodel import Session

from nr_models.dossier.attendu import summarise
from nr_models.tables import Programme
from tasks.dossier.board import LigneTableau, load_board
from tasks.programme.programmes import list_dossiers, load_entree
from tasks.store.workspace import Workspace


def build_digest(workspace: Workspace, session: Session, programme: Programme) -> tuple[str, list[str]]:
    """The counts in one sentence, and a sentence for each dossier that waits for somebody."""
    lines = load_board(workspace, session, programme).dossiers
    entrees = {item.slug: load_entree(item) for item in list_dossiers(session, programme)}
    waiting = sorted((item for item in lines if item.attend), key=lambda item: (_since(item), item.slug))
    told = [f"{line.nom} : {line.tell_next(entrees[line.slug].names).write()}." for line in waiting]
    return summarise([line.sens for line in lines]), told


def _since(line: LigneTableau) -> str:
    return line.attend.depuis if line.attend else ""
