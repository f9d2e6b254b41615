"""Une nouvelle version du logiciel : ce qui est validé reste en vigueur jusqu’à ce qu’on accepte ce qu’elle refait."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sqlmodel import select

from nr_models.dossier.fingerprint import differ_by_version
from nr_models.dossier.journal import Fait
from nr_models.tables import Dossier, Round
from nr_models.values.frozen import canonical, sha256
from nr_models.values.roles import Role
from tasks.dossier.standing import accept_version, load_standing
from tasks.store.workspace import Workspace
from tests.support.parcours import Depart, Terrain
from tests.support.produit import Produit


def age(workspace: Workspace, *stages: str, **said: object) -> None:
    """Ce que la base dirait si ces étapes avaient été faites par la version d’avant."""
    with workspace.writing() as session:
        for row in session.exec(select(Round)):
            basis = json.loads(row.basis)
            if row.stage in stages:
                row.basis = canonical({**basis, "regle": basis["regle"] - 1, **said})
                row.fingerprint = sha256(row.basis.encode())
        for dossier in session.exec(select(Dossier)):
            dossier.version = "celle d’avant"


@pytest.fixture
def terrain(depart: Depart) -> Terrain:
    """Le diagnostic est validé, la restitution attend une décision."""
    return depart("restitute")


def test_une_version_nouvelle_ne_defait_rien_de_ce_qui_est_valide(terrain: Terrain) -> None:
    etats, rounds = terrain.etats(), terrain.round("score").seal
    age(terrain.workspace, "collect", "score")
    made, _ = terrain.steps()
    assert (made, terrain.etats(), terrain.round("score").seal) == ([], etats, rounds)
    held = load_standing(terrain.lieu).list_held()
    assert [stage.slug for stage in held] == ["collect", "score"]


def test_acceptee_elle_refait_et_un_resultat_egal_reste_valide(terrain: Terrain) -> None:
    age(terrain.workspace, "collect", "score")
    etats = terrain.etats()
    accept_version(terrain.lieu, load_standing(terrain.lieu))
    made, _ = terrain.steps()
    assert {"collect resultat", "score resultat"} <= set(made)
    assert terrain.etats() == etats
    assert load_standing(terrain.lieu).list_held() == []
    assert [item["donnees"]["stages"] for item in terrain.events() if item["fait"] == Fait.VERSION] == [
        ["collect", "score"]
    ]


def test_ce_que_personne_n_a_valide_suit_la_nouvelle_version(terrain: Terrain) -> None:
    age(terrain.workspace, "restitute")
    made, _ = terrain.steps()
    assert made == ["restitute resultat"]


def test_ce_que_les_gens_changent_est_refait_meme_sous_une_version_en_attente(terrain: Terrain) -> None:
    age(terrain.workspace, "score")
    assert terrain.reopen("score", terrain.person(Role.REFERENT)).accepted
    made, _ = terrain.steps()
    assert "score resultat" in made


def test_un_document_perdu_est_remis_comme_il_fut_valide(terrain: Terrain) -> None:
    age(terrain.workspace, "score")
    path = terrain.produits("score") / "score.xlsx"
    before = path.read_bytes()
    path.unlink()
    terrain.run()
    assert path.read_bytes() == before
    assert terrain.round("score").numero == 1


@pytest.mark.parametrize(
    ("before", "now", "alone"),
    [
        ({"regle": 1, "a": 1}, {"regle": 2, "a": 1}, True),
        ({"charte": "x"}, {"charte": "y"}, True),
        ({"regle": 1, "a": 1}, {"regle": 2, "a": 2}, False),
        ({"regle": 1}, {"regle": 1, "neuve": 0}, True),
        ({"entree": "x"}, {"entree": "y"}, False),
        ({}, {}, False),
        ({"retours": {"bulletin": [["a", 1]]}}, {"retours": {"bulletin": [["a", 1, ""]], "fiches": []}}, True),
        ({"retours": {"bulletin": [["a", 1]]}}, {"retours": {"bulletin": [["a", 2, ""]]}}, False),
        ({"retours": {"bulletin": [["a", 1]]}}, {"retours": {"bulletin": []}}, False),
    ],
)
def test_une_base_de_travail_change_par_la_version_seule(
    before: dict[str, object], now: dict[str, object], *, alone: bool
) -> None:
    said = [canonical({"retours": {}, **item}) for item in (before, now)]
    assert differ_by_version(*said, touched=True) is alone
    assert differ_by_version(*said, touched=False) is (alone or before.keys() == {"entree"})


def test_avancer_le_dit_dossier_par_dossier_et_attend_l_accord(termine: Produit, tmp_path: Path) -> None:
    ici = termine.copier(tmp_path)
    workspace = ici.espace()
    age(workspace, "score")
    workspace.close()
    said = ici.nr("avancer", str(ici.programme))
    assert said.code == 0
    assert [said.dit.count(f"{slug} : Score (règle") for slug in ici.slugs] == [1, 1]
    assert "--accepter-version" in said.dit
    assert "Rien à refaire" in said.dit
