"""What an erasure puts in the place of a person: the address, the name however it is written, and nothing else.

Answers, scores and decisions stay; who gave them is no longer known. Digests of what changed follow, so
that a result whose author alone was erased is not made, nor asked, again.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count

from nr_models.dossier.registre import Entree, Personne
from nr_models.stages import STAGES
from nr_models.values.noms import Recherche, flatten
from nr_models.values.roles import Role
from nr_models.values.text import fold, slugify

NOM_EFFACE = "Personne effacée"
NOWHERE = "@effacee.invalid"
"""What the addresses of erased people end with: no mail can reach it (``.invalid``, RFC 2606)."""
_UNNAMED = slugify(NOWHERE)

MARK = 16  # digits of a commitment that tell one erased person from another
_DECIDING = frozenset({Role.EQUIPE_PROGRAMME, Role.REFERENT, Role.DG, Role.ELU_SPONSOR})
_PREFIXES = sorted(
    {
        nom.partition("*")[0]
        for stage in STAGES
        for nom in (*stage.supports, *stage.livrables, *stage.sometimes)
        if "*" in nom
    }
)
"""« trame- », « bulletin- »: what stands before a person's address in the name of a file."""


def build_pseudonym(commitment: str) -> str:
    """An address that names nobody, one for each erased person."""
    return f"personne-{commitment[:MARK]}{NOWHERE}"


def plan_names(masque: Masque, paths: Iterable[str]) -> dict[str, str]:
    """Names of files that name the person, and what each is called from now on: no two alike."""
    found: dict[str, str] = {}
    taken = set(paths)
    for path in sorted(taken):
        other = str(masque.replace(path)).replace(NOM_EFFACE, slugify(masque.pseudonyme))
        if other != path:
            stem, dot, end = other.rpartition(".")
            tries = (f"{stem} ({n}){dot}{end}" if n > 1 else other for n in count(1))
            found[path] = next(item for item in tries if item not in taken)
            taken.add(found[path])
    return found


def is_unnamed(path: str) -> bool:
    """True for a name of file that an erasure took somebody out of."""
    return _UNNAMED in path


@dataclass(frozen=True)
class Masque:
    """Replaces a person in values; ``exact`` are whole texts to replace: old digests, names of files.

    ``autres`` are the names and addresses of everybody else: none of them is touched.
    """

    mail: str
    nom: str
    pseudonyme: str
    exact: dict[str, str] = field(default_factory=dict)
    autres: Set[str] = frozenset()

    @property
    def needles(self) -> tuple[str, ...]:
        """Texts one of which stands, whatever the case, in the name of a file that names the person."""
        spelt = [sep.join(order) for order in self._orders for sep in (" ", "\u00a0", "-", "_", ".")]
        return tuple(dict.fromkeys((self.mail, slugify(self.mail), *spelt, *map(fold, spelt))))

    @property
    def slugs(self) -> tuple[str, ...]:
        """The name as a file of ours has it, in every order; none for a name in one word."""
        return tuple(slugify(" ".join(order)) for order in self._orders)

    @property
    def _orders(self) -> Iterable[tuple[str, ...]]:
        words = tuple(self.nom.split())
        return {(*words[place:], *words[:place]): None for place in range(len(words)) if len(words) > 1}

    def replace(self, value: object) -> object:
        """The same value without the person, in keys as in values; numbers and structure untouched."""
        if isinstance(value, str):
            return self._replace_text(value)
        if isinstance(value, Mapping):
            return {self._replace_text(str(key)): self.replace(item) for key, item in value.items()}
        return [self.replace(item) for item in value] if isinstance(value, list) else value

    def _replace_text(self, text: str) -> str:
        if text in self.exact:
            return self.exact[text]
        for pattern, other in self._patterns:
            text = pattern.sub(other, text)
        return self._search.replace(text, NOM_EFFACE)

    def may_name(self, text: str) -> bool:
        """False when a text, even JSON, does not name the person: quicker than to replace them."""
        flat = flatten(text)
        return any(needle in flat for needle in self.parts)

    @cached_property
    def parts(self) -> tuple[str, ...]:
        """What a flattened text that names the person holds one of."""
        return (flatten(self.mail), slugify(self.mail), *self._search.needles)

    @cached_property
    def _search(self) -> Recherche:
        return Recherche([self.nom], self.autres)

    @cached_property
    def _patterns(self) -> tuple[tuple[re.Pattern[str], str], ...]:
        supports, slug = "|".join(map(re.escape, _PREFIXES)), slugify(self.pseudonyme)
        found = [
            (rf"(?<![\w.+-]){re.escape(self.mail)}(?![\w-]|\.\w)", self.pseudonyme),
            (rf"(?<![\w-])((?:{supports})*){re.escape(slugify(self.mail))}(?![\w-])", rf"\g<1>{slug}"),
        ]
        if name := slugify(self.nom):
            found.append((rf"(?<![\w-])((?:{supports})+){re.escape(name)}(?!\w|-[^\W\d_])", rf"\g<1>{slug}"))
        return tuple((re.compile(body, re.IGNORECASE), other) for body, other in found)


def mask_entree(entree: Entree, mail: str, pseudonyme: str) -> Entree:
    """A line of the registry where a person is no longer named and no longer decides; their answers keep an author."""
    people = tuple(_mask(item, pseudonyme) if item.mail == mail else item for item in entree.personnes)
    return entree.model_copy(update={"personnes": people})


def _mask(personne: Personne, pseudonyme: str) -> Personne:
    roles = tuple(role for role in personne.roles if role not in _DECIDING) or (Role.LECTEUR,)
    return personne.model_copy(update={"mail": pseudonyme, "nom": NOM_EFFACE, "roles": roles})


def vacant_roles(entree: Entree, mail: str) -> tuple[Role, ...]:
    """The deciding roles that nobody holds once this person is gone."""
    gone = entree.find(mail)
    held = {role for item in entree.personnes if item.mail != mail for role in item.roles}
    return tuple(role for role in (gone.roles if gone else ()) if role in _DECIDING and role not in held)
