"""La page d’un dossier : ses sept étapes, ce que chacun en lit, sans rien qui agisse ni déborde."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from nr_models.stages import STAGES
from nr_models.values.roles import Role
from tests.support.navigateur import chromium, entrer, fautes_axe, telephone
from tests.support.parcours import AVEC_DG, Terrain, taken_to
from tests.support.site import Site, servi

PAGE = f"/d/exemple/{AVEC_DG}"
HOSTILE = "<script>alert('x')</script> & « Ville »"
PAGES = ("/", PAGE, f"{PAGE}/deleguer", "/p/exemple", "/moi", "/nulle-part")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="module")
def terrain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Terrain]:
    found = taken_to(tmp_path_factory.mktemp("dossier") / "ici", "restitute", AVEC_DG)
    yield found
    found.workspace.close()


@pytest.fixture(scope="module")
def site(terrain: Terrain) -> Iterator[Site]:
    with servi(terrain.workspace, "http://127.0.0.1:4200") as served:
        yield served


def test_les_sept_etapes_la_courante_ouverte_ses_documents_et_son_code(site: Site, terrain: Terrain) -> None:
    page = site.get(PAGE, site.entre(terrain.person(Role.REFERENT))).dit
    for stage in STAGES:
        assert stage.nom in page
        assert stage.but in page
    assert page.count("<details open>") == 1
    assert f'href="{PAGE}/restitute/restitution.pptx"' in page
    assert terrain.gates("restitute")[-1].seal[:12] in page
    assert terrain.gates("restitute")[-1].seal[:13] not in page
    assert "Approuvé par" in page


def test_un_lecteur_ne_lit_que_ce_qui_est_valide(site: Site, terrain: Terrain) -> None:
    terrain.give_roles({"lecteur@ville.example": (Role.LECTEUR,)})
    page = site.get(PAGE, site.entre("lecteur@ville.example")).dit
    assert "score/score.xlsx" in page
    assert "restitution.pptx" not in page
    assert "Histoire du dossier" not in page


def test_un_nom_hostile_est_ecrit_et_n_agit_pas(site: Site, terrain: Terrain) -> None:
    from nr_models.tables import Dossier

    with terrain.workspace.writing() as session:
        row = session.get_one(Dossier, terrain.dossier.id)
        kept, row.nom = row.nom, HOSTILE
    try:
        for path in (PAGE, "/", "/p/exemple"):
            page = site.get(path, site.entre(terrain.person(Role.EQUIPE_PROGRAMME))).dit
            assert "<script" not in page
            assert "&lt;script&gt;alert(" in page
    finally:
        with terrain.workspace.writing() as session:
            session.get_one(Dossier, terrain.dossier.id).nom = kept


def test_lire_n_ecrit_rien_dans_la_piste(site: Site, terrain: Terrain) -> None:
    cookie, before = site.entre(terrain.person(Role.EQUIPE_PROGRAMME)), terrain.facts()
    for path in PAGES:
        site.get(path, cookie)
    assert terrain.facts() == before


def test_la_ponctuation_francaise_est_insecable(site: Site, terrain: Terrain) -> None:
    cookie = site.entre(terrain.person(Role.EQUIPE_PROGRAMME))
    for path in (*PAGES, "/entrer", "/accessibilite", "/donnees-personnelles", f"{PAGE}/decider/restitution"):
        html = site.get(path, cookie).octets.decode()
        page = re.sub(r"<(pre|code|svg)\b.*?</\1>|<[^>]+>", "", html, flags=re.DOTALL)
        assert not re.search(r" [:;?!%»]|« ", page), path


@pytest.mark.parametrize("path", PAGES)
def test_une_page_tient_dans_la_fenetre_et_n_a_pas_de_faute(
    site: Site, terrain: Terrain, browser: Any, path: str
) -> None:
    context = telephone(browser, 320, scripts=True)
    entrer(context, site.url, site.entre(terrain.person(Role.EQUIPE_PROGRAMME)))
    page = context.new_page()
    page.goto(f"{site.url}{path}")
    page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    page.evaluate("document.documentElement.style.fontSize = ''")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert fautes_axe(page) == []
    for _ in range(6):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            "(() => { const it = document.activeElement, style = getComputedStyle(it);"
            " return [it.tagName, style.outlineStyle, parseFloat(style.outlineWidth)]; })()"
        )
        assert seen[0] == "BODY" or (seen[1] == "solid" and seen[2] >= 2), seen
