"""Nos pages sur un vrai port de cette machine, et des gens devant : leurs séances, leurs clics."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from typing import NamedTuple
from urllib.parse import urlencode

import uvicorn

from nr_models.tables import Gate
from nr_models.values.moyens import Moyen
from portal.pages.app import build_app
from tasks.portee.guichet import Guichet
from tasks.portee.reconnaissance.seances import open_seance
from tasks.store.workspace import Workspace
from tests.support.produit import PATIENCE, attendre


class Reponse(NamedTuple):
    """Ce qu’un serveur a répondu ; ``dit`` : son texte, espaces insécables en espaces."""

    status: int
    headers: Mapping[str, str]
    octets: bytes
    cookies: Mapping[str, str]

    @property
    def dit(self) -> str:
        return self.octets.decode().replace("\u00a0", " ")

    @property
    def vers(self) -> str:
        return self.headers.get("Location", "")


class Site:
    """Un serveur vrai, et de quoi lui parler comme un navigateur."""

    def __init__(self, workspace: Workspace, port: int) -> None:
        self.workspace, self.port = workspace, port

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def send(
        self, method: str, path: str, cookie: str = "", form: Mapping[str, str] | None = None, **plus: str
    ) -> Reponse:
        """Une demande, telle quelle ; un formulaire part comme celui d’une page à nous."""
        headers = {"Sec-Fetch-Site": "same-origin", **plus} if method == "POST" else dict(plus)
        body = urlencode(form or {}) if method == "POST" else None
        if body is not None:
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        if cookie:
            headers["Cookie"] = cookie
        headers = {name: value for name, value in headers.items() if value != "-"}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return Reponse(answer.status, answer.headers, answer.read(), _cookies(answer))  # type: ignore[arg-type]
        finally:
            connection.close()

    def get(self, path: str, cookie: str = "", **plus: str) -> Reponse:
        return self.send("GET", path, cookie, **plus)

    def post(self, path: str, cookie: str = "", form: Mapping[str, str] | None = None, **plus: str) -> Reponse:
        return self.send("POST", path, cookie, form, **plus)

    def entre(self, mail: str, gate: Gate | None = None) -> str:
        """Le cookie d’une personne déjà reconnue ; par le lien d’une validation, ``gate`` dit laquelle."""
        with self.workspace.writing() as session:
            return f"nr={open_seance(session, mail, Moyen.LIEN, gate=gate).jeton}"


def _cookies(answer: HTTPResponse) -> dict[str, str]:
    pairs = (item.partition(";")[0].partition("=") for item in answer.headers.get_all("Set-Cookie", []))
    return {name: value for name, _, value in pairs}


@contextmanager
def servi(workspace: Workspace, prefect: str | None = None) -> Iterator[Site]:
    """Nos pages, le temps d’un essai."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(build_app(Guichet(workspace), prefect), log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    attendre(lambda: server.started)
    try:
        yield Site(workspace, int(listener.getsockname()[1]))
    finally:
        server.should_exit = True
        thread.join(PATIENCE)
        listener.close()
