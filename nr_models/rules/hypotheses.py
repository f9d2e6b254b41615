"""What is missing at the deadline, with the hypothesis that the référentiel's rule proposes: never accepted alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules.collect import QuestionConsolidee, Result, median_level
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
