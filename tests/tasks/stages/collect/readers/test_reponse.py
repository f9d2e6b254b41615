"""Une réponse se lit où les gens la mettent, ou se demande à nouveau ; elle n'est jamais perdue en silence."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from typing import Any
from zipfile import ZipFile

import pytest
from docx import Document
from openpyxl import Workbook, load_workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.worksheet.worksheet import Worksheet

from nr_models.rules.collect import Reponse, RetourDiagnostic, Statut
from tasks.returns.recognise import Understood
from tasks.stages.collect.columns import DIAGNOSTIC
from tests.support.lecture import Lu, said, sheet_of
from tests.support.lecture import codes as codes_of

_TITLES = [column.title for column in DIAGNOSTIC]
YELLOW = PatternFill("solid", fgColor="FFFF00")

Edit = Callable[[Worksheet], object]


def remplir(lu: Lu, edit: Edit, titles: Sequence[str] = _TITLES) -> Understood:
    """Trois questions sans réponse, leur grille en face ; ce que la personne y fait ; et ce qui en est compris."""
    book = Workbook()
    page = sheet_of(book)
    page.title = "1 Gouvernance"
    page.append(list(titles))
    for question in list(lu.referentiel.questions.values())[:3]:
        page.append([question.id, "", question.question, "", "", None, None, None, *question.niveaux])
    edit(page)
    path = lu.folder / "trame.xlsx"
    book.save(path)
    return lu.fichier(path)


def reponses(found: Understood) -> list[tuple[Statut, int | None]]:
    return [(item.statut, item.niveau) for item in lues(found)]


def lues(found: Understood) -> tuple[Reponse, ...]:
    assert isinstance(found.valeur, RetourDiagnostic)
    return found.valeur.reponses


def poser(cell: str, value: Any) -> Edit:
    return lambda page: page.__setitem__(cell, value)


@pytest.mark.parametrize(
    ("typed", "statut", "level"),
    [
        (2, Statut.NIVEAU, 2),
        ("2/4", Statut.NIVEAU, 2),
        ("3 sur 4", Statut.NIVEAU, 3),
        ("Niveau : 1", Statut.NIVEAU, 1),
        ("Ne sais pas", Statut.NE_SAIT_PAS, None),
        ("?", Statut.NE_SAIT_PAS, None),
        ("N/A", Statut.SANS_OBJET, None),
        ("S.O.", Statut.SANS_OBJET, None),
        ("non concerné", Statut.SANS_OBJET, None),
    ],
)
def test_une_reponse_ecrite_a_sa_facon_se_lit(lu: Lu, typed: Any, statut: Statut, level: int | None) -> None:
    found = remplir(lu, poser("F2", typed))
    assert said(found) == []
    assert reponses(found)[0] == (statut, level)


@pytest.mark.parametrize("typed", ["plutôt oui", "2 ou 3", "2,5", "2-3", "5", "oui"])
def test_une_reponse_qui_n_en_dit_pas_une_se_demande(lu: Lu, typed: str) -> None:
    found = remplir(lu, poser("F2", typed))
    assert said(found) == [("reponse-hors-liste", "1 Gouvernance", "F2")]
    assert reponses(found)[0] == (Statut.BLANC, None)


@pytest.mark.parametrize("mark", ["x", "X", "✓", "☒", "[x]"])
def test_une_croix_dans_la_grille_est_la_reponse(lu: Lu, mark: str) -> None:
    found = remplir(lu, poser("K2", mark))
    assert said(found) == [("reponse-deduite", "1 Gouvernance", "F2")]
    assert reponses(found)[0] == (Statut.NIVEAU, 2)


def test_une_croix_devant_la_phrase_est_la_reponse(lu: Lu) -> None:
    found = remplir(lu, lambda page: page.__setitem__("L3", f"X {page['L3'].value}"))
    assert reponses(found)[1] == (Statut.NIVEAU, 3)


@pytest.mark.parametrize("look", [{"fill": YELLOW}, {"font": Font(bold=True)}, {"font": Font(underline="single")}])
def test_une_phrase_en_couleur_ou_en_gras_est_la_reponse(lu: Lu, look: dict[str, Any]) -> None:
    found = remplir(lu, lambda page: [setattr(page["J4"], name, value) for name, value in look.items()])
    assert said(found) == [("reponse-deduite", "1 Gouvernance", "F4")]
    assert reponses(found)[2] == (Statut.NIVEAU, 1)


def test_une_phrase_barree_n_est_pas_la_reponse(lu: Lu) -> None:
    found = remplir(lu, lambda page: setattr(page["J4"], "font", Font(strike=True)))
    assert reponses(found)[2] == (Statut.BLANC, None)


def test_deux_phrases_cochees_se_demandent(lu: Lu) -> None:
    def tick(page: Worksheet) -> None:
        page["J2"], page["L2"] = "x", "x"

    found = remplir(lu, tick)
    assert said(found) == [("reponse-a-dire", "1 Gouvernance", "F2")]
    assert reponses(found)[0] == (Statut.BLANC, None)


def test_une_reponse_fusionnee_vaut_pour_ses_trois_questions(lu: Lu) -> None:
    def merge(page: Worksheet) -> None:
        page["F2"] = 1
        page.merge_cells("F2:F4")

    found = remplir(lu, merge)
    assert said(found) == [("reponse-deduite", "1 Gouvernance", "F3"), ("reponse-deduite", "1 Gouvernance", "F4")]
    assert reponses(found) == [(Statut.NIVEAU, 1)] * 3


def test_une_note_sur_la_cellule_se_lit_ou_se_demande(lu: Lu) -> None:
    def stick(page: Worksheet) -> None:
        page["F2"].comment = Comment("Anne Roy:\n3", "Anne Roy")
        page["F3"].comment = Comment("à voir avec la DSI", "Anne Roy")

    found = remplir(lu, stick)
    assert said(found) == [("reponse-deduite", "1 Gouvernance", "F2"), ("reponse-a-dire", "1 Gouvernance", "F3")]
    assert reponses(found)[:2] == [(Statut.NIVEAU, 3), (Statut.BLANC, None)]
    assert lues(found)[1].commentaire == "à voir avec la DSI"


def test_une_formule_jamais_calculee_se_demande(lu: Lu) -> None:
    found = remplir(lu, poser("F2", "=1+1"))
    assert ("reponse-a-dire", "1 Gouvernance", "F2") in said(found)
    assert reponses(found)[0] == (Statut.BLANC, None)


def test_un_niveau_ecrit_en_commentaire_se_lit_ou_se_demande(lu: Lu) -> None:
    def write(page: Worksheet) -> None:
        page["G2"], page["G3"], page["G4"] = "2", "Nous sommes plutôt 3, sauf aux écoles", "Rien à signaler"

    found = remplir(lu, write)
    assert said(found) == [("reponse-deduite", "1 Gouvernance", "F2"), ("reponse-a-dire", "1 Gouvernance", "F3")]
    assert reponses(found) == [(Statut.NIVEAU, 2), (Statut.BLANC, None), (Statut.BLANC, None)]


def test_une_marque_qui_contredit_la_reponse_ecrite_est_dite(lu: Lu) -> None:
    def answer(page: Worksheet) -> None:
        page["F2"], page["L2"] = 1, "x"

    found = remplir(lu, answer)
    assert said(found) == [("reponse-contraire", "1 Gouvernance", "F2")]
    assert reponses(found)[0] == (Statut.NIVEAU, 1)


@pytest.mark.parametrize(
    ("place", "title"), [(5, "Notre réponse"), (5, "Niveau choisi"), (0, "N°"), (6, "Commentaires")]
)
def test_un_titre_change_est_retrouve(lu: Lu, place: int, title: str) -> None:
    titles = [*_TITLES[:place], title, *_TITLES[place + 1 :]]

    def answer(page: Worksheet) -> None:
        page["F2"], page["G2"] = 3, "un arrêté"

    found = remplir(lu, answer, titles)
    assert said(found) == [("colonne-renommee", "1 Gouvernance", f"{'ABCDEFG'[place]}1")]
    assert (reponses(found)[0], lues(found)[0].commentaire) == ((Statut.NIVEAU, 3), "un arrêté")


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice absent")
def test_ce_que_libreoffice_enregistre_se_lit_de_meme(lu: Lu) -> None:
    def mark(page: Worksheet) -> None:
        page["K2"].fill = YELLOW
        page["F3"] = 1
        page.merge_cells("F3:F4")

    remplir(lu, mark)
    target = lu.folder / "libre"
    profile = f"-env:UserInstallation=file://{lu.folder}/profil"
    convert = ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", str(target)]
    subprocess.run([*convert, str(lu.folder / "trame.xlsx")], check=True, capture_output=True, timeout=120)
    assert load_workbook(target / "trame.xlsx").sheetnames == ["1 Gouvernance"]
    assert reponses(lu.fichier(target / "trame.xlsx")) == [(Statut.NIVEAU, 2), (Statut.NIVEAU, 1), (Statut.NIVEAU, 1)]


def test_un_document_word_une_archive_et_un_message_sont_dits_pour_ce_qu_ils_sont(lu: Lu) -> None:
    remplir(lu, poser("F2", 1))
    archive = lu.folder / "trames.zip"
    with ZipFile(archive, "w") as found:
        found.write(lu.folder / "trame.xlsx", "une/trame.xlsx")
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "anne@ville.fr", "Notre trame"
    mail.add_attachment((lu.folder / "trame.xlsx").read_bytes(), maintype="application", subtype="octet-stream")
    message = lu.folder / "trame.eml"
    message.write_bytes(mail.as_bytes())
    word = lu.folder / "trame.docx"
    Document().save(str(word))
    codes = [codes_of(lu.fichier(path)) for path in (archive, message, word)]
    assert codes == [["fichier-qui-en-porte"], ["fichier-qui-en-porte"], ["document-word"]]
