"""Understand a diagnostic workbook or a trame: one answer a question, and what the interview left."""

from __future__ import annotations

import re

from nr_models.referentiel.referentiel import Question, Referentiel
from nr_models.rules.collect import Entretien, Reponse, RetourDiagnostic, Statut
from nr_models.values.anomalies import Anomaly
from nr_models.values.text import fold
from tasks.office.columns import NO_OBJECT, UNKNOWN
from tasks.reading.mark import find_author
from tasks.reading.parsed import Parsed, Pointage
from tasks.reading.spreadsheet import Lecture
from tasks.reading.table import Cell, Record, Table, find_table
from tasks.stages.collect.columns import DIAGNOSTIC, ENTRETIENS

_SAID = {
    "": Statut.BLANC,
    fold(UNKNOWN): Statut.NE_SAIT_PAS,
    "nsp": Statut.NE_SAIT_PAS,
    fold(NO_OBJECT): Statut.SANS_OBJET,
    "so": Statut.SANS_OBJET,
}
_ENOUGH_TITLES = 3
_LEVEL = re.compile(r"(?:niveau\s+)?([0-9])(?:[.,]0+)?(?:\s*[-–—:.)]\s*([^\W\d].*))?", re.IGNORECASE | re.DOTALL)


def parse_diagnostic(lecture: Lecture, referentiel: Referentiel) -> Parsed[RetourDiagnostic]:
    """The answers of every sheet that has questions, and the interview's notes."""
    releve = Pointage()
    reponses: dict[str, Reponse] = {}
    for table in find_questions(lecture):
        releve.anomalies.extend(table.anomalies)
        for record in releve.records(table):
            _add(record, reponses, referentiel, releve)
    if not releve.lignes and not releve.anomalies:
        releve.anomalies.append(Anomaly(code="feuille-absente", detail="Questions"))
    entretien = _entretien(lecture, releve)
    return releve.close(
        RetourDiagnostic(personne=find_author(lecture), reponses=tuple(reponses.values()), entretien=entretien)
    )


def find_questions(lecture: Lecture) -> list[Table]:
    """The tables of questions to answer; where none is whole, those that lack a column."""
    found = [table for feuille in lecture.feuilles if (table := find_table(feuille, DIAGNOSTIC))]
    whole = [table for table in found if table.has("question", "reponse")]
    return whole or [table for table in found if table.has("texte") and len(table.places) >= _ENOUGH_TITLES]


def read_answer(cell: Cell, question: Question) -> tuple[Statut, int | None] | None:
    """What an answer cell says; None when it is no answer of the list.

    A level as a number, « 2 – sentence », or the very sentence of the grid; a number beside the
    sentence of another level says nothing sure.
    """
    text = cell.line()
    said = fold(text).rstrip(".")
    if said in _SAID:
        return _SAID[said], None
    sentences = {fold(sentence).rstrip("."): level for level, sentence in enumerate(question.niveaux)}
    if said in sentences:
        return Statut.NIVEAU, sentences[said]
    match = _LEVEL.fullmatch(text)
    if match is None or int(match[1]) >= len(question.niveaux):
        return None
    level = int(match[1])
    beside = sentences.get(fold(match[2] or "").rstrip("."), level)
    return (Statut.NIVEAU, level) if beside == level else None


def _add(record: Record, reponses: dict[str, Reponse], referentiel: Referentiel, releve: Pointage) -> None:
    """Add the answer of a row; a wrong answer leaves the question unanswered, its comment kept."""
    name = record["question"]
    question = referentiel.questions.get(name.line()) or referentiel.questions.get(name.line().upper())
    if question is None:
        releve.note(name, "question-inconnue" if name.text() else "valeur-absente", "Identifiant")
        return
    if question.id in reponses:
        releve.note(name, "question-double")
        return
    read = read_answer(record["reponse"], question)
    if read is None:
        releve.note(record["reponse"], "reponse-hors-liste")
    else:
        releve.accept()
    statut, niveau = read or (Statut.BLANC, None)
    reponses[question.id] = Reponse(
        question=question.id,
        statut=statut,
        niveau=niveau,
        commentaire=record["commentaire"].text(),
        reformulation=record["reformulation"].text(),
    )


def _entretien(lecture: Lecture, releve: Pointage) -> Entretien:
    notes: dict[str, list[str]] = {"resume": [], "enseignement": [], "piste": []}
    for feuille in lecture.feuilles:
        table = find_table(feuille, ENTRETIENS)
        if table is None or len(table.places) < 2:
            continue
        releve.anomalies.extend(table.anomalies)
        for record in releve.records(table):
            releve.accept()
            for field, texts in notes.items():
                texts.extend(filter(None, [record[field].text()]))
    return Entretien(
        resume="\n".join(notes["resume"]), enseignements=tuple(notes["enseignement"]), pistes=tuple(notes["piste"])
    )
