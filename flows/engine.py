"""The engine: a Prefect server to run on — one that is set, one that « nr serve » runs, or our own.

Prefect is imported here at the earliest: its settings are read from the environment when it is.
One server of ours at a time on its home: whoever comes second joins the one that is served, or
waits for the one that a run holds for itself.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import IO, NoReturn

from filelock import FileLock

from tasks.lock import hold
from tasks.settings import Settings

_START_S = 90
_STOP_S = 10


class MoteurAbsent(Exception):
    """No Prefect server could be had; the message says why, in French."""


def server_environment(settings: Settings, port: int) -> dict[str, str]:
    """Settings of our own server: its home and database are ours, nothing leaves the machine."""
    home = settings.prefect_home
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home / 'prefect.db'}",
        "PREFECT_UI_API_URL": f"http://127.0.0.1:{port}/api",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
        # Measured: a third of the server's processor time with these batches.
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    }


def client_environment(settings: Settings, url: str) -> dict[str, str]:
    """Settings of the process that runs flows."""
    return {
        "PREFECT_HOME": str(settings.prefect_home),
        "PREFECT_API_URL": url,
        # Its sentences are not for people, and a failure is told by ours.
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_CLIENT_MAX_RETRIES": "3",  # each waits twice as long as the one before: a server gone is seen in 15 s
    }


def find_server(settings: Settings) -> str | None:
    """Address of the API of a server of ours that answers, or None."""
    url = _read_card(settings).get("url")
    return url if url and _answers(url) else None


@contextmanager
def engine(settings: Settings, on_wait: Callable[[], None] | None = None) -> Iterator[str]:
    """A Prefect server for the time of a run; yields the address of its API. Raises ``MoteurAbsent``."""
    url = settings.prefect_api_url or find_server(settings)
    if url:
        if not _answers(url):
            raise MoteurAbsent(
                f"Le serveur Prefect {url} ne répond pas. Vérifiez NR_PREFECT_API_URL, ou videz ce réglage pour que "
                "la commande démarre le sien."
            )
        _use(settings, url)
        try:
            yield url
        finally:
            _flush()
        return
    with start_server(settings, on_wait) as started:
        yield started


@contextmanager
def start_server(settings: Settings, on_wait: Callable[[], None] | None = None) -> Iterator[str]:
    """Start our own server on a free port and stop it at the end; yields the address of its API."""
    settings.prefect_home.mkdir(parents=True, exist_ok=True)
    with hold(FileLock(settings.prefect_home / ".verrou", is_singleton=True, thread_local=False), on_wait):
        port = _free_port()
        url = f"http://127.0.0.1:{port}/api"
        with (settings.prefect_home / "serveur.log").open("ab") as log:
            process = _launch(settings, port, log)
            try:
                _use(settings, url)
                import_module("prefect")  # a second or two, while the server starts
                _wait(process, url, settings)
                yield url
                _flush()
            finally:
                _stop(process)


@contextmanager
def share(settings: Settings, url: str, pages: str) -> Iterator[None]:
    """Let other commands find this server, and our pages, for as long as it is served."""
    _card(settings).write_text(json.dumps({"url": url, "pages": pages}), encoding="utf-8")
    try:
        yield
    finally:
        _card(settings).unlink(missing_ok=True)


def find_pages(settings: Settings) -> str | None:
    """Address of our own pages, set or served now, without a final slash; None when nobody serves them."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    return _read_card(settings).get("pages") if find_server(settings) else None


def _launch(settings: Settings, port: int, log: IO[bytes]) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(filter(None, sys.path))
    return subprocess.Popen(  # noqa: S603 - our own module, no outside text
        [sys.executable, "-m", "flows.server", str(port)],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        env={**os.environ, **server_environment(settings, port), "PYTHONPATH": path},
        start_new_session=True,  # Ctrl-C reaches us first; its standard input tells it when we are gone
    )


def _stop(process: subprocess.Popen[bytes]) -> None:
    if process.stdin:
        process.stdin.close()
    try:
        process.wait(_STOP_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def leave(code: int) -> NoReturn:
    """End the process at once: Prefect would knock for minutes at the door of a server that is gone."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _flush() -> None:
    """Let Prefect say what it still has to say of task runs, while the server is there to hear it."""
    from prefect.events.worker import EventsWorker

    EventsWorker.drain_all(timeout=_STOP_S)


def _use(settings: Settings, url: str) -> None:
    os.environ.update(client_environment(settings, url))


def _card(settings: Settings) -> Path:
    return settings.prefect_home / "serveur.json"


def _read_card(settings: Settings) -> dict[str, str]:
    try:
        card = json.loads(_card(settings).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return card if isinstance(card, dict) else {}


def _wait(process: subprocess.Popen[bytes], url: str, settings: Settings) -> None:
    deadline = time.monotonic() + _START_S
    while time.monotonic() < deadline:
        if _answers(url):
            return
        if process.poll() is not None:
            break
        time.sleep(0.1)
    raise MoteurAbsent(
        f"Le serveur Prefect n’a pas démarré. Son journal : {settings.prefect_home / 'serveur.log'}. "
        "Rien n’est perdu ; relancez la commande."
    )


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/health", timeout=2) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except (OSError, ValueError):  # nobody there, or not an address
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
