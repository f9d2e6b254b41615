"""Ce qui est produit est à son propriétaire ; un mot de passe écrit dans une adresse ne se lit nulle part."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from pydantic import ValidationError
from sqlalchemy.exc import OperationalError

from flows.engine.card import Acces
from flows.engine.start import Moteur, MoteurAbsent
from portal.cli.dire.failures import explain
from portal.cli.main import nr
from tasks.store.failures import failure_log, note_failure
from tasks.store.settings import Settings, masked
from tasks.store.workspace import Workspace
from tests.support.parcours import Depart

ADRESSES = ("prefect_api_url", "database_url", "tsa_url", "public_url")
SECRET = "s3cr3t"


@pytest.fixture(autouse=True)
def masque() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


@pytest.mark.parametrize(("umask", "ouverts"), [("077", 0o077), ("007", 0o007), ("0027", 0o027)])
def test_ce_qui_est_produit_n_a_que_les_droits_du_reglage(tmp_path: Path, umask: str, ouverts: int) -> None:
    workspace = Workspace(Settings(outputs=tmp_path / "produit", umask=umask))
    with workspace.writing():
        pass
    note_failure(workspace.settings, "essai", ValueError())
    workspace.close()
    made = [tmp_path / "produit", *(tmp_path / "produit").rglob("*")]
    assert len(made) >= 3
    assert [path.name for path in made if stat.S_IMODE(path.stat().st_mode) & ouverts] == []


def test_par_defaut_un_dossier_avance_n_est_lisible_que_de_son_proprietaire(depart: Depart) -> None:
    terrain = depart()
    terrain.run()
    made = list(terrain.workspace.settings.outputs.rglob("*"))
    assert any(path.suffix == ".xlsx" for path in made)
    assert [str(path) for path in made if path.stat().st_mode & 0o077] == []


@pytest.mark.parametrize("umask", ["", "77", "8", "0o77", "rien"])
def test_un_masque_qui_ne_se_lit_pas_est_refuse(umask: str) -> None:
    with pytest.raises(ValidationError):
        Settings(umask=umask)


@pytest.mark.parametrize(
    "adresse",
    [
        f"postgresql+psycopg://compte:{SECRET}@serveur/base",
        f"postgresql://compte:p@ss/{SECRET}@serveur/base",
        f"postgresql://serveur/base?user=moi&password={SECRET}",
        f"https://{SECRET}@autorite.example/tsa",
        f"https://autorite.example/tsa?x=1&api_key={SECRET}&y=2",
        f"https://depot.example/f?access_token={SECRET}",
    ],
)
def test_le_mot_de_passe_d_une_adresse_est_masque_et_son_serveur_reste_dit(adresse: str) -> None:
    said = masked(f"Le serveur {adresse} ne répond pas, dit ana@ville.example.")
    assert SECRET not in said
    assert any(host in said for host in ("serveur/base", "autorite.example", "depot.example"))
    assert said.endswith("ne répond pas, dit ana@ville.example.")


def test_aucun_message_ne_dit_le_mot_de_passe_d_un_reglage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"http://compte:{SECRET}@127.0.0.1:9/api"
    for name in ADRESSES:
        monkeypatch.setenv(f"NR_{name.upper()}", url)
    monkeypatch.setenv("NR_OUTPUTS", str(tmp_path))
    said = [CliRunner().invoke(nr, ["settings"]).output]
    settings = Settings()
    with pytest.raises(MoteurAbsent) as absent:
        Moteur(settings, Acces(settings.prefect_api_url)).ensure()
    said.append(str(absent.value))
    said.append(explain(OperationalError(f"SELECT {url}", {}, Exception(url))).message)
    note_failure(settings, "essai", RuntimeError(f"connexion à {url} refusée"))
    said.append(failure_log(settings).read_text(encoding="utf-8"))
    monkeypatch.setenv("NR_PORT", url)
    with pytest.raises(ValidationError) as refused:
        Settings()
    said.append(explain(refused.value).message)
    assert all("127.0.0.1:9" in item for item in said), said
    assert not any(SECRET in item for item in said), said
