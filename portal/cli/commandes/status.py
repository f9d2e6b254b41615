"""``nr why``, ``nr show``: why a stage stands where it does, and what was found."""

from __future__ import annotations

import json

import click

from nr_models.dossier.workflow import Etat
from nr_models.rules.instantane import label
from nr_models.stages import BY_SLUG, STAGES
from portal.cli.dire.explain import explain_acts, explain_stage, name_deciders
from portal.cli.dire.explain_score import explain_since
from portal.cli.dire.terminal import print_json
from tasks.acts.instantanes import ACTUEL, compare_snapshots
from tasks.acts.permissions import Possible, list_acts
from tasks.dossier.making import RESULT_FILE, render_result
from tasks.dossier.rounds import find_round, list_artefacts
from tasks.dossier.standing import load_standing
from tasks.programme.programmes import Introuvable, cle, find_dossier, load_entree
from tasks.store.files import stage_folder
from tasks.store.workspace import Workspace

STAGE = click.Choice([stage.slug for stage in STAGES])


@click.command(
    short_help="Pourquoi une étape est où elle en est.",
    help="Pourquoi une étape a été faite, reprise, attend ou est à revoir ; ce qu’on peut faire maintenant.",
)
@click.argument("dossier")
@click.argument("stage", metavar="[ÉTAPE]", required=False, type=STAGE)
@click.option("--depuis", metavar="NOM", help="Avec l’étape score : ce qui a changé depuis cet instantané.")
@click.option("--as", "mail", metavar="ADRESSE", help="Ce que cette personne peut faire, et pourquoi pas le reste.")
def why(dossier: str, stage: str | None, depuis: str | None, mail: str | None) -> None:
    """Explain one stage, or every stage that began, and what may be done by anybody or by one person."""
    if depuis and stage != "score":
        raise click.UsageError("« --depuis » se demande avec l’étape score : nr why DOSSIER score --depuis NOM.")
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
            _print_acts(here, name_deciders(workspace, found, item), mail)
    if not stage:
        click.echo("\nSur tout le dossier")
        _print_acts([one for one in possibles if one.stage is None], "", mail)
    if depuis:
        with workspace.reading() as session:
            changes = compare_snapshots(session, found, depuis, ACTUEL)
        for line in explain_since(changes, label(depuis), standing.referentiel):
            click.echo(line)


def _print_acts(possibles: list[Possible], deciders: str, mail: str | None) -> None:
    for line in explain_acts(possibles, deciders, person=mail is not None):
        click.echo(line)


@click.command(
    short_help="Le résultat d’une étape.",
    help="Ce qu’une étape a produit : ce qu’elle donne à remplir, puis son résultat. Avec --json, le résultat comme "
    "document que d’autres outils peuvent relire.",
)
@click.argument("dossier")
@click.argument("stage", metavar="ÉTAPE", type=STAGE)
@click.option("--json", "as_json", is_flag=True, help="Un document JSON, et rien d’autre.")
def show(dossier: str, stage: str, as_json: bool) -> None:
    """Print the current result of a stage, or the files that show it."""
    workspace = Workspace()
    with workspace.reading() as session:
        programme, found = find_dossier(session, dossier)
        sent, made = (find_round(session, found, stage, phase) for phase in ("envoi", "resultat"))
        files = {item.id: list_artefacts(session, item) for item in (sent, made) if item}
    if made is None and (sent is None or as_json):
        raise Introuvable(f"L’étape « {BY_SLUG[stage].nom} » n’a pas encore de résultat dans {dossier}.")
    standing = load_standing(workspace, programme, found)
    if as_json and made:
        document = render_result(standing.key, standing.referentiel, BY_SLUG[stage], json.loads(made.value))
        print_json(json.loads(document))
        return
    folder = stage_folder(workspace.settings, standing.key, BY_SLUG[stage])
    for name, shown in (("documents à remplir", sent), ("résultat", made)):
        if shown is None:
            continue
        click.echo(f"{BY_SLUG[stage].nom}, {name}, tour {shown.numero}, empreinte {shown.seal[:12]}")
        for item in files[shown.id]:
            if item.nom != RESULT_FILE:
                click.echo(f"  {folder / item.nom}")
