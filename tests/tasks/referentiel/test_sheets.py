"""Le référentiel va dans un classeur et en revient sans perte ; une erreur y est dite par feuille et cellule."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from nr_models.referentiel.evolution import Modification, compare
from nr_models.referentiel.referentiel import Referentiel
from tasks.reading.spreadsheet import Feuille, Lecture, read_spreadsheet
from tasks.referentiel.load import load_referentiel, write_referentiel
from tasks.referentiel.reader import Relu, parse_referentiel
from tasks.referentiel.sheets import CHIFFRES, FEUILLES
from tasks.referentiel.workbook import render_referentiel
from tasks.returns.recognise import understand
from tests.support.referentiels import livre

LIVRE = livre()
ROWS = {
    "Questions": "id",
    "Leviers": "id",
    "Dimensions": "slug",
    "Validation": "gate",
    "Calendrier": "etapes",
    "Catégories": "slug",
}
Casse = Callable[[Workbook], None]


def _lecture() -> Lecture:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "referentiel.xlsx"
        path.write_bytes(render_referentiel(LIVRE))
        return read_spreadsheet(path)


LECTURE = _lecture()


@pytest.fixture(scope="module")
def octets() -> bytes:
    """La version livrée, comme classeur, faite une fois."""
    return render_referentiel(LIVRE)


@pytest.fixture
def fichier(octets: bytes, tmp_path: Path) -> Path:
    """La version livrée, dans un fichier à soi."""
    path = tmp_path / "referentiel.xlsx"
    path.write_bytes(octets)
    return path


@pytest.fixture
def classeur() -> Workbook:
    """Les cellules de la version livrée, telles qu’elles ont été lues une fois, dans un classeur à soi."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for feuille in LECTURE.feuilles:
        page = book.create_sheet(feuille.nom)
        for line in feuille.lignes:
            page.append(list(line))
    return book


def edit(book: Workbook, *changes: Casse) -> Workbook:
    """Le classeur, changé comme une personne le ferait."""
    for apply in changes:
        apply(book)
    return book


def edit_file(path: Path, *changes: Casse) -> None:
    """La même chose dans un fichier."""
    edit(book := load_workbook(path), *changes).save(path)
    book.close()


def relire(source: Path | Workbook, version: str = "essai") -> Relu:
    """Ce que disent un fichier, ou les cellules d’un classeur."""
    read = read_spreadsheet(source) if isinstance(source, Path) else _cells(source)
    return parse_referentiel(read, version)


def _cells(book: Workbook) -> Lecture:
    return Lecture(
        tuple(Feuille(page.title, [list(row) for row in page.iter_rows(values_only=True)]) for page in book.worksheets)
    )


def colonne(sheet: str, chemin: str) -> int:
    """Le numéro d'une colonne, à partir de 1."""
    return [champ.chemin for champ in FEUILLES[sheet].champs].index(chemin) + 1


def ligne(sheet: Worksheet, key: str, column: int = 1) -> int:
    """La ligne d'une entrée."""
    return next(cell.row for cell in sheet[chr(ord("A") + column - 1)] if cell.value == key)


def ecrire(sheet: str, key: str, chemin: str, value: Any) -> Casse:
    """Écrire une valeur dans la cellule d'une entrée."""

    def apply(book: Workbook) -> None:
        page = book[sheet]
        row = ligne(page, key, colonne(sheet, ROWS.get(sheet, FEUILLES[sheet].cle)))
        page.cell(row, colonne(sheet, chemin)).value = value

    return apply


def test_l_aller_et_retour_ne_perd_rien(fichier: Path, tmp_path: Path) -> None:
    found = relire(fichier, LIVRE.version)
    assert found.anomalies == ()
    assert found.referentiel is not None
    assert compare(LIVRE, found.referentiel).vide
    write_referentiel(tmp_path / "version", found.referentiel)
    assert load_referentiel(tmp_path / "version").empreinte == LIVRE.empreinte


def test_meme_version_memes_octets() -> None:
    assert render_referentiel(LIVRE) == render_referentiel(LIVRE)


def test_les_fichiers_ecrits_deux_fois_sont_les_memes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_referentiel(tmp_path / name, LIVRE)
    files = sorted(path.relative_to(tmp_path / "a") for path in (tmp_path / "a").rglob("*.yaml"))
    assert len(files) == 5 + len(LIVRE.dimensions)
    assert all((tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes() for name in files)


def test_chaque_nombre_de_la_methode_a_sa_ligne() -> None:
    known = {(item.bloc, item.nom.removesuffix(".*").split(".")[0]) for item in CHIFFRES}
    for bloc, figures in LIVRE.parametres:
        names = set(type(figures).model_fields) - {"source", "date", "maturites"}
        assert {(bloc, name) for name in names} <= known


def through_libreoffice(path: Path, soffice: str, folder: Path) -> Path:
    """Le classeur enregistré par LibreOffice dans son format, puis de nouveau en .xlsx."""
    for source, kind in ((path, "ods"), (folder / f"{path.stem}.ods", "xlsx")):
        command = [soffice, f"-env:UserInstallation=file://{folder}/profil", "--headless"]
        command += ["--convert-to", kind, "--outdir", str(folder), str(source)]
        subprocess.run(command, check=True, capture_output=True)
    return folder / f"{path.stem}.xlsx"


def test_un_changement_fait_dans_libreoffice_revient_et_lui_seul(fichier: Path, tmp_path: Path, soffice: str) -> None:
    edit_file(
        fichier,
        ecrire("Questions", "gouv-q01", "poids", 2.5),
        ecrire("Questions", "gouv-q02", "niveaux.4", "La stratégie est publiée, suivie et révisée chaque année."),
    )
    folder = tmp_path / "libreoffice"
    folder.mkdir()
    found = relire(through_libreoffice(fichier, soffice, folder), "2099.1").referentiel
    assert found is not None
    gap = compare(LIVRE, found)
    assert [(item.id, [field.champ for field in item.champs]) for item in gap.changements] == [
        ("gouv-q01", ["poids"]),
        ("gouv-q02", ["niveaux.4"]),
    ]
    assert gap.changements[0].champs[0].apres == "2.5"
    assert (gap.ajouts, gap.retraits, gap.chiffres) == ((), (), ())


def test_un_levier_une_question_et_un_nom_ajoutes_dans_le_tableur(fichier: Path) -> None:
    def add(book: Workbook) -> None:
        for sheet, source, new in (("Questions", "gouv-q01", "gouv-q50"), ("Leviers", "gouv-l01", "gouv-l50")):
            page = book[sheet]
            copied = [cell.value for cell in page[ligne(page, source)]]
            copied[0] = new
            free = next(row for row in range(2, page.max_row + 2) if page.cell(row, 1).value is None)
            for place, value in enumerate(copied, start=1):
                page.cell(free, place).value = value
        actions, marks = book["Actions"], book["Indicateurs"]
        actions.append(["gouv-l50", "Écrire la première page", "Référent", 2])
        marks.append(["gouv-l50", "Pages écrites", "nombre", "pages"])

    edit_file(
        fichier,
        add,
        ecrire("Leviers", "gouv-l50", "titre", "Tenir un carnet de bord"),
        ecrire("Leviers", "gouv-l50", "questions", "gouv-q50"),
        ecrire("Dimensions", "gouvernance", "nom", "Pilotage"),
    )
    found = relire(fichier)
    assert found.anomalies == ()
    assert found.referentiel is not None
    gap = compare(LIVRE, found.referentiel)
    assert [(item.sorte, item.id) for item in gap.ajouts] == [("question", "gouv-q50"), ("levier", "gouv-l50")]
    assert [(item.id, item.champs) for item in gap.changements] == [
        ("gouvernance", (Modification(champ="nom", avant="Stratégie et gouvernance", apres="Pilotage"),))
    ]


ERREURS: dict[str, tuple[Casse, str, str, str, str]] = {
    "un poids en lettres": (
        ecrire("Questions", "gouv-q01", "poids", "lourd"),
        "nombre-invalide",
        "Questions",
        "gouv-q01",
        "poids",
    ),
    "un niveau vide": (
        ecrire("Questions", "gouv-q01", "niveaux.2", None),
        "valeur-absente",
        "Questions",
        "gouv-q01",
        "niveaux.2",
    ),
    "un profil inconnu": (
        ecrire("Questions", "gouv-q01", "profils", "dgs ; pape"),
        "regle-du-referentiel",
        "Questions",
        "gouv-q01",
        "profils",
    ),
    "une dimension inconnue": (
        ecrire("Questions", "gouv-q01", "dimension", "poésie"),
        "entree-inconnue",
        "Questions",
        "gouv-q01",
        "dimension",
    ),
    "un poids nul": (
        ecrire("Questions", "gouv-q03", "poids", 0),
        "regle-du-referentiel",
        "Questions",
        "gouv-q03",
        "poids",
    ),
    "un oui ou non qui n'en est pas un": (
        ecrire("Questions", "gouv-q01", "flash", "parfois"),
        "valeur-hors-liste",
        "Questions",
        "gouv-q01",
        "flash",
    ),
    "une nature inconnue": (
        ecrire("Questions", "gouv-q01", "condition.natures", "royaume"),
        "valeur-hors-liste",
        "Questions",
        "gouv-q01",
        "condition.natures",
    ),
    "une priorité inconnue": (
        ecrire("Leviers", "gouv-l01", "priorite", "Urgente"),
        "valeur-hors-liste",
        "Leviers",
        "gouv-l01",
        "priorite",
    ),
    "un levier requis inconnu": (
        ecrire("Leviers", "gouv-l01", "requiert", "gouv-l99"),
        "regle-du-referentiel",
        "Leviers",
        "gouv-l01",
        "requiert",
    ),
    "un levier sans question": (
        ecrire("Leviers", "gouv-l01", "questions", None),
        "valeur-absente",
        "Leviers",
        "gouv-l01",
        "questions",
    ),
    "un coût inconnu": (
        ecrire("Leviers", "gouv-l01", "cout.grande", "or"),
        "regle-du-referentiel",
        "Leviers",
        "gouv-l01",
        "cout.grande",
    ),
    "une durée à virgule": (
        ecrire("Leviers", "gouv-l01", "duree_mois.petite", 2.5),
        "entier-attendu",
        "Leviers",
        "gouv-l01",
        "duree_mois.petite",
    ),
    "un identifiant avec des accents": (
        ecrire("Catégories", "tablette", "slug", "tablétte"),
        "regle-du-referentiel",
        "Catégories",
        "tablétte",
        "slug",
    ),
    "une dimension sans numéro": (
        ecrire("Dimensions", "achats", "numero", None),
        "valeur-absente",
        "Dimensions",
        "achats",
        "numero",
    ),
    "un rôle inconnu": (
        ecrire("Validation", "diagnostic", "roles", "pape"),
        "valeur-hors-liste",
        "Validation",
        "diagnostic",
        "roles",
    ),
    "une étape inconnue": (
        ecrire("Calendrier", "Collecte", "etapes", "Vacances"),
        "valeur-hors-liste",
        "Calendrier",
        "Vacances",
        "etapes",
    ),
}


@pytest.mark.parametrize("name", [name for name in ERREURS if "accents" not in name])
def test_une_erreur_est_dite_dans_sa_cellule_et_rien_n_est_rendu(name: str, classeur: Workbook) -> None:
    apply, code, sheet, key, field = ERREURS[name]
    page = edit(classeur, apply)[sheet]
    column = colonne(sheet, ROWS[sheet])
    place = f"{page.cell(1, colonne(sheet, field)).column_letter}{ligne(page, key, column)}"
    found = relire(classeur)
    assert found.referentiel is None
    assert (code, sheet, place) in [(item.code, item.feuille, item.cellule) for item in found.anomalies]
    assert all(item.feuille and item.cellule for item in found.anomalies)


def test_toutes_les_erreurs_sont_dites_en_une_fois(classeur: Workbook) -> None:
    chosen = ("un poids en lettres", "un poids nul", "un levier requis inconnu", "une priorité inconnue")
    edit(classeur, *(ERREURS[name][0] for name in chosen))
    found = relire(classeur)
    assert [item.code for item in found.anomalies] == [
        "nombre-invalide",
        "valeur-hors-liste",
        "regle-du-referentiel",
        "regle-du-referentiel",
    ]


def test_un_identifiant_en_double_est_dit_aux_deux_lignes(classeur: Workbook) -> None:
    edit(classeur, ecrire("Questions", "gouv-q02", "id", "gouv-q01"))
    places = [item.cellule for item in relire(classeur).anomalies if "deux fois" in item.message]
    assert places == ["A2", "A3"]


def test_une_action_d_un_levier_inconnu_est_dite(classeur: Workbook) -> None:
    edit(classeur, lambda book: book["Actions"].append(["gouv-l99", "Agir", "Référent", 2]))
    [only] = relire(classeur).anomalies
    assert (only.code, only.feuille, only.valeur) == ("entree-inconnue", "Actions", "gouv-l99")


def test_un_indicateur_en_nombre_sans_unite_est_dit_dans_sa_ligne(classeur: Workbook) -> None:
    def blank(book: Workbook) -> None:
        page = book["Indicateurs"]
        row = next(row for row in range(2, 400) if page.cell(row, 3).value == "nombre")
        page.cell(row, 4).value = None
        blank.row = row  # type: ignore[attr-defined]

    edit(classeur, blank)
    [only] = relire(classeur).anomalies
    assert (only.feuille, only.cellule) == ("Indicateurs", f"D{blank.row}")  # type: ignore[attr-defined]


def _parameter(bloc: str, nom: str, value: Any, column: int = 3) -> Casse:
    def apply(book: Workbook) -> None:
        page = book["Paramètres"]
        row = next(r for r in range(2, 200) if (page.cell(r, 1).value, page.cell(r, 2).value) == (bloc, nom))
        page.cell(row, column).value = value

    return apply


@pytest.mark.parametrize(
    ("apply", "code"),
    [
        (_parameter("preselection", "poids.besoin", 0.6), "regle-du-referentiel"),
        (_parameter("preselection", "poids.besoin", "beaucoup"), "nombre-invalide"),
        (_parameter("selection", "cible", None), "valeur-absente"),
        (_parameter("selection", "cible", 99), "regle-du-referentiel"),
        (_parameter("selection", "cible", "visee", 2), "parametre-inconnu"),
        (_parameter("selection", "min", "cible", 2), "parametre-double"),
        (_parameter("selection", "min", "Autre source", 5), "parametre-double"),
        (_parameter("referentiel", "date", "hier"), "date-invalide"),
        (_parameter("validation", "temoin", "pape"), "valeur-hors-liste"),
    ],
)
def test_un_nombre_de_la_methode_faux_est_dit(apply: Casse, code: str, classeur: Workbook) -> None:
    edit(classeur, apply)
    found = relire(classeur)
    assert found.referentiel is None
    assert code in [item.code for item in found.anomalies if item.feuille == "Paramètres"]


def test_un_nombre_retire_manque(classeur: Workbook) -> None:
    def remove(book: Workbook) -> None:
        page = book["Paramètres"]
        page.delete_rows(ligne(page, "score"))

    edit(classeur, remove)
    codes = [(item.code, item.detail) for item in relire(classeur).anomalies]
    assert ("parametre-absent", "score niveau_max") in codes


_SECOND_FORMAT = {"Fenêtres", "Ressources", "Obligations", "Chiffres des obligations"}
"""Les feuilles qu’un classeur d’avant n’a pas."""


@pytest.mark.parametrize("sheet", [sheet for sheet in FEUILLES if sheet not in _SECOND_FORMAT])
def test_une_feuille_qui_manque_est_nommee(sheet: str, classeur: Workbook) -> None:
    edit(classeur, lambda book: book.remove(book[sheet]))
    found = relire(classeur)
    assert found.referentiel is None
    assert [(item.code, item.detail) for item in found.anomalies] == [("feuille-absente", sheet)]


def test_une_colonne_renommee_se_dit(classeur: Workbook) -> None:
    edit(classeur, lambda book: setattr(book["Questions"].cell(1, 6), "value", "Importance"))
    [only] = relire(classeur).anomalies
    assert (only.code, only.feuille, only.detail) == ("colonne-renommee", "Questions", "Poids")


def test_une_ligne_vide_ne_compte_pas(classeur: Workbook) -> None:
    edit(classeur, lambda book: book["Questions"].insert_rows(4, 3))
    found = relire(classeur).referentiel
    assert found is not None
    assert compare(LIVRE, found).vide


def test_un_autre_fichier_n_est_pas_un_referentiel(tmp_path: Path) -> None:
    path = tmp_path / "image.xlsx"
    path.write_bytes(b"\x89PNG rien d'un classeur")
    found = relire(path)
    assert found.referentiel is None
    assert [item.code for item in found.anomalies] == ["fichier-illisible"]


CELLULES = (
    "",
    None,
    " ",
    -1,
    0,
    1.5,
    1e300,
    "x",
    "é",
    ";",
    "\n",
    True,
    "=1+1",
    "2026-13-45",
    "gouv-q01",
    "٣",
    "a" * 5000,
)


@given(st.data())
def test_une_cellule_quelconque_n_arrete_jamais_la_lecture(data: st.DataObject) -> None:
    """Elle donne une version, ou dit pourquoi elle n'en donne pas."""
    sheets = [Feuille(sheet.nom, [list(row) for row in sheet.lignes]) for sheet in LECTURE.feuilles]
    for _ in range(data.draw(st.integers(1, 5))):
        sheet = data.draw(st.sampled_from([item for item in sheets if item.nom in FEUILLES]))
        row = data.draw(st.sampled_from([line for line in sheet.lignes if line]))
        row[data.draw(st.integers(0, len(row) - 1))] = data.draw(st.sampled_from(CELLULES))
    found = parse_referentiel(Lecture(tuple(sheets)), "essai")
    assert (found.referentiel is None) == bool(found.anomalies)
    assert all(item.message and item.remede and item.feuille for item in found.anomalies)


def test_ecrire_remplace_la_version_en_place(tmp_path: Path) -> None:
    folder = tmp_path / "referentiel"
    write_referentiel(folder, LIVRE)
    shorter = Referentiel.model_validate({**LIVRE.model_dump(mode="json"), "version": "2099.1"})
    write_referentiel(folder, shorter)
    assert load_referentiel(folder).version == "2099.1"
    assert [path.name for path in tmp_path.iterdir()] == ["referentiel"]


def test_nr_check_reconnait_un_referentiel_exporte_et_le_verifie(tmp_path: Path) -> None:
    path = tmp_path / "methode.xlsx"
    path.write_bytes(render_referentiel(LIVRE))
    found = understand(path, path.name, LIVRE)
    assert (found.type, found.valeur, found.anomalies) == ("referentiel", None, ())
    assert found.lignes == found.acceptees > 0
