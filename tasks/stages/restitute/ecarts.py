"""The slides of what is not sure: answers apart that nobody settled, answers supposed for want of any."""

from __future__ import annotations

from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import restitute
from nr_models.values.french import counted, joined, number, percentage
from tasks.office.deck.deck import Deck
from tasks.office.deck.page import dimension_colour
from tasks.office.deck.tables import SlideCell, table


def add_open(deck: Deck, result: restitute.Result, referentiel: Referentiel) -> None:
    """Add the disagreements to settle, then the hypotheses; neither where there is none."""
    if result.divergences:
        deck.table(
            _title(result),
            table(
                ("Question", "Dimension", "Niveaux donnés", "Retenu", "Note de la dimension"),
                [_disagreement(item, referentiel) for item in result.divergences],
                (14, 6, 5, 3, 5),
                "Les questions dont les réponses s’écartent",
                "gggdd",
            ),
            "Le niveau retenu en attendant est la médiane. Le référent tranche chaque désaccord, raison à l’appui.",
        )
    if result.hypotheses:
        deck.table(
            f"{counted(len(result.hypotheses), 'réponse est supposée', 'réponses sont supposées')}, faute de réponse",
            table(
                ("Question", "Dimension", "Réponse supposée", "Pourquoi"),
                [_hypothesis(item, referentiel) for item in result.hypotheses],
                (11, 6, 9, 9),
                "Les hypothèses, et pourquoi",
            ),
            "Une hypothèse compte dans la note, jamais dans la couverture. Inviter à corriger ce qui semble inexact.",
        )


def _title(result: restitute.Result) -> str:
    count = counted(len(result.divergences), "désaccord reste", "désaccords restent")
    return f"{count} à trancher entre les réponses"


def _disagreement(item: restitute.Desaccord, referentiel: Referentiel) -> tuple[SlideCell | str, ...]:
    levels = [number(level) for level in item.niveaux] + ["sans objet"] * item.sans_objet
    kept = "–" if item.retenu is None else number(item.retenu)
    return (
        SlideCell(item.question, bold=True),
        _dimension(item.dimension, referentiel),
        _given(levels),
        kept,
        _range(item),
    )


def _given(levels: list[str]) -> str:
    return joined(levels, "non montrés")


def _range(item: restitute.Desaccord) -> str:
    if item.bas is None or item.haut is None:
        return "–"
    return percentage(item.bas) if item.bas == item.haut else f"de {number(item.bas, 1)} à {percentage(item.haut)}"


def _hypothesis(item: restitute.ReponseSupposee, referentiel: Referentiel) -> tuple[SlideCell | str, ...]:
    supposed = f"{number(item.niveau)} – {item.phrase}"
    return SlideCell(item.question, bold=True), _dimension(item.dimension, referentiel), supposed, item.raison


def _dimension(slug: str, referentiel: Referentiel) -> SlideCell:
    found = next(item for item in referentiel.dimensions if item.slug == slug)
    return SlideCell(f"{found.numero}. {found.nom}", ink=dimension_colour(found.numero))
