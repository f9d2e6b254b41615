"""Names of the files made for one person, or after a file that somebody returned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import PurePosixPath

from nr_models.dossier.registre import Personne
from nr_models.values.text import slugify


def name_for(support: str, personne: Personne, extension: str = "xlsx") -> str:
    """« trame-zoe-petit-ville-fr.xlsx »: the address, because two people may bear one name."""
    return f"{support}-{slugify(personne.mail)}.{extension}"


def name_copies(fichiers: Sequence[str]) -> dict[str, str]:
    """Of each file, folder included, « a-corriger-inventaire-2025.xlsx »; the extension too where two would meet."""
    short = {fichier: slugify(str(PurePosixPath(fichier).with_suffix(""))) for fichier in fichiers}
    met = Counter(short.values())
    return {
        fichier: f"a-corriger-{stem if met[stem] == 1 else slugify(fichier)}.xlsx" for fichier, stem in short.items()
    }
