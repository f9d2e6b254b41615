"""``nr etat``: where things stand. It loads little: a board is asked for often, and may be long."""

from __future__ import annotations

import gc

import click

from portal.cli.dire.terminal import board_json, print_board, print_json
from tasks.dossier.board import load_board
from tasks.programme.programmes import find_programme, list_programmes
from tasks.store.workspace import Workspace


@click.command(
    short_help="Le tableau de bord.",
    help="Le tableau de bord : chaque dossier, étape par étape, qui est attendu et depuis quand.",
)
@click.argument("programme", required=False)
@click.option("--json", "as_json", is_flag=True, help="Un document JSON, et rien d’autre.")
def etat(programme: str | None, as_json: bool) -> None:
    """Print the board of one programme, or of all."""
    gc.disable()  # a board is built once and printed: looking for garbage meanwhile doubles its time
    workspace = Workspace()
    with workspace.reading() as session:
        programmes = [find_programme(session, programme)] if programme else list_programmes(session)
        boards = [load_board(workspace, session, item) for item in programmes]
    gc.freeze()  # nor need the process look for it on its way out
    if as_json:
        documents = [board_json(board) for board in boards]
        print_json(documents[0] if len(documents) == 1 else {"programmes": documents})
        return
    if not boards:
        click.echo(
            "Aucun programme n’est connu. « nr avancer DOSSIER » en ouvre un ; « nr exemple ecrire » en écrit un "
            "d’exemple."
        )
    for board in boards:
        print_board(board)
