"""La piste dans la base : chaque colonne d’une entrée dit ce que dit son contenu."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from nr_models.dossier.journal import Fait
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace
from tasks.trail import chain


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Deux chaînes, trois entrées, et plus rien qui protège la table."""
    found = Workspace(Settings(outputs=tmp_path, database_url=""))
    with found.writing() as session:
        for name in ("p/a", "p/a", "p/b"):
            chain.append(session, name, Fait.CONFIRME, {"stage": "score"}, automatique=True)
        for (trigger,) in session.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            session.execute(sa.text(f"DROP TRIGGER {trigger}"))
    return found


def test_une_piste_intacte_tient(workspace: Workspace) -> None:
    with workspace.reading() as session:
        assert chain.verify(session) is None


@pytest.mark.parametrize("change", ["chain = 'p/c'", "n = 9", "ordre = 9", "prev = 'f'", "hash = 'f'"])
def test_une_colonne_qui_ne_dit_pas_ce_que_dit_le_contenu_est_nommee(workspace: Workspace, change: str) -> None:
    with workspace.writing() as session:
        session.execute(sa.text(f"UPDATE event SET {change} WHERE id = 3"))
    with workspace.reading() as session:
        fault = chain.verify(session)
    assert fault is not None
    assert fault.chain == ("p/c" if "chain" in change else "p/b")
    workspace.close()
