"""The budget of a roadmap: its lines, then totals that live on them, with what is « à définir » beside each."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

from nr_models.dossier.case import Case
from nr_models.rules import roadmap
from tasks.office.columns import Column
from tasks.office.workbook.book import Book
from tasks.office.workbook.cells import Formula, Row, Value, numbered, total

_TO_DEFINE = "à définir"
_LINES = "Dépenses"
_LIGNES = (
    Column("numero", "N°", 6),
    Column("titre", "Levier", 50),
    Column("annee", "Année", 12),
    Column("dimension", "Dimension", 34),
    Column("nature", "Nature", 24),
    Column("type", "Type", 18),
    Column("financeur", "Financeur", 24),
    Column("euros", "Montant (€)", 14),
    Column("saisie", "Écrit sur la fiche", 24),
)
_EUROS = "#,##0;-#,##0;–"  # a sum of nothing known is no zero
_GROUPS = {"Par dimension": "dimension", "Par nature": "nature", "Par financeur": "financeur"}
_LETTER = {column.field: chr(ord("A") + place) for place, column in enumerate(_LIGNES)}


class _Line(NamedTuple):
    """One line of money as the workbook shows it; ``euros`` is None while « à définir »."""

    numero: int
    titre: str
    annee: str
    dimension: str
    nature: str
    type: str
    financeur: str
    euros: Decimal | None
    saisie: str


def write_budget(book: Book, case: Case, result: roadmap.Result) -> None:
    """Write « Budget » (by dimension, nature and funder, a column a year) and the lines it adds up."""
    lines = _lines(case, result)
    years = sorted({line.annee for line in lines})
    columns = (
        Column("groupe", "Regroupement", 16),
        Column("cle", "Poste", 36),
        *(Column(year, year.capitalize(), 13) for year in years),
        Column("total", "Total (€)", 14),
        Column("reste", "À définir", 12),
    )
    rows = [_row(group, key, lines, years) for group, field in _GROUPS.items() for key in _keys(lines, field)]
    rows += [total(_row("Ensemble", "Total", lines, years)), total(_undefined(lines, years))]
    formats = dict.fromkeys((*years, "total"), _EUROS)
    book.table("Budget", columns, rows, formats=formats, frozen=2)
    book.table(_LINES, _LIGNES, (line._asdict() for line in lines), formats={"euros": "#,##0.##"}, frozen=2)


def _lines(case: Case, result: roadmap.Result) -> list[_Line]:
    return [
        _Line(
            numero=item.numero,
            titre=item.titre,
            annee=str(line.annee or _TO_DEFINE),
            dimension=numbered(case.referentiel.dimension_of[item.levier]),
            nature=line.nature or _TO_DEFINE,
            type=line.type or _TO_DEFINE,
            financeur=line.financeur or _TO_DEFINE,
            euros=line.montant.valeur,
            saisie=line.montant.saisie,
        )
        for item in result.fiches
        for _, line in roadmap.money_lines(item)
    ]


def _keys(lines: Sequence[_Line], field: str) -> list[str]:
    return sorted({getattr(line, field) for line in lines})


def _row(group: str, key: str, lines: Sequence[_Line], years: Sequence[str]) -> Row:
    field = _GROUPS.get(group, "")
    own = [line for line in lines if not field or getattr(line, field) == key]
    wanted = {field: key} if field else {}
    cells: dict[str, Value] = {
        year: _sum([line for line in own if line.annee == year], len(lines), {**wanted, "annee": year})
        for year in years
    }
    whole = _sum(own, len(lines), wanted)
    return {"groupe": group, "cle": key, **cells, "total": whole, "reste": _share(own)}


def _sum(own: Sequence[_Line], count: int, wanted: dict[str, str]) -> Formula:
    """A live sum of the lines that bear these words, written exactly so: a funder's name may hold a wildcard."""

    def cells(field: str) -> str:
        return f"'{_LINES}'!${_LETTER[field]}$2:${_LETTER[field]}${count + 1}"

    tests = [f"EXACT({cells(field)},{_quoted(text)})*" for field, text in wanted.items()]
    known = sum((line.euros for line in own if line.euros is not None), Decimal(0))
    return Formula(f"=SUMPRODUCT({''.join(tests)}{cells('euros')})", float(known))


def _quoted(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _undefined(lines: Sequence[_Line], years: Sequence[str]) -> Row:
    shares = {year: _share([line for line in lines if line.annee == year]) for year in years}
    return {"groupe": "Ensemble", "cle": "À définir", **shares, "total": _share(lines), "reste": ""}


def _share(lines: Sequence[_Line]) -> str:
    """« 3 sur 12 »: the lines whose amount is not known, out of all."""
    return f"{sum(line.euros is None for line in lines)} sur {len(lines)}"
