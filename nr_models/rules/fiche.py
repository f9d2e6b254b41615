"""Fiches action: prefilled from the référentiel, completed by people, checked field by field.

Fields: the ANCT's fiche (step 4.2). « À définir » is allowed, counted, and never zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fractions import Fraction
from typing import Literal

from nr_models.dossier.case import Manquant
from nr_models.dossier.registre import Collectivite
from nr_models.referentiel.referentiel import Levier, Referentiel
from nr_models.rules import prioritise
from nr_models.values.anomalies import Anomaly
from nr_models.values.dates import Echeance, Montant, to_define
from nr_models.values.frozen import Exact, Frozen
from nr_models.values.text import fold

PERIMETRES = (
    "La DSIM",
    "Les services généraux de la collectivité",
    "Tous les services et équipements de la collectivité",
    "Le territoire",
)
"""Boxes of the ANCT's fiche; a collectivité may add its own labels."""

NATURES = ("équipement", "matériel", "prestation intellectuelle")
TYPES = ("investissement", "fonctionnement")


class Action(Frozen):
    """One action of a fiche; « À définir » where nobody said."""

    action: str
    qui: str = ""
    echeance: Echeance | None = None


class ValeurIndicateur(Frozen):
    """An indicator and its value as typed."""

    indicateur: str
    valeur: str = ""


class Depense(Frozen):
    """A line of money: the year, the nature, the type, the amount in euros, who funds it."""

    annee: int | None = None
    nature: str = ""
    type: str = ""
    montant: Montant
    financeur: str = ""


class Saisie(Frozen):
    """What people typed on one fiche; None or empty where they left it blank."""

    levier: str
    dispositifs: tuple[str, ...] = ()
    resultats: tuple[str, ...] = ()
    debut: Echeance | None = None
    fin: Echeance | None = None
    responsable: str = ""
    porteur: str = ""
    contributeurs: tuple[str, ...] = ()
    moyens_humains: Montant | None = None
    moyens_euros: Montant | None = None
    perimetre: tuple[str, ...] = ()
    prerequis: tuple[str, ...] = ()
    indicateurs: tuple[ValeurIndicateur, ...] = ()
    actions: tuple[Action, ...] = ()
    depenses: tuple[Depense, ...] = ()


class RetourFiches(Frozen):
    """The workbook of fiches as it came back."""

    personne: str
    fiches: tuple[Saisie, ...]


class Fiche(Frozen):
    """One fiche action; ``completude`` is the share of its fields that say something."""

    levier: str
    numero: int
    dimension: str
    titre: str
    priorite: str
    difficulte: str
    prestataire: bool
    saisie: Saisie
    completude: Exact
    a_definir: tuple[str, ...]
    vides: tuple[str, ...]


class Inputs(Frozen):
    """What the stage reads; ``prestataires`` are the names and addresses of the people of the prestataire.

    ``depasse`` says that every return answers a round before the last that was sent.
    """

    collectivite: Collectivite
    dispositifs: tuple[str, ...]
    prestataire_embarque: bool
    prioritise: prioritise.Result
    retours: tuple[RetourFiches, ...] = ()
    depasse: bool = False
    anomalies: tuple[Anomaly, ...] = ()
    prestataires: tuple[str, ...] = ()


class Result(Frozen):
    """Every fiche, in the order of work."""

    fiches: tuple[Fiche, ...]
    anomalies: tuple[Anomaly, ...]


FIELDS: tuple[tuple[str, str], ...] = (
    ("dispositifs", "lien avec les dispositifs existants"),
    ("resultats", "résultats attendus"),
    ("debut", "début"),
    ("fin", "fin"),
    ("responsable", "responsable"),
    ("contributeurs", "contributeurs"),
    ("moyens_humains", "moyens humains"),
    ("moyens_euros", "moyens en euros"),
    ("perimetre", "périmètre"),
    ("prerequis", "prérequis"),
    ("indicateurs", "indicateurs"),
    ("actions", "actions"),
)
"""The fields of completeness and their French names."""


def missing(inputs: Inputs) -> tuple[Manquant, ...]:
    """The workbook of fiches: nobody returned it, or a later round asks for the fiche of a levier that nobody wrote."""
    written = {item.levier for retour in inputs.retours for item in retour.fiches}
    unwritten = inputs.depasse and any(choice.levier not in written for choice in inputs.prioritise.selection)
    return () if inputs.retours and not unwritten else (Manquant(quoi="fiches"),)


def prefill(levier: Levier) -> Saisie:
    """A fiche as the référentiel writes it, before people complete it."""
    return Saisie(
        levier=levier.id,
        resultats=levier.resultats_attendus,
        prerequis=levier.prerequis,
        indicateurs=tuple(ValeurIndicateur(indicateur=item.libelle) for item in levier.indicateurs),
        actions=tuple(Action(action=item.action, qui=item.qui) for item in levier.actions),
    )


def build(inputs: Inputs, referentiel: Referentiel) -> Result:
    """One fiche per selected levier; of several returns the most complete is in force."""
    fiches = []
    anomalies = list(inputs.anomalies)
    for choice in inputs.prioritise.selection:
        levier = referentiel.leviers[choice.levier]
        saisie, contested = find_saisie(levier, inputs.retours)
        found = check(
            saisie, levier, prestataire_embarque=inputs.prestataire_embarque, prestataires=inputs.prestataires
        )
        anomalies.extend(item for item in (*contested, *found) if not _is_told(item, inputs.anomalies))
        if any(item.code == "prestataire-responsable" for item in found):
            saisie = saisie.model_copy(update={"responsable": ""})
        fiches.append(_fiche(levier, choice.ordre, saisie, referentiel))
    return Result(fiches=tuple(fiches), anomalies=tuple(anomalies))


def _is_told(found: Anomaly, told: Iterable[Anomaly]) -> bool:
    """True for what the reader said already, at its cell."""
    return any((item.code, item.valeur, item.detail) == (found.code, found.valeur, found.detail) for item in told)


def check(
    saisie: Saisie, levier: Levier, *, prestataire_embarque: bool, prestataires: Iterable[str] = ()
) -> list[Anomaly]:
    """What is wrong inside one fiche; ``prestataires`` are names that mean the prestataire too."""
    gap = find_gap(saisie)
    found = [gap] if gap else []
    if len([name for name in re.split(r"[;\n]", saisie.responsable) if name.strip()]) > 1:
        found.append(Anomaly(code="responsable-multiple", feuille="Fiches", valeur=saisie.responsable))
    named = fold(saisie.responsable)
    if not prestataire_embarque and any(fold(name) in named for name in ("prestataire", *prestataires) if fold(name)):
        found.append(Anomaly(code="prestataire-responsable", feuille="Fiches", valeur=levier.titre))
    return found


def find_gap(saisie: Saisie) -> Anomaly | None:
    """A fiche that ends before it begins; the reader of the workbook says it at its cell."""
    first, last = saisie.debut, saisie.fin
    if not first or not last or first.jour is None or last.jour is None or last.jour >= first.jour:
        return None
    return Anomaly(code="fin-avant-debut", feuille="Fiches", valeur=last.saisie, detail=first.saisie)


def find_saisie(levier: Levier, retours: Iterable[RetourFiches]) -> tuple[Saisie, list[Anomaly]]:
    """The most complete of the returned fiches of a levier, by author where equal; said when others differ."""
    blank = prefill(levier)
    returned = [
        (retour.personne, item)
        for retour in sorted(retours, key=lambda item: item.personne)
        for item in retour.fiches
        if item.levier == levier.id
    ]
    if not returned:
        return blank, []
    who, best = max(returned, key=lambda pair: _completeness(pair[1]))
    least = _completeness(blank)
    rivals = {item for _, item in returned if item != best and _completeness(item) > least}
    return best, [Anomaly(code="fiche-double", valeur=levier.titre, detail=who)] if rivals else []


def _completeness(saisie: Saisie) -> Fraction:
    return Fraction(sum(_state(saisie, name) == "dit" for name, _ in FIELDS), len(FIELDS))


def _fiche(levier: Levier, number: int, saisie: Saisie, referentiel: Referentiel) -> Fiche:
    undefined = tuple(label for name, label in FIELDS if _state(saisie, name) == "a-definir")
    empty = tuple(label for name, label in FIELDS if _state(saisie, name) == "vide")
    return Fiche(
        levier=levier.id,
        numero=number,
        dimension=referentiel.dimension_of[levier.id].slug,
        titre=levier.titre,
        priorite=levier.priorite.value,
        difficulte=levier.difficulte.value,
        prestataire=levier.prestataire,
        saisie=saisie,
        completude=_completeness(saisie),
        a_definir=undefined,
        vides=empty,
    )


def _state(saisie: Saisie, name: str) -> Literal["dit", "a-definir", "vide"]:
    if name == "moyens_euros" and saisie.depenses:
        return "dit" if any(line.montant.valeur is not None for line in saisie.depenses) else "a-definir"
    value = getattr(saisie, name)
    if name == "indicateurs":
        value = tuple(item.valeur for item in value if item.valeur)
    if not value:
        return "vide"
    return "a-definir" if _is_to_define(value) else "dit"


def _is_to_define(value: object) -> bool:
    """True for a date, an amount or a text that says « à définir » and nothing else."""
    match value:
        case Echeance(jour=day):
            return day is None
        case Montant(valeur=amount):
            return amount is None
        case str():
            return to_define(value)
        case tuple():
            return all(isinstance(item, str) and to_define(item) for item in value)
    return False
