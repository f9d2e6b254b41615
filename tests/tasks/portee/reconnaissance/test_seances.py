"""Les séances : gardées par leur empreinte, finies à l’heure, au rôle perdu ou sur demande."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from nr_models.tables import Gate, Seance
from nr_models.values.frozen import sha256
from nr_models.values.moyens import Moyen
from nr_models.values.roles import Role
from tasks.portee.reconnaissance.seances import Reconnu, close_everywhere, close_seance, find_seance, open_seance
from tests.support.parcours import AVEC_DG, Depart, Terrain

DEBUT = datetime(2026, 11, 28, 9, tzinfo=UTC)


@pytest.fixture
def terrain(depart: Depart, monkeypatch: pytest.MonkeyPatch) -> Terrain:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(DEBUT.timestamp())))
    return depart("score", AVEC_DG)


def ouvrir(terrain: Terrain, mail: str, appareil: str = "", gate: Gate | None = None) -> tuple[str, str]:
    with terrain.workspace.writing() as session:
        return open_seance(session, mail, Moyen.LIEN, appareil, gate)


def a(monkeypatch: pytest.MonkeyPatch, delai: timedelta) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int((DEBUT + delai).timestamp())))


def test_le_jeton_n_est_nulle_part_dans_la_base(terrain: Terrain) -> None:
    mail = terrain.person(Role.REFERENT)
    jeton, appareil = ouvrir(terrain, mail)
    with terrain.workspace.reading() as session:
        row = session.exec(select(Seance)).one()
    assert row.jeton == sha256(jeton.encode())
    assert row.appareil == sha256(appareil.encode())
    assert find_seance(terrain.workspace, jeton) == Reconnu(mail, Moyen.LIEN, None, 1)
    assert find_seance(terrain.workspace, row.jeton) is None
    assert find_seance(terrain.workspace, "") is None


def test_une_heure_sans_rien_faire_et_elle_est_finie(terrain: Terrain, monkeypatch: pytest.MonkeyPatch) -> None:
    jeton, _ = ouvrir(terrain, terrain.person(Role.REFERENT))
    for minutes in (50, 100, 150):
        a(monkeypatch, timedelta(minutes=minutes))
        assert find_seance(terrain.workspace, jeton) is not None
    a(monkeypatch, timedelta(minutes=150 + 60))
    assert find_seance(terrain.workspace, jeton) is None


def test_douze_heures_au_plus_meme_en_s_en_servant(terrain: Terrain, monkeypatch: pytest.MonkeyPatch) -> None:
    jeton, _ = ouvrir(terrain, terrain.person(Role.REFERENT))
    for minutes in range(30, 12 * 60, 30):
        a(monkeypatch, timedelta(minutes=minutes))
        assert find_seance(terrain.workspace, jeton) is not None
    a(monkeypatch, timedelta(hours=12))
    assert find_seance(terrain.workspace, jeton) is None


def test_le_lien_d_une_validation_ouvre_une_demi_heure(terrain: Terrain, monkeypatch: pytest.MonkeyPatch) -> None:
    [gate] = terrain.gates("score")
    jeton, _ = ouvrir(terrain, terrain.person(Role.REFERENT), gate=gate)
    a(monkeypatch, timedelta(minutes=29))
    found = find_seance(terrain.workspace, jeton)
    assert found is not None
    assert found.gate == gate.id
    a(monkeypatch, timedelta(minutes=30))
    assert find_seance(terrain.workspace, jeton) is None


def test_qui_n_a_plus_de_role_n_a_plus_de_seance(terrain: Terrain) -> None:
    mail = terrain.person(Role.DG)
    jeton, _ = ouvrir(terrain, mail)
    assert find_seance(terrain.workspace, jeton) is not None
    terrain.give_roles({mail: ()})
    assert find_seance(terrain.workspace, jeton) is None


def test_sortir_ici_ou_partout(terrain: Terrain) -> None:
    mail, autre = terrain.person(Role.REFERENT), terrain.person(Role.DG)
    here, there, other = (ouvrir(terrain, item)[0] for item in (mail, mail, autre))
    found = find_seance(terrain.workspace, here)
    assert found is not None
    close_seance(terrain.workspace, found)
    assert find_seance(terrain.workspace, here) is None
    assert find_seance(terrain.workspace, there) is not None
    assert close_everywhere(terrain.workspace, mail) == 1
    assert find_seance(terrain.workspace, there) is None
    assert find_seance(terrain.workspace, other) is not None


def test_un_appareil_inconnu_est_dit_une_fois_par_courrier(terrain: Terrain) -> None:
    mail = terrain.person(Role.DG)
    _, phone = ouvrir(terrain, mail)
    _, again = ouvrir(terrain, mail, phone)
    assert again == phone
    assert len(terrain.outbox("appareil")) == 1
    ouvrir(terrain, mail, "inventé")
    assert len(terrain.outbox("appareil")) == 2
    ouvrir(terrain, terrain.person(Role.REFERENT), phone)
    assert len(terrain.outbox("appareil")) == 3
