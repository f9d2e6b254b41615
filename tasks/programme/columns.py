"""The columns of the registry."""

from __future__ import annotations

from tasks.office.columns import YES_NO, Column

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

REGISTRE = "registre.xlsx"
"""What the registry is called in the folder of a programme."""
