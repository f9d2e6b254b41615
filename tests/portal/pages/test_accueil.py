"""« À faire » : ce qui attend la personne, en retard d’abord ; ses dossiers ; ses programmes."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nr_models.tables import Membre
from nr_models.values.roles import Role
from tests.support.parcours import AVEC_DG, SANS_DG, Depart, Terrain
from tests.support.site import Site, servi


@pytest.fixture
def terrain(depart: Depart) -> Terrain:
    return depart("prioritise", AVEC_DG)


@pytest.fixture
def site(terrain: Terrain) -> Iterator[Site]:
    with servi(terrain.workspace) as served:
        yield served


def test_qui_doit_decider_y_va_d_une_touche(site: Site, terrain: Terrain) -> None:
    page = site.get("/", site.entre(terrain.person(Role.DG))).dit
    assert f'<a href="/d/exemple/{AVEC_DG}/decider/selection">Valider la liste des leviers</a>' in page
    assert "Avant la fin du" in page


def test_en_retard_se_dit_et_vient_d_abord(site: Site, terrain: Terrain, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = site.entre(terrain.person(Role.DG))
    assert "En retard" not in site.get("/", cookie).dit
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1830000000")
    page = site.get("/", site.entre(terrain.person(Role.DG))).dit
    assert "En retard : c’était pour" in page


def test_l_equipe_voit_ses_programmes_et_ce_que_les_autres_dossiers_attendent(site: Site, terrain: Terrain) -> None:
    cookie = site.entre(terrain.person(Role.EQUIPE_PROGRAMME))
    page = site.get("/", cookie).dit
    assert 'href="/p/exemple"' in page
    assert f'href="/d/exemple/{SANS_DG}"' in page
    board = site.get("/p/exemple", cookie).dit
    assert "Validation de l’étape « Priorisation »" in board


def test_a_qui_rien_n_est_demande_la_page_le_dit(site: Site, terrain: Terrain) -> None:
    terrain.give_roles({"neuf@ville.example": (Role.LECTEUR,)})
    page = site.get("/", site.entre("neuf@ville.example")).dit
    assert "Rien ne vous attend" in page
    assert "neuf@ville.example" in page


def test_une_ligne_forgee_dans_l_index_ne_montre_rien(site: Site, terrain: Terrain) -> None:
    """L’index trouve les dossiers, le registre seul donne les rôles."""
    with terrain.workspace.writing() as session:
        for dossier in terrain.dossiers:
            session.add(Membre(dossier_id=dossier.id or 0, mail="intrus@ailleurs.example", role=Role.EQUIPE_PROGRAMME))
    cookie = site.entre("intrus@ailleurs.example")
    assert "/d/exemple" not in site.get("/", cookie).dit
    assert "/p/exemple" not in site.get("/", cookie).dit
    for path in ("/p/exemple", f"/d/exemple/{AVEC_DG}"):
        assert site.get(path, cookie).status == 404
