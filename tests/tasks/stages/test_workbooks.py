"""Les classeurs : ce qu'on y remplit, ce qu'ils montrent, ce qu'ils taisent."""

from __future__ import annotations

import hashlib
import io
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from nr_models.dossier.registre import Entree, Registre, Source
from nr_models.rules import collect, preselect, prioritise, roadmap, score
from nr_models.rules.collect import share
from nr_models.rules.entretiens import RetourCalendrier, prepare
from nr_models.rules.instantane import compare
from nr_models.values.anomalies import Anomaly
from nr_models.values.frozen import percent, round_half_up
from tasks.office.columns import AUTHOR_LABEL, GUIDE_SHEET, MARK_KEYS, MARK_SHEET, NO_OPINION
from tasks.office.workbook.cells import sheet_name
from tasks.programme import workbook as registre_books
from tasks.programme.columns import EVERYONE
from tasks.returns.recognise import understand
from tasks.stages.collect.columns import DIAGNOSTIC
from tasks.stages.collect.workbooks import calendrier as calendar_books
from tasks.stages.collect.workbooks import supports as collect_books
from tasks.stages.fiche import workbook as fiche_books
from tasks.stages.preselect import workbook as preselect_books
from tasks.stages.prioritise import workbook as prioritise_books
from tasks.stages.roadmap import workbook as roadmap_books
from tasks.stages.score import workbook as score_books
from tasks.stages.score.comparaison import Moment, render_comparaison
from tests.support.depot import ROOT
from tests.support.workbooks_case import FORMULE, make_case, make_entree

CASE = make_case()
ENTREE = CASE.entree
SCORE = CASE.result("score", score.Result)
PRESELECT = CASE.result("preselect", preselect.Result)
PRIORITISE = CASE.result("prioritise", prioritise.Result)
ROADMAP = CASE.result("roadmap", roadmap.Result)
RETOUR_CALENDRIER = CASE.values("calendrier", RetourCalendrier)[0]
PREPARATION = prepare(
    ENTREE,
    share(ENTREE, CASE.referentiel, RETOUR_CALENDRIER.repartition),
    CASE.referentiel.parametres.entretiens,
    RETOUR_CALENDRIER,
)
REFERENT, VOTANTE = ENTREE.personnes[0], ENTREE.personnes[2]
SOURCES = (Source(collectivite="saint-aubin", adresse="https://exemple.fr/parc.csv"),)
REGISTRE = Registre(entrees=(ENTREE,), sources=SOURCES)
ANOMALY = Anomaly(code="quantite-negative", fichier="parc.xlsx", feuille="Parc", cellule="C4", valeur="-3")

SUPPORTS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "diagnostic": ("diagnostic", lambda: collect_books.render_diagnostic(CASE, 1)),
    "trame": ("diagnostic", lambda: collect_books.render_diagnostic(CASE, 1, VOTANTE)),
    "inventaire": ("inventaire", lambda: collect_books.render_inventaire(CASE, 1)),
    "contexte": ("contexte", lambda: collect_books.render_contexte(CASE, 1)),
    "calendrier": ("calendrier", lambda: calendar_books.render_saisie(CASE, PREPARATION)),
    "preselection": ("preselection", lambda: preselect_books.render_support(CASE, PRESELECT, 1)),
    "bulletin": ("bulletin", lambda: prioritise_books.render_bulletin(CASE, REFERENT, 1)),
    "fiches": ("fiches", lambda: fiche_books.render_support(CASE, 1)),
}
LIVRABLES: dict[str, Callable[[], bytes]] = {
    "calendrier-entretiens": lambda: calendar_books.render_entretiens(CASE, PREPARATION),
    "anomalies": lambda: collect_books.render_anomalies([ANOMALY]),
    "score": lambda: score_books.render_score(CASE, SCORE),
    "liste": lambda: preselect_books.render_liste(CASE, PRESELECT),
    "priorisation": lambda: prioritise_books.render_priorisation(CASE, PRIORITISE),
    "feuille-de-route": lambda: roadmap_books.render_feuille_de_route(CASE, ROADMAP),
}
ALL = {**{name: render for name, (_, render) in SUPPORTS.items()}, **LIVRABLES}
ALL["registre"] = lambda: registre_books.render_registre(REGISTRE)
DIFFUSED = ("score", "liste", "priorisation")


def opened(content: bytes, *, values: bool = False) -> Workbook:
    return load_workbook(io.BytesIO(content), data_only=values)


def shown(workbook: Workbook) -> list[Worksheet]:
    return [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]


def parts(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "\n".join(archive.read(name).decode() for name in archive.namelist())


def column(sheet: Worksheet, title: str) -> list[object]:
    titles = [cell.value for cell in sheet[1]]
    return [row[titles.index(title)] for row in sheet.iter_rows(min_row=2, values_only=True)]


def digests() -> str:
    return "\n".join(f"{name} {hashlib.sha256(render()).hexdigest()}" for name, render in sorted(ALL.items()))


@pytest.mark.parametrize("name", ALL)
def test_la_meme_matiere_donne_les_memes_octets(name: str) -> None:
    assert ALL[name]() == ALL[name]()


@pytest.mark.parametrize(("zone", "graine"), [("Pacific/Auckland", "1"), ("America/Los_Angeles", "42")])
def test_ni_le_fuseau_ni_la_graine_de_hachage_ne_changent_les_octets(zone: str, graine: str) -> None:
    environment = {**os.environ, "TZ": zone, "PYTHONHASHSEED": graine, "PYTHONPATH": str(ROOT), "LC_ALL": "C.UTF-8"}
    code = "from tests.tasks.stages.test_workbooks import digests; print(digests())"
    done = subprocess.run([sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, check=True)
    assert done.stdout.decode().strip() == digests()


@pytest.mark.parametrize("name", ALL)
def test_chaque_classeur_commence_par_un_mode_d_emploi_de_cinq_lignes_au_plus(name: str) -> None:
    sheet = opened(ALL[name]()).worksheets[0]
    steps = [row for row in sheet.iter_rows(values_only=True) if str(row[0] or "").startswith("À faire")]
    assert sheet.title == GUIDE_SHEET
    assert 1 <= len(steps) <= 5
    assert all(text for _, text in steps)


def test_le_mode_d_emploi_dit_la_collectivite_le_programme_et_la_version_du_referentiel() -> None:
    sheet = opened(SUPPORTS["diagnostic"][1]())[GUIDE_SHEET]
    facts = {row[0]: row[1] for row in sheet.iter_rows(max_col=2, values_only=True) if row[0]}
    assert facts["Collectivité"] == "Saint-Aubin-des-Prés"
    assert facts["Programme"] == "exemple"
    assert CASE.referentiel.version in str(facts["Référentiel"])
    assert CASE.referentiel.empreinte[:12] in str(facts["Référentiel"])
    assert AUTHOR_LABEL in facts


@pytest.mark.parametrize("name", SUPPORTS)
def test_un_support_vierge_est_reconnu_et_se_relit_sans_anomalie(name: str, tmp_path: Path) -> None:
    kind, render = SUPPORTS[name]
    path = tmp_path / "renommé.xlsx"
    path.write_bytes(render())
    understood = understand(path, path.name, CASE.referentiel)
    assert (understood.type, understood.anomalies) == (kind, ())
    assert understood.marque["dossier"] == CASE.entree.collectivite.siren


@pytest.mark.parametrize("name", SUPPORTS)
def test_un_support_porte_sa_marque_cachee(name: str) -> None:
    sheet = opened(SUPPORTS[name][1]())[MARK_SHEET]
    mark = {key: value or "" for key, value in sheet.iter_rows(max_col=2, values_only=True)}
    assert sheet.sheet_state != "visible"
    assert tuple(mark) == MARK_KEYS
    assert (mark["type"], mark["dossier"]) == (SUPPORTS[name][0], CASE.entree.collectivite.siren)
    assert mark["tour"] == ("" if name == "calendrier" else "1")
    assert mark["personne"] == {"trame": VOTANTE.mail, "bulletin": REFERENT.mail}.get(name, "")


@pytest.mark.parametrize("name", ALL)
def test_tout_est_protege_sans_mot_de_passe_sauf_ce_qu_on_remplit(name: str) -> None:
    for sheet in opened(ALL[name]()).worksheets:
        assert sheet.protection.sheet
        assert sheet.protection.password is None
        for row in sheet.iter_rows():
            for cell in row:
                yellow = cell.fill.fgColor.rgb == "FFFFF8E1" and not cell.font.bold
                assert cell.protection.locked is not yellow, f"{sheet.title} {cell.coordinate}"


def test_on_ne_remplit_dans_un_diagnostic_que_la_reponse_et_ses_nuances() -> None:
    sheet = opened(SUPPORTS["trame"][1]())["Questions"]
    free = {sheet.cell(1, cell.column).value for cell in sheet[2] if not cell.protection.locked}
    assert free == {item.title for item in DIAGNOSTIC if item.typed}


@pytest.mark.parametrize(
    ("name", "sheet", "title", "choices"),
    [
        ("trame", "Questions", "Réponse", '"0,1,2,3,4,Ne sait pas,Sans objet"'),
        ("bulletin", "Bulletin", "Valeur (1 à 5)", f'"1,2,3,4,5,{NO_OPINION}"'),
        ("preselection", "Leviers", "Votre décision", '"ajouter,retirer"'),
        ("preselection", "Prestataire", "Réponse", '"oui,non"'),
        ("inventaire", "Inventaire", "Hors service", '"oui,non"'),
    ],
)
def test_les_reponses_attendues_se_choisissent_dans_une_liste(name: str, sheet: str, title: str, choices: str) -> None:
    found = opened(SUPPORTS[name][1]())[sheet]
    place = [cell.value for cell in found[1]].index(title) + 1
    cell = found.cell(2, place).coordinate
    assert choices in [item.formula1 for item in found.data_validations.dataValidation if cell in item.sqref]


def test_une_liste_trop_longue_tient_dans_une_feuille_cachee() -> None:
    workbook = opened(SUPPORTS["inventaire"][1]())
    rule = next(item for item in workbook["Inventaire"].data_validations.dataValidation if "A2" in item.sqref)
    hidden, cells = str(rule.formula1).replace("'", "").split("!")
    offered = [row[0].value for row in workbook[hidden][cells.replace("$", "")]]
    assert workbook[hidden].sheet_state != "visible"
    assert offered == [item.nom for item in CASE.referentiel.facteurs.categories]


@pytest.mark.parametrize("name", DIFFUSED)
def test_ce_qui_est_diffuse_ne_nomme_personne(name: str) -> None:
    text = parts(LIVRABLES[name]())
    assert not [item.mail for item in ENTREE.personnes if item.mail in text or item.nom in text]


@pytest.mark.parametrize(("name", "sheet"), [("score", "Hypothèses"), ("priorisation", "Commentaires")])
def test_un_texte_qui_ressemble_a_une_formule_reste_un_texte(name: str, sheet: str) -> None:
    found = opened(LIVRABLES[name]())[sheet]
    cells = [cell for row in found.iter_rows() for cell in row if cell.value == FORMULE]
    assert cells
    assert all(cell.data_type == "s" or cell.quotePrefix for cell in cells)
    assert f"<f>{FORMULE[1:]}</f>" not in parts(LIVRABLES[name]())


def test_une_trame_ne_pose_que_les_questions_de_la_personne() -> None:
    asked = column(opened(SUPPORTS["trame"][1]())["Questions"], "Identifiant")
    assert asked
    assert all(set(CASE.referentiel.questions[str(item)].profils) & set(VOTANTE.profils) for item in asked)


def test_le_diagnostic_entier_a_une_feuille_par_dimension_et_liste_les_questions_sans_interlocuteur() -> None:
    workbook = opened(SUPPORTS["diagnostic"][1]())
    titles = [sheet.title for sheet in shown(workbook)]
    assert [title[0] for title in titles if title[0].isdigit()] == list("1234567")
    orphans = column(workbook["Interlocuteurs"], "Interlocuteur").count("Question sans interlocuteur")
    covered = {slug for item in ENTREE.personnes for slug in item.profils}
    assert orphans == sum(not covered & set(item.profils) for item in CASE.referentiel.questions.values())


def test_seul_le_bulletin_du_referent_permet_d_imposer() -> None:
    theirs = opened(prioritise_books.render_bulletin(CASE, VOTANTE, 1))
    assert "Arbitrages" in opened(SUPPORTS["bulletin"][1]()).sheetnames
    assert "Arbitrages" not in theirs.sheetnames


def test_le_bulletin_groupe_les_leviers_par_dimension_et_nomme_ceux_a_mener_ensemble() -> None:
    sheet = opened(SUPPORTS["bulletin"][1]())["Bulletin"]
    leviers = [str(item) for item in column(sheet, "Identifiant")]
    together = dict(zip(leviers, column(sheet, "À mener avec"), strict=True))
    assert sorted(leviers) == sorted(place.levier for place in PRESELECT.retenus)
    for levier in leviers:
        for above in set(CASE.referentiel.leviers[levier].requiert) & set(leviers):
            assert CASE.referentiel.leviers[above].titre in str(together[levier])
            assert CASE.referentiel.leviers[levier].titre in str(together[above])


def test_les_lignes_du_prestataire_portent_le_mot_et_pas_seulement_la_couleur() -> None:
    workbook = opened(LIVRABLES["liste"]())
    for title in ("Retenus", "Écartés"):
        for row in workbook[title].iter_rows(min_row=2):
            orange = row[0].fill.fgColor.rgb == "FFF4A261"
            assert orange is ("prestataire" in [cell.value for cell in row])


def test_sans_anomalie_le_classeur_le_dit_en_une_phrase() -> None:
    workbook = opened(collect_books.render_anomalies([]))
    assert workbook.sheetnames == [GUIDE_SHEET]
    assert "aucune anomalie" in str([cell.value for row in workbook[GUIDE_SHEET] for cell in row])


def test_une_anomalie_dit_ou_quoi_et_que_faire() -> None:
    sheet = opened(LIVRABLES["anomalies"]())["Anomalies"]
    assert [cell.value for cell in sheet[2]] == ["parc.xlsx", "Parc", "C4", "-3", ANOMALY.message, ANOMALY.remede]


def test_le_registre_se_relit_tel_quel(tmp_path: Path) -> None:
    path = tmp_path / "registre.xlsx"
    path.write_bytes(registre_books.render_registre(REGISTRE))
    assert understand(path, path.name, CASE.referentiel).valeur == REGISTRE


def test_une_personne_de_tout_le_programme_n_apparait_qu_une_fois_au_registre() -> None:
    other = ENTREE.collectivite.model_copy(update={"slug": "val-d-orne", "siren": "213500028", "nom": "Val-d’Orne"})
    twin = Entree(collectivite=other, personnes=(REFERENT,))
    sheet = opened(registre_books.render_registre(Registre(entrees=(make_entree(), twin))))["Personnes"]
    mails = [item for item in column(sheet, "Adresse électronique") if item]
    assert sorted(mails) == sorted(item.mail for item in ENTREE.personnes)
    assert dict(zip(mails, column(sheet, "Collectivité"), strict=False))[REFERENT.mail] == EVERYONE


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("3 Achats responsables", "3 Achats responsables"),
        ("6 Infrastructures et hébergement", "6 Infrastructures"),
        ("1 Oui/non : [essai] ?", "1 Oui non essai"),
    ],
)
def test_un_nom_de_feuille_est_coupe_entre_deux_mots(text: str, name: str) -> None:
    assert sheet_name(text) == name


@given(st.text(min_size=1))
def test_tout_nom_de_feuille_est_permis(text: str) -> None:
    name = sheet_name(f"1 {text}")
    assert name
    assert len(name) <= 31
    assert not set(name) & set("[]:*?/\\")


def test_une_dimension_sans_note_reste_vide_et_n_est_jamais_zero() -> None:
    sheet = opened(LIVRABLES["score"](), values=True)["Synthèse"]
    notes = dict(zip(column(sheet, "Dimension"), column(sheet, "Note (sur 100)"), strict=True))
    assert notes["5 Services numériques"] is None
    assert all(value is not None for name, value in notes.items() if name != "5 Services numériques")


def test_le_budget_par_annee_du_classeur_est_celui_du_resultat() -> None:
    sheet = opened(LIVRABLES["feuille-de-route"](), values=True)["Budget"]
    total = next(row for row in sheet.iter_rows(min_row=2) if row[1].value == "Total")
    cells = {sheet.cell(1, cell.column).value: cell.value for cell in total}
    assert cells["Total (€)"] == float(ROADMAP.budget_total.euros)
    assert cells["À définir"] == f"{ROADMAP.budget_total.a_definir} sur {ROADMAP.budget_total.sur}"
    assert {item.cle: float(item.euros) for item in ROADMAP.budget_par_annee} == {
        year: value for year, value in cells.items() if str(year).isdigit()
    }


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice absent : les formules ne sont pas recalculées")
def test_libreoffice_recalcule_la_comparaison_de_deux_scores(tmp_path: Path) -> None:
    collected = CASE.result("collect", collect.Result)
    later = collected.model_copy(
        update={
            "consolidations": tuple(
                item.model_copy(update={"statut": "repondu", "niveau": 3 - (item.niveau or 0) % 2})
                if place % 5 == 0
                else item
                for place, item in enumerate(collected.consolidations)
            )
        }
    )
    after = score.build(score.Inputs(collect=later), CASE.referentiel)
    content = render_comparaison(CASE, Moment("avant", SCORE), Moment("après", after), named=False)
    first, book = opened(content, values=True), recalculated(content, tmp_path / "comparaison")
    for name in ("Notes", "Réponses", "Parc"):
        for row, other in zip(first[name].values, book[name].values, strict=True):
            assert [approx(cell) for cell in row] == [approx(cell) for cell in other]
    gaps = compare(SCORE, after).notes
    assert [displayed(row[3]) for row in book["Notes"].iter_rows(min_row=2, values_only=True)] == [
        gap.apres and gap.apres.affiche for gap in gaps
    ]


@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice absent : les formules ne sont pas recalculées")
def test_libreoffice_recalcule_nos_notes_et_nos_totaux(tmp_path: Path) -> None:
    book = recalculated(LIVRABLES["score"](), tmp_path / "score")
    notes = book["Synthèse"]
    expected = [*(item.note for item in SCORE.dimensions), SCORE.globale]
    for row, note in zip(
        notes.iter_rows(min_row=2, max_row=len(expected) + 1, values_only=True), expected, strict=True
    ):
        figures = [note.affiche, note.affiche_bas, note.affiche_haut, note.affiche_couverture]
        assert [displayed(value) for value in row[2:6]] == figures
        level = next(
            (item.nom for item in CASE.referentiel.parametres.score.maturites if item.slug == note.maturite), ""
        )
        assert level in str(row[6])
        assert displayed(row[7]) == note.affiche_sans_hypotheses
    effects = [(item.sur_dimension, item.sur_ensemble) for item in SCORE.effets]
    assert effects
    shown_effects = [row[3:5] for row in book["Hypothèses"].iter_rows(min_row=2, values_only=True)]
    assert [tuple(map(displayed, row)) for row in shown_effects] == [
        tuple(None if effect is None else percent(effect) for effect in pair) for pair in effects
    ]
    first = opened(LIVRABLES["score"](), values=True)
    for name in ("Inventaire", "Empreinte"):
        for row, other in zip(first[name].values, book[name].values, strict=True):
            assert [approx(cell) for cell in row] == [approx(cell) for cell in other]
    budget = recalculated(LIVRABLES["feuille-de-route"](), tmp_path / "feuille-de-route")["Budget"]
    same = opened(LIVRABLES["feuille-de-route"](), values=True)["Budget"]
    assert list(budget.values) == list(same.values)


def approx(value: object) -> object:
    """Un nombre à neuf chiffres : deux tableurs n'additionnent pas dans le même ordre."""
    return round(float(value), 6) if isinstance(value, (int, float)) else value or None


def displayed(value: object) -> Decimal | None:
    """Ce que la cellule montre, une décimale, arrondi comme un tableur."""
    return None if value is None else round_half_up(Fraction(round(float(str(value)), 9)).limit_denominator(10**9))


def recalculated(content: bytes, folder: Path) -> Workbook:
    """Le classeur recalculé par LibreOffice, qui n'en reçoit que les formules, sans leurs valeurs."""
    folder.mkdir()
    source = folder / "avant.xlsx"
    source.write_bytes(without_values(content))
    profile = (folder / "profil").as_uri()
    command = [
        "soffice",
        f"-env:UserInstallation={profile}",
        "--headless",
        "--convert-to",
        "xlsx:Calc MS Excel 2007 XML",
    ]
    subprocess.run(
        [*command, "--outdir", str(folder / "fait"), str(source)], check=True, capture_output=True, timeout=120
    )
    return opened((folder / "fait" / "avant.xlsx").read_bytes(), values=True)


def without_values(content: bytes) -> bytes:
    stripped = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stripped, "w") as target:
        for name in source.namelist():
            target.writestr(name, re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", source.read(name)))
    return stripped.getvalue()


def test_chaque_feuille_s_imprime_en_paysage_a4_avec_son_titre_repete() -> None:
    for sheet in visible(ALL.values()):
        assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize)) == ("landscape", 9)
        assert sheet.page_setup.fitToWidth in (None, 1)
        assert sheet.print_area
        assert not sheet.merged_cells.ranges


def visible(renders: Iterable[Callable[[], bytes]]) -> Iterable[Worksheet]:
    return (sheet for render in renders for sheet in shown(opened(render())))
