"""Where bytes lie: the content-addressed store, and the folder that people open."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from nr_models.dossier.case import File
from nr_models.stages import Stage
from nr_models.tables import Artefact
from nr_models.values.frozen import sha256
from tasks.store.settings import Settings


def stage_folder(settings: Settings, cle: str, stage: Stage) -> Path:
    """``outputs/<programme>/<slug>/<n>-<stage>``."""
    return settings.outputs / cle / stage.folder


def store_path(settings: Settings, digest: str) -> Path:
    """Where the bytes of that SHA-256 lie."""
    return settings.store / digest[:2] / digest


def save_bytes(settings: Settings, content: bytes) -> str:
    """Put bytes in the store for ever; returns their SHA-256. Twice the same: once on disk."""
    digest = sha256(content)
    path = store_path(settings, digest)
    if not holds(path, digest):
        _write(path, content)
    return digest


def load_bytes(settings: Settings, digest: str) -> bytes | None:
    """The bytes of that SHA-256, or None when the store lost or altered them."""
    path = store_path(settings, digest)
    if not path.is_file():
        return None
    content = path.read_bytes()
    return content if sha256(content) == digest else None


def write_file(folder: Path, file: File) -> os.stat_result:
    """Show a file in the outputs; one that is already there, byte for byte, is left alone."""
    path = folder / file.nom
    if path.is_file() and path.read_bytes() == file.contenu:
        return path.stat()
    return _write(path, file.contenu)


def remove_files(folder: Path, names: Iterable[str]) -> None:
    """Take away what an earlier round showed and the current one no longer does."""
    for name in names:
        (folder / name).unlink(missing_ok=True)


def holds(path: Path, digest: str | None) -> bool:
    """True when the file there has that SHA-256."""
    return digest is not None and path.is_file() and sha256(path.read_bytes()) == digest


def set_aside(path: Path) -> Path | None:
    """Keep beside it, under another name, a shown file that somebody changed; its new place, or None."""
    if not path.is_file():
        return None
    aside = path.with_name(f"{path.stem} (modifié {sha256(path.read_bytes())[:8]}){path.suffix}")
    path.replace(aside)
    return aside


def is_shown(folder: Path, artefact: Artefact) -> bool:
    """True when the copy people see is the one that was made; its date spares a reading."""
    path = folder / artefact.nom
    try:
        seen = path.stat()
    except OSError:
        return False
    if (seen.st_size, seen.st_mtime_ns) == (artefact.size, artefact.mtime_ns):
        return True
    return seen.st_size == artefact.size and sha256(path.read_bytes()) == artefact.sha256


def _write(path: Path, content: bytes) -> os.stat_result:
    """Temporary file, fsync, rename: after a crash a file is whole or absent."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with temporary.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(path)
    return path.stat()
