"""The words of inventories, as data: what is no device, what may be several things, what models and titles tell."""

from __future__ import annotations

from functools import cache

import yaml

from nr_models.values.frozen import Frozen
from templates import ROOT


class Nature(Frozen):
    """A kind of line that is counted apart: its French name and its words."""

    nom: str
    mots: tuple[str, ...]


class Ambigu(Frozen):
    """Words that may say several categories."""

    mots: tuple[str, ...]
    peut_etre: tuple[str, ...]


class Ensemble(Frozen):
    """Words of one line that says several devices."""

    mots: tuple[str, ...]
    sont: tuple[str, ...]


class Vocabulaire(Frozen):
    """Everything that is known of the words of inventories, beside the names of the référentiel's categories."""

    liaisons: tuple[str, ...]
    transparents: tuple[str, ...]
    marques: dict[str, tuple[str, ...]]
    natures: dict[str, Nature]
    ambigus: tuple[Ambigu, ...]
    noms: dict[str, tuple[str, ...]]
    ensembles: tuple[Ensemble, ...]
    modeles: dict[str, tuple[str, ...]]
    metiers: dict[str, tuple[str, ...]]
    metier_des_categories: dict[str, tuple[str, ...]]


@cache
def load_vocabulaire() -> Vocabulaire:
    """The vocabulary that ships with the software."""
    path = ROOT / "vocabulaire" / "inventaire.yaml"
    return Vocabulaire.model_validate(yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader))


class Titres(Frozen):
    """Titles of columns as real exports write them: by field the preferred first, and those we know and do not need."""

    champs: dict[str, tuple[str, ...]]
    sans_usage: tuple[str, ...]
    noms_de_machine: tuple[str, ...]


@cache
def load_titres() -> Titres:
    """The titles that ship with the software."""
    text = (ROOT / "vocabulaire" / "titres.yaml").read_text(encoding="utf-8")
    read = yaml.load(text, Loader=yaml.CSafeLoader)
    fields = {
        field: tuple(dict.fromkeys(title for titles in by_source.values() for title in titles))
        for field, by_source in read.items()
        if isinstance(by_source, dict)
    }
    return Titres(champs=fields, sans_usage=read["sans_usage"], noms_de_machine=read["noms_de_machine"])
