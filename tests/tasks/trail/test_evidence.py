"""Le dossier de preuve : il se vérifie hors d’ici, et la moindre retouche s’y voit."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from nr_models.values.roles import Role
from tasks.store.files import store_path
from tasks.trail import chain
from tasks.trail.evidence import FORMAT, holds_script, list_left_out, render_pack
from tasks.trail.heads import write_heads
from tasks.trail.verifier import (
    LARGEST,
    POWER,
    Faille,
    canonical,
    event_hash,
    examine_pack,
    load_heads,
    parse_head,
    read_decision,
    sha256,
    verify_pack,
)
from tests.support.parcours import Depart, Terrain, taken_to

Files = dict[str, bytes]
Retouche = Callable[[Files], object]


JOUR = "2026-05-12T08:00:00Z"


def decided(terrain: Terrain) -> Terrain:
    """Un dossier décidé deux fois, rouvert une fois, aux têtes relevées : de quoi remplir un dossier de preuve."""
    assert terrain.decide("restitute", terrain.person(Role.ELU_SPONSOR), "reserves", "À relire en comité.").accepted
    assert terrain.reopen("restitute", terrain.person(Role.REFERENT), "Une coquille page 3.").accepted
    assert write_heads(terrain.workspace, JOUR).fichier
    return terrain


@pytest.fixture
def terrain(depart: Depart) -> Terrain:
    return decided(depart("restitute"))


@pytest.fixture(scope="module")
def modele(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Files, Terrain]]:
    """Le dossier de preuve que l’on retouche, fait une fois."""
    found = decided(taken_to(tmp_path_factory.mktemp("preuve") / "dossier", "restitute"))
    yield unpack(render_pack(found.workspace)), found
    found.workspace.close()


@pytest.fixture
def pack(modele: tuple[Files, Terrain]) -> Files:
    return dict(modele[0])


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
    assert (zipped.returncode, zipped.stderr) == (0, ""), zipped.stdout
    assert check(folder, "verifier.py", "absent.zip").returncode == 2


@pytest.mark.deux_bases
def test_le_meme_etat_donne_les_memes_octets(terrain: Terrain) -> None:
    first = render_pack(terrain.workspace)
    assert render_pack(terrain.workspace) == first
    terrain.run()
    assert render_pack(terrain.workspace) != first


def test_le_dossier_de_preuve_tient_chaque_document_montre(modele: tuple[Files, Terrain]) -> None:
    pack, terrain = modele
    manifest = json.loads(pack["manifest.json"])
    names = {item["nom"] for item in manifest["artefacts"].values()}
    assert {name for name in terrain.shown() if terrain.slug in name and "modifié" not in name} <= {
        name.partition("/")[2] for name in names
    }
    assert {f"artefacts/{digest}" for digest in manifest["artefacts"]} <= set(pack)


def test_ce_qui_a_ete_ecrit_par_les_personnes_s_ouvre_avec_son_sel(pack: Files) -> None:
    said = {item["valeur"] for item in json.loads(pack["manifest.json"])["valeurs"]}
    assert {"À relire en comité.", "Une coquille page 3."} <= said


def test_le_dossier_de_preuve_liste_les_decisions_en_clair(modele: tuple[Files, Terrain]) -> None:
    pack, terrain = modele
    last = json.loads(pack["manifest.json"])["decisions"][-1]
    assert (last["gate"], last["verdict"], last["commentaire"]) == ("restitution", "reserves", "À relire en comité.")
    assert (last["par"], last["siege"]) == (terrain.person(Role.ELU_SPONSOR), "dg")
    assert set(last["documents"]) <= {name.partition("/")[2] for name in pack}


@pytest.mark.deux_bases
@pytest.mark.parametrize("perimetre", ["programme", "dossier"])
def test_un_dossier_de_preuve_d_un_seul_perimetre_ne_dit_rien_des_autres(
    terrain: Terrain, tmp_path: Path, perimetre: str
) -> None:
    chosen = terrain.programme.slug if perimetre == "programme" else terrain.cle
    files = unpack(render_pack(terrain.workspace, chosen))
    chains = set(json.loads(files["manifest.json"])["chaines"])
    assert chains == ({terrain.cle} if perimetre == "dossier" else {event["chain"] for event in terrain.events()})
    assert verify_pack(write_pack(tmp_path, files)) is None
    _journal(lambda events: events.pop(2))(files)
    assert verify_pack(write_pack(tmp_path, files)) is not None


def test_un_releve_qui_nomme_d_autres_dossiers_n_est_pas_emporte(terrain: Terrain, tmp_path: Path) -> None:
    settings = terrain.workspace.settings
    whole = set(unpack(render_pack(terrain.workspace)))
    assert "tetes/2026-05-12.json" in set(unpack(render_pack(terrain.workspace, terrain.programme.slug))) & whole
    assert list_left_out(settings, "") == []
    heads = {"chaines": {"voisin/ville": {"n": 1, "hash": "a" * 64}, terrain.cle: {"n": 1, "hash": "b" * 64}}}
    other = _write(settings.tetes / "2026-05-13.json", canonical(heads).encode())
    _write(other.with_suffix(".tsr"), b"jeton")
    for perimetre in (terrain.cle, terrain.programme.slug):
        files = unpack(render_pack(terrain.workspace, perimetre))
        assert not any(b"voisin" in content for content in files.values())
        assert other in list_left_out(settings, perimetre)
        assert verify_pack(write_pack(tmp_path, files)) is None


def test_un_dossier_de_preuve_refait_en_entier_est_trahi_par_un_releve_garde_ailleurs(
    modele: tuple[Files, Terrain], pack: Files, tmp_path: Path
) -> None:
    terrain = modele[1]
    releve = tmp_path / "ailleurs.json"
    releve.write_bytes(pack["tetes/2026-05-12.json"])
    chain, n, digest = terrain.cle, len(terrain.kinds()), trail_hash(terrain)
    rewrite(pack)
    (tmp_path / "verifier.py").write_bytes(pack["verifier.py"])
    path = str(write_pack(tmp_path, pack))
    assert check(tmp_path, "verifier.py", path).returncode == 0
    for option in (["--tetes", str(releve)], ["--tete", f"{chain}:{n}:{digest[:16]}"]):
        found = check(tmp_path, "verifier.py", path, *option)
        assert (found.returncode, "réécrite" in found.stdout) == (1, True)
    assert check(tmp_path, "verifier.py", path, "--tete", "n’importe quoi").returncode == 2


def narrow(files: Files, perimetre: str, lost: str) -> Files:
    """Ôter toute une chaîne et ce qui parle d’elle, et dire que le dossier de preuve ne porte que sur une partie."""
    events = [json.loads(line) for line in files["journal.jsonl"].splitlines()]
    events = [event for event in events if event["chain"] != lost]
    manifest = json.loads(files["manifest.json"])
    heads = {chain: head for chain, head in manifest["chaines"].items() if chain != lost}
    manifest |= {"perimetre": perimetre, "chaines": heads, "decisions": [], "artefacts": {}, "valeurs": [], "tetes": []}
    manifest["fichiers"] = {"verifier.py": sha256(files["verifier.py"])}
    return {
        "verifier.py": files["verifier.py"],
        "manifest.json": canonical(manifest).encode() + b"\n",
        "journal.jsonl": "".join(canonical(event) + "\n" for event in events).encode(),
    }


@pytest.mark.parametrize("perimetre", ["exemple", "exemple/autre", "x"])
@pytest.mark.parametrize("option", ["--tetes", "--tete"])
def test_une_chaine_entiere_retiree_se_voit_d_une_tete_gardee_ailleurs(
    modele: tuple[Files, Terrain], pack: Files, tmp_path: Path, perimetre: str, option: str
) -> None:
    terrain = modele[1]
    (tmp_path / "ailleurs.json").write_bytes(pack["tetes/2026-05-12.json"])
    (tmp_path / "verifier.py").write_bytes(pack["verifier.py"])
    path = str(write_pack(tmp_path, narrow(pack, perimetre.replace("exemple", terrain.programme.slug), terrain.cle)))
    tete = f"{terrain.cle}:{len(terrain.kinds())}:{trail_hash(terrain)[:16]}"
    found = check(tmp_path, "verifier.py", path, option, tete if option == "--tete" else "ailleurs.json")
    assert (found.returncode, found.stdout.startswith("ROMPU")) == (1, True)


def test_une_tete_inconnue_n_est_jamais_dite_verifiee(terrain: Terrain, tmp_path: Path) -> None:
    for perimetre in ("", terrain.cle):
        path = tmp_path / "preuves.zip"
        path.write_bytes(render_pack(terrain.workspace, perimetre))
        for nom in ("exemple/nulle-part", f"{terrain.cle}/nulle-part"):
            found = examine_pack(path, (), [parse_head(f"{nom}:40:3f9a0c1d2e4b")]).faille
            assert found is not None
            assert found.chain == nom


def test_un_dossier_de_preuve_partiel_le_dit_et_nomme_les_tetes_qu_il_n_a_pas_pu_verifier(
    terrain: Terrain, tmp_path: Path
) -> None:
    (tmp_path / "ailleurs.json").write_bytes(unpack(render_pack(terrain.workspace))["tetes/2026-05-12.json"])
    files = unpack(render_pack(terrain.workspace, terrain.cle))
    (tmp_path / "verifier.py").write_bytes(files["verifier.py"])
    path = str(write_pack(tmp_path, files))
    sound = check(tmp_path, "verifier.py", path)
    assert (sound.returncode, f"Périmètre\u00a0: {terrain.cle} seulement." in sound.stdout) == (0, True)
    (tmp_path / "plus.json").write_text(json.dumps({"chaines": {"voisin/ville": {"n": 3, "hash": "a" * 64}}}))
    found = check(tmp_path, "verifier.py", path, "--tetes", "ailleurs.json", "--tetes", "plus.json")
    assert (found.returncode, "non vérifiées" in found.stdout, "voisin/ville" in found.stdout) == (0, True, True)


def test_un_journal_vide_ne_repond_d_aucune_tete(pack: Files, tmp_path: Path) -> None:
    heads = load_heads(_write(tmp_path / "ailleurs.json", pack["tetes/2026-05-12.json"]))
    files = narrow(pack, "x", "")
    manifest = json.loads(files["manifest.json"]) | {"chaines": {}}
    files |= {"journal.jsonl": b"", "manifest.json": canonical(manifest).encode()}
    assert verify_pack(write_pack(tmp_path, files), [heads]) is not None


def _write(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path


def trail_hash(terrain: Terrain) -> str:
    return [str(event["hash"]) for event in terrain.events() if event["chain"] == terrain.cle][-1]


def rewrite(files: Files) -> None:
    """Tout recalculer après avoir changé un instant : chaînes, têtes, manifeste, relevé retiré."""
    events = [json.loads(line) for line in files["journal.jsonl"].splitlines()]
    events = [event for event in events if event["fait"] != "tetes"]
    heads: dict[str, dict[str, object]] = {}
    for order, event in enumerate(events, start=1):
        last = heads.get(event["chain"], {"n": 0, "hash": "0" * 64})
        event |= {"at": "2001-01-01T00:00:00Z", "ordre": order, "n": int(str(last["n"])) + 1, "prev": last["hash"]}
        event["hash"] = event_hash(event)
        heads[event["chain"]] = {"n": event["n"], "hash": event["hash"]}
    manifest = json.loads(files["manifest.json"])
    said = {item["engagement"]: item["valeur"] for item in manifest["valeurs"]}
    decisions = [read_decision(event, said, FORMAT) for event in events if event["fait"] == "decide"]
    del manifest["fichiers"]["tetes/2026-05-12.json"], files["tetes/2026-05-12.json"]
    manifest |= {"chaines": heads, "tetes": [], "decisions": decisions}
    files["manifest.json"] = canonical(manifest).encode()
    files["journal.jsonl"] = "".join(canonical(event) + "\n" for event in events).encode()


def test_effacer_une_valeur_personnelle_ne_rompt_rien(pack: Files, tmp_path: Path) -> None:
    manifest = json.loads(pack["manifest.json"])
    manifest["valeurs"] = []
    manifest["decisions"] = [{**item, "par": "", "commentaire": ""} for item in manifest["decisions"]]
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


def _swap(events: list[dict[str, object]]) -> None:
    place = next(i for i, (one, two) in enumerate(pairwise(events)) if one["chain"] != two["chain"])
    events[place], events[place + 1] = events[place + 1], events[place]


def _last(events: list[dict[str, object]], fait: str) -> dict[str, object]:
    return [event for event in events if event["fait"] == fait][-1]


def _rename_last(events: list[dict[str, object]]) -> None:
    events[-1]["note"] = "Tout va bien."
    events[-1]["hash"] = event_hash(events[-1])


def _swap_names(documents: dict[str, str]) -> None:
    first, second = sorted(documents)[:2]
    documents[first], documents[second] = documents[second], documents[first]


def _swap_shown(manifest: dict[str, Any]) -> None:
    """Deux documents d'un même tour soumis, sous le nom l'un de l'autre, dans la seule liste que l'on lit."""
    submitted = next(item["documents"] for item in manifest["tours"] if len(item["documents"]) > 1)
    one, two = (manifest["artefacts"][digest] for digest in sorted(submitted.values())[:2])
    one["nom"], two["nom"] = two["nom"], one["nom"]


def _head(manifest: dict[str, Any]) -> dict[str, object]:
    return next(iter(manifest["chaines"].values()))  # type: ignore[no-any-return]


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
    "entrées de deux chaînes échangées": _journal(_swap),
    "fin d’une chaîne retirée": _journal(lambda events: events.remove(_last(events, "recu"))),
    "document ajouté": lambda files: files.update({"artefacts/faux.xlsx": b"faux"}),
    "mode d’emploi remplacé": lambda files: files.update({"LISEZMOI.txt": b"Tout va bien."}),
    "décision retirée de la liste": _manifest(lambda manifest: manifest["decisions"].pop()),  # type: ignore[attr-defined]
    "décision ajoutée à la liste": _manifest(lambda manifest: manifest["decisions"].append({})),  # type: ignore[attr-defined]
    "verdict changé dans la liste": _manifest(lambda manifest: manifest["decisions"][0].update(verdict="refuser")),  # type: ignore[index]
    "auteur changé dans la liste": _manifest(lambda manifest: manifest["decisions"][0].update(par="x@y.example")),  # type: ignore[index]
    "relevé retiré": lambda files: files.pop("tetes/2026-05-12.json"),
    "relevé modifié": lambda files: files.update({"tetes/2026-05-12.json": b"{}"}),
    "jeton d’un autre relevé": lambda files: files.update({"tetes/2026-05-12.tsr": b"jeton"}),
    "chaîne oubliée": _manifest(lambda manifest: manifest["chaines"].popitem()),  # type: ignore[attr-defined]
    "comment réécrit": _manifest(lambda manifest: manifest["valeurs"][-1].update(valeur="Tout va bien.")),  # type: ignore[index]
    "manifeste aux crochets sans fin": lambda files: files.update({"manifest.json": b"[" * 10**5}),
    "journal aux accolades sans fin": lambda files: files.update({"journal.jsonl": b'{"a":' * 10**5}),
    "tête d’un numéro infini": lambda files: files.update(
        {"manifest.json": re.sub(rb'"n":\d+', b'"n":Infinity', files["manifest.json"], count=1)}
    ),
    "tête d’un numéro nul": _manifest(lambda manifest: _head(manifest).update(n=0)),
    "tête d’un numéro vrai": _manifest(lambda manifest: _head(manifest).update(n=True)),
    "valeurs d’une autre forme": _manifest(lambda manifest: manifest.update(valeurs=[{"sel": 1}])),
    "documents d’une autre forme": _manifest(lambda manifest: manifest.update(artefacts=[])),
    "clé doublée dans une entrée": lambda files: files.update(
        {"journal.jsonl": files["journal.jsonl"].replace(b'{"at"', b'{"donnees":{"verdict":"refuser"},"at"', 1)}
    ),
    "clé doublée dans le manifeste": lambda files: files.update(
        {"manifest.json": b'{"decisions":[{"verdict":"refuser"}],' + files["manifest.json"][1:]}
    ),
    "blancs dans une entrée": lambda files: files.update(
        {"journal.jsonl": files["journal.jsonl"].replace(b'{"at"', b'{ "at"', 1)}
    ),
    "nom de chaîne impossible": lambda files: files.update(
        {"manifest.json": files["manifest.json"].replace(b'"chaines":{', b'"chaines":{"\\ud800":{"hash":"","n":1},', 1)}
    ),
    "format plus récent": _manifest(lambda manifest: manifest.update(format=FORMAT + 1)),
    "format inconnu": _manifest(lambda manifest: manifest.update(format="3")),
    "clé inconnue dans le manifeste": _manifest(lambda manifest: manifest.update(note="Tout va bien.")),
    "clé inconnue dans une valeur": _manifest(lambda manifest: manifest["valeurs"][0].update(note="x")),  # type: ignore[index]
    "clé inconnue dans un tour": _manifest(lambda manifest: manifest["tours"][0].update(note="x")),  # type: ignore[index]
    "clé inconnue dans une entrée": _journal(_rename_last),
    "tour retiré": _manifest(lambda manifest: manifest["tours"].pop()),  # type: ignore[attr-defined]
    "tour ajouté": _manifest(lambda manifest: manifest["tours"].append(manifest["tours"][0])),  # type: ignore[attr-defined,index]
    "noms échangés dans un tour": _manifest(lambda manifest: _swap_names(manifest["tours"][-1]["documents"])),  # type: ignore[index]
    "noms échangés dans le manifeste": _manifest(_swap_shown),
    "fichier de plus": lambda files: files.update({"json.py": b"print('INTACT')"}),
    "dossier de plus": lambda files: files.update({"json/__init__.py": b""}),
    "chaînes retirées": _manifest(lambda manifest: manifest.pop("chaines")),
}


@pytest.mark.parametrize("retouche", RETOUCHES)
def test_chaque_retouche_se_voit(pack: Files, tmp_path: Path, retouche: str) -> None:
    (tmp_path / "verifier.py").write_bytes(pack["verifier.py"])
    RETOUCHES[retouche](pack)
    found = check(tmp_path, "verifier.py", str(write_pack(tmp_path, pack)))
    assert (found.returncode, found.stdout.startswith("ROMPU"), found.stderr) == (1, True, "")


def test_un_verificateur_remplace_manifeste_compris_se_voit_du_logiciel(pack: Files, tmp_path: Path) -> None:
    assert holds_script(write_pack(tmp_path, pack))
    manifest = json.loads(pack["manifest.json"])
    pack["verifier.py"] = b'print("INTACT")'
    manifest["fichiers"]["verifier.py"] = sha256(pack["verifier.py"])
    pack["manifest.json"] = canonical(manifest).encode()
    path = write_pack(tmp_path, pack)
    assert verify_pack(path) is None
    assert not holds_script(path)


def test_une_archive_abimee_n_est_jamais_dite_intacte_a_tort(
    modele: tuple[Files, Terrain], pack: Files, tmp_path: Path
) -> None:
    content = render_pack(modele[1].workspace)
    path = tmp_path / "preuves.zip"
    for place in range(0, len(content), max(1, len(content) // 60)):
        path.write_bytes(content[:place] + bytes([content[place] ^ 0xFF]) + content[place + 1 :])
        try:
            broken = verify_pack(path) is not None or None
        except Exception:  # le script dit « ROMPU » de ce qui ne se lit pas
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


@pytest.mark.deux_bases
def test_la_piste_de_la_base_est_juste_et_ses_tetes_se_relevent_une_fois(terrain: Terrain) -> None:
    with terrain.workspace.writing() as session:
        assert chain.verify(session) is None
        chain.record_heads(session, terrain.programme.slug)
        chain.record_heads(session, terrain.programme.slug)
        heads = [item for item in chain.list_events(session, terrain.programme.slug) if item["fait"] == "tetes"]
        assert len(heads) == 1
        assert chain.verify(session) is None
    assert heads[0]["donnees"]["tetes"][terrain.cle]["n"] == len(terrain.kinds())


def _flag(name: str, offset: int, value: int) -> Callable[[bytearray], object]:
    """Changer un octet de ce que l’archive dit d’un de ses fichiers, à ses deux places."""

    def change(content: bytearray) -> None:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            local = archive.getinfo(name).header_offset
        central = content.rfind(name.encode()) - 46
        content[central + offset] = content[local + offset - 2] = value

    return change


@pytest.mark.parametrize("change", [_flag("manifest.json", 8, 1), _flag("manifest.json", 10, 97)])
def test_une_archive_chiffree_ou_inconnue_est_dite_rompue(
    modele: tuple[Files, Terrain], pack: Files, tmp_path: Path, change: Callable[[bytearray], object]
) -> None:
    content = bytearray(render_pack(modele[1].workspace))
    change(content)
    _write(tmp_path / "verifier.py", pack["verifier.py"])
    found = check(tmp_path, "verifier.py", str(_write(tmp_path / "preuves.zip", bytes(content))))
    assert (found.returncode, found.stdout.startswith("ROMPU"), found.stderr) == (1, True, "")
    assert "manifest.json" in found.stdout


def test_une_archive_demesuree_n_est_pas_lue(pack: Files, tmp_path: Path) -> None:
    path = tmp_path / "bombe.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("manifest.json", "w") as entry:
        for _ in range((LARGEST >> 20) + 1):
            entry.write(bytes(1 << 20))
    fault = verify_pack(path)
    assert fault is not None
    assert "démesuré" in fault.raison


def test_un_nom_piege_n_ecrit_rien_dans_le_terminal(pack: Files, tmp_path: Path) -> None:
    _manifest(lambda manifest: manifest["chaines"].update({"\x1b[2J\x1b[8m": {"n": 1, "hash": "0" * 64}}))(pack)  # type: ignore[attr-defined]
    _write(tmp_path / "verifier.py", pack["verifier.py"])
    found = check(tmp_path, "verifier.py", str(write_pack(tmp_path, pack)))
    assert (found.returncode, "\x1b" in found.stdout) == (1, False)


def test_un_terminal_sans_accents_a_sa_reponse(pack: Files, tmp_path: Path) -> None:
    _write(tmp_path / "verifier.py", pack["verifier.py"])
    path = str(write_pack(tmp_path, {**pack, _document(pack): b"autre"}))
    found = subprocess.run(
        [sys.executable, "verifier.py", path],
        cwd=tmp_path,
        env={**os.environ, "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=False,
    )
    assert (found.returncode, found.stdout.startswith(b"ROMPU"), found.stderr) == (1, True, b"")


@pytest.mark.parametrize("content", ["[]", "[" * 10**5, '{"chaines":[]}', '{"chaines":{"a":3}}'])
def test_un_releve_donne_d_une_autre_forme_est_un_mauvais_argument(pack: Files, tmp_path: Path, content: str) -> None:
    _write(tmp_path / "verifier.py", pack["verifier.py"])
    _write(tmp_path / "ailleurs.json", content.encode())
    found = check(tmp_path, "verifier.py", str(write_pack(tmp_path, pack)), "--tetes", "ailleurs.json")
    assert (found.returncode, "ailleurs.json" in found.stdout, found.stderr) == (2, True, "")


def test_un_dossier_de_preuve_sans_verificateur_tient_et_c_est_dit(pack: Files, tmp_path: Path) -> None:
    _manifest(lambda manifest: manifest["fichiers"].pop("verifier.py"))(pack)  # type: ignore[attr-defined]
    del pack["verifier.py"]
    path = write_pack(tmp_path, pack)
    assert verify_pack(path) is None
    assert not holds_script(path)


def test_un_dossier_decompresse_montre_ce_qui_est_en_trop(pack: Files, tmp_path: Path) -> None:
    with zipfile.ZipFile(write_pack(tmp_path, pack)) as archive:
        archive.extractall(tmp_path)
    (tmp_path / "artefacts" / ".DS_Store").touch()
    sound = examine_pack(tmp_path)
    assert sound.faille is None
    assert "preuves.zip" in sound.remarques[0]
    _write(tmp_path / "artefacts" / "faux.xlsx", b"faux")
    assert verify_pack(tmp_path) == Faille("artefacts/faux.xlsx", 0, "fichier en trop")


def test_un_dossier_de_preuve_recompresse_avec_ses_repertoires_reste_intact(pack: Files, tmp_path: Path) -> None:
    path = write_pack(tmp_path, {"artefacts/": b"", "tetes/": b"", **pack})
    assert verify_pack(path) is None


# Ce que les systèmes ajoutent ou réécrivent en chemin


def _crlf(files: Files) -> Files:
    return {
        name: said if name.startswith("artefacts/") else said.replace(b"\n", b"\r\n") for name, said in files.items()
    }


SAINES: dict[str, Callable[[Files], Files]] = {
    "recompressé par un Mac": lambda files: {**files, "__MACOSX/._manifest.json": b"x", "artefacts/._a": b"x"},
    "dans un dossier de plus": lambda files: {f"preuves/{name}": said for name, said in files.items()},
    "les deux": lambda files: {
        **{f"preuves/{name}": said for name, said in files.items()},
        "__MACOSX/preuves/._manifest.json": b"x",
        "preuves/.DS_Store": b"x",
    },
    "fins de ligne de Windows": _crlf,
}


@pytest.mark.parametrize("saine", SAINES)
def test_ce_qu_un_systeme_ajoute_en_chemin_ne_rompt_rien(pack: Files, tmp_path: Path, saine: str) -> None:
    path = write_pack(tmp_path, SAINES[saine](pack))
    assert verify_pack(path) is None
    folder = tmp_path / "ouvert"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    assert verify_pack(folder) is None
    for item in sorted(folder.rglob("*"), reverse=True):  # une copie en lecture seule
        item.chmod(0o555 if item.is_dir() else 0o444)
    assert verify_pack(folder) is None
    for item in folder.rglob("*"):
        item.chmod(0o755)


def test_un_fichier_pose_a_cote_du_verificateur_n_est_jamais_execute(pack: Files, tmp_path: Path) -> None:
    folder = tmp_path / "recu"
    with zipfile.ZipFile(write_pack(tmp_path, pack)) as archive:
        archive.extractall(folder)
    for name in ("json", "hashlib", "zipfile", "pathlib", "typing", "unicodedata", "collections", "stat", "io"):
        (folder / f"{name}.py").write_text("print('INTACT. Rien à voir.')\nraise SystemExit(0)\n", encoding="utf-8")
    for options in ([], ["-I"]):
        found = subprocess.run(
            [sys.executable, *options, "verifier.py"], cwd=folder, capture_output=True, encoding="utf-8", check=False
        )
        assert (found.returncode, found.stdout.startswith("ROMPU"), found.stderr) == (1, True, "")
        assert ".py" in found.stdout


@pytest.mark.parametrize("lien", ["artefacts/lien", "lien.json"])
def test_un_lien_est_refuse(pack: Files, tmp_path: Path, lien: str) -> None:
    folder = tmp_path / "recu"
    with zipfile.ZipFile(write_pack(tmp_path, pack)) as archive:
        archive.extractall(folder)
    (folder / lien).symlink_to(folder / "manifest.json")
    assert verify_pack(folder) == Faille(lien, 0, "un lien, et non un fichier")
    path = tmp_path / "lien.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in pack.items():
            archive.writestr(name, content)
        entry = zipfile.ZipInfo(lien)
        entry.external_attr = 0o120777 << 16
        archive.writestr(entry, "manifest.json")
    assert verify_pack(path) == Faille(lien, 0, "un lien, et non un fichier")


def _collee(content: bytes, autre: bytes) -> list[bytes]:
    """La même archive, avec autre chose devant, derrière, ou au milieu."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        middle = sorted(item.header_offset for item in archive.infolist())[1]
    return [autre + content, content + autre, content[:middle] + bytes(40) + content[middle:]]


@pytest.mark.parametrize("place", [0, 1, 2])
def test_une_archive_collee_a_une_autre_est_refusee(pack: Files, tmp_path: Path, place: int) -> None:
    content = write_pack(tmp_path, pack).read_bytes()
    other = write_pack(tmp_path, {"manifest.json": b"{}"}).read_bytes()
    path = _write(tmp_path / "collee.zip", _collee(content, other)[place])
    assert verify_pack(path) is not None


def test_un_commentaire_d_archive_est_refuse(pack: Files, tmp_path: Path) -> None:
    path = write_pack(tmp_path, pack)
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"Tout va bien."
    assert verify_pack(path) is not None


def test_une_archive_refaite_en_flux_reste_intacte(pack: Files, tmp_path: Path) -> None:
    """Certains outils écrivent la taille d'un fichier après lui."""

    class Flux(io.RawIOBase):
        def __init__(self) -> None:
            self.written = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, content: Any) -> int:
            self.written += content
            return len(content)

    flux = Flux()
    with zipfile.ZipFile(flux, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in pack.items():
            archive.writestr(name, content)
    assert verify_pack(_write(tmp_path / "flux.zip", bytes(flux.written))) is None


def _older(manifest: dict[str, Any], numero: int, *keys: str) -> None:
    """Le même manifeste, tel qu’un ancien format l’écrivait."""
    manifest |= {"format": numero}
    for key in keys:
        del manifest[key]
    for decision in manifest.get("decisions", ()):
        for key in POWER:
            decision.pop(key, None)


def test_un_dossier_de_preuve_d_un_format_ancien_se_verifie_par_ses_regles(pack: Files, tmp_path: Path) -> None:
    for numero, keys in ((3, ("ecart",)), (2, ("tours",))):
        _manifest(lambda manifest, numero=numero, keys=keys: _older(manifest, numero, *keys))(pack)  # type: ignore[misc]
        found = examine_pack(write_pack(tmp_path, pack))
        assert found.faille is None
        assert any("Format ancien" in item for item in found.remarques)
    first = {name: said for name, said in pack.items() if not name.startswith(("tetes/", "LISEZMOI", "recit."))}
    _manifest(lambda manifest: _older(manifest, 1, "perimetre", "decisions", "tetes", "fichiers"))(first)
    del first["verifier.py"]
    assert verify_pack(write_pack(tmp_path, first)) is None


def test_le_dossier_de_preuve_d_une_base_forcee_est_rompu_et_dit_le_premier_ecart(
    terrain: Terrain, tmp_path: Path
) -> None:
    path = tmp_path / "preuves.zip"
    engine = sa.create_engine(terrain.workspace.settings.database)
    with engine.begin() as connection:
        connection.execute(sa.text("UPDATE gate SET etat = 'refusee' WHERE gate = 'diagnostic'"))
    engine.dispose()
    path.write_bytes(render_pack(terrain.workspace))
    said = str(verify_pack(path))
    assert "table gate" in said
    assert "etat" in said
    others = next(f"{terrain.programme.slug}/{item.slug}" for item in terrain.dossiers if item.slug != terrain.slug)
    path.write_bytes(render_pack(terrain.workspace, others))
    assert verify_pack(path) is None  # il ne porte pas sur ce dossier


def test_des_noms_effaces_avec_une_personne_sont_dits_non_verifies(pack: Files, tmp_path: Path) -> None:
    _manifest(lambda manifest: manifest["tours"][0].update(documents={}))(pack)  # type: ignore[index]
    found = examine_pack(write_pack(tmp_path, pack))
    assert found.faille is None
    assert any("effacé" in item for item in found.remarques)


def test_une_heure_qui_recule_est_remarquee(pack: Files, tmp_path: Path) -> None:
    rewrite_last(pack, "2001-01-01T00:00:00Z")
    found = examine_pack(write_pack(tmp_path, pack))
    assert found.faille is None
    assert any("Heure qui recule" in item for item in found.remarques)
    assert any("absente du relevé tetes/2026-05-12.json" in item for item in found.remarques)


def rewrite_last(files: Files, at: str) -> None:
    """Ajouter à une chaîne, manifeste compris, une entrée qui se dit d'avant le relevé."""
    events = [json.loads(line) for line in files["journal.jsonl"].splitlines()]
    last = _last(events, "rouvert")
    mine = [event for event in events if event["chain"] == last["chain"]]
    added = {**mine[-1], "at": at, "fait": "confirme", "donnees": {"stage": "score"}, "n": len(mine) + 1}
    added |= {"prev": mine[-1]["hash"], "ordre": len(events) + 1}
    added["hash"] = event_hash(added)
    manifest = json.loads(files["manifest.json"])
    manifest["chaines"][added["chain"]] = {"n": added["n"], "hash": added["hash"]}
    files["manifest.json"] = canonical(manifest).encode()
    files["journal.jsonl"] += canonical(added).encode() + b"\n"
