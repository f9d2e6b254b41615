"""Ce qui part aux gens avant les entretiens : répartition, calendrier, trames, invitations."""

from __future__ import annotations

import email
import io
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest
from docx import Document
from docx.oxml.ns import qn
from icalendar import Calendar

from nr_models.rules.collect import share
from nr_models.rules.entretiens import RetourCalendrier, Souhait, prepare
from nr_models.values.text import slugify
from tasks.demo.form import Form, Typed
from tasks.returns.recognise import Understood, understand
from tasks.stages.collect import stage
from tasks.stages.collect.columns import CALENDRIER_SHEETS
from tests.support.parcours import Depart, Terrain
from tests.support.referentiels import livre
from tests.support.workbooks_case import make_calendar, make_case

CASE = make_case()
FILES = {file.nom: file for file in stage.render_supports(CASE, lambda _nom: 1)}
RETOUR = make_calendar().valeur
CELINE = "celine.sautereau@mairie-dornecourt-sur-sauvine.example"


def lire(tmp_path: Path, content: bytes) -> Understood:
    path = tmp_path / "n'importe quoi.xlsx"
    path.write_bytes(content)
    return understand(path, path.name, livre())


def remplir(*typed: tuple[str, int, dict[str, Typed]]) -> bytes:
    form = Form(FILES["calendrier.xlsx"].contenu)
    for sheet, numero, values in typed:
        form.type_row(sheet, CALENDRIER_SHEETS[sheet], numero, values)
    return form.save()


def courriel(nom: str) -> EmailMessage:
    message = email.message_from_bytes(FILES[nom].contenu, policy=default)
    assert isinstance(message, EmailMessage)
    return message


def joints(message: EmailMessage) -> dict[str, bytes]:
    return {str(part.get_filename()): part.get_payload(decode=True) for part in message.iter_attachments()}  # type: ignore[misc]


def test_le_classeur_du_calendrier_redit_ce_qu_il_a_lu(tmp_path: Path) -> None:
    assert isinstance(RETOUR, RetourCalendrier)
    found = lire(tmp_path, FILES["calendrier.xlsx"].contenu)
    assert found.anomalies == ()
    assert isinstance(found.valeur, RetourCalendrier)
    assert found.valeur.model_copy(update={"souhaits": ()}) == RETOUR.model_copy(update={"souhaits": ()})
    written = {item.cle: item for item in found.valeur.souhaits}
    assert written["lea.roy@ex.fr"].confirme is True
    assert written["equipe"].is_written


@pytest.mark.parametrize(
    ("jour", "debut", "fin"),
    [("3 décembre 2026", "9 h", "12 h"), ("2026-12-03", "9:00", "12:00"), ("03/12/2026", "09h00", 0.5)],
)
def test_un_jour_et_une_heure_se_lisent_comme_on_les_ecrit(tmp_path: Path, jour: str, debut: str, fin: Typed) -> None:
    found = lire(tmp_path, remplir(("Journées", 3, {"jour": jour, "debut": debut, "fin": fin})))
    assert isinstance(found.valeur, RetourCalendrier)
    last = found.valeur.journees[-1]
    assert (last.jour.isoformat(), last.debut, last.fin) == ("2026-12-03", 540, 720)


@pytest.mark.parametrize(
    ("sheet", "values", "code", "cellule"),
    [
        ("Journées", {"jour": "bientôt", "debut": "9 h", "fin": "12 h"}, "date-invalide", "A4"),
        ("Journées", {"jour": "3/12/2026", "debut": "tôt", "fin": "12 h"}, "heure-invalide", "B4"),
        ("Journées", {"jour": "3/12/2026", "debut": "14 h", "fin": "12 h"}, "plage-invalide", "C4"),
        ("Journées", {"jour": "3/12/2026", "debut": "9 h"}, "valeur-absente", "C4"),
        ("Répartition", {"interlocuteurs": "le maire"}, "mail-invalide", "F4"),
        ("Rendez-vous", {"confirme": "peut-être"}, "oui-non-attendu", "H4"),
        ("Rendez-vous", {"debut": None}, "valeur-absente", "F4"),
    ],
)
def test_ce_qui_ne_se_lit_pas_est_dit_a_sa_place(
    tmp_path: Path, sheet: str, values: dict[str, Typed], code: str, cellule: str
) -> None:
    found = lire(tmp_path, remplir((sheet, 3, values)))
    assert [(item.code, item.feuille, item.cellule) for item in found.anomalies] == [(code, sheet, cellule)]
    assert isinstance(found.valeur, RetourCalendrier)
    assert len(found.valeur.journees) == 2


def test_les_memes_valeurs_donnent_les_memes_octets() -> None:
    again = {file.nom: file.contenu for file in stage.render_supports(CASE, lambda _nom: 1)}
    assert again == {nom: file.contenu for nom, file in FILES.items()}


def test_l_invitation_porte_la_trame_l_introduction_et_l_heure() -> None:
    message = courriel("invitation-lea-roy-ex-fr.eml")
    assert str(message["To"]) == "Léa Roy <lea.roy@ex.fr>"
    assert message["X-Unsent"] == "1"
    files = joints(message)
    trames = ("trame-lea-roy-ex-fr.docx", "trame-lea-roy-ex-fr.xlsx", "introduction.docx")
    assert {nom: files[nom] for nom in trames} == {nom: FILES[nom].contenu for nom in trames}
    [event] = Calendar.from_ical(files["invitation.ics"]).walk("VEVENT")
    assert event.decoded("dtstart").isoformat() == "2026-12-01T13:30:00+00:00"


def test_personne_n_est_invite_a_s_interroger_soi_meme() -> None:
    assert "trame-anne-morel-ex-fr.docx" in FILES
    assert "invitation-anne-morel-ex-fr.eml" not in FILES


def test_l_agenda_des_referents_a_les_entretiens_et_le_temps_de_noter() -> None:
    events = Calendar.from_ical(FILES["calendrier-entretiens.ics"].contenu).walk("VEVENT")
    assert len(events) == 6
    lengths = sorted((event.decoded("dtend") - event.decoded("dtstart")).seconds // 60 for event in events)
    assert lengths == [15, 15, 15, 30, 30, 120]
    assert len({str(event["uid"]) for event in events}) == 6


def test_la_restitution_est_fixee_des_le_debut() -> None:
    [event] = Calendar.from_ical(FILES["restitution.ics"].contenu).walk("VEVENT")
    assert event.decoded("dtstart").isoformat() == "2027-01-14T13:00:00+00:00"
    assert str(event["location"]) == "Salle du conseil"
    assert joints(courriel("invitation-restitution.eml"))["restitution.ics"] == FILES["restitution.ics"].contenu


def test_une_trame_a_lire_pose_les_questions_confiees_avec_leur_grille() -> None:
    document = Document(io.BytesIO(FILES["trame-lea-roy-ex-fr.docx"].contenu))
    rows = [row for table in document.tables for row in table.rows]
    text = "\n".join(item.text for row in rows for item in row.cells[0].paragraphs)
    asked = [item for item in CASE.referentiel.questions.values() if item.id in text]
    assert "gouv-q01" in [item.id for item in asked]
    for question in asked:
        assert all(sentence.replace("\u00a0", " ") in text.replace("\u00a0", " ") for sentence in question.niveaux)
    assert len(rows) == len(asked) + 1  # une question, une rangée qui ne se coupe pas ; puis la fin
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in rows)


@pytest.mark.parametrize("nom", [nom for nom in FILES if nom.endswith(".docx")])
def test_un_document_ne_nomme_ni_la_machine_ni_l_heure(nom: str) -> None:
    with zipfile.ZipFile(io.BytesIO(FILES[nom].contenu)) as archive:
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert "1980-01-01" in core
    assert "python-docx" not in core


# Dans un dossier


def sans_calendrier(depart: Depart) -> Terrain:
    """Un dossier dont le référent n'a pas encore préparé les entretiens."""
    terrain = depart("score")
    (terrain.recus / "Calendrier des entretiens.xlsx").unlink()
    terrain.run()
    return terrain


def rendre(terrain: Terrain, change: Callable[[Form], None]) -> None:
    form = Form((terrain.produits("collect") / "calendrier.xlsx").read_bytes())
    change(form)
    (terrain.recus / "calendrier rempli.xlsx").write_bytes(form.save())


def confier(form: Form) -> None:
    """La première question à Céline, et une matinée ouverte."""
    form.type_row("Répartition", CALENDRIER_SHEETS["Répartition"], 1, {"interlocuteurs": CELINE})
    plage: dict[str, Typed] = {"jour": "1er décembre 2026", "debut": "9 h", "fin": "12 h 30"}
    form.type_row("Journées", CALENDRIER_SHEETS["Journées"], 1, plage)


def test_une_question_confiee_passe_dans_l_autre_trame_et_le_calendrier_se_fait(depart: Depart) -> None:
    terrain = sans_calendrier(depart)
    folder = terrain.produits("collect")
    before = (folder / f"trame-{slugify(CELINE)}.xlsx").read_bytes()
    assert not (folder / "calendrier-entretiens.xlsx").exists()
    rendre(terrain, confier)
    terrain.run()
    assert (folder / f"trame-{slugify(CELINE)}.xlsx").read_bytes() != before
    assert (folder / "calendrier-entretiens.xlsx").is_file()
    assert "tour-ancien" in {item["code"] for item in terrain.result("collect")["anomalies"]}


def test_renvoyer_le_calendrier_tel_qu_il_est_propose_ne_change_rien(depart: Depart) -> None:
    terrain = sans_calendrier(depart)
    rendre(terrain, confier)
    terrain.run()
    shown = terrain.shown()
    rendre(terrain, lambda _form: None)
    terrain.run()
    assert terrain.shown() == shown


def test_une_personne_confirmee_garde_son_heure_quand_une_autre_arrive(tmp_path: Path) -> None:
    found = lire(tmp_path, FILES["calendrier.xlsx"].contenu)
    assert isinstance(found.valeur, RetourCalendrier)
    hours = {item.cle: (item.jour, item.debut) for item in found.valeur.souhaits}
    again = prepare(
        CASE.entree,
        share(CASE.entree, CASE.referentiel, {}),
        CASE.referentiel.parametres.entretiens,
        found.valeur.model_copy(update={"souhaits": (*found.valeur.souhaits, Souhait(cle="inconnu"))}),
    )
    assert {item.cle: (item.jour, item.debut) for item in again.calendrier.creneaux} == hours
