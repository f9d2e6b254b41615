"""``nr serve``: Prefect's pages and our own, on addresses that it prints."""

from __future__ import annotations

import errno
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress

import click
import uvicorn
from starlette.types import ASGIApp

from flows.engine import engine, find_server, share
from portal.web import build_app
from tasks.settings import Settings
from tasks.workspace import Workspace


@click.command(
    short_help="Servir nos pages et celles de Prefect.",
    help="Servir nos pages et celles de Prefect, aux adresses affichées, jusqu’à Ctrl-C.",
)
def serve() -> None:
    """Serve until stopped."""
    workspace = Workspace()
    settings = workspace.settings
    ours = not (settings.prefect_api_url or find_server(settings))
    with _listen(settings) as listener:
        click.echo("Démarrage du moteur…", err=True)
        with engine(settings, _say_busy) as api:
            pages, prefect = f"http://{settings.host}:{listener.getsockname()[1]}", api.removesuffix("/api")
            site = build_app(workspace, prefect)
            with share(settings, api, pages) if ours else nullcontext():
                click.echo(f"Tableau de bord : {pages}/")
                click.echo(f"Page technique (Prefect) : {prefect}/")
                _serve(site, listener)
    click.echo("Arrêté.", err=True)


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
    click.echo("Un « nr run » utilise le moteur ; les pages seront là quand il aura fini.", err=True)
