"""Avancer : jusqu’où, ce qui se refait, ce qui ne se refait pas, et ce qu’une décision devient."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.advance import advance_dossier
from nr_models.dossier.next import Arret
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_SLUG, STAGES
from nr_models.values.roles import Role
from tasks.demo.form import Form
from tasks.dossier.making import make
from tasks.programme.lieu import Lieu
from tasks.stages.collect.columns import DIAGNOSTIC
from tasks.stages.prioritise.columns import BULLETIN
from tasks.store.files import store_path
from tests.support.depot import ROOT
from tests.support.parcours import AVEC_DG, FIN, INCOMPLET, SANS_DG, Depart, Terrain

TRAME = "Trame Celine Sautereau.xlsx"
BULLETIN_DE_CELINE = "Bulletin - Celine Sautereau.xlsx"


def change_answer(form: Form) -> None:
    """La première réponse de la trame devient son contraire."""
    line = form.lines("Questions", DIAGNOSTIC)[0]
    form.type_row("Questions", DIAGNOSTIC, line.numero, {"reponse": 4 if line.textes["reponse"] != "4" else 0})


def change_every_answer(form: Form) -> None:
    for line in form.lines("Questions", DIAGNOSTIC):
        form.type_row("Questions", DIAGNOSTIC, line.numero, {"reponse": 4})


def change_comment(form: Form) -> None:
    form.type_row("Questions", DIAGNOSTIC, 1, {"commentaire": "Une nuance ajoutée après coup."})


def change_votes(form: Form) -> None:
    for line in form.lines("Bulletin", BULLETIN):
        said = line.textes["valeur"]
        form.type_row("Bulletin", BULLETIN, line.numero, {"valeur": 6 - int(said) if said.isdigit() else 5})


def approve(terrain: Terrain, stage: str) -> None:
    """Les personnes du simulacre décident, jusqu’à ce que l’étape soit validée."""
    terrain.play()
    assert terrain.etats()[stage] == Etat.VALIDE


# Jusqu’où


def test_un_dossier_neuf_avance_jusqu_a_sa_premiere_validation(depart: Depart) -> None:
    terrain = depart()
    made, halt = terrain.steps()
    assert made == ["collect envoi", "collect resultat", "score resultat"]
    assert (halt.why, halt.stage.slug, halt.made) == (Arret.VALIDATION, "score", 3)
    etats = terrain.etats()
    assert (etats["collect"], etats["score"], etats["restitute"]) == (Etat.PRODUIT, Etat.SOUMIS, Etat.A_VENIR)


def test_un_dossier_incomplet_attend_le_retour_qui_manque(depart: Depart) -> None:
    terrain = depart(slug=INCOMPLET)
    halt = terrain.run()
    assert (halt.why, halt.stage.slug) == (Arret.RETOURS, "collect")
    state = terrain.state("collect")
    assert state.etat == Etat.ATTEND_SAISIES
    assert state.raison.startswith("Attend ")
    assert (terrain.produits("collect") / "diagnostic.xlsx").is_file()
    assert not (terrain.produits("collect") / "resultat.json").exists()


def test_une_validation_arrete_le_dossier(depart: Depart) -> None:
    terrain = depart("score")
    made, halt = terrain.steps()
    assert (made, halt.why, halt.stage.slug, halt.made) == ([], Arret.VALIDATION, "score", 0)
    assert not terrain.produits("restitute").exists()


def test_sans_rien_pouvoir_produire_on_dit_ce_qui_est_a_faire(depart: Depart) -> None:
    terrain = depart()
    assert terrain.run(perform=None).why is Arret.A_FAIRE
    assert not terrain.shown()


def test_until_s_arrete_apres_l_etape_dite(depart: Depart) -> None:
    terrain = depart()
    halt = terrain.run(until="collect")
    assert (halt.why, halt.stage.slug) == (Arret.LIMITE, "collect")
    assert not terrain.produits("score").exists()
    assert terrain.run().stage.slug == "score"


def test_un_dossier_va_jusqu_au_bout_et_chaque_livrable_annonce_est_la(depart: Depart) -> None:
    terrain = depart(FIN)
    assert terrain.run().why is Arret.FIN
    assert set(terrain.etats().values()) == {Etat.VALIDE, Etat.PRODUIT}
    for stage in STAGES:
        for name in (*stage.supports, *stage.livrables, "resultat.json"):
            assert list(terrain.produits(stage.slug).glob(name)), name


def test_un_dossier_sans_dg_passe_par_l_elu_et_c_est_ecrit(depart: Depart) -> None:
    terrain = depart(FIN)
    assert not terrain.entree.holders(Role.DG)
    said = [item["donnees"] for item in terrain.events() if item["fait"] == "decide"]
    seats = {(item["siege"], item["role"]) for item in said if item["gate"] == "restitution"}
    assert seats == {("dg", "elu-sponsor")}


# Rien à refaire


@pytest.mark.parametrize("stage", ["score", "preselect", FIN])
def test_relancer_sans_changement_ne_fait_rien(depart: Depart, stage: str) -> None:
    terrain = depart(stage)
    terrain.run()
    before = (terrain.events(), terrain.instants(), terrain.etats())
    made, _ = terrain.steps()
    assert made == []
    assert (terrain.events(), terrain.instants(), terrain.etats()) == before


def test_un_fichier_touche_sans_changement_ne_refait_rien(depart: Depart) -> None:
    terrain = depart("score")
    for path in terrain.recus.iterdir():
        os.utime(path, ns=(1, 1))
    before = terrain.events()
    assert terrain.steps()[0] == []
    assert terrain.events() == before


def test_un_fichier_supprime_des_produits_y_revient(depart: Depart) -> None:
    terrain = depart("score")
    before = terrain.shown()
    events = terrain.events()
    (terrain.produits("score") / "score.xlsx").unlink()
    (terrain.produits("collect") / "diagnostic.xlsx").unlink()
    assert terrain.steps()[0] == ["collect envoi", "score resultat"]
    assert terrain.shown() == before
    assert terrain.events() == events
    assert terrain.etats()["score"] == Etat.SOUMIS


def test_un_fichier_modifie_est_remis_et_la_copie_de_la_personne_gardee(depart: Depart) -> None:
    terrain = depart("score")
    path = terrain.produits("score") / "score.xlsx"
    original = path.read_bytes()
    path.write_bytes(b"mes notes")
    terrain.run()
    assert path.read_bytes() == original
    [aside] = path.parent.glob("score (modifié *).xlsx")
    assert aside.read_bytes() == b"mes notes"
    assert terrain.steps()[0] == []


@pytest.mark.parametrize("dommage", ["perdu", "altere"])
def test_ce_que_la_reserve_a_perdu_est_refait_aux_memes_octets(depart: Depart, dommage: str) -> None:
    terrain = depart("score")
    before, events = terrain.shown(), terrain.events()
    seal = terrain.round("score").seal
    for folder in ("collect", "score"):
        for path in terrain.produits(folder).iterdir():
            path.unlink()
    for path in [item for item in terrain.workspace.settings.store.rglob("*") if item.is_file()]:
        if path.name != terrain.dossier.referentiel_digest:
            path.unlink() if dommage == "perdu" else path.write_bytes(b"x" * path.stat().st_size)
    terrain.run()
    assert terrain.shown() == before
    assert (terrain.events(), terrain.round("score").seal) == (events, seal)
    (terrain.produits("score") / "score.xlsx").unlink()
    terrain.run()
    assert terrain.shown() == before


def test_la_copie_modifiee_est_gardee_meme_quand_la_reserve_est_perdue(depart: Depart) -> None:
    terrain = depart("score")
    path = terrain.produits("score") / "score.xlsx"
    digest = json.loads(terrain.gates("score")[-1].digests)["score.xlsx"]
    store_path(terrain.workspace.settings, digest).unlink()
    original = path.read_bytes()
    path.write_bytes(b"mes notes")
    terrain.run()
    assert path.read_bytes() == original
    assert [item.read_bytes() for item in path.parent.glob("score (modifié *).xlsx")] == [b"mes notes"]


def test_le_referentiel_perdu_revient_tant_que_sa_version_est_la(depart: Depart) -> None:
    terrain = depart("score")
    path = store_path(terrain.workspace.settings, terrain.dossier.referentiel_digest)
    before = path.read_bytes()
    path.unlink()
    terrain.sync()
    assert path.read_bytes() == before


# Ce qui change


def test_une_reponse_changee_refait_la_collecte_et_le_score(depart: Depart) -> None:
    terrain = depart("score")
    old = terrain.round("score")
    terrain.edit(TRAME, change_answer)
    made, halt = terrain.steps()
    assert made == ["collect resultat", "score resultat"]
    assert halt.why is Arret.VALIDATION
    assert terrain.round("score").numero == old.numero + 1
    assert [gate.etat for gate in terrain.gates("score")] == ["obsolete", "ouverte"]
    assert terrain.kinds().count("soumis") == 2


def test_un_commentaire_seul_ne_change_pas_le_score_et_sa_decision_tient(depart: Depart) -> None:
    terrain = depart("restitute")
    old, gate = terrain.round("score"), terrain.gates("score")
    terrain.edit(TRAME, change_comment)
    assert terrain.reprendre("collect").accepted
    made, halt = terrain.steps()
    assert made[:2] == ["collect resultat", "score resultat"]
    assert (terrain.round("score").id, terrain.round("score").seal) == (old.id, old.seal)
    assert terrain.gates("score") == gate
    assert terrain.etats()["score"] == Etat.VALIDE
    assert halt.stage.slug == "restitute"


def test_une_decision_commencee_tient_quand_l_amont_ne_change_rien(depart: Depart) -> None:
    terrain = depart("preselect", AVEC_DG)
    assert terrain.decide("preselect", terrain.person(Role.DG)).accepted
    trame = next(path.name for path in sorted(terrain.recus.glob("*rame*.xlsx")))
    terrain.edit(trame, change_comment)
    assert terrain.reprendre("collect").accepted
    assert terrain.run().stage.slug in ("restitute", "preselect")
    if terrain.etats()["restitute"] == Etat.SOUMIS:  # son support cite ce qui a été dit : on le redemande d’abord
        assert terrain.decide("restitute", terrain.person(Role.DG)).accepted
        terrain.run()
    assert terrain.etats()["preselect"] == Etat.SOUMIS
    assert terrain.line().attend.personnes == (terrain.person(Role.ELU_SPONSOR),)  # type: ignore[union-attr]
    assert terrain.decide("preselect", terrain.person(Role.ELU_SPONSOR)).accepted
    assert terrain.etats()["preselect"] == Etat.VALIDE


def test_un_retour_change_apres_validation_ouvre_un_tour_visible(depart: Depart) -> None:
    terrain = depart("preselect")
    decided = terrain.gates("score")[-1]
    terrain.edit(TRAME, change_answer)
    assert terrain.reprendre("collect").accepted
    _, halt = terrain.steps()
    assert halt.stage.slug == "score"
    etats = terrain.etats()
    assert (etats["score"], etats["restitute"], etats["preselect"]) == (Etat.SOUMIS, Etat.OBSOLETE, Etat.OBSOLETE)
    old, fresh = terrain.gates("score")
    assert (old.id, old.etat, fresh.etat) == (decided.id, "obsolete", "ouverte")
    assert terrain.state("restitute").raison == "L’étape «\u00a0Collecte\u00a0» a changé."
    assert "obsolete" in terrain.kinds()
    assert terrain.line().attend.gate == "diagnostic"  # type: ignore[union-attr]
    assert not terrain.decide("restitute", terrain.person(Role.ELU_SPONSOR), "refuser", "Trop tôt.").accepted


def test_les_etapes_suivantes_sont_confirmees_ou_redemandees_selon_leur_resultat(depart: Depart) -> None:
    terrain = depart("fiche")
    seals = {stage: terrain.round(stage).seal for stage in ("restitute", "preselect", "prioritise")}
    terrain.edit(TRAME, change_answer)
    assert terrain.reprendre("collect").accepted
    terrain.run()
    approve(terrain, "score")
    for _ in range(6):
        halt = terrain.run()
        if halt.stage.slug == "fiche":
            break
        terrain.play()
    for stage, seal in seals.items():
        same = terrain.round(stage).seal == seal
        gates = terrain.gates(stage)
        assert [gate.etat for gate in gates] == (["approuvee"] if same else ["obsolete", "approuvee"]), stage
        confirmed = [e for e in terrain.events() if e["fait"] == "confirme" and e["donnees"]["stage"] == stage]
        assert bool(confirmed) == same, stage


def test_un_score_reconfirme_ne_redemande_rien_a_la_suite(depart: Depart) -> None:
    terrain = depart("roadmap")
    referent = terrain.person(Role.REFERENT)
    before = {stage: terrain.gates(stage) for stage in ("restitute", "preselect", "prioritise", "fiche", "roadmap")}
    assert terrain.reopen("score", referent).accepted
    assert set(list(terrain.etats().values())[2:]) == {Etat.OBSOLETE}
    assert terrain.run().stage.slug == "score"
    assert terrain.decide("score", referent).accepted
    made, halt = terrain.steps()
    assert (made, halt.stage.slug) == ([], "roadmap")
    assert {stage: terrain.gates(stage) for stage in before} == before
    assert terrain.kinds().count("confirme") == 4


def test_un_bulletin_change_apres_la_feuille_de_route_repasse_par_la_selection(depart: Depart) -> None:
    terrain = depart(FIN)
    terrain.run()
    terrain.edit(BULLETIN_DE_CELINE, change_votes)
    assert terrain.reprendre("prioritise").accepted
    made, halt = terrain.steps()
    assert (made, halt.stage.slug, halt.why) == (["prioritise resultat"], "prioritise", Arret.VALIDATION)
    assert terrain.etats()["roadmap"] == Etat.OBSOLETE
    assert terrain.gates("roadmap")[-1].etat == "approuvee"  # on ne le redemande que si son résultat change


def test_un_support_qui_dit_autre_chose_porte_le_tour_suivant(depart: Depart) -> None:
    terrain = depart("prioritise")
    sent = terrain.round("prioritise", "envoi")
    for trame in sorted(path.name for path in terrain.recus.glob("*rame*.xlsx")):
        terrain.edit(trame, change_every_answer)
    assert terrain.reprendre("collect").accepted
    for _ in range(6):
        if terrain.run().stage.slug == "prioritise":
            break
        terrain.play()
    again = terrain.round("prioritise", "envoi")
    assert (sent.numero, again.numero) == (1, 2)
    ballots = list(terrain.produits("prioritise").glob("bulletin-*.xlsx"))
    assert {Form(path.read_bytes()).mark()["tour"] for path in ballots} == {"2"}
    assert terrain.run().why is Arret.RETOURS  # les leviers nouveaux n’ont pas de voix : on les demande


def test_un_support_qui_dit_la_meme_chose_garde_son_tour(depart: Depart) -> None:
    terrain = depart("preselect")
    sent = terrain.round("preselect", "envoi")
    terrain.edit(TRAME, change_comment)
    assert terrain.reprendre("collect").accepted
    for _ in range(4):
        if terrain.run().stage.slug == "preselect":
            break
        terrain.play()
    assert terrain.round("preselect", "envoi").id == sent.id
    assert not [item for item in terrain.result("preselect")["anomalies"] if item["code"] == "tour-ancien"]


# Correction, refus, réouverture


def test_un_refus_arrete_le_dossier_jusqu_a_la_reouverture(depart: Depart) -> None:
    terrain = depart("restitute")
    assert terrain.decide("restitute", terrain.person(Role.ELU_SPONSOR), "refuser", "Pas prêt.").accepted
    terrain.edit(TRAME, change_comment)
    assert terrain.run().why is Arret.REFUS
    assert terrain.etats()["restitute"] == Etat.REFUSE
    assert terrain.reopen("restitute", terrain.person(Role.REFERENT)).accepted
    halt = terrain.run()
    assert (halt.why, halt.stage.slug) == (Arret.VALIDATION, "restitute")
    assert terrain.gates("restitute")[-1].asking >= 1
    assert terrain.decide("restitute", terrain.person(Role.ELU_SPONSOR)).accepted


def test_une_correction_attend_un_resultat_change(depart: Depart) -> None:
    terrain = depart("prioritise")
    elu = terrain.person(Role.ELU_SPONSOR)
    assert terrain.decide("prioritise", elu, "corriger", "Le vote de la DRH a été mal lu.").accepted
    assert terrain.run().why is Arret.CORRECTION
    assert terrain.steps()[0] == []
    assert terrain.state("prioritise").raison == "Correction demandée\u00a0: Le vote de la DRH a été mal lu."
    terrain.edit(BULLETIN_DE_CELINE, change_votes)
    halt = terrain.run()
    assert (halt.why, terrain.etats()["prioritise"]) == (Arret.VALIDATION, Etat.SOUMIS)
    assert [gate.etat for gate in terrain.gates("prioritise")] == ["obsolete", "ouverte"]


def test_retirer_puis_remettre_un_retour_ne_contourne_pas_une_correction(depart: Depart) -> None:
    terrain = depart("prioritise")
    assert terrain.decide("prioritise", terrain.person(Role.ELU_SPONSOR), "corriger", "À revoir.").accepted
    path = terrain.recus / BULLETIN_DE_CELINE
    content = path.read_bytes()
    path.unlink()
    assert terrain.run().why is Arret.CORRECTION
    assert terrain.etats()["prioritise"] == Etat.A_CORRIGER
    path.write_bytes(content)
    assert terrain.run().why is Arret.CORRECTION
    assert terrain.etats()["prioritise"] == Etat.A_CORRIGER


def test_une_reouverture_redemande_la_meme_chose_sous_un_autre_numero(depart: Depart) -> None:
    terrain = depart("restitute")
    assert terrain.reopen("score", terrain.person(Role.REFERENT)).accepted
    assert terrain.etats()["score"] == Etat.ROUVERT
    made, halt = terrain.steps()
    assert (made, halt.stage.slug) == ([], "score")
    assert [(gate.asking, gate.etat) for gate in terrain.gates("score")] == [(1, "obsolete"), (2, "ouverte")]
    assert terrain.gates("score")[0].seal == terrain.gates("score")[1].seal


# Depuis


def test_depuis_est_le_debut_de_l_etat_et_ne_bouge_plus(depart: Depart, monkeypatch: pytest.MonkeyPatch) -> None:
    terrain = depart(slug=INCOMPLET)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1760000000")
    terrain.run()
    since = terrain.state("collect").depuis
    assert since == "2025-10-09T08:53:20Z"
    assert terrain.line().attend.depuis == since  # type: ignore[union-attr]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1760086400")
    trame = next(iter(sorted(terrain.recus.glob("*rame*.xlsx"))))
    trame.unlink()
    terrain.run()
    assert len(terrain.line().attend.personnes) >= 1  # type: ignore[union-attr]
    assert terrain.state("collect").depuis == since


def test_l_attente_d_une_etape_survit_a_un_changement_sans_suite(
    depart: Depart, monkeypatch: pytest.MonkeyPatch
) -> None:
    terrain = depart("preselect")
    approve(terrain, "preselect")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1760000000")
    assert terrain.run().why is Arret.RETOURS
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1760086400")
    (terrain.recus / "brouillon.xlsx").write_text("ceci n’est pas un classeur")
    for _ in range(3):
        if terrain.run().stage.slug == "prioritise":
            break
        terrain.play()
    assert terrain.state("prioritise").etat == Etat.ATTEND_SAISIES
    assert terrain.state("prioritise").depuis == "2025-10-09T08:53:20Z"


# Plusieurs dossiers, plusieurs endroits


def test_un_dossier_en_echec_n_arrete_pas_les_autres(depart: Depart) -> None:
    terrain = depart()

    def perform(lieu: Lieu, standing: object, step: object) -> None:
        if lieu.dossier.slug == SANS_DG:
            raise OSError("disque plein")
        make(lieu, standing, step)  # type: ignore[arg-type]

    ended: dict[str, str] = {}
    for dossier in terrain.dossiers:
        try:
            ended[dossier.slug] = advance_dossier(Lieu(terrain.workspace, terrain.programme, dossier), perform).why
        except OSError:
            ended[dossier.slug] = "échec"
    assert ended == {AVEC_DG: "validation", SANS_DG: "échec", INCOMPLET: "retours"}
    failures = [item for item in terrain.events() if item["fait"] == "echec"]
    assert [(item["chain"], item["donnees"]) for item in failures] == [(terrain.cle, {"erreur": "OSError"})]
    assert terrain.run().why is Arret.VALIDATION


def test_l_horloge_d_une_execution_se_regle(depart: Depart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1760000000")
    terrain = depart()
    terrain.run()
    assert {item["at"] for item in terrain.events() if item["chain"] == terrain.cle} >= {"2025-10-09T08:53:20Z"}
    assert terrain.state("score").depuis == "2025-10-09T08:53:20Z"


def test_sans_reglage_l_horloge_est_celle_du_moment(depart: Depart, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    terrain = depart()
    terrain.run()
    since = datetime.strptime(terrain.state("score").depuis, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert abs(time.time() - since.timestamp()) < 300


AILLEURS = """
import sys
from pathlib import Path
from tests.support.parcours import FIN, new
terrain = new(Path(sys.argv[1]))
for _ in range(12):
    if terrain.run().why == FIN:
        break
    terrain.play()
"""


def test_deux_executions_separees_donnent_les_memes_octets(depart: Depart, tmp_path: Path) -> None:
    ici = depart(FIN)
    ici.run()
    place = tmp_path / "ailleurs"
    other = {"TZ": "Pacific/Kiritimati", "PYTHONHASHSEED": "7", "LC_ALL": "C", "SOURCE_DATE_EPOCH": "1"}
    subprocess.run(
        [sys.executable, "-W", "error", "-c", AILLEURS, str(place)],
        env={**os.environ, **other, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        umask=0o077,
        check=True,
    )
    la_bas = Terrain(place, SANS_DG)
    assert la_bas.shown() == ici.shown()
    assert {slug: la_bas.round(slug).seal for slug in BY_SLUG} == {slug: ici.round(slug).seal for slug in BY_SLUG}
    la_bas.workspace.close()
