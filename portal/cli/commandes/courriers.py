"""``nr courriers``: put the due reminders in the outbox, and deliver the mails that wait there."""

from __future__ import annotations

import sys

import click

from nr_models.values.french import plural
from portal.cli.dire.groupe import Groupe
from tasks.mail.delivery import Tournee, deliver_due
from tasks.mail.reminders import enqueue_reminders, enqueue_returns
from tasks.programme.programmes import find_programme, list_programmes
from tasks.store.lock import Occupe, raise_busy, runner_lock
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace


@click.group(
    cls=Groupe,
    short_help="Envoyer les courriers et les relances.",
    help="Les courriers du logiciel : avis, reçus, relances.",
)
def courriers() -> None:
    """The group of mails."""


@courriers.command(
    short_help="Relancer qui est attendu, et faire partir les courriers.",
    help="Relancer qui est attendu depuis trop longtemps (échelle et heures calmes du référentiel), puis faire partir "
    "les courriers en attente. « nr servir » le fait de lui-même.",
)
@click.argument("programme", required=False)
def envoyer(programme: str | None) -> None:
    """Remind, then deliver; where « nr servir » runs, it delivers."""
    workspace = Workspace()
    with workspace.reading() as session:
        chosen = [find_programme(session, programme)] if programme else list_programmes(session)
    count = sum(enqueue_reminders(workspace, item) + enqueue_returns(workspace, item) for item in chosen)
    click.echo(f"{plural(count, 'relance décidée', 'relances décidées')}.")
    try:
        with runner_lock(workspace.settings, raise_busy):
            done = deliver_due(workspace)
    except Occupe:
        click.echo("« nr servir » est en route : c’est lui qui fait partir les courriers.")
        return
    _report(workspace.settings, done)
    sys.exit(1 if done.echecs else 0)


def _report(settings: Settings, done: Tournee) -> None:
    if done.envoyes:
        click.echo(f"{plural(done.envoyes, 'courrier envoyé', 'courriers envoyés')}.")
    if done.ecrits and not settings.smtp_host:
        click.echo("Aucun serveur de courrier n’est réglé (NR_SMTP_HOST) ; à envoyer à la main :")
    for path in done.ecrits:
        click.echo(f"  {path}")
    for reason in done.echecs:
        click.echo(f"Pas parti : {reason}.", err=True)
    if not (done.envoyes or done.ecrits or done.echecs):
        click.echo("Aucun courrier n’attendait.")
