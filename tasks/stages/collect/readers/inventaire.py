"""Understand an inventory: our workbook, a G4IT or GLPI export, an agent's machines, any table with such titles.

A rejected line says why; what a line does not say stays unknown. Personal and secret columns are
never looked at beyond their title.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import PurePath

from nr_models.inventaire.parc import EmpreinteExterne, LigneInventaire, Machines, RetourInventaire
from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.anomalies import Anomaly
from nr_models.values.dates import read_echeance, read_number
from tasks.reading.annee import decide_order, is_ambiguous
from tasks.reading.parsed import Parsed, Pointage
from tasks.reading.spreadsheet import Lecture, Valeur
from tasks.reading.table import Cell, Record, Table, find_table
from tasks.stages.collect.inventory_columns import AUTRE_OUTIL, AUTRE_OUTIL_SHEET
from tasks.stages.collect.readers.categorie import Categories
from tasks.stages.collect.readers.colonnes import (
    COLUMNS,
    IDENTITIES,
    has_one_line_per_unit,
    is_kept_out,
    note_titles,
    without_names,
)
from tasks.stages.collect.readers.materiel import Lecteurs

_ENOUGH_TITLES = 3


def parse_inventaire(lecture: Lecture, referentiel: Referentiel) -> Parsed[RetourInventaire]:
    """The lines of every sheet that holds an inventory; each rejected cell or line is said."""
    releve = Pointage()
    categories, machines = Categories(referentiel.facteurs), Machines()
    lines: list[LigneInventaire] = []
    tables = find_inventories(lecture)
    for table in tables:
        fallback = _named_category(table, lecture, categories)
        counted = has_one_line_per_unit(table)
        note_titles(table, releve, counted=counted, sorted_out=fallback is not None)
        if (counted or table.has("quantite")) and (fallback or table.has("categorie")):
            lines.extend(_Table(table, referentiel, releve, categories, machines, fallback).lines())
    if not tables and not releve.lignes:
        releve.anomalies.append(Anomaly(code="feuille-absente", detail="Inventaire"))
    releve.acceptees = len(lines)
    empreintes = tuple(_other_tools(lecture, releve))
    return releve.close(RetourInventaire(lignes=tuple(lines), empreintes=empreintes))


def find_inventories(lecture: Lecture) -> list[Table]:
    """The tables that count equipment; where none is whole, those that lack one column."""
    found = [
        without_names(table) for item in lecture.feuilles if (table := find_table(item, COLUMNS, reject=is_kept_out))
    ]
    whole = [table for table in found if table.has("categorie") and (table.has("quantite") or _is_export(table))]
    return whole or [table for table in found if len(table.places) >= _ENOUGH_TITLES]


def _is_export(table: Table) -> bool:
    return has_one_line_per_unit(table)


def _named_category(table: Table, lecture: Lecture, categories: Categories) -> str | None:
    """Of an export of one type of equipment, the category that its sheet or its file is named after."""
    if not has_one_line_per_unit(table) or table.has("quantite"):
        return None
    names = (table.feuille.nom, PurePath(lecture.nom).stem)
    return next((found for name in names if (found := categories.find(name))), None)


class _Table:
    """One table being read."""

    def __init__(
        self,
        table: Table,
        referentiel: Referentiel,
        releve: Pointage,
        categories: Categories,
        machines: Machines,
        fallback: str | None,
    ) -> None:
        self._table, self._releve, self._machines = table, releve, machines
        self._rows = list(table.numbers())
        self._sets_aside = table.has("ecartee")
        self._told_by = tuple(field for field in IDENTITIES if table.has(field))
        dates = [Cell(text) for text in {*self._column("annee_achat")} if isinstance(text, str)]
        self._lecteurs = Lecteurs(
            table,
            referentiel,
            releve,
            categories,
            order=decide_order(dates),
            rates_are_shares=self._are_shares(),
            fallback=fallback,
        )
        if not table.feuille.nom and is_ambiguous(dates):
            title = self._record(table.ligne_titres)["annee_achat"]
            releve.note(title, "date-ambigue")
        self._read = self._lecteurs.read

    def lines(self) -> Iterator[LigneInventaire]:
        """The lines accepted."""
        self._releve.lignes += len(self._rows)
        return (line for row in self._rows if (line := self._line(row)))

    def _line(self, row: int) -> LigneInventaire | None:
        if self._sets_aside and (aside := self._read("ecartee", row)):
            record = self._record(row)
            self._releve.note(
                record["ecartee"], "machine-ecartee", aside, record.line("modele") or record.line("categorie")
            )
            return None
        said = self._lecteurs.read_row(row)
        if said is None:
            return None
        category, label, supposed = said.categorie
        identites = self._identites(row) if self._told_by and said.quantite == 1 else ()
        if identites and self._machines.meet(identites):
            self._note_double(row)
            return None
        return LigneInventaire(
            categorie=category,
            libelle=label,
            modele=_joined(said.fabricant, said.modele),
            quantite=said.quantite,
            annee_achat=said.annee_achat,
            perimetre=said.perimetre,
            site=said.site,
            reconditionne=said.reconditionne,
            heures_an=said.taux_utilisation if said.heures_an is None else said.heures_an,
            kwh_an=said.kwh_an,
            hors_service=said.hors_service or said.statut or said.retrait,
            gestionnaire=said.gestionnaire,
            source=said.source,
            hypothese="; ".join(filter(None, (said.hypothese, supposed))) if supposed else said.hypothese,
            identites=identites,
        )

    def _identites(self, row: int) -> tuple[str, ...]:
        return tuple(found for field in self._told_by if (found := self._read(field, row)))

    def _note_double(self, row: int) -> None:
        record = self._record(row)
        field = next(field for field in self._told_by if record[field].text())
        self._releve.note(
            record[field], "machine-double", _TOLD_BY[field], record.line("modele") or record.line("categorie")
        )

    def _are_shares(self) -> bool:
        """True when a column of rates was typed in cells shown as percentages: « 25 % » is kept as 0.25."""
        numbers = [rate for rate in self._column("taux_utilisation") if isinstance(rate, (int, float))]
        return bool(numbers) and max(numbers) <= 1 and any(isinstance(number, float) for number in numbers)

    def _column(self, field: str) -> Iterator[Valeur]:
        place = self._table.places.get(field)
        if place is not None:
            rows = self._table.feuille.lignes
            yield from (cells[place] for row in self._rows if place < len(cells := rows[row]))

    def _record(self, row: int) -> Record:
        return Record(self._table, row)


_TOLD_BY = {"uuid": "même UUID", "serie": "même numéro de série", "etiquette": "même numéro d’inventaire"}


def _joined(maker: str, model: str) -> str:
    """« HP » and « EliteBook » are « HP EliteBook »; the maker is not said twice."""
    return model if not maker or model.lower().startswith(maker.lower()) else f"{maker} {model}".rstrip()


def _other_tools(lecture: Lecture, releve: Pointage) -> Iterator[EmpreinteExterne]:
    """What another tool computed: each line with its tool, its figure and its unit."""
    for record in releve.rows(lecture, AUTRE_OUTIL_SHEET, AUTRE_OUTIL):
        if not releve.has_all(record, AUTRE_OUTIL, "outil", "indicateur", "valeur", "unite"):
            continue
        value = _figure(record["valeur"], releve)
        if value is not None:
            releve.accept()
            yield EmpreinteExterne(
                **{
                    column.field: record.line(column.field)
                    for column in AUTRE_OUTIL
                    if column.field not in ("valeur", "date")
                },
                valeur=value,
                date=_day(record["date"], releve),
            )


def _figure(cell: Cell, releve: Pointage) -> Decimal | None:
    number = read_number(cell.text())
    if number is None:
        releve.note(cell, "nombre-invalide", "le résultat de cet outil")
    return number


def _day(cell: Cell, releve: Pointage) -> str:
    read = read_echeance(cell.line(), "debut") if cell.text() else None
    if cell.text() and (read is None or read.jour is None):
        releve.note(cell, "date-invalide", "Calculée le")
    return read.jour.isoformat() if read and read.jour else ""
