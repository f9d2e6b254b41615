"""The columns of what the collection sends and takes back: written once, for who renders and who reads."""

from __future__ import annotations

from tasks.office.columns import ANSWERS, NO_OBJECT, YES_NO, Column

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

CORRESPONDANCE = (
    Column("lu", "Lu dans le fichier", 44, required=True),
    Column("exemple", "Pour reconnaître", 44),
    Column("devient", "Devient", 44, True, True),
)

CORRESPONDANCE_SHEETS = {"colonnes": "Colonnes", "reponses": "Réponses", "questions": "Questions"}
"""The sheets of a mapping: its titles; of a diagnostic, its answers and its questions too."""

IGNORED = "(ne pas lire)"

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

LIBELLES_SHEET = "Ce que nous avons compris"
ALL_LABELS = "(tous les libellés ci-dessous)"
NOT_COUNTED_LABEL = "(ne pas compter)"
"""Said of a label that is no device, whatever it looks like."""

LIBELLES = (
    Column("libelle", "Libellé", 44, required=True),
    Column("compris", "Compris comme", 40),
    Column("unites", "Unités", 9),
    Column("devient", "C’est plutôt", 40, True),
    Column("confirme", "Je confirme", 11, True, choices=YES_NO),
    Column("cle", "Code", 22),
)

ARBITRAGES_SHEETS = {"Divergences": DIVERGENCES, "Hypothèses proposées": PROPOSITIONS}
