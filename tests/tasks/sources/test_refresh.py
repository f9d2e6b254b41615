"""Un inventaire relu à sa source : comparé, en vigueur au-delà d'un seuil ou par accord, et tout se retient."""

from __future__ import annotations

import json
import math
import os
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from prefect.client.schemas.schedules import CronSchedule
from sqlmodel import select

from flows.refresh import build_deployment
from flows.sources import refresh_due, refresh_programme
from nr_models.dossier.registre import Registre, Source
from nr_models.inventaire.refresh import EtatCandidat
from nr_models.tables import Candidate, Outbox, Reading
from nr_models.values.roles import Role
from portal.cli.main import nr
from tasks.acts.door import SuiteDonnee
from tasks.mail.letters import write_letter
from tasks.mail.smtp import Lettre
from tasks.programme.programmes import load_entree
from tasks.programme.workbook import render_registre
from tasks.sources.inventories import accept_candidates, list_candidates, list_sources
from tasks.sources.refresh import PARIS, Visite, is_cron, is_due
from tasks.store.settings import Settings
from tasks.trail import chain
from tests.flows.test_advance import TRAME, change_answer
from tests.support.mort import kill_at, run_through
from tests.support.parcours import FIN, Depart, Terrain, essai
from tests.support.sources import Serveur, serveur_http


@pytest.fixture
def serveur() -> Iterator[Serveur]:
    with serveur_http() as server:
        yield server


def parc(portables: int, ecrans: int = 0, annee: int = 2024) -> bytes:
    lines = [("Ordinateur portable", portables), ("Écran", ecrans)]
    rows = [f"{name};{count};{annee};Mairie" for name, count in lines if count]
    return "\n".join(["Catégorie;Quantité;Année d’achat;Site", *rows]).encode()


def inscrire(terrain: Terrain, *sources: Source) -> None:
    """Écrire les sources au registre, et permettre les adresses de cette machine."""
    entrees = tuple(load_entree(item) for item in terrain.dossiers)
    (terrain.place / "exemple" / "registre.xlsx").write_bytes(
        render_registre(Registre(entrees=entrees, sources=sources))
    )
    outputs = terrain.workspace.settings.outputs
    terrain.workspace.settings = Settings(outputs=outputs, sources_private=True, sources_seconds=20)
    terrain.sync()


def relire(terrain: Terrain) -> list[Visite]:
    return refresh_programme(terrain.workspace, terrain.programme)


def accepter(terrain: Terrain, role: Role = Role.REFERENT, *, beside: bool = False) -> SuiteDonnee:
    return accept_candidates(terrain.workspace, terrain.cle, par=essai(terrain.person(role)), beside=beside)


def unites(terrain: Terrain) -> int:
    """Ce que compte le score."""
    found: int = terrain.result("score")["inventaire"]["maitrisable"]["unites"]
    return found


def inventaires(terrain: Terrain) -> list[str]:
    with terrain.workspace.reading() as session:
        query = select(Reading.path).where(Reading.dossier_id == terrain.dossier.id, Reading.type == "inventaire")
        return sorted(session.exec(query))


@pytest.fixture
def terrain(depart: Depart, serveur: Serveur) -> Terrain:
    """Un dossier qui attend la validation du diagnostic, son inventaire rendu à la main, une source au registre."""
    found = depart("score")
    inscrire(found, Source(collectivite=found.slug, adresse=serveur.adresse("parc.csv"), cron="0 6 * * *"))
    return found


def en_vigueur(terrain: Terrain, serveur: Serveur, portables: int = 100) -> None:
    """Une première relecture, acceptée."""
    serveur.pages["parc.csv"] = parc(portables)
    relire(terrain)
    assert accepter(terrain).accepted
    terrain.run()
    assert unites(terrain) == portables


def test_une_premiere_relecture_ne_remplace_pas_un_inventaire_rendu_sans_accord(
    terrain: Terrain, serveur: Serveur
) -> None:
    before = unites(terrain)
    serveur.pages["parc.csv"] = parc(100)
    (found,) = relire(terrain)
    assert found.etat is EtatCandidat.CANDIDAT
    terrain.run()
    assert unites(terrain) == before
    assert accepter(terrain).accepted
    terrain.run()
    assert unites(terrain) == 100
    assert "inventaire-de-source" in {item["code"] for item in terrain.result("collect")["anomalies"]}
    assert not accepter(terrain).accepted


def test_un_inventaire_relu_peut_s_ajouter_a_ceux_qui_sont_rendus(terrain: Terrain, serveur: Serveur) -> None:
    before = unites(terrain)
    serveur.pages["parc.csv"] = parc(100)
    relire(terrain)
    assert accepter(terrain, beside=True).accepted
    terrain.run()
    assert unites(terrain) == before + 100


def test_seul_qui_mene_le_dossier_accepte(terrain: Terrain, serveur: Serveur) -> None:
    serveur.pages["parc.csv"] = parc(100)
    relire(terrain)
    assert not accepter(terrain, Role.ELU_SPONSOR).accepted
    assert len(terrain_candidates(terrain)) == 1


def terrain_candidates(terrain: Terrain) -> list[Candidate]:
    with terrain.workspace.reading() as session:
        return list_candidates(terrain.lieu.within(session))


def courriers(terrain: Terrain) -> list[Lettre | None]:
    with terrain.workspace.reading() as session:
        asked = session.exec(select(Outbox).where(Outbox.kind == "releve").order_by(Outbox.id)).all()  # type: ignore[arg-type]
        return [write_letter(terrain.workspace, session, row) for row in asked]


@pytest.mark.parametrize(
    ("portables", "ecart", "suite"),
    [
        (120, "20 arrivés", "attend votre accord"),
        (120, "20 arrivés", "- unités : 20"),
        (103, "3 arrivés", "sous les seuils de la méthode : il est entré en vigueur de lui-même"),
    ],
)
def test_le_referent_apprend_par_courrier_ce_qui_attend_ou_est_entre_en_vigueur(
    terrain: Terrain, serveur: Serveur, portables: int, ecart: str, suite: str
) -> None:
    en_vigueur(terrain, serveur)
    serveur.pages["parc.csv"] = parc(portables)
    relire(terrain)
    said = courriers(terrain)
    assert said[0] is None  # la première relecture a été acceptée, puis remplacée
    assert said[-1]
    assert said[-1].mail == terrain.person(Role.REFERENT)
    texte = said[-1].texte.replace("\u00a0", " ")
    assert ecart in texte
    assert suite in texte


def test_un_petit_ecart_entre_en_vigueur_et_un_grand_attend_un_accord(terrain: Terrain, serveur: Serveur) -> None:
    en_vigueur(terrain, serveur)
    serveur.pages["parc.csv"] = parc(103)
    (small,) = relire(terrain)
    assert (small.etat, small.depassements) == (EtatCandidat.EN_VIGUEUR, ())
    terrain.run()
    assert unites(terrain) == 103
    serveur.pages["parc.csv"] = parc(140)
    (large,) = relire(terrain)
    assert large.etat is EtatCandidat.CANDIDAT
    assert "unités" in {item.quoi for item in large.depassements}
    assert relire(terrain) == [large._replace(depassements=(), depuis=relire(terrain)[0].depuis)]  # il attend encore
    terrain.run()
    assert unites(terrain) == 103
    assert accepter(terrain).accepted
    terrain.run()
    assert unites(terrain) == 140


def test_une_categorie_qui_disparait_attend_un_accord_meme_sous_le_seuil(terrain: Terrain, serveur: Serveur) -> None:
    serveur.pages["parc.csv"] = parc(100, 1)
    relire(terrain)
    assert accepter(terrain).accepted
    serveur.pages["parc.csv"] = parc(100)
    (found,) = relire(terrain)
    assert found.etat is EtatCandidat.CANDIDAT
    assert found.difference
    assert any("catégorie" in item for item in found.difference.disparus)


def test_une_fois_le_diagnostic_decide_le_moindre_ecart_attend(depart: Depart, serveur: Serveur) -> None:
    terrain = depart("preselect")
    inscrire(terrain, Source(collectivite=terrain.slug, adresse=serveur.adresse("parc.csv")))
    serveur.pages["parc.csv"] = parc(100)
    relire(terrain)
    assert accepter(terrain).accepted
    serveur.pages["parc.csv"] = parc(101)
    assert relire(terrain)[0].etat is EtatCandidat.CANDIDAT


def test_accepter_un_inventaire_n_accepte_pas_le_questionnaire_venu_apres_coup(
    depart: Depart, serveur: Serveur
) -> None:
    terrain = depart("preselect")
    inscrire(terrain, Source(collectivite=terrain.slug, adresse=serveur.adresse("parc.csv"), cron="0 6 * * *"))
    terrain.edit(TRAME, change_answer)
    terrain.run()
    late = terrain.tardifs()
    en_vigueur(terrain, serveur)
    assert [item[0] for item in late] == ["collect"]
    assert terrain.tardifs() == late


def test_le_meme_contenu_ne_fait_rien(terrain: Terrain, serveur: Serveur) -> None:
    en_vigueur(terrain, serveur)
    events = terrain.kinds()
    (same,) = relire(terrain)
    serveur.pages["parc.csv"] = parc(100) + b"\n\n"
    (rewritten,) = relire(terrain)
    assert (same.etat, rewritten.etat, same.anomalie, rewritten.anomalie) == (None, None, None, None)
    assert terrain.kinds() == events
    assert terrain.steps()[0] == []


def test_un_ecart_annule_ne_laisse_pas_d_attente(terrain: Terrain, serveur: Serveur) -> None:
    en_vigueur(terrain, serveur)
    serveur.pages["parc.csv"] = parc(140)
    relire(terrain)
    assert len(terrain_candidates(terrain)) == 1
    serveur.pages["parc.csv"] = parc(100)
    relire(terrain)
    assert not terrain_candidates(terrain)


@pytest.mark.parametrize("page", [None, b"<html>Connexion</html>", parc(0), b"PK\x03\x04 tronque"])
def test_une_source_qui_ne_donne_pas_d_inventaire_laisse_le_precedent(
    terrain: Terrain, serveur: Serveur, page: bytes | None
) -> None:
    en_vigueur(terrain, serveur)
    serveur.pages.pop("parc.csv")
    if page is not None:
        serveur.pages["parc.csv"] = page
    first, second = (relire(terrain)[0] for _ in range(2))
    assert first.anomalie
    assert first.anomalie.code == ("source-muette" if page is None else "source-sans-inventaire")
    assert first.depuis
    assert second.anomalie == first.anomalie
    visits = [json.loads(json.dumps(item["donnees"])) for item in terrain.events() if item["fait"] == "releve"]
    assert [item["issue"] for item in visits].count("echec") == 1
    assert terrain.steps()[0] == []
    assert unites(terrain) == 100


def test_apres_la_feuille_de_route_le_releve_sert_au_suivi_et_ne_rouvre_rien(depart: Depart, serveur: Serveur) -> None:
    terrain = depart(FIN)
    inscrire(terrain, Source(collectivite=terrain.slug, adresse=serveur.adresse("parc.csv")))
    states = terrain.etats()
    serveur.pages["parc.csv"] = parc(500)
    (found,) = relire(terrain)
    assert found.etat is EtatCandidat.SUIVI
    assert terrain.steps()[0] == []
    assert terrain.etats() == states
    assert not accepter(terrain).accepted


def test_sans_autre_inventaire_la_premiere_relecture_entre_en_vigueur(depart: Depart, serveur: Serveur) -> None:
    terrain = depart("score")
    for path in inventaires(terrain):
        (terrain.recus / path).unlink()
    inscrire(terrain, Source(collectivite=terrain.slug, adresse=serveur.adresse("parc.csv")))
    terrain.run()
    serveur.pages["parc.csv"] = parc(42)
    (found,) = relire(terrain)
    assert found.etat is EtatCandidat.EN_VIGUEUR
    terrain.run()
    assert unites(terrain) == 42


def test_une_source_retiree_du_registre_rend_leur_place_aux_inventaires_rendus(
    terrain: Terrain, serveur: Serveur
) -> None:
    before = unites(terrain)
    en_vigueur(terrain, serveur)
    inscrire(terrain)
    assert relire(terrain) == []
    terrain.run()
    assert unites(terrain) == before


def test_un_registre_illisible_ne_retire_aucune_source(terrain: Terrain, serveur: Serveur) -> None:
    en_vigueur(terrain, serveur)
    before = inventaires(terrain)
    (terrain.place / "exemple" / "registre.xlsx").write_bytes(b"PK\x03\x04 tronque")
    assert relire(terrain) == []
    assert inventaires(terrain) == before


def test_une_adresse_corrigee_prend_la_place_de_l_ancienne(terrain: Terrain, serveur: Serveur) -> None:
    en_vigueur(terrain, serveur)
    inscrire(terrain, Source(collectivite=terrain.slug, adresse=serveur.adresse("nouveau.csv")))
    serveur.pages["nouveau.csv"] = parc(130)
    (found,) = relire(terrain)
    assert found.etat is EtatCandidat.CANDIDAT
    assert accepter(terrain).accepted
    terrain.run()
    assert unites(terrain) == 130
    assert sum("source" in path for path in inventaires(terrain)) == 1


def test_ce_qui_est_donne_n_est_garde_que_comme_valeurs(terrain: Terrain, serveur: Serveur) -> None:
    serveur.pages["parc.csv"] = b"Cat\xc3\xa9gorie;Quantit\xc3\xa9;Utilisateur\nOrdinateur portable;100;Jeanne Martin\n"
    relire(terrain)
    (kept,) = terrain_candidates(terrain)
    assert "Jeanne" not in kept.value
    assert "Jeanne" not in json.dumps(terrain.events())
    outputs = terrain.workspace.settings.outputs
    assert not [path for path in outputs.rglob("*") if path.is_file() and b"Jeanne Martin" in path.read_bytes()]


def test_la_piste_dit_ce_qui_est_entre_en_vigueur_et_le_lanceur_l_apprend(terrain: Terrain, serveur: Serveur) -> None:
    en_vigueur(terrain, serveur)
    issues = [item["donnees"]["issue"] for item in terrain.events() if item["fait"] == "releve"]
    assert issues == ["candidat", "accepte"]
    with terrain.workspace.reading() as session:
        assert chain.verify(session) is None
        asked = list(session.exec(select(Outbox).where(Outbox.kind == "avancer")))
    assert [item for item in asked if item.key.startswith("avancer:releve:")]


def test_une_source_se_relit_a_son_rythme_a_l_heure_de_paris(terrain: Terrain, serveur: Serveur) -> None:
    serveur.pages["parc.csv"] = parc(100)
    assert refresh_due(terrain.workspace, datetime.now(PARIS))
    assert not refresh_due(terrain.workspace, datetime.now(PARIS))
    with terrain.workspace.reading() as session:
        assert [item.anomalie for item in list_sources(terrain.lieu.within(session))] == [""]


@pytest.mark.parametrize(
    ("cron", "tried", "at", "due"),
    [
        ("0 6 * * *", "2026-03-28T05:30:00+00:00", "2026-03-29T03:59:00+00:00", False),
        ("0 6 * * *", "2026-03-28T05:30:00+00:00", "2026-03-29T04:00:00+00:00", True),  # heure d'été : 6 h à Paris
        ("0 6 * * *", "", "2026-03-29T00:00:00+00:00", True),
        ("", "", "2026-03-29T00:00:00+00:00", False),
        ("tous les jours", "", "2026-03-29T00:00:00+00:00", False),
        ("0 0 31 2 *", "", "2026-03-29T00:00:00+00:00", False),
    ],
)
def test_l_heure_due_est_celle_de_paris(cron: str, tried: str, at: str, due: bool) -> None:
    assert is_due(cron, tried, datetime.fromisoformat(at).astimezone(ZoneInfo("UTC"))) is due


def test_un_rythme_illisible_se_dit(depart: Depart, serveur: Serveur) -> None:
    terrain = depart("score")
    inscrire(terrain, Source(collectivite=terrain.slug, adresse=serveur.adresse("parc.csv"), cron="chaque lundi"))
    serveur.pages["parc.csv"] = parc(100)
    assert [item.anomalie and item.anomalie.code for item in relire(terrain)] == [None, "source-cron"]
    assert not is_cron("chaque lundi")


def test_la_commande_dit_ce_qui_est_refuse_et_ce_qui_attend(terrain: Terrain, serveur: Serveur) -> None:
    outputs = {"NR_OUTPUTS": str(terrain.workspace.settings.outputs)}
    command, known = CliRunner(), str(terrain.place / "exemple")
    refused = command.invoke(nr, ["inventaire", "relire", known, "--dossier", terrain.slug], env=outputs)
    assert (refused.exit_code, "adresse qui n’est pas publique" in refused.output) == (1, True)
    serveur.pages["parc.csv"] = parc(100)
    allowed = {**outputs, "NR_SOURCES_PRIVATE": "1"}
    asked = command.invoke(nr, ["inventaire", "relire", known], env=allowed)
    assert (asked.exit_code, f"nr inventaire inscrire {terrain.cle}" in asked.output) == (0, True)
    shown = command.invoke(nr, ["inventaire", "montrer", terrain.cle], env=allowed)
    assert "100 × Ordinateur portable" in shown.output.replace("\u00a0", " ")
    nobody = command.invoke(nr, ["inventaire", "inscrire", terrain.cle, "--par", "x@y.fr"], env=allowed)
    assert nobody.exit_code == 1
    accepted = command.invoke(
        nr, ["inventaire", "inscrire", terrain.cle, "--par", terrain.person(Role.REFERENT)], env=allowed
    )
    assert accepted.exit_code == 0


def test_le_releve_est_aussi_un_deploiement_a_l_heure_de_paris() -> None:
    (schedule,) = build_deployment().schedules or ()
    assert isinstance(schedule.schedule, CronSchedule)
    assert schedule.schedule.timezone == "Europe/Paris"


MORTS = int(os.environ.get("NR_KILLS", "4"))


def test_tuee_a_n_importe_quel_instant_une_relecture_se_reprend_sans_rien_doubler(
    terrain: Terrain, serveur: Serveur
) -> None:
    """``NR_KILLS=200`` la tue deux cents fois."""
    en_vigueur(terrain, serveur)
    relue, entiere = compter(terrain), relire_a_part(terrain, serveur, 120)
    attendu = compter(terrain) - relue
    assert attendu["releve"] == 1
    hasard, tuees = random.Random(7), 0
    for tour in range(MORTS):
        before = compter(terrain)
        portables = 120 + 20 * (tour % 2 + 1)
        tuees += math.isinf(relire_a_part(terrain, serveur, portables, hasard.uniform(0.3, 1) * entiere))
        relire_a_part(terrain, serveur, portables)
        assert compter(terrain) - before == attendu
    assert tuees >= MORTS // 2
    assert len(terrain_candidates(terrain)) == 1
    assert accepter(terrain).accepted
    terrain.run()
    assert unites(terrain) == portables
    with terrain.workspace.reading() as session:
        assert chain.verify(session) is None


def compter(terrain: Terrain) -> Counter[str]:
    """Ce qui est inscrit, fait par fait, et ce qui doit suivre."""
    with terrain.workspace.reading() as session:
        waiting = len(session.exec(select(Outbox.id)).all())
    faits = Counter(item["fait"] for item in terrain.events() if item["fait"] not in ("tetes", "tables"))
    return Counter({**faits, "suites": waiting})


def relire_a_part(terrain: Terrain, serveur: Serveur, portables: int, instant: float = math.inf) -> float:
    """« nr inventaire relire » dans son processus, tué à cet instant ; son travail, infini s’il a été tué."""
    serveur.pages["parc.csv"] = parc(portables)
    outputs = str(terrain.workspace.settings.outputs)
    running = subprocess.Popen(
        [sys.executable, "-m", "portal.cli.main", "inventaire", "relire", str(terrain.place / "exemple")],
        env={**os.environ, "NR_OUTPUTS": outputs, "NR_SOURCES_PRIVATE": "1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    if math.isfinite(instant) and kill_at(running, instant) is None:
        return math.inf
    worked = run_through(running)
    assert running.returncode == 0
    return worked
