"""Passer un dossier à une autre version du référentiel : un acte, annoncé, inscrit, et qui refait ce qu'il faut."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from nr_models.dossier.journal import Fait
from nr_models.dossier.workflow import Etat
from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules.deplacement import EffetDeplacement
from nr_models.values.roles import Role
from tasks.acts.deplacement import Previsions, foresee_move, move_dossier
from tasks.acts.door import SuiteDonnee
from tasks.trail import chain
from tests.support.parcours import Depart, Terrain, essai
from tests.support.referentiels import livre

DEUX_BASES = pytest.mark.deux_bases

LIVRE = livre()


def version(change: Callable[[dict[str, Any]], None]) -> Referentiel:
    """La version livrée, changée, sous un autre nom."""
    content = LIVRE.model_dump(mode="json")
    content["version"] = "2099.1"
    change(content)
    return Referentiel.model_validate(content)


def heavier(content: dict[str, Any]) -> None:
    """La première question de chaque dimension compte vingt fois."""
    for dimension in content["dimensions"]:
        dimension["questions"][0]["poids"] = "20"


def shorter(content: dict[str, Any]) -> None:
    """La première question disparaît, avec les liens qui y mènent ; la deuxième est réécrite."""
    first = content["dimensions"][0]["questions"].pop(0)
    content["dimensions"][0]["questions"][0]["precision"] = "Une autre précision."
    for levier in (item for dimension in content["dimensions"] for item in dimension["leviers"]):
        levier["questions"] = [item for item in levier["questions"] if item != first["id"]]


def foresee(terrain: Terrain, new: Referentiel) -> Previsions:
    return foresee_move(terrain.lieu, new)


def move(terrain: Terrain, new: Referentiel, role: Role = Role.REFERENT) -> SuiteDonnee:
    return move_dossier(terrain.workspace, terrain.cle, new, par=essai(terrain.person(role)))


def test_prevoir_dit_les_scores_qui_changent_et_ne_change_rien(depart: Depart) -> None:
    terrain = depart("score")
    before, events = terrain.shown(), terrain.events()
    found = foresee(terrain, version(heavier)).effet
    assert {"", "achats"} <= {item.dimension for item in found.notes}
    assert all(item.avant != item.apres for item in found.notes)
    assert (found.perdues, found.a_relire, found.nouvelles) == ((), (), ())
    assert (terrain.shown(), terrain.events()) == (before, events)


def test_prevoir_dit_les_reponses_perdues_et_celles_a_relire(depart: Depart) -> None:
    found = foresee(depart("score"), version(shorter)).effet
    assert found.perdues == ("gouv-q01",)
    assert found.a_relire == ("gouv-q02",)


def test_prevoir_dit_les_questions_jamais_posees(depart: Depart) -> None:
    def add(content: dict[str, Any]) -> None:
        questions = content["dimensions"][0]["questions"]
        questions.append({**questions[0], "id": "gouv-q99", "flash": True})

    assert foresee(depart("score"), version(add)).effet.nouvelles == ("gouv-q99",)


def test_prevoir_dit_les_leviers_qui_entrent_et_qui_sortent(depart: Depart) -> None:
    terrain = depart("preselect")
    kept = [place["levier"] for place in terrain.result("preselect")["places"] if place["retenu"]]
    gone = next(item for item in kept if not any(item in levier.requiert for levier in LIVRE.leviers.values()))

    def remove(content: dict[str, Any]) -> None:
        for dimension in content["dimensions"]:
            dimension["leviers"] = [item for item in dimension["leviers"] if item["id"] != gone]

    found = foresee(terrain, version(remove))
    assert gone in found.effet.sortent["preselect"]
    assert "diagnostic" in found.validations


def test_la_meme_version_sous_un_autre_nom_ne_change_rien(depart: Depart) -> None:
    found = foresee(depart("score"), version(lambda content: None)).effet
    assert found == EffetDeplacement(ecart=found.ecart)
    assert found.ecart.vide


@DEUX_BASES
def test_passer_a_une_autre_version_s_inscrit_et_refait_le_score(depart: Depart) -> None:
    terrain = depart("restitute")
    seal, new = terrain.round("score").seal, version(heavier)
    accepted = move(terrain, new).accepted
    assert accepted
    assert (terrain.dossier.referentiel, terrain.dossier.referentiel_digest) == ("2099.1", new.empreinte)
    event = [item for item in terrain.events() if item["fait"] != Fait.TABLES][-1]
    assert (event["fait"], event["chain"]) == (Fait.DEPLACE, terrain.cle)
    assert event["donnees"]["avant"]["empreinte"] == LIVRE.empreinte
    assert event["donnees"]["referentiel"] == {"version": "2099.1", "empreinte": new.empreinte}
    assert terrain.person(Role.REFERENT) not in str(event)
    terrain.run()
    assert terrain.round("score").seal != seal
    assert terrain.etats()["score"] == Etat.SOUMIS
    with terrain.workspace.reading() as session:
        assert chain.verify(session) is None


def test_les_previsions_sont_ce_qui_arrive(depart: Depart) -> None:
    terrain = depart("score")
    new = version(heavier)
    said = {item.dimension: str(item.apres) for item in foresee(terrain, new).effet.notes}
    move(terrain, new)
    terrain.run()
    result = terrain.result("score")
    shown = {"": result["globale"]["affiche"]}
    shown |= {item["dimension"]: item["note"]["affiche"] for item in result["dimensions"]}
    assert said
    assert said == {slug: shown[slug] for slug in said}


@pytest.mark.parametrize("role", [Role.ELU_SPONSOR, Role.VOTANT])
def test_qui_ne_mene_pas_le_dossier_est_refuse(role: Role, depart: Depart) -> None:
    terrain = depart("score")
    people = [item for item in terrain.entree.holders(role) if not item.has(Role.REFERENT)]
    kept = terrain.dossier.referentiel_digest
    reponse = move_dossier(terrain.workspace, terrain.cle, version(heavier), par=essai(people[0].mail))
    assert not reponse.accepted
    assert terrain.dossier.referentiel_digest == kept
    assert Fait.DEPLACE not in terrain.kinds()


@DEUX_BASES
def test_passer_deux_fois_n_inscrit_qu_une_fois(depart: Depart) -> None:
    terrain = depart("score")
    for _ in range(2):
        assert move(terrain, version(heavier)).accepted
    assert terrain.kinds().count(Fait.DEPLACE) == 1


def test_un_autre_dossier_garde_sa_version(depart: Depart) -> None:
    terrain = depart("score")
    move(terrain, version(heavier))
    os.utime(Path(terrain.programme.folder) / "registre.xlsx")
    terrain.sync()
    others = [item for item in terrain.dossiers if item.slug != terrain.slug]
    assert {item.referentiel_digest for item in others} == {LIVRE.empreinte}
    assert terrain.dossier.referentiel == "2099.1"
