"""The référentiel: the method as versioned data, typed and digested.

Sources: the ANCT texts (steps 3 and 4), the DINUM guide for practice ids, and the product's own
grid; each block of figures names its source and date (see ``templates/referentiel``).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import ClassVar, Generic, Literal, TypeVar

from pydantic import Field

from nr_models.referentiel.circuit import Circuit
from nr_models.referentiel.facteurs import Electricite, Facteurs
from nr_models.referentiel.obligation import NATURES as NATURES
from nr_models.referentiel.obligation import Condition as Condition
from nr_models.referentiel.obligation import Obligation, Ressource
from nr_models.referentiel.parametres import Calendrier, Parametres, Priorite
from nr_models.referentiel.parametres import Difficulte as Difficulte
from nr_models.values.frozen import Frozen, Grown, Nombre, digest, round_half_up


class Libelle(Frozen):
    """A slug and the French name people read."""

    slug: str
    nom: str


class Entry(Grown):
    """Something of a dimension, known by its id."""

    id: str


class Question(Entry):
    """One question of the diagnostic, with its five answer sentences (levels 0 to 4).

    ``sens`` is raised when the same answer no longer means the same: it is then asked again.
    """

    younger: ClassVar[frozenset[str]] = frozenset({"sens", "obligations"})

    question: str
    precision: str
    profils: tuple[str, ...]
    poids: Nombre = Decimal(1)
    niveaux: tuple[str, ...]
    themes_reen: tuple[str, ...] = ()
    flash: bool = False
    condition: Condition = Condition()
    sens: int = 1
    obligations: tuple[str, ...] = ()


class Fenetre(Frozen):
    """The levels of a question that a levier answers: it serves from ``des``, and is in place from ``jusqu_a`` on.

    Under ``attendu`` the levier belongs to the socle of a town that its obligation binds, or of every town.
    """

    question: str
    des: int
    jusqu_a: int
    attendu: int | None = None


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


Fournisseur = Literal["si", "site", "objets"]
"""Who alone can act: the provider of the information system, of the web site, or of connected objects."""


class Levier(Entry):
    """One thing a collectivité can do, with what it takes and how one knows that it is done.

    The first format gives the load at two sizes (``charge_jh``) and no window: each link then goes from the lowest
    level to the highest. The second gives ``charges_jh`` at the sizes of the version (``paliers``), a window by
    link, who carries it (``porte``), its resources, its ``rang`` in the dimension, its obligations, and the risk
    that makes it basic security.
    """

    younger: ClassVar[frozenset[str]] = frozenset(
        {"charges_jh", "fenetres", "fournisseur", "porte", "ressources", "rang", "obligations", "risque"}
    )

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
    charge_jh: ParTaille[Nombre] | None = None
    duree_mois: ParTaille[int]
    condition: Condition = Condition()
    sources: tuple[str, ...] = ()
    mots_cles: tuple[str, ...] = ()
    charges_jh: tuple[Nombre, ...] = ()
    fenetres: tuple[Fenetre, ...] = ()
    fournisseur: Fournisseur | None = None
    porte: Literal["seule", "avec-epci", "par-epci"] | None = None
    ressources: tuple[Ressource, ...] = ()
    rang: int | None = None
    obligations: tuple[str, ...] = ()
    risque: str | None = None

    @property
    def orange(self) -> Fournisseur | None:
        """The provider who alone can act; that of the information system where the version does not tell."""
        return (self.fournisseur or "si") if self.prestataire else None

    def fenetre(self, question: str, top: int) -> Fenetre:
        """The window of a link; the whole grid, up to ``top``, where the version gives none."""
        found = next((item for item in self.fenetres if item.question == question), None)
        return found or Fenetre(question=question, des=0, jusqu_a=top)


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


class Referentiel(Grown):
    """The whole method, one version of it.

    ``format`` tells what its entries say and which rules read them; ``paliers`` are the populations that loads and
    capacities are given at.
    """

    younger: ClassVar[frozenset[str]] = frozenset({"format", "paliers", "obligations"})

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
    format: Literal[1, 2] = 1
    paliers: tuple[int, ...] = ()
    obligations: tuple[Obligation, ...] = ()

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

    @cached_property
    def par_obligation(self) -> dict[str, Obligation]:
        """Every obligation by its slug."""
        return {item.slug: item for item in self.obligations}

    def charge(self, levier: Levier, population: int | None) -> Decimal | None:
        """Load of a levier, in JH, for a town of that size; None where its size is unknown and loads follow it."""
        if levier.charge_jh is not None:
            figure: Decimal = getattr(levier.charge_jh, self.taille(population))
            return figure
        exact = None if population is None else self.at_size(levier.charges_jh, population)
        return None if exact is None else round_half_up(exact).normalize()

    def at_size(self, figures: tuple[Decimal, ...], population: int) -> Fraction | None:
        """A figure given at each of the ``paliers``, between two of them in proportion; None where none is given."""
        if not figures or len(figures) != len(self.paliers):
            return None
        if population <= self.paliers[0]:
            return Fraction(figures[0])
        for (low, under), (high, over) in pairwise(zip(self.paliers, map(Fraction, figures), strict=True)):
            if population <= high:
                return under + (over - under) * Fraction(population - low, high - low)
        return Fraction(figures[-1])
