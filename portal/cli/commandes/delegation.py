"""``nr delegation``: give a role for a time, take it back, list what was given."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import click

from nr_models.dossier.delegation import Delegation
from nr_models.stages import BY_GATE
from nr_models.tables import find_id
from nr_models.values.dates import french_date
from nr_models.values.days import paris_day
from nr_models.values.roles import Role
from portal.cli.dire.acting import NAMED, finish, identify
from portal.cli.dire.groupe import Groupe
from tasks.acts.delegations import delegate as give_delegation
from tasks.acts.delegations import revoke as end_delegation
from tasks.dossier.pouvoirs import load_delegations
from tasks.programme.programmes import find_dossier
from tasks.store.clock import now
from tasks.store.workspace import Workspace

_DAY = click.DateTime(["%Y-%m-%d"])


@click.group(
    cls=Groupe,
    short_help="Donner, révoquer, lister des délégations.",
    help="Déléguer un rôle à une autre personne du dossier, pour un temps, par arrêté.",
)
def delegation() -> None:
    """The group of delegations."""


@delegation.command(
    short_help="Déléguer un rôle, pour un temps.",
    help="Déléguer à une autre personne du dossier un rôle que l’on tient, du premier au dernier jour inclus.",
)
@click.argument("dossier")
@click.option("--par", "mail", required=True, metavar="ADRESSE", help="La personne qui délègue.")
@click.option("--pour", "to", required=True, metavar="ADRESSE", help="La personne qui reçoit la délégation.")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="Le rôle délégué.")
@click.option("--du", required=True, type=_DAY, metavar="AAAA-MM-JJ", help="Premier jour.")
@click.option("--au", required=True, type=_DAY, metavar="AAAA-MM-JJ", help="Dernier jour, inclus.")
@click.option("--arrete", required=True, metavar="RÉFÉRENCE", help="La référence de l’arrêté de délégation.")
@click.option(
    "--validation",
    "validations",
    multiple=True,
    type=click.Choice(list(BY_GATE)),
    metavar="VALIDATION",
    help="Seulement cette validation (répétable) ; sans elle, toutes.",
)
@NAMED
def donner(
    dossier: str,
    mail: str,
    to: str,
    role: str,
    du: datetime,
    au: datetime,
    arrete: str,
    validations: Sequence[str],
    demande: str,
) -> None:
    """Give a delegation."""
    finish(
        give_delegation(
            Workspace(),
            dossier,
            par=identify(mail, demande),
            to=to,
            role=role,
            du=du.date(),
            au=au.date(),
            arrete=arrete,
            validations=validations,
        )
    )


@delegation.command(
    short_help="Révoquer une délégation.",
    help="Mettre fin à une délégation avant son dernier jour ; ce qu’elle a permis de décider reste décidé.",
)
@click.argument("dossier")
@click.argument("number", metavar="NUMÉRO", type=int)
@click.option("--par", "mail", required=True, metavar="ADRESSE", help="Qui l’a donnée, ou l’équipe programme.")
@click.option("--motif", required=True, metavar="TEXTE", help="Pourquoi.")
@NAMED
def revoquer(dossier: str, number: int, mail: str, motif: str, demande: str) -> None:
    """End a delegation."""
    finish(end_delegation(Workspace(), dossier, number, par=identify(mail, demande), comment=motif))


@delegation.command(
    short_help="Les délégations d’un dossier.",
    help="Les délégations d’un dossier, en cours, à venir, finies ou révoquées, avec leur numéro.",
)
@click.argument("dossier")
def lister(dossier: str) -> None:
    """List the delegations of a dossier."""
    workspace = Workspace()
    with workspace.reading() as session:
        _, entry = find_dossier(session, dossier)
        found = load_delegations(session, [find_id(entry)])[find_id(entry)]
    if not found:
        click.echo(f"{entry.nom} : aucune délégation.")
    for item in found:
        click.echo(_describe(item, paris_day(now())))


def _describe(item: Delegation, today: date) -> str:
    scope = ", ".join(item.validations) or "toutes les validations"
    state = (
        "révoquée" if item.revoquee else "finie" if item.au < today else "à venir" if today < item.du else "en cours"
    )
    return (
        f"N° {item.id}, {state} : {item.delegant} à {item.delegataire}, {Role(item.role).nom} ({scope}), "
        f"du {french_date(item.du)} au {french_date(item.au)} inclus."
    )
