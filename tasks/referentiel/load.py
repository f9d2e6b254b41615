"""Load a version of the référentiel from its folder of YAML, checked before anyone uses it; write one."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Hashable
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from nr_models.referentiel.faute import Faute, file_of
from nr_models.referentiel.lint import check_referentiel
from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.french import plural
from tasks.office.look import load_look
from tasks.referentiel.sheets import LEVELS
from tasks.referentiel.yaml_files import render_files
from templates import ROOT

VERSIONS = ROOT / "referentiel"
MAIN = "referentiel.yaml"
"""The file that makes a folder a version."""

CURRENT = "2026.1"
"""The version that a programme without its own starts with."""

_ADDED_IN = {"collecte": "2026.1", "entretiens": "2026.1"}
"""Blocks of figures younger than the first référentiels written, and the version shipped that gives them to one that
lacks them: always that version, so that a dossier opened long ago never drifts."""

_FILES = ("parametres", "facteurs", "validation", "calendrier")
_OBLIGATIONS = "obligations"
"""A file that versions of the first format do not have."""
_WRONG = {
    "missing": "cette valeur manque ; écrivez-la",
    "extra_forbidden": "ce champ n’existe pas ; retirez-le ou corrigez son nom",
    "int": "il faut un nombre entier",
    "decimal": "il faut un nombre, avec un point décimal",
    "greater_than": "il faut un nombre au-dessus de zéro",
    "bool": "il faut true ou false",
    "date": "il faut une date, par exemple 2026-11-22",
    "tuple": "il faut une liste",
    "enum": "cette valeur n’est pas dans la liste permise",
    "literal_error": "cette valeur n’est pas dans la liste permise",
    "string": "il faut un texte ; mettez-le entre guillemets",
}


class ReferentielInvalide(Exception):
    """A version that must not start a wave; ``fautes`` says what is wrong and where."""

    def __init__(self, folder: Path, fautes: list[Faute]) -> None:
        super().__init__(f"Référentiel {folder.name} : {plural(len(fautes), 'faute')}.")
        self.fautes = fautes


def list_versions() -> list[str]:
    """Names of the versions shipped, oldest first: 2026.2 comes before 2026.10."""
    names = [folder.name for folder in VERSIONS.iterdir() if is_version(folder)]
    return sorted(names, key=lambda name: [(part.isdigit(), part.zfill(9)) for part in re.split(r"[.-]", name)])


def is_version(folder: Path) -> bool:
    """True when a version is written in that folder, sound or not."""
    return (folder / MAIN).is_file()


def find_folder(programme: Path | None = None) -> Path:
    """The programme's own version when it brings one, else the current one shipped."""
    own = programme / "referentiel" if programme else None
    return own if own and is_version(own) else VERSIONS / CURRENT


def load_referentiel(folder: Path) -> Referentiel:
    """Load and lint a version. Raises ``ReferentielInvalide`` with every fault found."""
    return _load(folder, tuple(sorted((str(path), path.stat().st_mtime_ns) for path in folder.rglob("*.yaml"))))


def check_version(referentiel: Referentiel) -> list[Faute]:
    """The lint, then what this software asks on top: a colour a dimension, a column a level."""
    fautes = check_referentiel(referentiel)
    colours = load_look().dimensions
    for dimension in referentiel.dimensions:
        if dimension.numero not in colours:
            message = f"la charte n’a pas de couleur pour la dimension {dimension.numero} ; {len(colours)} au plus"
            fautes.append(Faute(fichier=file_of(dimension), entree=dimension.slug, champ="numero", message=message))
    if referentiel.parametres.score.niveau_max != LEVELS[-1]:
        message = f"les classeurs ont une colonne par niveau, de 0 à {LEVELS[-1]} ; gardez ce nombre"
        fautes.append(Faute(fichier="parametres.yaml", entree="score.niveau_max", message=message))
    return fautes


def build_kept(content: bytes) -> Referentiel:
    """A version as a dossier keeps it, younger blocks filled in. Raises ``ValueError`` where it cannot be read."""
    return Referentiel.model_validate(_completed(json.loads(content)))


def write_referentiel(folder: Path, referentiel: Referentiel) -> None:
    """Write a version in place of the one that stands there, if any; nothing changes unless all is written."""
    fresh, old = (folder.with_name(f".{folder.name}.{state}") for state in ("nouveau", "ancien"))
    for path in (fresh, old):
        shutil.rmtree(path, ignore_errors=True)
    for name, text in render_files(referentiel).items():
        path = fresh / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    if folder.exists():
        folder.rename(old)
    fresh.rename(folder)
    shutil.rmtree(old, ignore_errors=True)


@lru_cache(maxsize=8)
def _load(folder: Path, _files: tuple[tuple[str, int], ...]) -> Referentiel:
    fautes: list[Faute] = []
    content = _read(folder / MAIN, fautes)
    for name in _FILES:
        content[name] = _read(folder / f"{name}.yaml", fautes)
    if (path := folder / f"{_OBLIGATIONS}.yaml").is_file():
        content[_OBLIGATIONS] = _read(path, fautes).get(_OBLIGATIONS, [])
    paths = sorted((folder / "dimensions").glob("*.yaml"), key=_rank)
    content["dimensions"] = [_read(path, fautes, "dimensions/") for path in paths]
    if not fautes:
        try:
            referentiel = Referentiel.model_validate(_completed(content))
        except ValidationError as error:
            fautes = [_fault(item["loc"], item["type"], content, paths) for item in error.errors()]
        else:
            fautes = [*_check_names(referentiel, paths), *check_version(referentiel)]
    if fautes:
        raise ReferentielInvalide(folder, fautes)
    return referentiel


def _completed(content: dict[str, Any]) -> dict[str, Any]:
    """The content with the younger blocks of figures it lacks."""
    absent = {
        block: _shipped(version)[block] for block, version in _ADDED_IN.items() if block not in content["parametres"]
    }
    return {**content, "parametres": {**absent, **content["parametres"]}}


@cache
def _shipped(version: str) -> dict[str, Any]:
    return _read(VERSIONS / version / "parametres.yaml", [])


def _rank(path: Path) -> tuple[int, str]:
    number = re.match(r"\d+", path.name)
    return (int(number[0]) if number else 0, path.name)


def _check_names(referentiel: Referentiel, paths: list[Path]) -> list[Faute]:
    """A dimension's file bears its number and its short name: a fault names it so."""
    return [
        Faute(fichier=f"dimensions/{path.name}", entree="fichier", message=f"nommez ce fichier « {wanted} »")
        for path, dimension in zip(paths, referentiel.dimensions, strict=True)
        if path.name != (wanted := file_of(dimension).partition("/")[2])
    ]


class _Faulty(yaml.constructor.ConstructorError):
    """A fault that we found ourselves, and said in French; those of the library are in English."""


class _Loader(yaml.CSafeLoader):
    """Refuses a key written twice, which would hide the first in silence; in C, five times as fast."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise _Faulty(None, None, "une clé doit être un mot", key.start_mark)
            if key.value in seen:
                raise _Faulty(None, None, f"la clé « {key.value} » est écrite deux fois", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def _read(path: Path, fautes: list[Faute], folder: str = "") -> dict[str, Any]:
    def wrong(place: str, message: str) -> dict[str, Any]:
        fautes.append(Faute(fichier=f"{folder}{path.name}", entree=place, message=message))
        return {}

    text = ""
    try:
        text = path.read_text(encoding="utf-8")
        content = yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader
    except FileNotFoundError:
        return wrong("fichier", "ce fichier manque")
    except UnicodeDecodeError:
        return wrong("fichier", "ce fichier n’est pas en UTF-8 ; enregistrez-le ainsi")
    except _Faulty as error:
        return wrong(_line(error, text), str(error.problem))
    except yaml.constructor.ConstructorError as error:
        return wrong(_line(error, text), "une valeur ne se lit pas ici ; n’écrivez pas de mot qui commence par « ! »")
    except yaml.YAMLError as error:
        return wrong(_line(error, text), "le YAML ne se lit pas ici ; vérifiez l’écriture")
    except (ValueError, RecursionError):
        return wrong("fichier", "une valeur de ce fichier ne se lit pas ; vérifiez ses dates")
    return content if isinstance(content, dict) else wrong("fichier", "ce fichier est vide ou n’a pas de clés")


def _line(error: yaml.YAMLError, text: str) -> str:
    """The line of a fault; of one at the end of a file, its last line and not the one after."""
    mark = getattr(error, "problem_mark", None)
    return f"ligne {max(1, min(mark.line + 1, len(text.splitlines())))}" if mark else "fichier"


def _fault(place: tuple[int | str, ...], kind: str, content: dict[str, Any], paths: list[Path]) -> Faute:
    """Where pydantic stumbled, in the words of who wrote the file: an entry of a list by its id."""
    head, *rest = place
    value: Any = content
    if head == "dimensions" and rest and isinstance(rest[0], int):
        name, value, rest = f"dimensions/{paths[rest[0]].name}", content["dimensions"][rest[0]], rest[1:]
    elif head in (*_FILES, _OBLIGATIONS):
        name, value = f"{head}.yaml", content[str(head)]
    else:
        name, rest = MAIN, list(place)
    entry = " › ".join(_steps(value, rest)) or "fichier"
    message = next((text for key, text in _WRONG.items() if kind.startswith(key)), "cette valeur ne convient pas")
    return Faute(fichier=name, entree=entry, message=message)


def _steps(value: Any, steps: list[int | str]) -> list[str]:
    """The path in words: « gouv-l01 › couleur »; what has no id is counted from 1."""
    found: list[str] = []
    for step in steps:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            value = None
        named = isinstance(step, int) and isinstance(value, dict) and (value.get("id") or value.get("slug"))
        if named:
            found = [str(named)]
        else:
            found.append(str(step + 1) if isinstance(step, int) else step)
    return found
