"""What may be diffused: texts without the names and addresses of the people of a dossier."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nr_models.registre import Entree, Personne
from tasks.decks.page import Clean
from tasks.decks.words import typeset

_SOMEONE = "une personne"
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+")
_CIVILITY = r"(?:M\.|Mr|Mme|Mlle|Monsieur|Madame)\s+"


def anonymiser(entree: Entree) -> Clean:
    """A function that writes a text for the public: every address, and every name of the dossier, is hidden.

    A surname alone is hidden only after « M. », « Mme » and the like: many surnames are plain words.
    """
    patterns = [pattern for personne in entree.personnes for pattern in _names(personne)]
    known = (
        re.compile("|".join(sorted(patterns, key=lambda item: (-len(item), item))), re.IGNORECASE) if patterns else None
    )

    def clean(text: str) -> str:
        shown = _MAIL.sub(_SOMEONE, text)
        return typeset(known.sub(_SOMEONE, shown) if known else shown)

    return clean


def _names(personne: Personne) -> Iterator[str]:
    words = [re.escape(word) for word in personne.nom.split()]
    for word in words:
        yield rf"{_CIVILITY}(?:{words[0]}\s+)?{word}\b"
    if len(words) > 1:
        yield r"\b" + r"\s+".join(words) + r"\b"
        yield r"\b" + r"\s+".join((*words[1:], words[0])) + r"\b"
