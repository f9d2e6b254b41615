"""Le score : exact, avec sa fourchette, sa couverture et ses raisons."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_models.rules import collect
from nr_models.rules.score import Note, Result, maturity
from nr_models.values.frozen import percent
from tests.support.cas import Cas, cas_de, nombre
from tests.support.referentiels import adresse, contexte, entree, noter, notes, par_une, personne, petit, reponse

CINQ = petit(
    {
        "achats": {"questions": {"q1": {"poids": 1}, "q2": {"poids": 2}, "q3": {"poids": "0.5"}}},
        "parc": {"questions": {"q4": {}, "q5": {"poids": 2}}},
    }
)
SANS_Q2 = petit(
    {
        "achats": {"questions": {"q1": {"poids": 1}, "q3": {"poids": "0.5"}}},
        "parc": {"questions": {"q4": {}, "q5": {"poids": 2}}},
    }
)
QUESTIONS = tuple(CINQ.questions)
NIVEAU = st.integers(0, 4)
REPONSE = st.one_of(NIVEAU, st.sampled_from(["ne-sait-pas", "sans-objet", "blanc"]))
REPONSES = st.fixed_dictionaries(dict.fromkeys(QUESTIONS, REPONSE))


def _note(result: Result, name: str) -> Note:
    return result.globale if name == "globale" else result.of(name).note


@pytest.mark.parametrize("cas", cas_de("score"))
def test_les_cas_de_l_expert(cas: Cas) -> None:
    result = noter(cas.referentiel, cas.get("reponses"), cas.contexte, cas.ville)
    for name, wanted in cas.attendu.items():
        note = _note(result, name)
        if "note" in wanted:
            assert note.affiche == (None if wanted["note"] is None else nombre(wanted["note"])), name
        if "fourchette" in wanted:
            assert [note.affiche_bas, note.affiche_haut] == [nombre(item) for item in wanted["fourchette"]], name
        if "couverture" in wanted:
            assert note.affiche_couverture == nombre(wanted["couverture"]), name
        if "maturite" in wanted:
            assert note.maturite == wanted["maturite"], name
        if "sans_hypotheses" in wanted:
            without = wanted["sans_hypotheses"]
            assert note.affiche_sans_hypotheses == (None if without is None else nombre(without)), name
    if "divergences" in cas.content:
        assert list(result.divergences) == cas.content["divergences"]
    if "effets" in cas.content:
        assert {item.question: [_points(item.sur_dimension), _points(item.sur_ensemble)] for item in result.effets} == {
            question: [None if effect is None else nombre(effect) for effect in effects]
            for question, effects in cas.content["effets"].items()
        }


def _points(share: Fraction | None) -> Decimal | None:
    return None if share is None else percent(share)


@given(REPONSES, st.dictionaries(st.sampled_from(QUESTIONS), NIVEAU))
def test_la_note_est_dans_sa_fourchette(said: dict[str, object], assumed: dict[str, int]) -> None:
    result = noter(CINQ, par_une(said), contexte(hypotheses=assumed))
    for note in (result.globale, *(item.note for item in result.dimensions)):
        assert 0 <= note.bas <= note.haut <= 1
        assert 0 <= note.couverture <= 1
        if note.score is not None:
            assert note.bas <= note.score <= note.haut


@given(REPONSES)
def test_la_fourchette_est_la_note_si_tout_ce_qui_manque_valait_zero_puis_quatre(said: dict[str, object]) -> None:
    result = noter(CINQ, par_une(said))
    for worst, side in ((0, "bas"), (4, "haut")):
        filled = {item: worst if value in ("ne-sait-pas", "blanc") else value for item, value in said.items()}
        whole = noter(CINQ, par_une(filled))
        for name in ("globale", "achats", "parc"):
            if (score := _note(whole, name).score) is not None:
                assert getattr(_note(result, name), side) == score


@given(REPONSES, st.sampled_from(QUESTIONS), NIVEAU)
def test_repondre_davantage_n_elargit_jamais_la_fourchette(said: dict[str, object], more: str, level: int) -> None:
    before = noter(CINQ, par_une({**said, more: "blanc"}))
    after = noter(CINQ, par_une({**said, more: level}))
    for name in ("globale", "achats", "parc"):
        was, now = _note(before, name), _note(after, name)
        assert was.bas <= now.bas <= now.haut <= was.haut
        assert now.couverture >= was.couverture


@given(REPONSES, st.sampled_from(QUESTIONS))
def test_sans_objet_laisse_les_autres_points_intacts(said: dict[str, object], gone: str) -> None:
    result = noter(CINQ, par_une({**said, gone: "sans-objet"}))
    plain = noter(CINQ, par_une({**said, gone: "blanc"}))
    for name in ("achats", "parc"):
        assert result.of(name).note.score == plain.of(name).note.score
        lines = {line.question: line.points for line in result.of(name).lignes}
        assert all(lines[line.question] == line.points for line in plain.of(name).lignes)


@given(REPONSES, st.sampled_from(QUESTIONS))
def test_ne_sait_pas_vaut_un_blanc_et_ne_touche_que_la_couverture(said: dict[str, object], unknown: str) -> None:
    blank = noter(CINQ, par_une({**said, unknown: "blanc"}))
    unsaid = noter(CINQ, par_une({**said, unknown: "ne-sait-pas"}))
    out = noter(CINQ, par_une({**said, unknown: "sans-objet"}))
    for name in ("achats", "parc"):
        assert unsaid.of(name).note == blank.of(name).note
        assert unsaid.of(name).note.score == out.of(name).note.score
        if out.of(name).applicable:
            assert unsaid.of(name).note.couverture <= out.of(name).note.couverture


@given(REPONSES, st.dictionaries(st.sampled_from(QUESTIONS), NIVEAU))
def test_les_lignes_s_additionnent_jusqu_a_la_note(said: dict[str, object], assumed: dict[str, int]) -> None:
    for item in noter(CINQ, par_une(said), contexte(hypotheses=assumed)).dimensions:
        scored = [line for line in item.lignes if line.points is not None]
        weight = sum((Fraction(line.poids) for line in scored), Fraction(0))
        points = sum((line.points or Fraction(0) for line in scored), Fraction(0))
        assert item.note.score == (points / weight if weight else None)
        assert all(line.points == Fraction(line.niveau or 0, 4) * Fraction(line.poids) for line in scored)


@given(REPONSES, st.sampled_from(QUESTIONS), NIVEAU, NIVEAU)
def test_une_meilleure_reponse_ne_baisse_jamais_une_note(
    said: dict[str, object], better: str, first: int, second: int
) -> None:
    low, high = sorted((first, second))
    before, after = (noter(CINQ, par_une({**said, better: level})) for level in (low, high))
    for name in ("globale", "achats", "parc"):
        was, now = _note(before, name), _note(after, name)
        assert (was.score is None) == (now.score is None)
        assert was.score is None or now.score is None or was.score <= now.score
        assert (was.bas <= now.bas, was.haut <= now.haut) == (True, True)


@given(
    st.lists(
        st.tuples(st.sampled_from(["ana", "bob", "cleo"]), REPONSES), min_size=1, max_size=3, unique_by=lambda x: x[0]
    ),
    st.randoms(use_true_random=False),
)
def test_l_ordre_des_fichiers_et_des_reponses_ne_change_rien(
    said: list[tuple[str, dict[str, object]]], chance: Random
) -> None:
    retours = [
        collect.RetourDiagnostic(
            personne=adresse(name), reponses=tuple(reponse(question, value) for question, value in answers.items())
        )
        for name, answers in said
    ]
    mixed = [
        item.model_copy(update={"reponses": tuple(chance.sample(item.reponses, len(item.reponses)))})
        for item in chance.sample(retours, len(retours))
    ]
    people = entree([personne(name) for name, _ in said])
    first, second = (
        collect.build(collect.Inputs(entree=people, diagnostics=tuple(items)), CINQ) for items in (retours, mixed)
    )
    assert first == second
    assert notes(CINQ, first) == notes(CINQ, second)


@given(REPONSES)
def test_retirer_une_question_sans_objet_ne_change_rien_d_autre(said: dict[str, object]) -> None:
    whole = noter(CINQ, par_une({**said, "q2": "sans-objet"}))
    shorter = noter(SANS_Q2, par_une({item: value for item, value in said.items() if item != "q2"}))
    assert whole.globale == shorter.globale
    for name in ("achats", "parc"):
        assert whole.of(name).note == shorter.of(name).note
        assert [line for line in whole.of(name).lignes if line.question != "q2"] == list(shorter.of(name).lignes)


@given(REPONSES, st.dictionaries(st.sampled_from(QUESTIONS), NIVEAU, min_size=1))
def test_l_effet_d_une_hypothese_est_la_note_avec_moins_la_note_sans(
    said: dict[str, object], assumed: dict[str, int]
) -> None:
    result = noter(CINQ, par_une(said), contexte(hypotheses=assumed))
    for item in result.effets:
        others = {question: level for question, level in assumed.items() if question != item.question}
        without = noter(CINQ, par_une(said), contexte(hypotheses=others))
        assert item.sur_dimension == _gap(result, without, item.dimension)
        assert item.sur_ensemble == _gap(result, without, "globale")
    bare = noter(CINQ, par_une(said))
    for name in ("globale", "achats", "parc"):
        assert _note(result, name).sans_hypotheses == _note(bare, name).score


def _gap(result: Result, without: Result, name: str) -> Fraction | None:
    one, other = _note(result, name).score, _note(without, name).score
    return None if one is None or other is None else one - other


@given(REPONSES, st.sampled_from(QUESTIONS), NIVEAU)
def test_une_hypothese_ne_change_ni_la_couverture_ni_la_fourchette(
    said: dict[str, object], filled: str, level: int
) -> None:
    without = noter(CINQ, par_une({**said, filled: "blanc"}))
    assumed = noter(CINQ, par_une({**said, filled: "blanc"}), contexte(hypotheses={filled: level}))
    for name in ("globale", "achats", "parc"):
        was, now = _note(without, name), _note(assumed, name)
        assert (was.bas, was.haut, was.couverture) == (now.bas, now.haut, now.couverture)
    assert [item.question for item in assumed.hypotheses] == [filled]


@pytest.mark.parametrize(
    ("shown", "level"),
    [
        ("0", "initial"),
        ("19,9", "initial"),
        ("20", "emergent"),
        ("39,9", "emergent"),
        ("40", "structure"),
        ("59,9", "structure"),
        ("60", "avance"),
        ("79,9", "avance"),
        ("80", "exemplaire"),
        ("100", "exemplaire"),
    ],
)
def test_les_niveaux_commencent_a_leur_seuil_inclus(shown: str, level: str) -> None:
    assert maturity(nombre(shown), CINQ.parametres.score) == level


def test_une_divergence_non_tranchee_est_montree_et_une_tranchee_ne_l_est_plus() -> None:
    said = {"q1": {"ana": 0, "bob": 4}, "q4": {"ana": 1, "bob": 3}}
    assert noter(CINQ, said).divergences == ("q1", "q4")
    assert noter(CINQ, said, contexte(arbitrages={"q1": 2})).divergences == ("q4",)


def test_chaque_ligne_dit_qui_a_repondu() -> None:
    result = noter(CINQ, {"q1": {"bob": 3, "ana": 2}})
    assert result.of("achats").lignes[0].qui == ("ana@ville.fr", "bob@ville.fr")
