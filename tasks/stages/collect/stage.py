"""Collect: send diagnostic, trames, inventory and context out; consolidate what comes back."""

from __future__ import annotations

from nr_models.dossier.case import Case, File, Manquant, Reste, add_unread
from nr_models.dossier.registre import Personne
from nr_models.rules import collect
from nr_models.rules.collect import Result
from nr_models.rules.entretiens import Preparation, RetourCalendrier, prepare
from nr_models.stages import BY_SLUG
from nr_models.values.text import slugify
from tasks.office.naming import name_for
from tasks.stages.collect import documents, g4it
from tasks.stages.collect.invitations import render_calendar, render_invitation, render_meeting
from tasks.stages.collect.workbooks import arbitrages, supports
from tasks.stages.collect.workbooks import calendrier as calendars
from tasks.stages.copies import render_copies
from tasks.stages.hands import Tours

__all__ = ["Result", "build", "list_blanks", "list_missing", "render_livrables", "render_supports"]


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
        repartition=read_calendar(case).repartition,
        responsables=read_calendar(case).responsables,
        arbitrages=case.values("arbitrages", collect.RetourArbitrages),
        anomalies=(*case.anomalies_of(*BY_SLUG["collect"].returns), *case.anomalies),
    )


def read_calendar(case: Case) -> RetourCalendrier:
    """The calendar as the référent last returned it; a blank one before that."""
    return next(iter(case.values("calendrier", RetourCalendrier)), RetourCalendrier())


def read_preparation(case: Case) -> Preparation:
    """The interviews to hold, from what the référent prepared, and where they stand."""
    retour = read_calendar(case)
    shared = collect.share(case.entree, case.referentiel, retour.repartition)
    return prepare(case.entree, shared, case.referentiel.parametres.entretiens, retour)


def list_missing(case: Case) -> tuple[Manquant, ...]:
    """The interlocuteurs who did not answer, the context, the inventory; and what of a context could not be read.

    An answer that could not be read leaves its question open: « a-trancher.xlsx » asks it again.
    """
    return add_unread(collect.missing(read(case), case.referentiel), case.list_unread("contexte"))


def list_blanks(case: Case) -> tuple[Reste, ...]:
    """The questions left blank by people who answered."""
    return collect.list_blanks(read(case), case.referentiel)


def build(case: Case) -> Result:
    """Consolidate."""
    return collect.build(read(case), case.referentiel)


def render_supports(case: Case, tours: Tours) -> tuple[File, ...]:
    """What goes out: workbooks to fill, trames to read, invitations; and the calendar, once it is prepared."""
    prepared = read_preparation(case)
    retour = prepared.retour
    shared = collect.share(case.entree, case.referentiel, retour.repartition)
    introduction = File("introduction.docx", documents.render_introduction(case))
    whole = supports.render_diagnostic(case, tours("diagnostic.xlsx"), None, retour.repartition)
    files = [
        File("diagnostic.xlsx", whole, "diagnostic"),
        introduction,
        File("inventaire.xlsx", supports.render_inventaire(case, tours("inventaire.xlsx")), "inventaire"),
        File("contexte.xlsx", supports.render_contexte(case, tours("contexte.xlsx")), "contexte"),
        File("calendrier.xlsx", calendars.render_saisie(case, prepared)),  # says itself again: it never ages
    ]
    for personne in (item for item in case.entree.personnes if item.mail in shared):
        own = shared[personne.mail]
        trame = _trame(case, personne, retour, tours)
        reading = File(name_for("trame", personne, "docx"), documents.render_trame(case, personne, own))
        files += [trame, reading]
        if prepared.is_met(personne.mail):
            joints = (reading, trame, introduction)
            files.append(render_invitation(case, personne, len(own), joints, prepared))
    if prepared.calendrier.creneaux:
        planned = File("calendrier-entretiens.xlsx", calendars.render_entretiens(case, prepared))
        files += [planned, render_calendar(case, prepared.calendrier)]
    return (*files, *render_meeting(case, retour.restitution))


def _trame(case: Case, personne: Personne, retour: RetourCalendrier, tours: Tours) -> File:
    nom = name_for("trame", personne)
    content = supports.render_diagnostic(case, tours(nom), personne, retour.repartition)
    return File(nom, content, "diagnostic", slugify(personne.mail))


def render_livrables(case: Case, result: Result) -> tuple[File, ...]:
    """What was wrong in the returns, what the référent must settle, and a copy to correct of each faulty file."""
    return (
        File("anomalies.xlsx", supports.render_anomalies(result.anomalies)),
        File("a-trancher.xlsx", arbitrages.render_a_trancher(case, result)),
        *render_copies(case.retours),
        *([File(g4it.NAME, g4it.render_g4it(result.inventaire, case.referentiel))] if result.inventaire else ()),
    )
