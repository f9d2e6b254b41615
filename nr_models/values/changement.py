"""What a return says otherwise than the one it replaces: the names of what changed, never the values.

The trail keeps these names for ever: a question, a levier, a category, a field, and nothing personal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_KEYS = ("question", "levier", "categorie", "cle")
"""The fields that name a line of a return."""


def list_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """The names of what changed between two returns as JSON values, in order.

    >>> list_changes({"reponses": [{"question": "q1", "niveau": 1}]}, {"reponses": [{"question": "q1", "niveau": 2}]})
    ('q1',)
    """
    changed: set[str] = set()
    for field in before.keys() | after.keys():
        old, new = before.get(field), after.get(field)
        if old != new:
            named = _named(old, new)
            changed.update(named if named is not None else (field,))
    return tuple(sorted(changed))


def _named(old: object, new: object) -> Iterable[str] | None:
    """Of two lists of lines that bear a name, the names whose lines differ; None for anything else."""
    if not isinstance(old, Sequence) or not isinstance(new, Sequence):
        return None
    lines = [item for item in (*old, *new) if isinstance(item, Mapping)]
    key = next((key for key in _KEYS if lines and all(key in item for item in lines)), None)
    if key is None or len(lines) != len(old) + len(new):
        return None
    one, other = (Counter((item[key], _frozen(item)) for item in items) for items in (old, new))
    return {str(name) for name, _ in (one - other) + (other - one)}


def _frozen(value: object) -> str:
    return repr(sorted(value.items())) if isinstance(value, Mapping) else repr(value)
