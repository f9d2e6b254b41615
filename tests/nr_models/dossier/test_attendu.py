"""Où en est un dossier, dit par une seule fonction au terminal, aux pages, aux courriers et à Prefect."""

from __future__ import annotations

from datetime import date

import pytest

from nr_models.dossier.attendu import Attendu, Sens, Suite, find_sens, summarise, tell_next
from nr_models.dossier.workflow import Etat
from nr_models.values.french import spaced
from nr_models.values.roles import Role

VALIDATION = Attendu(
    gate="diagnostic",
    stage="score",
    etat=Etat.SOUMIS,
    roles=(Role.REFERENT,),
    personnes=("ana@ville.fr", "bob@ville.fr"),
    empreinte="0" * 64,
    depuis="2026-03-02T09:00:00+00:00",
    echeance=date(2026, 3, 16),
    en_retard=True,
)
RETOURS = VALIDATION.model_copy(
    update={"gate": None, "stage": "collect", "etat": Etat.ATTEND_SAISIES, "roles": (), "echeance": None}
)


def dire(attendu: Attendu | None, last: Etat = Etat.A_VENIR) -> str:
    return tell_next(last, attendu, tuple).write()


@pytest.mark.parametrize(
    ("attendu", "phrase"),
    [
        (
            VALIDATION,
            "Validation de l’étape « Score » : on attend ana@ville.fr et bob@ville.fr (référent) depuis le "
            "2 mars 2026, au plus tard le 16 mars 2026 (en retard)",
        ),
        (
            RETOURS,
            "Retours de l’étape « Collecte » : on attend ana@ville.fr et bob@ville.fr depuis le 2 mars 2026",
        ),
        (
            RETOURS.model_copy(update={"personnes": ()}),
            "Retours de l’étape « Collecte » : personne n’est désigné depuis le 2 mars 2026",
        ),
        (
            VALIDATION.model_copy(update={"blocage": "aucune direction générale n’est désignée"}),
            "Validation bloquée à l’étape « Score » depuis le 2 mars 2026 : aucune direction générale n’est désignée",
        ),
        (None, "Prêt à avancer"),
    ],
)
def test_chacun_lit_la_meme_phrase(attendu: Attendu | None, phrase: str) -> None:
    assert dire(attendu) == spaced(phrase)


def test_qui_montre_la_phrase_choisit_comment_les_personnes_sont_dites() -> None:
    said = tell_next(Etat.A_VENIR, VALIDATION, lambda people: (f"{len(people)} personnes",)).write()
    assert "on attend 2 personnes (référent)" in said
    assert "@" not in said


@pytest.mark.parametrize(
    ("attendu", "last", "sens"),
    [
        (None, Etat.VALIDE, Sens.FINI),
        (None, Etat.A_VENIR, Sens.PRET),
        (VALIDATION, Etat.A_VENIR, Sens.VALIDATION),
        (RETOURS, Etat.A_VENIR, Sens.RETOURS),
        (RETOURS.model_copy(update={"etat": Etat.A_CORRIGER}), Etat.A_VENIR, Sens.CORRIGER),
        (RETOURS.model_copy(update={"etat": Etat.REFUSE}), Etat.A_VENIR, Sens.REFUSE),
        (VALIDATION.model_copy(update={"blocage": "personne"}), Etat.A_VENIR, Sens.BLOQUE),
    ],
)
def test_ce_qu_un_dossier_attend_tient_en_un_mot(attendu: Attendu | None, last: Etat, sens: Sens) -> None:
    assert find_sens(last, attendu) is sens
    assert isinstance(tell_next(last, attendu, tuple), Suite)


def test_un_programme_se_resume_le_plus_grave_d_abord() -> None:
    found = [Sens.PRET, Sens.VALIDATION, Sens.REFUSE, Sens.VALIDATION]
    said = "4 dossiers : 1 est refusé, 2 attendent une validation, 1 est prêt à avancer."
    assert summarise(found) == spaced(said)
    assert summarise([]) == "Aucun dossier."
