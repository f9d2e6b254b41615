"""Un texte coupé tient dans sa largeur, et rien ne s’en perd."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tasks.office.deck.measure import width, wrap


@given(st.text(alphabet="abcdefghij éàW’ ", max_size=200), st.floats(20, 300))
def test_un_texte_coupe_ne_perd_rien_et_tient_dans_sa_largeur(text: str, room: float) -> None:
    lines = wrap(text, 12, room)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line, 12) <= room or len(line) == 1 for line in lines)
