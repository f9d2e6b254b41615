"""The time that one visit may take in all, however slowly a server drips."""

from __future__ import annotations

import time

from tasks.reading.child.bounds import Refus
from tasks.sources.adresse import SILENT


class Delai:
    """A number of seconds from now on."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds left, never zero: a socket takes zero for « do not wait »."""
        return max(self._end - time.monotonic(), 0.1)

    def check(self) -> None:
        """Raise ``Refus`` when the time is over."""
        if time.monotonic() > self._end:
            raise Refus(SILENT, "la réponse est trop lente")
