"""The planning of a roadmap: a row a fiche, a column a quarter, in the colour of the dimension."""

from __future__ import annotations

from datetime import date

from nr_models.dossier.case import Case
from nr_models.rules import fiche, roadmap
from tasks.office.columns import Column
from tasks.office.look import load_look
from tasks.office.workbook.book import Book
from tasks.office.workbook.cells import Row, Tone, Value, numbered

_TO_DEFINE = "à définir"
_PLANNING = (
    Column("numero", "N°", 6),
    Column("dimension", "Dimension", 32),
    Column("titre", "Levier", 46),
    Column("responsable", "Responsable", 24),
    Column("debut", "Début", 15),
    Column("fin", "Fin", 15),
    Column("apres", "Après les fiches", 11),
)
_QUARTER_WIDTH = 7
_MONTHS = 3


def write_planning(book: Book, case: Case, result: roadmap.Result) -> None:
    """Write the sheet « Planning »; a fiche whose dates are « à définir » has no bar, and says so."""
    days = [day for bar in result.barres for day in (bar.debut, bar.fin) if day]
    quarters = list(range(_quarter(min(days)), _quarter(max(days)) + 1)) if days else []
    columns = (*_PLANNING, *(Column(_name(quarter), _name(quarter), _QUARTER_WIDTH) for quarter in quarters))
    typed = {item.levier: item for item in result.fiches}
    rows = [_row(case, bar, typed, quarters) for bar in result.barres]
    book.table("Planning", columns, rows, frozen=3)


def _row(case: Case, bar: roadmap.Barre, fiches: dict[str, fiche.Fiche], quarters: list[int]) -> Row:
    dimension = case.referentiel.dimension_of[bar.levier]
    colour = load_look().dimensions.get(dimension.numero, "")
    saisie = fiches[bar.levier].saisie
    before = [fiches[item].numero for item in case.referentiel.leviers[bar.levier].requiert if item in fiches]
    cells: dict[str, Value] = {}
    if bar.debut and bar.fin:
        # the number in the bar tells the fiche without its colour
        cells = {
            _name(quarter): Tone(str(bar.numero), colour, "#FFFFFF")
            for quarter in quarters
            if _quarter(bar.debut) <= quarter <= _quarter(bar.fin)
        }
    return {
        "numero": bar.numero,
        "dimension": Tone(numbered(dimension), "#FFFFFF", colour),
        "titre": bar.titre,
        "responsable": bar.responsable or _TO_DEFINE,
        "debut": saisie.debut.saisie if saisie.debut else _TO_DEFINE,
        "fin": saisie.fin.saisie if saisie.fin else _TO_DEFINE,
        "apres": ", ".join(str(number) for number in sorted(before)),
        **cells,
    }


def _quarter(day: date) -> int:
    return day.year * 4 + (day.month - 1) // _MONTHS


def _name(quarter: int) -> str:
    return f"{quarter // 4} T{quarter % 4 + 1}"
