"""Des bases écrites par d’anciennes versions, vraiment lancées, s’ouvrent avec le code d’aujourd’hui sans rien perdre.

``tests/flows/anciennes`` : la première base (schéma 0001, novembre 2026) et une du milieu (0006), le diagnostic validé.
"""

from __future__ import annotations

import lzma
import sqlite3
from pathlib import Path

import pytest
from sqlmodel import select

from flows.advance import advance
from nr_models.dossier.next import Arret
from nr_models.tables import Decision, Gate, Parole
from tasks.dossier import standing
from tasks.dossier.board import load_board
from tasks.dossier.standing import load_standing
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import find_dossier
from tasks.store.files import save_bytes
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace
from tasks.trail import chain
from tasks.trail.tables import check_tables

ANCIENNES = Path(__file__).parent / "anciennes"
DOSSIER = "exemple/dornecourt-sur-sauvine"


@pytest.fixture(params=["0001", "0006"])
def lieu(request: pytest.FixtureRequest, tmp_path: Path) -> Lieu:
    """La base d’alors et le référentiel qu’elle suit ; ses documents, dont rien ne dépend ici, n’y sont pas."""
    settings = Settings(outputs=tmp_path, database_url="")
    script = lzma.decompress((ANCIENNES / f"{request.param}.sql.xz").read_bytes()).decode()
    connection = sqlite3.connect(tmp_path / "nr.db")
    connection.executescript(script.replace("PROGRAMME", str(tmp_path / "exemple")))
    connection.close()
    save_bytes(settings, lzma.decompress((ANCIENNES / f"{request.param}-referentiel.xz").read_bytes()))
    workspace = Workspace(settings)
    with workspace.reading() as session:
        programme, dossier = find_dossier(session, DOSSIER)
    return Lieu(workspace, programme, dossier)


def test_rien_n_y_est_perdu_et_sa_piste_tient(lieu: Lieu) -> None:
    with lieu.reading() as ici:
        assert chain.verify(ici.session) is None
        [decision] = ici.session.exec(select(Decision))
        gates = [(item.gate, item.etat) for item in ici.session.exec(select(Gate).order_by(Gate.id))]  # type: ignore[arg-type]
        assert gates == [("diagnostic", "approuvee"), ("restitution", "ouverte")]
        assert ici.session.exec(select(Parole)).first() is not None
        board = load_board(lieu.workspace, ici.session, lieu.programme)
    assert decision.verdict in ("approuver", "reserves")
    line = next(item for item in board.dossiers if item.slug == lieu.dossier.slug)
    assert line.attend is not None
    assert line.attend.stage == "restitute"
    fault = check_tables(lieu.workspace)
    assert fault is not None
    assert "magasin" in str(fault)  # ses documents ne sont pas là ; rien d’autre ne manque


def test_ce_qui_y_est_valide_le_reste_jusqu_a_ce_qu_on_accepte_la_version(
    lieu: Lieu, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(standing, "is_intact", lambda *_: True)
    held = [stage.slug for stage in load_standing(lieu).list_held()]
    assert held == ["collect", "score"]
    halt = advance(lieu, None)
    assert (halt.why, halt.stage.slug) == (Arret.A_FAIRE, "restitute")  # personne ne l’a validée : elle se refait
