"""``nr pourquoi``: why a stage stands where it does, and what may be done about it."""

from __future__ import annotations

import click

from nr_models.dossier.workflow import Etat
from nr_models.rules.instantane import label
from nr_models.stages import BY_SLUG, STAGES
from portal.cli.dire.acting import STAGE
from portal.cli.dire.explain import explain_acts, explain_stage, name_deciders
from portal.cli.dire.explain_score import explain_since
from tasks.acts.instantanes import ACTUEL, compare_snapshots
from tasks.acts.permissions import Possible, list_acts
from tasks.dossier.standing import load_standing
from tasks.programme.programmes import Introuvable, cle, find_dossier, load_entree
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
    workspace = Workspace()
    with workspace.reading() as session:
        programme, found = find_dossier(session, dossier)
        possibles = list_acts(session, workspace, found, mail)
    if mail is not None and load_entree(found).find(mail) is None:
        raise Introuvable(f"« {mail} » n’est pas une personne du dossier {cle(programme, found)}.")
    standing = load_standing(workspace, programme, found)
    click.echo(f"{found.nom} ({cle(programme, found)}), référentiel {found.referentiel}.")
    for item in [BY_SLUG[stage]] if stage else STAGES:
        click.echo("")
        for line in explain_stage(workspace, found, standing, item):
            click.echo(line)
        if standing.etat(item) is not Etat.A_VENIR:
            here = [one for one in possibles if one.stage == item.slug]
            _print_acts(here, cle(programme, found), name_deciders(workspace, found, item), mail)
    if not stage:
        click.echo("\nSur tout le dossier")
        _print_acts([one for one in possibles if one.stage is None], cle(programme, found), "", mail)
    if depuis:
        with workspace.reading() as session:
            changes = compare_snapshots(session, found, depuis, ACTUEL)
        for line in explain_since(changes, label(depuis), standing.referentiel):
            click.echo(line)


def _print_acts(possibles: list[Possible], dossier: str, deciders: str, mail: str | None) -> None:
    for line in explain_acts(possibles, dossier, deciders, mail):
        click.echo(line)
