"""Roadmap: the fiches assembled into a deck and a workbook."""

from __future__ import annotations

from nr_models.dossier.case import Case, File
from nr_models.rules import collect, fiche, roadmap, score
from nr_models.rules.roadmap import Result
from tasks.stages.roadmap import deck, workbook

__all__ = ["Result", "build", "render_livrables"]


def build(case: Case) -> Result:
    """Assemble."""
    collected = case.result("collect", collect.Result)
    inputs = roadmap.Inputs(
        collectivite=collected.collectivite,
        contexte=collected.contexte,
        score=case.result("score", score.Result),
        fiche=case.result("fiche", fiche.Result),
        reserves=case.reserves,
    )
    return roadmap.build(inputs, case.referentiel)


def render_livrables(case: Case, result: Result) -> tuple[File, ...]:
    """The roadmap to present and the roadmap to work with."""
    return (
        File("feuille-de-route.pptx", deck.render_feuille_de_route(case, result)),
        File("feuille-de-route.xlsx", workbook.render_feuille_de_route(case, result)),
    )
