"""Un inventaire se lit ligne par ligne, quels que soient ses titres, ses dates et son encodage."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from nr_models.rules.collect import RetourInventaire
from tasks.returns.recognise import Understood
from tasks.stages.collect.inventory_columns import INVENTAIRE
from tasks.stages.collect.readers.categorie import Categories
from tasks.stages.collect.readers.colonnes import is_kept_out
from tests.support.lecture import Lu, codes, said, sheet_of


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
        (43600, 2019),
        ("2019.0", 2019),
        ("mars-19", 2019),
        (date(1905, 7, 11), 2019),
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
    assert said(found) == []  # seule l’année compte : la dernière date n’en a qu’une, dans un sens ou dans l’autre
    assert [line.annee_achat for line in lines(found)] == [2019, 2020, 2021]


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


def test_chaque_nom_et_synonyme_du_referentiel_se_reconnait_sauf_ceux_qui_se_demandent(lu: Lu) -> None:
    categories = Categories(lu.referentiel.facteurs)
    words = [
        (word, item.slug)
        for item in lu.referentiel.facteurs.categories
        for word in (item.slug, item.nom, *item.synonymes)
        if not categories.judge(word).options
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
