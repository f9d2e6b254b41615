"""Les murs : d’où vient un formulaire, combien il pèse, à quel nom on répond."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from portal.pages.murs import CORPS_MAX
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace
from tests.support.site import Site, servi


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    workspace = Workspace(Settings(outputs=tmp_path_factory.mktemp("murs")))
    with servi(workspace) as served:
        yield served
    workspace.close()


@pytest.mark.parametrize("sent", ["cross-site", "same-site", "none", ""])
def test_un_formulaire_venu_d_ailleurs_n_est_pas_entendu(site: Site, sent: str) -> None:
    assert site.post("/entrer", form={"mail": "a@b.fr"}, **{"Sec-Fetch-Site": sent}).status == 403


def test_un_navigateur_qui_ne_le_dit_pas_est_cru_sur_son_origine(site: Site) -> None:
    silent = {"Sec-Fetch-Site": "-"}
    assert site.post("/entrer", form={"mail": "a@b.fr"}, **silent).status == 403
    assert site.post("/entrer", form={"mail": "a@b.fr"}, Origin=site.url, **silent).status == 200
    for origin in ("https://ailleurs.example", "null", f"http://127.0.0.1:{site.port + 1}"):
        assert site.post("/entrer", form={"mail": "a@b.fr"}, Origin=origin, **silent).status == 403


def test_un_formulaire_trop_long_est_refuse(site: Site) -> None:
    assert site.post("/entrer", form={"mail": "a" * CORPS_MAX}).status == 413
    assert site.post("/entrer", form={"mail": "a" * 1000}).status == 200


def test_un_formulaire_illisible_est_dit(site: Site) -> None:
    answer = site.post("/entrer", form={f"c{number}": "x" for number in range(100)})
    assert answer.status == 400
    assert "ne se lit pas" in answer.dit


def test_un_autre_nom_d_hote_ne_mene_nulle_part(site: Site) -> None:
    for host in ("pages.exemple.org", "127.0.0.1.exemple.org"):
        assert site.get("/entrer", Host=host).status == 421
    for host in ("localhost", f"127.0.0.1:{site.port}", f"[::1]:{site.port}"):
        assert site.get("/entrer", Host=host).status == 200


def test_derriere_un_serveur_frontal_l_adresse_publique_mene_aux_pages(site: Site) -> None:
    settings = site.workspace.settings.model_copy(update={"public_url": "https://nr.ville.example/"})
    derriere = Workspace(settings)
    with servi(derriere) as public:
        for host in ("nr.ville.example", "NR.Ville.example:443", f"127.0.0.1:{public.port}"):
            assert public.get("/entrer", Host=host).status == 200
        for host in ("autre.ville.example", "nr.ville.example.ailleurs.example"):
            assert public.get("/entrer", Host=host).status == 421
        origin = {"Origin": "https://nr.ville.example", "Sec-Fetch-Site": "-"}
        assert public.post("/entrer", form={"mail": "a@b.fr"}, Host="nr.ville.example", **origin).status == 200
    derriere.close()


def test_une_panne_ne_dit_rien_de_nous(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def fall(*_: object, **__: object) -> None:
        raise RuntimeError("secret interne")

    monkeypatch.setattr("portal.pages.entrer.entrer.ask", fall)
    answer = site.post("/entrer", form={"mail": "a@b.fr"})
    assert answer.status == 500
    assert "Cette page n’a pas pu être préparée" in answer.dit
    assert "secret interne" not in answer.dit
    assert answer.headers["Content-Security-Policy"]
