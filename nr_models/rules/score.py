"""Score: maturity on seven dimensions, exact, with its range, its coverage and its reasons.

Rules: method « 2 score ». Level ÷ 4; weighted mean; « sans objet » leaves numerator and
denominator; « ne sait pas » and blank lower coverage, never the score; a hypothesis counts in
the score and not in coverage.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Literal, NamedTuple

from nr_models.inventaire.indicateurs import Apart, Indicateurs, measure
from nr_models.referentiel.parametres import ParametresScore
from nr_models.referentiel.referentiel import Dimension, Referentiel
from nr_models.rules import collect
from nr_models.values.frozen import Exact, Frozen, exact_sum, percent

STATUTS = {
    "repondu": "répondu",
    "hypothese": "hypothèse",
    "inconnu": "inconnu",
    "sans-objet": "sans objet",
    "non-applicable": "non applicable",
}
"""French label of each statut of a line."""


class Ligne(Frozen):
    """One question of the score: its level, weight and points (level ÷ 4 × weight)."""

    question: str
    statut: Literal["repondu", "hypothese", "inconnu", "sans-objet", "non-applicable"]
    niveau: int | None
    poids: Decimal
    points: Exact | None
    qui: tuple[str, ...]
    divergence: bool


class Note(Frozen):
    """A score with its range and coverage, exact and as displayed (percent, one decimal).

    ``sans_hypotheses`` is the score if no hypothesis had been set; None where only hypotheses give one.
    """

    score: Exact | None
    bas: Exact
    haut: Exact
    couverture: Exact
    affiche: Decimal | None
    affiche_bas: Decimal
    affiche_haut: Decimal
    affiche_couverture: Decimal
    maturite: str | None
    sans_hypotheses: Exact | None = None
    affiche_sans_hypotheses: Decimal | None = None


class NoteDimension(Frozen):
    """The note of a dimension and the lines that add up to it; ``applicable`` when a question is."""

    dimension: str
    applicable: bool
    note: Note
    lignes: tuple[Ligne, ...]


class EffetHypothese(Frozen):
    """What one hypothesis does: the score with it minus the score without it alone, of its dimension and of the whole.

    Shares (1 = 100 points); None where there would be no score without it.
    """

    question: str
    dimension: str
    niveau: int
    sur_dimension: Exact | None
    sur_ensemble: Exact | None


class Inputs(Frozen):
    """What the stage reads."""

    collect: collect.Result


class Result(Frozen):
    """The score of a collectivité."""

    dimensions: tuple[NoteDimension, ...]
    globale: Note
    inventaire: Indicateurs
    inventaire_recu: bool
    hypotheses: tuple[collect.Hypothese, ...]
    divergences: tuple[str, ...]
    effets: tuple[EffetHypothese, ...] = ()

    def of(self, dimension: str) -> NoteDimension:
        """The note of a dimension."""
        return next(item for item in self.dimensions if item.dimension == dimension)


def build(inputs: Inputs, referentiel: Referentiel) -> Result:
    """Score every dimension, then the whole."""
    collected = inputs.collect
    contexte = collected.contexte or collect.RetourContexte()
    by_dimension: dict[str, list[collect.QuestionConsolidee]] = defaultdict(list)
    for item in collected.consolidations:
        by_dimension[item.dimension].append(item)
    notes = tuple(
        score_dimension(dimension, by_dimension[dimension.slug], referentiel) for dimension in referentiel.dimensions
    )
    return Result(
        dimensions=notes,
        globale=score_global(notes, referentiel.parametres.score),
        inventaire=measure(
            collected.inventaire,
            referentiel,
            agents=collected.collectivite.agents,
            year=collected.annee_inventaire,
            apart=Apart(
                collected.inventaire_ailleurs,
                collected.empreintes_externes,
                contexte.deee_kg_an,
                contexte.pue,
                unites_a_preciser=sum(line.quantite for line in collected.inventaire_a_preciser),
                libelles_a_confirmer=sum(item.tranche is None for item in collected.libelles),
            ),
        ),
        inventaire_recu=collected.inventaire_recu,
        hypotheses=tuple(item.hypothese for item in collected.consolidations if item.hypothese),
        divergences=tuple(item.question for item in collected.consolidations if item.divergence and not item.arbitrage),
        effets=tuple(list_effects(notes, referentiel.parametres.score)),
    )


def score_dimension(
    dimension: Dimension, consolidations: Sequence[collect.QuestionConsolidee], referentiel: Referentiel
) -> NoteDimension:
    """The weighted mean of the answered questions, and what it would be if the rest were 0 or 4."""
    parametres = referentiel.parametres.score
    top = parametres.niveau_max
    lines = tuple(_line(item, referentiel.questions[item.question].poids, top) for item in consolidations)
    sums = _add_up(lines)
    if not sums.applicable:
        note = _note(None, Fraction(0), Fraction(0), Fraction(0), parametres)
    else:
        note = _note(
            _share(sums.points, top * sums.scored),
            Fraction(sums.earned, top * sums.applicable),
            Fraction(sums.earned + top * (sums.applicable - sums.answered), top * sums.applicable),
            Fraction(sums.answered, sums.applicable),
            parametres,
            _share(sums.earned, top * sums.answered),
        )
    return NoteDimension(dimension=dimension.slug, applicable=bool(sums.applicable), note=note, lignes=lines)


def score_global(notes: Iterable[NoteDimension], parametres: ParametresScore) -> Note:
    """The weighted mean of the scored dimensions; an unanswered one widens the range only."""
    applicable = [(_dimension_weight(item, parametres), item.note) for item in notes if item.applicable]
    if not applicable:
        return _note(None, Fraction(0), Fraction(0), Fraction(0), parametres)
    low, high, coverage = (
        _mean([(weight, getattr(note, figure)) for weight, note in applicable]) or Fraction(0)
        for figure in ("bas", "haut", "couverture")
    )
    return _note(
        _mean([(weight, note.score) for weight, note in applicable]),
        low,
        high,
        coverage,
        parametres,
        _mean([(weight, note.sans_hypotheses) for weight, note in applicable]),
    )


def list_effects(notes: Sequence[NoteDimension], parametres: ParametresScore) -> Iterator[EffetHypothese]:
    """The effect of each hypothesis alone, in the order of the questions."""
    weighed = {
        item.dimension: (_dimension_weight(item, parametres), item.note.score) for item in notes if item.applicable
    }
    whole = _mean(list(weighed.values()))
    top = parametres.niveau_max
    for item in notes:
        if all(line.statut != "hypothese" for line in item.lignes):
            continue
        sums = _add_up(item.lignes)
        for line, weight in zip(item.lignes, _whole_weights(item.lignes), strict=True):
            if line.statut != "hypothese":
                continue
            without = _share(sums.points - (line.niveau or 0) * weight, top * (sums.scored - weight))
            others = {**weighed, item.dimension: (weighed[item.dimension][0], without)}
            yield EffetHypothese(
                question=line.question,
                dimension=item.dimension,
                niveau=line.niveau or 0,
                sur_dimension=_gap(item.note.score, without),
                sur_ensemble=_gap(whole, _mean(list(others.values()))),
            )


def maturity(affiche: Decimal, parametres: ParametresScore) -> str:
    """Slug of the level of maturity, cut on the displayed percentage."""
    return [level.slug for level in parametres.maturites if affiche >= level.des][-1]


def _line(item: collect.QuestionConsolidee, poids: Decimal, top: int) -> Ligne:
    points = None
    if item.applicable and item.niveau is not None:
        parts, whole = poids.as_integer_ratio()
        points = Fraction(item.niveau * parts, top * whole)
    return Ligne(
        question=item.question,
        statut=item.statut if item.applicable else "non-applicable",
        niveau=item.niveau,
        poids=poids,
        points=points,
        qui=tuple(answer.personne for answer in item.reponses),
        divergence=item.divergence,
    )


class _Sums(NamedTuple):
    """Weights of the applicable, scored and answered lines, and points (level × weight) of the last two.

    Whole numbers, weights all multiplied by one power of ten: only their ratios mean something.
    """

    applicable: int
    scored: int
    answered: int
    points: int
    earned: int


def _add_up(lines: Sequence[Ligne]) -> _Sums:
    applicable = scored = answered = points = earned = 0
    for line, weight in zip(lines, _whole_weights(lines), strict=True):
        if line.statut in ("sans-objet", "non-applicable"):
            continue
        applicable += weight
        if line.points is None:
            continue
        scored += weight
        points += (line.niveau or 0) * weight
        if line.statut == "repondu":
            answered += weight
            earned += (line.niveau or 0) * weight
    return _Sums(applicable, scored, answered, points, earned)


def _whole_weights(lines: Sequence[Ligne]) -> list[int]:
    """The weights as whole numbers, multiplied by the one power of ten that all of them need."""
    ratios = [line.poids.as_integer_ratio() for line in lines]
    common = lcm(*(whole for _, whole in ratios))
    return [part * (common // whole) for part, whole in ratios]


def _dimension_weight(item: NoteDimension, parametres: ParametresScore) -> Fraction:
    return Fraction(parametres.poids_dimensions.get(item.dimension, Decimal(1)))


def _mean(pairs: Sequence[tuple[Fraction, Fraction | None]]) -> Fraction | None:
    """The weighted mean of the figures that exist; None when none does."""
    known = [(weight, value) for weight, value in pairs if value is not None]
    weights = exact_sum([weight for weight, _ in known])
    return exact_sum([weight * value for weight, value in known]) / weights if weights else None


def _share(part: int, whole: int) -> Fraction | None:
    return Fraction(part, whole) if whole else None


def _gap(with_it: Fraction | None, without: Fraction | None) -> Fraction | None:
    return None if with_it is None or without is None else with_it - without


def _note(
    score: Fraction | None,
    low: Fraction,
    high: Fraction,
    coverage: Fraction,
    parametres: ParametresScore,
    without: Fraction | None = None,
) -> Note:
    shown = None if score is None else percent(score)
    enough = percent(coverage) >= parametres.couverture_min
    return Note(
        score=score,
        bas=low,
        haut=high,
        couverture=coverage,
        affiche=shown,
        affiche_bas=percent(low),
        affiche_haut=percent(high),
        affiche_couverture=percent(coverage),
        maturite=maturity(shown, parametres) if shown is not None and enough else None,
        sans_hypotheses=without,
        affiche_sans_hypotheses=None if without is None else percent(without),
    )
