"""Decide at a gate: once, by who may at that instant, and for exactly what they saw.

A decision is one transaction: the gate still open on the same seal, the seat still free, the power to
sit there now, the decision with the digests as seen, the audit event, the next state, and what must follow.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlmodel import Session, col, select

from nr_models.dossier.gates import Ouverture, Siege, Verdict, outcome, seats_of
from nr_models.dossier.journal import Fait
from nr_models.dossier.recit import tell_doubts
from nr_models.dossier.workflow import SIEGE, Acte, Etat, attempt
from nr_models.stages import BY_GATE, BY_SLUG, STAGES
from nr_models.tables import Decision, Gate, Person, Retrait, find_id
from nr_models.values.controle import CODE_CHARS
from nr_models.values.moyens import find_niveau
from tasks.acts.door import Auteur, Code, Scene, SuiteDonnee, play
from tasks.acts.retraits import list_live_decisions
from tasks.acts.seen import check_seen
from tasks.dossier.asking import tell_outcome
from tasks.dossier.gates import Attente, announce, find_attente
from tasks.dossier.pouvoirs import Recents, find_recent, load_recent
from tasks.dossier.rounds import close_gates, expire_later, find_state, move
from tasks.returns.comptes import open_returns, settle_before
from tasks.returns.suivi import tell_to_correct
from tasks.store.clock import now
from tasks.store.outbox import Consigne, enqueue
from tasks.store.workspace import Workspace
from tasks.trail.paroles import find_words


@dataclass(frozen=True)
class Demande:
    """What a person asks at a gate; ``etape`` is the stage that a correction sends back, the gate's own by default."""

    gate: str
    verdict: Verdict
    vu: str
    comment: str
    etape: str


def decide(
    workspace: Workspace,
    name: str,
    gate: str,
    *,
    par: Auteur,
    verdict: Verdict,
    vu: str,
    comment: str,
    etape: str = "",
) -> SuiteDonnee:
    """Record the decision of a person, bound to what they saw; refused with the reason otherwise.

    ``vu`` is the beginning (``CODE_CHARS`` or more) of the seal shown to them; ``identification``
    says how the person was recognised; ``etape`` names the stage to correct, this one or one before it.
    Raises ``Introuvable`` for an unknown dossier.
    """
    demande = Demande(gate, verdict, vu.strip().lower(), comment.strip(), etape)
    if fault := _fault(demande):
        return SuiteDonnee(False, fault)
    return play(
        workspace,
        name,
        lambda scene: _decide(scene, demande),
        par=par,
        content=("decider", gate, verdict, demande.vu, demande.comment, etape),
        after=BY_GATE.get(gate),
    )


def _fault(demande: Demande) -> str | None:
    """What is wrong in the request itself."""
    if demande.verdict.needs_comment and not demande.comment:
        return f"Un commentaire est demandé pour « {demande.verdict.nom} » : dites pourquoi en une phrase."
    if len(demande.vu) < CODE_CHARS:
        return f"Le code de contrôle de ce qui a été vu compte {CODE_CHARS} caractères (« nr etat » le donne)."
    if demande.etape and demande.verdict is not Verdict.CORRIGER:
        return "Une étape ne se nomme que pour demander une correction."
    stage, named = BY_GATE.get(demande.gate), BY_SLUG.get(demande.etape)
    if demande.etape and stage and (named is None or named.numero > stage.numero):
        possible = ", ".join(item.slug for item in STAGES[: stage.numero])
        return f"On peut demander de corriger cette étape ou une d’avant : {possible}."
    return None


def _decide(scene: Scene, demande: Demande) -> SuiteDonnee:
    attente = find_attente(scene, demande.gate)
    if attente is None:
        return _closed(scene, demande)
    if attente.blocage:
        return SuiteDonnee(False, f"Cette validation est bloquée : {attente.blocage}.", Code.FERME)
    if change := check_seen(scene, attente.gate, demande.vu):
        return change
    again, free = _already(scene, attente.gate, demande), seats_of(scene.personne.mail, attente.libres)
    if again and not again.accepted:
        return again
    if not free and (attente.libres or not again):  # no seat left at all: roles changed, what was said is enough
        return again or SuiteDonnee(False, _not_yours(attente, scene.personne.mail), Code.INTERDIT)
    if refusal := _unsure(scene, attente) or _not_sent_back(scene, demande):
        return refusal
    taken: list[int] = []
    recent, warned = load_recent(scene), dict[str, str]()
    while free:  # in an ordered gate the next seat may be the same person's: one request takes both
        warned |= {key: value for siege in free for key, value in _doubts(scene, siege, recent).items()}
        taken += [_record(scene, attente, siege, demande, recent) for siege in free]
        attente = _again(scene, demande)
        free = seats_of(scene.personne.mail, attente.libres)
    reponse = _conclude(scene, attente, demande, taken)
    return replace(reponse, message=f"{reponse.message}{tell_doubts(warned)}")


def _unsure(scene: Scene, attente: Attente) -> SuiteDonnee | None:
    """The refusal of who was not recognised as surely as the gate asks; a means that we do not know opens none."""
    known, least = find_niveau(scene.par.moyen), attente.validation.niveau
    if known is not None and known >= least:
        return None
    return SuiteDonnee(
        False,
        f"Cette validation demande d’être reconnu par {least.nom} au moins : elle se décide dans les pages "
        "(« nr servir »), par le lien que porte le courrier. Un programme peut accepter moins, dans validation.yaml.",
        Code.INTERDIT,
    )


def _again(scene: Scene, demande: Demande) -> Attente:
    attente = find_attente(scene, demande.gate)
    assert attente is not None  # nothing closes it within the transaction but what follows
    return attente


def _closed(scene: Scene, demande: Demande) -> SuiteDonnee:
    """The gate is not open: an identical decision already taken is said again, anything else is refused."""
    row = scene.session.exec(
        select(Decision)
        .join(Gate, col(Gate.id) == Decision.gate_id)
        .join(Person, col(Person.id) == Decision.person_id)
        .outerjoin(Retrait, col(Retrait.decision_id) == Decision.id)
        .where(Gate.dossier_id == scene.dossier.id, Gate.gate == demande.gate, Person.mail == scene.personne.mail)
        .where(col(Retrait.id).is_(None))
        .order_by(col(Decision.id).desc())
    ).first()
    if row and _says(scene.session, row, demande) and row.seal.startswith(demande.vu):
        return SuiteDonnee(True, "Cette décision était déjà enregistrée ; rien n’a été ajouté.", Code.DEJA)
    return SuiteDonnee(
        False,
        f"La validation « {demande.gate} » n’est pas ouverte dans ce dossier (« nr etat » dit ce qui attend).",
        Code.FERME,
    )


def _already(scene: Scene, gate: Gate, demande: Demande) -> SuiteDonnee | None:
    """What this person already decided at this gate, and did not take back."""
    rows = list_live_decisions(scene.session, gate, scene.personne.mail)
    if not rows:
        return None
    if all(_says(scene.session, row, demande) for row in rows):
        return SuiteDonnee(True, "Cette décision était déjà enregistrée ; rien n’a été ajouté.", Code.DEJA)
    return SuiteDonnee(
        False,
        "Vous avez déjà décidé autrement sur ce même document ; votre première décision est gardée. "
        "Pour en changer, retirez-la d’abord (« nr validation retirer »).",
        Code.FERME,
    )


def _says(session: Session, row: Decision, demande: Demande) -> bool:
    """True when a decision already taken says exactly this."""
    same = (row.verdict, row.etape) == (demande.verdict, demande.etape)
    return same and find_words(session, row.commentaire) == demande.comment


def _not_yours(attente: Attente, mail: str) -> str:
    if any(mail in siege.decideurs for siege in attente.sieges):
        first = ", ".join(siege.libelle for siege in attente.libres)
        return f"Ce n’est pas encore votre tour : on attend d’abord {first}."
    roles = ", ".join(siege.libelle for siege in attente.sieges)
    return f"Vous n’avez pas le rôle qu’il faut dans ce dossier ; cette validation revient à : {roles}."


def _not_sent_back(scene: Scene, demande: Demande) -> SuiteDonnee | None:
    """Why the stage before that a correction names cannot be sent back, or None."""
    if not demande.etape or demande.etape == BY_GATE[demande.gate].slug:
        return None
    state = find_state(scene, demande.etape)
    if reasons := attempt(Etat(state.etat), Acte.RENVOYER, {"correction-demandee"}).raisons:
        named = BY_SLUG[demande.etape].nom
        return SuiteDonnee(False, f"L’étape « {named} » ne peut pas être renvoyée : {', '.join(reasons)}.", Code.FERME)
    return None


def _record(scene: Scene, attente: Attente, siege: Siege, demande: Demande, recent: Recents) -> int:
    """Take a seat; returns the number of the decision."""
    gate, delegation = attente.gate, siege.find_delegation(scene.personne.mail)
    said, compte = scene.save_words(demande.comment), scene.save_words(scene.par.compte)
    before = scene.session.exec(
        select(Decision.id).where(Decision.gate_id == gate.id, Decision.siege == siege.role)
    ).all()  # each was taken back, or the seat would not be free
    row = Decision(
        gate_id=find_id(gate),
        person_id=find_id(scene.find_author()),
        siege=siege.role,
        role=siege.tenu_par,
        verdict=demande.verdict,
        identification=scene.par.moyen,
        decided_at=now(),
        seal=gate.seal,
        digests=gate.digests,
        commentaire=said,
        compte=compte,
        rang=len(before),
        etape=demande.etape,
        delegation_id=delegation.id if delegation else None,
    )
    scene.session.add(row)
    scene.session.flush()
    owed = len(tell_to_correct(scene, BY_GATE[gate.gate]))
    scene.record(
        Fait.DECIDE,
        {
            "gate": gate.gate,
            "siege": siege.role,
            "role": siege.tenu_par,
            "verdict": demande.verdict.value,
            "commentaire": said,
            "compte": compte,
            "empreinte": gate.seal,
            "artefacts": sorted(json.loads(gate.digests).values()),
            "registre": scene.dossier.entree_digest,
            **_doubts(scene, siege, recent),
            **({"etape": demande.etape} if demande.etape else {}),
            **({"a_reprendre": owed} if owed else {}),
            **({"delegation": delegation.id} if delegation else {}),
        },
    )
    return find_id(row)


def _doubts(scene: Scene, siege: Siege, recent: Recents) -> dict[str, str]:
    """What the entry of a decision says of the power behind it: a role just given, a registry that was not read."""
    said = {"registre_refus": scene.registre.value if scene.registre else ""}
    said["role_depuis"] = find_recent(siege, scene.personne.mail, recent)
    return {key: value for key, value in said.items() if value}


def _conclude(scene: Scene, attente: Attente, demande: Demande, taken: Sequence[int]) -> SuiteDonnee:
    """Close the gate where the decisions suffice, move the stage, and write what must follow."""
    numbers = "-".join(map(str, taken))
    if taken:
        enqueue(scene.session, Consigne.RECU, f"recu:{taken[0]}", {"decisions": list(taken)})
    result = outcome(attente.validation, attente.sieges, attente.voix)
    said = f"Décision enregistrée : {attente.validation.nom} (verdict : {demande.verdict.nom})."
    if owed := tell_to_correct(scene, BY_GATE[demande.gate]):
        said += f" À reprendre, et qui ne l’est pas encore : {' ; '.join(owed)}."
    if result is Ouverture.OUVERTE:
        announce(scene.session, attente)
        rest = ", ".join(siege.libelle for siege in attente.libres)
        return SuiteDonnee(True, f"{said} On attend encore : {rest}.")
    attente.gate.etat = attente.gate.issue = result
    attente.gate.closed_at = now()
    _move(scene, attente, demande, result)
    tell_outcome(scene, attente.gate, scene.personne.mail, taken)
    scene.resume(f"decision:{numbers or attente.gate.id}")
    return SuiteDonnee(True, said)


def _move(scene: Scene, attente: Attente, demande: Demande, result: Ouverture) -> None:
    stage = BY_GATE[demande.gate]
    named = BY_SLUG.get(demande.etape, stage)
    acte, raison = {
        Ouverture.APPROUVEE: (Acte.APPROUVER, "Validé."),
        Ouverture.A_CORRIGER: (Acte.CORRIGER, f"Correction demandée : {demande.comment}"),
        Ouverture.REFUSEE: (Acte.REFUSER, f"Refusé : {demande.comment}"),
    }[result]
    if result is Ouverture.A_CORRIGER and named is not stage:
        _send_back(scene, attente, demande)
        return
    facts = {"decision-acquise", "motif-ecrit", "reconnaissance-suffisante"}
    moved = move(find_state(scene, stage.slug), acte, facts, raison, {SIEGE})
    assert moved, "the gate was open, so its stage was submitted"
    if result is Ouverture.APPROUVEE:
        settle_before(scene, stage)
    elif result is Ouverture.A_CORRIGER:
        open_returns(scene, stage)


def _send_back(scene: Scene, attente: Attente, demande: Demande) -> None:
    """A correction of a stage before: it is to be corrected, and all that rests on it to be seen again."""
    named = BY_SLUG[demande.etape]
    raison = f"Correction demandée à la validation « {attente.validation.nom} » : {demande.comment}"
    state = find_state(scene, named.slug)
    moved = move(state, Acte.RENVOYER, {"correction-demandee"}, raison)
    assert moved, "it was looked at before anything was written"
    open_returns(scene, named)
    close_gates(scene, named.slug)
    expire_later(scene, named)
