"""``nr serve``: Prefect's pages and our own, on addresses that it prints."""

from __future__ import annotations

import socket

import click
import uvicorn

from flows.engine import find_server, start_server
from portal.web import build_app
from tasks.settings import Settings
from tasks.workspace import Workspace


@click.command(
    short_help="Servir nos pages et celles de Prefect.",
    help="Servir nos pages et celles de Prefect, aux adresses affichées, jusqu’à Ctrl-C.",
)
def serve() -> None:
    """Serve until stopped."""
    settings = Settings()
    url = settings.prefect_api_url or find_server(settings)
    if url:
        _serve(settings, url)
        return
    click.echo("Démarrage du moteur…", err=True)
    with start_server(settings) as started:
        _serve(settings, started)


def _serve(settings: Settings, prefect_api: str) -> None:
    pages = prefect_api.removesuffix("/api")
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((settings.host, settings.port))
        except OSError as error:
            raise click.UsageError(
                f"Le port {settings.port} de {settings.host} est déjà pris ; changez NR_PORT (0 : un port libre)."
            ) from error
        port = listener.getsockname()[1]
        click.echo(f"Tableau de bord : http://{settings.host}:{port}/")
        click.echo(f"Page technique (Prefect) : {pages}/")
        config = uvicorn.Config(
            build_app(Workspace(settings), pages), log_level="error", access_log=False, server_header=False
        )
        uvicorn.Server(config).run(sockets=[listener])
