"""Understand a returned file whatever it is called: what it is, who filled it, what it says, what is wrong."""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from nr_models.dossier.registre import Registre
from nr_models.inventaire.correspondance import Correspondance
from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules.collect import RetourArbitrages, RetourContexte, RetourDiagnostic, RetourInventaire
from nr_models.rules.entretiens import RetourCalendrier
from nr_models.rules.fiche import RetourFiches
from nr_models.rules.preselect import RetourPreselection
from nr_models.rules.prioritise import RetourBulletin
from nr_models.values.anomalies import Anomaly
from nr_models.values.frozen import Frozen
from tasks.office.columns import MARK_SHEET, Column
from tasks.programme.reader import is_registre, parse_registre
from tasks.reading.mark import find_author, find_mark
from tasks.reading.parsed import Parsed
from tasks.reading.spreadsheet import Feuille, Lecture, read_spreadsheet
from tasks.reading.table import column_of, find_sheet, find_table
from tasks.referentiel.reader import is_referentiel, parse_referentiel
from tasks.stages.collect.columns import CONTEXTE
from tasks.stages.collect.readers.arbitrages import is_arbitrages, parse_arbitrages
from tasks.stages.collect.readers.calendrier import is_calendrier, parse_calendrier
from tasks.stages.collect.readers.contexte import parse_contexte
from tasks.stages.collect.readers.correspondance import parse_correspondance, translate
from tasks.stages.collect.readers.diagnostic import find_questions, parse_diagnostic
from tasks.stages.collect.readers.inventaire import is_inventory, parse_inventaire
from tasks.stages.fiche.reader import find_fiches, parse_fiches
from tasks.stages.preselect.reader import find_decisions, parse_preselection
from tasks.stages.prioritise.reader import find_ballot, parse_bulletin

READER_VERSION = 9
"""Raised by hand when the same file would be understood otherwise."""

UNKNOWN = "inconnu"
REFERENTIEL = "referentiel"

REGISTRY: dict[str, type[Frozen]] = {
    "registre": Registre,
    "diagnostic": RetourDiagnostic,
    "contexte": RetourContexte,
    "inventaire": RetourInventaire,
    "calendrier": RetourCalendrier,
    "arbitrages": RetourArbitrages,
    "preselection": RetourPreselection,
    "bulletin": RetourBulletin,
    "fiches": RetourFiches,
    "correspondance": Correspondance,
}
"""The class of the value of each type, to load it back from JSON."""

_PARSERS: dict[str, Callable[[Lecture, Referentiel], Parsed[Any]]] = {
    "registre": parse_registre,
    "diagnostic": parse_diagnostic,
    "contexte": parse_contexte,
    "inventaire": parse_inventaire,
    "calendrier": parse_calendrier,
    "arbitrages": parse_arbitrages,
    "preselection": parse_preselection,
    "bulletin": parse_bulletin,
    "fiches": parse_fiches,
    "correspondance": parse_correspondance,
}


class Understood(NamedTuple):
    """What was understood of a file; ``valeur`` is None when nothing could be.

    ``lecture`` is what was read of it, personal data blanked, ``ecartees`` its rejected rows (sheet, number from zero).
    """

    type: str
    marque: dict[str, str]
    personne: str
    valeur: Frozen | None
    anomalies: tuple[Anomaly, ...]
    feuilles: int
    lignes: int
    acceptees: int
    lecture: Lecture = Lecture(())
    ecartees: frozenset[tuple[str, int]] = frozenset()


def understand(path: Path, fichier: str, referentiel: Referentiel, known: Sequence[Correspondance] = ()) -> Understood:
    """Read and understand a file; ``fichier`` is the name that its anomalies carry. Never raises.

    ``known`` are the mappings of the collectivité, for files that other tools made.
    """
    with _without_collecting():
        return understand_lecture(read_spreadsheet(path)._replace(nom=fichier), fichier, referentiel, known)


@contextmanager
def _without_collecting() -> Iterator[None]:
    """No garbage collection meanwhile, nor at the end: half a million cells make no cycle, and each pass looks at all.

    Frozen and unfrozen, what was made counts as old: it waits for a collection of everything.
    """
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.freeze()
            gc.unfreeze()
            gc.enable()


def understand_lecture(
    lecture: Lecture, fichier: str, referentiel: Referentiel, known: Sequence[Correspondance] = ()
) -> Understood:
    """Understand what was read of a file."""
    genre: str | None = None
    if known and not find_mark(lecture):
        lecture, genre = translate(lecture, known)
    kind = genre or find_type(lecture, referentiel)
    sheets = sum(not item.nom.startswith(MARK_SHEET[0]) for item in lecture.feuilles)
    if kind == UNKNOWN:
        found = lecture.anomalies or (Anomaly(code="type-inconnu"),)
        return Understood(UNKNOWN, find_mark(lecture), "", None, _placed(found, fichier), sheets, 0, 0)
    if kind == REFERENTIEL:
        return _understand_referentiel(lecture, fichier, referentiel, sheets)
    parsed = _PARSERS[kind](lecture, referentiel)
    value = parsed.valeur
    if isinstance(value, Registre):
        value = value.model_copy(update={"anomalies": _placed(value.anomalies, fichier)})
    return Understood(
        type=kind,
        marque=find_mark(lecture),
        personne=find_author(lecture),
        valeur=value,
        anomalies=_placed((*lecture.anomalies, *parsed.anomalies), fichier),
        feuilles=sheets,
        lignes=parsed.lignes,
        acceptees=parsed.acceptees,
        lecture=_without_personal(lecture, parsed.anomalies),
        ecartees=parsed.ecartees,
    )


def _understand_referentiel(lecture: Lecture, fichier: str, referentiel: Referentiel, sheets: int) -> Understood:
    """A workbook of the method, checked as an import would: it is no return, and has no value here."""
    found = parse_referentiel(lecture, referentiel.version)
    rows = sum(len(item.lignes) for item in lecture.feuilles)
    accepted = rows if found.referentiel else 0
    return Understood(REFERENTIEL, {}, "", None, _placed(found.anomalies, fichier), sheets, rows, accepted)


def find_type(lecture: Lecture, referentiel: Referentiel) -> str:
    """What a workbook is: by its mark, else by its sheets and titles; « inconnu » when neither tells."""
    marked = find_mark(lecture).get("type", "")
    if marked in _PARSERS:
        return marked
    if kind := next((kind for kind, looks_so in _SIGNS if looks_so(lecture)), ""):
        return kind
    return "inventaire" if is_inventory(lecture, referentiel) else UNKNOWN


def _has(lecture: Lecture, sheet: str, columns: tuple[Column, ...], field: str) -> bool:
    feuille = find_sheet(lecture.feuilles, sheet)
    table = find_table(feuille, columns) if feuille else None
    return table is not None and table.has(field)


def _without_personal(lecture: Lecture, anomalies: tuple[Anomaly, ...]) -> Lecture:
    """What was read, without the columns said to be personal or secret."""
    dropped: dict[str, set[int]] = defaultdict(set)
    for item in anomalies:
        if item.code == "donnee-personnelle":
            dropped[item.feuille].add(column_of(item.cellule))
    if not dropped:
        return lecture
    return lecture._replace(feuilles=tuple(_blanked(item, dropped.get(item.nom, set())) for item in lecture.feuilles))


def _blanked(feuille: Feuille, columns: set[int]) -> Feuille:
    rows = [[None if place in columns else value for place, value in enumerate(row)] for row in feuille.lignes]
    return feuille._replace(lignes=rows) if columns else feuille


def _placed(anomalies: tuple[Anomaly, ...], fichier: str) -> tuple[Anomaly, ...]:
    return tuple(item.model_copy(update={"fichier": fichier}) for item in anomalies)


_SIGNS: tuple[tuple[str, Callable[[Lecture], object]], ...] = (
    (REFERENTIEL, is_referentiel),
    ("registre", is_registre),
    ("contexte", lambda lecture: _has(lecture, "Contexte", CONTEXTE, "rubrique")),
    ("calendrier", is_calendrier),
    ("arbitrages", is_arbitrages),
    ("fiches", find_fiches),
    ("bulletin", find_ballot),
    ("preselection", find_decisions),
    ("diagnostic", find_questions),
)
"""What an unmarked workbook may be, the surest sign first."""
