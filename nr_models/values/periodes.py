"""Days, months, quarters, years as people and tools write them: the first and the last day that they mean.

A spreadsheet changes what is typed: « Mai 2027 » becomes a day, 2019 in a cell of dates the year 1905, a day
the number 43466. Each is what the person typed, where only one thing can have been.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from typing import Literal, NamedTuple

from nr_models.values.text import fold, tidy

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_ENGLISH = (
    *("january", "february", "march", "april", "may", "june", "july", "august"),
    *("september", "october", "november", "december"),
)
_NAMED = tuple((name, number) for names in (MONTHS, _ENGLISH) for number, name in enumerate(map(fold, names), start=1))
_ABBREVIATED = 3  # letters under which a month is not recognised

Ordre = Literal["jour", "mois"]


class Periode(NamedTuple):
    """What a date stands for: its first and last day; ``pourquoi`` says in French what had to be supposed."""

    saisie: str
    debut: date
    fin: date
    pourquoi: str = ""

    @property
    def annee(self) -> int:
        """The year; of several, the one in the middle."""
        return (self.debut.year + self.fin.year) // 2

    @property
    def annee_sure(self) -> bool:
        """True when nothing had to be supposed of the year itself: « été 2019 » is in 2019, « vers 2019 » may not."""
        return self.debut.year == self.fin.year and self.pourquoi not in _OF_THE_YEAR

    @property
    def jour(self) -> date | None:
        """The day, where it is one."""
        return self.debut if self.debut == self.fin else None

    @property
    def supposee(self) -> bool:
        """True when it must be shown to be confirmed."""
        return bool(self.pourquoi) or self.debut.year != self.fin.year


_ABOUT, _EARLIER = "« environ »", "« avant »"
_OF_THE_YEAR = (_ABOUT, _EARLIER)
"""What is supposed of the year and not only of the day in it."""
_ZERO_DAYS = ("0000-00-00", "1970-01-01", "1899-12-30", "1899-12-31", "1900-01-00", "1900-01-01", "1904-01-01")
_NO_DAY = re.compile(
    rf"(?:{'|'.join(_ZERO_DAYS)}|0001-01-01|9999-12-31|00[/.-]00[/.-](?:0000|00)|0?1/0?1/1970)(?:[ t][0:.z]*)?"
)
_EPOCH = date(1899, 12, 30)
"""Day 0 of the spreadsheets' count of days, which holds 29 February 1900: right from March 1900 on."""
_SERIALS = (25_569, 73_415)
"""From 1970 to 2100: a number between is a day of a spreadsheet."""
_YEARS = (1950, 2100)
_CENTURY_PIVOT = 70
_MONTHS = 12
_QUARTER, _HALF = 3, 6
_ISO = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})(?:[ t].*)?")
_NUMERIC = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})(?:(?:[ t]| a )\d.*)?")
_NAMED_DAY = re.compile(r"(\d{1,2})(?:er)?[ -]([a-z]+)\.?[ -](\d{4}|\d{2})(?: \d.*)?")
_ENGLISH_DAY = re.compile(r"([a-z]+)\.? (\d{1,2})(?:st|nd|rd|th)?, (\d{4})")
_MONTH = re.compile(r"([a-z]+)\.? ?[-/ ]? ?(\d{4})|([a-z]+)\.?[-/](\d{2})")
_MONTH_NUMBER = re.compile(r"(?P<mois>\d{1,2})[/-](?P<an>\d{4})|(?P<an2>\d{4})[/-](?P<mois2>\d{1,2})")
_ORDINAL = {"premier": 1, "1er": 1, "deuxieme": 2, "second": 2, "troisieme": 3, "quatrieme": 4, "dernier": 0}
_PART = re.compile(
    r"(?:(?:t|q)\s?(?P<t>[1-4])|(?P<t2>[1-4])\s?t|s\s?(?P<s>[12])|(?P<s2>[12])\s?s"
    r"|(?P<n>[1-4])\s?(?:er|re|e|eme|nd|nde)?\s(?P<u>trim(?:estre|\.)?|sem(?:estre|\.)?)"
    r"|(?P<mot>premier|deuxieme|second|troisieme|quatrieme|dernier)\s(?P<u2>trimestre|semestre))"
)
_OF = r"(?:\s|\s?[-/]\s?|\s(?:de|en|d')\s?)?\s?(?:l'annee\s)?"
_PART_OF_YEAR = re.compile(
    rf"(?P<part>{_PART.pattern}){_OF}(?P<an>\d{{4}}|\d{{2}})|(?P<an0>\d{{4}})[\s/-]?(?P<part0>[tqs]\s?[1-4])"
)
_SEASONS: dict[str, tuple[tuple[int, int], tuple[int, int]]] = {
    "printemps": ((3, 21), (6, 20)),
    "ete": ((6, 21), (9, 20)),
    "automne": ((9, 21), (12, 20)),
    "hiver": ((12, 21), (3, 20)),
    "rentree": ((9, 1), (9, 30)),
    "rentree scolaire": ((9, 1), (9, 30)),
}
_SEASON = re.compile(
    rf"({'|'.join(sorted(_SEASONS, key=len, reverse=True))}) (?:de )?(\d{{4}})(?:[-/](?:\d{{4}}|\d{{2}}))?"
)
_PIECES = {"debut": (1, 4), "mi": (5, 8), "milieu": (5, 8), "fin": (9, 12)}
"""Of a year; of a month, ten days each."""
_PIECE = re.compile(r"(debut|mi|milieu|fin)[ -](?:de |d')?(?:l'annee )?(.+)")
_PLAIN_WORDS = re.compile(
    r"^(?:(?:le|en|annee|exercice|l'annee|(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche)) )+"
)
_LOOSE_WORDS = re.compile(
    r"^(?:(?:courant|des|depuis|a partir du?e?|d'ici a|d'ici le|d'ici|jusqu'en|jusqu'au?|vers|environ|env\.?|approx\.?|"
    r"ca\.?|circa|pour|au plus tard le|au plus tard|estime a) |~ ?)+"
    r"|\s(?:environ|\(estimation\)|\(estime\))$|\s?\?$"
)
_BEFORE = re.compile(r"(?:avant|anterieur a|<)\s?(\d{4})")
_RANGE = re.compile(r"(?:entre |de |du )?(.+?)(?:\s?-\s?| a | au | et |/)(.+)")


def read_period(typed: str | float | None, ordre: Ordre = "jour") -> Periode | None:
    """What a date stands for, or None when it says none: blank, no date, or a tool's zero (``is_zero_day``).

    >>> read_period("T2 2028").fin
    datetime.date(2028, 6, 30)
    """
    if typed is None or isinstance(typed, bool):
        return None
    saisie = " ".join(typed.split()) if isinstance(typed, str) else f"{typed:.10g}"
    text = tidy(saisie)
    found = None if is_zero_day(text) else _read(_PLAIN_WORDS.sub("", text), ordre)
    return found._replace(saisie=saisie) if found else None


def is_zero_day(typed: object) -> bool:
    """True for what tools write where they have no date: 1970-01-01, 00/00/0000."""
    return isinstance(typed, str) and bool(_NO_DAY.fullmatch(tidy(typed)))


def decide_order(typed: Iterable[object]) -> Ordre:
    """Whether the dates of a column start with the day or with the month; the day, as in French, if unsure."""
    pairs = _pairs(typed)
    day_first = sum(first > _MONTHS for first, _ in pairs)
    month_first = sum(second > _MONTHS for _, second in pairs)
    return "mois" if month_first > day_first else "jour"


def is_ambiguous(typed: Iterable[object]) -> bool:
    """True when nothing in a column of dates tells the day from the month."""
    pairs = _pairs(typed)
    return any(first != second for first, second in pairs) and all(max(pair) <= _MONTHS for pair in pairs)


def _pairs(typed: Iterable[object]) -> set[tuple[int, int]]:
    texts = {item for item in typed if isinstance(item, str)}
    return {(int(match[1]), int(match[2])) for text in texts if (match := _NUMERIC.fullmatch(tidy(text)))}


def _read(text: str, ordre: Ordre) -> Periode | None:
    """The first way of reading that fits."""
    for read in _READERS:
        if found := read(text, ordre):
            return found
    return None


def _of_days(text: str, first: date, last: date, why: str = "") -> Periode:
    return Periode(text, first, last, why)


def _of_months(text: str, year: int, first: int, last: int, why: str = "") -> Periode | None:
    """From the first day of a month to the last of another; None where there are no such months."""
    if not (1 <= first <= last <= _MONTHS and 1 <= year <= date.max.year):
        return None
    return Periode(text, date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1]), why)


def _of_day(text: str, year: int, month: int, day: int, why: str = "") -> Periode | None:
    try:
        found = date(year, month, day)
    except ValueError:
        return None
    return Periode(text, found, found, why)


def _full(year: str) -> int:
    """« 19 » is 2019, « 98 » is 1998."""
    number = int(year)
    return number if len(year) > 2 else number + (2000 if number < _CENTURY_PIVOT else 1900)


def _month_number(word: str) -> int | None:
    """1 to 12 for a month's name or an abbreviation that means only one (« janv », « sept »), else None."""
    named = {number for name, number in _NAMED if name == word}
    begun = {number for name, number in _NAMED if name.startswith(word)} if len(word) >= _ABBREVIATED else set()
    found = named or begun
    return found.pop() if len(found) == 1 else None


def _digits(text: str, ordre: Ordre) -> Periode | None:
    """A year, « 2020.0 », the number of a day of a spreadsheet, 20260512."""
    match = re.fullmatch(r"(\d+)(?:[.,](\d+))?", text)
    if match is None:
        return None
    number, rest = int(match[1]), match[2] or ""
    if _YEARS[0] <= number <= _YEARS[1] and not rest.strip("0"):
        return _of_months(text, number, 1, _MONTHS)
    if _SERIALS[0] < number <= _SERIALS[1]:
        day = _EPOCH + timedelta(days=number)
        return _of_days(text, day, day)
    if len(match[1]) == 8 and not rest and _YEARS[0] <= number // 10_000 <= _YEARS[1]:
        return _of_day(text, number // 10_000, number // 100 % 100, number % 100)
    return None


def _iso(text: str, ordre: Ordre) -> Periode | None:
    """2026-05-12, with an hour or not; a day of 1905 is a year typed in a cell of dates."""
    match = _ISO.fullmatch(text)
    found = _of_day(text, int(match[1]), int(match[2]), int(match[3])) if match else None
    if found is None or found.debut.year != 1905:
        return found
    serial = (found.debut - _EPOCH).days
    return _of_months(text, serial, 1, _MONTHS) if _YEARS[0] <= serial <= _YEARS[1] else None


def _numeric(text: str, ordre: Ordre) -> Periode | None:
    """12/05/2026 and 12.05.26, in the order of the column; the other order where only it can be."""
    match = _NUMERIC.fullmatch(text)
    if match is None:
        return None
    first, second, year = int(match[1]), int(match[2]), _full(match[3])
    day, month = (first, second) if ordre == "jour" else (second, first)
    if month > _MONTHS >= day:
        return _of_day(text, year, day, month, f"{'le mois' if ordre == 'jour' else 'le jour'} d’abord")
    return _of_day(text, year, month, day)


def _named(text: str, ordre: Ordre) -> Periode | None:
    """12 mai 2026, 1er juin 2026, 12-mai-26, May 12, 2026."""
    if match := _NAMED_DAY.fullmatch(text):
        day, word, year = match.groups()
    elif match := _ENGLISH_DAY.fullmatch(text):
        word, day, year = match.groups()
    else:
        return None
    month = _month_number(word)
    return None if month is None else _of_day(text, _full(year), month, int(day))


def _month(text: str, ordre: Ordre) -> Periode | None:
    """Mai 2027, mars-19, 05/2027, 2027-05."""
    if match := _MONTH.fullmatch(text):
        month, year = _month_number(match[1] or match[3]), _full(match[2] or match[4])
        return None if month is None else _of_months(text, year, month, month)
    if match := _MONTH_NUMBER.fullmatch(text):
        month, year = int(match["mois"] or match["mois2"]), int(match["an"] or match["an2"])
        return _of_months(text, year, month, month)
    return None


def _part(text: str, ordre: Ordre) -> Periode | None:
    """T2 2028, 2e trimestre 2028, S2 2026."""
    match = _PART_OF_YEAR.fullmatch(text)
    if match is None:
        return None
    year = _full(match["an"] or match["an0"])
    part = _PART.fullmatch(match["part"] or match["part0"])
    if part is None:
        return None
    half = bool(part["s"] or part["s2"] or (part["u"] or part["u2"] or "").startswith("sem"))
    length = _HALF if half else _QUARTER
    count = _MONTHS // length
    said = part["t"] or part["t2"] or part["s"] or part["s2"] or part["n"]
    rank = int(said) if said else _ORDINAL[part["mot"]] or count
    return _of_months(text, year, (rank - 1) * length + 1, rank * length) if rank <= count else None


def _season(text: str, ordre: Ordre) -> Periode | None:
    """Été 2027, rentrée 2026: everybody's own; an hypothesis."""
    match = _SEASON.fullmatch(text)
    if match is None or not 1 <= int(match[2]) < date.max.year:
        return None
    (month, day), (last_month, last_day) = _SEASONS[match[1]]
    year = int(match[2])
    last = date(year + (last_month < month), last_month, last_day)
    return _of_days(
        text, date(year, month, day), last, f"« {match[1]} »".replace("ete", "été").replace("rentree", "rentrée")
    )


def _piece(text: str, ordre: Ordre) -> Periode | None:
    """Début 2026, mi-2026, fin mars 2026."""
    match = _PIECE.fullmatch(text)
    whole = _read(match[2], ordre) if match else None
    if match is None or whole is None or whole.pourquoi:
        return None
    first, last = _PIECES[match[1]]
    if whole.debut.year == whole.fin.year and (whole.debut.month, whole.fin.month) == (1, _MONTHS):
        return _of_months(text, whole.debut.year, first, last, f"« {match[1]} »")
    if (whole.debut.year, whole.debut.month) != (whole.fin.year, whole.fin.month) or whole.jour:
        return None
    days = {1: (1, 10), 5: (11, 20), 9: (21, whole.fin.day)}[first]
    return _of_days(text, whole.debut.replace(day=days[0]), whole.debut.replace(day=days[1]), f"« {match[1]} »")


def _before(text: str, ordre: Ordre) -> Periode | None:
    """Avant 2015: 2014 at the latest."""
    match = _BEFORE.fullmatch(text)
    year = int(match[1]) - 1 if match else 0
    return _of_months(text, year, 1, _MONTHS, _EARLIER) if _YEARS[0] < year <= _YEARS[1] else None


def _loose(text: str, ordre: Ordre) -> Periode | None:
    """Vers 2015, courant 2026, 2019 ?"""
    bare = _LOOSE_WORDS.sub("", text)
    found = _read(_PLAIN_WORDS.sub("", bare), ordre) if bare != text else None
    return found._replace(pourquoi=found.pourquoi or _ABOUT) if found else None


def _ranged(text: str, ordre: Ordre) -> Periode | None:
    """2018-2020, 2018-19, mars 2026 à juin 2026, entre 2018 et 2020: from the first to the last."""
    match = _RANGE.fullmatch(text)
    if match is None:
        return None
    first = _read(match[1], ordre)
    end = match[2] if len(match[2]) > 2 or not re.fullmatch(r"\d{4}", match[1]) else f"{match[1][:2]}{match[2]}"
    last = _read(end, ordre) if first and re.search(r"\d{4}", match[1]) else None
    if first is None or last is None or last.fin < first.debut:
        return None
    return _of_days(text, first.debut, last.fin, "une période")


_READERS: tuple[Callable[[str, Ordre], Periode | None], ...] = (
    _digits,
    _iso,
    _numeric,
    _named,
    _month,
    _part,
    _season,
    _piece,
    _before,
    _loose,
    _ranged,
)
