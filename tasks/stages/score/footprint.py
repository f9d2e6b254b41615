"""The sheet « Empreinte » of the score workbook: a line per category and source, each total a live formula."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from nr_models.dossier.case import Case
from nr_models.inventaire.carbone import Empreinte, LigneEmpreinte
from nr_models.inventaire.indicateurs import Indicateurs, Mesure
from tasks.office.columns import Column
from tasks.office.workbook.book import Book
from tasks.office.workbook.cells import Formula, Row

SHEET = "Empreinte"
_COLUMNS = (
    Column("perimetre", "Périmètre", 24),
    Column("source", "Source des facteurs", 30),
    Column("annee", "Année", 8),
    Column("categorie", "Catégorie", 30),
    Column("unites", "Unités", 9),
    Column("fabrication_kg", "Fabrication d’un équipement (kgCO2e)", 14),
    Column("duree_vie", "Durée de vie (ans)", 9),
    Column("kwh_unite", "Un équipement (kWh par an)", 12),
    Column("au_facteur", "En service, au facteur (unités)", 12),
    Column("kwh_releves", "Mesuré ou d’après les heures (kWh par an)", 15),
    Column("electricite", "Électricité (kgCO2e par kWh)", 12),
    Column("fabrication", "Fabrication (kgCO2e par an)", 13),
    Column("kwh", "Électricité (kWh par an)", 12),
    Column("usage", "Usage (kgCO2e par an)", 12),
    Column("total", "Total (kgCO2e par an)", 12),
    Column("remarque", "Remarque", 50),
)
_FORMATS = {
    **dict.fromkeys(("fabrication", "kwh", "usage", "total", "kwh_releves"), "#,##0.##"),
    "electricite": "0.0000",
}


class Lines(NamedTuple):
    """The rows of the sheet, and the first and last row of each measure and source."""

    rows: list[Row]
    places: dict[tuple[str, str], tuple[int, int]]

    def add_up(self, mesure: Mesure, source: str, column: str, value: float) -> Formula | float:
        """A total of the sheet as a live formula; the plain value where the lines are not given (a site)."""
        place = self.places.get((mesure.nom, source))
        if place is None:
            return value
        return Formula(f"=SUM('{SHEET}'!{column}{place[0]}:{column}{place[1]})", value)


def list_lines(case: Case, found: Indicateurs) -> Lines:
    """The lines of the two perimeters, source by source."""
    lines = Lines([], {})
    for mesure in (found.maitrisable, found.influence):
        for footprint in mesure.empreintes:
            first = len(lines.rows) + 2
            lines.rows.extend(_rows(case, mesure, footprint, first))
            if footprint.lignes:
                lines.places[mesure.nom, footprint.source] = first, len(lines.rows) + 1
    return lines


def write_footprint(book: Book, lines: Lines) -> None:
    """Write the sheet; without a line, a sentence says so."""
    book.table(SHEET, _COLUMNS, lines.rows, formats=_FORMATS, frozen=4, empty="Aucune empreinte n’a pu être calculée.")


def _rows(case: Case, mesure: Mesure, footprint: Empreinte, first: int) -> Iterator[Row]:
    names = {item.slug: item.nom for item in case.referentiel.facteurs.categories}
    sources = {item.slug: item.source for item in case.referentiel.facteurs.electricite}
    for row, line in enumerate(footprint.lignes, start=first):
        factor = case.referentiel.facteurs.par_source[footprint.source, line.categorie]
        yield {
            "perimetre": mesure.nom,
            "source": sources[footprint.source],
            "annee": line.annee,
            "categorie": _named(names[line.categorie], line),
            "unites": line.unites,
            "fabrication_kg": line.fabrication_kg,
            "duree_vie": line.duree_vie_ans,
            "kwh_unite": line.kwh_unite,
            "au_facteur": line.en_service_au_facteur,
            "kwh_releves": line.kwh_releves,
            "electricite": footprint.facteur_electricite,
            "fabrication": Formula(f"=E{row}*F{row}/G{row}", line.fabrication_kg_an),
            "kwh": Formula(f"=H{row}*I{row}+J{row}", line.kwh_an),
            "usage": Formula(f"=M{row}*K{row}", line.usage_kg_an),
            "total": Formula(f"=L{row}+N{row}", line.fabrication_kg_an + line.usage_kg_an),
            "remarque": factor.remarque or "",
        }


def _named(name: str, line: LigneEmpreinte) -> str:
    return f"{name}, reconditionné" if line.reconditionne else name
