"""What a person may delegate in a dossier, and to whom."""

from __future__ import annotations

from typing import NamedTuple

from nr_models.dossier.registre import Personne
from nr_models.dossier.workflow import DIRECTION
from nr_models.referentiel.circuit import Validation
from nr_models.values.roles import Role
from tasks.programme.lieu import Lieu


class Delegable(NamedTuple):
    """The roles they hold that sit at a gate, the other people of the dossier, the gates of these roles."""

    cle: str
    nom: str
    roles: tuple[Role, ...]
    personnes: tuple[Personne, ...]
    validations: tuple[Validation, ...]


def load_delegable(lieu: Lieu, personne: Personne) -> Delegable:
    """What the circuit of the dossier gives them to delegate."""
    circuit = lieu.referentiel.validation
    sitting = {role for item in circuit.validations for role in item.roles} | {*DIRECTION}
    roles = tuple(role for role in personne.roles if role.value in sitting)
    return Delegable(
        cle=lieu.cle,
        nom=lieu.dossier.nom,
        roles=roles,
        personnes=tuple(item for item in lieu.entree.personnes if item.mail != personne.mail),
        validations=tuple(item for item in circuit.validations if set(item.roles) & {role.value for role in roles}),
    )
