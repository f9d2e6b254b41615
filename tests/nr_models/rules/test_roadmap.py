"""La feuille de route : planning, budget, charge, points durs et thèmes de la loi REEN."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import roadmap
from tests.support.cas import Cas, cas_de
from tests.support.fiches import remplir
from tests.support.referentiels import collectivite, noter, petit

DEUX = petit({"achats": {"leviers": {"a1": {}, "a2": {}}}})


def assembler(
    referentiel: Referentiel, fiches: dict[str, dict[str, Any]], leviers: Iterable[str] | None = None
) -> roadmap.Result:
    """La feuille de route de ces fiches."""
    inputs = roadmap.Inputs(
        collectivite=collectivite(),
        contexte=None,
        score=noter(referentiel, {}),
        fiche=remplir(referentiel, {"ana": fiches}, leviers=leviers),
    )
    return roadmap.build(inputs, referentiel)


def _plain(total: roadmap.Total) -> dict[str, Any]:
    return {"euros": total.euros, "a_definir": total.a_definir, "sur": total.sur}


def _money(said: dict[str, Any]) -> dict[str, Any]:
    return {**said, "euros": Decimal(said["euros"])}


@pytest.mark.parametrize("cas", cas_de("roadmap"))
def test_les_cas_de_l_expert(cas: Cas) -> None:
    result = assembler(cas.referentiel, cas.get("fiches"), cas.content.get("ordre"))
    wanted = cas.attendu
    if "total" in wanted:
        assert _plain(result.budget_total) == _money(wanted["total"])
    for name, totals in (("annee", result.budget_par_annee), ("dimension", result.budget_par_dimension)):
        if f"par_{name}" in wanted:
            said = {key: _money(value) for key, value in wanted[f"par_{name}"].items()}
            assert {item.cle: _plain(item) for item in totals} == said
    if "charge" in wanted:
        found = {f"{item.responsable} {item.trimestre}": item.jours for item in result.charge}
        assert found == {key: Decimal(value) for key, value in wanted["charge"].items()}
    for name in ("charge_totale", "charge_a_definir", "charge_valorisee"):
        if name in wanted:
            assert getattr(result, name) == Decimal(wanted[name]), name
    _check_lists(result, wanted)


def _check_lists(result: roadmap.Result, wanted: dict[str, Any]) -> None:
    if "points_durs" in wanted:
        assert [f"{item.levier} {item.motif}" for item in result.points_durs] == wanted["points_durs"]
    if "ordre" in wanted:
        assert [item.levier for item in result.barres] == wanted["ordre"]
    for theme, leviers in wanted.get("themes", {}).items():
        assert next(list(item.leviers) for item in result.themes_reen if item.theme == theme) == leviers


MONTH = st.integers(0, 35).map(lambda number: f"{number % 12 + 1:02}/{2026 + number // 12}")


@given(st.decimals(min_value=0, max_value=200, places=1), MONTH, MONTH)
def test_la_charge_par_trimestre_fait_la_charge_totale(days: Decimal, start: str, end: str) -> None:
    typed = {"debut": start, "fin": end, "responsable": "DSI", "moyens_humains": f"{days} JH"}
    result = assembler(DEUX, {"a1": typed}, ["a1"])
    assert sum((item.jours for item in result.charge), Decimal(0)) == days == result.charge_totale
    shares = [item.jours for item in result.charge]
    assert max(shares) - min(shares) <= Decimal("0.1")


@given(st.lists(st.one_of(st.none(), st.integers(0, 10_000)), max_size=8))
def test_tous_les_totaux_disent_la_meme_somme_et_le_meme_reste_a_definir(amounts: list[int | None]) -> None:
    lines = [
        {"annee": 2026 + place % 3, "montant": "À définir" if amount is None else f"{amount} €"}
        for place, amount in enumerate(amounts)
    ]
    result = assembler(DEUX, {"a1": {"depenses": lines}})
    whole = result.budget_total
    assert whole.euros == sum(amount or 0 for amount in amounts)
    for totals in (
        result.budget_par_annee,
        result.budget_par_dimension,
        result.budget_par_nature,
        result.budget_par_financeur,
    ):
        assert sum(item.euros for item in totals) == whole.euros
        assert sum(item.a_definir for item in totals) == whole.a_definir
        assert sum(item.sur for item in totals) == whole.sur


def test_un_debut_commence_son_mois_et_une_fin_le_finit_sur_le_planning() -> None:
    bar = assembler(DEUX, {"a1": {"debut": "Février 2024", "fin": "Avril 2024"}}).barres[0]
    assert (str(bar.debut), str(bar.fin)) == ("2024-02-01", "2024-04-30")


def test_une_charge_sans_dates_est_comptee_a_part() -> None:
    result = assembler(DEUX, {"a1": {"moyens_humains": "5 JH"}})
    assert [(item.responsable, item.trimestre, item.jours) for item in result.charge] == [
        ("à définir", "à définir", Decimal(5))
    ]
