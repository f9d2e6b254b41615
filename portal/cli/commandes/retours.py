"""``nr retours``: who owes what since when; drafts of reminders; corrections asked of people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import click
from rich import box
from rich.table import Table
from rich.text import Text
from sqlmodel import Session

from nr_models.dossier.case import Retour
from nr_models.dossier.registre import Entree, Personne
from nr_models.dossier.retours.suivi import Du, Quoi
from nr_models.rules.collect import Result
from nr_models.rules.hypotheses import list_propositions
from nr_models.stages import BY_SLUG, RETOURS
from nr_models.tables import Dossier, Programme
from nr_models.values.dates import french_date
from nr_models.values.days import paris_day
from nr_models.values.french import of, plural
from nr_models.values.text import slugify
from portal.cli.dire.acting import LEADER, NAMED, STAGE, finish, identify
from portal.cli.dire.explain import explain_late
from portal.cli.dire.groupe import Groupe
from portal.cli.dire.terminal import describe, make_console, print_anomalies
from tasks.acts.corrections import ask_correction
from tasks.acts.tardifs import leave_late, take_in_late
from tasks.dossier.board import load_line
from tasks.dossier.making import load_case, load_results
from tasks.dossier.recus import list_received, render_received
from tasks.dossier.restes import list_blanks
from tasks.dossier.standing import load_standing
from tasks.office.courrier import Courrier, render_draft
from tasks.programme.lieu import Lieu, find_lieu
from tasks.programme.programmes import (
    Introuvable,
    find_dossier,
    find_programme,
    list_dossiers,
    list_programmes,
)
from tasks.returns.comptes import list_tardifs
from tasks.returns.suivi import NOMS, Relance, list_dus, list_reminded, plan_relances, record_relance, write_relances
from tasks.returns.suivi_workbook import render_suivi, tell_state
from tasks.stages.collect.stage import read_preparation
from tasks.store.clock import now
from tasks.store.files import write_file
from tasks.store.workspace import Workspace


@click.group(
    cls=Groupe,
    short_help="Suivre, lister, relancer, faire corriger les retours.",
    help="Ce que les personnes rendent : qui doit quoi et depuis quand, ce qui est reçu, les relances à envoyer, ce "
    "qui est à reprendre.",
)
def retours() -> None:
    """The group of what people give back."""


@retours.command(
    short_help="Qui doit quoi, depuis quand.",
    help="Qui doit quoi, depuis quand et pour quand ; avec --vers, aussi dans un classeur.",
)
@click.argument("name", metavar="[PROGRAMME|DOSSIER]", required=False)
@click.option(
    "--vers", "target", type=click.Path(path_type=Path), metavar="FICHIER.xlsx", help="Aussi dans ce classeur."
)
def suivre(name: str | None, target: Path | None) -> None:
    """Print the tracker, and write it where asked."""
    workspace, today = Workspace(), paris_day(now())
    places, dus = _list_dus(workspace, name)
    with workspace.reading() as session:
        titre, _ = _find(session, name)
        reminded: dict[str, date] = {}
        for programme in {item.id: item for item, _ in places}.values():
            reminded |= list_reminded(session, programme)
    if target is not None:
        target.write_bytes(render_suivi(titre, dus, NOMS, reminded, today))
        click.echo(f"Suivi écrit dans {target}.")
    if len(places) == 1:
        _tell_collection(Lieu(workspace, *places[0]))
    if not dus:
        _tell_none(workspace, places)
        return
    make_console().print(_table(dus, reminded, today))


@retours.command(
    short_help="Ce qui est reçu, et ce qui est à y corriger.",
    help="Chaque fichier reçu par un dossier : ce que c’est, de qui, ce qui est à y corriger. Avec --vers, le classeur "
    "des anomalies et une copie à corriger de chaque fichier fautif, sans attendre que tout soit rendu.",
)
@click.argument("dossier")
@click.option("--vers", "folder", type=click.Path(path_type=Path, file_okay=False), metavar="DOSSIER", help="Où.")
def lister(dossier: str, folder: Path | None) -> None:
    """List the returns of a dossier, and write what is to correct where asked."""
    lieu = find_lieu(Workspace(), dossier)
    received, nom = list_received(lieu), lieu.dossier.nom
    if not received.retours and not received.anomalies:
        click.echo(f"{nom} : aucun fichier reçu.")
        return
    click.echo(f"{nom} : {plural(len(received.retours), 'fichier lu', 'fichiers lus')}.")
    for retour in received.retours:
        click.echo(f"  {_describe(retour, lieu.entree)}")
    print_anomalies(received.anomalies, stderr=False)
    with lieu.reading() as ici:
        for line in explain_late(list_tardifs(ici), lieu.cle):
            click.echo(line)
    if folder is not None:
        for file in render_received(received):
            write_file(folder, file)
            click.echo(f"  {folder / file.nom}")


@retours.command(
    short_help="Prendre en compte ce qui est arrivé après coup.",
    help="Prendre en compte ce qui est arrivé, a changé ou est parti depuis que la saisie de l’étape est close ou "
    "validée. L’étape est refaite ; si son résultat change, elle est à valider à nouveau.",
)
@click.argument("dossier")
@click.argument("stage", metavar="ÉTAPE", type=STAGE)
@LEADER
@click.option("--motif", required=True, metavar="TEXTE", help="Pourquoi.")
@NAMED
def reprendre(dossier: str, stage: str, mail: str, motif: str, demande: str) -> None:
    """Have what came late count."""
    finish(take_in_late(Workspace(), dossier, BY_SLUG[stage], par=identify(mail, demande), comment=motif))


@retours.command(
    short_help="Laisser de côté ce qui est arrivé après coup.",
    help="Laisser de côté ce qui est arrivé depuis que la saisie de l’étape est close ou validée : rien n’est refait.",
)
@click.argument("dossier")
@click.argument("stage", metavar="ÉTAPE", type=STAGE)
@LEADER
@click.option("--motif", required=True, metavar="TEXTE", help="Pourquoi.")
@NAMED
def laisser(dossier: str, stage: str, mail: str, motif: str, demande: str) -> None:
    """Leave what came late."""
    finish(leave_late(Workspace(), dossier, BY_SLUG[stage], par=identify(mail, demande), comment=motif))


@retours.command(
    short_help="Écrire les relances à envoyer.",
    help="Écrire une relance par personne, sur tout ce qu’elle doit et ce qu’elle a laissé sans réponse, en brouillon "
    "(.eml) à ouvrir et envoyer. Quand vous le demandez, quel que soit le délai ; avec --echues, seulement ce qui "
    "est assez ancien, et jamais deux relances trop rapprochées à la même personne.",
)
@click.argument("name", metavar="PROGRAMME|DOSSIER")
@click.option("--echues", is_flag=True, help="Seulement ce que la méthode relancerait aujourd’hui.")
@click.option(
    "--vers", "folder", required=True, type=click.Path(path_type=Path, file_okay=False), metavar="DOSSIER", help="Où."
)
def relancer(name: str, folder: Path, *, echues: bool) -> None:
    """Write a draft per person to remind, and record each."""
    workspace = Workspace()
    places, dus = _list_dus(workspace, name)
    programme = places[0][0] if places else None
    if programme is None:
        click.echo("Aucun dossier, donc personne à relancer.")
        return
    with workspace.writing() as session:
        ripe = plan_relances(workspace, session, programme, [dossier for _, dossier in places]) if echues else ()
        relances = ripe if echues else write_relances(dus, places)
        folder.mkdir(parents=True, exist_ok=True)
        for relance in relances:
            path = folder / f"relance-{slugify(relance.mail)}.eml"
            path.write_bytes(_draft(relance))
            record_relance(session, programme, relance)
            click.echo(f"  {path}")
    if relances:
        click.echo(f"{plural(len(relances), 'relance')} à ouvrir, relire et envoyer.")
    elif dus:
        click.echo("Personne à relancer aujourd’hui : rien d’assez ancien, ou une relance trop récente.")
    else:
        _tell_none(workspace, places)


def _list_dus(workspace: Workspace, name: str | None) -> tuple[list[tuple[Programme, Dossier]], tuple[Du, ...]]:
    """The dossiers that a name covers, and all that people owe there, blanks of what they returned included."""
    with workspace.reading() as session:
        _, places = _find(session, name)
        dus = list_dus(workspace, session, places)
    return places, (*dus, *(item for place in places for item in list_blanks(Lieu(workspace, *place))))


def _describe(retour: Retour, entree: Entree) -> str:
    """« Trame.xlsx : questionnaire de diagnostic, de Zoé Petit ; 2 cellules à corriger »."""
    who = entree.find(retour.personne)
    author = f", {of(who.nom)}" if who else ""
    count = sum(item.asks_to_correct for item in retour.anomalies)
    state = f"{plural(count, 'cellule')} à corriger" if count else "rien à corriger"
    return f"{retour.fichier} : {RETOURS[retour.type]}{author} ; {state}"


@retours.command(
    short_help="Demander à une personne de reprendre son retour.",
    help="Demander à une personne de reprendre ce qu’elle a rendu. La demande reste dans le suivi et dans ses "
    "relances jusqu’à un nouveau retour.",
)
@click.argument("dossier")
@click.argument("personne", metavar="ADRESSE")
@LEADER
@click.option("--quoi", required=True, type=click.Choice([item.value for item in Quoi]), help="Ce qui ne va pas.")
@click.option("--motif", required=True, metavar="TEXTE", help="Ce qu’il faut reprendre, en une phrase.")
@click.option("--type", "kind", default="", type=click.Choice(["", *NOMS]), metavar="TYPE", help="De quel retour.")
@NAMED
def corriger(dossier: str, personne: str, mail: str, quoi: str, motif: str, kind: str, demande: str) -> None:
    """Ask for a correction."""
    finish(
        ask_correction(
            Workspace(),
            dossier,
            personne,
            kind=kind,
            quoi=Quoi(quoi),
            comment=motif,
            par=identify(mail, demande),
        )
    )


def _tell_none(workspace: Workspace, places: Sequence[tuple[Programme, Dossier]]) -> None:
    """No return is owed; a gate may wait all the same, and it is named."""
    click.echo("Aucun retour n’est attendu : tout ce qui était demandé est rendu, ou la saisie est close.")
    with workspace.reading() as session:
        lines = [load_line(Lieu(workspace, *place, session)) for place in places]
    for line in lines:
        click.echo(f"{line.nom} ({line.slug}) : {describe(line)}")


def _tell_collection(lieu: Lieu) -> None:
    """The interviews of a dossier, and what its référent has to settle."""
    standing = load_standing(lieu)
    prepared = read_preparation(load_case(lieu, standing, BY_SLUG["collect"], "envoi"))
    placed, confirmed, held = prepared.count_said()
    click.echo(
        f"Entretiens : {placed} sur {len(prepared.demandes)} avec une heure, {plural(confirmed, 'confirmé')}, "
        f"{plural(held, 'tenu')} (« calendrier.xlsx » de la collecte)."
    )
    received = list_received(lieu)
    faulty = sum(bool(retour.copie) for retour in received.retours)
    click.echo(
        f"Reçus : {plural(len(received.retours), 'fichier')}, dont {faulty} à corriger "
        f"(« nr retours lister {lieu.dossier.slug} »)."
    )
    found = load_results(lieu, standing, ["collect"]).get("collect")
    if isinstance(found, Result):
        open_ones = sum(item.divergence and item.arbitrage is None for item in found.consolidations)
        unknown = len(list_propositions(found, lieu.referentiel))
        click.echo(
            f"À trancher : {plural(open_ones, 'divergence')}, {plural(unknown, 'question')} sans réponse "
            "(« a-trancher.xlsx » de la collecte)."
        )


def _find(session: Session, name: str | None) -> tuple[str, list[tuple[Programme, Dossier]]]:
    """What a name covers: every programme, one, or one dossier; with the title of it. Raises ``Introuvable``."""
    if name is None:
        programmes = list_programmes(session)
        return "tous les programmes", [(item, one) for item in programmes for one in list_dossiers(session, item)]
    try:
        programme = find_programme(session, name)
    except Introuvable:
        found = find_dossier(session, name)
        return found[1].nom, [found]
    return f"programme {programme.slug}", [(programme, item) for item in list_dossiers(session, programme)]


def _table(dus: tuple[Du, ...], reminded: Mapping[str, date], today: date) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for title in ("Personne", "Collectivité", "Attendu", "Depuis le", "Pour le", "Où en est-on", "Relancé le"):
        table.add_column(title, overflow="fold")
    for item in dus:
        late = bool(item.correction or item.days_late(today))
        last = reminded.get(item.personne)
        table.add_row(
            f"{item.nom}\n{item.personne}",
            item.collectivite,
            NOMS.get(item.quoi, item.quoi),
            french_date(item.depuis),
            french_date(item.echeance) if item.echeance else "",
            Text(tell_state(item, today), "yellow" if late else "green"),
            french_date(last) if last else "",
        )
    return table


def _draft(relance: Relance) -> bytes:
    person = Personne(mail=relance.mail, nom=relance.nom, roles=())
    return render_draft(Courrier(relance.sujet, relance.texte), (person,))
