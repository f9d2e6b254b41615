"""Names of the files made for one person."""

from __future__ import annotations

from nr_models.registre import Personne, slugify


def name_for(support: str, personne: Personne) -> str:
    """« trame-zoe-petit-ville-fr.xlsx »: the address, because two people may bear one name."""
    return f"{support}-{slugify(personne.mail)}.xlsx"
