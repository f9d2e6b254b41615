"""The essentials of the six gates, each from the sealed bytes of its round: a builder a stage."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from nr_models.dossier.registre import Entree
from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import score as score_rules
from nr_models.stages import BY_SLUG
from portal.pages.decision import fiche, preselect, prioritise, restitute, roadmap, score
from portal.pages.decision.forme import Essentiel
from portal.pages.decision.matiere import Matiere, load_result

BUILDERS: Mapping[str, Callable[[Any, Matiere], Essentiel]] = {
    "score": score.build,
    "restitute": restitute.build,
    "preselect": preselect.build,
    "prioritise": prioritise.build,
    "fiche": fiche.build,
    "roadmap": roadmap.build,
}
"""The builder of each stage that a gate follows, from its ``Result``."""


def build_essentiel(
    stage_slug: str,
    resultat: bytes,
    referentiel: Referentiel,
    entree: Entree,
    precedent: bytes | None = None,
    jour: date | None = None,
    ouverture: str = "",
) -> Essentiel:
    """What to read before deciding at the gate of a stage, from its sealed ``resultat.json``.

    ``precedent`` is the sealed score of the last snapshot, which a radar shows dashed; ``jour`` is today, a line on a
    planning; ``ouverture`` the empreinte under which the dossier keeps its method. What cannot be read (another
    version of the method or of the rules) gives sober essentials, without a
    figure.
    """
    found = load_result(stage_slug, resultat, referentiel, ouverture)
    if found is None:
        return build_sober(stage_slug)
    before = load_result("score", precedent, referentiel, ouverture) if precedent else None
    last = before if isinstance(before, score_rules.Result) else None
    return BUILDERS[stage_slug](found, Matiere(referentiel, entree, last, jour))


def build_sober(stage_slug: str) -> Essentiel:
    """What is said where the sealed result was written by another version: read the documents."""
    stage = BY_SLUG[stage_slug]
    return Essentiel(
        question=f"Valider l’étape « {stage.nom} » ?",
        chapeau="Ce résultat a été établi avec une autre version de la méthode ou du logiciel : "
        "ses chiffres ne sont pas repris sur cette page. Lisez les documents soumis, qui font foi.",
        bouton=f"Approuver l’étape « {stage.nom} »",
        ensuite="le dossier passe à l’étape suivante.",
    )
