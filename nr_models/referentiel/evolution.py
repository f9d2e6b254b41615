"""What changed from one version of the référentiel to another: entries and figures, field by field.

Two versions whose comparison is empty have the same content; their name and nothing else may differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from nr_models.referentiel.referentiel import Dimension, Referentiel
from nr_models.values.frozen import Frozen, plain

Champs = dict[str, str]
"""The fields of an entry, by dotted name, as text."""

FIGURES = "chiffre"
"""The sort of what is not an entry: numbers, sources and dates of the method."""

ORDRE = "ordre"
"""The field that tells where an entry stands among the others."""


class Modification(Frozen):
    """A field before and after; None where it did not exist, or no longer does."""

    champ: str
    avant: str | None
    apres: str | None


class Element(Frozen):
    """One thing of a référentiel: its sort (« question », « levier »…), its id, and what it is called."""

    sorte: str
    id: str
    nom: str = ""

    def __str__(self) -> str:
        """« levier gouv-l01, Nommer un référent »."""
        return f"{self.sorte} {self.id}{f', {self.nom}' if self.nom else ''}"


class ElementModifie(Element):
    """An entry of both versions that no longer says the same."""

    champs: tuple[Modification, ...]

    def touches(self, *names: str) -> bool:
        """True when one of these fields, or a part of it, changed."""
        return any(item.champ.split(".")[0] in names for item in self.champs)


class Evolution(Frozen):
    """What separates two versions: entries added, removed, changed, and figures changed."""

    avant: str
    apres: str
    ajouts: tuple[Element, ...] = ()
    retraits: tuple[Element, ...] = ()
    changements: tuple[ElementModifie, ...] = ()
    chiffres: tuple[Modification, ...] = ()

    @property
    def vide(self) -> bool:
        """True when both versions say the same."""
        return not (self.ajouts or self.retraits or self.changements or self.chiffres)


def compare(old: Referentiel, new: Referentiel) -> Evolution:
    """What changed from ``old`` to ``new``, in the order of the référentiel."""
    before, after = _entries(old), _entries(new)
    changed = [
        ElementModifie(sorte=sort, id=entry, nom=_called(now), champs=fields)
        for (sort, entry), now in after.items()
        if sort != FIGURES
        and (sort, entry) in before
        and (fields := _fields(before[sort, entry], now, _moved(before, after, sort, entry)))
    ]
    return Evolution(
        avant=old.version,
        apres=new.version,
        ajouts=_missing(after, before),
        retraits=_missing(before, after),
        changements=tuple(changed),
        chiffres=_fields(before[FIGURES, ""], after[FIGURES, ""], ()),
    )


Entries = Mapping[tuple[str, str], Champs]


def _missing(entries: Entries, other: Entries) -> tuple[Element, ...]:
    """The entries that the other version has not."""
    return tuple(
        Element(sorte=sort, id=entry, nom=_called(fields))
        for (sort, entry), fields in entries.items()
        if (sort, entry) not in other
    )


def _called(fields: Champs) -> str:
    return next((fields[name] for name in ("titre", "question", "nom") if name in fields), "")


def _entries(referentiel: Referentiel) -> Entries:
    """Everything a version says, by sort and id; the figures together under one key."""
    found: dict[tuple[str, str], Champs] = {}
    for sort, entry, content in _list(referentiel):
        key, again = (sort, entry), 2
        while key in found:  # a broken version may hold an id twice
            key, again = (sort, f"{entry} ({again})"), again + 1
        found[key] = dict(_flat(content))
    return found


def _list(referentiel: Referentiel) -> Iterator[tuple[str, str, Any]]:
    for dimension in referentiel.dimensions:
        yield "dimension", dimension.slug, _own(dimension)
    for dimension in referentiel.dimensions:
        yield from _of(dimension, "question", dimension.questions)
        yield from _of(dimension, "levier", dimension.leviers)
        yield from _of(dimension, "pratique", dimension.dinum)
    for sort, items in (
        ("profil", referentiel.profils),
        ("thème", referentiel.themes_reen),
        ("coût", referentiel.couts),
        ("taille", referentiel.tailles),
        ("obligation", referentiel.obligations),
        ("maturité", referentiel.parametres.score.maturites),
        ("électricité", referentiel.facteurs.electricite),
        ("catégorie", referentiel.facteurs.categories),
    ):
        for item in items:
            yield sort, item.slug, plain(item)
    for validation in referentiel.validation.validations:
        yield "validation", validation.gate, plain(validation)
    for line in referentiel.calendrier.durees:
        yield "durée", " + ".join(line.etapes), plain(line)
    yield FIGURES, "", _figures(referentiel)


def _own(dimension: Dimension) -> Any:
    return dimension.model_dump(mode="json", exclude={"questions", "leviers", "dinum"})


def _of(dimension: Dimension, sort: str, items: Iterable[Any]) -> Iterator[tuple[str, str, Any]]:
    for item in items:
        yield sort, item.id, {"dimension": dimension.slug, **plain(item)}


def _figures(referentiel: Referentiel) -> Any:
    figures = plain(referentiel.parametres)
    del figures["score"]["maturites"]
    return {
        "référentiel": referentiel.model_dump(mode="json", include={"date", "credit", "format", "paliers"}),
        **figures,
        "validation": referentiel.validation.model_dump(mode="json", exclude={"validations"}),
        "calendrier": referentiel.calendrier.model_dump(mode="json", exclude={"durees"}),
    }


def _flat(content: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """The leaves by dotted name; a list of plain texts is one leaf, places count from 1 elsewhere."""
    if isinstance(content, Mapping):
        for key, value in content.items():
            yield from _flat(value, f"{name}.{key}" if name else str(key))
    elif isinstance(content, Sequence) and not isinstance(content, str):
        if name in ("niveaux",) or any(isinstance(item, Mapping) for item in content):
            first = 0 if name == "niveaux" else 1
            for place, value in enumerate(content, start=first):
                yield from _flat(value, f"{name}.{place}")
        elif content:
            yield name, "\n".join(map(_text, content))
    elif content is not None:
        yield name, _text(content)


def _text(value: object) -> str:
    return {True: "oui", False: "non"}[value] if isinstance(value, bool) else str(value)


def _fields(before: Champs, after: Champs, moved: Sequence[Modification]) -> tuple[Modification, ...]:
    names = dict.fromkeys((*after, *before))
    changed = [
        Modification(champ=name, avant=before.get(name), apres=after.get(name))
        for name in names
        if before.get(name) != after.get(name)
    ]
    return (*changed, *moved)


def _moved(before: Entries, after: Entries, sort: str, entry: str) -> tuple[Modification, ...]:
    """The place of an entry among those of both versions, where it changed."""
    was, now = (
        [name for kind, name in one if kind == sort and (kind, name) in other]
        for one, other in ((before, after), (after, before))
    )
    if was.index(entry) == now.index(entry):
        return ()
    return (Modification(champ=ORDRE, avant=str(was.index(entry) + 1), apres=str(now.index(entry) + 1)),)
