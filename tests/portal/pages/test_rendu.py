"""La feuille de style : ses couleurs sont celles de la charte, et se lisent."""

from __future__ import annotations

import re

from portal.pages.rendu import Rendu
from tasks.office.look import load_look
from templates import ROOT


def test_les_couleurs_viennent_toutes_de_la_charte() -> None:
    for path in (ROOT / "pages").iterdir():
        assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?=[;\s\"])|rgba?\(|hsl", path.read_text(encoding="utf-8")), path.name
    colours = load_look().couleurs
    style = Rendu().style()
    assert set(re.findall(r"#[0-9A-Fa-f]{6}", style)) <= {*colours.values(), *load_look().dimensions.values()}
    for name in ("encre", "discret", "accent", "fait", "attention", "erreur"):
        assert _contrast(colours[name], colours["papier"]) >= 4.5, name


def _contrast(ink: str, paper: str) -> float:
    def luminance(colour: str) -> float:
        parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
        red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    low, high = sorted((luminance(ink), luminance(paper)))
    return (high + 0.05) / (low + 0.05)
