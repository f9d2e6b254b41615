"""Restitute: the deck of the diagnostic's findings."""

from __future__ import annotations

from nr_models.dossier.case import Case, File
from nr_models.rules import collect, restitute, score
from nr_models.rules.restitute import Result
from tasks.stages.restitute import deck

__all__ = ["Result", "build", "render_livrables"]


def build(case: Case) -> Result:
    """Choose what to show."""
    inputs = restitute.Inputs(
        entree=case.entree, collect=case.result("collect", collect.Result), score=case.result("score", score.Result)
    )
    return restitute.build(inputs, case.referentiel)


def render_livrables(case: Case, result: Result) -> tuple[File, ...]:
    """The deck."""
    return (File("restitution.pptx", deck.render_restitution(case, result)),)
