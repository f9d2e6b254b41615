"""Chaque acte de la piste a sa phrase."""

from __future__ import annotations

import re
from typing import Any

import pytest

from nr_models.dossier.journal import Fait
from nr_models.dossier.recit import ERASED, Connus, tell
from nr_models.values.french import spaced

PERSONNE = Connus({"c1": "Ana Brun"}, {"c2": "Relire l’axe 3."})


def evenement(fait: str, **donnees: Any) -> dict[str, Any]:
    return {"at": "2026-03-02T09:00:00+00:00", "fait": fait, "donnees": donnees, "automatique": False}


DECIDE = evenement(
    Fait.DECIDE, gate="diagnostic", verdict="reserves", role="referent", par="c1", empreinte="ab" * 32, commentaire="c2"
)


def test_une_decision_dit_qui_en_quel_role_sur_quoi_et_ce_qui_fut_ecrit() -> None:
    [line] = tell([DECIDE], PERSONNE)
    assert line.texte.replace("\u00a0", " ").startswith("Étape « Score » : ")
    assert "Ana Brun (référent)" in line.texte
    assert "code de contrôle abababababab" in line.texte
    assert line.commentaire == "Relire l’axe 3."


def test_un_nom_efface_ne_se_lit_plus() -> None:
    [line] = tell([DECIDE], Connus({}, {}))
    assert ERASED in line.texte
    assert not line.commentaire


def test_les_documents_d_un_tour_se_comptent_dans_sa_phrase() -> None:
    place = {"stage": "score", "phase": "resultat", "tour": 2}
    events = [evenement(Fait.ARTEFACT, **place, nom=f"{rank}.xlsx") for rank in range(3)]
    [line] = tell([*events, evenement(Fait.PRODUIT, **place, empreinte="cd" * 32)], PERSONNE)
    assert "version 2 (3 documents, code de contrôle cdcdcdcdcdcd)" in line.texte


@pytest.mark.parametrize("fait", [item for item in Fait if item not in (Fait.ARTEFACT, Fait.TABLES)])
def test_chaque_acte_connu_a_sa_phrase(fait: Fait) -> None:
    donnees = {
        "gate": "diagnostic",
        "stage": "score",
        "cause": "collect",
        "par": "c1",
        "verdict": "approuver",
        "role": "referent",
        "quoi": "incomplet",
        "nom": "initial",
        "tour": 1,
        "delegation": 1,
        "reserve": 1,
        "a_reprendre": 2,
        "retours": [],
        "du": "2026-03-01",
        "au": "2026-03-09",
        "avant": {"version": "2026.1"},
        "referentiel": {"version": "2026.2"},
        "donnes": [],
        "retires": [],
        "documents": {},
        "stages": ["score"],
    }
    [line] = tell([evenement(fait, **donnees)], PERSONNE)
    assert re.fullmatch(r"[A-ZÀÉ].*[.]", line.texte)
    assert line.texte == spaced(line.texte)
    assert "Acte enregistré" not in line.texte
