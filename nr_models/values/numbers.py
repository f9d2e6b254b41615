"""Numbers as people write them: what was typed, the number, and how sure one may be of it.

A number that can be read in two ways is read in none: « 1.000 » kilograms are a thousand or one, and
somebody is asked. Nothing is read by half: what is left over makes a hypothesis, a doubt, or no number.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Literal, NamedTuple

from nr_models.values.text import tidy
from nr_models.values.unites import SPELT, UNITS, Mesure

Certitude = Literal["sur", "hypothese", "douteux"]


class NombreLu(NamedTuple):
    """A number as typed. ``valeur`` is in the unit of its measure, None when it is doubtful: to be asked.

    ``pourquoi`` says in French what was supposed or what is doubtful; ``lectures`` are the numbers it may be.
    """

    saisie: str
    valeur: Decimal | None
    certitude: Certitude = "sur"
    pourquoi: str = ""
    lectures: tuple[Decimal, ...] = ()


_WHOLE: frozenset[Mesure] = frozenset(("entier", "euros"))
"""Three figures after a point or a comma cannot be decimals of these: nobody counts thousandths of them."""

_ANY = r"[+-]?\s?[0-9](?:[0-9 .,']*[0-9])?(?:e\+?[0-9]{1,2})?"
"""What may be a number; whether it is one is looked at after."""
_ONE_NUMBER = re.compile(
    r"(?P<signe>[+-]?)\s?(?P<entier>[0-9]{1,3}(?P<milliers>[ .,'])[0-9]{3}(?:(?P=milliers)[0-9]{3})*|[0-9]+)"
    r"(?:(?P<virgule>[.,])(?P<decimales>[0-9]+))?(?:e\+?(?P<puissance>[0-9]{1,2}))?"
)
_DIGITS = 15
"""As many as a spreadsheet keeps: beyond, the last ones were already lost."""
_DECIMALS = 9
_ABOUT = re.compile(
    r"^(?:(?:env(?:iron|\.)?|approx(?:imativement|\.)?|a peu pres|autour de|pres de|presque|quelque|circa|ca\.?|~|\+/-|"
    r"plus de|au moins|minimum|min\.?|moins de|au plus|maximum|max\.?|jusqu'a|[<>]=?|soit|estime a)\s*)+"
)
_ABOUT_AFTER = re.compile(
    r"(?:\s*(?:environ|env\.?|a peu pres|approx(?:imativement|\.)?|minimum|mini?\.?|maximum|maxi?\.?|estimes?|"
    r"\(?estimations?\)?|\+|\?+))+$"
)
_ASIDE = re.compile(r"\s*\([^()]*\)$")
_PER = re.compile(
    r"\s*(?:/|\bpar\b)\s*(?P<duree>ans?|annees?|mois|semaines?|trimestres?|jours?)$|\s+(?P<annuel>annuels?)$"
)
_POSTS = re.compile(rf"({_ANY})\s*(?:etp|equivalents? temps plein)")
_TAX = re.compile(r"\s*(?:ttc|ht|h\.t\.?|t\.t\.c\.?)$")
_RANGE = re.compile(rf"(?:entre|de)?\s*({_ANY})\s*([^0-9]*?)\s*(?:-|/|\ba\b|\bet\b|\bou\b)\s*({_ANY})\s*([^0-9]*)")
_TIMES = re.compile(rf"({_ANY})\s*([^0-9x]*?)\s*x\s*({_ANY})\s*([^0-9]*)")
_SUM = re.compile(rf"{_ANY}(?:\s*\+\s*{_ANY})+")
_WITH_UNIT = re.compile(rf"({_ANY})\s*(\D*)")
_DAY = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ].*)?|\d{1,2}[-/ ](?:janv|fevr|mars|avr|mai|juin|juil|aout|sept|oct|nov|dec)\w*\.?"
)

_SPELT = re.compile(rf"(?:une?\s+)?({'|'.join(SPELT)})(?:\s+(?:d[e']\s?)?(.+))?")


def read_nombre(typed: str | float | None, mesure: Mesure = "nombre") -> NombreLu | None:
    """The number of a cell, or None when it says none; blank is none.

    >>> read_nombre("environ 30 agents", "entier").valeur
    Decimal('30')
    >>> read_nombre("1.000 kg", "kg").lectures
    (Decimal('1000'), Decimal('1.000'))
    """
    if typed is None:
        return None
    if isinstance(typed, (int, float)):
        return _of_cell(typed)
    saisie = " ".join(typed.split())
    if any(unicodedata.category(char) == "No" for char in saisie):
        return None  # « m² », « ½ »: an exponent is no digit
    if _DAY.fullmatch(_clean(saisie)):
        return NombreLu(saisie, None, "douteux", "le tableur y a mis une date")
    text = _clean(saisie)
    for read in (_exact, _ranged, _multiplied, _added, _loose, _spelt):
        if found := read(text, mesure):
            value = None if found.valeur is None else _short(found.valeur)
            return found._replace(saisie=saisie, valeur=value, lectures=tuple(map(_short, found.lectures)))
    return None


def write_nombre(value: Decimal) -> str:
    """« 1 234,5 », every decimal kept and none added: read back, it is the same number."""
    return group(value.normalize())


def group(value: Decimal) -> str:
    """« 1 234,50 »: digits by threes, every decimal that the number has."""
    return f"{value:,f}".replace(",", "\u00a0").replace(".", ",")


def _clean(text: str) -> str:
    """As ``tidy``; « € » is « eur », and a star multiplies."""
    return tidy(text.replace("€", " eur ").replace("*", "x"))


def _short(value: Decimal) -> Decimal:
    """The same number without the zeros that say nothing: 1500.00 is 1500."""
    return Decimal(format(value.normalize(), "f"))


def _of_cell(typed: float) -> NombreLu | None:
    """A number that the spreadsheet itself holds as one; exact as shown: 0,30000000000000004 is 0,3."""
    value = Decimal(format(typed, ".12g")) if isinstance(typed, float) else Decimal(typed)
    if not value.is_finite():
        return None
    return NombreLu(write_nombre(value), _short(value))


def _bare(text: str, mesure: Mesure) -> NombreLu | None:
    """A number alone: its digits, with what parts its thousands and its decimals."""
    match = _ONE_NUMBER.fullmatch(text)
    if match is None or (match["milliers"] and match["milliers"] == match["virgule"]):
        return None
    digits = re.sub(r"\D", "", match["entier"])
    if len(digits) > _DIGITS or len(match["decimales"] or "") > _DECIMALS:
        return None
    sign = "-" if match["signe"] == "-" else ""
    whole = Decimal(f"{sign}{digits}.{match['decimales'] or '0'}").scaleb(int(match["puissance"] or 0))
    value = whole if match["decimales"] or match["puissance"] else Decimal(sign + digits)
    if match["milliers"] not in (".", ",") or match["virgule"] or match["entier"].count(match["milliers"]) > 1:
        return NombreLu(text, value)
    small = Decimal(f"{sign}{match['entier'].replace(',', '.')}")
    if match["entier"].startswith("0"):
        return NombreLu(text, small)
    if mesure in _WHOLE:
        return NombreLu(text, value, "hypothese", f"{_NAMES[match['milliers']]} des milliers", (value, small))
    return NombreLu(
        text, None, "douteux", f"{_NAMES[match['milliers']]} des milliers, ou des décimales", (value, small)
    )


_NAMES = {".": "point", ",": "virgule"}


def _factor(unit: str, mesure: Mesure) -> Decimal | None:
    """What the unit beside a number is worth; one without a word; None for a word that is no unit of that measure."""
    bare = _TAX.sub("", unit).strip(" .")
    return Decimal(1) if not bare else UNITS[mesure].get(bare)


def _exact(text: str, mesure: Mesure) -> NombreLu | None:
    """A number, with a unit of its measure or none; « € 1 500 » too."""
    if found := _bare(text, mesure):
        return found
    if text.startswith("eur ") and mesure == "euros":
        text = f"{text[4:]} eur"
    match = _WITH_UNIT.fullmatch(text)
    factor = _factor(match[2], mesure) if match else None
    found = _bare(match[1].strip(), mesure) if match and factor is not None else None
    if found is None or factor is None or factor == 1:
        return found
    if found.lectures and factor > 1:  # « 1,500 t »: thousands of a thousand are not written so
        return NombreLu(text, None, "douteux", found.pourquoi, tuple(item * factor for item in found.lectures))
    return found._replace(
        valeur=None if found.valeur is None else found.valeur * factor,
        lectures=tuple(item * factor for item in found.lectures),
    )


def _ranged(text: str, mesure: Mesure) -> NombreLu | None:
    """« entre 10 et 15 k€ », « 10 à 12 », « 10/12 »: two bounds, and nobody but who wrote them can choose."""
    match = _RANGE.fullmatch(_PER.sub("", text))
    if match is None or text.startswith("-"):
        return None
    factor = _factor(match[4], mesure)
    bounds = [
        _exact(f"{part.strip()} {unit}", mesure)
        for part, unit in ((match[1], match[2] or match[4]), (match[3], match[4]))
    ]
    values = tuple(found.valeur for found in bounds if found and found.valeur is not None)
    if factor is None or len(values) < 2:
        return None
    return NombreLu(text, None, "douteux", "deux nombres pour un", values)


def _multiplied(text: str, mesure: Mesure) -> NombreLu | None:
    """« 2 x 15 », « 2 agents x 3 jours »: of person-days, it is how they are written."""
    match = _TIMES.fullmatch(text)
    if match is None:
        return None
    first, second = _bare(match[1].strip(), "nombre"), _bare(match[3].strip(), "nombre")
    factor = _factor(match[4], mesure)
    if not first or not second or first.valeur is None or second.valeur is None or factor is None:
        return None
    value = first.valeur * second.valeur * factor
    if mesure == "jours":
        return NombreLu(text, value)
    return NombreLu(
        text, value, "hypothese", f"{write_nombre(first.valeur)} fois {write_nombre(second.valeur * factor)}"
    )


def _added(text: str, mesure: Mesure) -> NombreLu | None:
    """« 12 + 3 »."""
    parts = [_bare(part.strip(), mesure) for part in text.split("+")] if _SUM.fullmatch(text) else []
    values = [part.valeur for part in parts if part and part.valeur is not None]
    if len(values) < 2 or len(values) < len(parts):
        return None
    return NombreLu(text, sum(values, Decimal(0)), "hypothese", "une somme")


def _loose(text: str, mesure: Mesure) -> NombreLu | None:
    """A number among words: about so many, so many of something, so many (and a remark), so many a year."""
    why, bare = "", text
    for pattern, reason in ((_ASIDE, "sans la parenthèse"), (_ABOUT, "environ"), (_ABOUT_AFTER, "environ")):
        if (shorter := pattern.sub("", bare)) != bare:
            why, bare = why or reason, shorter.strip()
    if period := _PER.search(bare):
        values = _values(read_nombre(_PER.sub("", bare), mesure))
        return (
            NombreLu(text, None, "douteux", f"par {period['duree'] or 'an'}, sans dire combien", values)
            if values
            else None
        )
    if mesure == "jours" and (posts := _POSTS.fullmatch(bare)):
        return NombreLu(text, None, "douteux", "des ETP : combien de jours ?", _values(_bare(posts[1].strip(), mesure)))
    if why and (
        found := _exact(bare, mesure) or _ranged(bare, mesure) or _multiplied(bare, mesure) or _spelt(bare, mesure)
    ):
        return found if found.valeur is None else found._replace(certitude="hypothese", pourquoi=why)
    match = _WITH_UNIT.fullmatch(bare)
    word = match[2].strip(" .") if match else ""
    if match is None or mesure != "entier" or not re.fullmatch(r"[a-z][a-z' -]+", word) or word in _OTHER_UNITS:
        return None
    found = _bare(match[1].strip(), mesure)
    if found is None or found.valeur is None:
        return found
    return found._replace(certitude="hypothese", pourquoi=f"sans le mot « {word} »")


def _values(found: NombreLu | None) -> tuple[Decimal, ...]:
    return (found.valeur,) if found and found.valeur is not None else ()


_OTHER_UNITS = frozenset(word for mesure, words in UNITS.items() if mesure != "entier" for word in words)


def _spelt(text: str, mesure: Mesure) -> NombreLu | None:
    """« une dizaine de postes », « douze »."""
    match = _SPELT.fullmatch(text)
    if match is None or (_factor(match[2] or "", mesure) is None and mesure != "entier"):
        return None
    factor = _factor(match[2] or "", mesure) or Decimal(1)
    return NombreLu(text, SPELT[match[1]] * factor, "hypothese", "écrit en lettres")
