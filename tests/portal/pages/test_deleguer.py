"""Déléguer d’une page : un rôle à soi, à quelqu’un du dossier, pour un temps, par un arrêté."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from nr_models.values.roles import Role
from tests.support.parcours import AVEC_DG, Depart, Terrain
from tests.support.site import Site, servi

PAGE = f"/d/exemple/{AVEC_DG}/deleguer"


@pytest.fixture
def terrain(depart: Depart) -> Terrain:
    return depart("preselect", AVEC_DG)


@pytest.fixture
def site(terrain: Terrain) -> Iterator[Site]:
    with servi(terrain.workspace) as served:
        yield served


def test_une_delegation_donnee_sur_la_page_ouvre_la_validation_a_l_autre(site: Site, terrain: Terrain) -> None:
    dg, autre = terrain.person(Role.DG), terrain.person(Role.REFERENT)
    form = {
        "role": "dg", "pour": autre, "du": "2026-01-01", "au": "2090-12-31", "arrete": "2026-114", "demande": "d1",
    }  # fmt: skip
    answer = site.post(PAGE, site.entre(dg), form)
    assert answer.status == 200
    assert "Délégation enregistrée" in answer.dit
    assert "Valider la présélection des leviers" in site.get("/", site.entre(autre)).dit


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"arrete": ""}, "arrêté"),
        ({"du": "hier"}, "deux dates"),
        ({"du": "2090-12-31", "au": "2026-01-01"}, "finir après son début"),
        ({"pour": "inconnu@nulle-part.example"}, "autre personne de ce dossier"),
        ({"role": "equipe-programme"}, "rôle que l’on tient soi-même"),
    ],
)
def test_ce_qui_ne_va_pas_se_dit_et_ce_qui_fut_tape_reste(
    site: Site, terrain: Terrain, change: dict[str, str], said: str
) -> None:
    form = {
        "role": "dg", "pour": terrain.person(Role.REFERENT), "du": "2026-01-01", "au": "2090-12-31", "arrete": "A-1",
        "demande": "d2", **change,
    }  # fmt: skip
    answer = site.post(PAGE, site.entre(terrain.person(Role.DG)), form)
    assert answer.status in (403, 422)
    assert said in answer.dit
    if "arrete" not in change:
        assert 'value="A-1"' in answer.dit
