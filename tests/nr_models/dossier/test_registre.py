"""Le registre : quelles collectivités, quelles personnes, quels rôles."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_models.dossier.registre import (
    VUES,
    Entree,
    Passation,
    Personne,
    applies,
    narrow,
    questions_asked,
    questions_of,
    rewind,
    siren_fault,
    unknown_terms,
)
from nr_models.referentiel.referentiel import Condition
from nr_models.values.roles import Role
from nr_models.values.text import fold, slugify
from tests.support.referentiels import collectivite, entree, livre, personne, petit


def _key(digits: str) -> str:
    """La clé d'un SIREN, recalculée autrement : le chiffre qui ramène la somme de Luhn à un multiple de dix."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value // 10 + value % 10
    return str(-total % 10)


@given(st.from_regex(r"[1-9][0-9]{7}", fullmatch=True))
def test_un_siren_avec_sa_cle_est_juste_et_avec_une_autre_est_faux(digits: str) -> None:
    assert siren_fault(digits + _key(digits)) is None
    wrong = digits + str((int(_key(digits)) + 1) % 10)
    assert siren_fault(wrong) == "sa clé de contrôle ne tombe pas juste"


@pytest.mark.parametrize("siren", ["", "12345678", "1234567890", "21350001x", "²13500010", "000000000", "٢١٣٥٠٠٠١٠"])
def test_un_siren_mal_ecrit_dit_pourquoi(siren: str) -> None:
    assert siren_fault(siren)


@pytest.mark.parametrize(
    ("condition", "said", "holds", "unknown"),
    [
        ({}, {}, True, ()),
        ({"dsi_propre": True}, {"dsi_propre": True}, True, ()),
        ({"dsi_propre": True}, {"dsi_propre": False}, False, ()),
        ({"dsi_propre": True}, {"dsi_propre": None}, None, ("DSI propre",)),
        ({"population_min": 5000}, {"population": 5000}, True, ()),
        ({"population_min": 5001}, {"population": 5000}, False, ()),
        ({"population_max": 5000}, {"population": 5000}, True, ()),
        ({"population_max": 4999}, {"population": 5000}, False, ()),
        ({"population_min": 1, "population_max": 9}, {"population": None}, None, ("population",)),
        ({"natures": ("epci",)}, {"nature": "commune"}, False, ()),
        ({"natures": ("epci", "commune")}, {"nature": "commune"}, True, ()),
        ({"natures": ("epci",), "dsi_propre": True}, {"dsi_propre": None}, False, ("DSI propre",)),
    ],
)
def test_une_condition_tient_ne_tient_pas_ou_ne_se_tranche_pas(
    condition: dict[str, object], said: dict[str, object], holds: bool | None, unknown: tuple[str, ...]
) -> None:
    ville = collectivite(**said)
    assert applies(Condition.model_validate(condition), ville) is holds
    assert unknown_terms(Condition.model_validate(condition), ville) == unknown


def test_une_petite_commune_sans_dsi_recoit_le_questionnaire_court_qu_elle_peut_remplir() -> None:
    small = collectivite(questionnaire="flash", dsi_propre=False, population=900)
    asked = questions_asked(livre(), small)
    assert 25 <= len(asked) <= 30
    assert all(question.flash for question in asked)


def test_une_question_dont_la_condition_ne_se_tranche_pas_est_posee() -> None:
    referentiel = petit({"a": {"questions": {"q1": {"condition": {"dsi_propre": True}}, "q2": {}}}})
    for own, asked in ((True, ["q1", "q2"]), (None, ["q1", "q2"]), (False, ["q2"])):
        assert [item.id for item in questions_asked(referentiel, collectivite(dsi_propre=own))] == asked


def test_une_personne_ne_recoit_que_les_questions_de_ses_profils() -> None:
    questions = tuple(petit({"a": {"questions": {"q1": {"profils": ("rh", "dsi")}, "q2": {}}}}).questions.values())
    assert [item.id for item in questions_of(personne("ana", profils=("rh",)), questions)] == ["q1"]
    assert questions_of(personne("ana", profils=()), questions) == ()


def test_un_role_se_tient_dans_un_dossier_et_une_personne_se_trouve_par_son_adresse() -> None:
    dossier = entree([personne("ana", Role.DG), personne("bob", Role.DG, Role.REFERENT)])
    assert [item.nom for item in dossier.holders(Role.DG)] == ["Ana", "Bob"]
    found = dossier.find(" Bob@Ville.FR ")
    assert found is not None
    assert found.has(Role.REFERENT)
    assert dossier.find("lea@ville.fr") is None


@pytest.mark.parametrize(
    ("text", "slug", "folded"),
    [
        ("Saint-Aubin-du-Cormier", "saint-aubin-du-cormier", "saint-aubin-du-cormier"),
        ("L’Haÿ-les-Roses", "l-hay-les-roses", "l'hay-les-roses"),
        ("Œuilly  (Marne)", "oeuilly-marne", "oeuilly (marne)"),
        ("Bœuf\u00a0NR", "boeuf-nr", "boeuf nr"),
    ],
)
def test_les_noms_se_comparent_sans_accent_ni_casse(text: str, slug: str, folded: str) -> None:
    assert slugify(text) == slug
    assert fold(text) == folded


@given(st.text())
def test_replier_deux_fois_ne_change_plus_rien(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert slugify(slugify(text)) == slugify(text)


COMMUNE = collectivite()
GENS = {role: Personne(mail=f"{role.value}@v.fr", nom=role.nom, roles=(role,)) for role in Role}
LU = {
    Role.EQUIPE_PROGRAMME: {"collect envoi", "restitute resultat"},
    Role.REFERENT: {"collect envoi", "restitute resultat"},
    Role.DG: {"collect envoi", "restitute resultat"},
    Role.ELU_SPONSOR: {"collect envoi", "restitute resultat"},
    Role.RESPONSABLE: {"collect envoi", "restitute resultat"},
    Role.CONTRIBUTEUR: {"collect envoi", "restitute resultat"},
    Role.VOTANT: {"collect envoi", "restitute resultat", "prioritise envoi", "prioritise resultat"},
    Role.INTERLOCUTEUR: {"collect envoi", "collect resultat", "restitute resultat"},
    Role.PRESTATAIRE: {"collect envoi", "restitute resultat", "fiche envoi", "fiche resultat"},
    Role.LECTEUR: set(),
}
"""Où se voit qu’une personne de plus tient ce rôle : ce qui le lit, et rien d’autre. Le support de restitution cache
tous les noms ; le calendrier propose chacun."""


def lu(entree: Entree, auteurs: dict[str, set[str]] | None = None, nommes: set[str] | None = None) -> dict[str, Entree]:
    return {" ".join(place): narrow(entree, vue, auteurs or {}, nommes or set()) for place, vue in VUES.items()}


@pytest.mark.parametrize("role", Role)
def test_un_role_de_plus_ne_se_voit_que_la_ou_il_se_lit(role: Role) -> None:
    """Rôle par étape : la table de ce qui peut changer. Ni la collecte ni le score ne lisent qui mène ou décide."""
    before = Entree(collectivite=COMMUNE, personnes=tuple(GENS.values()))
    more = Personne(mail="autre@v.fr", nom="Autre", roles=(role,))
    after = before.model_copy(update={"personnes": (*before.personnes, more)})
    assert {place for place, found in lu(after).items() if found != lu(before)[place]} == LU[role]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.INTERLOCUTEUR])
def test_changer_de_role_ne_touche_ni_a_ce_qui_fut_repondu_ni_a_ce_qui_est_cache(role: Role) -> None:
    """Une personne que le dossier connaît prend ou perd un rôle : la collecte et la restitution n’en savent rien."""
    ana = Personne(mail="ana@v.fr", nom="Ana", roles=(Role.INTERLOCUTEUR,))
    before = Entree(collectivite=COMMUNE, personnes=(*GENS.values(), ana))
    after = before.model_copy(
        update={"personnes": (*GENS.values(), ana.model_copy(update={"roles": (Role.INTERLOCUTEUR, role)}))}
    )
    for place in ("collect resultat", "restitute resultat"):
        assert lu(before)[place] == lu(after)[place]


def test_sans_votant_le_referent_vote_et_se_lit() -> None:
    only = Entree(collectivite=COMMUNE, personnes=(GENS[Role.REFERENT],))
    both = Entree(collectivite=COMMUNE, personnes=(GENS[Role.REFERENT], GENS[Role.VOTANT]))
    assert lu(only)["prioritise resultat"] == only
    assert [item.mail for item in lu(both)["prioritise resultat"].personnes] == ["votant@v.fr"]


def test_qui_a_rendu_quelque_chose_se_lit_avec_le_droit_de_le_faire() -> None:
    entree = Entree(collectivite=COMMUNE, personnes=tuple(GENS.values()))
    mail = "referent@v.fr"
    assert lu(entree)["collect resultat"].find(mail) is None
    wrote = lu(entree, {"arbitrages": {mail}, "bulletin": {mail}})
    assert wrote["collect resultat"].find(mail) == GENS[Role.REFERENT]
    assert wrote["prioritise resultat"].find(mail) == GENS[Role.REFERENT]
    named = lu(entree, nommes={"dg@v.fr"})["collect resultat"].find("dg@v.fr")
    assert named is not None
    assert named.roles == ()


def test_revenir_sur_des_changements_de_role_rend_le_registre_d_avant() -> None:
    before = Entree(collectivite=COMMUNE, personnes=(GENS[Role.REFERENT], GENS[Role.DG]))
    after = Entree(collectivite=COMMUNE, personnes=(GENS[Role.DG].model_copy(update={"roles": (Role.REFERENT,)}),))
    changes = (
        Passation("referent@v.fr", Role.REFERENT.nom, Role.REFERENT, False),
        Passation("dg@v.fr", Role.DG.nom, Role.DG, False),
        Passation("dg@v.fr", Role.DG.nom, Role.REFERENT, True),
    )
    assert set(rewind(after, changes).personnes) == set(before.personnes)
    assert rewind(before, ()) == before
