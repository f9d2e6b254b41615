"""Un programme d’exemple mené jusqu’à une étape, une fois, puis copié pour chaque essai : sans Prefect."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import sqlalchemy as sa
from filelock import FileLock
from sqlmodel import select

from flows.advance import Perform, advance_dossier
from nr_models.dossier.gates import Verdict
from nr_models.dossier.next import Arret, Halt
from nr_models.dossier.registre import Entree, Personne
from nr_models.stages import BY_SLUG
from nr_models.tables import Avancement, Dossier, Gate, Outbox, Round
from nr_models.values.frozen import canonical, digest
from nr_models.values.moyens import Moyen
from nr_models.values.roles import Role
from tasks.acts.avis import give_avis
from tasks.acts.closing import close_stage, reopen_stage, resubmit_stage
from tasks.acts.decisions import decide
from tasks.acts.delegations import delegate, revoke
from tasks.acts.diffusion import diffuse
from tasks.acts.door import Auteur, SuiteDonnee
from tasks.acts.retraits import withdraw
from tasks.acts.tardifs import leave_late, take_in_late
from tasks.demo.answers import answer
from tasks.demo.form import Form
from tasks.demo.programme import write_programme
from tasks.dossier.board import LigneTableau, load_line
from tasks.dossier.making import make
from tasks.dossier.rounds import find_round
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import cle, find_dossier, index_members, list_dossiers, load_entree, open_programme
from tasks.returns.comptes import list_tardifs
from tasks.store.files import stage_folder
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace
from tasks.trail import chain
from tests.support.postgresql import Grappe

GRAINE = 1
SANS_DG = "dornecourt-sur-sauvine"
AVEC_DG = "cc-verlandes-ourcelle"
INCOMPLET = "olmeraie-sur-morvine"
FIN = "fin"


def essai(mail: str, demande: str = "") -> Auteur:
    """Qui agit dans les essais."""
    return Auteur(mail, Moyen.SIMULATION.value, "pytest", demande)


_HASARD = frozenset({"par", "commentaire", "compte", "motif", "tetes", "sel", "lignes"})
"""Ce qui, dans un événement, tient à un sel tiré au hasard."""


class Terrain:
    """Un programme et ses dossiers, à soi : on y joue les personnes et on y lance la chaîne."""

    def __init__(self, place: Path, slug: str, url: str = "") -> None:
        self.place, self.slug, self.url = place, slug, url
        self.workspace = Workspace(Settings(outputs=place / "outputs", database_url=url))
        self.programme = open_programme(self.workspace, str(place / "exemple")).programme

    @property
    def dossier(self) -> Dossier:
        with self.workspace.reading() as session:
            return find_dossier(session, f"{self.programme.slug}/{self.slug}")[1]

    @property
    def dossiers(self) -> list[Dossier]:
        with self.workspace.reading() as session:
            return list_dossiers(session, self.programme)

    @property
    def cle(self) -> str:
        return cle(self.programme, self.dossier)

    @property
    def lieu(self) -> Lieu:
        return Lieu(self.workspace, self.programme, self.dossier)

    @property
    def entree(self) -> Entree:
        return load_entree(self.dossier)

    @property
    def recus(self) -> Path:
        """Le dossier où la collectivité dépose ses retours."""
        return self.place / "exemple" / self.slug

    def produits(self, stage: str) -> Path:
        return stage_folder(self.workspace.settings, self.cle, BY_SLUG[stage])

    def run(self, until: str | None = None, perform: Perform | None = make) -> Halt:
        return advance_dossier(self.lieu, perform, until)

    def steps(self) -> tuple[list[str], Halt]:
        """Avancer, en notant ce qui est produit : « collect envoi », « score resultat »…"""
        made: list[str] = []

        def perform(lieu: Lieu, standing: Any, step: Any) -> None:
            made.append(f"{step.stage.slug} {step.phase}")
            make(lieu, standing, step)

        return made, self.run(perform=perform)

    def sync(self) -> tuple[str, ...]:
        """Relire le registre ; les codes de ses anomalies."""
        opened = open_programme(self.workspace, str(self.place / "exemple"))
        self.programme = opened.programme
        return tuple(item.code for item in opened.anomalies)

    def play(self) -> None:
        answer(self.workspace, self.programme, seed=GRAINE)

    def state(self, stage: str) -> Avancement:
        with self.workspace.reading() as session:
            return session.exec(
                select(Avancement).where(Avancement.dossier_id == self.dossier.id, Avancement.slug == stage)
            ).one()

    def etats(self) -> dict[str, str]:
        return {stage: self.state(stage).etat for stage in BY_SLUG}

    def round(self, stage: str, phase: str = "resultat") -> Round:
        with self.workspace.reading() as session:
            found = find_round(self.lieu.within(session), stage, phase)  # type: ignore[arg-type]
        assert found is not None
        return found

    def result(self, stage: str) -> Any:
        return json.loads(self.round(stage).value)

    def gates(self, stage: str) -> list[Gate]:
        """Les demandes de validation d’une étape, de la première à la dernière."""
        with self.workspace.reading() as session:
            query = select(Gate).join(Round).where(Round.stage == stage, Gate.dossier_id == self.dossier.id)
            return list(session.exec(query.order_by(Gate.id)))  # type: ignore[arg-type]

    def line(self) -> LigneTableau:
        with self.workspace.reading() as session:
            return load_line(self.lieu.within(session))

    def person(self, role: Role) -> str:
        return self.entree.holders(role)[0].mail

    def decide(
        self,
        stage: str,
        mail: str,
        verdict: str = "approuver",
        comment: str = "",
        vu: str = "",
        *,
        etape: str = "",
        request_id: str = "",
    ) -> SuiteDonnee:
        gate = BY_SLUG[stage].gate or ""
        return decide(
            self.workspace,
            self.cle,
            gate,
            par=essai(mail, request_id),
            verdict=Verdict(verdict),
            vu=vu or self.gates(stage)[-1].seal,
            comment=comment,
            etape=etape,
        )

    def close(self, stage: str, mail: str) -> SuiteDonnee:
        return close_stage(self.workspace, self.cle, BY_SLUG[stage], par=essai(mail))

    def reprendre(self, stage: str, mail: str = "") -> SuiteDonnee:
        """Prendre en compte ce qui est arrivé après coup à une étape."""
        who = essai(mail or self.person(Role.REFERENT))
        return take_in_late(self.workspace, self.cle, BY_SLUG[stage], par=who, comment="Le fichier était faux.")

    def laisser(self, stage: str, mail: str = "") -> SuiteDonnee:
        """Le laisser de côté."""
        who = essai(mail or self.person(Role.REFERENT))
        return leave_late(self.workspace, self.cle, BY_SLUG[stage], par=who, comment="Trop tard.")

    def tardifs(self) -> list[tuple[str, str, str]]:
        """Ce qui est arrivé après coup et attend qu’on en décide."""
        with self.lieu.reading() as ici:
            return [(item.stage, item.path, item.nature.value) for item in list_tardifs(ici)]

    def reopen(self, stage: str, mail: str, comment: str = "Un chiffre a changé.") -> SuiteDonnee:
        return reopen_stage(self.workspace, self.cle, BY_SLUG[stage], par=essai(mail), comment=comment)

    def submit(self, stage: str, mail: str, comment: str = "Le chiffre est juste.") -> SuiteDonnee:
        found = BY_SLUG[stage]
        return resubmit_stage(self.workspace, self.cle, found, par=essai(mail), comment=comment)

    def withdraw(self, stage: str, mail: str, comment: str = "Je me suis trompée.") -> SuiteDonnee:
        gate = BY_SLUG[stage].gate or ""
        return withdraw(self.workspace, self.cle, gate, par=essai(mail), comment=comment)

    def delegate(
        self, mail: str, to: str, role: Role, du: str, au: str, *gates: str, arrete: str = "2026-118"
    ) -> SuiteDonnee:
        return delegate(
            self.workspace,
            self.cle,
            par=essai(mail),
            to=to,
            role=role.value,
            du=date.fromisoformat(du),
            au=date.fromisoformat(au),
            arrete=arrete,
            validations=gates,
        )

    def revoke(self, number: int, mail: str, comment: str = "Je suis de retour.") -> SuiteDonnee:
        return revoke(self.workspace, self.cle, number, par=essai(mail), comment=comment)

    def avis(self, stage: str, mail: str, texte: str) -> SuiteDonnee:
        gate = BY_SLUG[stage].gate or ""
        return give_avis(self.workspace, self.cle, gate, par=essai(mail), texte=texte)

    def diffuse(self, stage: str, mail: str, *to: str) -> SuiteDonnee:
        return diffuse(self.workspace, self.cle, BY_SLUG[stage], par=essai(mail), to=to)

    def give_roles(self, roles: dict[str, tuple[Role, ...]]) -> None:
        """Changer les rôles de personnes du dossier, comme le registre le ferait ; un inconnu y entre."""
        entree = self.entree
        people = [item.model_copy(update={"roles": roles.get(item.mail, item.roles)}) for item in entree.personnes]
        known = {item.mail for item in people}
        people += [Personne(mail=mail, nom=mail, roles=said) for mail, said in roles.items() if mail not in known]
        fresh = entree.model_copy(update={"personnes": tuple(people)})
        with self.workspace.writing() as session:
            row = session.get_one(Dossier, self.dossier.id)
            row.entree, row.entree_digest = canonical(fresh), digest(fresh)
            index_members(session, row, fresh)

    def outbox(self, kind: str) -> list[dict[str, Any]]:
        """Ce qui doit suivre, de cette sorte, dans l’ordre."""
        with self.workspace.reading() as session:
            rows = session.exec(select(Outbox).where(Outbox.kind == kind).order_by(Outbox.id)).all()  # type: ignore[arg-type]
        return [json.loads(row.payload) for row in rows]

    def events(self) -> list[dict[str, Any]]:
        with self.workspace.reading() as session:
            return list(chain.list_events(session))

    def facts(self) -> list[tuple[str, str, str]]:
        """Les événements sans leurs instants, leurs empreintes ni ce que le hasard y met."""
        return [
            (
                item["chain"],
                item["fait"],
                json.dumps({key: said for key, said in item["donnees"].items() if key not in _HASARD}, sort_keys=True),
            )
            for item in self.events()
        ]

    def kinds(self) -> list[str]:
        return [item["fait"] for item in self.events() if item["chain"] == self.cle]

    def shown(self) -> dict[str, bytes]:
        """Tout ce qui se voit dans les dossiers produits."""
        root = self.place / "outputs" / self.programme.slug
        return {
            path.relative_to(root).as_posix(): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file() and not path.name.startswith(".")
        }

    def instants(self) -> dict[str, int]:
        """La date de chaque fichier des dossiers produits, la base de données exceptée."""
        root = self.place / "outputs"
        return {
            path.relative_to(root).as_posix(): path.stat().st_mtime_ns
            for path in root.rglob("*")
            if path.is_file() and not path.name.startswith("nr.db")
        }

    def edit(self, name: str, change: Callable[[Form], None]) -> None:
        """Changer un classeur rendu, comme une personne le ferait."""
        path = next(self.recus.glob(name))
        form = Form(path.read_bytes())
        change(form)
        path.write_bytes(form.save())


PREPARES = "PARCOURS_PREPARES"
"""La variable qui dit, à toute la session, où sont les programmes préparés."""


class Prepare(NamedTuple):
    """Un programme mené quelque part, que personne n’ouvre plus : son dossier, l’adresse de sa base."""

    place: Path
    url: str = ""


@cache
def _prepared(slug: str, stage: str, grappe: Grappe | None) -> Prepare:
    """Le programme où un dossier attend après cette étape : un retour ou une décision ; « fin » : rien.

    Préparé une fois pour toute la session d’essais ; sur PostgreSQL, une fois par processus, dont la base est à lui.
    """
    place = Path(os.environ[PREPARES]) / f"{slug}-{stage}{f'-pg{os.getpid()}' if grappe else ''}"
    made = place.with_suffix(".fait")
    with FileLock(place.with_suffix(".verrou")):
        if not made.exists():
            shutil.rmtree(place, ignore_errors=True)
            made.write_text(_prepare(place, slug, stage, grappe), encoding="utf-8")
    return Prepare(place, made.read_text(encoding="utf-8"))


def _prepare(place: Path, slug: str, stage: str, grappe: Grappe | None) -> str:
    """Mener le programme jusque-là ; l’adresse de sa base, où elle n’est pas dans son dossier."""
    earlier = [*BY_SLUG, FIN]
    before = earlier.index(stage) - 1
    if before < 0:
        write_programme(place / "exemple", collectivites=3, seed=GRAINE)
        if not grappe:  # avec un serveur, on copie une base qui a son schéma
            _write_schema(place / "outputs")
        return ""
    url = _copy(_prepared(slug, earlier[before], grappe), place, grappe)
    terrain = Terrain(place, slug, url)
    for _ in range(10):
        halt = terrain.run()
        if halt.why is Arret.FIN or (halt.stage.slug == stage and halt.why is Arret.VALIDATION):
            break
        terrain.play()
    terrain.workspace.close()
    return url


def _write_schema(outputs: Path) -> None:
    """Une base vide et à jour : chaque copie s’épargne les migrations."""
    workspace = Workspace(Settings(outputs=outputs, database_url=""))
    assert workspace.engine
    workspace.close()


def _copy(origin: Prepare, place: Path, grappe: Grappe | None) -> str:
    """Copier un programme avec ses dates, et dire à sa base où il est maintenant ; l’adresse de celle-ci."""
    shutil.copytree(origin.place, place)
    url = grappe.create(origin.url) if grappe else ""
    if origin.url or (place / "outputs" / "nr.db").is_file():
        move(url or f"sqlite:///{place / 'outputs' / 'nr.db'}", place / "exemple")
    return url


def move(url: str, programme: Path) -> None:
    """Écrire dans une base copiée où est maintenant son programme."""
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE programme SET folder = :folder"), {"folder": str(programme.resolve())})
    engine.dispose()


def new(place: Path, slug: str = SANS_DG, grappe: Grappe | None = None) -> Terrain:
    """Le programme tel qu’il arrive, avant tout."""
    return Terrain(place, slug, _copy(_prepared(slug, "collect", grappe), place, grappe))


def taken_to(place: Path, stage: str, slug: str = SANS_DG, grappe: Grappe | None = None) -> Terrain:
    """Le dossier qui attend la validation de cette étape (« fin » : la feuille de route est validée)."""
    return Terrain(place, slug, _copy(_prepared(slug, stage, grappe), place, grappe))


Depart = Callable[..., Terrain]
"""Ouvrir un dossier mené jusqu’à une étape : la fixture ``depart``."""
