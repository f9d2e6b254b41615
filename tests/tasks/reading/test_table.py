"""Une cellule porte l’adresse que le tableur lui donne."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tasks.reading.table import address


@given(st.integers(0, 200_000), st.integers(0, 16_383))
def test_une_adresse_de_cellule_est_celle_du_tableur(row: int, column: int) -> None:
    from openpyxl.utils import coordinate_to_tuple

    assert coordinate_to_tuple(address(row, column)) == (row + 1, column + 1)
