"""Take out of our own Prefect whatever names somebody: its base holds nothing of ours, and is made again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from filelock import FileLock

from flows.engine.card import find_server
from tasks.store.lock import Occupe, hold, raise_busy
from tasks.store.settings import Settings

_BASE = "prefect.db*"


def purge_prefect(settings: Settings, names: Callable[[bytes], bool]) -> str:
    """Remove the files of our Prefect of which ``names`` is true, its base whole; what is left of them, in French.

    None should: nothing that we tell Prefect names a person. A base of an earlier version may.
    """
    home = settings.prefect_home
    found = [path for path in home.rglob("*") if path.is_file() and names(path.read_bytes())] if home.is_dir() else []
    if not found:
        return ""
    try:
        if find_server(settings):
            raise_busy()
        with hold(FileLock(home / ".verrou", is_singleton=True, thread_local=False), raise_busy):
            _remove(home, found)
    except Occupe:
        return "Prefect nomme cette personne et il est en marche : arrêtez « nr servir », puis lancez « nr reparer »."
    return ""


def _remove(home: Path, found: list[Path]) -> None:
    base = set(home.glob(_BASE))
    for path in {*found, *(base if base.intersection(found) else ())}:
        path.unlink(missing_ok=True)
