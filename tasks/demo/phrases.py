"""What people write by hand in the example: comments, lessons, reasons."""

from __future__ import annotations

COMMENTS: dict[int, tuple[str, ...]] = {
    0: (
        "Personne n’a encore eu le temps de s’en saisir.",
        "Sujet jamais abordé à ma connaissance.",
        "On le découvre avec ce questionnaire.",
    ),
    1: (
        "Quelques initiatives isolées, rien d’écrit.",
        "Cela dépend beaucoup des personnes.",
        "Évoqué l’an dernier, sans suite pour l’instant.",
    ),
    2: (
        "La règle existe mais tous les services ne la connaissent pas.",
        "En cours, à finir avant l’été.",
        "Vrai pour la mairie, pas pour les écoles.",
    ),
    3: (
        "Fait et suivi, mais on ne le présente pas aux élus.",
        "La procédure est écrite et appliquée depuis deux ans.",
        "Reste à l’étendre aux sites extérieurs.",
    ),
    4: (
        "Bilan présenté chaque année en séance.",
        "C’est devenu une habitude dans tous les services.",
    ),
}
DOUBTS = (
    "À vérifier avec le prestataire.",
    "Je n’étais pas encore en poste.",
    "Voir avec la direction, je n’ai pas le chiffre.",
)
NO_OBJECTS = ("Nous n’avons pas cet équipement.", "Compétence transférée à l’EPCI.")
REWORDINGS = ("Comment ça se passe chez vous, concrètement ?", "Si demain il fallait le faire, qui s’en occuperait ?")

SUMMARIES = (
    "Échange ouvert ; la personne connaît bien son service et découvre la démarche.",
    "Entretien d’une demi-heure, centré sur les pratiques du quotidien.",
    "Beaucoup de bonnes habitudes, peu de choses écrites.",
    "Forte attente de règles simples et partagées entre les services.",
)
LESSONS = (
    "Le matériel est gardé longtemps, surtout par manque de budget.",
    "Les services achètent encore chacun de leur côté.",
    "Les agents demandent des consignes claires sur le stockage des documents.",
    "Le don de matériel est souhaité, mais personne ne sait comment effacer les données.",
    "L’inventaire n’est à jour que pour les ordinateurs.",
    "Les élus sont prêts à porter le sujet si l’effort est mesurable.",
    "L’accueil physique reste la première porte d’entrée des habitants.",
)
LEADS = (
    "Profiter du renouvellement du marché d’impression.",
    "Partager un référent avec les communes voisines.",
    "Organiser un atelier d’une heure par service à la rentrée.",
    "Demander au prestataire un état du parc une fois par an.",
    "Inscrire la durée d’usage des postes dans la charte informatique.",
)
DISPOSITIFS = (
    "Plan climat-air-énergie territorial (PCAET)",
    "Plan de sobriété énergétique",
    "Schéma de promotion des achats responsables (SPASER)",
    "Plan local de prévention des déchets",
    "Charte informatique des agents",
    "Projet éducatif de territoire",
)
ENGAGED = (
    ("Extinction automatique des postes le soir", "2024", "Parc et usages", "Note de service"),
    ("Don de vingt ordinateurs à une association locale", "Mars 2025", "Fin d’usage et réemploi", "Convention de don"),
    ("Passage à deux imprimantes partagées par étage", "2023", "Parc et usages", "Marché d’impression"),
    ("Permanence d’un conseiller numérique", "2022", "Sensibilisation et formation", "Convention avec l’État"),
    ("Achat de smartphones reconditionnés", "2025", "Achats responsables", "Bons de commande"),
    ("Refonte du site internet, plus léger", "Septembre 2025", "Services numériques", "Rapport du prestataire du site"),
)
PERIMETERS = (
    "Agents de la collectivité",
    "Écoles primaires",
    "Médiathèque",
    "Centre technique municipal",
    "Équipements sportifs",
)
COMMUNITY_PERIMETERS = ("Agents de la collectivité", "Déchèteries", "Piscine", "Réseau de médiathèques")
ASSUMPTIONS = (
    "Aucune trace trouvée ; on suppose le niveau le plus courant chez nos voisins.",
    "D’après un échange avec le service, à confirmer.",
    "Le contrat ne le mentionne pas.",
)
SETTLEMENTS = (
    "Après échange avec les deux personnes : la règle existe, mais un seul service l’applique.",
    "Vérifié sur pièces avec le service concerné.",
    "La réponse du service qui suit le sujet au quotidien est retenue.",
)
TYPOS_ANSWER = ("plutôt oui", "2 ou 3", "5", "en cours", "oui")

ADDITIONS = (
    "Demandé par le service, qui est prêt à commencer.",
    "Prolonge une action déjà engagée cette année.",
    "Souhaité par l’élue pour son effet visible auprès des habitants.",
)
REMOVALS = (
    "Déjà prévu dans un autre plan, inutile de le suivre deux fois.",
    "Trop tôt : le marché concerné court encore deux ans.",
    "Relève de l’EPCI, qui ne souhaite pas s’y engager maintenant.",
)
BALLOT_COMMENTS = (
    "Facile si la direction le demande.",
    "Il faudra du temps agent que nous n’avons pas cette année.",
    "Très attendu dans les services.",
    "À faire avec l’EPCI.",
    "Je ne vois pas qui le porterait.",
)
RESERVES = (
    "D’accord, en revoyant la charge demandée aux services techniques.",
    "Accord de principe ; les montants restent à confirmer au budget.",
    "D’accord, à condition d’en reparler au prochain comité de direction.",
)
OVERRIDES = (
    "Engagement pris en conseil municipal : l’action doit figurer dans la feuille de route.",
    "Condition posée par le partenaire financier.",
)
