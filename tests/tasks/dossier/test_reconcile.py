"""Après une panne, notre base, la boîte d’envoi et Prefect se remettent d’accord ; deux fois ne fait rien de plus."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from nr_models.tables import Gate, Outbox
from nr_models.values.roles import Role
from tasks.dossier.reconcile import mend, restore_edited
from tasks.store.outbox import list_due
from tests.support.parcours import Depart, Terrain
from tests.support.produit import Produit, Serveur, attendre, decider, ecrire, finir

pytestmark = pytest.mark.deux_bases

SIECLE = "2099-12-31T00:00:00Z"


def reparer(terrain: Terrain) -> list[str]:
    return mend(terrain.workspace, [terrain.programme])


def demandes(terrain: Terrain, kind: str) -> list[str]:
    with terrain.workspace.reading() as session:
        return [row.key for row in list_due(session, SIECLE, (kind,))]


def oublier(terrain: Terrain) -> None:
    """La boîte d'envoi a été perdue."""
    with terrain.workspace.writing() as session:
        session.connection().execute(sa.delete(Outbox))


@pytest.fixture
def terrain(depart: Depart) -> Terrain:
    """Un dossier à valider, les deux autres aussi loin que possible ; rien à réparer."""
    found = depart("score")
    reparer(found)
    return found


def test_une_base_saine_n_a_rien_a_reparer(terrain: Terrain) -> None:
    assert reparer(terrain) == []


def test_une_decision_sans_suite_la_recoit_une_fois(terrain: Terrain) -> None:
    assert terrain.decide("score", terrain.person(Role.REFERENT)).accepted
    oublier(terrain)
    assert any(terrain.cle in line for line in reparer(terrain))
    assert any(terrain.cle in key for key in demandes(terrain, "avancer"))
    assert reparer(terrain) == []
    terrain.run()
    assert not any(terrain.cle in line for line in reparer(terrain) if "prêt" in line)


def test_une_validation_sans_courrier_est_annoncee_une_fois(terrain: Terrain) -> None:
    oublier(terrain)
    gate = terrain.gates("score")[-1].id
    assert any("averti" in line for line in reparer(terrain))
    assert demandes(terrain, "avis-ouverture") == [
        f"avis-ouverture:{gate}:{item.mail}" for item in terrain.entree.holders(Role.REFERENT)
    ]
    assert reparer(terrain) == []


def test_une_etape_soumise_sans_validation_est_soumise_a_nouveau(terrain: Terrain) -> None:
    with terrain.workspace.writing() as session:
        session.connection().execute(sa.delete(Gate).where(col(Gate.id) == terrain.gates("score")[-1].id))
    assert terrain.line().attend is None
    assert reparer(terrain)
    terrain.run()
    assert terrain.etats()["score"] == "soumis"
    assert len(terrain.gates("score")) == 1
    attend = terrain.line().attend
    assert attend is not None
    assert attend.gate == "diagnostic"


def test_un_envoi_remis_trop_loin_est_a_faire_maintenant(terrain: Terrain) -> None:
    oublier(terrain)
    reparer(terrain)
    with terrain.workspace.writing() as session:
        row = session.exec(select(Outbox).where(Outbox.kind == "avis-ouverture")).first()
        assert row is not None
        row.attempts, row.not_before = 1, SIECLE
    assert len(reparer(terrain)) == 1
    assert reparer(terrain) == []


def etats(prefect: Serveur, avant: set[str]) -> list[str]:
    return [item["state_name"] for item in nouvelles(prefect, avant)]


def nouvelles(prefect: Serveur, avant: set[str]) -> list[dict[str, Any]]:
    found = prefect.demander("flow_runs/filter", {"sort": "EXPECTED_START_TIME_DESC"})
    return [item for item in found if item["id"] not in avant]


def test_prefect_se_remet_d_accord_avec_ce_qui_est_decide(
    prefect: Serveur, au_diagnostic: Produit, tmp_path: Path
) -> None:
    produit, avant = au_diagnostic.copier(tmp_path), {item["id"] for item in nouvelles(prefect, set())}
    moteur = prefect.moteur
    slug = produit.slugs[0]
    decider(produit, slug)
    assert produit.nr("avancer", "vague", "--dossier", slug, **moteur).code == 0
    assert etats(prefect, avant) == ["En attente"]
    [run] = nouvelles(prefect, avant)
    prefect.demander(f"flow_runs/{run['id']}/resume")
    assert etats(prefect, avant) != ["En attente"]
    said = produit.nr("reparer", **moteur)
    assert said.code == 0, said.dit
    assert "remises en attente (1)" in said.dit
    assert etats(prefect, avant) == ["En attente"]
    again = produit.nr("reparer", **moteur)
    assert "Rien à réparer" in again.dit
    decider(produit, slug, "refuser", "Non.")
    assert "fermées (1)" in produit.nr("reparer", **moteur).dit
    assert etats(prefect, avant) == ["Refusé"]


def test_une_execution_dont_le_processus_est_mort_est_marquee_interrompue(prefect: Serveur, tmp_path: Path) -> None:
    produit, avant = ecrire(tmp_path, collectivites=1), {item["id"] for item in nouvelles(prefect, set())}
    moteur = prefect.moteur
    running = produit.lancer("avancer", "vague", **moteur)
    attendre(lambda: (produit.outputs / "vague" / produit.slugs[0] / "1-collect").exists())
    running.kill()
    finir(running)
    assert etats(prefect, avant) == ["Running"]
    assert "interrompues (1)" in produit.nr("reparer", **moteur).dit
    assert etats(prefect, avant) == ["Interrompue"]
    assert "interrompues" not in produit.nr("reparer", **moteur).dit


def test_un_document_modifie_a_date_et_taille_gardees_est_remis_par_reparer_et_pas_par_avancer(depart: Depart) -> None:
    terrain = depart("score")
    path = terrain.produits("score") / "score.xlsx"
    made, seen = path.read_bytes(), path.stat()
    path.write_bytes(made[:-1] + bytes([made[-1] ^ 1]))
    os.utime(path, ns=(seen.st_atime_ns, seen.st_mtime_ns))
    terrain.run()
    assert path.read_bytes() != made  # « avancer » se fie à la taille et à la date : il ne relit pas chaque octet
    [said] = restore_edited(terrain.workspace, [terrain.programme])
    assert path.read_bytes() == made
    assert terrain.cle in said
    assert [item.name for item in path.parent.glob("score (modifié *.xlsx")] == [
        said.split("«\u00a0")[-1].split("\u00a0»")[0]
    ]
    assert restore_edited(terrain.workspace, [terrain.programme]) == []
