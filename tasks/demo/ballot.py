"""A ballot as a voter fills it: notes near what a levier is worth here, doubts, a few comments."""

from __future__ import annotations

from nr_models.dossier.registre import Entree, Personne
from nr_models.referentiel.parametres import Priorite
from nr_models.referentiel.referentiel import Difficulte, Levier, Referentiel
from nr_models.values.roles import Role
from tasks.demo import phrases
from tasks.demo.chance import Source, happens, note_around, source
from tasks.demo.form import Form, Line, Typed
from tasks.office.columns import NO_OPINION
from tasks.stages.prioritise.columns import BULLETIN, DEROGATIONS, DEROGATIONS_SHEET

_SHEET = "Bulletin"
_WORTH = {Priorite.PRIORITAIRE: 4.1, Priorite.RECOMMANDEE: 3.5, Priorite.ALLER_PLUS_LOIN: 2.7}
_EASE = {Difficulte.FACILE: 4.2, Difficulte.MOYENNE: 3.2, Difficulte.DIFFICILE: 2.3}
_MOOD = 0.9  # how far, in notes, a collectivité may stand from what a levier is worth in general


def fill_ballot(seed: int, cle: str, form: Form, personne: Personne, referentiel: Referentiel) -> None:
    """Note every levier shown; the référent may impose one, with a reason."""
    draws = source(seed, cle, "bulletin", personne.mail)
    lines = form.lines(_SHEET, BULLETIN)
    for line in lines:
        levier = referentiel.leviers[line.textes["levier"]]
        form.type_row(_SHEET, BULLETIN, line.numero, _row(draws, source(seed, cle, levier.id), levier, referentiel))
    if DEROGATIONS_SHEET in form.names() and personne.has(Role.REFERENT) and happens(draws, 1, 4):
        _impose(draws, form, lines)


def find_silent(seed: int, cle: str, entree: Entree) -> str | None:
    """The address of the voter of a dossier whose ballot never comes, or None."""
    draws = source(seed, cle, "abstention")
    leads = (Role.REFERENT, Role.DG, Role.ELU_SPONSOR, Role.PRESTATAIRE)
    others = [item.mail for item in entree.holders(Role.VOTANT) if not any(item.has(role) for role in leads)]
    return draws.choice(others) if len(others) > 2 and happens(draws, 1, 4) else None


def _row(draws: Source, here: Source, levier: Levier, referentiel: Referentiel) -> dict[str, Typed]:
    """The two notes; ``here`` draws what the levier is worth in this collectivité, the same for all its voters."""
    parametres = referentiel.parametres.priorisation
    low, high = parametres.note_min, parametres.note_max
    worth = _WORTH[levier.priorite] + here.uniform(-_MOOD, _MOOD)
    ease = _EASE[levier.difficulte] + here.uniform(-_MOOD, _MOOD)
    fate = draws.randrange(100)
    if fate < 10:
        return {"valeur": NO_OPINION, "faisabilite": NO_OPINION}
    if fate < 13:
        return {}
    row: dict[str, Typed] = {
        "valeur": note_around(draws, worth, low, high),
        "faisabilite": note_around(draws, ease, low, high),
    }
    if happens(draws, 1, 9):
        row["commentaire"] = draws.choice(phrases.BALLOT_COMMENTS)
    return row


def _impose(draws: Source, form: Form, lines: list[Line]) -> None:
    levier = draws.choice(lines).textes["levier"]
    row: dict[str, Typed] = {"levier": levier, "force": "inclure", "raison": draws.choice(phrases.OVERRIDES)}
    form.type_row(DEROGATIONS_SHEET, DEROGATIONS, 1, row)
