"""Un questionnaire rendu est compris réponse par réponse ; ce qui ne va pas est dit à sa place."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from nr_models.rules.collect import RetourDiagnostic, Statut
from tasks.stages.collect.columns import (
    DIAGNOSTIC,
    ENTRETIENS,
)
from tests.support.lecture import Lu, codes, said


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


@pytest.mark.parametrize("typed", ["5", 7, -1, 2.5, "oui", "2 ou 3", "2-3", True, "x", date(2024, 3, 2), "plutôt oui"])
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
