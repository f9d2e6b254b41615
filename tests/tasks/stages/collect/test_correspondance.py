"""Le classeur d’un autre outil se lit par une correspondance, proposée puis confirmée par le référent."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from openpyxl import load_workbook

from nr_models.dossier.retours.envoi import Envoi
from nr_models.inventaire.correspondance import Correspondance
from nr_models.inventaire.parc import RetourInventaire
from nr_models.rules.collect import RetourDiagnostic, Statut
from tasks.reading.spreadsheet import read_spreadsheet
from tasks.returns.recognise import Understood, understand
from tasks.returns.returns import list_returns, read_returns
from tasks.stages.collect.workbooks.correspondance import render_correspondance
from tests.support.parcours import Depart, Terrain
from tests.support.referentiels import livre

PARC = (
    "Bidule;Combien;Année mise en route;Où;Agent affecté;Couleur\n"
    "Écran;3;2020;Mairie;JeanneSecret;noir\n"
    "Ordinateur portable;2;2021;École;JeanneSecret;gris\n"
)
PARC_DIT = {
    "Bidule": "Catégorie",
    "Combien": "Quantité",
    "Année mise en route": "Année d’achat",
    "Où": "Site",
    "Couleur": "(ne pas lire)",
}
Lire = Callable[..., Understood]


@pytest.fixture
def lire(tmp_path: Path) -> Lire:
    def lire(content: str | bytes, name: str, known: tuple[Correspondance, ...] = ()) -> Understood:
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return understand(tmp_path / name, name, livre(), known)

    return lire


def proposer(folder: Path, content: str, siren: str = "") -> bytes:
    """La correspondance que le logiciel propose pour ce fichier."""
    (folder / "autre.csv").write_text(content, encoding="utf-8")
    made = render_correspondance(read_spreadsheet(folder / "autre.csv"), "autre.csv", livre(), siren=siren)
    assert made is not None
    return made


def completer(content: bytes, sheets: Mapping[str, Mapping[str, object]]) -> bytes:
    """Le référent choisit ce que devient chaque chose lue."""
    book = load_workbook(io.BytesIO(content))
    for name, choices in sheets.items():
        for row in book[name].iter_rows(min_row=2):
            row[2].value = choices.get(str(row[0].value), row[2].value)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def lignes(found: Understood) -> list[tuple[str, int, int | None, str]]:
    assert isinstance(found.valeur, RetourInventaire)
    return [(line.categorie, line.quantite, line.annee_achat, line.site) for line in found.valeur.lignes]


def confirmee(lire: Lire, content: bytes) -> Correspondance:
    found = lire(content, "correspondance.xlsx")
    assert found.type == "correspondance"
    assert isinstance(found.valeur, Correspondance)
    return found.valeur


def test_un_inventaire_aux_titres_inconnus_se_lit_par_sa_correspondance(lire: Lire, tmp_path: Path) -> None:
    assert lire(PARC, "parc.csv").valeur is None
    known = confirmee(lire, completer(proposer(tmp_path, PARC), {"Colonnes": PARC_DIT}))
    found = lire(PARC, "parc.csv", (known,))
    assert lignes(found) == [("ecran", 3, 2020, "Mairie"), ("ordinateur-portable", 2, 2021, "École")]
    assert [(item.code, item.cellule) for item in found.anomalies] == [("donnee-personnelle", "E1")]


def test_la_correspondance_vaut_pour_les_memes_titres_dans_un_autre_ordre_et_pour_eux_seuls(
    lire: Lire, tmp_path: Path
) -> None:
    known = confirmee(lire, completer(proposer(tmp_path, PARC), {"Colonnes": PARC_DIT}))
    other = "Couleur;Où;Combien;Bidule;Année mise en route;Agent affecté\nnoir;École;7;Écran;2019;x\n"
    assert lignes(lire(other, "autre.csv", (known,))) == [("ecran", 7, 2019, "École")]
    assert lire("Bidule;Combien\nÉcran;1\n", "trop court.csv", (known,)).valeur is None


def test_une_colonne_personnelle_n_est_jamais_proposee(tmp_path: Path) -> None:
    book = load_workbook(io.BytesIO(proposer(tmp_path, PARC)))
    said = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row}
    assert not said & {"Agent affecté", "JeanneSecret"}


def test_un_diagnostic_d_un_autre_outil_se_lit_avec_ses_mots(lire: Lire, tmp_path: Path) -> None:
    first, second = list(livre().questions.values())[:2]
    content = (
        "Thème;Intitulé de la question;Cotation;Remarques\n"
        f"Gouvernance;{first.question};Tout à fait;bien\n"
        f"Gouvernance;Une question à eux;Pas du tout;\n"
        f"Gouvernance;{second.question};non concerné;\n"
        "Gouvernance;Une autre;;\n"
    )
    assert lire(content, "diag.csv").valeur is None
    proposal = load_workbook(io.BytesIO(proposer(tmp_path, content)))
    proposed = {
        str(row[0].value): row[2].value for name in ("Colonnes", "Réponses", "Questions") for row in proposal[name]
    }
    assert proposed["Intitulé de la question"] == "Question"
    assert (proposed["Cotation"], proposed["Remarques"], proposed["non concerné"]) == (
        "Réponse",
        "Commentaire",
        "Sans objet",
    )
    assert (proposed[first.question.replace("\u00a0", " ")], proposed["Une question à eux"]) == (first.id, None)
    third = list(livre().questions)[2]
    said = {"Réponses": {"Tout à fait": 4, "Pas du tout": "0"}, "Questions": {"Une question à eux": third}}
    known = confirmee(lire, completer(proposer(tmp_path, content), said))
    found = lire(content, "diag.csv", (known,))
    assert isinstance(found.valeur, RetourDiagnostic)
    assert [(item.question, item.statut, item.niveau, item.commentaire) for item in found.valeur.reponses] == [
        (first.id, Statut.NIVEAU, 4, "bien"),
        (third, Statut.NIVEAU, 0, ""),
        (second.id, Statut.SANS_OBJET, None, ""),
    ]
    assert [(item.code, item.cellule) for item in found.anomalies] == [("question-inconnue", "B5")]


def test_une_correspondance_mal_remplie_dit_la_cellule(lire: Lire, tmp_path: Path) -> None:
    wrong = {"Bidule": "Machin", "Combien": "Quantité", "Où": "Quantité"}
    found = lire(completer(proposer(tmp_path, PARC), {"Colonnes": wrong}), "c.xlsx")
    assert [(item.code, item.cellule) for item in found.anomalies] == [
        ("valeur-hors-liste", "C2"),
        ("valeur-hors-liste", "C5"),
    ]


def inventaires(terrain: Terrain) -> list[str]:
    read_returns(terrain.lieu)
    with terrain.workspace.reading() as session:
        found, _ = list_returns(terrain.lieu.within(session), ("inventaire",), Envoi())
    return [item.fichier for item in found]


GRILLE = "Réf.;Intitulé;Cotation;Remarques\ngouv-q01;Qui pilote ?;2;ok\ngouv-q02;Quelle stratégie ?;NSP;\n"


def test_une_colonne_de_nos_identifiants_est_celle_des_questions(lire: Lire, tmp_path: Path) -> None:
    known = confirmee(lire, proposer(tmp_path, GRILLE))
    found = lire(GRILLE, "grille.csv", (known,))
    assert isinstance(found.valeur, RetourDiagnostic)
    assert [(item.question, item.statut, item.niveau) for item in found.valeur.reponses] == [
        ("gouv-q01", Statut.NIVEAU, 2),
        ("gouv-q02", Statut.NE_SAIT_PAS, None),
    ]


def test_une_correspondance_sans_question_ni_reponse_le_dit(lire: Lire, tmp_path: Path) -> None:
    nothing = dict.fromkeys(("Réf.", "Cotation"), "(ne pas lire)")
    found = lire(completer(proposer(tmp_path, GRILLE), {"Colonnes": nothing}), "correspondance.xlsx")
    assert [(item.code, item.feuille, item.detail) for item in found.anomalies] == [
        ("correspondance-incomplete", "Colonnes", "Question"),
        ("correspondance-incomplete", "Colonnes", "Réponse"),
    ]


def test_deposee_dans_le_dossier_la_correspondance_fait_relire_ce_qui_etait_inconnu(
    depart: Depart, tmp_path: Path
) -> None:
    terrain = depart()
    (terrain.recus / "à eux.csv").write_text(PARC, encoding="utf-8")
    assert "à eux.csv" not in inventaires(terrain)
    siren = terrain.entree.collectivite.siren
    path = terrain.recus / "correspondance complétée.xlsx"
    path.write_bytes(completer(proposer(tmp_path, PARC, siren), {"Colonnes": PARC_DIT}))
    assert "à eux.csv" in inventaires(terrain)
    assert read_returns(terrain.lieu) == 0
    (terrain.recus / "à eux 2.csv").write_text(PARC.replace("3;2020", "5;2022"), encoding="utf-8")
    found = inventaires(terrain)  # le second, des mêmes colonnes, remplace le premier
    assert "à eux 2.csv" in found
    assert "à eux.csv" not in found
    path.unlink()
    assert read_returns(terrain.lieu) > 0
