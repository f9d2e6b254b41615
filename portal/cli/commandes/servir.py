"""``nr servir``: Prefect's pages and our own, on addresses that it prints, and the runner beside them."""

from __future__ import annotations

import errno
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

import click
import uvicorn
from starlette.types import ASGIApp

from flows.engine.card import find_card
from flows.engine.guard import is_local
from flows.engine.start import Moteur, keep_server, leave
from portal.pages.app import build_app
from tasks.portee.guichet import Guichet
from tasks.portee.reconnaissance.liens_locaux import list_ready
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
    settings = Settings()
    _check_public(settings)
    workspace = Workspace(settings)
    with _listen(settings) as listener:
        click.echo("Démarrage du moteur…", err=True)
        with keep_server(settings, _say_busy) as moteur:
            pages, prefect = _address(settings, listener), moteur.acces.url.removesuffix("/api")
            site = build_app(Guichet(workspace), prefect)
            with moteur.share(pages), _running(workspace, moteur):
                click.echo(f"Nos pages : {pages}/")
                click.echo(f"Page technique (Prefect) : {prefect}/")
                _say_secret(settings, moteur)
                _say_links(workspace, pages)
                _serve(site, listener, settings.proxies)
    click.echo("Arrêté.", err=True)
    leave(0)


def _check_public(settings: Settings) -> None:
    """Beyond this machine, our pages are served behind a proxy that has https. Raises ``UsageError``."""
    if is_local(settings.host) or settings.public_url.lower().startswith("https://"):
        return
    raise click.UsageError(
        f"{settings.host} s’ouvre à d’autres machines : donnez à NR_PUBLIC_URL l’adresse en https:// du serveur "
        "frontal qui protège ces pages, ou gardez NR_HOST à 127.0.0.1."
    )


def _address(settings: Settings, listener: socket.socket) -> str:
    """Where our pages are read: the public address beyond this machine, else the one that we listen on."""
    if not is_local(settings.host):
        return settings.public_url.rstrip("/")
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"http://{host}:{listener.getsockname()[1]}"


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


def _serve(site: ASGIApp, listener: socket.socket, proxies: str) -> None:
    """Serve until Ctrl-C, or a request to end, which is then treated alike."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    config = uvicorn.Config(
        site,
        log_level="error",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=2,
        proxy_headers=True,
        forwarded_allow_ips=proxies,
    )
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


def _say_secret(settings: Settings, moteur: Moteur) -> None:
    """How Prefect's pages are opened: shown to a person at a terminal, never written to a log."""
    if not moteur.acces.secret:
        return
    where = moteur.acces.secret if sys.stdout.isatty() else f"« acces », dans {find_card(settings)}"
    click.echo(f"Mot de passe de la page technique : {where}")


def _say_links(workspace: Workspace, pages: str) -> None:
    """Without a mail server, and on this machine alone: links for who tries the pages, never written to a log."""
    settings = workspace.settings
    if settings.smtp_host or settings.public_url or not is_local(settings.host):
        return
    if not sys.stdout.isatty():
        click.echo("Les liens pour entrer se montrent dans un terminal ; les courriers sont écrits dans .courrier/.")
        return
    for lien in list_ready(workspace):
        click.echo(f"  {lien.pour} : {pages}/{lien.path}")


def _say_busy() -> None:
    click.echo("Un « nr avancer » utilise le moteur ; les pages seront là quand il aura fini.", err=True)
