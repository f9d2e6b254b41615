"""The sheets of the référentiel's workbook: written once, for who renders it and who reads it back.

A field is known by its dotted path in the entry (« cout.petite »). Blank means absent, never zero.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from types import MappingProxyType
from typing import NamedTuple

from nr_models.referentiel.circuit import Regle
from nr_models.referentiel.parametres import Priorite
from nr_models.referentiel.referentiel import NATURES, Difficulte
from nr_models.stages import BY_GATE, STAGES
from nr_models.values.moyens import SLUGS
from nr_models.values.roles import Role
from tasks.office.columns import ANSWERS, YES_NO

LEVELS = tuple(int(answer) for answer in ANSWERS if answer.isdigit())
"""The levels that an answer cell knows: the grid has a column each."""


class Sorte(Enum):
    """How a cell is written and read."""

    TEXTE = auto()
    LIGNES = auto()  # several texts, one per line of the cell
    LISTE = auto()  # several words, separated by semicolons
    NOMBRE = auto()
    ENTIER = auto()  # zero or more
    SIGNE = auto()  # a whole number, negative or not
    DATE = auto()
    OUI_NON = auto()
    CHOIX = auto()
    CHOIX_LISTE = auto()


class Champ(NamedTuple):
    """A column: where its value goes, its title, how it is written, what it may be.

    ``choix`` are labels by slug; ``parmi`` the list of the version that its values come from; ``jeune`` tells a
    column that workbooks exported before it do not have.
    """

    chemin: str
    titre: str
    sorte: Sorte = Sorte.TEXTE
    largeur: int = 18
    requis: bool = False
    choix: Mapping[str, str] = MappingProxyType({})
    parmi: str = ""
    jeune: bool = False


class FeuilleType(NamedTuple):
    """A sheet: its name, its columns, the file it feeds, and the field that names a row; ``jeune`` as of a column."""

    nom: str
    champs: tuple[Champ, ...]
    fichier: str
    cle: str
    jeune: bool = False


class Chiffre(NamedTuple):
    """A figure of the sheet Paramètres; « * » in its name stands for any slug."""

    bloc: str
    nom: str
    sorte: Sorte
    sens: str
    choix: Mapping[str, str] = MappingProxyType({})
    jeune: bool = False


_T, _LIGNES, _LISTE, _N, _E = Sorte.TEXTE, Sorte.LIGNES, Sorte.LISTE, Sorte.NOMBRE, Sorte.ENTIER
_ROLES = {role.value: role.nom for role in Role}
_GATES = {gate: gate for gate in BY_GATE}
_NIVEAUX = {slug: niveau.nom for slug, niveau in SLUGS.items()}
_STAGES = {stage.slug: stage.nom for stage in STAGES}
_NATURES = {
    name: {"epci": "EPCI", "departement": "département", "region": "région"}.get(name, name) for name in NATURES
}
REGLES = {str(regle): regle.nom for regle in Regle}
_TYPES = {"nombre": "nombre", "oui-non": "oui ou non", "texte": "texte"}

_SLUG = Champ("slug", "Identifiant", _T, 24, True)
_NOM = Champ("nom", "Nom", _T, 50, True)
_DIMENSION = Champ("dimension", "Dimension", _T, 18, True, parmi="dimensions")
_LEVIER = Champ("levier", "Levier", _T, 14, True)
_THEMES = Champ("themes_reen", "Thèmes REEN", _LISTE, 24)
_CONDITION = (
    Champ("condition.dsi_propre", "Seulement si DSI propre", Sorte.OUI_NON, 14),
    Champ("condition.population_min", "Population minimale", _E, 13),
    Champ("condition.population_max", "Population maximale", _E, 13),
    Champ("condition.natures", "Seulement pour", Sorte.CHOIX_LISTE, 18, choix=_NATURES),
    Champ("condition.agents_min", "Agents, au moins", _E, 13, jeune=True),
)
_OBLIGATIONS = Champ("obligations", "Obligations", _LISTE, 22, jeune=True)
_FOURNISSEURS = {"si": "système d’information", "site": "site internet", "objets": "objets connectés"}
_PORTEURS = {"seule": "la collectivité", "avec-epci": "la collectivité avec l’EPCI", "par-epci": "l’EPCI"}
_PALIERS = 5
"""Columns of the load: as many as a version can have sizes."""

FEUILLES: dict[str, FeuilleType] = {
    item.nom: item
    for item in (
        FeuilleType(
            "Dimensions",
            (
                Champ("numero", "Numéro", _E, 9, True),
                _SLUG,
                _NOM,
                Champ("definition", "Définition", _T, 70, True),
                Champ("inclut", "Comprend", _LIGNES, 50, True),
                Champ("exclut", "Ne comprend pas", _LIGNES, 50, True),
            ),
            "dimensions",
            "slug",
        ),
        FeuilleType(
            "Questions",
            (
                Champ("id", "Identifiant", _T, 12, True),
                _DIMENSION,
                Champ("question", "Question", _T, 46, True),
                Champ("precision", "Précision", _T, 50, True),
                Champ("profils", "Profils", _LISTE, 18, True),
                Champ("poids", "Poids", _N, 8, True),
                *(Champ(f"niveaux.{level}", f"Niveau {level}", _T, 40, True) for level in LEVELS),
                _THEMES,
                Champ("flash", "Questionnaire flash", Sorte.OUI_NON, 13),
                *_CONDITION,
                Champ("sens", "Révision du sens", _E, 10, jeune=True),
                _OBLIGATIONS,
            ),
            "dimensions",
            "id",
        ),
        FeuilleType(
            "Leviers",
            (
                Champ("id", "Identifiant", _T, 12, True),
                _DIMENSION,
                Champ("titre", "Titre", _T, 44, True),
                Champ("description", "Description", _T, 70, True),
                Champ("resultats_attendus", "Résultats attendus", _LIGNES, 50, True),
                Champ("priorite", "Priorité", Sorte.CHOIX, 16, True, choix={item.value: item.nom for item in Priorite}),
                Champ(
                    "difficulte",
                    "Difficulté",
                    Sorte.CHOIX,
                    13,
                    True,
                    choix={item.value: item.nom for item in Difficulte},
                ),
                Champ("prestataire", "Levier du prestataire", Sorte.OUI_NON, 13),
                Champ("part_prestataire", "Part du prestataire", _T, 44),
                Champ("pilotes", "Pilotes", _LIGNES, 30, True),
                Champ("prerequis", "Prérequis", _LIGNES, 40),
                Champ("requiert", "Leviers requis", _LISTE, 16),
                Champ("questions", "Questions", _LISTE, 16, True),
                _THEMES,
                Champ("cout.petite", "Coût, petite", _T, 11, True, parmi="couts"),
                Champ("cout.grande", "Coût, grande", _T, 11, True, parmi="couts"),
                Champ("charge_jh.petite", "Charge, petite (JH)", _N, 11),
                Champ("charge_jh.grande", "Charge, grande (JH)", _N, 11),
                Champ("duree_mois.petite", "Durée, petite (mois)", _E, 11, True),
                Champ("duree_mois.grande", "Durée, grande (mois)", _E, 11, True),
                *_CONDITION,
                Champ("sources", "Sources", _LIGNES, 24),
                Champ("mots_cles", "Mots-clés", _LISTE, 30),
                *(
                    Champ(f"charges_jh.{place}", f"Charge, taille {place + 1} (JH)", _N, 11, jeune=True)
                    for place in range(_PALIERS)
                ),
                Champ("fournisseur", "Quel prestataire", Sorte.CHOIX, 18, choix=_FOURNISSEURS, jeune=True),
                Champ("porte", "Qui le porte", Sorte.CHOIX, 22, choix=_PORTEURS, jeune=True),
                Champ("rang", "Rang dans la dimension", _E, 11, jeune=True),
                _OBLIGATIONS,
                Champ("risque", "Sécurité de base : le risque", _T, 44, jeune=True),
            ),
            "dimensions",
            "id",
        ),
        FeuilleType(
            "Actions",
            (
                _LEVIER,
                Champ("action", "Action", _T, 80, True),
                Champ("qui", "Qui", _T, 34, True),
                Champ("duree_semaines", "Durée (semaines)", _E, 12, True),
            ),
            "dimensions",
            "levier",
        ),
        FeuilleType(
            "Indicateurs",
            (
                _LEVIER,
                Champ("libelle", "Indicateur", _T, 80, True),
                Champ("type", "Se note", Sorte.CHOIX, 14, True, choix=_TYPES),
                Champ("unite", "Unité", _T, 18),
            ),
            "dimensions",
            "levier",
        ),
        FeuilleType(
            "Fenêtres",
            (
                _LEVIER,
                Champ("question", "Question", _T, 14, True),
                Champ("des", "Sert dès le niveau", _E, 12, True),
                Champ("jusqu_a", "En place au niveau", _E, 12, True),
                Champ("attendu", "Niveau attendu (socle)", _E, 12),
            ),
            "dimensions",
            "levier",
            True,
        ),
        FeuilleType(
            "Ressources",
            (_LEVIER, Champ("titre", "Titre", _T, 60, True), Champ("adresse", "Adresse", _T, 80, True)),
            "dimensions",
            "levier",
            True,
        ),
        FeuilleType(
            "Obligations",
            (
                _SLUG,
                _NOM,
                Champ("texte", "Texte", _T, 50, True),
                Champ("demande", "Ce qui est demandé", _T, 80, True),
                *_CONDITION,
                Champ("depuis", "Depuis le", Sorte.DATE, 14),
                Champ("source.titre", "Source", _T, 50, True),
                Champ("source.adresse", "Adresse", _T, 60, True),
                Champ("verifie_le", "Vérifié le", Sorte.DATE, 14, True),
            ),
            "obligations",
            "slug",
            True,
        ),
        FeuilleType(
            "Chiffres des obligations",
            (
                Champ("obligation", "Obligation", _T, 24, True),
                Champ("depuis", "À partir du", Sorte.DATE, 14, True),
                Champ("valeur", "Chiffre", _T, 60, True),
            ),
            "obligations",
            "obligation",
            True,
        ),
        FeuilleType(
            "DINUM",
            (
                Champ("id", "Pratique", _T, 12, True),
                _DIMENSION,
                Champ("levier", "Levier", _T, 14),
                Champ("refus", "Raison de ne pas la reprendre", _T, 80),
            ),
            "dimensions",
            "id",
        ),
        FeuilleType(
            "Catégories",
            (
                _SLUG,
                _NOM,
                Champ("famille", "Famille", _T, 18, True),
                Champ("synonymes", "Autres noms reconnus", _LISTE, 90),
            ),
            "facteurs",
            "slug",
        ),
        FeuilleType(
            "Facteurs",
            (
                Champ("categorie", "Catégorie", _T, 28, True),
                Champ("fabrication_kg", "Fabrication (kgCO2e)", _N, 16),
                Champ("fabrication_reconditionne_kg", "Fabrication, reconditionné (kgCO2e)", _N, 16),
                Champ("kwh_an", "Usage (kWh par an)", _N, 14),
                Champ("duree_vie_ans", "Durée de vie (ans)", _N, 14),
                Champ("puissance_w", "Puissance en marche (W)", _N, 14),
                Champ("source", "Source", _T, 20, True, parmi="electricite"),
                Champ("annee", "Année", _E, 9, True),
                Champ("remarque", "Remarque", _T, 70),
            ),
            "facteurs",
            "categorie",
        ),
        FeuilleType(
            "Électricité",
            (
                _SLUG,
                Champ("facteur", "kgCO2e par kWh", _N, 14, True),
                Champ("annee", "Année", _E, 9, True),
                Champ("source", "Source", _T, 60, True),
                Champ("defaut", "Par défaut", Sorte.OUI_NON, 12),
            ),
            "facteurs",
            "slug",
        ),
        FeuilleType(
            "Paramètres",
            (
                Champ("bloc", "Bloc", _T, 18, True),
                Champ("nom", "Nom", _T, 32),
                Champ("valeur", "Valeur", _T, 26),
                Champ("sens", "Ce que c’est", _T, 70),
                Champ("source", "Source du bloc", _T, 44),
                Champ("date", "Date du bloc", Sorte.DATE, 14),
            ),
            "parametres",
            "nom",
        ),
        FeuilleType("Maturités", (_SLUG, _NOM, Champ("des", "À partir de (%)", _N, 14, True)), "parametres", "slug"),
        FeuilleType(
            "Validation",
            (
                Champ("gate", "Validation", Sorte.CHOIX, 20, True, choix=_GATES),
                Champ("nom", "Ce qui est validé", _T, 36, True),
                Champ("roles", "Rôles", Sorte.CHOIX_LISTE, 40, True, choix=_ROLES),
                Champ("regle", "Règle", Sorte.CHOIX, 22, True, choix=REGLES),
                Champ("n", "Nombre de rôles", _E, 12),
                Champ("requis", "Rôles obligatoires", Sorte.CHOIX_LISTE, 26, choix=_ROLES),
                Champ("ordre", "Dans cet ordre", Sorte.OUI_NON, 12),
                Champ("jours_ouvres", "Délai (jours ouvrés)", _E, 14, True),
                Champ("reconnaissance", "Être reconnu au moins par", Sorte.CHOIX, 22, choix=_NIVEAUX, jeune=True),
            ),
            "validation",
            "gate",
        ),
        FeuilleType(
            "Suppléants",
            (
                Champ("role", "Quand personne n’est", Sorte.CHOIX, 26, True, choix=_ROLES),
                Champ("suppleant", "Décide à sa place", Sorte.CHOIX, 26, True, choix=_ROLES),
            ),
            "validation",
            "role",
        ),
        FeuilleType(
            "Relances",
            (
                _SLUG,
                Champ("jours", "Jours ouvrés après l’échéance (avant : négatif)", Sorte.SIGNE, 22, True),
                Champ("roles", "Qui prévenir (vide : qui est attendu)", Sorte.CHOIX_LISTE, 34, choix=_ROLES),
            ),
            "validation",
            "slug",
        ),
        FeuilleType(
            "Calendrier",
            (
                Champ("etapes", "Étapes", Sorte.CHOIX_LISTE, 40, True, choix=_STAGES),
                Champ("semaines_min", "Semaines, au moins", _E, 14, True),
                Champ("semaines_max", "Semaines, au plus", _E, 14, True),
            ),
            "calendrier",
            "etapes",
        ),
        FeuilleType("Profils", (_SLUG, _NOM), "referentiel", "slug"),
        FeuilleType("Thèmes REEN", (_SLUG, _NOM), "referentiel", "slug"),
        FeuilleType(
            "Coûts",
            (_SLUG, _NOM, Champ("min", "De (€)", _N, 12, True), Champ("max", "À (€)", _N, 12)),
            "referentiel",
            "slug",
        ),
        FeuilleType(
            "Tailles",
            (_SLUG, _NOM, Champ("population_min", "À partir de (habitants)", _E, 16, True)),
            "referentiel",
            "slug",
        ),
    )
}

CHIFFRES: tuple[Chiffre, ...] = (
    Chiffre("referentiel", "date", Sorte.DATE, "Date de cette version"),
    Chiffre("referentiel", "credit", _T, "Mention portée sur chaque document"),
    Chiffre("referentiel", "format", _E, "Format : 1, sans fenêtres ni socle ; 2, avec", jeune=True),
    Chiffre("referentiel", "paliers", _LISTE, "Populations où la charge et la capacité sont dites", jeune=True),
    Chiffre("collecte", "jours_avant_relance", _E, "Jours après l’envoi, avant de relancer une personne"),
    Chiffre("collecte", "jours_entre_relances", _E, "Jours sans seconde relance à la même personne"),
    Chiffre("collecte", "hypothese_reponses_min", _E, "Réponses d’une dimension sous lesquelles rien n’est proposé"),
    Chiffre("collecte", "hypothese_retrait", _E, "Niveaux ôtés à la médiane de la dimension pour une hypothèse"),
    Chiffre("collecte", "inventaire_flash", _LISTE, "Catégories proposées à qui remplit le questionnaire flash"),
    Chiffre("entretiens", "profils_equipe", _LISTE, "Profils réunis dans l’entretien de l’équipe informatique"),
    Chiffre("entretiens", "minutes_equipe", _E, "Minutes de cet entretien, en une fois"),
    Chiffre("entretiens", "minutes_equipe_fractionnee", _E, "Minutes de chacun, quand il y en a plusieurs"),
    Chiffre("entretiens", "minutes_autres", _E, "Minutes d’un entretien avec les autres"),
    Chiffre("entretiens", "minutes_notes", _E, "Minutes gardées au référent pour noter, après chaque entretien"),
    Chiffre("entretiens", "minutes_restitution", _E, "Minutes de la réunion de restitution"),
    Chiffre("score", "niveau_max", _E, "Niveau le plus haut d’une réponse"),
    Chiffre("score", "ecart_divergence", _E, "Écart de niveaux à partir duquel deux réponses divergent"),
    Chiffre("score", "couverture_min", _N, "Couverture, en %, sous laquelle on montre une fourchette et pas un niveau"),
    Chiffre("score", "poids_dimensions.*", _N, "Poids de cette dimension dans la note globale ; vide : 1"),
    Chiffre("inventaire", "heures_par_an", _E, "Heures d’une année, pour le taux d’utilisation"),
    Chiffre("inventaire", "seuil_unites", _N, "Relevé d’une source en vigueur au-delà de tant de % d’unités"),
    Chiffre("inventaire", "seuil_kwh", _N, "… de tant de % d’électricité"),
    Chiffre("inventaire", "seuil_kgco2e", _N, "… de tant de % d’empreinte"),
    Chiffre("inventaire", "seuil_part_depassee", _N, "… de tant de points de part au-delà de la durée de vie"),
    Chiffre("preselection", "poids.besoin", _N, "Part du besoin dans la pertinence d’un levier"),
    Chiffre("preselection", "poids.ambition", _N, "Part de l’ambition ; les parts font 1 ensemble"),
    Chiffre("preselection", "poids.priorite", _N, "Part de la priorité"),
    Chiffre("preselection", "poids.aise", _N, "Part de la facilité", jeune=True),
    Chiffre("preselection", "aises.*", _N, "Ce que vaut ce degré de difficulté, de 0 à 1", jeune=True),
    Chiffre("preselection", "capacites", _LISTE, "JH qu’une ville de chaque taille peut donner par an", jeune=True),
    Chiffre("preselection", "part_trop_tot", _N, "Ce que vaut un besoin sous la fenêtre du levier", jeune=True),
    Chiffre("preselection", "part_non_posee", _N, "Ce que vaut le besoin d’une question non posée", jeune=True),
    Chiffre("preselection", "priorites.*", _N, "Ce que vaut ce degré de priorité, de 0 à 1"),
    Chiffre("preselection", "ambition_max", _E, "Ambition la plus haute d’une dimension"),
    Chiffre("preselection", "seuil_avance", _N, "Note, en %, d’une dimension où l’on est avancé"),
    Chiffre("preselection", "plancher_par_dimension", _E, "Leviers proposés d’abord dans chaque dimension"),
    Chiffre("preselection", "cible", _E, "Leviers que la liste vise"),
    Chiffre("preselection", "max", _E, "Leviers au-delà desquels on en retire"),
    Chiffre("preselection", "min", _E, "Leviers en dessous desquels on le dit"),
    Chiffre("priorisation", "note_min", _E, "Note la plus basse d’un vote"),
    Chiffre("priorisation", "note_max", _E, "Note la plus haute d’un vote"),
    Chiffre("priorisation", "seuil_valeur", _N, "Moyenne à partir de laquelle la valeur est bonne"),
    Chiffre("priorisation", "seuil_faisabilite", _N, "Moyenne à partir de laquelle la faisabilité est bonne"),
    Chiffre("priorisation", "desaccord_voix_min", _E, "Voix qu’il faut pour parler d’un désaccord"),
    Chiffre("priorisation", "desaccord_etendue", _N, "Étendue des notes d’un désaccord"),
    Chiffre("priorisation", "detail_voix_min", _E, "Voix qu’il faut pour montrer notes, réponses ou paroles en détail"),
    Chiffre("priorisation", "desaccord_ecart_type", _N, "Écart type des notes d’un désaccord"),
    Chiffre("priorisation", "colleges.*", _N, "Poids de ce collège dans le vote"),
    Chiffre("selection", "cible", _E, "Leviers que la feuille de route vise"),
    Chiffre("selection", "min", _E, "Leviers en dessous desquels on le dit"),
    Chiffre("selection", "max", _E, "Leviers au-delà desquels on le dit"),
    Chiffre("feuille_de_route", "cout_jour_homme", _N, "Coût d’un jour-homme, en euros"),
    Chiffre("validation", "temoin", Sorte.CHOIX, "Seconde personne, quand une seule aurait tout fait", _ROLES),
    Chiffre("validation", "roles_sans_solitaire", Sorte.CHOIX_LISTE, "Rôles qui appellent ce témoin", _ROLES),
    Chiffre("validation", "calme.matin", _E, "Heure, à Paris, à partir de laquelle une relance peut partir"),
    Chiffre("validation", "calme.soir", _E, "Heure à partir de laquelle elle attend le jour ouvré suivant"),
    Chiffre("calendrier", "", _T, "Source et date des durées de la feuille Calendrier"),
)
"""Every figure outside the other sheets, in the order of the sheet Paramètres."""

OUTSIDE_PARAMETRES = ("referentiel", "validation", "calendrier")
"""Blocks of the sheet Paramètres that are not in ``parametres.yaml``; the first has no source of its own."""

OUI, NON = YES_NO
