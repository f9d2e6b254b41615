"""What a référent said of the labels of an inventory: what each one is, and that it was read right.

A label is bound to a category by an act; a later file without a new label asks nothing (method, « collect »).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from nr_models.inventaire.compris import name_label
from nr_models.inventaire.parc import LigneInventaire, RetourInventaire
from nr_models.values.frozen import Frozen
from nr_models.values.text import fold

NOT_COUNTED = "hors-parc"
"""What a label becomes when it must not be counted."""


class LibelleTranche(Frozen):
    """A label (folded), what it was read as (a category, a nature, « inconnue »), what it is: the same, or another."""

    libelle: str
    lu: str
    devient: str


class LibelleLu(Frozen):
    """A label as people wrote it, what it was read as, its units; ``tranche`` is what somebody said of it, or None."""

    libelle: str
    lu: str
    unites: int
    tranche: str | None = None


def settle_labels(retours: Iterable[RetourInventaire], said: Sequence[LibelleTranche]) -> tuple[RetourInventaire, ...]:
    """The inventories with each label as it was settled: counted under another category, apart, or counted at last."""
    known = {(item.libelle, item.lu): item.devient for item in said}
    return tuple(_settled(retour, known) for retour in retours) if known else tuple(retours)


def _settled(retour: RetourInventaire, known: dict[tuple[str, str], str]) -> RetourInventaire:
    natures = {line.categorie for line in retour.apart} | {NOT_COUNTED}
    lines: list[LigneInventaire] = []
    apart: list[LigneInventaire] = []
    for line, was_apart in [*((line, False) for line in retour.lignes), *((line, True) for line in retour.apart)]:
        became = known.get(_key(line), line.categorie)
        moved = line if became == line.categorie else line.model_copy(update={"categorie": became})
        (apart if became in natures and (was_apart or became == NOT_COUNTED) else lines).append(moved)
    return retour.model_copy(update={"lignes": tuple(lines), "apart": tuple(apart)})


def list_labels(retours: Iterable[RetourInventaire], said: Sequence[LibelleTranche]) -> tuple[LibelleLu, ...]:
    """Every label read, those to settle first, then the most numerous."""
    known = {(item.libelle, item.lu): item.devient for item in said}
    names: dict[tuple[str, str], str] = {}
    units: dict[tuple[str, str], int] = {}
    for retour in retours:
        for line in (*retour.lignes, *retour.apart):
            names.setdefault(_key(line), name_label(line))
            units[_key(line)] = units.get(_key(line), 0) + line.quantite
    found = [
        LibelleLu(libelle=name, lu=key[1], unites=units[key], tranche=known.get(key)) for key, name in names.items()
    ]
    return tuple(
        sorted(found, key=lambda item: (item.tranche is not None, item.lu != "inconnue", -item.unites, item.libelle))
    )


def _key(line: LigneInventaire) -> tuple[str, str]:
    return fold(name_label(line)), line.categorie
