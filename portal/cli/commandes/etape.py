"""``nr etape``: what its leaders do to a stage: close it, reopen it, submit it again, send its documents."""

from __future__ import annotations

from collections.abc import Sequence

import click

from nr_models.stages import BY_SLUG
from portal.cli.dire.acting import LEADER, NAMED, STAGE, finish, identify
from portal.cli.dire.groupe import Groupe
from tasks.acts.closing import close_stage, reopen_stage, resubmit_stage
from tasks.acts.diffusion import diffuse as send_documents
from tasks.store.workspace import Workspace


@click.group(
    cls=Groupe,
    short_help="Clore, rouvrir, resoumettre, diffuser une étape.",
    help="Ce qu’on fait d’une étape : clore sa saisie, la rouvrir, la soumettre à nouveau, diffuser ses documents.",
)
def etape() -> None:
    """The group of what is done to a stage."""


@etape.command(
    short_help="Clore une étape qui attend des retours.",
    help="Clore une étape qui attend des retours ; ce qui manque reste dit.",
)
@click.argument("dossier")
@click.argument("stage", metavar="ÉTAPE", type=STAGE)
@LEADER
@NAMED
def clore(dossier: str, stage: str, mail: str, demande: str) -> None:
    """Close a stage that waits for returns."""
    finish(close_stage(Workspace(), dossier, BY_SLUG[stage], par=identify(mail, demande)))


@etape.command(
    short_help="Rouvrir une étape décidée.",
    help="Rouvrir une étape décidée (validée, à corriger ou refusée) ; elle sera soumise à nouveau.",
)
@click.argument("dossier")
@click.argument("stage", metavar="ÉTAPE", type=STAGE)
@LEADER
@click.option("--motif", required=True, metavar="TEXTE", help="Pourquoi.")
@NAMED
def rouvrir(dossier: str, stage: str, mail: str, motif: str, demande: str) -> None:
    """Reopen a stage that was decided."""
    finish(reopen_stage(Workspace(), dossier, BY_SLUG[stage], par=identify(mail, demande), comment=motif))


@etape.command(
    short_help="Soumettre à nouveau sans changement.",
    help="Une correction était demandée et rien ne change : soumettre l’étape à nouveau, en disant pourquoi.",
)
@click.argument("dossier")
@click.argument("stage", metavar="ÉTAPE", type=STAGE)
@LEADER
@click.option("--motif", required=True, metavar="TEXTE", help="Pourquoi rien ne change ; qui décide le lira.")
@NAMED
def resoumettre(dossier: str, stage: str, mail: str, motif: str, demande: str) -> None:
    """Submit again, as it is, a stage that was to be corrected."""
    finish(resubmit_stage(Workspace(), dossier, BY_SLUG[stage], par=identify(mail, demande), comment=motif))


@etape.command(
    short_help="Diffuser les documents d’une étape.",
    help="Envoyer les documents d’une étape validée, ou de la restitution, et l’inscrire dans la piste d’audit.",
)
@click.argument("dossier")
@click.argument("stage", metavar="ÉTAPE", type=STAGE)
@click.option("--par", "mail", required=True, metavar="ADRESSE", help="La personne qui diffuse.")
@click.option("--pour", "to", required=True, multiple=True, metavar="ADRESSE", help="À qui (répétable).")
@NAMED
def diffuser(dossier: str, stage: str, mail: str, to: Sequence[str], demande: str) -> None:
    """Send the documents of a stage."""
    finish(send_documents(Workspace(), dossier, BY_SLUG[stage], par=identify(mail, demande), to=to))
