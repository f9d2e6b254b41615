"""The référentiel: the method as versioned data, typed, linted and digested.

Sources: the ANCT texts (steps 3 and 4), the DINUM guide for practice ids, and the product's own
grid; each block of figures names its source and date (see ``templates/referentiel``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Generic, Literal, TypeVar

from pydantic import Field

from nr_models.roles import Role
from nr_models.stages import BY_GATE, BY_SLUG
from nr_models.values import Frozen, digest

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
    poids: Decimal = Decimal(1)
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
    charge_jh: ParTaille[Decimal]
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
    des: Decimal


class Bloc(Frozen):
    """A block of figures; it says where they come from and since when."""

    source: str
    date: date


class ParametresScore(Bloc):
    """Figures of the score."""

    niveau_max: int
    ecart_divergence: int
    couverture_min: Decimal
    poids_dimensions: dict[str, Decimal]
    maturites: tuple[Maturite, ...]


class ParametresInventaire(Bloc):
    """Figures of the inventory; ``heures_par_an`` in hours."""

    heures_par_an: int


class PoidsPertinence(Frozen):
    """Weights of the three terms of relevance."""

    besoin: Decimal
    ambition: Decimal
    priorite: Decimal


class ParametresPreselection(Bloc):
    """Figures of the preselection; ``seuil_avance`` in percent."""

    poids: PoidsPertinence
    priorites: dict[Priorite, Decimal]
    ambition_max: int
    seuil_avance: Decimal
    plancher_par_dimension: int
    cible: int
    max: int
    min: int


class ParametresPriorisation(Bloc):
    """Figures of the vote."""

    note_min: int
    note_max: int
    seuil_valeur: Decimal
    seuil_faisabilite: Decimal
    desaccord_voix_min: int
    desaccord_etendue: Decimal
    desaccord_ecart_type: Decimal
    colleges: dict[str, Decimal] = {}


class ParametresSelection(Bloc):
    """How many leviers a roadmap holds."""

    cible: int
    min: int
    max: int


class ParametresFeuilleDeRoute(Bloc):
    """Figures of the roadmap; ``cout_jour_homme`` in euros."""

    cout_jour_homme: Decimal


class Parametres(Frozen):
    """Every number of the method."""

    score: ParametresScore
    inventaire: ParametresInventaire
    preselection: ParametresPreselection
    priorisation: ParametresPriorisation
    selection: ParametresSelection
    feuille_de_route: ParametresFeuilleDeRoute


class Validation(Frozen):
    """One gate of the chain: who decides, by which rule, in how many working days."""

    gate: str
    nom: str
    roles: tuple[str, ...]
    regle: Literal["any", "all", "n"]
    n: int = 1
    ordre: bool = False
    jours_ouvres: int


class Chaine(Bloc):
    """The validation chain: gates, substitutes of empty roles, and the witness."""

    suppleants: dict[str, str]
    temoin: str
    roles_sans_solitaire: tuple[str, ...]
    validations: tuple[Validation, ...]

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
    """Impact of one equipment: embodied kgCO2e (all but use), kWh a year, lifetime in years.

    ``source`` is the slug of a source of the same file: a calculation never mixes two.
    """

    fabrication_kg: Decimal | None = None
    kwh_an: Decimal | None = None
    duree_vie_ans: Decimal | None = None
    source: str
    annee: int
    remarque: str | None = None


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
    facteur: Decimal
    annee: int
    source: str
    defaut: bool = False


class Facteurs(Frozen):
    """Impact factors of equipment and electricity."""

    electricite: tuple[Electricite, ...]
    categories: tuple[Categorie, ...]


class Cout(Libelle):
    """A band of external spending, in euros."""

    min: Decimal
    max: Decimal | None = None


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


class Faute(Frozen):
    """A mistake in a référentiel: the file, the entry, what is wrong and what to do."""

    fichier: str
    entree: str
    message: str

    def __str__(self) -> str:
        """« fichier, entrée : message »."""
        return f"{self.fichier}, {self.entree} : {self.message}"


def check_referentiel(referentiel: Referentiel) -> list[Faute]:
    """Every mistake of a référentiel that its types cannot see; empty when it is sound."""
    checks = (
        _check_ids,
        _check_questions,
        _check_leviers,
        _check_conditions,
        _check_dinum,
        _check_cycles,
        _check_figures,
        _check_targets,
        _check_factors,
        _check_chain,
        _check_calendar,
    )
    return [fault for check in checks for fault in check(referentiel)]


def file_of(dimension: Dimension) -> str:
    """Where a dimension is written, inside its version's folder."""
    return f"dimensions/{dimension.numero}-{dimension.slug}.yaml"


def _check_ids(referentiel: Referentiel) -> Iterator[Faute]:
    entries = [
        (dimension, item.id)
        for dimension in referentiel.dimensions
        for item in (*dimension.questions, *dimension.leviers)
    ]
    counts = Counter(entry for _, entry in entries)
    for dimension, entry in entries:
        if counts[entry] > 1:
            yield Faute(
                fichier=file_of(dimension),
                entree=entry,
                message="cet identifiant sert deux fois ; gardez-en un seul",
            )
    slugs = Counter(dimension.slug for dimension in referentiel.dimensions)
    for dimension in referentiel.dimensions:
        if slugs[dimension.slug] > 1:
            yield Faute(
                fichier=file_of(dimension),
                entree=dimension.slug,
                message="deux dimensions portent ce nom court ; gardez-en un seul",
            )
    numbers = [dimension.numero for dimension in referentiel.dimensions]
    if numbers != list(range(1, len(numbers) + 1)):
        yield Faute(
            fichier="dimensions",
            entree="numero",
            message="les numéros des dimensions doivent se suivre à partir de 1",
        )


def _check_questions(referentiel: Referentiel) -> Iterator[Faute]:
    profils = {item.slug for item in referentiel.profils}
    themes = {item.slug for item in referentiel.themes_reen}
    answered = {question for levier in referentiel.leviers.values() for question in levier.questions}
    levels = referentiel.parametres.score.niveau_max + 1
    for dimension in referentiel.dimensions:
        name = file_of(dimension)
        if not dimension.questions:
            yield Faute(
                fichier=name,
                entree=dimension.slug,
                message="la dimension n’a pas de question ; ajoutez-en une",
            )
        for question in dimension.questions:
            messages = [
                *(f"le profil « {item} » n’existe pas" for item in question.profils if item not in profils),
                *(f"le thème « {item} » n’existe pas" for item in question.themes_reen if item not in themes),
            ]
            if len(question.niveaux) != levels:
                messages.append(f"la grille a {len(question.niveaux)} niveaux ; il en faut {levels}")
            if len(set(question.niveaux)) != len(question.niveaux):
                messages.append("deux niveaux de la grille disent la même chose")
            if question.poids <= 0:
                messages.append("le poids doit être supérieur à zéro")
            if not question.profils:
                messages.append("aucun profil ne peut y répondre ; nommez-en un")
            if question.id not in answered:
                messages.append("aucun levier n’y répond ; liez-la à un levier")
            for message in messages:
                yield Faute(fichier=name, entree=question.id, message=message)


def _check_leviers(referentiel: Referentiel) -> Iterator[Faute]:
    themes = {item.slug for item in referentiel.themes_reen}
    couts = {item.slug for item in referentiel.couts}
    titles = Counter(levier.titre.casefold() for levier in referentiel.leviers.values())
    for dimension in referentiel.dimensions:
        for levier in dimension.leviers:
            bands = {levier.cout.petite, levier.cout.grande}
            messages = [
                *(
                    f"le levier requis « {item} » n’existe pas"
                    for item in levier.requiert
                    if item not in referentiel.leviers
                ),
                *(
                    f"la question « {item} » n’existe pas"
                    for item in levier.questions
                    if item not in referentiel.questions
                ),
                *(f"le thème « {item} » n’existe pas" for item in levier.themes_reen if item not in themes),
                *(f"la fourchette de coût « {item} » n’existe pas" for item in sorted(bands - couts)),
                *(
                    f"l’indicateur « {item.libelle} » est un nombre sans unité"
                    for item in levier.indicateurs
                    if item.type == "nombre" and not item.unite
                ),
            ]
            if not levier.questions:
                messages.append("aucune question n’y mène ; liez-le à une question")
            if titles[levier.titre.casefold()] > 1:
                messages.append("deux leviers portent ce titre")
            if levier.prestataire and not levier.part_prestataire:
                messages.append("un levier orange doit dire la part du prestataire")
            for message in messages:
                yield Faute(fichier=file_of(dimension), entree=levier.id, message=message)


def _check_conditions(referentiel: Referentiel) -> Iterator[Faute]:
    for dimension in referentiel.dimensions:
        items: tuple[Question | Levier, ...] = (*dimension.questions, *dimension.leviers)
        for item in items:
            low, high = item.condition.population_min, item.condition.population_max
            messages = [
                f"la nature « {nature} » n’existe pas" for nature in item.condition.natures if nature not in NATURES
            ]
            if low is not None and high is not None and low > high:
                messages.append("la population minimale dépasse la maximale ; la condition ne tient jamais")
            for message in messages:
                yield Faute(fichier=file_of(dimension), entree=item.id, message=message)


def _check_dinum(referentiel: Referentiel) -> Iterator[Faute]:
    for dimension in referentiel.dimensions:
        for line in dimension.dinum:
            if line.levier is not None and line.levier not in referentiel.leviers:
                message = f"le levier « {line.levier} » n’existe pas"
            elif line.levier is None and not line.refus:
                message = "cette pratique n’a ni levier ni raison de ne pas en avoir"
            else:
                continue
            yield Faute(fichier=file_of(dimension), entree=line.id, message=message)


def _check_cycles(referentiel: Referentiel) -> Iterator[Faute]:
    for levier in referentiel.leviers.values():
        reached: set[str] = set()
        frontier = set(levier.requiert)
        while frontier:
            reached |= frontier
            frontier = {
                above
                for item in frontier
                if item in referentiel.leviers
                for above in referentiel.leviers[item].requiert
            } - reached
        if levier.id in reached:
            yield Faute(
                fichier=file_of(referentiel.dimension_of[levier.id]),
                entree=levier.id,
                message="ce levier se requiert lui-même, directement ou par d’autres ; coupez la boucle",
            )


def _check_figures(referentiel: Referentiel) -> Iterator[Faute]:
    parametres = referentiel.parametres
    cuts = [level.des for level in parametres.score.maturites]
    if not cuts or cuts[0] != 0 or cuts != sorted(set(cuts)):
        yield _parameter("score.maturites", "les niveaux partent de 0 et vont en montant")
    known = {dimension.slug for dimension in referentiel.dimensions}
    for slug in sorted(parametres.score.poids_dimensions.keys() - known):
        yield _parameter("score.poids_dimensions", f"la dimension « {slug} » n’existe pas")
    for name, figures in (
        ("score.poids_dimensions", parametres.score.poids_dimensions),
        ("priorisation.colleges", parametres.priorisation.colleges),
    ):
        for slug, weight in figures.items():
            if weight <= 0:
                yield _parameter(name, f"le poids de « {slug} » doit être supérieur à zéro")
    weights = parametres.preselection.poids
    if weights.besoin + weights.ambition + weights.priorite != 1:
        yield _parameter("preselection.poids", "les trois poids doivent faire 1")
    for priorite in sorted(set(Priorite) - parametres.preselection.priorites.keys()):
        yield _parameter("preselection.priorites", f"il manque « {priorite} »")
    if min((item.population_min for item in referentiel.tailles), default=1) != 0:
        yield Faute(fichier="referentiel.yaml", entree="tailles", message="une taille doit partir de 0 habitant")


def _check_targets(referentiel: Referentiel) -> Iterator[Faute]:
    parametres = referentiel.parametres
    for name, figures in (("preselection", parametres.preselection), ("selection", parametres.selection)):
        if not 0 < figures.min <= figures.cible <= figures.max:
            yield _parameter(name, "il faut min ≤ cible ≤ max, et min au-dessus de zéro")
    if not parametres.priorisation.note_min < parametres.priorisation.note_max:
        yield _parameter("priorisation.note_min", "la note la plus basse doit être sous la plus haute")
    for name, figure in (
        ("score.niveau_max", parametres.score.niveau_max),
        ("preselection.ambition_max", parametres.preselection.ambition_max),
        ("inventaire.heures_par_an", parametres.inventaire.heures_par_an),
    ):
        if figure <= 0:
            yield _parameter(name, "ce nombre doit être supérieur à zéro")


def _parameter(entry: str, message: str) -> Faute:
    return Faute(fichier="parametres.yaml", entree=entry, message=message)


def _check_factors(referentiel: Referentiel) -> Iterator[Faute]:
    def fault(entry: str, message: str) -> Faute:
        return Faute(fichier="facteurs.yaml", entree=entry, message=message)

    sources = {item.slug for item in referentiel.facteurs.electricite}
    if sum(item.defaut for item in referentiel.facteurs.electricite) != 1:
        yield fault("electricite", "un facteur, et un seul, doit être celui par défaut")
    seen: dict[str, str] = {}
    for categorie in referentiel.facteurs.categories:
        for word in sorted({categorie.slug, *categorie.synonymes}):
            if word in seen:
                yield fault(categorie.slug, f"« {word} » désigne déjà la catégorie « {seen[word]} »")
            seen[word] = categorie.slug
        for factor in categorie.facteurs:
            if factor.source not in sources:
                yield fault(categorie.slug, f"la source « {factor.source} » n’existe pas")
            if min(factor.fabrication_kg or 0, factor.kwh_an or 0, factor.duree_vie_ans or 0) < 0:
                yield fault(categorie.slug, "un facteur ne peut pas être négatif")


def _check_chain(referentiel: Referentiel) -> Iterator[Faute]:
    roles = {role.value for role in Role}
    chain = referentiel.validation
    named = {*chain.suppleants, *chain.suppleants.values(), chain.temoin, *chain.roles_sans_solitaire}
    gates = Counter(validation.gate for validation in chain.validations)
    for validation in chain.validations:
        named |= set(validation.roles)
        if validation.gate not in BY_GATE:
            yield Faute(
                fichier="validation.yaml",
                entree=validation.gate,
                message="aucune étape n’a cette validation",
            )
        if gates[validation.gate] > 1:
            yield Faute(
                fichier="validation.yaml",
                entree=validation.gate,
                message="cette validation est écrite deux fois ; gardez-en une seule",
            )
        if not validation.roles:
            yield Faute(
                fichier="validation.yaml",
                entree=validation.gate,
                message="personne ne décide ; nommez un rôle",
            )
        if validation.regle == "n" and not 1 <= validation.n <= len(validation.roles):
            yield Faute(
                fichier="validation.yaml",
                entree=validation.gate,
                message="n doit être entre 1 et le nombre de rôles",
            )
    for role in sorted(named - roles):
        yield Faute(fichier="validation.yaml", entree=role, message="ce rôle n’existe pas")


def _check_calendar(referentiel: Referentiel) -> Iterator[Faute]:
    for line in referentiel.calendrier.durees:
        for stage in line.etapes:
            if stage not in BY_SLUG:
                yield Faute(fichier="calendrier.yaml", entree=stage, message="cette étape n’existe pas")
        if not 0 < line.semaines_min <= line.semaines_max:
            yield Faute(
                fichier="calendrier.yaml",
                entree=", ".join(line.etapes),
                message="la durée la plus courte doit être au-dessus de zéro et sous la plus longue",
            )
