"""Les murs de nos pages : chaque route, chaque rôle, chaque dossier ; une route sans ligne ici fait échouer l’essai."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest

from nr_models.values.roles import Role
from portal.pages.app import PAGES
from tasks.demo.programme import write_programme
from tasks.programme.programmes import list_dossiers, open_programme
from tasks.store.files import store_path
from tests.support.parcours import AVEC_DG, SANS_DG, Terrain, taken_to
from tests.support.site import Site, servi

MOI = f"exemple/{AVEC_DG}"
TOUS = frozenset(Role)
MENEURS = frozenset({Role.REFERENT, Role.EQUIPE_PROGRAMME})
DIRECTION = frozenset({Role.DG, Role.ELU_SPONSOR})
AVISENT = TOUS - {Role.LECTEUR, Role.PRESTATAIRE}
PERSONNE: frozenset[Role] = frozenset()

OUVERTES = {
    "/": 303,
    "/entrer": 200,
    "/entrer/{jeton}": 410,
    "/v/{jeton}": 404,
    "/accessibilite": 200,
    "/donnees-personnelles": 200,
    "/style.css": 200,
    "/icone.svg": 200,
    "/sante": 200,
}
"""Ce que lit n’importe qui, et ce qu’on lui répond."""

LUES: dict[str, dict[str, frozenset[Role]]] = {
    "/moi": {"": TOUS},
    "/p/{programme}": {"": frozenset({Role.EQUIPE_PROGRAMME})},
    "/d/{programme}/{slug}": {"": TOUS},
    "/d/{programme}/{slug}/decider/{gate}": {"diagnostic": AVISENT, "restitution": PERSONNE, "rien": PERSONNE},
    "/d/{programme}/{slug}/recu/{numero}": {"1": PERSONNE, "x": PERSONNE},
    "/d/{programme}/{slug}/deleguer": {"": MENEURS | DIRECTION},
    "/d/{programme}/{slug}/{stage}/{nom}": {
        "score/score.xlsx": AVISENT,
        "score/resultat.json": MENEURS,
        "collect/anomalies.xlsx": MENEURS | DIRECTION,
        "collect/a-trancher.xlsx": MENEURS,
        "collect/resultat.json": MENEURS,
        "collect/diagnostic.xlsx": MENEURS,
        "restitute/restitution.pptx": PERSONNE,
        "score/rien.xlsx": PERSONNE,
        "rien/score.xlsx": PERSONNE,
    },
    "/d/{programme}/{slug}/{stage}/en-vigueur/{nom}": {"score/score.xlsx": PERSONNE, "rien/score.xlsx": PERSONNE},
}
"""Qui lit quoi dans son dossier, quand son diagnostic attend d’être validé ; hors de lui, rien."""

POSTEES = {
    "/entrer": 200,
    "/entrer/code": 422,
    "/entrer/{jeton}": 410,
    "/sortir": 303,
    "/v/{jeton}": 404,
    "/v/{jeton}/renvoyer": 404,
}
"""Les formulaires ouverts à n’importe qui, et ce qu’y gagne qui n’a rien."""

GARDEES = (
    "/moi",
    "/d/{programme}/{slug}/decider/{gate}",
    "/d/{programme}/{slug}/aviser/{gate}",
    "/d/{programme}/{slug}/recu/{numero}",
    "/d/{programme}/{slug}/deleguer",
)
"""Les formulaires de qui est reconnu."""


class Monde(NamedTuple):
    """Un dossier et ses gens, un par rôle, un autre dossier du programme, un autre programme ; servis."""

    site: Site
    terrain: Terrain
    gens: dict[Role, str]
    lien: str
    autres: tuple[str, ...]


@pytest.fixture(scope="module")
def monde(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Monde]:
    place = tmp_path_factory.mktemp("murs")
    terrain = taken_to(place / "ici", "score", AVEC_DG)
    write_programme(place / "ailleurs", collectivites=1, seed=9)
    ailleurs = open_programme(terrain.workspace, str(place / "ailleurs")).programme
    terrain.give_roles({f"{role.value}@seul.example": (role,) for role in Role})
    with terrain.workspace.reading() as session:
        [autre] = list_dossiers(session, ailleurs)
    with servi(terrain.workspace) as site:
        gens = {role: site.entre(f"{role.value}@seul.example") for role in Role}
        lien = site.entre(f"{Role.REFERENT.value}@seul.example", terrain.gates("score")[-1])
        yield Monde(site, terrain, gens, lien, (f"exemple/{SANS_DG}", f"ailleurs/{autre.slug}"))
    terrain.workspace.close()


def adresse(path: str, cle: str, suite: str) -> str:
    """L’adresse d’une page, ses trous remplis."""
    programme, slug = cle.split("/")
    stage, _, nom = suite.partition("/")
    filled = path.replace("{programme}", programme).replace("{slug}", slug)
    return (
        filled.replace("{stage}", stage)
        .replace("{nom}", nom)
        .replace("{gate}", suite or "diagnostic")
        .replace("{numero}", suite or "1")
        .replace("{jeton}", "1-2-inconnu")
    )


def test_chaque_route_a_sa_ligne_ici() -> None:
    assert {page.path for page in PAGES if page.show} == {*OUVERTES, *LUES}
    assert {page.path for page in PAGES if page.post} == {*POSTEES, *GARDEES}
    assert {page.path for page in PAGES if page.ouverte} == {*OUVERTES, *POSTEES}


def test_qui_n_est_pas_reconnu_ne_lit_que_ce_qui_est_ouvert(monde: Monde) -> None:
    for path, status in OUVERTES.items():
        assert monde.site.get(adresse(path, MOI, "")).status == status, path
    for path, cases in LUES.items():
        for suite in cases:
            answer = monde.site.get(adresse(path, MOI, suite))
            assert (answer.status, answer.vers) == (303, "/entrer"), path


@pytest.mark.parametrize("role", Role)
def test_chaque_role_lit_ce_que_la_table_lui_ouvre_et_rien_d_autre(monde: Monde, role: Role) -> None:
    for path, cases in LUES.items():
        for suite, readers in cases.items():
            answer = monde.site.get(adresse(path, MOI, suite), monde.gens[role])
            assert answer.status == (200 if role in readers else 404), (path, suite)


@pytest.mark.parametrize("role", Role)
def test_le_dossier_d_un_autre_et_celui_qui_n_existe_pas_se_repondent_pareil(monde: Monde, role: Role) -> None:
    said = set()
    for cle in (*monde.autres, "exemple/nulle-part", "nulle-part/nulle-part"):
        for path, cases in LUES.items():
            if path == "/moi" or (path == "/p/{programme}" and cle.startswith("exemple/")):
                continue
            for suite in cases:
                answer = monde.site.get(adresse(path, cle, suite), monde.gens[role])
                assert answer.status == 404, (path, cle)
                said.add(answer.octets)
    assert len(said) <= 2, "une page de refus, et celle d’un document"


def test_le_lien_d_une_validation_n_ouvre_qu_elle(monde: Monde) -> None:
    opened = {
        adresse(path, MOI, suite)
        for path, cases in LUES.items()
        for suite in cases
        if monde.site.get(adresse(path, MOI, suite), monde.lien).status == 200
    }
    assert opened == {
        f"/d/{MOI}/decider/diagnostic",
        f"/d/{MOI}/score/score.xlsx",
        f"/d/{MOI}/collect/anomalies.xlsx",
        f"/d/{MOI}/collect/a-trancher.xlsx",
        f"/d/{MOI}/collect/resultat.json",
    }, "ce que montre la validation à qui mène le dossier"
    assert "une seule validation" in monde.site.get("/", monde.lien).dit


def test_sans_seance_rien_ne_se_fait(monde: Monde) -> None:
    for path, status in POSTEES.items():
        assert monde.site.post(adresse(path, MOI, "")).status == status, path
    for path in GARDEES:
        assert monde.site.post(adresse(path, MOI, "")).status == 403, path


@pytest.mark.parametrize("role", Role)
def test_dans_le_dossier_d_un_autre_rien_ne_se_fait(monde: Monde, role: Role) -> None:
    before = monde.terrain.facts()
    form = {"verdict": "approuver", "vu": "a" * 64, "texte": "x", "motif": "x", "du": "2026-12-01", "au": "2026-12-02"}
    for cle in monde.autres:
        for path in GARDEES[1:]:
            assert monde.site.post(adresse(path, cle, ""), monde.gens[role], form).status == 404, (path, cle)
    assert monde.terrain.facts() == before


@pytest.mark.parametrize(
    "path",
    [
        "score/../../../nr.db", "score/..%2f..%2f..%2fnr.db", "score/%2e%2e%2fnr.db", "score/%2fetc%2fpasswd",
        "..%2f2-score/score.xlsx", "2-score/score.xlsx", "score/score.xlsx%00", "score/SCORE.XLSX", "score/%25",
        "score/", "decider/", "recu/-1", "recu/1%00", "recu/99999999999999999999",
    ],
)  # fmt: skip
def test_rien_ne_se_lit_hors_de_ce_que_la_base_montre(monde: Monde, path: str) -> None:
    answer = monde.site.get(f"/d/{MOI}/{path}", monde.gens[Role.REFERENT])
    assert answer.status == 404
    assert "Page introuvable" in answer.dit
    assert "Not Found" not in answer.dit


@pytest.mark.parametrize("path", ["/.store", "/nr.db", "/.cle", "/templates/look.yaml", "/%ff%fe", "/docs", "/d/."])
def test_une_adresse_qui_n_existe_pas_est_dite(monde: Monde, path: str) -> None:
    for cookie in ("", monde.gens[Role.EQUIPE_PROGRAMME]):
        assert monde.site.get(path, cookie).status == 404


PARTOUT = ("/", "/entrer", f"/d/{MOI}", "/nulle-part", "/style.css", "/sante", f"/d/{MOI}/score/score.xlsx")


@pytest.mark.parametrize("path", PARTOUT)
def test_chaque_reponse_porte_ses_protections(monde: Monde, path: str) -> None:
    headers = monde.site.get(path, monde.gens[Role.REFERENT]).headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cache-Control"] == "no-store"


def test_un_document_altere_dans_les_reserves_n_est_donne_a_personne(monde: Monde) -> None:
    [digest] = {item["sha256"] for item in _artefacts(monde, "anomalies.xlsx")}
    path = store_path(monde.terrain.workspace.settings, digest)
    kept = path.read_bytes()
    try:
        path.write_bytes(b"autre chose")
        answer = monde.site.get(f"/d/{MOI}/collect/anomalies.xlsx", monde.gens[Role.REFERENT])
        assert answer.status == 404
        assert "perdu ou altéré" in answer.dit
    finally:
        path.write_bytes(kept)


def _artefacts(monde: Monde, nom: str) -> list[dict[str, str]]:
    from sqlmodel import select

    from nr_models.tables import Artefact, Round

    with monde.terrain.workspace.reading() as session:
        query = select(Artefact).join(Round).where(Artefact.nom == nom, Round.dossier_id == monde.terrain.dossier.id)
        return [{"sha256": row.sha256} for row in session.exec(query)]


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_on_ne_parle_aux_pages_que_pour_lire_ou_remplir_un_formulaire(monde: Monde, method: str) -> None:
    answer = monde.site.send(method, f"/d/{MOI}", monde.gens[Role.REFERENT], **{"Sec-Fetch-Site": "same-origin"})
    assert answer.status == 405
    assert "Cette page se lit seulement" in answer.dit


def test_la_sante_se_dit_a_tous(monde: Monde) -> None:
    assert monde.site.get("/sante").octets == b"ok"
