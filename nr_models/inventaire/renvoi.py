"""Inventories of the same columns sent again: the later one replaces the earlier, or is asked about.

Rule: method « Stages that wait for people »: an unsigned inventory of the same columns replaces the earlier one too,
or is asked about, and never adds in silence. Two that share nothing (other places, other machines, other categories)
are two parts of one park, and both count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from nr_models.inventaire.parc import RetourInventaire
from nr_models.values.anomalies import Anomaly
from nr_models.values.text import fold

_CORRECTED = r"\b(corrigee?|definitif|definitive|finale?|maj|mis a jour|nouveau|bis|ter)\b"
_VERSION = re.compile(rf"\b(v|version|rev|indice)?[ ._-]*\d+([ ._-]\d+)*\b|{_CORRECTED}|\bcopie\b|[()]")


def choose_in_force(
    retours: Sequence[RetourInventaire], arrivals: Sequence[int] = ()
) -> tuple[tuple[RetourInventaire, ...], tuple[Anomaly, ...]]:
    """The inventories that count, in their order, and what is said of the others.

    ``arrivals`` numbers the deliveries; of two that came together, the later by its name replaces (« parc v1 », « parc
    v2 »), and where names do not tell, neither counts until somebody chooses.
    """
    order = list(arrivals) or [0] * len(retours)
    kept: list[int] = list(range(len(retours)))
    anomalies: list[Anomaly] = []
    for place, other in _pairs(retours):
        if place not in kept or other not in kept:
            continue
        first, later = sorted((place, other), key=lambda item: (order[item], _version(retours[item].fichier)))
        names = retours[first].fichier, retours[later].fichier
        if order[first] != order[later] or _is_later(*names):
            kept.remove(first)
            anomalies.append(Anomaly(code="inventaire-remplace", fichier=names[0], detail=names[1]))
        else:
            kept.remove(first)
            kept.remove(later)
            anomalies.append(Anomaly(code="inventaire-double", fichier=names[0], detail=" ; ".join(names)))
    return tuple(retours[place] for place in kept), tuple(anomalies)


def _pairs(retours: Sequence[RetourInventaire]) -> Iterable[tuple[int, int]]:
    for place, one in enumerate(retours):
        for other in range(place + 1, len(retours)):
            if one.titres and one.titres == retours[other].titres and _overlap(one, retours[other]):
                yield place, other


def _overlap(one: RetourInventaire, other: RetourInventaire) -> bool:
    """True unless nothing is common to both: machines, else places, else categories."""
    machines = [{item for line in retour.lignes for item in line.identites} for retour in (one, other)]
    if all(_are_told(retour) for retour in (one, other)):
        return bool(machines[0] & machines[1])
    sites = [{fold(line.site) for line in retour.lignes} for retour in (one, other)]
    if all(found and "" not in found for found in sites):
        return bool(sites[0] & sites[1])
    kinds = [{line.categorie for line in retour.lignes} for retour in (one, other)]
    return bool(kinds[0] & kinds[1])


def _are_told(retour: RetourInventaire) -> bool:
    """True when most lines are machines told by their own number."""
    return bool(retour.lignes) and 2 * sum(bool(line.identites) for line in retour.lignes) > len(retour.lignes)


def _version(name: str) -> tuple[int, ...]:
    """The numbers of a name in their order: « parc v10 » comes after « parc v9 », a correction last."""
    said = fold(name)
    return (*(int(item) for item in re.findall(r"\d+", said)), int(bool(re.search(_CORRECTED, said))))


def _is_later(first: str, later: str) -> bool:
    """True when both names are the same but for a version, a date or a correction, which tells the order."""
    bare = [
        " ".join(re.findall(r"[a-z]+", _VERSION.sub(" ", fold(name.rpartition(".")[0] or name))))
        for name in (first, later)
    ]
    return bare[0] == bare[1] and _version(first) != _version(later)
