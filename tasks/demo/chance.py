"""Chance that is the same everywhere: every draw hangs on a seed and on what it is drawn for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from random import Random

Source = Random
"""What draws are taken from."""

_LEVELS = range(5)
_SPREAD = 1.5  # how far, in levels, an answer may stand from the maturity it comes from


def source(seed: int, *parts: object) -> Source:
    """The source of the draws about something: equal seed and parts, equal draws, on any machine."""
    name = "\x1f".join(map(str, (seed, *parts)))
    return Random(int.from_bytes(hashlib.sha256(name.encode()).digest()[:8]))  # noqa: S311 - a story, not a secret


def happens(draws: Source, chances: int, among: int) -> bool:
    """True ``chances`` times among so many."""
    return draws.randrange(among) < chances


def level_around(draws: Source, maturity: float) -> int:
    """An answer level (0 to 4) near a maturity on the same scale."""
    weights = [max(0.02, _SPREAD - abs(level - maturity)) for level in _LEVELS]
    return draws.choices(_LEVELS, weights)[0]


def note_around(draws: Source, centre: float, low: int, high: int) -> int:
    """A note from ``low`` to ``high`` near a centre."""
    notes = range(low, high + 1)
    return draws.choices(notes, [max(0.03, 1.3 - abs(note - centre)) for note in notes])[0]


def nearby(draws: Source, amount: float, step: int) -> int:
    """An amount up to a fifth away, rounded to the step, never less than one step."""
    return max(step, round(amount * draws.uniform(0.8, 1.2) / step) * step)


def several(draws: Source, texts: Sequence[str], low: int, high: int) -> list[str]:
    """Between ``low`` and ``high`` different texts, in their own order."""
    kept = set(draws.sample(range(len(texts)), min(len(texts), draws.randint(low, high))))
    return [text for place, text in enumerate(texts) if place in kept]
