"""À qui c’est le tour, le sait : un courrier par personne et par tour, avec ce qu’il faut pour agir."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from nr_models.dossier.case import Manquant
from nr_models.dossier.registre import Collectivite, Entree, Personne
from nr_models.dossier.retours.appel import plan_appels, waits_for_others
from nr_models.dossier.retours.envoi import Envoi, Support
from nr_models.stages import BY_SLUG
from nr_models.tables import Outbox
from nr_models.values.roles import Role
from tasks.mail.letters import write_letter
from tasks.mail.smtp import Lettre
from tests.support.parcours import AVEC_DG, Depart, Terrain


def lettres(terrain: Terrain, *kinds: str) -> list[Lettre]:
    """Les courriers de ces sortes qui partiraient maintenant ; rendus comme on les lit."""
    with terrain.workspace.reading() as session:
        rows = session.exec(select(Outbox).order_by(Outbox.id)).all()  # type: ignore[arg-type]
        found = [write_letter(terrain.workspace, session, row) for row in rows if row.kind in kinds]
    return [item._replace(texte=item.texte.replace("\u00a0", " ")) for item in found if item]


def pieces(lettre: Lettre) -> list[str]:
    return [item.nom for item in lettre.pieces]


def jusqu_au_vote(terrain: Terrain) -> None:
    for role in (Role.DG, Role.ELU_SPONSOR):
        assert terrain.decide("preselect", terrain.person(role)).accepted
    terrain.run()
    assert terrain.etats()["prioritise"] == "attend_saisies"


def test_chaque_votant_recoit_son_bulletin_et_la_date(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    jusqu_au_vote(terrain)
    votants = {item.mail for item in terrain.entree.holders(Role.VOTANT)}
    found = [item for item in lettres(terrain, "saisie") if "bulletin" in item.sujet]
    assert {item.mail for item in found} == votants
    assert len(found) == len(votants) > 1
    for lettre in found:
        [bulletin] = pieces(lettre)
        assert bulletin.startswith("bulletin-")
        assert lettre.pieces[0].contenu == (terrain.produits("prioritise") / bulletin).read_bytes()
        assert "à rendre pour le" in lettre.texte
        assert "inviter" not in lettre.texte
        assert " nr " not in lettre.texte  # on n’apprend pas une commande à qui vote


def test_redit_a_chaque_lancement_un_tour_ne_fait_qu_un_courrier(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    jusqu_au_vote(terrain)
    before = terrain.outbox("saisie")
    terrain.run()
    terrain.play()  # les bulletins arrivent un à un
    terrain.run()
    assert terrain.outbox("saisie")[: len(before)] == before
    assert len({json.dumps(item, sort_keys=True) for item in terrain.outbox("saisie")}) == len(terrain.outbox("saisie"))


def test_qui_a_rendu_avant_le_depart_du_courrier_n_est_plus_sollicite(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    jusqu_au_vote(terrain)
    terrain.play()
    terrain.run()
    assert not [item for item in lettres(terrain, "saisie") if "bulletin" in item.sujet]


def test_le_referent_recoit_le_classeur_de_preselection(depart: Depart) -> None:
    terrain = depart("restitute", AVEC_DG)
    assert terrain.decide("restitute", terrain.person(Role.DG)).accepted
    terrain.run()
    [lettre] = [item for item in lettres(terrain, "saisie") if "présélection" in item.sujet]
    assert lettre.mail == terrain.person(Role.REFERENT)
    assert pieces(lettre) == ["preselection.xlsx"]
    assert f"« {terrain.programme.slug}/{terrain.dossier.slug} »" in lettre.texte


def test_a_la_collecte_le_referent_seul_est_ecrit_et_sait_qui_inviter(depart: Depart) -> None:
    terrain = depart("collect")
    for path in terrain.recus.iterdir():
        path.unlink()
    terrain.run()
    [lettre] = lettres(terrain, "saisie")
    assert lettre.mail == terrain.person(Role.REFERENT)
    assert pieces(lettre) == sorted({"contexte.xlsx", "inventaire.xlsx", *pieces(lettre)})
    assert "calendrier.xlsx" in lettre.texte
    for person in terrain.entree.holders(Role.INTERLOCUTEUR):
        assert person.mail == lettre.mail or person.nom in lettre.texte


def test_tout_est_la_et_le_referent_l_apprend(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    jusqu_au_vote(terrain)
    assert lettres(terrain, "retours-complets") == []
    terrain.play()
    terrain.run()
    assert terrain.etats()["prioritise"] == "soumis"
    found = [item for item in lettres(terrain, "retours-complets") if "Priorisation" in item.sujet]
    assert sorted(item.mail for item in found) == sorted(item.mail for item in terrain.entree.holders(Role.REFERENT))


@pytest.mark.parametrize(
    ("verdict", "debut", "phrase"),
    [
        ("approuver", "Validé :", "« Présélection » se prépare"),
        ("reserves", "Validé :", "« Attention au calendrier. »"),
        ("corriger", "À corriger :", "« Attention au calendrier. »"),
        ("refuser", "Refusé :", "Le dossier s’arrête là"),
    ],
)
def test_le_referent_apprend_comment_une_validation_finit(
    depart: Depart, verdict: str, debut: str, phrase: str
) -> None:
    terrain = depart("restitute", AVEC_DG)
    dg, comment = terrain.person(Role.DG), "" if verdict == "approuver" else "Attention au calendrier."
    assert terrain.decide("restitute", dg, verdict, comment).accepted
    found = {item.mail: item for item in lettres(terrain, "issue") if "restitution" in item.sujet}
    lettre = found[terrain.person(Role.REFERENT)]
    assert lettre.sujet.replace("\u00a0", " ").startswith(debut)
    assert phrase in lettre.texte
    assert next(item.nom for item in terrain.entree.personnes if item.mail == dg) in lettre.texte
    assert dg not in found  # qui a décidé a son reçu
    equipe = {item.mail for item in terrain.entree.holders(Role.EQUIPE_PROGRAMME)}
    assert (equipe <= found.keys()) == (verdict == "refuser" or not equipe)


def test_qui_decide_recoit_les_documents_sur_lesquels_il_decide(depart: Depart) -> None:
    terrain = depart("restitute", AVEC_DG)
    [lettre] = [item for item in lettres(terrain, "avis-ouverture") if "restitution" in item.sujet]
    assert lettre.mail == terrain.person(Role.DG)
    assert pieces(lettre) == ["restitution.pptx"]
    assert "est joint : restitution.pptx." in lettre.texte
    assert lettre.pieces[0].contenu == (terrain.produits("restitute") / "restitution.pptx").read_bytes()


def test_un_document_prive_ne_part_jamais_avec_une_validation(depart: Depart) -> None:
    for stage in ("score", "prioritise"):
        sent = [nom for item in lettres(depart(stage, AVEC_DG), "avis-ouverture") for nom in pieces(item)]
        assert sent
        assert not [nom for nom in sent if BY_SLUG[stage].hides(nom)]
        assert "resultat.json" not in sent


REFERENTE, ANA, BOB = "r@ville.example", "ana@ville.example", "bob@ville.example"
ENTREE = Entree(
    collectivite=Collectivite(slug="ville", nom="Ville", nature="commune", siren="200000172"),
    personnes=(
        Personne(mail=REFERENTE, nom="Rita", roles=(Role.REFERENT,)),
        Personne(mail=ANA, nom="Ana", roles=(Role.VOTANT,)),
        Personne(mail=BOB, nom="Bob", roles=(Role.VOTANT,)),
    ),
)
gens = st.sampled_from(["", REFERENTE, ANA, BOB, "x@y.fr"])
dus = st.lists(st.builds(Manquant, quoi=st.just("bulletin"), personne=gens))


@given(dus=dus, tour=st.integers(1, 9))
def test_un_courrier_par_personne_qui_doit_quelque_chose_et_par_tour(dus: list[Manquant], tour: int) -> None:
    envoi = Envoi(supports={"bulletin-ana.xlsx": Support(type="bulletin", pour="ana-ville-example", tour=tour)})
    found = plan_appels(BY_SLUG["prioritise"], ENTREE, envoi, dus)
    owners = {item.personne or REFERENTE for item in dus} - {"x@y.fr"}
    assert found == {mail: tour if mail == ANA else 1 for mail in sorted(owners)}
    assert set(plan_appels(BY_SLUG["collect"], ENTREE, envoi, dus)) == ({REFERENTE} if dus else set())


@given(dus=dus)
def test_on_n_apprend_que_tout_est_la_que_si_d_autres_devaient(dus: list[Manquant]) -> None:
    owed = {item.personne or REFERENTE for item in dus}
    assert waits_for_others(ENTREE, dus) == bool(owed - {REFERENTE})
