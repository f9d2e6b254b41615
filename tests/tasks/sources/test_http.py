"""Où mène une redirection : jamais vers un autre protocole, ni hors du chiffrement."""

from __future__ import annotations

import pytest

from tasks.sources.adresse import FORBIDDEN, Refus, read_address
from tasks.sources.http import find_next
from tasks.store.settings import Settings

REGLAGES = Settings(sources_protocols="http, https, webdav, webdavs")


@pytest.mark.parametrize(
    ("de", "vers"),
    [
        ("https://exemple.fr/parc.csv", "http://exemple.fr/parc.csv"),
        ("webdavs://exemple.fr/parc.csv", "http://exemple.fr/parc.csv"),
        ("https://exemple.fr/parc.csv", "ftp://exemple.fr/parc.csv"),
        ("http://exemple.fr/parc.csv", "file:///etc/passwd"),
    ],
)
def test_une_redirection_hors_du_chiffrement_ou_du_protocole_est_refusee(de: str, vers: str) -> None:
    with pytest.raises(Refus) as refus:
        find_next(read_address(de, REGLAGES), vers, REGLAGES)
    assert refus.value.code == FORBIDDEN


@pytest.mark.parametrize(
    ("de", "vers", "trouve"),
    [
        ("http://exemple.fr/a.csv", "https://exemple.fr/b.csv", "https://exemple.fr/b.csv"),
        ("http://exemple.fr/a.csv", "/b.csv", "http://exemple.fr/b.csv"),
        ("https://exemple.fr/a.csv", "b.csv", "https://exemple.fr/b.csv"),
        ("webdavs://exemple.fr/a.csv", "b.csv", "webdavs://exemple.fr/b.csv"),
    ],
)
def test_une_redirection_permise_est_suivie(de: str, vers: str, trouve: str) -> None:
    assert find_next(read_address(de, REGLAGES), vers, REGLAGES) == read_address(trouve, REGLAGES)
