"""What every act of a person shares on the command line: who acts, under which name, and how it ended."""

from __future__ import annotations

import getpass
import sys

import click

from nr_models.stages import BY_GATE, STAGES
from nr_models.values.moyens import Moyen
from tasks.acts.door import Auteur, SuiteDonnee
from tasks.programme.programmes import Introuvable

STAGE = click.Choice([stage.slug for stage in STAGES])
"""The stages, by the name that people type."""

LEADER = click.option(
    "--par", "mail", required=True, metavar="ADRESSE", help="Un référent du dossier ou l’équipe programme."
)
"""Who acts, where the act belongs to those who lead the dossier."""

NAMED = click.option(
    "--demande",
    default="",
    metavar="NOM",
    help="Un nom pour cette demande : répétée à l’identique sous ce nom, elle n’a d’effet qu’une fois.",
)
"""Lets a script that was cut off ask again without fear."""


def identify(mail: str, demande: str = "") -> Auteur:
    """The person is who the operator of this account says: recorded as such."""
    return Auteur(mail, Moyen.COMMANDE.value, getpass.getuser(), demande.strip())


def finish(reponse: SuiteDonnee) -> None:
    """Say what an act came to, and leave: 0 when it is done, 1 when it is refused."""
    click.echo(reponse.message if reponse.accepted else f"Refusé : {reponse.message}", err=not reponse.accepted)
    sys.exit(0 if reponse.accepted else 1)


def check_gate(gate: str) -> None:
    """Raise ``Introuvable`` for a gate that does not exist."""
    if gate not in BY_GATE:
        raise Introuvable(f"La validation « {gate} » n’existe pas. Validations : {', '.join(BY_GATE)}.")
