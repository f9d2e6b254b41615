"""Le serveur Prefect est fermé : sans mot de passe, d'une autre page ou sous un autre nom, rien ne se lit."""

from __future__ import annotations

import base64
import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from flows.engine.card import Acces, answers, ask
from tests.support.produit import Serveur

CHROMIUM = shutil.which("chromium") or ""

ATTAQUE = """async (url) => {
  const said = [];
  for (const [path, init] of [
    ["/health", {}], ["/admin/version", {}],
    ["/flow_runs/filter", {method: "POST", headers: {"Content-Type": "application/json"}, body: "{}"}],
    ["/flow_runs/filter", {method: "POST", headers: {"Content-Type": "text/plain"}, body: "{}"}],
  ]) {
    try { said.push([path, (await fetch(url + path, init)).status]) } catch (error) { said.push([path, "refusé"]) }
  }
  said.push(await new Promise(done => {
    const socket = new WebSocket(url.replace("http", "ws") + "/events/out", ["prefect"]);
    socket.onopen = () => done(["/events/out", "ouvert"]);
    socket.onerror = () => done(["/events/out", "refusé"]);
  }));
  return said;
}"""


def acces(secret: str) -> dict[str, str]:
    return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}


def statut(url: str, body: bytes | None = None, **headers: str) -> int:
    try:
        with urlopen(Request(url, body, headers), timeout=30) as answer:
            return int(answer.status)
    except HTTPError as refused:
        return refused.code


@pytest.mark.parametrize(
    "path", ["admin/version", "version", "flow_runs/filter", "flow_runs/count", "csrf-token?client=x", "docs"]
)
def test_sans_mot_de_passe_rien_ne_se_lit(prefect: Serveur, path: str) -> None:
    body = b"{}" if path.startswith("flow_runs") else None
    kind = {"Content-Type": "application/json"}
    assert statut(f"{prefect.url}/{path}", body, **kind) in (401, 403)
    for secret in ("", "nr:", "nr:autre", prefect.secret + "x", prefect.secret[:-1]):
        assert statut(f"{prefect.url}/{path}", body, **kind, **acces(secret)) in (401, 403)


def test_qui_se_joint_est_reconnu_et_qui_n_a_pas_le_secret_ne_l_est_pas(prefect: Serveur) -> None:
    assert answers(Acces(prefect.url, prefect.secret))
    assert not answers(Acces(prefect.url))
    assert ask(Acces(prefect.url, "nr:autre")) == 401
    assert ask(Acces("http://127.0.0.1:9/api", prefect.secret)) == 0


def test_une_ecriture_sans_jeton_est_refusee_meme_avec_le_mot_de_passe(prefect: Serveur) -> None:
    kind = {"Content-Type": "application/json"}
    assert statut(f"{prefect.url}/flow_runs/filter", b"{}", **kind, **acces(prefect.secret)) == 403
    assert isinstance(prefect.demander("flow_runs/filter"), list)


@pytest.mark.parametrize("origin", ["https://ailleurs.example", "http://127.0.0.1:1", "null"])
def test_une_autre_origine_est_refusee_meme_avec_le_mot_de_passe(prefect: Serveur, origin: str) -> None:
    for path in ("health", "admin/version"):
        assert statut(f"{prefect.url}/{path}", Origin=origin, **acces(prefect.secret)) == 403
    own = prefect.url.removesuffix("/api")
    assert statut(f"{prefect.url}/admin/version", Origin=own, **acces(prefect.secret)) == 200


@pytest.mark.parametrize("host", ["pages.exemple.org", "127.0.0.1.exemple.org", "prefect.local"])
def test_un_autre_nom_d_hote_est_refuse_pages_comprises(prefect: Serveur, host: str) -> None:
    for url in (f"{prefect.url}/health", f"{prefect.url}/admin/version", prefect.url.removesuffix("/api")):
        assert statut(url, Host=host, **acces(prefect.secret)) == 421


def test_les_flux_aussi_sont_fermes(prefect: Serveur) -> None:
    flux = f"{prefect.url.replace('http', 'ws', 1)}/events/out"
    with pytest.raises(InvalidStatus):
        connect(flux, subprotocols=["prefect"], origin="https://ailleurs.example")  # type: ignore[list-item, arg-type]
    with pytest.raises(InvalidStatus):
        connect(flux, subprotocols=["prefect"], additional_headers={"Host": "ailleurs.example"})  # type: ignore[list-item]
    for token in (None, "nr:autre"):
        with connect(flux, subprotocols=["prefect"]) as socket:  # type: ignore[list-item]
            socket.send(json.dumps({"type": "auth", "token": token}))
            with pytest.raises(ConnectionClosed):
                socket.recv(timeout=10)
    with connect(flux, subprotocols=["prefect"]) as socket:  # type: ignore[list-item]
        socket.send(json.dumps({"type": "auth", "token": prefect.secret}))
        assert json.loads(socket.recv(timeout=10)) == {"type": "auth_success"}


@pytest.mark.skipif(not CHROMIUM, reason="Chromium n’est pas installé")
def test_dans_un_vrai_navigateur_une_page_d_ailleurs_n_obtient_rien(prefect: Serveur) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    with _ailleurs() as page_url, playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = chromium.new_page()
        page.goto(page_url)
        said = page.evaluate(ATTAQUE, prefect.url)
        chromium.close()
    assert {answer for _, answer in said} == {"refusé"}, said


@pytest.mark.skipif(not CHROMIUM, reason="Chromium n’est pas installé")
def test_dans_un_vrai_navigateur_les_pages_de_prefect_s_ouvrent_avec_le_mot_de_passe(prefect: Serveur) -> None:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = chromium.new_page()
        page.goto(prefect.url.removesuffix("/api"))
        page.locator("input[type=password]").fill(prefect.secret)
        page.keyboard.press("Enter")
        page.wait_for_url(lambda url: "login" not in url, timeout=20_000)
        page.get_by_text("Runs", exact=True).first.wait_for(timeout=20_000)
        assert urlsplit(page.url).netloc == urlsplit(prefect.url).netloc
        chromium.close()


@contextmanager
def _ailleurs() -> Iterator[str]:
    """Une page d'un autre site : même machine, autre port, donc autre origine."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!doctype html><title>ailleurs</title>")

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Page)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://localhost:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
