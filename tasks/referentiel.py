"""Load a version of the référentiel from its folder of YAML, checked before anyone uses it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import yaml
from pydantic import ValidationError

from nr_models.referentiel import Faute, Referentiel, check_referentiel
from templates import ROOT

VERSIONS = ROOT / "referentiel"
_FILES = ("parametres", "facteurs", "validation", "calendrier")


class ReferentielInvalide(Exception):
    """A version that must not start a wave; ``fautes`` says what is wrong and where."""

    def __init__(self, folder: Path, fautes: list[Faute]) -> None:
        super().__init__(f"Référentiel {folder.name} : {len(fautes)} faute(s).")
        self.fautes = fautes


def list_versions() -> list[str]:
    """Names of the versions shipped, oldest first."""
    return sorted(folder.name for folder in VERSIONS.iterdir() if (folder / "referentiel.yaml").is_file())


def find_folder(programme: Path | None = None) -> Path:
    """The programme's own version when it brings one, else the newest shipped."""
    own = programme / "referentiel" if programme else None
    return own if own and (own / "referentiel.yaml").is_file() else VERSIONS / list_versions()[-1]


def load_referentiel(folder: Path) -> Referentiel:
    """Load and lint a version. Raises ``ReferentielInvalide`` with every fault found."""
    return _load(folder, tuple(sorted((str(path), path.stat().st_mtime_ns) for path in folder.rglob("*.yaml"))))


@lru_cache(maxsize=8)
def _load(folder: Path, _files: tuple[tuple[str, int], ...]) -> Referentiel:
    fautes: list[Faute] = []
    content = _read(folder / "referentiel.yaml", fautes)
    for name in _FILES:
        content[name] = _read(folder / f"{name}.yaml", fautes)
    paths = sorted((folder / "dimensions").glob("*.yaml"), key=lambda path: int(path.name.split("-")[0]))
    content["dimensions"] = [_read(path, fautes) for path in paths]
    if not fautes:
        try:
            referentiel = Referentiel.model_validate(content)
        except ValidationError as error:
            fautes = [_fault(item["loc"], paths) for item in error.errors()]
        else:
            fautes = check_referentiel(referentiel)
    if fautes:
        raise ReferentielInvalide(folder, fautes)
    return referentiel


def _read(path: Path, fautes: list[Faute]) -> dict[str, object]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        fautes.append(Faute(fichier=path.name, entree="fichier", message="ce fichier manque"))
        return {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"ligne {mark.line + 1}" if mark else "fichier"
        fautes.append(Faute(fichier=path.name, entree=place, message="le YAML ne se lit pas ici ; vérifiez l’écriture"))
        return {}
    return content if isinstance(content, dict) else {}


def _fault(place: tuple[int | str, ...], paths: list[Path]) -> Faute:
    """Where pydantic stumbled, in the words of who wrote the file."""
    head, *rest = place
    if head == "dimensions" and rest and isinstance(rest[0], int):
        name, rest = f"dimensions/{paths[rest[0]].name}", rest[1:]
    else:
        name = f"{head}.yaml" if head in _FILES else "referentiel.yaml"
        rest = rest if head in _FILES else list(place)
    entry = " › ".join(str(item + 1) if isinstance(item, int) else item for item in rest) or "fichier"
    return Faute(fichier=name, entree=entry, message="valeur absente, inconnue ou du mauvais type")
