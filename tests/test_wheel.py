"""La roue se suffit : construite, dépliée ailleurs, elle a la méthode, les changements de schéma et la commande."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

from tests.support.depot import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = ("flows", "tasks", "nr_models", "portal", "templates")

ESSAI = """
from pathlib import Path

import flows, nr_models, portal, tasks, templates

here = Path({target!r})
assert all(Path(item.__file__).is_relative_to(here) for item in (flows, nr_models, portal, tasks, templates))

from nr_models.stages import STAGES
from tasks.stages.hands import load_hands
from tasks.office.look import load_look
from tasks.referentiel.load import list_versions, load_referentiel, VERSIONS
from tasks.store.workspace import Workspace

assert load_look().couleurs
assert [load_referentiel(VERSIONS / version).version for version in list_versions()] == list_versions()
assert all(load_hands(stage.slug).Result for stage in STAGES)
with Workspace().reading() as session:
    print("schéma", session.connection().exec_driver_sql("SELECT version_num FROM alembic_version").scalar())

from prefect.flows import load_flow_from_entrypoint

for entry in ("flows.dossier.dossier", "flows.programme.programme"):
    print(load_flow_from_entrypoint(entry).name)
"""


@pytest.fixture(scope="module")
def roue(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """La roue, construite hors ligne d'une copie : le dépôt reste propre."""
    source, made = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("roue")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source / name)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--no-index", "--wheel-dir", str(made), str(source)]
    done = subprocess.run([*pip, *build], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (wheel,) = made.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def ailleurs(roue: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Le contenu de la roue, dans un dossier qui n'est pas celui du dépôt."""
    target = tmp_path_factory.mktemp("ailleurs")
    with zipfile.ZipFile(roue) as archive:
        archive.extractall(target)
    return target


def _lancer(ailleurs: Path, tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python, dans un autre dossier, avec la seule roue devant les dépendances."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("NR_", "PREFECT_"))}
    environment |= {
        "PYTHONPATH": str(ailleurs),
        "NR_OUTPUTS": str(tmp_path / "outputs"),
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PYTHONUTF8": "1",
    }
    return subprocess.run(
        [sys.executable, *arguments], cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8"
    )


def test_la_roue_porte_tout_ce_que_le_depot_porte(ailleurs: Path) -> None:
    for package in PACKAGES:
        wanted = {
            path.relative_to(ROOT)
            for path in (ROOT / package).rglob("*")
            if path.is_file() and "__pycache__" not in path.parts
        }
        assert {path for path in wanted if not (ailleurs / path).is_file()} == set()


def test_la_roue_ne_porte_ni_tests_ni_donnees_de_travail(ailleurs: Path) -> None:
    assert {path.name for path in ailleurs.iterdir() if not path.name.endswith(".dist-info")} == set(PACKAGES)


def test_la_roue_dit_son_nom_sa_version_et_sa_licence(ailleurs: Path) -> None:
    (info,) = ailleurs.glob("*.dist-info")
    metadata = (info / "METADATA").read_text(encoding="utf-8")
    assert f"Name: {PROJECT['project']['name']}\n" in metadata
    assert f"Version: {PROJECT['project']['version']}\n" in metadata
    assert "License-Expression: EUPL-1.2\n" in metadata
    assert (info / "licenses/LICENSE").is_file()
    assert "nr = portal.cli.main:main" in (info / "entry_points.txt").read_text(encoding="utf-8")


def test_d_un_autre_dossier_la_roue_charge_la_methode_la_base_et_les_flows(ailleurs: Path, tmp_path: Path) -> None:
    done = _lancer(ailleurs, tmp_path, "-c", ESSAI.format(target=str(ailleurs)))
    assert done.returncode == 0, done.stderr
    schema, *names = done.stdout.splitlines()
    assert schema.startswith("schéma 0")
    assert names == ["Dossier", "Programme"]


def test_d_un_autre_dossier_la_commande_aide_en_francais(ailleurs: Path, tmp_path: Path) -> None:
    done = _lancer(ailleurs, tmp_path, "-m", "portal.cli.main", "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("Usage")
    assert "Chaque jour" in done.stdout
    assert "avancer" in done.stdout
