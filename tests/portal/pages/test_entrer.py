"""Entrer et sortir, d’un vrai navigateur : l’adresse, le code, le lien, partout."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlmodel import select

from nr_models.tables import Entrant, Seance
from nr_models.values.roles import Role
from tasks.mail.liens import write_code, write_entry_token
from tests.support.navigateur import chromium, fautes_axe, telephone
from tests.support.parcours import AVEC_DG, Depart, Terrain
from tests.support.site import Site, servi


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def terrain(depart: Depart) -> Terrain:
    return depart("collect", AVEC_DG)


@pytest.fixture
def site(terrain: Terrain) -> Iterator[Site]:
    with servi(terrain.workspace) as served:
        yield served


def entrant(terrain: Terrain) -> Entrant:
    with terrain.workspace.reading() as session:
        return session.exec(select(Entrant).order_by(Entrant.id.desc())).first()  # type: ignore[union-attr, return-value]


def seances(terrain: Terrain) -> int:
    with terrain.workspace.reading() as session:
        return len(session.exec(select(Seance)).all())


def test_l_adresse_puis_le_code_puis_sortir_partout(browser: Any, site: Site, terrain: Terrain) -> None:
    page = telephone(browser).new_page()
    page.goto(f"{site.url}/d/exemple/{AVEC_DG}")
    assert page.url == f"{site.url}/entrer"
    page.get_by_label("Votre adresse électronique").fill(terrain.person(Role.DG).upper())
    page.get_by_role("button", name="Recevoir un code").click()
    page.get_by_label("Code à six chiffres").fill("12")
    page.get_by_role("button", name="Entrer").click()
    assert "n’ouvre rien" in page.get_by_role("alert").inner_text()
    page.get_by_label("Code à six chiffres").fill(write_code(terrain.workspace.settings, entrant(terrain)))
    page.get_by_role("button", name="Entrer").click()
    assert page.url == f"{site.url}/"
    assert terrain.entree.holders(Role.DG)[0].nom in page.inner_text("header")
    cookies = {item["name"]: item for item in page.context.cookies()}
    assert cookies["nr"]["httpOnly"]
    assert cookies["nr"]["sameSite"] == "Lax"
    page.goto(f"{site.url}/moi")
    page.get_by_role("button", name="Se déconnecter partout").click()
    assert page.url == f"{site.url}/entrer"
    page.goto(f"{site.url}/")
    assert page.url == f"{site.url}/entrer"


def test_le_lien_d_entree_nomme_la_personne_et_n_ouvre_qu_au_bouton(browser: Any, site: Site, terrain: Terrain) -> None:
    site.post("/entrer", form={"mail": terrain.person(Role.DG)})
    path = f"/entrer/{write_entry_token(terrain.workspace.settings, entrant(terrain))}"
    for method in ("HEAD", "GET"):
        for _ in range(50):
            assert site.send(method, path).status == 200
    page = telephone(browser).new_page()
    page.goto(f"{site.url}{path}")
    page.goto(f"{site.url}{path}")
    assert seances(terrain) == 0
    assert terrain.entree.holders(Role.DG)[0].nom in page.inner_text("h1")
    page.get_by_role("button", name="Entrer").click()
    assert page.url == f"{site.url}/"
    assert seances(terrain) == 1
    assert site.get(path).status == 410


def test_une_adresse_connue_ou_non_meme_page_a_l_octet_pres(site: Site, terrain: Terrain) -> None:
    known, unknown = (
        site.post("/entrer", form={"mail": mail}) for mail in (terrain.person(Role.DG), "x@nulle-part.example")
    )
    assert known.octets == unknown.octets
    assert known.status == unknown.status == 200


OUVERTES = ("/entrer", "/accessibilite", "/donnees-personnelles", "/v/inconnu", "/entrer/inconnu")


def test_les_pages_ouvertes_sont_sans_faute_d_accessibilite(browser: Any, site: Site) -> None:
    page = telephone(browser, 320, scripts=True).new_page()
    for path in OUVERTES:
        page.goto(f"{site.url}{path}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320
        assert fautes_axe(page) == [], path


def test_l_adresse_publique_en_https_donne_des_cookies_que_nul_autre_ne_pose(terrain: Terrain) -> None:
    terrain.workspace.settings = terrain.workspace.settings.model_copy(
        update={"public_url": "https://nr.ville.example"}
    )
    with servi(terrain.workspace) as site:
        asked = site.post("/entrer", form={"mail": terrain.person(Role.DG)}, Host="nr.ville.example")
        assert "__Host-nr-entrer" in asked.cookies
        said = str(asked.headers.get("Set-Cookie"))
        assert "Secure" in said
        assert "HttpOnly" in said
        assert "Path=/" in said
