"""The radar of the dimensions, native, as a line from 0 to 100."""

from __future__ import annotations

from typing import Any

from xlsxwriter.worksheet import Worksheet

from tasks.office.look import load_look
from tasks.office.workbook.book import Book

_WIDTH_PIXELS, _HEIGHT_PIXELS = 720, 480
_GAP_ROWS = 3  # between the table and the chart
_CHART_ROWS = 26  # what the chart covers, at the usual height of a row
_LAST_COLUMN = 7


def insert_radar(book: Book, sheet: Worksheet, dimensions: int, finding: str) -> None:
    """Draw the notes of the rows 1 to ``dimensions`` under their table; a dimension without note leaves a gap."""
    look = load_look()
    text = {"name": look.polices["bureautique"], "color": look.couleurs["encre"]}
    small = {**text, "size": look.tailles_points["note"]}
    chart = book.charts.add_chart({"type": "radar", "subtype": "with_markers"})
    chart.add_series(_series(sheet.get_name(), dimensions, look.couleurs["accent"], small))
    chart.set_x_axis({"num_font": small})
    chart.set_y_axis(_axis(look.couleurs["filet"], {**small, "color": look.couleurs["discret"]}))
    chart.set_title({"name": finding, "name_font": {**text, "size": look.tailles_points["tableau"], "bold": True}})
    chart.set_legend({"none": True})
    chart.show_blanks_as("gap")
    chart.set_size({"width": _WIDTH_PIXELS, "height": _HEIGHT_PIXELS})
    sheet.insert_chart(dimensions + _GAP_ROWS, 0, chart, {"description": f"Radar des dimensions. {finding}."})
    sheet.fit_to_pages(1, 1)
    sheet.print_area(0, 0, dimensions + _GAP_ROWS + _CHART_ROWS, _LAST_COLUMN)


def _series(sheet: str, dimensions: int, colour: str, font: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": "Note (sur 100)",
        "categories": [sheet, 1, 0, dimensions, 0],
        "values": [sheet, 1, 2, dimensions, 2],
        "line": {"color": colour, "width": 2.25},
        "marker": {"type": "circle", "size": 6, "fill": {"color": colour}, "border": {"none": True}},
        "data_labels": {"value": True, "num_format": "0", "font": {**font, "bold": True}},
    }


def _axis(hairline: str, font: dict[str, Any]) -> dict[str, Any]:
    grid = {"visible": True, "line": {"color": hairline, "width": 0.5}}
    return {"min": 0, "max": 100, "major_unit": 25, "num_font": font, "major_gridlines": grid}
