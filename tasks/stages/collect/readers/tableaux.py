"""The tables of a sheet that count equipment: one below another, side by side, by site, by year, under headings.

Each becomes a plain ``Table`` of ours over the same rows: addresses stay, and what a title or a heading says for many
rows is said once, as a constant of its table.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from nr_models.values.anomalies import Anomaly
from nr_models.values.text import fold
from tasks.reading.spreadsheet import Feuille, Valeur
from tasks.reading.table import Cell, Table, address
from tasks.stages.collect.readers.categorie import Categories, Sens
from tasks.stages.collect.readers.colonnes import COLUMNS, IDENTITIES, is_kept_out, is_personal, is_unneeded, name_title
from tasks.stages.collect.readers.entetes import Rangee, find_header, number_column, read_header
from tasks.stages.collect.readers.quantites import is_total

_SAMPLE = 300
_MOST = 0.5
_HEADING_CHARS = 60
_PLACES = re.compile(
    r"\b(mairie|ecoles?|groupe scolaire|elementaire|maternelle|primaire|college|lycee|mediatheque|bibliotheque|"
    r"creche|ccas|hotel de ville|"
    r"services? techniques?|ctm|centre|salle|gymnase|piscine|musee|police|cantine|ehpad|mjc|maison|siege|annexe|agence|"
    r"office de tourisme|site|batiment|etage|ludotheque|stade|cuisine|accueil|atelier|theatre|conservatoire|"
    r"communaute)\b"
)
"""Words of the places of a town: a column of numbers under one of them counts what is there."""
_YEAR = re.compile(r"(?:19[89]\d|20[0-4]\d)")


class Trouve(NamedTuple):
    """The tables of a sheet, and what is doubtful of its layout."""

    tables: tuple[Table, ...]
    anomalies: tuple[Anomaly, ...] = ()


def find_tables(feuille: Feuille, categories: Categories, named: str | None = None) -> Trouve:
    """Every table of a sheet that may count equipment; ``named`` is the category that its name tells."""
    header = find_header(feuille)
    if header is None:
        return _find_cross(feuille, categories)
    filled = _filled_down(feuille, header.ligne)
    tables: list[Table] = []
    anomalies: list[Anomaly] = []
    start: Rangee | None = header
    while start is not None:
        end, following = _next_header(filled, start)
        found = _of_header(filled, start, end, categories, named)
        tables.extend(found.tables)
        anomalies.extend(found.anomalies)
        start = following
    return Trouve(tuple(tables), tuple(anomalies))


def _find_cross(feuille: Feuille, categories: Categories) -> Trouve:
    """A sheet without any title of ours: « Site » apart, its titles may be the categories themselves."""
    for number in range(min(len(feuille.lignes), 30)):
        header = read_header(feuille, number)
        if sum(bool(categories.judge(title.texte).slugs) for title in header.titres) >= 2:
            return _crossed(feuille, header, len(feuille.lignes), categories)
    return Trouve(())


def _of_header(feuille: Feuille, header: Rangee, end: int, categories: Categories, named: str | None) -> Trouve:
    tables: list[Table] = []
    anomalies: list[Anomaly] = []
    for first, last in header.segments():
        fields = header.fields(first, last)
        counts = [item for item in fields.get("quantite", []) if not is_total(header.titres[item[1]].texte)]
        if not counts and not any(field in fields for field in IDENTITIES):
            crossed = _crossed(feuille, header, end, categories)
            if crossed.tables or crossed.anomalies:
                return crossed
        groups = {header.titres[place].groupe for _, place in counts}
        if len(counts) > 1 and "" not in groups and len(groups) == len(counts):
            tables.extend(_by_group(feuille, header, end, categories, first, last))
            continue
        tables.extend(_plain(feuille, header, end, categories, first, last, named))
    return Trouve(tuple(tables), tuple(anomalies))


def _plain(
    feuille: Feuille, header: Rangee, end: int, categories: Categories, first: int, last: int, named: str | None
) -> Iterator[Table]:
    """One table, parted at its headings."""
    places, twice = _choose(feuille, header, end, categories, range(first, last))
    anomalies = [
        Cell(header.titres[place].texte, feuille.nom, header.ligne, place).anomaly("colonne-ambigue", _TITLES[field])
        for field, others in twice.items()
        for place in others
    ]
    absent = (_TITLES[field] for field in ("categorie", "quantite") if field not in places)
    if places:
        anomalies.extend(
            Anomaly(code="colonne-absente", feuille=feuille.nom, cellule=address(header.ligne, 0), detail=title)
            for title in absent
        )
    whole = Table(feuille, COLUMNS, header.ligne, places, tuple(anomalies), fin=end, passees=feuille.lignes_masquees)
    if "categorie" not in places and not named and "modele" in places and not any(_headings(whole, categories, named)):
        share = _share(feuille, header.ligne + 1, end, places["modele"], categories, deduced=True)
        if share >= _MOST:
            kept = tuple(item for item in anomalies if item.detail != _TITLES["categorie"])
            whole = whole._replace(places={**places, "categorie": places["modele"]}, anomalies=kept)
    yield from _parted(whole, categories, named)


def _parted(table: Table, categories: Categories, named: str | None) -> Iterator[Table]:
    """The table parted where a heading says a category or a place for the rows that follow."""
    headings = list(_headings(table, categories, named))
    if not headings:
        yield table
        return
    passed = table.passees | {row for row, _, _ in headings}
    first = table.ligne_titres + 1
    said: dict[str, Cell] = {}
    for row, field, cell in [*headings, (table.fin or 0, "", Cell(None))]:
        if row > first:
            yield table._replace(debut=first, fin=row, constantes=dict(said), passees=passed)
        if field:
            said = {**said, field: cell}
        first = row + 1


def _headings(table: Table, categories: Categories, named: str | None) -> Iterator[tuple[int, str, Cell]]:
    """The rows with one text alone, that counts nothing: a category where the table has none, else a place."""
    counted = table.places.get("quantite")
    if counted is None:
        return
    sorted_out = "categorie" in table.places
    for row in range(table.ligne_titres + 1, table.fin or 0):
        cells = table.feuille.lignes[row]
        if counted < len(cells) and cells[counted] is not None:
            continue
        said = [(place, value) for place, value in enumerate(cells) if value is not None]
        if len(said) != 1 or not isinstance(said[0][1], str) or len(said[0][1]) > _HEADING_CHARS:
            continue
        cell = Cell(said[0][1], table.feuille.nom, row, said[0][0])
        if is_total(cell.line()):
            continue
        found = categories.judge(cell.line())
        if not sorted_out and not named and (found.is_known or found.options):
            yield row, "categorie", cell
        elif "site" not in table.places and not found.is_known and not found.options and _is_place(cell.line()):
            yield row, "site", cell


def _is_place(text: str) -> bool:
    return bool(_PLACES.search(fold(text)))


def _choose(
    feuille: Feuille, header: Rangee, end: int, categories: Categories, columns: Sequence[int]
) -> tuple[dict[str, int], dict[str, list[int]]]:
    """The column of each field, and those that might as well be it; the category by what its cells say."""
    first, last = columns[0], columns[-1] + 1
    places: dict[str, int] = {}
    twice: dict[str, list[int]] = {}
    for field in header.fields(first, last):
        place, others = number_column(header, field, first, last)
        if place is not None and place not in places.values():
            places[field] = place
            if others:
                twice[field] = others
    named = [place for _, place in header.fields(first, last).get("categorie", ())]
    described = [place for _, place in header.fields(first, last).get("modele", ())]
    best = _best_column(feuille, header.ligne + 1, end, categories, named, described)
    if best is not None:
        if best not in named and "categorie" in places:
            places.setdefault("modele", best)
        places["categorie"] = best
        twice.pop("categorie", None)
        free = [place for place in described if place != best]
        if places.get("modele") == best and free:
            places["modele"] = free[0]
    return places, twice


def _best_column(
    feuille: Feuille, start: int, end: int, categories: Categories, named: Sequence[int], described: Sequence[int]
) -> int | None:
    """The column whose cells are most often known; one that only describes must do clearly better."""
    if len(named) == 1 and not described:
        return named[0]
    shares = {place: _share(feuille, start, end, place, categories) for place in (*named, *described)}
    own = max(named, key=lambda place: (shares[place], -place), default=None)
    other = max(described, key=lambda place: (shares[place], -place), default=None)
    if (
        other is not None
        and shares[other] >= _MOST
        and (own is None or (shares[own] < _MOST and shares[other] > shares[own]))
    ):
        return other
    return own


def _share(
    feuille: Feuille, start: int, end: int, place: int, categories: Categories, *, deduced: bool = False
) -> float:
    """The share of the texts of a column that say what a thing is; models tell it only when ``deduced``."""
    rows = (
        row for row in feuille.lignes[start : min(end, start + _SAMPLE)] if sum(cell is not None for cell in row) > 1
    )
    values = {value for row in rows if place < len(row) and isinstance(value := row[place], str)}
    said = sum(_says(categories.judge(Cell(value).line()), deduced=deduced) for value in values)
    return said / len(values) if values else 0.0


def _says(found: Sens, *, deduced: bool) -> bool:
    return bool(found.options) or (found.is_known and (deduced or found.certitude == "dit"))


def _by_group(
    feuille: Feuille, header: Rangee, end: int, categories: Categories, first: int, last: int
) -> Iterator[Table]:
    """One table for each group of columns: « Mairie » above « Quantité » and « Année d’achat »."""
    shared = [place for place in range(first, last) if not header.titres[place].groupe or not _counts(header, place)]
    groups = dict.fromkeys(header.titres[place].groupe for _, place in header.fields(first, last)["quantite"])
    for group in groups:
        own = [place for place in range(first, last) if header.titres[place].groupe == group]
        if is_total(group):
            continue
        titles = tuple(
            title if place in (*shared, *own) else title._replace(champs=())
            for place, title in enumerate(header.titres)
        )
        places, _ = _choose(feuille, header._replace(titres=titles), end, categories, range(first, last))
        place = min(own)
        said = _said_by(group, categories, Cell(group, feuille.nom, max(header.ligne - 1, 0), place))
        yield Table(feuille, COLUMNS, header.ligne, places, (), said, fin=end, passees=feuille.lignes_masquees)


def _counts(header: Rangee, place: int) -> bool:
    """True for a column of a group that counts: the others may be shared by all the groups."""
    group = header.titres[place].groupe
    return any(
        title.groupe == group and any(field == "quantite" for field, _ in title.champs) for title in header.titres
    )


def _said_by(text: str, categories: Categories, cell: Cell) -> dict[str, Cell]:
    """What a title says of the numbers under it: a year of purchase, a category, else a place."""
    if _YEAR.fullmatch(text):
        return {"annee_achat": cell}
    return {"categorie" if categories.judge(text).slugs else "site": cell}


def _crossed(feuille: Feuille, header: Rangee, end: int, categories: Categories) -> Trouve:
    """A table whose titles are places, years or categories and whose cells count; doubtful ones are asked about."""
    start = header.ligne + 1
    counting = [
        place
        for place, title in enumerate(header.titres)
        if title.texte and _is_counted(feuille, start, end, place) and not _is_told(title.texte)
    ]
    counting = [place for place in counting if not is_total(header.titres[place].texte)]
    if len(counting) < 2:
        return Trouve(())
    texts = [header.titres[place].texte for place in counting]
    kinds = [
        bool(categories.judge(text).slugs or categories.judge(text).options or categories.judge(text).nature)
        for text in texts
    ]
    labels = [place for place in range(min(counting)) if header.titres[place].texte]
    passed = feuille.lignes_masquees
    if sum(kinds) * 2 > len(kinds) and sum(bool(categories.judge(text).slugs) for text in texts) >= 2:
        site = {"site": labels[0]} if labels else {}
        return Trouve(
            tuple(
                Table(
                    feuille,
                    COLUMNS,
                    header.ligne,
                    {**site, "quantite": place},
                    (),
                    {"categorie": _head(feuille, header, place)},
                    fin=end,
                    passees=passed,
                )
                for place in counting
            )
        )
    places, _ = _choose(feuille, header, end, categories, range(min(counting) or 1))
    column = places.get("categorie")
    if column is None and labels and _share(feuille, start, end, labels[0], categories) >= _MOST:
        column = labels[0]
    if column is None or ("modele" in places and places["modele"] != column):
        return Trouve(())
    place_like = sum(bool(_PLACES.search(fold(text)) or _YEAR.fullmatch(text)) for text in texts)
    if place_like * 2 >= len(texts) or _has_row_totals(feuille, header, end, counting):
        return Trouve(
            tuple(
                Table(
                    feuille,
                    COLUMNS,
                    header.ligne,
                    {"categorie": column, "quantite": place},
                    (),
                    _said_by(text, categories, _head(feuille, header, place)),
                    fin=end,
                    passees=passed,
                )
                for place, text in zip(counting, texts, strict=True)
            )
        )
    if not any(any(field == "categorie" for field, _ in title.champs) for title in header.titres):
        return Trouve(())
    asked = Anomaly(
        code="tableau-croise",
        feuille=feuille.nom,
        cellule=address(header.ligne, counting[0]),
        valeur=", ".join(texts[:5]),
    )
    return Trouve((), (asked,))


def _head(feuille: Feuille, header: Rangee, place: int) -> Cell:
    return Cell(header.titres[place].texte, feuille.nom, header.ligne, place)


def _is_told(title: str) -> bool:
    """True for a title that we know, needed or not: it names no place."""
    return bool(name_title(title)) or is_unneeded(title) or is_kept_out(title) or is_personal(title)


def _is_counted(feuille: Feuille, start: int, end: int, place: int) -> bool:
    """True when every cell of a column, the blank ones apart, is a whole number of units."""
    values = [
        row[place]
        for row in feuille.lignes[start : min(end, start + _SAMPLE)]
        if place < len(row) and row[place] is not None
    ]
    return bool(values) and all(_is_whole(value) for value in values)


def _is_whole(value: Valeur) -> bool:
    if isinstance(value, str):
        return bool(re.fullmatch(r"\s*\d{1,5}\s*|-|/", value))
    return isinstance(value, int) and 0 <= value < 100_000


def _has_row_totals(feuille: Feuille, header: Rangee, end: int, counting: Sequence[int]) -> bool:
    """True when a column of totals is the sum of the others, row by row."""
    total = next((place for place, title in enumerate(header.titres) if is_total(title.texte)), None)
    if total is None:
        return False
    rows = feuille.lignes[header.ligne + 1 : end]
    sums = [(_whole(row, total), sum(_whole(row, place) for place in counting)) for row in rows]
    return any(told for told, _ in sums) and all(told == added for told, added in sums if told)


def _whole(row: Sequence[Valeur], place: int) -> int:
    value = row[place] if place < len(row) else None
    return int(value) if value is not None and str(value).strip().isdigit() else 0


def _filled_down(feuille: Feuille, header: int) -> Feuille:
    """The sheet with what is merged over several rows said on each, numbers apart: they are counted once."""
    spans = [item for item in feuille.fusions if item[2] > item[0] > header]
    if not spans:
        return feuille
    rows = [list(row) for row in feuille.lignes]
    for top, column, bottom, _ in spans:
        value = rows[top][column] if top < len(rows) and column < len(rows[top]) else None
        for row in rows[top + 1 : bottom + 1] if isinstance(value, str) and not _is_whole(value) else ():
            row.extend([None] * (column + 1 - len(row)))
            row[column] = value
    return feuille._replace(lignes=rows)


def _next_header(feuille: Feuille, header: Rangee) -> tuple[int, Rangee | None]:
    """Where the table ends, and the titles of the one below it."""
    looks = _looks_like_titles(header)
    for number in range(header.ligne + 1, len(feuille.lignes)):
        row = feuille.lignes[number]
        if looks(row):
            below = read_header(feuille, number)
            named = {field for title in below.titres for field, _ in title.champs}
            if len(named) >= 2 and named & {"categorie", "quantite"}:
                return number, below
    return len(feuille.lignes), None


def _looks_like_titles(header: Rangee) -> Callable[[Sequence[Valeur]], bool]:
    """A quick look at a row: where units are counted there is no number, and some text is a title of ours."""
    counted = header.fields().get("quantite")
    place = min(counted)[1] if counted else None
    known: dict[Valeur, bool] = {}

    def is_title(value: Valeur) -> bool:
        if value not in known:
            known[value] = isinstance(value, str) and bool(name_title(value))
        return known[value]

    def looks(row: Sequence[Valeur]) -> bool:
        if place is not None and place < len(row):
            value = row[place]
            if value.__class__ is int or (value.__class__ is str and value[:1].isdigit()):
                return False
        return sum(map(is_title, row)) >= 2

    return looks


_TITLES: Mapping[str, str] = {column.field: column.title for column in COLUMNS}
