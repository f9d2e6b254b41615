"""La restitution montre ce qui manque comme manquant, et ce qui est ailleurs à part."""

from __future__ import annotations

import io

from pptx import Presentation

from tests.support.decks import rendered, words
from tests.support.decks_case import MUTE, referentiel


def test_une_dimension_sans_note_n_est_pas_dessinee_a_zero() -> None:
    deck = Presentation(io.BytesIO(rendered("restitution")))
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    radar = next(chart for chart in charts if chart.plots[0]._element.tag.endswith("radarChart"))
    place = next(n for n, item in enumerate(referentiel().dimensions) if item.slug == MUTE)
    values = list(radar.plots[0].series[0].values)
    assert values[place] is None
    assert all(value is not None for n, value in enumerate(values) if n != place)
    assert "sans note" in list(radar.plots[0].categories)[place]
    assert radar._chartSpace.xpath("c:chart/c:dispBlanksAs/@val") == ["gap"]


def test_ce_que_d_autres_gerent_ou_calculent_est_montre_a_part_et_jamais_compte_avec_le_parc() -> None:
    said = words(rendered("restitution")).replace("\u00a0", " ").replace("\u202f", " ")
    assert "Compté à part : 3 équipements gérés ailleurs, 1 résultat d’un autre outil" in said
    assert "18 450" in said
    assert "Le parc compte 118 équipements" in said
    assert "Compté à part" not in words(rendered("restitution", "vide")).replace("\u00a0", " ")
