"""Gates in our database: open one on what is shown, and say what it waits for."""

from __future__ import annotations

from typing import NamedTuple

from sqlmodel import Session, col, select

from nr_models.gates import Ouverture, Siege, Verdict, Voix, awaited, blocked, plan_seats
from nr_models.journal import Fait
from nr_models.referentiel import Validation
from nr_models.stages import BY_GATE
from nr_models.stages import Stage as StageDef
from nr_models.tables import Decision, Dossier, Gate, Person, Programme
from nr_models.values import canonical
from nr_models.workflow import Acte, Etat
from tasks import trail
from tasks.clock import now
from tasks.programmes import cle, load_entree, load_kept_referentiel
from tasks.rounds import find_round, find_state, list_artefacts, move
from tasks.workspace import Workspace


class Attente(NamedTuple):
    """What an open gate waits for."""

    gate: Gate
    validation: Validation
    sieges: tuple[Siege, ...]
    libres: tuple[Siege, ...]
    blocage: str | None


def open_gate(workspace: Workspace, programme: Programme, dossier: Dossier, stage: StageDef) -> bool:
    """Submit the current round of a stage to its gate, where the table lets it; True when it moved."""
    validation = load_kept_referentiel(workspace, dossier).validation.find(stage.gate or "")
    with workspace.writing() as session:
        state, made = find_state(session, dossier, stage.slug), find_round(session, dossier, stage.slug, "resultat")
        if validation is None or made is None:
            return False
        before = session.exec(select(Gate).where(Gate.round_id == made.id).order_by(col(Gate.asking).desc())).first()
        if not move(state, Acte.SOUMETTRE, {"amont-acquis", "validation-prevue"}, f"À valider : {validation.nom}."):
            return False
        if before is not None and before.etat == Ouverture.OUVERTE:
            return True  # asked already, of the same bytes: what was decided on it stands
        digests = {item.nom: item.sha256 for item in list_artefacts(session, made)}
        session.add(
            Gate(
                dossier_id=dossier.id or 0,
                round_id=made.id or 0,
                gate=validation.gate,
                asking=before.asking + 1 if before else 1,
                etat=Ouverture.OUVERTE,
                seal=made.seal,
                digests=canonical(digests),
                opened_at=now(),
            )
        )
        trail.append(
            session,
            cle(programme, dossier),
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
        return True


def find_attente(session: Session, workspace: Workspace, dossier: Dossier, gate: str) -> Attente | None:
    """What an open gate of a dossier waits for, or None when it is not open."""
    referentiel = load_kept_referentiel(workspace, dossier)
    validation, stage = referentiel.validation.find(gate), BY_GATE.get(gate)
    if validation is None or stage is None or find_state(session, dossier, stage.slug).etat != Etat.SOUMIS:
        return None
    query = select(Gate).where(Gate.dossier_id == dossier.id, Gate.gate == gate, Gate.etat == Ouverture.OUVERTE)
    found = session.exec(query.with_for_update()).first()
    if found is None:
        return None
    sieges = plan_seats(validation, referentiel.validation, load_entree(dossier))
    libres = awaited(validation, sieges, list_voices(session, found))
    return Attente(found, validation, sieges, libres, blocked(sieges))


def list_voices(session: Session, gate: Gate) -> list[Voix]:
    """The decisions taken at a gate."""
    rows = session.exec(
        select(Decision, Person)
        .where(Decision.gate_id == gate.id, Decision.person_id == Person.id)
        .order_by(col(Decision.id))
    )
    return [Voix(siege=row.siege, personne=person.mail, verdict=Verdict(row.verdict)) for row, person in rows]
