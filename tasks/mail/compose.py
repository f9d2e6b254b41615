"""What every letter shares: whose dossier, how one greets, the files that go with it, the one way to go on."""

from __future__ import annotations

from collections.abc import Mapping

from sqlmodel import Session

from nr_models.dossier.case import File
from nr_models.tables import Dossier, Programme
from tasks.mail.smtp import Lettre
from tasks.office.courrier import write_courrier
from tasks.programme.lieu import Lieu
from tasks.store.files import load_bytes
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace


def find_place(workspace: Workspace, session: Session, dossier_id: int) -> Lieu:
    """The dossier that a letter is about, within the transaction that writes it."""
    dossier = session.get_one(Dossier, dossier_id)
    return Lieu(workspace, session.get_one(Programme, dossier.programme_id), dossier, session)


def compose(template: str, lieu: Lieu, mail: str, command: str, *, page: str = "", **values: object) -> Lettre:
    """A letter to one person about one dossier; ``command`` is what to type where no page is published.

    ``page`` is where they are led, the page of the dossier by default.
    """
    person = lieu.entree.find(mail)
    nom = person.nom if person else ""
    suite = lead(lieu.workspace.settings, page or f"d/{lieu.cle}", command) if command else ""
    said = write_courrier(template, bonjour=greet(nom), collectivite=lieu.dossier.nom, suite=suite, **values)
    return Lettre(mail, nom, said.sujet, said.texte, lieu.programme.slug)


def list_pieces(settings: Settings, digests: Mapping[str, str]) -> tuple[File, ...]:
    """Files of the store to attach, by name. Raises ``FileNotFoundError`` where one is lost."""
    return tuple(_load_piece(settings, nom, digest) for nom, digest in sorted(digests.items()))


def _load_piece(settings: Settings, nom: str, digest: str) -> File:
    content = load_bytes(settings, digest)
    if content is None:  # the mail waits, and says so, rather than leave without what it announces
        raise FileNotFoundError(nom)
    return File(nom, content)


def name_gate(lieu: Lieu, gate: str) -> str:
    """Name of a gate: « le diagnostic »."""
    found = lieu.referentiel.validation.find(gate)
    return found.nom if found else gate


def greet(nom: str) -> str:
    """« Bonjour Anne Martin, »."""
    return f"Bonjour {nom}," if nom else "Bonjour,"


_SAID = ("Tout se lit ici", "Lire et décider ici, en deux minutes (ce lien est à vous seul)")
"""What is said before the address of a page: one to read, or the one that lets this person decide."""


def lead(settings: Settings, page: str, command: str) -> str:
    """The one way to go on: a page where pages are published, else a command for who runs the programme."""
    if settings.public_url:
        return f"Tout se lit ici :\n{settings.public_url.rstrip('/')}/{page}"
    return f"Pour lire et agir, la personne qui tient le logiciel tapera :\n{command}"
