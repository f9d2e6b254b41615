"""HTTP(S) and WebDAV: each hop is checked, and the address checked is the one connected to."""

from __future__ import annotations

import base64
from urllib.parse import urljoin

import httpx

from tasks.reading.child.bounds import FILE_BYTES, Refus
from tasks.sources.adresse import FORBIDDEN, SILENT, TOO_LARGE, Adresse, read_address, resolve
from tasks.sources.delai import Delai
from tasks.store.settings import Settings

_REDIRECTS = 5
_PLAIN = {"webdav": "http", "webdavs": "https"}
_SILENCE_S = 10


def fetch_http(adresse: Adresse, secret: str, settings: Settings, delai: Delai) -> bytes:
    """The bytes of a document. Raises ``Refus``."""
    current = adresse
    with httpx.Client(trust_env=False, follow_redirects=False, timeout=min(_SILENCE_S, delai.left())) as client:
        for _ in range(_REDIRECTS + 1):
            # a secret goes to the server that the registry names, and to no other
            own = (current.hote, current.port) == (adresse.hote, adresse.port)
            found = _ask(client, current, secret if own else "", settings, delai)
            if isinstance(found, bytes):
                return found
            current = find_next(current, found, settings)
    raise Refus(SILENT, "le serveur renvoie trop de fois ailleurs")


def _ask(client: httpx.Client, adresse: Adresse, secret: str, settings: Settings, delai: Delai) -> bytes | str:
    """The content, or where the server sends us."""
    ip = resolve(adresse.hote, adresse.port, settings)
    url = httpx.URL(adresse.url).copy_with(scheme=_scheme(adresse), host=ip, port=adresse.port, userinfo=b"")
    headers = {"Host": _host(adresse), "Accept-Encoding": "identity", "User-Agent": "feuille-de-route-nr"}
    if secret:
        headers["Authorization"] = _authorization(secret, adresse.utilisateur)
    request = client.build_request("GET", url, headers=headers, extensions={"sni_hostname": adresse.hote})
    try:
        reply = client.send(request, stream=True)
        try:
            if reply.is_redirect:
                return str(reply.headers.get("Location", ""))
            return _read(reply, delai)
        finally:
            reply.close()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise Refus(SILENT, _reason(error)) from error


def _read(reply: httpx.Response, delai: Delai) -> bytes:
    if reply.status_code != httpx.codes.OK:
        raise Refus(SILENT, f"le serveur répond « {reply.status_code} »")
    if reply.headers.get("Content-Encoding", "identity") != "identity":
        raise Refus(SILENT, "le serveur compresse sa réponse sans qu’on le lui demande")
    content = bytearray()
    for chunk in reply.iter_raw():
        content += chunk
        if len(content) > FILE_BYTES:
            raise Refus(TOO_LARGE, f"plus de {FILE_BYTES >> 20} Mo")
        delai.check()
    return bytes(content)


def find_next(current: Adresse, location: str, settings: Settings) -> Adresse:
    """Where a redirection leads: never to another protocol, nor out of encryption. Raises ``Refus``."""
    base = httpx.URL(current.url).copy_with(scheme=_scheme(current))
    target = urljoin(str(base), location)
    scheme, _, rest = target.partition("://")
    if scheme not in ("http", "https"):
        raise Refus(FORBIDDEN, "le serveur renvoie vers un autre protocole")
    if scheme == "http" and _scheme(current) == "https":
        raise Refus(FORBIDDEN, "le serveur renvoie vers une adresse sans chiffrement")
    if current.protocole in _PLAIN:
        target = f"{'webdavs' if scheme == 'https' else 'webdav'}://{rest}"
    return read_address(target, settings)


def _scheme(adresse: Adresse) -> str:
    return _PLAIN.get(adresse.protocole, adresse.protocole)


def _host(adresse: Adresse) -> str:
    name = f"[{adresse.hote}]" if ":" in adresse.hote else adresse.hote
    usual = {"http": 80, "https": 443}[_scheme(adresse)]
    return name if adresse.port == usual else f"{name}:{adresse.port}"


def _authorization(secret: str, user: str) -> str:
    """« user:password » or, with the user in the address, a password: Basic; a lone token: Bearer."""
    if ":" in secret or user:
        pair = secret if ":" in secret else f"{user}:{secret}"
        return f"Basic {base64.b64encode(pair.encode()).decode()}"
    return f"Bearer {secret}"


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "le serveur ne répond pas à temps"
    if isinstance(error, httpx.ConnectError):
        return "la connexion est refusée, ou son certificat n’est pas valable"
    return "la réponse s’est interrompue"
