"""Text compared as people compare it: without case, accents or punctuation."""

from __future__ import annotations

import re
import unicodedata


def _plain_ascii(text: str) -> str:
    """Lower case, accents dropped, ligatures opened, apostrophes straight; what ASCII lacks is gone."""
    folded = unicodedata.normalize("NFKD", text).lower().replace("’", "'").replace("œ", "oe")
    return folded.encode("ascii", "ignore").decode()


def slugify(text: str) -> str:
    """« Saint-Aubin-du-Cormier » → « saint-aubin-du-cormier »: ASCII, lower case, hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", _plain_ascii(text)).strip("-")


def fold(text: str) -> str:
    """Text for comparison: no accents, no case, single blanks, straight apostrophes."""
    return " ".join(_plain_ascii(text).split())


_SAME = str.maketrans({**dict.fromkeys("‐‑‒–—―−", "-"), **dict.fromkeys("’ʼ‘´`′", "'"), "×": "x", "≈": "~", "œ": "oe"})


def tidy(text: str) -> str:
    """Text for reading: as ``fold``, one kind of dash and of times sign; but what ASCII lacks is kept, not dropped."""
    opened = unicodedata.normalize("NFKD", text.translate(_SAME)).lower()
    return " ".join("".join(char for char in opened if unicodedata.category(char) not in ("Mn", "Cf")).split())
