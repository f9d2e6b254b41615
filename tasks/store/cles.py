"""Our own key, with which links are signed: made once beside the database, for its owner only, and said nowhere."""

from __future__ import annotations

import hmac
import os
import secrets
from base64 import urlsafe_b64encode
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from tasks.store.settings import Settings

_KEY_BYTES = 32
_MAC_BYTES = 18
"""144 bits: a link is not guessed, and still fits on a line."""


def sign(settings: Settings, subject: str, *parts: object) -> str:
    """What only we could have written of these parts under that subject: 24 characters that an address takes."""
    return urlsafe_b64encode(_mac(settings, subject, parts)[:_MAC_BYTES]).decode()


def is_signed(settings: Settings, said: str, subject: str, *parts: object) -> bool:
    """True when ``said`` is what we would write; compared in a time that tells nothing."""
    return hmac.compare_digest(said.encode(), sign(settings, subject, *parts).encode())


def draw_code(settings: Settings, subject: str, *parts: object) -> str:
    """Six digits that only we could have drawn."""
    return f"{int.from_bytes(_mac(settings, subject, parts)) % 1_000_000:06d}"


def _mac(settings: Settings, subject: str, parts: tuple[object, ...]) -> bytes:
    message = "\0".join((subject, *map(str, parts))).encode()
    return hmac.digest(_load_key(settings), message, sha256)


def key_path(settings: Settings) -> Path:
    """Where the key is. Lost, every link already sent ends, and nothing else."""
    return settings.outputs / ".cle"


def _load_key(settings: Settings) -> bytes:
    path = key_path(settings)
    if not path.is_file():
        _make(path)
    key = path.read_bytes()
    if len(key) != _KEY_BYTES:
        raise OSError(f"« {path} » ne contient pas une clé de ce logiciel : retirez ce fichier, il sera refait.")
    return key


def _make(path: Path) -> None:
    """Whole or absent, and the first of two that come together is kept."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        stream.write(secrets.token_bytes(_KEY_BYTES))
        stream.flush()
        os.fsync(stream.fileno())
    with suppress(FileExistsError):
        os.link(fresh, path)
    fresh.unlink()
