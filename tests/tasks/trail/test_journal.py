"""Le récit : qui a décidé quoi, lisible par qui n’a que ce fichier, et tiré de la piste seule."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest

from nr_models.values.days import paris_day
from nr_models.values.roles import Role
from tasks.store.clock import now
from tasks.trail.evidence import render_pack
from tasks.trail.journal import COLUMNS, Recit, load_recit, render_page, render_recit
from tasks.trail.verifier import examine_pack
from tests.support.parcours import AVEC_DG, Depart, Terrain


def recit(terrain: Terrain) -> Recit:
    with terrain.workspace.reading() as session:
        return load_recit(session, terrain.cle)


def test_une_reserve_par_delegation_se_lit_en_entier(depart: Depart) -> None:
    terrain = depart("restitute", AVEC_DG)
    dg, adjoint = terrain.person(Role.DG), terrain.person(Role.REFERENT)
    today = paris_day(now())
    given = terrain.delegate(dg, adjoint, Role.DG, today.isoformat(), (today + timedelta(days=9)).isoformat())
    assert given.accepted, given.message
    assert terrain.decide("restitute", adjoint, "reserves", "Revoir le budget en mai.").accepted
    line = recit(terrain).decisions[-1]
    assert (line.validation, line.verdict) == ("Restitution", "approuvé avec réserves")
    assert line.qui == terrain.entree.names([adjoint])[0]
    assert terrain.entree.names([dg])[0] in line.delegation
    assert "arrêté 2026-118" in line.delegation
    assert line.mots == "Revoir le budget en mai."
    assert line.documents == "restitution.pptx, resultat.json"
    assert line.devenue == "tient"


@pytest.mark.parametrize(("acte", "devenue"), [("retirer", "retirée par son auteur"), ("rouvrir", "ne tient plus")])
def test_une_decision_qui_ne_tient_plus_le_dit(depart: Depart, acte: str, devenue: str) -> None:
    terrain = depart("preselect", AVEC_DG)
    dg = terrain.person(Role.DG)
    assert terrain.decide("preselect", dg).accepted
    if acte == "retirer":
        assert terrain.withdraw("preselect", dg).accepted
    else:
        assert terrain.decide("preselect", terrain.person(Role.ELU_SPONSOR)).accepted
        assert terrain.reopen("preselect", terrain.person(Role.REFERENT)).accepted
    own = [line for line in recit(terrain).decisions if line.qui == terrain.entree.names([dg])[0]]
    assert own[-1].devenue.startswith(devenue)


LARGEUR = 185  # caractères qu’une page A4 couchée porte à six points et demi


def test_le_classeur_et_la_page_disent_chaque_decision_et_le_journal(depart: Depart) -> None:
    terrain = depart("restitute", AVEC_DG)
    found = recit(terrain)
    book = openpyxl.load_workbook(io.BytesIO(render_recit(found)))
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value]
    page = render_page(found).decode()
    for line in found.decisions:
        assert line.qui in cells
        assert line.code in page
    assert len(found.journal) > len(found.decisions) > 0
    assert all(item.texte in cells for _, _, item in found.journal)
    assert "<script" not in page
    assert all(
        sheet.page_setup.orientation == "landscape" and sheet.sheet_properties.pageSetUpPr.fitToPage for sheet in book
    )
    assert sum(column.width for column in COLUMNS) <= LARGEUR
    assert (render_recit(found), render_page(found)) == (render_recit(recit(terrain)), render_page(recit(terrain)))


def test_ce_qu_une_personne_ecrit_ne_devient_jamais_du_html(depart: Depart) -> None:
    terrain = depart("restitute", AVEC_DG)
    assert terrain.decide("restitute", terrain.person(Role.DG), "reserves", "<script>alert(1)</script>").accepted
    page = render_page(recit(terrain)).decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_le_recit_d_un_dossier_ne_nomme_pas_les_autres(depart: Depart) -> None:
    terrain = depart("restitute", AVEC_DG)
    assert {line.dossier for line in recit(terrain).decisions} == {terrain.cle}
    assert {chain for chain, _, _ in recit(terrain).journal} == {terrain.cle}


def test_le_dossier_de_preuve_porte_le_recit_et_le_tient_pour_une_piece(depart: Depart, tmp_path: Path) -> None:
    terrain = depart("restitute", AVEC_DG)
    pack = tmp_path / "preuves.zip"
    pack.write_bytes(render_pack(terrain.workspace, terrain.cle))
    with zipfile.ZipFile(pack) as archive:
        archive.extractall(tmp_path / "ouvert")
    assert examine_pack(pack).faille is None
    page = tmp_path / "ouvert" / "recit.html"
    assert page.read_bytes() == render_page(recit(terrain))
    page.write_bytes(page.read_bytes().replace(b"Restitution", b"Autre chose"))
    faille = examine_pack(tmp_path / "ouvert").faille
    assert faille is not None
    assert faille.chain == "recit.html"
