"""Les quatre présentations d’un cas, et ce qu’elles contiennent."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from functools import cache

from nr_models.dossier.case import Case
from nr_models.rules import fiche, prioritise, restitute, roadmap
from tasks.stages.fiche.deck import render_fiches
from tasks.stages.prioritise.deck import render_matrice
from tasks.stages.restitute.deck import render_restitution
from tasks.stages.roadmap.deck import render_feuille_de_route
from tests.support.decks_case import bare_case, full_case, wordy_case

DECKS: dict[str, Callable[[Case], bytes]] = {
    "restitution": lambda case: render_restitution(case, case.result("restitute", restitute.Result)),
    "matrice": lambda case: render_matrice(case, case.result("prioritise", prioritise.Result)),
    "fiches": lambda case: render_fiches(case, case.result("fiche", fiche.Result)),
    "feuille-de-route": lambda case: render_feuille_de_route(case, case.result("roadmap", roadmap.Result)),
}
CASES: dict[str, Callable[[], Case]] = {"plein": full_case, "bavard": wordy_case, "vide": bare_case}


@cache
def rendered(name: str, kind: str = "plein") -> bytes:
    """Une présentation d’un cas, écrite une fois dans ce processus."""
    return DECKS[name](CASES[kind]())


def parts(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Toutes les parties d’un paquet, et des paquets qu’il contient."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        for name in archive.namelist():
            inner = archive.read(name)
            yield name, inner
            if inner.startswith(b"PK"):
                yield from parts(inner)


def words(content: bytes) -> str:
    """Tous les textes de toutes les parties d’un paquet."""
    return "\n".join(inner.decode("utf-8", "ignore") for _, inner in parts(content))
