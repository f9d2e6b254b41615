"""What may stand beside a number, and the numbers that people write in letters: words as ``tidy`` writes them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

Mesure = Literal["nombre", "entier", "euros", "jours", "kg", "kwh", "heures"]
"""What is counted: it tells which units may stand beside the number, and whether it may have decimals."""


_MANY = Decimal(1).scaleb(3)
_ONE = Decimal(1)
UNITS: Mapping[Mesure, Mapping[str, Decimal]] = {
    "nombre": {},
    "entier": dict.fromkeys(
        ("agent", "agents", "habitant", "habitants", "hab", "personne", "personnes", "unite", "unites", "u"), _ONE
    ),
    "euros": {
        **dict.fromkeys(("eur", "euro", "euros", "e"), _ONE),
        **dict.fromkeys(("keur", "k eur", "kilo euros", "kiloeuros", "keuros", "k euros", "ke", "k"), _MANY),
        **dict.fromkeys(("meur", "m eur", "meuros", "m euros", "million d'euros", "millions d'euros"), _MANY**2),
    },
    "jours": {
        **dict.fromkeys(("jh", "j/h", "j.h", "j-h", "j h", "j", "jr", "jrs", "jour", "jours", "journee"), _ONE),
        **dict.fromkeys(("journees", "jour homme", "jours homme", "jours hommes", "jour-homme"), _ONE),
        **dict.fromkeys(("jours-homme", "jours-hommes", "jours/homme", "jours/hommes", "jours agent"), _ONE),
        **dict.fromkeys(("demi-journee", "demi-journees", "demi journee", "demi journees"), _ONE / 2),
    },
    "kg": {
        **dict.fromkeys(("kg", "kgs", "kilo", "kilos", "kilogramme", "kilogrammes"), _ONE),
        **dict.fromkeys(("t", "tonne", "tonnes"), _MANY),
        **dict.fromkeys(("g", "gramme", "grammes"), 1 / _MANY),
    },
    "kwh": {
        **dict.fromkeys(("kwh", "kw/h", "kw h", "kwh/an", "kwh par an"), _ONE),
        **dict.fromkeys(("mwh", "mwh/an", "mwh par an"), _MANY),
        **dict.fromkeys(("wh", "wh/an", "wh par an"), 1 / _MANY),
    },
    "heures": dict.fromkeys(("h", "heure", "heures", "h/an", "heures/an", "heures par an", "h par an"), _ONE),
}
"""For each measure, the words of its units and what one of them is worth; « € » is written « eur » here."""
SPELT: Mapping[str, Decimal] = {
    word: Decimal(value)
    for value, words in {
        0: "zero aucun aucune neant",
        1: "un une",
        2: "deux",
        3: "trois",
        4: "quatre",
        5: "cinq",
        6: "six",
        7: "sept",
        8: "huit",
        9: "neuf",
        10: "dix dizaine",
        11: "onze",
        12: "douze douzaine",
        13: "treize",
        14: "quatorze",
        15: "quinze quinzaine",
        16: "seize",
        20: "vingt vingtaine",
        30: "trente trentaine",
        40: "quarante quarantaine",
        50: "cinquante cinquantaine",
        60: "soixante soixantaine",
        100: "cent centaine",
        1000: "mille millier",
    }.items()
    for word in words.split()
}
"""Numbers in one word, as they are said."""
