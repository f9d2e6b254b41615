"""What a label says: the leading noun decides, its complements do not; what stays in doubt is asked.

« Station d’accueil pour ordinateur portable » is a docking station, « support écran » an accessory, « PC fixe + écran »
two devices, « portable » a laptop or a telephone: settled by the model, the title of the file, the neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple

from nr_models.referentiel.facteurs import Facteurs
from nr_models.values.text import fold
from tasks.stages.collect.vocabulaire import Vocabulaire, load_vocabulaire

_PARTS = re.compile(r"\s*\+\s*|\s+&\s+|\s+et\s+|\s+and\s+|\s+und\s+|\s*/\s*")
_JOINED = re.compile(r"[/+]")
_LEVELS = re.compile(r"\s*>\s*|\s*\\\s*")
_ASIDE = re.compile(r"\(([^()]*)\)|\[([^\[\]]*)\]")
_TOKEN = re.compile(r"[a-z0-9]+|[,;:|/+]|(?<=\s)-(?=\s)")
_STOPS = frozenset(",;:|-/+")
_COUNTED = re.compile(
    r"(?:lot de |achat de |achat |acquisition de |acquisition |fourniture de )?(\d{1,4})\s*(?:x\s|\*\s?)?\s*(?=[a-z])"
)
_SIZES = re.compile(r"\d+([.,]\d+)?\s*(pouces?|\"|''|inch(es)?|\bp\b|cm|go|gb|to|tb|ports?)\b")
_LONGEST = 7
_DEVICE, _DOUBT, _SEVERAL = "appareil", "ambigu", "ensemble"

Certitude = Literal["dit", "deduit"]


class Sens(NamedTuple):
    """What a label says: ``slugs`` its categories (several for « PC fixe + écran », the words of each in ``parts``), or
    the ``nature`` of what is counted apart, or what it may be (``options``); nothing of all that when it is unknown.

    ``nombre`` is a number that starts the label (« 12 PC portables »); ``certitude`` tells what was only deduced.
    """

    slugs: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    nature: str = ""
    options: tuple[str, ...] = ()
    nombre: int | None = None
    certitude: Certitude = "dit"

    @property
    def is_known(self) -> bool:
        """True when the label says something by itself."""
        return bool(self.slugs or self.nature)


class _Word(NamedTuple):
    """A name found in a label: its kind, and what it stands for."""

    kind: str
    slugs: tuple[str, ...]


class Categories:
    """Every name of every category and of what is none, asked many times over one inventory."""

    def __init__(self, facteurs: Facteurs, vocabulaire: Vocabulaire | None = None) -> None:
        said = vocabulaire or load_vocabulaire()
        known = {item.slug for item in facteurs.categories}
        self._words: dict[tuple[str, ...], _Word] = {}
        for item in said.ambigus:
            self._add(item.mots, _DOUBT, item.peut_etre, known)
        for several in said.ensembles:
            self._add(several.mots, _SEVERAL, several.sont, known)
        for nature, words in said.natures.items():
            self._add(words.mots, nature, (), known)
        for category in facteurs.categories:
            self._add((category.slug, category.nom, *category.synonymes), _DEVICE, (category.slug,), known)
            self._add(said.noms.get(category.slug, ()), _DEVICE, (category.slug,), known)
        self._models = _lexicon((slug, names) for slug, names in said.modeles.items() if slug in known)
        self._brands = _lexicon(said.marques.items())
        self._titles = _lexicon(said.metiers.items())
        self._trade_of = {slug: trade for trade, slugs in said.metier_des_categories.items() for slug in slugs}
        self._links = frozenset(said.liaisons)
        self._light = frozenset(_stem(word) for word in said.transparents)
        self._natures = frozenset(said.natures)
        self.names = {item.slug: item.nom for item in facteurs.categories}
        self.names_of_natures = {slug: item.nom for slug, item in said.natures.items()}
        self._known: dict[str, Sens] = {}

    def _add(self, names: Iterable[str], kind: str, slugs: Sequence[str], known: set[str]) -> None:
        """Ambiguous words are added first: a name of the référentiel that is one of them stays in doubt."""
        kept = tuple(slug for slug in slugs if slug in known)
        for name in names:
            words = tuple(_stem(word) for word in re.findall(r"[a-z0-9]+", fold(name)))
            if words and (kept or not slugs):
                self._words.setdefault(words, _Word(kind, kept))

    def find(self, text: str) -> str | None:
        """« PC portable Dell 14 pouces » → « ordinateur-portable »; None when it is not one category for sure."""
        found = self.judge(text)
        return found.slugs[0] if len(found.slugs) == 1 else None

    def judge(self, text: str) -> Sens:
        """What a label says by itself."""
        if text not in self._known:
            self._known[text] = self._judge(text)
        return self._known[text]

    def find_model(self, text: str) -> str | None:
        """The category of a model (« HP EliteBook 840 » → « ordinateur-portable »), or None."""
        return _first(self._models, _tokens(text))

    def find_trade(self, *texts: str) -> str | None:
        """The trade that makers, titles or a remark tell (« Flotte mobile » → « telephone »), or None."""
        for text in texts:
            tokens = [token for token in _tokens(text) if token not in _STOPS]
            slug = _first(self._models, tokens)
            trade = self._trade_of.get(slug) if slug else None
            trade = trade or _first(self._titles, tokens) or _first(self._brands, tokens)
            if trade and trade != "autres":
                return trade
        return None

    def trade_of(self, slug: str) -> str | None:
        """The trade of a category."""
        return self._trade_of.get(slug)

    def _judge(self, text: str) -> Sens:
        folded = fold(text)
        exact = self._words.get(tuple(_stem(word) for word in re.findall(r"[a-z0-9]+", folded)))
        if exact and exact.kind == _DEVICE and not _JOINED.search(folded):
            return Sens(exact.slugs)
        levels = [item for item in _LEVELS.split(folded) if item]
        if len(levels) > 1:
            last, joined = self.judge(levels[-1]), self.judge(" ".join(levels[-2:]))
            return last if last.is_known else joined
        aside = " ".join(one or other for one, other in _ASIDE.findall(folded))
        bare = _SIZES.sub(" ", _ASIDE.sub(" ", folded)).strip()
        count = None
        if (match := _COUNTED.match(bare)) and not self._starts(_tokens(bare)):
            count, bare = int(match[1]), bare[match.end() :]
        found = self._judge_parts(bare)
        if not found.is_known and aside:
            found = self._with_aside(found, bare, aside)
        return found._replace(nombre=count)

    def _with_aside(self, found: Sens, bare: str, aside: str) -> Sens:
        """« Ordinateur (portable) »: what is in brackets helps a doubtful name, and decides nothing else."""
        whole = self._judge_parts(f"{bare} {aside}")
        if whole.slugs and not whole.nature and (found.options or not bare):
            return whole
        return self.settle(found, aside) if found.options else found

    def settle(self, found: Sens, *beside: str, trade: str | None = None) -> Sens:
        """A doubtful label settled by what stands beside it, or as it was."""
        options = found.options
        model = next((slug for text in beside if (slug := self.find_model(text))), None)
        if model and model in options:
            return Sens((model,), nombre=found.nombre, certitude="deduit")
        trade = (self._trade_of.get(model) if model else None) or self.find_trade(*beside) or trade
        fits = [slug for slug in options if trade and self._trade_of.get(slug) == trade]
        if len(options) == 1 and trade == "informatique":
            fits = []  # « disque dur portable » among computers may still be a part of one
        return Sens((fits[0],), nombre=found.nombre, certitude="deduit") if len(fits) == 1 else found

    def _judge_parts(self, text: str) -> Sens:
        whole = self._judge_phrase(text)
        pieces = [item for item in _PARTS.split(text) if item.strip()]
        if len(pieces) < 2 or self._covers(text):
            return whole
        each = [(item, found) for item in pieces if (found := self._judge_phrase(item)).is_known or found.options]
        devices = [(item, found) for item, found in each if found.slugs]
        slugs = tuple(slug for _, found in devices for slug in found.slugs)
        if not devices or not each[0][1].slugs:
            return whole if whole.is_known or whole.options or not each else each[0][1]
        if len(set(slugs)) == 1:
            return devices[0][1]
        if "/" in text:
            return Sens(options=tuple(dict.fromkeys(slugs)))
        return Sens(slugs, tuple(item for item, found in devices for _ in found.slugs))

    def _covers(self, text: str) -> bool:
        """True when the longest name covers a « et »: « clavier et souris », « imprimante noir et blanc »."""
        tokens = _tokens(text)
        found = self._starts(tokens)
        return (
            found is not None
            and found[0].kind in (_SEVERAL, *self._natures)
            and any(token in ("et", "and") for token in tokens[: found[1]])
        )

    def _starts(self, tokens: Sequence[str], start: int = 0) -> tuple[_Word, int] | None:
        """The longest name that starts there, and how many words it takes."""
        for length in range(min(_LONGEST, len(tokens) - start), 0, -1):
            if found := self._words.get(tuple(tokens[start : start + length])):
                return found, length
        return None

    def _judge_phrase(self, text: str) -> Sens:
        """The noun phrase before the first complement: its first name decides, or the last one in English."""
        tokens = _tokens(text)
        found: list[_Word] = []
        strange = False
        place = 0
        while place < len(tokens):
            match = self._starts(tokens, place)
            if match:
                found.append(match[0])
                place += match[1]
                continue
            token = tokens[place]
            if token in self._links or token in _STOPS:
                if found:
                    break
                if strange and token in self._links:
                    return self._of_model(tokens, Sens())
                strange = strange and token not in _STOPS
            elif not found:
                strange = strange or not self._is_light(token)
            place += 1
        return self._conclude(found, tokens, strange)

    def _conclude(self, found: Sequence[_Word], tokens: Sequence[str], strange: bool) -> Sens:
        if not found:
            return self._of_model(tokens, Sens())
        word = found[-1] if tokens[-1] in _ENGLISH_HEADS else found[0]
        if word.kind == _DOUBT:
            word = next((item for item in found if item.kind != _DOUBT), word)
        if word.kind in self._natures:
            return Sens(nature=word.kind)
        if strange or word.kind == _DOUBT:
            return self._of_model(tokens, Sens(options=word.slugs))
        return Sens(word.slugs, tuple(_said(slug) for slug in word.slugs) if word.kind == _SEVERAL else ())

    def _of_model(self, tokens: Sequence[str], otherwise: Sens) -> Sens:
        model = _first(self._models, tokens)
        if model and (not otherwise.options or model in otherwise.options):
            return Sens((model,), certitude="deduit")
        return otherwise

    def _is_light(self, token: str) -> bool:
        """True for a word that changes nothing to the name after it: an adjective, a maker, a reference, a number."""
        return (
            token in self._light or any(char.isdigit() for char in token) or (token,) in self._brands or len(token) < 2
        )


_ENGLISH_HEADS = frozenset(
    (
        *("monitor", "keyboard", "mouse", "printer", "dock", "docking", "phone", "projector", "charger", "bag", "case"),
        *("sleeve", "cover", "pouch", "stand", "mount", "arm", "cable", "cord", "adapter", "battery", "filter", "lamp"),
        *("protector", "remote", "lock", "license", "software", "cartridge", "toner", "drum", "ink", "rack", "cabinet"),
        *("trolley", "cart", "bracket", "holder", "warranty", "memory", "headset", "speaker", "scanner", "stylus"),
    )
)
"""In English the last noun is the head: « laptop keyboard » is a keyboard."""


def _said(slug: str) -> str:
    return slug.replace("-", " ")


def _stem(word: str) -> str:
    """A word without a plural's final s or x."""
    return word[:-1] if len(word) > 3 and word[-1] in "sx" else word


def _tokens(text: str) -> list[str]:
    return [_stem(token) for token in _TOKEN.findall(fold(text))]


def _lexicon(entries: Iterable[tuple[str, Iterable[str]]]) -> dict[tuple[str, ...], str]:
    found: dict[tuple[str, ...], str] = {}
    for value, names in entries:
        for name in names:
            found.setdefault(tuple(_tokens(name)), value)
    return found


def _first(lexicon: dict[tuple[str, ...], str], tokens: Sequence[str]) -> str | None:
    """The value of the longest name found anywhere, the first of equal ones."""
    bare = [token for token in tokens if token not in _STOPS]
    for length in range(min(4, len(bare)), 0, -1):
        for start in range(len(bare) - length + 1):
            if value := lexicon.get(tuple(bare[start : start + length])):
                return value
    return None
