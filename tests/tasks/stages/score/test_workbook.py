"""Le classeur du score : une dimension muette y reste vide, et le tableur y retrouve nos nombres."""

from __future__ import annotations

from openpyxl import Workbook

from nr_models.values.frozen import percent
from tests.support.classeurs import CASE, SCORE, approx, column, displayed, opened, rendered


def test_une_dimension_sans_note_reste_vide_et_n_est_jamais_zero() -> None:
    sheet = opened(rendered("score"), values=True)["Synthèse"]
    notes = dict(zip(column(sheet, "Dimension"), column(sheet, "Note (sur 100)"), strict=True))
    assert notes["5 Services numériques"] is None
    assert all(value is not None for name, value in notes.items() if name != "5 Services numériques")


def test_libreoffice_recalcule_nos_notes_et_nos_totaux(recalcules: dict[str, Workbook]) -> None:
    book = recalcules["score"]
    notes = book["Synthèse"]
    expected = [*(item.note for item in SCORE.dimensions), SCORE.globale]
    for row, note in zip(
        notes.iter_rows(min_row=2, max_row=len(expected) + 1, values_only=True), expected, strict=True
    ):
        figures = [note.affiche, note.affiche_bas, note.affiche_haut, note.affiche_couverture]
        assert [displayed(value) for value in row[2:6]] == figures
        level = next(
            (item.nom for item in CASE.referentiel.parametres.score.maturites if item.slug == note.maturite), ""
        )
        assert level in str(row[6])
        assert displayed(row[7]) == note.affiche_sans_hypotheses
    effects = [(item.sur_dimension, item.sur_ensemble) for item in SCORE.effets]
    assert effects
    shown_effects = [row[3:5] for row in book["Hypothèses"].iter_rows(min_row=2, values_only=True)]
    assert [tuple(map(displayed, row)) for row in shown_effects] == [
        tuple(None if effect is None else percent(effect) for effect in pair) for pair in effects
    ]
    first = opened(rendered("score"), values=True)
    for name in ("Inventaire", "Empreinte"):
        for row, other in zip(first[name].values, book[name].values, strict=True):
            assert [approx(cell) for cell in row] == [approx(cell) for cell in other]
