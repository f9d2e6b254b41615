"""The shape of the essentials of a gate, the same for the six: values, all written in French, nothing left to count."""

from __future__ import annotations

from typing import NamedTuple

from markupsafe import Markup

NON_CALCULE = "non calculé"
"""What stands where there is no figure: missing is never zero."""


class Chiffre(NamedTuple):
    """A figure to remember: « 12 sur 12 », and what it counts."""

    valeur: str
    legende: str


class Point(NamedTuple):
    """Something to look at before deciding: what, in strong; the rest of the sentence; what somebody wrote."""

    fort: str
    texte: str = ""
    citation: str = ""


class LigneDeListe(NamedTuple):
    """A line of the list: its place, its dimension by number and name, what is told of it, and a mark if any."""

    numero: int
    dimension: int
    nom_dimension: str
    titre: str
    notes: str = ""
    etiquette: str = ""


class Liste(NamedTuple):
    """What is decided upon, line by line; ``aide`` says how to read ``notes``."""

    titre: str
    aide: str
    lignes: tuple[LigneDeListe, ...]


class Table(NamedTuple):
    """The numbers of a figure, as text; the first column names the line."""

    entetes: tuple[str, ...]
    lignes: tuple[tuple[str, ...], ...]


class Figure(NamedTuple):
    """A chart, its title (the finding), how to read it, and its numbers in a table."""

    titre: str
    svg: Markup
    legende: str
    table: Table


class Detail(NamedTuple):
    """A line of a fold: its subject in strong, then what is said of it."""

    fort: str
    texte: str = ""


class Pli(NamedTuple):
    """What unfolds: its title, and its lines."""

    titre: str
    lignes: tuple[Detail, ...]


class Essentiel(NamedTuple):
    """What one reads to decide: the question, the finding, the verb of the button, and what comes after it.

    ``ensuite`` is a sentence without its opening: « la restitution est préparée. ».
    """

    question: str
    chapeau: str
    bouton: str
    ensuite: str
    chiffres: tuple[Chiffre, ...] = ()
    points: tuple[Point, ...] = ()
    liste: Liste | None = None
    figures: tuple[Figure, ...] = ()
    plis: tuple[Pli, ...] = ()
