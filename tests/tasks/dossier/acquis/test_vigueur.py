"""Ce qui est en vigueur d’une étape, à côté de ce qui se prépare : dit partout, et gardé tel qu’il fut approuvé."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from nr_models.dossier.gates import Ouverture
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_SLUG, STAGES
from nr_models.values.roles import Role
from portal.cli.commandes.montrer import montrer
from portal.cli.commandes.pourquoi import pourquoi
from portal.cli.commandes.validation import validation
from portal.cli.dire.terminal import _tell
from tasks.dossier.acquis.changements import find_changes
from tasks.dossier.acquis.vigueur import find_vigueur, list_vigueurs
from tasks.store.files import load_bytes
from tests.flows.test_advance import BULLETIN_DE_CELINE, change_votes
from tests.support.parcours import FIN, Depart, Terrain
from tests.tasks.mail.test_turns import lettres


def rouvrir_le_vote(terrain: Terrain) -> None:
    """Un bulletin changé après la validation, pris en compte : une autre version se prépare."""
    terrain.edit(BULLETIN_DE_CELINE, change_votes)
    assert terrain.reprendre("prioritise").accepted
    assert terrain.run().stage.slug == "prioritise"


def test_une_fois_tout_valide_ce_qui_est_en_vigueur_est_ce_qui_se_montre(depart: Depart) -> None:
    terrain = depart(FIN)
    with terrain.lieu.reading() as ici:
        found = list_vigueurs(ici)
    assert [item.stage for item in found] == [stage.slug for stage in STAGES if stage.gate]
    for item in found:
        assert item.en_vigueur is not None
        assert (item.prepare, item.lignes, item.en_vigueur.seal) == ("", (), item.seal)
        assert item.en_vigueur.par
        shown = {document.nom for document in item.en_vigueur.documents}
        assert shown == {nom for nom in BY_SLUG[item.stage].livrables if not BY_SLUG[item.stage].hides(nom)}


def test_ce_qui_fut_approuve_reste_en_vigueur_et_se_lit_pendant_qu_autre_chose_se_prepare(depart: Depart) -> None:
    terrain = depart(FIN)
    before = (terrain.produits("prioritise") / "priorisation.xlsx").read_bytes()
    seal = terrain.round("prioritise").seal
    rouvrir_le_vote(terrain)
    with terrain.lieu.reading() as ici:
        found = find_vigueur(ici, "prioritise")
        later = find_vigueur(ici, "roadmap")
    assert found is not None
    assert found.en_vigueur is not None
    documents = {item.nom: item.sha256 for item in found.en_vigueur.documents}
    assert (found.etat, found.en_vigueur.seal, found.courante) == (Etat.SOUMIS, seal, 2)
    assert (found.en_vigueur.numero, set(documents)) == (1, {"priorisation.xlsx", "matrice.pptx"})
    assert load_bytes(terrain.workspace.settings, documents["priorisation.xlsx"]) == before
    assert (terrain.produits("prioritise") / "priorisation.xlsx").read_bytes() != before
    assert later is not None
    assert later.en_vigueur is not None
    assert "la même version, car l’étape est « à revoir »" in later.prepare.replace("\u00a0", " ")


def test_la_validation_dit_ce_qui_a_change_depuis_ce_qu_on_avait_decide(depart: Depart) -> None:
    terrain = depart(FIN)
    rouvrir_le_vote(terrain)
    with terrain.lieu.reading() as ici:
        found = find_changes(ici, BY_SLUG["prioritise"])
        same = find_changes(ici, BY_SLUG["score"])
    assert found is not None
    assert same is not None
    assert (found.numero, found.issue, bool(found.lignes)) == (1, Ouverture.APPROUVEE, True)
    assert "rien n’a changé" in same.dites[0]
    assert not any("@" in line for line in found.lignes)


def test_une_correction_est_la_version_a_laquelle_on_compare(depart: Depart) -> None:
    terrain = depart("prioritise")
    assert terrain.decide("prioritise", terrain.person(Role.ELU_SPONSOR), "corriger", "Revoir le vote.").accepted
    terrain.edit(BULLETIN_DE_CELINE, change_votes)
    terrain.run()
    with terrain.lieu.reading() as ici:
        found, vigueur = find_changes(ici, BY_SLUG["prioritise"]), find_vigueur(ici, "prioritise")
    assert found is not None
    assert vigueur is not None
    assert (found.issue, vigueur.en_vigueur) == (Ouverture.A_CORRIGER, None)
    assert "renvoyée à corriger" in found.titre


def test_rien_n_est_en_vigueur_avant_la_premiere_decision(depart: Depart) -> None:
    terrain = depart("score")
    with terrain.lieu.reading() as ici:
        assert find_changes(ici, BY_SLUG["score"]) is None
        assert [item.en_vigueur for item in list_vigueurs(ici)] == [None] * 6


def test_l_etat_le_pourquoi_la_validation_et_le_courrier_le_disent(
    depart: Depart, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    terrain = depart(FIN)
    rouvrir_le_vote(terrain)
    monkeypatch.setenv("NR_OUTPUTS", str(terrain.workspace.settings.outputs))
    vers = tmp_path / "vigueur"
    said = {
        "pourquoi": CliRunner().invoke(pourquoi, [terrain.cle, "prioritise"]).output,
        "decider": CliRunner().invoke(validation, ["decider", terrain.cle, "selection"]).output,
        "montrer": CliRunner().invoke(montrer, [terrain.cle, "prioritise", "--en-vigueur", "--vers", str(vers)]).output,
        "etat": "\n".join(_tell(terrain.line())),
        "courrier": lettres(terrain, "avis-ouverture")[-1].texte,
    }
    for where, text in said.items():
        plain = text.replace("\u00a0", " ")
        assert "version 1, approuvée le" in plain, where
        if where in ("pourquoi", "decider", "courrier"):
            assert "Depuis la version 1, approuvée le" in plain, where
    assert {path.name for path in vers.iterdir()} == {"priorisation.xlsx", "matrice.pptx"}
