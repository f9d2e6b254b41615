"""Ce qui suit un effacement : chaque octet produit, quoi qu’il arrive en route, sans rien faire refaire."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from sqlmodel import select

from flows.engine.purge import purge_prefect
from flows.reconciler import finish_erasures
from nr_models.dossier.effacement import NOM_EFFACE, Masque, plan_names
from nr_models.dossier.registre import Personne
from nr_models.tables import Gate, Outbox, Reading
from nr_models.values.frozen import canonical, sha256
from nr_models.values.roles import Role
from tasks.mail import delivery
from tasks.mail.delivery import deliver_due
from tasks.people import suites
from tasks.people.caviardage import redact
from tasks.people.effacement import Effacement, erase, preview
from tasks.store.failures import note_failure
from tasks.store.outbox import Consigne
from tasks.trail.evidence import render_pack
from tasks.trail.tables import check_tables
from tasks.trail.verifier import event_hash, find_redacted_proof, verify_pack
from tests.support.octets import list_traces
from tests.support.parcours import Depart, Terrain, essai

DEUX_BASES = pytest.mark.deux_bases


@pytest.fixture
def terrain(depart: Depart) -> Terrain:
    """Un dossier dont la priorisation attend une décision ; ses courriers sont écrits, une panne est notée."""
    found = depart("prioritise")
    deliver_due(found.workspace)
    for person in found.entree.personnes:
        note_failure(found.workspace.settings, person.nom, ValueError(person.mail))
    return found


def gone(terrain: Terrain, person: Personne) -> Effacement:
    done = erase(
        terrain.workspace, person.mail, par=essai(terrain.person(Role.EQUIPE_PROGRAMME)), comment="Sa demande."
    )
    assert done.accepted, done.message
    return done


def left(terrain: Terrain, person: Personne) -> set[str]:
    """Les fichiers produits qui la nomment encore, ceux qui prouvent une décision exceptés."""
    with terrain.workspace.reading() as session:
        proofs = {digest for text in session.exec(select(Gate.digests)) for digest in _digests(text)}
    root = terrain.workspace.settings.outputs
    found = list_traces(root, person.mail, person.nom)
    shown = {name for name in found if Path(name).name == "resultat.json" and _seal(root / name) in proofs}
    return {f"{name} ({found[name]})" for name in found.keys() - shown if Path(name).name not in proofs}


def _digests(text: str) -> list[str]:
    return list(json.loads(text).values())


def _seal(path: Path) -> str:
    return sha256(path.read_bytes())


@DEUX_BASES
@pytest.mark.parametrize("role", [Role.INTERLOCUTEUR, Role.REFERENT])
def test_plus_un_octet_ne_nomme_une_personne_effacee(terrain: Terrain, role: Role) -> None:
    person = [item for item in terrain.entree.holders(role) if role in item.roles][-1]
    assert len(left(terrain, person)) > 10
    done = gone(terrain, person)
    assert left(terrain, person) == set()
    assert done.gardes  # le résultat décidé dit qui a répondu : il reste, et c’est dit
    assert all("/resultat.json" in item for item in done.gardes)
    assert done.a_finir == []


@DEUX_BASES
def test_rien_n_est_a_refaire_et_tout_se_verifie_encore(terrain: Terrain, tmp_path: Path) -> None:
    people = terrain.entree.holders(Role.INTERLOCUTEUR)[-2:]
    for person in people:
        gone(terrain, person)
    made, _ = terrain.steps()
    assert made == []
    assert check_tables(terrain.workspace) is None
    pack = tmp_path / "preuves.zip"
    for perimetre in ("", terrain.cle):
        pack.write_bytes(render_pack(terrain.workspace, perimetre))
        assert verify_pack(pack) is None


def test_un_fichier_de_la_ville_garde_son_nom_et_nous_l_oublions(terrain: Terrain) -> None:
    person = next(item for item in terrain.entree.holders(Role.INTERLOCUTEUR) if _returned(terrain, item.mail))
    files = sorted(path.name for path in terrain.recus.iterdir())
    gone(terrain, person)
    assert sorted(path.name for path in terrain.recus.iterdir()) == files
    for path in terrain.recus.iterdir():
        path.touch()
    made, _ = terrain.steps()
    assert made == []
    assert left(terrain, person) == set()


def _returned(terrain: Terrain, mail: str) -> bool:
    with terrain.workspace.reading() as session:
        return session.exec(select(Reading.id).where(Reading.personne == mail)).first() is not None


class Tue(BaseException):
    """Le processus s’arrête là."""


def test_tue_n_importe_ou_il_se_finit(terrain: Terrain, monkeypatch: pytest.MonkeyPatch) -> None:
    person = terrain.entree.holders(Role.INTERLOCUTEUR)[-1]
    budget = [0]

    def counted(act: Callable[..., Any]) -> Callable[..., Any]:
        def acts(*args: Any, **kwargs: Any) -> Any:
            budget[0] -= 1
            if budget[0] < 0:
                raise Tue
            return act(*args, **kwargs)

        return acts

    for name in ("write_file", "store_path", "settle", "_compact"):
        monkeypatch.setattr(suites, name, counted(getattr(suites, name)))
    with pytest.raises(Tue):
        gone(terrain, person)
    assert left(terrain, person)
    for cut in (2, 6, 12):
        budget[0] = cut
        with pytest.raises(Tue):
            finish_erasures(terrain.workspace)
    budget[0] = 1000
    finish_erasures(terrain.workspace)
    assert left(terrain, person) == set()
    assert finish_erasures(terrain.workspace) == []


def test_demande_une_seconde_fois_il_dit_ce_qui_reste(terrain: Terrain) -> None:
    person = terrain.entree.holders(Role.INTERLOCUTEUR)[-1]
    equipe = terrain.person(Role.EQUIPE_PROGRAMME)
    done = erase(terrain.workspace, person.mail, par=essai(equipe), comment="Oui.", purge=lambda _, __: "Il tourne.")
    assert done.a_finir == ["Il tourne."]
    assert preview(terrain.workspace, person.mail, by=equipe).message
    again = erase(terrain.workspace, person.mail, par=essai(equipe), comment="Oui.", purge=lambda _, __: "Il tourne.")
    assert (again.accepted, again.a_finir) == (True, ["Il tourne."])
    last = erase(terrain.workspace, person.mail, par=essai(equipe), comment="Oui.", purge=lambda _, __: "")
    assert (last.accepted, last.a_finir) == (True, [])
    assert not erase(terrain.workspace, person.mail, par=essai(equipe), comment="Oui.").accepted
    assert left(terrain, person) == set()


def test_un_courrier_en_cours_d_ecriture_ne_lui_survit_pas(terrain: Terrain, monkeypatch: pytest.MonkeyPatch) -> None:
    person = terrain.entree.holders(Role.ELU_SPONSOR)[0]
    assert terrain.decide("prioritise", person.mail).accepted
    write = delivery.write_message

    def write_after(*args: Any) -> Path:
        monkeypatch.setattr(delivery, "write_message", write)
        gone(terrain, person)
        return write(*args)

    monkeypatch.setattr(delivery, "write_message", write_after)
    deliver_due(terrain.workspace, 1)
    assert left(terrain, person) == set()


def test_une_base_de_prefect_qui_la_nomme_est_refaite(terrain: Terrain) -> None:
    settings = terrain.workspace.settings
    home = settings.prefect_home
    home.mkdir()
    for name in ("prefect.db", "prefect.db-wal", "autre.log"):
        (home / name).write_bytes(b"rien" if name == "prefect.db-wal" else b"qui : jo@ville.example")
    assert purge_prefect(settings, lambda content: b"lui@" in content) == ""
    assert (home / "prefect.db").exists()
    with FileLock(home / ".verrou"):
        assert "nr servir" in purge_prefect(settings, lambda content: b"jo@" in content)
    assert purge_prefect(settings, lambda content: b"jo@" in content) == ""
    assert [path.name for path in home.iterdir() if path.name != ".verrou"] == []


# La piste


def test_personne_ne_change_un_document_soumis_en_le_disant_caviarde(terrain: Terrain, tmp_path: Path) -> None:
    gone(terrain, terrain.entree.holders(Role.INTERLOCUTEUR)[-1])
    with terrain.workspace.reading() as session:
        shown = _digests(session.exec(select(Gate.digests)).first() or "{}")[0]
    pack = tmp_path / "preuves.zip"
    pack.write_bytes(render_pack(terrain.workspace, terrain.cle))
    events = [event for event in terrain.events() if event["chain"] == terrain.cle]
    told = next(event for event in events if event["fait"] == "caviarde")
    assert find_redacted_proof(events) is None
    told["donnees"]["documents"][shown] = "0" * 64
    told["hash"] = event_hash(told)
    fault = find_redacted_proof(events)
    assert fault is not None
    assert fault.n == told["n"]


# Les octets

MASQUE = Masque("anne@ville.fr", "Anne Dûbois", "personne-1@effacee.invalid")


def test_un_document_qui_ne_la_nomme_pas_garde_ses_octets() -> None:
    for content in (b"\x89PNG rien", b"PK\x03\x04 pas un zip", b"Jeanne Dubois", b'{"a": 1}'):
        assert redact(content, MASQUE) == content


def test_une_archive_dans_un_courrier_dans_une_archive_est_ouverte() -> None:
    inside = _zip({"xl/sharedStrings.xml": "<t>Anne D&#251;bois &amp; Cie</t>", "Anne Dubois.txt": "Dûbois Anne"})
    mail = (
        b"To: anne@ville.fr\r\nSubject: =?utf-8?q?Anne_D=C3=BBbois?=\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: application/zip; name="a.zip"\r\n'
        b"Content-Transfer-Encoding: base64\r\n"
        b'Content-Disposition: attachment; filename="trame-anne-dubois.zip"\r\n\r\n'
        + _base64(inside)
        + b"\r\n--x--\r\n"
    )
    message = message_from_bytes(_read(redact(_zip({"m.eml": mail}), MASQUE))["m.eml"], policy=default)
    [part] = message.iter_attachments()
    assert (str(message["To"]), str(message["Subject"])) == (MASQUE.pseudonyme, NOM_EFFACE)
    assert part.get_filename() == "trame-personne-1-effacee-invalid.zip"
    assert _read(part.get_content()) == {
        "xl/sharedStrings.xml": f"<t>{NOM_EFFACE} &amp; Cie</t>".encode(),
        f"{NOM_EFFACE}.txt": NOM_EFFACE.encode(),
    }


def _read(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def _zip(files: dict[str, str | bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return buffer.getvalue()


def _base64(content: bytes) -> bytes:
    return base64.encodebytes(content)


def test_une_ligne_de_calendrier_coupee_au_milieu_d_un_nom_est_recousue() -> None:
    ics = "BEGIN:VCALENDAR\r\nSUMMARY:Entretien avec Anne D\r\n ûbois\r\nEND:VCALENDAR\r\n".encode()
    assert b"ANNE" not in redact(ics, MASQUE).upper()
    assert all(len(line) <= 75 for line in redact(ics, MASQUE).split(b"\r\n"))


def test_deux_fichiers_ne_prennent_jamais_le_meme_nom() -> None:
    found = plan_names(MASQUE, ["Anne Dubois.xlsx", "Dubois Anne.xlsx", "autre.xlsx"])
    assert len(set(found.values())) == 2
    assert "autre.xlsx" not in found


def test_ce_qui_suit_un_effacement_ne_garde_rien_d_elle_une_fois_fait(terrain: Terrain) -> None:
    gone(terrain, terrain.entree.holders(Role.INTERLOCUTEUR)[-1])
    with terrain.workspace.reading() as session:
        kinds = (Consigne.EFFACEMENT, Consigne.COMPACTION)
        rows = [row for row in session.exec(select(Outbox)) if row.kind in kinds]
    assert [(row.payload, bool(row.done_at)) for row in rows] == [(canonical({}), True)] * 2
