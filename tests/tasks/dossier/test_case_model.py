"""N’importe quels actes, dans n’importe quel ordre, par cinq personnes, au fil du temps : rien d’indu, rien de perdu.

L'oracle ci-dessous redit les règles autrement que le code : il ne lit que le registre, les délégations qu'il a
lui-même données et l'heure qu'il a lui-même mise.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from atexit import register
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlmodel import select

from nr_models.dossier.case import File
from nr_models.dossier.gates import Verdict
from nr_models.dossier.next import Make
from nr_models.dossier.standing import Standing
from nr_models.dossier.workflow import Etat
from nr_models.referentiel.circuit import Validation
from nr_models.tables import Decision, Dossier, Event, Gate, Outbox, Person, Retrait, find_id
from nr_models.values.frozen import canonical, digest
from nr_models.values.roles import Role
from tasks.acts.door import SuiteDonnee
from tasks.dossier.rounds import save_round
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import index_members, load_kept_referentiel
from tasks.store.files import save_bytes
from tasks.trail import chain
from tests.support.parcours import AVEC_DG, Terrain, new

DEBUT = datetime(2026, 10, 20, 9, tzinfo=UTC)
PARIS = ZoneInfo("Europe/Paris")
DG, ELU, REFERENT, EQUIPE = (role.value for role in (Role.DG, Role.ELU_SPONSOR, Role.REFERENT, Role.EQUIPE_PROGRAMME))
GENS = ("referent", "dg", "elu", "equipe", "adjoint")
ROLES: dict[str, tuple[Role, ...]] = {
    "referent": (Role.REFERENT,),
    "dg": (Role.DG,),
    "elu": (Role.ELU_SPONSOR,),
    "equipe": (Role.EQUIPE_PROGRAMME,),
    "adjoint": (Role.CONTRIBUTEUR,),
}
SUPPLEANTS = {REFERENT: EQUIPE, DG: ELU, ELU: EQUIPE}
CHAINES: dict[str, Validation] = {
    "deux sur trois, la DG parmi elles": Validation(
        gate="diagnostic",
        nom="le diagnostic",
        roles=(REFERENT, DG, ELU),
        regle="n",
        n=2,
        requis=(DG,),
        jours_ouvres=5,
    ),
    "la DG puis l’élu": Validation(
        gate="diagnostic", nom="le diagnostic", roles=(DG, ELU), regle="all", ordre=True, jours_ouvres=5
    ),
    "la DG seule": Validation(gate="diagnostic", nom="le diagnostic", roles=(DG,), regle="any", jours_ouvres=5),
}
qui = st.sampled_from(GENS)
QUAND = ("trop tôt", "à temps", "trop tard", "révoquée", "succession")
_FAIT = re.compile(r'"fait":"([a-z]+)"')
ROOT = Path(tempfile.mkdtemp(prefix="modele-"))
register(shutil.rmtree, ROOT, ignore_errors=True)


def mail(name: str) -> str:
    return f"{name}@ville.example"


@dataclass
class Confiee:
    """Une délégation, comme l'oracle s'en souvient."""

    role: str
    de: str
    a: str
    du: date
    au: date
    vive: bool = True


class Compte(NamedTuple):
    """Ce que la base contient : rien n'en disparaît, un refus n'y ajoute rien."""

    faits: Counter[str]
    decisions: int
    suites: int


def make(lieu: Lieu, standing: Standing, step: Make) -> None:
    """Produire une étape pour rire : un document d’une ligne, qui ne dépend que du nombre d’agents."""
    said = str(lieu.entree.collectivite.agents)
    files = (File(f"{step.stage.slug}.txt", said.encode()),)
    value = said if step.phase == "resultat" else None
    save_round(lieu, step.stage, step.phase, step.basis, value, files)


def prepared(name: str) -> Path:
    """Le dossier au diagnostic, avec ces cinq personnes et ce circuit de validation, fait une fois."""
    place = ROOT / str(list(CHAINES).index(name))
    if not place.exists():
        terrain = new(place, AVEC_DG)
        shutil.rmtree(terrain.recus)
        terrain.give_roles({item.mail: (Role.LECTEUR,) for item in terrain.entree.personnes})
        terrain.give_roles({mail(who): roles for who, roles in ROLES.items()})
        kept = load_kept_referentiel(terrain.workspace, terrain.dossier)
        others = [item for item in kept.validation.validations if item.gate != "diagnostic"]
        chain = kept.validation.model_copy(update={"validations": (CHAINES[name], *others)})
        fresh = kept.model_copy(update={"validation": chain})
        save_bytes(terrain.workspace.settings, canonical(fresh).encode())
        with terrain.workspace.writing() as session:
            session.get_one(Dossier, terrain.dossier.id).referentiel_digest = digest(fresh)
        terrain.run("score", make)
        assert terrain.close("collect", mail("referent")).accepted
        terrain.run("score", make)
        assert terrain.etats()["score"] == Etat.SOUMIS
        terrain.workspace.close()
    return place


def copied(name: str, place: Path) -> Terrain:
    shutil.copytree(prepared(name), place)
    engine = sa.create_engine(f"sqlite:///{place / 'outputs' / 'nr.db'}")
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE programme SET folder = :to"), {"to": str(place / "exemple")})
    engine.dispose()
    return Terrain(place, AVEC_DG)


class Dossiers(RuleBasedStateMachine):
    """Cinq personnes autour d'une validation."""

    place: Path
    terrain: Terrain

    @initialize(name=st.sampled_from(list(CHAINES)))
    def open(self, name: str) -> None:
        self.chaine = CHAINES[name]
        self.instant = DEBUT
        self._set_clock()
        self.place = Path(tempfile.mkdtemp(dir=ROOT)) / "ici"
        self.terrain = copied(name, self.place)
        self.roles = {who: {role.value for role in roles} for who, roles in ROLES.items()}
        self.confiees: list[Confiee] = []
        self.gates: dict[int, tuple[str, str | None]] = {}
        self.decided: dict[int, tuple[object, ...]] = {}
        self.agents = 0

    def teardown(self) -> None:
        if hasattr(self, "terrain"):
            with self.terrain.workspace.reading() as session:
                assert chain.verify(session) is None
            self.terrain.workspace.close()
            shutil.rmtree(self.place.parent)
        os.environ.pop("SOURCE_DATE_EPOCH", None)

    def _set_clock(self) -> None:
        os.environ["SOURCE_DATE_EPOCH"] = str(int(self.instant.timestamp()))

    # L'oracle

    @property
    def day(self) -> date:
        return self.instant.astimezone(PARIS).date()

    def holders(self, role: str) -> set[str]:
        return {who for who, roles in self.roles.items() if role in roles}

    def sitting(self, role: str) -> str:
        seen = {role}
        while not self.holders(role) and SUPPLEANTS.get(role, role) not in seen:
            role = SUPPLEANTS[role]
            seen.add(role)
        return role

    def powers(self, who: str, role: str) -> set[str]:
        """Au nom de qui cette personne peut tenir ce rôle maintenant : le sien, ou celui de qui le lui a confié."""
        own = {who} if role in self.roles[who] else set()
        return own | {
            item.de
            for item in self.confiees
            if item.vive and item.role == role and item.a == who and item.du <= self.day <= item.au
            if role in self.roles[item.de]
        }

    def count(self) -> Compte:
        with self.terrain.workspace.reading() as session:
            faits = Counter(_FAIT.search(body)[1] for body in session.exec(select(Event.body)))  # type: ignore[index]
            decisions = len(session.exec(select(Decision.id)).all())
            return Compte(faits, decisions, len(session.exec(select(Outbox.id)).all()))

    def attempt(self, fait: str, act: Callable[[], SuiteDonnee]) -> SuiteDonnee:
        """Un acte : accepté, il s'inscrit ; déjà fait ou refusé, il ne laisse aucune trace."""
        before = self.count()
        answer = act()
        after = self.count()
        assert answer.message
        if answer.accepted and answer.code != "deja":
            assert after.faits[fait] > before.faits[fait]
        else:
            assert after == before
        assert all(after.faits[name] >= count for name, count in before.faits.items())
        return answer

    # Les actes

    @property
    def deciders(self) -> list[str]:
        """Qui, d’après l’oracle, tient un siège maintenant ; et l’adjoint, pour voir."""
        seats = [self.sitting(role) for role in (*self.chaine.roles, EQUIPE)]
        return [who for who in GENS if who == "adjoint" or any(self.powers(who, role) for role in seats)]

    @rule(which=st.integers(0, 4))
    def approve(self, which: int) -> None:
        if self.terrain.state("score").etat != Etat.SOUMIS:
            self.start_again()
        who = self.deciders[which % len(self.deciders)]
        self.decide(who, Verdict.APPROUVER, "")

    @rule(order=st.permutations(GENS), count=st.integers(2, 5))
    def approve_together(self, order: list[str], count: int) -> None:
        for who in order[:count]:
            self.decide(who, Verdict.APPROUVER, "")

    @rule(which=st.integers(0, 4))
    def change_mind(self, which: int) -> None:
        """Décider, retirer, décider autrement."""
        self.approve(which)
        for who in GENS:
            self.withdraw(who)
        self.decide(self.deciders[which % len(self.deciders)], Verdict.RESERVES, "")

    @precondition(lambda self: self.confiees)
    @rule(which=st.integers(0, 5))
    def approve_by_delegation(self, which: int) -> None:
        if self.terrain.state("score").etat != Etat.SOUMIS:
            self.start_again()
        alive = [item for item in self.confiees if item.vive] or self.confiees
        self.decide(alive[which % len(alive)].a, Verdict.APPROUVER, "")

    @rule(who=qui, verdict=st.sampled_from(list(Verdict)), etape=st.sampled_from(["", "collect"]))
    def decide(self, who: str, verdict: Verdict, etape: str) -> None:
        etape = etape if verdict is Verdict.CORRIGER else ""
        before = self.count().decisions
        answer = self.attempt(
            "decide", lambda: self.terrain.decide("score", mail(who), verdict.value, "Voici pourquoi.", etape=etape)
        )
        with self.terrain.workspace.reading() as session:
            rows = session.exec(select(Decision).order_by(Decision.id)).all()[before:]  # type: ignore[arg-type]
        assert answer.accepted or not rows
        for row in rows:
            self.check_power(who, row)

    @rule(which=st.integers(0, 4), verdict=st.sampled_from([Verdict.APPROUVER, Verdict.RESERVES]))
    def decide_too_late(self, which: int, verdict: Verdict) -> None:
        """Ce qu’on a vu n’est plus ce qui est soumis : la décision ne porte sur rien d’autre."""
        if self.terrain.state("score").etat != Etat.SOUMIS:
            self.start_again()
        who = self.deciders[which % len(self.deciders)]
        seen = self.terrain.gates("score")[-1].seal
        self.change_data()
        self.run()
        if self.terrain.state("score").etat != Etat.SOUMIS or self.terrain.gates("score")[-1].seal == seen:
            return
        answer = self.attempt(
            "decide", lambda: self.terrain.decide("score", mail(who), verdict.value, "Voici.", vu=seen)
        )
        assert not answer.accepted

    def check_order(self, row: Decision) -> None:
        """Quand chacun a son tour, ceux d’avant ont déjà décidé, ou personne ne tient leur siège."""
        if not self.chaine.ordre or row.siege not in self.chaine.roles:
            return
        with self.terrain.workspace.reading() as session:
            withdrawn = set(session.exec(select(Retrait.decision_id)).all())
            rows = session.exec(select(Decision).where(Decision.gate_id == row.gate_id)).all()
        spoke = {item.siege for item in rows if item.id not in withdrawn}
        for role in self.chaine.roles[: self.chaine.roles.index(row.siege)]:
            assert role in spoke or not self.holders(self.sitting(role))

    def check_power(self, who: str, row: Decision) -> None:
        """Nul n'a décidé sans en avoir le pouvoir à cet instant."""
        self.check_order(row)
        if row.siege == "temoin":
            assert self.powers(who, row.role)
            return
        role = self.sitting(row.siege)
        assert row.role == role
        names = self.powers(who, role)
        assert names
        assert (row.delegation_id is None) == (who in names)
        if row.delegation_id is not None:
            assert self.confiees[row.delegation_id - 1].de in names

    @rule(who=qui)
    def withdraw(self, who: str) -> None:
        self.attempt("retrait", lambda: self.terrain.withdraw("score", mail(who)))

    @rule()
    def start_again(self) -> None:
        """Qui mène le dossier le rouvre s'il est décidé, et on relance."""
        for who in sorted(self.holders(REFERENT) | self.holders(EQUIPE)):
            self.terrain.close("collect", mail(who))
            self.submit(who, "collect")
            self.reopen(who)
        self.run()

    @rule(who=qui, what=st.sampled_from(["rouvrir", "soumettre", "avis"]))
    def around(self, who: str, what: str) -> None:
        {"rouvrir": self.reopen, "soumettre": self.submit, "avis": self.avis}[what](who)

    def reopen(self, who: str) -> None:
        answer = self.attempt("rouvert", lambda: self.terrain.reopen("score", mail(who)))
        assert not answer.accepted or {REFERENT, EQUIPE} & self.roles[who]

    def submit(self, who: str, stage: str = "score") -> None:
        answer = self.attempt("resoumis", lambda: self.terrain.submit(stage, mail(who)))
        assert not answer.accepted or {REFERENT, EQUIPE} & self.roles[who]

    def avis(self, who: str) -> None:
        self.attempt("avis", lambda: self.terrain.avis("score", mail(who), "Pour."))

    @rule(de=st.integers(0, 3), a=st.integers(0, 4), jours=st.integers(0, 2), quand=st.sampled_from(QUAND))
    def entrust(self, de: int, a: int, jours: int, quand: str) -> None:
        """Qui tient un siège le confie ; qui n’en tient pas s’en sert trop tôt, à temps, trop tard ou sans droit."""
        if self.terrain.state("score").etat != Etat.SOUMIS:
            self.start_again()
        givers = [who for who in self.deciders if self.roles[who] & {*self.chaine.roles}] or list(GENS)
        giver = givers[de % len(givers)]
        others = [who for who in GENS if who not in self.deciders or who == "adjoint"]
        taker = others[a % len(others)]
        role = sorted(self.roles[giver])[0]
        known = len(self.confiees)
        self.delegate(giver, taker, role, 2 if quand == "trop tôt" else 0, jours)
        if len(self.confiees) == known:
            return
        if quand == "trop tard":
            self.wait(24 * (jours + 1))
        if quand == "révoquée":
            self.revoke(giver, known)
        if quand == "succession":
            heir = next(who for who in GENS if who not in (giver, taker))
            self.change_roles(heir, {Role(role)})
            self.change_roles(giver, set())
        self.start_again()
        self.decide(taker, Verdict.APPROUVER, "")

    @precondition(lambda self: self.chaine.regle == "n")
    @rule()
    def lend_names(self) -> None:
        """Le référent prête son siège à l’adjoint, et tient celui de la DG : une seule personne aura approuvé."""
        if self.terrain.state("score").etat != Etat.SOUMIS:
            self.start_again()
        self.delegate("referent", "adjoint", REFERENT, 0, 3)
        self.delegate("dg", "referent", DG, 0, 3)
        self.decide("adjoint", Verdict.APPROUVER, "")
        self.decide("referent", Verdict.APPROUVER, "")

    def delegate(self, de: str, a: str, role: str, dans: int, jours: int) -> None:
        du = self.day + timedelta(days=dans)
        au = du + timedelta(days=jours)
        answer = self.attempt(
            "delegue",
            lambda: self.terrain.delegate(mail(de), mail(a), Role(role), du.isoformat(), au.isoformat()),
        )
        if answer.accepted and answer.code != "deja":
            assert role in self.roles[de]
            assert de != a
            self.confiees.append(Confiee(role, de, a, du, au))

    @precondition(lambda self: self.confiees)
    @rule(who=qui, which=st.integers(0, 5))
    def revoke(self, who: str, which: int) -> None:
        number = which % len(self.confiees)
        given = self.confiees[number]
        answer = self.attempt("revoque", lambda: self.terrain.revoke(number + 1, mail(who)))
        entitled = given.vive and (who == given.de or EQUIPE in self.roles[who])
        assert answer.accepted == entitled
        given.vive = given.vive and not answer.accepted

    # Le monde

    @rule(heures=st.sampled_from([1, 14, 24, 24 * 40]))
    def wait(self, heures: int) -> None:
        self.instant += timedelta(hours=heures)
        self._set_clock()

    @rule(who=qui, roles=st.sets(st.sampled_from([Role.DG, Role.ELU_SPONSOR, Role.REFERENT]), max_size=2))
    def change_roles(self, who: str, roles: set[Role]) -> None:
        """Le registre change : des personnes arrivent, partent, cumulent."""
        kept = tuple(sorted(roles)) or (Role.CONTRIBUTEUR,)
        self.roles[who] = {role.value for role in kept}
        self.terrain.give_roles({mail(who): kept})

    def change_data(self) -> None:
        """La collectivité recompte ses agents : le diagnostic n'est plus celui qu'on a vu."""
        self.agents += 1
        fresh = self.terrain.entree
        place = fresh.collectivite.model_copy(update={"agents": 100 + self.agents})
        fresh = fresh.model_copy(update={"collectivite": place})
        with self.terrain.workspace.writing() as session:
            row = session.get_one(Dossier, self.terrain.dossier.id)
            row.entree, row.entree_digest = canonical(fresh), digest(fresh)
            index_members(session, row, fresh)

    @rule(data=st.booleans())
    def refresh(self, data: bool) -> None:
        if data:
            self.change_data()
        self.run()

    def run(self) -> None:
        before = self.count()
        self.terrain.run("score", make)
        after = self.count()
        assert after.decisions == before.decisions
        assert all(after.faits[name] >= count for name, count in before.faits.items())

    # Ce qui tient toujours

    @invariant()
    def nothing_is_lost_nor_undone(self) -> None:
        if not hasattr(self, "terrain"):
            return
        with self.terrain.workspace.reading() as session:
            gates = session.exec(select(Gate)).all()
            decisions = session.exec(select(Decision)).all()
            withdrawn = set(session.exec(select(Retrait.decision_id)).all())
            people = {row.id: row.mail for row in session.exec(select(Person)).all()}
            events = [row.body for row in session.exec(select(Event)).all()]
        self._check_gates(gates)
        self._check_decisions(decisions, withdrawn, events)
        for gate in gates:
            live = [row for row in decisions if row.gate_id == gate.id and row.id not in withdrawn]
            assert len({row.siege for row in live}) == len(live)  # un siège, une voix
            if gate.etat == "approuvee" and self.gates[find_id(gate)][0] == "ouverte":
                self._check_approval(live, people)
            self.gates[find_id(gate)] = (gate.etat, gate.closed_at)

    def _check_gates(self, gates: Any) -> None:
        """Une validation se conclut une fois : on en ouvre une autre, ou la même tient à nouveau."""
        opened = [gate for gate in gates if gate.etat == "ouverte" and gate.gate == "diagnostic"]
        state = self.terrain.state("score").etat
        assert len(opened) <= 1
        assert state != Etat.SOUMIS or len(opened) == 1
        for gate in gates:
            was, closed = self.gates.setdefault(gate.id, (gate.etat, gate.closed_at))
            assert closed is None or gate.closed_at == closed
            again = {"approuvee"} if gate.issue == "approuvee" else set()
            assert gate.etat in {"ouverte": {gate.etat}}.get(was, {was, "obsolete"} | again)
            assert gate.issue in ("", gate.etat) or gate.etat == "obsolete"

    def _check_decisions(self, decisions: Any, withdrawn: set[int], events: list[str]) -> None:
        """Une décision écrite ne change jamais, et la piste en a autant."""
        for row in decisions:
            said = (row.gate_id, row.person_id, row.siege, row.rang, row.verdict, row.seal, row.decided_at)
            assert self.decided.setdefault(row.id, said) == said
        assert sum('"fait":"decide"' in body for body in events) == len(decisions)
        assert sum('"fait":"retrait"' in body for body in events) == len(withdrawn)

    def _check_approval(self, live: list[Decision], people: dict[int | None, str]) -> None:
        """Ce qui est approuvé l'est par assez de sièges, et jamais par le seul référent."""
        assert all(Verdict(row.verdict).approves for row in live)
        seats = {row.siege for row in live} & set(self.chaine.roles)
        needed = {"any": 1, "all": len(self.chaine.roles), "n": self.chaine.n}[self.chaine.regle]
        assert len(seats) >= needed
        assert set(self.chaine.requis) <= seats
        makers = {mail(who) for who in self.holders(REFERENT)}
        minds = set()
        for row in live:
            giver = mail(self.confiees[row.delegation_id - 1].de) if row.delegation_id else ""
            minds.add(giver if giver in makers else people[row.person_id])
        assert len(minds) > 1 or not minds & makers


Dossiers.TestCase.settings = settings(
    max_examples=int(os.environ.get("NR_SUITES", "15")),
    stateful_step_count=10,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
test_aucune_suite_d_actes_ne_donne_un_pouvoir_indu_ni_ne_perd_rien = Dossiers.TestCase
