"""``nr inventaire``: read inventories again at their source, show what waits, accept it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime

import click

from flows.sources import refresh_programme
from nr_models.inventaire.mouvements import Mouvement
from nr_models.inventaire.refresh import Difference, EtatCandidat, describe
from nr_models.tables import Source
from nr_models.values.anomalies import Anomaly
from nr_models.values.french import french_day, plural
from portal.cli.commandes.avancer import avancer
from portal.cli.dire.acting import LEADER, NAMED, finish, identify
from portal.cli.dire.groupe import Groupe
from tasks.programme.lieu import find_lieu
from tasks.programme.programmes import open_programme
from tasks.sources.inventories import accept_candidates, list_candidates, list_sources, list_unfinished
from tasks.sources.refresh import Visite
from tasks.store.clock import now
from tasks.store.workspace import Workspace


@click.group(
    cls=Groupe,
    short_help="Relire les inventaires à leur source.",
    help="Les inventaires relus là où chaque collectivité les garde (feuille Sources du registre). Un écart au-delà "
    "des seuils de la méthode entre en vigueur, et le score est refait ; un moindre attend l’accord du référent.",
)
def inventaire() -> None:
    """The group of inventories read at their source."""


@inventaire.command(
    short_help="Relire chaque source.",
    help="Relire les inventaires d’un programme à leur source, et refaire ce qui repose sur ce qui entre en vigueur.",
)
@click.argument("programme")
@click.option("--dossier", "slugs", multiple=True, metavar="COLLECTIVITÉ", help="Seulement ce dossier (répétable).")
@click.pass_context
def relire(ctx: click.Context, programme: str, slugs: Sequence[str]) -> None:
    """Visit every source, tell what came of it, and make again what rests on what came into force."""
    workspace = Workspace()
    opened = open_programme(workspace, programme).programme
    visits = refresh_programme(workspace, opened, slugs=[slug.rpartition("/")[2] for slug in slugs])
    for item in visits:
        click.echo(
            f"{opened.slug}/{item.dossier}, {item.adresse} : {_tell(opened.slug, item)}", err=item.anomalie is not None
        )
    if not visits:
        click.echo("Aucune source à relire : la feuille Sources du registre n’en donne pas.")
    with workspace.reading() as session:  # those of a visit cut short before this one too
        fresh = [slug for slug in list_unfinished(session, opened) if slug in {item.dossier for item in visits}]
    failed = any(item.anomalie for item in visits)
    if fresh:
        try:
            ctx.invoke(avancer, programme=opened.slug, slugs=fresh, until=None)
        except SystemExit as end:
            sys.exit(end.code or int(failed))
    sys.exit(int(failed))


@inventaire.command(
    short_help="Les sources d’un dossier.", help="Les sources d’un dossier, et ce qui attend un accord."
)
@click.argument("dossier")
def montrer(dossier: str) -> None:
    """Tell each source, how old what it gave is, and what waits."""
    lieu = find_lieu(Workspace(), dossier)
    with lieu.reading() as ici:
        sources, waiting = list_sources(ici), list_candidates(ici)
    names = {item.slug: item.nom for item in lieu.referentiel.facteurs.categories}
    for source in sources:
        click.echo(f"{source.adresse} : {_age(source.answered_at)}{_trouble(source)}")
    for item in waiting:
        difference = Difference.model_validate_json(item.difference)
        state = EtatCandidat(item.etat).nom
        click.echo(f"Relevé du {french_day(item.fetched_at)}, {state} : {describe(difference)}.")
        for move in difference.mouvements:
            click.echo(f"  {_MOVES[move.nature]} : {move.unites} × {_what(move, names)}{_where(move)}")
    if not sources:
        click.echo(f"Aucune source n’a encore été visitée pour {lieu.cle}.")


@inventaire.command(
    short_help="Mettre en vigueur ce qui attend.",
    help="Mettre en vigueur l’inventaire qui attend un accord ; il remplace les inventaires rendus, ou s’y ajoute.",
)
@click.argument("dossier")
@LEADER
@click.option("--en-plus", "beside", is_flag=True, help="L’ajouter aux inventaires rendus au lieu de les remplacer.")
@NAMED
def inscrire(dossier: str, mail: str, beside: bool, demande: str) -> None:
    """Put it in force, with whose accord."""
    finish(accept_candidates(Workspace(), dossier, par=identify(mail, demande), beside=beside))


_MOVES = {"arrive": "Arrivé", "parti": "Parti", "deplace": "Déplacé", "modifie": "Modifié"}


def _what(move: Mouvement, names: Mapping[str, str]) -> str:
    name = names.get(move.categorie, "catégorie non reconnue")
    return f"{name} ({move.modele})" if move.modele else name


def _where(move: Mouvement) -> str:
    if move.de and move.vers and move.de != move.vers:
        return f", de {move.de} vers {move.vers}"
    return f", {move.vers or move.de}" if move.vers or move.de else ""


def _tell(programme: str, item: Visite) -> str:
    if item.anomalie is not None:
        return f"{item.anomalie.message} {item.anomalie.remede} {_age(item.depuis)}"
    if item.etat is None or item.difference is None:
        return "rien de nouveau."
    beyond = " ; ".join(f"{seen.quoi} : {seen.vu} pour un seuil de {seen.seuil}" for seen in item.depassements)
    said = f"{describe(item.difference)} ; {item.etat.nom}"
    if item.etat is EtatCandidat.CANDIDAT:
        name = f"{programme}/{item.dossier}"
        see, accept = f"nr inventaire montrer {name}", f"nr inventaire inscrire {name} --par ADRESSE"
        return f"{said}. Le voir : {see} ; l’accepter : {accept}."
    return f"{said} ({beyond})." if beyond else f"{said}."


def _age(answered_at: str) -> str:
    """How old the last answer is, in days of the clock."""
    if not answered_at:
        return "Elle n’a encore jamais donné d’inventaire."
    days = (datetime.fromisoformat(now()) - datetime.fromisoformat(answered_at)).days
    ago = f"il y a {plural(days, 'jour')}" if days else "aujourd’hui"
    return f"Dernier relevé réussi le {french_day(answered_at)} ({ago})."


def _trouble(source: Source) -> str:
    if not source.anomalie:
        return ""
    return (
        f" Dernière visite, le {french_day(source.tried_at)} : {Anomaly.model_validate_json(source.anomalie).message}"
    )
