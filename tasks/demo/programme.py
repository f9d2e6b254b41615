"""Write an example programme: its registry, and the collection of each collectivité as it comes back."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from nr_models.dossier.case import Case, File
from nr_models.dossier.registre import Entree
from nr_models.referentiel.referentiel import Referentiel
from tasks.demo.calendrier import draw_calendrier
from tasks.demo.collecte import draw_answers, render_answers
from tasks.demo.contexte import Drawn, draw_contexte
from tasks.demo.parc import draw_inventaire
from tasks.demo.people import draw_cast
from tasks.demo.portrait import Portrait
from tasks.programme.columns import REGISTRE
from tasks.programme.workbook import render_registre
from tasks.referentiel.load import find_folder, load_referentiel

WAVE = "vague-d-exemple"
"""The programme that the supports of the example say they come from, wherever it is written."""


class Collection(NamedTuple):
    """What a collectivité sends back, and the anomalies it should raise: (file, code), one each."""

    slug: str
    fichiers: tuple[File, ...]
    coquilles: tuple[tuple[str, str], ...]


def write_programme(folder: Path, *, collectivites: int, seed: int) -> list[Path]:
    """Write the registry and every collection; returns what was written. Same seed, same bytes.

    Files of the same names are replaced, others left alone. Raises ``ValueError`` when the number
    of collectivités is not at least one, or more than can be invented.
    """
    if collectivites < 1:
        raise ValueError("Un programme d’exemple compte au moins une collectivité.")
    referentiel = load_referentiel(find_folder())
    cast = draw_cast(referentiel, count=collectivites, seed=seed)
    written = [_write(folder / REGISTRE, render_registre(cast.registre))]
    for entree in cast.registre.entrees:
        collection = draw_collection(seed, entree, cast.portraits[entree.collectivite.slug], referentiel)
        written += [_write(folder / collection.slug / file.nom, file.contenu) for file in collection.fichiers]
    return written


def draw_collection(seed: int, entree: Entree, portrait: Portrait, referentiel: Referentiel) -> Collection:
    """The files of one collectivité."""
    slug = entree.collectivite.slug
    case = Case(cle=f"{WAVE}/{slug}", entree=entree, referentiel=referentiel)
    files: list[File] = []
    slips: list[tuple[str, str]] = []
    filled = draw_answers(seed, case, portrait)
    for item in filled:
        file = render_answers(case, item, seed)
        files.append(file)
        slips += [(file.nom, "reponse-hors-liste")] * item.coquilles
    if calendar := draw_calendrier(seed, case, portrait):
        files.append(calendar)
    drawn: list[Drawn] = []
    if portrait.manque != "inventaire":
        drawn.append(draw_inventaire(seed, case, portrait))
    if portrait.manque != "contexte":
        drawn.append(draw_contexte(seed, case, portrait, filled))
    for fichier, codes in drawn:
        files.append(fichier)
        slips += [(fichier.nom, code) for code in codes]
    return Collection(slug, tuple(files), tuple(slips))


def _write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path
