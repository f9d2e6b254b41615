"""Les liens des courriers : les mêmes deux fois, à une personne et une demande, illisibles à qui en invente."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from nr_models.tables import Gate
from nr_models.values.days import paris_day
from tasks.mail.liens import find_bearer, is_over, read_entry_token, read_gate_token, write_gate_token
from tasks.store.clock import now
from tasks.store.settings import Settings

GATE = Gate(
    id=7, dossier_id=1, round_id=1, gate="selection", asking=1, etat="ouverte", seal="a", digests="{}",
    opened_at="2026-11-20T09:00:00Z",
)  # fmt: skip
GENS = ("ana@ville.fr", "bob@ville.fr")


def test_le_meme_courrier_porte_le_meme_lien_et_n_y_nomme_personne(tmp_path: Path) -> None:
    settings = Settings(outputs=tmp_path)
    token = write_gate_token(settings, GATE, "ana@ville.fr")
    assert token == write_gate_token(settings, GATE, "ana@ville.fr")
    assert "ana" not in token
    assert len(token) < 60


def test_un_lien_est_a_une_personne_et_a_une_demande(tmp_path: Path) -> None:
    settings = Settings(outputs=tmp_path)
    lien = read_gate_token(write_gate_token(settings, GATE, "ana@ville.fr"))
    assert lien is not None
    assert find_bearer(settings, lien, GENS) == "ana@ville.fr"
    assert find_bearer(settings, lien, ["bob@ville.fr"]) is None
    assert find_bearer(settings, lien._replace(gate=8), GENS) is None
    assert find_bearer(settings, lien._replace(fin=lien.fin + timedelta(days=1)), GENS) is None


def test_un_lien_dure_les_jours_du_reglage(tmp_path: Path) -> None:
    court = Settings(outputs=tmp_path, lien_jours=1)
    frais = read_gate_token(write_gate_token(court, GATE, "ana@ville.fr", since=now()))
    vieux = read_gate_token(write_gate_token(court, GATE, "ana@ville.fr", since="2020-01-01T09:00:00Z"))
    assert frais is not None
    assert vieux is not None
    assert frais.fin == paris_day(now()) + timedelta(days=1)
    assert (is_over(frais), is_over(vieux)) == (False, True)


@given(st.text(max_size=60) | st.from_regex(r"[0-9]{1,30}-[0-9]{1,30}-.{0,40}"))
def test_ce_qui_n_est_pas_un_lien_ne_fait_rien_tomber(token: str) -> None:
    read_gate_token(token)
    read_entry_token(token)
