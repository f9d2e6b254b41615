"""How much room a text takes, without a font file: the same answer on every machine.

Advance widths are those of Arial and of its metric twin Liberation Sans, in thousandths of an em.
"""

from __future__ import annotations

from functools import lru_cache

LINE = 1.2
"""Height of a line, in font sizes: a little more than the font needs."""

_REGULAR = {
    191: "'",
    222: "ijl’‘",
    278: "!,./:;I[\\]ft \u00a0·ÎÏîï\u202f|",
    333: "()-`r“”²{}",
    355: '•"*°',
    500: "Jcksvxyzçÿ^",
    556: "#$0123456789?L_abdeghnopqu«»–€àâéèêëôùûü≥≤",
    611: "+<=>~×●○■◇FTZ",
    667: "&ABEKPSVXYÀÂÉÈÊË",
    722: "CDHNRUwÇÙÛÜ",
    778: "GOQÔ",
    833: "Mm½",
    889: "%æ",
    1015: "—…→ŒWœ▲@",
}
_WIDTHS = {char: width for width, chars in _REGULAR.items() for char in chars}
_UNKNOWN = 800
_BOLD = 1.08


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Width of a text on one line, in points."""
    return sum(_WIDTHS.get(char, _UNKNOWN) for char in text) * size * (_BOLD if bold else 1) / 1000


@lru_cache(maxsize=20_000)
def wrap(text: str, size: float, room: float, *, bold: bool = False) -> tuple[str, ...]:
    """The lines a text breaks into within ``room`` points; a word too long is cut. Never empty."""
    lines = [""]
    for word in text.split(" "):
        tried = f"{lines[-1]} {word}" if lines[-1] else word
        if width(tried, size, bold=bold) <= room:
            lines[-1] = tried
            continue
        pieces = _cut(word, size, room, bold=bold)
        lines[-1:] = ([lines[-1]] if lines[-1] else []) + pieces
    return tuple(lines)


def clip(text: str, size: float, room: float, *, bold: bool = False) -> str:
    """The text on one line, shortened by an ellipsis where it is too long for ``room`` points."""
    if width(text, size, bold=bold) <= room:
        return text
    while text and width(f"{text}…", size, bold=bold) > room:
        text = text[:-1]
    return f"{text.rstrip()}…"


def _cut(word: str, size: float, room: float, *, bold: bool) -> list[str]:
    pieces = [""]
    for char in word:
        if pieces[-1] and width(pieces[-1] + char, size, bold=bold) > room:
            pieces.append("")
        pieces[-1] += char
    return pieces
