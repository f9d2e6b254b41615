"""La page de décision : un seul bouton plein, ce qui est possible et rien d’autre, ce qu’on a tapé jamais perdu."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable
from typing import Any

import pytest

from nr_models.dossier.gates import Verdict
from nr_models.stages import BY_SLUG
from nr_models.values.controle import show_code
from portal.pages.decision.essentiel import BUILDERS, build_sober
from portal.pages.decision.vue import (
    PAS_ICI,
    Autre,
    AvisDonne,
    DocumentSoumis,
    Ecart,
    EtapeARevoir,
    MaDecision,
    Peut,
    Possibilite,
    Saisi,
    Vue,
)
from portal.pages.rendu import Rendu as Gabarits
from tests.portal.pages.decision.test_essentiel import CASES, bare, essentials

HOSTILE = "<script>alert('x')</script> & « là »"
OUI = Possibilite(True)
SCEAU = "9938388c2280" * 5 + "abcd"

Rendu = Callable[..., str]


def vue(stage: str = "prioritise", case: str = "plein", **said: Any) -> Vue:
    found = BY_SLUG[stage]
    base: dict[str, Any] = {
        "essentiel": essentials(case, stage),
        "collectivite": "Saint-Aubin",
        "numero": found.numero,
        "etape": found.nom,
        "validation": found.gate,
        "echeance": "Votre décision est attendue le 11 décembre 2026 au plus tard.",
        "depuis": "Soumis le 28 novembre 2026.",
        "lecteur": "Ana Brun",
        "roles": "direction générale",
        "vu": SCEAU,
        "code": show_code(SCEAU),
        "demande": "b1f2",
        "action": "/d/exemple/saint-aubin/decider/selection",
        "action_avis": "/d/exemple/saint-aubin/avis/selection",
        "retirer": "/d/exemple/saint-aubin/retirer/selection",
        "deleguer": "/d/exemple/saint-aubin/deleguer",
        "peut": Peut(decider=OUI, aviser=OUI, deleguer=OUI),
        "pied": "Reconnue par un lien envoyé à ana@ville.example.",
        "etapes": (EtapeARevoir("prioritise", "Priorisation"), EtapeARevoir("preselect", "Présélection")),
    }
    return Vue(**{**base, **said})


@pytest.fixture(scope="module")
def page() -> Rendu:
    """La page remplie, telle qu’elle part."""
    pages = Gabarits()
    return lambda stage="prioritise", case="plein", **said: pages.page("decision", vue=vue(stage, case, **said))


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("stage", BUILDERS)
def test_les_six_pages_se_tiennent_pleines_comme_vides(page: Rendu, stage: str, case: str) -> None:
    shown = page(stage, case)
    assert shown.count("<h1>") == 1
    assert '<html lang="fr">' in shown
    assert not re.search(r"<script|<style|<[^>]*\s(style|on[a-z]+)=", shown)
    ids = re.findall(r'\sid="([^"]+)"', shown)
    assert len(ids) == len(set(ids))
    wanted = {
        name for said in re.findall(r'(?:aria-labelledby|aria-describedby)="([^"]+)"', shown) for name in said.split()
    }
    assert wanted | set(re.findall(r'(?:href="#|for=")([^"]+)"', shown)) <= set(ids)
    text = re.sub(r"<(pre|code)\b.*?</\1>|<[^>]+>", "", shown, flags=re.DOTALL)
    assert not re.search(r" [:;?!%»]|« ", text)
    assert shown.count("<svg") == shown.count("<table>")


def test_les_titres_ne_sautent_pas_de_rang(page: Rendu) -> None:
    levels = [int(level) for level in re.findall(r"<h(\d)", page())]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


def test_un_seul_bouton_est_plein_et_dit_ce_qu_il_fait(page: Rendu) -> None:
    shown = page()
    (primary,) = re.findall(r'<button class="bouton" name="verdict" value="(\w+)">([^<]+)<', shown)
    assert primary == ("approuver", essentials("plein", "prioritise").bouton)


def test_chaque_verdict_se_poste_avec_ce_qu_on_a_lu(page: Rendu) -> None:
    shown = page()
    assert set(re.findall(r'name="verdict" value="(\w+)"', shown)) == {item.value for item in Verdict}
    forms = re.findall(r"<form .*?</form>", shown, re.DOTALL)
    for form in forms:
        assert f'name="vu" value="{SCEAU}"' in form
        assert 'name="demande" value="b1f2"' in form
    other = next(form for form in forms if 'value="refuser"' in form)
    assert re.search(r'<textarea id="motif" name="motif" required', other)
    assert re.findall(r'<option value="(\w+)"', other) == ["prioritise", "preselect"]


def test_qui_ne_peut_que_lire_n_a_pas_de_bouton_et_sait_qui_decide(page: Rendu) -> None:
    why = "Seule la direction générale décide de cette étape."
    shown = page(roles=None, peut=Peut(decider=Possibilite(False, why)), autres=(Autre("Inès Roy", "élue sponsor"),))
    assert "<form" not in shown
    assert why in shown
    assert "Inès Roy (élue sponsor)" in shown
    assert "pas encore décidé" in shown


def test_qui_a_decide_voit_son_recu_et_peut_retirer(page: Rendu) -> None:
    mine = MaDecision("approuvé avec réserves", "28 novembre 2026", "/recu/12")
    shown = page(ma_decision=mine, peut=Peut(retirer=OUI))
    assert "Vous avez décidé : approuvé avec réserves, le 28 novembre 2026." in bare(shown)
    assert 'href="/recu/12"' in shown
    assert re.findall(r'<form method="post" action="([^"]+)"', shown) == ["/d/exemple/saint-aubin/retirer/selection"]
    kept = page(ma_decision=mine, peut=Peut(retirer=Possibilite(False, "L’étape suivante a commencé.")))
    assert "<form" not in kept
    assert "L’étape suivante a commencé." in kept


def test_ce_qui_a_change_se_dit_a_cote_et_ce_qui_etait_tape_reste(page: Rendu) -> None:
    shown = page(
        refus="Un document a changé pendant que vous lisiez.",
        ecarts=(Ecart("Matrice", "refaite à 14 h 05"),),
        saisi=Saisi("reserves", HOSTILE, "preselect"),
    )
    assert "Ce que vous lisiez a changé" in shown
    assert "<dt>Matrice</dt><dd>refaite à 14 h 05</dd>" in bare(shown)
    assert re.search(r'value="reserves" required checked', shown)
    assert re.search(r'<option value="preselect" selected', shown)
    assert "<script" not in shown
    assert "&lt;script&gt;" in re.search(r'<textarea id="motif".*?</textarea>', shown, re.DOTALL).group()  # type: ignore[union-attr]
    assert "<title>À revoir" in shown


def test_un_refus_sans_motif_montre_le_champ_a_remplir(page: Rendu) -> None:
    shown = page(refus="Dites pourquoi.", saisi=Saisi("corriger"))
    assert 'aria-invalid="true" aria-describedby="motif-faute motif-aide"' in shown
    assert 'href="#motif"' in shown
    assert "aria-invalid" not in page()


def test_un_avis_commence_n_est_pas_perdu(page: Rendu) -> None:
    shown = page(saisi=Saisi(avis="Trop long."), refus="Réessayez.")
    assert re.search(r'<textarea id="avis" name="texte" [^>]*>Trop long\.<', shown)
    assert "Donner un avis" not in page(peut=Peut(decider=OUI))


def test_les_avis_et_les_documents_se_lisent(page: Rendu) -> None:
    shown = page(
        avis=(AvisDonne(HOSTILE, "28 novembre 2026", HOSTILE),),
        documents=(DocumentSoumis("/d/x?a=1&b=2", "Votes consolidés", "classeur XLSX", "21 ko"),),
    )
    assert "<script" not in shown
    assert 'href="/d/x?a=1&amp;b=2"' in shown
    assert "classeur XLSX, 21 ko" in bare(shown)


def test_le_code_de_controle_se_lit_par_quatre(page: Rendu) -> None:
    assert "<code>9938 388c 2280</code>" in page()


def test_ce_qui_n_est_pas_possible_sans_raison_ne_se_montre_pas(page: Rendu) -> None:
    shown = page(peut=Peut(decider=OUI, retirer=PAS_ICI, aviser=PAS_ICI, deleguer=PAS_ICI))
    assert "Déléguer" not in shown
    assert "Retirer ma décision" not in shown


def test_une_page_sobre_se_decide_aussi(page: Rendu) -> None:
    shown = page(essentiel=build_sober("prioritise"))
    assert "<svg" not in shown
    assert 'value="approuver"' in shown
