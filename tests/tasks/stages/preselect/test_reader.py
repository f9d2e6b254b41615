"""La présélection ajustée par le référent se relit ; un changement sans raison n’est pas appliqué."""

from __future__ import annotations

from nr_models.rules.preselect import RetourPreselection
from tasks.stages.preselect.columns import PRESELECTION, PRESTATAIRE
from tests.support.lecture import Lu, said


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
        ("oui-non-attendu", "Prestataire", "C3"),
    ]
    assert isinstance(found.valeur, RetourPreselection)
    assert [(item.levier, item.sens) for item in found.valeur.changements] == [(first, "retirer")]
    assert (found.valeur.prestataire.cooperation, found.valeur.prestataire.volontaire) == (True, None)
    assert found.valeur.a_reprendre == ("volontaire",)


def test_une_colonne_retiree_est_dite_et_non_sa_feuille(lu: Lu) -> None:
    columns = [column for column in PRESELECTION if column.field not in ("decision", "justification")]
    leviers = (columns, [{"levier": next(iter(lu.referentiel.leviers))}])
    criteria = ([column for column in PRESTATAIRE if column.field != "reponse"], [{"cle": "cooperation"}])
    found = lu.classeur({"Leviers": leviers, "Prestataire": criteria}, {"type": "preselection"})
    assert said(found) == [("colonne-absente", "Leviers", "A1"), ("colonne-absente", "Prestataire", "A1")]


def test_une_feuille_retiree_est_dite(lu: Lu) -> None:
    """Sans les critères du prestataire, rien ne dit qu’il n’est pas embarqué."""
    leviers = (PRESELECTION, [{"levier": next(iter(lu.referentiel.leviers))}])
    found = lu.classeur({"Leviers": leviers}, {"type": "preselection"})
    assert said(found) == [("feuille-absente", "", "")]
