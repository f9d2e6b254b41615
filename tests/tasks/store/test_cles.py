"""Notre clé : faite une fois, à son seul propriétaire, et de quoi signer ce que nul autre n’écrirait."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from tasks.store.cles import draw_code, is_signed, key_path, sign
from tasks.store.settings import Settings


def test_la_cle_est_faite_une_fois_et_n_est_lue_que_de_son_proprietaire(tmp_path: Path) -> None:
    settings = Settings(outputs=tmp_path)
    first = sign(settings, "essai", 1, "a")
    kept = key_path(settings).read_bytes()
    assert sign(settings, "essai", 1, "a") == first
    assert key_path(settings).read_bytes() == kept
    assert stat.S_IMODE(key_path(settings).stat().st_mode) == 0o600
    assert [item.name for item in tmp_path.iterdir()] == [".cle"]


def test_ce_qui_est_signe_l_est_pour_un_sujet_et_rien_d_autre(tmp_path: Path) -> None:
    settings = Settings(outputs=tmp_path)
    said = sign(settings, "validation", 12, "ana@ville.fr")
    assert is_signed(settings, said, "validation", 12, "ana@ville.fr")
    for subject, parts in (
        ("entree", (12, "ana@ville.fr")),
        ("validation", (1, "2ana@ville.fr")),
        ("validation", ("12\0ana@ville.fr",)),
        ("validation", (12, "ana@ville.fr", "")),
    ):
        if (subject, "\0".join(map(str, parts))) != ("validation", "12\0ana@ville.fr"):
            assert not is_signed(settings, said, subject, *parts)


def test_une_autre_cle_ne_reconnait_rien(tmp_path: Path) -> None:
    here, there = Settings(outputs=tmp_path / "ici"), Settings(outputs=tmp_path / "la")
    assert not is_signed(there, sign(here, "essai", 1), "essai", 1)


def test_un_code_a_six_chiffres(tmp_path: Path) -> None:
    settings = Settings(outputs=tmp_path)
    drawn = [draw_code(settings, "code", number) for number in range(200)]
    assert all(len(code) == 6 and code.isdigit() for code in drawn)
    assert len(set(drawn)) > 190


def test_un_fichier_qui_n_est_pas_une_cle_est_dit(tmp_path: Path) -> None:
    settings = Settings(outputs=tmp_path)
    key_path(settings).write_bytes(b"court")
    with pytest.raises(OSError, match="retirez ce fichier"):
        sign(settings, "essai", 1)
