"""The inventory as the physical equipment file that G4IT and NumEcoEval take (CSV, semicolons, UTF-8).

Its columns are G4IT's own; what it has no column for (perimeter, new or refurbished, hypothesis) is not in it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping

from nr_models.inventaire.parc import LigneInventaire
from nr_models.referentiel.referentiel import Referentiel

NAME = "inventaire-g4it.csv"
_TITLES = (
    "nomEquipementPhysique",
    "modele",
    "quantite",
    "nomCourtDatacenter",
    "dateAchat",
    "dateRetrait",
    "type",
    "statut",
    "paysDUtilisation",
    "consoElecAnnuelle",
    "utilisateur",
    "nomSourceDonnee",
    "nomEntite",
    "nbCoeur",
)
_COUNTRY = "France"
_RISKY = ("=", "+", "-", "@", "\t", "\r")


def render_g4it(lines: Iterable[LigneInventaire], referentiel: Referentiel) -> bytes:
    """A row a line, in their order; a purchase is dated on the first of January of its year, all that is known."""
    names = {item.slug: item.nom for item in referentiel.facteurs.categories}
    stream = io.StringIO(newline="")
    rows = csv.DictWriter(stream, _TITLES, restval="", delimiter=";", lineterminator="\r\n")
    rows.writeheader()
    for number, line in enumerate(lines, start=1):
        rows.writerow({title: _plain(value) for title, value in _row(number, line, names).items()})
    return stream.getvalue().encode()


def _row(number: int, line: LigneInventaire, names: Mapping[str, str]) -> dict[str, str]:
    return {
        "nomEquipementPhysique": f"lot-{number:05d}",
        "modele": line.modele or line.libelle,
        "quantite": str(line.quantite),
        "dateAchat": f"{line.annee_achat}-01-01" if line.annee_achat else "",
        "type": names.get(line.categorie, line.libelle or line.categorie),
        "statut": "Hors service" if line.hors_service else "En service",
        "paysDUtilisation": _COUNTRY,
        "consoElecAnnuelle": "" if line.kwh_an is None else str(line.kwh_an),
        "nomSourceDonnee": line.source,
        "nomEntite": line.site,
    }


def _plain(text: str) -> str:
    """The text, which no spreadsheet will take for a formula."""
    return f"'{text}" if text.startswith(_RISKY) else text
