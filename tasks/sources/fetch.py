"""One visit to a source: by the right door, within a time and a size."""

from __future__ import annotations

from typing import Any

from fsspec.core import url_to_fs

from tasks.reading.child.bounds import FILE_BYTES, Refus
from tasks.sources.adresse import FORBIDDEN, SILENT, TOO_LARGE, Adresse, find_secret
from tasks.sources.delai import Delai
from tasks.sources.http import fetch_http
from tasks.sources.sftp import fetch_sftp
from tasks.store.settings import Settings

_HTTP = frozenset(("http", "https", "webdav", "webdavs"))


def fetch(adresse: Adresse, secret_name: str, settings: Settings) -> bytes:
    """The bytes of an inventory. Raises ``Refus``, with the code of an anomaly and a reason in French."""
    delai = Delai(settings.sources_seconds)
    secret = find_secret(secret_name)
    if adresse.protocole in _HTTP:
        return fetch_http(adresse, secret, settings, delai)
    if adresse.protocole == "sftp":
        return fetch_sftp(adresse, secret, settings, delai)
    return _fetch_any(adresse, settings)


def _fetch_any(adresse: Adresse, settings: Settings) -> bytes:
    """By fsspec, what the operator added to the protocols: a local file or folder, or another kind of server."""
    if adresse.protocole != "file" and not settings.sources_private:
        raise Refus(FORBIDDEN, f"l’adresse d’un serveur « {adresse.protocole} » ne se vérifie pas")
    try:
        system, path = url_to_fs(adresse.url)
        with system.open(_latest(system, path), "rb") as stream:
            content: bytes = stream.read(FILE_BYTES + 1)
    except Refus:
        raise
    except Exception as error:  # each kind of fsspec has its own, and its own packages that may be missing
        raise Refus(SILENT, "le fichier ne peut pas être lu à cette adresse") from error
    if len(content) > FILE_BYTES:
        raise Refus(TOO_LARGE, f"plus de {FILE_BYTES >> 20} Mo")
    return content


def _latest(system: Any, path: str) -> str:
    """The file itself; of a folder, the file that changed last."""
    if not system.isdir(path):
        return path
    files = [item for item in system.ls(path, detail=True) if item["type"] == "file"]
    seen = [item for item in files if not item["name"].rpartition("/")[2].startswith(".")]
    if not seen:
        raise Refus(SILENT, "le dossier est vide")
    return str(max(seen, key=lambda item: (str(item.get("mtime", "")), item["name"]))["name"])
