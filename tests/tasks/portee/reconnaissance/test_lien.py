"""Le lien d’une validation : à une personne, tant qu’elle attend ; perdu, expiré ou clos, il dit pourquoi."""

from __future__ import annotations

import pytest

from nr_models.values.roles import Role
from tasks.mail.liens import write_gate_token
from tasks.portee.portee import Inconnu, Portee
from tasks.portee.reconnaissance.lien import Situation, ask_again, come_in_by_gate, look_at_link
from tasks.portee.reconnaissance.seances import find_seance
from tests.support.parcours import AVEC_DG, SANS_DG, Depart, Terrain


@pytest.fixture
def terrain(depart: Depart) -> Terrain:
    return depart("preselect", AVEC_DG)


def jeton(terrain: Terrain, mail: str, stage: str = "preselect", since: str = "") -> str:
    return write_gate_token(terrain.workspace.settings, terrain.gates(stage)[-1], mail, since=since)


def portee(terrain: Terrain, token: str) -> Portee:
    opened = come_in_by_gate(terrain.workspace, token, "")
    assert opened is not None
    found = find_seance(terrain.workspace, opened[0].jeton)
    assert found is not None
    return Portee(terrain.workspace, found)


def test_le_lien_nomme_la_personne_et_regarder_n_ouvre_rien(terrain: Terrain) -> None:
    mail = terrain.person(Role.DG)
    for _ in range(20):
        seen = look_at_link(terrain.workspace, jeton(terrain, mail))
    assert seen is not None
    assert seen.situation is Situation.OUVERT
    assert seen.nom == terrain.entree.holders(Role.DG)[0].nom
    assert terrain.outbox("appareil") == []


def test_il_s_ouvre_autant_de_fois_qu_on_veut_jusqu_a_la_decision_de_tous(terrain: Terrain) -> None:
    dg, elu = terrain.person(Role.DG), terrain.person(Role.ELU_SPONSOR)
    token = jeton(terrain, dg)
    assert come_in_by_gate(terrain.workspace, token, "") is not None
    assert come_in_by_gate(terrain.workspace, token, "") is not None
    assert terrain.decide("preselect", dg).accepted
    assert come_in_by_gate(terrain.workspace, token, "") is not None, "pour relire, et retirer"
    assert terrain.decide("preselect", elu).accepted
    assert come_in_by_gate(terrain.workspace, token, "") is None
    seen = look_at_link(terrain.workspace, token)
    assert seen is not None
    assert seen.situation is Situation.CLOS


def test_il_n_ouvre_que_sa_validation(terrain: Terrain) -> None:
    mine = portee(terrain, jeton(terrain, terrain.person(Role.DG)))
    programme, slug = terrain.cle.split("/")
    assert mine.load_validation(programme, slug, "preselection").titres
    nom = mine.load_validation(programme, slug, "preselection").documents[0].nom
    assert mine.load_document(programme, slug, "preselect", nom).octets
    for refused in (
        lambda: mine.load_validation(programme, slug, "restitution"),
        lambda: mine.load_dossier(programme, slug),
        lambda: mine.load_document(programme, slug, "restitute", "restitution.pptx"),
        lambda: mine.load_board(programme),
        lambda: mine.load_delegable(programme, slug),
        lambda: mine.load_validation(programme, SANS_DG, "preselection"),
    ):
        with pytest.raises(Inconnu):
            refused()


def test_un_lien_trop_vieux_en_fait_partir_un_neuf_a_la_meme_adresse(terrain: Terrain) -> None:
    mail = terrain.person(Role.DG)
    vieux = jeton(terrain, mail, since="2020-01-01T00:00:00Z")
    seen = look_at_link(terrain.workspace, vieux)
    assert seen is not None
    assert seen.situation is Situation.EXPIRE
    assert come_in_by_gate(terrain.workspace, vieux, "") is None
    before = len(terrain.outbox("avis-ouverture"))
    for _ in range(6):
        ask_again(terrain.workspace, vieux)
    added = terrain.outbox("avis-ouverture")[before:]
    assert 1 <= len(added) <= 3
    assert {item["mail"] for item in added} == {mail}


def test_qui_n_a_plus_le_role_n_entre_plus(terrain: Terrain) -> None:
    mail = terrain.person(Role.DG)
    token = jeton(terrain, mail)
    terrain.give_roles({mail: (Role.LECTEUR,), "neuve@ville.example": (Role.DG,)})
    seen = look_at_link(terrain.workspace, token)
    assert seen is not None
    assert seen.situation is Situation.AUTRE
    assert come_in_by_gate(terrain.workspace, token, "") is None
    terrain.give_roles({mail: ()})
    assert come_in_by_gate(terrain.workspace, token, "") is None


def test_un_lien_fabrique_n_est_rien(terrain: Terrain) -> None:
    token = jeton(terrain, terrain.person(Role.DG))
    gate, fin, sceau = token.split("-", 2)
    for forged in (
        f"{gate}-{int(fin) + 1}-{sceau}",
        f"{int(gate) + 1}-{fin}-{sceau}",
        f"{gate}-{fin}-{sceau[:-1]}",
        "x",
    ):
        assert look_at_link(terrain.workspace, forged) is None
        assert come_in_by_gate(terrain.workspace, forged, "") is None


def test_le_courrier_d_ouverture_porte_ce_lien(terrain: Terrain) -> None:
    from tests.tasks.mail.test_turns import lettres

    mail = terrain.person(Role.DG)
    public = terrain.workspace.settings.model_copy(update={"public_url": "https://nr.ville.example"})
    terrain.workspace.settings = public
    found = [item for item in lettres(terrain, "avis-ouverture") if item.mail == mail]
    [lettre] = [item for item in found if "présélection" in item.texte]
    assert f"https://nr.ville.example/v/{jeton(terrain, mail)}" in lettre.texte
