"""The titles of a table: on one row or two, once or several times side by side, each column named by what it says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from tasks.reading.spreadsheet import Feuille
from tasks.reading.table import HEADER_ROWS, Cell
from tasks.stages.collect.readers.colonnes import name_title

_FEWEST = 2
COUNTED = ("categorie", "quantite")


class Titre(NamedTuple):
    """The title of a column: its text, the fields that it may be with their rank, what is said above it."""

    texte: str
    champs: tuple[tuple[str, int], ...] = ()
    groupe: str = ""


class Rangee(NamedTuple):
    """The titles of a table and the row of the lowest ones, from zero."""

    ligne: int
    titres: tuple[Titre, ...]

    def fields(self, start: int = 0, end: int | None = None) -> dict[str, list[tuple[int, int]]]:
        """The columns that each field may be, with their rank, between two columns."""
        found: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for place, title in list(enumerate(self.titres))[start:end]:
            for field, rank in title.champs:
                found[field].append((rank, place))
        return found

    def segments(self) -> Iterator[tuple[int, int]]:
        """The tables that stand side by side, first column and one past the last: one, unless each counts something."""
        width = len(self.titres)
        cuts = [place for place, title in enumerate(self.titres) if not title.texte and 0 < place < width - 1]
        if parted := _parted(self, [0, *cuts, width]):
            yield from parted
            return
        named = [
            place for place, title in enumerate(self.titres) if any(field == "categorie" for field, _ in title.champs)
        ]
        texts = [self.titres[place].texte.strip().lower() for place in named]
        repeated = [place for place, text in zip(named, texts, strict=True) if texts.count(text) > 1]
        yield from _parted(self, [0, *repeated[1:], width]) or [(0, width)]


def _parted(header: Rangee, cuts: Sequence[int]) -> list[tuple[int, int]]:
    """The segments between these columns, if two or more count equipment by themselves."""
    pairs = [(start, end) for start, end in pairwise(cuts) if end - start > 1]
    whole = [(start, end) for start, end in pairs if all(header.fields(start, end).get(field) for field in COUNTED)]
    return whole if len(whole) > 1 else []


def find_header(feuille: Feuille) -> Rangee | None:
    """The row, or the two rows, of titles that say the most of what we look for; None where none says anything."""
    best: tuple[int, Rangee] | None = None
    for number in range(min(len(feuille.lignes), HEADER_ROWS)):
        for header in (read_header(feuille, number), _two_rows(feuille, number)):
            said = len(header.fields()) if header else 0
            if header and said and (best is None or said > best[0]):
                best = said, header
    return best[1] if best else None


def read_header(feuille: Feuille, number: int) -> Rangee:
    """The titles of one row."""
    return Rangee(number, tuple(_title(_text(feuille, number, place)) for place in range(_width(feuille, number))))


def _title(text: str, group: str = "") -> Titre:
    return Titre(text, tuple(name_title(text)) if text else (), group)


def _text(feuille: Feuille, row: int, place: int) -> str:
    cells = feuille.lignes[row]
    return Cell(cells[place]).line() if place < len(cells) else ""


def _width(feuille: Feuille, *rows: int) -> int:
    return max((len(feuille.lignes[row]) for row in rows), default=0)


def _two_rows(feuille: Feuille, number: int) -> Rangee | None:
    """The titles of two rows read together: « Mairie » above « Quantité », « Date » above « d’achat »."""
    if number + 1 >= len(feuille.lignes):
        return None
    upper, lower = feuille.lignes[number], feuille.lignes[number + 1]
    texts = [value for value in lower if value is not None]
    if len([value for value in upper if value is not None]) < _FEWEST or not texts:
        return None
    if any(not isinstance(value, str) or value.strip()[:1].isdigit() for value in texts):
        return None
    groups = _groups(feuille, number, _width(feuille, number, number + 1))
    titles = [
        _joined(_text(feuille, number, place), _text(feuille, number + 1, place), group)
        for place, group in enumerate(groups)
    ]
    return Rangee(number + 1, tuple(titles))


def _joined(upper: str, lower: str, group: str) -> Titre:
    """The lower title where it says something; else the upper one; else both together."""
    if not lower:
        return _title(upper)
    if (alone := _title(lower, group)).champs:
        return alone
    both = _title(f"{upper} {lower}", group)
    return both if both.champs else alone


def _groups(feuille: Feuille, row: int, width: int) -> list[str]:
    """What is said above each column: a text covers the blank columns at its right, or those that it is merged over."""
    merged = {(first, column): last for first, column, end, last in feuille.fusions if first == end == row}
    found: list[str] = []
    text, until = "", -1
    for place in range(width):
        said = _text(feuille, row, place)
        if said:
            text, until = said, merged.get((row, place), width if not merged else place)
        elif place > until:
            text = ""
        found.append(text)
    return found


def number_column(header: Rangee, field: str, start: int, end: int) -> tuple[int | None, list[int]]:
    """The column of a field that is preferred, and the others that are called the very same way."""
    found = sorted(header.fields(start, end).get(field, ()))
    if not found:
        return None, []
    rank, place = found[0]
    return place, [other for same, other in found[1:] if same == rank]
