"""The columns of the preselection workbook: written once, for who renders and who reads."""

from __future__ import annotations

from tasks.office.columns import YES_NO, Column

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

PRESTATAIRES = (
    *PRESTATAIRE,
    Column("site", "Site internet", 14, True, choices=YES_NO),
    Column("objets", "Objets connectés", 16, True, choices=YES_NO),
)
"""The same, where a version tells the provider of the site and that of connected objects apart."""
