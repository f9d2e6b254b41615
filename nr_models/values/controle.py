"""The code de contrôle: what people see of a SHA-256, and give back to say what they saw."""

from __future__ import annotations

CODE_CHARS = 12
"""Forty-eight bits: short enough to be copied by hand, long enough that no two rounds of a dossier share it.

It designates what was seen among what was shown; the whole SHA-256 alone proves.
"""


def show_code(digest: str | None) -> str:
    """The code de contrôle of a digest; empty where there is none yet.

    >>> show_code("3f2a9c0b77e1d4aa")
    '3f2a9c0b77e1'
    """
    return (digest or "")[:CODE_CHARS]
