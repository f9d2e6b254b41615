"""Understand a diagnostic workbook or a trame: one answer a question, and what the interview left."""

from __future__ import annotations

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules.collect import Entretien, Reponse, RetourDiagnostic, Statut
from nr_models.values.anomalies import Anomaly
from tasks.office.columns import REPLACES
from tasks.reading.mark import find_author, find_mark
from tasks.reading.parsed import Parsed, Pointage
from tasks.reading.renamed import find_form
from tasks.reading.spreadsheet import Lecture
from tasks.reading.table import Record, Table, find_table
from tasks.stages.collect.columns import DIAGNOSTIC, ENTRETIENS
from tasks.stages.collect.readers.reponse import Ailleurs, read_wherever

_ENOUGH_TITLES = 3


def parse_diagnostic(lecture: Lecture, referentiel: Referentiel) -> Parsed[RetourDiagnostic]:
    """The answers of every sheet that has questions, and the interview's notes."""
    releve = Pointage()
    reponses: dict[str, Reponse] = {}
    for table in find_questions(lecture):
        releve.anomalies.extend(table.anomalies)
        elsewhere = Ailleurs(table, marked=REPLACES not in find_mark(lecture))  # a copy to correct bears our own
        for record in releve.records(table):
            _add(record, reponses, referentiel, elsewhere, releve)
    if not releve.lignes and not releve.anomalies:
        releve.anomalies.append(Anomaly(code="feuille-absente", detail="Questions"))
    entretien = _entretien(lecture, releve)
    return releve.close(
        RetourDiagnostic(personne=find_author(lecture), reponses=tuple(reponses.values()), entretien=entretien)
    )


def find_questions(lecture: Lecture) -> list[Table]:
    """The tables of questions to answer; where none is whole, those that lack a column."""
    found = [table for feuille in lecture.feuilles if (table := find_form(feuille, DIAGNOSTIC))]
    whole = [table for table in found if table.has("question", "reponse")]
    return whole or [table for table in found if table.has("texte") and len(table.places) >= _ENOUGH_TITLES]


def _add(
    record: Record,
    reponses: dict[str, Reponse],
    referentiel: Referentiel,
    elsewhere: Ailleurs,
    releve: Pointage,
) -> None:
    """Add the answer of a row; a wrong answer leaves the question unanswered, its comment kept."""
    name = record["question"]
    question = referentiel.questions.get(name.line()) or referentiel.questions.get(name.line().upper())
    if question is None:
        releve.note(name, "question-inconnue" if name.text() else "valeur-absente", "Identifiant")
        return
    if question.id in reponses:
        releve.note(name, "question-double")
        return
    read = read_wherever(record, question, elsewhere, releve)
    if read is not None:
        releve.accept()
    statut, niveau = read or (Statut.BLANC, None)
    reponses[question.id] = Reponse(
        question=question.id,
        statut=statut,
        niveau=niveau,
        commentaire="\n".join(filter(None, (record["commentaire"].text(), elsewhere.note(record)))),
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
