"""La présélection : une liste abordable de leviers, chacun avec sa raison."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import collect, preselect
from nr_models.values.frozen import percent
from tests.support.cas import Cas, cas_de, nombre
from tests.support.referentiels import adresse, collecte, collectivite, contexte, notes, par_une, petit, preselectionner

MAXIMUM = 6


def _graphe(dimensions: Mapping[str, Mapping[str, Any]]) -> Referentiel:
    figures = {"plancher_par_dimension": 1, "cible": 5, "min": 3, "max": MAXIMUM}
    return petit(dimensions, {"preselection": figures})


@st.composite
def dossiers(draw: st.DrawFn) -> tuple[Referentiel, dict[str, object], bool]:
    """Trois dimensions de quatre leviers, des prérequis tirés vers les précédents, des réponses quelconques."""
    known: list[str] = []
    dimensions: dict[str, Any] = {}
    said: dict[str, object] = {}
    for name in ("a", "b", "c"):
        questions = [f"{name}q1", f"{name}q2"]
        leviers = {}
        for number in range(1, 5):
            leviers[f"{name}{number}"] = {
                "priorite": draw(st.sampled_from(["prioritaire", "recommandee", "aller-plus-loin"])),
                "questions": (draw(st.sampled_from(questions)),),
                "requiert": tuple(draw(st.sets(st.sampled_from(known), max_size=2))) if known else (),
                "prestataire": draw(st.booleans()),
            }
            known.append(f"{name}{number}")
        dimensions[name] = {"questions": dict.fromkeys(questions), "leviers": leviers}
        for item in questions:
            said[item] = draw(st.one_of(st.integers(0, 4), st.sampled_from(["ne-sait-pas", "sans-objet", "blanc"])))
    return _graphe(dimensions), said, draw(st.booleans())


@pytest.mark.parametrize("cas", cas_de("preselect"))
def test_les_cas_de_l_expert(cas: Cas) -> None:
    result = preselectionner(cas.referentiel, cas.get("reponses"), cas.contexte, cas.ville, cas.retours)
    places = {item.levier: item for item in result.places}
    wanted = cas.attendu
    for levier, value in wanted.get("pertinence", {}).items():
        assert percent(places[levier].pertinence or 0) == nombre(value), levier
    if "retenus" in wanted:
        assert [item.levier for item in result.retenus] == wanted["retenus"]
    for levier, motif in wanted.get("motifs", {}).items():
        assert places[levier].motif == motif, levier
    for levier, unit in wanted.get("unites", {}).items():
        assert list(places[levier].unite) == unit, levier
    for levier, names in wanted.get("nomme", {}).items():
        assert all(name in places[levier].explication for name in names), levier
    if "messages" in wanted:
        assert len(result.messages) == wanted["messages"], result.messages


@given(dossiers())
def test_chaque_levier_retenu_vient_avec_ses_prerequis(dossier: tuple[Referentiel, dict[str, object], bool]) -> None:
    referentiel, said, own = dossier
    result = preselectionner(referentiel, par_une(said), ville=collectivite(dsi_propre=own))
    met = {item.levier for item in result.places if item.retenu or item.motif == "en-place"}
    for place in result.retenus:
        assert set(referentiel.leviers[place.levier].requiert) <= met, place.levier
        assert set(place.unite) <= met


@given(dossiers())
def test_la_liste_ne_depasse_le_maximum_que_pour_des_planchers_et_leurs_prerequis(
    dossier: tuple[Referentiel, dict[str, object], bool],
) -> None:
    referentiel, said, own = dossier
    result = preselectionner(referentiel, par_une(said), ville=collectivite(dsi_propre=own))
    kept = result.retenus
    if len(kept) > MAXIMUM:
        needed = {above for place in kept for above in place.unite if above != place.levier}
        assert all(place.motif == "plancher" or place.levier in needed for place in kept)
        assert result.messages


@given(dossiers())
def test_le_meilleur_de_chaque_dimension_est_retenu(dossier: tuple[Referentiel, dict[str, object], bool]) -> None:
    referentiel, said, own = dossier
    result = preselectionner(referentiel, par_une(said), ville=collectivite(dsi_propre=own))
    out = ("contexte", "en-place", "prestataire", "bloque")
    for dimension in referentiel.dimensions:
        own_places = [item for item in result.places if item.dimension == dimension.slug and item.motif not in out]
        if own_places:
            best = min(own_places, key=lambda item: (-(item.pertinence or 0), item.levier))
            assert best.motif == "plancher"
            assert best.retenu


@given(dossiers())
def test_les_termes_font_la_pertinence_et_chaque_levier_dit_pourquoi(
    dossier: tuple[Referentiel, dict[str, object], bool],
) -> None:
    referentiel, said, own = dossier
    for place in preselectionner(referentiel, par_une(said), ville=collectivite(dsi_propre=own)).places:
        known = [terme for terme in place.termes if terme.valeur is not None]
        assert sum(terme.poids for terme in known) == 1
        assert sum(terme.part for terme in place.termes) == place.pertinence
        assert all(terme.part == terme.poids * (terme.valeur or 0) for terme in place.termes)
        assert 0 <= (place.pertinence or 0) <= 1
        assert "Pertinence" in place.explication


@given(dossiers(), st.randoms(use_true_random=False))
def test_la_liste_ne_depend_ni_de_l_ordre_ni_du_moment(
    dossier: tuple[Referentiel, dict[str, object], bool], chance: Any
) -> None:
    referentiel, said, own = dossier
    ville = collectivite(dsi_propre=own)
    items = list(said.items())
    chance.shuffle(items)
    first = preselectionner(referentiel, par_une(said), ville=ville)
    assert first.model_dump_json() == preselectionner(referentiel, par_une(dict(items)), ville=ville).model_dump_json()


def _changes(prenom: str, **said: str) -> preselect.RetourPreselection:
    return preselect.RetourPreselection(
        personne=adresse(prenom),
        changements=tuple(
            preselect.Changement(levier=levier, sens=sens, justification="Parce que")  # type: ignore[arg-type]
            for levier, sens in said.items()
        ),
    )


UN = petit({"a": {"questions": {"q1": {}}, "leviers": {"a1": {"questions": ("q1",)}, "a2": {"questions": ("q1",)}}}})


def test_deux_referents_qui_se_contredisent_laissent_la_proposition_et_c_est_dit() -> None:
    retours = (_changes("ana", a1="retirer", a2="retirer"), _changes("bob", a1="ajouter"))
    for order in (retours, retours[::-1]):
        result = preselectionner(UN, par_une({"q1": 0}), retours=order)
        assert [item.levier for item in result.retenus] == ["a1"]
        assert [(item.code, item.valeur) for item in result.anomalies] == [("changement-contraire", "a1")]


def test_la_decision_du_referent_survit_a_un_nouveau_score() -> None:
    retour = _changes("ana", a1="retirer")
    for level in range(4):
        result = preselectionner(UN, par_une({"q1": level}), retours=(retour,))
        assert [item.levier for item in result.retenus] == ["a2"]


def test_un_changement_sur_un_levier_disparu_du_referentiel_est_sans_effet() -> None:
    result = preselectionner(UN, par_une({"q1": 0}), retours=(_changes("ana", zz="ajouter"),))
    assert [item.levier for item in result.retenus] == ["a1", "a2"]


def test_un_besoin_qui_repose_sur_une_hypothese_le_dit() -> None:
    result = preselectionner(UN, par_une({"q1": "blanc"}), contexte(hypotheses={"q1": 1}))
    assert "hypothèse" in result.places[0].explication


def test_un_contexte_que_le_registre_ne_tranche_pas_garde_le_levier_et_le_dit() -> None:
    grand = petit({"a": {"questions": {"q1": {}}, "leviers": {"a1": {"condition": {"population_min": 9000}}}}})
    result = preselectionner(grand, par_une({"q1": 0}), ville=collectivite(population=None))
    assert result.places[0].retenu
    assert "population" in result.places[0].explication


def test_le_classeur_du_referent_est_attendu_tant_qu_il_n_est_pas_revenu() -> None:
    collected = collecte(UN, par_une({"q1": 0}))
    inputs = preselect.Inputs(collect=collected, score=notes(UN, collected))
    assert [item.quoi for item in preselect.missing(inputs)] == ["preselection"]
    assert preselect.missing(inputs.model_copy(update={"retours": (_changes("ana"),)})) == ()


def test_un_critere_illisible_ne_dit_pas_non_et_se_redemande() -> None:
    """« Plutôt oui » ne retire pas le prestataire : ce que dit le contexte reste, et la question est reposée."""
    collected = collecte(UN, par_une({"q1": 0}), contexte(embarque=True))
    criteria = collect.Prestataire(cooperation=True, souhaite=True, volontaire=None, mobilisable=True)
    retour = _changes("ana").model_copy(update={"prestataire": criteria, "a_reprendre": ("volontaire",)})
    inputs = preselect.Inputs(collect=collected, score=notes(UN, collected), retours=(retour,))
    assert preselect.build(inputs, UN).prestataire_embarque
    refused = criteria.model_copy(update={"volontaire": False})
    read = retour.model_copy(update={"prestataire": refused, "a_reprendre": ()})
    again = inputs.model_copy(update={"retours": (read,)})
    assert not preselect.build(again, UN).prestataire_embarque
