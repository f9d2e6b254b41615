"""Whose turn it is to fill something: whom to write to when a stage waits, once a person and a round."""

from __future__ import annotations

from collections.abc import Iterable

from nr_models.dossier.case import Manquant
from nr_models.dossier.registre import Entree
from nr_models.dossier.retours.envoi import Envoi
from nr_models.stages import Stage
from nr_models.values.roles import Role


def plan_appels(stage: Stage, entree: Entree, envoi: Envoi, manquants: Iterable[Manquant]) -> dict[str, int]:
    """Whom to write to, by address, and the latest round of what they owe.

    Where the référent invites people with drafts of their own (``Stage.invites``), the référent alone is written to.
    """
    found: dict[str, int] = {}
    for item in manquants:
        owner = entree.find(item.personne) if item.personne and not stage.invites else entree.leader
        if owner is not None:
            tour = envoi.find_own(item.quoi, item.personne) or 1
            found[owner.mail] = max(tour, found.get(owner.mail, 0))
    return dict(sorted(found.items()))


def waits_for_others(entree: Entree, manquants: Iterable[Manquant]) -> bool:
    """True when something is missing that no référent owes: they hear when it has come."""
    leaders = {"", *(item.mail for item in entree.holders(Role.REFERENT))}
    return any(item.personne not in leaders for item in manquants)
