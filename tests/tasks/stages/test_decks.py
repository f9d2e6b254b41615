"""Ce qui vaut pour chaque présentation : mêmes octets, lisible par tous, dans sa page."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from typing import Any

import pytest
from pptx import Presentation
from pptx.util import Pt

from tasks.office.archive import AUTHOR
from tests.support.decks import CASES, DECKS, parts, rendered
from tests.support.decks_case import full_case, referentiel
from tests.support.depot import ROOT

every_deck = pytest.mark.parametrize("name", DECKS)


@pytest.fixture(scope="module", params=[(name, kind) for name in DECKS for kind in CASES], ids="-".join)
def deck(request: pytest.FixtureRequest) -> Any:
    name, kind = request.param
    return Presentation(io.BytesIO(rendered(name, kind)))


@every_deck
def test_un_meme_dossier_donne_les_memes_octets(name: str) -> None:
    assert DECKS[name](full_case()) == rendered(name)


def test_ni_le_fuseau_ni_la_langue_ni_le_hasard_ne_changent_les_octets() -> None:
    script = (
        "import hashlib; from tests.support.decks import DECKS, rendered;"
        "print(*(hashlib.sha256(rendered(name)).hexdigest() for name in DECKS))"
    )
    elsewhere = {**os.environ, "TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", script], env=elsewhere, cwd=ROOT, capture_output=True, text=True)
    assert run.stdout.split() == [hashlib.sha256(rendered(name)).hexdigest() for name in DECKS], run.stderr


def test_chaque_page_a_un_titre_et_des_notes(deck: Any) -> None:
    for slide in deck.slides:
        assert slide.shapes.title is not None
        assert slide.shapes.title.text_frame.text.strip()
        assert slide.notes_slide.notes_text_frame.text.strip()


def test_les_titres_d_un_support_sont_tous_distincts(deck: Any) -> None:
    titles = [slide.shapes.title.text_frame.text for slide in deck.slides]
    assert len(titles) == len(set(titles))


def test_chaque_image_graphique_et_tableau_se_lit_sans_le_voir(deck: Any) -> None:
    for slide in deck.slides:
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table or shape.shape_type == 13:
                assert shape._element.xpath(".//p:cNvPr")[0].get("descr")


def test_rien_ne_sort_de_la_page(deck: Any) -> None:
    slack = Pt(1)
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= -slack
            assert shape.top >= -slack
            assert shape.left + shape.width <= deck.slide_width + slack
            assert shape.top + shape.height <= deck.slide_height + slack


def test_aucun_texte_n_est_sous_dix_points_ni_aucun_tableau_sous_douze(deck: Any) -> None:
    for slide in deck.slides:
        for shape in slide.shapes:
            least = Pt(12) if shape.has_table else Pt(10)
            for run in shape._element.xpath(".//a:r/a:rPr[@sz]"):
                assert int(run.get("sz")) / 100 >= least.pt


def test_le_pied_dit_le_referentiel_et_son_code_de_controle(deck: Any) -> None:
    ref = referentiel()
    for slide in deck.slides:
        shown = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        assert f"référentiel {ref.version} · code de contrôle {ref.empreinte[:12]}" in shown


@every_deck
def test_les_proprietes_du_fichier_sont_neutres(name: str) -> None:
    content = rendered(name)
    core = [inner.decode() for part, inner in parts(content) if part == "docProps/core.xml"]
    assert core
    for text in core:
        assert text.count("1980-01-01T00:00:00Z") >= 1
        assert all(year not in text for year in ("2013", "2026"))
    assert AUTHOR in core[0]
