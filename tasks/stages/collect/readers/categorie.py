"""The category of equipment that a text names: its slug, its name, a synonym, or the longest one inside it."""

from __future__ import annotations

import re

from nr_models.referentiel.facteurs import Facteurs
from nr_models.values.text import fold

UNKNOWN_CATEGORY = "inconnue"


class Categories:
    """Every name of every category, asked many times over one inventory."""

    def __init__(self, facteurs: Facteurs) -> None:
        found: dict[str, str] = {}
        for category in facteurs.categories:
            for name in (category.slug, category.nom, *category.synonymes):
                found.setdefault(_words(name), category.slug)
        # the longest first; of equal ones the first listed
        self._names = sorted(found.items(), key=lambda item: -len(item[0]))
        self._known: dict[str, str | None] = {}

    def find(self, text: str) -> str | None:
        """« PC portable Dell 14 pouces » → « ordinateur-portable »; None when nothing is recognised."""
        if text not in self._known:
            inside = f" {_words(text)} "
            self._known[text] = next((slug for name, slug in self._names if f" {name} " in inside), None)
        return self._known[text]


def _words(text: str) -> str:
    """Words alone, folded, without a plural's final s or x."""
    words = re.findall(r"[a-z0-9]+", fold(text))
    return " ".join(word[:-1] if len(word) > 3 and word[-1] in "sx" else word for word in words)
