"""Acts of people: how they were identified, and what came of what they asked."""

from __future__ import annotations

from typing import NamedTuple


class Identification(NamedTuple):
    """How a person was recognised: by what means (goes into the trail), under which account (does not)."""

    moyen: str
    compte: str

    def __str__(self) -> str:
        """« ligne de commande, compte système « anne » »."""
        return f"{self.moyen}, compte système « {self.compte} »"


class Reponse(NamedTuple):
    """What an act of a person came to: done or refused, said in French."""

    accepted: bool
    message: str
