"""The link of one validation, in the mail that says it waits: looked at, opened by what its page posts, asked afresh.

One person, one asking, until that validation closes or the link's last day. Opening it spends nothing: the phone,
then the computer. It reads what that validation shows, decides and takes back; nothing else.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from sqlmodel import Session

from nr_models.dossier.gates import Ouverture, seats_of
from nr_models.tables import Dossier, Gate, Programme
from nr_models.values.moyens import Moyen
from tasks.dossier.gates import find_attente
from tasks.mail.liens import Lien, find_bearer, is_over, read_gate_token
from tasks.portee.a_decider import find_own
from tasks.portee.reconnaissance.freins import Limite, allow
from tasks.portee.reconnaissance.seances import Ouverte, open_seance
from tasks.programme.lieu import Lieu
from tasks.store.clock import now
from tasks.store.outbox import Consigne, enqueue
from tasks.store.workspace import Workspace


class Situation(StrEnum):
    """What a sound link comes to: it opens, its validation is over, its last day is past, it awaits them no more."""

    OUVERT = "ouvert"
    CLOS = "clos"
    EXPIRE = "expire"
    AUTRE = "autre"


class LienVu(NamedTuple):
    """A link as its page tells it: for whom, about what, what it comes to; ``decide`` once they decided."""

    situation: Situation
    nom: str
    collectivite: str
    validation: str
    cle: str
    gate: str
    decide: bool = False


class _Porteur(NamedTuple):
    lien: Lien
    gate: Gate
    lieu: Lieu
    mail: str


def look_at_link(workspace: Workspace, token: str) -> LienVu | None:
    """What a link is, changing nothing; None for one that we did not write."""
    with workspace.reading() as session:
        found = _find(workspace, session, token)
        return _tell(found) if found else None


def come_in_by_gate(workspace: Workspace, token: str, appareil: str) -> tuple[Ouverte, LienVu] | None:
    """Open the session of a link; None where it opens nothing (any more)."""
    with workspace.writing() as session:
        found = _find(workspace, session, token)
        seen = _tell(found) if found else None
        if found is None or seen is None or seen.situation is not Situation.OUVERT:
            return None
        return open_seance(session, found.mail, Moyen.LIEN, appareil, found.gate), seen


def ask_again(workspace: Workspace, token: str) -> None:
    """Send a fresh link to the same address, where this one is past and its validation still waits for them."""
    with workspace.writing() as session:
        found = _find(workspace, session, token)
        if found is None or _tell(found).situation is not Situation.EXPIRE:
            return
        moment, number = now(), found.gate.id
        if allow(session, workspace.settings, Limite.RENVOI, f"{number}:{found.mail}"):
            said = {"gate": number, "mail": found.mail, "depuis": moment}
            enqueue(session, Consigne.OUVERTURE, f"avis-ouverture:{number}:{found.mail}:{moment}", said)


def _find(workspace: Workspace, session: Session, token: str) -> _Porteur | None:
    lien = read_gate_token(token)
    gate = session.get(Gate, lien.gate) if lien else None
    if lien is None or gate is None:
        return None
    dossier = session.get_one(Dossier, gate.dossier_id)
    lieu = Lieu(workspace, session.get_one(Programme, dossier.programme_id), dossier, session)
    mail = find_bearer(workspace.settings, lien, (item.mail for item in lieu.entree.personnes))
    return _Porteur(lien, gate, lieu, mail) if mail else None


def _tell(found: _Porteur) -> LienVu:
    lieu, gate = found.lieu, found.gate
    validation = lieu.referentiel.validation.find(gate.gate)
    return LienVu(
        situation=_find_situation(found),
        nom=lieu.entree.names([found.mail])[0],
        collectivite=lieu.dossier.nom,
        validation=validation.nom if validation else gate.gate,
        cle=lieu.cle,
        gate=gate.gate,
        decide=find_own(lieu.session, gate, found.mail) is not None,
    )


def _find_situation(found: _Porteur) -> Situation:
    attente = find_attente(found.lieu, found.gate.gate)
    if found.gate.etat != Ouverture.OUVERTE or attente is None or attente.gate.id != found.gate.id:
        return Situation.CLOS
    spoke = any(voice.personne == found.mail for voice in attente.voix)
    if not spoke and not any(seats_of(found.mail, attente.sieges)):
        return Situation.AUTRE
    return Situation.EXPIRE if is_over(found.lien) else Situation.OUVERT
