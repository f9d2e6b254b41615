"""``nr pourquoi``: why a stage stands where it does, and what may be done about it."""

from __future__ import annotations

import click

from nr_models.dossier.instantane import label
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_SLUG, STAGES
from portal.cli.dire.acting import STAGE
from portal.cli.dire.explain import explain_acts, explain_stage, name_deciders
from portal.cli.dire.explain_score import explain_since
from tasks.acts.instantanes import ACTUEL, compare_snapshots
from tasks.acts.permissions import Possible, list_acts
from tasks.dossier.standing import load_standing
from tasks.programme.lieu import find_lieu
from tasks.programme.programmes import Introuvable
from tasks.store.workspace import Workspace


@click.command(
    short_help="Pourquoi une étape est où elle en est.",
    help="Pourquoi une étape a été faite, reprise, attend ou est à revoir ; ce qu’on peut faire maintenant.",
)
@click.argument("dossier")
@click.argument("stage", metavar="[ÉTAPE]", required=False, type=STAGE)
@click.option("--depuis", metavar="NOM", help="Avec l’étape score : ce qui a changé depuis cet instantané.")
@click.option("--par", "mail", metavar="ADRESSE", help="Ce que cette personne peut faire, et pourquoi pas le reste.")
def pourquoi(dossier: str, stage: str | None, depuis: str | None, mail: str | None) -> None:
    """Explain one stage, or every stage that began, and what may be done by anybody or by one person."""
    if depuis and stage != "score":
        raise click.UsageError("« --depuis » se demande avec l’étape score : nr pourquoi DOSSIER score --depuis NOM.")
    lieu = find_lieu(Workspace(), dossier)
    with lieu.reading() as ici:
        possibles = list_acts(ici, mail)
    if mail is not None and lieu.entree.find(mail) is None:
        raise Introuvable(f"« {mail} » n’est pas une personne du dossier {lieu.cle}.")
    standing = load_standing(lieu)
    click.echo(f"{lieu.dossier.nom} ({lieu.cle}), référentiel {lieu.dossier.referentiel}.")
    for item in [BY_SLUG[stage]] if stage else STAGES:
        click.echo("")
        for line in explain_stage(lieu, standing, item):
            click.echo(line)
        if standing.etat(item) is not Etat.A_VENIR:
            here = [one for one in possibles if one.stage == item.slug]
            _print_acts(here, lieu.cle, name_deciders(lieu, item), mail)
    if not stage:
        click.echo("\nSur tout le dossier")
        _print_acts([one for one in possibles if one.stage is None], lieu.cle, "", mail)
    if depuis:
        with lieu.reading() as ici:
            changes = compare_snapshots(ici, depuis, ACTUEL)
        for line in explain_since(changes, label(depuis), lieu.referentiel):
            click.echo(line)


def _print_acts(possibles: list[Possible], dossier: str, deciders: str, mail: str | None) -> None:
    for line in explain_acts(possibles, dossier, deciders, mail):
        click.echo(line)
