"""How a person was recognised: a closed list, and how far each can be trusted."""

from __future__ import annotations

from enum import IntEnum, StrEnum


class Niveau(IntEnum):
    """How surely a person is who they say; a validation asks for one at least.

    0: whoever holds the software says who acts. 1: a mail that only they receive. 2: an account of theirs.
    3: an account, opened the stronger way that was asked for.
    """

    COMMANDE = 0
    COURRIER = 1
    COMPTE = 2
    COMPTE_FORT = 3

    @property
    def nom(self) -> str:
        """French label."""
        return _NIVEAUX[self]


_NIVEAUX = {
    Niveau.COMMANDE: "la ligne de commande",
    Niveau.COURRIER: "un lien ou un code reçu par courrier",
    Niveau.COMPTE: "un compte de la collectivité",
    Niveau.COMPTE_FORT: "un compte de la collectivité, vérifié en deux temps",
}


class Moyen(StrEnum):
    """By what a person was recognised, as the trail says it."""

    COMMANDE = "ligne de commande"
    SIMULATION = "simulation"
    LIEN = "lien reçu par courrier"
    CODE = "code reçu par courrier"
    COMPTE = "compte"
    COMPTE_FORT = "compte vérifié en deux temps"

    @property
    def niveau(self) -> Niveau:
        """How far it can be trusted."""
        return _DE[self]


_DE = {
    Moyen.COMMANDE: Niveau.COMMANDE,
    Moyen.SIMULATION: Niveau.COURRIER,  # people of the example, who would have come by their mail
    Moyen.LIEN: Niveau.COURRIER,
    Moyen.CODE: Niveau.COURRIER,
    Moyen.COMPTE: Niveau.COMPTE,
    Moyen.COMPTE_FORT: Niveau.COMPTE_FORT,
}
SLUGS = {niveau.name.lower().replace("_", "-"): niveau for niveau in Niveau}
"""The levels, by the words of ``validation.yaml``."""


def find_niveau(moyen: str) -> Niveau | None:
    """The level of a means as the trail says it; None for one that is not of the list: it opens nothing."""
    return Moyen(moyen).niveau if moyen in set(Moyen) else None
