"""Understand the calendar workbook: who is asked what, which days are open, what came of each interview."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules.entretiens import Journee, RetourCalendrier, Reunion, Souhait, read_heure
from nr_models.values.text import fold
from tasks.reading.mark import MAIL
from tasks.reading.parsed import Parsed, Pointage
from tasks.reading.spreadsheet import Lecture
from tasks.reading.table import Cell, Record, find_sheet, find_table
from tasks.stages.collect.columns import CALENDRIER_SHEETS, JOURNEES, REGLAGES_RUBRIQUES, RENDEZ_VOUS

_LABELS = {fold(text): key for key, label in REGLAGES_RUBRIQUES for text in (key, label, label.split(" (")[0])}
_OWNED = ("inventaire", "contexte")
_MINUTES_PER_DAY = 1440


def parse_calendrier(lecture: Lecture, referentiel: Referentiel) -> Parsed[RetourCalendrier]:
    """The calendar as typed; what cannot be read is said, and the rest kept."""
    releve = Pointage()
    facts = _facts(lecture, releve)
    day = facts.get("jour")
    minutes = facts.get("minutes") or referentiel.parametres.entretiens.minutes_restitution
    meeting = (
        Reunion(jour=day, debut=facts.get("debut"), minutes=minutes, lieu=facts.get("lieu") or "") if day else None
    )
    return releve.close(
        RetourCalendrier(
            repartition=dict(_repartition(lecture, referentiel, releve)),
            journees=tuple(_journees(lecture, releve)),
            souhaits=tuple(_souhaits(lecture, releve)),
            responsables={kind: mail for kind in _OWNED if (mail := facts.get(kind))},
            echeance=facts.get("echeance"),
            en_plusieurs=facts.get("en_plusieurs") is True,
            restitution=meeting,
        )
    )


def is_calendrier(lecture: Lecture) -> bool:
    """True for a workbook that has our open days and our interviews."""
    return all(
        (feuille := find_sheet(lecture.feuilles, name)) is not None and find_table(feuille, CALENDRIER_SHEETS[name])
        for name in ("Journées", "Rendez-vous")
    )


def _rows(lecture: Lecture, name: str, releve: Pointage) -> list[Record]:
    return releve.rows(lecture, name, CALENDRIER_SHEETS[name])


def _repartition(lecture: Lecture, referentiel: Referentiel, releve: Pointage) -> Iterator[tuple[str, tuple[str, ...]]]:
    for record in _rows(lecture, "Répartition", releve):
        question = referentiel.questions.get(record.line("question"))
        if question is None:
            releve.note(record["question"], "question-inconnue")
            continue
        mails = _mails(record["interlocuteurs"], releve)
        if mails is not None:
            releve.accept()
            if mails:
                yield question.id, mails


def _journees(lecture: Lecture, releve: Pointage) -> Iterator[Journee]:
    for record in _rows(lecture, "Journées", releve):
        if not releve.has_all(record, JOURNEES, "jour", "debut", "fin"):
            continue
        day, mails = _day(record["jour"], releve), _mails(record["referents"], releve)
        begun, ended = _hour(record["debut"], releve), _hour(record["fin"], releve)
        if day is None or begun is None or ended is None or mails is None:
            continue
        if ended <= begun:
            text = f"{record.line('debut')} – {record.line('fin')}"
            releve.note(record["fin"], "plage-invalide", valeur=text)
            continue
        releve.accept()
        yield Journee(jour=day, debut=begun, fin=ended, referents=mails)


def _souhaits(lecture: Lecture, releve: Pointage) -> Iterator[Souhait]:
    for record in _rows(lecture, "Rendez-vous", releve):
        mails = _mails(record["referent"], releve)
        before = len(releve.anomalies)
        said = Souhait(
            cle=record.line("cle").lower(),
            jour=_day(record["jour"], releve),
            debut=_hour(record["debut"], releve),
            referent=mails[0] if mails else "",
            lancement=releve.yes_no(record["lancement"], "Au comité de lancement"),
            confirme=releve.yes_no(record["confirme"], "Confirmé"),
            tenu=releve.yes_no(record["tenu"], "Tenu"),
        )
        for field, other in (("jour", "debut"), ("debut", "jour")):
            if record[field].text() and not record[other].text():
                releve.note(record[other], "valeur-absente", _title(other))
        if releve.is_clean(before):
            releve.accept()
        if said != Souhait(cle=said.cle):
            yield said


def _facts(lecture: Lecture, releve: Pointage) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for record in _rows(lecture, "Réglages", releve):
        key, cell = _LABELS.get(fold(record.line("rubrique"))), record["valeur"]
        before = len(releve.anomalies)
        match key:
            case "en_plusieurs":
                facts[key] = releve.yes_no(cell, "Équipe informatique")
            case "jour" | "echeance":
                facts[key] = _day(cell, releve)
            case "inventaire" | "contexte":
                facts[key] = next(iter(_mails(cell, releve) or ()), "")
            case "debut":
                facts[key] = _hour(cell, releve)
            case "minutes":
                facts[key] = releve.whole(cell, "la durée de la réunion")
            case "lieu":
                facts[key] = cell.line()
            case None:
                releve.note(record["rubrique"], "valeur-hors-liste", "Réglage")
        if releve.is_clean(before):
            releve.accept()
    return facts


def _mails(cell: Cell, releve: Pointage) -> tuple[str, ...] | None:
    """The addresses of a cell, lower case, each once; None when something typed is none, which is said."""
    found = tuple(dict.fromkeys(mail.lower() for mail in MAIL.findall(cell.text())))
    if cell.text() and not found:
        releve.note(cell, "mail-invalide")
        return None
    return found


def _day(cell: Cell, releve: Pointage) -> date | None:
    return releve.day(cell, "Jour")


def _hour(cell: Cell, releve: Pointage) -> int | None:
    """Minutes since midnight; a spreadsheet may hold an hour as a share of a day."""
    if not cell.text():
        return None
    if isinstance(cell.valeur, float) and 0 <= cell.valeur < 1:
        return round(cell.valeur * _MINUTES_PER_DAY)
    read = read_heure(cell.text())
    if read is None:
        releve.note(cell, "heure-invalide", "Heure")
    return read


def _title(field: str) -> str:
    return next(column.title for column in RENDEZ_VOUS if column.field == field)
