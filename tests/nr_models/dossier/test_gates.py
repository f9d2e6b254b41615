"""Qui décide à une validation, à la place de qui, et ce que plusieurs décisions font ensemble."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nr_models.dossier.delegation import Delegation
from nr_models.dossier.gates import DecisionDeSiege, Ouverture, Verdict, awaited, blocked, outcome, plan_seats, seats_of
from nr_models.dossier.registre import Collectivite, Entree, Personne
from nr_models.referentiel.circuit import Validation
from nr_models.values.roles import Role
from tasks.referentiel.load import find_folder, load_referentiel

CHAINE = load_referentiel(find_folder()).validation
SELECTION = CHAINE.find("selection")
FEUILLE = CHAINE.find("feuille-de-route")
DIAGNOSTIC = CHAINE.find("diagnostic")
RESTITUTION = CHAINE.find("restitution")


def dossier(**people):
    """Un dossier avec ces personnes : nom=(rôles)."""
    return Entree(
        collectivite=Collectivite(slug="ville", siren="213500019", nom="Ville", nature="commune"),
        personnes=tuple(
            Personne(mail=f"{name}@ville.example", nom=name, roles=tuple(Role(role) for role in roles))
            for name, roles in people.items()
        ),
    )


def voix(siege, verdict="approuver", personne="x"):
    return DecisionDeSiege(siege=siege, personne=personne, verdict=Verdict(verdict))


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
    assert "direction générale" in blocked(SELECTION, seats)
    assert blocked(DIAGNOSTIC, plan_seats(DIAGNOSTIC, CHAINE, dossier(ref=["referent"]))) is None


def test_personne_ne_valide_seul_ce_qu_il_a_fait():
    seats = plan_seats(RESTITUTION, CHAINE, dossier(seule=["referent", "dg"], temoin=["equipe-programme"]))
    assert [seat.temoin for seat in seats] == [False, True]
    assert outcome(RESTITUTION, seats, [voix("dg")]) is Ouverture.OUVERTE
    assert outcome(RESTITUTION, seats, [voix("dg"), voix("temoin")]) is Ouverture.APPROUVEE


def test_un_temoin_introuvable_bloque_la_validation():
    assert "témoin" in blocked(RESTITUTION, plan_seats(RESTITUTION, CHAINE, dossier(seule=["referent", "dg"])))


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


def test_un_role_obligatoire_doit_etre_parmi_les_n():
    roles = ("referent", "dg", "elu-sponsor")
    rule = Validation(gate="x", nom="x", roles=roles, regle="n", n=2, requis=("dg",), jours_ouvres=1)
    seats = plan_seats(rule, CHAINE, dossier(ref=["referent"], dg=["dg"], elu=["elu-sponsor"]))
    assert outcome(rule, seats, [voix("referent"), voix("elu-sponsor")]) is Ouverture.OUVERTE
    assert [seat.role for seat in awaited(rule, seats, [voix("referent"), voix("elu-sponsor")])] == ["dg"]
    assert outcome(rule, seats, [voix("dg"), voix("elu-sponsor")]) is Ouverture.APPROUVEE


def test_un_siege_vide_ne_bloque_que_s_il_le_faut():
    alone = dossier(seule=["responsable"])
    pair = ("responsable", "contributeur")
    any_of, all_of = (Validation(gate="x", nom="x", roles=pair, regle=rule, jours_ouvres=1) for rule in ("any", "all"))
    needs = any_of.model_copy(update={"requis": ("contributeur",)})
    assert blocked(any_of, plan_seats(any_of, CHAINE, alone)) is None
    assert "contributeur" in blocked(all_of, plan_seats(all_of, CHAINE, alone))
    assert "contributeur" in blocked(needs, plan_seats(needs, CHAINE, alone))


def test_dans_l_ordre_un_siege_que_personne_ne_tient_ne_retient_pas_les_autres():
    rule = Validation(gate="x", nom="x", roles=("contributeur", "responsable"), regle="any", ordre=True, jours_ouvres=1)
    seats = plan_seats(rule, CHAINE, dossier(seule=["responsable"]))
    assert [seat.role for seat in awaited(rule, seats, [])] == ["responsable"]


# Par délégation


def confie(delegant, delegataire, role="dg"):
    """Une délégation en vigueur entre deux personnes du dossier, par leur nom."""
    giver, taker = f"{delegant}@ville.example", f"{delegataire}@ville.example"
    return Delegation(id=1, role=role, delegant=giver, delegataire=taker, du="2026-01-01", au="2026-12-31")


def pour(siege, personne, delegant=""):
    mails = (f"{name}@ville.example" if name else "" for name in (personne, delegant))
    return DecisionDeSiege(
        siege=siege, verdict=Verdict.APPROUVER, **dict(zip(("personne", "delegant"), mails, strict=True))
    )


PERSONNES = {"dg": ["dg"], "ref": ["referent"], "adjoint": ["contributeur"], "equipe": ["equipe-programme"]}


def test_un_delegataire_siege_a_cote_de_qui_delegue():
    [seat] = plan_seats(RESTITUTION, CHAINE, dossier(**PERSONNES), [confie("dg", "adjoint")])
    assert seat.decideurs == ("dg@ville.example", "adjoint@ville.example")
    assert seat.find_delegation("adjoint@ville.example").delegant == "dg@ville.example"
    assert seat.find_delegation("dg@ville.example") is None


def test_le_referent_qui_decide_seul_par_delegation_appelle_un_temoin():
    people, powers, voices = dossier(**PERSONNES), [confie("dg", "ref")], [pour("dg", "ref", "dg")]
    before = plan_seats(RESTITUTION, CHAINE, people, powers)
    after = plan_seats(RESTITUTION, CHAINE, people, powers, voices)
    assert [seat.temoin for seat in (*before, *after)] == [False, False, True]
    assert outcome(RESTITUTION, after, voices) is Ouverture.OUVERTE
    assert awaited(RESTITUTION, after, voices)[0].decideurs == ("equipe@ville.example",)
    voices.append(pour("temoin", "equipe"))
    assert outcome(RESTITUTION, plan_seats(RESTITUTION, CHAINE, people, powers, voices), voices) is Ouverture.APPROUVEE


def test_qui_decide_a_la_place_du_referent_ne_le_delivre_pas_du_temoin():
    people = dossier(seule=["referent", "dg"], adjoint=["contributeur"], equipe=["equipe-programme"])
    powers = [confie("seule", "adjoint")]
    seats = plan_seats(RESTITUTION, CHAINE, people, powers)
    assert [seat.temoin for seat in seats] == [False, True]
    assert seats_of("adjoint@ville.example", seats) == (seats[0],)


def test_le_referent_ne_devient_pas_temoin_de_lui_meme_par_delegation():
    people = dossier(seule=["referent", "dg"], equipe=["equipe-programme"])
    powers = [confie("equipe", "seule", "equipe-programme")]
    witness = plan_seats(RESTITUTION, CHAINE, people, powers)[-1]
    assert (witness.temoin, witness.decideurs) == (True, ("equipe@ville.example",))


def test_deux_roles_tenus_par_le_referent_appellent_un_temoin_meme_si_un_autre_aurait_pu_decider():
    people = dossier(ref=["referent", "dg", "elu-sponsor"], autre=["dg"], equipe=["equipe-programme"])
    both = [pour("dg", "ref"), pour("elu-sponsor", "ref")]
    seats = plan_seats(SELECTION, CHAINE, people, voices=both)
    assert outcome(SELECTION, seats, both) is Ouverture.OUVERTE
    shared = [pour("dg", "autre"), pour("elu-sponsor", "ref")]
    assert outcome(SELECTION, plan_seats(SELECTION, CHAINE, people, voices=shared), shared) is Ouverture.APPROUVEE


@given(st.data())
def test_a_une_validation_dg_ou_elu_un_referent_seul_n_approuve_jamais_rien(data):
    names = ("a", "b", "c")
    roles = st.lists(st.sampled_from(["referent", "dg", "elu-sponsor", "equipe-programme"]), unique=True)
    people = dossier(**{name: data.draw(roles) for name in names})
    pairs = [(x, y) for x in names for y in names if x != y]
    powers = [
        confie(giver, taker, role)
        for giver, taker in data.draw(st.lists(st.sampled_from(pairs), unique=True, max_size=2))
        for role in people.find(f"{giver}@ville.example").roles
    ]
    rule = data.draw(st.sampled_from([RESTITUTION, SELECTION, FEUILLE]))
    voices = []
    for name in data.draw(st.lists(st.sampled_from(names), max_size=6)):
        seats = plan_seats(rule, CHAINE, people, powers, voices)
        for seat in seats_of(f"{name}@ville.example", awaited(rule, seats, voices)):
            power = seat.find_delegation(f"{name}@ville.example")
            voices.append(pour(seat.role, name, power.delegant.partition("@")[0] if power else ""))
    if outcome(rule, plan_seats(rule, CHAINE, people, powers, voices), voices) is Ouverture.APPROUVEE:
        makers = {item.mail for item in people.holders("referent")}
        minds = {voice.delegant if voice.delegant in makers else voice.personne for voice in voices}
        assert len(minds) > 1 or not minds & makers


def test_le_silence_n_approuve_jamais():
    for validation in CHAINE.validations:
        seats = plan_seats(validation, CHAINE, dossier(dg=["dg"], elu=["elu-sponsor"], ref=["referent"]))
        assert outcome(validation, seats, []) is Ouverture.OUVERTE
