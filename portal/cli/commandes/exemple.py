"""``nr exemple``: an example programme, and people played by the machine."""

from __future__ import annotations

from pathlib import Path

import click

from nr_models.values.french import plural
from portal.cli.dire.groupe import Groupe
from tasks.demo.answers import answer
from tasks.demo.programme import write_programme
from tasks.programme.programmes import open_programme
from tasks.store.workspace import Workspace


@click.group(
    cls=Groupe,
    short_help="Écrire un exemple, y jouer les personnes.",
    help="Un programme d’exemple inventé, et ses personnes jouées par la machine.",
)
def exemple() -> None:
    """The group of the example."""


@exemple.command(
    short_help="Écrire un programme d’exemple.",
    help="Écrire un programme d’exemple : registre, questionnaires remplis, inventaires.",
)
@click.option(
    "--vers",
    "folder",
    required=True,
    metavar="DOSSIER",
    type=click.Path(path_type=Path),
    help="Où écrire l’exemple : un dossier neuf, ou vide.",
)
@click.option(
    "--collectivites", default=3, show_default=True, type=click.IntRange(1, 10_000), metavar="NOMBRE", help="Combien."
)
@click.option("--graine", "seed", default=1, show_default=True, metavar="ENTIER", help="Même graine, mêmes octets.")
def ecrire(folder: Path, collectivites: int, seed: int) -> None:
    """Write an example programme."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise click.UsageError(f"{folder} existe déjà et n’est pas vide ; choisissez un autre dossier.")
    written = write_programme(folder, collectivites=collectivites, seed=seed)
    click.echo(f"{plural(len(written), 'fichier')} écrits dans {folder}. Ensuite : « nr avancer {folder} ».")


@exemple.command(
    short_help="Jouer les personnes : elles répondent et décident.",
    help="Jouer les personnes : remplir ce qui attend et décider aux validations (« simulation »).",
)
@click.argument("programme", metavar="DOSSIER")
@click.option("--graine", "seed", default=1, show_default=True, metavar="ENTIER", help="Même graine, mêmes réponses.")
def repondre(programme: str, seed: int) -> None:
    """Play the people of a programme, through the same doors as people."""
    workspace = Workspace()
    played = answer(workspace, open_programme(workspace, programme).programme, seed=seed)
    if not any(played):
        click.echo("Rien à répondre : personne n’est attendu.")
        return
    click.echo(
        f"Simulation : {plural(played.written, 'retour')}, {plural(played.decided, 'décision')}, "
        f"{plural(played.closed, 'saisie close', 'saisies closes')}."
    )
