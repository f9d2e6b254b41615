"""Les nombres et les phrases s’écrivent à la française."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from nr_models.values.french import euros, exact, number, trimmed, typeset
from nr_models.values.numbers import read_nombre
from nr_models.values.periodes import read_period
from tests.support.decks_case import referentiel


def test_les_nombres_s_ecrivent_a_la_francaise() -> None:
    assert number(1234567) == "1\u00a0234\u00a0567"
    assert euros(referentiel().parametres.feuille_de_route.cout_jour_homme * 5) == "1\u00a0500\u00a0€"
    assert typeset("Quoi ? « Oui » : 5 %") == "Quoi\u00a0? «\u00a0Oui\u00a0»\u00a0: 5\u00a0%"


MONTANTS = st.decimals(0, 10**9, places=2, allow_nan=False, allow_infinity=False)


@given(MONTANTS)
def test_un_montant_ecrit_se_relit_le_meme(value: Decimal) -> None:
    for written in (euros(value), f"{exact(value)} euros", typeset(euros(value))):
        found = read_nombre(written, "euros")
        assert found is not None
        assert (found.valeur, found.certitude) == (value, "sur")


@given(st.integers(0, 10**9), st.decimals(0, 10**6, places=1, allow_nan=False, allow_infinity=False))
def test_un_nombre_ecrit_se_relit_le_meme(whole: int, tenth: Decimal) -> None:
    for written, value in ((number(whole), Decimal(whole)), (trimmed(tenth), tenth), (number(tenth, 1), tenth)):
        found = read_nombre(written)
        assert found is not None
        assert (found.valeur, found.certitude) == (value, "sur")


@given(st.dates(date(1971, 1, 1), date(2099, 12, 31)))
def test_un_trimestre_ecrit_se_relit_le_meme(day: date) -> None:
    quarter = (day.month - 1) // 3 + 1
    for written in (f"{day.year} T{quarter}", f"T{quarter} {day.year}"):
        found = read_period(written)
        assert found is not None
        assert found.debut <= day <= found.fin
        assert (found.fin - found.debut).days < 93


def test_les_milliers_a_point_se_lisent_en_euros() -> None:
    found = read_nombre("2.500 €", "euros")
    assert found is not None
    assert found.valeur == Decimal(2500)
