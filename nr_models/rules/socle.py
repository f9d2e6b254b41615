"""The socle: what a town does whatever it wishes, because the law asks it or because a basic protection is missing.

Rule: method « 4 preselect ». A levier of the socle is tied to an obligation in force for this town, or marked basic
security, and one of its questions stands under the level expected; an answer that nobody could give stands under it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from nr_models.dossier.registre import Collectivite, applies
from nr_models.referentiel.obligation import Obligation
from nr_models.referentiel.referentiel import Levier, Referentiel
from nr_models.rules.pertinence import Lien, Pesee


class Appel(NamedTuple):
    """What puts a levier in the socle: the obligations that ask for it, or the risk."""

    obligations: tuple[Obligation, ...]
    risque: str

    def __str__(self) -> str:
        """Why, in French, one sentence or two."""
        asked = [f"{item.nom} ({item.texte})" for item in self.obligations]
        law = f"La loi le demande : {', '.join(asked)}." if asked else ""
        return " ".join(filter(None, (law, self.risque)))


def binding(entries: Sequence[str], collectivite: Collectivite, referentiel: Referentiel) -> tuple[Obligation, ...]:
    """Those of these obligations that surely bind a town, on the day of the version."""
    found = [referentiel.par_obligation[entry] for entry in entries if entry in referentiel.par_obligation]
    in_force = [item for item in found if item.depuis is None or item.depuis <= referentiel.date]
    return tuple(item for item in in_force if applies(item.condition, collectivite) is True)


def find_call(levier: Levier, pesee: Pesee) -> Appel | None:
    """What puts a levier in the socle of this town, or None."""
    if not any(_is_under(lien) for lien in pesee.liens(levier)):
        return None
    duties = binding(levier.obligations, pesee.collectivite, pesee.referentiel)
    return Appel(duties, levier.risque or "") if duties or levier.risque else None


def _is_under(lien: Lien) -> bool:
    """True when an answer was asked for and does not reach the level expected."""
    expected, line = lien.fenetre.attendu, lien.ligne
    if expected is None or line is None:
        return False
    return line.niveau is None or line.niveau < expected
