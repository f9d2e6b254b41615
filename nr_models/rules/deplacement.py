"""What moving a dossier to another version of the référentiel changes: answers, scores, leviers."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import cast

from nr_models.referentiel.evolution import Evolution, compare
from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import collect, preselect, prioritise, score
from nr_models.values.frozen import Frozen

Results = Mapping[str, Frozen]
"""Results of a dossier by stage, as far as it went."""


class NoteChangee(Frozen):
    """A displayed score (percent) before and after; ``dimension`` is empty for the global one."""

    dimension: str
    avant: Decimal | None
    apres: Decimal | None


class EffetDeplacement(Frozen):
    """What a move changes in one dossier.

    Of the answers: ``perdues`` are to questions that no longer exist; ``a_relire`` to questions whose wording or
    grid changed; ``changees`` consolidate otherwise; ``nouvelles`` are questions that nobody was asked.
    Of the leviers, by stage: those that enter the list and those that leave it.
    """

    ecart: Evolution
    perdues: tuple[str, ...] = ()
    a_relire: tuple[str, ...] = ()
    changees: tuple[str, ...] = ()
    nouvelles: tuple[str, ...] = ()
    notes: tuple[NoteChangee, ...] = ()
    entrent: dict[str, tuple[str, ...]] = {}
    sortent: dict[str, tuple[str, ...]] = {}


def measure_move(old: Referentiel, new: Referentiel, before: Results, after: Results) -> EffetDeplacement:
    """Compare the results of a dossier under both versions; a stage that had no result is left out."""
    gap = compare(old, new)
    answers = _answers(gap, before, after) if "collect" in before else {}
    kept = {
        stage: (_retained(stage, before[stage]), _retained(stage, after[stage]))
        for stage in ("preselect", "prioritise")
        if stage in before and stage in after
    }
    return EffetDeplacement(
        ecart=gap,
        notes=_notes(before, after) if "score" in before else (),
        entrent={stage: tuple(item for item in now if item not in was) for stage, (was, now) in kept.items()},
        sortent={stage: tuple(item for item in was if item not in now) for stage, (was, now) in kept.items()},
        **answers,
    )


def _answers(gap: Evolution, before: Results, after: Results) -> dict[str, tuple[str, ...]]:
    was, now = (
        {item.question: item for item in cast(collect.Result, results["collect"]).consolidations}
        for results in (before, after)
    )
    answered = [item for item, line in was.items() if line.reponses]
    reworded = {item.id for item in gap.changements if item.sorte == "question" and item.touches(*_WORDING)}
    return {
        "perdues": tuple(item for item in answered if item not in now),
        "a_relire": tuple(item for item in answered if item in reworded),
        "changees": tuple(
            item for item in answered if item in now and (was[item].statut, was[item].niveau) != _says(now[item])
        ),
        "nouvelles": tuple(item for item, line in now.items() if item not in was and line.applicable),
    }


_WORDING = ("question", "precision", "niveaux")


def _says(line: collect.QuestionConsolidee) -> tuple[str, int | None]:
    return line.statut, line.niveau


def _notes(before: Results, after: Results) -> tuple[NoteChangee, ...]:
    """The scores that do not show the same; the global one first."""
    was, now = (_displayed(cast(score.Result, results["score"])) for results in (before, after))
    return tuple(
        NoteChangee(dimension=slug, avant=was.get(slug), apres=now.get(slug))
        for slug in dict.fromkeys((*was, *now))
        if was.get(slug) != now.get(slug)
    )


def _displayed(result: score.Result) -> dict[str, Decimal | None]:
    return {"": result.globale.affiche, **{item.dimension: item.note.affiche for item in result.dimensions}}


def _retained(stage: str, result: Frozen) -> tuple[str, ...]:
    if stage == "preselect":
        return tuple(place.levier for place in cast(preselect.Result, result).retenus)
    return tuple(choice.levier for choice in cast(prioritise.Result, result).selection)
