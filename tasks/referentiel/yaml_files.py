"""Write a version of the référentiel as files that people read and compare: folded text, stable order."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import Any

import yaml
from pydantic import BaseModel

from nr_models.referentiel.faute import file_of
from nr_models.referentiel.referentiel import Referentiel

_WIDTH = 108
_FLOW_ITEM = 96  # characters of an item of a list that stands on one line
_FLOW_FIELD = 48
_LONG = 100
_WORD = 32
_SILENT = frozenset(
    {
        *("condition", "n", "requis", "ordre", "roles", "unite", "defaut", "colleges", "natures", "synonymes"),
        *("format", "paliers", "obligations", "sens", "charges_jh", "fenetres", "ressources", "chiffres"),
        *("aises", "capacites"),
    }
)
"""Fields that say nothing where they have their default."""
_ALONE = ("parametres", "facteurs", "validation", "calendrier")


def render_files(referentiel: Referentiel) -> dict[str, str]:
    """The files of a version, by their path in its folder."""
    parts = {name: getattr(referentiel, name) for name in Referentiel.model_fields}
    contents = {f"{name}.yaml": parts.pop(name) for name in _ALONE}
    dimensions, obligations = parts.pop("dimensions"), parts.pop("obligations")
    head = f"# Le référentiel {referentiel.version} : la méthode, en données. Une dimension par fichier.\n"
    parts = {name: item for name, item in parts.items() if item != Referentiel.model_fields[name].default}
    return {
        "referentiel.yaml": head + _dump({name: _plain(value) for name, value in parts.items()}),
        **{name: _dump(_plain(value)) for name, value in contents.items()},
        **({"obligations.yaml": _dump({"obligations": _plain(obligations)})} if obligations else {}),
        **{file_of(dimension): _dump(_plain(dimension)) for dimension in dimensions},
    }


def _plain(value: Any) -> Any:
    """The value as YAML knows it; what is absent is left out."""
    if isinstance(value, BaseModel):
        # its fields alone: what a cached property worked out stands beside them
        return {
            name: _plain(item)
            for name, field in type(value).model_fields.items()
            if (item := getattr(value, name)) is not None and not (name in _SILENT and item == field.default)
        }
    if isinstance(value, Mapping):
        return {_plain(key): _plain(item) for key, item in value.items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else str(value)
    return value


def _dump(content: Any) -> str:
    text: str = yaml.dump(
        content, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=_WIDTH, default_flow_style=False
    )
    return _spaced(text)


def _spaced(text: str) -> str:
    """A blank line before each entry and each part of the file."""
    lines: list[str] = []
    for line in text.splitlines():
        if lines and (line.startswith("- id:") or line in ("questions:", "leviers:", "dinum:", "dimensions:")):
            lines.append("")
        lines.append(line)
    return "\n".join(lines) + "\n"


class _Dumper(yaml.SafeDumper):
    """Short lists and short items on one line, long texts folded, no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def write_plain(self, text: str, split: bool = True) -> None:
        """A line breaks between the items of a list, never within one."""
        super().write_plain(text, split=False)

    def represent_text(self, text: str) -> yaml.ScalarNode:
        style = "|" if "\n" in text else ">" if len(text) > _LONG else None
        if style is None and _is_figure(text):
            style = '"'
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)

    def represent_list(self, data: Any) -> yaml.SequenceNode:
        node: yaml.SequenceNode = super().represent_list(data)
        for item in node.value:
            if isinstance(item, yaml.MappingNode):
                item.flow_style = _is_short(item, _FLOW_ITEM)
        words = all(isinstance(item, yaml.ScalarNode) and len(item.value) <= _WORD for item in node.value)
        plain = all(isinstance(item, yaml.ScalarNode) for item in node.value)
        node.flow_style = words or (plain and _is_short(node, _LONG))
        return node

    def represent_dict(self, data: Any) -> yaml.MappingNode:
        node: yaml.MappingNode = super().represent_dict(data)
        for _, value in node.value:
            if isinstance(value, yaml.MappingNode):
                value.flow_style = _is_short(value, _FLOW_FIELD)
        return node


_Dumper.add_representer(str, _Dumper.represent_text)
_Dumper.add_representer(list, _Dumper.represent_list)
_Dumper.add_representer(dict, _Dumper.represent_dict)
_Dumper.add_representer(date, yaml.SafeDumper.represent_date)


def _is_short(node: yaml.CollectionNode, limit: int) -> bool:
    """True when a list or a mapping fits on one line, and holds nothing folded."""
    pairs = node.value if isinstance(node, yaml.SequenceNode) else [part for pair in node.value for part in pair]
    total = 0
    for item in pairs:
        if isinstance(item, yaml.ScalarNode):
            if item.style in ("|", ">"):
                return False
            total += len(item.value) + 2
        elif not item.flow_style:
            return False
        else:
            total += sum(len(str(part.value)) + 2 for part in item.value if isinstance(part, yaml.ScalarNode))
    return total <= limit


def _is_figure(text: str) -> bool:
    """A decimal kept as text stays between quotes, as in the version shipped."""
    return text.replace(".", "", 1).lstrip("-").isdigit()
