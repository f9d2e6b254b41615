"""What a recognised person may see and do: pages get everything from here, and nothing from anywhere else.

What is somebody else's and what does not exist are answered alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import NamedTuple

from sqlmodel import Session

from nr_models.dossier.delegation import Delegation
from nr_models.dossier.gates import Verdict
from nr_models.dossier.registre import Personne
from nr_models.dossier.workflow import Acte, entitled
from nr_models.stages import BY_GATE, BY_SLUG
from nr_models.tables import Decision, Gate
from nr_models.values.moyens import Niveau
from tasks.acts.avis import give_avis
from tasks.acts.decisions import decide
from tasks.acts.delegations import delegate
from tasks.acts.door import Auteur, SuiteDonnee
from tasks.acts.retraits import withdraw
from tasks.dossier.acquis.vigueur import find_vigueur
from tasks.dossier.detail import Document, find_place, list_etapes
from tasks.people.acces import export_person
from tasks.portee.a_decider import ADecider, find_gate, list_shown, load_a_decider, may_see
from tasks.portee.afaire import Accueil, load_accueil
from tasks.portee.delegable import Delegable, load_delegable
from tasks.portee.fiche_dossier import FicheDossier, load_fiche
from tasks.portee.lecture import Lisant, find_reader, is_for, list_readable
from tasks.portee.noms import find_name
from tasks.portee.reconnaissance.seances import Reconnu
from tasks.portee.recus import Recu, find_last, find_receipt
from tasks.portee.tableau import TableauVu, load_tableau
from tasks.programme.lieu import Lieu
from tasks.store.files import load_bytes
from tasks.store.workspace import Workspace


class Inconnu(Exception):
    """What does not exist, or is not theirs; the message says so in French, and not which."""

    def __init__(self, message: str = "Cette page n’existe pas, ou n’est pas à vous.") -> None:
        super().__init__(message)


class Perdu(Exception):
    """A document that the store lost or altered: it is given to nobody."""


class DocumentDonne(NamedTuple):
    """The bytes of a document, and the name under which it is saved."""

    nom: str
    octets: bytes


_RECONNU = {
    Niveau.COMMANDE: "Reconnu à la ligne de commande :",
    Niveau.COURRIER: "Reconnu par un courrier envoyé à",
    Niveau.COMPTE: "Reconnu par le compte de",
    Niveau.COMPTE_FORT: "Reconnu par le compte, vérifié en deux temps, de",
}


@dataclass(frozen=True)
class Portee:
    """One recognised person before our data."""

    workspace: Workspace
    qui: Reconnu

    @property
    def is_narrow(self) -> bool:
        """True where they came by the link of one validation: nothing else is open to them."""
        return self.qui.gate is not None

    @property
    def nom(self) -> str:
        """Their name, as the registry writes it; their address where it says none."""
        with self.workspace.reading() as session:
            return find_name(session, self.qui.mail)

    def tell_how(self) -> str:
        """How they were recognised, at the foot of what they read."""
        return f"{_RECONNU[self.qui.moyen.niveau]} {self.qui.mail}."

    def load_accueil(self) -> Accueil:
        """What awaits them, and their dossiers."""
        with self.workspace.reading() as session:
            return load_accueil(self.workspace, session, self.qui.mail)

    def load_board(self, slug: str) -> TableauVu:
        """The board of a programme that they lead. Raises ``Inconnu``."""
        with self.workspace.reading() as session:
            found = None if self.is_narrow else load_tableau(self.workspace, session, slug, self.qui.mail)
        if found is None:
            raise Inconnu
        return found

    def load_dossier(self, programme: str, slug: str) -> FicheDossier:
        """A dossier of theirs. Raises ``Inconnu``."""
        with self._dossier(programme, slug) as (lieu, personne):
            return load_fiche(lieu, find_reader(lieu, personne))

    def load_document(self, programme: str, slug: str, stage: str, nom: str) -> DocumentDonne:
        """A document that they may read. Raises ``Inconnu``, or ``Perdu``."""
        with self._dossier(programme, slug, stage=stage) as (lieu, personne):
            lecteur = find_reader(lieu, personne)
            found = next((item for item in self._list_documents(lieu, lecteur, stage) if item.nom == nom), None)
            if found is None:
                raise Inconnu("Ce document n’existe pas, ou n’est pas à vous.")
            return DocumentDonne(f"{lieu.dossier.slug}-{found.nom}", self._load(found.sha256))

    def load_in_force(self, programme: str, slug: str, stage: str, nom: str) -> DocumentDonne:
        """A document of what was approved last of a stage, while another version is prepared. Raises as above."""
        with self._dossier(programme, slug) as (lieu, personne):
            vigueur = find_vigueur(lieu, stage) if stage in BY_SLUG else None
            acquis = vigueur.en_vigueur.documents if vigueur and vigueur.en_vigueur else ()
            found = next((item for item in acquis if item.nom == nom), None)
            audience = BY_SLUG[stage].find_audience(nom) if stage in BY_SLUG else None
            if found is None or audience is None or not is_for(audience, find_reader(lieu, personne)):
                raise Inconnu
            return DocumentDonne(f"{lieu.dossier.slug}-{nom}", self._load(found.sha256))

    def _load(self, digest: str) -> bytes:
        content = load_bytes(self.workspace.settings, digest)
        if content is None:
            raise Perdu
        return content

    def _list_documents(self, lieu: Lieu, lecteur: Lisant, stage: str) -> Iterator[Document]:
        """The documents of a stage that they may read: those that a gate shows them, then those of the dossier."""
        if self.qui.gate is not None:
            yield from _of(stage, list_shown(lieu, lieu.session.get_one(Gate, self.qui.gate), lecteur))
            return
        gate = find_gate(lieu, BY_SLUG[stage].gate or "") if stage in BY_SLUG else None
        if gate is not None and may_see(lieu, gate, lecteur):
            yield from _of(stage, list_shown(lieu, gate, lecteur))
        for etape in list_etapes(lieu):
            yield from _of(stage, list_readable(lieu, etape, lecteur))

    def load_validation(self, programme: str, slug: str, gate: str) -> ADecider:
        """A validation as they see it. Raises ``Inconnu``."""
        with self._dossier(programme, slug, gate=gate) as (lieu, personne):
            row = find_gate(lieu, gate) if gate in BY_GATE else None
            lecteur = find_reader(lieu, personne)
            if row is None or not (self.is_narrow or may_see(lieu, row, lecteur)):
                raise Inconnu
            return load_a_decider(lieu, row, lecteur)

    def load_receipt(self, programme: str, slug: str, number: int) -> Recu:
        """A decision of theirs. Raises ``Inconnu``."""
        with self._dossier(programme, slug, decision=number) as (lieu, _):
            found = find_receipt(lieu, number, self.qui.mail)
            if found is None:
                raise Inconnu
            return found

    def decide(
        self, key: str, gate: str, verdict: Verdict, *, vu: str, motif: str, etape: str, demande: str
    ) -> SuiteDonnee:
        """Decide at a gate. Raises ``Introuvable``."""
        return decide(
            self.workspace,
            key,
            gate,
            par=self._author(demande),
            verdict=verdict,
            vu=vu,
            comment=motif,
            etape=etape if verdict is Verdict.CORRIGER else "",
        )

    def withdraw(self, key: str, gate: str, *, motif: str, demande: str) -> SuiteDonnee:
        """Take back their decision."""
        return withdraw(self.workspace, key, gate, par=self._author(demande), comment=motif)

    def give_avis(self, key: str, gate: str, *, texte: str, demande: str) -> SuiteDonnee:
        """Give an opinion before a decision."""
        return give_avis(self.workspace, key, gate, par=self._author(demande), texte=texte)

    def delegate(self, key: str, wanted: Delegation, arrete: str, demande: str) -> SuiteDonnee:
        """Give a role of theirs to somebody else of the dossier, for a time; ``wanted`` says which, to whom, when."""
        return delegate(
            self.workspace,
            key,
            par=self._author(demande),
            to=wanted.delegataire,
            role=wanted.role,
            du=wanted.du,
            au=wanted.au,
            arrete=arrete,
            validations=wanted.validations,
        )

    def export_own(self) -> bytes:
        """Everything held about them, as JSON; the trail says that it was given."""
        return export_person(self.workspace, self.qui.mail, par=self._author(""), archive=False)

    def load_delegable(self, programme: str, slug: str) -> Delegable:
        """What they may delegate in a dossier, and to whom. Raises ``Inconnu`` where the table lets them not."""
        with self._dossier(programme, slug) as (lieu, personne):
            if not entitled(Acte.DELEGUER, (role.value for role in personne.roles)):
                raise Inconnu
            return load_delegable(lieu, personne)

    def find_decision(self, programme: str, slug: str, gate: str) -> int | None:
        """The number of their last decision at a gate that they did not take back; None without any."""
        with self._dossier(programme, slug, gate=gate) as (lieu, _):
            return find_last(lieu, gate, self.qui.mail)

    def _author(self, demande: str) -> Auteur:
        return Auteur(self.qui.mail, self.qui.moyen.value, f"séance n° {self.qui.seance}", demande)

    @contextmanager
    def _dossier(
        self, programme: str, slug: str, *, gate: str = "", stage: str = "", decision: int = 0
    ) -> Iterator[tuple[Lieu, Personne]]:
        """A dossier of theirs at one moment, and they in it; of a link's session, only what its validation shows."""
        with self.workspace.reading() as session:
            found = find_place(session, programme, slug)
            lieu = Lieu(self.workspace, *found, session) if found else None
            personne = lieu.entree.find(self.qui.mail) if lieu else None
            if lieu is None or personne is None or not self._is_open(session, lieu, gate, stage, decision):
                raise Inconnu
            yield lieu, personne

    def _is_open(self, session: Session, lieu: Lieu, gate: str, stage: str, decision: int) -> bool:
        if self.qui.gate is None:
            return True
        own = session.get(Gate, self.qui.gate)
        if own is None or own.dossier_id != lieu.dossier.id:
            return False
        taken = session.get(Decision, decision) if decision else None
        shown = {item.slug for item in BY_GATE[own.gate].under_gate}
        return gate == own.gate or stage in shown or (taken is not None and taken.gate_id == own.id)


def _of(stage: str, documents: Iterable[Document]) -> Iterator[Document]:
    """Those of one stage: two stages have files of the same name."""
    return (item for item in documents if item.stage == stage)
