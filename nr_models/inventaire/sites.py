"""The same place written in several ways: « Mairie », « MAIRIE », « École J. Moulin » and « Ecole J.Moulin » are two.

Only case, accents, blanks and punctuation are overlooked; what looks alike beyond that is told, never put together.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from nr_models.inventaire.parc import LigneInventaire, RetourInventaire
from nr_models.values.text import fold

_FEWEST_WORDS = 2
_COMPARED = 100
"""Of the places whose words have the same initials, those compared two by two."""


def unite_sites(lines: Sequence[LigneInventaire]) -> list[LigneInventaire]:
    """The lines, each place under one spelling: the most frequent that is not in capitals alone, else the first."""
    spelt: dict[str, Counter[str]] = {}
    for site, count in Counter(line.site for line in lines if line.site).items():
        spelt.setdefault(_key(site), Counter())[site] = count
    chosen = {site: _choose(counts) for counts in spelt.values() if len(counts) > 1 for site in counts}
    if not chosen:
        return list(lines)
    return [
        line.model_copy(update={"site": chosen[line.site]}) if chosen.get(line.site, line.site) != line.site else line
        for line in lines
    ]


def unite_parc(retours: Iterable[RetourInventaire]) -> tuple[RetourInventaire, ...]:
    """Several inventories, each place under one spelling in all of them."""
    found = list(retours)
    lines = iter(unite_sites([line for retour in found for line in retour.lignes]))
    return tuple(retour.model_copy(update={"lignes": tuple(next(lines) for _ in retour.lignes)}) for retour in found)


def list_alike(sites: Iterable[str]) -> list[tuple[str, str]]:
    """The places that may be one: the same words, some shortened (« École J. Ferry », « École Jules Ferry »)."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for name in sorted(dict.fromkeys(sites)):
        groups.setdefault(tuple(word[0] for word in _words(name)), []).append(name)
    return [
        (one, other)
        for names in groups.values()
        for place, one in enumerate(names[:_COMPARED])
        for other in names[place + 1 : _COMPARED]
        if _are_alike(one, other)
    ]


def _are_alike(one: str, other: str) -> bool:
    first, second = _words(one), _words(other)
    if len(first) != len(second) or len(first) < _FEWEST_WORDS or first == second:
        return False
    pairs = list(zip(first, second, strict=True))
    differing = [(a, b) for a, b in pairs if a != b]
    return (
        len(differing) < len(pairs)
        and all(a.startswith(b) or b.startswith(a) for a, b in differing)
        and not any(word.isdigit() for pair in differing for word in pair)
    )


def _choose(counts: Counter[str]) -> str:
    return max(
        counts, key=lambda name: (not name.isupper(), not name.islower(), counts[name], -list(counts).index(name))
    )


def _key(site: str) -> str:
    return " ".join(_words(site)) or fold(site)


def _words(site: str) -> list[str]:
    return re.findall(r"[a-z0-9]+", fold(site))
