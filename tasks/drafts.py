"""Mails to send by hand: drafts (.eml) that open in a mail program, ready, with what goes with them."""

from __future__ import annotations

from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from nr_models.case import File
from nr_models.registre import Personne
from nr_models.values import sha256
from tasks.courriers import Courrier

_BOUNDARY_LENGTH = 24
_OFFICE = ("application", "vnd.openxmlformats-officedocument")
_KINDS = {
    "ics": ("text", "calendar"),
    "docx": (_OFFICE[0], f"{_OFFICE[1]}.wordprocessingml.document"),
    "xlsx": (_OFFICE[0], f"{_OFFICE[1]}.spreadsheetml.sheet"),
}


def render_draft(courrier: Courrier, people: Sequence[Personne], joints: Sequence[File] = ()) -> bytes:
    """The draft of a letter to these people, with these files (ICS, DOCX, XLSX). Same values, same bytes."""
    message = EmailMessage(policy=SMTP)
    message["X-Unsent"] = "1"  # what makes Outlook open it as a mail to send
    message["To"] = [_address(item) for item in people]
    message["Subject"] = " ".join(courrier.sujet.split())
    message.set_content(courrier.texte, cte="quoted-printable")
    for file in joints:
        kind, subtype = _KINDS[file.nom.rpartition(".")[2]]
        message.add_attachment(file.contenu, maintype=kind, subtype=subtype, filename=file.nom)
    if joints:
        message.set_boundary(f"=_{sha256(courrier.texte.encode())[:_BOUNDARY_LENGTH]}")
    return message.as_bytes()


def _address(personne: Personne) -> Address:
    """A name and an address; what the standard library will not take as one goes without its name."""
    user, _, domain = personne.mail.partition("@")
    return Address(" ".join(personne.nom.split()), user, domain)
