"""The calendar of a collectivité's interviews, as its référent sends it back once they are held."""

from __future__ import annotations

from datetime import date, timedelta

from nr_models.dossier.case import Case, File
from nr_models.rules.collect import share
from nr_models.rules.entretiens import Journee, Preparation, RetourCalendrier, Reunion, Souhait, prepare
from tasks.demo.chance import happens, source
from tasks.demo.collecte import release
from tasks.demo.form import Form
from tasks.demo.portrait import Portrait
from tasks.stages.collect.workbooks.calendrier import render_saisie

_EVERY = 3  # one dossier in so many prepares its interviews in the workbook
_MORNING, _AFTERNOON = (9 * 60, 12 * 60 + 30), (14 * 60, 17 * 60)
_AFTER = timedelta(weeks=2)
_RESTITUTION_AFTER = timedelta(weeks=8)
_RESTITUTION_HOUR = 14 * 60


def draw_calendrier(seed: int, case: Case, portrait: Portrait) -> File | None:
    """One day of interviews, all held but perhaps one; None where the référent did without the workbook."""
    if portrait.rang % _EVERY:
        return None
    day = _tuesday(case.referentiel.date + _AFTER)
    meeting = Reunion(
        jour=_tuesday(case.referentiel.date + _RESTITUTION_AFTER),
        debut=_RESTITUTION_HOUR,
        minutes=case.referentiel.parametres.entretiens.minutes_restitution,
        lieu="Salle du conseil",
    )
    days = tuple(Journee(jour=day, debut=begun, fin=ended) for begun, ended in (_MORNING, _AFTERNOON))
    planned = _prepare(case, RetourCalendrier(journees=days, restitution=meeting))
    held = tuple(_held(seed, case, item.cle) for item in planned.demandes)
    again = _prepare(case, planned.retour.model_copy(update={"souhaits": _written(planned, held)}))
    form = Form(render_saisie(case, again))
    release(form)
    return File("Calendrier des entretiens.xlsx", form.save())


def _prepare(case: Case, retour: RetourCalendrier) -> Preparation:
    shared = share(case.entree, case.referentiel, retour.repartition)
    return prepare(case.entree, shared, case.referentiel.parametres.entretiens, retour)


def _held(seed: int, case: Case, key: str) -> Souhait:
    draws = source(seed, case.cle, key, "entretien")
    return Souhait(cle=key, lancement=happens(draws, 2, 3), confirme=True, tenu=not happens(draws, 1, 9))


def _written(planned: Preparation, held: tuple[Souhait, ...]) -> tuple[Souhait, ...]:
    """What came of each interview, at the hour proposed."""
    placed = {item.cle: item for item in planned.calendrier.creneaux}
    return tuple(
        item.model_copy(update={"jour": found.jour, "debut": found.debut, "referent": found.referent})
        for item in held
        if (found := placed.get(item.cle))
    )


def _tuesday(day: date) -> date:
    """The first Tuesday from that day on."""
    return day + timedelta(days=(1 - day.weekday()) % 7)
