"""The columns of a ballot and of its overrides: written once, for who renders and who reads."""

from __future__ import annotations

from tasks.office.columns import Column

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
