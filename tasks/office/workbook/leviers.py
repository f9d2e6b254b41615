"""How a levier is named in every workbook: its id, its numbered dimension, its title."""

from __future__ import annotations

from nr_models.dossier.case import Case
from tasks.office.columns import Column
from tasks.office.look import load_look
from tasks.office.workbook.cells import Tone, Value, numbered

LEVIER = (
    Column("levier", "Identifiant", 12),
    Column("dimension", "Dimension", 26),
    Column("titre", "Levier", 50),
)


def named(case: Case, levier: str) -> dict[str, Value]:
    """The three first cells of a levier's row; its title is orange where it is the prestataire's."""
    return {
        "levier": levier,
        "dimension": numbered(case.referentiel.dimension_of[levier]),
        "titre": titled(case, levier),
    }


def titled(case: Case, levier: str) -> Value:
    """The title; on orange and with the word « prestataire » where it is theirs."""
    found = case.referentiel.leviers[levier]
    if not found.prestataire:
        return found.titre
    return Tone(f"{found.titre} (prestataire)", load_look().couleurs["prestataire"])
