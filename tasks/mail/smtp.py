"""Mail: a letter as a message that is the same each time it leaves, sent by SMTP or written in a folder.

Without a mail server, a message becomes a file that a référent opens and sends by hand: none is lost.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import NamedTuple

from nr_models.dossier.case import File
from nr_models.values.frozen import sha256
from tasks.office.courrier import attach
from tasks.store.settings import Settings

_TIMEOUT_S = 20
_BLANKS = re.compile(r"[\s\x00-\x1f\x7f]+")
_SENDER_NAME = "Feuille de route Numérique responsable"


class Lettre(NamedTuple):
    """What is written to one person, and the files that go with it.

    ``programme`` is the folder where it is kept when nobody can send it.
    """

    mail: str
    nom: str
    sujet: str
    texte: str
    programme: str
    pieces: tuple[File, ...] = ()


class Refusee(Exception):
    """A message that the server will never take, or that cannot be addressed; the reason is in French."""


def render_message(settings: Settings, lettre: Lettre, key: str, created_at: str) -> EmailMessage:
    """The message of a letter; ``key`` and ``created_at`` (ISO 8601) make its Message-ID and date.

    Nothing a person typed can add a header: blanks of any kind become one space. Raises ``Refusee``.
    """
    message = EmailMessage(policy=SMTP)
    sender = _address(_SENDER_NAME, settings.sender)
    message["From"], message["To"] = sender, _address(lettre.nom, lettre.mail)
    message["Subject"] = _flat(lettre.sujet)
    message["Date"] = format_datetime(datetime.fromisoformat(created_at).astimezone(UTC))
    message["Message-ID"] = f"<{sha256(key.encode())[:32]}@{sender.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(lettre.texte, cte="quoted-printable")
    attach(message, lettre.pieces, key)
    message["Content-Language"] = "fr"  # of the whole message: set before, it would go with its first part
    return message


def send(settings: Settings, message: EmailMessage) -> None:
    """Give a message to the mail server. Raises ``Refusee`` for good, ``OSError`` for now."""
    try:
        with _connect(settings) as server:
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        _refuse(max(codes), error)
    except smtplib.SMTPResponseException as error:
        _refuse(error.smtp_code if isinstance(error, smtplib.SMTPDataError) else 0, error)
    except smtplib.SMTPNotSupportedError as error:
        raise Refusee("le serveur de courrier ne sait pas écrire à cette adresse, ou sans chiffrement") from error


def write_message(settings: Settings, message: EmailMessage, programme: str, created_at: str) -> Path:
    """Keep a message as a draft to open and send by hand; returns its path. Twice the same is one file."""
    message["X-Unsent"] = "1"  # Outlook opens it ready to be sent
    folder = settings.outputs / programme / ".courrier"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{created_at[:10]}-{message['Message-ID'][1:13]}.eml"
    path.write_bytes(message.as_bytes())
    return path


def _connect(settings: Settings) -> smtplib.SMTP:
    context = ssl.create_default_context()
    host, port = settings.smtp_host, settings.smtp_port
    if settings.smtp_tls == "tls":
        return smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT_S, context=context)
    server = smtplib.SMTP(host, port, timeout=_TIMEOUT_S)
    if settings.smtp_tls == "starttls":
        server.starttls(context=context)
    return server


_PERMANENT = 500


def _refuse(code: int, error: smtplib.SMTPException) -> None:
    if code >= _PERMANENT:
        raise Refusee(f"le serveur de courrier refuse ce message ({code})") from error
    raise OSError(f"le serveur de courrier ne prend pas le message maintenant ({type(error).__name__})") from error


def _flat(text: str) -> str:
    return _BLANKS.sub(" ", text).strip()


def _address(nom: str, mail: str) -> Address:
    try:
        return Address(display_name=_flat(nom), addr_spec=mail)
    except (ValueError, IndexError) as error:  # IndexError: an empty address
        raise Refusee(f"« {_flat(mail)} » n’est pas une adresse électronique") from error
