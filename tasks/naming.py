"""Names of the files made for one person, or after a file that somebody returned."""

from __future__ import annotations

from nr_models.registre import Personne, slugify


def name_for(support: str, personne: Personne, extension: str = "xlsx") -> str:
    """« trame-zoe-petit-ville-fr.xlsx »: the address, because two people may bear one name."""
    return f"{support}-{slugify(personne.mail)}.{extension}"


def name_of_copy(fichier: str) -> str:
    """« a-corriger-inventaire-2025-csv.xlsx »: after the whole name of the file, its folder too."""
    return f"a-corriger-{slugify(fichier)}.xlsx"
