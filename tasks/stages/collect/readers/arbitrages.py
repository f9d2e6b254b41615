"""Understand what a référent settled: the level kept of each divergence, the hypotheses accepted."""

from __future__ import annotations

from collections.abc import Iterator

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules.collect import Arbitrage, Hypothese, RetourArbitrages
from tasks.reading.mark import find_author
from tasks.reading.parsed import Parsed, Pointage
from tasks.reading.spreadsheet import Lecture
from tasks.reading.table import Record, find_sheet, find_table
from tasks.stages.collect.columns import ARBITRAGES_SHEETS, DIVERGENCES, PROPOSITIONS
from tasks.stages.collect.readers.contexte import read_day, read_level


def parse_arbitrages(lecture: Lecture, referentiel: Referentiel) -> Parsed[RetourArbitrages]:
    """What is settled with its reason, what is accepted with its author; rows left blank settle nothing."""
    releve = Pointage()
    author = find_author(lecture)
    return releve.close(
        RetourArbitrages(
            personne=author,
            arbitrages=tuple(_settlements(lecture, referentiel, releve)),
            hypotheses=tuple(_accepted(lecture, referentiel, releve, author)),
        )
    )


def is_arbitrages(lecture: Lecture) -> bool:
    """True for a workbook that has our divergences and our proposed hypotheses."""
    return all(
        (feuille := find_sheet(lecture.feuilles, name)) is not None and find_table(feuille, columns)
        for name, columns in ARBITRAGES_SHEETS.items()
    )


def _settlements(lecture: Lecture, referentiel: Referentiel, releve: Pointage) -> Iterator[Arbitrage]:
    seen: set[str] = set()
    for record in _typed(lecture, "Divergences", releve, "niveau", "raison"):
        if releve.has_all(record, DIVERGENCES, "niveau", "raison"):
            read = read_level(record, referentiel, releve, seen)
            if read:
                releve.accept()
                yield Arbitrage(question=read[0], niveau=read[1], raison=record.line("raison"))


def _accepted(lecture: Lecture, referentiel: Referentiel, releve: Pointage, author: str) -> Iterator[Hypothese]:
    for record in _typed(lecture, "Hypothèses proposées", releve, "accepte"):
        accepts = releve.yes_no(record["accepte"], "J’accepte")
        question = referentiel.questions.get(record.line("question"))
        if question is None:
            releve.note(record["question"], "question-inconnue")
            continue
        level = releve.whole(record["propose"], "le niveau proposé")
        if not accepts or level is None:
            if accepts is False:
                releve.accept()
            continue
        if not (who := record.line("auteur") or author):
            releve.note(record["auteur"], "valeur-absente", _title("auteur"))
            continue
        releve.accept()
        yield Hypothese(
            question=question.id,
            niveau=level,
            auteur=who,
            date=read_day(record["date"], releve),
            raison=record.line("regle"),
            source=record.line("source"),
        )


def _typed(lecture: Lecture, sheet: str, releve: Pointage, *fields: str) -> Iterator[Record]:
    """The rows in which something was typed; the others are accepted as they are, and settle nothing."""
    for record in releve.rows(lecture, sheet, ARBITRAGES_SHEETS[sheet]):
        if record.is_blank(*fields):
            releve.accept()
        else:
            yield record


def _title(field: str) -> str:
    return next(column.title for column in PROPOSITIONS if column.field == field)
