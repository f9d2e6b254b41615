"""Les réserves : gardées dans l’état et la feuille de route, jusqu’à ce qu’on les lève en disant pourquoi."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from nr_models.dossier.case import Dite, list_standing
from nr_models.dossier.gates import Verdict
from nr_models.dossier.next import Arret
from nr_models.dossier.retours.suivi import Quoi
from nr_models.dossier.workflow import Etat
from nr_models.values.roles import Role
from portal.cli.main import nr
from tasks.acts.corrections import ask_correction
from tasks.acts.door import SuiteDonnee
from tasks.acts.reserves import lift
from tasks.trail.tables import check_tables
from tests.support.parcours import Depart, Terrain, essai

MOTS = "Revoir les achats avant la prochaine commande."


def lever(terrain: Terrain, numero: int, mail: str, motif: str = "Les achats sont revus.") -> SuiteDonnee:
    return lift(terrain.workspace, terrain.cle, numero, par=essai(mail), comment=motif)


def reserver(terrain: Terrain) -> int:
    """Approuver les fiches avec une réserve ; le numéro de celle-ci."""
    assert terrain.decide("fiche", terrain.person(Role.REFERENT), "reserves", MOTS).accepted
    return max(item.numero for item in terrain.line().reserves)


@pytest.mark.deux_bases
def test_une_reserve_reste_dans_l_etat_et_dans_les_points_durs_puis_se_leve(depart: Depart) -> None:
    terrain = depart("fiche")
    numero = reserver(terrain)
    terrain.run()
    assert MOTS in terrain.line().reserves[-1].ligne
    dits = [item["explication"] for item in terrain.result("roadmap")["points_durs"] if item["motif"] == "reserve"]
    assert [MOTS in item for item in dits].count(True) == 1

    assert not lever(terrain, numero, terrain.person(Role.REFERENT), "").accepted
    assert not lever(terrain, numero + 1000, terrain.person(Role.REFERENT)).accepted
    assert lever(terrain, numero, terrain.person(Role.REFERENT)).accepted
    assert not lever(terrain, numero, terrain.person(Role.REFERENT)).accepted
    assert numero not in [item.numero for item in terrain.line().reserves]
    assert terrain.run().stage.slug == "roadmap"
    assert MOTS not in str(terrain.result("roadmap"))
    assert terrain.kinds().count("leve") == 1
    assert check_tables(terrain.workspace) is None


def test_seuls_ceux_qui_menent_ou_decident_levent_une_reserve(depart: Depart) -> None:
    terrain = depart("fiche")
    numero = reserver(terrain)
    other = terrain.person(Role.REFERENT)
    terrain.give_roles({other: (Role.VOTANT,), "nouvelle@ville.fr": (Role.REFERENT,)})
    assert lever(terrain, numero, other).code.http == 403
    assert lever(terrain, numero, "nouvelle@ville.fr").accepted


def test_lever_une_reserve_apres_la_fin_ne_redemande_rien(depart: Depart) -> None:
    """La feuille de route validée dit toujours les réserves qu’elle disait."""
    terrain = depart("fiche")
    numero = reserver(terrain)
    for _ in range(4):
        if terrain.run().why is Arret.FIN:
            break
        terrain.play()
    assert terrain.etats()["roadmap"] == Etat.VALIDE
    before = terrain.shown()
    assert lever(terrain, numero, terrain.person(Role.REFERENT)).accepted
    assert terrain.run().why is Arret.FIN
    assert terrain.shown() == before


def dite(
    numero: int, siege: str = "dg", verdict: Verdict = Verdict.RESERVES, *, personne: int = 1, demande: int = 1
) -> Dite:
    return Dite(numero, (demande, personne), "fiches", siege, verdict, levee=False)


def test_la_derniere_parole_d_un_siege_remplace_la_precedente() -> None:
    first = dite(1)
    assert list_standing([first]) == (1,)
    assert list_standing([first, dite(2, "elu-sponsor", Verdict.APPROUVER, personne=2)]) == (1,)
    assert list_standing([first, dite(2, verdict=Verdict.APPROUVER, demande=2)]) == ()
    assert list_standing([first, dite(2, demande=2)]) == (2,)
    assert list_standing([first._replace(levee=True)]) == ()


def test_ce_qu_une_personne_dit_sur_deux_sieges_a_la_fois_est_une_reserve() -> None:
    both = [dite(1), dite(2, "elu-sponsor")]
    assert list_standing(both) == (1,)
    assert list_standing([both[0]._replace(levee=True), both[1]]) == ()
    assert list_standing([dite(1), dite(2, "elu-sponsor", personne=2)]) == (1, 2)


def test_un_retour_a_reprendre_est_dit_a_qui_approuve(depart: Depart, monkeypatch: pytest.MonkeyPatch) -> None:
    terrain = depart("fiche")
    referent = terrain.person(Role.REFERENT)
    asked = ask_correction(
        terrain.workspace,
        terrain.cle,
        referent,
        kind="fiches",
        quoi=Quoi.INCOMPLET,
        comment="Il manque le budget.",
        par=essai(referent),
    )
    assert asked.accepted
    monkeypatch.setenv("NR_OUTPUTS", str(terrain.place / "outputs"))
    assert "Il manque le budget." in CliRunner().invoke(nr, ["validation", "decider", terrain.cle, "fiches"]).output
    assert "Il manque le budget." in terrain.decide("fiche", referent).message
    (decided,) = [item for item in terrain.events() if item["donnees"].get("a_reprendre")]
    assert (decided["fait"], decided["donnees"]["a_reprendre"]) == ("decide", 1)


def test_l_etat_liste_les_reserves(depart: Depart, monkeypatch: pytest.MonkeyPatch) -> None:
    terrain = depart("fiche")
    numero = reserver(terrain)
    monkeypatch.setenv("NR_OUTPUTS", str(terrain.place / "outputs"))
    assert f"n° {numero}" in CliRunner().invoke(nr, ["etat", terrain.programme.slug]).output.replace("\u00a0", " ")
    reponse = CliRunner().invoke(
        nr,
        ["validation", "lever", terrain.cle, str(numero), "--par", terrain.person(Role.REFERENT), "--motif", "Fait."],
    )
    assert reponse.exit_code == 0
    assert f"n° {numero}" not in CliRunner().invoke(nr, ["etat", terrain.programme.slug]).output
