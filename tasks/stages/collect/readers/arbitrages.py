"""Understand what a référent settled: the level kept of each divergence, the hypotheses accepted."""

from __future__ import annotations

from collections.abc import Iterator

from nr_models.inventaire.parc import UNKNOWN_CATEGORY
from nr_models.inventaire.tranches import NOT_COUNTED, LibelleTranche
from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules.collect import Arbitrage, Hypothese, RetourArbitrages
from nr_models.rules.hypotheses import follow_level
from nr_models.values.text import fold
from tasks.reading.mark import find_author
from tasks.reading.parsed import Parsed, Pointage
from tasks.reading.spreadsheet import Lecture
from tasks.reading.table import Record, find_sheet, find_table
from tasks.stages.collect.columns import (
    ALL_LABELS,
    ARBITRAGES_SHEETS,
    DIVERGENCES,
    LIBELLES,
    LIBELLES_SHEET,
    NOT_COUNTED_LABEL,
    PROPOSITIONS,
)
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
            libelles=tuple(_labels(lecture, referentiel, releve)),
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
            raison=follow_level(record.line("regle"), level),
            source=record.line("source"),
        )


def _labels(lecture: Lecture, referentiel: Referentiel, releve: Pointage) -> Iterator[LibelleTranche]:
    """The labels corrected, and those confirmed as they were read: one by one, or all at once on the first line."""
    slugs = {fold(item.nom): item.slug for item in referentiel.facteurs.categories}
    slugs |= {item.slug: item.slug for item in referentiel.facteurs.categories} | {fold(NOT_COUNTED_LABEL): NOT_COUNTED}
    everything = False
    for record in releve.rows(lecture, LIBELLES_SHEET, LIBELLES):
        releve.accept()
        says = releve.yes_no(record["confirme"], "Je confirme")
        if record.line("libelle") == ALL_LABELS:
            everything = says is True
            continue
        typed, read = record["devient"], record.line("cle")
        became = slugs.get(fold(typed.line())) if typed.text() else None
        if typed.text() and became is None:
            releve.note(typed, "valeur-hors-liste", "C’est plutôt")
        elif became or ((everything or says) and says is not False and read != UNKNOWN_CATEGORY):
            yield LibelleTranche(libelle=fold(record.line("libelle")), lu=read, devient=became or read)
        elif says and read == UNKNOWN_CATEGORY:
            releve.note(typed, "valeur-absente", "C’est plutôt")


def _typed(lecture: Lecture, sheet: str, releve: Pointage, *fields: str) -> Iterator[Record]:
    """The rows in which something was typed; the others are accepted as they are, and settle nothing."""
    for record in releve.rows(lecture, sheet, ARBITRAGES_SHEETS[sheet]):
        if record.is_blank(*fields):
            releve.accept()
        else:
            yield record


def _title(field: str) -> str:
    return next(column.title for column in PROPOSITIONS if column.field == field)
