"""Who decides at a gate, in whose stead, and what several decisions make together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_models.gates import Ouverture, Verdict, Voix, awaited, blocked, outcome, plan_seats, seats_of
from nr_models.referentiel import Validation
from nr_models.registre import Collectivite, Entree, Personne
from nr_models.roles import Role
from tasks.referentiel import find_folder, load_referentiel

CHAINE = load_referentiel(find_folder()).validation
SELECTION = CHAINE.find("selection")
FEUILLE = CHAINE.find("feuille-de-route")
DIAGNOSTIC = CHAINE.find("diagnostic")
RESTITUTION = CHAINE.find("restitution")


def dossier(**people):
    """A dossier with these people: name=(roles)."""
    return Entree(
        collectivite=Collectivite(slug="ville", siren="213500019", nom="Ville", nature="commune"),
        personnes=tuple(
            Personne(mail=f"{name}@ville.example", nom=name, roles=tuple(Role(role) for role in roles))
            for name, roles in people.items()
        ),
    )


def voix(siege, verdict="approuver", personne="x"):
    return Voix(siege=siege, personne=personne, verdict=Verdict(verdict))


def test_chaque_role_de_la_chaine_a_son_siege():
    seats = plan_seats(SELECTION, CHAINE, dossier(dg=["dg"], elu=["elu-sponsor"]))
    assert [(seat.role, seat.personnes) for seat in seats] == [
        ("dg", ("dg@ville.example",)),
        ("elu-sponsor", ("elu@ville.example",)),
    ]


def test_une_commune_sans_dg_passe_a_l_elu_et_c_est_dit():
    seats = plan_seats(SELECTION, CHAINE, dossier(elu=["elu-sponsor"], ref=["referent"]))
    assert seats[0].suppleance
    assert seats[0].tenu_par == "elu-sponsor"
    assert seats[0].libelle == "élu sponsor (supplée : direction générale)"


def test_sans_suppleant_la_validation_dit_qu_elle_est_bloquee():
    seats = plan_seats(SELECTION, CHAINE, dossier(ref=["referent"]))
    assert "direction générale" in blocked(seats)
    assert blocked(plan_seats(DIAGNOSTIC, CHAINE, dossier(ref=["referent"]))) is None


def test_personne_ne_valide_seul_ce_qu_il_a_fait():
    seats = plan_seats(RESTITUTION, CHAINE, dossier(seule=["referent", "dg"], temoin=["equipe-programme"]))
    assert [seat.temoin for seat in seats] == [False, True]
    assert outcome(RESTITUTION, seats, [voix("dg")]) is Ouverture.OUVERTE
    assert outcome(RESTITUTION, seats, [voix("dg"), voix("temoin")]) is Ouverture.APPROUVEE


def test_un_temoin_introuvable_bloque_la_validation():
    assert "témoin" in blocked(plan_seats(RESTITUTION, CHAINE, dossier(seule=["referent", "dg"])))


def test_le_referent_valide_son_diagnostic_sans_temoin():
    assert len(plan_seats(DIAGNOSTIC, CHAINE, dossier(ref=["referent"]))) == 1


def test_la_regle_all_attend_chaque_role():
    seats = plan_seats(SELECTION, CHAINE, dossier(dg=["dg"], elu=["elu-sponsor"]))
    assert outcome(SELECTION, seats, [voix("elu-sponsor")]) is Ouverture.OUVERTE
    assert [seat.role for seat in awaited(SELECTION, seats, [voix("elu-sponsor")])] == ["dg"]
    assert outcome(SELECTION, seats, [voix("elu-sponsor"), voix("dg", "reserves")]) is Ouverture.APPROUVEE


def test_avec_un_ordre_l_elu_attend_la_dg():
    seats = plan_seats(FEUILLE, CHAINE, dossier(dg=["dg"], elu=["elu-sponsor"]))
    free = awaited(FEUILLE, seats, [])
    assert [seat.role for seat in free] == ["dg"]
    assert seats_of("elu@ville.example", free) == ()


@pytest.mark.parametrize(("verdict", "expected"), [("refuser", Ouverture.REFUSEE), ("corriger", Ouverture.A_CORRIGER)])
def test_un_seul_refus_ou_une_seule_correction_suffit(verdict, expected):
    seats = plan_seats(SELECTION, CHAINE, dossier(dg=["dg"], elu=["elu-sponsor"]))
    assert outcome(SELECTION, seats, [voix("dg"), voix("elu-sponsor", verdict)]) is expected


@given(st.integers(1, 4), st.integers(1, 4), st.data())
def test_n_sur_m_s_ouvre_a_n_approbations_exactement(n, m, data):
    roles = ("referent", "dg", "elu-sponsor", "responsable")[:m]
    rule = Validation(gate="x", nom="x", roles=roles, regle="n", n=min(n, m), jours_ouvres=1)
    seats = plan_seats(rule, CHAINE, dossier(**{role.replace("-", ""): [role] for role in roles}))
    said = data.draw(st.lists(st.sampled_from(roles), unique=True))
    result = outcome(rule, seats, [voix(role) for role in said])
    assert (result is Ouverture.APPROUVEE) == (len(said) >= rule.n)


def test_le_silence_n_approuve_jamais():
    for validation in CHAINE.validations:
        seats = plan_seats(validation, CHAINE, dossier(dg=["dg"], elu=["elu-sponsor"], ref=["referent"]))
        assert outcome(validation, seats, []) is Ouverture.OUVERTE
