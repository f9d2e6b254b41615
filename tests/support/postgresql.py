"""Une grappe PostgreSQL à soi : démarrée par les tests, partagée par leurs processus, arrêtée à la fin.

Elle trie le texte comme en français là où le serveur le sait : SQLite le trie par octets, et rien ne doit
en dépendre. Le serveur refuse de tourner en administrateur : sous root, il tourne sous un autre compte.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
from filelock import FileLock

COMPTE = "nr"
REGLAGES = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
}
_numeros = count()


def find_tools() -> Path | None:
    """Le dossier de « initdb » et « pg_ctl », le plus récent, ou None."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = installed[-1] if installed else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Grappe:
    """Un serveur sur une prise locale, dans son dossier ; une base neuve pour qui en demande une."""

    def __init__(self, tools: Path, place: Path) -> None:
        self.tools, self.place = tools, place

    def url(self, base: str) -> str:
        return f"postgresql+psycopg://{COMPTE}@/{base}?host={self.place}"

    def create(self, model: str = "") -> str:
        """Une base à soi, vide ou copie d’une autre (que plus personne ne lit) ; son adresse."""
        name = f"b{os.getpid()}_{next(_numeros)}"
        model = model.partition("@/")[2].partition("?")[0] or "template0"
        with psycopg.connect(host=str(self.place), user=COMPTE, dbname="postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {model}")  # type: ignore[arg-type]
        return self.url(name)

    def start(self) -> None:
        options = " ".join(f"-c {key}='{value}'" for key, value in REGLAGES.items())
        self._run("pg_ctl", "-D", "donnees", "-l", "journal", "-w", "-o", f"-k {self.place} {options}", "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-D", "donnees", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.place, ignore_errors=True)

    def build(self) -> None:
        """Le dossier des données, au compte qui fera tourner le serveur."""
        if os.getuid() == 0:
            shutil.chown(self.place, **_compte())
        french = ("--locale-provider=icu", "--icu-locale=fr-FR") if self._knows("--icu-locale") else ()
        self._run(
            "initdb", "-D", "donnees", "-U", COMPTE, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N", *french
        )

    def _knows(self, option: str) -> bool:
        return option in subprocess.run([self.tools / "initdb", "--help"], capture_output=True, text=True).stdout

    def _run(self, tool: str, *arguments: str) -> None:
        who: dict[str, Any] = {**_compte(), "extra_groups": []} if os.getuid() == 0 else {}
        with (self.place / f"{tool}.sortie").open("w") as said:  # un tube resterait ouvert tant que le serveur tourne
            done = subprocess.run([self.tools / tool, *arguments], cwd=self.place, stdout=said, stderr=said, **who)
        assert done.returncode == 0, (self.place / f"{tool}.sortie").read_text()


def _compte() -> dict[str, Any]:
    names = {entry.pw_name: entry for entry in pwd.getpwall()}
    entry = names.get("postgres") or names["nobody"]
    return {"user": entry.pw_uid, "group": entry.pw_gid}


def join(base: Path) -> Grappe | None:
    """La grappe de cette série de tests, démarrée par le premier qui la demande ; None sans PostgreSQL."""
    tools = find_tools()
    if tools is None:
        return None
    with FileLock(base / "grappe.verrou"):
        known, users = base / "grappe", base / "grappe.usagers"
        if known.exists():
            grappe = Grappe(tools, Path(known.read_text()))
        else:
            grappe = Grappe(tools, Path(tempfile.mkdtemp(prefix="nr-pg-")))
            grappe.build()
            grappe.start()
            known.write_text(str(grappe.place))
        users.write_text(str(int(users.read_text()) + 1 if users.exists() else 1))
    return grappe


def leave(base: Path, grappe: Grappe) -> None:
    """Le dernier qui s’en va arrête la grappe et efface son dossier."""
    with FileLock(base / "grappe.verrou"):
        users = base / "grappe.usagers"
        left = int(users.read_text()) - 1
        users.write_text(str(left))
        if not left:
            (base / "grappe").unlink()
            grappe.stop()
