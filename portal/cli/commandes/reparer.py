"""``nr reparer``: after a crash, bring our database, the outbox and Prefect together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from flows.engine.start import Moteur, keep_server, leave
from flows.reconciler import finish_erasures, mend_prefect
from tasks.dossier.reconcile import mend, restore_edited
from tasks.programme.programmes import find_programme, list_programmes
from tasks.store.workspace import Workspace


@click.command(
    short_help="Remettre d’aplomb après une panne.",
    help="Remettre d’accord, après une panne, notre base, la boîte d’envoi, les documents montrés et Prefect ; dit ce "
    "qui a été réparé. « nr servir » le fait de lui-même, sauf relire chaque octet des documents.",
)
@click.argument("programme", required=False)
def reparer(programme: str | None) -> None:
    """Repair, and say what was repaired."""
    workspace = Workspace()
    with workspace.reading() as session:
        programmes = [find_programme(session, programme)] if programme else list_programmes(session)
    said = (
        _say(mend(workspace, programmes))
        | _say(restore_edited(workspace, programmes))
        | _say(finish_erasures(workspace))
    )
    with _engine(workspace) as moteur:
        said |= _say(mend_prefect(workspace, moteur)) if moteur else False
        click.echo("Réparé ; « nr avancer » ou « nr servir » produit la suite." if said else "Rien à réparer.")
    if moteur:
        leave(0)


def _say(lines: Sequence[str]) -> bool:
    for line in lines:
        click.echo(line)
    return bool(lines)


@contextmanager
def _engine(workspace: Workspace) -> Iterator[Moteur | None]:
    """The engine, where there is something to look at in it."""
    settings = workspace.settings
    if settings.prefect_api_url or (settings.prefect_home / "prefect.db").exists():
        with keep_server(settings) as moteur:
            yield moteur
    else:
        yield None
