"""What each mail says: the values of our database, put in the words of ``templates/mails``.

One link a mail: the page of the dossier where pages are
published (NR_PUBLIC_URL), else the command to type. A letter that has lost its reason is not sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlmodel import Session, col, select

from nr_models.dossier.gates import Verdict
from nr_models.dossier.journal import Fait
from nr_models.dossier.recit import tell_doubts
from nr_models.dossier.relance import find_echeance, is_late
from nr_models.dossier.workflow import MENEURS
from nr_models.inventaire.refresh import Difference, EtatCandidat, describe, list_exceeded
from nr_models.stages import BY_GATE, BY_SLUG, Stage
from nr_models.tables import (
    Candidate,
    Decision,
    Delegation,
    Diffusion,
    Event,
    Gate,
    Outbox,
    Person,
    Programme,
    Revocation,
    Round,
)
from nr_models.values.anomalies import list_lines, summarise
from nr_models.values.controle import show_code
from nr_models.values.dates import french_date
from nr_models.values.days import paris_day
from nr_models.values.french import french_instant, listing
from nr_models.values.roles import Role
from tasks.dossier.acquis.changements import find_changes
from tasks.dossier.acquis.vigueur import find_vigueur
from tasks.dossier.anomalies import list_under_gate
from tasks.dossier.gates import Attente, find_attente
from tasks.dossier.making import RESULT_FILE
from tasks.dossier.standing import load_standing
from tasks.mail.arrivees import write_appareil, write_entree
from tasks.mail.compose import compose, find_place, greet, lead, list_pieces, name_gate
from tasks.mail.digest import build_digest
from tasks.mail.liens import write_gate_token
from tasks.mail.smtp import Lettre
from tasks.mail.turns import write_complete, write_outcome, write_saisie
from tasks.office.courrier import write_courrier
from tasks.programme.lieu import Lieu
from tasks.returns.comptes import list_tardifs
from tasks.returns.suivi import tell_to_correct
from tasks.store.clock import now
from tasks.store.outbox import Consigne, load_payload
from tasks.store.workspace import Workspace

_FAULTS = 20
"""Lines of what was found wrong in a mail; the command that explains a stage tells them all."""
Payload = Mapping[str, Any]


def write_letter(workspace: Workspace, session: Session, row: Outbox) -> Lettre | None:
    """The letter that a row of the outbox asks for; None when it has lost its reason."""
    return LETTERS[Consigne(row.kind)](workspace, session, load_payload(row))


def _receipt(workspace: Workspace, session: Session, payload: Payload) -> Lettre | None:
    """What a person decided, on what, and where it stands in the trail: the head that leaves the database."""
    taken = [session.get_one(Decision, number) for number in payload["decisions"]]  # a seat each, in one act
    decision = taken[0]
    person, gate = session.get_one(Person, decision.person_id), session.get_one(Gate, decision.gate_id)
    if "@" not in person.mail:
        return None  # erased since
    lieu = find_place(workspace, session, gate.dossier_id)
    entries = [_find_entry(lieu, item, person) for item in taken]
    return compose(
        "recu",
        lieu,
        person.mail,
        f"nr pourquoi {lieu.cle} {BY_GATE[gate.gate].slug}",
        validation=name_gate(lieu, gate.gate),
        cle=lieu.cle,
        instant=french_instant(decision.decided_at),
        roles=listing(Role(item.role).nom for item in taken),
        verdict=Verdict(decision.verdict).nom,
        code=show_code(decision.seal),
        sceau=decision.seal,
        entrees=listing(str(entry["n"]) for entry in entries),
        plusieurs=len(entries) > 1,
        tete=entries[-1]["hash"],
        a_reprendre=entries[-1]["donnees"].get("a_reprendre", 0),
        doutes=list(dict.fromkeys(said.strip() for item in entries if (said := tell_doubts(item["donnees"])))),
    )


def _find_entry(lieu: Lieu, decision: Decision, person: Person) -> Payload:
    """The entry of the trail that records a decision: both are written together, so they stand in the same order."""
    same = select(Decision.id).join(Gate, col(Gate.id) == Decision.gate_id).where(Gate.dossier_id == lieu.dossier.id)
    same = same.where(Decision.person_id == person.id, Decision.siege == decision.siege, Decision.seal == decision.seal)
    rank = lieu.session.exec(same.order_by(col(Decision.id))).all().index(decision.id)
    query = select(Event.body).where(Event.chain == lieu.cle, col(Event.body).contains(decision.seal))
    entries: list[Payload] = [json.loads(body) for body in lieu.session.exec(query.order_by(col(Event.n)))]
    said = (person.commitment, decision.siege, decision.seal)
    return [item for item in entries if item["fait"] == Fait.DECIDE and _key(item["donnees"]) == said][rank]


def _key(donnees: Payload) -> tuple[str, str, str]:
    return donnees["par"], donnees["siege"], donnees["empreinte"]


def _opening(workspace: Workspace, session: Session, payload: Payload) -> Lettre | None:
    """A gate waits for this person."""
    return _awaited(workspace, session, payload, "avis-ouverture")


def _reminder(workspace: Workspace, session: Session, payload: Payload) -> Lettre | None:
    """A gate still waits for this person; or, to those whom an escalation tells, for others."""
    return _awaited(workspace, session, payload, "escalade" if payload["escalade"] else "relance")


def _awaited(workspace: Workspace, session: Session, payload: Payload, template: str) -> Lettre | None:
    gate = session.get_one(Gate, payload["gate"])
    lieu = find_place(workspace, session, gate.dossier_id)
    attente = find_attente(lieu.within(session), gate.gate)
    if attente is None or attente.gate.id != gate.id:
        return None
    mail, days = payload["mail"], attente.validation.jours_ouvres
    titles = [seat.libelle for seat in attente.libres if mail in seat.decideurs]
    if not titles and template != "escalade":
        return None  # they decided since, or no longer hold the role
    shown = _list_shown(gate) if titles else {}
    token = write_gate_token(workspace.settings, gate, mail, since=payload.get("depuis", ""))
    found = compose(
        template,
        lieu,
        mail,
        f"nr validation decider {lieu.cle} {gate.gate}",
        page=f"v/{token}" if titles else "",
        validation=attente.validation.nom,
        role=", ".join(titles),
        depuis=french_date(paris_day(gate.opened_at)),
        echeance=french_date(find_echeance(gate.opened_at, days)),
        retard=is_late(gate.opened_at, days, now()),
        attendus=_names(lieu, attente),
        documents=sorted(shown),
        a_reprendre=tell_to_correct(lieu.within(session), BY_GATE[gate.gate]),
        **_tell_acquis(lieu, BY_GATE[gate.gate]),
        **_tell_faults(lieu, BY_GATE[gate.gate], mail),
    )
    return found._replace(pieces=list_pieces(workspace.settings, shown))


def _list_shown(gate: Gate) -> dict[str, str]:
    """The documents that a person decides on, with their SHA-256: what a gate shows, less what no page serves."""
    stage = BY_GATE[gate.gate]
    shown = json.loads(gate.digests).items()
    return {nom: digest for nom, digest in shown if nom != RESULT_FILE and not stage.hides(nom)}


def _tell_acquis(lieu: Lieu, stage: Stage) -> dict[str, object]:
    """What is in force of a stage that is to be validated again, and what changed since it was decided on last."""
    vigueur, changes = find_vigueur(lieu, stage.slug), find_changes(lieu, stage)
    return {
        "en_vigueur": vigueur.en_vigueur.ligne if vigueur and vigueur.en_vigueur else "",
        "depuis_quoi": changes.titre if changes else "",
        "changements": changes.dites if changes else (),
    }


def _tell_faults(lieu: Lieu, stage: Stage, mail: str) -> dict[str, object]:
    """What was found wrong in what the gate rests on; line by line to who leads the dossier, else in a word."""
    person, found = lieu.entree.find(mail), list_under_gate(lieu, load_standing(lieu), stage)
    leads = person is not None and any(role.value in MENEURS for role in person.roles)
    return {"releve": summarise(found), "anomalies": list(list_lines(found, _FAULTS)) if leads else []}


def _names(lieu: Lieu, attente: Attente) -> str:
    """« Anne Martin (direction générale) », or why nobody can be awaited."""
    entree = lieu.entree
    people = [
        f"{person.nom if (person := entree.find(mail)) else mail} ({seat.libelle})"
        for seat in attente.libres
        for mail in seat.decideurs
    ]
    return ", ".join(people) or attente.blocage or "personne"


def _delegation(workspace: Workspace, session: Session, payload: Payload) -> Lettre | None:
    """Somebody delegated a role to this person; nothing once it has ended, by its day or by a revocation."""
    row = session.get_one(Delegation, payload["delegation"])
    ended = session.exec(select(Revocation.id).where(Revocation.delegation_id == row.id)).first()
    if ended is not None or paris_day(now()) > date.fromisoformat(row.au):
        return None
    return _delegated(workspace, session, payload, "delegation")


def _delegation_end(workspace: Workspace, session: Session, payload: Payload) -> Lettre | None:
    """A delegation was ended before its day."""
    return _delegated(workspace, session, payload, "delegation-fin")


def _delegated(workspace: Workspace, session: Session, payload: Payload, template: str) -> Lettre | None:
    row = session.get_one(Delegation, payload["delegation"])
    lieu = find_place(workspace, session, row.dossier_id)
    gates = [name_gate(lieu, gate) for gate in json.loads(row.validations)]
    return compose(
        template,
        lieu,
        payload["mail"],
        f"nr etat {lieu.programme.slug}",
        role=Role(row.role).nom,
        du=french_date(date.fromisoformat(row.du)),
        au=french_date(date.fromisoformat(row.au)),
        portee=f", sur {', '.join(gates)} seulement" if gates else "",
    )


def _diffusion(workspace: Workspace, session: Session, payload: Payload) -> Lettre | None:
    """Documents sent to a person, the very bytes that were diffused. Raises ``FileNotFoundError`` where one is lost."""
    row = session.get_one(Diffusion, payload["diffusion"])
    lieu, stage = find_place(workspace, session, row.dossier_id), BY_SLUG[session.get_one(Round, row.round_id).stage]
    digests: dict[str, str] = json.loads(row.digests)
    found = compose(
        "diffusion",
        lieu,
        payload["mail"],
        f"nr montrer {lieu.cle} {stage.slug}",
        etape=stage.nom,
        documents=sorted(digests.items()),
    )
    return found._replace(pieces=list_pieces(workspace.settings, digests))


def _digest(workspace: Workspace, session: Session, payload: Payload) -> Lettre | None:
    """The week of a programme, to one of its team."""
    programme = session.exec(select(Programme).where(Programme.slug == payload["programme"])).first()
    if programme is None:
        return None
    total, lignes = build_digest(workspace, session, programme)
    slug, settings = programme.slug, workspace.settings
    said = write_courrier(
        "resume",
        programme=slug,
        bonjour=greet(""),
        total=total,
        lignes=lignes,
        suite=lead(settings, f"p/{slug}", f"nr etat {slug}"),
    )
    return Lettre(payload["mail"], "", said.sujet, said.texte, slug)


def _returns(_workspace: Workspace, _session: Session, payload: Payload) -> Lettre | None:
    """What a person still owes, all of it in one mail: written when it was decided."""
    return Lettre(payload["mail"], payload["nom"], payload["sujet"], payload["texte"], payload["programme"])


def _refreshed(workspace: Workspace, session: Session, payload: Payload) -> Lettre | None:
    """An inventory was read again at its source: it waits for an accord, or came into force by itself."""
    candidate = session.get_one(Candidate, payload["candidate"])
    etat = EtatCandidat(candidate.etat)
    if etat not in (EtatCandidat.CANDIDAT, EtatCandidat.EN_VIGUEUR) or candidate.person_id is not None:
        return None  # a later one took its place, or somebody accepted it since
    lieu = find_place(workspace, session, candidate.dossier_id)
    difference = Difference.model_validate_json(candidate.difference)
    beyond = list_exceeded(difference, lieu.referentiel.parametres.inventaire)
    return compose(
        "releve",
        lieu,
        payload["mail"],
        f"nr inventaire montrer {lieu.cle}",
        ecart=describe(difference),
        attend=etat is EtatCandidat.CANDIDAT,
        depassements=[f"{item.quoi} : {item.vu}, pour un seuil de {item.seuil}" for item in beyond],
        disparus=difference.disparus,
    )


def _late(workspace: Workspace, session: Session, payload: Payload) -> Lettre | None:
    """Something came, changed or went after its stage was closed or validated, and nobody said what of it."""
    lieu = find_place(workspace, session, payload["dossier"])
    late = list_tardifs(lieu)
    if not late:
        return None  # somebody decided of it since, or it is as it was
    lines = [f"{BY_SLUG[item.stage].nom} : {item.path} ({item.nature.nom})" for item in late]
    return compose("apres-coup", lieu, payload["mail"], f"nr retours lister {lieu.cle}", fichiers=lines)


LETTERS: dict[Consigne, Callable[[Workspace, Session, Payload], Lettre | None]] = {
    Consigne.RECU: _receipt,
    Consigne.OUVERTURE: _opening,
    Consigne.RELANCE: _reminder,
    Consigne.SAISIE: write_saisie,
    Consigne.COMPLET: write_complete,
    Consigne.ISSUE: write_outcome,
    Consigne.DELEGATION: _delegation,
    Consigne.DELEGATION_FIN: _delegation_end,
    Consigne.DIFFUSION: _diffusion,
    Consigne.RETOURS: _returns,
    Consigne.RELEVE: _refreshed,
    Consigne.APRES_COUP: _late,
    Consigne.RESUME: _digest,
    Consigne.ENTREE: write_entree,
    Consigne.APPAREIL: write_appareil,
}
"""Each kind of mail of the outbox, and what writes it."""
