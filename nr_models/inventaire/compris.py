"""What was understood of inventories: units by category, site, perimeter and year, label by label, and what was left.

Rule: method « collect »: what was understood is shown, what is doubtful is asked and not counted until answered.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from nr_models.inventaire.parc import UNKNOWN_CATEGORY, Ecart, LigneInventaire, RetourInventaire
from nr_models.inventaire.sites import unite_sites
from nr_models.values.frozen import Frozen
from nr_models.values.text import fold

MOTIFS: Mapping[str, str] = {
    "feuille-masquee": "feuille masquée",
    "lignes-masquees": "lignes masquées ou filtrées",
    "total": "lignes de total",
    "synthese": "synthèse qui répète le détail",
    "annee-anterieure": "parc d’une année antérieure",
    "copie": "copie d’une autre feuille",
    "machine-double": "machines déjà comptées",
    "machine-ecartee": "machines virtuelles ou partielles",
    "ligne-rejetee": "lignes sans quantité lisible",
    "tableau-croise": "tableau croisé à confirmer",
    "accessoire": "accessoires et pièces",
    "consommable": "consommables",
    "logiciel": "logiciels et licences",
    "abonnement": "abonnements et prestations",
    "virtuel": "machines virtuelles ou hébergées",
    "hors-categories": "équipements sans catégorie dans le référentiel",
    "a-preciser": "libellés à préciser",
    "hors-parc": "libellés écartés par le référent",
}
"""Why something was left out of the count, as people read it."""


class LibelleCompris(Frozen):
    """What a label became: its category, None where it is none of the référentiel's or is still to be asked."""

    categorie: str | None
    unites: int
    nature: str = ""


class Compris(Frozen):
    """What was understood. Units are those counted; ``annees`` has the unknown year under an empty key."""

    unites: int
    categories: dict[str, int]
    sites: dict[str, int]
    perimetres: dict[str, int]
    annees: dict[str, int]
    libelles: dict[str, LibelleCompris]
    ecartes: tuple[Ecart, ...]


def understand_parc(retours: Iterable[RetourInventaire]) -> Compris:
    """What inventories say, put together; the labels in the order in which they are met."""
    found = list(retours)
    lines = unite_sites([line for retour in found for line in retour.lignes])
    counted = [line for line in lines if line.categorie != UNKNOWN_CATEGORY]
    doubtful = [line for line in lines if line.categorie == UNKNOWN_CATEGORY]
    apart = [line for retour in found for line in retour.apart]
    return Compris(
        unites=_units(counted),
        categories=_by(counted, lambda line: line.categorie),
        sites=_by([line for line in counted if line.site], lambda line: line.site),
        perimetres=_by(counted, lambda line: line.perimetre),
        annees=_by(counted, lambda line: "" if line.annee_achat is None else str(line.annee_achat)),
        libelles=_labels(counted, doubtful, apart),
        ecartes=(*(item for retour in found for item in retour.ecarts), *_left(doubtful, apart)),
    )


def name_label(line: LigneInventaire) -> str:
    """The label of a line as people wrote it; where there was none, its model, else the name of its category."""
    return line.libelle or line.modele or line.categorie


def _labels(
    counted: Iterable[LigneInventaire], doubtful: Iterable[LigneInventaire], apart: Iterable[LigneInventaire]
) -> dict[str, LibelleCompris]:
    """Labels that differ by case or accents are one; one that became two categories is told with each."""
    names: dict[tuple[str, str | None, str], str] = {}
    units: Counter[tuple[str, str | None, str]] = Counter()
    for lines, nature in ((counted, ""), (doubtful, "a-preciser"), (apart, None)):
        for line in lines:
            said = line.categorie if nature is None else nature
            key = fold(name_label(line)), line.categorie if nature == "" else None, said
            names.setdefault(key, name_label(line))
            units[key] += line.quantite
    found: dict[str, LibelleCompris] = {}
    for key, name in names.items():
        _, category, nature_said = key
        label = name if name not in found else f"{name} ({category or MOTIFS.get(nature_said, nature_said)})"
        found[label] = LibelleCompris(categorie=category, unites=units[key], nature=nature_said)
    return found


def _left(doubtful: list[LigneInventaire], apart: list[LigneInventaire]) -> tuple[Ecart, ...]:
    found = [Ecart(motif="a-preciser", lignes=len(doubtful), unites=_units(doubtful))] if doubtful else []
    natures = dict.fromkeys(line.categorie for line in apart)
    for nature in natures:
        own = [line for line in apart if line.categorie == nature]
        found.append(Ecart(motif=nature, lignes=len(own), unites=_units(own)))
    return tuple(found)


def _by(lines: Iterable[LigneInventaire], key: Callable[[LigneInventaire], str]) -> dict[str, int]:
    units: Counter[str] = Counter()
    for line in lines:
        units[key(line)] += line.quantite
    return dict(sorted(units.items()))


def _units(lines: Iterable[LigneInventaire]) -> int:
    return sum(line.quantite for line in lines)
