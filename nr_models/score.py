"""Score: maturity on seven dimensions, exact, with its range, its coverage and its reasons.

Rules: method « 2 score ». Level ÷ 4; weighted mean; « sans objet » leaves numerator and
denominator; « ne sait pas » and blank lower coverage, never the score; a hypothesis counts in
the score and not in coverage.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from nr_models import collect
from nr_models.inventaire import Indicateurs, measure
from nr_models.referentiel import Dimension, ParametresScore, Referentiel
from nr_models.values import Exact, Frozen, percent


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
    """A score with its range and coverage, exact and as displayed (percent, one decimal)."""

    score: Exact | None
    bas: Exact
    haut: Exact
    couverture: Exact
    affiche: Decimal | None
    affiche_bas: Decimal
    affiche_haut: Decimal
    affiche_couverture: Decimal
    maturite: str | None


class NoteDimension(Frozen):
    """The note of a dimension and the lines that add up to it; ``applicable`` when a question is."""

    dimension: str
    applicable: bool
    note: Note
    lignes: tuple[Ligne, ...]


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

    def of(self, dimension: str) -> NoteDimension:
        """The note of a dimension."""
        return next(item for item in self.dimensions if item.dimension == dimension)


def build(inputs: Inputs, referentiel: Referentiel) -> Result:
    """Score every dimension, then the whole."""
    collected = inputs.collect
    notes = tuple(
        score_dimension(
            dimension,
            [item for item in collected.consolidations if item.dimension == dimension.slug],
            referentiel,
        )
        for dimension in referentiel.dimensions
    )
    return Result(
        dimensions=notes,
        globale=score_global(notes, referentiel.parametres.score),
        inventaire=measure(
            collected.inventaire,
            referentiel,
            agents=collected.collectivite.agents,
            year=collected.contexte.annee_inventaire if collected.contexte else None,
        ),
        inventaire_recu=collected.inventaire_recu,
        hypotheses=tuple(item.hypothese for item in collected.consolidations if item.hypothese),
        divergences=tuple(item.question for item in collected.consolidations if item.divergence and not item.arbitrage),
    )


def score_dimension(
    dimension: Dimension, consolidations: Sequence[collect.Consolidation], referentiel: Referentiel
) -> NoteDimension:
    """The weighted mean of the answered questions, and what it would be if the rest were 0 or 4."""
    top = referentiel.parametres.score.niveau_max
    lines = tuple(_line(item, referentiel.questions[item.question].poids, top) for item in consolidations)
    counted = [line for line in lines if line.statut not in ("sans-objet", "non-applicable")]
    applicable = _weight(counted)
    answered = [line for line in counted if line.statut == "repondu"]
    scored = [line for line in counted if line.points is not None]
    earned = sum((line.points for line in answered if line.points is not None), Fraction(0))
    if not applicable:
        note = _note(None, Fraction(0), Fraction(0), Fraction(0), referentiel.parametres.score)
    else:
        points = sum((line.points for line in scored if line.points is not None), Fraction(0))
        note = _note(
            points / _weight(scored) if scored else None,
            earned / applicable,
            (earned + applicable - _weight(answered)) / applicable,
            _weight(answered) / applicable,
            referentiel.parametres.score,
        )
    return NoteDimension(dimension=dimension.slug, applicable=bool(applicable), note=note, lignes=lines)


def score_global(notes: Iterable[NoteDimension], parametres: ParametresScore) -> Note:
    """The weighted mean of the scored dimensions; an unanswered one widens the range only."""
    applicable = [item for item in notes if item.applicable]
    weights = {
        item.dimension: Fraction(parametres.poids_dimensions.get(item.dimension, Decimal(1))) for item in applicable
    }
    scored = [(weights[item.dimension], item.note.score) for item in applicable if item.note.score is not None]
    if not applicable:
        return _note(None, Fraction(0), Fraction(0), Fraction(0), parametres)
    return _note(
        _mean(scored) if scored else None,
        _mean([(weights[item.dimension], item.note.bas) for item in applicable]),
        _mean([(weights[item.dimension], item.note.haut) for item in applicable]),
        _mean([(weights[item.dimension], item.note.couverture) for item in applicable]),
        parametres,
    )


def maturity(affiche: Decimal, parametres: ParametresScore) -> str:
    """Slug of the level of maturity, cut on the displayed percentage."""
    return [level.slug for level in parametres.maturites if affiche >= level.des][-1]


def _line(item: collect.Consolidation, poids: Decimal, top: int) -> Ligne:
    points = None
    if item.applicable and item.niveau is not None:
        points = Fraction(item.niveau, top) * Fraction(poids)
    return Ligne(
        question=item.question,
        statut=item.statut if item.applicable else "non-applicable",
        niveau=item.niveau,
        poids=poids,
        points=points,
        qui=tuple(answer.personne for answer in item.reponses),
        divergence=item.divergence,
    )


def _weight(lines: Iterable[Ligne]) -> Fraction:
    return sum((Fraction(line.poids) for line in lines), Fraction(0))


def _mean(pairs: Sequence[tuple[Fraction, Fraction]]) -> Fraction:
    return sum((weight * value for weight, value in pairs), Fraction(0)) / sum(weight for weight, _ in pairs)


def _note(
    score: Fraction | None, low: Fraction, high: Fraction, coverage: Fraction, parametres: ParametresScore
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
    )
