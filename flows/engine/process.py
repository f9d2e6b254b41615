"""The Prefect server of our own, as a process that ends with the one that started it.

Run as ``python -m flows.engine.process PORT``; it stops when its standard input closes, so that a run
killed with -9 leaves no server behind.
"""

from __future__ import annotations

import gc
import os
import signal
import sys
import threading

import uvicorn
from starlette.types import ASGIApp

from flows.engine.guard import Guard

_GRACE_S = 5


def _watch_parent() -> None:
    sys.stdin.buffer.read()  # returns when whoever started us is gone
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(_GRACE_S)
    os._exit(0)


def create_app() -> ASGIApp:
    """Prefect's API and pages, behind our guard: another Host or a foreign Origin is not even heard."""
    gc.disable()  # nothing that is imported becomes garbage: a tenth of what a start costs
    try:
        from prefect.server.api.server import create_app as create_prefect
    finally:
        gc.enable()
    return Guard(create_prefect())


def main() -> None:
    """Serve Prefect's API and pages on a port of this machine."""
    threading.Thread(target=_watch_parent, daemon=True).start()
    uvicorn.run(
        create_app,
        factory=True,
        host="127.0.0.1",
        port=int(sys.argv[1]),
        log_level="error",
        timeout_graceful_shutdown=1,
    )


if __name__ == "__main__":
    main()
