"""La feuille de route à adopter : quand, pour combien, avec le temps de qui ; ce qui manque est compté."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from nr_models.rules import roadmap
from portal.pages.decision import roadmap as page
from portal.pages.decision.matiere import Matiere
from tests.portal.pages.decision.test_essentiel import bare, essentials
from tests.support import decks_case

CASE = decks_case.full_case()
ROUTE = CASE.result("roadmap", roadmap.Result)
MATIERE = Matiere(CASE.referentiel, CASE.entree)


def _total(euros: int, a_definir: int, sur: int) -> str:
    total = roadmap.Total(cle="total", euros=Decimal(euros), a_definir=a_definir, sur=sur)
    return bare(page.build(ROUTE.model_copy(update={"budget_total": total}), MATIERE).chapeau)


@pytest.mark.parametrize(
    ("euros", "a_definir", "sur", "said"),
    [
        (0, 3, 3, "Le budget reste à définir"),
        (1500, 2, 3, "Le budget chiffré est de 1 500 € ; 2 montants sur 3 restent à définir"),
        (1500, 0, 3, "Le budget chiffré est de 1 500 €"),
        (0, 0, 3, "tous les montants sont à 0 €"),
        (0, 0, 0, "Aucun budget n’est écrit"),
    ],
)
def test_le_budget_dit_ce_qu_on_n_en_sait_pas(euros: int, a_definir: int, sur: int, said: str) -> None:
    assert said in _total(euros, a_definir, sur)


def test_une_reserve_se_lit_avec_l_etape_ou_elle_fut_posee() -> None:
    words = "Réserve, étape «\u00a0Restitution\u00a0» (direction générale)\u00a0: À revoir au budget."
    point = roadmap.PointDur(levier="", motif="reserve", explication=words)
    first = page.build(ROUTE.model_copy(update={"points_durs": (point,)}), MATIERE).points[0]
    assert bare(first.fort) == "Réserve, étape « Restitution » (direction générale) :"
    assert first.citation == "À revoir au budget."


def test_sans_date_il_n_y_a_pas_de_planning() -> None:
    bars = tuple(item.model_copy(update={"debut": None, "fin": None}) for item in ROUTE.barres)
    found = page.build(ROUTE.model_copy(update={"barres": bars}), MATIERE)
    assert "sans aucune date encore" in found.chapeau
    assert not any("calendrier" in item.titre for item in found.figures)


def test_une_charge_au_dela_de_la_capacite_se_dit_en_tete() -> None:
    town = CASE.entree.collectivite.model_copy(update={"population": 5000})
    capacites = (Decimal(10), Decimal(20))
    parametres = CASE.referentiel.parametres
    preselection = parametres.preselection.model_copy(update={"capacites": capacites})
    referentiel = CASE.referentiel.model_copy(
        update={
            "paliers": (5000, 100_000),
            "parametres": parametres.model_copy(update={"preselection": preselection}),
        }
    )
    matiere = Matiere(referentiel, CASE.entree.model_copy(update={"collectivite": town}))
    load = (
        roadmap.Charge(responsable="DSI", trimestre="2027 T1", jours=Decimal(8)),
        roadmap.Charge(responsable="DSI", trimestre="2027 T4", jours=Decimal(7)),
        roadmap.Charge(responsable="DSI", trimestre="2028 T1", jours=Decimal(9)),
        roadmap.Charge(responsable="DSI", trimestre="à définir", jours=Decimal(90)),
    )
    found = page.build(ROUTE.model_copy(update={"charge": load}), matiere)
    over = [item for item in found.points if "dépasse la capacité" in item.fort]
    assert [bare(item.fort) for item in over] == ["La charge de 2027 dépasse la capacité indicative :"]
    assert over[0].texte.startswith("15 jours, pour 10 par an")


def test_le_jour_est_une_ligne_du_planning() -> None:
    days = [day for item in ROUTE.barres for day in (item.debut, item.fin) if day]
    inside, outside = Matiere(CASE.referentiel, CASE.entree, None, min(days)), date(1999, 1, 1)
    drawn = page.build(ROUTE, inside).figures[0].svg
    assert drawn != page.build(ROUTE, MATIERE).figures[0].svg
    assert page.build(ROUTE, MATIERE._replace(jour=outside)) == page.build(ROUTE, MATIERE)


def test_une_feuille_de_route_vide_le_dit() -> None:
    found = essentials("vide", "roadmap")
    assert "la feuille de route est vide" in found.chapeau
    assert found.figures == ()
