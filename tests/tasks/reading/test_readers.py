"""Ce que les gens renvoient est compris cellule par cellule ; ce qui ne va pas est dit à sa place."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from nr_models.dossier.registre import Registre, siren_fault
from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import preselect
from nr_models.rules.collect import RetourContexte, RetourDiagnostic, RetourInventaire, Statut
from nr_models.rules.fiche import RetourFiches
from nr_models.rules.preselect import RetourPreselection
from nr_models.rules.prioritise import RetourBulletin
from nr_models.rules.vote import Voix
from nr_models.values.anomalies import CATALOGUE
from nr_models.values.frozen import canonical
from nr_models.values.roles import Role
from tasks.office.columns import AUTHOR_LABEL, GUIDE_SHEET, MARK_SHEET, Column
from tasks.programme.columns import COLLECTIVITES, PERSONNES, SOURCES
from tasks.reading.spreadsheet import Feuille, Lecture, read_spreadsheet
from tasks.reading.table import address
from tasks.referentiel.load import find_folder, load_referentiel
from tasks.returns.recognise import REGISTRY, Understood, find_type, understand, understand_lecture
from tasks.stages.collect.columns import (
    AMBITIONS,
    ARBITRAGES,
    CONTEXTE,
    CONTEXTE_RUBRIQUES,
    CONTEXTE_SHEETS,
    DIAGNOSTIC,
    ENTRETIENS,
    HYPOTHESES,
)
from tasks.stages.collect.inventory_columns import INVENTAIRE
from tasks.stages.collect.readers.colonnes import is_kept_out
from tasks.stages.collect.workbooks import supports as sheets_of_collect
from tasks.stages.fiche import workbook as sheets_of_fiche
from tasks.stages.fiche.columns import FICHES, FICHES_SHEETS
from tasks.stages.fiche.reader import list_responsables, list_values
from tasks.stages.preselect import workbook as sheets_of_preselect
from tasks.stages.preselect.columns import PRESELECTION, PRESTATAIRE
from tasks.stages.prioritise import ballot as sheets_of_bulletin
from tasks.stages.prioritise.columns import BULLETIN, DEROGATIONS, DEROGATIONS_SHEET
from tests.support.workbooks_case import make_case

Sheet = tuple[Sequence[Column], Sequence[dict[str, Any]]]


@pytest.fixture(scope="session")
def referentiel() -> Referentiel:
    return load_referentiel(find_folder())


class Lu:
    """Écrit un classeur avec les titres du modèle, puis le fait comprendre."""

    def __init__(self, folder: Path, referentiel: Referentiel) -> None:
        self.folder = folder
        self.referentiel = referentiel

    def classeur(self, sheets: dict[str, Sheet], mark: dict[str, str] | None = None, author: str = "") -> Understood:
        book = Workbook()
        guide = sheet_of(book)
        guide.title = GUIDE_SHEET
        guide.append(["Lisez-moi"])
        guide.append([AUTHOR_LABEL, author or None])
        for name, (columns, rows) in sheets.items():
            page = book.create_sheet(name)
            page.append([column.title for column in columns])
            for row in rows:
                page.append([row.get(column.field) for column in columns])
        if mark:
            page = book.create_sheet(MARK_SHEET)
            for pair in mark.items():
                page.append(pair)
        path = self.folder / "nom quelconque.xlsx"
        book.save(path)
        return self.fichier(path)

    def texte(self, content: str, encoding: str = "utf-8") -> Understood:
        path = self.folder / "export.csv"
        path.write_bytes(content.encode(encoding))
        return self.fichier(path)

    def fichier(self, path: Path) -> Understood:
        return understand(path, path.name, self.referentiel)


@pytest.fixture
def lu(tmp_path: Path, referentiel: Referentiel) -> Lu:
    return Lu(tmp_path, referentiel)


def sheet_of(book: Workbook) -> Worksheet:
    assert isinstance(book.active, Worksheet)
    return book.active


def said(understood: Understood) -> list[tuple[str, str, str]]:
    assert all(item.message and item.remede and item.fichier for item in understood.anomalies)
    return [(item.code, item.feuille, item.cellule) for item in understood.anomalies]


def codes(understood: Understood) -> list[str]:
    return [code for code, _, _ in said(understood)]


# Le diagnostic


@pytest.mark.parametrize(
    ("typed", "statut", "niveau"),
    [
        (0, Statut.NIVEAU, 0),
        (4, Statut.NIVEAU, 4),
        (3.0, Statut.NIVEAU, 3),
        ("2", Statut.NIVEAU, 2),
        (" 2 ", Statut.NIVEAU, 2),
        ("2 – selon le service", Statut.NIVEAU, 2),
        ("1 - Oui", Statut.NIVEAU, 1),
        ("3.0", Statut.NIVEAU, 3),
        ("Niveau 3", Statut.NIVEAU, 3),
        ("Ne sait pas", Statut.NE_SAIT_PAS, None),
        ("NE SAIT PAS", Statut.NE_SAIT_PAS, None),
        ("nsp", Statut.NE_SAIT_PAS, None),
        ("sans objet", Statut.SANS_OBJET, None),
        ("SO", Statut.SANS_OBJET, None),
        (None, Statut.BLANC, None),
    ],
)
def test_une_reponse_se_dit_de_plusieurs_facons(lu: Lu, typed: Any, statut: Statut, niveau: int | None) -> None:
    question = next(iter(lu.referentiel.questions))
    row = {"question": question, "texte": "?", "reponse": typed}
    found = lu.classeur({"Questions": (DIAGNOSTIC, [row])}, author="A.Martin@Ville.fr")
    assert said(found) == []
    assert (found.type, found.personne) == ("diagnostic", "a.martin@ville.fr")
    assert isinstance(found.valeur, RetourDiagnostic)
    (reponse,) = found.valeur.reponses
    assert (reponse.question, reponse.statut, reponse.niveau) == (question, statut, niveau)


def test_la_phrase_meme_de_la_grille_est_une_reponse(lu: Lu) -> None:
    rows = [
        {"question": question.id, "texte": "?", "reponse": question.niveaux[number % 5].upper()}
        for number, question in enumerate(lu.referentiel.questions.values())
    ]
    found = lu.classeur({"Questions": (DIAGNOSTIC, rows)})
    assert said(found) == []
    assert isinstance(found.valeur, RetourDiagnostic)
    assert [item.niveau for item in found.valeur.reponses] == [number % 5 for number in range(len(rows))]


@pytest.mark.parametrize("typed", ["5", 7, -1, 2.5, "oui", "2 ou 3", "2-3", True, "x", date(2024, 3, 2), "n/a"])
def test_une_reponse_hors_de_la_liste_est_dite_avec_sa_cellule(lu: Lu, typed: Any) -> None:
    question = next(iter(lu.referentiel.questions))
    row = {"question": question, "texte": "?", "reponse": typed, "commentaire": "à voir"}
    found = lu.classeur({"Questions": (DIAGNOSTIC, [row])})
    assert said(found) == [("reponse-hors-liste", "Questions", "F2")]
    assert (found.lignes, found.acceptees) == (1, 0)
    assert isinstance(found.valeur, RetourDiagnostic)
    assert (found.valeur.reponses[0].statut, found.valeur.reponses[0].commentaire) == (Statut.BLANC, "à voir")


def test_un_chiffre_a_cote_de_la_phrase_d_un_autre_niveau_n_est_pas_une_reponse(lu: Lu) -> None:
    question = next(iter(lu.referentiel.questions.values()))
    row = {"question": question.id, "texte": "?", "reponse": f"2 – {question.niveaux[4]}"}
    assert codes(lu.classeur({"Questions": (DIAGNOSTIC, [row])})) == ["reponse-hors-liste"]


def test_une_question_inconnue_ou_double_est_dite_et_les_autres_restent(lu: Lu) -> None:
    first, second = list(lu.referentiel.questions)[:2]
    rows = [
        {"question": first, "texte": "?", "reponse": 1},
        {"question": "zzz-q99", "texte": "?", "reponse": 1},
        {"question": first, "texte": "?", "reponse": 4},
        {"question": second, "texte": "?", "reponse": 2},
    ]
    found = lu.classeur({"1 Stratégie": (DIAGNOSTIC, rows)})
    assert said(found) == [("question-inconnue", "1 Stratégie", "A3"), ("question-double", "1 Stratégie", "A4")]
    assert isinstance(found.valeur, RetourDiagnostic)
    assert [(item.question, item.niveau) for item in found.valeur.reponses] == [(first, 1), (second, 2)]
    assert (found.lignes, found.acceptees) == (4, 2)


def test_les_notes_d_entretien_sont_gardees(lu: Lu) -> None:
    question = next(iter(lu.referentiel.questions))
    notes = [
        {"resume": "Une DSI motivée.", "enseignement": "Peu de temps", "piste": "Former"},
        {"enseignement": "Parc vieillissant"},
    ]
    found = lu.classeur(
        {
            "Questions": (DIAGNOSTIC, [{"question": question, "texte": "?", "reponse": 1}]),
            "Entretiens": (ENTRETIENS, notes),
        }
    )
    assert isinstance(found.valeur, RetourDiagnostic)
    entretien = found.valeur.entretien
    assert (entretien.resume, entretien.pistes) == ("Une DSI motivée.", ("Former",))
    assert entretien.enseignements == ("Peu de temps", "Parc vieillissant")


def test_un_diagnostic_sans_colonne_de_reponse_le_dit(lu: Lu) -> None:
    columns = [column for column in DIAGNOSTIC if column.field != "reponse"]
    question = next(iter(lu.referentiel.questions))
    found = lu.classeur({"Questions": (columns, [{"question": question, "texte": "?"}])})
    assert (found.type, codes(found)) == ("diagnostic", ["colonne-absente"])


# La marque cachée et le type


def test_la_marque_cachee_dit_le_type_et_la_personne_quel_que_soit_le_nom_du_fichier(lu: Lu) -> None:
    question = next(iter(lu.referentiel.questions))
    mark = {"type": "diagnostic", "dossier": "p/ville", "etape": "collect", "tour": "2", "personne": "Dsi@Ville.fr"}
    found = lu.classeur({"Questions": (DIAGNOSTIC, [{"question": question, "reponse": 1}])}, mark, "autre@ville.fr")
    assert found.marque == mark
    assert found.personne == "dsi@ville.fr"
    assert found.feuilles == 2


def test_un_classeur_qui_n_est_pas_de_la_demarche_est_inconnu(lu: Lu) -> None:
    found = lu.classeur({"Recettes": ((Column("a", "Ingrédient"), Column("b", "Grammes")), [{"a": "farine", "b": 3}])})
    assert (found.type, found.valeur, codes(found)) == ("inconnu", None, ["type-inconnu"])


def test_un_texte_nomme_xlsx_est_dit_inconnu_et_un_fichier_absent_absent(lu: Lu, tmp_path: Path) -> None:
    (tmp_path / "faux.xlsx").write_text("Bonjour, voici notre inventaire.", encoding="utf-8")
    assert codes(lu.fichier(tmp_path / "faux.xlsx")) == ["type-inconnu"]
    assert codes(lu.fichier(tmp_path / "absent.xlsx")) == ["fichier-absent"]


def test_une_valeur_comprise_se_garde_en_json_et_se_recharge(lu: Lu) -> None:
    found = lu.classeur({"Inventaire": (INVENTAIRE, [{"categorie": "Écran", "quantite": 3, "heures_an": "1 500,5"}])})
    assert found.valeur is not None
    assert REGISTRY[found.type].model_validate_json(canonical(found.valeur)) == found.valeur


def supports() -> dict[str, bytes]:
    case = make_case()
    person = case.entree.personnes[0]
    computed = case.result("preselect", preselect.Result)
    return {
        "diagnostic": sheets_of_collect.render_diagnostic(case, 1),
        "trame": sheets_of_collect.render_diagnostic(case, 1, person),
        "inventaire": sheets_of_collect.render_inventaire(case, 1),
        "contexte": sheets_of_collect.render_contexte(case, 1),
        "preselection": sheets_of_preselect.render_support(case, computed, 1),
        "bulletin": sheets_of_bulletin.render_bulletin(case, person, 1),
        "fiches": sheets_of_fiche.render_support(case, 1),
    }


def test_chaque_support_vierge_se_reconnait_et_revient_sans_anomalie(lu: Lu, tmp_path: Path) -> None:
    for name, content in supports().items():
        path = tmp_path / "renomme.xlsx"
        path.write_bytes(content)
        found = lu.fichier(path)
        assert (name, said(found)) == (name, [])
        assert found.type == {"trame": "diagnostic"}.get(name, name)
        assert found.lignes == found.acceptees
        assert bool(found.personne) == (name in ("trame", "bulletin"))


def test_sans_sa_marque_un_support_se_reconnait_a_ses_titres(lu: Lu, tmp_path: Path) -> None:
    for name, content in supports().items():
        book = load_workbook(io.BytesIO(content))
        del book[MARK_SHEET]
        path = tmp_path / "sans marque.xlsx"
        book.save(path)
        found = lu.fichier(path)
        assert (name, found.type) == (name, {"trame": "diagnostic"}.get(name, name))


# L'inventaire


def lines(found: Understood) -> tuple[Any, ...]:
    assert found.type == "inventaire"
    assert isinstance(found.valeur, RetourInventaire)
    return found.valeur.lignes


def test_un_inventaire_rempli_se_lit_en_entier(lu: Lu) -> None:
    row = {
        "categorie": "PC portables Dell",
        "modele": "Latitude 5440",
        "quantite": 12,
        "annee_achat": datetime(2021, 9, 1),
        "perimetre": "Périmètre d’influence",
        "site": "Mairie > Étage 1",
        "reconditionne": "Reconditionné",
        "taux_utilisation": 25,
        "hors_service": "non",
        "source": "GLPI",
        "hypothese": "année supposée",
    }
    found = lu.classeur({"Inventaire": (INVENTAIRE, [row])})
    assert said(found) == []
    (line,) = lines(found)
    assert (line.categorie, line.libelle, line.quantite) == ("ordinateur-portable", "PC portables Dell", 12)
    assert (line.annee_achat, line.perimetre, line.reconditionne) == (2021, "influence", True)
    assert line.heures_an == Decimal(lu.referentiel.parametres.inventaire.heures_par_an) / 4
    assert (line.hors_service, line.site, line.hypothese) == (False, "Mairie > Étage 1", "année supposée")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (-3, "quantite-negative"),
        ("- 3", "nombre-invalide"),
        (2.5, "quantite-non-entiere"),
        ("douze", "nombre-invalide"),
        (None, "valeur-absente"),
        (True, "nombre-invalide"),
    ],
)
def test_une_quantite_impossible_est_ecartee_avec_sa_ligne_et_les_autres_restent(lu: Lu, typed: Any, code: str) -> None:
    if typed == "- 3":
        code = "quantite-negative"
    rows = [{"categorie": "Écran", "quantite": typed}, {"categorie": "Serveur", "quantite": "1 200"}]
    found = lu.classeur({"Inventaire": (INVENTAIRE, rows)})
    assert said(found) == [(code, "Inventaire", "C2")]
    assert [(line.categorie, line.quantite) for line in lines(found)] == [("serveur", 1200)]
    assert (found.lignes, found.acceptees) == (2, 1)


@pytest.mark.parametrize(
    ("typed", "year"),
    [
        (2019, 2019),
        ("2019", 2019),
        (date(2019, 5, 12), 2019),
        ("2019-05-12", 2019),
        ("2019/05/12", 2019),
        ("12/05/2019", 2019),
        ("31/12/2019", 2019),
        ("12/31/2019", 2019),
        ("12/05/19", 2019),
        ("12 mai 2019", 2019),
        ("Mai 2019", 2019),
        ("05/2019", 2019),
        ("12/05/2019 08:30", 2019),
    ],
)
def test_une_date_d_achat_donne_son_annee(lu: Lu, typed: Any, year: int) -> None:
    found = lu.classeur({"Inventaire": (INVENTAIRE, [{"categorie": "Écran", "quantite": 1, "annee_achat": typed}])})
    assert said(found) == []
    assert lines(found)[0].annee_achat == year


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("hier", "date-invalide"),
        ("31/02/2019", "date-invalide"),
        ("2019-13-01", "date-invalide"),
        (19, "annee-invalide"),
        (43600, "annee-invalide"),
        ("12/05/1819", "annee-invalide"),
        (2199, "annee-invalide"),
    ],
)
def test_une_date_qui_n_en_est_pas_une_est_dite_et_la_ligne_reste(lu: Lu, typed: Any, code: str) -> None:
    found = lu.classeur({"Inventaire": (INVENTAIRE, [{"categorie": "Écran", "quantite": 1, "annee_achat": typed}])})
    assert said(found) == [(code, "Inventaire", "D2")]
    assert [(line.quantite, line.annee_achat) for line in lines(found)] == [(1, None)]


def test_le_sens_des_dates_se_decide_sur_toute_la_colonne(lu: Lu) -> None:
    found = lu.texte("Type,Quantité,Date d'achat\nÉcran,1,05/13/2019\nÉcran,1,12/31/2020\nÉcran,1,31/12/2021\n")
    assert said(found) == [("date-invalide", "", "C4")]
    assert [line.annee_achat for line in lines(found)] == [2019, 2020, None]


def test_une_categorie_inconnue_est_comptee_a_part(lu: Lu) -> None:
    found = lu.classeur({"Inventaire": (INVENTAIRE, [{"categorie": "Trottinette", "quantite": 4}])})
    assert said(found) == [("categorie-inconnue", "Inventaire", "A2")]
    assert [(line.categorie, line.libelle, line.quantite) for line in lines(found)] == [("inconnue", "Trottinette", 4)]


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("ecran-interactif", "ecran-interactif"),
        ("Écran", "ecran"),
        ("ÉCRANS", "ecran"),
        ("Écran interactif 75 pouces", "ecran-interactif"),
        ("Desktop", "ordinateur-fixe"),
        ("Chargeur portable", "chargeur-portable"),
    ],
)
def test_une_categorie_se_reconnait_par_son_mot_le_plus_long(lu: Lu, text: str, slug: str) -> None:
    found = lu.classeur({"Inventaire": (INVENTAIRE, [{"categorie": text, "quantite": 1}])})
    known = {item.slug for item in lu.referentiel.facteurs.categories}
    assert lines(found)[0].categorie == (slug if slug in known else lines(found)[0].categorie)
    assert lines(found)[0].categorie != "inconnue"


def test_chaque_nom_et_synonyme_du_referentiel_se_reconnait(lu: Lu) -> None:
    words = [
        (word, item.slug)
        for item in lu.referentiel.facteurs.categories
        for word in (item.slug, item.nom, *item.synonymes)
    ]
    found = lu.classeur({"Inventaire": (INVENTAIRE, [{"categorie": word, "quantite": 1} for word, _ in words])})
    assert [(word, line.categorie) for (word, _), line in zip(words, lines(found), strict=True)] == words


def test_une_colonne_de_puissance_ou_de_processeur_n_est_jamais_un_taux_d_utilisation(lu: Lu) -> None:
    found = lu.texte(
        "Type;Quantité;Taux d'utilisation CPU (%);Puissance (W);Taux d’utilisation du processeur\nServeur;2;90;300;80\n"
    )
    assert lines(found)[0].heures_an is None
    assert said(found) == [
        ("colonne-inconnue", "", "C1"),
        ("colonne-inconnue", "", "D1"),
        ("colonne-inconnue", "", "E1"),
    ]
    assert is_kept_out("taux d'utilisation cpu")


@pytest.mark.parametrize(
    ("typed", "hours"),
    [("50", "4380"), ("50 %", "4380"), (100, "8760"), (0, "0"), ("12,5", "1095")],
)
def test_un_taux_d_utilisation_devient_des_heures(lu: Lu, typed: Any, hours: str) -> None:
    row = {"categorie": "Écran", "quantite": 1, "taux_utilisation": typed}
    found = lu.classeur({"Inventaire": (INVENTAIRE, [row])})
    assert said(found) == []
    assert lines(found)[0].heures_an == Decimal(hours)


def test_une_colonne_de_taux_au_format_pourcentage_se_lit_comme_telle(lu: Lu) -> None:
    rows = [{"categorie": "Écran", "quantite": 1, "taux_utilisation": rate} for rate in (0.25, 1, 0.5)]
    found = lu.classeur({"Inventaire": (INVENTAIRE, rows)})
    assert [line.heures_an for line in lines(found)] == [2190, 8760, 4380]


@pytest.mark.parametrize(("field", "typed"), [("taux_utilisation", 140), ("heures_an", 9000), ("heures_an", -1)])
def test_plus_d_heures_que_l_annee_n_en_a_est_hors_bornes(lu: Lu, field: str, typed: int) -> None:
    found = lu.classeur({"Inventaire": (INVENTAIRE, [{"categorie": "Écran", "quantite": 1, field: typed}])})
    assert codes(found) == ["hors-bornes"]
    assert lines(found)[0].heures_an is None


def test_les_colonnes_personnelles_ne_laissent_aucune_trace(lu: Lu) -> None:
    found = lu.texte(
        "Type;Quantité;Utilisateur;Adresse mail;Clé de produit;Mot de passe\n"
        "Écran;1;JeanneSecret;j@secret.fr;K-SECRET;psecret\n"
    )
    assert said(found) == [("donnee-personnelle", "", f"{letter}1") for letter in "CDEF"]
    assert "secret" not in str(found).lower()


def test_un_export_g4it_se_lit_sans_rien_dire_que_l_utilisateur(lu: Lu) -> None:
    header = (
        "nomEquipementPhysique;modele;quantite;nomCourtDatacenter;dateAchat;dateRetrait;type;statut;"
        "paysDUtilisation;consoElecAnnuelle;utilisateur;nomSourceDonnee;nomEntite;nbCoeur"
    )
    row = "PC-042;Latitude;3;;2020-03-15;;Laptop;Active;France;;jdupont;GLPI;Mairie;8"
    for encoding in ("utf-8", "utf-8-sig", "cp1252"):
        found = lu.texte(f"{header}\n{row}\n", encoding)
        assert said(found) == [("donnee-personnelle", "", "K1")]
        (line,) = lines(found)
        assert (line.categorie, line.quantite, line.annee_achat) == ("ordinateur-portable", 3, 2020)
        assert (line.site, line.source, line.modele) == ("Mairie", "GLPI", "Latitude")


def test_un_export_glpi_compte_une_unite_par_ligne(lu: Lu) -> None:
    found = lu.texte(
        '"Nom";"Entité";"Lieu";"Type";"Modèle";"Numéro de série";"Date d\'achat"\n'
        '"PC1";"Ville > DSI";"Mairie > RDC";"Notebook";"X1";"SN1";"15/03/2020"\n'
        '"PC2";"Ville > DSI";"École";"Desktop";"M70";"SN2";"01/09/2018"\n',
        "utf-8-sig",
    )
    assert [(line.categorie, line.quantite, line.annee_achat, line.site) for line in lines(found)] == [
        ("ordinateur-portable", 1, 2020, "Mairie > RDC"),
        ("ordinateur-fixe", 1, 2018, "École"),
    ]


@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_un_csv_se_lit_dans_tous_ses_habits(lu: Lu, separator: str, encoding: str) -> None:
    rows = [["Catégorie", "Quantité", "Site"], ["Écran", "12", "Hôtel de ville"], ["Serveur", "2", "École"]]
    found = lu.texte("\r\n".join(separator.join(row) for row in rows), encoding)
    assert said(found) == []
    assert [(line.categorie, line.quantite, line.site) for line in lines(found)] == [
        ("ecran", 12, "Hôtel de ville"),
        ("serveur", 2, "École"),
    ]


def test_un_titre_peut_venir_apres_quelques_lignes_et_dans_un_autre_ordre(lu: Lu) -> None:
    found = lu.texte("Inventaire de la ville;;\n;;\nQté;Lieu;Type d'équipement\n3;Mairie;Écran\nTotal;;\n")
    assert [(line.categorie, line.quantite, line.site) for line in lines(found)] == [("ecran", 3, "Mairie")]


def test_une_ligne_de_total_n_est_pas_comptee(lu: Lu) -> None:
    rows = [{"categorie": "Écran", "quantite": 3}, {"categorie": "TOTAL", "quantite": 3}]
    found = lu.classeur({"Inventaire": (INVENTAIRE, rows)})
    assert said(found) == [("ligne-total", "Inventaire", "A3")]
    assert sum(line.quantite for line in lines(found)) == 3


def test_deux_colonnes_du_meme_titre_sont_ambigues_et_la_premiere_est_lue(lu: Lu) -> None:
    found = lu.texte("Type;Quantité;Quantité\nÉcran;1;9\n")
    assert said(found) == [("colonne-ambigue", "", "C1")]
    assert lines(found)[0].quantite == 1


def test_une_formule_en_erreur_est_dite_a_sa_place(lu: Lu, tmp_path: Path) -> None:
    path = tmp_path / "erreur.xlsx"
    book = Workbook()
    sheet_of(book).title = "Parc"
    sheet_of(book).append(["Catégorie", "Quantité", "Site"])
    sheet_of(book).append(["Écran", 2, "#REF!"])
    sheet_of(book)["C2"].data_type = "e"
    book.save(path)
    found = lu.fichier(path)
    assert said(found) == [("formule-en-erreur", "Parc", "C2")]
    assert lines(found)[0].site == ""


# Le contexte


def context_rows(**values: Any) -> list[dict[str, Any]]:
    return [{"rubrique": label, "valeur": values.get(key)} for key, label in CONTEXTE_RUBRIQUES]


def test_un_contexte_se_lit_feuille_par_feuille(lu: Lu) -> None:
    first, second = lu.referentiel.dimensions[:2]
    theme, other = lu.referentiel.themes_reen[:2]
    question = next(iter(lu.referentiel.questions))
    found = lu.classeur(
        {
            "Contexte": (
                CONTEXTE,
                context_rows(perimetre="Agents ; écoles", annee_inventaire=2026, cooperation="Oui", volontaire="non"),
            ),
            "Ambitions": (
                AMBITIONS,
                [
                    {"cle": first.slug, "ambition": "3"},
                    {"cle": second.slug},
                    {"cle": theme.slug, "ambition": "OUI"},
                    {"cle": other.slug, "ambition": "non"},
                ],
            ),
            "Hypothèses": (
                HYPOTHESES,
                [{"question": question, "niveau": 2, "auteur": "A. Roux", "date": date(2026, 3, 2), "raison": "vu"}],
            ),
            "Arbitrages": (ARBITRAGES, [{"question": question, "niveau": "Sans objet", "raison": "pas de DSI"}]),
        }
    )
    assert said(found) == []
    valeur = found.valeur
    assert isinstance(valeur, RetourContexte)
    assert (valeur.perimetre, valeur.annee_inventaire) == (("Agents", "écoles"), 2026)
    assert (valeur.ambitions, valeur.themes) == ({first.slug: 3}, (theme.slug,))
    assert (valeur.prestataire.cooperation, valeur.prestataire.volontaire) == (True, False)
    assert valeur.prestataire.mobilisable is None
    assert [(item.niveau, item.date) for item in valeur.hypotheses] == [(2, "2026-03-02")]
    assert [(item.question, item.niveau) for item in valeur.arbitrages] == [(question, None)]


@pytest.mark.parametrize(("typed", "code"), [(4, "hors-bornes"), (-1, "hors-bornes"), ("forte", "nombre-invalide")])
def test_une_ambition_hors_bornes_n_est_pas_prise_en_compte(lu: Lu, typed: Any, code: str) -> None:
    slug = lu.referentiel.dimensions[0].slug
    found = lu.classeur(
        {"Contexte": (CONTEXTE, context_rows()), "Ambitions": (AMBITIONS, [{"cle": slug, "ambition": typed}])}
    )
    assert said(found) == [(code, "Ambitions", "C2")]
    assert isinstance(found.valeur, RetourContexte)
    assert found.valeur.ambitions == {}


def test_une_hypothese_sans_raison_n_est_pas_retenue(lu: Lu) -> None:
    question = next(iter(lu.referentiel.questions))
    row = {"question": question, "niveau": 2, "auteur": "A. Roux"}
    found = lu.classeur({"Contexte": (CONTEXTE, context_rows()), "Hypothèses": (HYPOTHESES, [row])})
    assert said(found) == [("valeur-absente", "Hypothèses", "E2")]
    assert isinstance(found.valeur, RetourContexte)
    assert found.valeur.hypotheses == ()


# La présélection et le bulletin


def test_un_changement_sans_justification_n_est_pas_applique(lu: Lu) -> None:
    first, second, third = list(lu.referentiel.leviers)[:3]
    rows = [
        {"levier": first, "decision": "Retirer", "justification": "déjà fait en 2024"},
        {"levier": second, "decision": "ajouter"},
        {"levier": third},
        {"levier": "zzz-l99", "decision": "ajouter", "justification": "utile"},
        {"levier": third, "decision": "peut-être", "justification": "?"},
    ]
    criteria = [{"cle": "cooperation", "reponse": "oui"}, {"cle": "volontaire", "reponse": "bof"}]
    found = lu.classeur({"Leviers": (PRESELECTION, rows), "Prestataire": (PRESTATAIRE, criteria)})
    assert said(found) == [
        ("justification-absente", "Leviers", "H3"),
        ("levier-inconnu", "Leviers", "A5"),
        ("valeur-hors-liste", "Leviers", "G6"),
        ("valeur-hors-liste", "Prestataire", "C3"),
    ]
    assert isinstance(found.valeur, RetourPreselection)
    assert [(item.levier, item.sens) for item in found.valeur.changements] == [(first, "retirer")]
    assert (found.valeur.prestataire.cooperation, found.valeur.prestataire.volontaire) == (True, None)


def test_un_bulletin_distingue_le_blanc_le_sans_avis_et_la_note_hors_bornes(lu: Lu) -> None:
    a, b, c, d, e = list(lu.referentiel.leviers)[:5]
    rows: list[dict[str, Any]] = [
        {"levier": a, "valeur": 5, "faisabilite": "2", "commentaire": "Oui !"},
        {"levier": b},
        {"levier": c, "valeur": "Sans avis", "faisabilite": "sans avis"},
        {"levier": d, "valeur": 6, "faisabilite": 3},
        {"levier": e, "valeur": "beaucoup"},
    ]
    found = lu.classeur({"Bulletin": (BULLETIN, rows)}, {"type": "bulletin", "personne": "vote@ville.fr"})
    assert said(found) == [("note-hors-bornes", "Bulletin", "G5"), ("note-hors-bornes", "Bulletin", "G6")]
    assert isinstance(found.valeur, RetourBulletin)
    assert found.valeur.voix == (
        Voix(levier=a, valeur=5, faisabilite=2, commentaire="Oui !"),
        Voix(levier=c),
        Voix(levier=d, faisabilite=3),
    )
    assert found.valeur.personne == "vote@ville.fr"


def test_une_derogation_veut_une_raison(lu: Lu) -> None:
    a, b = list(lu.referentiel.leviers)[:2]
    overrides = [
        {"levier": a, "valeur": "4,5", "force": "Inclure", "raison": "engagement du mandat"},
        {"levier": b, "force": "exclure"},
    ]
    found = lu.classeur(
        {
            "Bulletin": (BULLETIN, [{"levier": a, "valeur": 1, "faisabilite": 1}]),
            DEROGATIONS_SHEET: (DEROGATIONS, overrides),
        }
    )
    assert said(found) == [("valeur-absente", DEROGATIONS_SHEET, "E3")]
    assert isinstance(found.valeur, RetourBulletin)
    (derogation,) = found.valeur.derogations
    assert (derogation.valeur, derogation.faisabilite, derogation.force) == (Decimal("4.5"), None, "inclure")


# Les fiches

ANCT = {
    "dispositifs": "- Plan d'administration éco-exemplaire",
    "priorite": "● ● ● Prioritaire",
    "difficulte": "● ● ○ Moyenne",
    "resultats": (
        "- Une personne est responsable de la mise en place et de la coordination des actions Numérique Responsable au "
        "sein de la collectivité, et ses responsabilités sont clairement définies"
    ),
    "debut": "Février 2024",
    "fin": "Avril 2024",
    "responsable": "- Direction emploi, parcours professionnels et pilotage mutualisée",
    "contributeurs": (
        "- Pour la DG le Service Transition Numérique du Territoire (porteur de levier)\n"
        "- Le Service Transition Numérique du Territoire\n"
        "- Ensemble des parties prenantes projet démarche NR (atelier collectif)"
    ),
    "moyens_humains": "- A définir ultérieurement par la collectivité",
    "moyens_euros": "- A définir ultérieurement par la collectivité",
    "perimetre": (
        "La DSIM\tX\nLes services généraux de la collectivité\tX\n"
        "Tous les services et équipements de la collectivité\tX\nLe territoire\tX"
    ),
    "prerequis": (
        "- Validation du plan d'action\n- Evaluer temps dédié sur le NR suivant ambition de la collectivité\n"
        "- Définir et valider fiche de poste (position dans l'organigramme, les missions et les responsabilités, les "
        "compétences techniques et les aptitudes humaines requises, ...)"
    ),
}
ANCT_INDICATEURS = (
    ("Présence dans l'organisation d'une personne déléguée ou référente au numérique responsable", "oui / non"),
    ("Certificat de formation ou de connaissances de la personne chargée de la démarche numérique responsable", None),
    ("Place dans l'organigramme de cette personne", None),
)
ANCT_ACTIONS = (
    (
        "1. Recruter, nommer ou affecter une personne (voire une équipe dédiée, selon la taille de l'organisation)",
        "DG",
        "Mars 2024",
    ),
    (
        "2. Définir un plan de formation pour la personne chargée de la démarche numérique responsable (méthodologie "
        "d'Analyse du Cycle de Vie, écoconception, la Fresque du Numérique, ...)",
        "Responsable hiérarchique direct de cette personne",
        "Avril 2024",
    ),
)


def fiches(lu: Lu, row: dict[str, Any], **others: Sequence[dict[str, Any]]) -> Understood:
    return lu.classeur(
        {
            name: (columns, others.get(name, [row] if columns is FICHES else []))
            for name, columns in FICHES_SHEETS.items()
        }
    )


def test_la_fiche_exemple_de_l_anct_revient_sans_aucune_anomalie(lu: Lu) -> None:
    levier = next(iter(lu.referentiel.leviers))
    found = fiches(
        lu,
        {"levier": levier, "numero": 1, **ANCT},
        Indicateurs=[{"levier": levier, "indicateur": name, "valeur": value} for name, value in ANCT_INDICATEURS],
        Actions=[
            {"levier": levier, "action": action, "qui": who, "echeance": when} for action, who, when in ANCT_ACTIONS
        ],
    )
    assert said(found) == []
    assert isinstance(found.valeur, RetourFiches)
    (fiche,) = found.valeur.fiches
    assert fiche.debut is not None
    assert fiche.fin is not None
    assert (fiche.debut.saisie, fiche.debut.jour) == ("Février 2024", date(2024, 2, 1))
    assert (fiche.fin.saisie, fiche.fin.jour) == ("Avril 2024", date(2024, 4, 30))
    assert fiche.responsable == "Direction emploi, parcours professionnels et pilotage mutualisée"
    assert len(fiche.contributeurs) == 3
    assert fiche.moyens_euros is not None
    assert (fiche.moyens_euros.saisie, fiche.moyens_euros.valeur) == (
        "A définir ultérieurement par la collectivité",
        None,
    )
    assert fiche.perimetre[0] == "La DSIM"
    assert len(fiche.perimetre) == 4
    assert len(fiche.prerequis) == 3
    assert [item.valeur for item in fiche.indicateurs] == ["oui / non", "", ""]
    assert [item.echeance.jour for item in fiche.actions if item.echeance] == [date(2024, 3, 31), date(2024, 4, 30)]
    assert found.lignes == found.acceptees == 6


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("Direction emploi, parcours professionnels et pilotage mutualisée", 1),
        ("DSI et DRH", 1),
        ("DSI ; DRH", 2),
        ("DSI\nDRH", 2),
        ("a.b@ville.fr, c.d@ville.fr", 2),
        ("Anne B. (a.b@ville.fr)", 1),
        ("À définir", 1),
        ("", 0),
    ],
)
def test_plusieurs_responsables_seulement_quand_c_est_sur(text: str, count: int) -> None:
    assert len(list_responsables(text)) == count


def test_chaque_champ_faux_d_une_fiche_est_dit_a_sa_place(lu: Lu) -> None:
    levier = next(iter(lu.referentiel.leviers))
    row = {
        "levier": levier,
        "debut": "bientôt",
        "fin": "32/01/2026",
        "responsable": "DSI ; DRH",
        "moyens_humains": "deux agents",
        "moyens_euros": "-50",
    }
    found = fiches(
        lu,
        row,
        Actions=[{"levier": levier, "qui": "DG"}, {"levier": "zzz-l99", "action": "x"}],
        Dépenses=[
            {"levier": levier, "montant": "1 500 €", "annee": 2027, "nature": "Matériel", "type": "Fonctionnement"},
            {"levier": levier, "montant": "cher"},
            {"levier": levier, "montant": "À définir", "nature": "cadeau"},
        ],
    )
    assert said(found) == [
        ("valeur-absente", "Actions", "B2"),
        ("fiche-inconnue", "Actions", "A3"),
        ("nombre-invalide", "Dépenses", "E3"),
        ("valeur-hors-liste", "Dépenses", "C4"),
        ("date-invalide", "Fiches", "I2"),
        ("date-invalide", "Fiches", "J2"),
        ("responsable-multiple", "Fiches", "K2"),
        ("nombre-invalide", "Fiches", "N2"),
        ("nombre-invalide", "Fiches", "O2"),
    ]
    assert isinstance(found.valeur, RetourFiches)
    (fiche,) = found.valeur.fiches
    assert [item.montant.valeur for item in fiche.depenses] == [Decimal(1500), None]
    assert fiche.moyens_humains is not None
    assert (fiche.moyens_humains.saisie, fiche.moyens_humains.valeur) == ("deux agents", None)


@pytest.mark.parametrize(
    ("typed", "value"),
    [("12 JH", 12), (12.5, "12.5"), ("2 personnes × 5 jours", 10), ("3 x 4 JH", 12), ("À définir", None)],
)
def test_les_moyens_humains_se_disent_en_jours_ou_en_nombre_par_temps(lu: Lu, typed: Any, value: Any) -> None:
    found = fiches(lu, {"levier": next(iter(lu.referentiel.leviers)), "moyens_humains": typed})
    assert said(found) == []
    assert isinstance(found.valeur, RetourFiches)
    moyens = found.valeur.fiches[0].moyens_humains
    assert moyens is not None
    assert moyens.valeur == (None if value is None else Decimal(value))


def test_plusieurs_valeurs_d_une_cellule_sont_sur_des_lignes_ou_des_puces() -> None:
    assert list_values("-5 % de papier\n-Deux écrans") == ("-5 % de papier", "Deux écrans")
    assert list_values("- un\n• deux • trois\n\n  quatre - bis ") == ("un", "deux", "trois", "quatre - bis")


# Le registre

SIRENS = ("217500016", "213502768", "200046977")


def city(**values: Any) -> dict[str, Any]:
    return {"siren": SIRENS[0], "nom": "Saint-Aubin", "nature": "commune", **values}


def person(**values: Any) -> dict[str, Any]:
    return {"collectivite": "saint-aubin", "nom": "A. Roux", "mail": "a@ville.fr", "roles": "référent", **values}


def registry(lu: Lu, cities: list[dict[str, Any]], people: list[dict[str, Any]]) -> tuple[Understood, Registre]:
    found = lu.classeur(
        {"Collectivités": (COLLECTIVITES, cities), "Personnes": (PERSONNES, people), "Sources": (SOURCES, [])}
    )
    assert isinstance(found.valeur, Registre)
    assert found.type == "registre"
    assert found.valeur.anomalies == found.anomalies
    return found, found.valeur


def test_un_registre_se_lit_avec_ses_personnes_et_celles_du_programme(lu: Lu) -> None:
    assert all(siren_fault(siren) is None for siren in SIRENS)
    found, registre = registry(
        lu,
        [
            city(siren=int(SIRENS[0]), population="12 500", dsi_propre="Oui", questionnaire="Flash"),
            city(siren="213 502 768", nom="Élan", nature="Communauté de communes", slug="cc-elan"),
        ],
        [
            person(roles="Référent ; votant", profils="dsi, Ressources humaines"),
            person(mail="A@Ville.fr", roles="DGS"),
            person(collectivite=SIRENS[1], mail="b@elan.fr", roles="élu sponsor,lecteur"),
            person(collectivite="*", nom="Équipe", mail="equipe@programme.fr", roles="équipe programme"),
        ],
    )
    assert said(found) == []
    first, second = registre.entrees
    assert (first.collectivite.slug, first.collectivite.population) == ("saint-aubin", 12500)
    assert (first.collectivite.dsi_propre, first.collectivite.questionnaire) == (True, "flash")
    assert (second.collectivite.slug, second.collectivite.nature) == ("cc-elan", "epci")
    assert [(item.mail, item.roles) for item in first.personnes] == [
        ("a@ville.fr", (Role.REFERENT, Role.VOTANT, Role.DG)),
        ("equipe@programme.fr", (Role.EQUIPE_PROGRAMME,)),
    ]
    assert first.personnes[0].profils == ("dsi", "rh")
    assert [item.mail for item in second.personnes] == ["b@elan.fr", "equipe@programme.fr"]


def test_les_lignes_fausses_d_un_registre_sont_dites_et_les_autres_restent(lu: Lu) -> None:
    found, registre = registry(
        lu,
        [
            city(),
            city(nom="Copie"),
            city(siren="217500017", nom="Clé fausse"),
            city(siren="1234", nom="Trop court"),
            city(siren=SIRENS[1], nom="Saint Aubin"),
            city(siren=SIRENS[2], nom="Autre", nature="royaume", population="beaucoup", dsi_propre="peut-être"),
        ],
        [
            person(roles=None),
            person(mail="pas une adresse"),
            person(mail="c@ville.fr", roles="roi, votant", profils="jardinier"),
            person(collectivite="atlantide", mail="d@ville.fr"),
        ],
    )
    assert said(found) == [
        ("siren-double", "Collectivités", "B3"),
        ("siren-invalide", "Collectivités", "B4"),
        ("siren-invalide", "Collectivités", "B5"),
        ("slug-double", "Collectivités", "A6"),
        ("valeur-hors-liste", "Collectivités", "D7"),
        ("nombre-invalide", "Collectivités", "F7"),
        ("valeur-hors-liste", "Collectivités", "H7"),
        ("personne-sans-role", "Personnes", "D2"),
        ("mail-invalide", "Personnes", "C3"),
        ("role-inconnu", "Personnes", "D4"),
        ("profil-inconnu", "Personnes", "E4"),
        ("collectivite-inconnue", "Personnes", "A5"),
    ]
    assert [entree.collectivite.slug for entree in registre.entrees] == ["saint-aubin", "autre"]
    assert [item.roles for item in registre.entrees[0].personnes] == [(), (Role.VOTANT,)]


def test_un_registre_sans_personnes_le_dit(lu: Lu) -> None:
    found = lu.classeur({"Collectivités": (COLLECTIVITES, [city()])})
    assert codes(found) == ["feuille-absente"]


def test_un_profil_dont_le_nom_porte_des_virgules_se_lit(lu: Lu) -> None:
    names = "; ".join(item.nom for item in lu.referentiel.profils)
    found, registre = registry(lu, [city()], [person(profils=names)])
    assert said(found) == []
    assert registre.entrees[0].personnes[0].profils == tuple(item.slug for item in lu.referentiel.profils)


# Ce qui vaut partout


@given(st.integers(0, 200_000), st.integers(0, 16_383))
def test_une_adresse_de_cellule_est_celle_du_tableur(row: int, column: int) -> None:
    from openpyxl.utils import coordinate_to_tuple

    assert coordinate_to_tuple(address(row, column)) == (row + 1, column + 1)


SHEETS: dict[str, dict[str, Sequence[Column]]] = {
    "registre": {"Collectivités": COLLECTIVITES, "Personnes": PERSONNES, "Sources": SOURCES},
    "diagnostic": {"Questions": DIAGNOSTIC, "Entretiens": ENTRETIENS},
    "contexte": dict(CONTEXTE_SHEETS),
    "inventaire": {"Inventaire": INVENTAIRE},
    "preselection": {"Leviers": PRESELECTION, "Prestataire": PRESTATAIRE},
    "bulletin": {"Bulletin": BULLETIN, DEROGATIONS_SHEET: DEROGATIONS},
    "fiches": dict(FICHES_SHEETS),
}
TYPED = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**18), 10**18),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=15),
    st.sampled_from(
        [
            "*",
            "²",
            "٣",
            "1e5",
            "-",
            "- 5",
            "À définir",
            "2 – x",
            "12/13/14",
            "0000-00-00",
            "9999/99/99",
            "1 000,5 €",
            "gouv-q01",
            "gouv-l01",
            "gouvernance",
            "saint-aubin",
            "217500016",
            "a@b.fr",
            "oui",
            "{valeur}",
            "31/12/99999",
            "à définir ; à voir",
            "2 x 3 jours",
        ]
    ),
)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(SHEETS)), st.data())
def test_quoi_qu_on_tape_dans_un_modele_rien_n_est_leve(kind: str, data: st.DataObject) -> None:
    feuilles = [Feuille(MARK_SHEET, [["type", kind]])]
    for name, columns in SHEETS[kind].items():
        width = len(columns)
        rows = data.draw(st.lists(st.lists(TYPED, max_size=width + 2), max_size=4))
        feuilles.append(Feuille(name, [[column.title for column in columns], *rows]))
    lecture = Lecture(tuple(feuilles))
    assert find_type(lecture) == kind
    found = understand_lecture(lecture, "essai.xlsx", load_referentiel(find_folder()))
    assert found.valeur is not None
    assert REGISTRY[kind].model_validate_json(canonical(found.valeur)) == found.valeur
    for anomaly in found.anomalies:
        assert anomaly.message
        assert anomaly.remede
        assert re.fullmatch(r"([A-Z]+[0-9]+)?", anomaly.cellule)


def test_les_valeurs_sont_simples_et_a_leur_place(tmp_path: Path) -> None:
    book = Workbook()
    sheet_of(book)["B3"] = "x"
    sheet_of(book)["C4"] = 3.0
    sheet_of(book)["C5"] = 2.5
    sheet_of(book)["A6"] = datetime(2024, 5, 1)
    sheet_of(book)["A7"] = datetime(2024, 5, 1, 8, 30)
    sheet_of(book)["A8"] = True
    sheet_of(book)["A9"] = "  "
    book.create_sheet("Vide")
    book.save(tmp_path / "a.xlsx")
    lecture = read_spreadsheet(tmp_path / "a.xlsx")
    assert [item.nom for item in lecture.feuilles] == ["Sheet", "Vide"]
    assert lecture.feuilles[0].lignes == [
        [],
        [],
        [None, "x"],
        [None, None, 3],
        [None, None, 2.5],
        ["2024-05-01"],
        ["2024-05-01T08:30:00"],
        ["oui"],
    ]
    assert lecture.feuilles[1].lignes == []


def test_un_classeur_enregistre_a_nouveau_dit_la_meme_chose(lu: Lu, tmp_path: Path) -> None:
    first = lu.classeur({"Inventaire": (INVENTAIRE, [{"categorie": "Écran", "quantite": 3, "annee_achat": 2020}])})
    book = load_workbook(tmp_path / "nom quelconque.xlsx")
    stream = io.BytesIO()
    book.save(stream)
    (tmp_path / "autre nom.xlsx").write_bytes(stream.getvalue())
    assert lu.fichier(tmp_path / "autre nom.xlsx").valeur == first.valeur


def test_chaque_code_du_catalogue_a_sa_phrase_et_son_remede() -> None:
    for code, kind in CATALOGUE.items():
        for text in (kind.message, kind.remede):
            assert text.format(valeur="v", detail="d"), code
