"""Le registre se lit avec ses personnes ; une ligne fausse est dite et les autres restent."""

from __future__ import annotations

from typing import Any

from nr_models.dossier.registre import Registre, siren_fault
from nr_models.values.roles import Role
from tasks.programme.columns import COLLECTIVITES, PERSONNES, SOURCES
from tasks.returns.recognise import Understood
from tests.support.lecture import Lu, codes, said

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
        ("oui-non-attendu", "Collectivités", "H7"),
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
