"""A mistake in a référentiel, and where the parts of a version are written."""

from __future__ import annotations

from nr_models.referentiel.referentiel import Dimension
from nr_models.values.frozen import Frozen


class Faute(Frozen):
    """A mistake in a référentiel: the file, the entry, what is wrong and what to do.

    ``champ`` is the field of the entry where it is known (« poids »), so that a workbook can show the cell.
    """

    fichier: str
    entree: str
    message: str
    champ: str = ""

    def __str__(self) -> str:
        """« fichier, entrée : message »."""
        return f"{self.fichier}, {self.entree} : {self.message}"


def file_of(dimension: Dimension) -> str:
    """Where a dimension is written, inside its version's folder."""
    return f"dimensions/{dimension.numero}-{dimension.slug}.yaml"
