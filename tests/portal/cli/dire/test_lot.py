"""Un fichier de décisions, tel que les tableurs l’enregistrent et que les gens l’écrivent."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from openpyxl import Workbook

from nr_models.dossier.gates import Verdict
from portal.cli.dire.lot import read_lot

TITRES = ["Dossier", "Validation", "Adresse", "Décision", "Code de contrôle", "Motif"]
CODE = "0a1b2c3d4e5f"


def ecrire(path: Path, rows: list[list[object]], encoding: str = "cp1252", separator: str = ";") -> Path:
    quoted = [separator.join(f'"{cell}"' if "\n" in str(cell) else str(cell) for cell in row) for row in rows]
    path.write_bytes("\r\n".join(quoted).encode(encoding))
    return path


ENCODAGES = (("cp1252", ";"), ("utf-8", ","), ("utf-8-sig", ";"), ("utf-16", "\t"))


@pytest.mark.parametrize(("encoding", "separator"), ENCODAGES)
def test_un_fichier_se_lit_dans_l_encodage_de_qui_l_a_fait(tmp_path: Path, encoding: str, separator: str) -> None:
    row: list[object] = ["vague/pré", "diagnostic", "ana@ville.fr", "Réserves", CODE, "À préciser"]
    source = ecrire(tmp_path / "décisions.csv", [list(TITRES), row], encoding, separator)
    [line] = read_lot(source)
    assert (line.numero, line.dit["dossier"], line.dit["comment"]) == (2, "vague/pré", "À préciser")
    assert (line.verdict, line.dit["vu"], line.dit["etape"]) == (Verdict.RESERVES, CODE, "")


@pytest.mark.parametrize(
    ("mot", "verdict"),
    [
        ("Approuver", Verdict.APPROUVER),
        ("APPROUVÉ", Verdict.APPROUVER),
        ("réserves", Verdict.RESERVES),
        ("Approuver avec réserves", Verdict.RESERVES),
        ("À corriger", Verdict.CORRIGER),
        ("refusé", Verdict.REFUSER),
        *((verdict.nom, verdict) for verdict in Verdict),
        ("oui", None),
        ("", None),
    ],
)
def test_un_verdict_se_reconnait_comme_on_l_ecrit_et_un_autre_mot_n_approuve_jamais(
    tmp_path: Path, mot: str, verdict: Verdict | None
) -> None:
    source = ecrire(tmp_path / "lot.csv", [list(TITRES), ["v/d", "diagnostic", "a@b.fr", mot, CODE, ""]])
    [line] = read_lot(source)
    assert line.verdict is verdict


def test_un_motif_sur_deux_lignes_reste_entier(tmp_path: Path) -> None:
    source = ecrire(tmp_path / "lot.csv", [list(TITRES), ["v/d", "diagnostic", "a@b.fr", "corriger", CODE, "Un\nDeux"]])
    [line] = read_lot(source)
    assert line.dit["comment"].split() == ["Un", "Deux"]


def test_un_classeur_vaut_un_csv_et_un_code_de_chiffres_y_reste_entier(tmp_path: Path) -> None:
    book = Workbook()
    book.active.append(list(TITRES))
    book.active.append(["v/d", "diagnostic", "a@b.fr", "approuver", 123456789012, None])
    book.active.append([None] * len(TITRES))
    book.save(tmp_path / "lot.xlsx")
    [line] = read_lot(tmp_path / "lot.xlsx")
    assert (line.verdict, line.dit["vu"]) == (Verdict.APPROUVER, "123456789012")


@pytest.mark.parametrize(
    ("contenu", "dit"),
    [
        (b"dossier;validation\r\n", "il manque les colonnes as, verdict, vu"),
        (b"\x89PNG\x00\x00", "ne se lit pas"),
    ],
)
def test_un_fichier_qui_n_en_est_pas_un_se_dit(tmp_path: Path, contenu: bytes, dit: str) -> None:
    (tmp_path / "lot.csv").write_bytes(contenu)
    with pytest.raises(click.UsageError, match=dit):
        list(read_lot(tmp_path / "lot.csv"))
    with pytest.raises(click.UsageError, match="n’existe pas"):
        list(read_lot(tmp_path / "absent.csv"))


@pytest.mark.parametrize("cache", ["ligne", "feuille"])
def test_ce_que_l_auteur_ne_voit_pas_ne_decide_rien(tmp_path: Path, cache: str) -> None:
    book = Workbook()
    book.active.append(list(TITRES))
    book.active.append(["v/d", "diagnostic", "a@b.fr", "approuver", CODE, None])
    if cache == "ligne":
        book.active.row_dimensions[2].hidden = True
    else:
        other = book.create_sheet("Brouillon")
        other.append(list(TITRES))
        other.append(["v/e", "diagnostic", "a@b.fr", "refuser", CODE, "Non"])
        other.sheet_state = "hidden"
    book.save(tmp_path / "lot.xlsx")
    with pytest.raises(click.UsageError, match=r"cache|plusieurs feuilles"):
        list(read_lot(tmp_path / "lot.xlsx"))
