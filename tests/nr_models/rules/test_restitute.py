"""La restitution : des constats, jamais un nom à côté d'une réponse."""

from __future__ import annotations

import pytest

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import collect, restitute
from tests.support.cas import Cas, cas_de
from tests.support.referentiels import collecte, contexte, diagnostics, entree, notes, par_une, personne, petit

TROIS = {"q1": {"ana": 1, "bob": 1, "cyd": 1}}
UN = petit({"a": {"questions": {"q1": {}, "q2": {}}}})


def _restituer(referentiel: Referentiel, collected: collect.Result) -> restitute.Result:
    people = entree([personne("ana", profils=("dgs",)), personne("bob")], collected.collectivite)
    inputs = restitute.Inputs(entree=people, collect=collected, score=notes(referentiel, collected))
    return restitute.build(inputs, referentiel)


@pytest.mark.parametrize("cas", cas_de("restitute"))
def test_les_cas_de_l_expert(cas: Cas) -> None:
    result = _restituer(cas.referentiel, cas.collecte)
    wording = {item.id: item.question for item in cas.referentiel.questions.values()}
    found = {item.dimension: item for item in result.syntheses}
    assert _plain(result.titre) == cas.attendu["titre"]
    for name, wanted in cas.attendu["dimensions"].items():
        assert _plain(found[name].titre) == wanted["titre"]
        assert [item.question for item in found[name].points_forts] == [wording[item] for item in wanted["forts"]]
        assert [item.question for item in found[name].points_faibles] == [wording[item] for item in wanted["faibles"]]


def _plain(text: str) -> str:
    """Le texte aux espaces ordinaires : un expert n'écrit pas d'espace insécable dans ses cas."""
    return text.replace("\u00a0", " ")


def test_aucun_nom_ni_adresse_d_interroge_n_est_dans_ce_qui_est_montre() -> None:
    said = {"q1": {"ana": 0, "bob": 4}, "q2": {"ana": 3}}
    text = _restituer(UN, collecte(UN, said)).model_dump_json().lower()
    assert "ana" not in text.replace("analyse", "")
    assert "bob" not in text
    assert "@" not in text


def test_les_fonctions_entendues_sont_dites_dans_l_ordre_du_referentiel() -> None:
    names = {item.slug: item.nom for item in UN.profils}
    result = _restituer(UN, collecte(UN, {"q1": {"bob": 1, "ana": 2}}))
    assert result.fonctions_interrogees == (names["dgs"], names["dsi"])


def test_un_constat_suppose_le_dit() -> None:
    result = _restituer(UN, collecte(UN, par_une({"q1": 4}), contexte(hypotheses={"q2": 0})))
    synthesis = result.syntheses[0]
    assert [item.hypothese for item in synthesis.points_forts] == [False]
    assert [item.hypothese for item in synthesis.points_faibles] == [True]
    assert [(item.niveau, item.phrase) for item in result.hypotheses] == [(0, UN.questions["q2"].niveaux[0])]


def test_de_moins_de_trois_personnes_entendues_on_ne_rapporte_ni_parole_ni_niveau() -> None:
    said = {"q1": {"ana": 0, "bob": 4}}
    interview = collect.Entretien(enseignements=("Le parc est jeune",))
    for people, told in ((said, False), ({"q1": {**said["q1"], "cyd": 0}}, True)):
        retours = tuple(item.model_copy(update={"entretien": interview}) for item in diagnostics(people))
        result = _restituer(UN, collect.build(collect.Inputs(entree=entree(), diagnostics=retours), UN))
        assert bool(result.enseignements) is told
        assert [bool(item.niveaux) for item in result.divergences] == [told]
        assert result.entendus == len(people["q1"])


def test_un_desaccord_dit_ce_que_chaque_reponse_ferait_de_la_note() -> None:
    result = _restituer(UN, collecte(UN, {"q1": {"ana": 0, "bob": 4, "cyd": 1}, "q2": {"ana": 2}}))
    (item,) = result.divergences
    assert (item.retenu, item.niveaux) == (1, (0, 1, 4))
    assert item.phrases == tuple(UN.questions["q1"].niveaux[level] for level in (0, 1, 4))
    assert (str(item.bas), str(item.haut)) == ("25.0", "75.0")  # (0 + 2) ÷ 8 et (4 + 2) ÷ 8


def test_les_actions_deja_engagees_et_les_enseignements_sont_repris() -> None:
    interview = collect.Entretien(enseignements=("Le parc est jeune",))
    retours = [item.model_copy(update={"entretien": interview}) for item in diagnostics(TROIS)]
    said = contexte(actions=(collect.ActionEngagee(action="Extinction la nuit"),), perimetre=("Mairie",))
    collected = collect.build(collect.Inputs(entree=entree(), diagnostics=tuple(retours), contextes=(said,)), UN)
    result = _restituer(UN, collected)
    assert result.enseignements == ("Le parc est jeune",)
    assert [item.action for item in result.actions_engagees] == ["Extinction la nuit"]
    assert result.perimetre == ("Mairie",)
    assert result.manquants == ("inventaire",)
