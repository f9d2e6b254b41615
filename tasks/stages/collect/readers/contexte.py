"""Understand the context of a collectivité: six sheets, each optional but the first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules.collect import ActionEngagee, Arbitrage, Hypothese, Prestataire, RetourContexte, Statut
from nr_models.values.anomalies import Anomaly
from nr_models.values.text import fold
from nr_models.values.unites import Mesure
from tasks.office.columns import Column
from tasks.reading.annee import read_year
from tasks.reading.parsed import Parsed, Pointage
from tasks.reading.spreadsheet import Lecture
from tasks.reading.table import Cell, Record, find_sheet
from tasks.stages.collect.columns import (
    ACTIONS_ENGAGEES,
    AMBITIONS,
    ARBITRAGES,
    CONTEXTE,
    CONTEXTE_RUBRIQUES,
    DISPOSITIFS,
    HYPOTHESES,
)
from tasks.stages.collect.readers.reponse import read_answer

_LABELS = {fold(text): key for key, label in CONTEXTE_RUBRIQUES for text in (key, label, label.split(" (")[0])}

_FIGURES: dict[str, tuple[int, Mesure]] = {"deee_kg_an": (0, "kg"), "pue": (1, "nombre")}
"""The figures that may be declared, the least they can be (a PUE under 1 would make electricity), their measure."""


def parse_contexte(lecture: Lecture, referentiel: Referentiel) -> Parsed[RetourContexte]:
    """The context as typed; a value out of bounds or of the list is left aside and said."""
    releve = Pointage()
    if find_sheet(lecture.feuilles, "Contexte") is None:
        releve.anomalies.append(Anomaly(code="feuille-absente", detail="Contexte"))
    facts = _facts(lecture, referentiel, releve)
    ambitions, themes = _ambitions(lecture, referentiel, releve)
    return releve.close(
        RetourContexte(
            **facts,
            ambitions=ambitions,
            themes=themes,
            dispositifs=tuple(_texts(lecture, "Dispositifs", DISPOSITIFS, releve)),
            actions=tuple(_actions(lecture, releve)),
            hypotheses=tuple(_hypotheses(lecture, referentiel, releve)),
            arbitrages=tuple(_arbitrages(lecture, referentiel, releve)),
        )
    )


def _facts(lecture: Lecture, referentiel: Referentiel, releve: Pointage) -> dict[str, Any]:
    """The first sheet: a label and what was typed beside it."""
    facts: dict[str, Any] = {}
    criteria: dict[str, bool | None] = {}
    for record in releve.rows(lecture, "Contexte", CONTEXTE):
        label, cell = record["rubrique"], record["valeur"]
        key = _LABELS.get(fold(label.text()))
        if key is None:
            releve.note(label, "valeur-hors-liste", "Rubrique")
            continue
        before = len(releve.anomalies)
        if key in Prestataire.model_fields:
            criteria[key] = releve.yes_no(cell, label.line())
        elif cell.text():
            facts[key] = _fact(key, cell, referentiel, releve)
        if releve.is_clean(before):
            releve.accept()
    return {**facts, "prestataire": Prestataire(**criteria)}


def _fact(key: str, cell: Cell, referentiel: Referentiel, releve: Pointage) -> Any:
    if key == "perimetre":
        return tuple(part.strip(" -•\t") for part in re.split(r"[;\n\r]+", cell.text()) if part.strip(" -•\t"))
    if key in _FIGURES:
        return _figure(cell, *_FIGURES[key], releve)
    return read_year(cell, referentiel, releve) if key == "annee_inventaire" else cell.line()


def _figure(cell: Cell, least: int, mesure: Mesure, releve: Pointage) -> Decimal | None:
    number = releve.number(cell, "la valeur", mesure)
    if number is not None and number < least:
        releve.note(cell, "hors-bornes", f"{least} ou plus")
        return None
    return number


def _ambitions(lecture: Lecture, referentiel: Referentiel, releve: Pointage) -> tuple[dict[str, int], tuple[str, ...]]:
    """Levels of ambition by dimension, and the REEN themes that are one."""
    dimensions = {fold(name): item.slug for item in referentiel.dimensions for name in (item.slug, item.nom)}
    known = {fold(name): item.slug for item in referentiel.themes_reen for name in (item.slug, item.nom)}
    levels: dict[str, int] = {}
    themes: list[str] = []
    for record in releve.rows(lecture, "Ambitions", AMBITIONS):
        name, cell = fold(record.line("cle") or record.line("nom")), record["ambition"]
        before = len(releve.anomalies)
        if name in dimensions:
            level = _ambition(cell, referentiel.parametres.preselection.ambition_max, releve)
            if level is not None:
                levels[dimensions[name]] = level
        elif name not in known:
            releve.note(record["cle"], "valeur-hors-liste", "Identifiant")
        elif releve.yes_no(cell, "Ambition") and known[name] not in themes:
            themes.append(known[name])
        if releve.is_clean(before):
            releve.accept()
    return levels, tuple(themes)


def _ambition(cell: Cell, top: int, releve: Pointage) -> int | None:
    if not cell.text():
        return None
    number = releve.number(cell, "l’ambition")
    if number is None:
        return None
    if not 0 <= number <= top or number != number.to_integral_value():
        releve.note(cell, "hors-bornes", f"un nombre entier de 0 à {top}")
    else:
        return int(number)
    return None


def _texts(lecture: Lecture, sheet: str, columns: tuple[Column, ...], releve: Pointage) -> Iterator[str]:
    for record in releve.rows(lecture, sheet, columns):
        releve.accept()
        yield record.line(columns[0].field)


def _actions(lecture: Lecture, releve: Pointage) -> Iterator[ActionEngagee]:
    for record in releve.rows(lecture, "Actions engagées", ACTIONS_ENGAGEES):
        if releve.has_all(record, ACTIONS_ENGAGEES, "action"):
            releve.accept()
            yield ActionEngagee(**{column.field: record.line(column.field) for column in ACTIONS_ENGAGEES})


def _hypotheses(lecture: Lecture, referentiel: Referentiel, releve: Pointage) -> Iterator[Hypothese]:
    seen: set[str] = set()
    for record in releve.rows(lecture, "Hypothèses", HYPOTHESES):
        if not releve.has_all(record, HYPOTHESES, "question", "niveau", "auteur", "raison"):
            continue
        read = read_level(record, referentiel, releve, seen)
        if read is None or read[1] is None:
            if read:
                releve.note(record["niveau"], "reponse-hors-liste")
            continue
        releve.accept()
        yield Hypothese(
            question=read[0],
            niveau=read[1],
            auteur=record.line("auteur"),
            date=read_day(record["date"], releve),
            raison=record.line("raison"),
            source=record.line("source"),
        )


def _arbitrages(lecture: Lecture, referentiel: Referentiel, releve: Pointage) -> Iterator[Arbitrage]:
    seen: set[str] = set()
    for record in releve.rows(lecture, "Arbitrages", ARBITRAGES):
        if releve.has_all(record, ARBITRAGES, "question", "niveau", "raison"):
            read = read_level(record, referentiel, releve, seen)
            if read:
                releve.accept()
                yield Arbitrage(question=read[0], niveau=read[1], raison=record.line("raison"))


def read_level(
    record: Record, referentiel: Referentiel, releve: Pointage, seen: set[str]
) -> tuple[str, int | None] | None:
    """A question and the level given it, None for « sans objet »; nothing where either is wrong."""
    question = referentiel.questions.get(record.line("question").lower())
    if question is None or question.id in seen:
        releve.note(record["question"], "question-double" if question else "question-inconnue")
        return None
    read = read_answer(record["niveau"], question)
    if read is None or read[0] not in (Statut.NIVEAU, Statut.SANS_OBJET):
        releve.note(record["niveau"], "reponse-hors-liste")
        return None
    seen.add(question.id)
    return question.id, read[1]


def read_day(cell: Cell, releve: Pointage) -> str:
    """The day as ISO text; empty when nothing readable was typed."""
    day = releve.day(cell, "Le")
    return day.isoformat() if day else ""
