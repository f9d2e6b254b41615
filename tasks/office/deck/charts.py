"""Native charts, sober: direct labels, hairlines, no legend where a label can stand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Cm, Pt

from nr_models.values.french import NBSP
from tasks.office.deck.page import Page, child, colour, describe
from tasks.office.deck.text import Box

_FEW = 3
"""Bars below which they would look like walls."""


def radar(page: Page, box: Box, points: Sequence[tuple[str, float | None]], alt: str) -> None:
    """A line radar from 0 to 100; a point without value is left blank, never drawn as zero."""
    chart = _add(page, box, XL_CHART_TYPE.RADAR_MARKERS, points, "Note (%)", alt)
    chart.font.size = Pt(12)
    _inset(chart, 0.22, 0.13, 0.56, 0.74)
    axis = chart.value_axis
    axis.minimum_scale, axis.maximum_scale, axis.major_unit = 0, 100, 20
    _hairlines(axis)
    axis.tick_labels.font.size = Pt(10)
    axis.tick_labels.font.color.rgb = colour("discret")
    series = chart.plots[0].series[0]
    series.smooth = False
    series.format.line.color.rgb = colour("accent")
    series.format.line.width = Pt(2.5)
    series.marker.style = XL_MARKER_STYLE.CIRCLE
    series.marker.size = 8
    series.marker.format.fill.solid()
    series.marker.format.fill.fore_color.rgb = colour("accent")
    series.marker.format.line.color.rgb = colour("accent")


def bars(
    page: Page,
    box: Box,
    points: Sequence[tuple[str, float | None]],
    alt: str,
    *,
    unit: str,
    colours: Sequence[str] = (),
    lying: bool = False,
    whole: bool = True,
) -> None:
    """Bars with their value written at the end, whole or with a decimal; ``colours`` gives one a bar."""
    kind = XL_CHART_TYPE.BAR_CLUSTERED if lying else XL_CHART_TYPE.COLUMN_CLUSTERED
    chart = _add(page, box, kind, points, unit, alt)
    chart.font.size = Pt(12)
    chart.value_axis.visible = False
    chart.value_axis.has_major_gridlines = False
    chart.value_axis.minimum_scale = 0
    axis = chart.category_axis
    axis.has_major_gridlines = False
    axis.reverse_order = lying  # the first on top
    axis.format.line.color.rgb = colour("filet")
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    plot = chart.plots[0]
    plot.gap_width = 60 if len(points) > _FEW else 200
    plot.vary_by_categories = False
    _label(plot, unit, whole=whole)
    series = plot.series[0]
    series.format.fill.solid()
    series.format.fill.fore_color.rgb = colour("accent")
    for place, item in enumerate(colours):
        series.points[place].format.fill.solid()
        series.points[place].format.fill.fore_color.rgb = colour(item)


def _label(plot: Any, unit: str, *, whole: bool) -> None:
    plot.has_data_labels = True
    labels = plot.data_labels
    labels.number_format = _grouped(unit) if whole else f'0.0" {unit}";;""'
    labels.number_format_is_linked = False
    labels.position = XL_LABEL_POSITION.OUTSIDE_END
    labels.font.size = Pt(12)
    labels.font.color.rgb = colour("encre")


def _grouped(unit: str) -> str:
    """Thousands apart by a no-break space, whatever the language of the reader's software."""
    gap = f'"{NBSP}"'
    end = f'"{NBSP}{unit}"' if unit else ""
    return f"[>=1000000]#{gap}###{gap}##0{end};[>=1000]#{gap}##0{end};0{end}"


def _add(page: Page, box: Box, kind: Any, points: Sequence[tuple[str, float | None]], name: str, alt: str) -> Any:
    data: Any = CategoryChartData()  # type: ignore[no-untyped-call]
    data.categories = ["\n".join(map(page.clean, label.split("\n"))) for label, _ in points]
    data.add_series(page.clean(name), [value for _, value in points])
    frame = page.slide.shapes.add_chart(kind, *(Cm(item) for item in box), data)
    describe(frame, page.clean(alt))
    chart = frame.chart
    chart.has_legend = False
    chart.has_title = False
    chart.font.color.rgb = colour("encre")
    return chart


def _hairlines(axis: Any) -> None:
    axis.has_major_gridlines = True
    axis.major_gridlines.format.line.color.rgb = colour("filet")
    axis.major_gridlines.format.line.width = Pt(0.5)
    axis.format.line.color.rgb = colour("filet")


def _inset(chart: Any, x: float, y: float, w: float, h: float) -> None:
    """Give the drawing a fixed share of the chart, so that long labels do not shrink it."""
    area = chart._chartSpace.chart.plotArea
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    layout = OxmlElement("c:layout")
    area.insert(0, layout)
    manual = child(layout, "c:manualLayout")
    child(manual, "c:layoutTarget", val="inner")
    for name, value in (("xMode", "edge"), ("yMode", "edge"), ("x", x), ("y", y), ("w", w), ("h", h)):
        child(manual, f"c:{name}", val=str(value))
