"""``nr delegate``, ``nr revoke``, ``nr avis``, ``nr diffuse``: acts of people around the decisions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import click

from nr_models.dossier.delegation import Delegation
from nr_models.stages import BY_GATE, BY_SLUG, STAGES
from nr_models.values.dates import french_date
from nr_models.values.days import paris_day
from nr_models.values.roles import Role
from portal.cli.commandes.decide import NAMED, check_gate, finish, identify
from tasks.acts.avis import give_avis
from tasks.acts.delegations import delegate as give_delegation
from tasks.acts.delegations import revoke as end_delegation
from tasks.acts.diffusion import diffuse as send_documents
from tasks.dossier.delegations import load_delegations
from tasks.programme.programmes import find_dossier
from tasks.store.clock import now
from tasks.store.workspace import Workspace

_DAY = click.DateTime(["%Y-%m-%d"])
_STAGE = click.Choice([stage.slug for stage in STAGES])


@click.command(
    short_help="Déléguer un rôle, pour un temps.",
    help="Déléguer à une autre personne du dossier un rôle que l’on tient, du premier au dernier jour inclus. "
    "Sans --to : la liste des délégations du dossier.",
)
@click.argument("dossier")
@click.option("--as", "mail", metavar="ADRESSE", help="La personne qui délègue.")
@click.option("--to", metavar="ADRESSE", help="La personne qui reçoit la délégation.")
@click.option("--role", type=click.Choice([role.value for role in Role]), help="Le rôle délégué.")
@click.option("--du", type=_DAY, metavar="AAAA-MM-JJ", help="Premier jour.")
@click.option("--au", type=_DAY, metavar="AAAA-MM-JJ", help="Dernier jour, inclus.")
@click.option("--arrete", metavar="RÉFÉRENCE", help="La référence de l’arrêté de délégation.")
@click.option(
    "--validation",
    "validations",
    multiple=True,
    type=click.Choice(list(BY_GATE)),
    metavar="VALIDATION",
    help="Seulement cette validation (répétable) ; sans elle, toutes.",
)
@NAMED
def delegate(
    dossier: str,
    mail: str | None,
    to: str | None,
    role: str | None,
    du: datetime | None,
    au: datetime | None,
    arrete: str | None,
    validations: Sequence[str],
    demande: str,
) -> None:
    """Give a delegation, or list those of a dossier."""
    if to is None:
        _list_delegations(dossier)
        return
    if mail is None or role is None or du is None or au is None or arrete is None:
        raise click.UsageError("Il faut dire qui délègue (--as), à qui (--to), quoi (--role), --du, --au et --arrete.")
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


@click.command(
    short_help="Révoquer une délégation.",
    help="Mettre fin à une délégation avant son dernier jour ; ce qu’elle a permis de décider reste décidé.",
)
@click.argument("dossier")
@click.argument("number", metavar="NUMÉRO", type=int)
@click.option("--as", "mail", required=True, metavar="ADRESSE", help="Qui l’a donnée, ou l’équipe programme.")
@click.option("--comment", required=True, metavar="TEXTE", help="Pourquoi.")
@NAMED
def revoke(dossier: str, number: int, mail: str, comment: str, demande: str) -> None:
    """End a delegation."""
    finish(end_delegation(Workspace(), dossier, number, par=identify(mail, demande), comment=comment))


@click.command(
    short_help="Donner un avis avant une décision.",
    help="Donner un avis sur ce qui attend une validation ; il ne décide rien, et qui décide le lit.",
)
@click.argument("dossier")
@click.argument("gate", metavar="VALIDATION")
@click.option("--as", "mail", required=True, metavar="ADRESSE", help="La personne qui donne son avis.")
@click.option("--texte", required=True, metavar="TEXTE", help="L’avis.")
@NAMED
def avis(dossier: str, gate: str, mail: str, texte: str, demande: str) -> None:
    """Give an opinion on what a gate shows."""
    check_gate(gate)
    finish(give_avis(Workspace(), dossier, gate, par=identify(mail, demande), texte=texte))


@click.command(
    short_help="Diffuser les documents d’une étape.",
    help="Envoyer les documents d’une étape validée, ou de la restitution, et l’inscrire dans la piste d’audit.",
)
@click.argument("dossier")
@click.argument("stage", metavar="ÉTAPE", type=_STAGE)
@click.option("--as", "mail", required=True, metavar="ADRESSE", help="La personne qui diffuse.")
@click.option("--a", "to", required=True, multiple=True, metavar="ADRESSE", help="À qui (répétable).")
@NAMED
def diffuse(dossier: str, stage: str, mail: str, to: Sequence[str], demande: str) -> None:
    """Send the documents of a stage."""
    finish(send_documents(Workspace(), dossier, BY_SLUG[stage], par=identify(mail, demande), to=to))


def _list_delegations(name: str) -> None:
    workspace = Workspace()
    with workspace.reading() as session:
        _, dossier = find_dossier(session, name)
        found = load_delegations(session, [dossier.id or 0])[dossier.id or 0]
    if not found:
        click.echo(f"{dossier.nom} : aucune délégation.")
    for item in found:
        click.echo(_describe(item, paris_day(now())))


def _describe(item: Delegation, today: date) -> str:
    scope = ", ".join(item.validations) or "toutes les validations"
    state = (
        "révoquée" if item.revoquee else "finie" if item.au < today else "à venir" if today < item.du else "en cours"
    )
    return (
        f"N° {item.id}, {state} : {item.delegant} à {item.delegataire}, {Role(item.role).nom} ({scope}), "
        f"du {french_date(item.du)} au {french_date(item.au)} inclus."
    )
