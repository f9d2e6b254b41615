"""« avancer », « decider », « avancer » tués n'importe quand, puis repris : rien de perdu, de doublé ni de bloqué.

Cinq morts ici ; ``NR_KILLS=200 python -m pytest tests/flows/test_kill.py`` en essaie deux cents, et
``NR_BASE=postgresql`` devant les essaie sur l'autre base.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from sqlmodel import select

from nr_models.tables import Decision, Outbox
from tests.support.mort import kill_at, run_through
from tests.support.postgresql import Grappe
from tests.support.produit import Produit, Serveur, ecrire, finir

MORTS = int(os.environ.get("NR_KILLS", "5"))
PAR_ACTE = (2, 1, 2)
"""Combien de fois chaque acte est tué avant d'être mené à bien."""
TIRAGES = 6
"""Combien d'instants tirer, au plus, pour une mort."""
DEBUT = 0.2  # avant, le processus n’a encore fait que se charger


class Trace(NamedTuple):
    """Ce que trois actes laissent."""

    fichiers: dict[str, bytes]
    evenements: list[dict[str, object]]
    attend: list[object]
    decisions: list[tuple[str, str]]
    boite: Counter[str]


def trace(produit: Produit) -> Trace:
    workspace = produit.espace()
    with workspace.reading() as session:
        decisions = [(item.siege, item.verdict) for item in session.exec(select(Decision))]
        boite = Counter(item.kind for item in session.exec(select(Outbox)))
    workspace.close()
    attend = [item["attend"] for item in produit.nr("etat", "--json").json["dossiers"]]
    return Trace(produit.fichiers(), produit.evenements(), attend, decisions, boite)


class Acteur:
    """Qui tape les trois commandes, et ce qu'il voit entre elles."""

    def __init__(self, produit: Produit, prefect: Serveur) -> None:
        self.produit, self.moteur = produit, prefect.moteur

    def commandes(self) -> list[list[str]]:
        return [["avancer", "vague"], [], ["avancer", "vague"]]

    def lancer(self, commande: list[str]) -> subprocess.Popen[str]:
        return self.produit.lancer(*(commande or self.decision()), **self.moteur)

    def decision(self) -> list[str]:
        """La décision de la première personne attendue ; redite telle quelle quand elle a déjà été prise."""
        [line] = self.produit.nr("etat", "--json").json["dossiers"]
        if line["attend"]:
            self.dite = [line["attend"]["personnes"][0], line["attend"]["empreinte"]]
        mail, vu = self.dite
        seen = ("--verdict", "approuver", "--vu", vu)
        return ["validation", "decider", f"vague/{line['slug']}", "diagnostic", "--par", mail, *seen]

    def mener(self, commande: list[str]) -> float:
        """Mener à bien ; ce que cela demande de travail, en secondes."""
        running = self.lancer(commande)
        worked = run_through(running)
        done = finir(running)
        assert done.code == 0, done.dit
        return worked

    def tuer_fois(self, commande: list[str], fois: int, duree: float, hasard: random.Random) -> int:
        """Tuer tant de fois, à des instants de son travail tirés au sort ; combien de fois ce fut fait.

        Un essai qui finit avant l’instant tiré dit combien de travail il restait : le suivant est tiré là-dedans.
        """
        killed = 0
        for _ in range(fois * TIRAGES):
            if killed == fois:
                break
            reste = self.tuer(commande, hasard.uniform(DEBUT, 1) * duree)
            killed, duree = killed + (reste is None), min(duree, reste or duree)
        return killed

    def tuer(self, commande: list[str], instant: float) -> float | None:
        """Tuer après tant de secondes de travail ; ce que tout a demandé, en secondes, quand c’était fini avant."""
        running = self.lancer(commande)
        worked = kill_at(running, instant)
        finir(running)
        return worked


def test_tues_a_tout_instant_puis_repris_trois_actes_finissent_pareil(
    prefect: Serveur, base: Grappe | None, tmp_path: Path
) -> None:
    entier = Acteur(ecrire(tmp_path / "entier", collectivites=1, grappe=base), prefect)
    neuf = shutil.copytree(entier.produit.programme, tmp_path / "neuf")
    durees = [entier.mener(commande) for commande in entier.commandes()]
    entier.produit.nr("reparer", **entier.moteur)
    attendue = trace(entier.produit)
    assert len(attendue.fichiers) > 10
    assert attendue.decisions == [("referent", "approuver")]

    def essayer(graine: int) -> tuple[int, Trace, int, str]:
        hasard, killed = random.Random(graine), 0
        acteur = Acteur(Produit(tmp_path / f"{graine}", base.create() if base else ""), prefect)
        shutil.copytree(neuf, acteur.produit.programme)
        for commande, fois, duree in zip(acteur.commandes(), PAR_ACTE, durees, strict=True):
            killed += acteur.tuer_fois(commande, fois, duree, hasard)
            acteur.mener(commande)
        assert acteur.produit.nr("reparer", **acteur.moteur).code == 0
        again = acteur.produit.nr("reparer", **acteur.moteur).dit
        return killed, trace(acteur.produit), acteur.produit.nr("piste", "verifier").code, again

    with ThreadPoolExecutor(2) as pool:
        essais = list(pool.map(essayer, range(max(1, MORTS // sum(PAR_ACTE)))))
    assert sum(killed for killed, *_ in essais) == len(essais) * sum(PAR_ACTE)
    for _, laissee, verifiee, again in essais:
        assert verifiee == 0
        assert "Rien à réparer" in again
        assert laissee == attendue
