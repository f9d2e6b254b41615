"""A file of decisions as people make one: any spreadsheet, any encoding, titles and verdicts written their way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import click

from nr_models.dossier.gates import Verdict
from nr_models.values.french import listing
from nr_models.values.text import fold
from tasks.reading.spreadsheet import Feuille, Lecture, Valeur, read_spreadsheet
from tasks.reading.table import Cell

_TITLES = {
    "dossier": ("dossier",),
    "gate": ("gate", "validation"),
    "as": ("as", "par", "adresse", "qui"),
    "verdict": ("verdict", "decision"),
    "vu": ("vu", "code de controle", "code"),
    "comment": ("comment", "motif", "commentaire", "pourquoi"),
    "etape": ("etape",),
    "demande": ("demande",),
}
"""Each column and the titles that it is known by, folded; the first is the one of the help."""
_MAY_LACK = ("etape", "demande")
_VERDICTS = {
    Verdict.APPROUVER: ("approuver", "approuve", "approuvee"),
    Verdict.RESERVES: ("reserves", "reserve", "approuver avec reserves", "avec reserves", "sous reserves"),
    Verdict.CORRIGER: ("corriger", "a corriger", "correction"),
    Verdict.REFUSER: ("refuser", "refuse", "refusee", "refus"),
}
_BY_WORD = {fold(word): verdict for verdict, words in _VERDICTS.items() for word in (*words, verdict.nom)}


class LigneDeLot(NamedTuple):
    """One decision asked for: its line, as a spreadsheet numbers it, and what each column says."""

    numero: int
    dit: dict[str, str]

    @property
    def verdict(self) -> Verdict | None:
        """The verdict meant, or None where the word is none."""
        return _BY_WORD.get(fold(self.dit["verdict"]))


def read_lot(source: Path) -> Iterator[LigneDeLot]:
    """The lines of a file of decisions, blank ones aside. Raises ``UsageError`` when it holds none."""
    if not source.is_file():
        raise click.UsageError(f"« {source} » ne se lit pas : ce fichier n’existe pas.")
    lecture = read_spreadsheet(source)
    if not lecture.feuilles:
        refusal = lecture.anomalies[0]
        raise click.UsageError(f"« {source} » ne se lit pas. {refusal.message} {refusal.remede}")
    feuille = _find_sheet(source, lecture)
    header, *rows = feuille.lignes or [()]
    titles = [fold(_write(cell)) for cell in header]
    places = {name: _find(titles, known) for name, known in _TITLES.items()}
    missing = [name for name, place in places.items() if place is None and name not in _MAY_LACK]
    if missing:
        raise click.UsageError(f"« {source} » : il manque les colonnes {listing(missing)}.")
    for number, row in enumerate(rows, start=2):
        said = {name: _write(_pick(row, place)) for name, place in places.items()}
        if any(said.values()):
            yield LigneDeLot(number, said)


def _find_sheet(source: Path, lecture: Lecture) -> Feuille:
    """The only sheet that holds something: nothing that its author does not see decides. Raises ``UsageError``."""
    filled = [item for item in lecture.feuilles if any(any(cell is not None for cell in row) for row in item.lignes)]
    if len(filled) > 1:
        raise click.UsageError(f"« {source} » a plusieurs feuilles remplies : gardez celle des décisions.")
    found = filled[0] if filled else lecture.feuilles[0]
    if found.masquee or found.lignes_masquees:
        raise click.UsageError(
            f"« {source} » cache sa feuille ou des lignes (masquées ou filtrées) : affichez-les toutes, ou "
            "retirez celles qui ne décident pas."
        )
    return found


def _pick(row: Sequence[Valeur], place: int | None) -> Valeur:
    return row[place] if place is not None and place < len(row) else None


def _find(titles: Sequence[str], known: Sequence[str]) -> int | None:
    return next((titles.index(name) for name in known if name in titles), None)


def _write(value: Valeur) -> str:
    """The cell as typed; a code made of digits alone, that a spreadsheet made a number, keeps them all."""
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else Cell(value).text()  # type: ignore[arg-type]
