"""Which sheets of a workbook count: not those nobody sees, nor what repeats another one, nor the park of past years."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from nr_models.inventaire.parc import UNKNOWN_CATEGORY, Ecart, LigneInventaire
from nr_models.values.anomalies import Anomaly
from nr_models.values.text import fold

_SUMMARY = re.compile(
    r"\b(synthese|recap\w*|resume|totaux|total|bilan|tcd|pivot|tableau croise|summary|graphique|statistiques?|stats?|"
    r"dashboard|tableau de bord)\b"
)
_COPY = re.compile(r"\b(copie|copy|sauvegarde|backup|ancien\w*|old|archives?|brouillon)\b|\(\d+\)$")
_BOUGHT = re.compile(r"\b(achats?|acquisitions?|commandes?|investissements?|factures?|entrees?|livraisons?)\b")
_YEAR = re.compile(r"\b(20\d\d)\b")
_FEWEST_UNITS = 3
_FEWEST_ROWS = 3


class FeuilleLue(NamedTuple):
    """A sheet that was read: its name, whether it is hidden, its lines."""

    nom: str
    masquee: bool
    lignes: Sequence[LigneInventaire]

    @property
    def units(self) -> Counter[str]:
        """Units by category."""
        found: Counter[str] = Counter()
        for line in self.lignes:
            found[line.categorie] += line.quantite
        return found


class Ecartee(NamedTuple):
    """A sheet that does not count, and what is said of it."""

    ecart: Ecart
    anomalie: Anomaly


def list_left_out(feuilles: Sequence[FeuilleLue]) -> dict[str, Ecartee]:
    """The sheets that do not count, by name."""
    left: dict[str, Ecartee] = {}
    for item in feuilles:
        if item.masquee and item.lignes:
            left[item.nom] = _leave(item, "feuille-masquee")
    seen = [item for item in feuilles if item.lignes and not item.masquee]
    for finder in (_past_years, _repeated, _summaries):
        seen = [item for item in seen if item.nom not in left]
        left.update(finder(seen))
    return left


def _leave(item: FeuilleLue, motif: str, detail: str = "", code: str = "") -> Ecartee:
    units = sum(line.quantite for line in item.lignes)
    ecart = Ecart(feuille=item.nom, lignes=len(item.lignes), motif=motif, unites=units)
    return Ecartee(ecart, Anomaly(code=code or motif, feuille=item.nom, valeur=str(units), detail=detail))


def _past_years(seen: Sequence[FeuilleLue]) -> dict[str, Ecartee]:
    """Of sheets whose names differ by a year alone, the latest; purchases of each year are added."""
    families: dict[str, list[tuple[str, FeuilleLue]]] = {}
    for item in seen:
        years = _YEAR.findall(item.nom)
        if len(years) == 1 and not _BOUGHT.search(fold(item.nom)) and not _holds_purchases(item, int(years[0])):
            families.setdefault(_YEAR.sub("", fold(item.nom)).strip(" -_"), []).append((years[0], item))
    left: dict[str, Ecartee] = {}
    for family in families.values():
        latest = max(year for year, _ in family)
        for year, item in family if len(family) > 1 else ():
            if year != latest:
                left[item.nom] = _leave(item, "annee-anterieure", latest)
    return left


def _holds_purchases(item: FeuilleLue, year: int) -> bool:
    """True when every dated line was bought in the year of its sheet: what came that year, not what was there."""
    dated = [line.annee_achat for line in item.lignes if line.annee_achat is not None]
    return bool(dated) and all(found == year for found in dated)


def _repeated(seen: Sequence[FeuilleLue]) -> dict[str, Ecartee]:
    """A sheet that says the same as an earlier one, line by line."""
    left: dict[str, Ecartee] = {}
    kept: list[FeuilleLue] = []
    for item in sorted(seen, key=lambda sheet: bool(_COPY.search(fold(sheet.nom)))):
        twin = next((other for other in kept if _says_the_same(item, other)), None)
        if twin:
            left[item.nom] = _leave(item, "copie", twin.nom)
        else:
            kept.append(item)
    return left


def _says_the_same(one: FeuilleLue, other: FeuilleLue) -> bool:
    if len(one.lignes) < _FEWEST_ROWS and not _COPY.search(fold(one.nom)):
        return False
    return Counter(map(_bare, one.lignes)) == Counter(map(_bare, other.lignes))


def _bare(line: LigneInventaire) -> tuple[object, ...]:
    return (line.categorie, line.libelle, line.modele, line.quantite, line.annee_achat, line.site)


def _summaries(seen: Sequence[FeuilleLue]) -> dict[str, Ecartee]:
    """A sheet whose units by category are those of the others together, or that calls itself a summary."""
    left: dict[str, Ecartee] = {}
    for item in sorted(seen, key=lambda sheet: len(sheet.lignes)):
        others = [other for other in seen if other.nom != item.nom and other.nom not in left]
        if not others:
            continue
        named = bool(_SUMMARY.search(fold(item.nom)))
        if _sums(item, others, named=named):
            left[item.nom] = _leave(item, "synthese")
        elif named:
            left[item.nom] = _leave(item, "synthese", code="synthese-differente")
    return left


def _sums(item: FeuilleLue, others: Sequence[FeuilleLue], *, named: bool) -> bool:
    """True when it has fewer lines and the same units as another sheet, or as all of them together."""
    units = _known(item.units)
    if not units or (sum(units.values()) < _FEWEST_UNITS and not named):
        return False
    together: Counter[str] = Counter()
    for other in others:
        together.update(other.units)
    details = [
        *others,
        *([] if len(others) < 2 else [FeuilleLue("", False, [line for other in others for line in other.lignes])]),
    ]
    return any(
        _known(detail.units) == units
        and (len(detail.lignes) > len(item.lignes) or (named and len(detail.lignes) == len(item.lignes)))
        for detail in details
    )


def _known(units: Counter[str]) -> dict[str, int]:
    return {slug: count for slug, count in units.items() if slug != UNKNOWN_CATEGORY and count}
