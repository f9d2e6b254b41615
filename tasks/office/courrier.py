"""Letters to send by hand, from the templates of ``templates/mails``: the first line is the subject."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from functools import cache
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from nr_models.dossier.case import File
from nr_models.dossier.registre import Personne
from nr_models.values.french import spaced
from nr_models.values.frozen import sha256
from templates import ROOT

_BLANKS = re.compile(r"\n{3,}")


class Courrier(NamedTuple):
    """What a letter says: its subject, one line, and its text."""

    sujet: str
    texte: str


def write_courrier(name: str, **values: object) -> Courrier:
    """The letter of that name, in French typography. Raises ``jinja2.UndefinedError`` when a value lacks."""
    rendered = _environment().get_template(f"{name}.txt.j2").render(**values)
    subject, _, text = spaced(rendered).partition("\n")
    return Courrier(" ".join(subject.split(" ")).strip(), _BLANKS.sub("\n\n", text).strip() + "\n")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(ROOT / "mails"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 - plain text, never a page
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


_OFFICE = "application/vnd.openxmlformats-officedocument"

_TYPES = {
    "csv": "text/csv",
    "docx": f"{_OFFICE}.wordprocessingml.document",
    "ics": "text/calendar",
    "json": "application/json",
    "pdf": "application/pdf",
    "pptx": f"{_OFFICE}.presentationml.presentation",
    "xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    "zip": "application/zip",
}

_ANY = "application/octet-stream"

_BOUNDARY_LENGTH = 32


def attach(message: EmailMessage, files: Sequence[File], seed: str) -> None:
    """Add files to a message; ``seed`` is what the line between its parts is made from, instead of chance."""
    for file in files:
        kind, _, subkind = _TYPES.get(file.nom.rpartition(".")[2], _ANY).partition("/")
        message.add_attachment(file.contenu, maintype=kind, subtype=subkind, filename=file.nom)
    if files:
        message.set_boundary(f"=_{sha256(seed.encode())[:_BOUNDARY_LENGTH]}")


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
