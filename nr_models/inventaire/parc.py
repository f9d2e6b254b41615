"""The equipment that inventories say, counted once: doubles left aside, shared equipment counted where it is managed.

Rules: ANCT step 3.2 (perimeters) and the product's own: the same machine is told by its uuid, then its
serial number, then its asset tag; what is managed by another collectivité is shown, never counted here.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from nr_models.dossier.registre import Collectivite, siren_fault
from nr_models.values.anomalies import Anomaly
from nr_models.values.frozen import Frozen
from nr_models.values.text import fold

IDENTITES = ("uuid", "serie", "etiquette")
"""What may tell a machine, the surest first."""
_DIGEST_CHARS = 16
_SHORTEST_IDENTITY = 3
_SAY_NOTHING = frozenset(
    (
        "to be filled by o.e.m.",
        "to be filled by oem",
        "default string",
        "default",
        "none",
        "null",
        "nil",
        "n/a",
        "na",
        "not available",
        "not applicable",
        "not specified",
        "not provided",
        "unknown",
        "inconnu",
        "inconnue",
        "aucun",
        "aucune",
        "neant",
        "non renseigne",
        "system serial number",
        "chassis serial number",
        "serial number",
        "no asset information",
        "no asset tag",
        "asset tag",
        "asset-1234567890",
        "oem",
        "o.e.m.",
        "empty",
        "invalid",
        "123456789",
        "1234567890",
        "0123456789",
        "sans",
        "illisible",
        "non lisible",
        "pas lisible",
        "efface",
        "absent",
        "pas de numero",
        "pas de n",
        "voir facture",
        "a completer",
        "a relever",
        "non communique",
        "non connu",
        "03000200-0400-0500-0006-000700080009",
    )
)
"""What makers leave where a serial number should be: the last one is a uuid that many mainboards share."""


class LigneInventaire(Frozen):
    """One line of equipment; hours in hours a year, kWh a year for one unit as measured, None where unknown.

    ``identites`` are digests that tell a machine from another, never the numbers themselves;
    ``gestionnaire`` is who manages it, as typed. ``en_stock``: it is kept in a cupboard, neither used nor broken.
    """

    categorie: str
    libelle: str = ""
    modele: str = ""
    quantite: int
    annee_achat: int | None = None
    perimetre: Literal["maitrisable", "influence"] = "maitrisable"
    site: str = ""
    reconditionne: bool | None = None
    heures_an: Decimal | None = None
    kwh_an: Decimal | None = None
    hors_service: bool = False
    en_stock: bool = False
    gestionnaire: str = ""
    gere_ailleurs: bool = False
    source: str = ""
    hypothese: str = ""
    identites: tuple[str, ...] = ()


UNKNOWN_CATEGORY = "inconnue"
"""The category of lines whose label says none, or several: not counted until somebody answers."""


class Ecart(Frozen):
    """What a reading left out of the count: where, how many rows, why (a slug), how many units where they are told."""

    feuille: str = ""
    lignes: int = 0
    motif: str
    unites: int | None = None


class EmpreinteExterne(Frozen):
    """What another tool computed (tool, version, day as ISO text): shown apart, never mixed with our own figures."""

    outil: str
    version: str = ""
    date: str = ""
    perimetre: str = ""
    indicateur: str
    valeur: Decimal
    unite: str


class RetourInventaire(Frozen):
    """An inventory as it came back; ``fichier`` names it where several are put together.

    ``annee`` is the year it was read from its source, base of the ages; None for one that a person returned.
    ``apart`` are lines that are no device (their category is the nature: « accessoire », « logiciel »…), ``ecarts``
    what was left out; ``titres`` is a digest of the titles: a later file with the same ones may be the same park.
    """

    lignes: tuple[LigneInventaire, ...]
    apart: tuple[LigneInventaire, ...] = ()
    ecarts: tuple[Ecart, ...] = ()
    titres: str = ""
    empreintes: tuple[EmpreinteExterne, ...] = ()
    fichier: str = ""
    annee: int | None = None


class Parc(NamedTuple):
    """Every inventory of a collectivité put together, equal lines added up; what is managed elsewhere stands apart.

    ``a_preciser`` are the lines whose category nobody knows yet: not counted until somebody answers.
    """

    lignes: tuple[LigneInventaire, ...]
    ailleurs: tuple[LigneInventaire, ...]
    empreintes: tuple[EmpreinteExterne, ...]
    anomalies: tuple[Anomaly, ...]
    a_preciser: tuple[LigneInventaire, ...] = ()


def identify(kind: str, text: str) -> str:
    """The digest by which a machine is told; empty when the text identifies nothing (« To Be Filled By O.E.M. »).

    >>> identify("serie", "Default string")
    ''
    """
    said = fold(text)
    if len(said) < _SHORTEST_IDENTITY or said in _SAY_NOTHING or len(set(said) - set("-. _/")) < 2:
        return ""
    return f"{kind}:{hashlib.sha256(said.encode()).hexdigest()[:_DIGEST_CHARS]}"


class Machines:
    """The machines met so far."""

    def __init__(self) -> None:
        self._met: dict[str, list[dict[str, str]]] = defaultdict(list)

    def meet(self, identites: Sequence[str]) -> bool:
        """True when the machine was met before: the surest identity that both have decides."""
        mine = {item.partition(":")[0]: item for item in identites}
        if any(_is_same(mine, other) for item in identites for other in self._met.get(item, ())):
            return True
        for item in identites:
            self._met[item].append(mine)
        return False


def _is_same(one: dict[str, str], other: dict[str, str]) -> bool:
    kind = next((kind for kind in IDENTITES if kind in one and kind in other), None)
    return kind is not None and one[kind] == other[kind]


def names_of(collectivite: Collectivite) -> Iterable[str]:
    """The folded names by which people call a collectivité: SIREN, identifier, name."""
    return (fold(item) for item in (collectivite.siren, collectivite.slug, collectivite.nom))


def attribute(
    retour: RetourInventaire, own: Collectivite, others: Iterable[Collectivite]
) -> tuple[RetourInventaire, tuple[Anomaly, ...]]:
    """The inventory with what other collectivités manage told apart; a manager that nobody knows is said once.

    Another collectivité is one of the registry, the EPCI of membership, or any other sound SIREN.
    """
    names = {line.gestionnaire for line in retour.lignes if line.gestionnaire}
    if not names:
        return retour, ()
    ours = set(names_of(own))
    theirs = {name for other in others for name in names_of(other)} | {fold(own.epci or "")}
    elsewhere = {
        name for name in names if fold(name) not in ours and (fold(name) in theirs or siren_fault(name) is None)
    }
    unknown = sorted(name for name in names - elsewhere if fold(name) not in ours)
    lines = tuple(
        line.model_copy(update={"gere_ailleurs": True}) if line.gestionnaire in elsewhere else line
        for line in retour.lignes
    )
    anomalies = tuple(Anomaly(code="gestionnaire-inconnu", valeur=name) for name in unknown)
    return retour.model_copy(update={"lignes": lines}), anomalies


def build_parc(retours: Iterable[RetourInventaire]) -> Parc:
    """Put inventories together, in their order: a machine met in an earlier one is not counted twice."""
    machines, anomalies = Machines(), []
    own: list[LigneInventaire] = []
    elsewhere: list[LigneInventaire] = []
    unknown: list[LigneInventaire] = []
    empreintes: dict[EmpreinteExterne, None] = {}
    for retour in retours:
        doubles = 0
        for line in retour.lignes:
            if line.identites and machines.meet(line.identites):
                doubles += 1
            elif line.gere_ailleurs:
                elsewhere.append(line)
            else:
                (unknown if line.categorie == UNKNOWN_CATEGORY else own).append(line)
        if doubles:
            anomalies.append(Anomaly(code="machines-deja-comptees", fichier=retour.fichier, valeur=str(doubles)))
        empreintes.update(dict.fromkeys(retour.empreintes))
    return Parc(
        _added_up(own), _added_up(elsewhere), tuple(empreintes), tuple(anomalies), a_preciser=_added_up(unknown)
    )


def _added_up(lines: Iterable[LigneInventaire]) -> tuple[LigneInventaire, ...]:
    """Lines that say the same, their quantities added; what told machines apart is forgotten."""
    found: dict[tuple[object, ...], tuple[LigneInventaire, int]] = {}
    for line in lines:
        key = tuple(value for field, value in vars(line).items() if field not in ("quantite", "identites"))
        first, units = found.get(key, (line, 0))
        found[key] = first, units + line.quantite
    return tuple(
        line
        if line.quantite == units and not line.identites
        else line.model_copy(update={"quantite": units, "identites": ()})
        for line, units in found.values()
    )
