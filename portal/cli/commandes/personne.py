"""``nr personne``: give people what is held about them, and erase it."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

import click

from flows.engine.purge import purge_prefect
from nr_models.values.french import plural
from portal.cli.dire.acting import identify
from portal.cli.dire.groupe import Groupe
from tasks.people.acces import AccesRefuse, export_person
from tasks.people.effacement import Effacement, erase, preview
from tasks.store.workspace import Workspace

_KINDS = {
    "dossier": "ligne du registre",
    "reading": "retour",
    "round": "résultat",
    "stage": "état d’étape",
    "closure": "clôture",
    "outbox": "courrier",
    "artefact": "nom de document",
    "document": "réécriture de document",
    "parole": "commentaire",
    "eml": "copie de courriel",
}


@click.group(
    cls=Groupe,
    short_help="Données personnelles : exporter, effacer.",
    help="Ce que le logiciel garde sur une personne : le lui donner, l’effacer.",
)
def personne() -> None:
    """The group of what concerns one person."""


@personne.command(
    short_help="Tout ce qui est gardé sur une personne.",
    help="Écrire tout ce qui est gardé sur une personne : ses rôles, ses retours, ses décisions, ses délégations, ses "
    "courriers. FICHIER.json, ou FICHIER.zip avec les fichiers qu’elle a rendus. L’export est inscrit dans la piste.",
)
@click.argument("mail", metavar="ADRESSE")
@click.option("--vers", "target", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FICHIER")
@click.option("--par", "by", metavar="ADRESSE", help="Qui le demande : l’équipe programme ; par défaut, la personne.")
def exporter(mail: str, target: Path, by: str | None) -> None:
    """Write what is held about a person."""
    if target.suffix.lower() not in (".json", ".zip"):
        raise click.UsageError(f"{target} : donnez un nom qui finit par .json, ou par .zip.")
    archive = target.suffix.lower() == ".zip"
    try:
        content = export_person(Workspace(), mail, par=identify(by or mail), archive=archive)
    except AccesRefuse as error:
        click.echo(f"Refusé : {error}", err=True)
        sys.exit(1)
    try:
        target.write_bytes(content)
    except OSError as error:
        raise click.UsageError(f"{target} ne peut pas être écrit ; choisissez un autre dossier.") from error
    click.echo(f"{target} : {len(content) // 1024 + 1} Ko. À remettre à cette personne, et à elle seule.")


@personne.command(
    short_help="Effacer une personne, avec un reçu.",
    help="Effacer une personne de la base : son adresse, son nom, ce qu’elle a écrit. Ses décisions et ses réponses "
    "restent, sans elle. Sans --motif : ce qui serait effacé, et ce qui ne peut pas l’être. Équipe programme.",
)
@click.argument("mail", metavar="ADRESSE")
@click.option("--par", "by", required=True, metavar="ADRESSE", help="Une personne de l’équipe programme.")
@click.option("--motif", default="", metavar="TEXTE", help="Pourquoi, par exemple la date de sa demande.")
def effacer(mail: str, by: str, motif: str) -> None:
    """Erase a person, or say what that would do."""
    workspace = Workspace()
    if not motif:
        found = preview(workspace, mail, by=by)
        _refuse(found)
        if found.message:
            click.echo(found.message)
            sys.exit(2)
        click.echo(f"Seraient effacés : {_count(found)}.")
        _tell(found)
        click.echo('Pour effacer, ajoutez : --motif "pourquoi".')
        sys.exit(2)
    done = erase(workspace, mail, par=identify(by), comment=motif, purge=purge_prefect)
    _refuse(done)
    if done.message:
        click.echo(done.message)
        _print("", done.a_finir)
        sys.exit(1 if done.a_finir else 0)
    click.echo(f"Effacée de la base, remplacée par {done.pseudonyme} : {_count(done)}.")
    _print("Reçu, dans la piste d’audit :", done.entrees)
    _tell(done)


def _refuse(found: Effacement) -> None:
    if not found.accepted:
        click.echo(f"Refusé : {found.message}", err=True)
        sys.exit(1)


def _count(found: Effacement) -> str:
    known = {name: number for name, number in found.comptes.items() if number and name in _KINDS}
    other = sum(number for name, number in found.comptes.items() if name not in _KINDS)
    said = [_several(number, _KINDS[name]) for name, number in sorted(known.items(), key=lambda item: _KINDS[item[0]])]
    return ", ".join([*said, *([plural(other, "autre ligne", "autres lignes")] if other else [])]) or "rien de plus"


def _several(count: int, noun: str) -> str:
    first, _, rest = noun.partition(" ")
    return plural(count, noun, f"{first}s {rest}".strip())


def _tell(found: Effacement) -> None:
    _print("Rôles que plus personne ne tient :", found.vacants)
    _print("Ce logiciel n’y touche pas, et cette personne peut y être nommée :", found.restes)
    _print("Gardés à l’octet près, parce qu’ils prouvent ce qui a été décidé :", found.gardes)
    _print("Reste à faire, que « nr reparer » ou « nr servir » finit :", found.a_finir)


def _print(title: str, lines: Iterable[str]) -> None:
    found = list(lines)
    if found and title:
        click.echo(title)
    for line in found:
        click.echo(f"  {line}")
