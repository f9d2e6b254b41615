"""The levier that a row is about."""

from __future__ import annotations

from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.text import fold
from tasks.reading.parsed import Pointage
from tasks.reading.table import Record


def find_levier(
    record: Record, referentiel: Referentiel, releve: Pointage, unknown: str = "levier-inconnu"
) -> str | None:
    """The id of the levier, by its id or its title, or None: blank or unknown, which is noted with the code given."""
    cell = record["levier"] if record["levier"].text() else record["titre"]
    if not cell.text():
        releve.note(record["levier"], "valeur-absente", "Identifiant")
        return None
    found = next((item for item in (cell.line(), cell.line().lower()) if item in referentiel.leviers), None)
    if found is None:
        titled = [item.id for item in referentiel.leviers.values() if fold(item.titre) == fold(cell.line())]
        found = titled[0] if len(titled) == 1 else None
    if found is None:
        releve.note(cell, unknown)
    return found
