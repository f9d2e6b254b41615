"""The detail of what failed, for who will mend it: one file in the outputs, named by the messages."""

from __future__ import annotations

import traceback
from pathlib import Path

from tasks.store.clock import now
from tasks.store.settings import Settings, masked


def failure_log(settings: Settings) -> Path:
    """Where the details are kept."""
    return settings.outputs / "erreurs.log"


def note_failure(settings: Settings, what: str, error: BaseException) -> Path:
    """Add a failure to the file; returns its path; no password in it. Raises ``OSError`` where it cannot be written."""
    path = failure_log(settings)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:
        stream.write(masked(f"{now()} {what}\n{''.join(traceback.format_exception(error))}\n"))
    return path
