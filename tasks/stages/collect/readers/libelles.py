"""What each label of a table counts as: settled by its model, the title of the file, its neighbours, or asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from nr_models.inventaire.parc import UNKNOWN_CATEGORY
from tasks.reading.parsed import Pointage
from tasks.reading.spreadsheet import Valeur
from tasks.reading.table import Cell
from tasks.stages.collect.readers.categorie import Categories, Sens

_FROM_NAME = "catégorie d’après le nom du fichier ou de la feuille"
_VIRTUAL = "virtuel"


class Compte(NamedTuple):
    """What a row counts as: a category, or the nature of what is counted apart; what had to be supposed."""

    categorie: str
    libelle: str
    nature: str = ""
    hypothese: str = ""
    nombre: int | None = None


class Libelles:
    """The labels of a sheet, each judged once with what stands beside it."""

    def __init__(self, categories: Categories, releve: Pointage, titles: Sequence[str], fallback: str | None) -> None:
        self._categories, self._releve, self._fallback = categories, releve, fallback
        self._trade = categories.find_trade(*titles)
        self._known: dict[tuple[str, str, str], list[Compte]] = {}
        self._noted: set[tuple[str, str]] = set()

    def look_at(self, labels: Iterable[Valeur]) -> None:
        """The other labels of the sheet: where all that are sure are of one trade, a doubtful one is of it too."""
        judged = [self._categories.judge(Cell(label).line()) for label in labels if isinstance(label, str)]
        trades = {
            self._categories.trade_of(slug) for found in judged for slug in found.slugs if found.certitude == "dit"
        }
        trades.discard(None)
        if (
            self._trade is None
            and trades
            and not {"telephone", "telephonie-fixe"} & trades
            and "informatique" in trades
        ):
            self._trade = "informatique"
        elif self._trade is None and len(trades) == 1:
            self._trade = trades.pop()

    def count(self, label: str, model: str, maker: str, where: Callable[[], Cell]) -> list[Compte]:
        """What a row of that label, model and maker counts as: two of them for « PC fixe + écran »."""
        key = label, model, maker
        if key not in self._known:
            self._known[key] = self._count(label, model, maker, where())
        elif self._known[key][0].categorie == UNKNOWN_CATEGORY:
            self._ask_again(label, where())
        return self._known[key]

    def _ask_again(self, label: str, cell: Cell) -> None:
        """A row like one that was asked about: its cell is named too, unless the label is what must be settled."""
        if not label:
            self._releve.note(cell, "valeur-absente", "Catégorie")
        elif not self._categories.judge(label).options:
            self._releve.note(cell, "categorie-inconnue", "", label)

    def _name(self, slug: str) -> str:
        return self._categories.names.get(slug, slug)

    def _count(self, label: str, model: str, maker: str, cell: Cell) -> list[Compte]:
        found = self._categories.judge(label)
        described = self._categories.judge(model) if model else Sens()
        if described.nature == _VIRTUAL:
            found = described
        if found.nature:
            return [self._apart(label, found, cell)]
        if len(found.slugs) == 1 and found.certitude == "dit":
            return [Compte(found.slugs[0], label, nombre=found.nombre)]
        if len(found.slugs) > 1:
            self._note(cell, "deux-appareils", label)
            why = f"compté dans « {label} »"
            return [Compte(slug, part, hypothese=why) for slug, part in zip(found.slugs, found.parts, strict=True)]
        if found.options:
            found = self._categories.settle(found, model, maker, trade=self._trade)
        elif not found.slugs:
            found = self._of_model(described, model) or found
        if found.nature:
            return [self._apart(label or model, found, cell)]
        return [self._settled(label, model, found, cell)]

    def _of_model(self, described: Sens, model: str) -> Sens | None:
        """What the model says, where the label says nothing."""
        if described.nature or len(described.slugs) == 1:
            return described._replace(certitude="deduit")
        slug = self._categories.find_model(model) if model else None
        return Sens((slug,), certitude="deduit") if slug else None

    def _settled(self, label: str, model: str, found: Sens, cell: Cell) -> Compte:
        said = label or model
        if len(found.slugs) == 1:
            self._note(cell, "categorie-deduite", said, self._name(found.slugs[0]))
            return Compte(found.slugs[0], label, nombre=found.nombre)
        if self._fallback and not found.options:
            return Compte(self._fallback, label, hypothese=_FROM_NAME)
        if not label:
            self._releve.note(cell, "valeur-absente", "Catégorie")
        elif found.options:
            self._note(cell, "categorie-ambigue", label, " ou ".join(map(self._name, found.options)))
        else:
            self._note(cell, "categorie-inconnue", label)
        return Compte(UNKNOWN_CATEGORY, said)

    def _apart(self, label: str, found: Sens, cell: Cell) -> Compte:
        self._note(cell, "pas-un-appareil", label, self._categories.names_of_natures[found.nature])
        return Compte(found.nature, label, found.nature)

    def _note(self, cell: Cell, code: str, label: str, detail: str = "") -> None:
        """Say it once of a label."""
        if (code, label) not in self._noted:
            self._releve.note(cell, code, detail, label)
        self._noted.add((code, label))
