"""Score: the workbook that recomputes our figures."""

from __future__ import annotations

from nr_models.dossier.case import Case, File
from nr_models.rules import collect, score
from nr_models.rules.score import Result
from tasks.stages.score import workbook

__all__ = ["Result", "build", "render_livrables"]


def build(case: Case) -> Result:
    """Score the collection."""
    return score.build(score.Inputs(collect=case.result("collect", collect.Result)), case.referentiel)


def render_livrables(case: Case, result: Result) -> tuple[File, ...]:
    """The score workbook."""
    return (File("score.xlsx", workbook.render_score(case, result)),)
