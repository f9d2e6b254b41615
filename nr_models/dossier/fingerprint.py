"""The fingerprint of a stage: everything its result and its artefacts depend on, and nothing else.

Canonical values only: never file bytes, never upstream fingerprints, never the clock. An upstream
change that leaves a result equal stops there. The basis is kept beside the round, so that one can
say later what changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from nr_models.stages import BY_SLUG, Stage
from nr_models.values.frozen import canonical, digest

Phase = Literal["envoi", "resultat"]
"""« envoi »: the supports sent to people; « resultat »: the result and its livrables."""


def build_basis(
    stage: Stage,
    phase: Phase,
    *,
    cle: str,
    entree: str,
    referentiel: str,
    look: str,
    upstream: Mapping[str, str],
    retours: Mapping[str, Sequence[object]],
    absents: Sequence[object],
    reserves: Sequence[int] | None = None,
    reprise: str = "",
) -> str:
    """What the stage reads, as canonical JSON; its fingerprint is the SHA-256 of it.

    ``entree``, ``referentiel``, ``look`` and ``upstream`` are digests of values (of the référentiel, the
    whole: every artefact prints its version and digest);
    ``retours`` describes the returns in force by type, ``absents`` those that a closure accepted to miss,
    ``reserves`` the numbers of those that it carries, None where it carries none;
    ``reprise`` is when the stage was last sent back, whose supports then carry what was answered.
    """
    return canonical(
        {
            "stage": stage.slug,
            "phase": phase,
            "regle": stage.rule,
            "dossier": cle,
            "entree": entree,
            "referentiel": referentiel,
            "charte": look,
            "amont": {slug: upstream[slug] for slug in stage.upstream},
            "retours": {kind: list(items) for kind, items in retours.items()},
            "absents": list(absents),
            **({} if reserves is None else {"reserves": list(reserves)}),
            **({"reprise": reprise} if reprise else {}),
        }
    )


def explain(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    """What changed between two bases, in French, lower case, without full stop."""
    plain = {
        "regle": "la règle du logiciel",
        "entree": "le registre",
        "referentiel": "le référentiel",
        "charte": "la charte visuelle",
        "absents": "la clôture de la saisie",
        "reserves": "les réserves",
    }
    for key, name in plain.items():
        if old.get(key) != new.get(key):
            yield name
    for slug, value in new.get("amont", {}).items():
        if old.get("amont", {}).get(slug) != value:
            yield f"l’étape « {BY_SLUG[slug].nom} »"
    for kind, items in new.get("retours", {}).items():
        if old.get("retours", {}).get(kind) != items:
            yield f"les retours « {kind} »"


def seal(stage: str, value_digest: str, artefacts: Mapping[str, str]) -> str:
    """The empreinte that people see: SHA-256 of the result and of every artefact that shows it."""
    return digest({"stage": stage, "resultat": value_digest, "artefacts": dict(artefacts)})


_OF_THE_SOFTWARE = frozenset({"regle", "charte"})
"""What a basis says of the software, and of nothing that people gave."""
_DIGESTED = frozenset({"entree", "referentiel"})
"""Digests of values that people gave, as the software of the day writes them."""


def differ_by_version(before: str, now: str, *, touched: bool) -> bool:
    """True when what a stage was made from differs from what it would be made from by the software alone.

    ``touched``: since the software changed, people changed the line of the registry or the référentiel. A key, a type
    of return or an end of a line that one of the two does not have is of a version that did not know it.
    """
    if before == now:
        return False
    old, new = json.loads(before), json.loads(now)
    said = (old.keys() & new.keys()) - _OF_THE_SOFTWARE - {"retours"} - (frozenset() if touched else _DIGESTED)
    return all(old[key] == new[key] for key in said) and _are_alike(old["retours"], new["retours"])


def _are_alike(old: Mapping[str, Sequence[Any]], new: Mapping[str, Sequence[Any]]) -> bool:
    """The same returns, as far as both versions tell."""
    return all(
        len(before) == len(after)
        and all(one == other for rows in zip(before, after, strict=True) for one, other in zip(*rows, strict=False))
        for kind in old.keys() | new.keys()
        for before, after in [(old.get(kind, ()), new.get(kind, ()))]
    )


def find_rule(basis: str) -> int:
    """The number of the rule that a stage was made by."""
    return int(json.loads(basis)["regle"])
