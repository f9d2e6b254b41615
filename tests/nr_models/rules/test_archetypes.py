"""Quatre villes qu'un expert connaît, et ce que la liste doit être pour toutes : le référentiel du second format."""

from __future__ import annotations

from fractions import Fraction
from random import Random
from typing import Any

import pytest
import yaml

from nr_models.dossier.registre import Collectivite, questions_asked
from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import preselect
from nr_models.rules.pertinence import Pesee
from nr_models.rules.socle import find_call
from tasks.referentiel.load import VERSIONS, load_referentiel
from tests.support.depot import ROOT
from tests.support.referentiels import collecte, collectivite, contexte, notes, par_une, preselectionner

COMPLET = load_referentiel(VERSIONS / "2026.2")
ARCHETYPES = sorted((ROOT / "tests" / "cases" / "archetypes").glob("*.yaml"))
NON_POSEES_MAX = 10
GRAINES = range(2)


def lire(path: Any) -> tuple[dict[str, Any], preselect.Result]:
    """Un archétype et la liste que le logiciel en tire."""
    cas = yaml.load(path.read_text(encoding="utf-8"), yaml.CSafeLoader)
    board = (cas.get("prestataire") or {}).get("si")
    said = contexte(ambitions=cas["ambitions"], embarque=board)
    ville = collectivite(**cas["collectivite"])
    return cas, preselectionner(COMPLET, par_une(cas["reponses"]), said, ville)


@pytest.mark.parametrize("path", ARCHETYPES, ids=lambda path: path.stem)
def test_la_liste_est_celle_que_l_expert_attend(path: Any) -> None:
    cas, result = lire(path)
    kept = [place.levier for place in result.retenus]
    assert set(cas["doit_contenir"]) <= set(kept), set(cas["doit_contenir"]) - set(kept)
    assert not set(cas["ne_doit_pas_contenir"]) & set(kept)
    assert len(set(cas["dix_premiers"]) & set(kept[:10])) >= cas["communs_min"], kept[:10]


@pytest.mark.parametrize("path", ARCHETYPES, ids=lambda path: path.stem)
def test_les_archetypes_repondent_aux_questions_posees(path: Any) -> None:
    cas, _ = lire(path)
    asked = {item.id for item in questions_asked(COMPLET, collectivite(**cas["collectivite"]))}
    assert asked <= set(cas["reponses"])
    assert set(cas["reponses"]) <= set(COMPLET.questions)


def test_un_village_a_peu_de_leviers_sur_des_questions_jamais_posees() -> None:
    cas, result = lire(next(path for path in ARCHETYPES if path.stem.startswith("village")))
    never = [
        place.levier
        for place in result.retenus
        if not set(COMPLET.leviers[place.levier].questions) & set(cas["reponses"])
    ]
    assert len(never) <= NON_POSEES_MAX
    assert all("non posée" in place.explication for place in result.retenus if place.levier in never)


def tirer(graine: int) -> tuple[dict[str, Any], Any, Collectivite]:
    """Une ville au hasard : sa taille, ses ambitions, ses réponses."""
    draws = Random(graine)
    flash = draws.random() < Fraction(1, 3)
    population = draws.choice((700, 1_800, 4_200, 9_000, 24_000, 70_000))
    ville = collectivite(
        population=population,
        agents=population // 60,
        dsi_propre=population > 8_000,
        questionnaire="flash" if flash else "complet",
    )
    said = {
        item.id: draws.choice((0, 0, 1, 1, 2, 2, 3, 3, 4, "ne-sait-pas", "sans-objet"))
        for item in questions_asked(COMPLET, ville)
    }
    return said, contexte(ambitions={item.slug: draws.randrange(4) for item in COMPLET.dimensions}), ville


def renommer(referentiel: Referentiel) -> tuple[Referentiel, dict[str, str]]:
    """La même version, les identifiants de ses leviers mis à l'envers."""
    names = dict(zip(referentiel.leviers, reversed(list(referentiel.leviers)), strict=True))
    content = referentiel.model_dump()
    for dimension in content["dimensions"]:
        for levier in dimension["leviers"]:
            levier["id"] = names[levier["id"]]
            levier["requiert"] = tuple(names[item] for item in levier["requiert"])
        dimension["dinum"] = ()
    return Referentiel.model_validate(content), names


@pytest.mark.parametrize("graine", GRAINES)
def test_des_identifiants_renommes_donnent_la_meme_liste(graine: int) -> None:
    said, dit, ville = tirer(graine)
    other, names = renommer(COMPLET)
    before = preselectionner(COMPLET, par_une(said), dit, ville)
    after = preselectionner(other, par_une(said), dit, ville)
    assert [names[place.levier] for place in before.retenus] == [place.levier for place in after.retenus]


@pytest.mark.parametrize("graine", GRAINES)
def test_rien_de_deja_en_place_n_est_propose_et_le_socle_y_est_toujours(graine: int) -> None:
    said, dit, ville = tirer(graine)
    collected = collecte(COMPLET, par_une(said), dit, ville)
    pesee = Pesee(collected, notes(COMPLET, collected), COMPLET)
    result = preselectionner(COMPLET, par_une(said), dit, ville)
    places = {place.levier: place for place in result.places}
    for levier in COMPLET.leviers.values():
        levels = [said.get(item) for item in levier.questions]
        tops = [levier.fenetre(item, 4).jusqu_a for item in levier.questions]
        if all(isinstance(level, int) and level >= top for level, top in zip(levels, tops, strict=True)):
            assert not places[levier.id].retenu, levier.id
        elif find_call(levier, pesee) and places[levier.id].motif not in ("contexte", "bloque"):
            assert places[levier.id].retenu, levier.id
            assert places[levier.id].socle


@pytest.mark.parametrize("graine", GRAINES)
def test_une_meilleure_reponse_ne_rend_pas_son_levier_plus_pertinent(graine: int) -> None:
    """Sauf un levier qui venait trop tôt, ou qui va plus loin : ceux-là attendent que l'on soit prêt."""
    said, dit, ville = tirer(graine)
    before = {place.levier: place for place in preselectionner(COMPLET, par_une(said), dit, ville).places}
    for question in [item for item, level in said.items() if isinstance(level, int) and level < 4][::24]:
        better = {**said, question: said[question] + 1}
        result = preselectionner(COMPLET, par_une(better), dit, ville)
        for place in result.places:
            levier = COMPLET.leviers[place.levier]
            early = any(item.des for item in levier.fenetres)
            if question in levier.questions and not early and levier.priorite != "aller-plus-loin":
                assert (place.pertinence or 0) <= (before[place.levier].pertinence or 0)


def test_la_charge_est_continue_en_population() -> None:
    for levier in COMPLET.leviers.values():
        for size in (500, 2_000, 5_000, 19_999, 20_000, 100_000):
            low, high = (COMPLET.at_size(levier.charges_jh, people) for people in (size, size + 1))
            assert low is not None
            assert high is not None
            assert abs(high - low) < Fraction(1, 20), levier.id
