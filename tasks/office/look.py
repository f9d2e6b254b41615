"""The look tokens, read once: decks, workbooks and pages all take them from here."""

from __future__ import annotations

from functools import cache

import yaml
from pydantic import Field

from nr_models.values.frozen import Frozen
from templates import ROOT


class Couple(Frozen):
    """A fill and the ink that stays readable on it."""

    fond: str
    texte: str


class Signe(Frozen):
    """The sign and the colour of a quadrant."""

    signe: str
    couleur: str


class Look(Frozen):
    """Colours as « #RRGGBB », sizes in points, margin in centimetres."""

    couleurs: dict[str, str]
    dimensions: dict[int, str]
    maturites: dict[str, Couple]
    quadrants: dict[str, Signe]
    polices: dict[str, str]
    tailles_points: dict[str, int]
    marge_cm: float = Field(gt=0)


@cache
def load_look() -> Look:
    """The tokens of ``templates/look.yaml``."""
    return Look.model_validate(yaml.safe_load((ROOT / "look.yaml").read_text(encoding="utf-8")))
