"""The référent's preselection: one levier added, one removed, each with its reason, and the prestataire."""

from __future__ import annotations

from nr_models.dossier.registre import Entree
from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.roles import Role
from tasks.demo import phrases
from tasks.demo.chance import Source
from tasks.demo.form import Form, Line
from tasks.stages.preselect.columns import PRESELECTION, PRESTATAIRE

_SHEET = "Leviers"
_PROVIDER_SHEET = "Prestataire"
_FREE = "Moins pertinent"
"""How the reason of a levier begins that was left out for its rank alone."""


def fill_preselection(draws: Source, form: Form, entree: Entree, referentiel: Referentiel) -> None:
    """Add one of the best leviers left out, remove one of the last kept that nothing requires."""
    lines = form.lines(_SHEET, PRESELECTION)
    kept = [line for line in lines if line.textes["propose"] == "oui"]
    left = [line for line in lines if line.textes["propose"] == "non"]
    if added := _addition(draws, left):
        _change(form, added, "ajouter", draws.choice(phrases.ADDITIONS))
    if removed := _removal(draws, kept, referentiel):
        _change(form, removed, "retirer", draws.choice(phrases.REMOVALS))
    _confirm_provider(form, entree)


def _addition(draws: Source, left: list[Line]) -> Line | None:
    free = [line for line in left if line.textes["raison"].startswith(_FREE)]
    return draws.choice(free[:4]) if free else None


def _removal(draws: Source, kept: list[Line], referentiel: Referentiel) -> Line | None:
    required = {above for line in kept for above in referentiel.leviers[line.textes["levier"]].requiert}
    free = [line for line in kept if line.textes["levier"] not in required]
    return draws.choice(free[-6:]) if free else None


def _change(form: Form, line: Line, decision: str, reason: str) -> None:
    form.type_row(_SHEET, PRESELECTION, line.numero, {"decision": decision, "justification": reason})


def _confirm_provider(form: Form, entree: Entree) -> None:
    """Confirm the four criteria as they were said; where nobody said, the answer is no."""
    known = bool(entree.holders(Role.PRESTATAIRE))
    for line in form.lines(_PROVIDER_SHEET, PRESTATAIRE):
        said = line.textes.get("reponse", "") if known else ""
        form.type_row(_PROVIDER_SHEET, PRESTATAIRE, line.numero, {"reponse": said or "non"})
