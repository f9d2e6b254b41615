"""Lire chaque octet sous un dossier, archives et courriers ouverts, pour y chercher une personne."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from email import message_from_bytes
from email.policy import default
from pathlib import Path

from nr_models.values.text import fold, slugify


def list_forms(mail: str, nom: str) -> set[str]:
    """Une adresse et un nom, comme on les écrit dans un texte, un nom de fichier, une clé."""
    words = nom.split()
    orders = [words[place:] + words[:place] for place in range(len(words))]
    spelt = {sep.join(order).lower() for order in orders for sep in (" ", "-", "_", ".", "\u00a0")}
    return {mail, slugify(mail), *spelt, *map(fold, spelt)}


def list_traces(root: Path, mail: str, nom: str) -> dict[str, str]:
    """Les fichiers qui nomment encore la personne, par leur chemin, chacun avec l’endroit et la forme trouvés."""
    forms = {form for item in list_forms(mail, nom) for form in (item, _latin(item))}
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root).as_posix()
        parts = _open(name, path.read_bytes()) if path.is_file() else ()
        for place, content in (("nom", name.encode()), *parts):
            text = content.decode("utf-8", "ignore").lower()
            for form in forms:
                if form in text:
                    found[name] = f"{place} : {form}"
    return found


def _latin(text: str) -> str:
    """La même forme comme un JSON en ASCII l’écrit."""
    return text.encode("ascii", "backslashreplace").decode().lower()


def _open(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, content
    if content.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for item in archive.infolist():
                yield f"{name}!", item.filename.encode()
                yield from _open(f"{name}!{item.filename}", archive.read(item))
    elif (
        content[:40]
        .lstrip()
        .startswith((b"X-Unsent:", b"From:", b"To:", b"Subject:", b"Message-ID:", b"MIME-Version:"))
    ):
        message = message_from_bytes(content, policy=default)
        yield f"{name}#", "\n".join(f"{key}: {value}" for key, value in message.items()).encode()
        for part in message.walk():
            yield f"{name}#", str(part.get_filename()).encode()
            payload = part.get_payload(decode=True)
            if isinstance(payload, bytes):
                yield from _open(f"{name}#{part.get_filename()}", payload)
