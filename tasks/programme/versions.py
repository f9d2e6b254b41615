"""Find a version of the référentiel by what people call it: a folder, a programme, a version's name."""

from __future__ import annotations

from pathlib import Path

from nr_models.referentiel.referentiel import Referentiel
from tasks.programme.programmes import Introuvable, list_programmes
from tasks.referentiel.load import VERSIONS, ReferentielInvalide, is_version, list_versions, load_referentiel
from tasks.store.workspace import Workspace


def find_version(name: str) -> Path:
    """The folder of a version: a folder, a programme's own, or one shipped. Raises ``Introuvable``."""
    folder = Path(name)
    for place in (folder, folder / "referentiel"):
        if is_version(place):
            return place
    if folder.is_dir():
        raise Introuvable(f"Le dossier « {name} » ne contient pas de référentiel : il y faut un referentiel.yaml.")
    if name in list_versions():
        return VERSIONS / name
    if own := _own_versions().get(name):
        return own
    raise Introuvable(
        f"La version « {name} » n’existe pas. Donnez un dossier, le nom d’un programme qui a son référentiel, "
        f"ou une version livrée : {', '.join(list_versions())}."
    )


def _own_versions() -> dict[str, Path]:
    """The versions that known programmes bring, by the programme's name and by their own."""
    workspace = Workspace()
    if not workspace.settings.outputs.is_dir():
        return {}
    with workspace.reading() as session:
        folders = {item.slug: Path(item.folder) / "referentiel" for item in list_programmes(session)}
    found = {slug: folder for slug, folder in folders.items() if is_version(folder)}
    for folder in list(found.values()):
        if version := _try(folder):
            found.setdefault(version.version, folder)
    return found


def _try(folder: Path) -> Referentiel | None:
    try:
        return load_referentiel(folder)
    except ReferentielInvalide:
        return None
