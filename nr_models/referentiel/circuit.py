"""The circuit of validations as data: gates, substitutes, the witness, the ladder of reminders and its quiet hours."""

from __future__ import annotations

from enum import StrEnum

from nr_models.referentiel.parametres import Bloc
from nr_models.values.frozen import Frozen
from nr_models.values.moyens import SLUGS, Niveau


class Regle(StrEnum):
    """How many of the roles of a gate must approve."""

    UNE = "any"
    TOUTES = "all"
    NOMBRE = "n"

    @property
    def nom(self) -> str:
        """French label."""
        return _REGLES[self]


_REGLES = {Regle.UNE: "une personne suffit", Regle.TOUTES: "chaque rôle", Regle.NOMBRE: "un nombre de rôles"}


class Validation(Frozen):
    """One gate of the circuit: who decides, by which rule, in how many working days.

    With « n », that many of the roles must approve, and those of ``requis`` must be among them. ``reconnaissance``
    is the least by which who decides must have been recognised, a word of ``nr_models.values.moyens``.
    """

    gate: str
    nom: str
    roles: tuple[str, ...]
    regle: Regle
    n: int = 1
    requis: tuple[str, ...] = ()
    ordre: bool = False
    jours_ouvres: int
    reconnaissance: str = "courrier"

    @property
    def niveau(self) -> Niveau:
        """The least level by which who decides must have been recognised; the highest where the word is unknown."""
        return SLUGS.get(self.reconnaissance, Niveau.COMPTE_FORT)


class Palier(Frozen):
    """A step of the ladder of reminders: working days after the deadline (negative: before it).

    ``roles`` are told; with none, those who are awaited are.
    """

    slug: str
    jours: int
    roles: tuple[str, ...] = ()


class Calme(Frozen):
    """Hours of the working day, in Paris, between which a reminder may leave: from ``matin``, before ``soir``."""

    matin: int
    soir: int


class Circuit(Bloc):
    """The circuit of validations: gates, substitutes of empty roles, the witness, and the ladder of reminders.

    Without ladder nobody is reminded; without quiet hours a reminder leaves at any time.
    """

    suppleants: dict[str, str]
    temoin: str
    roles_sans_solitaire: tuple[str, ...]
    validations: tuple[Validation, ...]
    relances: tuple[Palier, ...] = ()
    calme: Calme | None = None

    def find(self, gate: str) -> Validation | None:
        """The gate of that slug, or None."""
        return next((item for item in self.validations if item.gate == gate), None)
