"""``nr score``: keep the score of a moment under a name, list what is kept, compare two moments."""

from __future__ import annotations

from pathlib import Path

import click

from nr_models.dossier.case import Case
from nr_models.dossier.instantane import Instantane, label
from nr_models.values.controle import show_code
from nr_models.values.french import french_day
from portal.cli.dire.acting import LEADER, NAMED, finish, identify
from portal.cli.dire.groupe import Groupe
from tasks.acts.instantanes import ACTUEL, list_snapshots, load_score, take_snapshot
from tasks.programme.lieu import find_lieu
from tasks.stages.score.comparaison import Moment, render_comparaison
from tasks.store.workspace import Workspace

_MOMENTS = [item.value for item in Instantane]


@click.group(
    cls=Groupe,
    short_help="Garder le score d’un moment, comparer, lister.",
    help="Le score gardé d’un moment à l’autre de la démarche, et ce qui a changé entre deux.",
)
def score() -> None:
    """The group of the scores that are kept."""


@score.command(
    short_help="Garder le score de maintenant.",
    help="Garder le score de maintenant sous un nom : initial, apres-restitution, mi-parcours ou annuel.",
)
@click.argument("dossier")
@click.argument("moment", metavar="NOM", type=click.Choice(_MOMENTS))
@LEADER
@NAMED
def garder(dossier: str, moment: str, mail: str, demande: str) -> None:
    """Keep the score under a name."""
    finish(take_snapshot(Workspace(), dossier, Instantane(moment), par=identify(mail, demande)))


@score.command(
    short_help="Ce qui a changé d’un moment à un autre.",
    help="Écrire dans un classeur ce qui a changé d’un score gardé à un autre (« actuel » : maintenant).",
)
@click.argument("dossier")
@click.argument("before", metavar="NOM1")
@click.argument("after", metavar="NOM2")
@click.option(
    "--vers",
    "target",
    required=True,
    type=click.Path(path_type=Path),
    metavar="FICHIER.xlsx",
    help="Où écrire la comparaison.",
)
@click.option("--noms", is_flag=True, help="Nommer qui répond : pour le référent, à ne pas diffuser.")
def comparer(dossier: str, before: str, after: str, target: Path, noms: bool) -> None:
    """Write what changed from one moment to another."""
    _write(Workspace(), dossier, (before, after), target, named=noms)


@score.command(short_help="Les scores gardés.", help="Les scores gardés d’un dossier, et leur date.")
@click.argument("dossier")
def lister(dossier: str) -> None:
    """List the scores that are kept."""
    lieu = find_lieu(Workspace(), dossier)
    with lieu.reading() as ici:
        taken = list_snapshots(ici)
    for item in taken:
        seen = f"tour {item.tour} du score, code de contrôle {show_code(item.empreinte)}"
        click.echo(f"{item.nom} : {label(item.nom)}, gardé le {french_day(item.pris_le)} ({seen}).")
    if not taken:
        click.echo(f"Aucun instantané dans {lieu.cle}. « nr score garder DOSSIER NOM --par ADRESSE » en garde un.")


def _write(workspace: Workspace, name: str, diff: tuple[str, str], target: Path, *, named: bool) -> None:
    lieu = find_lieu(workspace, name)
    with lieu.reading() as ici:
        before, after = (Moment(_label(item), load_score(ici, item)) for item in diff)
    case = Case(cle=lieu.cle, entree=lieu.entree, referentiel=lieu.referentiel)
    target.write_bytes(render_comparaison(case, before, after, named=named))
    click.echo(f"Comparaison écrite : {target}")


def _label(nom: str) -> str:
    return "aujourd’hui" if nom == ACTUEL else label(nom)
