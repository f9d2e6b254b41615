"""Les mots que les gens lisent : documents, états, instants, tailles."""

from __future__ import annotations

from nr_models.dossier.registre import Collectivite, Entree, Personne
from nr_models.dossier.workflow import Etat
from nr_models.stages import RETOURS, STAGES
from nr_models.values.roles import Role
from portal import labels


def test_chaque_fichier_des_etapes_et_chaque_retour_a_un_nom_que_les_gens_comprennent() -> None:
    made = {nom for stage in STAGES for nom in (*stage.supports, *stage.livrables, *stage.sometimes)}
    assert made | {"resultat.json"} == labels.DOCUMENTS.keys()
    assert {kind for stage in STAGES for kind in stage.returns} == RETOURS.keys()
    assert set(labels.PHRASES) == set(Etat)


def test_les_heures_sont_celles_de_paris_et_les_tailles_se_lisent() -> None:
    assert labels.write_instant("2026-05-12T12:05:00Z").replace("\u00a0", " ") == "12 mai 2026 à 14 h 05"
    assert labels.write_instant("2026-12-31T23:30:00Z").replace("\u00a0", " ") == "1er janvier 2027 à 0 h 30"
    assert [labels.write_size(count).replace("\u00a0", " ") for count in (0, 48_200, 1_249_999, 12_000_000)] == [
        "1 ko",
        "48 ko",
        "1,2 Mo",
        "12,0 Mo",
    ]


def test_un_document_sans_nom_connu_garde_le_sien() -> None:
    entree = Entree(
        collectivite=Collectivite(slug="bourg", siren="732829320", nom="Bourg", nature="commune"),
        personnes=(Personne(mail="zoe@ville.fr", nom="Zoé Petit", roles=(Role.VOTANT,)),),
    )
    assert labels.name_document("bulletin-zoe-ville-fr.xlsx", entree) == "Bulletin de vote, Zoé Petit"
    assert labels.name_document("bulletin-autre-ville-fr.xlsx", entree) == "Bulletin de vote"
    assert labels.name_document("autre.bin", entree) == "autre.bin"
