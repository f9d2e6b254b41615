"""What the essentials are drawn from: the sealed result of a round, read into its type, and the method it used."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from nr_models.dossier.registre import Entree
from nr_models.referentiel.referentiel import Dimension, Referentiel
from nr_models.rules import fiche, preselect, prioritise, restitute, roadmap, score
from nr_models.values.frozen import Frozen

RESULTS: Mapping[str, type[Frozen]] = {
    "score": score.Result,
    "restitute": restitute.Result,
    "preselect": preselect.Result,
    "prioritise": prioritise.Result,
    "fiche": fiche.Result,
    "roadmap": roadmap.Result,
}
"""The type of what each stage under a gate seals."""


class Matiere(NamedTuple):
    """The registry and the method a result was made with.

    ``precedent`` is the score of the last snapshot, ``jour`` today: both None where the page shows neither.
    """

    referentiel: Referentiel
    entree: Entree
    precedent: score.Result | None = None
    jour: date | None = None

    def dimension(self, slug: str) -> Dimension:
        """The dimension of that slug."""
        return next(item for item in self.referentiel.dimensions if item.slug == slug)

    def titre(self, levier: str) -> str:
        """The title of a levier."""
        return self.referentiel.leviers[levier].titre


def load_result(stage: str, content: bytes, referentiel: Referentiel, ouverture: str = "") -> Frozen | None:
    """The sealed result of a stage; None where it is of another stage, of another method, or of an older shape.

    ``ouverture`` is the empreinte under which the dossier keeps its method: an earlier software may have written
    the same version under it.
    """
    try:
        document = json.loads(content)
        if document["stage"] != stage or document["referentiel"]["empreinte"] not in (
            referentiel.empreinte,
            ouverture,
        ):
            return None
        # strict JSON mode again: a tuple is a list there, and a date its text
        return RESULTS[stage].model_validate_json(json.dumps(document["resultat"]))
    except (ValueError, KeyError, TypeError):
        return None
