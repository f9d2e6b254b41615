"""The seven stages for who reads: a line each in the README, and a page with every document."""

from __future__ import annotations

from collections.abc import Iterator

from nr_models.referentiel.circuit import Regle, Validation
from nr_models.referentiel.referentiel import Referentiel
from nr_models.stages import STAGES, Stage
from nr_models.values.roles import Role
from portal.labels import DOCUMENTS


def render_stages(referentiel: Referentiel) -> str:
    """The method's table, a short row a stage: what it is for, who decides after it."""
    rows = [f"| {stage.numero} | **{stage.nom}** | {stage.but} | {_decides(stage, referentiel)} |" for stage in STAGES]
    return "\n".join(("| | Étape | À quoi elle sert | Qui décide ensuite |", "| --- | --- | --- | --- |", *rows))


def render_etapes(referentiel: Referentiel) -> str:
    """Each stage with its documents: what is to be filled in, what is to be read, which validation ends it."""
    lines = [
        "# Les étapes, et leurs documents",
        "",
        "Ce que chaque étape donne à remplir et à lire, et la validation qui la clôt. Une étoile tient la place d’une "
        "personne ou d’un fichier.",
        "",
        "Page produite depuis `nr_models/stages.py` par `python -m portal.manuel.documentation`.",
        "",
        *(line for stage in STAGES for line in _stage(stage, referentiel)),
    ]
    return "\n".join(lines)


def _stage(stage: Stage, referentiel: Referentiel) -> Iterator[str]:
    yield from (f"## {stage.numero}. {stage.nom} (`{stage.slug}`)", "", stage.but, "")
    yield from _documents("À remplir", stage.supports)
    yield from _documents("À lire", stage.livrables)
    yield from _documents("À lire, quand il y a lieu", stage.sometimes)
    gate = f"`{stage.gate}`, par : {_decides(stage, referentiel)}." if stage.gate else "aucune."
    yield from (f"**Validation** : {gate}", "")


def _documents(title: str, names: tuple[str, ...]) -> Iterator[str]:
    if names:
        yield from (f"**{title}**", "", *(f"- {DOCUMENTS[name]} : `{name}`" for name in names), "")


def _decides(stage: Stage, referentiel: Referentiel) -> str:
    found = referentiel.validation.find(stage.gate) if stage.gate else None
    return who_decides(found) if found else "–"


def who_decides(validation: Validation) -> str:
    """Who decides at a gate: « direction générale puis élu sponsor »."""
    names = [Role(role).nom for role in validation.roles]
    if validation.regle is Regle.TOUTES:
        return (" puis " if validation.ordre else " et ").join(names)
    if validation.regle is Regle.NOMBRE:
        return f"{validation.n} voix parmi {', '.join(names)}"
    return " ou ".join(names)
