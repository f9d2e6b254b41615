"""Un classeur rempli avec le tableur de chacun dit la même chose : LibreOffice (xlsx, ods), openpyxl, XlsxWriter."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest
from filelock import FileLock
from openpyxl import Workbook, load_workbook
from xlsxwriter import Workbook as Writer

from nr_models.dossier.case import Case
from nr_models.rules.collect import RetourContexte, RetourDiagnostic, RetourInventaire
from tasks.office.columns import AUTHOR_LABEL, GUIDE_SHEET
from tasks.returns.recognise import Understood, understand
from tasks.stages.collect.columns import CONTEXTE_RUBRIQUES
from tasks.stages.collect.workbooks import supports as books
from tests.support.partage import shared_base
from tests.support.referentiels import livre
from tests.support.workbooks_case import make_case

CASE = make_case()
FLASH = CASE.entree.collectivite.model_copy(update={"questionnaire": "flash"})
SAID = (0, "3", "Ne sait pas", "Sans objet", 4.0, "2 – presque", None)
ACCENTS = "Été « numérique » : l’école, 50 % à 12 €"


def diagnostic() -> Workbook:
    """Le questionnaire entier, rempli de toutes les façons de répondre."""
    book = load_workbook(io.BytesIO(books.render_diagnostic(CASE, 1)))
    for sheet in (item for item in book.worksheets if item.title[0].isdigit()):
        titles = [cell.value for cell in sheet[1]]
        answer, comment = titles.index("Réponse") + 1, titles.index("Commentaire") + 1
        for row in range(2, sheet.max_row + 1):
            said = SAID[row % len(SAID)]
            if said == "2 – presque":
                said = sheet.cell(row, titles.index("Réponse 2") + 1).value
            sheet.cell(row, answer).value = said
            sheet.cell(row, comment).value = ACCENTS if row % 3 == 0 else None
    label = next(cell for row in book[GUIDE_SHEET].iter_rows() for cell in row if cell.value == AUTHOR_LABEL)
    book[GUIDE_SHEET].cell(label.row, label.column + 1).value = "luc.bon@ex.fr"
    book["Entretiens"]["A2"], book["Entretiens"]["B2"] = "Un résumé", ACCENTS
    return book


def contexte() -> Workbook:
    book = load_workbook(io.BytesIO(books.render_contexte(CASE, 1)))
    sheet = book["Contexte"]
    said = {"perimetre": "agents ; écoles", "fournisseur_si": ACCENTS, "annee_inventaire": 2026, "cooperation": "oui"}
    labels = {label: key for key, label in CONTEXTE_RUBRIQUES}
    for label, value in sheet.iter_rows(min_row=2, max_col=2):
        value.value = said.get(labels[str(label.value)])
    book["Ambitions"]["C2"], book["Ambitions"]["C9"] = 3, "oui"
    for place, value in zip("ABCDEF", ("gouv-q01", 2, "Ana", "12/05/2026", "Vu", "Rapport"), strict=True):
        book["Hypothèses"][f"{place}2"] = value
    return book


def inventaire() -> Workbook:
    small = Case(CASE.cle, CASE.entree.model_copy(update={"collectivite": FLASH}), CASE.referentiel)
    book = load_workbook(io.BytesIO(books.render_inventaire(small, 1)))
    sheet = book["Inventaire"]
    titles = {cell.value: cell.column for cell in sheet[1]}
    for row, (category, count, year) in enumerate((("Ordinateur portable", 12, 2021), ("Écran", 30, None)), start=2):
        sheet.cell(row, titles["Catégorie"]).value = category
        sheet.cell(row, titles["Quantité"]).value = count
        sheet.cell(row, titles["Année d’achat"]).value = year
    return book


BOOKS = {"diagnostic": diagnostic, "contexte": contexte, "inventaire": inventaire}
KINDS = {"diagnostic": RetourDiagnostic, "contexte": RetourContexte, "inventaire": RetourInventaire}


def lire(path: Path) -> Understood:
    return understand(path, "rendu", livre())


@pytest.fixture(scope="session")
def rendus(soffice: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Understood]]:
    """Chaque classeur, tel que chaque tableur l'enregistre ; LibreOffice n'est ouvert que deux fois."""
    folder = shared_base(tmp_path_factory) / "tableurs"
    with FileLock(folder.with_suffix(".verrou")):
        if not folder.exists():
            folder.mkdir()
            enregistrer(soffice, folder)
    return {
        name: {
            "openpyxl": lire(folder / f"{name}.xlsx"),
            "xlsxwriter": lire(folder / "xlsxwriter" / f"{name}.xlsx"),
            "libreoffice": lire(folder / "xlsx" / f"{name}.xlsx"),
            "ods": lire(folder / "ods" / f"{name}.ods"),
        }
        for name in BOOKS
    }


def enregistrer(soffice: str, folder: Path) -> None:
    """Ce que chaque tableur écrit."""
    for name, make in BOOKS.items():
        book = make()
        book.save(folder / f"{name}.xlsx")
        rewrite(book, folder / "xlsxwriter" / f"{name}.xlsx")
    sources = [str(folder / f"{name}.xlsx") for name in BOOKS]
    for kind in ("xlsx", "ods"):
        profile = f"-env:UserInstallation=file://{folder}/profil"
        command = [soffice, profile, "--headless", "--convert-to", kind, "--outdir", str(folder / kind), *sources]
        subprocess.run(command, check=True, capture_output=True)


def rewrite(book: Workbook, path: Path) -> None:
    """Les mêmes valeurs, recopiées sans rien de la mise en forme."""
    path.parent.mkdir(exist_ok=True)
    with Writer(path) as target:
        for sheet in book.worksheets:
            copy = target.add_worksheet(sheet.title)
            for row in sheet.iter_rows():
                for cell in row:
                    if cell.value is not None and cell.data_type != "f":
                        copy.write(cell.row - 1, cell.column - 1, cell.value)


@pytest.mark.parametrize("name", BOOKS)
def test_chaque_tableur_rend_les_memes_reponses(rendus: dict[str, dict[str, Understood]], name: str) -> None:
    read = rendus[name]
    assert {tool: item.anomalies for tool, item in read.items()} == dict.fromkeys(read, ())
    assert isinstance(read["openpyxl"].valeur, KINDS[name])
    assert len({item.valeur.model_dump_json() for item in read.values() if item.valeur}) == 1
    assert {item.type for item in read.values()} == {name}


def test_toutes_les_facons_de_repondre_sont_comprises(rendus: dict[str, dict[str, Understood]]) -> None:
    value = rendus["diagnostic"]["ods"].valeur
    assert isinstance(value, RetourDiagnostic)
    assert value.personne == "luc.bon@ex.fr"
    assert {item.niveau for item in value.reponses} == {0, 2, 3, 4, None}
    assert {item.statut for item in value.reponses} == {"niveau", "ne-sait-pas", "sans-objet", "blanc"}
    assert ACCENTS in {item.commentaire for item in value.reponses}


def test_l_inventaire_flash_ne_propose_que_ses_categories() -> None:
    book = inventaire()
    offered = {row[0] for row in book["Catégories"].iter_rows(min_row=2, values_only=True)}
    flash = set(CASE.referentiel.parametres.collecte.inventaire_flash)
    assert offered == {item.nom for item in CASE.referentiel.facteurs.categories if item.slug in flash}
    hidden = titles_hidden(book)
    assert "Heures de fonctionnement par an" in hidden
    assert "Quantité" not in hidden


def titles_hidden(book: Workbook) -> set[object]:
    sheet = book["Inventaire"]
    return {cell.value for cell in sheet[1] if sheet.column_dimensions[cell.column_letter].hidden}


def test_l_avancement_compte_ce_qui_est_rempli() -> None:
    sheet = load_workbook(io.BytesIO(books.render_diagnostic(CASE, 1)))["Avancement"]
    rows = list(sheet.iter_rows(min_row=2, values_only=True))
    assert len(rows) == len(CASE.referentiel.dimensions)
    assert all(str(row[2]).startswith("=COUNTA('") for row in rows)
