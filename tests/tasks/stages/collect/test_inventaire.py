"""Les inventaires que les villes ont déjà : exports de G4IT, de GLPI, d’OCS, documents d’agents, tableaux maison."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from nr_models.inventaire.parc import LigneInventaire, RetourInventaire, attribute
from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.frozen import canonical
from tasks.returns.recognise import Understood, understand
from tasks.stages.collect.g4it import render_g4it
from tasks.stages.collect.inventory_columns import AUTRE_OUTIL
from tasks.stages.collect.readers.colonnes import is_kept_out
from tests.support.referentiels import collectivite, livre

Lire = Callable[..., Understood]


@pytest.fixture(scope="module")
def referentiel() -> Referentiel:
    return livre()


@pytest.fixture
def lire(tmp_path: Path, referentiel: Referentiel) -> Lire:
    def lire(content: str | bytes, name: str = "export.csv") -> Understood:
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return understand(path, name, referentiel)

    return lire


def lignes(found: Understood) -> tuple[LigneInventaire, ...]:
    assert isinstance(found.valeur, RetourInventaire), found.anomalies
    return found.valeur.lignes


def dit(found: Understood) -> list[tuple[str, str]]:
    assert all(item.message and item.remede for item in found.anomalies)
    return [(item.code, item.cellule) for item in found.anomalies]


# Les documents d’agents


def machine(**changes: Any) -> dict[str, Any]:
    """Un document de l’agent GLPI, avec tout ce qu’il a de personnel."""
    content: dict[str, Any] = {
        "hardware": {
            "name": "PC-JEANNESECRET",
            "uuid": "4C4C4544-0042-3510-8051-B4C04F4A3532",
            "chassis_type": "Laptop",
            "vmsystem": "Physical",
            "lastloggeduser": "jeannesecret",
            "winprodkey": "SECRET-CLE",
            **changes.pop("hardware", {}),
        },
        "bios": {
            "smanufacturer": "Dell Inc.",
            "smodel": "Latitude 5420",
            "ssn": "5XSECRET",
            "assettag": "Default string",
            "bdate": "03/17/2021",
            **changes.pop("bios", {}),
        },
        "monitors": changes.pop(
            "monitors", [{"caption": "DELL P2419H", "description": "32/2019", "serial": "CFSECRET"}]
        ),
        "users": [{"login": "jeannesecret"}],
        "networks": [{"mac": "00:11:22:secret", "ipaddress": "10.0.0.secret"}],
        "processes": [{"cmd": "mysqld --password=secret"}],
        "envs": [{"key": "API", "val": "secret"}],
    }
    return {"deviceid": "PC-JEANNESECRET-2021", "itemtype": "Computer", "content": content, **changes}


def test_un_document_d_agent_dit_la_machine_et_ses_ecrans_et_rien_d_autre(lire: Lire) -> None:
    found = lire(json.dumps(machine()), "pc.json")
    assert dit(found) == []
    assert [(line.categorie, line.modele, line.annee_achat) for line in lignes(found)] == [
        ("ordinateur-portable", "Dell Inc. Latitude 5420", 2021),
        ("ecran", "DELL P2419H", 2019),
    ]
    assert all(line.quantite == 1 and line.source == "agent GLPI" and line.hypothese for line in lignes(found))
    assert "secret" not in canonical(found.valeur).lower()


@pytest.mark.parametrize(
    ("document", "detail"),
    [
        (machine(partial=True), "partiel"),
        (machine(hardware={"vmsystem": "VMware"}, monitors=[]), "virtuelle"),
    ],
)
def test_ce_qui_n_est_pas_une_machine_entiere_n_est_pas_compte(
    lire: Lire, document: dict[str, Any], detail: str
) -> None:
    found = lire(json.dumps(document), "pc.json")
    assert lignes(found) == ()
    [anomaly] = found.anomalies
    assert (anomaly.code, detail in anomaly.detail) == ("machine-ecartee", True)


@pytest.mark.parametrize(
    ("itemtype", "chassis", "categorie"),
    [
        ("Computer", "Mini Tower", "ordinateur-fixe"),
        ("Computer", "All in One", "ordinateur-tout-en-un"),
        ("Computer", "Rack Mount Chassis", "serveur"),
        ("Computer", "Tablet", "tablette"),
        ("Computer", "Docking Station", "ordinateur-portable"),
        ("Computer", "Mini PC", "ordinateur-fixe"),
        ("Computer", "30", "tablette"),
        ("Computer", "Other", "ordinateur-portable"),  # son modèle, Latitude, le dit
        ("Phone", "", "smartphone"),
        ("Printer", "", "imprimante-laser"),
        ("NetworkEquipment", "", "commutateur"),
    ],
)
def test_la_categorie_vient_du_chassis_ou_du_type(lire: Lire, itemtype: str, chassis: str, categorie: str) -> None:
    document = machine(itemtype=itemtype, hardware={"chassis_type": chassis}, monitors=[])
    assert [line.categorie for line in lignes(lire(json.dumps(document), "a.json"))] == [categorie]


def test_un_document_sans_date_de_bios_laisse_l_annee_inconnue(lire: Lire) -> None:
    [line] = lignes(lire(json.dumps(machine(bios={"bdate": ""}, monitors=[])), "a.json"))
    assert (line.annee_achat, line.hypothese) == (None, "")


def test_une_archive_d_agents_avec_un_mode_d_emploi_se_lit_et_dit_ce_qui_n_en_est_pas(lire: Lire) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("LISEZMOI.txt", "Export du parc.")
        archive.writestr("agents/pc1.json", json.dumps(machine()))
    found = lire(stream.getvalue(), "agents.zip")
    assert len(lignes(found)) == 2
    assert [item.code for item in found.anomalies] == ["machine-ecartee"]


def test_une_archive_d_agents_se_lit_machine_par_machine(lire: Lire) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("agents/pc1.json", json.dumps(machine()))
        archive.writestr("agents/pc1-bis.json", json.dumps(machine()))
        archive.writestr("agents/pc2.json", json.dumps(machine(hardware={"uuid": "AUTRE-UUID-2"}, monitors=[])))
        archive.writestr("agents/lisez-moi.json", '{"bonjour": 1}')
        archive.writestr("agents/.DS_Store", b"\0")
    found = lire(stream.getvalue(), "agents.zip")
    assert [line.categorie for line in lignes(found)] == ["ordinateur-portable", "ecran", "ordinateur-portable"]
    assert [item.code for item in found.anomalies] == ["machine-ecartee", "machine-double", "machine-double"]


def test_un_document_ocs_se_lit_comme_son_descendant(lire: Lire) -> None:
    xml = """<?xml version="1.0" encoding="UTF-8"?>
    <REQUEST><CONTENT>
      <HARDWARE><NAME>PC-SECRET</NAME><UUID>AAAA-1</UUID><USERID>jsecret</USERID><WINPRODKEY>SECRET</WINPRODKEY></HARDWARE>
      <BIOS><SMANUFACTURER>HP</SMANUFACTURER><SMODEL>HP ProDesk</SMODEL><SSN>CZC123</SSN><TYPE>Desktop</TYPE>
        <BDATE>11/02/2018</BDATE></BIOS>
      <MONITORS><CAPTION>HP E24</CAPTION><DESCRIPTION>10/2017</DESCRIPTION><SERIAL>CN42</SERIAL></MONITORS>
      <MONITORS><CAPTION>HP E24</CAPTION><DESCRIPTION>11/2017</DESCRIPTION><SERIAL>CN43</SERIAL></MONITORS>
    </CONTENT><DEVICEID>PC-SECRET</DEVICEID><QUERY>INVENTORY</QUERY></REQUEST>"""
    found = lire(xml, "pc.ocs")
    assert dit(found) == []
    assert [(line.categorie, line.modele, line.annee_achat) for line in lignes(found)] == [
        ("ordinateur-fixe", "HP ProDesk", 2018),
        ("ecran", "HP E24", 2017),
        ("ecran", "HP E24", 2017),
    ]
    assert "secret" not in canonical(found.valeur).lower()


@pytest.mark.parametrize(
    "content",
    [
        '{"deviceid": "x"}',
        '{"content": []}',
        "[1, 2]",
        "{" * 100_000,
        '{"content": ' + '{"a":' * 50_000 + "1" + "}" * 50_000 + "}",
        '{"content": {"hardware": ' + "9" * 5_000 + "}}",
        "<REQUEST><CONTENT>",
        "<REQUEST><DEVICEID>x</DEVICEID></REQUEST>",
        "<REQUEST>" + "<a>" * 100_000,
    ],
    ids=range(9),
)
def test_un_document_etranger_ou_abime_est_refuse_ou_inconnu(lire: Lire, content: str) -> None:
    found = lire(content, "x.json")
    assert found.valeur is None
    assert [item.code for item in found.anomalies] in (["fichier-illisible"], ["type-inconnu"])


# G4IT et GLPI

G4IT = (
    "nomEquipementPhysique;modele;quantite;nomCourtDatacenter;dateAchat;dateRetrait;type;statut;"
    "paysDUtilisation;consoElecAnnuelle;utilisateur;nomSourceDonnee;nomEntite;nbCoeur\n"
)


def test_un_export_g4it_dit_l_electricite_mesuree_et_ce_qui_ne_sert_plus(lire: Lire) -> None:
    found = lire(
        G4IT
        + "PC-1;Latitude;3;;2020-03-15;;Laptop;In use;France;41,5;;GLPI;Mairie;8\n"
        + "PC-2;Latitude;1;;2014-03-15;2020-01-01;Laptop;;France;;;GLPI;Mairie;8\n"
        + "PC-3;Latitude;1;;2022-03-15;2099-01-01;Laptop;Retired;France;;;GLPI;Mairie;8\n"
        + "PC-4;Latitude;1;;2022-03-15;2099-01-01;Laptop;;France;0;;GLPI;Mairie;8\n"
    )
    assert dit(found) == [("donnee-personnelle", "K1")]
    assert [(line.quantite, line.kwh_an, line.hors_service) for line in lignes(found)] == [
        (3, Decimal("41.5"), False),
        (1, None, True),
        (1, None, True),
        (1, Decimal(0), False),
    ]


def test_un_export_glpi_ne_garde_ni_nom_de_machine_ni_numero_et_compte_chaque_machine_une_fois(lire: Lire) -> None:
    found = lire(
        '"Nom";"Statut";"Fabricant";"Modèle";"Type";"Numéro de série";"Lieu";"Usager";"Dernier utilisateur"\n'
        '"PC-JSECRET";"En service";"HP";"EliteBook 840";"Notebook";"5CGSECRET";"Ville > RDC";"jsecret";"jsecret"\n'
        '"PC-B";"Rebut";"HP";"HP EliteBook 840";"Notebook";"5CG0000002";"Ville > École";"";""\n'
        '"PC-C";"En service";"HP";"EliteBook 840";"Notebook";"5cgsecret";"Ville > Mairie";"";""\n'
        '"PC-D";"En service";"";"";"Notebook";"To Be Filled By O.E.M.";"";"";""\n'
        '"PC-E";"En service";"";"";"Notebook";"To Be Filled By O.E.M.";"";"";""\n'
    )
    assert dit(found) == [("donnee-personnelle", "H1"), ("donnee-personnelle", "I1"), ("machine-double", "F4")]
    assert [(line.modele, line.site, line.hors_service) for line in lignes(found)] == [
        ("HP EliteBook 840", "Ville > RDC", False),
        ("HP EliteBook 840", "Ville > École", True),
        ("", "", False),
        ("", "", False),
    ]
    assert "secret" not in canonical(found.valeur).lower()


def test_un_export_d_un_seul_type_prend_la_categorie_du_nom_du_fichier_et_le_dit(lire: Lire) -> None:
    content = '"Nom";"Modèle";"Type";"Numéro de série"\n"M1";"Zork 24";"Type 7";"CN1234"\n"M2";"Zork 24";"";"CN1235"\n'
    found = lire(content, "Moniteurs GLPI.csv")
    assert dit(found) == []
    assert [(line.categorie, line.libelle, bool(line.hypothese)) for line in lignes(found)] == [
        ("ecran", "Type 7", True),
        ("ecran", "", True),
    ]
    assert [item.code for item in lire(content, "export.csv").anomalies] == ["categorie-inconnue", "valeur-absente"]


@pytest.mark.parametrize(
    ("dates", "ambiguous"),
    [
        (("05/04/2020", "06/07/2019"), True),
        (("05/04/2020", "13/07/2019"), False),
        (("05/04/2020", "07/13/2019"), False),
        (("2020/04/05", "2019/07/06"), False),
        (("05/05/2020",), False),
    ],
)
def test_une_colonne_de_dates_qui_se_lit_de_deux_facons_le_dit_une_fois(
    lire: Lire, dates: tuple[str, ...], ambiguous: bool
) -> None:
    found = lire("Type;Quantité;Date d'achat\n" + "".join(f"Écran;1;{text}\n" for text in dates))
    assert dit(found) == ([("date-ambigue", "C1")] if ambiguous else [])
    assert lignes(found)[0].annee_achat == 2020


@pytest.mark.parametrize(
    "title",
    [
        "Taux d'utilisation CPU",
        "Puissance (W)",
        "Processor use",
        "lastLoggedUser",
        "nomUtilisateur",
        "Adresse MAC",
        "Mot de passe",
        "Clé de produit",
        "IP address",
        "OS product key",
    ],
)
def test_une_colonne_personnelle_secrete_ou_de_puissance_n_est_jamais_lue(title: str) -> None:
    assert is_kept_out(title)


@pytest.mark.parametrize("title", ["Quantité", "Modèle", "Année d’achat", "Site", "Géré par", "nomEntite", "Catégorie"])
def test_une_colonne_du_modele_est_lue(title: str) -> None:
    assert not is_kept_out(title)


# L’équipement partagé, le calcul d’un autre outil


def test_l_equipement_d_une_autre_collectivite_se_reconnait_a_son_nom_son_siren_ou_son_identifiant() -> None:
    own = collectivite(epci="200000172")
    other = collectivite(slug="sivom-du-val", siren="552100554", nom="SIVOM du Val")
    names = ("", own.nom.upper(), other.nom, other.siren, other.slug, "200000172", "732829320", "la DSI")
    retour = RetourInventaire(
        lignes=tuple(LigneInventaire(categorie="serveur", quantite=1, gestionnaire=name) for name in names)
    )
    found, anomalies = attribute(retour, own, (own, other))
    assert [line.gere_ailleurs for line in found.lignes] == [False, False, True, True, True, True, True, False]
    assert [(item.code, item.valeur) for item in anomalies] == [("gestionnaire-inconnu", "la DSI")]


def test_une_colonne_dit_qui_gere(lire: Lire) -> None:
    assert lignes(lire("Type;Quantité;Géré par\nServeur;2;CC du Val\n"))[0].gestionnaire == "CC du Val"


def test_l_export_g4it_se_relit_comme_ce_qui_a_ete_lu(lire: Lire, referentiel: Referentiel) -> None:
    first = lignes(
        lire(
            "Type;Modèle;Quantité;Date d'achat;Site;Hors service;kWh par an;Source\n"
            "Écran;P2419H;12;2020;Mairie;non;41,5;GLPI\n"
            "Ordinateur portable;Latitude;3;;École;oui;;\n"
            "Serveur;=1+1;1;2019;;non;0;\n"
        )
    )
    content = render_g4it(first, referentiel)
    assert content == render_g4it(first, referentiel)
    found = lire(content, "g4it.csv")
    assert [item.code for item in found.anomalies] == ["donnee-personnelle"]
    said = ("categorie", "quantite", "annee_achat", "site", "hors_service", "kwh_an", "source")
    assert [[getattr(line, field) for field in said] for line in lignes(found)] == [
        [getattr(line, field) for field in said] for line in first
    ]
    assert [line.modele for line in lignes(found)] == ["P2419H", "Latitude", "'=1+1"]


def test_le_calcul_d_un_autre_outil_est_joint_et_garde_a_part(tmp_path: Path, referentiel: Referentiel) -> None:
    book = Workbook()
    book.active.append(["Catégorie", "Quantité"])  # type: ignore[union-attr]
    book.active.append(["Écran", 3])  # type: ignore[union-attr]
    page = book.create_sheet("Autre outil")
    page.append([column.title for column in AUTRE_OUTIL])
    page.append(["G4IT", "3.6", "12/05/2026", "Parc de la mairie", "Changement climatique", "1 234,5", "kgCO2e par an"])
    page.append(["EcoDiag", None, None, None, "Changement climatique", "beaucoup", "kgCO2e par an"])
    book.save(tmp_path / "parc.xlsx")
    found = understand(tmp_path / "parc.xlsx", "parc.xlsx", referentiel)
    assert isinstance(found.valeur, RetourInventaire)
    [empreinte] = found.valeur.empreintes
    assert (empreinte.outil, empreinte.date, empreinte.valeur) == ("G4IT", "2026-05-12", Decimal("1234.5"))
    assert dit(found) == [("nombre-invalide", "F3")]
