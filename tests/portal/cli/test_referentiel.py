"""La commande « nr referentiel » : ce qu'elle dit, ce qu'elle écrit, avec quel code elle finit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from openpyxl import load_workbook

from portal.cli.main import nr as commande
from tasks.programme.programmes import Introuvable
from tasks.referentiel.load import find_folder, load_referentiel
from tests.support.referentiels import livre

LIVRE = livre()


@pytest.fixture(autouse=True)
def ailleurs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Un dossier de travail à soi."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NR_OUTPUTS", str(tmp_path / "outputs"))


def nr(*words: str) -> Result:
    return CliRunner().invoke(commande, ["referentiel", *words])


def test_verifier_de_la_version_livree(tmp_path: Path) -> None:
    found = nr("verifier")
    assert found.exit_code == 0
    assert found.output.startswith("Sans faute. Version ")


def test_verifier_d_un_dossier_fautif_nomme_fichier_et_entree(tmp_path: Path) -> None:
    folder = shutil.copytree(find_folder(), tmp_path / "essai")
    path = folder / "dimensions" / "1-gouvernance.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("[gouv-q01]", "[gouv-q77]"), encoding="utf-8")
    found = nr("verifier", "essai")
    assert found.exit_code == 1
    assert "dimensions/1-gouvernance.yaml, gouv-l01" in found.output


@pytest.mark.parametrize(
    "words", [("verifier", "nulle-part"), ("lire", "zz-q01"), ("comparer", "2026.1", "nulle-part")]
)
def test_ce_qui_n_existe_pas_est_dit(words: tuple[str, ...]) -> None:
    assert isinstance(nr(*words).exception, Introuvable)


def test_lire_json_a_exactement_la_forme_annoncee() -> None:
    found = json.loads(nr("lire", "--json").output)
    assert list(found) == [
        "version", "digest", "dimensions", "flash", "profils", "facteurs", "themes_reen"
    ]  # fmt: skip
    assert found["digest"] == LIVRE.empreinte
    assert found["themes_reen"] == 6
    assert 25 <= found["flash"] <= 30
    assert [list(item) for item in found["dimensions"]] == [["slug", "nom", "questions", "leviers"]] * 7
    assert sum(item["leviers"] for item in found["dimensions"]) == len(LIVRE.leviers)


@pytest.mark.parametrize("entry", ["gouv-q01", "gouv-l01"])
def test_lire_d_une_entree_la_dit_en_entier(entry: str) -> None:
    found = nr("lire", entry)
    assert found.exit_code == 0
    if entry in LIVRE.questions:
        assert all(level in found.output for level in LIVRE.questions[entry].niveaux)
    else:
        assert all(step.action in found.output for step in LIVRE.leviers[entry].actions)
    assert json.loads(nr("lire", entry, "--json").output)["id"] == entry


@pytest.mark.parametrize("entry", [*LIVRE.questions, *LIVRE.leviers])
def test_toute_entree_se_lit(entry: str) -> None:
    assert nr("lire", entry).exit_code == 0


def test_exporter_importer_comparer(tmp_path: Path) -> None:
    assert nr("exporter", "r.xlsx").exit_code == 0
    assert nr("importer", "r.xlsx", "--version", "2099.1").exit_code == 0
    assert load_referentiel(tmp_path / "2099.1").version == "2099.1"
    assert "rien ne change" in nr("comparer", str(find_folder()), "2099.1").output


def test_un_classeur_fautif_n_ecrit_rien(tmp_path: Path) -> None:
    nr("exporter", "r.xlsx")
    book = load_workbook("r.xlsx")
    book["Questions"]["F2"] = "lourd"
    book.save("r.xlsx")
    found = nr("importer", "r.xlsx", "--version", "2099.1")
    assert found.exit_code == 1
    assert "cellule F2" in found.output
    assert not (tmp_path / "2099.1").exists()


def test_importer_n_efface_pas_un_dossier_d_autre_chose(tmp_path: Path) -> None:
    nr("exporter", "r.xlsx")
    (tmp_path / "autre").mkdir()
    (tmp_path / "autre" / "notes.txt").write_text("à garder", encoding="utf-8")
    assert nr("importer", "r.xlsx", "--version", "2099.1", "--vers", "autre").exit_code == 2
    assert (tmp_path / "autre" / "notes.txt").is_file()


def test_il_faut_nommer_la_version() -> None:
    nr("exporter", "r.xlsx")
    assert nr("importer", "r.xlsx").exit_code == 2
    assert nr("importer", "absent.xlsx", "--version", "2099.1").exit_code == 2
