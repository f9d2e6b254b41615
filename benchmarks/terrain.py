"""What is read of files as towns and their tools make them: served, said, or wrong in silence.

``python -m benchmarks.terrain [FOLDER ...]`` reads every case of the folders (by default the project's own
``tests/cases/terrain``, and ``$NR_SHARED/data/terrain`` where there is one) and prints a line a case, then the counts.
A case is a folder with files and ``attendu.json``, or an entry of a YAML file of ours, which says ``units``: what a
person counts by category; and where they matter ``years``, ``sites``, ``hs``, ``heures``, ``kwh``; ``dit: true`` where
a person would ask.

- *served*: the same units by category, and the same years and sites where the case says them;
- *said*: nothing counted beyond what a person counts, and what is missing is asked about (an anomaly that calls for
  an answer, or a label without category);
- *silent*: anything else.
"""

from __future__ import annotations

import json
import os
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from openpyxl import Workbook

from nr_models.inventaire.compris import Compris, understand_parc
from nr_models.inventaire.parc import LigneInventaire, RetourInventaire
from nr_models.inventaire.renvoi import choose_in_force
from nr_models.referentiel.referentiel import Referentiel
from tasks.referentiel.load import find_folder, load_referentiel
from tasks.returns.recognise import understand

OWN = Path(__file__).resolve().parent.parent / "tests" / "cases" / "terrain"
SERVED, SAID, SILENT = "servi", "dit", "silence"


class Verdict(NamedTuple):
    """How a case was read: one of the three words, and what differs."""

    cas: str
    mot: str
    ecart: str = ""


def main() -> None:
    """Measure and print; exit 1 when something is wrong in silence."""
    folders = [Path(item) for item in sys.argv[1:]] or _default_folders()
    referentiel = load_referentiel(find_folder())
    found = [verdict for folder in folders for verdict in judge_folder(folder, referentiel)]
    for verdict in found:
        print(f"{verdict.mot:8} {verdict.cas:44} {verdict.ecart}")
    counts = Counter(item.mot for item in found)
    total = len(found) or 1
    said = ", ".join(f"{mot} {counts[mot]} ({counts[mot] * 100 // total} %)" for mot in (SERVED, SAID, SILENT))
    print(f"{len(found)} cas : {said}")
    sys.exit(1 if counts[SILENT] else 0)


def _default_folders() -> list[Path]:
    shared = Path(os.environ.get("NR_SHARED", "")) / "data" / "terrain"
    return [folder for folder in (OWN, shared) if folder.is_dir()]


def judge_folder(folder: Path, referentiel: Referentiel) -> Iterator[Verdict]:
    """The verdict on each case of an inventory under a folder: cases in YAML are written first, then read as files."""
    for path in sorted(folder.glob("*/attendu.json")):
        wanted = json.loads(path.read_text(encoding="utf-8")).get("attendu")
        if wanted and wanted.get("units") is not None:
            yield judge(path.parent, wanted, referentiel)
    for path in sorted(folder.glob("*.yaml")):
        for name, case in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            with tempfile.TemporaryDirectory(prefix="nr-terrain-") as place:
                written = Path(place) / name
                write_case(written, case)
                yield judge(written, case, referentiel)


def write_case(folder: Path, case: Mapping[str, Any]) -> None:
    """Write the files of a case: a text in its encoding, or a workbook from its sheets."""
    folder.mkdir()
    for name, content in case["fichiers"].items():
        if isinstance(content, str):
            (folder / name).write_bytes(content.encode(case.get("encodage", "utf-8")))
        else:
            _write_workbook(folder / name, content)


def _write_workbook(path: Path, sheets: Sequence[Mapping[str, Any]]) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for said in sheets:
        sheet = book.create_sheet(said["nom"])
        for row in said["lignes"]:
            sheet.append([date.fromisoformat(cell) if _DAY.fullmatch(str(cell)) else cell for cell in row])
        for span in said.get("fusions", ()):
            sheet.merge_cells(span)
        for row in said.get("masquees", ()):
            sheet.row_dimensions[row].hidden = True
        sheet.sheet_state = "hidden" if said.get("masquee") else "visible"
    book.save(path)


_DAY = re.compile(r"\d{4}-\d\d-\d\d")


class _Lu(NamedTuple):
    """What was read of a case: what is understood, the lines that count, whether something is asked."""

    compris: Compris
    lignes: tuple[LigneInventaire, ...]
    demande: bool


def judge(case: Path, wanted: Mapping[str, Any], referentiel: Referentiel) -> Verdict:
    """Read the files of a case as the pipeline would, all together, and compare with what a person reads."""
    lu = _read(case, referentiel)
    units = _without_zero(wanted["units"])
    differs = _differences("", _without_zero(lu.compris.categories), units)
    for name, key, said in (("année ", "years", lu.compris.annees), ("site ", "sites", lu.compris.sites)):
        if wanted.get(key):
            known = _without_zero({item: count for item, count in said.items() if item})
            differs += _differences(name, known, _without_zero(wanted[key]))
    differs += list(_other_figures(lu.lignes, wanted))
    beyond = any(count > units.get(slug, 0) for slug, count in lu.compris.categories.items())
    if not differs and wanted.get("dit") and not lu.demande:
        return Verdict(case.name, SILENT, "rien n’est demandé")
    if not differs:
        return Verdict(case.name, SAID if wanted.get("dit") and not units else SERVED)
    return Verdict(case.name, SAID if lu.demande and not beyond else SILENT, " ; ".join(differs))


def _other_figures(lines: Sequence[LigneInventaire], wanted: Mapping[str, Any]) -> Iterator[str]:
    """What a case also says: units out of order or refurbished, hours and kWh a year."""
    figures = {
        "hs": sum(line.quantite for line in lines if line.hors_service),
        "reconditionnes": sum(line.quantite for line in lines if line.reconditionne),
        "heures": sorted(float(line.heures_an) for line in lines if line.heures_an is not None),
        "kwh": sorted(float(line.kwh_an) for line in lines if line.kwh_an is not None),
    }
    for name, read in figures.items():
        if name in wanted and read != wanted[name]:
            yield f"{name} {read} pour {wanted[name]}"


def _read(case: Path, referentiel: Referentiel) -> _Lu:
    found = []
    asked = False
    for path in sorted(case.iterdir()):
        if path.name != "attendu.json" and not path.name.startswith("."):
            understood = understand(path, path.name, referentiel)
            asked = asked or any(not item.informative for item in understood.anomalies)
            if isinstance(understood.valeur, RetourInventaire):
                found.append(understood.valeur.model_copy(update={"fichier": path.name}))
    kept, settled = choose_in_force(found)
    compris = understand_parc(kept)
    asked = asked or any(not item.informative for item in settled)
    asked = asked or any(item.nature == "a-preciser" for item in compris.libelles.values())
    return _Lu(compris, tuple(line for retour in kept for line in retour.lignes), asked)


def _differences(name: str, read: Mapping[str, int], wanted: Mapping[str, int]) -> list[str]:
    return [
        f"{name}{key} {read.get(key, 0)} pour {wanted.get(key, 0)}"
        for key in sorted({*read, *wanted})
        if read.get(key, 0) != wanted.get(key, 0)
    ]


def _without_zero(counts: Mapping[str, int]) -> dict[str, int]:
    return {key: count for key, count in counts.items() if count}


if __name__ == "__main__":
    main()
