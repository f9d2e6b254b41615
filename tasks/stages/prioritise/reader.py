"""Understand a ballot: two notes a levier, or « sans avis »; and what the référent imposes."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules.prioritise import RetourBulletin
from nr_models.rules.vote import Derogation, Voix
from nr_models.values.text import fold
from tasks.office.columns import NO_OPINION
from tasks.reading.levier import find_levier
from tasks.reading.mark import find_author
from tasks.reading.parsed import Parsed, Pointage
from tasks.reading.renamed import find_form
from tasks.reading.spreadsheet import Lecture
from tasks.reading.table import Cell, Record, Table
from tasks.stages.prioritise.columns import BULLETIN, DEROGATIONS, DEROGATIONS_SHEET

_FORCES: dict[str, Literal["inclure", "exclure"]] = {
    "inclure": "inclure",
    "inclus": "inclure",
    "exclure": "exclure",
    "exclu": "exclure",
}


_NO_OPINION = frozenset(
    (fold(NO_OPINION), "nsp", "ne sait pas", "je ne sais pas", "ne se prononce pas", "sans opinion", "pas d'avis", "-")
)


def parse_bulletin(lecture: Lecture, referentiel: Referentiel) -> Parsed[RetourBulletin]:
    """The voices given (a row left blank is none), and the référent's overrides that say why."""
    releve = Pointage()
    voices: dict[str, Voix] = {}
    table = find_ballot(lecture)
    if table is None:
        releve.note_absent(lecture, "Bulletin", BULLETIN, "levier", "valeur", "faisabilite")
    else:
        releve.anomalies.extend(table.anomalies)
        for record in releve.records(table):
            _add_voice(record, voices, referentiel, releve)
    overrides: dict[str, Derogation] = {}
    for record in releve.rows(lecture, DEROGATIONS_SHEET, DEROGATIONS):
        _add_override(record, overrides, referentiel, releve)
    return releve.close(
        RetourBulletin(
            personne=find_author(lecture), voix=tuple(voices.values()), derogations=tuple(overrides.values())
        )
    )


def find_ballot(lecture: Lecture) -> Table | None:
    """The table of notes, or None."""
    found = (find_form(feuille, BULLETIN) for feuille in lecture.feuilles)
    return next((table for table in found if table and table.has("levier", "valeur", "faisabilite")), None)


def _add_voice(record: Record, voices: dict[str, Voix], referentiel: Referentiel, releve: Pointage) -> None:
    levier = find_levier(record, referentiel, releve)
    if levier is None:
        return
    if levier in voices:
        releve.note(record["levier"], "levier-double")
        return
    before = len(releve.anomalies)
    valeur = _note(record["valeur"], referentiel, releve)
    faisabilite = _note(record["faisabilite"], referentiel, releve)
    refused = not releve.is_clean(before)
    if not refused:
        releve.accept()
    said = valeur is not None or faisabilite is not None
    if said or (not refused and not record.is_blank("valeur", "faisabilite")) or not record.is_blank("commentaire"):
        voices[levier] = Voix(
            levier=levier, valeur=valeur, faisabilite=faisabilite, commentaire=record["commentaire"].text()
        )


def _note(cell: Cell, referentiel: Referentiel, releve: Pointage) -> int | None:
    """A note within bounds; None when blank, « sans avis », or refused, which is noted."""
    if not cell.text() or fold(cell.text()).rstrip(" .!") in _NO_OPINION:
        return None
    low, high = referentiel.parametres.priorisation.note_min, referentiel.parametres.priorisation.note_max
    number = _rating(cell, low, high, releve)
    if number is not None and number != number.to_integral_value():
        releve.note(cell, "note-entiere", f"{int(number)} ou {int(number) + 1}")
        return None
    return None if number is None else int(number)


def _rating(cell: Cell, low: int, high: int, releve: Pointage) -> Decimal | None:
    """A number within bounds; None when it is none, which is noted."""
    number = releve.number(cell, "la note")
    if number is not None and not low <= number <= high:
        releve.note(cell, "note-hors-bornes", f"{low} et {high}")
        return None
    return number


def _add_override(record: Record, overrides: dict[str, Derogation], referentiel: Referentiel, releve: Pointage) -> None:
    if record.is_blank("valeur", "faisabilite", "force", "raison"):
        releve.accept()  # a levier listed, nothing imposed
        return
    levier = find_levier(record, referentiel, releve)
    if levier is None or not releve.has_all(record, DEROGATIONS, "raison"):
        return
    if levier in overrides:
        releve.note(record["levier"], "levier-double")
        return
    before = len(releve.anomalies)
    valeur = _imposed(record["valeur"], referentiel, releve)
    faisabilite = _imposed(record["faisabilite"], referentiel, releve)
    force = _FORCES.get(fold(record.line("force")))
    if force is None and not record.is_blank("force"):
        releve.note(record["force"], "valeur-hors-liste", "Place imposée")
    if releve.is_clean(before):
        releve.accept()
    if valeur is not None or faisabilite is not None or force is not None:
        overrides[levier] = Derogation(
            levier=levier, valeur=valeur, faisabilite=faisabilite, force=force, raison=record.line("raison")
        )


def _imposed(cell: Cell, referentiel: Referentiel, releve: Pointage) -> Decimal | None:
    """A note imposed, decimals allowed."""
    if not cell.text():
        return None
    low, high = referentiel.parametres.priorisation.note_min, referentiel.parametres.priorisation.note_max
    return _rating(cell, low, high, releve)
