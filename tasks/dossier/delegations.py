"""The delegations in force in dossiers, read at once."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Select
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from nr_models.dossier.delegation import Delegation
from nr_models.tables import Delegation as Row
from nr_models.tables import Person, Revocation, find_id


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
