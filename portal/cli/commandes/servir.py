"""``nr servir``: Prefect's pages and our own, on addresses that it prints, and the runner beside them."""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

import click
import uvicorn
from starlette.types import ASGIApp

from flows.engine.start import Moteur, keep_server, leave
from portal.pages.app import build_app
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace

_GRACE_S = 10


@click.command(
    short_help="Servir nos pages et celles de Prefect, et faire suivre les décisions.",
    help="Servir nos pages et celles de Prefect, aux adresses affichées, et produire la suite de chaque décision, "
    "jusqu’à Ctrl-C.",
)
def servir() -> None:
    """Serve until stopped."""
    workspace = Workspace()
    settings = workspace.settings
    with _listen(settings) as listener:
        click.echo("Démarrage du moteur…", err=True)
        with keep_server(settings, _say_busy) as moteur:
            pages, prefect = f"http://{settings.host}:{listener.getsockname()[1]}", moteur.url.removesuffix("/api")
            site = build_app(workspace, prefect)
            with moteur.share(pages), _running(workspace, moteur):
                click.echo(f"Tableau de bord : {pages}/")
                click.echo(f"Page technique (Prefect) : {prefect}/")
                _serve(site, listener)
    click.echo("Arrêté.", err=True)
    leave(0)


@contextmanager
def _running(workspace: Workspace, moteur: Moteur) -> Iterator[None]:
    """The runner beside the pages, in its one thread; what it is doing when asked to stop, it may finish."""
    from flows.runner import Runner  # Prefect is loaded by now

    stop = Event()
    runner = Runner(workspace, moteur, lambda said: click.echo(said, err=True))
    thread = Thread(target=runner.work, args=(stop,), name="lanceur", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(_GRACE_S)  # cut there, it loses nothing: what was not done is still asked for


def _serve(site: ASGIApp, listener: socket.socket) -> None:
    """Serve until Ctrl-C, or a request to end, which is then treated alike."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    config = uvicorn.Config(site, log_level="error", access_log=False, server_header=False, timeout_graceful_shutdown=2)
    with suppress(KeyboardInterrupt):  # uvicorn passes it on once it has ended
        uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def _listen(settings: Settings) -> Iterator[socket.socket]:
    """The socket of our pages, before anything is started. Raises ``UsageError``."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except (OSError, OverflowError) as error:
            raise click.UsageError(_refusal(settings, error)) from error
        yield listener


def _refusal(settings: Settings, error: Exception) -> str:
    if isinstance(error, OSError) and error.errno in (errno.EADDRINUSE, errno.EACCES):
        return f"Le port {settings.port} de {settings.host} est pris ou réservé ; changez NR_PORT (0 : un port libre)."
    return f"On ne peut pas écouter sur {settings.host}, port {settings.port} ; changez NR_HOST ou NR_PORT."


def _say_busy() -> None:
    click.echo("Un « nr avancer » utilise le moteur ; les pages seront là quand il aura fini.", err=True)
