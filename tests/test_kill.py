"""« nr run » tué n'importe quand, puis relancé : le même état, les mêmes octets, aucun événement en double.

Six instants ici, répartis sur la durée d'une exécution ; ``NR_KILLS=20`` en essaie vingt.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from tests.produit import Produit, Serveur, ecrire, finir

INSTANTS = int(os.environ.get("NR_KILLS", "6"))


class Trace(NamedTuple):
    """Ce qu'une exécution laisse."""

    fichiers: dict[str, bytes]
    evenements: list[dict[str, object]]


def trace(produit: Produit) -> Trace:
    return Trace(produit.fichiers(), produit.evenements())


def tuer(produit: Produit, prefect: Serveur, instant: float) -> bool:
    """Tuer une exécution après tant de secondes ; faux quand elle avait déjà fini."""
    running = produit.lancer("run", "vague", NR_PREFECT_API_URL=prefect.url)
    try:
        running.wait(instant)
    except subprocess.TimeoutExpired:
        running.send_signal(signal.SIGKILL)
    return finir(running).code == -signal.SIGKILL


def test_tuee_a_tout_instant_puis_relancee_une_execution_finit_pareil(prefect: Serveur, tmp_path: Path) -> None:
    entiere = ecrire(tmp_path / "entiere", collectivites=1 if INSTANTS <= 6 else 2)
    neuve = shutil.copytree(entiere.programme, tmp_path / "neuve")
    started = time.monotonic()
    assert entiere.nr("run", "vague", NR_PREFECT_API_URL=prefect.url).code == 0
    duree = time.monotonic() - started
    attendue = trace(entiere)
    assert len(attendue.fichiers) > 10

    def essayer(rang: int) -> tuple[bool, Trace, int]:
        produit = Produit(tmp_path / f"{rang}")
        shutil.copytree(neuve, produit.programme)
        killed = tuer(produit, prefect, duree * (rang + 0.5) / INSTANTS)
        again = produit.nr("run", "vague", NR_PREFECT_API_URL=prefect.url)
        assert again.code == 0, again.dit
        return killed, trace(produit), produit.nr("audit", "verify").code

    with ThreadPoolExecutor(2) as pool:
        essais = list(pool.map(essayer, range(INSTANTS)))
    assert sum(killed for killed, _, _ in essais) >= INSTANTS - 2
    for _, laissee, verifiee in essais:
        assert verifiee == 0
        assert laissee.fichiers == attendue.fichiers
        assert laissee.evenements == attendue.evenements
        counted = Counter(repr(event["donnees"]) + str(event["chain"]) + str(event["fait"]) for event in laissee[1])
        assert max(counted.values()) == 1
