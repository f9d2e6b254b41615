"""The decks: reproducible, readable by everyone, and silent about who answered what."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pptx import Presentation
from pptx.util import Pt

from nr_models.dossier.case import Case
from nr_models.rules import fiche, prioritise, restitute, roadmap, vote
from nr_models.rules.vote import Quadrant
from nr_models.values.french import euros, number, typeset
from tasks.office.archive import AUTHOR, freeze
from tasks.office.deck.measure import width, wrap
from tasks.stages.fiche.deck import render_fiches
from tasks.stages.prioritise import matrix
from tasks.stages.prioritise.deck import MATRIX, numbering, render_matrice
from tasks.stages.restitute.anonymous import anonymiser
from tasks.stages.restitute.deck import render_restitution
from tasks.stages.roadmap.deck import render_feuille_de_route
from tests.support.decks_case import ENTREE, MUTE, PEOPLE, bare_case, full_case, referentiel, wordy_case
from tests.support.depot import ROOT

DECKS: dict[str, Callable[[Case], bytes]] = {
    "restitution": lambda case: render_restitution(case, case.result("restitute", restitute.Result)),
    "matrice": lambda case: render_matrice(case, case.result("prioritise", prioritise.Result)),
    "fiches": lambda case: render_fiches(case, case.result("fiche", fiche.Result)),
    "feuille-de-route": lambda case: render_feuille_de_route(case, case.result("roadmap", roadmap.Result)),
}
CASES = {"plein": full_case, "bavard": wordy_case, "vide": bare_case}
every_deck = pytest.mark.parametrize("name", DECKS)


@pytest.fixture(scope="module", params=[(name, kind) for name in DECKS for kind in CASES], ids="-".join)
def deck(request: pytest.FixtureRequest) -> Any:
    name, kind = request.param
    return Presentation(io.BytesIO(DECKS[name](CASES[kind]())))


def parts(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Every part of a package, and of the packages inside it."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            inner = archive.read(name)
            yield name, inner
            if inner.startswith(b"PK"):
                yield from parts(inner)


def words(content: bytes) -> str:
    """Every text of every part of a package."""
    return "\n".join(inner.decode("utf-8", "ignore") for _, inner in parts(content))


@every_deck
def test_un_meme_dossier_donne_les_memes_octets(name: str) -> None:
    assert DECKS[name](full_case()) == DECKS[name](full_case())


def test_ni_le_fuseau_ni_la_langue_ni_le_hasard_ne_changent_les_octets() -> None:
    script = (
        "import hashlib; from tests.tasks.stages.test_decks import DECKS, full_case;"
        "print(*(hashlib.sha256(DECKS[name](full_case())).hexdigest() for name in DECKS))"
    )
    elsewhere = {**os.environ, "TZ": "Pacific/Auckland", "LC_ALL": "C", "PYTHONHASHSEED": "7", "PYTHONPATH": str(ROOT)}
    run = subprocess.run([sys.executable, "-c", script], env=elsewhere, cwd=ROOT, capture_output=True, text=True)
    assert run.stdout.split() == [hashlib.sha256(render(full_case())).hexdigest() for render in DECKS.values()], (
        run.stderr
    )


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


def test_le_pied_dit_le_referentiel_et_son_empreinte(deck: Any) -> None:
    ref = referentiel()
    for slide in deck.slides:
        shown = " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)
        assert f"référentiel {ref.version} · empreinte {ref.empreinte[:12]}" in shown


def test_la_restitution_ne_nomme_personne_dans_aucune_partie() -> None:
    found = words(DECKS["restitution"](full_case()))
    assert "les écoles n’ont pas de suivi du matériel" in found
    for person in PEOPLE:
        assert person.nom not in found
        assert person.mail not in found


@pytest.mark.parametrize("text", ["Vu avec MOREL Anne.", "M. Bon et Mme Roy", "anne.morel@ex.fr", "zoé petit l’a dit"])
def test_un_nom_est_masque_de_quelque_facon_qu_on_l_ecrive(text: str) -> None:
    shown = anonymiser(ENTREE)(text).lower()
    assert "une personne" in shown
    assert not {"morel", "bon", "roy", "petit"} & set(shown.replace(".", " ").split())


@pytest.mark.parametrize(
    ("nom", "text"),
    [
        ("Hélène Lefèvre", "HELENE LEFEVRE"),
        ("Hélène Lefèvre", "Mme Lefevre"),
        ("Anne-Marie Morvannec", "Anne Marie Morvannec"),
        ("Anne-Marie Morvannec", "Mme. Morvannec"),
        ("Anne-Marie Morvannec", "M Morvannec"),
        ("Anne-Marie Morvannec", "Docteur Morvannec"),
        ("Anne-Marie Morvannec", "M. le maire Morvannec"),
        ("Anne-Marie Morvannec", "Mme la 1ère adjointe Morvannec"),
        ("Anne-Marie Morvannec", "Mme A.-M. Morvannec"),
        ("Anne-Marie Morvannec", "Anne-Marie Morvannec-Durand"),
        ("Anne de La Tour", "Mme de La Tour"),
        ("Anne de La Tour", "Madame DE LA TOUR"),
        ("Anne de La Tour", "LA TOUR Anne"),
        ("Anne d’Hérin", "Herin Anne"),
        ("Jean Pierre Martin", "MARTIN Jean Pierre"),
        ("Jean Pierre Martin", "Jean-Pierre Martin"),
    ],
)
def test_rien_d_un_nom_ne_reste_dans_ce_qui_est_diffuse(nom: str, text: str) -> None:
    entree = ENTREE.model_copy(update={"personnes": (PEOPLE[0].model_copy(update={"nom": nom}),)})
    assert anonymiser(entree)(f"Selon {text}, le parc est vieux.") == "Selon une personne, le parc est vieux."


@pytest.mark.parametrize("text", ["MM. Bon et Petit", "Mmes Morel, Roy et Petit", "Mesdames Roy ou Anne Morel"])
def test_plusieurs_personnes_se_masquent_apres_une_seule_civilite(text: str) -> None:
    assert anonymiser(ENTREE)(f"Selon {text}, le parc est vieux.") == "Selon une personne, le parc est vieux."


def test_un_mot_courant_qui_est_aussi_un_nom_reste_lisible() -> None:
    assert anonymiser(ENTREE)("Un bon suivi du petit matériel") == "Un bon suivi du petit matériel"


@every_deck
def test_les_proprietes_du_fichier_sont_neutres(name: str) -> None:
    content = DECKS[name](full_case())
    core = [inner.decode() for part, inner in parts(content) if part == "docProps/core.xml"]
    assert core
    for text in core:
        assert text.count("1980-01-01T00:00:00Z") >= 1
        assert all(year not in text for year in ("2013", "2026"))
    assert AUTHOR in core[0]


def test_une_dimension_sans_note_n_est_pas_dessinee_a_zero() -> None:
    deck = Presentation(io.BytesIO(DECKS["restitution"](full_case())))
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    radar = next(chart for chart in charts if chart.plots[0]._element.tag.endswith("radarChart"))
    place = next(n for n, item in enumerate(referentiel().dimensions) if item.slug == MUTE)
    values = list(radar.plots[0].series[0].values)
    assert values[place] is None
    assert all(value is not None for n, value in enumerate(values) if n != place)
    assert "sans note" in list(radar.plots[0].categories)[place]
    assert radar._chartSpace.xpath("c:chart/c:dispBlanksAs/@val") == ["gap"]


def test_ce_que_d_autres_gerent_ou_calculent_est_montre_a_part_et_jamais_compte_avec_le_parc() -> None:
    said = words(DECKS["restitution"](full_case())).replace("\u00a0", " ").replace("\u202f", " ")
    assert "Compté à part : 3 équipements gérés ailleurs, 1 résultat d’un autre outil" in said
    assert "18 450" in said
    assert "Le parc compte 118 équipements" in said
    assert "Compté à part" not in words(DECKS["restitution"](bare_case())).replace("\u00a0", " ")


def test_un_levier_garde_le_numero_de_sa_fiche_dans_la_matrice() -> None:
    case = full_case()
    numbers = numbering(case.result("prioritise", prioritise.Result))
    assert all(numbers[item.levier] == item.numero for item in case.result("fiche", fiche.Result).fiches)


notes = st.fractions(min_value=1, max_value=5, max_denominator=4)


@given(st.lists(st.tuples(notes, notes), max_size=35))
def test_les_etiquettes_de_la_matrice_ne_se_couvrent_jamais(means: list[tuple[Any, Any]]) -> None:
    parametres = referentiel().parametres.priorisation
    points = []
    for place, (value, ease) in enumerate(means, start=1):
        quadrant = vote.quadrant_of(value, ease, parametres)
        assert isinstance(quadrant, Quadrant)
        points.append(matrix.Point(place, value, ease, quadrant))
    labels = matrix.place(points, matrix.Frame(MATRIX, parametres))
    for n, one in enumerate(labels):
        for other in labels[n + 1 :]:
            apart = abs(one.x - other.x) >= matrix.LABEL_W or abs(one.y - other.y) >= matrix.LABEL_H
            assert apart


@given(st.text(alphabet="abcdefghij éàW’ ", max_size=200), st.floats(20, 300))
def test_un_texte_coupe_ne_perd_rien_et_tient_dans_sa_largeur(text: str, room: float) -> None:
    lines = wrap(text, 12, room)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(width(line, 12) <= room or len(line) == 1 for line in lines)


def test_une_archive_figee_le_reste_jusque_dans_les_classeurs_qu_elle_contient() -> None:
    inner, outer = io.BytesIO(), io.BytesIO()
    with zipfile.ZipFile(inner, "w") as archive:
        archive.writestr("b.xml", "b")
        archive.writestr("[Content_Types].xml", "t")
    with zipfile.ZipFile(outer, "w") as archive:
        archive.writestr("ppt/embeddings/c.xlsx", inner.getvalue())
        archive.writestr(
            "docProps/core.xml",
            "<x><dc:creator>Anne</dc:creator><cp:lastModifiedBy/>"
            '<dcterms:created xsi:type="w">2026-01-02T03:04:05Z</dcterms:created></x>',
        )
    frozen = freeze(outer.getvalue())
    assert freeze(frozen) == frozen
    with zipfile.ZipFile(io.BytesIO(frozen)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
        with zipfile.ZipFile(io.BytesIO(archive.read("ppt/embeddings/c.xlsx"))) as workbook:
            assert workbook.namelist() == ["[Content_Types].xml", "b.xml"]
    assert core == (
        f"<x><dc:creator>{AUTHOR}</dc:creator><cp:lastModifiedBy/>"
        '<dcterms:created xsi:type="w">1980-01-01T00:00:00Z</dcterms:created></x>'
    )


def test_les_nombres_s_ecrivent_a_la_francaise() -> None:
    assert number(1234567) == "1\u00a0234\u00a0567"
    assert euros(referentiel().parametres.feuille_de_route.cout_jour_homme * 5) == "1\u00a0500\u00a0€"
    assert typeset("Quoi ? « Oui » : 5 %") == "Quoi\u00a0? «\u00a0Oui\u00a0»\u00a0: 5\u00a0%"
