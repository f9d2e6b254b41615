"""Une fiche action revient champ par champ, avec ce qu’on y a écrit."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from nr_models.rules.fiche import RetourFiches
from tasks.returns.recognise import Understood
from tasks.stages.fiche.columns import FICHES, FICHES_SHEETS
from tasks.stages.fiche.reader import list_responsables, list_values
from tests.support.lecture import Lu, said

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
