"""What is written to those whose turn it is: a support to fill, all returns in, how a validation ended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlmodel import Session, col, select

from nr_models.dossier.gates import Ouverture, Verdict
from nr_models.dossier.registre import Entree
from nr_models.dossier.retours.suivi import Du
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_GATE, BY_SLUG, STAGES, Stage
from nr_models.tables import Decision, Gate, Person, Retrait
from nr_models.values.dates import french_date
from nr_models.values.french import counted
from nr_models.values.roles import Role
from nr_models.values.text import slugify
from tasks.dossier.acquis.vigueur import find_vigueur
from tasks.dossier.gates import find_attente
from tasks.dossier.rounds import find_round, find_state, list_artefacts, load_envoi
from tasks.mail.compose import compose, find_place, list_pieces, name_gate
from tasks.mail.smtp import Lettre
from tasks.programme.lieu import Lieu
from tasks.returns.suivi import NOMS, list_dus
from tasks.store.workspace import Workspace
from tasks.trail.paroles import load_words

Payload = Mapping[str, Any]


def write_saisie(workspace: Workspace, session: Session, payload: Payload) -> Lettre | None:
    """What a person is to fill at a stage, with the files; None once they gave it, or the stage was closed."""
    lieu, stage, mail = find_place(workspace, session, payload["dossier"]), BY_SLUG[payload["stage"]], payload["mail"]
    owed = [item for item in list_dus(workspace, session, [(lieu.programme, lieu.dossier)]) if _is_awaited(item, stage)]
    own = [item for item in owed if item.personne == mail]
    others = sorted({item.nom for item in owed if item.personne != mail}) if stage.invites else []
    if not own and not others:
        return None
    leader = lieu.entree.leader
    files = _find_supports(lieu, stage, own)
    found = compose(
        "saisie",
        lieu,
        mail,
        "",
        etape=stage.nom,
        attendus=[
            (NOMS.get(item.quoi, item.quoi), french_date(item.echeance) if item.echeance else "") for item in own
        ],
        a_inviter=others,
        combien=counted(len(others), "personne"),
        dossier=stage.folder,
        fichiers=sorted(files),
        referent="" if leader is None or leader.mail == mail else f"{leader.nom} ({leader.mail})",
        place=f"{lieu.programme.slug}/{lieu.dossier.slug}",
    )
    return found._replace(pieces=list_pieces(workspace.settings, files))


def _is_awaited(item: Du, stage: Stage) -> bool:
    return item.stage == stage.slug and item.correction is None


def _find_supports(lieu: Lieu, stage: Stage, owed: Iterable[Du]) -> dict[str, str]:
    """The supports of what a person owes, theirs or the one for everybody, with their SHA-256."""
    made = find_round(lieu, stage.slug, "envoi")
    envoi, sent = load_envoi(made), list_artefacts(lieu.session, made) if made else []
    kept = {item.nom: item.sha256 for item in sent}
    names: set[str] = set()
    for item in owed:
        fit = {one.pour: nom for nom, one in envoi.supports.items() if one.type == item.quoi}
        names |= {nom for nom in (fit.get(slugify(item.personne), fit.get("")),) if nom}
    return {nom: kept[nom] for nom in names & kept.keys()}


def write_complete(workspace: Workspace, session: Session, payload: Payload) -> Lettre | None:
    """All that was asked came; None where a gate awaits this person already, for that mail says it."""
    lieu, stage, mail = find_place(workspace, session, payload["dossier"]), BY_SLUG[payload["stage"]], payload["mail"]
    if find_state(lieu, stage.slug).etat in (Etat.A_VENIR, Etat.REFUSE) or _is_awaited_at_a_gate(lieu, mail):
        return None
    return compose("complet", lieu, mail, f"nr pourquoi {lieu.cle} {stage.slug}", etape=stage.nom)


def _is_awaited_at_a_gate(lieu: Lieu, mail: str) -> bool:
    for gate in BY_GATE:
        attente = find_attente(lieu, gate)
        if attente and any(mail in seat.decideurs for seat in attente.libres):
            return True
    return False


def write_outcome(workspace: Workspace, session: Session, payload: Payload) -> Lettre | None:
    """How a validation ended, who said what; None once every decision of it was taken back."""
    gate = session.get_one(Gate, payload["gate"])
    lieu, stage = find_place(workspace, session, gate.dossier_id), BY_GATE[gate.gate]
    said = list(_list_said(lieu, gate))
    if not said:
        return None
    vigueur = find_vigueur(lieu, stage.slug)
    following = STAGES[stage.numero] if stage.numero < len(STAGES) else None
    return compose(
        f"issue-{Ouverture(payload['issue']).value}",
        lieu,
        payload["mail"],
        f"nr pourquoi {lieu.cle} {stage.slug}",
        validation=name_gate(lieu, gate.gate),
        etape=stage.nom,
        decisions=said,
        suivante=following.nom if following else "",
        en_vigueur=vigueur.en_vigueur.ligne if vigueur and vigueur.en_vigueur else "",
    )


def _list_said(lieu: Lieu, gate: Gate) -> Iterable[dict[str, str]]:
    """Each decision that holds at a gate: who, in which role, what, and in which words."""
    query = (
        select(Decision, Person.mail)
        .join(Person, col(Person.id) == Decision.person_id)
        .outerjoin(Retrait, col(Retrait.decision_id) == Decision.id)
        .where(Decision.gate_id == gate.id, col(Retrait.id).is_(None))
    )
    rows = lieu.session.exec(query.order_by(col(Decision.id))).all()
    words = load_words(lieu.session, (row.commentaire for row, _ in rows))
    for row, mail in rows:
        yield {
            "qui": _name(lieu.entree, mail),
            "role": Role(row.role).nom,
            "verdict": Verdict(row.verdict).nom,
            "texte": words.get(row.commentaire, ""),
            "etape": BY_SLUG[row.etape].nom if row.etape else "",
        }


def _name(entree: Entree, mail: str) -> str:
    return entree.names([mail])[0]
