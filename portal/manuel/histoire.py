"""The story of one dossier with every accident: each is really caused, each answer is what the software printed.

``python -m portal.manuel.histoire`` plays it in a folder of its own and writes ``docs/histoire.md``: two minutes.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import openpyxl

from portal.manuel.documentation import ROOT
from tasks.demo.form import Form
from tasks.referentiel.load import find_folder
from tasks.stages.preselect.columns import PRESTATAIRE
from tasks.stages.prioritise.columns import BULLETIN

PAGE = ROOT / "docs" / "histoire.md"
SLUG = "cc-verlandes-ourcelle"
_START = 1790000000  # 21 September 2026
_DAY = 86_400
_SHOWN = 14


class Histoire:
    """A programme in a folder, and the page that tells what happens to it."""

    def __init__(self, place: Path) -> None:
        self.place, self.outputs = place, place / "outputs"
        self.page: list[str] = []
        self.day = 0

    @property
    def recus(self) -> Path:
        """Where the dossier's returns lie."""
        return self.place / "exemple" / SLUG

    def write(self, text: str) -> None:
        """A paragraph of the page."""
        self.page += [text, ""]

    def run(self, *words: str) -> str:
        """Run a command of the software, a day after the last; what it printed."""
        self.day += 1
        env = {**os.environ, "NR_OUTPUTS": str(self.outputs), "PYTHONPATH": str(ROOT), "COLUMNS": "150"}
        env |= {"SOURCE_DATE_EPOCH": str(_START + self.day * _DAY), "NR_DATABASE_URL": "", "PYTHONUTF8": "1"}
        done = subprocess.run(  # noqa: S603 - our own command line
            [sys.executable, "-m", "portal.cli.main", *words],
            cwd=self.place,
            env=env,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        return (done.stdout + done.stderr).replace(str(self.place) + "/", "")

    def show(self, *words: str, only: str = "") -> None:
        """Run a command and print it with its answer; ``only`` keeps the lines that hold one of these words."""
        lines = [line.rstrip() for line in self.run(*words).splitlines() if line.strip()]
        wanted = [word for word in only.split("|") if word]
        kept = [line for line in lines if not wanted or any(word in line for word in wanted)][:_SHOWN]
        typed = " ".join(f'"{word}"' if " " in word else word for word in words)
        self.page += ["```text", f"$ nr {typed}", *kept, "```", ""]

    def advance(self) -> None:
        """Advance the dossier without showing it."""
        self.run("avancer", "exemple", "--dossier", SLUG)

    def play(self, stage: str) -> None:
        """Let the people of the example answer and decide until this stage is validated."""
        for _ in range(12):
            if self.state(stage) == "valide":
                return
            self.advance()
            self.run("exemple", "repondre", "exemple", "--graine", "1")
        raise RuntimeError(stage)

    def wait_for(self, stage: str, etat: str) -> None:
        """Let the people of the example act until this stage is in that state."""
        for _ in range(12):
            self.advance()
            if self.state(stage) == etat:
                return
            self.run("exemple", "repondre", "exemple", "--graine", "1")
        raise RuntimeError(f"{stage} {etat}")

    def line(self) -> dict[str, object]:
        """The dossier as the board says it."""
        board = json.loads(self.run("etat", "exemple", "--json"))["dossiers"]
        found: dict[str, object] = next(item for item in board if item["slug"] == SLUG)
        return found

    def state(self, stage: str) -> str:
        """Where a stage stands; "" before anything."""
        try:
            stages = self.line()["stages"]
        except (ValueError, StopIteration):
            return ""
        return next(item["etat"] for item in stages if item["slug"] == stage)  # type: ignore[attr-defined, no-any-return]

    def attend(self) -> tuple[str, str]:
        """Who is awaited, and the code of what they see."""
        attend = self.line()["attend"]
        return attend["personnes"][0], attend["empreinte"][:12]  # type: ignore[index]

    def edit(self, source: Path, target: str, change: Callable[[Form], None]) -> None:
        """Fill a workbook as a person would, and put it among the returns."""
        form = Form(source.read_bytes())
        change(form)
        (self.recus / target).write_bytes(form.save())

    def register(self, mail: str, nom: str, roles: str) -> None:
        """Add a person to the registry."""
        path = self.place / "exemple" / "registre.xlsx"
        book = openpyxl.load_workbook(path)
        sheet = book["Personnes"]
        titles = [str(cell.value) for cell in sheet[1]]
        said = {"Collectivité": SLUG, "Adresse électronique": mail, "Nom": nom, "Rôles": roles}
        sheet.append([said.get(title) for title in titles])
        book.save(path)


def tell(histoire: Histoire) -> None:
    """Cause each accident in turn."""
    for chapter in (_unread, _stranger, _forged, _late, _second, _new_dg, _reserve):
        chapter(histoire)


def _unread(h: Histoire) -> None:
    h.write("## 1. « plutôt oui » n’est pas une réponse")
    h.play("restitute")
    h.wait_for("preselect", "attend_saisies")
    support = h.outputs / "exemple" / SLUG / "4-preselect" / "preselection.xlsx"
    h.write(
        "La référente rend sa présélection. À la question « le prestataire est-il volontaire ? », elle a écrit "
        "« plutôt oui » au lieu de « oui » ou « non »."
    )
    h.edit(
        support,
        "Preselection.xlsx",
        lambda form: form.type_row("Prestataire", PRESTATAIRE, 3, {"reponse": "plutôt oui"}),
    )
    h.show("avancer", "exemple", "--dossier", SLUG)
    h.show("pourquoi", SLUG, "preselect")
    h.write("La cellule ne décide de rien : l’étape attend, et la nomme. Corrigée, elle repart.")
    h.edit(support, "Preselection.xlsx", lambda form: form.type_row("Prestataire", PRESTATAIRE, 3, {"reponse": "oui"}))
    h.advance()


def _stranger(h: Histoire) -> None:
    h.write("## 2. Deux minutes dans le registre")
    h.wait_for("preselect", "soumis")
    registre = h.place / "exemple" / "registre.xlsx"
    kept = registre.read_bytes()
    h.write(
        "Quelqu’un s’ajoute au registre comme élu sponsor, décide, puis efface sa ligne. Le registre donne "
        "le pouvoir : la décision compte ; mais elle dit que le rôle vient d’être donné, au reçu, dans la piste, à qui "
        "décide après."
    )
    h.register("inconnu@ailleurs.example", "Un Inconnu", "elu-sponsor")
    _, code = h.attend()
    h.show(
        "validation", "decider", SLUG, "preselection", "--par", "inconnu@ailleurs.example", "--verdict", "approuver",
        "--vu", code,
    )  # fmt: skip
    registre.write_bytes(kept)
    h.advance()
    h.run("piste", "raconter", SLUG, "--vers", str(h.place / "recit.html"))
    page = (h.place / "recit.html").read_text(encoding="utf-8").replace("\u00a0", " ")
    told = [line for line in page.splitlines() if "registre a changé" in line or "Un Inconnu" in line]
    h.write(f"Le récit de la piste en garde {len(told)} lignes, avec le rôle donné puis retiré.")


def _forged(h: Histoire) -> None:
    h.write("## 3. Une base falsifiée à côté de la piste")
    base = h.outputs / "nr.db"
    copy = h.place / "copie.db"
    shutil.copy(base, copy)
    with closing(sqlite3.connect(base)) as db, db:
        db.execute("UPDATE gate SET etat = 'approuvee' WHERE etat = 'ouverte'")
        db.execute("UPDATE stage SET etat = 'valide' WHERE slug = 'preselect' AND etat = 'soumis'")
    h.write("Deux `UPDATE` disent approuvé ce que personne n’a décidé.")
    h.show("avancer", "exemple", "--dossier", SLUG)
    h.show("piste", "verifier")
    for extra in ("-wal", "-shm"):
        Path(f"{base}{extra}").unlink(missing_ok=True)
    shutil.copy(copy, base)
    h.write("La base remise comme elle était :")
    h.show("piste", "verifier")


def _late(h: Histoire) -> None:
    h.write("## 4. Un bulletin de trop")
    h.play("prioritise")
    bulletin = next(iter(sorted(h.recus.glob("Bulletin*.xlsx"))))
    h.write("La sélection est validée. Un votant dépose alors un autre bulletin.")

    def lower(form: Form) -> None:
        for line in form.lines("Bulletin", BULLETIN):
            form.type_row("Bulletin", BULLETIN, line.numero, {"valeur": 1, "faisabilite": 1})

    h.edit(bulletin, bulletin.name, lower)
    h.show("avancer", "exemple", "--dossier", SLUG)
    h.show("retours", "lister", SLUG, only="après|compte|laiss|repren|Bulletin - Aicha")
    h.write("Rien n’en compte. La référente le laisse de côté, en disant pourquoi.")
    leader = _leader(h)
    h.show("retours", "laisser", SLUG, "prioritise", "--par", leader, "--motif", "Reçu après la clôture du vote.")


def _second(h: Histoire) -> None:
    h.write("## 5. Un fichier accepté est effacé")
    h.write("Le classeur de présélection, accepté puis validé, disparaît du dossier.")
    (h.recus / "Preselection.xlsx").unlink()
    h.show("avancer", "exemple", "--dossier", SLUG)
    h.write("Ce qui a été arrêté par la validation compte toujours ; l’absence est dite, et rien n’est refait.")


def _new_dg(h: Histoire) -> None:
    h.write("## 6. La direction générale change pendant la validation")
    h.wait_for("roadmap", "soumis")
    who, code = h.attend()
    h.write(
        f"La feuille de route attend {who}. Une nouvelle directrice générale arrive ; le registre le dit, et la "
        "collecte n’en bouge pas."
    )
    h.register("dg.nouvelle@cc-verlandes-ourcelle.example", "Nadia Ferrand", "dg")
    h.show(
        "validation", "decider", SLUG, "feuille-de-route", "--par", "dg.nouvelle@cc-verlandes-ourcelle.example",
        "--verdict", "reserves", "--vu", code, "--motif", "Revoir le budget du lot 2 en mars.",
    )  # fmt: skip
    h.show("etat", "exemple", only="Verlandes")


def _reserve(h: Histoire) -> None:
    h.write("## 7. Une réserve reste jusqu’à ce qu’on la lève")
    h.play("roadmap")
    reserves = h.line()["reserves"]
    number = str(reserves[-1]["numero"])  # type: ignore[index]
    h.show("etat", "exemple", only="Réserve")
    h.show("validation", "lever", SLUG, number, "--par", _leader(h), "--motif", "Le budget du lot 2 est voté.")
    h.show("piste", "verifier")


def _leader(h: Histoire) -> str:
    sheet = openpyxl.load_workbook(h.place / "exemple" / "registre.xlsx")["Personnes"]
    for row in sheet.iter_rows(min_row=2, values_only=True):
        cells = [str(cell or "") for cell in row]
        if SLUG in cells and any("referent" in cell for cell in cells):
            return next(cell for cell in cells if "@" in cell)
    raise RuntimeError("no référent")


def _accept_commands(programme: Path) -> None:
    """Give the programme a référentiel of its own, which takes a decision typed on the command line."""
    shutil.copytree(find_folder(), programme / "referentiel")
    circuit = programme / "referentiel" / "validation.yaml"
    said = circuit.read_text(encoding="utf-8").replace("jours_ouvres:", "reconnaissance: commande, jours_ouvres:")
    circuit.write_text(said, encoding="utf-8")


def main() -> None:
    """Play the story and write the page."""
    with tempfile.TemporaryDirectory(prefix="histoire-") as name:
        histoire = Histoire(Path(name))
        histoire.write("# Histoire d’un dossier et de ses accidents")
        histoire.write(
            "Tout ce qui suit a eu lieu : chaque accident a été causé, chaque réponse est celle du logiciel. "
            "`python -m portal.manuel.histoire` le rejoue et réécrit cette page."
        )
        histoire.run("exemple", "ecrire", "--vers", "exemple", "--collectivites", "3", "--graine", "1")
        _accept_commands(Path(name) / "exemple")
        tell(histoire)
    PAGE.write_text("\n".join(histoire.page).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
