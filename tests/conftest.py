"""Ce que tous les essais partagent : les données de référence, et de la patience avec une machine lente."""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from importlib.metadata import version
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from flows.engine.start import keep_server
from tasks.store.settings import Settings
from tests.support import postgresql
from tests.support.lecture import Lu
from tests.support.parcours import PREPARES, SANS_DG, Depart, Terrain, new, taken_to
from tests.support.partage import shared_base
from tests.support.postgresql import Grappe
from tests.support.produit import Produit, Serveur, Service, Servir, avancer, copier_base, ecrire
from tests.support.referentiels import livre

EXEMPLES = int(os.environ.get("NR_EXEMPLES", "40"))
"""Combien d’exemples essayer d’une propriété ; « make lent » en essaie dix fois plus."""
settings.register_profile("nr", deadline=None, derandomize=True, database=None, max_examples=EXEMPLES)
settings.load_profile("nr")


@pytest.fixture
def shared() -> Path:
    """Les données de référence posées à côté du dépôt ; sans elles, l’essai est passé."""
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


def pytest_configure(config: pytest.Config) -> None:
    if "PYTEST_XDIST_WORKER" not in os.environ:
        os.environ[PREPARES] = tempfile.mkdtemp(prefix="parcours-")
        config.add_cleanup(lambda: shutil.rmtree(os.environ.pop(PREPARES), ignore_errors=True))
    config.addinivalue_line("markers", "lent: le grand nombre d’une propriété, que « make lent » essaie")
    config.addinivalue_line("markers", "deux_bases: sur SQLite, puis sur PostgreSQL (la fixture « base »)")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Un essai marqué « deux_bases » qui touche une base se joue sur les deux ; les autres, sur SQLite seule.

    Ceux que porte ``toujours`` le font à chaque fois ; les autres, quand ``NR_DEUX_BASES`` le demande (« make lent »).
    """
    marque = metafunc.definition.get_closest_marker("deux_bases")
    if "base" in metafunc.fixturenames and marque and (marque.kwargs.get("toujours") or "NR_DEUX_BASES" in os.environ):
        metafunc.parametrize("base", ["sqlite", "postgresql"], indirect=True)


@pytest.fixture(scope="session")
def grappe(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Grappe]:
    """Un serveur PostgreSQL à nous, un seul pour toute la session ; sans lui, l’essai est passé."""
    base = shared_base(tmp_path_factory)
    found = postgresql.join(base)
    if found is None:
        pytest.skip("PostgreSQL n’est pas installé")
    yield found
    postgresql.leave(base, found)


@pytest.fixture
def base(request: pytest.FixtureRequest) -> Grappe | None:
    """Où se font les bases : None pour SQLite, dans le dossier produit ; voir « deux_bases ».

    ``NR_BASE=postgresql`` y met tous les essais, marqués ou non.
    """
    if getattr(request, "param", os.environ.get("NR_BASE", "sqlite")) == "sqlite":
        return None
    found: Grappe = request.getfixturevalue("grappe")
    return found


@pytest.fixture
def depart(tmp_path: Path, base: Grappe | None) -> Iterator[Depart]:
    """Un dossier de l’exemple mené à une étape, en sa propre copie ; « collect » : tel qu’il arrive."""
    opened: list[Terrain] = []

    def start(stage: str = "collect", slug: str = SANS_DG) -> Terrain:
        place = tmp_path / f"{len(opened)}-{stage}"
        opened.append(new(place, slug, base) if stage == "collect" else taken_to(place, stage, slug, base))
        return opened[-1]

    yield start
    for terrain in opened:
        terrain.workspace.close()


def _once(factory: pytest.TempPathFactory, name: str, make: Callable[[Produit], None]) -> Produit:
    """Fait une fois pour toute la session ; chaque essai le copie."""
    base = shared_base(factory)
    with FileLock(base / f"{name}.verrou"):
        produit = Produit(base / name)
        if not (base / f"{name}.fait").exists():
            make(ecrire(produit.racine))
            (base / f"{name}.fait").touch()
    return produit


@pytest.fixture(scope="session")
def au_diagnostic(tmp_path_factory: pytest.TempPathFactory) -> Produit:
    """Deux dossiers, qui attendent tous deux la validation de leur diagnostic."""
    return _once(tmp_path_factory, "au-diagnostic", lambda produit: avancer(produit, 1))


@pytest.fixture(scope="session")
def termine(tmp_path_factory: pytest.TempPathFactory) -> Produit:
    """Deux dossiers dont la feuille de route est validée."""
    return _once(tmp_path_factory, "termine", avancer)


@pytest.fixture(scope="session")
def prefect(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serveur]:
    """Un serveur Prefect, comme le produit le lance ; ce processus n’en devient pas client.

    Les migrations de sa base prennent dix secondes : le premier garde une base vide de cette version, les autres
    partent d’elle.
    """
    kept = Path(tempfile.gettempdir()) / f"nr-essais-{os.getuid()}" / f"prefect-{version('prefect')}.db"
    kept.parent.mkdir(mode=0o700, exist_ok=True)
    chosen, before = Settings(outputs=tmp_path_factory.mktemp("moteur")), dict(os.environ)
    base = chosen.prefect_home / "prefect.db"
    base.parent.mkdir(parents=True)
    with ExitStack() as stack:
        with FileLock(f"{kept}.verrou") as held:
            if kept.exists():
                shutil.copy(kept, base)
                held.release()
            moteur = stack.enter_context(keep_server(chosen))
            if not kept.exists():
                copier_base(base, kept.with_suffix(".neuve"))
                kept.with_suffix(".neuve").replace(kept)
        os.environ.clear()
        os.environ.update(before)
        yield Serveur(moteur.acces.url, base, moteur.acces.secret)


@pytest.fixture
def lu(tmp_path: Path) -> Lu:
    """Écrire un fichier comme une personne le rendrait, et le faire comprendre."""
    return Lu(tmp_path, livre())


@pytest.fixture
def servir() -> Iterator[Servir]:
    """Lancer « nr servir » sur un produit ; quoi qu’il arrive, il n’en reste rien."""
    started: list[Service] = []

    def start(produit: Produit, **plus: str) -> Service:
        started.append(Service(produit, **plus))
        return started[-1]

    yield start
    for service in started:
        if service.process.poll() is None:
            service.process.kill()
        service.process.communicate()
