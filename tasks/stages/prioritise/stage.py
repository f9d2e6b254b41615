"""Prioritise: ballots go out, come back, and make the matrix and the selection."""

from __future__ import annotations

from nr_models.dossier.case import Case, File, Manquant, Reste, add_unread
from nr_models.rules import preselect, prioritise
from nr_models.rules.prioritise import Result
from nr_models.values.text import slugify
from tasks.office.naming import name_for
from tasks.stages.copies import render_copies
from tasks.stages.hands import Tours
from tasks.stages.prioritise import deck, workbook

__all__ = ["Result", "build", "list_blanks", "list_missing", "render_livrables", "render_supports"]


def read(case: Case) -> prioritise.Inputs:
    """What the rule reads of a case; a ballot without known author counts for nobody."""
    return prioritise.Inputs(
        entree=case.entree,
        preselect=case.result("preselect", preselect.Result),
        retours=tuple(
            value.model_copy(update={"personne": retour.personne})
            for retour, value in zip(
                case.returned("bulletin"), case.values("bulletin", prioritise.RetourBulletin), strict=True
            )
            if retour.personne
        ),
        depasses=tuple(item.personne for item in case.returned("bulletin") if item.answers_earlier),
        anomalies=(*case.anomalies_of("bulletin"), *case.anomalies),
    )


def list_missing(case: Case) -> tuple[Manquant, ...]:
    """The voters whose ballot is not in, and those of whom a note could not be read."""
    heard = prioritise.list_heard(case.entree)
    unread = (item for item in case.list_unread("bulletin") if item.personne in heard)
    return add_unread(prioritise.missing(read(case)), unread)


def list_blanks(case: Case) -> tuple[Reste, ...]:
    """The leviers left without a word in the ballots that are in."""
    return prioritise.list_blanks(read(case), case.referentiel)


def build(case: Case) -> Result:
    """The vote and the selection."""
    return prioritise.build(read(case), case.referentiel)


def render_supports(case: Case, tours: Tours) -> tuple[File, ...]:
    """A ballot per voter."""
    people = [item for mail in prioritise.voters(case.entree) if (item := case.entree.find(mail))]
    return tuple(
        File(nom, workbook.render_bulletin(case, item, tours(nom)), "bulletin", slugify(item.mail))
        for item in people
        for nom in [name_for("bulletin", item)]
    )


def render_livrables(case: Case, result: Result) -> tuple[File, ...]:
    """The consolidated vote and the matrix; copies to correct of what was returned."""
    return (
        File("priorisation.xlsx", workbook.render_priorisation(case, result)),
        File("matrice.pptx", deck.render_matrice(case, result)),
        *render_copies(case.retours),
    )
