"""``nr referentiel``: check a version, read it, take it to a workbook and back, compare, move a dossier."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from nr_models.referentiel.evolution import compare
from nr_models.referentiel.lint_format import check_dates
from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.controle import show_code
from nr_models.values.days import paris_day
from nr_models.values.french import plural
from portal.cli.dire.acting import LEADER, finish, identify
from portal.cli.dire.evolution import print_effect, print_entry, print_gap
from portal.cli.dire.groupe import Groupe
from portal.cli.dire.terminal import print_anomalies, print_json
from tasks.acts.deplacement import foresee_move, move_dossier
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import Introuvable, cle, find_dossier, load_entree, load_kept_referentiel
from tasks.programme.versions import find_version
from tasks.reading.spreadsheet import read_spreadsheet
from tasks.referentiel.load import ReferentielInvalide, find_folder, is_version, load_referentiel, write_referentiel
from tasks.referentiel.reader import parse_referentiel
from tasks.referentiel.workbook import render_referentiel
from tasks.store.clock import now
from tasks.store.lock import programme_lock
from tasks.store.workspace import Workspace

_PATH = click.Path(path_type=Path)


@click.group(
    cls=Groupe,
    short_help="La méthode, en données versionnées.",
    help="La méthode, en données versionnées : la vérifier, la lire, la modifier dans un tableur, la comparer.\n\n"
    "VERSION : un dossier, le nom d’un programme qui a son référentiel, ou une version livrée. "
    "Sortie 0 : sans faute ; 1 : des fautes ; 2 : commande mal employée.",
)
def referentiel() -> None:
    """The group of the référentiel's commands."""


@referentiel.command(
    short_help="Vérifier une version.",
    help="Vérifier une version (par défaut, la dernière livrée) : chaque faute, par fichier et entrée.",
)
@click.argument("version", required=False)
def verifier(version: str | None) -> None:
    """Load a version as a wave would."""
    found = _load(version)
    old = list(check_dates(found, paris_day(now())))
    for fault in old:
        click.echo(f"  {fault}", err=True)
    if old:
        sys.exit(1)
    click.echo(f"Sans faute. {_describe(found)}")


@referentiel.command(
    short_help="Lire une version ou une entrée.",
    help="Ce que contient une version, ou une entrée (question ou levier) en entier.",
)
@click.argument("entree", metavar="[LEVIER|QUESTION]", required=False)
@click.option("--de", "version", metavar="VERSION", help="Quelle version ; par défaut, la dernière livrée.")
@click.option("--json", "as_json", is_flag=True, help="Un document JSON, et rien d’autre.")
def lire(entree: str | None, version: str | None, as_json: bool) -> None:
    """Print the counts of a version, or one entry."""
    found = _load(version)
    if entree is not None:
        _print_entry(found, entree, as_json)
    elif as_json:
        print_json(summarise(found))
    else:
        click.echo(_describe(found))
        for dimension in found.dimensions:
            counts = f"{plural(len(dimension.questions), 'question')}, {plural(len(dimension.leviers), 'levier')}"
            click.echo(f"  {dimension.numero}. {dimension.nom} : {counts}.")


@referentiel.command(
    short_help="Écrire une version dans un classeur.",
    help="Écrire une version dans un classeur que l’on modifie avec un tableur.",
)
@click.argument("file", metavar="FICHIER.xlsx", type=_PATH)
@click.option("--de", "version", metavar="VERSION", help="Quelle version ; par défaut, la dernière livrée.")
def exporter(file: Path, version: str | None) -> None:
    """Write the workbook, then read it again: what it would lose is a failure, not a surprise."""
    found = _load(version)
    try:
        file.write_bytes(render_referentiel(found))
    except OSError as error:
        raise click.UsageError(f"{file} ne peut pas être écrit ; choisissez un autre dossier.") from error
    again = parse_referentiel(read_spreadsheet(file), found.version)
    if again.referentiel is None or again.referentiel.empreinte != found.empreinte:
        click.echo("Ce classeur ne redit pas toute la version ; corrigez d’abord ces textes :", err=True)
        print_anomalies(again.anomalies)
        if again.referentiel is not None:
            print_gap(compare(found, again.referentiel))
        sys.exit(1)
    click.echo(f"{file} : {_describe(found)}")


@referentiel.command(
    short_help="Reprendre un classeur modifié.",
    help="Reprendre un classeur modifié ; chaque erreur est dite par feuille et cellule.",
)
@click.argument("file", metavar="FICHIER.xlsx", type=_PATH)
@click.option("--version", "name", required=True, metavar="NOM", help="Le nom de la nouvelle version.")
@click.option("--vers", "folder", type=_PATH, metavar="DOSSIER", help="Où l’écrire ; par défaut, un dossier de ce nom.")
def importer(file: Path, name: str, folder: Path | None) -> None:
    """Write a version from a workbook, or nothing when something in it is wrong."""
    if not name.strip():
        raise click.UsageError("Donnez un nom à la version.")
    target = (folder or Path(name.strip())).resolve()
    if target.exists() and not is_version(target) and (not target.is_dir() or any(target.iterdir())):
        raise click.UsageError(f"{target} existe et n’est pas un référentiel ; choisissez un autre dossier.")
    if not file.is_file():
        raise click.UsageError(f"{file} n’existe pas.")
    relu = parse_referentiel(read_spreadsheet(file), name.strip())
    if relu.referentiel is None:
        placed = [item.model_copy(update={"fichier": file.name}) for item in relu.anomalies]
        click.echo(f"{file} : {plural(len(placed), 'erreur')}, rien n’a été écrit.", err=True)
        print_anomalies(placed)
        sys.exit(1)
    try:
        write_referentiel(target, relu.referentiel)
    except OSError as error:
        raise click.UsageError(f"{target} ne peut pas être écrit ; choisissez un autre dossier.") from error
    click.echo(f"Écrit dans {folder or name.strip()}. {_describe(load_referentiel(target))}")


@referentiel.command(
    short_help="Comparer deux versions.", help="Ce qui change d’une version à une autre : entrées, champs et nombres."
)
@click.argument("before", metavar="VERSION1")
@click.argument("after", metavar="VERSION2")
def comparer(before: str, after: str) -> None:
    """Compare two versions."""
    print_gap(compare(_load(before), _load(after)))


@referentiel.command(
    short_help="Passer un dossier à une autre version.",
    help="Passer un dossier à une autre version : dit les réponses, scores et leviers qui changent.",
)
@click.argument("dossier", metavar="DOSSIER")
@click.argument("version", metavar="VERSION")
@LEADER
@click.option("--essai", "dry", is_flag=True, help="Dire ce qui changerait, sans rien changer.")
def appliquer(dossier: str, version: str, mail: str, dry: bool) -> None:
    """Say what a move changes, then do it."""
    workspace, new = Workspace(), _load(version)
    with workspace.reading() as session:
        programme, found = find_dossier(session, dossier)
    key = cle(programme, found)
    if load_entree(found).find(mail.strip().lower()) is None:
        raise Introuvable(f"« {mail} » n’est pas une personne du dossier {key}.")
    with programme_lock(workspace.settings, programme.slug):
        old = load_kept_referentiel(workspace, found)
        click.echo(f"{found.nom} ({key}) : version {old.version} → version {new.version}.")
        if old.empreinte != new.empreinte:
            foreseen = foresee_move(Lieu(workspace, programme, found), new)
            print_effect(foreseen.effet, foreseen.validations, old, new)
        if dry:
            click.echo("Essai : rien n’a été changé.")
            return
        reponse = move_dossier(workspace, key, new, par=identify(mail))
    finish(reponse)


def summarise(found: Referentiel) -> dict[str, object]:
    """What ``lire --json`` documents: counts, and the slugs of the REEN themes."""
    return {
        "version": found.version,
        "digest": found.empreinte,
        "dimensions": [
            {"slug": item.slug, "nom": item.nom, "questions": len(item.questions), "leviers": len(item.leviers)}
            for item in found.dimensions
        ],
        "flash": sum(question.flash for question in found.questions.values()),
        "profils": len(found.profils),
        "facteurs": sum(len(item.facteurs) for item in found.facteurs.categories),
        "themes_reen": len(found.themes_reen),
    }


def _load(version: str | None) -> Referentiel:
    """A version ready for use; its faults are printed and end the command."""
    try:
        return load_referentiel(find_version(version) if version else find_folder())
    except ReferentielInvalide as error:
        for fault in error.fautes:
            click.echo(str(fault), err=True)
        click.echo(f"{plural(len(error.fautes), 'faute')} : cette version ne peut rien démarrer.", err=True)
        sys.exit(1)


def _describe(found: Referentiel) -> str:
    return (
        f"Version {found.version}, code de contrôle {show_code(found.empreinte)} : "
        f"{plural(len(found.dimensions), 'dimension')}, {plural(len(found.questions), 'question')}, "
        f"{plural(len(found.leviers), 'levier')}."
    )


def _print_entry(found: Referentiel, name: str, as_json: bool) -> None:
    entry = found.questions.get(name) or found.leviers.get(name)
    if entry is None:
        raise Introuvable(f"« {name} » n’est ni une question ni un levier de la version {found.version}.")
    if as_json:
        print_json(entry.model_dump(mode="json"))
        return
    print_entry(entry, found)
