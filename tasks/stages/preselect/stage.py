"""Preselect: the proposed list goes to the référent, comes back with changes, and is shown."""

from __future__ import annotations

from nr_models.dossier.case import Case, File, Manquant, add_unread
from nr_models.rules import collect, preselect, score
from nr_models.rules.preselect import Result
from tasks.stages.copies import render_copies
from tasks.stages.hands import Tours
from tasks.stages.preselect import workbook

__all__ = ["Result", "build", "list_missing", "render_livrables", "render_supports"]


def read(case: Case) -> preselect.Inputs:
    """What the rule reads of a case."""
    return preselect.Inputs(
        collect=case.result("collect", collect.Result),
        score=case.result("score", score.Result),
        retours=case.values("preselection", preselect.RetourPreselection),
        anomalies=(*case.anomalies_of("preselection"), *case.anomalies),
    )


def list_missing(case: Case) -> tuple[Manquant, ...]:
    """The référent's workbook, and what in it could not be read."""
    return add_unread(preselect.missing(read(case)), case.list_unread("preselection"))


def build(case: Case) -> Result:
    """The list, with the référent's changes."""
    return preselect.build(read(case), case.referentiel)


def render_supports(case: Case, tours: Tours) -> tuple[File, ...]:
    """The computed list, for the référent to add and remove."""
    computed = preselect.build(read(case).model_copy(update={"retours": (), "anomalies": ()}), case.referentiel)
    nom = "preselection.xlsx"
    return (File(nom, workbook.render_support(case, computed, tours(nom)), "preselection"),)


def render_livrables(case: Case, result: Result) -> tuple[File, ...]:
    """The list kept, with its reasons; copies to correct of what was returned."""
    liste = File("leviers-preselectionnes.xlsx", workbook.render_liste(case, result))
    return (liste, *render_copies(case.retours))
