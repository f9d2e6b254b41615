"""Collect: send diagnostic, trames, inventory and context out; consolidate what comes back."""

from __future__ import annotations

from nr_models import collect
from nr_models.case import Case, File
from nr_models.collect import Result
from nr_models.registre import Personne, questions_asked, questions_of, slugify
from nr_models.roles import Role
from tasks.hands import Tours
from tasks.naming import name_for, name_of_copy
from tasks.workbooks import collect as workbooks

__all__ = ["Result", "build", "list_missing", "render_livrables", "render_supports"]


def read(case: Case) -> collect.Inputs:
    """What the rule reads of a case."""
    return collect.Inputs(
        entree=case.entree,
        diagnostics=tuple(
            value.model_copy(update={"personne": value.personne or retour.personne or retour.fichier})
            for retour, value in zip(
                case.returned("diagnostic"), case.values("diagnostic", collect.RetourDiagnostic), strict=True
            )
        ),
        contextes=case.values("contexte", collect.RetourContexte),
        inventaires=tuple(
            value.model_copy(update={"fichier": retour.fichier})
            for retour, value in zip(
                case.returned("inventaire"), case.values("inventaire", collect.RetourInventaire), strict=True
            )
        ),
        anomalies=(*case.anomalies_of("diagnostic", "contexte", "inventaire"), *case.anomalies),
    )


def list_missing(case: Case) -> tuple[collect.Manquant, ...]:
    """The interlocuteurs who did not answer, the context, the inventory."""
    return collect.missing(read(case), case.referentiel)


def build(case: Case) -> Result:
    """Consolidate."""
    return collect.build(read(case), case.referentiel)


def render_supports(case: Case, tours: Tours) -> tuple[File, ...]:
    """The diagnostic workbook, a trame per interlocuteur, the inventory and the context to fill."""
    asked = questions_asked(case.referentiel, case.entree.collectivite)
    people = [item for item in case.entree.holders(Role.INTERLOCUTEUR) if questions_of(item, asked)]
    return (
        File("diagnostic.xlsx", workbooks.render_diagnostic(case, tours("diagnostic.xlsx")), "diagnostic"),
        *(_trame(case, item, tours) for item in people),
        File("inventaire.xlsx", workbooks.render_inventaire(case, tours("inventaire.xlsx")), "inventaire"),
        File("contexte.xlsx", workbooks.render_contexte(case, tours("contexte.xlsx")), "contexte"),
    )


def _trame(case: Case, personne: Personne, tours: Tours) -> File:
    nom = name_for("trame", personne)
    return File(nom, workbooks.render_diagnostic(case, tours(nom), personne), "diagnostic", slugify(personne.mail))


def render_livrables(case: Case, result: Result) -> tuple[File, ...]:
    """What was wrong in the returns, and a copy to correct of each faulty file."""
    return (
        File("anomalies.xlsx", workbooks.render_anomalies(result.anomalies)),
        *(File(name_of_copy(item.fichier), item.copie) for item in case.retours if item.copie),
    )
