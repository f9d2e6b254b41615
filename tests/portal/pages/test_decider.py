"""Décider d’un téléphone : trois touches depuis le courrier, sans programme dans la page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from nr_models.values.roles import Role
from tasks.mail.liens import write_gate_token
from tasks.store.files import stage_folder
from tests.support.navigateur import chromium, entrer, fautes_axe, telephone
from tests.support.parcours import AVEC_DG, BY_SLUG, Depart, Terrain
from tests.support.site import Site, servi

PAGE = f"/d/exemple/{AVEC_DG}/decider/preselection"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def terrain(depart: Depart) -> Terrain:
    return depart("preselect", AVEC_DG)


@pytest.fixture
def site(terrain: Terrain) -> Iterator[Site]:
    with servi(terrain.workspace) as served:
        yield served


def lien(terrain: Terrain, role: Role) -> str:
    return f"/v/{write_gate_token(terrain.workspace.settings, terrain.gates('preselect')[-1], terrain.person(role))}"


def ouvrir(browser: Any, site: Site, terrain: Terrain, role: Role) -> Any:
    """La page de la validation, par le lien du courrier : ouvrir le lien, toucher le bouton."""
    page = telephone(browser).new_page()
    page.goto(f"{site.url}{lien(terrain, role)}")
    page.get_by_role("button", name="Lire et décider").click()
    assert page.url.endswith(PAGE)
    return page


def verdicts(terrain: Terrain) -> list[tuple[str, str]]:
    return [
        (item["donnees"]["verdict"], item["donnees"]["identification"])
        for item in terrain.events()
        if item["fait"] == "decide" and item["donnees"]["gate"] == "preselection"
    ]


def test_du_courrier_a_l_approbation_en_trois_touches(browser: Any, site: Site, terrain: Terrain) -> None:
    page = ouvrir(browser, site, terrain, Role.DG)
    page.locator("form button.bouton:not(.second)").first.click()
    assert re.search(r"/recu/\d+$", page.url)
    assert "Vous avez approuvé" in page.inner_text("h1")
    assert verdicts(terrain) == [("approuver", "lien reçu par courrier")]
    seal = terrain.gates("preselect")[-1].seal
    assert seal[:4] in page.inner_text("dl")
    assert re.search(r"entrée \d+ de", page.inner_text("dl"))


def test_des_reserves_une_correction_demandent_de_dire_pourquoi(browser: Any, site: Site, terrain: Terrain) -> None:
    page = ouvrir(browser, site, terrain, Role.DG)
    page.get_by_text("Décider autrement").click()
    page.get_by_text("Approuver avec des réserves").click()
    page.locator("#decider textarea").first.fill("Sous réserve du budget 2027.")
    page.get_by_role("button", name="Enregistrer cette décision").click()
    assert "réserves" in page.inner_text("h1")
    assert "Sous réserve du budget 2027." in page.inner_text("main")
    assert [verdict for verdict, _ in verdicts(terrain)] == ["reserves"]
    other = ouvrir(browser, site, terrain, Role.ELU_SPONSOR)
    other.get_by_text("Décider autrement").click()
    other.get_by_text("Demander une correction").click()
    other.locator("#decider textarea").first.fill("Le levier 3 est déjà en place.")
    other.get_by_role("button", name="Enregistrer cette décision").click()
    assert "correction" in other.inner_text("h1")
    assert terrain.etats()["preselect"] == "a_corriger"


def test_on_retire_sa_decision_depuis_son_recu(browser: Any, site: Site, terrain: Terrain) -> None:
    page = ouvrir(browser, site, terrain, Role.DG)
    page.locator("form button.bouton:not(.second)").first.click()
    page.get_by_text("Retirer cette décision").click()
    page.get_by_label("Dites pourquoi").fill("J’avais mal lu.")
    page.get_by_role("button", name="Retirer ma décision").click()
    assert "Décision retirée" in page.inner_text("h1")
    again = ouvrir(browser, site, terrain, Role.DG)
    assert again.locator("form button.bouton:not(.second)").first.is_visible()


def test_un_document_qui_a_change_depuis_se_dit_et_rien_n_est_perdu_de_ce_qui_fut_tape(
    browser: Any, site: Site, terrain: Terrain
) -> None:
    page = ouvrir(browser, site, terrain, Role.DG)
    shown = next(terrain.produits("preselect").glob("leviers*.xlsx"))
    kept = shown.read_bytes()
    shown.write_bytes(kept + b"x")
    page.get_by_text("Décider autrement").click()
    page.get_by_text("Approuver avec des réserves").click()
    page.locator("#decider textarea").first.fill("Une phrase longue à retaper.")
    page.get_by_role("button", name="Enregistrer cette décision").click()
    assert page.url.endswith(PAGE)
    assert "leviers-preselectionnes.xlsx" in page.inner_text("main")
    assert page.locator("#decider textarea").first.input_value() == "Une phrase longue à retaper."
    assert verdicts(terrain) == []


def test_la_page_vient_des_octets_scelles_et_pas_du_dossier(site: Site, terrain: Terrain) -> None:
    cookie = site.entre(terrain.person(Role.DG))
    before = site.get(PAGE, cookie)
    assert before.status == 200
    folder = stage_folder(terrain.workspace.settings, terrain.cle, BY_SLUG["preselect"])
    (folder / "resultat.json").write_text('{"stage": "preselect", "resultat": {}}', encoding="utf-8")
    after = site.get(PAGE, cookie)
    strip = re.compile(r'name="demande" value="[^"]+"')
    assert strip.sub("", after.dit) == strip.sub("", before.dit)


def test_la_meme_demande_deux_fois_ne_fait_qu_une_decision(site: Site, terrain: Terrain) -> None:
    cookie = site.entre(terrain.person(Role.DG))
    page = site.get(PAGE, cookie).dit
    form = {name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("vu", "demande")}  # type: ignore[index]
    answers = [site.post(PAGE, cookie, {**form, "verdict": "approuver"}) for _ in range(2)]
    assert {(item.status, item.vers) for item in answers} == {(303, answers[0].vers)}
    assert len(verdicts(terrain)) == 1


def test_qui_ne_decide_pas_lit_et_donne_un_avis(site: Site, terrain: Terrain) -> None:
    mail = terrain.person(Role.REFERENT)
    cookie = site.entre(mail)
    assert 'value="approuver"' not in site.get(PAGE, cookie).dit
    posted = site.post(PAGE, cookie, {"verdict": "approuver", "vu": terrain.gates("preselect")[-1].seal})
    assert posted.status == 403
    assert verdicts(terrain) == []
    given = site.post(PAGE.replace("decider", "aviser"), cookie, {"texte": "La liste tient dans nos moyens."})
    assert given.status == 303
    assert "La liste tient dans nos moyens." in site.get(PAGE, site.entre(terrain.person(Role.DG))).dit


def test_la_page_est_sans_faute_d_accessibilite(browser: Any, site: Site, terrain: Terrain) -> None:
    for role in (Role.DG, Role.REFERENT):
        context = telephone(browser, scripts=True)
        entrer(context, site.url, site.entre(terrain.person(role)))
        page = context.new_page()
        page.goto(f"{site.url}{PAGE}")
        page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
        for width in (320, 390, 1280):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert fautes_axe(page) == []
