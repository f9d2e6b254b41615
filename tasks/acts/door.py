"""Acts of people: one door for all of them. Who asks, in what dossier, once, in one transaction.

An act opens the dossier for itself alone, looks at who asks, does all of its effect or nothing, and
remembers under which name it was asked, so that the same request has one effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from sqlmodel import Session, select

from nr_models.dossier.journal import Fait
from nr_models.dossier.registre import Personne
from nr_models.stages import Stage
from nr_models.tables import Dossier, Person, Request
from nr_models.values.frozen import digest
from tasks.dossier.gates import announce_open
from tasks.dossier.preuves import find_forged, say_unproved
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import Prise, RefusRegistre, find_dossier, list_programmes, take_registre
from tasks.store.clock import now
from tasks.store.outbox import Consigne, enqueue
from tasks.store.workspace import Workspace
from tasks.trail import chain
from tasks.trail.paroles import save_words


class Auteur(NamedTuple):
    """Who asks for an act: their address, and how they were recognised.

    ``moyen`` says by what means (the trail repeats it), ``compte`` under which account (kept apart, erasable);
    ``demande`` names the request, so that asked again it has one effect.
    """

    mail: str
    moyen: str
    compte: str
    demande: str = ""


class Code(StrEnum):
    """What an act came to, for machines."""

    ENREGISTRE = "enregistre"
    DEJA = "deja"
    CHANGE = "change"
    FERME = "ferme"
    INTERDIT = "interdit"
    INVALIDE = "invalide"

    @property
    def http(self) -> int:
        """The status of a page that answers so."""
        return _HTTP[self]


_HTTP = {
    Code.ENREGISTRE: 200,
    Code.DEJA: 200,
    Code.CHANGE: 409,
    Code.FERME: 409,
    Code.INTERDIT: 403,
    Code.INVALIDE: 422,
}


class DocumentChange(NamedTuple):
    """A document that is not what was shown: its name, the SHA-256 shown and the one found ("" : none)."""

    nom: str
    vu: str
    trouve: str


@dataclass(frozen=True)
class SuiteDonnee:
    """What an act of a person came to: done or refused, said in French; ``ecarts`` when what was shown has changed."""

    accepted: bool
    message: str
    code: Code = Code.INVALIDE
    ecarts: tuple[DocumentChange, ...] = ()

    def __post_init__(self) -> None:
        """What is done is recorded, unless it says that it already was."""
        if self.accepted and self.code is not Code.DEJA:
            object.__setattr__(self, "code", Code.ENREGISTRE)


@dataclass(frozen=True, kw_only=True)
class Scene(Lieu):
    """A dossier in the transaction of one act, and the person who asks.

    ``registre`` says why the registry in force is not the file that lies there; None where it is.
    """

    personne: Personne
    par: Auteur
    registre: RefusRegistre | None = None

    @property
    def roles(self) -> frozenset[str]:
        """The roles that the registry gives to who asks."""
        return frozenset(role.value for role in self.personne.roles)

    def find_author(self) -> Person:
        """The row of who asks."""
        return chain.find_person(self.session, self.personne.mail, self.personne.nom)

    def save_words(self, texte: str) -> str:
        """Keep what who asks wrote; returns its commitment."""
        return save_words(self.session, self.find_author(), texte)

    def record(self, fait: Fait, donnees: Mapping[str, object]) -> dict[str, Any]:
        """Append an event to the dossier's chain, with who asks and how they were recognised."""
        who = {"par": self.find_author().commitment, "identification": self.par.moyen}
        return chain.append(self.session, self.cle, fait, {**donnees, **who})

    def resume(self, why: str) -> None:
        """Have the dossier advance once this act is kept; ``why`` names the act for ever."""
        enqueue(self.session, Consigne.AVANCER, f"avancer:{self.cle}:{why}", {"dossier": self.cle})


def play(
    workspace: Workspace,
    name: str,
    effect: Callable[[Scene], SuiteDonnee],
    *,
    par: Auteur,
    content: Sequence[object] = (),
    after: Stage | None = None,
    included: bool = False,
) -> SuiteDonnee:
    """Have a person do something to a dossier: all of it in one transaction, or nothing.

    The registry, which gives the power, is looked at first. ``effect`` writes only what it accepts. ``par.demande``
    names the request, ``content`` is what it asks: asked again, the same answers the same; the same name with
    something else is refused. ``after`` names the stage that it is about: nothing is done after a gate that the base
    says passed and the trail does not (``included``: its own gate too). Raises ``Introuvable``.
    """
    mail = par.mail.strip().lower()
    looked = look_at_registre(workspace, name)
    with workspace.writing() as session:
        programme, dossier = find_dossier(session, name)
        session.exec(select(Dossier.id).where(Dossier.id == dossier.id).with_for_update()).one()  # one act at a time
        session.refresh(dossier)
        lieu = Lieu(workspace, programme, dossier, session)
        if looked.change:
            announce_open(lieu)  # to whom the registry just gave a seat
        asked = digest([lieu.cle, mail, *content])
        if par.demande and (known := _answered(session, par.demande, asked)):
            return known
        personne = lieu.entree.find(mail)
        if personne is None:
            return SuiteDonnee(False, f"« {mail} » n’est pas une personne du dossier {lieu.cle}.", Code.INTERDIT)
        if after and (forged := find_forged(lieu, after, included=included)):
            return SuiteDonnee(False, say_unproved(forged), Code.FERME)
        scene = Scene(workspace, programme, dossier, session, personne=personne, par=par, registre=looked.refus)
        reponse = effect(scene)
        if par.demande and reponse.accepted:
            session.add(
                Request(
                    request_id=par.demande,
                    content=asked,
                    code=reponse.code,
                    message=reponse.message,
                    answered_at=now(),
                )
            )
        return reponse


def look_at_registre(workspace: Workspace, name: str) -> Prise:
    """Take in the registry of a dossier where its file moved since: a role holds as the file gives it now."""
    with workspace.reading() as session:
        programme, _ = find_dossier(session, name)
    return take_registre(workspace, programme)


def look_at_registres(workspace: Workspace) -> None:
    """The same for every programme, before an act that concerns them all."""
    with workspace.reading() as session:
        programmes = list_programmes(session)
    for programme in programmes:
        take_registre(workspace, programme)


def _answered(session: Session, request_id: str, asked: str) -> SuiteDonnee | None:
    """The answer already given to a request, or its refusal when it now asks something else."""
    row = session.exec(select(Request).where(Request.request_id == request_id)).first()
    if row is None:
        return None
    if row.content != asked:
        return SuiteDonnee(
            False,
            "Cette demande porte le nom d’une autre, déjà traitée, et demande autre chose. Donnez-lui un autre nom.",
        )
    said = f"Cette demande a déjà été traitée, rien n’est ajouté ; il avait été répondu : {row.message}"
    return SuiteDonnee(True, said, Code.DEJA)
