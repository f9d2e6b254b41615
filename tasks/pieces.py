"""The files that go with a mail: each under its type, whatever the machine knows of types; same files, same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from email.message import EmailMessage

from nr_models.dossier.case import File
from nr_models.values.frozen import sha256

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
