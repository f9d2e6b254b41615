"""The cell formats of a workbook, made from the look tokens, each once."""

from __future__ import annotations

from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format

from tasks.office.look import Look


class Styles:
    """The formats of one workbook."""

    def __init__(self, workbook: Workbook, look: Look) -> None:
        self._workbook, self._look = workbook, look
        self._made: dict[tuple[tuple[str, Any], ...], Format] = {}

    def of(self, **look: Any) -> Format:
        """The format of these properties over our font; the same properties, the same format."""
        key = tuple(sorted(look.items()))
        if key not in self._made:
            self._made[key] = self._workbook.add_format({**font(self._look), **look})
        return self._made[key]

    def header(self, *, typed: bool) -> Format:
        """A column title; yellow over what people type in."""
        colours = self._look.couleurs
        ground = colours["saisie" if typed else "papier"]
        rule = {"bottom": 2, "bottom_color": colours["accent"]}
        return self.of(bold=True, text_wrap=True, valign="vcenter", align="left", indent=1, bg_color=ground, **rule)

    def cell(self, *, typed: bool, number: bool = False, **extra: Any) -> Format:
        """A cell of a table: locked over a hairline, or yellow and free to type in."""
        hair = self._look.couleurs["filet"]
        side = "right" if number else "left"
        look: dict[str, Any] = {"text_wrap": not number, "valign": "top", "align": side, "indent": 1}
        if typed:
            look |= {"border": 1, "border_color": hair, "locked": False, "bg_color": self._look.couleurs["saisie"]}
        else:
            look |= {"bottom": 1, "bottom_color": hair}
        return self.of(**{**look, **extra})

    def missing(self) -> Format:
        """A cell that must be filled and is not: a darker ground, over which ink stays readable."""
        return self._workbook.add_format({"bg_color": tint(self._look.couleurs["attention"])})


def font(look: Look) -> dict[str, Any]:
    """The font of every cell."""
    return {
        "font_name": look.polices["bureautique"],
        "font_size": look.tailles_points["note"],
        "font_color": look.couleurs["encre"],
    }


def tint(colour: str) -> str:
    """The colour at a fifth over white."""
    shares = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{255 - (255 - share) // 5:02X}" for share in shares)
