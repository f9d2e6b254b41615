"""The columns of every workbook that people fill: written once, for who renders and who reads.

A column is known by its field; ``title`` is what people see; ``synonyms`` are other headers
accepted (accents and case ignored) ; ``width`` in characters; ``typed`` says that people type in it.
"""

from __future__ import annotations

from tasks.office.columns import ANSWERS, NO_OBJECT, YES_NO, Column

COLLECTIVITES = (
    Column("slug", "Identifiant", 22, True),
    Column("siren", "SIREN", 12, True, True),
    Column("nom", "Nom", 32, True, True),
    Column("nature", "Nature", 14, True, choices=("commune", "epci", "departement", "region", "syndicat")),
    Column("epci", "EPCI", 14, True),
    Column("population", "Population", 12, True),
    Column("agents", "Agents", 10, True),
    Column("dsi_propre", "DSI propre", 12, True, choices=YES_NO),
    Column("questionnaire", "Questionnaire", 14, True, choices=("complet", "flash")),
)
PERSONNES = (
    Column("collectivite", "Collectivité", 22, True, True),
    Column("nom", "Nom", 26, True, True),
    Column("mail", "Adresse électronique", 34, True, True, synonyms=("mail", "e-mail", "email", "courriel")),
    Column("roles", "Rôles", 30, True, True, synonyms=("role",)),
    Column("profils", "Profils", 26, True, synonyms=("profil",)),
    Column("direction", "Direction", 26, True, synonyms=("service",)),
    Column("college", "Collège", 14, True),
)
SOURCES = (
    Column("collectivite", "Collectivité", 22, True, True),
    Column("adresse", "Adresse", 50, True, True),
    Column("secret", "Nom du secret", 20, True),
    Column("cron", "Rythme (cron)", 18, True),
)
EVERYONE = "*"
"""In the sheet Personnes: a person of the whole programme."""

DIAGNOSTIC = (
    Column("question", "Identifiant", 11, required=True),
    Column("dimension", "Dimension", 24),
    Column("texte", "Question", 48),
    Column("precision", "Précision", 44),
    Column("interlocuteur", "À qui la poser", 26),
    Column("reponse", "Réponse", 14, True, True, ANSWERS),
    Column("commentaire", "Commentaire", 40, True),
    Column("reformulation", "Reformulation utilisée", 30, True),
    Column("niveau_0", "Réponse 0", 34),
    Column("niveau_1", "Réponse 1", 34),
    Column("niveau_2", "Réponse 2", 34),
    Column("niveau_3", "Réponse 3", 34),
    Column("niveau_4", "Réponse 4", 34),
)
ENTRETIENS = (
    Column("resume", "Résumé", 60, True),
    Column("enseignement", "Enseignement clé", 50, True),
    Column("piste", "Piste", 50, True),
)

CONTEXTE = (Column("rubrique", "Rubrique", 60, required=True), Column("valeur", "Votre réponse", 60, True, True))
CONTEXTE_RUBRIQUES = (
    ("perimetre", "Périmètre étudié (agents, écoles, médiathèque…), séparé par des points-virgules"),
    ("fournisseur_si", "Qui fournit le système d’information (DSI, EPCI, prestataire…)"),
    ("annee_inventaire", "Année de l’inventaire"),
    ("deee_kg_an", "Équipements évacués dans l’année, en kg (bordereaux DEEE)"),
    ("pue", "PUE de la salle serveurs, s’il est mesuré (électricité totale ÷ électricité des équipements)"),
    ("cooperation", "Le prestataire a coopéré pendant le diagnostic (oui ou non)"),
    ("souhaite", "Le prestataire souhaite s’impliquer dans la démarche (oui ou non)"),
    ("volontaire", "Le prestataire est volontaire pour agir dans son périmètre (oui ou non)"),
    ("mobilisable", "Le prestataire est mobilisable à moyen et long terme (oui ou non)"),
)
AMBITIONS = (
    Column("cle", "Identifiant", 24, required=True),
    Column("nom", "Dimension ou thème", 44),
    Column("ambition", "Ambition", 14, True, True),
)
"""Dimensions take 0 to 3; REEN themes take oui or non."""
DISPOSITIFS = (Column("dispositif", "Dispositif existant (PCAET, plan de sobriété…)", 60, True, True),)
ACTIONS_ENGAGEES = (
    Column("action", "Action engagée", 50, True, True),
    Column("depuis", "Depuis quand", 16, True),
    Column("dimension", "Dimension", 30, True),
    Column("preuve", "Preuve", 40, True),
)
HYPOTHESES = (
    Column("question", "Identifiant de la question", 14, True, True),
    Column("niveau", "Niveau supposé", 14, True, True, ANSWERS[:5]),
    Column("auteur", "Posée par", 26, True, True),
    Column("date", "Le", 14, True),
    Column("raison", "Pourquoi", 50, True, True),
    Column("source", "Source", 40, True),
)
ARBITRAGES = (
    Column("question", "Identifiant de la question", 14, True, True),
    Column("niveau", "Niveau retenu", 14, True, True, (*ANSWERS[:5], NO_OBJECT)),
    Column("raison", "Pourquoi", 60, True, True),
)
CONTEXTE_SHEETS = {
    "Contexte": CONTEXTE,
    "Ambitions": AMBITIONS,
    "Dispositifs": DISPOSITIFS,
    "Actions engagées": ACTIONS_ENGAGEES,
    "Hypothèses": HYPOTHESES,
    "Arbitrages": ARBITRAGES,
}

INVENTAIRE = (
    Column(
        "categorie",
        "Catégorie",
        30,
        True,
        True,
        synonyms=(
            "type",
            "type d'equipement",
            "categorie d'equipement",
            "equipement",
            "nature",
            "type de materiel",
            "famille",
            "device type",
            "asset type",
            "category",
        ),
    ),
    Column("modele", "Modèle", 30, True, synonyms=("model", "designation", "nom", "libelle", "reference")),
    Column(
        "quantite", "Quantité", 10, True, True, synonyms=("quantity", "qte", "nombre", "nb", "nbre", "nombre d'unites")
    ),
    Column(
        "annee_achat",
        "Année d’achat",
        12,
        True,
        synonyms=(
            "date d'achat",
            "dateachat",
            "annee",
            "date achat",
            "date de mise en service",
            "annee d'acquisition",
            "date d'acquisition",
            "acquisition",
            "purchase date",
            "date of purchase",
            "year of purchase",
            "informations financieres - date d'achat",
            "informations financieres et administratives - date d'achat",
            "financial and administrative information - date of purchase",
        ),
    ),
    Column("perimetre", "Périmètre", 14, True, choices=("maîtrisable", "influence")),
    Column(
        "site", "Site", 24, True, synonyms=("lieu", "localisation", "batiment", "nomentite", "implantation", "location")
    ),
    Column(
        "reconditionne",
        "Neuf ou reconditionné",
        16,
        True,
        choices=("neuf", "reconditionné"),
        synonyms=("etat d'achat",),
    ),
    Column(
        "heures_an", "Heures de fonctionnement par an", 16, True, synonyms=("heures par an", "heures de fonctionnement")
    ),
    Column("taux_utilisation", "Taux d’utilisation (%)", 14, True, synonyms=("taux d'utilisation", "taux utilisation")),
    Column(
        "kwh_an",
        "Électricité mesurée par unité (kWh par an)",
        16,
        True,
        synonyms=(
            "consoelecannuelle",
            "consommation electrique annuelle",
            "kwh par an",
            "consommation (kwh/an)",
            "kwh/an",
        ),
    ),
    Column("hors_service", "Hors service", 12, True, choices=YES_NO, synonyms=("hs", "en panne")),
    Column(
        "gestionnaire",
        "Géré par (si c’est une autre collectivité)",
        22,
        True,
        synonyms=("gere par", "gestionnaire", "managed by"),
    ),
    Column("source", "Source", 20, True, synonyms=("nomsourcedonnee", "origine")),
    Column("hypothese", "Hypothèse", 30, True),
)
MACHINES = (
    Column("uuid", "UUID", synonyms=("hardware uuid",)),
    Column(
        "serie",
        "Numéro de série",
        synonyms=("n de serie", "no de serie", "n° de serie", "serial number", "serial", "s/n"),
    ),
    Column(
        "etiquette",
        "Numéro d’inventaire",
        synonyms=("n d'inventaire", "n° d'inventaire", "inventory number", "asset tag", "etiquette", "code inventaire"),
    ),
    Column("fabricant", "Fabricant", synonyms=("manufacturer", "constructeur", "marque")),
    Column("statut", "Statut", synonyms=("status", "etat")),
    Column("retrait", "Date de retrait", synonyms=("dateretrait", "date de sortie", "date de reforme")),
    Column("ecartee", "Machine écartée"),
)
"""What exports say of one machine; the three first only tell it from another, and are never kept."""
AUTRE_OUTIL_SHEET = "Autre outil"
AUTRE_OUTIL = (
    Column("outil", "Outil", 24, True, True),
    Column("version", "Version", 12, True),
    Column("date", "Calculée le", 14, True),
    Column("perimetre", "Ce qui est couvert", 40, True),
    Column("indicateur", "Indicateur", 30, True, True),
    Column("valeur", "Valeur", 14, True, True),
    Column("unite", "Unité", 16, True, True),
)
"""What another tool computed (G4IT, Boavizta, EcoDiag…), attached to the inventory and kept apart."""

CORRESPONDANCE = (
    Column("lu", "Lu dans le fichier", 44, required=True),
    Column("exemple", "Pour reconnaître", 44),
    Column("devient", "Devient", 44, True, True),
)
CORRESPONDANCE_SHEETS = {"colonnes": "Colonnes", "reponses": "Réponses", "questions": "Questions"}
"""The sheets of a mapping: its titles; of a diagnostic, its answers and its questions too."""
IGNORED = "(ne pas lire)"

INVENTAIRE_PERSONNELLES = (
    "utilisateur",
    "user",
    "username",
    "usager",
    "agent",
    "affectataire",
    "attribue a",
    "assigned to",
    "owner",
    "proprietaire",
    "detenteur",
    "beneficiaire",
    "prenom",
    "nom de famille",
    "matricule",
    "contact",
    "compte",
    "session",
    "adresse ip",
    "ip address",
    "ip",
    "adresse mac",
    "mac address",
    "numero de telephone",
    "imei",
    "imsi",
    "msisdn",
    "puk",
    "code pin",
    "cle ssh",
    "ssh",
    "bitlocker",
    "jeton",
    "token",
    "secret",
    "motdepasse",
    "key",
    "product id",
    "license",
    "affecte a",
    "nom de l'agent",
    "login",
    "identifiant windows",
    "mot de passe",
    "password",
    "cle",
    "cle de produit",
    "licence",
    "telephone de l'agent",
    "email",
    "mail",
)
"""Headers of personal or secret columns: dropped at the door, and said."""

PRESELECTION = (
    Column("levier", "Identifiant", 12, required=True),
    Column("dimension", "Dimension", 26),
    Column("titre", "Levier", 50),
    Column("propose", "Proposé", 10),
    Column("pertinence", "Pertinence (sur 100)", 12),
    Column("raison", "Pourquoi", 70),
    Column("decision", "Votre décision", 14, True, choices=("ajouter", "retirer")),
    Column("justification", "Justification", 50, True),
)
PRESTATAIRE = (
    Column("cle", "Identifiant", 16, required=True),
    Column("critere", "Critère", 64),
    Column("reponse", "Réponse", 12, True, True, YES_NO),
)
BULLETIN = (
    Column("levier", "Identifiant", 12, required=True),
    Column("dimension", "Dimension", 26),
    Column("titre", "Levier", 46),
    Column("description", "En quoi il consiste", 60),
    Column("constat", "Constat du diagnostic", 40),
    Column("avec", "À mener avec", 26),
    Column("valeur", "Valeur (1 à 5)", 12, True, True),
    Column("faisabilite", "Faisabilité (1 à 5)", 12, True, True),
    Column("commentaire", "Commentaire", 40, True),
)
DEROGATIONS = (
    Column("levier", "Identifiant", 12, True, True),
    Column("valeur", "Valeur retenue", 12, True),
    Column("faisabilite", "Faisabilité retenue", 12, True),
    Column("force", "Place imposée", 14, True, choices=("inclure", "exclure")),
    Column("raison", "Pourquoi", 60, True, True),
)
DEROGATIONS_SHEET = "Arbitrages"

FICHES = (
    Column("levier", "Identifiant", 12, required=True),
    Column("numero", "N°", 6),
    Column("dimension", "Dimension", 24),
    Column("titre", "Levier", 40),
    Column("priorite", "Priorité", 16),
    Column("difficulte", "Difficulté", 14),
    Column("dispositifs", "Lien avec les dispositifs existants", 34, True),
    Column("resultats", "Résultats attendus", 44, True),
    Column("debut", "Début", 14, True),
    Column("fin", "Fin", 14, True),
    Column("responsable", "Responsable (1 max.)", 30, True),
    Column("porteur", "Porteur", 24, True),
    Column("contributeurs", "Contributeurs", 34, True),
    Column("moyens_humains", "Moyens humains (JH)", 20, True),
    Column("moyens_euros", "Moyens en euros", 20, True),
    Column("perimetre", "Périmètre", 34, True),
    Column("prerequis", "Prérequis", 34, True),
)
"""Several values in one cell stand on separate lines of the cell (or after « - »)."""
FICHES_ACTIONS = (
    Column("levier", "Identifiant", 12, True, True),
    Column("action", "Action", 70, True, True),
    Column("qui", "Qui ?", 30, True),
    Column("echeance", "Échéance ?", 16, True),
)
FICHES_INDICATEURS = (
    Column("levier", "Identifiant", 12, True, True),
    Column("indicateur", "Indicateur de performance", 70, True, True),
    Column("valeur", "Valeur", 30, True),
)
FICHES_DEPENSES = (
    Column("levier", "Identifiant", 12, True, True),
    Column("annee", "Année", 10, True),
    Column("nature", "Nature", 24, True, choices=("équipement", "matériel", "prestation intellectuelle")),
    Column("type", "Type", 18, True, choices=("investissement", "fonctionnement")),
    Column("montant", "Montant (€)", 16, True, True),
    Column("financeur", "Financeur", 24, True),
)
FICHES_SHEETS = {
    "Fiches": FICHES,
    "Actions": FICHES_ACTIONS,
    "Indicateurs": FICHES_INDICATEURS,
    "Dépenses": FICHES_DEPENSES,
}

REPARTITION = (
    Column("question", "Identifiant", 12, required=True),
    Column("dimension", "Dimension", 26),
    Column("texte", "Question", 60),
    Column("profils", "À qui la poser", 32),
    Column("prevus", "Interlocuteurs prévus", 30),
    Column("interlocuteurs", "Interlocuteur (adresse)", 40, True, synonyms=("interlocuteur", "interlocuteurs")),
)
"""Several addresses in one cell stand on separate lines, or after semicolons."""
JOURNEES = (
    Column("jour", "Jour", 18, True, True),
    Column("debut", "De", 12, True, True),
    Column("fin", "À", 12, True, True),
    Column("referents", "Référents présents (adresses)", 50, True),
)
RENDEZ_VOUS = (
    Column("cle", "Identifiant", 34, required=True),
    Column("personnes", "Avec qui", 36),
    Column("minutes", "Durée (min)", 10),
    Column("lancement", "Au comité de lancement", 14, True, choices=YES_NO),
    Column("jour", "Jour de l’entretien", 16, True),
    Column("debut", "Heure", 10, True),
    Column("referent", "Mené par (adresse)", 34, True),
    Column("confirme", "Confirmé", 11, True, choices=YES_NO),
    Column("tenu", "Tenu", 11, True, choices=YES_NO),
)
REGLAGES = (Column("rubrique", "Réglage", 60, required=True), Column("valeur", "Votre réponse", 50, True))
REGLAGES_RUBRIQUES = (
    ("echeance", "Date limite des retours de la collecte"),
    ("inventaire", "Qui remplit l’inventaire (adresse)"),
    ("contexte", "Qui remplit le contexte (adresse)"),
    ("en_plusieurs", "Équipe informatique : plusieurs entretiens plus courts, plutôt qu’un long (oui ou non)"),
    ("jour", "Date de la réunion de restitution"),
    ("debut", "Heure de la réunion de restitution"),
    ("minutes", "Durée de la réunion de restitution, en minutes"),
    ("lieu", "Lieu, ou lien de visioconférence, de la réunion de restitution"),
)
CALENDRIER_SHEETS = {
    "Répartition": REPARTITION,
    "Journées": JOURNEES,
    "Rendez-vous": RENDEZ_VOUS,
    "Réglages": REGLAGES,
}

DIVERGENCES = (
    Column("question", "Identifiant", 12, required=True),
    Column("dimension", "Dimension", 26),
    Column("texte", "Question", 50),
    Column("dit", "Qui a dit quoi", 60),
    Column("mediane", "Compté aujourd’hui", 12),
    Column("niveau", "Niveau retenu", 12, True, True, (*ANSWERS[:5], NO_OBJECT)),
    Column("raison", "Pourquoi", 50, True, True),
)
PROPOSITIONS = (
    Column("question", "Identifiant", 12, required=True),
    Column("dimension", "Dimension", 26),
    Column("texte", "Question", 50),
    Column("propose", "Niveau proposé", 11),
    Column("regle", "D’où il vient", 54),
    Column("accepte", "J’accepte", 11, True, choices=YES_NO),
    Column("auteur", "Posée par", 26, True),
    Column("date", "Le", 14, True),
    Column("source", "Source", 34, True),
)
ARBITRAGES_SHEETS = {"Divergences": DIVERGENCES, "Hypothèses proposées": PROPOSITIONS}
