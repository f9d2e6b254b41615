"""Read one cell of the référentiel's workbook as its field wants it; what is wrong is noted on the cell.

A wrong cell gives a stand-in, so that the rest can be checked in the same reading; the version is
refused all the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from nr_models.values.dates import read_echeance
from nr_models.values.numbers import read_nombre
from nr_models.values.text import fold
from tasks.reading.parsed import Pointage
from tasks.reading.table import Cell
from tasks.referentiel.sheets import NON, OUI, Champ, Sorte

_WORDS = {OUI: True, "o": True, "x": True, "vrai": True, NON: False, "n": False, "faux": False}


@dataclass
class Lecteur:
    """Reads cells; remembers which ones are already said to be wrong."""

    releve: Pointage
    fautives: set[tuple[str, str]] = field(default_factory=set)

    def note(self, cell: Cell, code: str, detail: str = "", valeur: str | None = None) -> None:
        """Say once that a cell is wrong."""
        place = (cell.feuille, cell.adresse)
        if place not in self.fautives:
            self.fautives.add(place)
            self.releve.note(cell, code, detail, valeur)

    def read(self, cell: Cell, champ: Champ) -> Any:
        """The value of a field, or None when the cell is blank and may be."""
        text = raw(cell)
        if champ.sorte in (Sorte.LIGNES, Sorte.LISTE, Sorte.CHOIX_LISTE):
            return self._list(cell, champ, text)
        if not text:
            if not champ.requis:
                return None
            self.note(cell, "valeur-absente", champ.titre)
            return stand_in(champ, cell.adresse.lower())
        return _READERS[champ.sorte](self, cell, champ, text)

    def _list(self, cell: Cell, champ: Champ, text: str) -> list[str]:
        parts = text.split("\n") if champ.sorte is Sorte.LIGNES else text.replace("\n", ";").split(";")
        found = [part.strip(" \t\u00a0") for part in parts]
        found = [part for part in found if part]
        if champ.requis and not found:
            self.note(cell, "valeur-absente", champ.titre)
            return stand_in(champ, cell.adresse.lower())  # type: ignore[no-any-return]
        if champ.sorte is not Sorte.CHOIX_LISTE:
            return found
        chosen = [self._choice(cell, champ, part) for part in found]
        return [item for item in chosen if item is not None] or (list(champ.choix)[:1] if champ.requis else [])

    def _text(self, cell: Cell, champ: Champ, text: str) -> str:
        return text

    def _number(self, cell: Cell, champ: Champ, text: str) -> Decimal:
        number = _number(cell, text)
        if number is None:
            self.note(cell, "nombre-invalide", f"« {champ.titre} »")
        return Decimal(1) if number is None else number

    def _whole(self, cell: Cell, champ: Champ, text: str) -> int:
        number = _number(cell, text)
        if number is None or number != number.to_integral_value() or (number < 0 and champ.sorte is Sorte.ENTIER):
            self.note(cell, "entier-attendu", champ.titre)
            return 1
        if champ.chemin == "duree_semaines" and number == 0:
            self.note(cell, "hors-bornes", "au moins une semaine")
            return 1
        return int(number)

    def _date(self, cell: Cell, champ: Champ, text: str) -> Any:
        found = read_echeance(text, "debut")
        if found is None or found.jour is None:
            self.note(cell, "date-invalide", champ.titre)
            return "2000-01-01"
        return found.jour

    def _yes_no(self, cell: Cell, champ: Champ, text: str) -> bool:
        said = _WORDS.get(fold(cell.text()))
        if said is None:
            self.note(cell, "valeur-hors-liste", champ.titre)
        return bool(said)

    def _one(self, cell: Cell, champ: Champ, text: str) -> str:
        return self._choice(cell, champ, text) or next(iter(champ.choix))

    def _choice(self, cell: Cell, champ: Champ, text: str) -> str | None:
        """The slug of a label or of a slug; None, and said, when it is neither."""
        known = {fold(name): slug for slug, label in champ.choix.items() for name in (slug, label)}
        found = known.get(fold(text))
        if found is None:
            self.note(cell, "valeur-hors-liste", champ.titre, text)
        return found


_READERS: dict[Sorte, Callable[[Lecteur, Cell, Champ, str], Any]] = {
    Sorte.TEXTE: Lecteur._text,
    Sorte.NOMBRE: Lecteur._number,
    Sorte.ENTIER: Lecteur._whole,
    Sorte.SIGNE: Lecteur._whole,
    Sorte.DATE: Lecteur._date,
    Sorte.OUI_NON: Lecteur._yes_no,
    Sorte.CHOIX: Lecteur._one,
}


def raw(cell: Cell) -> str:
    """The text as it was typed, no-break spaces kept; numbers with a decimal comma."""
    if not isinstance(cell.valeur, str):
        return cell.text()
    return cell.valeur.replace("\r\n", "\n").replace("\r", "\n").strip(" \t\n")


def _number(cell: Cell, text: str) -> Decimal | None:
    """A number that can be read in one way only: the method supposes none."""
    found = read_nombre(cell.valeur if isinstance(cell.valeur, float) else text)
    return found.valeur if found and found.certitude == "sur" else None


def stand_in(champ: Champ, here: str) -> Any:
    """Something of the right type for a field, unlike any other: it says where it comes from."""
    match champ.sorte:
        case Sorte.NOMBRE | Sorte.ENTIER | Sorte.SIGNE:
            return 1
        case Sorte.DATE:
            return "2000-01-01"
        case Sorte.CHOIX:
            return next(iter(champ.choix))
        case Sorte.CHOIX_LISTE:
            return list(champ.choix)[:1]
        case Sorte.LIGNES | Sorte.LISTE:
            return [f"absent-{here}"]
    return f"absent-{here}"
