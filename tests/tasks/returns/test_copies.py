"""Un fichier fautif revient avec ses cellules commentées ; corrigé et déposé, il remplace l’original."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import load_workbook

from nr_models.dossier.retours.envoi import Envoi
from nr_models.inventaire.parc import RetourInventaire
from tasks.office.naming import name_copies
from tasks.returns import copies as corrections
from tasks.returns.copies import LIST_SHEET, render_correction
from tasks.returns.recognise import Understood, understand
from tasks.returns.returns import list_returns, read_returns
from tasks.stages.collect.columns import DIAGNOSTIC
from tests.support.parcours import Depart, Terrain
from tests.support.referentiels import livre
from tests.tasks.returns.test_returns import TRAME

FAUTIF = (
    "Type;Quantité;Utilisateur;Site;Date d'achat\n"
    "Écran;12;JeanneSecret;Mairie;2020\n"
    "Serveur;-3;JeanneSecret;=1+1;2021\n"
    "Trottinette;plein;JeanneSecret;École;hier\n"
    "Total;15;;;\n"
)


@pytest.fixture
def relire(tmp_path: Path) -> Callable[[bytes, str], Understood]:
    def relire(content: bytes, name: str) -> Understood:
        (tmp_path / name).write_bytes(content)
        return understand(tmp_path / name, name, livre())

    return relire


def copie(understood: Understood, name: str) -> bytes:
    found = render_correction(understood, name)
    assert found is not None
    return found


def test_chaque_cellule_a_corriger_porte_un_commentaire_et_une_ligne_de_la_liste(
    relire: Callable[[bytes, str], Understood],
) -> None:
    understood = relire(FAUTIF.encode(), "parc.csv")
    book = load_workbook(io.BytesIO(copie(understood, "parc.csv")))
    sheet = book["Inventaire"]
    commented = {cell.coordinate for row in sheet.iter_rows() for cell in row if cell.comment}
    assert commented == {"B3", "B4", "A4"}
    listed = {row[1].value for row in book[LIST_SHEET].iter_rows(min_row=7)}
    assert listed == commented
    assert sheet["D3"].value == "=1+1"
    assert sheet["D3"].data_type == "s"


def test_ce_qui_est_personnel_n_est_nulle_part_dans_la_copie(relire: Callable[[bytes, str], Understood]) -> None:
    content = copie(relire(FAUTIF.encode(), "parc.csv"), "parc.csv")
    book = load_workbook(io.BytesIO(content))
    said = " ".join(str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row)
    assert "JeanneSecret" not in said
    assert "Utilisateur" not in said


def test_la_copie_se_relit_comme_l_original_et_se_refait_a_l_octet_pres(
    relire: Callable[[bytes, str], Understood],
) -> None:
    first = relire(FAUTIF.encode(), "parc.csv")
    content = copie(first, "parc.csv")
    again = relire(content, "copie.xlsx")
    assert isinstance(first.valeur, RetourInventaire)
    assert isinstance(again.valeur, RetourInventaire)
    assert (again.valeur.lignes, again.valeur.titres) == (first.valeur.lignes, first.valeur.titres)
    faults = [(item.code, item.cellule) for item in first.anomalies if item.asks_to_correct]
    assert [(item.code, item.cellule) for item in again.anomalies if item.asks_to_correct] == faults
    assert copie(first, "parc.csv") == content


def test_un_fichier_juste_ou_seulement_a_savoir_n_a_pas_de_copie(relire: Callable[[bytes, str], Understood]) -> None:
    assert render_correction(relire(b"Type;Quantit\xc3\xa9;Login\nSouris;1;x\nTotal;1;\n", "a.csv"), "a.csv") is None


def test_d_un_fichier_trop_long_seules_les_lignes_ecartees_reviennent(
    relire: Callable[[bytes, str], Understood], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corrections, "_COPIED_CELLS", 10)
    again = relire(copie(relire(FAUTIF.encode(), "parc.csv"), "parc.csv"), "copie.xlsx")
    assert "remplace" not in again.marque
    assert isinstance(again.valeur, RetourInventaire)
    assert again.valeur.lignes == ()
    assert [(item.code, item.cellule) for item in again.anomalies] == [
        ("quantite-negative", "B2"),
        ("categorie-inconnue", "A3"),
        ("nombre-invalide", "B3"),
    ]


def hors_liste(terrain: Terrain) -> list[str]:
    """Les cellules de la trame dont la réponse n’est pas de la liste."""
    found = terrain.result("collect")["anomalies"]
    return [item["cellule"] for item in found if (item["code"], item["fichier"]) == ("reponse-hors-liste", TRAME)]


def test_une_copie_corrigee_remplace_le_fichier_d_origine(depart: Depart) -> None:
    terrain = depart("score")
    terrain.edit(TRAME, lambda form: form.type_row("Questions", DIAGNOSTIC, 1, {"reponse": "peut-être"}))
    terrain.run("score")
    made = terrain.produits("collect") / name_copies([TRAME])[TRAME]
    book = load_workbook(made)
    for place in hors_liste(terrain):
        book["Questions"][place] = 2
    book.save(terrain.recus / "corrigé.xlsx")
    terrain.run("score")
    assert hors_liste(terrain) == []
    assert not made.exists()


def test_l_original_depose_avec_sa_copie_corrigee_ne_fait_pas_de_double(depart: Depart) -> None:
    terrain = depart()
    (terrain.recus / "zz.csv").write_text(FAUTIF, encoding="utf-8")
    content = copie(understand(terrain.recus / "zz.csv", "zz.csv", livre()), "zz.csv")
    book = load_workbook(io.BytesIO(content))
    book["Inventaire"]["B3"] = 3
    book.save(terrain.recus / "zz corrigé.xlsx")
    read_returns(terrain.lieu)
    with terrain.workspace.reading() as session:
        found, _ = list_returns(terrain.lieu.within(session), ("inventaire",), Envoi())
    kept = [item.fichier for item in found if item.fichier.startswith("zz")]
    assert kept == ["zz corrigé.xlsx"]


def test_deux_fichiers_qui_ne_different_que_par_leur_extension_ont_deux_copies() -> None:
    seul, pareils = name_copies(["Parc 2025.csv"]), name_copies(["Parc 2025.csv", "parc-2025.xlsx", "sites/parc.ods"])
    assert seul == {"Parc 2025.csv": "a-corriger-parc-2025.xlsx"}
    assert list(pareils.values()) == [
        "a-corriger-parc-2025-csv.xlsx",
        "a-corriger-parc-2025-xlsx.xlsx",
        "a-corriger-sites-parc.xlsx",
    ]
