"""The columns of the fiche workbook: written once, for who renders and who reads."""

from __future__ import annotations

from tasks.office.columns import Column

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
