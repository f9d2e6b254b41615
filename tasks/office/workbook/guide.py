"""The first sheet of every workbook: what it is, what to do in five lines at most, and for whom."""

from __future__ import annotations

from dataclasses import dataclass

from nr_models.dossier.case import Case
from nr_models.dossier.registre import Personne
from nr_models.values.controle import show_code
from tasks.office.columns import AUTHOR_LABEL


@dataclass(frozen=True)
class Guide:
    """What the first sheet says: the title, what it is about, the steps, then what else to know.

    ``saisie`` is the label of a cell to type in, beside it; empty when there is none.
    """

    titre: str
    faits: tuple[tuple[str, str], ...]
    etapes: tuple[str, ...]
    notes: tuple[str, ...] = ()
    saisie: str = ""

    @property
    def pied(self) -> str:
        """What the foot of every printed page says."""
        return " · ".join((self.titre, *(value for _, value in self.faits[:1])))


CARRIED = "Ce qui avait déjà été répondu est écrit dans ce classeur : changez seulement ce qui doit l’être."
"""What a support says of the answers that it carries."""


def guide_of(
    case: Case,
    titre: str,
    etapes: tuple[str, ...],
    notes: tuple[str, ...] = (),
    *,
    personne: Personne | None = None,
    signed: bool = False,
) -> Guide:
    """The guide of a workbook of one dossier; ``signed`` asks who fills it."""
    programme = case.cle.partition("/")[0]
    referentiel = case.referentiel
    facts = [
        ("Collectivité", case.entree.collectivite.nom),
        ("Programme", programme),
        ("Référentiel", f"version {referentiel.version}, code de contrôle {show_code(referentiel.empreinte)}"),
        ("Méthode", referentiel.credit),
    ]
    if personne:
        facts.insert(1, ("Pour", personne.nom))
    return Guide(titre, tuple(facts), etapes, notes, AUTHOR_LABEL if signed else "")
