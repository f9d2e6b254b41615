"""Décider : une fois, par qui le peut, pour exactement ce qu’il a vu."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from nr_models.dossier.gates import Verdict
from nr_models.dossier.next import Arret
from nr_models.dossier.workflow import Etat
from nr_models.tables import Decision, Person
from nr_models.values.controle import CODE_CHARS
from nr_models.values.frozen import canonical
from nr_models.values.roles import Role
from tasks.acts.decisions import decide
from tasks.acts.door import Auteur, Code
from tasks.programme.programmes import Introuvable
from tasks.trail.paroles import find_words
from tests.support.parcours import AVEC_DG, Depart, Terrain, essai

DG, ELU, REFERENT = Role.DG, Role.ELU_SPONSOR, Role.REFERENT


DEUX_BASES = pytest.mark.deux_bases


def decisions(terrain: Terrain) -> list[Decision]:
    with terrain.workspace.reading() as session:
        return list(session.exec(select(Decision).order_by(Decision.id)))  # type: ignore[arg-type]


# Qui


@DEUX_BASES
def test_la_personne_du_role_valide_et_le_dossier_avance(depart: Depart) -> None:
    terrain = depart("score")
    answer = terrain.decide("score", terrain.person(REFERENT))
    assert (answer.accepted, answer.message) == (
        True,
        "Décision enregistrée\u00a0: le diagnostic (verdict\u00a0: approuvé).",
    )
    assert terrain.etats()["score"] == Etat.VALIDE
    assert terrain.run().stage.slug == "restitute"


def test_un_autre_role_ne_decide_pas(depart: Depart) -> None:
    terrain = depart("score")
    answer = terrain.decide("score", terrain.person(ELU))
    assert (answer.accepted, "rôle" in answer.message) == (False, True)
    assert not decisions(terrain)


@pytest.mark.parametrize("moyen", ["ligne de commande", "un moyen de plus tard", ""])
def test_qui_est_moins_bien_reconnu_que_la_validation_ne_le_demande_ne_decide_pas(depart: Depart, moyen: str) -> None:
    terrain = depart("score")
    seal, mail = terrain.gates("score")[-1].seal, terrain.person(REFERENT)
    said = {"verdict": Verdict.APPROUVER, "vu": seal, "comment": ""}
    answer = decide(terrain.workspace, terrain.cle, "diagnostic", par=Auteur(mail, moyen, "essai"), **said)
    assert answer.code is Code.INTERDIT
    assert "un lien ou un code reçu par courrier" in answer.message
    assert not decisions(terrain)
    assert decide(
        terrain.workspace, terrain.cle, "diagnostic", par=Auteur(mail, "lien reçu par courrier", "essai"), **said
    ).accepted


def test_un_inconnu_ne_decide_pas(depart: Depart) -> None:
    terrain = depart("score")
    answer = terrain.decide("score", "personne@nulle-part.example")
    assert (answer.accepted, "n’est pas une personne" in answer.message) == (False, True)
    assert not decisions(terrain)


def test_l_adresse_se_reconnait_quelle_que_soit_sa_casse(depart: Depart) -> None:
    terrain = depart("score")
    assert terrain.decide("score", f" {terrain.person(REFERENT).upper()} ").accepted


def test_un_dossier_inconnu_se_dit(depart: Depart) -> None:
    terrain = depart("score")
    with pytest.raises(Introuvable, match="n’existe pas"):
        decide(
            terrain.workspace,
            "nulle-part",
            "diagnostic",
            par=essai("a@b.example"),
            verdict=Verdict.APPROUVER,
            vu="0" * CODE_CHARS,
            comment="",
        )


def test_sans_dg_l_elu_supplee_et_la_decision_le_dit(depart: Depart) -> None:
    terrain = depart("restitute")
    assert terrain.decide("restitute", terrain.person(ELU)).accepted
    last = decisions(terrain)[-1]
    assert (last.siege, last.role) == ("dg", "elu-sponsor")


def test_sans_suppleant_la_validation_dit_qu_elle_est_bloquee(depart: Depart) -> None:
    terrain = depart("restitute")
    mail, seal = terrain.person(ELU), terrain.gates("restitute")[-1].seal
    team = terrain.entree.holders(Role.EQUIPE_PROGRAMME)
    terrain.give_roles(dict.fromkeys((mail, *(one.mail for one in team)), (Role.LECTEUR,)))
    answer = terrain.decide("restitute", mail, vu=seal)
    assert (answer.accepted, "bloquée" in answer.message) == (False, True)
    assert "direction générale" in (terrain.line().attend.blocage or "")  # type: ignore[union-attr]


def test_une_personne_sur_deux_sieges_decide_pour_les_deux(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    dg, elu = terrain.person(DG), terrain.person(ELU)
    terrain.give_roles({dg: (DG, ELU), elu: (Role.LECTEUR,)})
    assert terrain.decide("preselect", dg).accepted
    assert [(item.siege, item.role) for item in decisions(terrain)[-2:]] == [("dg", "dg"), ("elu-sponsor", ELU)]
    assert terrain.etats()["preselect"] == Etat.VALIDE


def test_un_siege_venu_apres_coup_se_decide_aussi(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    dg, elu = terrain.person(DG), terrain.person(ELU)
    assert terrain.decide("preselect", elu).accepted
    terrain.give_roles({dg: (Role.LECTEUR,)})
    assert not terrain.decide("preselect", elu, "refuser", "Non.").accepted
    assert terrain.decide("preselect", elu).accepted
    assert terrain.etats()["preselect"] == Etat.VALIDE


def test_qui_a_tout_fait_a_besoin_d_un_temoin(depart: Depart) -> None:
    terrain = depart("restitute")
    seul, temoin = terrain.person(ELU), terrain.person(Role.EQUIPE_PROGRAMME)
    terrain.give_roles({terrain.person(REFERENT): (Role.LECTEUR,), seul: (ELU, REFERENT)})
    first = terrain.decide("restitute", seul)
    assert first.accepted
    assert "témoin" in first.message
    assert terrain.etats()["restitute"] == Etat.SOUMIS
    assert terrain.decide("restitute", temoin).accepted
    assert terrain.etats()["restitute"] == Etat.VALIDE
    assert [item.siege for item in decisions(terrain)[-2:]] == ["dg", "temoin"]


def test_un_temoin_devenu_inutile_ne_bloque_pas_la_validation(depart: Depart) -> None:
    terrain = depart("restitute")
    seul, referent = terrain.person(ELU), terrain.person(REFERENT)
    terrain.give_roles({referent: (Role.LECTEUR,), seul: (ELU, REFERENT)})
    assert terrain.decide("restitute", seul).accepted
    terrain.give_roles({referent: (REFERENT,), seul: (ELU,)})
    assert terrain.etats()["restitute"] == Etat.SOUMIS
    assert terrain.decide("restitute", seul).accepted
    assert terrain.etats()["restitute"] == Etat.VALIDE
    assert terrain.kinds().count("decide") == 2


# Dans quel ordre, ensemble


def test_toutes_les_personnes_doivent_approuver(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    first = terrain.decide("preselect", terrain.person(ELU))
    assert first.accepted
    assert "On attend encore" in first.message
    assert terrain.run().why is Arret.VALIDATION
    assert terrain.decide("preselect", terrain.person(DG)).accepted
    assert terrain.etats()["preselect"] == Etat.VALIDE


@DEUX_BASES
def test_la_feuille_de_route_se_valide_dans_l_ordre(depart: Depart) -> None:
    terrain = depart("roadmap", AVEC_DG)
    early = terrain.decide("roadmap", terrain.person(ELU))
    assert (early.accepted, "pas encore votre tour" in early.message) == (False, True)
    assert terrain.line().attend.personnes == (terrain.person(DG),)  # type: ignore[union-attr]
    assert terrain.decide("roadmap", terrain.person(DG)).accepted
    assert terrain.decide("roadmap", terrain.person(ELU)).accepted
    assert terrain.run().why is Arret.FIN


def test_une_correction_suffit_a_renvoyer(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    assert terrain.decide("preselect", terrain.person(ELU), "corriger", "Il manque le réemploi.").accepted
    assert terrain.etats()["preselect"] == Etat.A_CORRIGER
    assert not terrain.decide("preselect", terrain.person(DG)).accepted


# Ce qui a été vu


def test_une_empreinte_trop_courte_est_refusee(depart: Depart) -> None:
    terrain = depart("score")
    seal = terrain.gates("score")[-1].seal
    assert not terrain.decide("score", terrain.person(REFERENT), vu=seal[: CODE_CHARS - 1]).accepted
    assert terrain.decide("score", terrain.person(REFERENT), vu=seal[:CODE_CHARS].upper()).accepted


def test_une_empreinte_perimee_est_refusee(depart: Depart) -> None:
    terrain = depart("score")
    answer = terrain.decide("score", terrain.person(REFERENT), vu="0" * 64)
    assert (answer.accepted, "n’est plus ce qui est soumis" in answer.message) == (False, True)


@DEUX_BASES
def test_un_document_modifie_depuis_est_refuse_meme_a_la_meme_taille_et_a_la_meme_date(depart: Depart) -> None:
    terrain = depart("score")
    path = terrain.produits("score") / "score.xlsx"
    seen = path.stat()
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    answer = terrain.decide("score", terrain.person(REFERENT))
    assert (answer.accepted, "modifié ou supprimé" in answer.message) == (False, True)


def test_un_document_supprime_se_remet_puis_se_decide(depart: Depart) -> None:
    terrain = depart("score")
    (terrain.produits("score") / "resultat.json").unlink()
    assert not terrain.decide("score", terrain.person(REFERENT)).accepted
    terrain.run()
    assert terrain.decide("score", terrain.person(REFERENT)).accepted


def test_la_decision_garde_l_empreinte_et_chaque_document_vu(depart: Depart) -> None:
    terrain = depart("score")
    gate = terrain.gates("score")[-1]
    terrain.decide("score", terrain.person(REFERENT))
    [kept] = decisions(terrain)
    assert (kept.seal, json.loads(kept.digests)) == (gate.seal, json.loads(gate.digests))
    assert set(json.loads(kept.digests)) == {"score.xlsx", "resultat.json"}
    assert kept.identification == "simulation"


def test_une_validation_qui_n_est_pas_ouverte_est_refusee(depart: Depart) -> None:
    terrain = depart("score")
    answer = terrain.decide("roadmap", terrain.person(ELU), vu="0" * 64)
    assert (answer.accepted, "n’est pas ouverte" in answer.message) == (False, True)


# Deux fois


def test_deux_fois_la_meme_decision_n_ont_qu_un_effet(depart: Depart) -> None:
    terrain = depart("score")
    referent, seal = terrain.person(REFERENT), terrain.gates("score")[-1].seal
    terrain.decide("score", referent, "reserves", "Un doute.", seal)
    events = terrain.events()
    again = terrain.decide("score", referent, "reserves", "Un doute.", seal)
    assert (again.accepted, "déjà enregistrée" in again.message) == (True, True)
    assert (len(decisions(terrain)), terrain.events()) == (1, events)


@pytest.mark.parametrize(("verdict", "comment"), [("refuser", "Non."), ("reserves", "Un autre doute.")])
def test_decider_autrement_ensuite_est_refuse(depart: Depart, verdict: str, comment: str) -> None:
    terrain = depart("score")
    referent, seal = terrain.person(REFERENT), terrain.gates("score")[-1].seal
    terrain.decide("score", referent, "reserves", "Un doute.", seal)
    assert not terrain.decide("score", referent, verdict, comment, seal).accepted
    assert len(decisions(terrain)) == 1


def test_changer_d_avis_tant_que_la_validation_est_ouverte_est_refuse(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    assert terrain.decide("preselect", terrain.person(DG)).accepted
    answer = terrain.decide("preselect", terrain.person(DG), "refuser", "Finalement non.")
    assert (answer.accepted, "déjà décidé autrement" in answer.message) == (False, True)
    assert terrain.decide("preselect", terrain.person(DG)).accepted
    assert [item.verdict for item in decisions(terrain)[-1:]] == ["approuver"]


@pytest.mark.parametrize("verdict", ["reserves", "corriger", "refuser"])
def test_tout_autre_verdict_qu_un_plein_accord_se_motive(depart: Depart, verdict: str) -> None:
    terrain = depart("score")
    answer = terrain.decide("score", terrain.person(REFERENT), verdict, "   ")
    assert (answer.accepted, "commentaire" in answer.message) == (False, True)
    assert terrain.decide("score", terrain.person(REFERENT), verdict, "Parce que.").accepted


@DEUX_BASES
def test_quarante_decisions_simultanees_n_en_font_qu_une(depart: Depart) -> None:
    terrain = depart("score")
    referent, seal, cle = terrain.person(REFERENT), terrain.gates("score")[-1].seal, terrain.cle

    def once(_: int) -> bool:
        return decide(
            terrain.workspace,
            cle,
            "diagnostic",
            par=essai(referent),
            verdict=Verdict.APPROUVER,
            vu=seal,
            comment="",
        ).accepted

    with ThreadPoolExecutor(max_workers=40) as pool:
        assert all(pool.map(once, range(40)))
    assert len(decisions(terrain)) == 1
    assert terrain.kinds().count("decide") == 1


# Ce qui reste écrit


@DEUX_BASES
@pytest.mark.parametrize("table", ["event", "decision"])
@pytest.mark.parametrize("order", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_la_base_refuse_de_modifier_la_piste(depart: Depart, table: str, order: str) -> None:
    terrain = depart("restitute")
    with (
        pytest.raises(IntegrityError, match="ne se modifie pas"),
        terrain.workspace.engine.execution_options(nr_write=True).begin() as connection,
    ):
        connection.execute(sa.text(order.format(table)))
    assert terrain.events()
    assert decisions(terrain)


@DEUX_BASES
def test_aucune_adresse_ni_aucun_commentaire_n_entre_dans_la_piste(depart: Depart) -> None:
    terrain = depart("fiche", AVEC_DG)
    comment = "Madame Untelle n’est pas d’accord."
    terrain.decide("fiche", terrain.person(REFERENT), "reserves", comment)
    terrain.reopen("fiche", terrain.person(REFERENT), "Monsieur Untel a raison.")
    text = canonical(terrain.events())
    assert "@" not in text
    assert comment not in text
    assert "Monsieur Untel" not in text
    names = [item.nom for entree in (terrain.entree,) for item in entree.personnes]
    assert not [name for name in names if name in text]


@DEUX_BASES
def test_une_personne_n_a_qu_un_engagement_d_un_dossier_a_l_autre(depart: Depart) -> None:
    terrain = depart("preselect")
    with terrain.workspace.reading() as session:
        people = session.exec(select(Person)).all()
    assert len({item.mail for item in people}) == len(people) == len({item.salt for item in people})


def test_l_identification_dit_le_moyen_dans_la_piste_et_le_compte_dans_la_base(depart: Depart) -> None:
    terrain = depart("score")
    terrain.decide("score", terrain.person(REFERENT))
    [said] = [item["donnees"] for item in terrain.events() if item["fait"] == "decide"]
    assert said["identification"] == "simulation"
    with terrain.workspace.reading() as session:
        assert find_words(session, said["compte"]) == "pytest"
