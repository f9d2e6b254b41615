"""What each mail says: the values of our database, put in the words of ``templates/mails``.

The first line of a template is the subject. One link a mail: the page of the dossier where pages are
published (NR_PUBLIC_URL), else the command to type. A letter that has lost its reason is not sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlmodel import Session, col, select

from nr_models.gates import Verdict
from nr_models.journal import Fait
from nr_models.ouvres import paris_day, paris_time
from nr_models.periode import french_date
from nr_models.relance import find_echeance, is_late
from nr_models.roles import Role
from nr_models.tables import Decision, Dossier, Event, Gate, Outbox, Person, Programme
from tasks.clock import now
from tasks.digest import build_digest
from tasks.gates import Attente, find_attente
from tasks.mail import Lettre
from tasks.outbox import load_payload
from tasks.programmes import cle, load_entree, load_kept_referentiel
from tasks.settings import Settings
from tasks.workspace import Workspace
from templates import ROOT

Payload = Mapping[str, Any]


class Lieu(NamedTuple):
    """Where a letter comes from: a gate of a dossier."""

    workspace: Workspace
    session: Session
    programme: Programme
    dossier: Dossier
    gate: Gate

    @property
    def nom(self) -> str:
        """Name of the gate: « le diagnostic »."""
        found = load_kept_referentiel(self.workspace, self.dossier).validation.find(self.gate.gate)
        return found.nom if found else self.gate.gate


def write_letter(workspace: Workspace, session: Session, row: Outbox) -> Lettre | None:
    """The letter that a row of the outbox asks for; None when it has lost its reason."""
    return LETTERS[row.kind](workspace, session, load_payload(row))


def _receipt(workspace: Workspace, session: Session, payload: Payload) -> Lettre | None:
    """What a person decided, on what, and where it stands in the trail: the head that leaves the database."""
    decision = session.get(Decision, payload["decision"])
    lieu = _find(workspace, session, decision.gate_id) if decision else None
    person = session.get(Person, decision.person_id) if decision else None
    if decision is None or lieu is None or person is None or "@" not in person.mail:
        return None
    entry = _find_entry(lieu, decision, person)
    return _compose(
        "recu",
        lieu,
        person.mail,
        instant=_instant(decision.decided_at),
        role=Role(decision.role).nom,
        verdict=Verdict(decision.verdict).nom,
        empreinte=decision.seal,
        n=entry["n"],
        tete=entry["hash"],
    )


def _find_entry(lieu: Lieu, decision: Decision, person: Person) -> Payload:
    """The entry of the trail that records a decision."""
    query = select(Event.body).where(
        Event.chain == cle(lieu.programme, lieu.dossier), col(Event.body).contains(decision.seal)
    )
    entries = (json.loads(body) for body in lieu.session.exec(query.order_by(col(Event.n).desc())))
    return next(item for item in entries if item["fait"] == Fait.DECIDE and item["donnees"]["par"] == person.commitment)


def _opening(workspace: Workspace, session: Session, payload: Payload) -> Lettre | None:
    """A gate waits for this person."""
    return _awaited(workspace, session, payload, "avis-ouverture")


def _reminder(workspace: Workspace, session: Session, payload: Payload) -> Lettre | None:
    """A gate still waits for this person; or, to those whom an escalation tells, for others."""
    return _awaited(workspace, session, payload, "escalade" if payload["escalade"] else "relance")


def _awaited(workspace: Workspace, session: Session, payload: Payload, template: str) -> Lettre | None:
    lieu = _find(workspace, session, payload["gate"])
    attente = find_attente(session, workspace, lieu.dossier, lieu.gate.gate) if lieu else None
    if lieu is None or attente is None or attente.gate.id != lieu.gate.id:
        return None
    mail, opened, days = payload["mail"], lieu.gate.opened_at, attente.validation.jours_ouvres
    titles = [seat.libelle for seat in attente.libres if mail in seat.personnes]
    if not titles and template != "escalade":
        return None  # they decided since, or no longer hold the role
    return _compose(
        template,
        lieu,
        mail,
        role=", ".join(titles),
        depuis=french_date(paris_day(opened)),
        echeance=french_date(find_echeance(opened, days)),
        retard=is_late(opened, days, now()),
        attendus=_names(lieu, attente),
    )


def _names(lieu: Lieu, attente: Attente) -> str:
    """« Anne Martin (direction générale) », or why nobody can be awaited."""
    entree = load_entree(lieu.dossier)
    people = [
        f"{person.nom if (person := entree.find(mail)) else mail} ({seat.libelle})"
        for seat in attente.libres
        for mail in seat.personnes
    ]
    return ", ".join(people) or attente.blocage or "personne"


def _digest(workspace: Workspace, session: Session, payload: Payload) -> Lettre | None:
    """The week of a programme, to one of its team."""
    programme = session.exec(select(Programme).where(Programme.slug == payload["programme"])).first()
    if programme is None:
        return None
    total, lignes = build_digest(workspace, session, programme)
    slug, settings = programme.slug, workspace.settings
    sujet, texte = render(
        "resume",
        programme=slug,
        bonjour=greet(""),
        total=total,
        lignes=lignes,
        suite=lead(settings, f"p/{slug}", f"nr status {slug}"),
    )
    return Lettre(payload["mail"], "", sujet, texte, slug)


LETTERS: dict[str, Callable[[Workspace, Session, Payload], Lettre | None]] = {
    "recu": _receipt,
    "avis-ouverture": _opening,
    "relance": _reminder,
    "resume": _digest,
}
"""Each kind of mail of the outbox, and what writes it."""


def _find(workspace: Workspace, session: Session, gate_id: int) -> Lieu | None:
    gate = session.get(Gate, gate_id)
    if gate is None:
        return None
    dossier = session.get_one(Dossier, gate.dossier_id)
    return Lieu(workspace, session, session.get_one(Programme, dossier.programme_id), dossier, gate)


def _compose(template: str, lieu: Lieu, mail: str, **values: object) -> Lettre:
    person = load_entree(lieu.dossier).find(mail)
    key = cle(lieu.programme, lieu.dossier)
    sujet, texte = render(
        template,
        bonjour=greet(person.nom if person else ""),
        collectivite=lieu.dossier.nom,
        validation=lieu.nom,
        cle=key,
        suite=lead(lieu.workspace.settings, f"d/{key}", f"nr decide {key} {lieu.gate.gate}"),
        **values,
    )
    return Lettre(mail, person.nom if person else "", sujet, texte, lieu.programme.slug)


def render(template: str, **values: object) -> tuple[str, str]:
    """The subject and the text of a mail."""
    said = _environment().get_template(f"{template}.txt.j2").render(values)
    sujet, _, texte = said.partition("\n")
    return sujet, texte.strip() + "\n"


def greet(nom: str) -> str:
    """« Bonjour Anne Martin, »."""
    return f"Bonjour {nom}," if nom else "Bonjour,"


def lead(settings: Settings, page: str, command: str) -> str:
    """The one way to go on: a page where pages are published, else a command for who runs the programme."""
    if settings.public_url:
        return f"Tout se lit ici :\n{settings.public_url.rstrip('/')}/{page}"
    return f"Pour lire et agir, la personne qui tient le logiciel tapera :\n{command}"


def _instant(instant: str) -> str:
    moment = paris_time(instant)
    return f"{french_date(moment.date())} à {moment.hour} h {moment.minute:02d}"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOT / "mails"),
        autoescape=False,  # noqa: S701 - plain text, in which nothing is interpreted
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
