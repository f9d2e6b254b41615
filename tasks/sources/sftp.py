"""SFTP: the server proves who it is by a key known beforehand, and the address checked is the one connected to."""

from __future__ import annotations

import socket
import stat
from pathlib import Path

import paramiko

from tasks.reading.child.bounds import FILE_BYTES, Refus
from tasks.sources.adresse import SILENT, TOO_LARGE, Adresse, resolve
from tasks.sources.delai import Delai
from tasks.store.settings import Settings

_CHUNK = 1 << 16


def fetch_sftp(adresse: Adresse, secret: str, settings: Settings, delai: Delai) -> bytes:
    """The bytes of a file, or of the latest of a folder. Raises ``Refus``."""
    user, password = _account(adresse, secret)
    ip = resolve(adresse.hote, adresse.port, settings)
    client = paramiko.SSHClient()  # rejects, unless told otherwise, a server whose key it does not know
    try:
        client.load_host_keys(str(_known_hosts(settings)))
        with socket.create_connection((ip, adresse.port), timeout=delai.left()) as link:
            client.connect(
                adresse.hote,
                adresse.port,
                username=user,
                password=password,
                sock=link,
                look_for_keys=False,
                allow_agent=False,
                timeout=delai.left(),
                banner_timeout=delai.left(),
                auth_timeout=delai.left(),
            )
            return _read(client, adresse.chemin, delai)
    except paramiko.AuthenticationException as error:
        raise Refus(SILENT, "le serveur refuse le nom ou le mot de passe") from error
    except paramiko.SSHException as error:
        raise Refus(SILENT, "la clé du serveur n’est pas celle qu’on connaît, ou l’échange a échoué") from error
    except OSError as error:
        raise Refus(SILENT, "le serveur ne répond pas, ou le fichier n’y est pas") from error
    finally:
        client.close()


def _read(client: paramiko.SSHClient, path: str, delai: Delai) -> bytes:
    with client.open_sftp() as session:
        channel = session.get_channel()
        if channel is not None:
            channel.settimeout(delai.left())
        place = _latest(session, path)
        content = bytearray()
        with session.open(place, "rb") as stream:
            while chunk := stream.read(_CHUNK):
                content += chunk
                if len(content) > FILE_BYTES:
                    raise Refus(TOO_LARGE, f"plus de {FILE_BYTES >> 20} Mo")
                delai.check()
    return bytes(content)


def _latest(session: paramiko.SFTPClient, path: str) -> str:
    """The file itself; of a folder, the file that changed last."""
    if not stat.S_ISDIR(session.stat(path).st_mode or 0):
        return path
    files = [item for item in session.listdir_attr(path) if stat.S_ISREG(item.st_mode or 0) and item.filename[0] != "."]
    if not files:
        raise Refus(SILENT, "le dossier est vide")
    latest = max(files, key=lambda item: (item.st_mtime or 0, item.filename))
    return f"{path.rstrip('/')}/{latest.filename}"


def _account(adresse: Adresse, secret: str) -> tuple[str, str]:
    if adresse.utilisateur:
        return adresse.utilisateur, secret.removeprefix(f"{adresse.utilisateur}:")
    user, _, password = secret.partition(":")
    return user, password


def _known_hosts(settings: Settings) -> Path:
    return settings.sources_known_hosts or Path.home() / ".ssh" / "known_hosts"
