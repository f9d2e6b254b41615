"""What reading costs: a 50 000-row inventory against openpyxl reading alone, and a diagnostic of a dossier's files.

``python -m benchmarks.reading`` prints seconds, the ratio in the same run, the reader's peak memory, and milliseconds
a diagnostic file once the reader is warm.
"""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from openpyxl import load_workbook
from xlsxwriter import Workbook

from benchmarks.scene import Clock
from nr_models.dossier.case import Case
from nr_models.dossier.registre import Registre, questions_asked
from nr_models.referentiel.referentiel import Referentiel
from tasks.demo.collecte import Filled, Said, render_answers
from tasks.demo.programme import write_programme
from tasks.reading.spreadsheet import tell_reader
from tasks.referentiel.load import find_folder, load_referentiel
from tasks.returns.recognise import understand
from tasks.stages.collect.inventory_columns import INVENTAIRE

ROWS = 50_000
_FILES = 20


def main() -> None:
    """Measure and print."""
    referentiel = load_referentiel(find_folder())
    with tempfile.TemporaryDirectory(prefix="nr-mesure-") as place:
        folder = Path(place)
        _measure_inventory(folder / "inventaire.xlsx", referentiel)
        _measure_diagnostic(folder, referentiel)


def _measure_inventory(path: Path, referentiel: Referentiel) -> None:
    _write_inventory(path, referentiel)
    understand(path.with_name("absent"), "absent", referentiel)  # what is imported once is not the file's
    clock = Clock()
    found = understand(path, path.name, referentiel)
    ours = clock.read()
    cells = sum(len(row) for row in load_workbook(path).active.iter_rows(values_only=True))  # type: ignore[union-attr]
    theirs = clock.read()
    print(f"inventaire de {found.acceptees} lignes, {cells} cellules")
    print(f"  lu et vérifié : {ours:.2f} s ; openpyxl, lire seulement : {theirs:.2f} s ; rapport {theirs / ours:.1f}")
    print(f"  mémoire du lecteur, au plus : {tell_reader()[1] / 1024:.0f} Mo")


def _measure_diagnostic(folder: Path, referentiel: Referentiel) -> None:
    path = _write_diagnostic(folder, referentiel)
    understand(path, path.name, referentiel)
    clock = Clock()
    for _ in range(_FILES):
        found = understand(path, path.name, referentiel)
    print(f"diagnostic de {found.acceptees} réponses : {clock.read() / _FILES * 1000:.0f} ms par fichier")


def _write_diagnostic(folder: Path, referentiel: Referentiel) -> Path:
    """The whole questionnaire, every question answered with a comment."""
    write_programme(folder / "mesure", collectivites=1, seed=1)
    path = next(folder.rglob("registre.xlsx"))
    registre = understand(path, path.name, referentiel).valeur
    assert isinstance(registre, Registre)
    entree = registre.entrees[0]
    whole = entree.model_copy(
        update={"collectivite": entree.collectivite.model_copy(update={"questionnaire": "complet"})}
    )
    case = Case("mesure/ville", whole, referentiel)
    said = {
        item.id: Said(2, "Une charte existe depuis deux ans.")
        for item in questions_asked(referentiel, whole.collectivite)
    }
    file = render_answers(case, Filled(whole.personnes[0], said, entier=True, coquilles=0), seed=1)
    path = folder / file.nom
    path.write_bytes(file.contenu)
    return path


def _write_inventory(path: Path, referentiel: Referentiel) -> None:
    draw = random.Random(1)  # noqa: S311 - the same file each time
    names = [item.nom for item in referentiel.facteurs.categories]
    book = Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("Inventaire")
    sheet.write_row(0, 0, [column.title for column in INVENTAIRE])
    for row in range(1, ROWS + 1):
        said = {
            "categorie": draw.choice(names),
            "modele": f"Modèle {draw.randint(1, 400)}",
            "quantite": draw.randint(1, 9),
            "annee_achat": draw.randint(2012, 2025),
            "perimetre": draw.choice(("maîtrisable", "influence")),
            "site": f"Site {draw.randint(1, 80)}",
            "reconditionne": draw.choice(("neuf", "reconditionné")),
            "heures_an": draw.randint(500, 3000),
            "hors_service": draw.choice(("oui", "non")),
            "source": "GLPI",
        }
        sheet.write_row(row, 0, [said.get(column.field, "") for column in INVENTAIRE])
    book.close()


if __name__ == "__main__":
    main()
