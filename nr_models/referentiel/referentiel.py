"""The référentiel: the method as versioned data, typed and digested.

Sources: the ANCT texts (steps 3 and 4), the DINUM guide for practice ids, and the product's own
grid; each block of figures names its source and date (see ``templates/referentiel``).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Generic, Literal, TypeVar

from pydantic import Field

from nr_models.referentiel.circuit import Circuit
from nr_models.referentiel.facteurs import Electricite, Facteurs
from nr_models.referentiel.parametres import Calendrier, Parametres, Priorite
from nr_models.values.frozen import Frozen, Nombre, digest

NATURES = ("commune", "epci", "departement", "region", "syndicat")
"""The kinds of collectivité."""


class Difficulte(StrEnum):
    """How hard a levier is to put in place."""

    FACILE = "facile"
    MOYENNE = "moyenne"
    DIFFICILE = "difficile"

    @property
    def nom(self) -> str:
        """French label."""
        return _DIFFICULTES[self][0]

    @property
    def points(self) -> str:
        """Three dots, as on the ANCT fiche."""
        return _DIFFICULTES[self][1]


_DIFFICULTES = {
    Difficulte.FACILE: ("Facile", "●○○"),
    Difficulte.MOYENNE: ("Moyenne", "●●○"),
    Difficulte.DIFFICILE: ("Difficile", "●●●"),
}


class Libelle(Frozen):
    """A slug and the French name people read."""

    slug: str
    nom: str


class Condition(Frozen):
    """When a question or a levier applies: every term given must hold."""

    dsi_propre: bool | None = None
    population_min: int | None = None
    population_max: int | None = None
    natures: tuple[str, ...] = ()


class Entry(Frozen):
    """Something of a dimension, known by its id."""

    id: str


class Question(Entry):
    """One question of the diagnostic, with its five answer sentences (levels 0 to 4)."""

    question: str
    precision: str
    profils: tuple[str, ...]
    poids: Nombre = Decimal(1)
    niveaux: tuple[str, ...]
    themes_reen: tuple[str, ...] = ()
    flash: bool = False
    condition: Condition = Condition()


class Indicateur(Frozen):
    """How one knows that a levier works."""

    libelle: str
    type: Literal["nombre", "oui-non", "texte"]
    unite: str = ""


class ActionModele(Frozen):
    """A step of a levier that can be put in a diary; its length in weeks."""

    action: str
    qui: str
    duree_semaines: int = Field(gt=0)


T = TypeVar("T")


class ParTaille(Frozen, Generic[T]):
    """A figure for a collectivité of about 5 000 inhabitants and for one of about 100 000."""

    petite: T
    grande: T


class Levier(Entry):
    """One thing a collectivité can do, with what it takes and how one knows that it is done."""

    titre: str
    description: str
    resultats_attendus: tuple[str, ...]
    priorite: Priorite
    difficulte: Difficulte
    prestataire: bool = False
    part_prestataire: str | None = None
    pilotes: tuple[str, ...]
    indicateurs: tuple[Indicateur, ...]
    actions: tuple[ActionModele, ...]
    prerequis: tuple[str, ...] = ()
    requiert: tuple[str, ...] = ()
    questions: tuple[str, ...]
    themes_reen: tuple[str, ...] = ()
    cout: ParTaille[str]
    charge_jh: ParTaille[Nombre]
    duree_mois: ParTaille[int]
    condition: Condition = Condition()
    sources: tuple[str, ...] = ()
    mots_cles: tuple[str, ...] = ()


class CouvertureDinum(Frozen):
    """A DINUM practice and the levier that covers it, or why none does."""

    id: str
    levier: str | None = None
    refus: str | None = None


class Dimension(Frozen):
    """One of the seven dimensions: what it is about, what it asks, what it offers."""

    slug: str
    numero: int
    nom: str
    definition: str
    inclut: tuple[str, ...]
    exclut: tuple[str, ...]
    questions: tuple[Question, ...]
    leviers: tuple[Levier, ...]
    dinum: tuple[CouvertureDinum, ...] = ()


class Cout(Libelle):
    """A band of external spending, in euros."""

    min: Nombre
    max: Nombre | None = None


class Taille(Libelle):
    """A size of collectivité, from a population on."""

    population_min: int


class Referentiel(Frozen):
    """The whole method, one version of it."""

    version: str
    date: date
    credit: str
    profils: tuple[Libelle, ...]
    themes_reen: tuple[Libelle, ...]
    couts: tuple[Cout, ...]
    tailles: tuple[Taille, ...]
    dimensions: tuple[Dimension, ...]
    parametres: Parametres
    facteurs: Facteurs
    validation: Circuit
    calendrier: Calendrier

    @cached_property
    def empreinte(self) -> str:
        """SHA-256 of the whole content: two versions with the same digest say the same."""
        return digest(self)

    @cached_property
    def questions(self) -> dict[str, Question]:
        """Every question by id, in the order of the dimensions."""
        return {question.id: question for dimension in self.dimensions for question in dimension.questions}

    @cached_property
    def leviers(self) -> dict[str, Levier]:
        """Every levier by id, in the order of the dimensions."""
        return {levier.id: levier for dimension in self.dimensions for levier in dimension.leviers}

    @cached_property
    def dimension_of(self) -> dict[str, Dimension]:
        """The dimension of a question or levier id."""
        return {
            item.id: dimension for dimension in self.dimensions for item in (*dimension.questions, *dimension.leviers)
        }

    @cached_property
    def electricite(self) -> Electricite:
        """The electricity factor in use."""
        return next(item for item in self.facteurs.electricite if item.defaut)

    def taille(self, population: int | None) -> str:
        """Slug of the size that a population falls in; the smallest one when it is unknown."""
        fitting = [item for item in self.tailles if item.population_min <= (population or 0)]
        return max(fitting, key=lambda item: item.population_min).slug
