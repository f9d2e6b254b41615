"""The address of a source: what may be shown of it, and whether it may be visited at all.

Refused unless the operator allows them: protocols out of the list, local files, and addresses that are not
public (loopback, private, link-local, reserved), whatever name or redirect leads to them.
"""

from __future__ import annotations

import hashlib
import ipaddress
import os
import re
import socket
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from tasks.reading.child.bounds import Refus
from tasks.store.settings import Settings

_PORTS = {"http": 80, "https": 443, "webdav": 80, "webdavs": 443, "sftp": 22}
_CLE_CHARS = 12
_SECRET = re.compile(r"[A-Za-z0-9_]+")
_ENV_PREFIX = "NR_SECRET_"

FORBIDDEN = "source-interdite"
SILENT = "source-muette"
TOO_LARGE = "source-trop-lourde"
LOCKED = "source-secret-absent"


class Adresse(NamedTuple):
    """Where to go."""

    protocole: str
    hote: str
    port: int
    chemin: str
    utilisateur: str
    url: str


def read_address(text: str, settings: Settings) -> Adresse:
    """An address of the registry, if its protocol is allowed. Raises ``Refus``."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise Refus(FORBIDDEN, "l’adresse ne se lit pas") from error
    protocol = parts.scheme.lower()
    if protocol not in allowed_protocols(settings):
        raise Refus(FORBIDDEN, f"le protocole « {protocol or 'absent'} » n’est pas permis")
    if parts.password is not None:
        raise Refus(FORBIDDEN, "un mot de passe ne s’écrit pas dans une adresse ; nommez un secret")
    if protocol in _PORTS and not parts.hostname:
        raise Refus(FORBIDDEN, "l’adresse ne nomme pas de serveur")
    return Adresse(
        protocole=protocol,
        hote=parts.hostname or "",
        port=port or _PORTS.get(protocol, 0),
        chemin=unquote(parts.path),
        utilisateur=unquote(parts.username or ""),
        url=text.strip(),
    )


def key_of(text: str) -> str:
    """The digest by which a source is known, its query included; it stands even for one that may not be visited."""
    return hashlib.sha256(text.strip().encode()).hexdigest()[:_CLE_CHARS]


def show_address(text: str) -> str:
    """What may be shown and kept of an address: neither user, nor password, nor query."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        return "adresse illisible"
    place = f"{parts.hostname or ''}{f':{port}' if port else ''}"
    mark = hashlib.sha256(parts.query.encode()).hexdigest()[:4] if parts.query else ""
    return f"{parts.scheme}://{place}{parts.path}" + (f" ({mark})" if mark else "")


def allowed_protocols(settings: Settings) -> frozenset[str]:
    """The protocols that the operator allows."""
    return frozenset(item.strip().lower() for item in settings.sources_protocols.split(",") if item.strip())


def resolve(host: str, port: int, settings: Settings) -> str:
    """The IP address to connect to: every address of the name is checked, one is returned. Raises ``Refus``."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Refus(SILENT, f"le serveur « {host} » est introuvable") from error
    addresses = list(dict.fromkeys(str(item[4][0]) for item in found))
    if not settings.sources_private and not all(map(_is_public, addresses)):
        raise Refus(FORBIDDEN, f"« {host} » mène à une adresse qui n’est pas publique")
    return addresses[0]


_UNICAST = ipaddress.ip_network("2000::/3")
"""The only IPv6 addresses of the public network: others may hide an IPv4 address (mapped, compatible, NAT64)."""


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        hidden = address.sixtofour or (address.teredo[1] if address.teredo else None)
        return address in _UNICAST and address.is_global and (hidden is None or hidden.is_global)
    return address.is_global and not address.is_multicast


def find_secret(name: str) -> str:
    """The secret of that name, from the environment; empty without a name. Raises ``Refus``: it is never shown."""
    if not name:
        return ""
    if not _SECRET.fullmatch(name):
        raise Refus(LOCKED, "son nom ne peut avoir que des lettres sans accent, des chiffres et « _ »")
    variable = f"{_ENV_PREFIX}{name.upper()}"
    value = os.environ.get(variable, "")
    if not value:
        raise Refus(LOCKED, f"la variable {variable} n’est pas définie")
    return value
