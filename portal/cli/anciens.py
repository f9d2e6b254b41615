"""The names that commands and options had before 0.1 was published: read until 0.2, and shown nowhere but in a table.

One table, and no command written twice: an old line is put in new words before it is understood, so
that what it does, and what is said of it when it is wrong, is the new command's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Ancien(NamedTuple):
    """An old command: its words, those that stand for them today, and the options that changed their name.

    ``avec``: only where this option stands on the line. ``au_bout``: an option that became as many last arguments.
    """

    mots: tuple[str, ...]
    neufs: tuple[str, ...]
    options: Mapping[str, str] = {}
    avec: str = ""
    au_bout: tuple[str, int] = ("", 0)


_PAR = {"--as": "--par"}
_MOTIF = {**_PAR, "--comment": "--motif"}
_VERS = {"--to": "--vers"}
_GRAINE = {"--seed": "--graine"}

ANCIENS: tuple[Ancien, ...] = (
    Ancien(("demo", "repondre"), ("exemple", "repondre"), _GRAINE),
    Ancien(("demo",), ("exemple", "ecrire"), {**_VERS, **_GRAINE}),
    Ancien(("run",), ("avancer",), {"--until": "--jusqua"}),
    Ancien(("status",), ("etat",)),
    Ancien(("why",), ("pourquoi",), _PAR),
    Ancien(("show",), ("montrer",)),
    Ancien(("check",), ("verifier",), _VERS),
    Ancien(("decide",), ("validation", "decider"), {**_MOTIF, "--from": "--lot"}),
    Ancien(("withdraw",), ("validation", "retirer"), _MOTIF),
    Ancien(("avis",), ("validation", "aviser"), _PAR),
    Ancien(("close",), ("etape", "clore"), _PAR),
    Ancien(("reopen",), ("etape", "rouvrir"), _MOTIF),
    Ancien(("submit",), ("etape", "resoumettre"), _MOTIF),
    Ancien(("diffuse",), ("etape", "diffuser"), {**_PAR, "--a": "--pour"}),
    Ancien(("delegate",), ("delegation", "donner"), {**_PAR, "--to": "--pour"}, avec="--to"),
    Ancien(("delegate",), ("delegation", "lister")),
    Ancien(("revoke",), ("delegation", "revoquer"), _MOTIF),
    Ancien(("suivi", "recus"), ("retours", "lister"), _VERS),
    Ancien(("suivi", "relancer"), ("retours", "relancer"), _VERS),
    Ancien(("suivi", "corriger"), ("retours", "corriger"), _MOTIF),
    Ancien(("suivi",), ("retours", "suivre"), _VERS),
    Ancien(("refresh", "show"), ("inventaire", "montrer")),
    Ancien(("refresh", "accept"), ("inventaire", "inscrire"), _PAR),
    Ancien(("refresh",), ("inventaire", "relire")),
    Ancien(("snapshot",), ("score", "comparer"), _VERS, avec="--diff", au_bout=("--diff", 2)),
    Ancien(("snapshot",), ("score", "garder"), _PAR, avec="--as"),
    Ancien(("snapshot",), ("score", "lister")),
    Ancien(("audit", "verify"), ("piste", "verifier")),
    Ancien(("audit", "export"), ("piste", "exporter")),
    Ancien(("audit", "heads"), ("piste", "relever")),
    Ancien(("audit",), ("piste",)),
    Ancien(("person", "export"), ("personne", "exporter"), {**_PAR, **_VERS}),
    Ancien(("person", "erase"), ("personne", "effacer"), _MOTIF),
    Ancien(("person",), ("personne",)),
    Ancien(("referentiel", "lint"), ("referentiel", "verifier")),
    Ancien(("referentiel", "info"), ("referentiel", "lire")),
    Ancien(("referentiel", "export"), ("referentiel", "exporter")),
    Ancien(("referentiel", "import"), ("referentiel", "importer"), _VERS),
    Ancien(("referentiel", "diff"), ("referentiel", "comparer")),
    Ancien(("referentiel", "move"), ("referentiel", "appliquer"), {**_PAR, "--dry-run": "--essai"}),
    Ancien(("remind",), ("courriers", "envoyer")),
    Ancien(("reconcile",), ("reparer",)),
    Ancien(("serve",), ("servir",)),
    Ancien(("settings",), ("reglages",)),
)
"""The first that fits a line is the one that is meant."""


def translate(line: Iterable[str]) -> list[str]:
    """A command line in today's words; one that is in them already comes back as it is."""
    words = list(line)
    found = next((item for item in ANCIENS if _fits(item, words)), None)
    if found is None:
        return words
    given = words[len(found.mots) :]
    kept, last = _part(given, *found.au_bout)
    return [*found.neufs, *(_rename(word, found.options) for word in kept), *last]


def _fits(item: Ancien, words: list[str]) -> bool:
    named = {word.partition("=")[0] for word in words}
    return tuple(words[: len(item.mots)]) == item.mots and (not item.avec or item.avec in named)


def _part(words: list[str], option: str, count: int) -> tuple[list[str], list[str]]:
    """The words without an option and its values, and those values."""
    if option not in words:
        return words, []
    place = words.index(option)
    end = place + 1 + count
    return [*words[:place], *words[end:]], words[place + 1 : end]


def _rename(word: str, options: Mapping[str, str]) -> str:
    name, equals, value = word.partition("=")
    return f"{options.get(name, name)}{equals}{value}"
