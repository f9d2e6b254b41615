"""The figures of the method and its calendar: blocks of the référentiel, each with its source and date."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import ClassVar

from nr_models.values.frozen import Frozen, Grown, Nombre


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


_PRIORITES = {
    Priorite.PRIORITAIRE: ("Prioritaire", "●●●"),
    Priorite.RECOMMANDEE: ("Recommandée", "●●○"),
    Priorite.ALLER_PLUS_LOIN: ("Aller plus loin", "●○○"),
}


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


class PoidsPertinence(Grown):
    """Weights of the terms of relevance; ease has none in a version of the first format."""

    younger: ClassVar[frozenset[str]] = frozenset({"aise"})

    besoin: Nombre
    ambition: Nombre
    priorite: Nombre
    aise: Nombre | None = None


class ParametresPreselection(Grown, Bloc):
    """Figures of the preselection; ``seuil_avance`` in percent.

    From the second format on: ``aises`` by difficulty; ``capacites``, JH a year that a town of each size of the
    version can give; ``part_trop_tot`` and ``part_non_posee``, what a need is worth under the window of a link, or
    of a question that was never asked.
    """

    younger: ClassVar[frozenset[str]] = frozenset({"aises", "capacites", "part_trop_tot", "part_non_posee"})

    poids: PoidsPertinence
    priorites: dict[Priorite, Nombre]
    ambition_max: int
    seuil_avance: Nombre
    plancher_par_dimension: int
    cible: int
    max: int
    min: int
    aises: dict[Difficulte, Nombre] = {}
    capacites: tuple[Nombre, ...] = ()
    part_trop_tot: Nombre | None = None
    part_non_posee: Nombre | None = None


VOIX_MIN = 3
"""Voices that details ask for where a version does not say it: with fewer, who knows one voice knows the other."""


class ParametresPriorisation(Grown, Bloc):
    """Figures of the vote; fewer than ``detail_voix_min`` voices are shown as a whole, never in detail."""

    younger: ClassVar[frozenset[str]] = frozenset({"detail_voix_min"})

    note_min: int
    note_max: int
    seuil_valeur: Nombre
    seuil_faisabilite: Nombre
    desaccord_voix_min: int
    desaccord_etendue: Nombre
    desaccord_ecart_type: Nombre
    detail_voix_min: int = VOIX_MIN
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


class Duree(Frozen):
    """Indicative length of one or several stages, in weeks."""

    etapes: tuple[str, ...]
    semaines_min: int
    semaines_max: int


class Calendrier(Bloc):
    """Indicative lengths of the stages."""

    durees: tuple[Duree, ...]
