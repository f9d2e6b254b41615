"""La priorisation : le vote, la matrice et la sélection."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from statistics import pstdev
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_models.referentiel.parametres import VOIX_MIN
from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import preselect, prioritise, vote
from nr_models.rules.vote import Quadrant
from nr_models.values.roles import Role
from tests.support.cas import Cas, cas_de
from tests.support.referentiels import adresse, entree, livre, personne, petit

PARAMETRES = livre().parametres.priorisation
SEUIL_HAUT, SEUIL_BAS = Fraction(3), Fraction(3) - Fraction(1, 10**9)


def liste(referentiel: Referentiel, *, embarque: bool = False, sans: tuple[str, ...] = ()) -> preselect.Result:
    """Une présélection qui garde tout, sauf ``sans`` ; l'unité d'un levier suit ses prérequis."""

    def unit(levier: str) -> tuple[str, ...]:
        above = [member for item in referentiel.leviers[levier].requiert for member in unit(item)]
        return tuple(dict.fromkeys((*above, levier)))

    return preselect.Result(
        places=tuple(
            preselect.Place(
                levier=item,
                dimension=referentiel.dimension_of[item].slug,
                retenu=item not in sans,
                motif="pertinence",
                pertinence=Fraction(1),
                termes=(),
                unite=unit(item),
                explication="",
            )
            for item in referentiel.leviers
        ),
        prestataire_embarque=embarque,
        messages=(),
        anomalies=(),
    )


def bulletins(votes: dict[str, dict[str, str]]) -> tuple[prioritise.RetourBulletin, ...]:
    """Un bulletin par personne."""
    people = sorted({name for said in votes.values() for name in said})
    return tuple(
        prioritise.RetourBulletin(
            personne=adresse(name),
            voix=tuple(_voice(levier, said[name]) for levier, said in votes.items() if name in said),
        )
        for name in people
    )


def _voice(levier: str, said: str) -> vote.Voix:
    value, feasibility = (None if item == "-" else int(item) for item in said.split("/"))
    return vote.Voix(levier=levier, valeur=value, faisabilite=feasibility)


def voter(
    referentiel: Referentiel,
    votes: dict[str, dict[str, str]],
    colleges: dict[str, str] | None = None,
    derogations: tuple[vote.Derogation, ...] = (),
) -> prioritise.Result:
    """Le vote de ces personnes ; le référent n'y met que ses dérogations."""
    people = sorted({name for said in votes.values() for name in said})
    voters = [personne(name, college=(colleges or {}).get(name, "")) for name in people]
    own = prioritise.RetourBulletin(personne=adresse("ref"), voix=(), derogations=derogations)
    inputs = prioritise.Inputs(
        entree=entree([*voters, personne("ref", Role.REFERENT)]),
        preselect=liste(referentiel),
        retours=(*bulletins(votes), own),
    )
    return prioritise.build(inputs, referentiel)


@pytest.mark.parametrize("cas", cas_de("prioritise"))
def test_les_cas_de_l_expert(cas: Cas) -> None:
    derogations = tuple(vote.Derogation(levier=item, **said) for item, said in cas.get("derogations").items())
    result = voter(cas.referentiel, cas.get("votes"), cas.get("colleges"), derogations)
    wanted = cas.attendu
    found = {item.levier: item for item in result.consolidations}
    for levier, said in wanted.get("leviers", {}).items():
        for name in ("valeur", "faisabilite"):
            if name in said:
                assert getattr(found[levier], name) == Fraction(said[name]), (levier, name)
        if "moyenne" in said:
            assert found[levier].stat_valeur.moyenne == Fraction(said["moyenne"])
        if "quadrant" in said:
            assert found[levier].quadrant == said["quadrant"], levier
        if "desaccord" in said:
            apart = found[levier].stat_valeur.desaccord or found[levier].stat_faisabilite.desaccord
            assert apart == said["desaccord"], levier
    if "selection" in wanted:
        assert [item.levier for item in result.selection] == wanted["selection"]
    _check_reasons(result, wanted)


def _check_reasons(result: prioritise.Result, wanted: dict[str, Any]) -> None:
    chosen = {item.levier: item for item in result.selection}
    ranks = {item.levier: item.rang for item in result.consolidations}
    assert {item: chosen[item].motif for item in wanted.get("motifs", {})} == wanted.get("motifs", {})
    assert {item: chosen[item].reserve for item in wanted.get("reserves", {})} == wanted.get("reserves", {})
    assert {item: ranks[item] for item in wanted.get("rangs", {})} == wanted.get("rangs", {})
    if "refus" in wanted:
        assert sorted(result.non_retenus) == wanted["refus"]
    if "sans_voix" in wanted:
        assert sorted(result.sans_voix) == wanted["sans_voix"]
    if "messages" in wanted:
        assert len(result.messages) == wanted["messages"], result.messages


@pytest.mark.parametrize(
    ("value", "feasibility", "quadrant"),
    [
        (SEUIL_HAUT, SEUIL_HAUT, Quadrant.GAINS_RAPIDES),
        (SEUIL_HAUT, SEUIL_BAS, Quadrant.PROJETS_MAJEURS),
        (SEUIL_BAS, SEUIL_HAUT, Quadrant.COMPLEMENTS),
        (SEUIL_BAS, SEUIL_BAS, Quadrant.A_ECARTER),
        (None, SEUIL_HAUT, None),
        (SEUIL_HAUT, None, None),
    ],
)
def test_les_quadrants_sont_exacts_aux_seuils(
    value: Fraction | None, feasibility: Fraction | None, quadrant: Quadrant | None
) -> None:
    assert vote.quadrant_of(value, feasibility, PARAMETRES) == quadrant


def test_une_dispersion_de_1_2_exactement_est_un_desaccord_et_pas_juste_dessous() -> None:
    # Cinq voix 1 et 4… dépassent l'écart de 3 : pour isoler la dispersion, l'écart est ici sans limite.
    wide = PARAMETRES.model_copy(update={"desaccord_etendue": Decimal(9)})
    at = [1, 4, 4, 4, 4]  # moyenne 3,4 ; variance 7,2 ÷ 5 = 1,44 = 1,2²
    assert Fraction(36, 25) == Fraction(sum((5 * note - 17) ** 2 for note in at), 125)
    assert vote.disagree(at, wide)
    assert not vote.disagree([*at, 4], wide)
    assert vote.disagree([1, 4, 4, 4, 4, 4], PARAMETRES)  # l'écart de 3 suffit


@given(st.lists(st.integers(1, 5), max_size=12))
def test_le_desaccord_est_celui_de_la_definition(notes: list[int]) -> None:
    said = vote.disagree(notes, PARAMETRES)
    if len(notes) < 2:
        assert not said
    elif max(notes) - min(notes) >= 3:
        assert said
    elif abs(pstdev(notes) - 1.2) > 1e-9:
        assert said == (pstdev(notes) >= 1.2)


NOTE = st.sampled_from(["-", "1", "2", "3", "4", "5"])


@st.composite
def votes(draw: st.DrawFn) -> tuple[Referentiel, dict[str, dict[str, str]]]:
    """Trois dimensions de cinq leviers avec des prérequis, et trois votants."""
    known: list[str] = []
    dimensions: dict[str, Any] = {}
    for name in ("a", "b", "c"):
        leviers = {}
        for number in range(1, 6):
            above = draw(st.sets(st.sampled_from(known), max_size=2)) if known else ()
            leviers[f"{name}{number}"] = {"requiert": tuple(sorted(above))}
            known.append(f"{name}{number}")
        dimensions[name] = {"leviers": leviers}
    referentiel = petit(dimensions, {"selection": {"cible": 6, "min": 4, "max": 8}})
    said = {item: {name: f"{draw(NOTE)}/{draw(NOTE)}" for name in ("ana", "bob", "cleo")} for item in known}
    return referentiel, said


@given(votes())
def test_la_selection_suit_les_prerequis_et_garde_les_unites_entieres(
    vote: tuple[Referentiel, dict[str, dict[str, str]]],
) -> None:
    referentiel, said = vote
    result = voter(referentiel, said)
    place = {item.levier: item.ordre for item in result.selection}
    assert sorted(place.values()) == list(range(1, len(place) + 1))
    for levier in place:
        for above in referentiel.leviers[levier].requiert:
            assert place[above] < place[levier]
    assert not set(result.sans_voix) & set(place)
    assert set(place) | set(result.non_retenus) == set(referentiel.leviers)


@given(votes())
def test_la_cible_n_est_depassee_que_par_le_meilleur_de_chaque_dimension(
    vote: tuple[Referentiel, dict[str, dict[str, str]]],
) -> None:
    referentiel, said = vote
    result = voter(referentiel, said)
    unit = {item.levier: set(item.unite) for item in result.consolidations}
    if len(result.selection) > referentiel.parametres.selection.cible:
        best = {item.levier for item in result.selection if item.motif == "dimension"}
        assert {item.levier for item in result.selection} == set().union(*(unit[item] for item in best))
    limits = referentiel.parametres.selection
    assert bool(result.messages) == (not limits.min <= len(result.selection) <= limits.max)


@given(votes())
def test_chaque_dimension_a_son_meilleur_candidat(vote: tuple[Referentiel, dict[str, dict[str, str]]]) -> None:
    referentiel, said = vote
    result = voter(referentiel, said)
    chosen = {item.levier for item in result.selection}
    for dimension in referentiel.dimensions:
        candidates = [item for item in result.consolidations if item.dimension == dimension.slug and item.rang]
        if candidates:
            assert min(candidates, key=lambda item: item.rang or 0).levier in chosen


@given(votes())
def test_le_rang_va_des_gains_rapides_aux_projets_majeurs(vote: tuple[Referentiel, dict[str, dict[str, str]]]) -> None:
    referentiel, said = vote
    ranked = sorted(
        (item for item in voter(referentiel, said).consolidations if item.rang), key=lambda item: item.rang or 0
    )
    quick = [item for item in ranked if item.quadrant is Quadrant.GAINS_RAPIDES]
    major = ranked[len(quick) :]
    assert ranked[: len(quick)] == quick
    assert quick == sorted(quick, key=lambda item: (-(item.valeur or 0) - (item.faisabilite or 0), item.levier))
    assert major == sorted(major, key=lambda item: (-(item.valeur or 0), item.levier))
    assert all(item.quadrant is Quadrant.PROJETS_MAJEURS for item in major)


@given(votes(), st.randoms(use_true_random=False))
def test_l_ordre_des_bulletins_ne_change_rien(vote: tuple[Referentiel, dict[str, dict[str, str]]], chance: Any) -> None:
    referentiel, said = vote
    retours = list(bulletins(said))
    people = entree([personne(name) for name in ("ana", "bob", "cleo")])

    def result() -> str:
        inputs = prioritise.Inputs(entree=people, preselect=liste(referentiel), retours=tuple(retours))
        return prioritise.build(inputs, referentiel).model_dump_json()

    first = result()
    chance.shuffle(retours)
    assert result() == first


DEUX = petit({"a": {"leviers": {"a1": {"prestataire": True}, "a2": {}}}})


def _compter(*people: Any, embarque: bool = False, **said: str) -> prioritise.Result:
    votes = {"a1": said, "a2": said}
    inputs = prioritise.Inputs(
        entree=entree(people), preselect=liste(DEUX, embarque=embarque), retours=bulletins(votes)
    )
    return prioritise.build(inputs, DEUX)


def test_le_bulletin_d_une_personne_qui_ne_vote_pas_n_est_pas_compte_et_c_est_dit() -> None:
    result = _compter(personne("ana"), personne("lea", Role.LECTEUR), ana="5/5", lea="1/1", inconnu="1/1")
    assert [item.stat_valeur.voix for item in result.consolidations] == [1, 1]
    assert [(item.code, item.valeur) for item in result.anomalies] == [
        ("bulletin-sans-droit", "inconnu@ville.fr"),
        ("bulletin-sans-droit", "lea@ville.fr"),
    ]


@pytest.mark.parametrize(("embarque", "voices"), [(True, [2, 1]), (False, [1, 1])])
def test_le_prestataire_embarque_note_les_leviers_orange(embarque: bool, voices: list[int]) -> None:
    people = (personne("ana"), personne("presta", Role.PRESTATAIRE))
    result = _compter(*people, embarque=embarque, ana="5/5", presta="3/3")
    assert [item.stat_valeur.voix for item in result.consolidations] == voices


def test_sans_votant_designe_les_referents_estiment() -> None:
    dossier = entree([personne("ref", Role.REFERENT), personne("dg", Role.DG)])
    assert prioritise.voters(dossier) == ("ref@ville.fr",)
    assert prioritise.voters(entree([personne("ana"), *dossier.personnes])) == ("ana@ville.fr",)


def test_seul_le_referent_impose_et_deux_referents_qui_se_contredisent_n_imposent_rien() -> None:
    def ballot(name: str, force: Any) -> prioritise.RetourBulletin:
        override = vote.Derogation(levier="a2", force=force, raison="Parce que")
        return prioritise.RetourBulletin(personne=adresse(name), voix=(), derogations=(override,))

    people = entree([personne("ana"), personne("ref", Role.REFERENT), personne("sup", Role.EQUIPE_PROGRAMME)])

    def result(*retours: prioritise.RetourBulletin) -> prioritise.Result:
        return prioritise.build(prioritise.Inputs(entree=people, preselect=liste(DEUX), retours=retours), DEUX)

    assert [item.code for item in result(ballot("ana", "inclure")).anomalies] == ["derogation-sans-droit"]
    assert [item.levier for item in result(ballot("ref", "inclure")).selection] == ["a2"]
    contested = result(ballot("ref", "inclure"), ballot("sup", "exclure"))
    assert contested.selection == ()
    assert [item.code for item in contested.anomalies] == ["derogation-contraire"]


def test_un_levier_dont_le_prerequis_a_quitte_la_liste_est_bloque() -> None:
    suite = petit({"a": {"leviers": {"a1": {}, "a2": {"requiert": ("a1",)}}}})
    inputs = prioritise.Inputs(
        entree=entree([personne("ana")]),
        preselect=liste(suite, sans=("a1",)),
        retours=bulletins({"a2": {"ana": "5/5"}}),
    )
    result = prioritise.build(inputs, suite)
    assert result.selection == ()
    assert "Levier a1" in result.non_retenus["a2"]


def test_la_participation_se_compte_par_direction() -> None:
    people = [personne("ana", direction="Achats"), personne("bob", direction="Achats"), personne("cleo")]
    result = _compter(*people, ana="5/5", cleo="-/-")
    assert [(item.direction, item.attendus, item.recus) for item in result.participation] == [
        ("Direction non précisée", 1, 1),
        ("Achats", 2, 1),
    ]


def test_une_direction_de_moins_de_trois_votants_est_montree_avec_les_autres() -> None:
    people = [personne("ana", direction="Achats"), personne("bob", direction="Achats"), personne("cleo")]
    shown = prioritise.gather_participation(_compter(*people, ana="5/5", cleo="-/-"), 3)
    assert [(item.direction, item.attendus, item.recus) for item in shown] == [("Autres directions", 3, 2)]


@given(st.dictionaries(st.tuples(st.sampled_from("ABCDEF"), st.sampled_from(("élu", "agent"))), st.integers(1, 6)))
def test_aucun_groupe_montre_n_a_moins_de_trois_voix_ni_ne_se_retrouve_par_difference(
    sizes: dict[tuple[str, str], int],
) -> None:
    voices = {key: [vote.Voix(levier="a1", valeur=3)] * size for key, size in sizes.items()}
    shown = vote.gather_small(voices, VOIX_MIN)
    total, told = sum(sizes.values()), sum(map(len, shown.values()))
    assert all(len(group) >= VOIX_MIN for group in shown.values())
    assert told == total or (told == 0 and total < VOIX_MIN)
    assert {key: len(group) for key, group in shown.items() if key in sizes}.items() <= sizes.items()


def test_les_votants_dont_le_bulletin_manque_sont_nommes() -> None:
    inputs = prioritise.Inputs(
        entree=entree([personne("ana"), personne("bob")]),
        preselect=liste(DEUX),
        retours=bulletins({"a1": {"ana": "1/1"}}),
    )
    assert [(item.quoi, item.personne) for item in prioritise.missing(inputs)] == [("bulletin", "bob@ville.fr")]


def test_la_mediane_et_les_bornes_accompagnent_la_moyenne() -> None:
    stat = voter(DEUX, {"a1": {"ana": "1/1", "bob": "2/1", "cleo": "5/1", "dan": "2/1"}}).consolidations[0].stat_valeur
    assert (stat.moyenne, stat.mediane, stat.minimum, stat.maximum, stat.voix) == (Fraction(5, 2), 2, 1, 5, 4)


def test_un_bulletin_blanc_n_est_pas_un_vote_il_reste_attendu_et_c_est_dit() -> None:
    referentiel = livre()
    people = (personne("a", Role.VOTANT), personne("b", Role.VOTANT))
    retours = (
        *bulletins({next(iter(referentiel.leviers)): {"a": "-/-"}}),
        prioritise.RetourBulletin(personne=adresse("b"), voix=()),
    )
    inputs = prioritise.Inputs(entree=entree(people), preselect=liste(referentiel), retours=retours)
    assert [item.personne for item in prioritise.missing(inputs)] == [adresse("b")]
    result = prioritise.build(inputs, referentiel)
    assert [item.personne for item in result.bulletins] == [adresse("a")]
    assert [(item.code, item.valeur) for item in result.anomalies] == [("bulletin-blanc", adresse("b"))]
    assert sum(item.recus for item in result.participation) == 1
