"""Mails to send by hand: drafts (.eml) that open in a mail program, ready, with what goes with them."""

from __future__ import annotations

from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from nr_models.dossier.case import File
from nr_models.dossier.registre import Personne
from tasks.courriers import Courrier
from tasks.pieces import attach


def render_draft(courrier: Courrier, people: Sequence[Personne], joints: Sequence[File] = ()) -> bytes:
    """The draft of a letter to these people, with these files. Same values, same bytes."""
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"  # what makes Outlook open it as a mail to send
    message["To"] = [_address(item) for item in people]
    message["Subject"] = " ".join(courrier.sujet.split())
    message.set_content(courrier.texte, cte="quoted-printable")
    attach(message, joints, courrier.texte)
    return message.as_bytes()


def _address(personne: Personne) -> Address:
    """A name and an address; what the standard library will not take as one goes without its name."""
    user, _, domain = personne.mail.partition("@")
    return Address(" ".join(personne.nom.split()), user, domain)
