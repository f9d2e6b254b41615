"""Nos pages : ce qu'elles disent, ce qu'elles donnent à télécharger, ce qu'elles refusent."""

from __future__ import annotations

import hashlib
import re
import shutil
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import uvicorn
from openpyxl import Workbook

from nr_models.dossier.case import File, Manquant
from nr_models.dossier.gates import Verdict
from nr_models.dossier.registre import Collectivite, Entree, Personne
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_SLUG, RETOURS, STAGES
from nr_models.tables import Dossier, Programme
from nr_models.values.roles import Role
from portal import labels
from portal.pages.app import build_app
from tasks.acts.closing import close_stage
from tasks.acts.decisions import decide
from tasks.acts.door import Auteur
from tasks.dossier.board import load_board
from tasks.dossier.detail import list_etapes
from tasks.dossier.gates import open_gate
from tasks.dossier.making import wait
from tasks.dossier.rounds import save_round
from tasks.office.columns import Column
from tasks.office.look import load_look
from tasks.programme.columns import COLLECTIVITES, PERSONNES
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import cle, list_dossiers, open_programme
from tasks.store.files import store_path
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace
from templates import ROOT
from tests.support.produit import PATIENCE, attendre

HOSTILE = "<script>alert('x')</script> & « Ville » \"d’en haut\""
COMMENT = "<img src=x onerror=alert(1)> à revoir"
CHROMIUM = shutil.which("chromium") or ""
SCORE = b"les octets du score"
PAGES = ("/", "/p/essai", "/d/essai/bourg", "/d/essai/hameau", "/d/essai/val", "/nulle-part")


def actor(mail: str) -> Auteur:
    return Auteur(mail, "simulation", "essai")


class Site(NamedTuple):
    """Un serveur vrai sur un port de cette machine."""

    port: int
    workspace: Workspace

    def get(self, path: str, method: str = "GET", **headers: str) -> tuple[HTTPResponse, bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, headers=headers)
            answer = connection.getresponse()
            return answer, answer.read()
        finally:
            connection.close()

    def text(self, path: str) -> str:
        return self.get(path)[1].decode().replace("\u00a0", " ")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    root = tmp_path_factory.mktemp("web")
    workspace = Workspace(Settings(outputs=root / "outputs"))
    _fill(workspace, root / "essai")
    with _serve(workspace) as port:
        yield Site(port, workspace)
    workspace.close()


class _serve:  # noqa: N801 - se lit comme un verbe
    def __init__(self, workspace: Workspace, prefect: str | None = "http://127.0.0.1:4200") -> None:
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        config = uvicorn.Config(build_app(workspace, prefect), log_level="critical", ws="none")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]}, daemon=True)

    def __enter__(self) -> int:
        self.thread.start()
        attendre(lambda: self.server.started)
        return int(self.socket.getsockname()[1])

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join(PATIENCE)
        self.socket.close()


def _fill(workspace: Workspace, folder: Path) -> None:
    """Quatre dossiers : un à valider, un qui attend des retours, un au nom hostile refusé, un à venir."""
    _write_registre(folder)
    opened = open_programme(workspace, str(folder))
    assert not [item for item in opened.anomalies if item.code != "cle-inconnue"]
    with workspace.reading() as session:
        dossiers = {item.slug: item for item in list_dossiers(session, opened.programme)}
    _to_score(workspace, opened.programme, dossiers["bourg"])
    _to_score(workspace, opened.programme, dossiers["val"])
    _send(workspace, opened.programme, dossiers["hameau"])
    _approve_then_refuse(workspace, opened.programme, dossiers["val"])


def _send(workspace: Workspace, programme: Programme, dossier: Dossier) -> None:
    stage = BY_SLUG["collect"]
    files = [File(nom, nom.encode()) for nom in ("diagnostic.xlsx", "trame-ana-ville-fr.xlsx", "contexte.xlsx")]
    save_round(Lieu(workspace, programme, dossier), stage, "envoi", "envoi", None, files)
    wait(
        Lieu(workspace, programme, dossier), stage, "empreinte", (Manquant(quoi="diagnostic", personne="ana@ville.fr"),)
    )


def _to_score(workspace: Workspace, programme: Programme, dossier: Dossier) -> None:
    _send(workspace, programme, dossier)
    collect, score = BY_SLUG["collect"], BY_SLUG["score"]
    files = [File("anomalies.xlsx", b"anomalies"), File("resultat.json", b"{}")]
    save_round(Lieu(workspace, programme, dossier), collect, "resultat", "collecte", {"collect": 1}, files)
    save_round(
        Lieu(workspace, programme, dossier), score, "resultat", "score", {"score": 1}, [File("score.xlsx", SCORE)]
    )
    assert open_gate(Lieu(workspace, programme, dossier), score)


def _approve_then_refuse(workspace: Workspace, programme: Programme, dossier: Dossier) -> None:
    _decide(workspace, programme, dossier, "score", "ana@ville.fr", Verdict.RESERVES, COMMENT)
    stage = BY_SLUG["restitute"]
    save_round(
        Lieu(workspace, programme, dossier),
        stage,
        "resultat",
        "deck",
        {"r": 1},
        [File("restitution.pptx", b"x" * 1_234_567)],
    )
    assert open_gate(Lieu(workspace, programme, dossier), stage)
    _decide(workspace, programme, dossier, "restitute", "dora@ville.fr", Verdict.REFUSER, "Trop long.")


def _decide(
    workspace: Workspace, programme: Programme, dossier: Dossier, slug: str, mail: str, verdict: Verdict, comment: str
) -> None:
    with workspace.reading() as session:
        seal = next(
            item.empreinte for item in list_etapes(Lieu(workspace, programme, dossier, session)) if item.slug == slug
        )
    answer = decide(
        workspace,
        cle(programme, dossier),
        BY_SLUG[slug].gate or "",
        par=actor(mail),
        verdict=verdict,
        vu=seal or "",
        comment=comment,
    )
    assert answer.accepted, answer.message


def _write_registre(folder: Path) -> None:
    folder.mkdir()
    book = Workbook()
    towns = (
        {"slug": "bourg", "siren": "732829320", "nom": "Bourg-sur-Loire", "nature": "commune"},
        {"slug": "hameau", "siren": "404833048", "nom": "Hameau", "nature": "commune"},
        {"slug": "val", "siren": "552100554", "nom": HOSTILE, "nature": "commune"},
        {"slug": "vide", "siren": "552032534", "nom": "Vide", "nature": "commune"},
    )
    people = (
        {"collectivite": "*", "nom": "Ana Roux", "mail": "ana@ville.fr", "roles": "référent ; interlocuteur"},
        {"collectivite": "*", "nom": "Dora Gil", "mail": "dora@ville.fr", "roles": "DG"},
        {"collectivite": "*", "nom": "Élie Mas", "mail": "elie@ville.fr", "roles": "élu sponsor"},
    )
    _sheet(book, "Collectivités", COLLECTIVITES, towns)
    _sheet(book, "Personnes", PERSONNES, people)
    del book["Sheet"]
    book.save(folder / "registre.xlsx")


def _sheet(book: Workbook, name: str, columns: tuple[Column, ...], rows: tuple[dict[str, str], ...]) -> None:
    sheet = book.create_sheet(name)
    sheet.append([column.title for column in columns])
    for row in rows:
        sheet.append([row.get(column.field, "") for column in columns])


def test_l_accueil_dit_combien_de_dossiers_attendent_quoi(site: Site) -> None:
    page = site.text("/")
    assert "4 dossiers : 1 est refusé, 1 attend une validation, 1 attend des retours, 1 est prêt à avancer." in page
    assert '<a href="/p/essai">essai</a>' in page


def test_le_tableau_dit_en_mots_ou_en_est_chaque_etape_et_qui_est_attendu(site: Site) -> None:
    page = site.text("/p/essai")
    for stage in STAGES:
        assert f"{stage.numero}.&nbsp;{stage.nom}</th>" in page
    with site.workspace.reading() as session:
        programme = next(iter(session.exec(_programmes())))
        board = load_board(site.workspace, session, programme)
    for line in board.dossiers:
        for case in line.stages:
            assert f">{case.etat.nom.capitalize()}</span>" in page
    assert "Validation de l’étape « Score »" in page
    assert "Ana Roux (référent)" in page
    assert 'depuis le <time datetime="' in page


def _programmes() -> Any:
    from sqlmodel import select

    return select(Programme)


def test_un_dossier_montre_ses_sept_etapes_leurs_documents_et_son_empreinte(site: Site) -> None:
    page = site.text("/d/essai/bourg")
    with site.workspace.reading() as session:
        board = load_board(site.workspace, session, next(iter(session.exec(_programmes()))))
    seal = board.dossiers[0].stages[1].empreinte or ""
    for stage in STAGES:
        assert f"<h3>{stage.numero}.&nbsp;{stage.nom}</h3>" in page
        assert stage.but in page
    assert f"Code de contrôle <code>{seal[:12]}</code>" in page
    assert seal[:13] not in page
    assert "Trame d’entretien, Ana Roux</a>" in page
    assert 'href="/d/essai/bourg/score/score.xlsx"' in page
    assert "classeur XLSX, 1 ko" in page
    assert "présentation PPTX, 1,2 Mo" in site.text("/d/essai/val")


def test_la_page_dit_comment_decider_en_attendant(site: Site) -> None:
    page = site.text("/d/essai/bourg")
    found = re.search(r"<code>(.*?nr.*?decide.*?)</code>", page)
    assert found
    command = re.sub(r"<[^>]+>", "", found[1])
    assert re.fullmatch(
        r"nr validation decider essai/bourg diagnostic --par ana@ville\.fr --verdict approuver --vu [0-9a-f]{12}",
        command,
    )
    plain = re.sub(r"<[^>]+>", "", site.text("/d/essai/hameau"))
    assert "nr etape clore essai/hameau collect --par ana@ville.fr" in plain
    assert "questionnaire de diagnostic (Ana Roux)" in site.text("/d/essai/hameau")


def test_une_saisie_close_ne_dit_plus_ce_qui_manque(tmp_path: Path) -> None:
    workspace = Workspace(Settings(outputs=tmp_path / "outputs"))
    _fill(workspace, tmp_path / "essai")
    answer = close_stage(workspace, "essai/hameau", BY_SLUG["collect"], par=actor("ana@ville.fr"))
    assert answer.accepted
    with _serve(workspace) as port:
        page = Site(port, workspace).text("/d/essai/hameau")
    workspace.close()
    assert "Saisie close" in page
    assert "Il manque" not in page
    assert "Saisie de l’étape « Collecte » close par Ana Roux, sans attendre " in page


def test_une_decision_se_lit_avec_son_auteur_et_ce_qu_il_a_ecrit(site: Site) -> None:
    page = site.text("/d/essai/val")
    assert "Approuvé avec réserves par Ana Roux (référent), le" in page
    assert "Refusé par Dora Gil (direction générale), le" in page
    assert "Trop long." in page
    assert "Le dossier est arrêté." in page


def test_l_histoire_se_lit_en_mots_la_plus_recente_d_abord(site: Site) -> None:
    page = site.text("/d/essai/val").partition("Histoire du dossier")[2]
    refused = page.index(
        "Étape « Restitution » : refusé par Dora Gil (direction générale), identification : simulation"
    )
    opened = page.index("Dossier ouvert, avec la version")
    assert refused < opened
    assert "Acte automatique" in page
    assert "Documents à remplir de l’étape « Collecte » préparés (3 documents)." in page
    assert not re.search(r"[{}]|&#34;|artefact|sha256", re.sub(r"<[^>]+>", "", page.partition("</main>")[0]))


def test_un_nom_hostile_est_ecrit_et_n_agit_pas(site: Site) -> None:
    for path in ("/p/essai", "/d/essai/val"):
        page = site.text(path)
        assert "<script" not in page
        assert "<img" not in page
        assert "&lt;script&gt;alert(" in page
    assert "&lt;img src=x onerror=alert(1)&gt; à revoir" in site.text("/d/essai/val")


def test_un_document_arrive_tel_qu_il_a_ete_fait(site: Site) -> None:
    answer, content = site.get("/d/essai/bourg/score/score.xlsx")
    assert (answer.status, content) == (200, SCORE)
    assert answer.headers["Content-Type"] == "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''bourg-score.xlsx"
    answer, content = site.get("/d/essai/bourg/score/score.xlsx", "HEAD")
    assert (answer.status, content) == (200, b"")


def test_ce_qui_dit_qui_a_repondu_quoi_n_est_pas_servi(site: Site) -> None:
    assert site.get("/d/essai/bourg/collect/anomalies.xlsx")[0].status == 200
    assert site.get("/d/essai/bourg/collect/resultat.json")[0].status == 404
    assert "collect/resultat.json" not in site.text("/d/essai/bourg")
    private = {(stage.slug, nom) for stage in STAGES for nom in stage.prives}
    assert private >= {(slug, "resultat.json") for slug in ("collect", "score", "prioritise")}
    assert ("collect", "a-trancher.xlsx") in private


def test_un_document_altere_dans_les_reserves_n_est_pas_donne(site: Site) -> None:
    path = store_path(site.workspace.settings, hashlib.sha256(b"anomalies").hexdigest())
    kept = path.read_bytes()
    try:
        path.write_bytes(b"autre chose")
        answer, content = site.get("/d/essai/bourg/collect/anomalies.xlsx")
        assert answer.status == 404
        assert "perdu ou altéré" in content.decode()
    finally:
        path.write_bytes(kept)


@pytest.mark.parametrize(
    "path",
    [
        "/d/essai/bourg/score/../../../nr.db",
        "/d/essai/bourg/score/..%2f..%2f..%2fnr.db",
        "/d/essai/bourg/score/%2e%2e%2fnr.db",
        "/d/essai/bourg/score/%2fetc%2fpasswd",
        "/d/essai/bourg/..%2f2-score/score.xlsx",
        "/d/essai/bourg/2-score/score.xlsx",
        "/d/essai/bourg/collect/score.xlsx",
        "/d/essai/bourg/score/score.xlsx%00",
        "/d/essai/bourg/score/SCORE.XLSX",
        "/d/essai/bourg/score/%25",
        "/d/essai/bourg/score/",
        "/d/essai/../essai/bourg",
        "/d/../bourg",
        "/d/./bourg",
        "/p/.",
        "/p/..",
        "/p/%2e%2e",
        "/p/%2ftmp",
        "/p/essai%25",
        "/p/ess%5fi",
        "/p/essai'%20or%201=1--",
        "/d/essai/bour%25",
        "/p/essai/",
        "/.store",
        "/nr.db",
        "/templates/look.yaml",
        "/%ff%fe",
        "/docs",
        "/openapi.json",
    ],
)
def test_rien_ne_se_lit_hors_de_ce_que_la_base_montre(site: Site, path: str) -> None:
    answer, content = site.get(path)
    assert answer.status == 404
    assert SCORE not in content
    assert "Page introuvable" in content.decode()
    assert "Not Found" not in content.decode()


@pytest.mark.parametrize("path", [*PAGES, "/style.css", "/icone.svg", "/sante", "/d/essai/bourg/score/score.xlsx"])
def test_chaque_reponse_porte_ses_protections(site: Site, path: str) -> None:
    headers = site.get(path)[0].headers
    policy = headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none';")
    assert "unsafe" not in policy
    assert "script-src" not in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_les_pages_se_lisent_seulement(site: Site, method: str) -> None:
    for path in ("/", "/p/essai", "/d/essai/bourg", "/d/essai/bourg/score/score.xlsx"):
        answer, content = site.get(path, method)
        assert answer.status == 405
        assert "Ces pages se lisent seulement" in content.decode()


def test_un_autre_nom_d_hote_ne_mene_pas_aux_dossiers(site: Site) -> None:
    for host in ("pages.exemple.org", f"pages.exemple.org:{site.port}", "127.0.0.1.exemple.org", ""):
        assert site.get("/p/essai", Host=host)[0].status == 421
    for host in ("localhost", f"127.0.0.1:{site.port}", f"[::1]:{site.port}"):
        assert site.get("/p/essai", Host=host)[0].status == 200


def test_une_page_venue_d_ailleurs_n_est_pas_entendue(site: Site) -> None:
    for origin in ("https://ailleurs.example", "http://127.0.0.1:1", "null", ""):
        assert site.get("/p/essai", Origin=origin)[0].status == 403
    assert site.get("/p/essai", Origin=f"http://127.0.0.1:{site.port}")[0].status == 200


def test_derriere_un_serveur_frontal_l_adresse_publique_mene_aux_pages(site: Site) -> None:
    settings = site.workspace.settings.model_copy(update={"public_url": "https://nr.ville.example/"})
    derriere = Workspace(settings)
    with _serve(derriere) as port:
        public = Site(port, derriere)
        for host in ("nr.ville.example", "NR.Ville.example:443", f"127.0.0.1:{port}"):
            assert public.get("/p/essai", Host=host)[0].status == 200
        for host in ("autre.ville.example", "nr.ville.example.ailleurs.example", ""):
            assert public.get("/p/essai", Host=host)[0].status == 421
        assert public.get("/p/essai", Host=f"127.0.0.1:{port}", Origin="https://nr.ville.example")[0].status == 200
        assert public.get("/p/essai", Origin="http://nr.ville.example")[0].status == 403
    derriere.close()


def test_la_sante_et_le_lien_vers_la_page_technique(site: Site) -> None:
    answer, content = site.get("/sante")
    assert (answer.status, content) == (200, b"ok")
    assert '<a href="http://127.0.0.1:4200">Page technique (Prefect)</a>' in site.text("/")


def test_une_panne_se_dit_en_francais_sans_rien_montrer(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("secret interne")

    monkeypatch.setattr("portal.pages.pages.load_board", fail)
    answer, content = site.get("/p/essai")
    page = content.decode()
    assert answer.status == 500
    assert "Cette page n’a pas pu être préparée" in page
    assert "secret interne" not in page
    assert "Traceback" not in page
    assert answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_sans_programme_la_page_dit_ce_qui_vient_et_de_qui(tmp_path: Path) -> None:
    workspace = Workspace(Settings(outputs=tmp_path))
    with _serve(workspace, None) as port:
        page = Site(port, workspace).text("/")
    workspace.close()
    assert "Aucun programme n’est encore ouvert. L’équipe programme en ouvre un" in page
    assert "Prefect" not in page


def test_lire_les_pages_n_ecrit_rien(site: Site) -> None:
    def state() -> list[tuple[object, ...]]:
        with site.workspace.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM event ORDER BY id")]

    before = state()
    for path in PAGES:
        site.get(path)
    assert state() == before


def test_les_reperes_d_une_page_accessible_y_sont(site: Site) -> None:
    for path in PAGES:
        page = site.get(path)[1].decode()
        assert '<html lang="fr">' in page
        assert page.count("<h1>") == 1
        assert page.count("<main ") == 1
        assert 'class="evitement" href="#contenu"' in page
        assert not re.search(r"<script|<[^>]*\s(style|on[a-z]+)=", page)
        assert not re.search(r'(src|href)="https?://(?!127\.0\.0\.1:4200)', page)
        ids = re.findall(r'\sid="([^"]+)"', page)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'href="#([^"]+)"', page)) <= set(ids)
    board = site.text("/p/essai")
    assert "<caption>" in board
    assert board.count('scope="col"') == 2 + len(STAGES)
    assert board.count('scope="row"') == 4


def test_la_ponctuation_francaise_est_insecable(site: Site) -> None:
    for path in PAGES:
        page = re.sub(r"<(pre|code)\b.*?</\1>|<[^>]+>", "", site.get(path)[1].decode(), flags=re.DOTALL)
        assert not re.search(r" [:;?!%»]|« ", page)


def test_les_couleurs_viennent_toutes_de_la_charte(site: Site) -> None:
    for path in (ROOT / "pages").iterdir():
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?=[;\s\"])|rgba?\(|hsl", path.read_text(encoding="utf-8")), path.name
    colours = load_look().couleurs
    style = site.text("/style.css")
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", style)) <= {*colours.values(), *load_look().dimensions.values()}
    for name in ("encre", "discret", "accent", "fait", "attention", "erreur"):
        assert _contrast(colours[name], colours["papier"]) >= 4.5, name


def _contrast(ink: str, paper: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(ink), luminance(paper)))
    return (high + 0.05) / (low + 0.05)


def test_chaque_fichier_des_etapes_et_chaque_retour_a_un_nom_que_les_gens_comprennent() -> None:
    made = {nom for stage in STAGES for nom in (*stage.supports, *stage.livrables, *stage.sometimes)}
    assert made | {"resultat.json"} == labels.DOCUMENTS.keys()
    assert {kind for stage in STAGES for kind in stage.returns} == RETOURS.keys()
    assert set(labels.PHRASES) == set(Etat)


def test_les_heures_sont_celles_de_paris_et_les_tailles_se_lisent() -> None:
    assert labels.write_instant("2026-05-12T12:05:00Z").replace("\u00a0", " ") == "12 mai 2026 à 14 h 05"
    assert labels.write_instant("2026-12-31T23:30:00Z").replace("\u00a0", " ") == "1er janvier 2027 à 0 h 30"
    assert [labels.write_size(count).replace("\u00a0", " ") for count in (0, 48_200, 1_249_999, 12_000_000)] == [
        "1 ko",
        "48 ko",
        "1,2 Mo",
        "12,0 Mo",
    ]


def test_un_document_sans_nom_connu_garde_le_sien() -> None:
    entree = Entree(
        collectivite=Collectivite(slug="bourg", siren="732829320", nom="Bourg", nature="commune"),
        personnes=(Personne(mail="zoe@ville.fr", nom="Zoé Petit", roles=(Role.VOTANT,)),),
    )
    assert labels.name_document("bulletin-zoe-ville-fr.xlsx", entree) == "Bulletin de vote, Zoé Petit"
    assert labels.name_document("bulletin-autre-ville-fr.xlsx", entree) == "Bulletin de vote"
    assert labels.name_document("autre.bin", entree) == "autre.bin"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if shutil.which(CHROMIUM) is None:
        pytest.skip("Chromium n’est pas installé : les pages ne sont pas essayées dans un navigateur")
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright n’est pas installé")
    with playwright.sync_playwright() as running:
        chromium = running.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


@pytest.mark.parametrize("width", [1280, 320])
@pytest.mark.parametrize("path", PAGES)
def test_une_page_tient_dans_la_fenetre_et_se_parcourt_au_clavier(
    site: Site, browser: Any, path: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"http://127.0.0.1:{site.port}{path}")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert [text for text in complaints if "404" not in text or path != "/nulle-part"] == []
    assert page.evaluate("[...document.querySelectorAll('caption')].every(it => it.clientWidth > 250)")
    small = page.evaluate(
        """[...document.querySelectorAll('a, summary')].filter(link => !link.closest('p, .evitement'))
        .map(link => [link.textContent, link.getBoundingClientRect()])
        .filter(([, box]) => box.height < 44).map(([text]) => text)"""
    )
    assert small == []
    count = page.evaluate("document.querySelectorAll('a, summary, pre').length")
    for _ in range(min(count, 12)):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """(() => {
            const it = document.activeElement, box = it.getBoundingClientRect(), style = getComputedStyle(it);
            return [it.tagName, style.outlineStyle, parseFloat(style.outlineWidth), box.left >= 0, box.width > 0];
            })()"""
        )
        assert seen[0] in ("A", "SUMMARY", "PRE")
        assert seen[1] == "solid"
        assert seen[2] >= 2
        assert seen[3:] == [True, True]
    page.close()
