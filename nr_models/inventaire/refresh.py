"""What changed between two inventories, and whether it is enough to come into force by itself.

Rules: method « Inventory refresh »; the thresholds are the product's own, in the référentiel. Equipment managed
by another collectivité counts on neither side.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from nr_models.inventaire.indicateurs import Mesure, measure
from nr_models.inventaire.mouvements import Mouvement, list_movements
from nr_models.inventaire.parc import LigneInventaire, RetourInventaire, build_parc
from nr_models.referentiel.parametres import ParametresInventaire
from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.french import plural
from nr_models.values.frozen import Exact, Frozen, digest, percent
from nr_models.values.text import fold


class EtatCandidat(StrEnum):
    """What became of an inventory that a source gave."""

    CANDIDAT = "candidat"
    EN_VIGUEUR = "en-vigueur"
    SUIVI = "suivi"
    REMPLACE = "remplace"

    @property
    def nom(self) -> str:
        """French label."""
        return _ETATS[self]


_ETATS = {
    EtatCandidat.CANDIDAT: "attend l’accord du référent",
    EtatCandidat.EN_VIGUEUR: "en vigueur",
    EtatCandidat.SUIVI: "gardé pour le suivi annuel",
    EtatCandidat.REMPLACE: "remplacé par un plus récent",
}


class Difference(Frozen):
    """From one inventory to the next: units by nature, and relative gaps of what thresholds look at.

    Gaps are shares of what was before (``ecart_depassee``: a difference of shares); None where they cannot be
    told. ``premiere`` when no inventory was in force. ``disparus`` are the places, categories and columns that are no
    longer said at all: what a truncated export looks like.
    """

    premiere: bool
    unites_avant: int
    unites_apres: int
    arrives: int
    partis: int
    deplaces: int
    modifies: int
    ecart_unites: Exact | None
    ecart_kwh: Exact | None
    ecart_kgco2e: Exact | None
    ecart_depassee: Exact | None
    mouvements: tuple[Mouvement, ...]
    disparus: tuple[str, ...] = ()


def content_digest(retour: RetourInventaire) -> str:
    """What an inventory says, whenever and wherever it was read: equal digests, nothing happened."""
    return digest(retour.model_copy(update={"annee": None, "fichier": ""}))


def compare_inventories(
    before: Sequence[RetourInventaire], after: Sequence[RetourInventaire], referentiel: Referentiel, year: int
) -> Difference:
    """What changed; both are measured as of ``year``, so that nothing ages between them."""
    moves = list_movements(_counted(before), _counted(after))
    units: Counter[str] = Counter()
    for move in moves:
        units[move.nature] += move.unites
    old, new = (
        measure(build_parc(retours).lignes, referentiel, agents=None, year=year).maitrisable
        for retours in (before, after)
    )
    total = sum(line.quantite for line in _counted(before))
    return Difference(
        premiere=not before,
        unites_avant=total,
        unites_apres=total + units["arrive"] - units["parti"],
        arrives=units["arrive"],
        partis=units["parti"],
        deplaces=units["deplace"],
        modifies=units["modifie"],
        ecart_unites=Fraction(max(units["arrive"], units["parti"]), total) if total else None,
        ecart_kwh=_widest(old, new, "kwh_an"),
        ecart_kgco2e=_widest(old, new, "total_kg_an"),
        ecart_depassee=_gap(old.part_depassee, new.part_depassee),
        mouvements=moves,
        disparus=tuple(_list_vanished(_counted(before), _counted(after), referentiel)),
    )


_COLUMNS = (
    ("année d’achat", "annee_achat"),
    ("modèle", "modele"),
    ("site", "site"),
    ("neuf ou reconditionné", "reconditionne"),
    ("heures de fonctionnement", "heures_an"),
    ("électricité mesurée", "kwh_an"),
)


def _list_vanished(
    before: Sequence[LigneInventaire], after: Sequence[LigneInventaire], referentiel: Referentiel
) -> Iterator[str]:
    """The places, the categories and the columns that were said and are no longer."""
    names = {item.slug: item.nom for item in referentiel.facteurs.categories}
    sites = {fold(line.site): line.site for line in before if line.site}
    for key in sorted(sites.keys() - {fold(line.site) for line in after}):
        yield f"site « {sites[key]} »"
    for slug in sorted({line.categorie for line in before} - {line.categorie for line in after}):
        yield f"catégorie « {names.get(slug, slug)} »"
    for title, field in _COLUMNS:
        if any(getattr(line, field) not in (None, "") for line in before) and not any(
            getattr(line, field) not in (None, "") for line in after
        ):
            yield f"colonne « {title} »"


def decide_etat(difference: Difference, *, exceeds: bool, closed: bool, decided: bool, replaces: bool) -> EtatCandidat:
    """What becomes of an inventory that a source gives.

    Rule: method « Inventory refresh ». ``closed``: the feuille de route is validated; ``decided``: somebody decided at
    the gate of the diagnostic; ``replaces``: it would take the place of inventories that people returned.
    """
    if closed:
        return EtatCandidat.SUIVI
    waits = decided or replaces or (not difference.premiere and (exceeds or bool(difference.disparus)))
    return EtatCandidat.CANDIDAT if waits else EtatCandidat.EN_VIGUEUR


class Depassement(NamedTuple):
    """A threshold that a difference passes: what it looks at, what was seen and what was set, in percent."""

    quoi: str
    vu: str
    seuil: str


def list_exceeded(difference: Difference, parametres: ParametresInventaire) -> tuple[Depassement, ...]:
    """The thresholds that are passed; strictly beyond, as the method says."""
    looked_at = (
        ("unités", difference.ecart_unites, parametres.seuil_unites, "%"),
        ("électricité", difference.ecart_kwh, parametres.seuil_kwh, "%"),
        ("empreinte", difference.ecart_kgco2e, parametres.seuil_kgco2e, "%"),
        ("part au-delà de la durée de vie", difference.ecart_depassee, parametres.seuil_part_depassee, "points"),
    )
    return tuple(
        Depassement(quoi, f"{_fr(str(percent(gap)))} {unit}", f"{_fr(str(seuil))} {unit}")
        for quoi, gap, seuil, unit in looked_at
        if gap is not None and seuil is not None and gap * 100 > Fraction(seuil)
    )


def describe(difference: Difference) -> str:
    """« 12 arrivés, 3 partis, 1 déplacé, 2 modifiés »; « aucun changement » when there is none."""
    counts = (
        (difference.arrives, "arrivé"),
        (difference.partis, "parti"),
        (difference.deplaces, "déplacé"),
        (difference.modifies, "modifié"),
    )
    said = [plural(count, word) for count, word in counts if count]
    lost = f" ; ne sont plus dits : {', '.join(difference.disparus)}" if difference.disparus else ""
    return (", ".join(said) or "aucun changement") + lost


def _fr(text: str) -> str:
    return text.replace(".", ",")


def _widest(old: Mesure, new: Mesure, figure: str) -> Fraction | None:
    """The widest relative gap among the sources of factors, each compared with itself."""
    after = {item.source: getattr(item, figure) for item in new.empreintes}
    gaps = [
        abs(after[item.source] - value) / value
        for item in old.empreintes
        if item.source in after and (value := getattr(item, figure))
    ]
    return max(gaps, default=None)


def _gap(old: Fraction | None, new: Fraction | None) -> Fraction | None:
    return None if old is None or new is None else abs(new - old)


def _counted(retours: Iterable[RetourInventaire]) -> list[LigneInventaire]:
    return [line for retour in retours for line in retour.lignes if not line.gere_ailleurs and line.quantite]
