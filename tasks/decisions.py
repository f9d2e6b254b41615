"""Decide at a gate: once, by who may, and for exactly what they saw.

A decision is one transaction: the gate still open on the same seal, the seat still free, the
decision with the digests as seen, the audit event, the next state.
"""

from __future__ import annotations

import json

from sqlmodel import Session, col, select

from nr_models.gates import Ouverture, Siege, Verdict, awaited, outcome, seats_of
from nr_models.journal import Fait
from nr_models.registre import Personne
from nr_models.stages import BY_GATE
from nr_models.tables import Decision, Dossier, Gate, Person, Programme
from nr_models.workflow import Acte
from tasks import trail
from tasks.acts import Identification, Reponse
from tasks.clock import now
from tasks.gates import Attente, find_attente, list_voices
from tasks.outputs import holds, stage_folder
from tasks.paroles import find_words, save_words
from tasks.programmes import cle, find_dossier, load_entree
from tasks.rounds import find_state, move
from tasks.workspace import Workspace

MIN_SEEN = 12
"""How many hexadecimal digits of an empreinte a person must give."""


def decide(
    workspace: Workspace,
    name: str,
    gate: str,
    *,
    mail: str,
    verdict: Verdict,
    vu: str,
    comment: str,
    identification: Identification,
) -> Reponse:
    """Record the decision of a person, bound to what they saw; refused with the reason otherwise.

    ``vu`` is the beginning (12 digits or more) of the empreinte shown to them; ``identification``
    says how the person was recognised. Raises ``Introuvable`` for an unknown dossier.
    """
    mail, comment, vu = mail.strip().lower(), comment.strip(), vu.strip().lower()
    if fault := _fault(verdict, comment, vu):
        return Reponse(False, fault)
    with workspace.writing() as session:
        programme, dossier = find_dossier(session, name)
        entree = load_entree(dossier)
        person = entree.find(mail)
        if person is None:
            return Reponse(False, f"« {mail} » n’est pas une personne du dossier {cle(programme, dossier)}.")
        attente = find_attente(session, workspace, dossier, gate)
        if attente is None:
            return _closed(session, dossier, gate, mail, verdict, comment, vu)
        refusal = _refusal(workspace, session, programme, dossier, attente, vu)
        if refusal:
            return Reponse(False, refusal)
        again, free = _already(session, attente.gate, mail, verdict, comment), seats_of(mail, attente.libres)
        if again and not again.accepted:
            return again
        if not free and (attente.libres or not again):  # no seat left at all: roles changed, what was said is enough
            return again or Reponse(False, _not_yours(attente, mail))
        while free:  # in an ordered gate the next seat may be the same person's: one request takes both
            for siege in free:
                _record(session, programme, dossier, attente, siege, person, verdict, comment, identification)
            free = seats_of(mail, awaited(attente.validation, attente.sieges, list_voices(session, attente.gate)))
        return _conclude(session, dossier, attente, verdict, comment)


def _fault(verdict: Verdict, comment: str, vu: str) -> str | None:
    if verdict.needs_comment and not comment:
        return f"Un commentaire est demandé pour « {verdict.nom} » : dites pourquoi en une phrase."
    if len(vu) < MIN_SEEN:
        return f"L’empreinte vue doit compter au moins {MIN_SEEN} caractères (« nr status » la donne)."
    return None


def _refusal(
    workspace: Workspace, session: Session, programme: Programme, dossier: Dossier, attente: Attente, vu: str
) -> str | None:
    if attente.blocage:
        return f"Cette validation est bloquée : {attente.blocage}."
    if not attente.gate.seal.startswith(vu):
        return (
            f"Ce que vous avez vu (empreinte {vu[:MIN_SEEN]}) n’est plus ce qui est soumis "
            f"(empreinte {attente.gate.seal[:MIN_SEEN]}). Relisez les documents, puis décidez à nouveau."
        )
    stage = BY_GATE[attente.gate.gate]
    folder = stage_folder(workspace.settings, cle(programme, dossier), stage)
    shown: dict[str, str] = json.loads(attente.gate.digests)
    if not all(holds(folder / name, digest) for name, digest in shown.items()):  # read, whatever their dates say
        return (
            "Un des documents soumis a été modifié ou supprimé depuis qu’il a été produit. "
            "Lancez « nr run » pour le remettre, relisez-le, puis décidez."
        )
    return None


def _closed(
    session: Session, dossier: Dossier, gate: str, mail: str, verdict: Verdict, comment: str, vu: str
) -> Reponse:
    """The gate is not open: an identical decision already taken is said again, anything else is refused."""
    row = session.exec(
        select(Decision)
        .join(Gate, col(Gate.id) == Decision.gate_id)
        .join(Person, col(Person.id) == Decision.person_id)
        .where(Gate.dossier_id == dossier.id, Gate.gate == gate, Person.mail == mail)
        .order_by(col(Decision.id).desc())
    ).first()
    if row and _says(session, row, verdict, comment) and row.seal.startswith(vu):
        return Reponse(True, "Cette décision était déjà enregistrée ; rien n’a été ajouté.")
    return Reponse(
        False, f"La validation « {gate} » n’est pas ouverte dans ce dossier (« nr status » dit ce qui attend)."
    )


def _already(session: Session, gate: Gate, mail: str, verdict: Verdict, comment: str) -> Reponse | None:
    rows = session.exec(
        select(Decision)
        .join(Person, col(Person.id) == Decision.person_id)
        .where(Decision.gate_id == gate.id, Person.mail == mail)
    ).all()
    if not rows:
        return None
    if all(_says(session, row, verdict, comment) for row in rows):
        return Reponse(True, "Cette décision était déjà enregistrée ; rien n’a été ajouté.")
    return Reponse(False, "Vous avez déjà décidé autrement sur ce même document ; votre première décision est gardée.")


def _says(session: Session, row: Decision, verdict: Verdict, comment: str) -> bool:
    """True when a decision already taken says exactly this."""
    return row.verdict == verdict and find_words(session, row.commentaire) == comment


def _not_yours(attente: Attente, mail: str) -> str:
    if any(mail in siege.personnes for siege in attente.sieges):
        first = ", ".join(siege.libelle for siege in attente.libres)
        return f"Ce n’est pas encore votre tour : on attend d’abord {first}."
    roles = ", ".join(siege.libelle for siege in attente.sieges)
    return f"Vous n’avez pas le rôle qu’il faut dans ce dossier ; cette validation revient à : {roles}."


def _record(
    session: Session,
    programme: Programme,
    dossier: Dossier,
    attente: Attente,
    siege: Siege,
    personne: Personne,
    verdict: Verdict,
    comment: str,
    identification: Identification,
) -> None:
    person = trail.find_person(session, personne.mail, personne.nom)
    said, compte = save_words(session, person, comment), save_words(session, person, identification.compte)
    session.add(
        Decision(
            gate_id=attente.gate.id or 0,
            person_id=person.id or 0,
            siege=siege.role,
            role=siege.tenu_par,
            verdict=verdict,
            identification=identification.moyen,
            decided_at=now(),
            seal=attente.gate.seal,
            digests=attente.gate.digests,
            commentaire=said,
            compte=compte,
        )
    )
    session.flush()
    trail.append(
        session,
        cle(programme, dossier),
        Fait.DECIDE,
        {
            "gate": attente.gate.gate,
            "siege": siege.role,
            "role": siege.tenu_par,
            "verdict": verdict.value,
            "par": person.commitment,
            "commentaire": said,
            "identification": identification.moyen,
            "compte": compte,
            "empreinte": attente.gate.seal,
            "artefacts": sorted(json.loads(attente.gate.digests).values()),
        },
    )


def _conclude(session: Session, dossier: Dossier, attente: Attente, verdict: Verdict, comment: str) -> Reponse:
    """Close the gate where the decisions suffice, and move the stage."""
    stage = BY_GATE[attente.gate.gate]
    voices = list_voices(session, attente.gate)
    result = outcome(attente.validation, attente.sieges, voices)
    said = f"Décision enregistrée : {attente.validation.nom}, {verdict.nom}."
    if result is Ouverture.OUVERTE:
        rest = ", ".join(siege.libelle for siege in awaited(attente.validation, attente.sieges, voices))
        return Reponse(True, f"{said} On attend encore : {rest}.")
    attente.gate.etat, attente.gate.closed_at = result, now()
    acte, raison = {
        Ouverture.APPROUVEE: (Acte.APPROUVER, "Validé."),
        Ouverture.A_CORRIGER: (Acte.CORRIGER, f"Correction demandée : {comment}"),
        Ouverture.REFUSEE: (Acte.REFUSER, f"Refusé : {comment}"),
    }[result]
    moved = move(
        find_state(session, dossier, stage.slug), acte, {"role-tenu", "decision-acquise", "motif-ecrit"}, raison
    )
    assert moved, "the gate was open, so its stage was submitted"
    return Reponse(True, said)
