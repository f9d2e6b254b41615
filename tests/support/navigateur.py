"""Un vrai navigateur, sans programme dans les pages : ce qu’une personne voit, tape et touche."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

CHROMIUM = shutil.which("chromium") or ""


@contextmanager
def chromium() -> Iterator[Any]:
    """Chromium, ou un essai passé."""
    if not CHROMIUM:
        pytest.skip("Chromium n’est pas installé : les pages ne sont pas essayées dans un navigateur")
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright n’est pas installé")
    with playwright.sync_playwright() as running:
        opened = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def telephone(browser: Any, largeur: int = 390, *, scripts: bool = False) -> Any:
    """Une fenêtre neuve, sans cookie ni script."""
    return browser.new_context(viewport={"width": largeur, "height": 844}, java_script_enabled=scripts)


def entrer(contexte: Any, url: str, cookie: str) -> None:
    """Y mettre la séance d’une personne."""
    nom, _, valeur = cookie.partition("=")
    contexte.add_cookies([{"name": nom, "value": valeur, "url": url}])


def fautes_axe(page: Any) -> list[str]:
    """Ce qu’axe reproche à une page, une ligne par règle et par élément."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe n’est pas installé")
    found = axe.Axe().run(page).response["violations"]
    return [f"{item['id']} : {node['html'][:120]}" for item in found for node in item["nodes"]]
