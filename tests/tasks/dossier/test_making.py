"""Un nouveau tour reprend ce qui avait été répondu : rendu tel quel, il ne perd rien."""

from __future__ import annotations

import json
import shutil

import pytest
from sqlmodel import select

from nr_models.dossier.next import Arret
from nr_models.tables import Reading
from tasks.demo.form import Form
from tasks.stages.preselect.columns import PRESELECTION
from tests.flows.test_advance import change_every_answer
from tests.support.parcours import Depart, Terrain

SUPPORTS = {"preselect": "preselection", "fiche": "fiches"}


def retour(terrain: Terrain, kind: str) -> Reading:
    """Le retour de cette sorte, tel qu’il est lu maintenant."""
    query = select(Reading).where(Reading.type == kind, Reading.dossier_id == terrain.dossier.id)
    with terrain.workspace.reading() as session:
        return session.exec(query).one()


def corriger(terrain: Terrain, stage: str) -> None:
    """Qui décide demande une correction."""
    attend = terrain.line().attend
    assert attend
    assert terrain.decide(stage, attend.personnes[0], "corriger", "Un mot à revoir.").accepted


@pytest.mark.parametrize("stage", SUPPORTS)
def test_apres_une_correction_le_support_reprend_ce_qui_etait_decide(depart: Depart, stage: str) -> None:
    terrain, kind = depart(stage), SUPPORTS[stage]
    before, result, envoi = retour(terrain, kind), terrain.round(stage).value, terrain.round(stage, "envoi")
    corriger(terrain, stage)
    assert terrain.steps()[0] == [f"{stage} envoi"]
    again = terrain.round(stage, "envoi")
    assert again.numero == envoi.numero + 1
    shutil.copy(terrain.produits(stage) / f"{kind}.xlsx", terrain.recus / before.path)
    terrain.run()
    assert retour(terrain, kind).sha256 != before.sha256
    assert json.loads(retour(terrain, kind).value) == json.loads(before.value)
    assert terrain.round(stage).value == result
    assert (terrain.steps()[0], terrain.round(stage, "envoi").id) == ([], again.id)


def test_un_levier_ajoute_survit_au_second_retour_du_referent(depart: Depart) -> None:
    terrain = depart("preselect")
    left = [place["levier"] for place in terrain.result("preselect")["places"] if not place["retenu"]]
    first, second = left[:2]
    path = terrain.recus / retour(terrain, "preselection").path

    def ajouter(levier: str) -> None:
        form = Form(path.read_bytes())
        line = next(line for line in form.lines("Leviers", PRESELECTION) if line.textes["levier"] == levier)
        why = "Demandé par la vice-présidente."
        form.type_row("Leviers", PRESELECTION, line.numero, {"decision": "ajouter", "justification": why})
        path.write_bytes(form.save())

    ajouter(first)
    terrain.run()
    corriger(terrain, "preselect")
    terrain.run()
    shutil.copy(terrain.produits("preselect") / "preselection.xlsx", path)
    ajouter(second)
    terrain.run()
    kept = {place["levier"] for place in terrain.result("preselect")["places"] if place["retenu"]}
    assert {first, second} <= kept


def test_un_nouveau_bulletin_reprend_les_votes_et_n_est_redemande_que_pour_les_leviers_nouveaux(
    depart: Depart,
) -> None:
    terrain = depart("prioritise")
    before = {item["personne"]: item for item in terrain.result("prioritise")["bulletins"]}
    for trame in sorted(path.name for path in terrain.recus.glob("*rame*.xlsx")):
        terrain.edit(trame, change_every_answer)
    assert terrain.reprendre("collect").accepted
    for _ in range(6):
        if terrain.round("prioritise", "envoi").numero == 2:
            break
        terrain.run()
        if terrain.round("prioritise", "envoi").numero == 1:
            terrain.play()
    assert terrain.run().why is Arret.RETOURS
    listed = {place["levier"] for place in terrain.result("preselect")["places"] if place["retenu"]}
    owed = {item["personne"] for item in json.loads(terrain.state("prioritise").manquants)}
    assert owed == {who for who, item in before.items() if listed - {voix["levier"] for voix in item["voix"]}}
    for path in terrain.produits("prioritise").glob("bulletin-*.xlsx"):
        shutil.copy(path, terrain.recus / f"Nouveau {path.name}")
    terrain.run()
    for item in terrain.result("prioritise")["bulletins"]:
        said = {voix["levier"]: voix for voix in before[item["personne"]]["voix"] if voix["levier"] in listed}
        assert {voix["levier"]: voix for voix in item["voix"]} == said
