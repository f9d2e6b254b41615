"""Les instantanés du score : gardés par qui mène le dossier, comparés question par question."""

from __future__ import annotations

import io
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from nr_models.dossier.instantane import Instantane, dated, label
from nr_models.rules.instantane import compare
from nr_models.values.roles import Role
from portal.cli.main import nr
from tasks.acts.door import SuiteDonnee
from tasks.acts.instantanes import ACTUEL, compare_snapshots, list_snapshots, load_score, take_snapshot
from tasks.demo.form import Form
from tasks.programme.programmes import Introuvable
from tasks.stages.collect.columns import DIAGNOSTIC
from tasks.stages.score.comparaison import Moment, render_comparaison
from tests.support.parcours import Depart, Terrain, essai
from tests.support.referentiels import noter, par_une, petit
from tests.support.workbooks_case import make_case

CINQ = petit(
    {
        "achats": {"questions": {"q1": {"poids": 1}, "q2": {"poids": 2}, "q3": {"poids": "0.5"}}},
        "parc": {"questions": {"q4": {}, "q5": {"poids": 2}}},
    }
)
REPONSES = st.fixed_dictionaries(
    dict.fromkeys(CINQ.questions, st.one_of(st.integers(0, 4), st.sampled_from(["ne-sait-pas", "sans-objet", "blanc"])))
)
MOMENT = Instantane.INITIAL


def garder(terrain: Terrain, moment: Instantane = MOMENT, mail: str = "") -> SuiteDonnee:
    referent = mail or terrain.person(Role.REFERENT)
    return take_snapshot(terrain.workspace, terrain.cle, moment, par=essai(referent))


def answer_otherwise(form: Form) -> None:
    """Changer les premières réponses d’un questionnaire."""
    for numero, _ in enumerate(form.lines("Questions", DIAGNOSTIC), start=1):
        form.type_row("Questions", DIAGNOSTIC, numero, {"reponse": numero % 5})


@given(REPONSES)
def test_un_score_compare_a_lui_meme_ne_change_rien(said: dict[str, object]) -> None:
    result = noter(CINQ, par_une(said))
    found = compare(result, result)
    assert not found.changements
    assert all(gap.ecart in (None, 0) and gap.avant == gap.apres for gap in found.notes)
    assert all(item.avant == item.apres for item in found.parc)


@given(REPONSES, REPONSES)
def test_les_changements_sont_les_reponses_qui_different_et_leur_effet_seul_se_recalcule(
    said: dict[str, object], later: dict[str, object]
) -> None:
    before, after = noter(CINQ, par_une(said)), noter(CINQ, par_une(later))
    known = {"ne-sait-pas": "blanc"}
    wanted = {q for q in said if known.get(str(said[q]), said[q]) != known.get(str(later[q]), later[q])}
    found = compare(before, after)
    assert {item.question for item in found.changements} == wanted
    for item in found.changements:
        alone = noter(CINQ, par_une({**said, item.question: later[item.question]}))
        first, second = before.of(item.dimension).note.score, alone.of(item.dimension).note.score
        assert item.effet == (None if first is None or second is None else second - first)


def test_l_ecart_d_une_note_est_apres_moins_avant() -> None:
    found = compare(noter(CINQ, par_une({"q1": 0, "q4": 2})), noter(CINQ, par_une({"q1": 4, "q4": 2})))
    assert {gap.dimension: gap.ecart for gap in found.notes} == {
        "achats": 1,
        "parc": 0,
        "ensemble": Fraction(1, 2),
    }


def test_le_bilan_annuel_se_garde_une_fois_par_an() -> None:
    assert dated(Instantane.ANNUEL, 2027) == "annuel-2027"
    assert label("annuel-2027") == "bilan annuel 2027"
    assert dated(Instantane.INITIAL, 2027) == "initial"


def test_un_instantane_garde_le_score_d_alors_et_la_piste_le_dit(depart: Depart) -> None:
    terrain = depart("score")
    first = terrain.result("score")
    assert garder(terrain).accepted
    assert garder(terrain).accepted
    assert terrain.kinds().count("instantane") == 1
    terrain.edit("*rame*", answer_otherwise)
    terrain.run()
    assert terrain.result("score") != first
    with terrain.workspace.reading() as session:
        kept = load_score(terrain.lieu.within(session), "initial")
        changes = compare_snapshots(terrain.lieu.within(session), "initial", ACTUEL)
        assert kept.model_dump(mode="json") == first
        assert changes.changements
        assert [item.nom for item in list_snapshots(terrain.lieu.within(session))] == ["initial"]
    assert garder(terrain).accepted
    with terrain.workspace.reading() as session:
        assert not compare_snapshots(terrain.lieu.within(session), "initial", ACTUEL).changements


def test_seul_qui_mene_le_dossier_garde_un_instantane(depart: Depart) -> None:
    terrain = depart("score")
    assert not garder(terrain, mail=terrain.person(Role.ELU_SPONSOR)).accepted
    assert "instantane" not in terrain.kinds()


def test_un_instantane_inconnu_se_dit(depart: Depart) -> None:
    terrain = depart("score")
    with terrain.workspace.reading() as session, pytest.raises(Introuvable):
        load_score(terrain.lieu.within(session), "initial")


def test_le_classeur_de_comparaison_ne_nomme_personne_sauf_au_referent() -> None:
    case = make_case()
    score = case.results["score"]
    before, after = Moment("diagnostic initial", score), Moment("aujourd’hui", score)  # type: ignore[arg-type]
    mails = {item.mail for item in case.entree.personnes}
    for named in (False, True):
        book = load_workbook(io.BytesIO(render_comparaison(case, before, after, named=named)))
        said = {str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value}
        assert any(mail in text for mail in mails for text in said) is named


def test_la_commande_garde_liste_et_compare(depart: Depart, tmp_path: Path) -> None:
    terrain = depart("score")
    outputs = {"NR_OUTPUTS": str(terrain.workspace.settings.outputs)}

    def lancer(*arguments: str) -> int:
        return CliRunner().invoke(nr, arguments, env=outputs).exit_code

    assert lancer("score", "garder", terrain.cle, "initial") == 2
    assert lancer("score", "garder", terrain.cle, "initial", "--par", terrain.person(Role.REFERENT)) == 0
    assert lancer("score", "lister", terrain.cle) == 0
    assert lancer("pourquoi", terrain.cle, "score", "--depuis", "initial") == 0
    assert lancer("pourquoi", terrain.cle, "--depuis", "initial") == 2
    target = tmp_path / "ecart.xlsx"
    assert lancer("score", "comparer", terrain.cle, "initial", "actuel", "--vers", str(target)) == 0
    assert load_workbook(target).sheetnames[1:] == ["Notes", "Réponses", "Parc"]
