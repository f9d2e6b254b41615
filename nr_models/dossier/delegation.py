"""Dated delegations: who may decide in whose stead, on what, from when to when. One deep, checked at each decision.

A délégation de signature is personal (CGCT, art. L. 2122-18 and L. 2122-19): it ends with the role of who
gave it, and does not strip them of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from nr_models.dossier.registre import Entree
from nr_models.referentiel.circuit import Circuit
from nr_models.values.frozen import Frozen


class Delegation(Frozen):
    """A delegation of a role, by address; first and last day included, in Paris. No ``validations``: all of them."""

    id: int
    role: str
    delegant: str
    delegataire: str
    du: date
    au: date
    validations: tuple[str, ...] = ()
    revoquee: bool = False


def in_force(delegations: Iterable[Delegation], gate: str, day: date, entree: Entree) -> tuple[Delegation, ...]:
    """The delegations that give power at a gate on a day, both people being still of the dossier."""
    return tuple(item for item in delegations if _holds(item, gate, day, entree))


def _holds(item: Delegation, gate: str, day: date, entree: Entree) -> bool:
    giver = entree.find(item.delegant)
    return (
        not item.revoquee
        and item.du <= day <= item.au
        and (not item.validations or gate in item.validations)
        and giver is not None
        and giver.has(item.role)
        and entree.find(item.delegataire) is not None
    )


def delegation_facts(wanted: Delegation, arrete: str, circuit: Circuit, entree: Entree, today: date) -> set[str]:
    """The guards that a wanted delegation meets: names of ``nr_models.dossier.workflow.GUARDS``."""
    giver, taker = entree.find(wanted.delegant), entree.find(wanted.delegataire)
    meets = {
        "role-delegable": giver is not None and giver.has(wanted.role),
        "delegataire-connu": taker is not None and wanted.delegataire != wanted.delegant,
        "dates-justes": wanted.du <= wanted.au and wanted.au >= today,
        "arrete-cite": bool(arrete.strip()),
        "validations-connues": set(wanted.validations) <= _gates_of(wanted.role, circuit),
    }
    return {guard for guard, met in meets.items() if met}


def _gates_of(role: str, circuit: Circuit) -> set[str]:
    """The gates where a role may sit: in its own name, as a substitute, or as a witness."""
    asked = {role}
    while more := {empty for empty, other in circuit.suppleants.items() if other in asked} - asked:
        asked |= more
    return {
        item.gate
        for item in circuit.validations
        if asked & set(item.roles) or (role == circuit.temoin and set(item.roles) & set(circuit.roles_sans_solitaire))
    }
