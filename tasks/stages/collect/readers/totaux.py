"""A line that sums others, however it is written: « S/Total », « Somme », « Ensemble », « Total Mairie »."""

from __future__ import annotations

import re
from functools import lru_cache

from nr_models.values.text import fold

_TOTAL = re.compile(
    r"(?:(?:sous|s)\s*[-/.]?\s*|grand\s+|r\.?\s*)?tot(?:al|aux)\b.*|somme\b.*|ensemble(?: du parc| des? .*)?|"
    r"cumul\b.*|recapitulatif\b.*|"
    r"sub-?\s?total\b.*|sum|grand total\b.*|(?:zwischen|gesamt)?summe\b.*|gesamt\b.*|t\.?o\.?t\.?a\.?l|"
    r".{0,40}\btotal(?: general)?\s*:?"
)


@lru_cache(maxsize=50_000)
def is_total(text: str) -> bool:
    """True for the label of a sum.

    >>> is_total("S/Total Mairie"), is_total("Ensemble clavier souris")
    (True, False)
    """
    return bool(_TOTAL.fullmatch(fold(text).strip(" :=*-")))
