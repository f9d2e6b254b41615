"""L’essentiel des six validations : tiré des octets scellés, dit en français, sans nom à côté d’une réponse."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache

import pytest
from defusedxml import ElementTree

from nr_models.dossier.case import Case
from nr_models.stages import BY_SLUG, STAGES
from portal.pages.decision.essentiel import BUILDERS, build_essentiel
from portal.pages.decision.forme import Essentiel
from tasks.dossier.making import render_result
from tests.support import decks_case
from tests.support.parcours import AVEC_DG, FIN, INCOMPLET, Depart, Terrain

CASES: dict[str, Callable[[], Case]] = {
    "plein": decks_case.full_case,
    "bavard": decks_case.wordy_case,
    "vide": decks_case.bare_case,
}
SVG = "{http://www.w3.org/2000/svg}"
LES_CAS = pytest.mark.parametrize("case", CASES)
LES_PORTES = pytest.mark.parametrize("stage", BUILDERS)


def sealed(case: Case, stage: str) -> bytes:
    return render_result(case.cle, case.referentiel, BY_SLUG[stage], case.results[stage])


@cache
def essentials(case: str, stage: str) -> Essentiel:
    found = CASES[case]()
    return build_essentiel(stage, sealed(found, stage), found.referentiel, found.entree)


def bare(text: str) -> str:
    """Le texte, ses espaces insécables faits espaces."""
    return text.replace("\u00a0", " ")


def words(found: Essentiel) -> str:
    """Tout ce qui se lit, en une seule chaîne."""
    return str(found)


def test_chaque_etape_sous_validation_a_son_essentiel() -> None:
    assert set(BUILDERS) <= {stage.slug for stage in STAGES if stage.gate}


@LES_CAS
@LES_PORTES
def test_un_graphique_dit_son_constat_et_ses_nombres_sont_aussi_dans_un_tableau(case: str, stage: str) -> None:
    for figure in essentials(case, stage).figures:
        drawn = ElementTree.fromstring(str(figure.svg))
        names = {drawn.find(tag).attrib["id"]: drawn.find(tag).text for tag in ("title", "desc")}
        assert drawn.attrib["role"] == "img"
        assert drawn.attrib["aria-labelledby"].split() == list(names)
        assert all(names.values())
        assert figure.titre
        assert figure.table.lignes
        assert {len(row) for row in figure.table.lignes} == {len(figure.table.entetes)}


@LES_CAS
@LES_PORTES
def test_rien_n_y_porte_de_style_ni_de_couleur_hors_de_la_charte(case: str, stage: str) -> None:
    for figure in essentials(case, stage).figures:
        assert not re.search(r"\sstyle=|<style|<script|\son[a-z]+=|href", str(figure.svg))


@LES_CAS
@LES_PORTES
def test_deux_figures_d_une_page_ont_des_reperes_distincts(case: str, stage: str) -> None:
    found = [name for figure in essentials(case, stage).figures for name in re.findall(r' id="([^"]+)"', figure.svg)]
    assert len(found) == len(set(found))


@LES_CAS
@LES_PORTES
def test_ce_qui_manque_n_est_ni_none_ni_un_titre_vide(case: str, stage: str) -> None:
    found = essentials(case, stage)
    assert "None" not in re.sub(r"liste=None", "", words(found))
    assert found.question.endswith("?")
    assert found.chapeau
    assert found.bouton
    assert all(item.valeur and item.legende for item in found.chiffres)
    assert all(item.titre and item.lignes for item in found.plis)


@pytest.mark.parametrize("stage", [slug for slug in BUILDERS if slug in ("score", "restitute", "prioritise")])
@LES_CAS
def test_personne_n_est_nomme_a_cote_d_une_reponse_ou_d_un_vote(case: str, stage: str) -> None:
    said = words(essentials(case, stage))
    for person in decks_case.PEOPLE:
        assert person.nom not in said
        assert person.mail not in said


@LES_PORTES
def test_les_memes_octets_donnent_la_meme_page(stage: str) -> None:
    found = CASES["plein"]()
    content = sealed(found, stage)
    first, second = (build_essentiel(stage, content, found.referentiel, found.entree) for _ in range(2))
    assert first == second


@LES_PORTES
@pytest.mark.parametrize(
    "change",
    [
        lambda said: said | {"resultat": {"ancien": 1}},
        lambda said: said | {"stage": "collect"},
        lambda said: said | {"referentiel": {"version": "2020.1", "empreinte": "autre"}},
        lambda said: {"resultat": said["resultat"]},
        lambda _said: [],
    ],
    ids=["une autre forme", "une autre étape", "une autre méthode", "sans en-tête", "autre chose"],
)
def test_un_resultat_d_une_autre_version_se_dit_sans_un_chiffre(stage: str, change: Callable[[dict], object]) -> None:
    found = CASES["plein"]()
    content = json.dumps(change(json.loads(sealed(found, stage)))).encode()
    sober = build_essentiel(stage, content, found.referentiel, found.entree)
    assert "autre version de la méthode ou du logiciel" in sober.chapeau
    assert (sober.chiffres, sober.figures, sober.liste, sober.plis) == ((), (), None, ())
    assert build_essentiel(stage, b"\xff", found.referentiel, found.entree) == sober


@pytest.mark.parametrize("stage", BUILDERS)
def test_l_exemple_mene_au_bout_montre_ses_chiffres_a_chaque_validation(depart: Depart, stage: str) -> None:
    _check(depart(FIN), stage)


@pytest.mark.lent
@pytest.mark.parametrize("slug", [AVEC_DG, INCOMPLET])
def test_les_deux_autres_collectivites_de_l_exemple_aussi(depart: Depart, slug: str) -> None:
    terrain = depart(FIN, slug)
    for stage in BUILDERS:
        _check(terrain, stage)


def _check(terrain: Terrain, stage: str) -> None:
    content = (terrain.produits(stage) / "resultat.json").read_bytes()
    with terrain.lieu.reading() as ici:
        referentiel = ici.referentiel
    found = build_essentiel(stage, content, referentiel, terrain.entree)
    assert found.chiffres
    assert found.figures or found.liste
    if stage in ("score", "restitute", "prioritise"):
        assert not [item.nom for item in terrain.entree.personnes if item.nom in words(found)]
