"""The sheet « Hypothèses » of the score workbook: what was assumed, and what each assumption does to the scores."""

from __future__ import annotations

from fractions import Fraction

from nr_models.dossier.case import Case
from nr_models.rules import score
from nr_models.values.frozen import round_half_up
from tasks.office.columns import Column
from tasks.office.workbook.book import Book
from tasks.office.workbook.cells import Formula, Row

HYPOTHESES = (
    Column("question", "Identifiant", 12),
    Column("texte", "Question posée", 56),
    Column("niveau", "Niveau supposé", 10),
    Column("sur_dimension", "Effet sur la note de la dimension (points)", 16),
    Column("sur_ensemble", "Effet sur la note d’ensemble (points)", 16),
    Column("date", "Le", 14),
    Column("raison", "Pourquoi", 56),
    Column("source", "D’après", 36),
)
_SIGNED = dict.fromkeys(("sur_dimension", "sur_ensemble"), "+0.0;-0.0;0.0")


def write_hypotheses(book: Book, case: Case, result: score.Result) -> None:
    """Write the sheet; an effect is empty where there would be no score at all without the hypothesis."""
    rows = {line.question: place for place, line in enumerate(_lines(result), start=2)}
    places = {item.slug: place for place, item in enumerate(case.referentiel.dimensions, start=2)}
    effects = {item.question: item for item in result.effets}
    total = len(places) + 2
    book.table(
        "Hypothèses",
        HYPOTHESES,
        [
            {
                "question": item.question,
                "texte": case.referentiel.questions[item.question].question,
                "niveau": item.niveau,
                "date": item.date,
                "raison": item.raison,
                "source": item.source,
                **_effect(effects.get(item.question), rows, places, total, line),
            }
            for line, item in enumerate(result.hypotheses, start=2)
        ],
        formats=_SIGNED,
        empty="Aucune hypothèse n’a été posée.",
    )


def _lines(result: score.Result) -> list[score.Ligne]:
    return [line for item in result.dimensions for line in item.lignes]


def _effect(
    effect: score.EffetHypothese | None, rows: dict[str, int], places: dict[str, int], total: int, line: int
) -> Row:
    """The two effects; live formulas over « Synthèse » and « Détail » where the dimension keeps a score."""
    if effect is None:
        return {}
    if effect.sur_dimension is None:
        return {"sur_ensemble": _points(effect.sur_ensemble)}
    place, row, last = places[effect.dimension], rows[effect.question], len(rows) + 1
    names, points, weights = (f"'Détail'!${column}$2:${column}${last}" for column in "AGF")
    name = f"'Synthèse'!$A${place}"
    scored = f"(SUMIFS({weights},{names},{name},{points},\">=0\")-'Détail'!F{row})"
    without = f"100*(SUMIF({names},{name},{points})-'Détail'!G{row})/{scored}"
    notes, shares = (f"'Synthèse'!${column}$2:${column}${total - 1}" for column in "CB")
    share = f"'Synthèse'!B{place}/SUMIF({notes},\">=0\",{shares})"
    return {
        "sur_dimension": Formula(f"='Synthèse'!C{place}-{without}", effect.sur_dimension * 100),
        "sur_ensemble": Formula(f"=D{line}*{share}", _points(effect.sur_ensemble) or 0),
    }


def _points(share: Fraction | None) -> float | None:
    return None if share is None else float(round_half_up(share * 100, 6))
