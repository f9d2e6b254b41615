"""``nr audit``: check the trail, or take it away with its proofs."""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

import click

from tasks import trail
from tasks.evidence import render_pack
from tasks.verifier import Faille, verify_pack
from tasks.workspace import Workspace


@click.group(
    subcommand_metavar="COMMANDE …",
    short_help="Vérifier la piste d’audit, l’emporter.",
    help="La piste d’audit : la vérifier, l’emporter avec ses preuves.",
)
def audit() -> None:
    """The group of the trail's commands."""


@audit.command(
    short_help="Vérifier la piste, ou un dossier de preuve.",
    help="Vérifier la piste de la base, ou d’un dossier de preuve PACK. Sortie 0 : intacte ; 1 : rompue.",
)
@click.argument("pack", required=False, type=click.Path(path_type=Path))
def verify(pack: Path | None) -> None:
    """Verify the trail; the first bad entry is named."""
    fault = _verify_pack(pack) if pack else _verify_database()
    if fault:
        click.echo(f"ROMPUE. Première entrée fautive : {fault}.", err=True)
        sys.exit(1)
    click.echo("INTACTE. Chaque entrée suit la précédente ; rien n’a été modifié, retiré ni ajouté.")


@audit.command(
    short_help="Écrire le dossier de preuve.",
    help="Écrire le dossier de preuve : journal, documents, et de quoi vérifier hors ligne.",
)
@click.argument("pack", metavar="PACK.zip", type=click.Path(path_type=Path, dir_okay=False))
def export(pack: Path) -> None:
    """Write the evidence pack."""
    content = render_pack(Workspace())
    try:
        pack.write_bytes(content)
    except OSError as error:
        raise click.UsageError(f"{pack} ne peut pas être écrit ; choisissez un autre dossier.") from error
    click.echo(f"{pack} : {len(content) // 1024 + 1} Ko. Vérifiable partout avec « python verifier.py ».")


def _verify_database() -> Faille | None:
    with Workspace().reading() as session:
        return trail.verify(session)


def _verify_pack(pack: Path) -> Faille | None:
    if not pack.exists():
        raise click.UsageError(f"{pack} n’existe pas.")
    try:
        return verify_pack(pack)
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError):
        return Faille(str(pack), 0, "ce n’est pas un dossier de preuve lisible")
