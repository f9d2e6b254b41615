"""``nr montrer``: the documents of a stage, or its result as a document that other tools read."""

from __future__ import annotations

import json
from pathlib import Path

import click

from nr_models.stages import BY_SLUG, Stage
from nr_models.values.controle import show_code
from portal.cli.dire.acting import STAGE
from portal.cli.dire.terminal import print_json
from tasks.dossier.acquis.vigueur import find_vigueur
from tasks.dossier.making import RESULT_FILE, render_result
from tasks.dossier.rounds import find_round, list_artefacts
from tasks.programme.lieu import Lieu, find_lieu
from tasks.programme.programmes import Introuvable
from tasks.store.files import load_bytes, stage_folder
from tasks.store.workspace import Workspace


@click.command(
    short_help="Les documents d’une étape, ou son résultat.",
    help="Ce qu’une étape a produit : ce qu’elle donne à remplir, puis son résultat. Avec --json, le résultat comme "
    "document que d’autres outils peuvent relire.",
)
@click.argument("dossier")
@click.argument("stage", metavar="ÉTAPE", type=STAGE)
@click.option("--json", "as_json", is_flag=True, help="Un document JSON, et rien d’autre.")
@click.option("--en-vigueur", is_flag=True, help="La version approuvée en dernier, même si une autre se prépare.")
@click.option(
    "--vers",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DOSSIER",
    help="Avec --en-vigueur : y écrire ses documents, tels qu’ils ont été approuvés.",
)
def montrer(dossier: str, stage: str, as_json: bool, en_vigueur: bool, vers: Path | None) -> None:
    """Print the current result of a stage, or the files that show it; or what is in force."""
    if (vers or en_vigueur) and (as_json or not en_vigueur):
        raise click.UsageError("« --vers DOSSIER » va avec « --en-vigueur », et « --json » sans eux.")
    lieu = find_lieu(Workspace(), dossier)
    if en_vigueur:
        _show_in_force(lieu, BY_SLUG[stage], vers)
        return
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


def _show_in_force(lieu: Lieu, stage: Stage, to: Path | None) -> None:
    """What was approved last of a stage, and its documents as they were then, from the store."""
    with lieu.reading() as ici:
        found = find_vigueur(ici, stage.slug)
    if found is None or found.en_vigueur is None:
        raise Introuvable(f"Rien n’a encore été approuvé de l’étape « {stage.nom} » dans {lieu.cle}.")
    click.echo(f"{stage.nom}, en vigueur : {found.en_vigueur.ligne}.")
    if found.prepare:
        click.echo(f"En préparation : {found.prepare}")
    for item in found.en_vigueur.documents:
        content = load_bytes(lieu.workspace.settings, item.sha256)
        if content is None:
            raise Introuvable(f"Le magasin a perdu « {item.nom} » (code de contrôle {show_code(item.sha256)}).")
        if to is None:
            click.echo(f"  {item.nom} (code de contrôle {show_code(item.sha256)})")
            continue
        to.mkdir(parents=True, exist_ok=True)
        (to / item.nom).write_bytes(content)
        click.echo(f"  {to / item.nom}")
    if to is None:
        click.echo(f"Pour les écrire quelque part : nr montrer {lieu.cle} {stage.slug} --en-vigueur --vers DOSSIER")
