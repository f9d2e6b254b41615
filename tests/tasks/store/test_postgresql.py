"""PostgreSQL à la place de SQLite, par un réglage : la même piste, les mêmes octets, les mêmes refus."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import select

from nr_models.dossier.journal import Fait
from nr_models.tables import Dossier, Reading
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace
from tasks.trail import chain
from tasks.trail.paroles import save_words
from tests.support.parcours import Depart
from tests.support.postgresql import Grappe
from tests.support.produit import Produit, avancer

IMMUABLES = ("event", "decision")


def test_le_reglage_seul_donne_les_memes_documents_et_la_meme_piste(
    au_diagnostic: Produit, grappe: Grappe, tmp_path: Path
) -> None:
    produit = Produit(tmp_path, grappe.create())
    shutil.copytree(au_diagnostic.programme, produit.programme)
    avancer(produit, 1)
    assert produit.fichiers() == au_diagnostic.fichiers()
    assert [{**event, "at": ""} for event in produit.evenements()] == [
        {**event, "at": ""} for event in au_diagnostic.evenements()
    ]
    assert produit.nr("piste", "verifier").code == 0
    assert "Validation de l’étape" in produit.nr("etat").dit


@pytest.mark.deux_bases(toujours=True)
@pytest.mark.parametrize("table", IMMUABLES)
def test_la_base_refuse_de_vider_ou_de_remplacer_la_piste(depart: Depart, base: Grappe | None, table: str) -> None:
    terrain = depart("restitute")
    before = terrain.events()
    order = (
        f"TRUNCATE {table} CASCADE" if base else f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE id = 1"
    )
    with pytest.raises(IntegrityError, match="ne se modifie pas"), terrain.workspace.writing() as session:
        session.execute(sa.text(order))
    assert terrain.events() == before


@pytest.mark.deux_bases(toujours=True)
def test_dix_mains_a_la_fois_ecrivent_une_seule_suite(depart: Depart) -> None:
    terrain = depart()

    def write(_: int) -> None:
        with terrain.workspace.writing() as session:
            person = chain.find_person(session, "anne@ville.example", "Anne")
            chain.append(
                session, "p/a", Fait.RELANCE, {"par": person.commitment, "mot": save_words(session, person, "Oui")}
            )

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(write, range(50)))
    with terrain.workspace.reading() as session:
        assert chain.verify(session) is None
        assert [item["n"] for item in chain.list_events(session, "p/a")] == list(range(1, 51))


def test_deux_processus_ouvrent_la_meme_base_neuve(grappe: Grappe, tmp_path: Path) -> None:
    url = grappe.create()

    def look(_: int) -> int:
        workspace = Workspace(Settings(outputs=tmp_path, database_url=url))
        with workspace.reading() as session:
            found = len(session.exec(select(Dossier)).all())
        workspace.close()
        return found

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(look, range(4))) == [0] * 4


@pytest.mark.deux_bases(toujours=True)
def test_qui_lit_voit_un_seul_moment(depart: Depart) -> None:
    terrain = depart("score")
    with terrain.workspace.reading() as session:
        before = len(list(chain.list_events(session)))
        assert terrain.decide("score", terrain.entree.holders("referent")[0].mail).accepted
        assert len(list(chain.list_events(session))) == before
    assert len(terrain.events()) > before


@pytest.mark.deux_bases(toujours=True)
def test_un_fichier_de_trois_gigaoctets_a_une_taille(depart: Depart) -> None:
    terrain = depart("score")
    with terrain.workspace.writing() as session:
        session.exec(select(Reading)).first().size = 3 << 30  # type: ignore[union-attr]


def test_un_serveur_absent_se_dit_sans_trace(tmp_path: Path) -> None:
    url = f"postgresql+psycopg://nr@/nulle_part?host={tmp_path}"
    workspace = Workspace(Settings(outputs=tmp_path, database_url=url))
    with pytest.raises(OperationalError), workspace.reading():
        pass
    said = Produit(tmp_path, url).nr("etat")
    assert (said.code, "ne répond pas" in said.dit, "Traceback" in said.dit) == (1, True, False)
