"""Ce qui ne va pas se dit tel que c’est : un disque plein n’est ni une base illisible, ni un moteur absent."""

from __future__ import annotations

import errno
import shutil
import sqlite3
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError

from flows.engine.start import MoteurAbsent
from portal.cli.dire.failures import FAILED, Echec, explain


class Usage:
    """Ce que le système dit de la place qui reste."""

    def __init__(self, free: int) -> None:
        self.free = free


@pytest.fixture(autouse=True)
def ici(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("NR_OUTPUTS", str(tmp_path))
    return tmp_path


def plein(echec: Echec) -> bool:
    assert echec.code == FAILED
    return echec.message.replace("\u00a0", " ").startswith("Le disque est plein : ")


def sqlite_plein() -> sqlite3.OperationalError:
    """La vraie faute d’une vraie base qui n’a plus une page."""
    with sqlite3.connect(":memory:") as base:
        base.execute("PRAGMA max_page_count = 1")
        with pytest.raises(sqlite3.OperationalError) as refused:
            base.execute("CREATE TABLE t (x)")
    base.close()
    return refused.value


def test_une_base_qui_n_a_plus_de_place_dit_le_disque_plein() -> None:
    assert plein(explain(OperationalError("INSERT", {}, sqlite_plein())))


def test_un_fichier_qui_ne_s_ecrit_plus_dit_le_disque_plein_et_ou() -> None:
    for number in (errno.ENOSPC, errno.EDQUOT):
        said = explain(OSError(number, "", "/ailleurs/score.xlsx"))
        assert plein(said)
        assert "/ailleurs/score.xlsx" in said.message


def test_un_moteur_qui_ne_demarre_pas_faute_de_place_dit_le_disque_plein(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(0))
    assert plein(explain(MoteurAbsent("Le serveur Prefect n’a pas démarré.")))


def test_avec_de_la_place_chaque_faute_garde_sa_phrase(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _place: Usage(1 << 30))
    assert explain(MoteurAbsent("Le serveur Prefect n’a pas démarré.")).message.startswith("Le serveur Prefect")
    assert "base de données" in explain(OperationalError("SELECT 1", {}, Exception("fermée"))).message
