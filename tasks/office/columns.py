"""What every workbook of ours shares: a column, the answers, the hidden sheet that tells whose it is."""

from __future__ import annotations

from typing import NamedTuple


class Column(NamedTuple):
    """One column of a table."""

    field: str
    title: str
    width: int = 18
    typed: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()
    synonyms: tuple[str, ...] = ()


YES_NO = ("oui", "non")

UNKNOWN = "Ne sait pas"

NO_OBJECT = "Sans objet"

ANSWERS = ("0", "1", "2", "3", "4", UNKNOWN, NO_OBJECT)

NO_OPINION = "sans avis"

MARK_SHEET = "_nr"
"""Hidden sheet of a support: two columns, key and value (type, dossier, etape, tour, personne)."""

MARK_KEYS = ("type", "dossier", "etape", "tour", "personne")

REPLACES = "remplace"
"""In the hidden sheet of a copy to correct: the name of the file that it corrects."""

GUIDE_SHEET = "Mode d’emploi"

AUTHOR_LABEL = "Rempli par (adresse électronique)"
"""On the guide sheet of a diagnostic that has no author in its hidden sheet; the address is typed beside it."""
