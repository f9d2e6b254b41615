"""Fiche: one workbook of fiches goes out prefilled, comes back completed, and becomes slides."""

from __future__ import annotations

from nr_models.dossier.case import Case, File, Manquant, add_unread
from nr_models.rules import collect, fiche, preselect, prioritise
from nr_models.rules.fiche import Result
from nr_models.values.roles import Role
from tasks.stages.copies import render_copies
from tasks.stages.fiche import deck, workbook
from tasks.stages.hands import Tours

__all__ = ["Result", "build", "list_missing", "render_livrables", "render_supports"]


def read(case: Case) -> fiche.Inputs:
    """What the rule reads of a case."""
    collected = case.result("collect", collect.Result)
    return fiche.Inputs(
        collectivite=collected.collectivite,
        dispositifs=collected.contexte.dispositifs if collected.contexte else (),
        prestataire_embarque=case.result("preselect", preselect.Result).prestataire_embarque,
        prestataires=tuple(name for item in case.entree.holders(Role.PRESTATAIRE) for name in (item.nom, item.mail)),
        prioritise=case.result("prioritise", prioritise.Result),
        retours=case.values("fiches", fiche.RetourFiches),
        depasse=all(item.answers_earlier for item in case.returned("fiches")),
        anomalies=(*case.anomalies_of("fiches"), *case.anomalies),
    )


def list_missing(case: Case) -> tuple[Manquant, ...]:
    """The workbook of fiches, and what in one could not be read."""
    return add_unread(fiche.missing(read(case)), case.list_unread("fiches"))


def build(case: Case) -> Result:
    """The fiches."""
    return fiche.build(read(case), case.referentiel)


def render_supports(case: Case, tours: Tours) -> tuple[File, ...]:
    """The workbook to complete."""
    nom = "fiches.xlsx"
    return (File(nom, workbook.render_support(case, tours(nom)), "fiches"),)


def render_livrables(case: Case, result: Result) -> tuple[File, ...]:
    """One slide or two per fiche; copies to correct of what was returned."""
    return (File("fiches.pptx", deck.render_fiches(case, result)), *render_copies(case.retours))
