"""Acts of people: how they were identified, and what came of what they asked."""

from __future__ import annotations

from typing import NamedTuple


class Identification(NamedTuple):
    """How a person was recognised: by what means (the trail says it), under which account (kept apart, erasable)."""

    moyen: str
    compte: str


class Reponse(NamedTuple):
    """What an act of a person came to: done or refused, said in French."""

    accepted: bool
    message: str
