"""Roles: what a person is in a dossier. They are local to it."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """What a person is in a dossier; roles are local to it."""

    EQUIPE_PROGRAMME = "equipe-programme"
    REFERENT = "referent"
    DG = "dg"
    ELU_SPONSOR = "elu-sponsor"
    RESPONSABLE = "responsable"
    CONTRIBUTEUR = "contributeur"
    VOTANT = "votant"
    INTERLOCUTEUR = "interlocuteur"
    PRESTATAIRE = "prestataire"
    LECTEUR = "lecteur"

    @property
    def nom(self) -> str:
        """French label."""
        return _ROLES[self]


_ROLES = {
    Role.EQUIPE_PROGRAMME: "équipe programme",
    Role.REFERENT: "référent",
    Role.DG: "direction générale",
    Role.ELU_SPONSOR: "élu sponsor",
    Role.RESPONSABLE: "responsable de fiche",
    Role.CONTRIBUTEUR: "contributeur",
    Role.VOTANT: "votant",
    Role.INTERLOCUTEUR: "interlocuteur",
    Role.PRESTATAIRE: "prestataire",
    Role.LECTEUR: "lecteur",
}
