"""Understand an inventory: our workbook, a G4IT or GLPI export, an agent's machines, any table with such titles.

A rejected line says why; what a line does not say stays unknown; what is doubtful is asked and not counted. Personal
and secret columns are never looked at beyond their title.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import PurePath
from typing import NamedTuple

from nr_models.inventaire.correspondance import sign
from nr_models.inventaire.parc import (
    Ecart,
    EmpreinteExterne,
    LigneInventaire,
    Machines,
    RetourInventaire,
)
from nr_models.inventaire.sites import list_alike, unite_sites
from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.anomalies import Anomaly
from nr_models.values.dates import read_echeance, read_number
from nr_models.values.periodes import decide_order, is_ambiguous
from nr_models.values.text import fold
from tasks.office.columns import GUIDE_SHEET, MARK_SHEET
from tasks.reading.parsed import Parsed, Pointage
from tasks.reading.spreadsheet import Feuille, Lecture, Valeur
from tasks.reading.table import Cell, Record, Table
from tasks.stages.collect.inventory_columns import AUTRE_OUTIL, AUTRE_OUTIL_SHEET, CATEGORIES_SHEET
from tasks.stages.collect.readers.categorie import Categories
from tasks.stages.collect.readers.colonnes import (
    IDENTITIES,
    bare_title,
    counts_by_line,
    has_one_line_per_unit,
    is_personal,
    note_titles,
    without_names,
)
from tasks.stages.collect.readers.feuilles import FeuilleLue, list_left_out
from tasks.stages.collect.readers.libelles import Compte, Libelles
from tasks.stages.collect.readers.materiel import SUM, Dit, Lecteurs
from tasks.stages.collect.readers.tableaux import Trouve, find_tables

_ENOUGH_TITLES = 3


class _Feuille(NamedTuple):
    """A sheet and the tables found in it."""

    feuille: Feuille
    trouve: Trouve
    named: str | None

    @property
    def whole(self) -> list[Table]:
        """The tables that say what there is and how many."""
        return [
            table
            for table in self.trouve.tables
            if (table.has("categorie") or self.named) and (table.has("quantite") or counts_by_line(table))
        ]


def parse_inventaire(lecture: Lecture, referentiel: Referentiel) -> Parsed[RetourInventaire]:
    """The lines of every sheet that holds an inventory; each rejected cell or line is said."""
    releve, categories = Pointage(), Categories(referentiel.facteurs)
    sheets = _find(lecture, categories)
    left = list_left_out(_read_apart(sheets, lecture, referentiel, categories)) if _need_comparing(sheets) else {}
    machines = Machines()
    lines: list[LigneInventaire] = []
    apart: list[LigneInventaire] = []
    ecarts: list[Ecart] = []
    for sheet in sheets:
        if found := left.get(sheet.feuille.nom):
            ecarts.append(found.ecart)
            releve.anomalies.append(found.anomalie)
            continue
        read = _read(sheet, lecture, referentiel, categories, machines, releve)
        lines.extend(read.lignes)
        apart.extend(read.apart)
        ecarts.extend(read.ecarts)
    if not sheets and not releve.lignes:
        releve.anomalies.append(Anomaly(code="feuille-absente", detail="Inventaire"))
    lines = unite_sites(lines)
    for one, other in list_alike(line.site for line in lines if line.site):
        releve.anomalies.append(Anomaly(code="sites-voisins", valeur=one, detail=other))
    releve.acceptees = len(lines) + len(apart)
    cells = (cell.text() for sheet in sheets for table in sheet.whole for cell in table.titles())
    titles = sign(bare_title(text) for text in cells if text and not is_personal(text))
    return releve.close(
        RetourInventaire(
            lignes=tuple(lines),
            apart=tuple(apart),
            ecarts=tuple(ecarts),
            titres=titles if any(sheet.whole for sheet in sheets) else "",
            empreintes=tuple(_other_tools(lecture, releve)),
        )
    )


def is_inventory(lecture: Lecture, referentiel: Referentiel) -> bool:
    """True when a sheet counts equipment, or looks as if it did."""
    return bool(_find(lecture, Categories(referentiel.facteurs), rows=_SAMPLED_ROWS))


_SAMPLED_ROWS = 400


_OURS = frozenset(map(fold, (AUTRE_OUTIL_SHEET, CATEGORIES_SHEET, GUIDE_SHEET)))
"""Sheets of our own workbook that count nothing."""


def _find(lecture: Lecture, categories: Categories, rows: int | None = None) -> list[_Feuille]:
    """The sheets that count equipment; where none is whole, those that lack one column."""
    found = []
    for feuille in lecture.feuilles:
        if feuille.nom.startswith(MARK_SHEET[0]) or fold(feuille.nom) in _OURS:
            continue
        named = _named_category(feuille, lecture, categories)
        sheet = feuille if rows is None else feuille._replace(lignes=feuille.lignes[:rows])
        trouve = find_tables(sheet, categories, named)
        trouve = trouve._replace(tables=tuple(without_names(table) for table in trouve.tables))
        found.append(_Feuille(feuille, trouve, named))
    whole = [
        sheet for sheet in found if sheet.whole or any(item.code == "tableau-croise" for item in sheet.trouve.anomalies)
    ]
    return whole or [sheet for sheet in found if any(_is_nearly_whole(table) for table in sheet.trouve.tables)]


def _is_nearly_whole(table: Table) -> bool:
    return len(table.places) >= _ENOUGH_TITLES or (table.has("categorie") and len(table.places) > 1)


def _named_category(feuille: Feuille, lecture: Lecture, categories: Categories) -> str | None:
    """The category that a sheet, or a file of one type of equipment, is named after."""
    names = (feuille.nom, PurePath(lecture.nom).stem)
    return next((found for name in names if name and (found := categories.find(name))), None)


def _need_comparing(sheets: Sequence[_Feuille]) -> bool:
    return len([sheet for sheet in sheets if sheet.whole]) > 1 or any(sheet.feuille.masquee for sheet in sheets)


def _read_apart(
    sheets: Sequence[_Feuille], lecture: Lecture, referentiel: Referentiel, categories: Categories
) -> list[FeuilleLue]:
    """Each sheet read by itself: to compare them before any is counted."""
    return [
        FeuilleLue(
            sheet.feuille.nom,
            sheet.feuille.masquee,
            _read(sheet, lecture, referentiel, categories, Machines(), Pointage()).lignes,
        )
        for sheet in sheets
    ]


class _Contenu(NamedTuple):
    """What a sheet says."""

    lignes: list[LigneInventaire]
    apart: list[LigneInventaire]
    ecarts: list[Ecart]


def _read(
    sheet: _Feuille,
    lecture: Lecture,
    referentiel: Referentiel,
    categories: Categories,
    machines: Machines,
    releve: Pointage,
) -> _Contenu:
    """Read every table of a sheet; their titles are checked once."""
    read = _Contenu([], [], [])
    releve.anomalies.extend(sheet.trouve.anomalies)
    fallback = sheet.named if all(_sorted_by_name(table, sheet.named) for table in sheet.trouve.tables) else None
    libelles = Libelles(categories, releve, (sheet.feuille.nom, PurePath(lecture.nom).stem), fallback)
    checked: set[tuple[int, int]] = set()
    tables = sheet.whole or sheet.trouve.tables
    libelles.look_at(cell for table in tables for cell in _labels(table))
    for table in tables:
        counted = counts_by_line(table)
        where = table.ligne_titres, min(table.places.values(), default=0)
        if where not in checked:
            note_titles(
                table, releve, counted=counted, sorted_out=sheet.named is not None, mapped=_mapped(tables, table)
            )
            if counted and not table.has("quantite") and not has_one_line_per_unit(table):
                title = table.feuille.lignes[table.ligne_titres]
                releve.note(Cell(next(iter(title), None), table.feuille.nom, table.ligne_titres), "une-ligne-une-unite")
        checked.add(where)
        if table in sheet.whole:
            _Table(table, referentiel, releve, libelles, machines).read(read)
    if hidden := _hidden_rows(sheet):
        read.ecarts.append(Ecart(feuille=sheet.feuille.nom, lignes=hidden, motif="lignes-masquees"))
        releve.anomalies.append(Anomaly(code="lignes-masquees", feuille=sheet.feuille.nom, valeur=str(hidden)))
    return read


def _mapped(tables: Sequence[Table], table: Table) -> frozenset[int]:
    """The columns that any table under the same titles reads, and those that name what is under them."""
    own = [item for item in tables if item.ligne_titres == table.ligne_titres]
    said = {cell.colonne for item in own for cell in item.constantes.values() if cell.ligne == item.ligne_titres}
    return frozenset({place for item in own for place in item.places.values()} | said)


def _sorted_by_name(table: Table, named: str | None) -> bool:
    return named is not None and (counts_by_line(table) or not table.has("categorie"))


def _hidden_rows(sheet: _Feuille) -> int:
    first = min((table.ligne_titres for table in sheet.whole), default=0)
    rows = sheet.feuille.lignes
    return sum(
        first < row < len(rows) and any(cell is not None for cell in rows[row]) for row in sheet.feuille.lignes_masquees
    )


def _labels(table: Table) -> Iterator[Valeur]:
    place = table.places.get("categorie")
    if place is None:
        yield from (cell.valeur for field, cell in table.constantes.items() if field == "categorie")
        return
    first = table.ligne_titres + 1 if table.debut is None else table.debut
    yield from {cells[place] for cells in table.feuille.lignes[first : table.fin] if place < len(cells)}


class _Table:
    """One table being read."""

    def __init__(
        self, table: Table, referentiel: Referentiel, releve: Pointage, libelles: Libelles, machines: Machines
    ) -> None:
        self._table, self._releve, self._libelles, self._machines = table, releve, libelles, machines
        self._rows = list(table.numbers())
        self._sets_aside, self._counted = table.has("ecartee"), table.has("quantite")
        self._told_by = tuple(field for field in IDENTITIES if table.has(field))
        dates = {*self._column("annee_achat")}
        self._lecteurs = Lecteurs(
            table,
            referentiel,
            releve,
            order=decide_order(dates),
            rates_are_shares=self._are_shares(),
            quantities=self._column("quantite"),
        )
        if not table.feuille.nom and is_ambiguous(dates):
            releve.note(self._record(table.ligne_titres)["annee_achat"], "date-ambigue")
        self._read_field = self._lecteurs.read
        self._carries = self._is_carried()
        self._last, self._sum = "", 0

    def read(self, into: _Contenu) -> None:
        """The lines accepted, those counted apart, the rows left out."""
        self._releve.lignes += len(self._rows)
        left: Counter[str] = Counter()
        for row in self._rows:
            found = self._lines(row)
            if isinstance(found, str):
                left[found] += 1
                continue
            for count, line in found:
                (into.apart if count.nature else into.lignes).append(line)
        into.ecarts.extend(
            Ecart(feuille=self._table.feuille.nom, lignes=count, motif=motif) for motif, count in left.items() if motif
        )

    def _lines(self, row: int) -> list[tuple[Compte, LigneInventaire]] | str:
        """The lines of a row, or why it is left out."""
        if self._sets_aside and (aside := self._read_field("ecartee", row)):
            record = self._record(row)
            self._releve.note(
                record["ecartee"], "machine-ecartee", aside, record.line("modele") or record.line("categorie")
            )
            return "machine-ecartee"
        noted = len(self._releve.anomalies)
        said = self._lecteurs.read_row(row)
        if said is None:
            self._judge_rejected(row, noted)
            return "total" if self._releve.anomalies[-1].code == "ligne-total" else "ligne-rejetee"
        if SUM in (said.site, said.modele) or self._is_unnamed_sum(said):
            self._releve.note(self._record(row)["quantite"], "ligne-total", valeur=self._quote(row))
            return "total"
        if not said.categorie and self._carries:
            said = said._replace(categorie=self._last)
        self._last = said.categorie or self._last
        self._sum += said.quantite
        identites = self._identites(row) if self._told_by and said.quantite == 1 else ()
        if identites and self._machines.meet(identites):
            self._note_double(row)
            return "machine-double"
        counts = self._libelles.count(
            said.categorie, said.modele, said.fabricant, lambda: self._record(row)["categorie"]
        )
        return [(count, self._line(row, said, count, identites)) for count in counts]

    def _judge_rejected(self, row: int, noted: int) -> None:
        """What is wrong with the label of a rejected row is said with the rest, and before it: both are corrected."""
        found = self._releve.anomalies[noted:]
        if any(item.code == "ligne-total" for item in found):
            return
        del self._releve.anomalies[noted:]
        record = self._record(row)
        label, model, maker = (record.line(field) for field in ("categorie", "modele", "fabricant"))
        self._libelles.count(label, model, maker, lambda: record["categorie"])
        self._releve.anomalies.extend(found)

    def _line(self, row: int, said: Dit, count: Compte, identites: tuple[str, ...]) -> LigneInventaire:
        out, stock, refurbished = said.statut
        kwh = said.kwh_an
        if kwh is not None and said.quantite > 1 and not self._lecteurs.is_for_one():
            self._releve.note(self._record(row)["kwh_an"], "kwh-a-confirmer", str(said.quantite))
            kwh = None
        if count.nombre is not None and not self._counted:
            self._releve.note(self._record(row)["categorie"], "quantite-a-confirmer", str(count.nombre))
        return LigneInventaire(
            categorie=count.categorie,
            libelle=count.libelle,
            modele=_joined(said.fabricant, said.modele),
            quantite=said.quantite if self._counted else count.nombre or said.quantite,
            annee_achat=said.annee_achat,
            perimetre=said.perimetre,
            site=said.site,
            reconditionne=True if refurbished and said.reconditionne is None else said.reconditionne,
            heures_an=said.taux_utilisation if said.heures_an is None else said.heures_an,
            kwh_an=kwh,
            hors_service=said.hors_service or out or said.retrait,
            en_stock=stock,
            gestionnaire=said.gestionnaire,
            source=said.source,
            hypothese="; ".join(filter(None, (said.hypothese, count.hypothese))),
            identites=identites,
        )

    def _is_unnamed_sum(self, said: Dit) -> bool:
        """True for a last row without a name that adds up the others."""
        return not said.categorie and not said.modele and not self._carries and 0 < self._sum == said.quantite

    def _is_carried(self) -> bool:
        """True when the category is written on the first row of a group alone, and blank on the following ones."""
        if not {"categorie", "quantite", "modele"} <= self._table.places.keys():
            return False
        values = list(self._column("categorie"))
        blank = sum(value is None for value in values) + len(self._rows) - len(values)
        return bool(values) and values[0] is not None and blank * _CARRIED_SHARE >= len(self._rows)

    def _quote(self, row: int) -> str:
        record = self._record(row)
        return record.line("categorie") or record.line("site") or record.line("modele") or record.line("quantite")

    def _identites(self, row: int) -> tuple[str, ...]:
        return tuple(found for field in self._told_by if (found := self._read_field(field, row)))

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

    def _column(self, field: str) -> list[Valeur]:
        place = self._table.places.get(field)
        if place is None:
            return []
        rows = self._table.feuille.lignes
        return [cells[place] for row in self._rows if place < len(cells := rows[row])]

    def _record(self, row: int) -> Record:
        return Record(self._table, row)


_CARRIED_SHARE = 4
"""From one blank category in four, blanks are read as the category above."""
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
