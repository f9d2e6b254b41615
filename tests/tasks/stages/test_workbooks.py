"""Ce qui vaut pour chaque classeur : mêmes octets, mode d’emploi, marque, protection, impression."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from nr_models.rules import prioritise
from tasks.office.columns import AUTHOR_LABEL, GUIDE_SHEET, MARK_KEYS, MARK_SHEET, NO_OPINION
from tasks.returns.recognise import understand
from tests.support.classeurs import ALL, CASE, ENTREE, REFERENT, SUPPORTS, VOTANTE, opened, parts, rendered, shown
from tests.support.depot import ROOT
from tests.support.workbooks_case import FORMULE

DIFFUSED = ("score", "liste", "priorisation")


def digests() -> str:
    return "\n".join(f"{name} {hashlib.sha256(rendered(name)).hexdigest()}" for name in sorted(ALL))


@pytest.mark.parametrize("name", ALL)
def test_la_meme_matiere_donne_les_memes_octets(name: str) -> None:
    assert ALL[name]() == rendered(name)


@pytest.mark.parametrize(
    ("zone", "graine"), [("Pacific/Auckland", "1"), pytest.param("America/Los_Angeles", "42", marks=pytest.mark.lent)]
)
def test_ni_le_fuseau_ni_la_graine_de_hachage_ne_changent_les_octets(zone: str, graine: str) -> None:
    environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": graine, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    code = "from tests.tasks.stages.test_workbooks import digests; print(digests())"
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.decode().strip() == digests()


@pytest.mark.parametrize("name", ALL)
def test_chaque_classeur_commence_par_un_mode_d_emploi_de_cinq_lignes_au_plus(name: str) -> None:
    sheet = opened(rendered(name)).worksheets[0]
    steps = [row for row in sheet.iter_rows(values_only=True) if str(row[0] or "").startswith("À faire")]
    assert sheet.title == GUIDE_SHEET
    assert 1 <= len(steps) <= 5
    assert all(text for _, text in steps)


def test_le_mode_d_emploi_dit_la_collectivite_le_programme_et_la_version_du_referentiel() -> None:
    sheet = opened(rendered("diagnostic"))[GUIDE_SHEET]
    facts = {row[0]: row[1] for row in sheet.iter_rows(max_col=2, values_only=True) if row[0]}
    assert facts["Collectivité"] == "Saint-Aubin-des-Prés"
    assert facts["Programme"] == "exemple"
    assert CASE.referentiel.version in str(facts["Référentiel"])
    assert CASE.referentiel.empreinte[:12] in str(facts["Référentiel"])
    assert AUTHOR_LABEL in facts


@pytest.mark.parametrize("name", SUPPORTS)
def test_un_support_vierge_est_reconnu_et_se_relit_sans_anomalie(name: str, tmp_path: Path) -> None:
    kind, render = SUPPORTS[name]
    path = tmp_path / "renommé.xlsx"
    path.write_bytes(render())
    understood = understand(path, path.name, CASE.referentiel)
    assert (understood.type, understood.anomalies) == (kind, ())
    assert understood.lignes == understood.acceptees
    assert bool(understood.personne) == (name in ("trame", "bulletin"))
    assert understood.marque["dossier"] == CASE.entree.collectivite.siren


@pytest.mark.parametrize("name", SUPPORTS)
def test_un_support_porte_sa_marque_cachee(name: str) -> None:
    sheet = opened(rendered(name))[MARK_SHEET]
    mark = {key: value or "" for key, value in sheet.iter_rows(max_col=2, values_only=True)}
    assert sheet.sheet_state != "visible"
    assert tuple(mark) == MARK_KEYS
    assert (mark["type"], mark["dossier"]) == (SUPPORTS[name][0], CASE.entree.collectivite.siren)
    assert mark["tour"] == ("" if name == "calendrier" else "1")
    assert mark["personne"] == {"trame": VOTANTE.mail, "bulletin": REFERENT.mail}.get(name, "")


@pytest.mark.parametrize("name", ALL)
def test_tout_est_protege_sans_mot_de_passe_sauf_ce_qu_on_remplit(name: str) -> None:
    for sheet in opened(rendered(name)).worksheets:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        for row in sheet.iter_rows():
            for cell in row:
                yellow = cell.fill.fgColor.rgb == "FFFFF8E1" and not cell.font.bold
                assert cell.protection.locked is not yellow, f"{sheet.title} {cell.coordinate}"


@pytest.mark.parametrize(
    ("name", "sheet", "title", "choices"),
    [
        ("trame", "Questions", "Réponse", '"0,1,2,3,4,Ne sait pas,Sans objet"'),
        ("bulletin", "Bulletin", "Valeur (1 à 5)", f'"1,2,3,4,5,{NO_OPINION}"'),
        ("preselection", "Leviers", "Votre décision", '"ajouter,retirer"'),
        ("preselection", "Prestataire", "Réponse", '"oui,non"'),
        ("inventaire", "Inventaire", "Hors service", '"oui,non"'),
    ],
)
def test_les_reponses_attendues_se_choisissent_dans_une_liste(name: str, sheet: str, title: str, choices: str) -> None:
    found = opened(rendered(name))[sheet]
    place = [cell.value for cell in found[1]].index(title) + 1
    cell = found.cell(2, place).coordinate
    assert choices in [item.formula1 for item in found.data_validations.dataValidation if cell in item.sqref]


@pytest.mark.parametrize("name", DIFFUSED)
def test_ce_qui_est_diffuse_ne_nomme_personne(name: str) -> None:
    text = parts(rendered(name))
    assert not [item.mail for item in ENTREE.personnes if item.mail in text or item.nom in text]


@pytest.mark.parametrize(("name", "sheet"), [("score", "Hypothèses")])
def test_un_texte_qui_ressemble_a_une_formule_reste_un_texte(name: str, sheet: str) -> None:
    found = opened(rendered(name))[sheet]
    cells = [cell for row in found.iter_rows() for cell in row if cell.value == FORMULE]
    assert cells
    assert all(cell.data_type == "s" or cell.quotePrefix for cell in cells)
    assert f"<f>{FORMULE[1:]}</f>" not in parts(rendered(name))


def test_chaque_feuille_s_imprime_en_paysage_a4_avec_son_titre_repete() -> None:
    for sheet in (sheet for name in ALL for sheet in shown(opened(rendered(name)))):
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.print_area
        assert not sheet.merged_cells.ranges


def test_aucun_groupe_de_moins_de_trois_voix_ni_aucun_commentaire_n_est_montre() -> None:
    book = opened(rendered("priorisation"))
    assert "Commentaires" not in book.sheetnames
    sheet = book["Voix par direction"]
    place = [cell.value for cell in sheet[1]].index("Voix")
    counts = [row[place].value for row in sheet.iter_rows(min_row=2) if isinstance(row[place].value, int)]
    assert all(count >= 3 for count in counts)
    result = CASE.results["prioritise"]
    assert isinstance(result, prioritise.Result)
    said = [voice.commentaire for ballot in result.bulletins for voice in ballot.voix if voice.commentaire]
    assert said
    text = parts(rendered("priorisation"))
    assert not [item for item in said if item in text]
