"""Le produit comme un processus : la commande « nr », un programme à soi, un dossier produit à soi."""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import chdir, closing, contextmanager, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch
from urllib.error import HTTPError, URLError

from flows.advance import advance_dossier
from nr_models.values.roles import Role
from portal.cli.main import main
from tasks.demo.answers import answer
from tasks.demo.programme import write_programme
from tasks.dossier.board import LigneTableau, load_line
from tasks.dossier.making import make
from tasks.programme.lieu import Lieu, find_lieu
from tasks.programme.programmes import list_dossiers, open_programme
from tasks.referentiel.load import find_folder
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace
from tasks.trail import chain
from tasks.trail.chain import record_heads
from tests.support.depot import ROOT
from tests.support.parcours import move
from tests.support.postgresql import Grappe

EPOCH = "1790000000"
CLIENT = "essais"
TOURS_MAX = 20
PATIENCE = 400
"""Ce qu'on attend, en secondes, avant de dire que rien ne viendra : jamais une mesure de la machine."""
A_ELLES = {"avancer", "reparer", "servir"}
"""Les commandes qui démarrent un moteur : elles emportent leur processus en finissant."""
_UNE_A_LA_FOIS = threading.Lock()
ANONYMES = {"hash", "prev", "ordre", "tetes", "par", "commentaire", "compte", "sel", "lignes"}
"""Ce qui diffère d'une exécution à l'autre sans rien changer : empreintes et engagements salés."""


class Fini(NamedTuple):
    """Un processus qui a fini : sa sortie, ce qu'il a dit, ce qu'il a dit de travers."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def dit(self) -> str:
        """Tout ce que la personne lit, espaces insécables en espaces."""
        return (self.out + self.err).replace("\u00a0", " ")


class Produit(NamedTuple):
    """Un programme et ce qu'il a produit, seuls dans leur dossier ; ``url`` : sa base, où elle n'y est pas."""

    racine: Path
    url: str = ""

    @property
    def programme(self) -> Path:
        return self.racine / "vague"

    @property
    def outputs(self) -> Path:
        return self.racine / "produit"

    @property
    def slugs(self) -> list[str]:
        return sorted(path.name for path in self.programme.iterdir() if path.is_dir() and path.name != "referentiel")

    def environnement(self, **plus: str) -> dict[str, str]:
        ours = {key: value for key, value in os.environ.items() if not key.startswith(("NR_", "PREFECT_"))}
        return {
            **ours,
            "NR_OUTPUTS": str(self.outputs),
            "NR_DATABASE_URL": self.url,
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "SOURCE_DATE_EPOCH": EPOCH,
            **plus,
        }

    def lancer(self, *arguments: str, **plus: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "portal.cli.main", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            cwd=self.racine,
            env=self.environnement(**plus),
        )

    def nr(self, *arguments: str, **plus: str) -> Fini:
        """La commande « nr » : dans un processus à elle où elle ne rend pas tout avant de finir, sinon dans celui-ci.

        C’est ce que font celles qui démarrent un moteur, et toutes sur PostgreSQL : elles gardent leur connexion.
        """
        if self.url or {*arguments[:1]} & A_ELLES:
            return finir(self.lancer(*arguments, **plus))
        return self.dire(*arguments, **plus)

    def dire(self, *arguments: str, **plus: str) -> Fini:
        """La commande « nr » dans ce processus-ci, où tout est déjà chargé ; elle n’y démarre pas de moteur."""
        out, err, code = io.StringIO(), io.StringIO(), 0
        env = patch.dict(os.environ, self.environnement(**plus), clear=True)
        line = patch.object(sys, "argv", ["nr", *arguments])
        with _UNE_A_LA_FOIS, env, line, chdir(self.racine), redirect_stdout(out), redirect_stderr(err):
            try:
                main()
            except SystemExit as ended:
                code = int(ended.code or 0)
        return Fini(code, out.getvalue(), err.getvalue())

    def copier(self, vers: Path, grappe: Grappe | None = None) -> Produit:
        """Le même, ailleurs : sa base dit où est son programme."""
        shutil.copytree(self.racine, vers, dirs_exist_ok=True)
        copie = Produit(vers, grappe.create(self.url) if grappe else "")
        move(copie.url or f"sqlite:///{copie.outputs / 'nr.db'}", copie.programme)
        return copie

    def espace(self) -> Workspace:
        return Workspace(Settings(outputs=self.outputs, database_url=self.url))

    def fichiers(self) -> dict[str, bytes]:
        """Ce que les gens ouvrent : chaque fichier produit, à l'octet près."""
        return {
            path.relative_to(self.outputs).as_posix(): path.read_bytes()
            for path in sorted((self.outputs / "vague").rglob("*"))
            if path.is_file() and not path.name.startswith(".verrou")
        }

    def evenements(self) -> list[dict[str, Any]]:
        """La piste, sans ce qui change d'une exécution à l'autre."""
        workspace = self.espace()
        with workspace.reading() as session:
            events = sorted(chain.list_events(session), key=lambda event: (event["chain"], event["n"]))
        workspace.close()
        return [_sans_empreinte(event) for event in events]


def finir(process: subprocess.Popen[str]) -> Fini:
    out, err = process.communicate(timeout=PATIENCE)
    return Fini(process.returncode, out, err)


def _sans_empreinte(event: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in event.items() if key not in ANONYMES}
    kept["donnees"] = {key: value for key, value in event["donnees"].items() if key not in ANONYMES}
    return kept


def ecrire(racine: Path, *, collectivites: int = 2, seed: int = 3, grappe: Grappe | None = None) -> Produit:
    """Un programme d'exemple dont rien n'est encore lu."""
    produit = Produit(racine, grappe.create() if grappe else "")
    write_programme(produit.programme, collectivites=collectivites, seed=seed)
    decider_par_commande(produit.programme)
    return produit


def decider_par_commande(programme: Path) -> None:
    """Un référentiel à ce programme, qui accepte qu’une décision soit tapée à la ligne de commande."""
    shutil.copytree(find_folder(), programme / "referentiel")
    circuit = programme / "referentiel" / "validation.yaml"
    said = circuit.read_text(encoding="utf-8").replace("jours_ouvres:", "reconnaissance: commande, jours_ouvres:")
    circuit.write_text(said, encoding="utf-8")


def avancer(produit: Produit, tours: int = TOURS_MAX) -> None:
    """Sans moteur : avancer, répondre, avancer encore, jusqu'à la fin ou tant de tours."""
    workspace = produit.espace()
    for tour in range(tours):
        programme = open_programme(workspace, str(produit.programme)).programme
        with workspace.reading() as session:
            dossiers = list_dossiers(session, programme)
        for dossier in dossiers:
            advance_dossier(Lieu(workspace, programme, dossier), make)
        with workspace.writing() as session:
            record_heads(session, programme.slug)
        if tour + 1 < tours and not any(answer(workspace, programme, seed=1)):
            break
    workspace.close()


def serveurs(outputs: Path) -> list[int]:
    """Les serveurs Prefect encore en vie qui travaillent dans ce dossier."""
    return list(_serveurs(str(outputs)))


def _serveurs(outputs: str) -> Iterator[int]:
    for path in Path("/proc").glob("[0-9]*"):
        try:
            command = (path / "cmdline").read_bytes().decode(errors="replace")
            home = (path / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if "flows.engine.process" in command and f"PREFECT_HOME={outputs}/" in home:
            yield int(path.name)


def attendre(vrai: Callable[[], object]) -> None:
    """Jusqu'à ce que ce soit vrai."""
    limit = time.monotonic() + PATIENCE
    while not vrai():
        assert time.monotonic() < limit, "ce qui était attendu n’est pas venu"
        time.sleep(0.05)


def copier_base(de: Path, vers: Path) -> None:
    """Copier une base SQLite dont quelqu'un se sert."""
    with closing(sqlite3.connect(de)) as ours, closing(sqlite3.connect(vers)) as theirs:
        ours.backup(theirs)


class Serveur(NamedTuple):
    """Un vrai serveur Prefect, démarré comme le produit le démarre."""

    url: str
    base: Path
    secret: str = ""

    @property
    def moteur(self) -> dict[str, str]:
        """Ce qu'un processus doit savoir pour travailler sur ce serveur."""
        return {"NR_PREFECT_API_URL": self.url, "PREFECT_API_AUTH_STRING": self.secret}

    def demander(self, path: str, body: object = None) -> Any:
        """Une demande, comme les pages de Prefect la font : avec le mot de passe et un jeton."""
        jeton = self._ouvrir(f"csrf-token?client={CLIENT}", None, {})["token"]
        headers = {"Content-Type": "application/json", "Prefect-Csrf-Token": jeton, "Prefect-Csrf-Client": CLIENT}
        return self._ouvrir(path, json.dumps(body or {}).encode(), headers)

    def _ouvrir(self, path: str, body: bytes | None, headers: dict[str, str]) -> Any:
        acces = f"Basic {base64.b64encode(self.secret.encode()).decode()}"
        request = urllib.request.Request(f"{self.url}/{path}", body, {**headers, "Authorization": acces})
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
            return json.loads(answer.read())

    def lire(self, quoi: str, attendus: int) -> list[dict[str, Any]]:
        """Ce que le serveur sait, une fois qu'il a tout rangé : il range par lots d'une seconde."""
        found: list[dict[str, Any]] = []

        def range_() -> bool:
            try:
                found[:] = self.demander(f"{quoi}/filter", {"sort": "EXPECTED_START_TIME_DESC"})
            except URLError as error:
                if isinstance(error, HTTPError):
                    raise
                return False  # il n’écoute pas encore, ou on le relance
            return len(found) >= attendus and all(item["state_type"] != "RUNNING" for item in found)

        attendre(range_)
        return found

    def meubler(self, produit: Produit) -> None:
        """Donner à un produit une base Prefect déjà à jour : la créer prend dix secondes."""
        home = produit.outputs / ".prefect"
        home.mkdir(parents=True)
        copier_base(self.base, home / "prefect.db")


def ligne(produit: Produit, slug: str) -> LigneTableau:
    with ouvrir(produit) as workspace, find_lieu(workspace, f"vague/{slug}").reading() as lieu:
        return load_line(lieu)


@contextmanager
def ouvrir(produit: Produit) -> Iterator[Workspace]:
    workspace = produit.espace()
    yield workspace
    workspace.close()


def decider(produit: Produit, slug: str, verdict: str = "approuver", comment: str = "") -> None:
    """Décider comme la personne attendue, par la commande."""
    waited = ligne(produit, slug).attend
    assert waited is not None
    done = produit.nr(
        *("validation", "decider", f"vague/{slug}", waited.gate or "", "--par", waited.personnes[0]),
        *("--verdict", verdict, "--vu", waited.empreinte or "", "--motif", comment),
    )
    assert done.code == 0, done.dit


def rouvrir(produit: Produit, slug: str, etape: str, comment: str = "Repris.") -> None:
    """Rouvrir une étape, comme le référent, par la commande."""
    with ouvrir(produit) as workspace:
        mail = find_lieu(workspace, f"vague/{slug}").entree.holders(Role.REFERENT)[0].mail
    done = produit.nr("etape", "rouvrir", f"vague/{slug}", etape, "--par", mail, "--motif", comment)
    assert done.code == 0, done.dit


ANNONCES = ["Nos pages", "Page technique (Prefect)", "Mot de passe de la page technique"]


class Service:
    """Un « nr servir » en route, ses deux adresses."""

    def __init__(self, produit: Produit, **plus: str) -> None:
        self.process = produit.lancer("servir", PYTHONUNBUFFERED="1", **plus)
        assert self.process.stdout is not None
        lines = [self.process.stdout.readline().replace("\u00a0", " ").rstrip() for _ in range(3)]
        assert [line.partition(" : ")[0] for line in lines] == ANNONCES
        self.pages, self.prefect, _ = (line.partition(" : ")[2] for line in lines)
        self.carte = json.loads((produit.outputs / ".prefect" / "serveur.json").read_text(encoding="utf-8"))

    @property
    def serveur(self) -> Serveur:
        return Serveur(f"{self.prefect}api", Path(), self.carte["acces"])

    def executions(self, attendues: int = 0) -> list[dict[str, Any]]:
        """Les exécutions de flows que Prefect connaît, la plus récente d'abord."""
        return self.serveur.lire("flow_runs", attendues)


Servir = Callable[..., Service]
"""Lancer « nr servir » sur un produit ; il est arrêté à la fin de l'essai : la fixture ``servir``."""
