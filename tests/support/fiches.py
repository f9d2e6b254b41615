"""Des fiches d'essai, écrites comme les gens les tapent."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import fiche, prioritise
from nr_models.rules.selection import Choix
from nr_models.values.dates import Echeance, Montant, read_echeance, read_montant
from nr_models.values.unites import Mesure
from tests.support.referentiels import collectivite


def montant(typed: str, mesure: Mesure = "euros") -> Montant:
    """Un montant lisible."""
    found = read_montant(typed, mesure)
    assert found is not None, typed
    return found


def echeance(typed: str, side: Any) -> Echeance:
    """Une échéance lisible."""
    found = read_echeance(typed, side)
    assert found is not None, typed
    return found


def saisie(levier: str, said: Mapping[str, Any]) -> fiche.Saisie:
    """Une fiche à partir de ce qui est tapé."""
    found: dict[str, Any] = dict(said)
    for name, side in (("debut", "debut"), ("fin", "fin")):
        if name in said:
            found[name] = echeance(said[name], side)
    mesures: dict[str, Mesure] = {"moyens_humains": "jours", "moyens_euros": "euros"}
    for name, mesure in mesures.items():
        if name in said:
            found[name] = montant(said[name], mesure)
    found["indicateurs"] = tuple(
        fiche.ValeurIndicateur(indicateur=item, valeur=value) for item, value in said.get("indicateurs", {}).items()
    )
    found["actions"] = tuple(
        fiche.Action(action=item, echeance=echeance(value, "fin")) for item, value in said.get("actions", {}).items()
    )
    found["depenses"] = tuple(
        fiche.Depense(**{**item, "montant": montant(item["montant"])}) for item in said.get("depenses", ())
    )
    return fiche.Saisie(levier=levier, **found)


def selection(referentiel: Referentiel, leviers: Iterable[str]) -> prioritise.Result:
    """Une sélection de ces leviers, dans cet ordre."""
    return prioritise.Result(
        bulletins=(),
        consolidations=(),
        selection=tuple(
            Choix(levier=item, ordre=place, motif="rang", explication="") for place, item in enumerate(leviers, start=1)
        ),
        non_retenus={},
        sans_voix=(),
        participation=(),
        messages=(),
        anomalies=(),
    )


def remplir(
    referentiel: Referentiel,
    retours: Mapping[str, Mapping[str, Mapping[str, Any]]],
    *,
    leviers: Iterable[str] | None = None,
    embarque: bool = True,
    prestataires: Iterable[str] = (),
) -> fiche.Result:
    """Les fiches, d'après ce que chaque personne a tapé sur chacune."""
    inputs = fiche.Inputs(
        collectivite=collectivite(),
        dispositifs=(),
        prestataire_embarque=embarque,
        prioritise=selection(referentiel, leviers or referentiel.leviers),
        retours=tuple(
            fiche.RetourFiches(
                personne=f"{name}@ville.fr", fiches=tuple(saisie(levier, typed) for levier, typed in said.items())
            )
            for name, said in retours.items()
        ),
        prestataires=tuple(prestataires),
    )
    return fiche.build(inputs, referentiel)
