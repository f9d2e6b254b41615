"""``nr montrer``: the documents of a stage, or its result as a document that other tools read."""

from __future__ import annotations

import json

import click

from nr_models.stages import BY_SLUG
from nr_models.values.controle import show_code
from portal.cli.dire.acting import STAGE
from portal.cli.dire.terminal import print_json
from tasks.dossier.making import RESULT_FILE, render_result
from tasks.dossier.rounds import find_round, list_artefacts
from tasks.programme.lieu import find_lieu
from tasks.programme.programmes import Introuvable
from tasks.store.files import stage_folder
from tasks.store.workspace import Workspace


@click.command(
    short_help="Les documents d’une étape, ou son résultat.",
    help="Ce qu’une étape a produit : ce qu’elle donne à remplir, puis son résultat. Avec --json, le résultat comme "
    "document que d’autres outils peuvent relire.",
)
@click.argument("dossier")
@click.argument("stage", metavar="ÉTAPE", type=STAGE)
@click.option("--json", "as_json", is_flag=True, help="Un document JSON, et rien d’autre.")
def montrer(dossier: str, stage: str, as_json: bool) -> None:
    """Print the current result of a stage, or the files that show it."""
    lieu = find_lieu(Workspace(), dossier)
    with lieu.reading() as ici:
        sent, made = (find_round(ici, stage, phase) for phase in ("envoi", "resultat"))
        files = {item.id: list_artefacts(ici.session, item) for item in (sent, made) if item}
    if made is None and (sent is None or as_json):
        raise Introuvable(f"L’étape « {BY_SLUG[stage].nom} » n’a pas encore de résultat dans {dossier}.")
    if as_json and made:
        document = render_result(lieu.cle, lieu.referentiel, BY_SLUG[stage], json.loads(made.value))
        print_json(json.loads(document))
        return
    folder = stage_folder(lieu.workspace.settings, lieu.cle, BY_SLUG[stage])
    for name, shown in (("documents à remplir", sent), ("résultat", made)):
        if shown is None:
            continue
        click.echo(f"{BY_SLUG[stage].nom}, {name}, tour {shown.numero}, code de contrôle {show_code(shown.seal)}")
        for item in files[shown.id]:
            if item.nom != RESULT_FILE:
                click.echo(f"  {folder / item.nom}")
