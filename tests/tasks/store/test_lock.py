"""Deux commandes à la fois : l'une attend l'autre, le dit, et rien n'est fait deux fois."""

from __future__ import annotations

from pathlib import Path

import pytest
from filelock import FileLock

from tasks.store.lock import Occupe, programme_lock, raise_busy, runner_lock
from tasks.store.settings import Settings
from tests.support.postgresql import Grappe
from tests.support.produit import Produit, Serveur, attendre, ecrire, finir


def test_deux_fois_a_la_fois_la_seconde_attend_et_ne_refait_rien(prefect: Serveur, tmp_path: Path) -> None:
    seule, produit = ecrire(tmp_path / "seule"), ecrire(tmp_path / "deux")
    assert seule.nr("avancer", "vague", **prefect.moteur).code == 0
    first = produit.lancer("avancer", "vague", **prefect.moteur)
    attendre((produit.outputs / "vague" / ".verrou").exists)
    second = produit.lancer("avancer", "vague", **prefect.moteur)
    made, waited = finir(first), finir(second)
    assert (made.code, waited.code) == (0, 0)
    assert "Produit :" in made.dit
    assert "celle-ci attend qu’elle ait fini" in waited.dit
    assert "Rien à refaire" in waited.dit
    assert produit.fichiers() == seule.fichiers()
    assert produit.evenements() == seule.evenements()
    assert produit.nr("piste", "verifier").code == 0


def test_sans_serveur_partage_une_seule_commande_utilise_le_moteur(tmp_path: Path) -> None:
    produit: Produit = ecrire(tmp_path)
    home = produit.outputs / ".prefect"
    home.mkdir(parents=True)
    with FileLock(home / ".verrou"):
        running = produit.lancer("avancer", "vague", PYTHONUNBUFFERED="1")
        assert running.stderr is not None
        said = running.stderr.readline()
        running.kill()
        finir(running)
    assert "Une autre commande utilise le moteur" in said


def test_deux_machines_sur_une_meme_base_ne_tiennent_pas_le_meme_programme(grappe: Grappe, tmp_path: Path) -> None:
    url = grappe.create()
    one, other = (Settings(outputs=tmp_path / name, database_url=url) for name in ("une", "autre"))
    with programme_lock(one, "vague"):
        with programme_lock(one, "vague"):  # le même processus, deux fois
            pass
        with pytest.raises(Occupe), programme_lock(other, "vague", raise_busy):
            pass
        with runner_lock(other, raise_busy), programme_lock(other, "ailleurs", raise_busy):
            pass  # ni le lanceur, ni un autre programme n'en sont gênés
    with programme_lock(other, "vague", raise_busy):
        pass
