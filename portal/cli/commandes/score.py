"""``nr snapshot``: keep the score of a moment under a name, list what is kept, compare two moments."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from nr_models.dossier.case import Case
from nr_models.rules.instantane import Instantane, label
from nr_models.values.french import french_day
from portal.cli.commandes.decide import identify
from tasks.acts.instantanes import ACTUEL, list_snapshots, load_score, take_snapshot
from tasks.programme.programmes import cle, find_dossier, load_entree, load_kept_referentiel
from tasks.stages.score.comparaison import Moment, render_comparaison
from tasks.store.workspace import Workspace

_MOMENTS = [item.value for item in Instantane]


@click.command(
    short_help="Garder le score d’un moment, en comparer deux.",
    help="Garder le score sous un nom (initial, apres-restitution, mi-parcours, annuel) ; sans nom, la liste de ce "
    "qui est gardé ; avec --diff A B --to FICHIER.xlsx, ce qui a changé de l’un à l’autre (« actuel » : maintenant).",
)
@click.argument("dossier")
@click.argument("moment", metavar="[NOM]", required=False, type=click.Choice(_MOMENTS))
@click.option("--as", "mail", metavar="ADRESSE", help="Adresse électronique du référent ou de l’équipe programme.")
@click.option("--diff", nargs=2, metavar="A B", help="Les deux instantanés à comparer.")
@click.option(
    "--to", "target", type=click.Path(path_type=Path), metavar="FICHIER.xlsx", help="Où écrire la comparaison."
)
@click.option("--noms", is_flag=True, help="Nommer qui répond : pour le référent, à ne pas diffuser.")
def snapshot(
    dossier: str, moment: str | None, mail: str | None, diff: tuple[str, str] | None, target: Path | None, noms: bool
) -> None:
    """Take, list or compare."""
    workspace = Workspace()
    if diff is not None:
        if target is None:
            raise click.UsageError("Il faut dire où écrire la comparaison : --to FICHIER.xlsx.")
        _write(workspace, dossier, diff, target, named=noms)
    elif moment is None:
        _list(workspace, dossier)
    elif mail is None:
        raise click.UsageError("Il faut dire qui garde cet instantané : --as ADRESSE.")
    else:
        reponse = take_snapshot(workspace, dossier, Instantane(moment), par=identify(mail))
        click.echo(reponse.message, err=not reponse.accepted)
        sys.exit(0 if reponse.accepted else 1)


def _list(workspace: Workspace, name: str) -> None:
    with workspace.reading() as session:
        programme, dossier = find_dossier(session, name)
        taken = list_snapshots(session, dossier)
    for item in taken:
        seen = f"tour {item.tour} du score, empreinte {item.empreinte[:12]}"
        click.echo(f"{item.nom} : {label(item.nom)}, gardé le {french_day(item.pris_le)} ({seen}).")
    if not taken:
        click.echo(
            f"Aucun instantané dans {cle(programme, dossier)}. « nr snapshot DOSSIER NOM --as ADRESSE » en garde un."
        )


def _write(workspace: Workspace, name: str, diff: tuple[str, str], target: Path, *, named: bool) -> None:
    with workspace.reading() as session:
        programme, dossier = find_dossier(session, name)
        before, after = (Moment(_label(item), load_score(session, dossier, item)) for item in diff)
    case = Case(
        cle=cle(programme, dossier),
        entree=load_entree(dossier),
        referentiel=load_kept_referentiel(workspace, dossier),
    )
    target.write_bytes(render_comparaison(case, before, after, named=named))
    click.echo(f"Comparaison écrite : {target}")


def _label(nom: str) -> str:
    return "aujourd’hui" if nom == ACTUEL else label(nom)
