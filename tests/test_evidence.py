"""Le dossier de preuve : il se vérifie hors d’ici, et la moindre retouche s’y voit."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from nr_models.roles import Role
from tasks import trail
from tasks.evidence import render_pack
from tasks.outputs import store_path
from tasks.verifier import canonical, event_hash, verify_pack
from tests.parcours import Depart, Terrain

pytestmark = pytest.mark.deux_bases

Files = dict[str, bytes]
Retouche = Callable[[Files], object]


@pytest.fixture
def terrain(depart: Depart) -> Terrain:
    """Un dossier décidé deux fois, rouvert une fois : de quoi remplir un dossier de preuve."""
    found = depart("restitute")
    assert found.decide("restitute", found.person(Role.ELU_SPONSOR), "reserves", "À relire en comité.").accepted
    assert found.reopen("restitute", found.person(Role.REFERENT), "Une coquille page 3.").accepted
    return found


@pytest.fixture
def pack(terrain: Terrain) -> Files:
    return unpack(render_pack(terrain.workspace))


def unpack(content: bytes) -> Files:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_pack(folder: Path, files: Files) -> Path:
    path = folder / "preuves.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def check(path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Vérifier comme le ferait un tiers : le seul script du dossier de preuve, sans rien d’ici."""
    return subprocess.run(
        [sys.executable, "-I", *arguments], cwd=path, capture_output=True, text=True, encoding="utf-8", check=False
    )


def test_un_tiers_verifie_le_dossier_de_preuve_sans_rien_de_nous(pack: Files, tmp_path: Path) -> None:
    folder = tmp_path / "recu"
    for name, content in pack.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    unpacked = check(folder, "verifier.py")
    assert (unpacked.returncode, unpacked.stdout.startswith("INTACT")) == (0, True)
    zipped = check(folder, "verifier.py", str(write_pack(tmp_path, pack)))
    assert (zipped.returncode, zipped.stderr) == (0, "")
    assert check(folder, "verifier.py", "absent.zip").returncode == 2


def test_le_meme_etat_donne_les_memes_octets(terrain: Terrain) -> None:
    first = render_pack(terrain.workspace)
    assert render_pack(terrain.workspace) == first
    terrain.run()
    assert render_pack(terrain.workspace) != first


def test_le_dossier_de_preuve_tient_chaque_document_montre(terrain: Terrain, pack: Files) -> None:
    manifest = json.loads(pack["manifest.json"])
    names = {item["nom"] for item in manifest["artefacts"].values()}
    assert {name for name in terrain.shown() if terrain.slug in name and "modifié" not in name} <= {
        name.partition("/")[2] for name in names
    }
    assert {f"artefacts/{digest}" for digest in manifest["artefacts"]} <= set(pack)


def test_ce_qui_a_ete_ecrit_par_les_personnes_s_ouvre_avec_son_sel(pack: Files) -> None:
    said = {item["valeur"] for item in json.loads(pack["manifest.json"])["valeurs"]}
    assert {"À relire en comité.", "Une coquille page 3."} <= said


def test_effacer_une_valeur_personnelle_ne_rompt_rien(pack: Files, tmp_path: Path) -> None:
    manifest = json.loads(pack["manifest.json"])
    manifest["valeurs"] = []
    pack["manifest.json"] = canonical(manifest).encode()
    assert verify_pack(write_pack(tmp_path, pack)) is None


def _journal(change: Callable[[list[dict[str, object]]], object]) -> Retouche:
    def retouch(files: Files) -> None:
        events = [json.loads(line) for line in files["journal.jsonl"].splitlines()]
        change(events)
        files["journal.jsonl"] = "".join(canonical(event) + "\n" for event in events).encode()

    return retouch


def _manifest(change: Callable[[dict[str, object]], object]) -> Retouche:
    def retouch(files: Files) -> None:
        manifest = json.loads(files["manifest.json"])
        change(manifest)
        files["manifest.json"] = canonical(manifest).encode()

    return retouch


def _document(files: Files) -> str:
    return next(name for name in sorted(files) if name.startswith("artefacts/"))


def _rehash(events: list[dict[str, object]]) -> None:
    events[-1]["at"] = "2001-01-01T00:00:00Z"
    events[-1]["hash"] = event_hash(events[-1])


RETOUCHES: dict[str, Retouche] = {
    "document modifié": lambda files: files.update({_document(files): b"autre"}),
    "document vidé": lambda files: files.update({_document(files): b""}),
    "document retiré": lambda files: files.pop(_document(files)),
    "journal retiré": lambda files: files.pop("journal.jsonl"),
    "manifeste retiré": lambda files: files.pop("manifest.json"),
    "journal vidé": lambda files: files.update({"journal.jsonl": b""}),
    "journal illisible": lambda files: files.update({"journal.jsonl": b"\xff\xfe"}),
    "journal d’une autre forme": lambda files: files.update({"journal.jsonl": b"[]\n"}),
    "manifeste d’une autre forme": lambda files: files.update({"manifest.json": b"[]"}),
    "dernière entrée retirée": _journal(lambda events: events.pop()),
    "première entrée retirée": _journal(lambda events: events.pop(0)),
    "dernière entrée recalculée": _journal(_rehash),
    "instant changé": _journal(lambda events: events[3].update(at="2001-01-01T00:00:00Z")),
    "entrée doublée": _journal(lambda events: events.append(dict(events[-1]))),
    "verdict changé": _journal(
        lambda events: [item["donnees"].update(verdict="refuser") for item in events if item["fait"] == "decide"]  # type: ignore[attr-defined]
    ),
    "chaîne oubliée": _manifest(lambda manifest: manifest["chaines"].popitem()),  # type: ignore[attr-defined]
    "comment réécrit": _manifest(lambda manifest: manifest["valeurs"][-1].update(valeur="Tout va bien.")),  # type: ignore[index]
    "chaînes retirées": _manifest(lambda manifest: manifest.pop("chaines")),
}


@pytest.mark.parametrize("retouche", RETOUCHES)
def test_chaque_retouche_se_voit(pack: Files, tmp_path: Path, retouche: str) -> None:
    (tmp_path / "verifier.py").write_bytes(pack["verifier.py"])
    RETOUCHES[retouche](pack)
    found = check(tmp_path, "verifier.py", str(write_pack(tmp_path, pack)))
    assert (found.returncode, found.stdout.startswith("ROMPU"), found.stderr) == (1, True, "")


def test_une_archive_abimee_n_est_jamais_dite_intacte_a_tort(terrain: Terrain, pack: Files, tmp_path: Path) -> None:
    content = render_pack(terrain.workspace)
    path = tmp_path / "preuves.zip"
    for place in range(0, len(content), max(1, len(content) // 60)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        try:
            broken = verify_pack(path) is not None or None
        except Exception:  # the script says « ROMPU » of whatever cannot be read
            broken = True
        assert broken or read_all(path) == {name: said for name, said in pack.items() if name != "verifier.py"}


def read_all(path: Path) -> Files:
    """Ce que le script lit de l’archive : ni lui-même, ni les dates, ni les droits."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if name != "verifier.py"}


def test_un_document_perdu_par_la_reserve_manque_au_dossier_et_c_est_nomme(terrain: Terrain, tmp_path: Path) -> None:
    gate = terrain.gates("score")[-1]
    store_path(terrain.workspace.settings, json.loads(gate.digests)["score.xlsx"]).unlink()
    path = tmp_path / "preuves.zip"
    path.write_bytes(render_pack(terrain.workspace))
    fault = verify_pack(path)
    assert fault is not None
    assert fault.raison.startswith("document absent")
    assert fault.raison.endswith("score.xlsx")


def test_la_piste_de_la_base_est_juste_et_ses_tetes_se_relevent_une_fois(terrain: Terrain) -> None:
    with terrain.workspace.writing() as session:
        assert trail.verify(session) is None
        trail.record_heads(session, terrain.programme.slug)
        trail.record_heads(session, terrain.programme.slug)
        heads = [item for item in trail.list_events(session, terrain.programme.slug) if item["fait"] == "tetes"]
        assert len(heads) == 1
        assert trail.verify(session) is None
    assert heads[0]["donnees"]["tetes"][terrain.cle]["n"] == len(terrain.kinds())
