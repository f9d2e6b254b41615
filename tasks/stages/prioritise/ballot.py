"""The ballot of a voter: the leviers preselected, what the diagnostic found, two notes to give."""

from __future__ import annotations

from collections.abc import Iterable

from nr_models.dossier.case import Case
from nr_models.dossier.registre import Personne
from nr_models.rules import preselect, prioritise, restitute, score, vote
from nr_models.values.roles import Role
from tasks.office.columns import NO_OPINION
from tasks.office.workbook.book import Book
from tasks.office.workbook.cells import Row
from tasks.office.workbook.guide import CARRIED, Guide, guide_of
from tasks.office.workbook.leviers import named
from tasks.stages.prioritise.columns import BULLETIN, DEROGATIONS, DEROGATIONS_SHEET


def render_bulletin(case: Case, personne: Personne, tour: int) -> bytes:
    """The ballot of one voter: the leviers preselected, what the diagnostic found, two notes to give."""
    places = case.result("preselect", preselect.Result).retenus
    parametres = case.referentiel.parametres.priorisation
    notes = [str(note) for note in range(parametres.note_min, parametres.note_max + 1)]
    referent = personne.has(Role.REFERENT)
    said = _find_said(case, personne)
    book = Book(_bulletin_guide(case, personne, notes, referent=referent, carried=said is not None))
    choices = {axis: [*notes, NO_OPINION] for axis in ("valeur", "faisabilite")}
    book.table("Bulletin", BULLETIN, _bulletin_rows(case, places, said), choices=choices, frozen=3)
    if referent:
        ids = {"levier": [place.levier for place in places], "valeur": notes, "faisabilite": notes}
        book.table(DEROGATIONS_SHEET, DEROGATIONS, _derogation_rows(places, said), blank=15, choices=ids)
    book.mark(case, "bulletin", tour, personne.mail)
    return book.close()


def _bulletin_guide(case: Case, personne: Personne, notes: list[str], *, referent: bool, carried: bool) -> Guide:
    low, high = notes[0], notes[-1]
    steps = (
        f"Feuille « Bulletin » : la valeur de chaque levier pour la collectivité, de {low} (faible) à {high} (forte).",
        f"Donnez-lui aussi sa faisabilité, de {low} (très difficile) à {high} (facile).",
        f"Un levier ne vous concerne pas ou vous hésitez : choisissez « {NO_OPINION} ».",
        "Les leviers liés se suivent ; « À mener avec » les nomme. Un commentaire est bienvenu.",
        "Enregistrez et renvoyez ce classeur ; vous pouvez corriger votre bulletin jusqu’à la clôture du vote.",
    )
    extra = f"Feuille « {DEROGATIONS_SHEET} » : ce que vous imposez malgré le vote, avec la raison ; elle l’emporte."
    notes_of = (*([extra] if referent else []), *([CARRIED] if carried else []))
    return guide_of(case, "Bulletin de priorisation", steps, notes_of, personne=personne)


def _find_said(case: Case, personne: Personne) -> prioritise.RetourBulletin | None:
    """The ballot that this person already gave, or None."""
    found = zip(case.returned("bulletin"), case.values("bulletin", prioritise.RetourBulletin), strict=True)
    return next((value for retour, value in found if retour.personne == personne.mail), None)


def _carry_voice(voice: vote.Voix | None) -> Row:
    """The notes already given to a levier; « sans avis » where that is what was said."""
    if voice is None:
        return {}
    blank = NO_OPINION if voice.valeur is None and voice.faisabilite is None and not voice.commentaire else None
    return {
        "valeur": blank if voice.valeur is None else voice.valeur,
        "faisabilite": blank if voice.faisabilite is None else voice.faisabilite,
        "commentaire": voice.commentaire,
    }


def _derogation_rows(places: Iterable[preselect.Place], said: prioritise.RetourBulletin | None) -> list[Row]:
    """What was already imposed on a levier of the list."""
    listed = {place.levier for place in places}
    return [
        {
            "levier": item.levier,
            "valeur": None if item.valeur is None else float(item.valeur),
            "faisabilite": None if item.faisabilite is None else float(item.faisabilite),
            "force": item.force,
            "raison": item.raison,
        }
        for item in (said.derogations if said else ())
        if item.levier in listed
    ]


def _bulletin_rows(case: Case, places: Iterable[preselect.Place], said: prioritise.RetourBulletin | None) -> list[Row]:
    voices = {voice.levier: voice for voice in said.voix} if said else {}
    groups = group(case, places)
    scored = case.result("score", score.Result)
    return [
        {
            **named(case, levier),
            "description": case.referentiel.leviers[levier].description,
            "constat": _constat(case, levier, scored),
            "avec": "\n".join(case.referentiel.leviers[item].titre for item in members if item != levier),
            **_carry_voice(voices.get(levier)),
        }
        for members in groups
        for levier in members
    ]


def group(case: Case, places: Iterable[preselect.Place]) -> list[list[str]]:
    """The leviers in groups that depend on one another, a group in the dimension of its best levier."""
    kept = [place.levier for place in places]
    together: dict[str, list[str]] = {levier: [levier] for levier in kept}
    for levier in kept:
        for above in case.referentiel.leviers[levier].requiert:
            if above in together and together[above] is not together[levier]:
                merged = sorted((*together[above], *together[levier]), key=kept.index)
                together |= dict.fromkeys(merged, merged)
    heads = [levier for levier in kept if together[levier][0] == levier]
    heads.sort(key=lambda levier: case.referentiel.dimension_of[levier].numero)
    return [together[levier] for levier in heads]


def _constat(case: Case, levier: str, scored: score.Result) -> str:
    """The note of the dimension, then the sentence of the level of each question of the levier."""
    found = case.referentiel
    dimension = found.dimension_of[levier]
    note = scored.of(dimension.slug)
    wanted = found.leviers[levier].questions
    lines = [line for item in scored.dimensions for line in item.lignes if line.question in wanted]
    sentences = [
        f"• {found.questions[line.question].niveaux[line.niveau]}"
        for line in lines
        if line.points is not None and line.niveau is not None
    ]
    return "\n".join((f"{restitute.finding(dimension, note.note, found)}.", *sentences))
