"""The versions that were approved last, of many dossiers at once: little is loaded, and a board asks for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import Select
from sqlmodel import Session, col, select

from nr_models.dossier.acquis.vigueur import EnVigueur
from nr_models.dossier.gates import Ouverture
from nr_models.stages import BY_GATE
from nr_models.tables import Gate, Round


def list_in_force(session: Session, asked: Collection[int] | Select[Any]) -> dict[int, dict[str, EnVigueur]]:
    """The versions in force of these dossiers, by stage: without their documents nor who approved them."""
    return {
        number: {BY_GATE[gate].slug: describe(row, made) for gate, (row, made) in gates.items()}
        for number, gates in list_approvals(session, asked).items()
    }


def list_approvals(session: Session, asked: Collection[int] | Select[Any]) -> Mapping[int, dict[str, tuple[Gate, int]]]:
    """The latest asking of each gate that was approved, with the number of its round, by dossier."""
    query = (
        select(Gate, Round.numero)
        .join(Round, col(Round.id) == Gate.round_id)
        .where(col(Gate.dossier_id).in_(asked), Gate.issue == Ouverture.APPROUVEE)
        .order_by(col(Gate.id))
    )
    found: dict[int, dict[str, tuple[Gate, int]]] = defaultdict(dict)
    for gate, numero in session.exec(query):
        found[gate.dossier_id][gate.gate] = (gate, numero)
    return found


def describe(gate: Gate, numero: int) -> EnVigueur:
    """The version in force that an asking approved, with the number of its round: no more than its row says."""
    return EnVigueur(numero=numero, le=gate.closed_at or gate.opened_at, seal=gate.seal)
