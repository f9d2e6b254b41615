"""Les mois, les dates et les montants comme on les écrit sur une fiche."""

from __future__ import annotations

import calendar
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_models.values.dates import french_date, french_weekday, read_echeance, read_montant, to_define
from nr_models.values.french import euros, number
from nr_models.values.numbers import read_nombre, write_nombre
from nr_models.values.periodes import MONTHS, is_zero_day, read_period
from nr_models.values.unites import Mesure


@given(st.integers(1, 12), st.integers(1, 9999))
def test_un_mois_commence_son_premier_jour_et_finit_son_dernier(month: int, year: int) -> None:
    typed = f"{MONTHS[month - 1].capitalize()} {year:04}"
    start, end = read_echeance(typed, "debut"), read_echeance(typed, "fin")
    assert start is not None
    assert end is not None
    assert start.jour == date(year, month, 1)
    assert end.jour == date(year, month, calendar.monthrange(year, month)[1])
    assert start.saisie == end.saisie == typed


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("Février 2024", date(2024, 2, 29)),
        ("fevrier 2023", date(2023, 2, 28)),
        ("sept. 2025", date(2025, 9, 30)),
        ("Juil. 2025", date(2025, 7, 31)),
        ("03/2024", date(2024, 3, 31)),
        ("12/05/2026", date(2026, 5, 12)),
        ("2026-05-12", date(2026, 5, 12)),
        ("2026-05-12 00:00:00", date(2026, 5, 12)),
        ("1er mai 2026", date(2026, 5, 1)),
        ("T1 2026", date(2026, 3, 31)),
        ("1er trimestre 2026", date(2026, 3, 31)),
        ("T2 2028", date(2028, 6, 30)),
        ("S2 2026", date(2026, 12, 31)),
        ("2026", date(2026, 12, 31)),
        ("fin 2026", date(2026, 12, 31)),
        ("rentrée 2026", date(2026, 9, 30)),
        ("été 2027", date(2027, 9, 20)),
        ("01/09/26", date(2026, 9, 1)),
        ("sept-26", date(2026, 9, 30)),
        ("lundi 30 novembre 2026", date(2026, 11, 30)),
        ("au plus tard le 12 mai 2026", date(2026, 5, 12)),
        ("12\u00a0mai\u00a02026", date(2026, 5, 12)),
    ],
)
def test_les_dates_se_lisent_comme_on_les_ecrit(typed: str, day: date) -> None:
    found = read_echeance(typed, "fin")
    assert found is not None
    assert found.jour == day


@pytest.mark.parametrize(
    "typed",
    ["", "bientôt", "30/02/2026", "13/2026", "00/2026", "jui. 2025", "ma 2025", "Brumaire 2024"],
)
def test_ce_qui_n_est_pas_une_date_n_en_devient_pas_une(typed: str) -> None:
    assert read_echeance(typed, "debut") is None


@pytest.mark.parametrize(
    "typed",
    [
        "À définir",
        "A définir ultérieurement par la collectivité",
        "à définir avec la DSI",
        "A preciser",
        "à compléter",
        "À chiffrer",
        "non définie",
        "(à définir)",
        "En attente du vote",
    ],
)
def test_a_definir_est_permis_et_jamais_zero(typed: str) -> None:
    assert to_define(typed)
    amount, day = read_montant(typed), read_echeance(typed, "fin")
    assert amount is not None
    assert day is not None
    assert (amount.valeur, day.jour) == (None, None)
    assert amount.saisie == typed


@pytest.mark.parametrize("typed", ["", "définir la fiche de poste", "La direction à définir", "0 €"])
def test_un_texte_ordinaire_n_est_pas_a_definir(typed: str) -> None:
    assert not to_define(typed)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1 500 €", "1500"),
        ("1\u202f500,50\u00a0€ TTC", "1500.5"),
        ("2000 euros HT", "2000"),
        ("1500.0", "1500"),
        ("15 k€", "15000"),
        ("15k€", "15000"),
        ("1,2 M€", "1200000"),
        ("2.500 €", "2500"),
        ("1.500.000", "1500000"),
        ("~ 5 000 €", "5000"),
        ("0", "0"),
    ],
)
def test_les_montants_se_lisent_comme_on_les_ecrit(typed: str, value: str) -> None:
    found = read_montant(typed)
    assert found is not None
    assert found.valeur == Decimal(value)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("12,5 JH", "12.5"),
        ("3 jours-hommes", "3"),
        ("10 j", "10"),
        ("3 x 5 j", "15"),
        ("2 agents x 3 jours", "6"),
        ("2 personnes × 5 jours", "10"),
    ],
)
def test_les_jours_se_lisent_comme_on_les_ecrit(typed: str, value: str) -> None:
    found = read_montant(typed, "jours")
    assert found is not None
    assert found.valeur == Decimal(value)


@pytest.mark.parametrize(
    "typed",
    ["", "-5 €", "beaucoup", "12,", "NaN", "15000€/an", "entre 10 et 15 k€", "10 000 à 15 000 €", "15 20", "12 kg"],
)
def test_un_montant_negatif_double_ou_illisible_n_est_pas_pris(typed: str) -> None:
    assert read_montant(typed) is None


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=2))
def test_un_nombre_francais_se_relit_tel_quel(value: Decimal) -> None:
    for written in (number(value, 2), write_nombre(value)):
        found = read_nombre(written)
        assert found is not None
        assert (found.valeur, found.certitude) == (value, "sur")


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_une_somme_ecrite_en_euros_se_relit_telle_quelle(value: Decimal) -> None:
    found = read_montant(euros(value))
    assert found is not None
    assert found.valeur == value


@given(st.integers(1, 999), st.integers(0, 999), st.sampled_from(".,"), st.sampled_from(["entier", "euros", "kg"]))
def test_mille_ecrit_avec_un_point_n_est_jamais_un(thousands: int, rest: int, mark: str, mesure: Mesure) -> None:
    found = read_nombre(f"{thousands}{mark}{rest:03}", mesure)
    assert found is not None
    assert found.valeur in (None, thousands * 1000 + rest)
    assert found.certitude != "sur"


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("environ 30", 30),
        ("~5", 5),
        ("2 x 15", 30),
        ("12 postes", 12),
        ("12 (dont 3 HS)", 12),
        ("une dizaine de postes", 10),
        ("12 + 3", 15),
        ("plus de 1.000 agents", 1000),
    ],
)
def test_un_nombre_parmi_des_mots_est_une_hypothese(typed: str, value: int) -> None:
    found = read_nombre(typed, "entier")
    assert found is not None
    assert (found.saisie, found.valeur, found.certitude) == (typed, value, "hypothese")
    assert found.pourquoi


@pytest.mark.parametrize(
    ("typed", "mesure"),
    [
        ("2-3", "entier"),
        ("2026-03-02", "entier"),
        ("2-mars", "entier"),
        ("10/12", "entier"),
        ("10 à 12", "entier"),
        ("1.000", "kg"),
        ("1,500 t", "kg"),
        ("15 JH/an", "jours"),
        ("1 j/semaine", "jours"),
        ("0,5 ETP", "jours"),
    ],
)
def test_un_nombre_qui_peut_en_etre_deux_est_demande(typed: str, mesure: Mesure) -> None:
    found = read_nombre(typed, mesure)
    assert found is not None
    assert (found.valeur, found.certitude) == (None, "douteux")


@pytest.mark.parametrize("typed", ["", "x", "15 20", "12²", "1٢", "1 500 000 000 000 000 000", "24 h", "-"])
def test_ce_qui_n_est_pas_un_nombre_n_en_devient_pas_un(typed: str) -> None:
    assert read_nombre(typed, "entier") is None


@given(st.dates(min_value=date(1971, 1, 1)))
def test_une_date_ecrite_en_francais_se_relit(day: date) -> None:
    for written in (french_date(day), french_weekday(day), f"{day:%d/%m/}{day.year:04}", day.isoformat()):
        found = read_period(written)
        assert found is not None
        assert (found.jour, found.pourquoi) == (day, "")
    assert french_date(date(2026, 5, 1)) == "1er mai 2026"


@pytest.mark.parametrize(
    ("typed", "year"),
    [
        (43466, 2019),
        ("43466", 2019),
        ("1905-07-11", 2019),
        ("2020.0", 2020),
        ("mars-19", 2019),
        ("Jan-19", 2019),
        ("2018-2020", 2019),
        ("avant 2015", 2014),
        ("vers 2015", 2015),
        ("20190512", 2019),
        ("05/13/2019", 2019),
    ],
)
def test_une_annee_changee_par_le_tableur_est_retrouvee(typed: str | int, year: int) -> None:
    found = read_period(typed)
    assert found is not None
    assert found.annee == year


@pytest.mark.parametrize(
    "typed", ["1970-01-01", "1970-01-01 00:00:00", "00/00/0000", "0000-00-00", "1899-12-30", "9999-12-31"]
)
def test_le_zero_d_un_outil_n_est_pas_une_date(typed: str) -> None:
    assert is_zero_day(typed)
    assert read_period(typed) is None
