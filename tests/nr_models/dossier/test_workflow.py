"""La vie d’une étape : ce que la table laisse arriver, à qui, et rien d’autre."""

from itertools import product

import pytest

from nr_models.dossier.workflow import (
    CONTENT,
    DELEGANT,
    GUARDS,
    HUMAN,
    PERMISSIONS,
    SIEGE,
    TOUS,
    TRANSITIONS,
    VOIX,
    Acte,
    Etat,
    Permission,
    Transition,
    acts,
    attempt,
    entitled,
    find_transition,
    passed,
    permit,
)
from nr_models.values.roles import Role

ALL_GUARDS = frozenset(GUARDS)
HATS = (*TOUS, SIEGE, VOIX, DELEGANT)
ALL_HATS = frozenset(HATS)
FAITS = {item.acte for item in TRANSITIONS}
SUR_LE_DOSSIER = {item.acte for item in PERMISSIONS}

_APRES_COUP = (Acte.REPRENDRE, Acte.LAISSER)
LIBRES = {
    Etat.A_VENIR: (),
    Etat.ATTEND_SAISIES: (*_APRES_COUP, Acte.CLORE, Acte.ACCEPTER, Acte.LIRE),
    Etat.PRODUIT: (*_APRES_COUP, Acte.ACCEPTER, Acte.LIRE),
    Etat.SOUMIS: (
        *_APRES_COUP,
        Acte.ACCEPTER,
        Acte.APPROUVER,
        Acte.CORRIGER,
        Acte.REFUSER,
        Acte.RETIRER,
        Acte.AVISER,
        Acte.DIFFUSER,
        Acte.LIRE,
    ),
    Etat.VALIDE: (*_APRES_COUP, Acte.ROUVRIR, Acte.DIFFUSER, Acte.LIRE),
    Etat.A_CORRIGER: (*_APRES_COUP, Acte.ACCEPTER, Acte.RESOUMETTRE, Acte.ROUVRIR, Acte.LIRE),
    Etat.REFUSE: (Acte.ACCEPTER, Acte.ROUVRIR, Acte.LIRE),
    Etat.OBSOLETE: (*_APRES_COUP, Acte.ACCEPTER, Acte.LIRE),
    Etat.ROUVERT: (*_APRES_COUP, Acte.ACCEPTER, Acte.LIRE),
}
"""Ce que l’on peut faire dans chaque état, écrit une seconde fois : changer la table doit être voulu."""


def subsets(guards):
    """Tous les ensembles de ces gardes."""
    return (
        frozenset(guard for guard, kept in zip(guards, picks, strict=True) if kept)
        for picks in product((True, False), repeat=len(guards))
    )


def test_chaque_etat_chaque_acte_chaque_role_et_chaque_garde():
    tried = 0
    for etat, acte, hat in product(Etat, Acte, (None, *HATS)):
        row, roles = find_transition(etat, acte), frozenset({hat} if hat else ())
        entitled = row is not None and (not row.par or hat in row.par)
        for facts in subsets(row.gardes if row else ()):
            issue = attempt(etat, acte, facts, roles)
            allowed = row is not None and entitled and facts == frozenset(row.gardes)
            assert (issue.etat is not None) == allowed, (etat, acte, hat, facts)
            assert bool(issue.raisons) != allowed
            tried += 1
    assert tried > len(Etat) * len(Acte) * len(HATS)


def test_chaque_acte_sur_un_dossier_chaque_role_et_chaque_garde():
    for acte, hat in product(Acte, (None, *HATS)):
        row = next((item for item in PERMISSIONS if item.acte is acte), None)
        for facts in subsets(row.gardes if row else ()):
            allowed = row is not None and hat in row.par and facts == frozenset(row.gardes)
            assert (permit(acte, facts, frozenset({hat} if hat else ())) == ()) == allowed


def test_le_droit_sur_un_dossier_vient_de_la_meme_table():
    for acte, hat in product(Acte, HATS):
        row = next((item for item in PERMISSIONS if item.acte is acte), None)
        assert entitled(acte, [hat]) == (row is not None and hat in row.par)
    assert not entitled(Acte.EFFACER, ["pape"])


@pytest.mark.parametrize("etat", Etat)
def test_ce_que_les_gens_peuvent_faire_dans_chaque_etat_est_voulu(etat):
    offered = acts(etat, ALL_GUARDS, ALL_HATS)
    assert {acte for acte, issue in offered.items() if issue.etat} == set(LIBRES[etat])
    assert set(offered) == set(HUMAN)


@pytest.mark.parametrize("transition", TRANSITIONS, ids=lambda item: item.acte)
def test_chaque_garde_absente_refuse_l_acte_et_dit_pourquoi(transition):
    for guard in transition.gardes:
        issue = attempt(transition.de[0], transition.acte, ALL_GUARDS - {guard}, ALL_HATS)
        assert issue.etat is None
        assert issue.raisons == (GUARDS[guard],)


def test_un_acte_ne_laisse_l_etape_ou_elle_est_que_si_la_table_le_dit():
    for item, etat in ((row, etat) for row in TRANSITIONS for etat in row.de):
        assert attempt(etat, item.acte, ALL_GUARDS, ALL_HATS).etat is (item.vers or etat)


def test_une_garde_inconnue_est_un_refus(monkeypatch):
    monkeypatch.delitem(GUARDS, "motif-ecrit")
    assert attempt(Etat.SOUMIS, Acte.REFUSER, ALL_GUARDS, ALL_HATS).etat is None


def test_une_garde_que_la_table_invente_est_un_refus(monkeypatch):
    rows = (Transition(Acte.CLORE, (Etat.PRODUIT,), None, TOUS, ("lune-pleine",)),)
    monkeypatch.setattr("nr_models.dossier.workflow.TRANSITIONS", rows)
    assert attempt(Etat.PRODUIT, Acte.CLORE, {"lune-pleine"}, ALL_HATS).etat is None


def test_un_role_inconnu_est_un_refus_meme_si_la_table_le_nomme(monkeypatch):
    assert attempt(Etat.VALIDE, Acte.LIRE, ALL_GUARDS, {"pape"}).etat is None
    monkeypatch.setattr("nr_models.dossier.workflow._PSEUDO", {"pape": "le pape"})
    rows = (Transition(Acte.LIRE, (Etat.VALIDE,), None, ("pape",)),)
    monkeypatch.setattr("nr_models.dossier.workflow.TRANSITIONS", rows)
    assert attempt(Etat.VALIDE, Acte.LIRE, ALL_GUARDS, {"pape"}).etat is None


@pytest.mark.parametrize("acte", sorted(set(Acte) - SUR_LE_DOSSIER))
def test_un_acte_que_le_dossier_ne_connait_pas_est_refuse(acte):
    assert permit(acte, ALL_GUARDS, ALL_HATS)


def test_un_etat_et_un_acte_n_ont_qu_une_transition():
    pairs = [(item.acte, etat) for item in TRANSITIONS for etat in item.de]
    assert len(pairs) == len(set(pairs))
    assert set(Acte) == FAITS | SUR_LE_DOSSIER
    assert not FAITS & SUR_LE_DOSSIER


def test_la_table_ne_nomme_que_des_roles_et_des_gardes_connus():
    rows: tuple[Transition | Permission, ...] = (*TRANSITIONS, *PERMISSIONS)
    assert {guard for item in rows for guard in item.gardes} == set(GUARDS)
    assert {role for item in rows for role in item.par} <= ALL_HATS
    assert set(GUARDS) >= CONTENT


def test_un_lecteur_ne_fait_que_lire_et_seulement_ce_qui_est_valide():
    done = {
        (etat, acte)
        for etat in Etat
        for acte, issue in acts(etat, ALL_GUARDS, {Role.LECTEUR.value}).items()
        if issue.etat
    }
    assert done == {(Etat.VALIDE, Acte.LIRE)}


def test_une_etape_a_validation_n_est_acquise_que_validee():
    assert [etat for etat in Etat if passed(etat, "diagnostic")] == [Etat.VALIDE]
    assert [etat for etat in Etat if passed(etat, None)] == [Etat.PRODUIT, Etat.VALIDE]
