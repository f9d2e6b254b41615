"""Un nom de feuille est permis, et se lit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tasks.office.workbook.cells import sheet_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("3 Achats responsables", "3 Achats responsables"),
        ("6 Infrastructures et hébergement", "6 Infrastructures"),
        ("1 Oui/non : [essai] ?", "1 Oui non essai"),
    ],
)
def test_un_nom_de_feuille_est_coupe_entre_deux_mots(text: str, name: str) -> None:
    assert sheet_name(text) == name


@given(st.text(min_size=1))
def test_tout_nom_de_feuille_est_permis(text: str) -> None:
    name = sheet_name(f"1 {text}")
    assert name
    assert len(name) <= 31
    assert not set(name) & set("[]:*?/\\")
