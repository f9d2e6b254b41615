"""By what power people sit at a gate: delegations, and roles that the registry gave a moment ago."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from nr_models.dossier.delegation import Delegation
from nr_models.dossier.gates import Siege
from nr_models.dossier.journal import Fait
from nr_models.dossier.registre import Passation
from nr_models.dossier.replay import list_given
from nr_models.tables import Delegation as Row
from nr_models.tables import Event, Person, Revocation, find_id
from nr_models.values.roles import Role
from tasks.programme.lieu import Lieu
from tasks.store.clock import now

Recents = Mapping[tuple[str, str], str]
"""Since when people hold the roles just given, by address and role."""


def load_delegations(session: Session, dossiers: Collection[int] | Select[Any]) -> dict[int, list[Delegation]]:
    """Every delegation ever given in these dossiers, the oldest first, revoked ones included."""
    giver, taker = aliased(Person), aliased(Person)
    query = (
        select(Row, giver.mail, taker.mail, Revocation.id)
        .join(giver, col(giver.id) == Row.delegant_id)
        .join(taker, col(taker.id) == Row.delegataire_id)
        .outerjoin(Revocation, col(Revocation.delegation_id) == Row.id)
        .where(col(Row.dossier_id).in_(dossiers))
        .order_by(col(Row.id))
    )
    found: dict[int, list[Delegation]] = defaultdict(list)
    for row, delegant, delegataire, revocation in session.exec(query):
        found[row.dossier_id].append(
            Delegation(
                id=find_id(row),
                role=row.role,
                delegant=delegant,
                delegataire=delegataire,
                du=date.fromisoformat(row.du),
                au=date.fromisoformat(row.au),
                validations=tuple(json.loads(row.validations)),
                revoquee=revocation is not None,
            )
        )
    return found


def load_recent(lieu: Lieu) -> Recents:
    """Since when people hold the roles that the registry gave less than ``NR_ROLES_RECENTS`` hours ago.

    By address and role. What the dossier had when it was opened was not given since, and is not said.
    """
    given = list_given(_load_events(lieu))
    least = timedelta(hours=lieu.workspace.settings.roles_recents)
    recent = {
        key: at for key, at in given.items() if datetime.fromisoformat(now()) - datetime.fromisoformat(at) < least
    }
    wanted = {commitment for commitment, _ in recent}
    rows = select(Person.commitment, Person.mail).where(col(Person.commitment).in_(wanted))
    mails = dict(lieu.session.exec(rows).all()) if wanted else {}
    return {(mails[commitment], role): at for (commitment, role), at in recent.items() if commitment in mails}


def find_recent(siege: Siege, mail: str, recent: Recents) -> str:
    """Since when the role that a person would decide with was given, to them or to who delegated it; "" : long ago."""
    delegation = siege.find_delegation(mail)
    return recent.get((delegation.delegant if delegation else mail, siege.tenu_par), "")


def list_recent(lieu: Lieu, sieges: Sequence[Siege]) -> dict[str, str]:
    """Those who may decide on these seats with a role just given, and since when."""
    recent = load_recent(lieu)
    said = {mail: find_recent(seat, mail, recent) for seat in sieges for mail in seat.decideurs}
    return {mail: since for mail, since in said.items() if since}


def list_role_changes(lieu: Lieu) -> dict[str, tuple[Passation, ...]]:
    """The roles that the registry gave or took since the returns of each stage were last settled, the oldest first."""
    told = [col(Event.body).contains(f'"fait":"{fait.value}"') for fait in (Fait.REGISTRE, Fait.RETENU)]
    query = select(Event.body).where(Event.chain == lieu.cle, told[0] | told[1]).order_by(col(Event.n))
    events = [json.loads(body) for body in lieu.session.exec(query)]
    found: dict[str, list[tuple[str, str, bool]]] = {}
    for event in events:
        said = event["donnees"]
        if event["fait"] == Fait.RETENU:
            found[said["stage"]] = []
            continue
        for changes in found.values():
            changes += [(person, role, False) for person, role in said["retires"]]
            changes += [(person, role, True) for person, role in said["donnes"]]
    wanted = {person for changes in found.values() for person, _, _ in changes}
    rows = select(Person).where(col(Person.commitment).in_(wanted))
    people = {row.commitment: row for row in lieu.session.exec(rows)} if wanted else {}
    return {
        stage: tuple(
            Passation(people[person].mail, people[person].nom, Role(role), given)
            for person, role, given in changes
            if person in people
        )
        for stage, changes in found.items()
    }


def _load_events(lieu: Lieu) -> list[Mapping[str, Any]]:
    told = col(Event.body).contains(f'"fait":"{Fait.REGISTRE.value}"')
    query = select(Event.body).where(Event.chain == lieu.cle, told).order_by(col(Event.n))
    return [json.loads(body) for body in lieu.session.exec(query)]
