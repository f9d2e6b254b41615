"""What every test shares: the reference data, and patience with a slow machine."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from flows.engine import start_server
from tasks.settings import Settings
from tests.parcours import SANS_DG, Depart, Terrain, new, taken_to
from tests.produit import Produit, Serveur, avancer, ecrire

settings.register_profile("nr", deadline=None, derandomize=True, database=None)
settings.load_profile("nr")


@pytest.fixture
def shared() -> Path:
    """The reference data that stands beside a checkout, or a skip."""
    folder = os.environ.get("NR_SHARED", "")
    if not folder:
        pytest.skip("données de référence absentes (NR_SHARED)")
    return Path(folder)


@pytest.fixture(scope="session")
def soffice() -> str:
    """LibreOffice, or a skip."""
    found = shutil.which("soffice")
    if not found:
        pytest.skip("LibreOffice n’est pas installé")
    return found


@pytest.fixture
def depart(tmp_path: Path) -> Iterator[Depart]:
    """A dossier of the example taken to a stage, its own copy; « collect »: as it comes in."""
    opened: list[Terrain] = []

    def start(stage: str = "collect", slug: str = SANS_DG) -> Terrain:
        place = tmp_path / f"{len(opened)}-{stage}"
        opened.append(new(place, slug) if stage == "collect" else taken_to(place, stage, slug))
        return opened[-1]

    yield start
    for terrain in opened:
        terrain.workspace.close()


def _once(factory: pytest.TempPathFactory, name: str, make: Callable[[Produit], None]) -> Produit:
    """Made once for every worker of a session; each test copies it."""
    root = factory.getbasetemp()
    base = root.parent if os.environ.get("PYTEST_XDIST_WORKER") else root
    with FileLock(base / f"{name}.verrou"):
        produit = Produit(base / name)
        if not (base / f"{name}.fait").exists():
            make(ecrire(produit.racine))
            (base / f"{name}.fait").touch()
    return produit


@pytest.fixture(scope="session")
def au_diagnostic(tmp_path_factory: pytest.TempPathFactory) -> Produit:
    """Two dossiers, both waiting for the validation of their diagnostic."""
    return _once(tmp_path_factory, "au-diagnostic", lambda produit: avancer(produit, 1))


@pytest.fixture(scope="session")
def termine(tmp_path_factory: pytest.TempPathFactory) -> Produit:
    """Two dossiers whose feuille de route is validated."""
    return _once(tmp_path_factory, "termine", avancer)


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serveur]:
    """A Prefect server, as the product starts it; this process does not become its client."""
    chosen, before = Settings(outputs=tmp_path_factory.mktemp("moteur")), dict(os.environ)
    with start_server(chosen) as url:
        os.environ.clear()
        os.environ.update(before)
        yield Serveur(url, chosen.prefect_home / "prefect.db")
