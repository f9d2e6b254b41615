"""La boîte d’envoi : ce qui doit suivre une transaction est écrit avec elle, et fait au moins une fois."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from tasks.store.outbox import enqueue, list_due, load_payload, settle
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace
from tests.support.postgresql import Grappe

LUNDI = "2026-11-23T08:00:00Z"
MARDI = "2026-11-24T08:00:00Z"


pytestmark = pytest.mark.deux_bases(toujours=True)


@pytest.fixture
def workspace(tmp_path: Path, base: Grappe | None) -> Iterator[Workspace]:
    opened = Workspace(Settings(outputs=tmp_path, database_url=base.create() if base else ""))
    yield opened
    opened.close()


def due(workspace: Workspace, now: str = LUNDI, *kinds: str) -> list[str]:
    with workspace.reading() as session:
        return [row.key for row in list_due(session, now, kinds)]


def fail(workspace: Workspace, now: str, erreur: str = "personne ne répond") -> str:
    """Échouer sur la première chose à faire ; l’instant avant lequel on ne réessaie pas."""
    with workspace.writing() as session:
        row = list_due(session, now)[0]
        settle(session, row, now, erreur)
        return row.not_before


def test_deux_demandes_de_meme_cle_n_en_font_qu_une(workspace: Workspace) -> None:
    for verdict in ("approuver", "refuser"):
        with workspace.writing() as session:
            enqueue(session, "recu", "recu:1", {"decision": 1, "verdict": verdict})
            enqueue(session, "recu", "recu:1", {"decision": 1, "verdict": verdict})
    with workspace.reading() as session:
        [row] = list_due(session, LUNDI)
        assert load_payload(row) == {"decision": 1, "verdict": "approuver"}


def test_une_transaction_abandonnee_ne_demande_rien(workspace: Workspace) -> None:
    with workspace.writing() as session:
        enqueue(session, "recu", "recu:1", {})
        session.rollback()
    assert due(workspace) == []


def test_ce_qui_est_pour_plus_tard_attend_son_heure_et_garde_son_rang(workspace: Workspace) -> None:
    with workspace.writing() as session:
        enqueue(session, "relance", "relance:1", {}, not_before=MARDI)
        enqueue(session, "recu", "recu:1", {})
    assert due(workspace) == ["recu:1"]
    assert due(workspace, MARDI) == ["relance:1", "recu:1"]
    assert due(workspace, MARDI, "relance") == ["relance:1"]


def test_ce_qui_est_fait_ne_revient_plus_meme_redemande(workspace: Workspace) -> None:
    with workspace.writing() as session:
        enqueue(session, "recu", "recu:1", {})
        settle(session, list_due(session, LUNDI)[0], LUNDI)
    with workspace.writing() as session:
        enqueue(session, "recu", "recu:1", {})
    assert due(workspace, MARDI) == []


def test_un_echec_est_garde_avec_sa_raison_et_reessaye_de_plus_en_plus_tard(workspace: Workspace) -> None:
    with workspace.writing() as session:
        enqueue(session, "recu", "recu:1", {})
    moments = [LUNDI]
    for _ in range(20):
        moments.append(fail(workspace, moments[-1]))
        assert due(workspace, moments[-2]) == []
    with workspace.reading() as session:
        [row] = list_due(session, moments[-1])
        assert (row.attempts, row.erreur) == (20, "personne ne répond")
    waits = [datetime.fromisoformat(after) - datetime.fromisoformat(before) for before, after in pairwise(moments)]
    assert waits == sorted(waits)
    assert timedelta() < waits[0] < waits[-1] == timedelta(hours=1)
