"""What every stage module offers, so that whoever knows one stage knows seven."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Protocol, cast

from nr_models.dossier.case import Case, File, Manquant, Reste
from nr_models.values.frozen import Frozen

Tours = Callable[[str], int]
"""The round that a support bears, by file name."""


class Hands(Protocol):
    """A stage's module in ``tasks``: pure functions of a case."""

    Result: type[Frozen]

    def build(self, case: Case) -> Frozen:
        """The result of the stage."""

    def render_livrables(self, case: Case, result: Frozen) -> tuple[File, ...]:
        """The files that show the result."""

    def render_supports(self, case: Case, tours: Tours) -> tuple[File, ...]:
        """The files that people fill, each bearing its round, and what goes with them."""

    def list_missing(self, case: Case) -> tuple[Manquant, ...]:
        """The returns that are expected and not in."""

    def list_blanks(self, case: Case) -> tuple[Reste, ...]:
        """What returns that are in leave blank; only of stages where several people return something."""


def load_hands(stage: str) -> Hands:
    """The module of a stage."""
    return cast(Hands, import_module(f"tasks.stages.{stage}.stage"))
