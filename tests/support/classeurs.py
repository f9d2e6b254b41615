"""Tous les classeurs du cas des essais, écrits une fois ; comment les ouvrir, et les faire recalculer."""

from __future__ import annotations

import io
import re
import subprocess
import zipfile
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path

from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from nr_models.dossier.registre import Registre, Source
from nr_models.rules import collect, preselect, prioritise, roadmap, score
from nr_models.rules.collect import share
from nr_models.rules.entretiens import RetourCalendrier, prepare
from nr_models.values.anomalies import Anomaly
from nr_models.values.frozen import round_half_up
from tasks.programme import workbook as registre_books
from tasks.stages.collect.workbooks import calendrier as calendar_books
from tasks.stages.collect.workbooks import supports as collect_books
from tasks.stages.fiche import workbook as fiche_books
from tasks.stages.preselect import workbook as preselect_books
from tasks.stages.prioritise import workbook as prioritise_books
from tasks.stages.roadmap import workbook as roadmap_books
from tasks.stages.score import workbook as score_books
from tasks.stages.score.comparaison import Moment, render_comparaison
from tests.support.workbooks_case import make_case

CASE = make_case()
ENTREE = CASE.entree
SCORE = CASE.result("score", score.Result)
PRESELECT = CASE.result("preselect", preselect.Result)
PRIORITISE = CASE.result("prioritise", prioritise.Result)
ROADMAP = CASE.result("roadmap", roadmap.Result)
RETOUR_CALENDRIER = CASE.values("calendrier", RetourCalendrier)[0]
REFERENT, VOTANTE = ENTREE.personnes[0], ENTREE.personnes[2]
PREPARATION = prepare(
    ENTREE,
    share(ENTREE, CASE.referentiel, RETOUR_CALENDRIER.repartition),
    CASE.referentiel.parametres.entretiens,
    RETOUR_CALENDRIER,
)
SOURCES = (Source(collectivite="saint-aubin", adresse="https://exemple.fr/parc.csv"),)
REGISTRE = Registre(entrees=(ENTREE,), sources=SOURCES)
ANOMALY = Anomaly(code="quantite-negative", fichier="parc.xlsx", feuille="Parc", cellule="C4", valeur="-3")


def _later() -> score.Result:
    """Le score du même cas, quand une réponse sur cinq a changé."""
    collected = CASE.result("collect", collect.Result)
    moved = tuple(
        item.model_copy(update={"statut": "repondu", "niveau": 3 - (item.niveau or 0) % 2}) if place % 5 == 0 else item
        for place, item in enumerate(collected.consolidations)
    )
    later = collected.model_copy(update={"consolidations": moved})
    return score.build(score.Inputs(collect=later), CASE.referentiel)


APRES = _later()
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
ALL["comparaison"] = lambda: render_comparaison(CASE, Moment("avant", SCORE), Moment("après", APRES), named=False)
FORMULES = ("score", "comparaison", "feuille-de-route")
"""Les classeurs dont LibreOffice recalcule les formules."""


@cache
def rendered(name: str) -> bytes:
    """Un classeur par son nom, écrit une fois dans ce processus."""
    return ALL[name]()


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


def approx(value: object) -> object:
    """Un nombre à six décimales : deux tableurs n’additionnent pas dans le même ordre."""
    return round(float(value), 6) if isinstance(value, (int, float)) else value or None


def displayed(value: object) -> Decimal | None:
    """Ce que montre la cellule, une décimale, arrondie comme un tableur arrondit."""
    return None if value is None else round_half_up(Fraction(round(float(str(value)), 9)).limit_denominator(10**9))


def recalculate(soffice: str, folder: Path) -> None:
    """Faire recalculer par LibreOffice les classeurs à formules, donnés sans valeurs ; il démarre une seule fois."""
    for name in FORMULES:
        (folder / f"{name}.xlsx").write_bytes(without_values(rendered(name)))
    command = [soffice, f"-env:UserInstallation={(folder / 'profil').as_uri()}", "--headless", "--convert-to"]
    sources = [str(folder / f"{name}.xlsx") for name in FORMULES]
    subprocess.run(
        [*command, "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder / "fait"), *sources],
        check=True,
        capture_output=True,
    )


def without_values(content: bytes) -> bytes:
    stripped = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stripped, "w") as target:
        for name in source.namelist():
            target.writestr(name, re.sub(rb"(</f>)<v>[^<]*</v>", rb"\1", source.read(name)))
    return stripped.getvalue()
