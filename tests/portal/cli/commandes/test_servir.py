"""« nr servir » : deux adresses qui répondent, une commande qui s'y joint, une fin sans reste."""

from __future__ import annotations

import signal
import socket
import urllib.request
from pathlib import Path
from urllib.error import URLError

import pytest

from tests.support.produit import PATIENCE, Produit, Serveur, Service, Servir, attendre, ecrire, finir, serveurs


@pytest.fixture
def produit(prefect: Serveur, tmp_path: Path) -> Produit:
    """Un lieu où rien n'est encore, mais où Prefect a déjà sa base."""
    made = Produit(tmp_path)
    prefect.meubler(made)
    return made


@pytest.fixture
def service(produit: Produit, servir: Servir) -> Service:
    return servir(produit)


def repond(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return bool(answer.status == 200)
    except (URLError, ConnectionError):
        return False


def test_les_deux_adresses_repondent_et_une_commande_s_y_joint(produit: Produit, service: Service) -> None:
    attendre(lambda: repond(service.pages))
    assert repond(service.prefect)
    ecrire(produit.racine, collectivites=1)
    done = produit.nr("avancer", "vague")
    assert (done.code, done.err) == (0, "")
    assert len(serveurs(produit.outputs)) == 1
    assert repond(f"{service.pages}p/vague")
    names = [item["name"] for item in service.serveur.lire("flow_runs", 1)]
    assert "Programme vague" in names
    service.process.send_signal(signal.SIGINT)
    ended = finir(service.process)
    assert (ended.code, "Traceback" in ended.err) == (0, False)
    assert "Arrêté." in ended.err
    assert not repond(service.pages)
    assert not repond(service.prefect)
    assert not serveurs(produit.outputs)
    assert not (produit.outputs / ".prefect" / "serveur.json").exists()


def test_tue_net_il_ne_laisse_pas_de_serveur(produit: Produit, service: Service) -> None:
    assert f"{service.carte['pages']}/" == service.pages
    service.process.kill()
    attendre(lambda: not serveurs(produit.outputs))


def test_un_port_pris_ou_une_adresse_impossible_se_disent(tmp_path: Path) -> None:
    produit = Produit(tmp_path)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        busy = produit.nr("servir", NR_PORT=str(taken.getsockname()[1]))
    nowhere = produit.nr("servir", NR_HOST="203.0.113.1")
    assert (busy.code, nowhere.code) == (2, 2)
    assert "changez NR_PORT" in busy.dit
    assert "NR_HOST" in nowhere.dit
    assert not serveurs(produit.outputs)


@pytest.mark.parametrize("public", ["", "http://nr.ville.example"])
def test_au_dela_de_cette_machine_il_faut_une_adresse_publique_protegee(tmp_path: Path, public: str) -> None:
    produit = Produit(tmp_path)
    done = produit.nr("servir", NR_HOST="0.0.0.0", NR_PUBLIC_URL=public)
    assert done.code == 2
    assert "NR_PUBLIC_URL" in done.dit
    assert not produit.outputs.exists()


def test_la_carte_n_est_lue_que_par_son_proprietaire_et_le_secret_n_est_pas_affiche(
    produit: Produit, service: Service
) -> None:
    card = produit.outputs / ".prefect" / "serveur.json"
    assert card.stat().st_mode & 0o077 == 0
    secret = service.carte["acces"].partition(":")[2]
    assert len(secret) > 40
    service.process.send_signal(signal.SIGINT)
    ended = finir(service.process)
    assert secret not in ended.out + ended.err


def test_une_fin_demandee_par_le_systeme_arrete_tout(produit: Produit, service: Service) -> None:
    attendre(lambda: repond(service.pages))
    service.process.terminate()
    assert finir(service.process).code == 0
    assert not serveurs(produit.outputs)
