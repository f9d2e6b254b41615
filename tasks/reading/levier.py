"""The levier that a row is about."""

from __future__ import annotations

from nr_models.referentiel.referentiel import Referentiel
from tasks.reading.parsed import Pointage
from tasks.reading.table import Record


def find_levier(
    record: Record, referentiel: Referentiel, releve: Pointage, unknown: str = "levier-inconnu"
) -> str | None:
    """The id of the levier, or None: blank or unknown, which is noted with the code given."""
    cell = record["levier"]
    if not cell.text():
        releve.note(cell, "valeur-absente", "Identifiant")
        return None
    found = next((item for item in (cell.line(), cell.line().lower()) if item in referentiel.leviers), None)
    if found is None:
        releve.note(cell, unknown)
    return found
