"""Understand the workbook of fiches action: four sheets tied by the levier, field by field."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from typing import Literal

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules.fiche import NATURES, TYPES, Action, Depense, RetourFiches, Saisie, ValeurIndicateur, find_gap
from nr_models.values.dates import Echeance, Montant, to_define
from nr_models.values.text import fold
from nr_models.values.unites import Mesure
from tasks.office.columns import Column
from tasks.reading.annee import read_year
from tasks.reading.levier import find_levier
from tasks.reading.mark import MAIL, find_author
from tasks.reading.parsed import Parsed, Pointage
from tasks.reading.renamed import find_form
from tasks.reading.spreadsheet import Lecture
from tasks.reading.table import Cell, Record, Table
from tasks.stages.fiche.columns import FICHES, FICHES_ACTIONS, FICHES_DEPENSES, FICHES_INDICATEURS

_TITLES = {column.field: column.title for columns in (FICHES, FICHES_ACTIONS, FICHES_DEPENSES) for column in columns}
_BULLET = re.compile(r"^\s*(?:[•·*▪]\s*|[-–—]+(?!\d)\s*)*")
"""A dash right before a digit is a sign: « -5 % », « -50 »."""
_TICKED = re.compile(r"^[☒☑✔✓]\s*|^\[\s*[xX]\s*\]\s*|\s+[xX☒☑✔✓]$")
_UNTICKED = re.compile(r"^☐|^\[\s*\]|☐$")
_MEASURES: dict[str, Mesure] = {"moyens_humains": "jours", "moyens_euros": "euros", "montant": "euros"}


class _Parts:
    """What the three other sheets say of each levier."""

    def __init__(self) -> None:
        self.actions: dict[str, list[Action]] = defaultdict(list)
        self.indicateurs: dict[str, list[ValeurIndicateur]] = defaultdict(list)
        self.depenses: dict[str, list[Depense]] = defaultdict(list)


def parse_fiches(lecture: Lecture, referentiel: Referentiel) -> Parsed[RetourFiches]:
    """The fiches as typed; a field that cannot be read is left empty and said."""
    releve = Pointage()
    table = find_fiches(lecture)
    if table is None:
        releve.note_absent(lecture, "Fiches", FICHES, "levier", "responsable")
        return releve.close(RetourFiches(personne=find_author(lecture), fiches=()))
    releve.anomalies.extend(table.anomalies)
    rows: dict[str, Record] = {}
    for record in releve.records(table):
        levier = find_levier(record, referentiel, releve, "fiche-inconnue")
        if levier in rows:
            releve.note(record["levier"], "levier-double")
        elif levier:
            rows[levier] = record
    parts = _read_parts(lecture, set(rows), referentiel, releve)
    fiches = tuple(_saisie(levier, record, parts, releve) for levier, record in rows.items())
    return releve.close(RetourFiches(personne=find_author(lecture), fiches=fiches))


def find_fiches(lecture: Lecture) -> Table | None:
    """The table with one row a fiche, or None."""
    found = (find_form(feuille, FICHES) for feuille in lecture.feuilles)
    return next((table for table in found if table and table.has("levier", "responsable")), None)


def list_values(text: str) -> tuple[str, ...]:
    """Several values of one cell: one a line, with or without a leading dash or bullet."""
    parts = (_bare(part) for line in text.splitlines() for part in line.split("•"))
    return tuple(" ".join(part.split()) for part in parts if part)


def _bare(text: str) -> str:
    return _BULLET.sub("", text).strip()


def list_responsables(text: str) -> tuple[str, ...]:
    """Several names only where they are surely several: on lines, between semicolons, or two addresses.

    The name of one direction may hold commas and « et ».
    """
    parts = [part for value in list_values(text) for part in value.split(";") if part.strip()]
    if len(parts) == 1 and len(MAIL.findall(text)) > 1:
        return tuple(MAIL.findall(text))
    return tuple(part.strip() for part in parts)


def _saisie(levier: str, record: Record, parts: _Parts, releve: Pointage) -> Saisie:
    before = len(releve.anomalies)
    saisie = Saisie(
        levier=levier,
        dispositifs=list_values(record["dispositifs"].text()),
        resultats=list_values(record["resultats"].text()),
        debut=_echeance(record["debut"], "debut", "debut", releve),
        fin=_echeance(record["fin"], "fin", "fin", releve),
        responsable=_responsable(record["responsable"], releve),
        porteur=" ; ".join(list_values(record["porteur"].text())),
        contributeurs=list_values(record["contributeurs"].text()),
        moyens_humains=_montant(record["moyens_humains"], "moyens_humains", releve),
        moyens_euros=_montant(record["moyens_euros"], "moyens_euros", releve),
        perimetre=_perimetre(record["perimetre"].text()),
        prerequis=list_values(record["prerequis"].text()),
        indicateurs=tuple(parts.indicateurs[levier]),
        actions=tuple(parts.actions[levier]),
        depenses=tuple(parts.depenses[levier]),
    )
    if releve.is_clean(before):
        releve.accept()
    if gap := find_gap(saisie):
        releve.note(record["fin"], gap.code, gap.detail, gap.valeur)
    return saisie


def _responsable(cell: Cell, releve: Pointage) -> str:
    names = list_responsables(cell.text())
    if len(names) > 1:
        releve.note(cell, "responsable-multiple", valeur=" ; ".join(names))
        return ""
    return names[0] if names else ""


def _perimetre(text: str) -> tuple[str, ...]:
    """The boxes ticked: a line that shows an empty box is not one."""
    lines = (line for value in text.splitlines() for line in value.split(";") if not _UNTICKED.search(line.strip()))
    return list_values("\n".join(_TICKED.sub("", _bare(line)) for line in lines))


def _echeance(cell: Cell, side: Literal["debut", "fin"], field: str, releve: Pointage) -> Echeance | None:
    """A date as typed; the one of a date cell is written as French people do."""
    typed = cell._replace(valeur=_bare(cell.line())) if isinstance(cell.valeur, str) else cell
    return releve.echeance(typed, side, _TITLES[field])


def _french(text: str) -> str:
    try:
        return f"{date.fromisoformat(text[:10]):%d/%m/%Y}" if re.fullmatch(r"\d{4}-\d\d-\d\d.*", text) else text
    except ValueError:
        return text


def _montant(cell: Cell, field: str, releve: Pointage) -> Montant | None:
    """An amount; one that is no number is kept as typed, without value, and noted."""
    typed = cell._replace(valeur=" ".join(list_values(cell.text()))) if isinstance(cell.valeur, str) else cell
    return releve.montant(typed, f"« {_TITLES[field]} »", _MEASURES[field])


def _read_parts(lecture: Lecture, leviers: set[str], referentiel: Referentiel, releve: Pointage) -> _Parts:
    parts = _Parts()

    def rows(sheet: str, columns: tuple[Column, ...], *required: str) -> list[tuple[str, Record]]:
        found = []
        for record in releve.rows(lecture, sheet, columns):
            if record.is_blank(*(column.field for column in columns if column.field != "levier")):
                releve.accept()  # a levier listed, nothing typed
                continue
            levier = find_levier(record, referentiel, releve, "fiche-inconnue")
            if levier is not None and levier not in leviers:
                releve.note(record["levier"], "fiche-inconnue")
            elif levier and releve.has_all(record, columns, *required):
                found.append((levier, record))
        return found

    for levier, record in rows("Actions", FICHES_ACTIONS, "action"):
        parts.actions[levier].append(_action(record, releve))
    for levier, record in rows("Indicateurs", FICHES_INDICATEURS, "indicateur"):
        releve.accept()
        parts.indicateurs[levier].append(
            ValeurIndicateur(indicateur=record.line("indicateur"), valeur=_french(record.line("valeur")))
        )
    for levier, record in rows("Dépenses", FICHES_DEPENSES, "montant"):
        parts.depenses[levier].extend(_depense(record, referentiel, releve))
    return parts


def _action(record: Record, releve: Pointage) -> Action:
    before = len(releve.anomalies)
    action = Action(
        action=record.line("action"),
        qui=record.line("qui"),
        echeance=_echeance(record["echeance"], "fin", "echeance", releve),
    )
    if releve.is_clean(before):
        releve.accept()
    return action


def _depense(record: Record, referentiel: Referentiel, releve: Pointage) -> list[Depense]:
    """The expense, or nothing when its amount is no amount."""
    before = len(releve.anomalies)
    montant = _montant(record["montant"], "montant", releve)
    if montant is None or (montant.valeur is None and not to_define(montant.saisie)):
        return []
    year = None if to_define(record.line("annee")) else read_year(record["annee"], referentiel, releve)
    depense = Depense(
        annee=year,
        nature=_one_of(record["nature"], NATURES, "nature", releve),
        type=_one_of(record["type"], TYPES, "type", releve),
        montant=montant,
        financeur=record.line("financeur"),
    )
    if releve.is_clean(before):
        releve.accept()
    return [depense]


def _one_of(cell: Cell, choices: tuple[str, ...], field: str, releve: Pointage) -> str:
    said = fold(cell.text())
    found = next((choice for choice in choices if said and fold(choice) == said.removesuffix("s")), "")
    if said and not found and not to_define(said):
        releve.note(cell, "valeur-hors-liste", _TITLES[field])
    return found
