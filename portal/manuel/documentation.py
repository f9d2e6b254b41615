"""The documents made from the code: ``python -m portal.manuel.documentation`` writes them again.

What the code already says (stages, anomalies, results, référentiel) is never copied by hand; a test
fails while what is committed differs from what is made here. Documents written by hand only get
their no-break spaces.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nr_models.stages import STAGES, Stage
from nr_models.values.anomalies import CATALOGUE
from nr_models.values.french import spaced
from portal.manuel.commandes import render_commandes
from portal.manuel.etapes import render_etapes, render_stages
from portal.manuel.methode import render_methode
from tasks.referentiel.load import find_folder, load_referentiel
from tasks.stages.hands import load_hands

ROOT = Path(__file__).parents[2]
HAND_WRITTEN = ("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md", "docs/*.md", "docs/adr/*.md")
_MARK = "<!-- {name} -->"
_END = "<!-- /{name} -->"
_CODE = re.compile(r"(```.*?```|`[^`\n]*`)", re.DOTALL)


def render_documents(root: Path = ROOT) -> dict[str, str]:
    """Every document by its path in the repository: the made ones, and the hand-written ones typeset."""
    referentiel = load_referentiel(find_folder())
    made = {
        "docs/anomalies.md": render_anomalies(),
        "docs/commandes.md": render_commandes(),
        "docs/etapes.md": render_etapes(referentiel),
        "docs/methode.md": render_methode(referentiel),
        **{f"docs/schemas/{stage.slug}.json": render_schema(stage) for stage in STAGES},
    }
    written = {
        path.relative_to(root).as_posix(): path.read_text(encoding="utf-8")
        for pattern in HAND_WRITTEN
        for path in sorted(root.glob(pattern))
    }
    if "README.md" in written:
        written["README.md"] = fill(written["README.md"], "etapes", render_stages(referentiel))
    return {name: text if name.endswith(".json") else typeset(text) for name, text in {**written, **made}.items()}


def fill(document: str, name: str, content: str) -> str:
    """The document with that content between its marks « name ». Raises ``ValueError`` without them."""
    head, mark, rest = document.partition(_MARK.format(name=name))
    _, end, tail = rest.partition(_END.format(name=name))
    if not mark or not end:
        raise ValueError(f"Il manque les marques « {name} » dans le document.")
    return f"{head}{mark}\n{content}\n{end}{tail}"


def typeset(markdown: str) -> str:
    """The document with its no-break spaces; code is left as it is."""
    parts = _CODE.split(markdown)
    return "".join(part if place % 2 else spaced(part) for place, part in enumerate(parts))


def render_anomalies() -> str:
    """The catalogue of anomalies, for people to read."""
    rows = [f"| `{code}` | {_slots(kind.message)} | {_slots(kind.remede)} |" for code, kind in CATALOGUE.items()]
    return "\n".join(
        (
            "# Les anomalies",
            "",
            "Ce qui ne va pas dans un fichier reçu : chaque anomalie a un code, un endroit (fichier, feuille, "
            "cellule), une phrase et un remède. Le reste du fichier est gardé. `nr verifier FICHIER` les montre sans "
            "rien écrire.",
            "",
            "Page produite depuis `nr_models/values/anomalies.py` par `python -m portal.manuel.documentation`.",
            "",
            "| Code | Ce qui ne va pas | Que faire |",
            "| --- | --- | --- |",
            *rows,
            "",
        )
    )


def render_schema(stage: Stage) -> str:
    """JSON Schema of the ``resultat.json`` of a stage."""
    result = _without_docstrings(load_hands(stage.slug).Result.model_json_schema(mode="serialization"))
    definitions = result.pop("$defs", {})
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"resultat.json, étape « {stage.nom} »",
        "description": "Chaque champ est expliqué dans docs/resultats.md.",
        "type": "object",
        "additionalProperties": False,
        "required": ["dossier", "stage", "regle", "referentiel", "resultat"],
        "properties": {
            "dossier": {"type": "string", "description": "« programme/collectivité »."},
            "stage": {"const": stage.slug},
            "regle": {"const": stage.rule, "description": "Version de la règle de calcul."},
            "referentiel": {
                "type": "object",
                "additionalProperties": False,
                "required": ["version", "empreinte"],
                "properties": {"version": {"type": "string"}, "empreinte": {"type": "string"}},
            },
            "resultat": result,
        },
        "$defs": definitions,
    }
    return json.dumps(schema, ensure_ascii=False, indent=2) + "\n"


def _without_docstrings(schema: Any) -> Any:
    """The schema without the sentences written for who reads the code."""
    if isinstance(schema, Mapping):
        return {
            key: _without_docstrings(value)
            for key, value in schema.items()
            if not (key == "description" and isinstance(value, str))
        }
    return [_without_docstrings(item) for item in schema] if isinstance(schema, list) else schema


def _slots(sentence: str) -> str:
    """The sentence of the catalogue with its slots in words."""
    return sentence.replace("{valeur}", "*valeur*").replace("{detail}", "*détail*").replace("|", "\\|")


def list_stale(root: Path = ROOT) -> Iterator[str]:
    """Documents whose committed text is not what is made today."""
    for name, text in render_documents(root).items():
        path = root / name
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            yield name


def main() -> None:
    """Write every document, and name those that changed."""
    stale = set(list_stale())
    for name, text in render_documents().items():
        if name in stale:
            path = ROOT / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(name)


if __name__ == "__main__":
    main()
