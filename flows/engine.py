"""The engine: a Prefect server to run on — one that is set, one that already runs, or our own.

Prefect is imported here at the earliest: its settings are read from the environment when it is.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
        "PREFECT_LOGGING_LEVEL": "ERROR",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_CLI_PROMPT": "false",
    }


def find_server(settings: Settings) -> str | None:
    """Address of the API of a server of ours that answers, or None."""
    try:
        url = json.loads(_card(settings).read_text(encoding="utf-8"))["url"]
    except (OSError, ValueError, KeyError):
        return None
    return str(url) if _answers(str(url)) else None


@contextmanager
def engine(settings: Settings) -> Iterator[str]:
    """A Prefect server for the time of a run; yields the address of its API. Raises ``MoteurAbsent``."""
    url = settings.prefect_api_url or find_server(settings)
    if url:
        _use(settings, url)
        yield url
        return
    with start_server(settings) as started:
        _use(settings, started)
        yield started


@contextmanager
def start_server(settings: Settings) -> Iterator[str]:
    """Start our own server on a free port and stop it at the end; yields the address of its API."""
    settings.prefect_home.mkdir(parents=True, exist_ok=True)
    port = _free_port()
    url = f"http://127.0.0.1:{port}/api"
    log = (settings.prefect_home / "serveur.log").open("ab")
    process = subprocess.Popen(  # noqa: S603 - our own module, no outside text
        [sys.executable, "-m", "flows.server", str(port)],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        env={**os.environ, **server_environment(settings, port), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        start_new_session=True,  # Ctrl-C reaches us first; its standard input tells it when we are gone
    )
    try:
        _wait(process, url, settings)
        _card(settings).write_text(json.dumps({"url": url, "pid": process.pid}), encoding="utf-8")
        yield url
    finally:
        _card(settings).unlink(missing_ok=True)
        if process.stdin:
            process.stdin.close()
        try:
            process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        log.close()


def _use(settings: Settings, url: str) -> None:
    os.environ.update(client_environment(settings, url))


def _card(settings: Settings) -> Path:
    return settings.prefect_home / "serveur.json"


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
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
