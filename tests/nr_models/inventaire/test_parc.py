"""Le parc : chaque machine une fois, l’équipement partagé là où il est géré."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_models.inventaire.parc import LigneInventaire, Machines, Parc, RetourInventaire, build_parc, identify


def machine(**said: str) -> LigneInventaire:
    """Un portable que disent ces numéros."""
    identites = tuple(found for kind, text in said.items() if (found := identify(kind, text)))
    return LigneInventaire(categorie="ordinateur-portable", quantite=1, identites=identites)


def parc(*inventaires: tuple[LigneInventaire, ...]) -> Parc:
    return build_parc(RetourInventaire(lignes=lines, fichier=f"{n}.csv") for n, lines in enumerate(inventaires))


def units(found: Parc) -> int:
    return sum(line.quantite for line in found.lignes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0",
        "00000000",
        "None",
        "Default string",
        "To Be Filled By O.E.M.",
        "N/A",
        "xx",
        "....",
        "FFFFFFFF-FFFF-FFFF",
    ],
)
def test_un_numero_de_remplissage_n_identifie_rien(text: str) -> None:
    assert identify("serie", text) == ""


def test_le_numero_lui_meme_n_est_pas_garde() -> None:
    assert "5CG1234XYZ" not in identify("serie", "5CG1234XYZ").upper()
    assert identify("serie", " 5cg1234xyz ") == identify("serie", "5CG1234XYZ")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"uuid": "4c4c-01"}, {"uuid": "4c4c-01", "serie": "ABC123"}, True),
        ({"uuid": "4c4c-01", "serie": "ABC123"}, {"uuid": "4c4c-02", "serie": "ABC123"}, False),
        ({"uuid": "4c4c-01", "serie": "ABC123"}, {"serie": "ABC123"}, True),
        ({"serie": "ABC123", "etiquette": "INV-7"}, {"serie": "ABC124", "etiquette": "INV-7"}, False),
        ({"serie": "None", "etiquette": "INV-7"}, {"uuid": "4c4c-02", "etiquette": "INV-7"}, True),
        ({"serie": "Default string"}, {"serie": "Default string"}, False),
        ({"serie": "ABC123"}, {"etiquette": "ABC123"}, False),
    ],
)
def test_la_meme_machine_se_dit_par_le_plus_sur_de_ses_numeros(
    one: dict[str, str], other: dict[str, str], same: bool
) -> None:
    found = parc((machine(**one),), (machine(**other),))
    assert units(found) == (1 if same else 2)
    assert [(item.code, item.fichier) for item in found.anomalies] == (
        [("machines-deja-comptees", "1.csv")] if same else []
    )


@given(st.lists(st.sampled_from(["ABC123", "ABC124", "ABC125", "None"]), max_size=6))
def test_l_ordre_des_inventaires_ne_change_pas_le_compte(series: list[str]) -> None:
    lines = [(machine(serie=text),) for text in series]
    assert len({units(parc(*order)) for order in permutations(lines[:4])}) == 1


def test_ce_qu_une_autre_collectivite_gere_est_montre_et_pas_compte() -> None:
    shared = LigneInventaire(categorie="serveur", quantite=2, gestionnaire="Agglo", gere_ailleurs=True)
    found = parc((machine(serie="ABC123"), shared))
    assert units(found) == 1
    assert [(line.categorie, line.quantite) for line in found.ailleurs] == [("serveur", 2)]


def test_les_lignes_egales_s_additionnent_et_les_numeros_s_oublient() -> None:
    found = parc((machine(serie="ABC123"), machine(serie="ABC124"), machine()))
    assert [(line.quantite, line.identites) for line in found.lignes] == [(3, ())]


def test_une_machine_sans_numero_n_est_jamais_un_double() -> None:
    machines = Machines()
    assert not machines.meet(())
    assert not machines.meet(())
