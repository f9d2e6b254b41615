"""The columns of an inventory: ours, those of machines and of another tool, and the personal ones that are dropped."""

from __future__ import annotations

from tasks.office.columns import YES_NO, Column

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
    Column("unite", "(une ligne = une unité)"),
)
"""What exports say of one machine; the three first only tell it from another, and are never kept."""

AUTRE_OUTIL_SHEET = "Autre outil"
CATEGORIES_SHEET = "Catégories"
"""In our own workbook: the words that are recognised, which count nothing."""

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
