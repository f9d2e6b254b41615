"""Clore une saisie, rouvrir une étape : des actes datés, motivés, écrits une fois."""

from __future__ import annotations

import pytest
from sqlmodel import select

from nr_models.dossier.next import Arret
from nr_models.dossier.workflow import Etat
from nr_models.tables import Closure
from nr_models.values.roles import Role
from tasks.acts.door import Code
from tasks.trail.paroles import find_words
from tests.support.parcours import INCOMPLET, SANS_DG, Depart, Terrain

DEUX_BASES = pytest.mark.deux_bases

TRAME = "Trame Celine Sautereau.xlsx"


def waiting(depart: Depart) -> Terrain:
    """Un dossier auquel il manque une trame, que personne n’enverra."""
    terrain = depart(slug=INCOMPLET)
    assert terrain.run().why is Arret.RETOURS
    return terrain


def closures(terrain: Terrain) -> int:
    with terrain.workspace.reading() as session:
        return len(session.exec(select(Closure)).all())


@DEUX_BASES
@pytest.mark.parametrize("role", [Role.REFERENT, Role.EQUIPE_PROGRAMME])
def test_le_referent_ou_l_equipe_clot_et_le_dossier_avance_sans_ce_qui_manque(depart: Depart, role: Role) -> None:
    terrain = waiting(depart)
    answer = terrain.close("collect", terrain.person(role))
    assert answer.accepted
    assert terrain.etats()["collect"] == Etat.ATTEND_SAISIES
    assert terrain.run().stage.slug == "score"
    assert terrain.etats()["collect"] == Etat.PRODUIT


def test_l_evenement_dit_ce_qui_manque_sans_dire_de_qui(depart: Depart) -> None:
    terrain = waiting(depart)
    missing = terrain.line().attend.personnes  # type: ignore[union-attr]
    terrain.close("collect", terrain.person(Role.REFERENT))
    [said] = [item["donnees"] for item in terrain.events() if item["fait"] == "clos"]
    assert (said["stage"], said["manquants"]) == ("collect", ["diagnostic"] * len(missing))
    assert "@" not in str(said)


def test_un_autre_role_ne_clot_pas(depart: Depart) -> None:
    terrain = waiting(depart)
    assert not terrain.close("collect", terrain.person(Role.ELU_SPONSOR)).accepted
    assert not terrain.close("collect", "inconnu@nulle-part.example").accepted
    assert closures(terrain) == 0


@DEUX_BASES
def test_clore_deux_fois_n_a_qu_un_effet(depart: Depart) -> None:
    terrain = waiting(depart)
    referent = terrain.person(Role.REFERENT)
    terrain.close("collect", referent)
    events = terrain.events()
    again = terrain.close("collect", referent)
    assert (again.accepted, "déjà close" in again.message) == (True, True)
    assert (closures(terrain), terrain.events()) == (1, events)


def test_une_etape_qui_n_attend_rien_ne_se_clot_pas(depart: Depart) -> None:
    terrain = depart("score")
    answer = terrain.close("collect", terrain.person(Role.REFERENT))
    assert (answer.accepted, answer.code) == (False, Code.FERME)


def test_un_retour_efface_apres_la_cloture_compte_encore(depart: Depart) -> None:
    terrain = waiting(depart)
    terrain.close("collect", terrain.person(Role.REFERENT))
    terrain.run()
    kept = terrain.round("score").value_digest
    next(iter(sorted(terrain.recus.glob("*rame*.xlsx")))).unlink()
    assert terrain.run().stage.slug == "score"
    assert terrain.round("score").value_digest == kept
    assert [item[2] for item in terrain.tardifs()] == ["retire"]


@DEUX_BASES
def test_un_retour_arrive_apres_la_cloture_n_est_pris_que_par_un_acte(depart: Depart) -> None:
    terrain = depart("score")
    path = terrain.recus / TRAME
    content = path.read_bytes()
    path.unlink()
    assert terrain.run().why is Arret.RETOURS
    terrain.close("collect", terrain.person(Role.REFERENT))
    terrain.run()
    without = terrain.round("score").value_digest
    path.write_bytes(content)
    assert terrain.run().stage.slug == "score"
    assert terrain.round("score").value_digest == without
    assert terrain.reprendre("collect").accepted
    terrain.run()
    assert terrain.round("score").value_digest != without
    assert terrain.kinds().count("clos") == 1


# Rouvrir


def test_rouvrir_se_motive(depart: Depart) -> None:
    terrain = depart("restitute")
    answer = terrain.reopen("score", terrain.person(Role.REFERENT), "  ")
    assert (answer.accepted, "pourquoi" in answer.message) == (False, True)
    assert terrain.etats()["score"] == Etat.VALIDE


def test_un_autre_role_ne_rouvre_pas(depart: Depart) -> None:
    terrain = depart("restitute")
    answer = terrain.reopen("score", terrain.person(Role.ELU_SPONSOR))
    assert (answer.accepted, "rôle" in answer.message) == (False, True)
    assert not terrain.reopen("score", "inconnu@nulle-part.example").accepted


def test_une_etape_qui_n_est_pas_decidee_ne_se_rouvre_pas(depart: Depart) -> None:
    terrain = depart("score")
    assert not terrain.reopen("score", terrain.person(Role.REFERENT)).accepted
    assert not terrain.reopen("collect", terrain.person(Role.REFERENT)).accepted


def test_le_motif_est_garde_et_la_piste_n_en_connait_que_l_engagement(depart: Depart) -> None:
    terrain = depart("restitute")
    terrain.reopen("score", terrain.person(Role.REFERENT), "Le parc de l’école était oublié.")
    [said] = [item["donnees"] for item in terrain.events() if item["fait"] == "rouvert"]
    with terrain.workspace.reading() as session:
        assert find_words(session, said["motif"]) == "Le parc de l’école était oublié."
    assert terrain.state("score").raison == "Rouverte\u00a0: Le parc de l’école était oublié."


def test_rien_ne_se_decide_plus_loin_tant_que_l_etape_rouverte_n_est_pas_revue(depart: Depart) -> None:
    terrain = depart("restitute", SANS_DG)
    terrain.reopen("score", terrain.person(Role.REFERENT))
    assert not terrain.decide("restitute", terrain.person(Role.ELU_SPONSOR)).accepted
    terrain.run()
    assert not terrain.decide("restitute", terrain.person(Role.ELU_SPONSOR)).accepted
    assert terrain.decide("score", terrain.person(Role.REFERENT)).accepted
    assert terrain.run().stage.slug == "restitute"
    assert terrain.decide("restitute", terrain.person(Role.ELU_SPONSOR)).accepted
    assert len(terrain.gates("restitute")) == 1
