"""Autour d'une décision : déléguer, retirer, renvoyer plus haut, donner un avis, diffuser ; une fois, et daté."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from sqlmodel import select

from nr_models.dossier.next import Arret
from nr_models.dossier.workflow import Acte, Etat
from nr_models.tables import Decision, Delegation, Destinataire, Diffusion, Parole, Retrait
from nr_models.values.roles import Role
from tasks.acts.avis import list_avis
from tasks.acts.closing import list_explanations
from tasks.acts.door import Code
from tasks.acts.permissions import list_acts
from tasks.dossier.gates import find_attente
from tasks.trail import chain
from tests.support.parcours import AVEC_DG, Depart, Terrain

DG, ELU, REFERENT, EQUIPE = Role.DG, Role.ELU_SPONSOR, Role.REFERENT, Role.EQUIPE_PROGRAMME
AOUT = ("2026-12-01", "2026-12-31")

DEUX_BASES = pytest.mark.deux_bases


@pytest.fixture(autouse=True)
def en_decembre(monkeypatch: pytest.MonkeyPatch) -> None:
    a_l_instant(monkeypatch, "2026-12-10T10:00:00")


def a_l_instant(monkeypatch: pytest.MonkeyPatch, instant: str) -> None:
    """Mettre l'horloge à un instant UTC."""
    moment = datetime.fromisoformat(instant).replace(tzinfo=UTC)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(moment.timestamp())))


def adjoint(terrain: Terrain) -> str:
    """Quelqu'un du dossier qui ne mène ni ne décide rien."""
    leads = {DG, ELU, REFERENT, EQUIPE}
    return next(item.mail for item in terrain.entree.personnes if not leads & set(item.roles))


def last_decision(terrain: Terrain) -> Decision:
    with terrain.workspace.reading() as session:
        return session.exec(select(Decision).order_by(Decision.id.desc())).first()  # type: ignore[union-attr, return-value]


def sound(terrain: Terrain) -> bool:
    with terrain.workspace.reading() as session:
        return chain.verify(session) is None


# Déléguer


@DEUX_BASES
def test_un_delegataire_decide_entre_les_deux_dates_et_la_decision_dit_par_quelle_delegation(depart: Depart) -> None:
    terrain = depart("restitute", AVEC_DG)
    other = adjoint(terrain)
    assert terrain.decide("restitute", other).code is Code.INTERDIT
    assert terrain.delegate(terrain.person(DG), other, DG, *AOUT).accepted
    assert other in terrain.line().attend.personnes  # type: ignore[union-attr]
    assert terrain.decide("restitute", other).accepted
    row = last_decision(terrain)
    assert (row.siege, row.role, row.delegation_id) == ("dg", "dg", 1)
    [said] = [item["donnees"] for item in terrain.events() if item["fait"] == "decide"][-1:]
    assert said["delegation"] == 1
    assert terrain.etats()["restitute"] == Etat.VALIDE
    assert sound(terrain)


@pytest.mark.parametrize(
    ("instant", "code"),
    [
        ("2026-11-30T22:59:59", Code.INTERDIT),  # encore novembre à Paris
        ("2026-11-30T23:00:00", Code.ENREGISTRE),  # minuit à Paris
        ("2026-12-31T22:59:59", Code.ENREGISTRE),
        ("2026-12-31T23:00:00", Code.INTERDIT),
        ("2027-06-30T10:00:00", Code.INTERDIT),
    ],
)
def test_une_delegation_vaut_du_premier_au_dernier_jour_a_paris(
    depart: Depart, monkeypatch: pytest.MonkeyPatch, instant: str, code: Code
) -> None:
    terrain = depart("restitute", AVEC_DG)
    a_l_instant(monkeypatch, "2026-11-20T10:00:00")
    assert terrain.delegate(terrain.person(DG), adjoint(terrain), DG, *AOUT).accepted
    a_l_instant(monkeypatch, instant)
    assert terrain.decide("restitute", adjoint(terrain)).code is code


def test_a_l_heure_d_ete_le_jour_commence_deux_heures_avant_minuit_utc(
    depart: Depart, monkeypatch: pytest.MonkeyPatch
) -> None:
    terrain = depart("restitute", AVEC_DG)
    terrain.delegate(terrain.person(DG), adjoint(terrain), DG, "2027-06-30", "2027-06-30")
    a_l_instant(monkeypatch, "2027-06-29T21:59:59")
    assert terrain.decide("restitute", adjoint(terrain)).code is Code.INTERDIT
    a_l_instant(monkeypatch, "2027-06-29T22:00:00")
    assert terrain.decide("restitute", adjoint(terrain)).accepted


def test_une_delegation_ne_vaut_qu_aux_validations_qu_elle_nomme(depart: Depart) -> None:
    terrain = depart("restitute", AVEC_DG)
    terrain.delegate(terrain.person(DG), adjoint(terrain), DG, *AOUT, "selection")
    assert terrain.decide("restitute", adjoint(terrain)).code is Code.INTERDIT
    terrain.delegate(terrain.person(DG), adjoint(terrain), DG, *AOUT, "restitution")
    assert terrain.decide("restitute", adjoint(terrain)).accepted


def test_on_ne_delegue_pas_ce_qu_on_a_recu(depart: Depart) -> None:
    terrain = depart("restitute", AVEC_DG)
    terrain.delegate(terrain.person(DG), terrain.person(ELU), DG, *AOUT)
    again = terrain.delegate(terrain.person(ELU), adjoint(terrain), DG, *AOUT)
    assert (again.accepted, again.code) == (False, Code.INTERDIT)
    assert terrain.decide("restitute", adjoint(terrain)).code is Code.INTERDIT


@pytest.mark.parametrize(
    ("to", "du", "au", "gates", "arrete"),
    [
        ("inconnu@ailleurs.example", *AOUT, (), "2026-118"),
        ("lui-meme", *AOUT, (), "2026-118"),
        ("adjoint", "2026-12-31", "2026-12-01", (), "2026-118"),
        ("adjoint", "2026-11-01", "2026-12-09", (), "2026-118"),
        ("adjoint", *AOUT, ("diagnostic",), "2026-118"),
        ("adjoint", *AOUT, ("nulle-part",), "2026-118"),
        ("adjoint", *AOUT, (), "  "),
    ],
)
def test_une_delegation_bancale_est_refusee_et_rien_ne_s_inscrit(
    depart: Depart, to: str, du: str, au: str, gates: tuple[str, ...], arrete: str
) -> None:
    terrain = depart("restitute", AVEC_DG)
    events, dg = terrain.events(), terrain.person(DG)
    whom = {"lui-meme": dg, "adjoint": adjoint(terrain)}.get(to, to)
    answer = terrain.delegate(dg, whom, DG, du, au, *gates, arrete=arrete)
    assert (answer.accepted, answer.code) == (False, Code.INVALIDE)
    assert terrain.events() == events


def test_une_delegation_revoquee_ne_donne_plus_rien_et_ce_qu_elle_a_decide_reste(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    dg, other = terrain.person(DG), adjoint(terrain)
    terrain.delegate(dg, other, DG, *AOUT)
    assert terrain.decide("preselect", other).accepted
    assert terrain.revoke(1, terrain.person(ELU)).code is Code.INTERDIT
    assert terrain.revoke(1, dg, "  ").code is Code.INVALIDE
    assert terrain.revoke(1, dg).accepted
    assert terrain.revoke(1, dg).code is Code.FERME
    assert terrain.revoke(99, dg).accepted is False
    assert terrain.decide("preselect", terrain.person(ELU)).accepted
    assert terrain.etats()["preselect"] == Etat.VALIDE


def test_l_equipe_programme_revoque_aussi(depart: Depart) -> None:
    terrain = depart("restitute", AVEC_DG)
    terrain.delegate(terrain.person(DG), adjoint(terrain), DG, *AOUT)
    assert terrain.revoke(1, terrain.person(EQUIPE)).accepted
    assert terrain.decide("restitute", adjoint(terrain)).code is Code.INTERDIT


def test_la_delegation_tombe_avec_le_role_de_qui_l_a_donnee(depart: Depart) -> None:
    terrain = depart("restitute", AVEC_DG)
    dg = terrain.person(DG)
    terrain.delegate(dg, adjoint(terrain), DG, *AOUT)
    terrain.give_roles({dg: (Role.LECTEUR,), "nouvelle@ville.example": (DG,)})
    assert terrain.decide("restitute", adjoint(terrain)).code is Code.INTERDIT
    assert terrain.decide("restitute", "nouvelle@ville.example").accepted


def test_ce_qu_a_decide_une_personne_partie_reste_decide(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    dg = terrain.person(DG)
    assert terrain.decide("preselect", dg).accepted
    terrain.give_roles({dg: (Role.LECTEUR,), "nouvelle@ville.example": (DG,)})
    assert terrain.decide("preselect", terrain.person(ELU)).accepted
    assert terrain.etats()["preselect"] == Etat.VALIDE


def test_le_referent_delegataire_ne_valide_pas_seul_ce_qu_il_a_fait(depart: Depart) -> None:
    terrain = depart("restitute", AVEC_DG)
    referent = terrain.person(REFERENT)
    terrain.delegate(terrain.person(DG), referent, DG, *AOUT)
    answer = terrain.decide("restitute", referent)
    assert (answer.accepted, "témoin" in answer.message) == (True, True)
    assert terrain.etats()["restitute"] == Etat.SOUMIS
    assert terrain.person(EQUIPE) in {item["mail"] for item in terrain.outbox("avis-ouverture")}
    assert terrain.decide("restitute", referent).code is Code.DEJA
    assert terrain.decide("restitute", terrain.person(EQUIPE)).accepted
    assert terrain.etats()["restitute"] == Etat.VALIDE


@DEUX_BASES
def test_deux_fois_la_meme_delegation_n_en_font_qu_une(depart: Depart) -> None:
    terrain = depart("restitute", AVEC_DG)
    codes = [terrain.delegate(terrain.person(DG), adjoint(terrain), DG, *AOUT).code for _ in range(2)]
    assert codes == [Code.ENREGISTRE, Code.DEJA]
    with terrain.workspace.reading() as session:
        assert len(session.exec(select(Delegation)).all()) == 1
    assert [item["mail"] for item in terrain.outbox("delegation")] == [adjoint(terrain)]


def test_la_reference_de_l_arrete_n_entre_pas_dans_la_piste(depart: Depart) -> None:
    terrain = depart("restitute", AVEC_DG)
    terrain.delegate(terrain.person(DG), adjoint(terrain), DG, *AOUT, arrete="Arrêté pour Mme Untelle")
    assert "Untelle" not in json.dumps(terrain.events(), ensure_ascii=False)
    with terrain.workspace.reading() as session:
        assert "Arrêté pour Mme Untelle" in session.exec(select(Parole.texte)).all()


# Retirer


@DEUX_BASES
def test_on_retire_sa_voix_tant_que_la_validation_est_ouverte_puis_on_decide_autrement(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    dg = terrain.person(DG)
    terrain.decide("preselect", dg)
    assert terrain.withdraw("preselect", dg).accepted
    assert dg in terrain.line().attend.personnes  # type: ignore[union-attr]
    assert terrain.decide("preselect", dg, "reserves", "Le réemploi d’abord.").accepted
    assert last_decision(terrain).rang == 1
    assert terrain.decide("preselect", terrain.person(ELU)).accepted
    assert terrain.etats()["preselect"] == Etat.VALIDE
    assert terrain.kinds().count("retrait") == 1
    assert sound(terrain)


def test_on_ne_retire_que_sa_propre_voix_et_avec_un_motif(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    terrain.decide("preselect", terrain.person(DG))
    events = terrain.events()
    assert terrain.withdraw("preselect", terrain.person(ELU)).code is Code.INTERDIT
    assert terrain.withdraw("preselect", terrain.person(DG), " ").code is Code.INVALIDE
    assert terrain.events() == events


def test_une_validation_conclue_ne_se_retire_plus(depart: Depart) -> None:
    terrain = depart("restitute", AVEC_DG)
    terrain.decide("restitute", terrain.person(DG))
    assert terrain.withdraw("restitute", terrain.person(DG)).code is Code.FERME
    with terrain.workspace.reading() as session:
        assert not session.exec(select(Retrait)).all()


def test_retirer_dans_l_ordre_rend_son_tour_a_qui_a_retire(depart: Depart) -> None:
    terrain = depart("roadmap", AVEC_DG)
    dg, elu = terrain.person(DG), terrain.person(ELU)
    terrain.decide("roadmap", dg)
    assert {item["mail"] for item in terrain.outbox("avis-ouverture")[-1:]} == {elu}
    terrain.withdraw("roadmap", dg)
    assert terrain.decide("roadmap", elu).code is Code.INTERDIT
    assert terrain.decide("roadmap", dg).accepted
    assert terrain.decide("roadmap", elu).accepted


# Renvoyer, soumettre à nouveau


@DEUX_BASES
def test_une_correction_renvoie_l_etape_nommee_et_le_reste_attend(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    answer = terrain.decide("preselect", terrain.person(ELU), "corriger", "Le parc est faux.", etape="collect")
    assert answer.accepted
    etats = terrain.etats()
    assert etats["collect"] == Etat.A_CORRIGER
    assert {etats[stage] for stage in ("score", "restitute", "preselect")} == {Etat.OBSOLETE}
    assert terrain.run().why is Arret.CORRECTION
    assert terrain.line().attend.stage == "collect"  # type: ignore[union-attr]


def test_rien_ne_change_le_referent_dit_pourquoi_et_qui_decide_le_lit(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    terrain.decide("preselect", terrain.person(ELU), "corriger", "Le parc est faux.", etape="collect")
    assert terrain.submit("collect", terrain.person(ELU)).code is Code.INTERDIT
    assert terrain.submit("collect", terrain.person(REFERENT), " ").code is Code.INVALIDE
    assert terrain.submit("preselect", terrain.person(REFERENT)).code is Code.FERME
    assert terrain.submit("collect", terrain.person(REFERENT), "Il a été recompté.").accepted
    assert terrain.run().stage.slug == "preselect"
    assert [item.asking for item in terrain.gates("preselect")] == [1, 2]
    assert terrain.etats()["score"] == Etat.VALIDE
    with terrain.workspace.reading() as session:
        [note] = list_explanations(session, terrain.cle, "preselection")
        assert not list_explanations(session, "ailleurs/nulle-part", "preselection")
    assert (note.stage, note.texte) == ("collect", "Il a été recompté.")
    assert terrain.decide("preselect", terrain.person(ELU)).accepted


@pytest.mark.parametrize(
    ("etape", "verdict"), [("roadmap", "corriger"), ("nulle-part", "corriger"), ("score", "refuser")]
)
def test_une_etape_ne_se_nomme_que_pour_la_corriger_elle_ou_une_d_avant(
    depart: Depart, etape: str, verdict: str
) -> None:
    terrain = depart("preselect", AVEC_DG)
    answer = terrain.decide("preselect", terrain.person(ELU), verdict, "Non.", etape=etape)
    assert (answer.accepted, answer.code) == (False, Code.INVALIDE)
    assert terrain.etats()["preselect"] == Etat.SOUMIS


def test_une_etape_deja_renvoyee_ne_l_est_pas_deux_fois(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    terrain.reopen("score", terrain.person(REFERENT))
    terrain.run()
    answer = terrain.decide("score", terrain.person(REFERENT), "corriger", "Faux.", etape="collect")
    assert answer.accepted
    assert terrain.decide("score", terrain.person(REFERENT), "corriger", "Autre.", etape="collect").code is Code.FERME


# Ce qui a changé depuis, et deux fois la même demande


def test_ce_qui_a_change_depuis_qu_on_l_a_vu_est_dit(depart: Depart) -> None:
    terrain = depart("score")
    seen = terrain.gates("score")[-1].seal
    path = terrain.produits("score") / "score.xlsx"
    path.write_bytes(path.read_bytes() + b"x")
    answer = terrain.decide("score", terrain.person(REFERENT))
    assert (answer.code, [item.nom for item in answer.ecarts]) == (Code.CHANGE, ["score.xlsx"])
    assert answer.ecarts[0].vu != answer.ecarts[0].trouve
    path.unlink()
    assert terrain.decide("score", terrain.person(REFERENT)).ecarts[0].trouve == ""
    terrain.run()
    assert terrain.decide("score", terrain.person(REFERENT), vu=seen).accepted


def test_un_nouveau_tour_dit_quels_documents_ont_change_et_pourquoi(depart: Depart) -> None:
    terrain = depart("score")
    seen = terrain.gates("score")[-1].seal
    next(iter(sorted(terrain.recus.glob("*rame*.xlsx")))).unlink()
    terrain.run()
    terrain.close("collect", terrain.person(REFERENT))
    terrain.run()
    answer = terrain.decide("score", terrain.person(REFERENT), vu=seen)
    assert answer.code is Code.CHANGE
    assert {item.nom for item in answer.ecarts} == {"score.xlsx", "resultat.json"}
    assert "Collecte" in answer.message
    with terrain.workspace.reading() as session:
        old = [gate for gate in terrain.gates("score") if gate.seal == seen]
        assert (len(old), old[0].etat) == (1, "obsolete")
        assert find_attente(terrain.lieu.within(session), "diagnostic") is not None


@DEUX_BASES
def test_la_meme_demande_deux_fois_n_a_qu_un_effet_et_redit_sa_reponse(depart: Depart) -> None:
    terrain = depart("score")
    referent, seal = terrain.person(REFERENT), terrain.gates("score")[-1].seal
    first = terrain.decide("score", referent, vu=seal, request_id="r-1")
    events = terrain.events()
    again = terrain.decide("score", referent, vu=seal, request_id="r-1")
    assert (again.accepted, again.code, first.message in again.message) == (True, Code.DEJA, True)
    assert terrain.events() == events


def test_une_demande_de_meme_nom_et_d_autre_contenu_est_refusee(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    dg, elu, seal = terrain.person(DG), terrain.person(ELU), terrain.gates("preselect")[-1].seal
    assert terrain.decide("preselect", dg, vu=seal, request_id="r-1").accepted
    assert terrain.decide("preselect", elu, vu=seal, request_id="r-1").code is Code.INVALIDE
    assert terrain.etats()["preselect"] == Etat.SOUMIS


def test_un_refus_ne_se_retient_pas(depart: Depart) -> None:
    terrain = depart("score")
    referent, path = terrain.person(REFERENT), terrain.produits("score") / "score.xlsx"
    content = path.read_bytes()
    path.unlink()
    seal = terrain.gates("score")[-1].seal
    assert terrain.decide("score", referent, vu=seal, request_id="r-1").code is Code.CHANGE
    path.write_bytes(content)
    assert terrain.decide("score", referent, vu=seal, request_id="r-1").accepted


def test_une_decision_demande_son_recu_et_la_suite(depart: Depart) -> None:
    terrain = depart("score")
    terrain.decide("score", terrain.person(REFERENT))
    number = last_decision(terrain).id
    assert terrain.outbox("recu")[-1] == {"decisions": [number]}
    assert terrain.outbox("avancer")[-1] == {"dossier": terrain.cle}
    assert {item["mail"] for item in terrain.outbox("avis-ouverture")} == {
        item.mail for item in terrain.entree.holders(REFERENT)
    }


# Donner un avis, diffuser


def test_un_avis_se_donne_avant_la_decision_et_qui_decide_le_lit(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    other, texte = adjoint(terrain), "La DSI de Madame Untelle préfère commencer par le parc."
    codes = [terrain.avis("preselect", other, texte).code for _ in range(2)]
    assert codes == [Code.ENREGISTRE, Code.DEJA]
    assert terrain.avis("preselect", other, "  ").code is Code.INVALIDE
    with terrain.workspace.reading() as session:
        [seen] = list_avis(session, terrain.gates("preselect")[-1])
    assert (seen.mail, seen.texte) == (other, texte)
    assert "Untelle" not in json.dumps(terrain.events(), ensure_ascii=False)
    assert terrain.etats()["preselect"] == Etat.SOUMIS
    for role in (DG, ELU):
        terrain.decide("preselect", terrain.person(role))
    assert terrain.avis("preselect", other, "Trop tard.").code is Code.FERME


def test_un_lecteur_ne_donne_pas_d_avis(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    terrain.give_roles({"lecture@ville.example": (Role.LECTEUR,)})
    assert terrain.avis("preselect", "lecture@ville.example", "Bravo.").code is Code.INTERDIT


@DEUX_BASES
def test_une_etape_validee_se_diffuse_une_fois_a_chacun(depart: Depart) -> None:
    terrain = depart("restitute", AVEC_DG)
    referent = terrain.person(REFERENT)
    assert terrain.diffuse("score", referent, "a@ville.example", "A@ville.example ").accepted
    assert terrain.diffuse("score", referent, "a@ville.example").code is Code.DEJA
    assert terrain.diffuse("score", referent, "a@ville.example", "b@ville.example").accepted
    assert [item["mail"] for item in terrain.outbox("diffusion")] == ["a@ville.example", "b@ville.example"]
    [first, second] = [item["donnees"] for item in terrain.events() if item["fait"] == "diffuse"]
    assert (len(first["destinataires"]), len(second["destinataires"])) == (1, 1)
    assert "@" not in str(first)
    with terrain.workspace.reading() as session:
        rows = session.exec(select(Diffusion)).all()
        assert [list(json.loads(row.digests)) for row in rows] == [["score.xlsx"]] * 2  # jamais le détail nominatif
        assert len(session.exec(select(Destinataire)).all()) == 2


def test_la_restitution_se_diffuse_des_qu_elle_est_soumise_et_rien_d_autre(depart: Depart) -> None:
    terrain = depart("restitute", AVEC_DG)
    referent = terrain.person(REFERENT)
    assert terrain.diffuse("restitute", referent, "a@ville.example").accepted
    collected = terrain.diffuse("collect", referent, "a@ville.example")
    assert (collected.code, "qui a répondu quoi" in collected.message) == (Code.FERME, True)
    terrain.decide("restitute", terrain.person(DG))
    terrain.run()
    terrain.play()
    terrain.run()
    assert terrain.etats()["preselect"] == Etat.SOUMIS
    assert terrain.diffuse("preselect", referent, "a@ville.example").code is Code.FERME


@pytest.mark.parametrize("to", [(), ("pas-une-adresse",), ("a@ville.example", "Nom <b@ville.example>")])
def test_une_adresse_fausse_arrete_la_diffusion(depart: Depart, to: tuple[str, ...]) -> None:
    terrain = depart("restitute", AVEC_DG)
    assert terrain.diffuse("score", terrain.person(REFERENT), *to).code is Code.INVALIDE
    assert not terrain.outbox("diffusion")


def test_qui_ne_mene_ni_ne_decide_ne_diffuse_pas(depart: Depart) -> None:
    terrain = depart("restitute", AVEC_DG)
    assert terrain.diffuse("score", adjoint(terrain), "a@ville.example").code is Code.INTERDIT


# Ce que je peux faire


def allowed(terrain: Terrain, mail: str | None, stage: str | None) -> set[Acte]:
    with terrain.workspace.reading() as session:
        found = list_acts(terrain.lieu.within(session), mail)
    assert all(item.allowed or item.reasons for item in found)
    return {item.acte for item in found if item.stage == stage and item.allowed}


def test_chacun_voit_ce_qu_il_peut_faire_et_seulement_cela(depart: Depart) -> None:
    terrain = depart("restitute", AVEC_DG)
    decide = {Acte.APPROUVER, Acte.CORRIGER, Acte.REFUSER}
    around = {Acte.AVISER, Acte.DIFFUSER, Acte.LIRE}
    assert allowed(terrain, terrain.person(DG), "restitute") == decide | around
    assert allowed(terrain, terrain.person(REFERENT), "restitute") == around
    assert allowed(terrain, adjoint(terrain), "restitute") == {Acte.AVISER}
    assert allowed(terrain, "inconnu@nulle-part.example", "restitute") == set()
    assert allowed(terrain, terrain.person(DG), None) == {Acte.DELEGUER, Acte.LIRE_PISTE}
    terrain.delegate(terrain.person(DG), adjoint(terrain), DG, *AOUT)
    assert allowed(terrain, adjoint(terrain), "restitute") == decide | {Acte.AVISER, Acte.LIRE}
    assert Acte.REVOQUER in allowed(terrain, terrain.person(DG), None)
    assert Acte.REVOQUER not in allowed(terrain, terrain.person(ELU), None)
    assert decide <= allowed(terrain, None, "restitute")


def test_ce_qui_est_dit_possible_l_est_et_le_reste_est_refuse(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    terrain.decide("preselect", terrain.person(DG))
    for mail in (terrain.person(DG), terrain.person(ELU), terrain.person(REFERENT), adjoint(terrain)):
        may = Acte.RETIRER in allowed(terrain, mail, "preselect")
        assert may == (mail == terrain.person(DG))
        assert may or terrain.withdraw("preselect", mail).code is Code.INTERDIT
