"""Reminders of gates and of returns, and the weekly digest: what is due is put in the outbox, once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import Session, col, select

from nr_models.dossier.gates import Ouverture
from nr_models.dossier.journal import Fait
from nr_models.dossier.registre import Entree
from nr_models.dossier.relance import PalierDu, is_quiet, plan_relances
from nr_models.stages import BY_GATE
from nr_models.tables import Dossier, Gate, Outbox, Programme, find_id
from nr_models.values.days import paris_day
from nr_models.values.roles import Role
from tasks.dossier.gates import Attente, find_attente
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import list_dossiers, load_entree, load_kept_referentiel
from tasks.returns.suivi import Relance, record_relance
from tasks.returns.suivi import plan_relances as plan_retours
from tasks.store.clock import now
from tasks.store.outbox import Consigne, enqueue
from tasks.store.workspace import Workspace
from tasks.trail import chain


def enqueue_reminders(workspace: Workspace, programme: Programme | None = None) -> int:
    """Put in the outbox the reminders of open gates that are due now; returns how many mails that makes.

    Each is an event of the trail. Quiet hours are kept by the rule: nothing is due then.
    """
    with workspace.reading() as session:
        waiting = [(gate, dossier, owner) for gate, dossier, owner in _list_open(session, programme)]
        sent = _list_sent(session)
    count = 0
    for gate, dossier, owner in waiting:
        lieu = Lieu(workspace, owner, dossier)
        steps = _plan(lieu, gate, sent[find_id(gate)])
        if steps:
            count += _enqueue(lieu, gate, steps)
    return count


def _list_open(session: Session, programme: Programme | None) -> Iterable[tuple[Gate, Dossier, Programme]]:
    query = (
        select(Gate, Dossier, Programme)
        .join(Dossier, col(Dossier.id) == Gate.dossier_id)
        .join(Programme, col(Programme.id) == Dossier.programme_id)
        .where(Gate.etat == Ouverture.OUVERTE)
    )
    if programme is not None:
        query = query.where(Programme.id == programme.id)
    return session.exec(query.order_by(col(Gate.id))).all()


def _list_sent(session: Session) -> dict[int, set[str]]:
    """The steps already taken, by gate: their keys say so for ever."""
    found: dict[int, set[str]] = defaultdict(set)
    for key in session.exec(select(Outbox.key).where(Outbox.kind == Consigne.RELANCE)):
        _, gate, step, _ = key.split(":", 3)
        found[int(gate)].add(step)
    return found


def _plan(lieu: Lieu, gate: Gate, sent: set[str]) -> tuple[PalierDu, ...]:
    chaine = lieu.referentiel.validation
    validation = chaine.find(gate.gate)
    if validation is None:
        return ()
    return plan_relances(gate.opened_at, validation.jours_ouvres, chaine.relances, chaine.calme, sent, now())


def _enqueue(lieu: Lieu, gate: Gate, steps: Iterable[PalierDu]) -> int:
    """One event a step and one mail a person, in one transaction; nothing where the gate closed meanwhile."""
    count = 0
    with lieu.writing() as ici:
        attente = find_attente(ici, gate.gate)
        if attente is None or attente.gate.id != gate.id:
            return 0
        for step in steps:
            people = _find_people(attente, lieu.entree, step)
            for mail in people:
                person = chain.find_person(ici.session, mail, _name(lieu.dossier, mail))
                key = f"{Consigne.RELANCE}:{gate.id}:{step.palier}:{person.id}"
                enqueue(ici.session, Consigne.RELANCE, key, {"gate": gate.id, "mail": mail, "escalade": step.escalade})
            if people:
                _record(ici.session, lieu.cle, gate, step, people)
            count += len(people)
    return count


def _find_people(attente: Attente, entree: Entree, step: PalierDu) -> list[str]:
    """Whom a step tells: those who hold its roles, else those whose decision is awaited."""
    if step.roles:
        return sorted({item.mail for role in step.roles for item in entree.holders(role)})
    return sorted({mail for seat in attente.libres for mail in seat.decideurs})


def _record(session: Session, key: str, gate: Gate, step: PalierDu, people: Iterable[str]) -> None:
    who = sorted(chain.find_person(session, mail, "").commitment for mail in people)
    donnees = {
        "gate": gate.gate,
        "stage": BY_GATE[gate.gate].slug,
        "empreinte": gate.seal,
        "palier": step.palier,
        "escalade": step.escalade,
        "a": who,
    }
    chain.append(session, key, Fait.RELANCE, donnees, automatique=True)


def _name(dossier: Dossier, mail: str) -> str:
    found = load_entree(dossier).find(mail)
    return found.nom if found else ""


def enqueue_returns(workspace: Workspace, programme: Programme) -> int:
    """Put in the outbox what people of a programme are reminded to return today; returns how many mails.

    Whom to remind is the rule of ``tasks.returns.suivi``: one mail a person, never two within the days set.
    """
    with workspace.reading() as session:
        dossiers = list_dossiers(session, programme)
        if not dossiers or is_quiet(now(), load_kept_referentiel(workspace, dossiers[0]).validation.calme):
            return 0
        due = plan_retours(workspace, session, programme)
    return sum(_enqueue_return(workspace, programme, item) for item in due)


def _enqueue_return(workspace: Workspace, programme: Programme, item: Relance) -> bool:
    with workspace.writing() as session:
        person = chain.find_person(session, item.mail, item.nom)
        key = f"{Consigne.RETOURS}:{programme.slug}:{person.id}:{paris_day(now())}"
        if session.exec(select(Outbox).where(Outbox.key == key)).first():
            return False
        record_relance(session, programme, item, automatique=True)
        payload = {"mail": item.mail, "nom": item.nom, "sujet": item.sujet, "texte": item.texte}
        enqueue(session, Consigne.RETOURS, key, {**payload, "programme": programme.slug})
        return True


def enqueue_digests(workspace: Workspace) -> int:
    """Put in the outbox the week's digest of each programme, for each person of its team; returns how many."""
    week = paris_day(now()).isocalendar()
    with workspace.writing() as session:
        count = 0
        for programme in session.exec(select(Programme).order_by(col(Programme.id))).all():
            for mail, nom in _team(session, programme).items():
                person = chain.find_person(session, mail, nom)
                key = f"{Consigne.RESUME}:{programme.slug}:{week.year}-{week.week:02d}:{person.id}"
                enqueue(session, Consigne.RESUME, key, {"programme": programme.slug, "mail": mail})
                count += 1
    return count


def _team(session: Session, programme: Programme) -> dict[str, str]:
    """The people of the team of a programme, name by address."""
    entrees = (load_entree(item) for item in list_dossiers(session, programme))
    return {item.mail: item.nom for entree in entrees for item in entree.holders(Role.EQUIPE_PROGRAMME)}
