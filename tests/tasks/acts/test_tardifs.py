"""Ce qui arrive après coup : rien n’en compte tant que personne n’en décide, et aucune validation n’en est défaite."""

from __future__ import annotations

import shutil
from collections.abc import Callable

import openpyxl
import pytest

from nr_models.dossier.next import Arret
from nr_models.dossier.workflow import Etat
from nr_models.values.roles import Role
from tasks.dossier.detail import list_etapes
from tasks.trail.journal import load_recit
from tasks.trail.tables import check_tables
from tests.flows.test_advance import BULLETIN_DE_CELINE, TRAME, approve, change_answer, change_comment, change_votes
from tests.support.parcours import AVEC_DG, FIN, INCOMPLET, Depart, Terrain
from tests.tasks.stages.collect.test_arbitrages import trancher

DEUX_BASES = pytest.mark.deux_bases


def tout(terrain: Terrain) -> tuple[dict[str, str], list[tuple[int | None, str]], dict[str, bytes]]:
    """Les états, les validations et les fichiers : ce qu’une validation a acquis."""
    return terrain.etats(), [(gate.id, gate.etat) for gate in terrain.gates("roadmap")], terrain.shown()


@DEUX_BASES
def test_un_bulletin_de_trop_ne_defait_pas_une_feuille_de_route_validee(depart: Depart) -> None:
    terrain = depart(FIN)
    terrain.run()
    before = tout(terrain)
    late = terrain.recus / "Bulletin en retard.xlsx"
    shutil.copy(terrain.recus / BULLETIN_DE_CELINE, late)
    terrain.edit(late.name, change_votes)
    assert terrain.run().why is Arret.FIN
    assert tout(terrain) == before
    assert terrain.tardifs() == [("prioritise", late.name, "arrive")]
    late.unlink()
    assert terrain.run().why is Arret.FIN
    assert tout(terrain) == before
    assert terrain.tardifs() == []


def test_un_retour_accepte_puis_ecrase_ou_efface_ne_change_plus_rien(depart: Depart) -> None:
    terrain = depart(FIN)
    terrain.run()
    before = tout(terrain)
    terrain.edit(BULLETIN_DE_CELINE, change_votes)
    terrain.run()
    assert terrain.tardifs() == [("prioritise", BULLETIN_DE_CELINE, "change")]
    (terrain.recus / BULLETIN_DE_CELINE).unlink()
    terrain.run()
    assert terrain.tardifs() == [("prioritise", BULLETIN_DE_CELINE, "retire")]
    assert tout(terrain) == before


def test_ce_qu_on_prend_en_compte_refait_l_etape_et_redemande_sa_validation(depart: Depart) -> None:
    terrain = depart(FIN)
    terrain.run()
    terrain.edit(BULLETIN_DE_CELINE, change_votes)
    assert terrain.reprendre("prioritise").accepted
    assert terrain.run().stage.slug == "prioritise"
    assert [gate.etat for gate in terrain.gates("prioritise")] == ["obsolete", "ouverte"]
    assert (terrain.tardifs(), terrain.kinds().count("repris")) == ([], 1)
    assert not terrain.reprendre("prioritise").accepted


@DEUX_BASES
def test_ce_qu_on_laisse_n_est_plus_demande_tant_qu_il_dit_la_meme_chose(depart: Depart) -> None:
    terrain = depart("restitute")
    terrain.edit(TRAME, change_answer)
    terrain.run()
    assert [item[0] for item in terrain.tardifs()] == ["collect"]
    assert terrain.laisser("collect").accepted
    assert terrain.run().stage.slug == "restitute"
    assert terrain.tardifs() == []
    terrain.edit(TRAME, change_comment)
    terrain.run()
    assert [item[2] for item in terrain.tardifs()] == ["change"]
    assert terrain.etats()["score"] == Etat.VALIDE


def _reprendre_puis_remettre(terrain: Terrain, between: Callable[[], object] = lambda: None) -> None:
    """Un bulletin changé, pris en compte, soumis ; puis le bulletin d’avant, remis et repris."""
    path = next(iter(sorted(terrain.recus.glob("Bulletin*.xlsx"))))
    kept = path.read_bytes()
    terrain.edit(path.name, change_votes)
    assert terrain.reprendre("prioritise").accepted
    assert terrain.run().stage.slug == "prioritise"
    between()
    path.write_bytes(kept)
    terrain.run()
    if terrain.tardifs():
        assert terrain.reprendre("prioritise").accepted
    terrain.run()


@DEUX_BASES
def test_un_resultat_qui_redevient_celui_qu_on_avait_approuve_n_est_pas_redemande(depart: Depart) -> None:
    terrain = depart(FIN)
    terrain.run()
    shown, decided = terrain.shown(), terrain.kinds().count("decide")
    _reprendre_puis_remettre(terrain)
    assert terrain.etats()["prioritise"] == Etat.VALIDE
    assert terrain.run().why is Arret.FIN
    assert terrain.shown() == shown
    assert [(gate.etat, gate.issue) for gate in terrain.gates("prioritise")] == [
        ("approuvee", "approuvee"),
        ("obsolete", ""),
    ]
    confirmed = [item for item in terrain.events() if item["fait"] == "confirme" and "gate" in item["donnees"]]
    assert [(item["automatique"], item["donnees"]["gate"]) for item in confirmed] == [(True, "selection")]
    assert terrain.kinds().count("decide") == decided
    assert (terrain.state("prioritise").arretee, terrain.tardifs()) == ("validation", [])
    assert check_tables(terrain.workspace) is None
    with terrain.lieu.reading() as ici:
        lines = load_recit(ici.session, terrain.cle).decisions
        stages = {stage.slug: stage for stage in list_etapes(ici)}
    assert all("tient à nouveau" in line.devenue for line in lines if line.validation == "Priorisation")
    assert stages["prioritise"].avis


def test_il_reste_approuve_avec_ses_reserves(depart: Depart) -> None:
    terrain = depart("prioritise")
    for role in (Role.ELU_SPONSOR, Role.EQUIPE_PROGRAMME):
        terrain.decide("prioritise", terrain.person(role), "reserves", "Revoir la charge.")
    assert terrain.run().stage.slug == "fiche"
    _reprendre_puis_remettre(terrain)
    assert terrain.etats()["prioritise"] == Etat.VALIDE
    assert "Revoir la charge." in [item.texte for item in terrain.line().reserves]


@pytest.mark.parametrize("verdict", ["refuser", "corriger"])
def test_un_refus_ou_une_correction_entre_temps_redemande_la_decision(depart: Depart, verdict: str) -> None:
    terrain = depart("fiche")

    def between() -> None:
        elu, referent = terrain.person(Role.ELU_SPONSOR), terrain.person(Role.REFERENT)
        assert terrain.decide("prioritise", elu, verdict, "Ce vote est faux.").accepted
        if verdict == "refuser":
            assert terrain.reopen("prioritise", referent).accepted

    _reprendre_puis_remettre(terrain, between)
    assert terrain.etats()["prioritise"] == Etat.SOUMIS
    assert [gate.issue for gate in terrain.gates("prioritise")][:1] == ["approuvee"]


def test_une_decision_retiree_entre_temps_la_redemande(depart: Depart) -> None:
    terrain = depart("fiche", AVEC_DG)

    def between() -> None:
        dg = terrain.person(Role.DG)
        assert terrain.decide("prioritise", dg).accepted
        assert terrain.withdraw("prioritise", dg).accepted

    _reprendre_puis_remettre(terrain, between)
    assert terrain.etats()["prioritise"] == Etat.SOUMIS


def test_une_correction_demandee_plus_loin_la_redemande(depart: Depart) -> None:
    """La feuille de route renvoie la priorisation à corriger : ce qui y était approuvé ne l’est plus."""
    terrain = depart("fiche")
    kept = (terrain.recus / BULLETIN_DE_CELINE).read_bytes()
    referent = terrain.person(Role.REFERENT)
    assert terrain.decide("fiche", referent, "corriger", "Le vote est à revoir.", etape="prioritise").accepted
    terrain.edit(BULLETIN_DE_CELINE, change_votes)
    assert terrain.run().stage.slug == "prioritise"
    (terrain.recus / BULLETIN_DE_CELINE).write_bytes(kept)
    terrain.run()
    assert terrain.etats()["prioritise"] == Etat.SOUMIS


def test_seuls_ceux_qui_menent_le_dossier_en_decident(depart: Depart) -> None:
    terrain = depart("restitute")
    terrain.edit(TRAME, change_answer)
    elu = terrain.person(Role.ELU_SPONSOR)
    assert terrain.reprendre("collect", elu).code.http == 403
    assert terrain.laisser("collect", elu).code.http == 403
    assert terrain.etats()["score"] == Etat.VALIDE


def test_apres_une_cloture_ce_qui_manquait_ne_compte_que_repris(depart: Depart) -> None:
    terrain = depart(slug=INCOMPLET)
    terrain.run()
    path = next(iter(sorted(terrain.recus.glob("*rame*.xlsx"))))
    kept = path.read_bytes()
    path.unlink()
    terrain.run()
    assert terrain.close("collect", terrain.person(Role.REFERENT)).accepted
    assert terrain.run().stage.slug == "score"
    seal = terrain.round("score").seal
    path.write_bytes(kept)
    terrain.run()
    assert terrain.round("score").seal == seal
    assert terrain.tardifs() == [("collect", path.name, "arrive")]
    assert terrain.reprendre("collect").accepted
    terrain.run()
    assert terrain.round("score").seal != seal


def test_une_etape_rouverte_prend_a_nouveau_ce_qui_vient(depart: Depart) -> None:
    terrain = depart("fiche")
    assert terrain.reopen("prioritise", terrain.person(Role.REFERENT)).accepted
    terrain.edit(BULLETIN_DE_CELINE, change_votes)
    assert terrain.run().stage.slug == "prioritise"
    assert terrain.tardifs() == []
    assert terrain.gates("prioritise")[-1].etat == "ouverte"


@DEUX_BASES
def test_rouvrir_ne_decide_rien_de_ce_qui_est_venu_change_ou_parti_entre_temps(depart: Depart) -> None:
    terrain = depart("fiche")
    seal, first = terrain.round("prioritise").seal, next(iter(sorted(terrain.recus.glob("Bulletin*.xlsx"))))
    assert first.name != BULLETIN_DE_CELINE
    first.unlink()
    terrain.edit(BULLETIN_DE_CELINE, change_votes)
    terrain.run()
    late = [("prioritise", first.name, "retire"), ("prioritise", BULLETIN_DE_CELINE, "change")]
    assert sorted(terrain.tardifs()) == sorted(late)
    assert terrain.laisser("prioritise").accepted
    done = terrain.reopen("prioritise", terrain.person(Role.REFERENT))
    assert "2 fichiers" in done.message.replace("\u00a0", " ")
    terrain.run()
    assert terrain.round("prioritise").seal == seal
    assert (terrain.etats()["prioritise"], sorted(terrain.tardifs())) == (Etat.SOUMIS, sorted(late))
    assert terrain.decide("prioritise", terrain.person(Role.ELU_SPONSOR)).accepted
    assert sorted(terrain.tardifs()) == sorted(late)
    assert terrain.reprendre("prioritise").accepted
    terrain.run()
    assert (terrain.round("prioritise").seal != seal, terrain.tardifs()) == (True, [])
    assert check_tables(terrain.workspace) is None


def test_rouverte_ce_qu_on_prend_en_compte_compte_et_ce_qu_on_laisse_non(depart: Depart) -> None:
    terrain = depart("fiche")
    terrain.edit(BULLETIN_DE_CELINE, change_votes)
    seal = terrain.round("prioritise").seal
    assert terrain.reopen("prioritise", terrain.person(Role.REFERENT)).accepted
    assert terrain.run().stage.slug == "prioritise"  # le dossier est lu après que l’étape est rouverte : cela compte
    assert (terrain.round("prioritise").seal != seal, terrain.tardifs()) == (True, [])


def test_apres_une_reouverture_un_nouveau_retour_de_la_meme_personne_remplace_celui_qui_avait_compte(
    depart: Depart,
) -> None:
    terrain = depart("fiche")
    path = terrain.recus / BULLETIN_DE_CELINE
    kept = path.read_bytes()
    path.unlink()
    terrain.run()
    assert terrain.reopen("prioritise", terrain.person(Role.REFERENT)).accepted
    seal = terrain.round("prioritise").seal
    again = terrain.recus / "Bulletin de Céline, repris.xlsx"
    again.write_bytes(kept)
    terrain.edit(again.name, change_votes)
    terrain.run()
    assert (terrain.round("prioritise").seal != seal, terrain.tardifs()) == (True, [])


def _changer_le_registre(terrain: Terrain, roles: dict[str, str]) -> None:
    """Les rôles de ces personnes du dossier, dans registre.xlsx ; « » : elles n’y sont plus."""
    place = terrain.place / "exemple/registre.xlsx"
    book = openpyxl.load_workbook(place)
    sheet = book["Personnes"]
    for row in reversed(list(sheet.iter_rows(min_row=2))):
        mail = row[2].value
        if mail in roles and row[0].value in ("*", terrain.slug):
            row[3].value = roles[mail]
            if not roles[mail]:
                sheet.delete_rows(row[0].row)
    known = {row[2].value for row in sheet.iter_rows(min_row=2)}
    for mail in roles.keys() - known:
        if roles[mail]:
            sheet.append([terrain.slug, mail.partition("@")[0], mail, roles[mail]])
    book.save(place)
    terrain.sync()


def test_changer_de_referent_ou_d_equipe_ne_rouvre_ni_ne_refait_ce_qui_ne_les_lit_pas(depart: Depart) -> None:
    terrain = depart(FIN)
    terrain.run()
    before, kept = terrain.etats(), ("collect", "score", "restitute", "preselect", "prioritise", "fiche", "roadmap")
    seals = {stage: terrain.round(stage).seal for stage in kept}
    ancien, equipe = terrain.person(Role.REFERENT), terrain.person(Role.EQUIPE_PROGRAMME)
    _changer_le_registre(
        terrain,
        {ancien: "interlocuteur ; votant", "nouveau@ville.example": "referent", equipe: "", "vu@v.example": "lecteur"},
    )
    assert terrain.person(Role.REFERENT) == "nouveau@ville.example"
    made, halt = terrain.steps()
    assert (set(made), halt.why) == ({"collect envoi", "restitute resultat"}, Arret.FIN)
    assert (terrain.etats(), {stage: terrain.round(stage).seal for stage in kept}) == (before, seals)
    assert check_tables(terrain.workspace) is None


@pytest.mark.parametrize("roles", ["interlocuteur ; votant", ""])
def test_ce_qu_un_referent_a_tranche_tient_quand_il_ne_l_est_plus(depart: Depart, roles: str) -> None:
    terrain = depart("score")
    ancien = terrain.person(Role.REFERENT)
    trancher(terrain)
    assert terrain.run().stage.slug == "score"
    approve(terrain, "score")
    terrain.run()
    settled = [item for item in terrain.result("collect")["consolidations"] if item["arbitrage"]]
    assert settled
    seal, etat = terrain.round("score").seal, terrain.etats()["score"]
    _changer_le_registre(terrain, {ancien: roles, "nouvelle@v.example": "referent"})
    terrain.run()
    assert (terrain.round("score").seal, terrain.etats()["score"]) == (seal, etat)
    assert [item for item in terrain.result("collect")["consolidations"] if item["arbitrage"]] == settled


def test_changer_de_direction_generale_change_qui_decide_et_ne_rouvre_rien(depart: Depart) -> None:
    terrain = depart("roadmap", AVEC_DG)
    before, seals = terrain.etats(), {stage: terrain.round(stage).seal for stage in ("collect", "score", "fiche")}
    ancien = terrain.person(Role.DG)
    roles = next(item.roles for item in terrain.entree.personnes if item.mail == ancien)
    terrain.give_roles(
        {
            ancien: tuple(role for role in roles if role is not Role.DG) or (Role.LECTEUR,),
            "nouveau@ville.fr": (Role.DG,),
        }
    )
    terrain.run()
    assert terrain.etats() == before
    assert {stage: terrain.round(stage).seal for stage in seals} == seals
    assert "nouveau@ville.fr" in terrain.line().attend.personnes  # type: ignore[union-attr]
