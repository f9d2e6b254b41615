"""L'échéance d'une validation, en jours ouvrés ; ses rappels, leur heure, et l'alerte à la fin."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from holidays import country_holidays
from hypothesis import given
from hypothesis import strategies as st

from nr_models.dossier.relance import find_echeance, find_wake, is_late, is_quiet, plan_relances
from nr_models.referentiel.circuit import Calme
from nr_models.values.days import add_working_days, is_working, paris_day, paris_time
from tasks.referentiel.load import find_folder, load_referentiel

CHAINE = load_referentiel(find_folder()).validation
CALME = Calme(matin=8, soir=19)
JOURS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
INSTANTS = st.datetimes(datetime(2020, 1, 1), datetime(2040, 12, 31)).map(
    lambda moment: moment.replace(tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
)


def due(opened: str, now: str, sent: set[str] | None = None, jours: int = 5) -> list[str]:
    steps = plan_relances(opened, jours, CHAINE.relances, CHAINE.calme, sent or set(), now)
    return [step.palier for step in steps]


@pytest.mark.parametrize(
    "ferie",
    [date(2026, 1, 1), date(2026, 4, 6), date(2026, 5, 14), date(2026, 7, 14), date(2026, 11, 11), date(2027, 3, 29)],
)
def test_un_jour_ferie_n_est_pas_ouvre(ferie: date) -> None:
    assert ferie.weekday() < 5
    assert not is_working(ferie)


@pytest.mark.parametrize("annee", range(2020, 2061))
def test_les_jours_feries_sont_ceux_de_la_bibliotheque_de_reference(annee: int) -> None:
    feries = country_holidays("FR", years=annee)
    for rang in range(366):
        jour = date(annee, 1, 1) + timedelta(days=rang)
        assert is_working(jour) == (jour.weekday() < 5 and jour not in feries)


def test_le_vendredi_saint_et_le_26_decembre_sont_ouvres_hors_d_alsace_moselle() -> None:
    assert is_working(date(2026, 4, 3))
    assert is_working(date(2022, 12, 26))


def test_cinq_jours_ouvres_enjambent_le_pont_de_mai() -> None:
    assert find_echeance("2026-05-05T09:00:00Z", 5) == date(2026, 5, 13)  # le 8 mai est férié
    assert find_echeance("2026-05-07T09:00:00Z", 5) == date(2026, 5, 18)  # le 14 aussi, l'Ascension


def test_une_validation_ouverte_le_soir_l_est_le_jour_qu_il_est_a_paris() -> None:
    assert paris_day("2026-06-30T22:30:00Z") == date(2026, 7, 1)
    assert paris_day("2026-12-31T22:30:00Z") == date(2026, 12, 31)


@given(JOURS, st.integers(-30, 30))
def test_compter_en_jours_ouvres_arrive_sur_un_jour_ouvre_et_en_compte_autant(day: date, count: int) -> None:
    found = add_working_days(day, count)
    between = (min(day, found) + timedelta(days=n) for n in range(abs((found - day).days) + 1))
    assert sum(is_working(item) for item in between if item != day) == abs(count)
    assert count == 0 or is_working(found)


@given(INSTANTS, st.integers(1, 20))
def test_on_n_est_pas_en_retard_le_jour_de_l_echeance_et_on_l_est_le_lendemain(opened: str, jours: int) -> None:
    last = find_echeance(opened, jours)
    assert not is_late(opened, jours, f"{last}T12:00:00Z")
    assert is_late(opened, jours, f"{last + timedelta(days=1)}T12:00:00Z")


@given(INSTANTS)
def test_le_reveil_est_la_premiere_heure_permise(now: str) -> None:
    wake = find_wake(now, CALME)
    assert wake >= now
    assert not is_quiet(wake, CALME)
    if wake != now:
        assert (paris_time(wake).hour, paris_time(wake).minute) == (8, 0)
        before = datetime.fromisoformat(wake) - timedelta(seconds=1)
        assert is_quiet(before.isoformat(), CALME)


@pytest.mark.parametrize(
    ("now", "wake"),
    [
        ("2026-03-27T20:00:00Z", "2026-03-30T06:00:00Z"),  # l'heure d'été vient dans la nuit du samedi
        ("2026-10-23T20:00:00Z", "2026-10-26T07:00:00Z"),  # l'heure d'hiver
        ("2026-12-24T18:30:00Z", "2026-12-28T07:00:00Z"),  # Noël est un vendredi
        ("2026-06-10T05:00:00Z", "2026-06-10T06:00:00Z"),  # tôt le matin : le jour même
        ("2026-06-10T10:00:00Z", "2026-06-10T10:00:00Z"),
    ],
)
def test_ce_qui_dort_se_reveille_a_huit_heures_a_paris(now: str, wake: str) -> None:
    assert find_wake(now, CALME) == wake


def test_sans_heures_de_calme_tout_part_de_suite() -> None:
    assert find_wake("2026-12-25T02:00:00Z", None) == "2026-12-25T02:00:00Z"


def test_l_echelle_se_monte_marche_apres_marche() -> None:
    opened, sent, seen = "2026-05-05T09:00:00Z", set[str](), {}
    moment = datetime(2026, 5, 5, 9, tzinfo=UTC)
    for _ in range(40):
        now = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        for palier in due(opened, now, sent):
            sent.add(palier)
            seen[palier] = paris_day(now)
        moment += timedelta(days=1)
    assert seen == {
        "rappel": date(2026, 5, 11),
        "echeance": date(2026, 5, 13),
        "retard": date(2026, 5, 19),
        "escalade": date(2026, 5, 21),
    }


def test_l_escalade_va_au_role_nomme_et_le_rappel_aux_personnes_attendues() -> None:
    steps = plan_relances("2026-05-05T09:00:00Z", 5, CHAINE.relances, CHAINE.calme, set(), "2026-06-30T09:00:00Z")
    assert [(step.palier, step.roles, step.escalade) for step in steps] == [
        ("retard", (), False),
        ("escalade", ("equipe-programme",), True),
    ]


def test_apres_un_long_silence_du_logiciel_personne_ne_recoit_toute_l_echelle() -> None:
    assert due("2026-05-05T09:00:00Z", "2026-06-30T09:00:00Z") == ["retard", "escalade"]
    assert due("2026-05-05T09:00:00Z", "2026-06-30T09:00:00Z", {"retard", "escalade"}) == []


def test_un_delai_d_un_jour_n_a_pas_de_rappel_avant_d_avoir_commence() -> None:
    assert due("2026-06-10T09:00:00Z", "2026-06-10T10:00:00Z", jours=1) == []
    assert due("2026-06-10T09:00:00Z", "2026-06-11T10:00:00Z", jours=1) == ["echeance"]


@given(INSTANTS, INSTANTS, st.integers(1, 20), st.sets(st.sampled_from([item.slug for item in CHAINE.relances])))
def test_aucune_relance_ne_part_aux_heures_de_calme_ni_deux_fois(
    opened: str, now: str, jours: int, sent: set[str]
) -> None:
    found = due(opened, now, sent, jours)
    assert not set(found) & sent
    assert not found or not is_quiet(now, CHAINE.calme)
    assert not found or paris_day(now) > paris_day(opened)
