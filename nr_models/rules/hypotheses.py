"""What is missing at the deadline, with the hypothesis that the référentiel's rule proposes: never accepted alone."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules.collect import QuestionConsolidee, Result, median_level
from nr_models.values.french import plural
from nr_models.values.frozen import Frozen


class Proposition(Frozen):
    """A question that nobody answered; ``niveau`` is None where its dimension has too few answers to propose one.

    ``mediane`` is that of the ``reponses`` levels answered in the dimension, None without any.
    """

    question: str
    dimension: str
    reponses: int
    mediane: int | None = None
    niveau: int | None = None


def list_propositions(result: Result, referentiel: Referentiel) -> tuple[Proposition, ...]:
    """Every applicable question without answer nor hypothesis, in the order of the référentiel."""
    figures = referentiel.parametres.collecte
    levels: dict[str, list[int]] = defaultdict(list)
    for item in result.consolidations:
        if item.applicable and item.statut == "repondu" and item.niveau is not None:
            levels[item.dimension].append(item.niveau)
    return tuple(
        _propose(item, levels[item.dimension], figures.hypothese_reponses_min, figures.hypothese_retrait)
        for item in result.consolidations
        if item.applicable and item.statut == "inconnu"
    )


def explain(item: Proposition, less: int) -> str:
    """Where a proposed level comes from, or why there is none."""
    said = plural(item.reponses, "réponse")
    if item.niveau is None:
        return f"{_NO_PROPOSAL} : {said} dans cette dimension, trop peu pour supposer."
    margin = f", moins {less} par prudence" if less else ""
    return f"Médiane de la dimension ({item.mediane}, sur {said}){margin}."


def follow_level(reason: str, niveau: int) -> str:
    """The reason of a hypothesis accepted at that level: ours explains the level that we proposed, and no other.

    >>> follow_level("Médiane de la dimension (2, sur 5 réponses).", 3)
    'Niveau 3 retenu à la place du niveau 2 proposé (médiane de la dimension (2, sur 5 réponses)).'
    """
    moved = _MOVED.fullmatch(reason)
    ours = f"{moved[1][0].upper()}{moved[1][1:]}." if moved else reason
    found = _OURS.fullmatch(ours)
    if found is None and not ours.startswith(_NO_PROPOSAL):
        return reason
    proposed = max(int(found[1]) - int(found[2] or 0), 0) if found else None
    if proposed == niveau:
        return ours
    instead = "sans niveau proposé" if proposed is None else f"à la place du niveau {proposed} proposé"
    return f"Niveau {niveau} retenu {instead} ({ours[0].lower()}{ours[1:].rstrip('.')})."


_NO_PROPOSAL = "Pas de proposition"
_OURS = re.compile(r"Médiane de la dimension \((\d+), sur \d+ réponses?\)(?:, moins (\d+) par prudence)?\.")
_MOVED = re.compile(r"Niveau \d+ retenu (?:sans niveau proposé|à la place du niveau \d+ proposé) \((.+)\)\.")


def _propose(item: QuestionConsolidee, levels: Sequence[int], at_least: int, less: int) -> Proposition:
    """What is not known is seldom better than what is: the median of the dimension, less a margin, never under 0."""
    median = median_level(levels) if levels else None
    enough = median is not None and len(levels) >= at_least
    return Proposition(
        question=item.question,
        dimension=item.dimension,
        reponses=len(levels),
        mediane=median,
        niveau=max(median - less, 0) if enough and median is not None else None,
    )
