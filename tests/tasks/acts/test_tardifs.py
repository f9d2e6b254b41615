"""Ce qui arrive après coup : rien n’en compte tant que personne n’en décide, et aucune validation n’en est défaite."""

from __future__ import annotations

import shutil

import pytest

from nr_models.dossier.next import Arret
from nr_models.dossier.workflow import Etat
from nr_models.values.roles import Role
from tests.flows.test_advance import BULLETIN_DE_CELINE, TRAME, change_answer, change_comment, change_votes
from tests.support.parcours import AVEC_DG, FIN, INCOMPLET, Depart, Terrain

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
