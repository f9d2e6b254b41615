"""Les valeurs : exactes, arrondies à la demie supérieure, toujours écrites pareil."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from nr_models.values.frozen import Exact, Frozen, canonical, digest, percent, round_half_up


class Part(Frozen):
    part: Exact


@given(st.decimals(min_value=-1000, max_value=1000, places=4), st.integers(0, 3))
def test_l_arrondi_est_celui_de_la_demie_superieure(value: Decimal, places: int) -> None:
    assert round_half_up(Fraction(value), places) == value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


@pytest.mark.parametrize(
    ("share", "shown"),
    [("1/4", "25.0"), ("5/16", "31.3"), ("1/3", "33.3"), ("2/3", "66.7"), ("0", "0.0"), ("1", "100.0")],
)
def test_un_pourcentage_montre_toujours_une_decimale(share: str, shown: str) -> None:
    assert str(percent(Fraction(share))) == shown


@given(st.fractions())
def test_une_fraction_traverse_le_json_sans_perte(value: Fraction) -> None:
    assert Part.model_validate_json(Part(part=value).model_dump_json()).part == value


def test_un_nombre_a_virgule_flottante_est_refuse_la_ou_l_exact_est_attendu() -> None:
    with pytest.raises(ValidationError):
        Part.model_validate({"part": 0.1})


@given(st.dictionaries(st.text(), st.one_of(st.integers(), st.text(), st.booleans(), st.none())), st.randoms())
def test_l_ordre_des_cles_ne_change_pas_l_ecriture(value: dict[str, object], chance: object) -> None:
    items = list(value.items())
    chance.shuffle(items)  # type: ignore[attr-defined]
    assert canonical(dict(items)) == canonical(value)
    assert digest(dict(items)) == digest(value)


def test_l_ecriture_canonique_est_sans_blanc_et_garde_les_accents() -> None:
    value = {"b": (1, Decimal("1.50")), "a": Fraction(5, 12), "é": date(2026, 5, 1), "s": {"y", "x"}}
    assert canonical(value) == '{"a":"5/12","b":[1,"1.50"],"s":["x","y"],"é":"2026-05-01"}'


def test_une_valeur_ne_se_modifie_pas_et_refuse_ce_qu_elle_ne_connait_pas() -> None:
    value = Part(part=Fraction(1))
    with pytest.raises(ValidationError):
        value.part = Fraction(2)
    with pytest.raises(ValidationError):
        Part.model_validate({"part": 1, "autre": 2})
