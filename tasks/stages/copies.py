"""The copies to correct of what was returned, given back by the stage that took it in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from nr_models.dossier.case import File, Retour
from tasks.office.naming import name_copies


def render_copies(retours: Iterable[Retour]) -> Iterator[File]:
    """The copies to correct of what was returned, each named after its file."""
    copies = {item.fichier: item.copie for item in retours if item.copie}
    names = name_copies(list(copies))
    return (File(names[fichier], copie) for fichier, copie in copies.items())
