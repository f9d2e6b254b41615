"""Take a person out of the bytes of our own documents: office files, mails, calendars, text, archives in archives.

What does not name them keeps its bytes; what does is written again the same way each time.
"""

from __future__ import annotations

import base64
import io
import re
import unicodedata
import zipfile
from email import message_from_bytes
from email.message import Message
from email.policy import SMTP
from html import unescape
from xml.sax.saxutils import escape

from nr_models.dossier.effacement import Masque
from nr_models.values.noms import SAME
from tasks.people.personnes import load_json, replace_text

_ZIP = b"PK\x03\x04"
_MAIL = re.compile(rb"(?:X-Unsent|To|From|Subject|Date|Message-ID|MIME-Version|Content-Type):", re.IGNORECASE)
_XML = re.compile(r">([^<>]+)<|=\"([^\"]*)\"")
_FOLD = re.compile(r"\r?\n[ \t]")
_LINE_OCTETS = 74  # of a calendar line, its leading blank apart (RFC 5545)
_DEEPEST = 4  # archives in archives: a mail holds a workbook, which may hold one


def redact(content: bytes, masque: Masque, depth: int = 0) -> bytes:
    """The same document without the person; the very bytes where it does not name them, or cannot be read."""
    if content.startswith(_ZIP):
        return _redact_zip(content, masque, depth) if depth < _DEEPEST else content
    if _MAIL.match(content):
        return _redact_mail(content, masque, depth)
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return content
    other = _redact_text(text, masque)
    return content if other == text else other.encode()


def may_name(text: str, masque: Masque) -> bool:
    """False when a text does not name the person: much quicker than to look for them."""
    flat = text.lower()
    if not text.isascii():
        for sign, letters in _OPENED.items():
            flat = flat.replace(sign, letters)
        flat = unicodedata.normalize("NFKD", flat).casefold()
    plain = flat.encode("ascii", "ignore").decode()
    return any(part in (plain if part.isascii() else flat) for part in masque.parts)


_OPENED = {chr(sign): letters for sign, letters in SAME.items() if str(letters).isalpha() and chr(sign).islower()}
"""The letters that are compared as others: looked for one by one, which is quicker than a table."""


def _redact_text(text: str, masque: Masque) -> str:
    start = text.lstrip("\ufeff \t\r\n")
    if start.startswith("<"):
        named = may_name(unescape(text) if "&" in text else text, masque)
        return _XML.sub(lambda found: _redact_node(found, masque), text) if named else text
    if start.startswith("BEGIN:VCALENDAR"):
        whole = _FOLD.sub("", text)
        return _fold(str(masque.replace(whole))) if may_name(whole, masque) else text
    if not may_name(text, masque):
        return text
    body = text.removesuffix("\n")
    if load_json(body) is not None:
        return replace_text(masque, body) + text[len(body) :]
    return str(masque.replace(text))


def _redact_node(found: re.Match[str], masque: Masque) -> str:
    """A text or an attribute of an XML document."""
    written = found[1] if found[1] is not None else found[2]
    said = unescape(written)
    other = str(masque.replace(said))
    if other == said:
        return found[0]
    return found[0].replace(written, escape(other, {'"': "&quot;"}))


def _fold(text: str) -> str:
    """The lines of a calendar, cut again where they are too long."""
    return "\r\n".join("\r\n ".join(_cut(line)) for line in text.replace("\r\n", "\n").split("\n"))


def _cut(line: str) -> list[str]:
    parts, size = [""], 0
    for char in line:
        weight = len(char.encode())
        if size + weight > _LINE_OCTETS:
            parts.append("")
            size = 0
        parts[-1] += char
        size += weight
    return parts


def _redact_zip(content: bytes, masque: Masque, depth: int) -> bytes:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [(item, archive.read(item)) for item in archive.infolist()]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError):
        return content
    fresh = [(_rename(item, masque), redact(inside, masque, depth + 1)) for item, inside in members]
    if all(
        (name, inside) == (item.filename, before) for (name, inside), (item, before) in zip(fresh, members, strict=True)
    ):
        return content
    return _zip([(item, *said) for (item, _), said in zip(members, fresh, strict=True)])


def _rename(item: zipfile.ZipInfo, masque: Masque) -> str:
    return str(masque.replace(item.filename)) if may_name(item.filename, masque) else item.filename


def _zip(members: list[tuple[zipfile.ZipInfo, str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for item, name, content in members:
            entry = zipfile.ZipInfo(name, item.date_time)
            entry.compress_type, entry.external_attr = item.compress_type, item.external_attr
            archive.writestr(entry, content)
    return buffer.getvalue()


def _redact_mail(content: bytes, masque: Masque, depth: int) -> bytes:
    message = message_from_bytes(content, policy=SMTP)
    changed = [_redact_headers(part, masque) | _redact_part(part, masque, depth) for part in message.walk()]
    return message.as_bytes() if any(changed) else content


def _redact_headers(part: Message, masque: Masque) -> bool:
    """The headers of a part, its file's name among them; True when something changed."""
    changed = False
    for name, value in [(name, str(value)) for name, value in part.items()]:
        other = str(masque.replace(value)) if may_name(value, masque) else value
        if other != value:
            part.replace_header(name, other)
            changed = True
    return changed


def _redact_part(part: Message, masque: Masque, depth: int) -> bool:
    content = part.get_payload(decode=True)
    if part.is_multipart() or not isinstance(content, bytes):
        return False
    other = redact(content, masque, depth + 1)
    if other == content:
        return False
    del part["Content-Transfer-Encoding"]
    part["Content-Transfer-Encoding"] = "base64"
    part.set_payload(base64.encodebytes(other).decode())
    return True
