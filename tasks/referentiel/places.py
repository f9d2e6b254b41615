"""Which cell of the référentiel's workbook a fault of the lint is about."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from nr_models.referentiel.faute import Faute
from tasks.reading.table import Cell
from tasks.referentiel.sheets import FEUILLES

_PARTS = {
    "Actions": "actions",
    "Indicateurs": "indicateurs",
    "Fenêtres": "fenetres",
    "Ressources": "ressources",
    "Chiffres des obligations": "chiffres",
}
"""Sheets whose rows are parts of an entry of another sheet, and the field that holds them there."""


class LigneLue(NamedTuple):
    """One row understood: its values by path, and the cell of each."""

    valeurs: dict[str, Any]
    cellules: Mapping[str, Cell]


class Places:
    """The cells of every entry, by the file and the id that a fault names."""

    def __init__(self, rows: Mapping[str, Sequence[LigneLue]]) -> None:
        self._rows: dict[tuple[str, str], list[Mapping[str, Cell]]] = defaultdict(list)
        for name, lines in rows.items():
            sheet = FEUILLES[name]
            count: Counter[str] = Counter()
            for line in lines:
                key = line.valeurs[sheet.cle] or ""
                if name == "Paramètres":
                    self._add("parametres", f"{line.valeurs['bloc']}.{key}", {"": line.cellules["valeur"]})
                    continue
                key = ", ".join(key) if isinstance(key, list) else key
                prefix = f"{_PARTS[name]}.{count[key] + 1}." if name in _PARTS else ""
                count[key] += 1
                cells = {f"{prefix}{field}": cell for field, cell in line.cellules.items()}
                self._add(sheet.fichier, key, {**({} if prefix else {"": line.cellules[sheet.cle]}), **cells})
        self._whole = {
            ("referentiel", "tailles"): ("Tailles", "population_min"),
            ("facteurs", "electricite"): ("Électricité", "defaut"),
            ("parametres", "score.maturites"): ("Maturités", "des"),
            ("dimensions", "numero"): ("Dimensions", "numero"),
        }
        self._sheets = rows

    def find(self, fault: Faute, nth: int) -> Cell:
        """The cell; of several entries of one name the ``nth``; the head of a sheet when none can be told."""
        part = fault.fichier.split("/")[0].removesuffix(".yaml")
        if (part, fault.entree) in self._whole:
            sheet, field = self._whole[part, fault.entree]
            lines = self._sheets[sheet]
            return lines[0].cellules[field] if lines else Cell(None, sheet)
        found = self._rows.get((part, f"{fault.entree}.{fault.champ}")) or self._rows.get((part, fault.entree), [])
        cells = [cell for row in found if (cell := _pick(row, fault.champ))]
        cells = cells or [row[""] for row in found if "" in row]
        if cells:
            return cells[min(nth, len(cells) - 1)]
        sheets = {sheet.fichier: name for name, sheet in reversed(FEUILLES.items())}
        return Cell(None, sheets.get(part, "Paramètres"))

    def _add(self, part: str, key: str, cells: Mapping[str, Cell]) -> None:
        self._rows[part, key].append(cells)


def _pick(row: Mapping[str, Cell], champ: str) -> Cell | None:
    """The cell of a field, else of its first part."""
    if champ in row:
        return row[champ]
    return next((cell for name, cell in row.items() if name.startswith(f"{champ}.")), None)
