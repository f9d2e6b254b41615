"""The workbook of the vote: the selection and what it comes from, without a voter's name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction

from nr_models.dossier.case import Case
from nr_models.rules import prioritise, selection, vote
from tasks.office.columns import Column
from tasks.office.look import load_look
from tasks.office.workbook.book import Book
from tasks.office.workbook.cells import Row, Tone, Value
from tasks.office.workbook.guide import Guide, guide_of
from tasks.office.workbook.leviers import LEVIER, named
from tasks.stages.prioritise.ballot import render_bulletin

__all__ = ["render_bulletin", "render_priorisation"]

_SELECTION = (
    Column("ordre", "Ordre", 7),
    *LEVIER,
    Column("quadrant", "Quadrant", 18),
    Column("valeur", "Valeur", 9),
    Column("faisabilite", "Faisabilité", 11),
    Column("explication", "Pourquoi", 60),
)
_NON_RETENUS = (*LEVIER, Column("quadrant", "Quadrant", 18), Column("raison", "Pourquoi", 70))
_CONSOLIDATION = (
    *LEVIER,
    Column("quadrant", "Quadrant", 18),
    Column("valeur", "Valeur retenue", 10),
    Column("faisabilite", "Faisabilité retenue", 11),
    *(
        Column(f"{axis}_{name}", f"{label} : {title}", 11)
        for axis, label in (("v", "Valeur"), ("f", "Faisabilité"))
        for name, title in (("moyenne", "moyenne"), ("mediane", "médiane"), ("etendue", "de … à …"), ("voix", "voix"))
    ),
    Column("desaccord", "Désaccord", 20),
    Column("avec", "Avec ses prérequis", 30),
)
_VOIX = (
    Column("direction", "Direction", 30),
    Column("college", "Collège", 18),
    *LEVIER,
    Column("voix", "Voix", 8),
    Column("valeur", "Valeur moyenne", 11),
    Column("faisabilite", "Faisabilité moyenne", 11),
)
_PARTICIPATION = (
    Column("direction", "Direction", 40),
    Column("attendus", "Bulletins attendus", 12),
    Column("recus", "Bulletins reçus", 12),
)
_ARBITRAGES = (
    *LEVIER,
    Column("valeur", "Valeur retenue", 11),
    Column("faisabilite", "Faisabilité retenue", 11),
    Column("force", "Place imposée", 14),
    Column("raison", "Pourquoi", 60),
)
_MEANS = dict.fromkeys(("valeur", "faisabilite", "v_moyenne", "f_moyenne", "v_mediane", "f_mediane"), "0.00")


def render_priorisation(case: Case, result: prioritise.Result) -> bytes:
    """The selection in order with its reasons, and the vote it comes from; voices by direction only."""
    book = Book(_priorisation_guide(case, result))
    found = {item.levier: item for item in result.consolidations}
    book.table("Sélection", _SELECTION, (_choice_row(case, item, found) for item in result.selection), formats=_MEANS)
    refused = (_refusal_row(case, *item, found) for item in result.non_retenus.items())
    book.table("Non retenus", _NON_RETENUS, refused, empty="Tous les leviers de la liste sont retenus.")
    rows = (_consolidation_row(case, item) for item in result.consolidations)
    book.table("Consolidation", _CONSOLIDATION, rows, formats=_MEANS, frozen=3)
    least = case.referentiel.parametres.priorisation.detail_voix_min
    participation = prioritise.gather_participation(result, least)
    book.table("Participation", _PARTICIPATION, (item.model_dump() for item in participation))
    few = f"Aucun groupe de {least} voix : rien n’est détaillé."
    book.table("Voix par direction", _VOIX, _voice_rows(case, result.bulletins), formats=_MEANS, empty=few)
    overrides = [item.derogation for item in result.consolidations if item.derogation]
    book.table(
        "Arbitrages",
        _ARBITRAGES,
        (_override_row(case, item) for item in overrides),
        formats=_MEANS,
        empty="Le référent n’a rien imposé.",
    )
    return book.close()


def _priorisation_guide(case: Case, result: prioritise.Result) -> Guide:
    steps = (
        f"Feuille « Sélection » : les {len(result.selection)} leviers retenus, dans l’ordre, avec la raison.",
        "Feuille « Non retenus » : les autres, avec la raison de chacun.",
        "Feuille « Consolidation » : moyennes, médianes, voix et désaccords de chaque levier.",
        "« Participation » et « Voix par direction » : qui s’est exprimé, par groupes de trois voix au moins.",
        "Feuille « Arbitrages » : ce que le référent a imposé, avec la raison.",
    )
    return guide_of(case, "Priorisation des leviers", steps, result.messages)


def _choice_row(case: Case, item: selection.Choix, found: dict[str, vote.LevierConsolide]) -> Row:
    voted = found[item.levier]
    return {
        "ordre": item.ordre,
        **named(case, item.levier),
        "quadrant": _quadrant(voted.quadrant),
        "valeur": voted.valeur,
        "faisabilite": voted.faisabilite,
        "explication": item.explication,
    }


def _refusal_row(case: Case, levier: str, reason: str, found: dict[str, vote.LevierConsolide]) -> Row:
    return {**named(case, levier), "quadrant": _quadrant(found[levier].quadrant), "raison": reason}


def _consolidation_row(case: Case, item: vote.LevierConsolide) -> Row:
    titles = [case.referentiel.leviers[above].titre for above in item.unite if above != item.levier]
    return {
        **named(case, item.levier),
        "quadrant": _quadrant(item.quadrant),
        "valeur": item.valeur,
        "faisabilite": item.faisabilite,
        **_stat_cells("v", item.stat_valeur),
        **_stat_cells("f", item.stat_faisabilite),
        "desaccord": _disagreement(item),
        "avec": "\n".join(titles),
    }


def _stat_cells(axis: str, stat: vote.Stat) -> dict[str, Value]:
    return {
        f"{axis}_moyenne": stat.moyenne,
        f"{axis}_mediane": stat.mediane,
        f"{axis}_etendue": "" if stat.minimum is None else f"{stat.minimum} à {stat.maximum}",
        f"{axis}_voix": stat.voix,
    }


def _disagreement(item: vote.LevierConsolide) -> str:
    axes = (("sur la valeur", item.stat_valeur), ("sur la faisabilité", item.stat_faisabilite))
    return "\n".join(label for label, stat in axes if stat.desaccord)


def _quadrant(quadrant: vote.Quadrant | None) -> Value:
    if quadrant is None:
        return "sans voix"
    sign = load_look().quadrants[quadrant.value]
    return Tone(f"{sign.signe} {quadrant.nom}", "#FFFFFF", sign.couleur)


def _voice_rows(case: Case, ballots: Iterable[vote.Bulletin]) -> list[Row]:
    """Means by direction and college, never of so few voices that one could tell whose they are."""
    least = case.referentiel.parametres.priorisation.detail_voix_min
    groups: dict[str, dict[vote.Groupe, list[vote.Voix]]] = defaultdict(lambda: defaultdict(list))
    for ballot in ballots:
        for voice in ballot.voix:
            if voice.valeur is not None or voice.faisabilite is not None:
                groups[voice.levier][ballot.direction or "Direction non précisée", ballot.college].append(voice)
    return [
        {
            "direction": direction,
            "college": college,
            **named(case, levier),
            "voix": len(voices),
            "valeur": _mean([voice.valeur for voice in voices], least),
            "faisabilite": _mean([voice.faisabilite for voice in voices], least),
        }
        for levier, by_group in sorted(groups.items())
        for (direction, college), voices in vote.gather_small(by_group, least).items()
    ]


def _mean(notes: Iterable[int | None], least: int) -> Fraction | None:
    said = [note for note in notes if note is not None]
    return Fraction(sum(said), len(said)) if len(said) >= least else None


def _override_row(case: Case, item: vote.Derogation) -> Row:
    return {
        **named(case, item.levier),
        "valeur": item.valeur,
        "faisabilite": item.faisabilite,
        "force": item.force or "",
        "raison": item.raison,
    }
