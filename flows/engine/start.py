"""The engine: a Prefect server to run on — one that is set, one that « nr servir » runs, or our own.

Prefect is imported here at the earliest: its settings are read from the environment when it is.
One server of ours at a time on its home: whoever comes second joins the one that is served, or
waits for the one that a run holds for itself.
"""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import IO, NoReturn

from filelock import FileLock

from flows.engine.card import Acces, answers, ask, find_server, remove_card, write_card
from tasks.store.lock import hold
from tasks.store.settings import Settings, masked

_START_S = 300  # one that dies is seen at once; a machine under load takes minutes
_STOP_S = 10
_OK = 200
_CLOSED = (401, 403)
_SECRET_BYTES = 32


class MoteurAbsent(Exception):
    """No Prefect server could be had; the message says why, in French."""


def server_environment(settings: Settings, port: int, secret: str) -> dict[str, str]:
    """Settings of our own server: its home and database are ours, nothing leaves the machine, the secret opens it."""
    home, own = settings.prefect_home, f"http://127.0.0.1:{port}"
    return {
        "PREFECT_HOME": str(home),
        "PREFECT_API_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{home / 'prefect.db'}",
        "PREFECT_UI_API_URL": f"{own}/api",
        "PREFECT_SERVER_API_AUTH_STRING": secret,
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": own,
        "PREFECT_SERVER_CSRF_PROTECTION_ENABLED": "true",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_LOGGING_LEVEL": "ERROR",
        # We use no block; measured: writing their types again is a seventh of each start's processor time.
        "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
        # Measured: a third of the server's processor time with these batches.
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
        "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    }


def client_environment(settings: Settings, acces: Acces) -> dict[str, str]:
    """Settings of the process that runs flows."""
    return {
        "PREFECT_HOME": str(settings.prefect_home),
        "PREFECT_API_URL": acces.url,
        **({"PREFECT_API_AUTH_STRING": acces.secret} if acces.secret else {}),
        # Its sentences are not for people, and a failure is told by ours.
        "PREFECT_LOGGING_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_INTERNAL_LEVEL": "CRITICAL",
        "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
        "PREFECT_CLI_PROMPT": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",  # nothing is told of who uses this, and no notice in English at a terminal
        "PREFECT_CLIENT_MAX_RETRIES": "3",  # each waits twice as long as the one before: a server gone is seen in 15 s
    }


@contextmanager
def engine(settings: Settings, on_wait: Callable[[], None] | None = None) -> Iterator[str]:
    """A Prefect server for the time of a run; yields the address of its API. Raises ``MoteurAbsent``."""
    with keep_server(settings, on_wait) as moteur:
        try:
            yield moteur.acces.url
        finally:
            if not moteur.ours:
                _flush()


@contextmanager
def keep_server(settings: Settings, on_wait: Callable[[], None] | None = None) -> Iterator[Moteur]:
    """The engine of a long service: the one that is set or served, else our own, started again where it fell."""
    acces = Acces(settings.prefect_api_url) if settings.prefect_api_url else find_server(settings)
    if acces:
        moteur = Moteur(settings, acces)
        moteur.ensure()
        _use(settings, acces)
        yield moteur
        return
    settings.prefect_home.mkdir(parents=True, exist_ok=True)
    with hold(FileLock(settings.prefect_home / ".verrou", is_singleton=True, thread_local=False), on_wait):
        own = MoteurPropre(settings)
        try:
            _use(settings, own.acces)
            own.start()
            yield own
            _flush()
        finally:
            own.stop()


class Moteur:
    """A Prefect server to run on, that somebody else runs."""

    ours = False

    def __init__(self, settings: Settings, acces: Acces) -> None:
        self.settings, self.acces = settings, acces

    @contextmanager
    def share(self, _pages: str) -> Iterator[None]:
        """Let other commands find it, and our pages: they know where it is already."""
        yield

    def ensure(self) -> None:
        """Make sure that it answers. Raises ``MoteurAbsent``."""
        status = ask(self.acces)
        if status != _OK:
            fault = "refuse l’accès (PREFECT_API_AUTH_STRING)" if status in _CLOSED else "ne répond pas"
            raise MoteurAbsent(
                f"Le serveur Prefect {masked(self.acces.url)} {fault}. Vérifiez NR_PREFECT_API_URL, ou videz ce "
                "réglage pour que la commande démarre le sien."
            )


class MoteurPropre(Moteur):
    """Our own server: a process, and a port that it keeps when it must be started again."""

    ours = True

    def __init__(self, settings: Settings) -> None:
        self.port = _free_port()
        secret = f"nr:{secrets.token_urlsafe(_SECRET_BYTES)}"
        super().__init__(settings, Acces(f"http://127.0.0.1:{self.port}/api", secret))
        self._process: subprocess.Popen[bytes] | None = None
        self._pages = ""

    @contextmanager
    def share(self, pages: str) -> Iterator[None]:
        """Let other commands find it, and our pages, for as long as it is served."""
        self._pages = pages
        write_card(self.settings, self.acces, pages)
        try:
            yield
        finally:
            remove_card(self.settings)

    def start(self) -> None:
        """Start it and wait until it answers. Raises ``MoteurAbsent``."""
        self.settings.prefect_home.mkdir(parents=True, exist_ok=True)
        with (self.settings.prefect_home / "serveur.log").open("ab") as log:
            self._process = _launch(self.settings, self.port, self.acces.secret, log)
        import_module("prefect")  # a second or two, while the server starts
        self._wait(self._process)

    def stop(self) -> None:
        """Stop it, and leave nothing of it."""
        if self._process is None:
            return
        if self._process.stdin:
            self._process.stdin.close()
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def ensure(self) -> None:
        """Start it again where it fell, or where somebody removed its home. Raises ``MoteurAbsent``."""
        if self._process and self._process.poll() is None and self._has_home() and answers(self.acces):
            return
        self.stop()
        self.start()
        if self._pages:
            write_card(self.settings, self.acces, self._pages)

    def _has_home(self) -> bool:
        return (self.settings.prefect_home / "prefect.db").exists()

    def _wait(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_S
        while time.monotonic() < deadline:
            if answers(self.acces):
                return
            if process.poll() is not None:
                break
            time.sleep(0.1)
        raise MoteurAbsent(
            f"Le serveur Prefect n’a pas démarré. Son journal : {self.settings.prefect_home / 'serveur.log'}. "
            "Rien n’est perdu ; relancez la commande."
        )


def _launch(settings: Settings, port: int, secret: str, log: IO[bytes]) -> subprocess.Popen[bytes]:
    path = os.pathsep.join(filter(None, sys.path))
    return subprocess.Popen(  # noqa: S603 - our own module, no outside text
        [sys.executable, "-m", "flows.engine.process", str(port)],
        stdin=subprocess.PIPE,
        stdout=log,
        stderr=log,
        env={**os.environ, **server_environment(settings, port, secret), "PYTHONPATH": path},
        start_new_session=True,  # Ctrl-C reaches us first; its standard input tells it when we are gone
    )


def leave(code: int) -> NoReturn:
    """End the process at once: Prefect would knock for minutes at the door of a server that is gone."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _flush() -> None:
    """Let Prefect say what it still has to say of task runs, while the server is there to hear it."""
    from prefect.events.worker import EventsWorker

    EventsWorker.drain_all(timeout=_STOP_S)


def _use(settings: Settings, acces: Acces) -> None:
    os.environ.update(client_environment(settings, acces))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
