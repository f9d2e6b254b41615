"""Le calendrier des entretiens : personne à deux endroits, du temps pour noter, une charge partagée."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_models.dossier.registre import Entree, share_questions
from nr_models.rules.entretiens import (
    CalendrierEntretiens,
    EntretienAPlacer,
    Journee,
    Raison,
    RetourCalendrier,
    Souhait,
    list_demandes,
    plan_entretiens,
    read_heure,
)
from nr_models.values.roles import Role
from tests.support.referentiels import adresse, entree, livre, personne, petit

DUREES = livre().parametres.entretiens
NOTES = DUREES.minutes_notes
LUNDI = date(2026, 11, 30)
PETIT = petit({"parc": {"questions": {"q1": {}, "q2": {"profils": ("achats",)}, "q3": {"profils": ("rh",)}}}})
REFERENTE = personne("rita", Role.REFERENT, profils=())
QUESTIONS = tuple(PETIT.questions.values())


def journee(debut: str = "9 h", fin: str = "17 h", *, jour: date = LUNDI, referents: tuple[str, ...] = ()) -> Journee:
    begun, ended = read_heure(debut), read_heure(fin)
    assert begun is not None
    assert ended is not None
    return Journee(jour=jour, debut=begun, fin=ended, referents=referents)


def demandes(dossier: Entree, *, en_plusieurs: bool = False) -> tuple[EntretienAPlacer, ...]:
    return list_demandes(dossier, share_questions(dossier, QUESTIONS, {}), DUREES, en_plusieurs=en_plusieurs)


def planifier(wanted: tuple[EntretienAPlacer, ...], retour: RetourCalendrier, *referents: str) -> CalendrierEntretiens:
    return plan_entretiens(wanted, retour, referents or (REFERENTE.mail,), minutes_notes=NOTES)


def simple(cle: str, minutes: int = 30, *meneurs: str) -> EntretienAPlacer:
    return EntretienAPlacer(cle=cle, personnes=(cle,), minutes=minutes, meneurs=meneurs or (REFERENTE.mail,))


def test_l_equipe_informatique_est_vue_ensemble_deux_heures_et_les_autres_une_demi_heure() -> None:
    dossier = entree([REFERENTE, personne("ana"), personne("bob"), personne("cleo", profils=("achats",))])
    found = [(item.personnes, item.minutes) for item in demandes(dossier)]
    assert found == [((adresse("ana"), adresse("bob")), 120), ((adresse("cleo"),), 30)]


def test_l_entretien_long_peut_se_faire_en_plusieurs_fois_une_heure() -> None:
    found = demandes(entree([REFERENTE, personne("ana")]), en_plusieurs=True)
    assert [(item.cle, item.minutes) for item in found] == [("equipe-1", 60), ("equipe-2", 60)]


def test_qui_n_a_pas_de_question_n_a_pas_d_entretien() -> None:
    assert demandes(entree([REFERENTE, personne("zoe", profils=("communication",))])) == ()


def test_personne_ne_s_interroge_soi_meme() -> None:
    seule = personne("rita", Role.REFERENT, Role.INTERLOCUTEUR, profils=("achats",))
    dossier = entree([seule, personne("ana", profils=("rh",))])
    calendrier = planifier(demandes(dossier), RetourCalendrier(journees=(journee(),)))
    assert [(item.cle, item.raison) for item in calendrier.non_places] == [(seule.mail, Raison.SANS_MENEUR)]
    assert [item.personnes for item in calendrier.creneaux] == [(adresse("ana"),)]


def test_un_referent_informaticien_mene_l_entretien_de_son_equipe() -> None:
    chef = personne("rita", Role.REFERENT, Role.INTERLOCUTEUR, profils=("dsi",))
    [found] = demandes(entree([chef, personne("ana")]))
    assert (found.personnes, found.meneurs) == ((adresse("ana"),), (chef.mail,))


def test_sans_referent_l_equipe_programme_mene_les_entretiens() -> None:
    equipe = personne("eve", Role.EQUIPE_PROGRAMME, profils=())
    assert demandes(entree([equipe, personne("ana")]))[0].meneurs == (equipe.mail,)


def test_un_quart_d_heure_est_garde_pour_noter_avant_l_entretien_suivant() -> None:
    calendrier = planifier((simple("a"), simple("b")), RetourCalendrier(journees=(journee(),)))
    premier, second = calendrier.creneaux
    assert (premier.debut, premier.fin, premier.notes) == (540, 570, 585)
    assert second.debut == premier.notes


def test_tout_peut_tenir_en_une_journee_et_ce_qui_ne_tient_pas_est_dit() -> None:
    wanted = tuple(simple(f"p{rang}") for rang in range(6))
    calendrier = planifier(wanted, RetourCalendrier(journees=(journee("9 h", "12 h"),)))
    assert len(calendrier.creneaux) == 4
    assert {item.raison for item in calendrier.non_places} == {Raison.SANS_PLACE}


def test_sans_journee_ouverte_rien_n_est_place() -> None:
    assert len(planifier((simple("a"),), RetourCalendrier()).non_places) == 1


def test_une_heure_ecrite_est_gardee_et_les_autres_se_placent_autour() -> None:
    ecrit = Souhait(cle="b", jour=LUNDI, debut=read_heure("9 h"))
    calendrier = planifier((simple("a"), simple("b")), RetourCalendrier(journees=(journee(),), souhaits=(ecrit,)))
    assert [(item.cle, item.ecrit) for item in calendrier.creneaux] == [("b", True), ("a", False)]


def test_deux_heures_ecrites_qui_se_chevauchent_sont_dites() -> None:
    ecrits = tuple(Souhait(cle=cle, jour=LUNDI, debut=debut) for cle, debut in (("a", 540), ("b", 550)))
    calendrier = planifier((simple("a"), simple("b")), RetourCalendrier(souhaits=ecrits))
    assert [item.cle for item in calendrier.creneaux] == ["a"]
    assert [(item.cle, item.raison) for item in calendrier.non_places] == [("b", Raison.CHEVAUCHEMENT)]


def test_un_entretien_deja_tenu_ne_demande_plus_de_place() -> None:
    retour = RetourCalendrier(journees=(journee(),), souhaits=(Souhait(cle="a", tenu=True),))
    assert planifier((simple("a"),), retour) == CalendrierEntretiens()


def test_un_referent_absent_ne_mene_rien_ce_jour_la() -> None:
    mardi = LUNDI + timedelta(days=1)
    jours = (journee(referents=("autre@ville.fr",)), journee(jour=mardi))
    [found] = planifier((simple("a"),), RetourCalendrier(journees=jours)).creneaux
    assert found.jour == mardi


def test_proposer_a_nouveau_ce_qui_a_ete_propose_ne_change_rien() -> None:
    wanted = (simple("a"), simple("b", 120))
    first = planifier(wanted, RetourCalendrier(journees=(journee(),)))
    ecrits = tuple(
        Souhait(cle=item.cle, jour=item.jour, debut=item.debut, referent=item.referent) for item in first.creneaux
    )
    again = planifier(wanted, RetourCalendrier(journees=(journee(),), souhaits=ecrits))
    assert [item.model_copy(update={"ecrit": False}) for item in again.creneaux] == list(first.creneaux)


@pytest.mark.parametrize(
    ("texte", "minutes"),
    [("9 h 30", 570), ("9h30", 570), ("09:30:00", 570), ("14:00", 840), ("9", 540), ("9 h", 540), ("0:15", 15)],
)
def test_une_heure_se_lit_comme_on_l_ecrit(texte: str, minutes: int) -> None:
    assert read_heure(texte) == minutes


@pytest.mark.parametrize("texte", ["matin", "25 h", "9 h 75", "", "9 h 3", "-1"])
def test_ce_qui_n_est_pas_une_heure_n_en_est_pas_une(texte: str) -> None:
    assert read_heure(texte) is None


REFERENTS = ("r1@ville.fr", "r2@ville.fr", "r3@ville.fr")


@st.composite
def situations(draw: st.DrawFn) -> tuple[tuple[EntretienAPlacer, ...], RetourCalendrier, tuple[str, ...]]:
    """Des personnes, parfois les mêmes, des journées de toutes longueurs, un à trois référents."""
    referents = REFERENTS[: draw(st.integers(1, 3))]
    people = st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), min_size=1, max_size=3, unique=True)
    wanted = tuple(
        EntretienAPlacer(
            cle=f"e{rang:02d}",
            personnes=tuple(draw(people)),
            minutes=draw(st.sampled_from([30, 60, 120])),
            meneurs=referents,
        )
        for rang in range(draw(st.integers(0, 10)))
    )
    days = []
    for _ in range(draw(st.integers(0, 4))):
        begun = draw(st.integers(480, 900))
        day = LUNDI + timedelta(days=draw(st.integers(0, 2)))
        days.append(Journee(jour=day, debut=begun, fin=begun + draw(st.integers(30, 400))))
    return wanted, RetourCalendrier(journees=tuple(days)), referents


@given(situations())
def test_personne_n_est_a_deux_endroits_et_les_notes_tiennent_dans_les_heures_ouvertes(
    situation: tuple[tuple[EntretienAPlacer, ...], RetourCalendrier, tuple[str, ...]],
) -> None:
    wanted, retour, referents = situation
    calendrier = planifier(wanted, retour, *referents)
    busy: dict[tuple[str, date], list[tuple[int, int]]] = {}
    for item in calendrier.creneaux:
        assert item.notes - item.fin == NOTES
        assert any(
            day.jour == item.jour and day.debut <= item.debut and item.notes <= day.fin for day in retour.journees
        )
        for mail, end in ((item.referent, item.notes), *((mail, item.fin) for mail in item.personnes)):
            busy.setdefault((mail, item.jour), []).append((item.debut, end))
    for spans in busy.values():
        ordered = sorted(spans)
        assert all(before[1] <= after[0] for before, after in pairwise(ordered))


@given(situations())
def test_chaque_entretien_est_place_ou_dit_et_le_meme_jeu_donne_le_meme_calendrier(
    situation: tuple[tuple[EntretienAPlacer, ...], RetourCalendrier, tuple[str, ...]],
) -> None:
    wanted, retour, referents = situation
    calendrier = planifier(wanted, retour, *referents)
    seen = [item.cle for item in (*calendrier.creneaux, *calendrier.non_places)]
    assert sorted(seen) == sorted(item.cle for item in wanted)
    turned = retour.model_copy(update={"journees": retour.journees[::-1]})
    assert planifier(wanted[::-1], turned, *referents) == calendrier


@given(st.lists(st.sampled_from([30, 60, 120]), min_size=1, max_size=12), st.integers(2, 3))
def test_quand_la_place_ne_manque_pas_la_charge_des_referents_differe_d_un_entretien_au_plus(
    durees: list[int], combien: int
) -> None:
    referents = REFERENTS[:combien]
    wanted = tuple(simple(f"p{rang:02d}", minutes, *referents) for rang, minutes in enumerate(durees))
    jours = tuple(journee(jour=LUNDI + timedelta(days=rang)) for rang in range(len(durees)))
    calendrier = planifier(wanted, RetourCalendrier(journees=jours), *referents)
    loads = [sum(item.notes - item.debut for item in calendrier.creneaux if item.referent == one) for one in referents]
    assert not calendrier.non_places
    assert max(loads) - min(loads) <= max(durees) + NOTES
