"""L’heure de Paris : chaque rendez-vous une fois, été comme hiver, et un seul rattrapage après une longue absence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from flows.engine.card import Acces
from flows.engine.start import Moteur
from flows.schedules import BY_NAME, SCHEDULES, SansJeton, enqueue_ticks, find_tick
from nr_models.dossier.journal import Fait
from nr_models.tables import Outbox
from tasks.store.outbox import load_payload, settle
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace
from tasks.trail import chain
from tasks.trail.heads import list_files

MINUTE = timedelta(minutes=1)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace(Settings(outputs=tmp_path))
    yield opened
    opened.close()


def ticks(workspace: Workspace) -> Counter[str]:
    with workspace.reading() as session:
        return Counter(load_payload(row)["nom"] for row in session.exec(select(Outbox)) if not row.done_at)


@pytest.mark.parametrize(
    ("instant", "lundi_8h"),
    [
        ("2026-11-23T07:00:30+00:00", "2026-11-23T08:00:00+01:00"),  # à l'heure dite
        ("2026-11-23T06:59:59+00:00", "2026-11-16T08:00:00+01:00"),  # une seconde avant
        ("2026-03-30T06:00:00+00:00", "2026-03-30T08:00:00+02:00"),  # le lendemain du passage à l'heure d'été
        ("2026-10-26T06:59:00+00:00", "2026-10-19T08:00:00+02:00"),  # le lendemain du retour à l'heure d'hiver
    ],
)
def test_le_lundi_a_huit_heures_est_celui_de_paris(instant: str, lundi_8h: str) -> None:
    assert find_tick("0 8 * * 1", datetime.fromisoformat(instant)) == datetime.fromisoformat(lundi_8h)


@pytest.mark.parametrize("jour", ["2026-03-29", "2026-10-25", "2026-11-25"])
def test_un_jour_de_changement_d_heure_ne_perd_ni_ne_double_rien_de_durable(workspace: Workspace, jour: str) -> None:
    instant = datetime.fromisoformat(f"{jour}T05:00:00+00:00")
    for _ in range(61):
        enqueue_ticks(workspace, f"{instant:%Y-%m-%dT%H:%M:%SZ}")
        instant += MINUTE
    assert ticks(workspace)["reconciliation"] == 7
    assert ticks(workspace)["relances"] == 2


def test_apres_une_longue_absence_seul_le_dernier_rendez_vous_est_rattrape(workspace: Workspace) -> None:
    enqueue_ticks(workspace, "2026-11-10T09:30:00Z")  # mardi : le résumé de la veille vaut encore
    assert ticks(workspace) == {item.nom: 1 for item in SCHEDULES}
    enqueue_ticks(workspace, "2026-11-26T09:30:00Z")  # jeudi de la semaine d'après : trop tard pour lui
    assert ticks(workspace)["resume"] == 1
    assert ticks(workspace)["reconciliation"] == 2


def test_les_rendez_vous_passes_s_oublient(workspace: Workspace) -> None:
    enqueue_ticks(workspace, "2026-11-10T09:30:00Z")
    with workspace.writing() as session:
        for row in session.exec(select(Outbox)).all():
            settle(session, row, "2026-11-10T09:30:00Z")
    enqueue_ticks(workspace, "2026-11-26T09:30:00Z")
    with workspace.reading() as session:
        assert all(row.done_at is None for row in session.exec(select(Outbox)))


def test_une_autorite_d_horodatage_muette_se_dit_et_le_releve_est_garde(workspace: Workspace) -> None:
    with workspace.writing() as session:
        chain.append(session, "essai", Fait.OUVERT, {"programme": "essai"})
    workspace.settings.tsa_url = "http://127.0.0.1:9/"
    moteur = Moteur(workspace.settings, Acces(""))
    for _ in range(2):  # redemandée, elle ne fait pas écrire deux fois le même relevé
        with pytest.raises(SansJeton):
            BY_NAME["tetes"].act(workspace, moteur)
        assert len(list_files(workspace.settings)) == 1
