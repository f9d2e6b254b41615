"""Fiche: one workbook of fiches goes out prefilled, comes back completed, and becomes slides."""

from __future__ import annotations

from nr_models.dossier.case import Case, File, Manquant
from nr_models.rules import collect, fiche, preselect, prioritise
from nr_models.rules.fiche import Result
from nr_models.values.roles import Role
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
        anomalies=case.anomalies_of("fiches"),
    )


def list_missing(case: Case) -> tuple[Manquant, ...]:
    """The workbook of fiches."""
    return fiche.missing(read(case))


def build(case: Case) -> Result:
    """The fiches."""
    return fiche.build(read(case), case.referentiel)


def render_supports(case: Case, tours: Tours) -> tuple[File, ...]:
    """The workbook to complete."""
    nom = "fiches.xlsx"
    return (File(nom, workbook.render_support(case, tours(nom)), "fiches"),)


def render_livrables(case: Case, result: Result) -> tuple[File, ...]:
    """One slide or two per fiche."""
    return (File("fiches.pptx", deck.render_fiches(case, result)),)
