"""Ce que la collecte envoie à remplir, et ce qu’elle dit des anomalies."""

from __future__ import annotations

from tasks.office.columns import GUIDE_SHEET
from tasks.stages.collect.columns import DIAGNOSTIC
from tasks.stages.collect.workbooks import supports as collect_books
from tests.support.classeurs import ANOMALY, CASE, ENTREE, VOTANTE, column, opened, rendered, shown


def test_on_ne_remplit_dans_un_diagnostic_que_la_reponse_et_ses_nuances() -> None:
    sheet = opened(rendered("trame"))["Questions"]
    free = {sheet.cell(1, cell.column).value for cell in sheet[2] if not cell.protection.locked}
    assert free == {item.title for item in DIAGNOSTIC if item.typed}


def test_une_liste_trop_longue_tient_dans_une_feuille_cachee() -> None:
    workbook = opened(rendered("inventaire"))
    rule = next(item for item in workbook["Inventaire"].data_validations.dataValidation if "A2" in item.sqref)
    hidden, cells = str(rule.formula1).replace("'", "").split("!")
    offered = [row[0].value for row in workbook[hidden][cells.replace("$", "")]]
    assert workbook[hidden].sheet_state != "visible"
    assert offered == [item.nom for item in CASE.referentiel.facteurs.categories]


def test_une_trame_ne_pose_que_les_questions_de_la_personne() -> None:
    asked = column(opened(rendered("trame"))["Questions"], "Identifiant")
    assert asked
    assert all(set(CASE.referentiel.questions[str(item)].profils) & set(VOTANTE.profils) for item in asked)


def test_le_diagnostic_entier_a_une_feuille_par_dimension_et_liste_les_questions_sans_interlocuteur() -> None:
    workbook = opened(rendered("diagnostic"))
    titles = [sheet.title for sheet in shown(workbook)]
    assert [title[0] for title in titles if title[0].isdigit()] == list("1234567")
    orphans = column(workbook["Interlocuteurs"], "Interlocuteur").count("Question sans interlocuteur")
    covered = {slug for item in ENTREE.personnes for slug in item.profils}
    assert orphans == sum(not covered & set(item.profils) for item in CASE.referentiel.questions.values())


def test_sans_anomalie_le_classeur_le_dit_en_une_phrase() -> None:
    workbook = opened(collect_books.render_anomalies([]))
    assert workbook.sheetnames == [GUIDE_SHEET]
    assert "aucune anomalie" in str([cell.value for row in workbook[GUIDE_SHEET] for cell in row])


def test_une_anomalie_dit_ou_quoi_et_que_faire() -> None:
    sheet = opened(rendered("anomalies"))["Anomalies"]
    assert [cell.value for cell in sheet[2]] == ["parc.xlsx", "Parc", "C4", "-3", ANOMALY.message, ANOMALY.remede]
