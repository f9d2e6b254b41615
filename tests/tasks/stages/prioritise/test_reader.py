"""Un bulletin se lit voix par voix : le blanc, le sans avis, la note hors bornes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from nr_models.rules.prioritise import RetourBulletin
from nr_models.rules.vote import Voix
from tasks.stages.prioritise.columns import BULLETIN, DEROGATIONS, DEROGATIONS_SHEET
from tests.support.lecture import Lu, said


def test_un_bulletin_distingue_le_blanc_le_sans_avis_et_la_note_hors_bornes(lu: Lu) -> None:
    a, b, c, d, e = list(lu.referentiel.leviers)[:5]
    rows: list[dict[str, Any]] = [
        {"levier": a, "valeur": 5, "faisabilite": "2", "commentaire": "Oui !"},
        {"levier": b},
        {"levier": c, "valeur": "Sans avis.", "faisabilite": "NSP"},
        {"levier": d, "valeur": 6, "faisabilite": 3},
        {"levier": e, "valeur": "beaucoup"},
    ]
    found = lu.classeur({"Bulletin": (BULLETIN, rows)}, {"type": "bulletin", "personne": "vote@ville.fr"})
    assert said(found) == [("note-hors-bornes", "Bulletin", "G5"), ("nombre-invalide", "Bulletin", "G6")]
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
