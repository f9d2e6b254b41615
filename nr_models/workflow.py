"""The life of a stage in a dossier: states, acts and guards as one table, read by one small interpreter.

Fail-closed: an act that the table does not hold, or a guard that nobody vouches for, is a refusal.
"""

from __future__ import annotations

from collections.abc import Set
from enum import StrEnum
from typing import NamedTuple


class Etat(StrEnum):
    """Where a stage of a dossier stands."""

    A_VENIR = "a_venir"
    ATTEND_SAISIES = "attend_saisies"
    PRODUIT = "produit"
    SOUMIS = "soumis"
    VALIDE = "valide"
    A_CORRIGER = "a_corriger"
    REFUSE = "refuse"
    OBSOLETE = "obsolete"
    ROUVERT = "rouvert"

    @property
    def nom(self) -> str:
        """French label."""
        return _NOMS[self]


_NOMS = {
    Etat.A_VENIR: "à venir",
    Etat.ATTEND_SAISIES: "attend des retours",
    Etat.PRODUIT: "produit",
    Etat.SOUMIS: "à valider",
    Etat.VALIDE: "validé",
    Etat.A_CORRIGER: "à corriger",
    Etat.REFUSE: "refusé",
    Etat.OBSOLETE: "à revoir",
    Etat.ROUVERT: "rouvert",
}


class Acte(StrEnum):
    """What can happen to a stage."""

    ATTENDRE = "attendre"
    CLORE = "clore"
    PRODUIRE = "produire"
    SOUMETTRE = "soumettre"
    APPROUVER = "approuver"
    CORRIGER = "corriger"
    REFUSER = "refuser"
    PERIMER = "perimer"
    CONFIRMER = "confirmer"
    ROUVRIR = "rouvrir"

    @property
    def nom(self) -> str:
        """French label, an infinitive."""
        return _ACTES[self]


_ACTES = {
    Acte.ATTENDRE: "attendre les retours",
    Acte.CLORE: "clore la saisie",
    Acte.PRODUIRE: "produire le résultat",
    Acte.SOUMETTRE: "soumettre à validation",
    Acte.APPROUVER: "approuver",
    Acte.CORRIGER: "demander une correction",
    Acte.REFUSER: "refuser",
    Acte.PERIMER: "marquer à revoir",
    Acte.CONFIRMER: "confirmer la validation",
    Acte.ROUVRIR: "rouvrir",
}

HUMAN = (Acte.CLORE, Acte.APPROUVER, Acte.CORRIGER, Acte.REFUSER, Acte.ROUVRIR)
"""The acts a person asks for; the others follow from values."""

GUARDS = {
    "amont-acquis": "une étape précédente n’est pas encore acquise",
    "retours-attendus": "cette étape n’attend pas de retour",
    "retours-complets": "des retours manquent encore, et la saisie n’est pas close",
    "validation-prevue": "cette étape n’a pas de validation",
    "decision-acquise": "la décision n’est pas encore acquise",
    "resultat-change": "le résultat n’a pas changé",
    "resultat-identique": "le résultat a changé depuis la décision",
    "validation-acquise": "ce résultat n’a pas été validé",
    "role-tenu": "vous n’avez pas le rôle qu’il faut dans ce dossier",
    "motif-ecrit": "il faut écrire pourquoi",
}
"""Each guard and the sentence of its refusal."""


class Transition(NamedTuple):
    """From any of these states, by this act, to that state, when every guard holds."""

    acte: Acte
    de: tuple[Etat, ...]
    vers: Etat
    gardes: tuple[str, ...] = ()


_MADE = (Etat.PRODUIT, Etat.SOUMIS, Etat.VALIDE, Etat.OBSOLETE, Etat.ROUVERT)

TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        Acte.ATTENDRE,
        (Etat.A_VENIR, *_MADE),
        Etat.ATTEND_SAISIES,
        ("amont-acquis", "retours-attendus"),
    ),
    Transition(Acte.CLORE, (Etat.ATTEND_SAISIES,), Etat.ATTEND_SAISIES, ("retours-attendus", "role-tenu")),
    Transition(
        Acte.PRODUIRE,
        (Etat.A_VENIR, Etat.ATTEND_SAISIES, Etat.A_CORRIGER, *_MADE),
        Etat.PRODUIT,
        ("amont-acquis", "retours-complets", "resultat-change"),
    ),
    Transition(
        Acte.SOUMETTRE,
        (Etat.PRODUIT, Etat.OBSOLETE, Etat.ROUVERT, Etat.ATTEND_SAISIES),
        Etat.SOUMIS,
        ("amont-acquis", "validation-prevue"),
    ),
    Transition(Acte.APPROUVER, (Etat.SOUMIS,), Etat.VALIDE, ("role-tenu", "decision-acquise")),
    Transition(Acte.CORRIGER, (Etat.SOUMIS,), Etat.A_CORRIGER, ("role-tenu", "motif-ecrit")),
    Transition(Acte.REFUSER, (Etat.SOUMIS,), Etat.REFUSE, ("role-tenu", "motif-ecrit")),
    Transition(Acte.PERIMER, (Etat.PRODUIT, Etat.SOUMIS, Etat.VALIDE), Etat.OBSOLETE),
    Transition(
        Acte.CONFIRMER,
        (Etat.OBSOLETE, Etat.ATTEND_SAISIES),
        Etat.VALIDE,
        ("amont-acquis", "resultat-identique", "validation-acquise"),
    ),
    Transition(Acte.ROUVRIR, (Etat.VALIDE, Etat.A_CORRIGER, Etat.REFUSE), Etat.ROUVERT, ("role-tenu", "motif-ecrit")),
)


class Issue(NamedTuple):
    """What an act would lead to: the next state, or why not (French, lower case, no full stop)."""

    etat: Etat | None
    raisons: tuple[str, ...]


def attempt(etat: Etat, acte: Acte, facts: Set[str]) -> Issue:
    """The state that an act leads to, given the guards that hold; or the reasons of its refusal."""
    found = next((item for item in TRANSITIONS if item.acte is acte and etat in item.de), None)
    if found is None:
        return Issue(None, (f"l’étape est « {etat.nom} »",))
    refusals = tuple(
        GUARDS.get(guard, f"règle inconnue : {guard}")
        for guard in found.gardes
        if guard not in facts or guard not in GUARDS
    )
    return Issue(None, refusals) if refusals else Issue(found.vers, ())


def acts(etat: Etat, facts: Set[str]) -> dict[Acte, Issue]:
    """Every human act with what it would do now, or why it cannot."""
    return {acte: attempt(etat, acte, facts) for acte in HUMAN}


def passed(etat: Etat, gate: str | None) -> bool:
    """True when the next stage may start: validated, or produced where no gate follows."""
    return etat is Etat.VALIDE or (gate is None and etat is Etat.PRODUIT)
