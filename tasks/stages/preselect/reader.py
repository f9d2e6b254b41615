"""Understand the preselection workbook: what the référent adds or removes, and the prestataire's criteria."""

from __future__ import annotations

from typing import Literal

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules.collect import Prestataire
from nr_models.rules.preselect import Changement, RetourPreselection
from nr_models.values.text import fold
from tasks.reading.levier import find_levier
from tasks.reading.mark import find_author
from tasks.reading.parsed import Parsed, Pointage
from tasks.reading.renamed import find_form
from tasks.reading.spreadsheet import Feuille, Lecture
from tasks.reading.table import Record, Table, find_table
from tasks.stages.preselect.columns import PRESELECTION, PRESTATAIRES

_ADD = frozenset(("ajouter", "ajout", "ajoute", "a ajouter", "rajouter", "inclure", "+"))
_ASIDE = " (oui ou non)"
_PROVIDERS = {"reponse": "prestataire", "site": "site", "objets": "objets"}
"""The provider that each column of criteria is about."""
_REMOVE = frozenset(("retirer", "retrait", "retire", "a retirer", "enlever", "supprimer", "exclure", "-"))


def parse_preselection(lecture: Lecture, referentiel: Referentiel) -> Parsed[RetourPreselection]:
    """The changes that are justified, and yes or no to each criterion."""
    releve = Pointage()
    changes: dict[str, Changement] = {}
    criteria: dict[str, dict[str, bool | None]] = {field: {} for field in _PROVIDERS.values()}
    unread: list[str] = []
    table = find_decisions(lecture)
    if table is None:
        releve.note_absent(lecture, "Leviers", PRESELECTION, "levier", "decision")
    else:
        releve.anomalies.extend(table.anomalies)
        for record in releve.records(table):
            _add_change(record, changes, referentiel, releve)
    tables = [found for feuille in lecture.feuilles if (found := find_criteria(feuille))]
    if not any(found.has("cle", "reponse") for found in tables):
        releve.note_absent(lecture, "Prestataire", PRESTATAIRES, "cle", "reponse")
    for found in tables:
        for record in releve.records(found):
            _add_criterion(record, criteria, unread, releve)
    return releve.close(
        RetourPreselection(
            personne=find_author(lecture),
            changements=tuple(changes.values()),
            **{field: Prestataire(**said) for field, said in criteria.items()},
            a_reprendre=tuple(unread),
        )
    )


def find_criteria(feuille: Feuille) -> Table | None:
    """The table of the criteria of the providers, or None."""
    found = find_table(feuille, PRESTATAIRES)
    return found if found and found.has("cle", "reponse") else None


def find_decisions(lecture: Lecture) -> Table | None:
    """The table of the leviers to add or remove, or None."""
    found = (find_form(feuille, PRESELECTION) for feuille in lecture.feuilles)
    return next((table for table in found if table and table.has("levier", "decision")), None)


def _add_change(record: Record, changes: dict[str, Changement], referentiel: Referentiel, releve: Pointage) -> None:
    levier = find_levier(record, referentiel, releve)
    if levier is None:
        return
    if record.is_blank("decision"):
        releve.accept()
        return
    sens = _sens(record.line("decision"))
    if sens is None:
        releve.note(record["decision"], "valeur-hors-liste", "Votre décision")
    elif not record.line("justification"):
        releve.note(record["justification"], "justification-absente", valeur=levier)
    elif levier in changes:
        releve.note(record["levier"], "levier-double")
    else:
        releve.accept()
        changes[levier] = Changement(levier=levier, sens=sens, justification=record.line("justification"))


def _sens(text: str) -> Literal["ajouter", "retirer"] | None:
    said = text if text in "+-" else fold(text)
    return "ajouter" if said in _ADD else "retirer" if said in _REMOVE else None


def _add_criterion(
    record: Record, criteria: dict[str, dict[str, bool | None]], unread: list[str], releve: Pointage
) -> None:
    key = fold(record.line("cle"))
    if key not in Prestataire.model_fields:
        releve.note(record["cle"], "valeur-hors-liste", "Identifiant")
        return
    before = len(unread)
    for column, field in _PROVIDERS.items():
        criteria[field][key] = releve.yes_no(record[column], record.line("critere").removesuffix(_ASIDE) or key)
        if criteria[field][key] is None and not record.is_blank(column):
            unread.append(key if field == "prestataire" else f"{field} {key}")
    if len(unread) == before:
        releve.accept()
