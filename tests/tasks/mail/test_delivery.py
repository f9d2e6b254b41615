"""Les courriers : un vrai serveur SMTP les reçoit, en français, un lien chacun, jamais un de trop sans le dire."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
from collections.abc import Iterator
from datetime import date, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from nr_models.dossier.gates import Verdict
from nr_models.dossier.journal import Fait
from nr_models.stages import BY_SLUG
from nr_models.tables import Decision, Delegation, Outbox
from nr_models.values.roles import Role
from tasks.acts.delegations import delegate, revoke
from tasks.acts.diffusion import diffuse
from tasks.acts.retraits import withdraw
from tasks.mail.delivery import Tournee, deliver_due
from tasks.mail.liens import write_gate_token
from tasks.mail.reminders import enqueue_digests, enqueue_reminders, enqueue_returns
from tasks.mail.smtp import Lettre, Refusee, render_message
from tasks.store.outbox import enqueue
from tasks.store.settings import Settings
from tests.support.parcours import AVEC_DG, Depart, Terrain, essai
from tests.support.produit import Produit, finir

LUNDI_8H = "1764572400"  # lundi 1er décembre 2025, 8 h à Paris
JOUR_S = 24 * 3600
PAGES = "https://nr.ville.example"


class Boite:
    """Ce qu'un serveur de courrier a reçu, et ce qu'il répond."""

    def __init__(self) -> None:
        self.recus: list[bytes] = []
        self.reponses: list[str] = []
        self.port = 0
        self.tuer: int | None = None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        self.recus.append(bytes(envelope.content or b""))
        if self.tuer:
            os.kill(self.tuer, signal.SIGKILL)
        return self.reponses.pop(0) if self.reponses else "250 Bien reçu"

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(item, policy=default) for item in self.recus]  # type: ignore[misc]

    def reglages(self) -> dict[str, str]:
        return {"NR_SMTP_HOST": "127.0.0.1", "NR_SMTP_PORT": str(self.port), "NR_SMTP_TLS": "non"}


@pytest.fixture
def boite() -> Iterator[Boite]:
    found = Boite()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found.port = probe.getsockname()[1]
    controller = Controller(found, hostname="127.0.0.1", port=found.port)
    controller.start()
    yield found
    controller.stop()


@pytest.fixture
def terrain(depart: Depart, monkeypatch: pytest.MonkeyPatch) -> Terrain:
    """Un dossier dont le diagnostic est à valider, et l'heure arrêtée ; ses courriers mènent à des pages."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", LUNDI_8H)
    found = depart("score", AVEC_DG)
    found.workspace.settings.public_url = PAGES
    with found.workspace.writing() as session:
        gate = session.merge(found.gates("score")[-1])
        gate.opened_at = "2025-12-01T07:00:00Z"
        session.connection().execute(sa.delete(Outbox))  # ce qui a été demandé en chemin
    return found


def relier(terrain: Terrain, boite: Boite) -> None:
    settings = terrain.workspace.settings
    settings.smtp_host, settings.smtp_port, settings.smtp_tls = "127.0.0.1", boite.port, "non"


def annoncer(terrain: Terrain) -> None:
    gate = terrain.gates("score")[-1].id
    with terrain.workspace.writing() as session:
        enqueue(session, "avis-ouverture", f"essai:{gate}", {"gate": gate, "mail": terrain.person(Role.REFERENT)})


def restant(terrain: Terrain) -> list[tuple[str, str]]:
    with terrain.workspace.reading() as session:
        rows = session.exec(select(Outbox).where(Outbox.done_at == None))  # noqa: E711
        return [(row.kind, row.erreur) for row in rows if row.kind != "avancer"]


def texte(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\u00a0", " ")


def avancer_l_heure(monkeypatch: pytest.MonkeyPatch, jours: int) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(LUNDI_8H) + jours * JOUR_S))


def test_un_courrier_est_en_francais_avec_un_seul_lien(terrain: Terrain, boite: Boite) -> None:
    relier(terrain, boite)
    annoncer(terrain)
    assert deliver_due(terrain.workspace) == Tournee(envoyes=1)
    [message] = boite.messages
    assert message["To"].addresses[0].addr_spec == terrain.person(Role.REFERENT)
    assert message["Subject"].replace("\u00a0", " ").startswith("À valider : le diagnostic, ")
    assert message["Content-Language"] == "fr"
    assert message["Auto-Submitted"] == "auto-generated"
    lien = write_gate_token(terrain.workspace.settings, terrain.gates("score")[-1], terrain.person(Role.REFERENT))
    assert re.findall(r"\w+://\S+", texte(message)) == [f"{PAGES}/v/{lien}"]
    assert "attend votre décision depuis le 1er décembre 2025" in texte(message)
    assert "8 décembre 2025 au plus tard" in texte(message)
    assert restant(terrain) == []


def test_sans_pages_publiees_un_courrier_donne_la_commande(terrain: Terrain, boite: Boite) -> None:
    terrain.workspace.settings.public_url = ""
    relier(terrain, boite)
    annoncer(terrain)
    deliver_due(terrain.workspace)
    [message] = boite.messages
    assert f"nr validation decider {terrain.cle} diagnostic" in texte(message)
    assert "://" not in texte(message)


def test_le_recu_d_une_decision_porte_ce_qui_a_ete_vu_et_la_tete_de_la_piste(terrain: Terrain, boite: Boite) -> None:
    relier(terrain, boite)
    assert terrain.decide("score", terrain.person(Role.REFERENT)).accepted
    with terrain.workspace.reading() as session:
        [decision] = session.exec(select(Decision)).all()
    deliver_due(terrain.workspace)
    message = next(item for item in boite.messages if item["Subject"].startswith("Décision"))
    event = next(item for item in terrain.events() if item["fait"] == Fait.DECIDE)
    said = texte(message)
    assert decision.seal in said
    assert event["hash"] in said
    assert f"entrée n° {event['n']} " in said
    assert "approuvé" in said


def test_chaque_recu_porte_sa_propre_entree_meme_apres_un_retrait(depart: Depart, boite: Boite) -> None:
    terrain = depart("preselect", AVEC_DG)
    relier(terrain, boite)
    deliver_due(terrain.workspace)
    boite.recus.clear()
    dg = terrain.person(Role.DG)
    assert terrain.decide("preselect", dg).accepted
    assert withdraw(terrain.workspace, terrain.cle, "preselection", par=essai(dg), comment="Trop vite.").accepted
    assert terrain.decide("preselect", dg, Verdict.RESERVES, "À suivre.").accepted
    deliver_due(terrain.workspace)
    recus = [texte(item) for item in boite.messages if item["Subject"].startswith("Décision")]
    events = [item for item in terrain.events() if item["fait"] == Fait.DECIDE and item["donnees"]["siege"] == "dg"]
    assert len(recus) == 2
    for said, event in zip(recus, sorted(events, key=lambda item: item["n"])[-2:], strict=True):
        assert event["hash"] in said
        assert f"entrée n° {event['n']} " in said


def test_le_recu_de_qui_tient_deux_sieges_les_nomme_tous_deux(depart: Depart, boite: Boite) -> None:
    terrain = depart("preselect", AVEC_DG)
    relier(terrain, boite)
    dg = terrain.person(Role.DG)
    terrain.give_roles({terrain.person(Role.ELU_SPONSOR): (Role.LECTEUR,), dg: (Role.DG, Role.ELU_SPONSOR)})
    assert terrain.decide("preselect", dg).accepted
    deliver_due(terrain.workspace)
    [said] = [texte(item) for item in boite.messages if item["Subject"].startswith("Décision")][-1:]
    taken = [item for item in terrain.events() if item["fait"] == Fait.DECIDE][-2:]
    assert "(votre rôle : direction générale, élu sponsor)" in said.replace("\u00a0", " ")
    assert f"les entrées n° {taken[0]['n']}, {taken[1]['n']} " in said
    assert taken[1]["hash"] in said


def test_une_delegation_deja_revoquee_ne_s_annonce_plus(terrain: Terrain, boite: Boite) -> None:
    relier(terrain, boite)
    dg, to = terrain.person(Role.DG), terrain.person(Role.REFERENT)
    jour = date(2025, 12, 1)
    given = delegate(
        terrain.workspace,
        terrain.cle,
        par=essai(dg),
        to=to,
        role="dg",
        du=jour,
        au=jour + timedelta(days=30),
        arrete="2025-118",
    )
    assert given.accepted, given.message
    with terrain.workspace.reading() as session:
        number = session.exec(select(Delegation.id)).one()
    assert number is not None
    ended = revoke(terrain.workspace, terrain.cle, number, par=essai(dg), comment="Retour.")
    assert ended.accepted, ended.message
    deliver_due(terrain.workspace)
    assert len([item for item in boite.messages if "élégation" in item["Subject"]]) == 1
    assert restant(terrain) == []


def test_un_refus_passager_se_reessaie_sous_le_meme_nom(
    terrain: Terrain, boite: Boite, monkeypatch: pytest.MonkeyPatch
) -> None:
    relier(terrain, boite)
    annoncer(terrain)
    boite.reponses = ["451 Plus tard"]
    assert deliver_due(terrain.workspace).echecs
    assert deliver_due(terrain.workspace) == Tournee()  # pas tout de suite
    avancer_l_heure(monkeypatch, 1)
    assert deliver_due(terrain.workspace) == Tournee(envoyes=1)
    first, second = boite.messages
    assert first["Message-ID"] == second["Message-ID"]
    assert first.as_bytes() == second.as_bytes()
    assert deliver_due(terrain.workspace) == Tournee()


def test_un_refus_definitif_laisse_un_fichier_et_sa_raison(terrain: Terrain, boite: Boite) -> None:
    relier(terrain, boite)
    annoncer(terrain)
    boite.reponses = ["550 Boîte inconnue"]
    done = deliver_due(terrain.workspace)
    [path] = done.ecrits
    assert path.read_bytes().startswith(b"From:")
    assert "550" in done.echecs[0]
    assert restant(terrain) == []


def test_un_serveur_qui_ne_repond_pas_ne_perd_rien(terrain: Terrain, boite: Boite) -> None:
    relier(terrain, boite)
    terrain.workspace.settings.smtp_port = 9
    annoncer(terrain)
    assert deliver_due(terrain.workspace).envoyes == 0
    [(kind, erreur)] = restant(terrain)
    assert kind == "avis-ouverture"
    assert "ne répond pas" in erreur


def test_sans_serveur_un_courrier_devient_un_fichier_a_envoyer(terrain: Terrain) -> None:
    annoncer(terrain)
    [path] = deliver_due(terrain.workspace).ecrits
    message = message_from_bytes(path.read_bytes(), policy=default)
    assert path.parent == terrain.workspace.settings.outputs / "exemple" / ".courrier"
    assert message["To"].addresses[0].addr_spec == terrain.person(Role.REFERENT)


def test_une_diffusion_porte_les_documents_eux_memes(terrain: Terrain, boite: Boite) -> None:
    relier(terrain, boite)
    referent = terrain.person(Role.REFERENT)
    assert terrain.decide("score", referent).accepted
    maire, score = "maire@ailleurs.example", BY_SLUG["score"]
    given = diffuse(terrain.workspace, terrain.cle, score, par=essai(referent), to=[maire])
    assert given.accepted, given.message
    deliver_due(terrain.workspace)
    message = next(item for item in boite.messages if item["Subject"].startswith("Documents"))
    assert message["To"].addresses[0].addr_spec == maire
    found = {item.get_filename(): item.get_content() for item in message.iter_attachments()}
    assert found == {"score.xlsx": (terrain.produits("score") / "score.xlsx").read_bytes()}


def test_une_diffusion_attend_le_document_perdu_plutot_que_de_partir_sans_lui(terrain: Terrain, boite: Boite) -> None:
    relier(terrain, boite)
    referent = terrain.person(Role.REFERENT)
    assert terrain.decide("score", referent).accepted
    score = BY_SLUG["score"]
    assert diffuse(terrain.workspace, terrain.cle, score, par=essai(referent), to=["maire@ailleurs.example"]).accepted
    shutil.rmtree(terrain.workspace.settings.store)
    assert any("diffusion" in reason for reason in deliver_due(terrain.workspace).echecs)
    assert not [item for item in boite.messages if item["Subject"].startswith("Documents")]
    assert "diffusion" in {kind for kind, _ in restant(terrain)}


def test_qui_n_est_plus_attendu_n_est_pas_derange(terrain: Terrain, boite: Boite) -> None:
    relier(terrain, boite)
    annoncer(terrain)
    terrain.decide("score", terrain.person(Role.REFERENT))
    deliver_due(terrain.workspace)
    assert not [item for item in boite.messages if item["Subject"].startswith("À valider")]
    assert restant(terrain) == []


def test_tue_entre_l_envoi_et_sa_note_il_repart_une_fois_sous_le_meme_nom(
    au_diagnostic: Produit, tmp_path: Path, boite: Boite
) -> None:
    produit = au_diagnostic.copier(tmp_path)
    running = produit.lancer("courriers", "envoyer", **boite.reglages())
    boite.tuer = running.pid
    assert finir(running).code == -signal.SIGKILL
    boite.tuer = None
    count = len(boite.recus)
    for _ in range(2):
        assert produit.nr("courriers", "envoyer", **boite.reglages()).code == 0
    again = [item["Message-ID"] for item in boite.messages]
    assert len(again) == len(set(again)) + count
    assert count == 1


RELANCES = {
    0: [],
    3: ["Rappel"],  # jeudi, deux jours ouvrés avant lundi 8
    7: ["Rappel"],
    10: ["En retard"],
    14: ["Sans réponse"],
}


def test_les_relances_montent_l_echelle_puis_alertent_sans_doubler(
    terrain: Terrain, boite: Boite, monkeypatch: pytest.MonkeyPatch
) -> None:
    relier(terrain, boite)
    for jours, attendus in RELANCES.items():
        avancer_l_heure(monkeypatch, jours)
        boite.recus.clear()
        enqueue_reminders(terrain.workspace, terrain.programme)
        assert enqueue_reminders(terrain.workspace, terrain.programme) == 0
        deliver_due(terrain.workspace)
        sujets = {item["Subject"].replace("\u00a0", " ").partition(" : ")[0] for item in boite.messages}
        assert sorted(sujets - {"À valider"}) == attendus, jours
    relances = [item for item in terrain.events() if item["fait"] == Fait.RELANCE]
    assert [item["donnees"]["palier"] for item in relances] == ["rappel", "echeance", "retard", "escalade"]
    assert all(item["automatique"] for item in relances)
    assert "@" not in str(relances)


def test_la_nuit_et_le_dimanche_personne_n_est_relance(terrain: Terrain, monkeypatch: pytest.MonkeyPatch) -> None:
    for epoch in (int(LUNDI_8H) + 7 * JOUR_S - 3600, int(LUNDI_8H) + 6 * JOUR_S):  # lundi 7 h, dimanche 8 h
        monkeypatch.setenv("SOURCE_DATE_EPOCH", str(epoch))
        assert enqueue_reminders(terrain.workspace) == 0


def test_un_retour_qui_manque_se_rappelle_en_un_courrier_par_personne(
    terrain: Terrain, boite: Boite, monkeypatch: pytest.MonkeyPatch
) -> None:
    relier(terrain, boite)
    for path in terrain.recus.glob("*"):
        if path.is_file():
            path.unlink()
    terrain.run()
    avancer_l_heure(monkeypatch, 3640)  # un lundi, dix ans plus tard
    count = enqueue_returns(terrain.workspace, terrain.programme)
    assert count > 0
    assert enqueue_returns(terrain.workspace, terrain.programme) == 0
    deliver_due(terrain.workspace)
    rappels = [item for item in boite.messages if item["Subject"].startswith("Numérique responsable")]
    assert len(rappels) == count == len({item["To"] for item in rappels})
    assert {item["donnees"].get("retours") for item in terrain.events() if item["fait"] == Fait.RELANCE} == {True}


def test_le_resume_de_la_semaine_dit_qui_bloque_et_depuis_quand(terrain: Terrain, boite: Boite) -> None:
    relier(terrain, boite)
    assert enqueue_digests(terrain.workspace) == enqueue_digests(terrain.workspace) > 0
    deliver_due(terrain.workspace)
    messages = [item for item in boite.messages if item["Subject"].startswith("La semaine")]
    assert len({item["To"] for item in messages}) == len(messages)
    said = texte(messages[0])
    assert "Validation de l’étape « Score » : on attend " in said
    assert "depuis le 1er décembre 2025" in said
    assert re.findall(r"\w+://\S+", said) == [f"{PAGES}/p/exemple"]


def lettre(**plus: str) -> Lettre:
    return Lettre(
        **{"mail": "a@b.example", "nom": "Ana", "sujet": "Sujet", "texte": "Bonjour.", "programme": "p", **plus}
    )


@given(st.text(), st.text())
def test_rien_de_ce_qu_on_tape_n_ajoute_un_en_tete(nom: str, sujet: str) -> None:
    settings = Settings(mail_from="nr@ville.example")
    try:
        sent = render_message(settings, lettre(nom=nom, sujet=sujet), "cle", "2025-12-01T08:00:00Z").as_bytes()
    except Refusee:
        return
    seen: Any = message_from_bytes(sent, policy=default)
    assert sorted(set(seen.keys())) == sorted(EN_TETES)
    assert len(seen.keys()) == len(EN_TETES)
    assert [item.addr_spec for item in seen["To"].addresses] == ["a@b.example"]


EN_TETES = (
    *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "Content-Language"),
    *("Content-Type", "Content-Transfer-Encoding", "MIME-Version"),
)


@pytest.mark.parametrize("mail", ["", "pas une adresse", "a@b.example\nBcc: c@d.example", "a@b.example, c@d.example"])
def test_une_adresse_qui_n_en_est_pas_une_est_refusee(mail: str) -> None:
    with pytest.raises(Refusee):
        render_message(Settings(), lettre(mail=mail), "cle", "2025-12-01T08:00:00Z")
