"""Les têtes quittent la base : un fichier daté, jamais récrit, horodaté ; ce que la base a perdu s'y voit."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from nr_models.values.roles import Role
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace
from tasks.trail import chain
from tasks.trail.heads import check_heads, list_files, write_heads
from tests.support.horodatage import build_authority, serve
from tests.support.parcours import Depart, Terrain
from tests.support.produit import Produit

MATIN, SOIR, DEMAIN = "2026-11-25T06:00:00Z", "2026-11-25T18:00:00Z", "2026-11-26T06:00:00Z"


@pytest.fixture
def terrain(depart: Depart) -> Terrain:
    return depart("score")


def decide(terrain: Terrain) -> None:
    assert terrain.decide("score", terrain.person(Role.REFERENT)).accepted


def names(terrain: Terrain) -> list[str]:
    return [path.name for path in list_files(terrain.workspace.settings)]


def test_un_releve_dit_ou_en_est_chaque_chaine(terrain: Terrain) -> None:
    done = write_heads(terrain.workspace, MATIN)
    assert done.fichier is not None
    said = json.loads(done.fichier.read_bytes())
    with terrain.workspace.reading() as session:
        assert said == {"format": 1, "le": MATIN, "chaines": chain.list_heads(session)}
        head = chain.find_head(session, terrain.cle)
        assert head is not None
        assert said["chaines"][terrain.cle] == head._asdict()
        assert chain.find_head(session, "inconnue") is None


def test_un_releve_ne_se_recrit_pas_et_ne_se_double_pas(terrain: Terrain) -> None:
    first = write_heads(terrain.workspace, MATIN).fichier
    assert first is not None
    content = first.read_bytes()
    assert write_heads(terrain.workspace, SOIR).fichier is None
    decide(terrain)
    assert write_heads(terrain.workspace, SOIR).fichier is not None
    assert write_heads(terrain.workspace, DEMAIN).fichier is None
    assert names(terrain) == ["2026-11-25.json", "2026-11-25_02.json"]
    assert first.read_bytes() == content


def test_une_base_vide_n_a_pas_de_tete(tmp_path: Path) -> None:
    workspace = Workspace(Settings(outputs=tmp_path))
    assert write_heads(workspace, MATIN).fichier is None
    workspace.close()


@pytest.mark.parametrize("order", ["DELETE FROM event WHERE n > 3", "UPDATE event SET body = body WHERE id = 1"])
def test_une_base_tronquee_est_trahie_par_le_releve(terrain: Terrain, order: str) -> None:
    write_heads(terrain.workspace, MATIN)
    rewound = "DELETE" in order
    with terrain.workspace.writing() as session:
        for (name,) in session.execute(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
            session.execute(sa.text(f"DROP TRIGGER {name}"))
        session.execute(sa.text("DELETE FROM event WHERE ordre > 20" if rewound else order))
    with terrain.workspace.reading() as session:
        assert chain.verify(session) is None
        assert (chain.verify(session, check_heads(terrain.workspace.settings).heads) is not None) is rewound


def test_un_releve_illisible_est_nomme(terrain: Terrain) -> None:
    done = write_heads(terrain.workspace, MATIN).fichier
    assert done is not None
    done.chmod(0o644)
    done.write_text("{", encoding="utf-8")
    fault = check_heads(terrain.workspace.settings).faille
    assert fault is not None
    assert fault.chain == "2026-11-25.json"


@pytest.mark.parametrize(
    "bad", ["[]", '{"chaines":[]}', '{"chaines":{"a":{"n":0,"hash":"' + "a" * 64 + '"}}}', "[" * 10**5]
)
def test_un_releve_d_une_autre_forme_est_nomme_et_n_empeche_pas_le_suivant(terrain: Terrain, bad: str) -> None:
    done = write_heads(terrain.workspace, MATIN).fichier
    assert done is not None
    done.chmod(0o644)
    done.write_text(bad, encoding="utf-8")
    assert write_heads(terrain.workspace, SOIR).fichier is not None
    fault = check_heads(terrain.workspace.settings).faille
    assert fault is not None
    assert fault.chain == "2026-11-25.json"


@pytest.mark.parametrize("left", [".2026-11-25.json", ".2026-11-25.json.tmp"])
def test_ce_qu_un_arret_brutal_laisse_n_est_pas_un_releve(terrain: Terrain, left: str) -> None:
    folder = terrain.workspace.settings.tetes
    folder.mkdir(parents=True, exist_ok=True)
    (folder / left).write_text('{"chai', encoding="utf-8")
    (folder / left).chmod(0o444)
    assert check_heads(terrain.workspace.settings).faille is None
    assert write_heads(terrain.workspace, MATIN).fichier is not None
    assert names(terrain) == ["2026-11-25.json"]
    assert check_heads(terrain.workspace.settings).faille is None
    assert not list(folder.glob(".*.tmp"))


def test_un_arret_au_milieu_de_l_ecriture_ne_fait_pas_de_releve(
    terrain: Terrain, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as brutal:
        brutal.setattr(Path, "rename", _die)
        with pytest.raises(InterruptedError):
            write_heads(terrain.workspace, MATIN)
    assert names(terrain) == []
    assert write_heads(terrain.workspace, MATIN).fichier is not None


def _die(path: Path, target: Path) -> Path:
    raise InterruptedError(target)


def test_deux_releves_au_meme_instant_n_en_font_qu_un(terrain: Terrain) -> None:
    with ThreadPoolExecutor(4) as pool:
        done = list(pool.map(lambda _: write_heads(terrain.workspace, MATIN).fichier, range(8)))
    assert sum(path is not None for path in done) == 1
    assert names(terrain) == ["2026-11-25.json"]


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl n’est pas installé")
def test_une_autorite_horodate_chaque_releve_et_ses_jetons_se_verifient(terrain: Terrain, tmp_path: Path) -> None:
    settings = terrain.workspace.settings
    settings.tsa_ca = build_authority(tmp_path / "autorite")
    write_heads(terrain.workspace, MATIN)
    settings.tsa_url = "http://127.0.0.1:9/"
    refused = write_heads(terrain.workspace, SOIR)
    assert (refused.horodates, "prochain passage" in refused.erreur) == ((), True)
    with serve(tmp_path / "autorite") as settings.tsa_url:
        decide(terrain)
        assert [path.name for path in write_heads(terrain.workspace, SOIR).horodates] == names(terrain), refused
        assert write_heads(terrain.workspace, SOIR).horodates == ()
    kept = check_heads(settings)
    assert (kept.fichiers, kept.jetons, kept.faille) == (2, 2, None)
    first, second = (path.with_suffix(".tsr") for path in list_files(settings))
    token = first.read_bytes()
    first.unlink()
    first.write_bytes(second.read_bytes())
    assert check_heads(settings).faille is not None
    settings.tsa_ca = None
    assert check_heads(settings).faille is not None
    first.write_bytes(token)
    assert check_heads(settings).faille is None
    settings.tsa_ca = build_authority(tmp_path / "autre")
    assert check_heads(settings).faille is not None


def test_la_commande_releve_verifie_et_nomme_ce_qui_manque(au_diagnostic: Produit, tmp_path: Path) -> None:
    ici = au_diagnostic.copier(tmp_path)
    assert "Têtes relevées" in ici.nr("piste", "relever").dit
    [releve] = (ici.outputs / "tetes").glob("*.json")
    chain, head = list(json.loads(releve.read_bytes())["chaines"].items())[-1]
    tete = f"{chain}:{head['n']}:{head['hash'][:12]}"
    assert "Un relevé concorde." in ici.nr("piste", "verifier", "--tete", tete, "--tetes", str(releve)).dit
    assert ici.nr("piste", "verifier", "--tete", f"{chain}:{head['n'] + 1}:{head['hash']}").code == 1
    assert ici.nr("piste", "verifier", "--tete", "rien").code == 2
    assert "Sans les relevés de têtes" in ici.nr("piste", "exporter", "un.zip", "--dossier", chain).dit
    assert ici.nr("piste", "verifier", "un.zip", "--tete", tete).code == 0
    assert f"Périmètre : {chain} seulement." in ici.nr("piste", "verifier", "un.zip").dit
    assert ici.nr("piste", "verifier", "un.zip", "--tete", f"autre/ville:1:{head['hash']}").code == 1
