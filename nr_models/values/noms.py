"""The forms of a person's name, and where they stand in a text.

One rule for who is erased and for what is diffused. Texts are compared without accents nor case, with one
joint for blanks, hyphens and apostrophes; what is replaced is found back in the text as it was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property

SAME = str.maketrans(
    {
        **dict.fromkeys("’‘ʼ′´", "'"),
        **dict.fromkeys("\u2010\u2011\u2212", "-"),
        **dict.fromkeys("œŒ", "oe"),
        **dict.fromkeys("æÆ", "ae"),
        **dict.fromkeys("øØ", "o"),
        **dict.fromkeys("łŁ", "l"),
        **dict.fromkeys("đĐ", "d"),
    }
)
"""The signs that are written in several ways, each as it is compared."""
_LETTER = r"[^\W\d_]"
_BEFORE = rf"(?:(?<![^\W_])(?<!{_LETTER}[-'])|(?<=\b[cdjlmnst]')|(?<=qu'))"
"""Not inside a longer word or name (« Marie-Anne »); « d’Anne » and « qu’Anne » are Anne all the same."""
_AFTER = rf"(?![^\W_])(?![-']{_LETTER})"
_JOINT = r"(?:\s+|[-'_.])"
_TURN = r"(?:[^\S\n]+|[-'_.])"
"""Between a family name and the given name after it: two lines of a list are two people."""

_PARTICLES = frozenset(
    {"d", "da", "de", "del", "den", "der", "des", "di", "dos", "du", "l", "la", "le", "les", "van", "von"}
)
_SHORT = ("m", "mm", "me", "dr", "pr")
"""Also a pronoun, a unit, an abbreviation: without its dot, one of these is a civility with a capital alone."""
_LONG = (
    *("mr", "monsieur", "messieurs", "mme", "mmes", "madame", "mesdames"),
    *("mlle", "mlles", "mademoiselle", "mesdemoiselles"),
    *("docteur", "docteure", "maitre", "professeur", "professeure"),
)
_TITLE = (
    r"(?:(?:vice[-\s])?presidente?|maire|adjointe?|directeur|directrice|conseill(?:er|ere)|deputee?|senat(?:eur|rice)"
    r"|prefete?|ministre|elue?|referente?|secretaire|responsable|chef(?:fe)?|dgs|dga?|dsi|dpo|rssi|drh|daf)"
)
_TAIL = (
    r"(?:generale?|municipale?|deleguee?|adjointe?|communautaire|departementale?|regionale?|technique|informatique"
    r"|numerique|des\sservices|de\smairie|du\snumerique)"
)
_CIVILITY = (
    rf"(?:(?P<bref>{'|'.join(_SHORT)})\s+|(?:{'|'.join(_SHORT)})\.\s*|(?:{'|'.join(_LONG)})(?:\.\s*|\s+|[-_]))"
    rf"(?:(?:l[ea]\s+|l'\s?)(?:(?:1ere?|1re|premiere?)\s+)?{_TITLE}(?:\s+{_TAIL})*\s+)?"
)
_SEVERAL = r"(?:mm|messieurs|mmes|mesdames|mlles)(?:\.\s*|\s+)"
"""Who stands in a list after one of these has no civility of their own."""
_AND = r"(?:\s*,\s*|\s+(?:et|ou|&)\s+)"


@cache
def _plain(char: str) -> str:
    """A character as it is compared; nothing for an accent or an invisible mark of its own."""
    opened = unicodedata.normalize("NFKD", char.translate(SAME)).casefold()
    return "".join(item for item in opened if unicodedata.category(item) not in ("Mn", "Cf"))


def flatten(text: str) -> str:
    """A text as it is compared: no accent, no case, straight apostrophes and hyphens."""
    return text.lower() if text.isascii() else "".join(map(_plain, text))


def _list_origins(text: str) -> list[int]:
    """For each character of the flattened text, the place in the text of the one that it comes from."""
    return [place for place, char in enumerate(text) for _ in _plain(char)]


Words = tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Nom:
    """A name as the registry writes it, its civility left out."""

    ecrit: str

    @cached_property
    def mots(self) -> Words:
        """Its words, each in the parts that a hyphen or an apostrophe joins."""
        return tuple(parts for word in self._spelt if (parts := _split(word)))

    @property
    def parties(self) -> tuple[str, ...]:
        """Every part, in order."""
        return tuple(part for word in self.mots for part in word)

    @cached_property
    def famille(self) -> tuple[str, ...]:
        """What follows a civility, without its particles: the words in capitals where some are, else the last."""
        capitals = [word for word in self._spelt if word.isupper() and len(word) > 1]
        if not 0 < len(capitals) < len(self._spelt):
            return self.mots[-1] if self.mots else ()
        parts = [part for word in capitals for part in _split(word)]
        while len(parts) > 1 and parts[0] in _PARTICLES:
            parts.pop(0)
        return tuple(parts)

    @property
    def suite(self) -> frozenset[str]:
        """Every part that may be of the family name: a person of that name may be called by it alone."""
        return frozenset(self.famille) | {part for word in self.mots[1:] for part in word}

    @property
    def forts(self) -> tuple[str, ...]:
        """The parts that tell who it is: neither particles nor initials."""
        found = [part for part in self.parties if len(part) > 1 and part not in _PARTICLES]
        return tuple(dict.fromkeys((*found, *self.famille[-1:])))

    def turn(self) -> Iterator[tuple[Words, Words]]:
        """Every order: what comes first, and what was before it."""
        for place in range(len(self.mots)):
            yield self.mots[place:], self.mots[:place]

    def bears(self, other: Nom) -> bool:
        """True when the other is the same name, in whichever order."""
        return bool(self.parties) and any(
            tuple(part for word in (*first, *then) for part in word) == other.parties for first, then in self.turn()
        )

    def without_de(self) -> Nom:
        """« Anne La Tour » for « Anne de La Tour », as lists in order of the alphabet have it."""
        return Nom(re.sub(r"(?i)(?<!\S)(de\s+|d['’]\s?)|\s+de$", "", self.ecrit))

    @cached_property
    def _spelt(self) -> tuple[str, ...]:
        return tuple(word for word in self.ecrit.split() if flatten(word).strip(".") not in {*_SHORT, *_LONG})


def _split(word: str) -> tuple[str, ...]:
    return tuple(re.findall(r"[^\W_]+", flatten(word)))


def _write(words: Words) -> str:
    return _JOINT.join(re.escape(part) for word in words for part in word)


def _full(nom: Nom, *, partly: bool = False) -> list[str]:
    """The whole name, in every order; one word alone is too common to be looked for. « de » goes when ``partly``."""
    if len(nom.parties) < 2:
        return []
    found = [_write(first) + (_TURN + _write(then) if then else "") for first, then in nom.turn()]
    return found + (_full(bare) if partly and (bare := nom.without_de()) != nom else [])


def _leading(nom: Nom) -> str:
    """Whatever of the name may stand between a civility and the family name: given names, initials, particles."""
    initials = sorted({part[0] for part in nom.parties} - set(nom.parties))
    spelt = rf"(?:{'|'.join(map(re.escape, dict.fromkeys(nom.parties)))}){_JOINT}"
    return rf"(?:{spelt}|[{re.escape(''.join(initials))}]\.[-\s]*)*" if initials else rf"(?:{spelt})*"


def _called(nom: Nom, *, partly: bool) -> str:
    """What follows a civility: the family name and what surrounds it; any word of the name when ``partly``."""
    strong = "|".join(map(re.escape, sorted(nom.forts, key=len, reverse=True)))
    if partly:
        return rf"{_leading(nom)}(?:{strong})"
    return rf"{_leading(nom)}{_write((nom.famille,))}(?:{_TURN}(?:{strong}))*"


def _initials(nom: Nom) -> str:
    """« A.-M. Morvannec »; nothing for a name in one word."""
    given = [part for part in nom.parties if part not in nom.famille and part not in _PARTICLES]
    if not given:
        return ""
    letters = rf"{re.escape(given[0][0])}\.(?:[-\s]?[{re.escape(''.join(part[0] for part in given))}]\.)*\s*"
    particles = "".join(rf"(?:{part}{_JOINT})?" for part in nom.parties if part in _PARTICLES)
    return letters + particles + _write((nom.famille,))


class Recherche:
    """Looks for people in texts, and for nobody else.

    ``autres`` are names and addresses never to be touched: a longer name that holds theirs, and a family name
    that somebody else bears is no longer theirs alone. ``partly`` looks wider, where hiding too much costs less
    than naming: any word of a name after a civility, and the longer name that a hyphen makes of one.
    """

    def __init__(self, noms: Iterable[str], autres: Iterable[str] = (), *, partly: bool = False) -> None:
        people = [nom for ecrit in dict.fromkeys(noms) if (nom := Nom(ecrit)).parties]
        others = tuple(dict.fromkeys(autres))
        known = [nom for ecrit in others if "@" not in ecrit and (nom := Nom(ecrit)).parties]
        alone = [nom for nom in people if not any(set(nom.famille) <= other.suite for other in known)]
        near = [other for other in known if any(_is_near(nom, other) for nom in people)]
        self.needles = {part for nom in people for part in (nom.forts if partly else nom.famille[-1:])}
        self._pattern = _compile(
            autre=[*(re.escape(flatten(item)) for item in others if "@" in item), *_protect(near)],
            civil=[_called(nom, partly=partly) for nom in alone],
            initiales=[form for nom in alone if (form := _initials(nom))],
            nom=[form for nom in people for form in _full(nom, partly=partly)],
            joined=partly,
        )

    def may_name(self, text: str) -> bool:
        """False when a text, even quoted or encoded as JSON, names none of them: quicker than to look for them."""
        flat = flatten(text)
        return any(needle in flat for needle in self.needles)

    def replace(self, text: str, other: str) -> str:
        """The text with ``other`` in their place, and every other character as it was."""
        if not self.may_name(text):
            return text
        found, done = [], 0
        for start, end in self._find(text):
            found += [text[done:start], other]
            done = end
        return "".join((*found, text[done:])) if found else text

    def _find(self, text: str) -> Iterator[tuple[int, int]]:
        flat, origins, place = flatten(text), _list_origins(text), 0
        while match := self._pattern.search(flat, place):
            start, end = origins[match.start()], origins[match.end() - 1] + 1
            lower = (match["bref"] or match["initiales"]) and not text[start].isupper()
            place = match.start() + 1 if lower else match.end()
            while end < len(text) and unicodedata.combining(text[end]):
                end += 1
            if not lower and not match["autre"]:
                yield start, end


def _is_near(nom: Nom, other: Nom) -> bool:
    """True when the other name may hold this one, and is not a part of it."""
    longer = len(other.parties) > len(nom.parties) or not set(other.parties) <= set(nom.parties)
    return longer and not set(nom.forts).isdisjoint(other.forts)


def _protect(near: list[Nom]) -> list[str]:
    forms = [form for nom in near for form in _full(nom)]
    return [rf"(?:{_CIVILITY.replace('?P<bref>', '?:')})?(?:{'|'.join(_longest(forms))})"] if forms else []


def _longest(forms: Iterable[str]) -> list[str]:
    return sorted(set(forms), key=lambda form: (-len(form), form))


def _compile(
    *, autre: list[str], civil: list[str], initiales: list[str], nom: list[str], joined: bool
) -> re.Pattern[str]:
    nothing = "(?!)"
    head, tail = (r"(?:[^\W_]+-)*", r"(?:-[^\W_]+)*") if joined else ("", "")
    either = {
        key: "|".join(_longest(forms)) or nothing
        for key, forms in (("autre", autre), ("civil", civil), ("initiales", initiales), ("nom", nom))
    }
    called = f"(?:{either['civil']}){tail}"
    several = f"{_SEVERAL}{called}(?:{_AND}{called})+" if joined else nothing
    return re.compile(
        rf"{_BEFORE}(?:(?P<autre>{either['autre']})|{several}|{_CIVILITY}{called}"
        rf"|(?P<initiales>{either['initiales']}){tail}|{head}(?:{either['nom']}){tail}){_AFTER}"
    )
