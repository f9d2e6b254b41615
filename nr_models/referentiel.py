"""The référentiel: the method as versioned data, typed and digested.

Sources: the ANCT texts (steps 3 and 4), the DINUM guide for practice ids, and the product's own
grid; each block of figures names its source and date (see ``templates/referentiel``).
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Generic, Literal, TypeVar

from pydantic import AfterValidator, Field

from nr_models.values import Frozen, digest


def _plain(value: Decimal) -> Decimal:
    return Decimal(format(value.normalize(), "f"))


Nombre = Annotated[Decimal, AfterValidator(_plain)]
"""A figure: 2, 2.0 and 2.00 are the same, and have the same digest."""

NATURES = ("commune", "epci", "departement", "region", "syndicat")
"""The kinds of collectivité."""


class Priorite(StrEnum):
    """How early a levier should come (DINUM's three degrees)."""

    PRIORITAIRE = "prioritaire"
    RECOMMANDEE = "recommandee"
    ALLER_PLUS_LOIN = "aller-plus-loin"

    @property
    def nom(self) -> str:
        """French label."""
        return _PRIORITES[self][0]

    @property
    def points(self) -> str:
        """Three dots, as on the ANCT fiche."""
        return _PRIORITES[self][1]


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


_PRIORITES = {
    Priorite.PRIORITAIRE: ("Prioritaire", "●●●"),
    Priorite.RECOMMANDEE: ("Recommandée", "●●○"),
    Priorite.ALLER_PLUS_LOIN: ("Aller plus loin", "●○○"),
}
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


class Maturite(Frozen):
    """A level of maturity and the displayed percentage it starts at."""

    slug: str
    nom: str
    des: Nombre


class Bloc(Frozen):
    """A block of figures; it says where they come from and since when."""

    source: str
    date: date


class ParametresScore(Bloc):
    """Figures of the score."""

    niveau_max: int
    ecart_divergence: int
    couverture_min: Nombre
    poids_dimensions: dict[str, Nombre]
    maturites: tuple[Maturite, ...]


class ParametresInventaire(Bloc):
    """Figures of the inventory; ``heures_par_an`` in hours.

    Beyond one of the ``seuil_…`` (percent; points of the share past its lifetime), an inventory read again from
    its source comes into force by itself; None never does it.
    """

    heures_par_an: int
    seuil_unites: Nombre | None = None
    seuil_kwh: Nombre | None = None
    seuil_kgco2e: Nombre | None = None
    seuil_part_depassee: Nombre | None = None


class PoidsPertinence(Frozen):
    """Weights of the three terms of relevance."""

    besoin: Nombre
    ambition: Nombre
    priorite: Nombre


class ParametresPreselection(Bloc):
    """Figures of the preselection; ``seuil_avance`` in percent."""

    poids: PoidsPertinence
    priorites: dict[Priorite, Nombre]
    ambition_max: int
    seuil_avance: Nombre
    plancher_par_dimension: int
    cible: int
    max: int
    min: int


class ParametresPriorisation(Bloc):
    """Figures of the vote."""

    note_min: int
    note_max: int
    seuil_valeur: Nombre
    seuil_faisabilite: Nombre
    desaccord_voix_min: int
    desaccord_etendue: Nombre
    desaccord_ecart_type: Nombre
    colleges: dict[str, Nombre] = {}


class ParametresSelection(Bloc):
    """How many leviers a roadmap holds."""

    cible: int
    min: int
    max: int


class ParametresFeuilleDeRoute(Bloc):
    """Figures of the roadmap; ``cout_jour_homme`` in euros."""

    cout_jour_homme: Nombre


class ParametresCollecte(Bloc):
    """Figures of the follow-up of returns, in days, and of the hypotheses that the product proposes.

    A proposed level is the median of the levels of its dimension, less ``hypothese_retrait``; under
    ``hypothese_reponses_min`` answers in the dimension nothing is proposed. ``inventaire_flash`` are the
    categories offered to those who answer the flash questionnaire.
    """

    jours_avant_relance: int
    jours_entre_relances: int
    hypothese_reponses_min: int
    hypothese_retrait: int
    inventaire_flash: tuple[str, ...]


class ParametresEntretiens(Bloc):
    """Lengths of interviews and of the restitution, in minutes; the profiles that make the IT team."""

    profils_equipe: tuple[str, ...]
    minutes_equipe: int
    minutes_equipe_fractionnee: int
    minutes_autres: int
    minutes_notes: int
    minutes_restitution: int


class Parametres(Frozen):
    """Every number of the method."""

    collecte: ParametresCollecte
    entretiens: ParametresEntretiens
    score: ParametresScore
    inventaire: ParametresInventaire
    preselection: ParametresPreselection
    priorisation: ParametresPriorisation
    selection: ParametresSelection
    feuille_de_route: ParametresFeuilleDeRoute


class Validation(Frozen):
    """One gate of the chain: who decides, by which rule, in how many working days.

    With « n », that many of the roles must approve, and those of ``requis`` must be among them.
    """

    gate: str
    nom: str
    roles: tuple[str, ...]
    regle: Literal["any", "all", "n"]
    n: int = 1
    requis: tuple[str, ...] = ()
    ordre: bool = False
    jours_ouvres: int


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


class Chaine(Bloc):
    """The validation chain: gates, substitutes of empty roles, the witness, and the ladder of reminders.

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


class Duree(Frozen):
    """Indicative length of one or several stages, in weeks."""

    etapes: tuple[str, ...]
    semaines_min: int
    semaines_max: int


class Calendrier(Bloc):
    """Indicative lengths of the stages."""

    durees: tuple[Duree, ...]


class Facteur(Frozen):
    """Impact of one equipment: embodied kgCO2e (all but use), kWh a year, lifetime in years, power in watts.

    ``fabrication_reconditionne_kg`` is the embodied kgCO2e of a refurbished one, where the source has it.
    ``source`` is the slug of a source of the same file: a calculation never mixes two.
    """

    fabrication_kg: Nombre | None = None
    fabrication_reconditionne_kg: Nombre | None = None
    kwh_an: Nombre | None = None
    duree_vie_ans: Nombre | None = None
    puissance_w: Nombre | None = None
    source: str
    annee: int
    remarque: str | None = None

    @cached_property
    def fabrication_par_an(self) -> Fraction | None:
        """Embodied kgCO2e a year of a new one; None where the source does not tell."""
        if self.fabrication_kg is None or not self.duree_vie_ans:
            return None
        return Fraction(self.fabrication_kg) / Fraction(self.duree_vie_ans)

    @cached_property
    def kwh_exacts(self) -> Fraction | None:
        """The kWh a year, as an exact number."""
        return None if self.kwh_an is None else Fraction(self.kwh_an)


class Categorie(Frozen):
    """A category of equipment, the words it is found under, and its factors by source."""

    slug: str
    nom: str
    famille: str
    synonymes: tuple[str, ...] = ()
    facteurs: tuple[Facteur, ...] = ()


class Electricite(Frozen):
    """kgCO2e per kWh of French electricity, by source."""

    slug: str
    facteur: Nombre
    annee: int
    source: str
    defaut: bool = False


class Facteurs(Frozen):
    """Impact factors of equipment and electricity."""

    electricite: tuple[Electricite, ...]
    categories: tuple[Categorie, ...]

    @cached_property
    def par_source(self) -> dict[tuple[str, str], Facteur]:
        """Each factor by its source and its category."""
        return {(factor.source, item.slug): factor for item in self.categories for factor in item.facteurs}

    @cached_property
    def sources_calculees(self) -> tuple[Electricite, ...]:
        """The sources that have a factor of equipment, in their order."""
        used = {source for source, _ in self.par_source}
        return tuple(item for item in self.electricite if item.slug in used)

    @cached_property
    def familles(self) -> dict[str, str]:
        """The family of each category."""
        return {item.slug: item.famille for item in self.categories}

    @cached_property
    def durees_vie(self) -> dict[str, Facteur]:
        """The factor whose lifetime is the reference of a category: the first that has one."""
        found = {
            item.slug: next((factor for factor in item.facteurs if factor.duree_vie_ans), None)
            for item in self.categories
        }
        return {slug: factor for slug, factor in found.items() if factor}


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
    validation: Chaine
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
