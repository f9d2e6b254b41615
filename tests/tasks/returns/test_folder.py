"""Un dossier vient de n'importe où : un nom en octets, une date folle, un gouffre n'arrêtent pas le reste."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from flows.advance import Arret
from nr_models.values.anomalies import Anomaly
from tasks.returns import folder as rangement
from tasks.returns.folder import DEPTH_MAX, find_file, list_files, readable, scan_folder
from tests.support.parcours import Depart, Terrain
from tests.tasks.returns.test_returns import CELINE, TRAME, in_force, read

LATIN1 = b"parc \xe9q.csv"
SIECLES = 20 * 10**18
"""Une date que la base ne sait pas garder : l'an 2603, en nanosecondes."""


def dits(terrain: Terrain) -> dict[str, str]:
    """Ce qui est dit de fichiers entiers : le code, par nom."""
    return {item.fichier: item.code for item in in_force(terrain)[1]}


def poser(terrain: Terrain, name: bytes, content: bytes = b"a;b\n1;2\n") -> Path:
    path = Path(os.fsdecode(os.fsencode(terrain.recus) + b"/" + name))
    path.write_bytes(content)
    return path


@pytest.mark.deux_bases
def test_un_nom_en_latin_1_est_lu_et_nomme_lisiblement(depart: Depart) -> None:
    terrain = depart()
    (terrain.recus / TRAME).rename(os.fsdecode(os.fsencode(terrain.recus) + b"/Trame C\xe9line.xlsx"))
    poser(terrain, LATIN1)
    read(terrain)
    retour = in_force(terrain)[0][CELINE]
    assert retour.fichier == r"Trame C\xe9line.xlsx"
    assert "nom-illisible" in [item.code for item in retour.anomalies]
    assert dits(terrain)[r"parc \xe9q.csv"] in ("type-inconnu", "nom-illisible")
    assert terrain.run().why is Arret.RETOURS or terrain.run().why is Arret.VALIDATION
    assert read(terrain) == 0
    assert find_file(terrain.recus, retour.fichier).is_file()


def test_un_signe_invisible_dans_un_nom_est_ecrit(depart: Depart) -> None:
    terrain = depart()
    for name in ("a\x01b.csv", "c\nd.csv", "e\u202ef.csv", "g\ufffeh.csv"):
        poser(terrain, name.encode())
    read(terrain)
    assert {r"a\x01b.csv", r"c\x0ad.csv", r"e\u202ef.csv", r"g\ufffeh.csv"} <= dits(terrain).keys()
    terrain.run()  # les documents de la collecte portent ces noms


def test_deux_noms_qui_s_ecrivent_pareil_restent_deux_fichiers(tmp_path: Path) -> None:
    for name in (rb"parc \xe9q.csv", LATIN1):
        (Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name))).write_bytes(b"x")
    assert [item.nom for item in scan_folder(tmp_path).files] == [r"parc \xe9q.csv", r"parc \xe9q.csv (2)"]


@pytest.mark.deux_bases
@pytest.mark.parametrize("date", [SIECLES, -SIECLES])
def test_une_date_que_la_base_ne_peut_garder_n_arrete_rien(
    depart: Depart, monkeypatch: pytest.MonkeyPatch, date: int
) -> None:
    terrain = depart()

    def vieillir(content: rangement.Contenu) -> rangement.Contenu:
        """Tous les systèmes de fichiers ne gardent pas ces dates : on les prête au disque."""
        faits = [(*item.seen[:7], 0, 0, 0) for item in content.files]
        dates = [os.stat_result(fait, {"st_mtime_ns": date}) for fait in faits]
        return content._replace(
            files=tuple(item._replace(seen=seen) for item, seen in zip(content.files, dates, strict=True))
        )

    monkeypatch.setattr("tasks.returns.returns.scan_folder", lambda folder: vieillir(scan_folder(folder)))
    assert read(terrain) == len(list_files(terrain.recus))
    assert read(terrain) == 0


def test_quinze_cents_dossiers_emboites_sont_dits_et_le_reste_est_lu(
    depart: Depart, monkeypatch: pytest.MonkeyPatch
) -> None:
    terrain = depart()
    monkeypatch.chdir(terrain.recus)  # un chemin entier serait trop long pour le système
    for _ in range(1500):
        Path("d").mkdir()
        os.chdir("d")
    monkeypatch.undo()
    read(terrain)
    trop = "/".join(["d"] * (DEPTH_MAX + 1))
    assert dits(terrain)[trop] == "dossier-trop-profond"
    assert CELINE in in_force(terrain)[0]
    subprocess.run(["rm", "-rf", terrain.recus / "d"], check=True)  # Python s'y perdrait


def test_un_lien_et_un_tuyau_sont_dits_et_ne_sont_pas_suivis(depart: Depart) -> None:
    terrain = depart()
    (terrain.recus / "lien.xlsx").symlink_to(terrain.recus / TRAME)
    (terrain.recus / "boucle").symlink_to(terrain.place)
    (terrain.recus / "rien.xlsx").symlink_to("nulle part")
    os.mkfifo(terrain.recus / "tuyau.csv")
    read(terrain)
    said = dits(terrain)
    assert {said[name] for name in ("lien.xlsx", "boucle", "rien.xlsx", "tuyau.csv")} == {"pas-un-fichier"}
    assert read(terrain) == 0
    (terrain.recus / "boucle").unlink()
    read(terrain)
    assert "boucle" not in dits(terrain)


def test_au_dela_d_un_nombre_de_fichiers_on_le_dit_sans_rien_retirer(
    depart: Depart, monkeypatch: pytest.MonkeyPatch
) -> None:
    terrain = depart()
    read(terrain)
    before = set(in_force(terrain)[0])
    monkeypatch.setattr(rangement, "FILES_MAX", len(list_files(terrain.recus)))
    poser(terrain, b"zz-1.csv")
    poser(terrain, b"zz-2.csv")
    read(terrain)
    assert dits(terrain)["zz-1.csv"] == "fichiers-trop-nombreux"
    monkeypatch.setattr(rangement, "FILES_MAX", 2)
    read(terrain)
    assert set(in_force(terrain)[0]) == before
    assert "retire" not in terrain.kinds()


@pytest.mark.skipif(os.geteuid() == 0, reason="l’administrateur ouvre tout")
def test_un_dossier_ferme_garde_ce_qui_en_avait_ete_lu(depart: Depart) -> None:
    terrain = depart()
    (terrain.recus / "trames").mkdir()
    (terrain.recus / TRAME).rename(terrain.recus / "trames" / TRAME)
    read(terrain)
    (terrain.recus / "trames").chmod(0)
    read(terrain)
    (terrain.recus / "trames").chmod(0o700)
    assert dits(terrain)["trames"] == "dossier-ferme"
    assert CELINE in in_force(terrain)[0]


def test_un_nom_ordinaire_ne_change_pas() -> None:
    for name in ("Trame Céline (2).xlsx", "été\u00a0à l’école — 2026.csv", "数据.xlsx", "e\u0301.csv"):
        assert readable(name) == name
    assert Anomaly(code="nom-illisible", fichier=readable(os.fsdecode(LATIN1))).fichier == r"parc \xe9q.csv"
