"""Le lanceur de « nr servir » : une décision montre ses documents suivants, sans que personne ne relance rien."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path
from typing import Any

from filelock import FileLock
from sqlmodel import select

from flows.engine.card import Acces
from flows.engine.start import Moteur
from flows.runner import Runner
from nr_models.tables import Outbox, Programme
from tasks.referentiel.load import find_folder
from tasks.store.outbox import enqueue, list_due
from tests.support.parcours import Depart
from tests.support.produit import (
    Produit,
    Serveur,
    Service,
    Servir,
    attendre,
    decider,
    finir,
    ligne,
    ouvrir,
    rouvrir,
    serveurs,
)

SIECLE = "2099-12-31T00:00:00Z"


def suivre(produit: Produit, dossier: str, key: str) -> None:
    with ouvrir(produit) as workspace, workspace.writing() as session:
        enqueue(session, "avancer", f"avancer:{dossier}:{key}", {"dossier": dossier})


def restant(produit: Produit) -> list[str]:
    with ouvrir(produit) as workspace, workspace.reading() as session:
        return [row.key for row in list_due(session, SIECLE)]


def etat(produit: Produit, slug: str, etape: str) -> str:
    return {item.slug: item.etat.value for item in ligne(produit, slug).stages}[etape]


class Regard:
    """Les exécutions que Prefect a vues depuis maintenant : sa base de départ en connaît d'autres."""

    def __init__(self, service: Service) -> None:
        self.service, self.avant = service, {item["id"] for item in service.executions()}

    def nouvelles(self) -> list[dict[str, Any]]:
        return [item for item in self.service.executions() if item["id"] not in self.avant]

    def etats(self) -> list[str]:
        return [item["state_name"] for item in self.nouvelles()]


def test_une_decision_montre_la_suite_et_ferme_l_execution_qui_attendait(
    prefect: Serveur, au_diagnostic: Produit, tmp_path: Path, servir: Servir
) -> None:
    produit = au_diagnostic.copier(tmp_path)
    prefect.meubler(produit)
    first, second = produit.slugs
    service = servir(produit)
    regard = Regard(service)
    decider(produit, first)
    attendre(lambda: etat(produit, first, "restitute") == "soumis")
    assert (produit.outputs / "vague" / first / "3-restitute" / "restitution.pptx").is_file()
    assert etat(produit, second, "score") == "soumis"
    attendre(lambda: regard.etats() == ["En attente"])
    decider(produit, first, "refuser", "Le périmètre a changé.")
    attendre(lambda: regard.etats() == ["Refusé"])
    attendre(lambda: not restant(produit))
    rouvrir(produit, first, "restitute")  # rouvert, il n'est plus « Refusé » : la même exécution attend de nouveau
    attendre(lambda: regard.etats() == ["En attente"])
    attendre(lambda: not restant(produit))
    shutil.rmtree(produit.outputs / ".prefect")  # Prefect perd tout : le travail continue
    decider(produit, second)
    attendre(lambda: etat(produit, second, "restitute") == "soumis")
    assert (produit.outputs / ".prefect" / "serveur.json").is_file()
    service.process.send_signal(signal.SIGTERM)
    ended = finir(service.process)
    assert (ended.code, "Traceback" in ended.err) == (0, False)
    assert not serveurs(produit.outputs)
    assert not (produit.outputs / "erreurs.log").exists()
    assert produit.nr("piste", "verifier").code == 0


def test_un_programme_en_peine_n_arrete_ni_les_courriers_ni_les_autres(depart: Depart, tmp_path: Path) -> None:
    terrain = depart("score")
    folder = tmp_path / "casse"
    shutil.copytree(find_folder(), folder / "referentiel")
    (folder / "referentiel" / "validation.yaml").write_text("rien: 1\n", encoding="utf-8")
    shutil.copy(terrain.place / "exemple" / "registre.xlsx", folder)
    with terrain.workspace.writing() as session:
        session.add(Programme(slug="casse", folder=str(folder)))
        enqueue(session, "avancer", "avancer:casse/ville:1", {"dossier": "casse/ville"})
        retour = {"mail": "ana@ville.example", "nom": "", "sujet": "Rappel", "texte": "Bonjour", "programme": "exemple"}
        enqueue(session, "rappel-retours", "essai", retour)
    said: list[str] = []
    Runner(terrain.workspace, Moteur(terrain.workspace.settings, Acces("http://127.0.0.1:9/api")), said.append).turn()
    with terrain.workspace.reading() as session:
        rows = {row.key: row for row in session.exec(select(Outbox))}
    assert rows["essai"].done_at is not None
    waiting = rows["avancer:casse/ville:1"]
    assert (waiting.done_at, waiting.attempts, waiting.erreur) == (None, 1, "ReferentielInvalide")


def test_des_decisions_rapprochees_font_une_seule_execution(
    prefect: Serveur, au_diagnostic: Produit, tmp_path: Path, servir: Servir
) -> None:
    produit = au_diagnostic.copier(tmp_path)
    prefect.meubler(produit)
    with FileLock(produit.outputs / "vague" / ".verrou"):
        regard = Regard(servir(produit))
        for slug in produit.slugs:
            decider(produit, slug)
        # quelqu'un travaille sur ce programme : on attend qu'il ait fini ; les reçus, eux, partent à leur pas
        assert sum(key.startswith("avancer:") for key in restant(produit)) == 2
    attendre(lambda: not restant(produit))
    assert {etat(produit, slug, "restitute") for slug in produit.slugs} == {"soumis"}
    assert [item["name"] for item in regard.nouvelles()] == ["Programme vague"]
    suivre(produit, "ailleurs/ville", "1")  # un dossier que personne ne connaît n'arrête rien
    attendre(lambda: not restant(produit))
