"""Entrer par un courrier : une même réponse pour toute adresse, et regarder un lien ne dépense rien."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import select

from nr_models.tables import Entrant, Outbox
from nr_models.values.roles import Role
from tasks.mail.letters import write_letter
from tasks.mail.liens import write_code, write_entry_token
from tasks.portee.reconnaissance.entrer import ESSAIS, ask, come_in_by_code, come_in_by_link, find_visitor
from tasks.portee.reconnaissance.seances import find_seance
from tests.support.parcours import AVEC_DG, Depart, Terrain

DEBUT = datetime(2026, 11, 28, 9, tzinfo=UTC)
ICI = "10.0.0.1"


@pytest.fixture
def terrain(depart: Depart, monkeypatch: pytest.MonkeyPatch) -> Terrain:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(DEBUT.timestamp())))
    return depart("collect", AVEC_DG)


def entrants(terrain: Terrain) -> list[Entrant]:
    with terrain.workspace.reading() as session:
        return list(session.exec(select(Entrant).order_by(Entrant.id)))  # type: ignore[arg-type]


def jeton(terrain: Terrain, rang: int = -1) -> str:
    return write_entry_token(terrain.workspace.settings, entrants(terrain)[rang])


def code(terrain: Terrain, rang: int = -1) -> str:
    return write_code(terrain.workspace.settings, entrants(terrain)[rang])


def lettres(terrain: Terrain) -> list[str]:
    """Ce qui part : le destinataire de chaque courrier d’entrée qui s’écrit."""
    with terrain.workspace.reading() as session:
        rows = session.exec(select(Outbox).where(Outbox.kind == "entree").order_by(Outbox.id)).all()  # type: ignore[arg-type]
        found = [write_letter(terrain.workspace, session, row) for row in rows]
    return [item.mail for item in found if item]


def test_une_adresse_inconnue_recoit_la_meme_reponse_et_aucun_courrier(terrain: Terrain) -> None:
    known = terrain.person(Role.DG)
    kept = [ask(terrain.workspace, mail, "", ICI) for mail in (known, "personne@nulle-part.example")]
    assert all(len(item) == len(kept[0]) for item in kept)
    assert len(entrants(terrain)) == 2
    assert len(terrain.outbox("entree")) == 2
    assert lettres(terrain) == [known]
    assert find_visitor(terrain.workspace, jeton(terrain)) is None
    assert come_in_by_link(terrain.workspace, jeton(terrain), "") is None


def test_regarder_un_lien_mille_fois_ne_depense_rien(terrain: Terrain) -> None:
    ask(terrain.workspace, terrain.person(Role.DG), "", ICI)
    for _ in range(50):
        seen = find_visitor(terrain.workspace, jeton(terrain))
        assert seen is not None
    assert seen.nom == terrain.entree.holders(Role.DG)[0].nom
    assert terrain.entree.collectivite.nom in seen.collectivites
    opened = come_in_by_link(terrain.workspace, jeton(terrain), "")
    assert opened is not None
    assert find_seance(terrain.workspace, opened.jeton) is not None


def test_un_lien_sert_une_fois_et_un_quart_d_heure(terrain: Terrain, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(terrain.workspace, terrain.person(Role.DG), "", ICI)
    assert come_in_by_link(terrain.workspace, jeton(terrain), "") is not None
    assert come_in_by_link(terrain.workspace, jeton(terrain), "") is None
    ask(terrain.workspace, terrain.person(Role.DG), "", ICI)
    token = jeton(terrain)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int((DEBUT + timedelta(minutes=15)).timestamp())))
    assert find_visitor(terrain.workspace, token) is None
    assert come_in_by_link(terrain.workspace, token, "") is None


def test_une_seconde_demande_laisse_la_premiere_valable(terrain: Terrain) -> None:
    kept = ask(terrain.workspace, terrain.person(Role.DG), "", ICI)
    assert ask(terrain.workspace, terrain.person(Role.DG), kept, ICI) == kept
    assert come_in_by_code(terrain.workspace, code(terrain, 0), kept, "", ICI) is not None
    assert come_in_by_link(terrain.workspace, jeton(terrain, 1), "") is not None


def test_le_code_ne_vaut_que_dans_le_navigateur_qui_l_a_demande(terrain: Terrain) -> None:
    kept = ask(terrain.workspace, terrain.person(Role.DG), "", ICI)
    for elsewhere in ("", "un autre"):
        assert come_in_by_code(terrain.workspace, code(terrain), elsewhere, "", ICI) is None
    said = code(terrain)
    assert come_in_by_code(terrain.workspace, f" {said[:3]} {said[3:]} ", kept, "", ICI) is not None


def test_cinq_codes_faux_et_le_bon_n_ouvre_plus_rien(terrain: Terrain) -> None:
    kept = ask(terrain.workspace, terrain.person(Role.DG), "", ICI)
    right = code(terrain)
    wrong = f"{(int(right) + 1) % 1_000_000:06d}"
    for _ in range(ESSAIS):
        assert come_in_by_code(terrain.workspace, wrong, kept, "", ICI) is None
    assert come_in_by_code(terrain.workspace, right, kept, "", ICI) is None


def test_trop_de_demandes_a_une_adresse_n_envoient_plus_rien_et_ne_le_disent_pas(terrain: Terrain) -> None:
    for _ in range(8):
        assert ask(terrain.workspace, terrain.person(Role.DG), "", ICI)
    assert len(terrain.outbox("entree")) == 5


def test_le_courrier_porte_le_code_et_pas_l_objet(terrain: Terrain) -> None:
    ask(terrain.workspace, terrain.person(Role.DG), "", ICI)
    with terrain.workspace.reading() as session:
        row = session.exec(select(Outbox).where(Outbox.kind == "entree")).one()
        lettre = write_letter(terrain.workspace, session, row)
        payload = row.payload
    said = code(terrain)
    assert lettre is not None
    assert f"{said[:3]} {said[3:]}" in lettre.texte
    assert said[:3] not in lettre.sujet
    assert said not in payload
    assert "http" not in lettre.texte
