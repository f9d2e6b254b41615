"""Gates in our database: open one on what is shown, say what it waits for, and the réserves that it left."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from nr_models.dossier.case import Dite, Reserve, list_standing
from nr_models.dossier.delegation import in_force
from nr_models.dossier.gates import (
    DecisionDeSiege,
    Demandee,
    Ouverture,
    Prise,
    Siege,
    Verdict,
    awaited,
    blocked,
    list_approved,
    plan_seats,
)
from nr_models.dossier.journal import Fait
from nr_models.dossier.workflow import Acte, Etat
from nr_models.referentiel.circuit import Validation
from nr_models.stages import BY_GATE, Stage
from nr_models.tables import Decision, Delegation, Gate, Levee, Person, Retrait, find_id
from nr_models.values.days import paris_day
from nr_models.values.frozen import canonical
from tasks.dossier.pouvoirs import load_delegations
from tasks.dossier.rounds import find_round, find_state, list_artefacts, move
from tasks.programme.lieu import Lieu
from tasks.store.clock import now
from tasks.store.outbox import Consigne, enqueue
from tasks.trail import chain
from tasks.trail.paroles import load_words


class Attente(NamedTuple):
    """What an open gate waits for."""

    gate: Gate
    validation: Validation
    sieges: tuple[Siege, ...]
    libres: tuple[Siege, ...]
    blocage: str | None
    voix: tuple[DecisionDeSiege, ...]


def open_gate(lieu: Lieu, stage: Stage) -> bool:
    """Submit the current round of a stage to its gate, where the table lets it; True when it moved."""
    referentiel = lieu.referentiel
    validation = referentiel.validation.find(stage.gate or "")
    with lieu.writing() as ici:
        state, made = find_state(ici, stage.slug), find_round(ici, stage.slug, "resultat")
        if validation is None or made is None:
            return False
        before = ici.session.exec(
            select(Gate).where(Gate.round_id == made.id).order_by(col(Gate.asking).desc())
        ).first()
        if not move(state, Acte.SOUMETTRE, {"amont-acquis", "validation-prevue"}, f"À valider : {validation.nom}."):
            return False
        if before is not None and before.etat == Ouverture.OUVERTE:
            return True  # asked already, of the same bytes: what was decided on it stands
        digests = {item.nom: item.sha256 for item in list_artefacts(ici.session, made)}
        gate = Gate(
            dossier_id=find_id(lieu.dossier),
            round_id=find_id(made),
            gate=validation.gate,
            asking=before.asking + 1 if before else 1,
            etat=Ouverture.OUVERTE,
            seal=made.seal,
            digests=canonical(digests),
            opened_at=now(),
        )
        ici.session.add(gate)
        ici.session.flush()
        chain.append(
            ici.session,
            lieu.cle,
            Fait.SOUMIS,
            {
                "gate": validation.gate,
                "stage": stage.slug,
                "tour": made.numero,
                "empreinte": made.seal,
                "artefacts": sorted(digests.values()),
            },
            automatique=True,
        )
        announce(ici.session, _look(ici, gate, validation))
        return True


def find_attente(lieu: Lieu, gate: str) -> Attente | None:
    """What an open gate of a dossier waits for at this moment, or None when it is not open."""
    referentiel = lieu.referentiel
    validation, stage = referentiel.validation.find(gate), BY_GATE.get(gate)
    if validation is None or stage is None or find_state(lieu, stage.slug).etat != Etat.SOUMIS:
        return None
    query = select(Gate).where(Gate.dossier_id == lieu.dossier.id, Gate.gate == gate, Gate.etat == Ouverture.OUVERTE)
    found = lieu.session.exec(query.with_for_update()).first()
    return _look(lieu.within(lieu.session), found, validation) if found else None


def announce(session: Session, attente: Attente) -> None:
    """Tell those who may decide now that they are awaited: once a person and an asking."""
    for mail in sorted({mail for siege in attente.libres for mail in siege.decideurs}):
        gate = attente.gate.id
        enqueue(session, Consigne.OUVERTURE, f"avis-ouverture:{gate}:{mail}", {"gate": gate, "mail": mail})


def announce_open(lieu: Lieu) -> None:
    """Tell whom the open gates of a dossier await now; who was told already is not told again."""
    for validation in lieu.referentiel.validation.validations:
        if attente := find_attente(lieu, validation.gate):
            announce(lieu.session, attente)


def find_approved(lieu: Lieu) -> dict[str, Demandee]:
    """The askings of a dossier whose result is approved wherever it comes back, by gate."""
    number = lieu.dossier.id
    asked = lieu.session.exec(select(Gate.id, Gate.gate, Gate.seal, Gate.issue).where(Gate.dossier_id == number))
    taken = (
        select(Decision.gate_id, Decision.verdict, Decision.etape)
        .join(Gate, col(Gate.id) == Decision.gate_id)
        .where(Gate.dossier_id == number)
        .order_by(col(Decision.id))
    )
    decisions = (Prise(gate, Verdict(verdict), etape) for gate, verdict, etape in lieu.session.exec(taken))
    return list_approved((Demandee(find, *rest) for find, *rest in asked if find is not None), decisions)


def restore_gate(lieu: Lieu, stage: Stage) -> Gate | None:
    """The result of a stage is again what was approved: its decision holds again; None where it never ceased to."""
    approved = find_approved(lieu).get(stage.gate or "")
    gate = lieu.session.get_one(Gate, approved.numero) if approved else None
    if gate is None or gate.etat == gate.issue:
        return None
    gate.etat = gate.issue
    return gate


def list_voices(session: Session, gate: Gate) -> list[DecisionDeSiege]:
    """The decisions that count at a gate: those taken back do not."""
    return load_voices(session, [find_id(gate)])[find_id(gate)]


def load_voices(session: Session, gates: Collection[int] | Select[Any]) -> dict[int, list[DecisionDeSiege]]:
    """The decisions that count at each of these gates."""
    giver = aliased(Person)
    query = (
        select(Decision, Person.mail, giver.mail)
        .join(Person, col(Person.id) == Decision.person_id)
        .outerjoin(Retrait, col(Retrait.decision_id) == Decision.id)
        .outerjoin(Delegation, col(Delegation.id) == Decision.delegation_id)
        .outerjoin(giver, col(giver.id) == Delegation.delegant_id)
        .where(col(Decision.gate_id).in_(gates), col(Retrait.id).is_(None))
    )
    found: dict[int, list[DecisionDeSiege]] = defaultdict(list)
    for row, mail, delegant in session.exec(query.order_by(col(Decision.id))):
        voice = DecisionDeSiege(siege=row.siege, personne=mail, verdict=Verdict(row.verdict), delegant=delegant or "")
        found[row.gate_id].append(voice)
    return found


def _look(lieu: Lieu, gate: Gate, validation: Validation) -> Attente:
    entree, voices = lieu.entree, list_voices(lieu.session, gate)
    given = load_delegations(lieu.session, [find_id(lieu.dossier)])[find_id(lieu.dossier)]
    powers = in_force(given, validation.gate, paris_day(now()), entree)
    sieges = plan_seats(validation, lieu.referentiel.validation, entree, powers, voices)
    libres = awaited(validation, sieges, voices)
    return Attente(gate, validation, sieges, libres, blocked(validation, sieges), tuple(voices))


def find_standing(session: Session, asked: Collection[int] | Select[Any]) -> dict[int, tuple[int, ...]]:
    """The numbers of the réserves that stand in each of these dossiers that ever had one."""
    ever = (
        select(Gate.dossier_id)
        .join(Decision, col(Decision.gate_id) == Gate.id)
        .where(Decision.verdict == Verdict.RESERVES, col(Gate.dossier_id).in_(asked))
    )
    query = (
        select(Decision, Gate.gate, Gate.dossier_id, Levee.id)
        .join(Gate, col(Gate.id) == Decision.gate_id)
        .outerjoin(Retrait, col(Retrait.decision_id) == Decision.id)
        .outerjoin(Levee, col(Levee.decision_id) == Decision.id)
        .where(col(Gate.dossier_id).in_(ever), col(Retrait.id).is_(None))
    )
    said: dict[int, list[Dite]] = defaultdict(list)
    for row, gate, dossier, levee in session.exec(query.order_by(col(Decision.id))):
        acte, verdict = (row.gate_id, row.person_id), Verdict(row.verdict)
        said[dossier].append(Dite(find_id(row), acte, gate, row.siege, verdict, levee is not None))
    return {dossier: found for dossier, items in said.items() if (found := list_standing(items))}


def load_reserves(session: Session, numbers: Iterable[int]) -> tuple[Reserve, ...]:
    """What these réserves say, in their order, whether they still stand or not."""
    wanted: Sequence[int] = sorted(numbers)
    if not wanted:
        return ()
    query = select(Decision, Gate.gate).join(Gate, col(Gate.id) == Decision.gate_id)
    rows = session.exec(query.where(col(Decision.id).in_(wanted)).order_by(col(Decision.id))).all()
    words = load_words(session, (row.commentaire for row, _ in rows))
    return tuple(
        Reserve(
            numero=find_id(row),
            gate=gate,
            role=row.role,
            le=row.decided_at,
            texte=words.get(row.commentaire) or "",
        )
        for row, gate in rows
    )
