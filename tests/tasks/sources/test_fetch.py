"""Aller chercher un inventaire : les protocoles permis, les adresses vérifiées, tout borné."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tasks.reading.child.bounds import FILE_BYTES, Refus
from tasks.sources import adresse as policy
from tasks.sources.adresse import key_of, read_address, show_address
from tasks.sources.fetch import fetch
from tasks.store.settings import Settings
from tests.support.sources import MOT_DE_PASSE, Serveur, serveur_http, serveur_sftp

PARC = "Catégorie;Quantité\nOrdinateur portable;10\n".encode()


@pytest.fixture(scope="module")
def serveur() -> Iterator[Serveur]:
    with serveur_http() as server:
        server.pages |= {"parc.csv": PARC, "prive": PARC, "gros": b"x" * (FILE_BYTES + 1)}
        yield server


def reglages(**said: Any) -> Settings:
    return Settings(**{"sources_private": True, "sources_seconds": 20, **said})


def lire(url: str, secret: str = "", **said: Any) -> bytes:
    settings = reglages(**said)
    return fetch(read_address(url, settings), secret, settings)


def refus(url: str, secret: str = "", **said: Any) -> str:
    with pytest.raises(Refus) as found:
        lire(url, secret, **said)
    return found.value.code


def test_un_fichier_se_lit_par_http_et_par_webdav(serveur: Serveur) -> None:
    assert lire(serveur.adresse("parc.csv")) == PARC
    assert lire(serveur.adresse("parc.csv", "webdav")) == PARC


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "/etc/passwd",
        "ftp://exemple.fr/parc.csv",
        "gopher://exemple.fr/",
        "https://",
        "https://ville:motdepasse@exemple.fr/parc.csv",
        "http://[::1",
    ],
)
def test_ce_qui_n_est_pas_permis_n_est_pas_visite(url: str) -> None:
    assert refus(url) == "source-interdite"


@pytest.mark.parametrize(
    "hote",
    [
        "127.0.0.1",
        "localhost",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[::7f00:1]",
        "[2002:7f00:1::]",
        "0.0.0.0",
        "10.0.0.1",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "[fe80::1]",
        "[fd00::1]",
        "2130706433",
        "0x7f.1",
        "224.0.0.1",
    ],
)
def test_une_adresse_qui_n_est_pas_publique_est_refusee_sauf_permission(hote: str) -> None:
    for protocol in ("http", "sftp", "webdav"):
        assert refus(f"{protocol}://{hote}:9/x", sources_private=False) == "source-interdite"


def test_un_renvoi_vers_une_adresse_locale_est_refuse(serveur: Serveur, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "_is_public", lambda ip: ip == "127.0.0.1")
    serveur.ailleurs |= {
        "bon": "/parc.csv",
        "local": serveur.adresse("parc.csv", hote="127.0.0.2"),
        "fichier": "file:///etc/passwd",
        "boucle": "/boucle",
    }
    assert lire(serveur.adresse("bon"), sources_private=False) == PARC
    assert refus(serveur.adresse("local"), sources_private=False) == "source-interdite"
    assert refus(serveur.adresse("fichier")) == "source-interdite"
    assert refus(serveur.adresse("boucle")) == "source-muette"


def test_l_adresse_verifiee_est_celle_ou_l_on_va(serveur: Serveur, monkeypatch: pytest.MonkeyPatch) -> None:
    """Un nom qui change d'adresse entre la vérification et la connexion ne mène nulle part ailleurs."""
    asked: list[str] = []
    real = socket.getaddrinfo

    def answer(host: Any, *arguments: Any, **said: Any) -> Any:
        asked.append(str(host))
        place = "127.0.0.1" if asked.count(host) == 1 else "127.0.0.9"
        return real(place if host == "ville.example" else host, *arguments, **said)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    assert lire(serveur.adresse("parc.csv", hote="ville.example")) == PARC
    assert asked.count("ville.example") == 1
    assert serveur.vus[-1]["Host"] == f"ville.example:{serveur.server_port}"


def test_une_reponse_trop_lourde_trop_lente_ou_absente_est_dite(serveur: Serveur) -> None:
    assert refus(serveur.adresse("gros")) == "source-trop-lourde"
    assert refus(serveur.adresse("goutte-a-goutte"), sources_seconds=0.3) == "source-muette"
    assert refus(serveur.adresse("rien")) == "source-muette"
    assert refus("http://127.0.0.1:9/") == "source-muette"


def test_un_secret_vient_de_l_environnement_et_ne_va_qu_au_serveur_nomme(
    serveur: Serveur, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert refus(serveur.adresse("prive")) == "source-muette"
    assert refus(serveur.adresse("prive"), "PARC") == "source-secret-absent"
    assert refus(serveur.adresse("prive"), "PATH; rm") == "source-secret-absent"
    monkeypatch.setenv("NR_SECRET_PARC", f"ville:{MOT_DE_PASSE}")
    assert lire(serveur.adresse("prive"), "parc") == PARC
    monkeypatch.setenv("NR_SECRET_PARC", MOT_DE_PASSE)
    assert lire(serveur.adresse("prive"), "PARC") == PARC
    assert lire(serveur.adresse("prive", "webdav").replace("//", "//ville@"), "PARC") == PARC
    with serveur_http() as other:
        other.pages["parc.csv"] = PARC
        serveur.ailleurs["loin"] = other.adresse("parc.csv")
        assert lire(serveur.adresse("loin"), "PARC") == PARC
        assert "Authorization" not in other.vus[-1]


def test_une_adresse_montree_ne_dit_ni_compte_ni_jeton() -> None:
    shown = show_address("https://ville:motdepasse@exemple.fr:8443/parc.csv?jeton=abc")
    assert shown.startswith("https://exemple.fr:8443/parc.csv")
    assert not {"ville", "motdepasse", "abc"} & set(shown.replace("/", " ").split())
    assert show_address("http://[::1") == "adresse illisible"
    assert key_of("https://exemple.fr/?a=1") != key_of("https://exemple.fr/?a=2")


def test_un_dossier_local_permis_donne_son_fichier_le_plus_recent(tmp_path: Path) -> None:
    allowed = {"sources_protocols": "https, file"}
    assert refus(f"file://{tmp_path}", **allowed) == "source-muette"
    (tmp_path / "ancien.csv").write_bytes(b"ancien")
    (tmp_path / ".cache").write_bytes(b"cache")
    (tmp_path / "parc.csv").write_bytes(PARC)
    os.utime(tmp_path / "ancien.csv", (1, 1))
    assert lire(f"file://{tmp_path}", **allowed) == PARC
    assert lire(f"file://{tmp_path}/ancien.csv", **allowed) == b"ancien"
    assert refus(f"file://{tmp_path}/absent.csv", **allowed) == "source-muette"
    (tmp_path / "gros.csv").write_bytes(b"x" * (FILE_BYTES + 1))
    assert refus(f"file://{tmp_path}/gros.csv", **allowed) == "source-trop-lourde"


def test_un_serveur_dont_l_adresse_ne_se_verifie_pas_demande_la_permission() -> None:
    assert refus("memory://x", sources_protocols="memory", sources_private=False) == "source-interdite"


def test_un_fichier_se_lit_par_sftp_chez_un_serveur_connu(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NR_SECRET_PARC", f"ville:{MOT_DE_PASSE}")
    monkeypatch.setenv("NR_SECRET_FAUX", "ville:autre")
    (tmp_path / "parc").mkdir()
    (tmp_path / "parc" / "parc.csv").write_bytes(PARC)
    known, unknown = tmp_path / "connus", tmp_path / "inconnus"
    unknown.write_text("")
    with serveur_sftp(tmp_path, known) as port:
        url = f"sftp://127.0.0.1:{port}/parc"
        assert lire(f"{url}/parc.csv", "PARC", sources_known_hosts=known) == PARC
        assert lire(url, "PARC", sources_known_hosts=known) == PARC
        assert refus(f"{url}/absent.csv", "PARC", sources_known_hosts=known) == "source-muette"
        assert refus(url, "FAUX", sources_known_hosts=known) == "source-muette"
        assert refus(url, "PARC", sources_known_hosts=unknown) == "source-muette"


@pytest.mark.parametrize("hote", ["8.8.8.8", "2001:4860:4860::8888"])
def test_une_adresse_publique_est_permise(hote: str) -> None:
    assert policy.resolve(hote, 443, reglages(sources_private=False)) == hote
