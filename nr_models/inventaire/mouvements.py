"""What moved between two inventories: machines told by their identity, the rest by what is said of it.

Units are kept: what was there, plus what arrived, less what left, is what is there.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from nr_models.inventaire.parc import LigneInventaire
from nr_models.values.frozen import Frozen

Nature = Literal["arrive", "parti", "deplace", "modifie"]


class Mouvement(Frozen):
    """Units of one kind that arrived, left, moved or changed; ``de`` and ``vers`` are sites, where there is one."""

    nature: Nature
    categorie: str
    modele: str = ""
    de: str = ""
    vers: str = ""
    unites: int


class Bien(NamedTuple):
    """What an inventory says of a unit, notes and labels apart."""

    categorie: str
    modele: str
    annee_achat: int | None
    reconditionne: bool | None
    heures_an: Decimal | None
    kwh_an: Decimal | None
    hors_service: bool
    perimetre: str
    site: str


Units = Counter[Bien]
Pair = tuple[Bien, Bien, int]


def list_movements(before: Iterable[LigneInventaire], after: Iterable[LigneInventaire]) -> tuple[Mouvement, ...]:
    """Every movement, sorted; two inventories that say the same give none, in whatever order their lines are."""
    known, old, new = _same_machines(list(before), list(after))
    _pair(old, new, lambda bien: bien)
    moved = [*known, *_pair(old, new, _but_place)]
    changed = [*_pair(old, new, _dated_kind), *_pair(old, new, _kind, _undated)]
    found: Counter[Mouvement] = Counter()
    for one, other, units in (*moved, *changed):
        nature: Nature = "modifie" if _place(one) == _place(other) else "deplace"
        found[_movement(nature, other, one.site, other.site)] += units
    for bien, units in old.items():
        found[_movement("parti", bien, bien.site, "")] += units
    for bien, units in new.items():
        found[_movement("arrive", bien, "", bien.site)] += units
    said = (item.model_copy(update={"unites": units}) for item, units in found.items() if units)
    return tuple(sorted(said, key=lambda item: (item.nature, item.categorie, item.modele, item.de, item.vers)))


def _movement(nature: Nature, bien: Bien, de: str, vers: str) -> Mouvement:
    return Mouvement(nature=nature, categorie=bien.categorie, modele=bien.modele, de=de, vers=vers, unites=0)


def _bien(line: LigneInventaire) -> Bien:
    return Bien(*(getattr(line, field) for field in Bien._fields))


def _same_machines(
    before: Sequence[LigneInventaire], after: Sequence[LigneInventaire]
) -> tuple[list[Pair], Units, Units]:
    """The machines found again by their identity and that changed; the units of all the other lines."""
    places = {identity: place for place, line in enumerate(before) for identity in reversed(line.identites)}
    met: set[int] = set()
    pairs: list[Pair] = []
    new: Units = Counter()
    for line in after:
        place = next((places[item] for item in line.identites if item in places and places[item] not in met), None)
        if place is None:
            new[_bien(line)] += line.quantite
            continue
        met.add(place)
        one, other = _bien(before[place]), _bien(line)
        if one != other:
            pairs.append((one, other, 1))
    old: Units = Counter()
    for place, line in enumerate(before):
        if place not in met:
            old[_bien(line)] += line.quantite
    return pairs, old, new


def _pair(
    old: Units,
    new: Units,
    key: Callable[[Bien], Hashable],
    fits: Callable[[Bien, Bien], bool] = lambda one, other: True,
) -> list[Pair]:
    """Take from both sides the units that share a key; returns which became which."""
    waiting: dict[Hashable, list[Bien]] = defaultdict(list)
    for bien in sorted(old, key=repr):
        waiting[key(bien)].append(bien)
    pairs = list(_take(old, new, key, fits, waiting))
    for side in (old, new):
        for bien in [bien for bien, units in side.items() if not units]:
            del side[bien]
    return pairs


def _take(
    old: Units,
    new: Units,
    key: Callable[[Bien], Hashable],
    fits: Callable[[Bien, Bien], bool],
    waiting: dict[Hashable, list[Bien]],
) -> Iterator[Pair]:
    for other in sorted(new, key=repr):
        for one in waiting[key(other)]:
            units = min(old[one], new[other])
            if units and fits(one, other):
                old[one] -= units
                new[other] -= units
                yield one, other, units


def _place(bien: Bien) -> tuple[str, str]:
    return bien.perimetre, bien.site


def _but_place(bien: Bien) -> Hashable:
    return bien._replace(perimetre="", site="")


def _dated_kind(bien: Bien) -> Hashable:
    return bien.categorie, bien.modele, bien.annee_achat


def _kind(bien: Bien) -> Hashable:
    return bien.categorie, bien.modele


def _undated(one: Bien, other: Bien) -> bool:
    """A year of purchase that was unknown may be known now; another year is another equipment."""
    return one.annee_achat is None or other.annee_achat is None
