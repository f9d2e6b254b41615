"""De vrais serveurs, sur cette machine, où une collectivité garderait son inventaire."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import paramiko

MOT_DE_PASSE = "s3cret"


class Serveur(ThreadingHTTPServer):
    """Un serveur HTTP ; ``pages`` sont ses documents, ``vus`` ce qu'on lui a demandé."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Porte)
        self.pages: dict[str, bytes] = {}
        self.ailleurs: dict[str, str] = {}
        self.vus: list[dict[str, str]] = []

    def adresse(self, page: str, protocole: str = "http", hote: str = "127.0.0.1") -> str:
        return f"{protocole}://{hote}:{self.server_port}/{page}"


class _Porte(BaseHTTPRequestHandler):
    server: Serveur

    def do_GET(self) -> None:
        page = self.path.lstrip("/").partition("?")[0]
        self.server.vus.append(dict(self.headers))
        if page in self.server.ailleurs:
            self.send_response(302)
            self.send_header("Location", self.server.ailleurs[page])
            self.end_headers()
        elif page == "goutte-a-goutte":
            self._drip()
        elif page == "prive" and not self._is_known():
            self.send_error(401)
        elif page in self.server.pages:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(self.server.pages[page])
        else:
            self.send_error(404)

    def _is_known(self) -> bool:
        given = base64.b64encode(f"ville:{MOT_DE_PASSE}".encode()).decode()
        return self.headers.get("Authorization") in (f"Basic {given}", f"Bearer {MOT_DE_PASSE}")

    def _drip(self) -> None:
        """Un octet de temps en temps, tant qu'on l'écoute."""
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(b"x")
                time.sleep(0.02)
        except OSError:
            self.close_connection = True

    def log_message(self, *arguments: Any) -> None:
        """Rien au terminal."""


@contextmanager
def serveur_http() -> Iterator[Serveur]:
    """Un serveur HTTP de cette machine."""
    server = Serveur()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Compte(paramiko.ServerInterface):
    def check_auth_password(self, username: str, password: str) -> int:
        known = (username, password) == ("ville", MOT_DE_PASSE)
        return paramiko.AUTH_SUCCESSFUL if known else paramiko.AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def get_allowed_auths(self, username: str) -> str:
        return "password"


class _Fichiers(paramiko.SFTPServerInterface):
    racine = Path()

    def stat(self, path: str) -> Any:
        place = self.racine / path.lstrip("/")
        if not place.exists():
            return paramiko.SFTP_NO_SUCH_FILE
        return paramiko.SFTPAttributes.from_stat(place.stat(), place.name)

    def list_folder(self, path: str) -> Any:
        places = sorted((self.racine / path.lstrip("/")).iterdir())
        return [paramiko.SFTPAttributes.from_stat(item.stat(), item.name) for item in places]

    def open(self, path: str, flags: int, attr: Any) -> Any:
        handle = paramiko.SFTPHandle(flags)
        handle.readfile = (self.racine / path.lstrip("/")).open("rb")  # type: ignore[attr-defined]
        return handle


@contextmanager
def serveur_sftp(racine: Path, connus: Path) -> Iterator[int]:
    """Un serveur SFTP qui montre ``racine`` ; sa clé est écrite dans ``connus``. Son port."""
    key = paramiko.ECDSAKey.generate()
    files = type("Fichiers", (_Fichiers,), {"racine": racine})
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
        connus.write_text(f"[127.0.0.1]:{port} {key.get_name()} {key.get_base64()}\n")
        opened: list[paramiko.Transport] = []

        def serve() -> None:
            while True:
                try:
                    link, _ = door.accept()
                except OSError:
                    return
                transport = paramiko.Transport(link)
                transport.add_server_key(key)
                transport.set_subsystem_handler("sftp", paramiko.SFTPServer, files)
                opened.append(transport)
                transport.start_server(server=_Compte(), event=threading.Event())

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield port
        finally:
            door.shutdown(socket.SHUT_RDWR)
            thread.join()
            for transport in opened:
                transport.close()
