"""The life of a stage: what the table lets happen, and nothing else."""

from itertools import product

import pytest

from nr_models.workflow import GUARDS, HUMAN, TRANSITIONS, Acte, Etat, acts, attempt, passed

ALL_GUARDS = frozenset(GUARDS)


def test_un_acte_que_la_table_ne_connait_pas_est_refuse():
    known = {(acte, etat) for acte, sources, *_ in TRANSITIONS for etat in sources}
    for acte, etat in product(Acte, Etat):
        allowed = attempt(etat, acte, ALL_GUARDS).etat is not None
        assert allowed == ((acte, etat) in known)


@pytest.mark.parametrize("transition", TRANSITIONS, ids=lambda item: item.acte)
def test_chaque_garde_absente_refuse_l_acte_et_dit_pourquoi(transition):
    for guard in transition.gardes:
        issue = attempt(transition.de[0], transition.acte, ALL_GUARDS - {guard})
        assert issue.etat is None
        assert issue.raisons == (GUARDS[guard],)


def test_une_garde_inconnue_est_un_refus(monkeypatch):
    monkeypatch.delitem(GUARDS, "motif-ecrit")
    assert attempt(Etat.SOUMIS, Acte.REFUSER, ALL_GUARDS).etat is None


def test_un_etat_et_un_acte_n_ont_qu_une_transition():
    pairs = [(item.acte, etat) for item in TRANSITIONS for etat in item.de]
    assert len(pairs) == len(set(pairs))


def test_toutes_les_gardes_de_la_table_ont_une_phrase():
    assert {guard for item in TRANSITIONS for guard in item.gardes} == set(GUARDS)


def test_ce_qu_on_peut_faire_vient_de_la_meme_table():
    offered = acts(Etat.SOUMIS, ALL_GUARDS)
    assert {acte for acte, issue in offered.items() if issue.etat} == {Acte.APPROUVER, Acte.CORRIGER, Acte.REFUSER}
    assert set(offered) == set(HUMAN)


def test_une_etape_a_validation_n_est_acquise_que_validee():
    assert [etat for etat in Etat if passed(etat, "diagnostic")] == [Etat.VALIDE]
    assert [etat for etat in Etat if passed(etat, None)] == [Etat.PRODUIT, Etat.VALIDE]
