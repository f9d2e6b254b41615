"""Les mois, les dates et les montants comme on les écrit sur une fiche."""

from __future__ import annotations

import calendar
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_models.values.dates import MONTHS, french_date, read_echeance, read_montant, read_number, to_define


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
        ("12\u00a0mai\u00a02026", date(2026, 5, 12)),
    ],
)
def test_les_dates_se_lisent_comme_on_les_ecrit(typed: str, day: date) -> None:
    found = read_echeance(typed, "fin")
    assert found is not None
    assert found.jour == day


@pytest.mark.parametrize(
    "typed",
    ["", "bientôt", "30/02/2026", "13/2026", "00/2026", "jui. 2025", "ma 2025", "Brumaire 2024", "2024", "12/05/26"],
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
        ("12,5 JH", "12.5"),
        ("3 jours-hommes", "3"),
        ("0", "0"),
        ("2000 euros HT", "2000"),
        ("1500.0", "1500"),
    ],
)
def test_les_montants_se_lisent_comme_on_les_ecrit(typed: str, value: str) -> None:
    found = read_montant(typed)
    assert found is not None
    assert found.valeur == Decimal(value)


@pytest.mark.parametrize("typed", ["", "-5 €", "beaucoup", "1.500 €", "1.500.000", "12,", "1e3", "NaN", "15 k€"])
def test_un_montant_negatif_ambigu_ou_illisible_n_est_pas_pris(typed: str) -> None:
    assert read_montant(typed) is None


@given(st.decimals(min_value=0, max_value=10**9, places=2))
def test_un_nombre_francais_se_relit_tel_quel(value: Decimal) -> None:
    assert read_number(f"{value:,f}".replace(",", "\u00a0").replace(".", ",")) == value


@given(st.dates())
def test_une_date_ecrite_en_francais_se_relit(day: date) -> None:
    found = read_echeance(f"{day.day:02}/{day.month:02}/{day.year:04}", "fin")
    assert found is not None
    assert found.jour == day
    assert french_date(date(2026, 5, 1)) == "1er mai 2026"
