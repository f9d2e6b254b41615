"""Les fichiers tels que les villes et leurs outils les font : rien n’est faux en silence, presque tout est servi."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from benchmarks.terrain import OWN, SAID, SERVED, SILENT, Verdict, judge_folder
from nr_models.referentiel.referentiel import Referentiel
from tests.support.referentiels import livre

PARTAGES = Path(os.environ.get("NR_SHARED", "/nulle-part")) / "data" / "terrain"
PART_SERVIE = 80


@pytest.fixture(scope="module")
def referentiel() -> Referentiel:
    return livre()


@cache
def verdicts() -> tuple[Verdict, ...]:
    return tuple(judge_folder(OWN, livre()))


def test_aucun_cas_n_est_faux_en_silence() -> None:
    assert [(item.cas, item.ecart) for item in verdicts() if item.mot == SILENT] == []


def test_presque_tous_les_cas_sont_servis() -> None:
    served = sum(item.mot == SERVED for item in verdicts())
    assert len(verdicts()) >= 75
    assert served * 100 >= PART_SERVIE * len(verdicts())
    assert {item.mot for item in verdicts()} <= {SERVED, SAID}


@pytest.mark.skipif(not PARTAGES.is_dir(), reason="les cas partagés ne sont pas là")
def test_les_cas_partages_sont_servis(referentiel: Referentiel) -> None:
    assert [(item.cas, item.ecart) for item in judge_folder(PARTAGES, referentiel) if item.mot != SERVED] == []
