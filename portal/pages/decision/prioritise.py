"""The essentials of the selection: what the vote keeps, what was imposed, where people disagree, what is left out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

from nr_models.rules import prioritise
from nr_models.rules.selection import Choix
from nr_models.rules.socle import binding
from nr_models.rules.vote import LevierConsolide, Quadrant, Stat
from nr_models.values.french import counted, joined, number, trimmed
from portal.pages.decision.forme import (
    NON_CALCULE,
    Chiffre,
    Detail,
    Essentiel,
    Figure,
    LigneDeListe,
    Liste,
    Pli,
    Point,
    Table,
)
from portal.pages.decision.matiere import Matiere
from portal.pages.decision.phrases import letters, nth, quoted, some
from portal.pages.graphiques.matrice import Echelle, Place, draw_matrice

_SHOWN = 3
"""Leviers named in a sentence before the others are counted."""


class Vote:
    """The result of a vote, numbered: those kept in the order of work, then the others by their notes."""

    def __init__(self, result: prioritise.Result, matiere: Matiere) -> None:
        self.result, self.matiere = result, matiere
        self.found = {item.levier: item for item in result.consolidations}
        self.kept = sorted(result.selection, key=lambda item: item.ordre)
        kept = {item.levier for item in self.kept}
        self.left = sorted((item for item in result.consolidations if item.levier not in kept), key=_standing)
        self.numbers = {item.levier: item.ordre for item in self.kept}
        self.numbers |= {item.levier: place for place, item in enumerate(self.left, start=len(self.kept) + 1)}

    def name(self, levier: str) -> str:
        """« n° 12, « Faire dire aux fournisseurs… » »."""
        return f"n° {self.numbers[levier]}, {quoted(self.matiere.titre(levier))}"

    @property
    def voters(self) -> tuple[int, int]:
        """How many voted, of how many."""
        shares = self.result.participation
        return sum(item.recus for item in shares), sum(item.attendus for item in shares)


def build(result: prioritise.Result, matiere: Matiere) -> Essentiel:
    """What to read before approving the list."""
    vote = Vote(result, matiere)
    count = len(vote.kept)
    return Essentiel(
        question=_question(count),
        chapeau=_lead(vote),
        bouton=f"Approuver la liste des {count} leviers" if count > 1 else "Approuver cette liste",
        ensuite="les responsables reçoivent leurs fiches action à écrire.",
        chiffres=tuple(_figures(vote)),
        points=tuple(_points(vote)),
        liste=_list(vote),
        figures=_matrix(vote),
        plis=tuple(_folds(vote)),
    )


def _question(count: int) -> str:
    if not count:
        return "Valider un vote qui ne retient aucun levier ?"
    return "Retenir ce seul levier ?" if count == 1 else f"Retenir ces {letters(count)} leviers ?"


def _lead(vote: Vote) -> str:
    voted, _asked = vote.voters
    put = counted(len(vote.result.consolidations), "levier")
    if not voted:
        return f"Personne n’a voté : les {put} proposés n’ont aucune note."
    said = f"{counted(voted, 'votant a noté', 'votants ont noté')} {put}."
    if not vote.kept:
        return f"{said} Aucun n’a été jugé assez utile pour être retenu."
    kept = [vote.found[item.levier] for item in vote.kept]
    if all(item.quadrant is Quadrant.GAINS_RAPIDES for item in kept):
        tail = "tous sont jugés utiles et faisables"
    else:
        quick = sum(item.quadrant is Quadrant.GAINS_RAPIDES for item in kept)
        tail = f"{letters(quick)} {'est jugé utile et faisable' if quick == 1 else 'sont jugés utiles et faisables'}"
    return f"{said} La liste en retient {letters(len(kept))} : {tail}."


def _figures(vote: Vote) -> Iterator[Chiffre]:
    voted, asked = vote.voters
    yield Chiffre(f"{voted} sur {asked}", "votants se sont exprimés" if asked > 1 else "votant s’est exprimé")
    served = {vote.matiere.referentiel.dimension_of[item.levier].slug for item in vote.kept}
    yield Chiffre(f"{len(served)} sur {len(vote.matiere.referentiel.dimensions)}", "dimensions couvertes")
    yield _load(vote)
    count = len(_apart(vote))
    yield Chiffre(
        number(count),
        "leviers retenus où les votants divergent" if count > 1 else "levier retenu où les votants divergent",
    )


def _load(vote: Vote) -> Chiffre:
    """The load of the référentiel, all agents; what has none is counted apart, never as nothing."""
    referentiel, population = vote.matiere.referentiel, vote.matiere.entree.collectivite.population
    loads = [referentiel.charge(referentiel.leviers[item.levier], population) for item in vote.kept]
    known = [item for item in loads if item is not None]
    if not known:
        return Chiffre(NON_CALCULE, "de travail, faute de connaître la population" if loads else "de travail")
    missing = len(loads) - len(known)
    tail = f" ; {counted(missing, 'levier')} sans estimation" if missing else ""
    return Chiffre(
        f"{trimmed(sum(known, Decimal(0)))} jours", f"de travail estimés, tous agents, avant les fiches{tail}"
    )


def _apart(vote: Vote) -> list[Choix]:
    """The leviers kept where the voters disagree on an axis."""
    found = ((item, vote.found[item.levier]) for item in vote.kept)
    return [item for item, one in found if one.stat_valeur.desaccord or one.stat_faisabilite.desaccord]


def _points(vote: Vote) -> Iterator[Point]:
    yield from _imposed(vote)
    yield from _disagreements(vote)
    for choice in vote.kept:
        if choice.reserve:
            why = "malgré une valeur jugée faible" if choice.reserve == "valeur-faible" else "sans aucune voix"
            yield Point(
                "Un prérequis est retenu par nécessité :", f"{vote.name(choice.levier)}, {why}. {choice.explication}"
            )
    outranked = [quoted(vote.matiere.titre(item.levier)) for item in vote.left if _quick_and_ranked(item)]
    if outranked:
        count = len(outranked)
        opening = (
            "Un levier bien noté reste" if count == 1 else f"{letters(count).capitalize()} leviers bien notés restent"
        )
        yield Point(f"{opening} dehors,", f"faute de place : {some(outranked, _SHOWN)}.")
    yield from _silences(vote)
    yield from _duties(vote)
    yield from (Point("À savoir :", message) for message in vote.result.messages)


def _imposed(vote: Vote) -> Iterator[Point]:
    """What the référent imposed: a place in or out, a note."""
    for item in vote.result.consolidations:
        said = item.derogation
        if said is None:
            continue
        if said.force == "inclure":
            rank = f", classé {nth(item.rang)} par le vote" if item.rang else ", que le vote seul ne retenait pas"
            yield Point("Un levier a été ajouté par le référent :", f"{vote.name(item.levier)}{rank}.", said.raison)
        elif said.force == "exclure":
            yield Point("Un levier a été écarté par le référent :", f"{vote.name(item.levier)}.", said.raison)
        notes = {"valeur": said.valeur, "faisabilité": said.faisabilite}
        fixed = [f"{axis} {trimmed(note)}" for axis, note in notes.items() if note is not None]
        if fixed:
            yield Point(
                "Une note est imposée par le référent :", f"{vote.name(item.levier)} ({joined(fixed)}).", said.raison
            )


def _disagreements(vote: Vote) -> Iterator[Point]:
    """Where the voters are apart, an axis at a time; the ends are told only where there are voices enough."""
    least = vote.matiere.referentiel.parametres.priorisation.detail_voix_min
    for axis, field in (("la valeur", "stat_valeur"), ("la faisabilité", "stat_faisabilite")):
        stats: dict[int, Stat] = {item.ordre: getattr(vote.found[item.levier], field) for item in vote.kept}
        far = {order: stat for order, stat in stats.items() if stat.desaccord}
        if not far:
            continue
        told = [stat for stat in far.values() if stat.voix >= least]
        low = min((stat.minimum for stat in told if stat.minimum is not None), default=None)
        high = max((stat.maximum for stat in told if stat.maximum is not None), default=None)
        ends = f" : certains ont mis {low}, d’autres {high}" if low is not None and high is not None else ""
        which = "du n°" if len(far) == 1 else "des n°"
        yield Point(f"On n’est pas d’accord sur {axis}", f"{which} {joined([str(order) for order in far])}{ends}.")


def _quick_and_ranked(item: LevierConsolide) -> bool:
    """True for a candidate that is useful and easy; what was left out for a reason of its own has no rank."""
    return item.quadrant is Quadrant.GAINS_RAPIDES and item.rang is not None


def _silences(vote: Vote) -> Iterator[Point]:
    voted, asked = vote.voters
    if voted < asked:
        count = asked - voted
        said = "ne s’est pas exprimé" if count == 1 else "ne se sont pas exprimés"
        yield Point(f"{counted(count, 'votant')} {said} :", "leur silence ne compte ni pour ni contre.")
    if vote.result.sans_voix:
        count = len(vote.result.sans_voix)
        yield Point(
            f"{counted(count, 'levier')} {'n’a' if count == 1 else 'n’ont'} reçu aucune voix :",
            f"{some([quoted(vote.matiere.titre(item)) for item in vote.result.sans_voix], _SHOWN)}.",
        )


def _duties(vote: Vote) -> Iterator[Point]:
    """The obligations of this town that a levier put to the vote answers, and that no levier kept does."""
    referentiel, town = vote.matiere.referentiel, vote.matiere.entree.collectivite
    kept = {slug for item in vote.kept for slug in referentiel.leviers[item.levier].obligations}
    asked = [slug for item in vote.left for slug in referentiel.leviers[item.levier].obligations if slug not in kept]
    duties = binding(list(dict.fromkeys(asked)), town, referentiel)
    if duties:
        names = some([f"{item.nom} ({item.texte})" for item in duties], _SHOWN)
        yield Point("La liste laisse de côté ce que la loi demande :", f"{names}. Vérifiez que c’est déjà fait.")


def _list(vote: Vote) -> Liste | None:
    if not vote.kept:
        return None
    lines = tuple(_line(vote, item) for item in vote.kept)
    return Liste(
        "La liste, dans l’ordre de travail", "Après la dimension : la valeur, puis la faisabilité, de 1 à 5.", lines
    )


def _line(vote: Vote, choice: Choix) -> LigneDeListe:
    dimension, found = vote.matiere.referentiel.dimension_of[choice.levier], vote.found[choice.levier]
    mark = {"force": "Ajouté par le référent", "prerequis": "Prérequis"}.get(choice.motif, "")
    notes = f"{_note(found.valeur)} · {_note(found.faisabilite)}"
    return LigneDeListe(choice.ordre, dimension.numero, dimension.nom, vote.matiere.titre(choice.levier), notes, mark)


def _note(value: Fraction | None) -> str:
    return "sans note" if value is None else number(value, 1)


def _matrix(vote: Vote) -> tuple[Figure, ...]:
    """The matrix of all that was noted; none where nothing was."""
    parametres = vote.matiere.referentiel.parametres.priorisation
    kept = {item.levier for item in vote.kept}
    noted = sorted((item for item in vote.found.values() if item.quadrant), key=lambda item: vote.numbers[item.levier])
    if not noted:
        return ()
    places = [
        Place(
            vote.numbers[item.levier],
            float(item.valeur or 0),
            float(item.faisabilite or 0),
            vote.matiere.referentiel.dimension_of[item.levier].numero,
            item.levier in kept,
        )
        for item in noted
    ]
    scale = Echelle(
        parametres.note_min, parametres.note_max, float(parametres.seuil_valeur), float(parametres.seuil_faisabilite)
    )
    title = _finding(vote)
    told = " ; ".join(
        f"{vote.numbers[item.levier]}, valeur {_note(item.valeur)}, faisabilité {_note(item.faisabilite)}"
        for item in noted
        if item.levier in kept
    )
    drawn = draw_matrice("matrice", places, scale, title, f"{title}. {told or 'Aucun levier n’est retenu'}.")
    legend = (
        "Pleins : les leviers retenus, dans la couleur de leur dimension. Vides : les autres. Moyennes des votants."
    )
    return (Figure(title, drawn, legend, _table(vote, noted)),)


def _finding(vote: Vote) -> str:
    count = len(vote.kept)
    quick = sum(vote.found[item.levier].quadrant is Quadrant.GAINS_RAPIDES for item in vote.kept)
    if not count:
        return "Aucun levier n’est jugé assez utile"
    if quick == count:
        return "Tous les leviers retenus sont des gains rapides" if count > 1 else "Le levier retenu est un gain rapide"
    said = "est un gain rapide" if quick <= 1 else "sont des gains rapides"
    return f"{letters(quick).capitalize()} des {letters(count)} leviers retenus {said}"


def _table(vote: Vote, noted: Sequence[LevierConsolide]) -> Table:
    rows = tuple(
        (
            f"{vote.numbers[item.levier]}. {vote.matiere.titre(item.levier)}",
            _note(item.valeur),
            _note(item.faisabilite),
            item.quadrant.nom if item.quadrant else "–",
            str(item.stat_valeur.voix),
        )
        for item in noted
    )
    return Table(("Levier", "Valeur", "Faisabilité", "Zone", "Voix"), rows)


def _folds(vote: Vote) -> Iterator[Pli]:
    if vote.kept:
        lines = (Detail(f"{item.ordre}. {vote.matiere.titre(item.levier)}", item.explication) for item in vote.kept)
        yield Pli("Pourquoi chacun est là", tuple(lines))
    if vote.left:
        lines = (_left_out(vote, item) for item in vote.left)
        count = len(vote.left)
        yield Pli(
            "Le levier non retenu, et pourquoi" if count == 1 else f"Les {count} leviers non retenus, et pourquoi",
            tuple(lines),
        )
    shares = prioritise.gather_participation(
        vote.result, vote.matiere.referentiel.parametres.priorisation.detail_voix_min
    )
    if shares:
        yield Pli(
            "Qui s’est exprimé, par direction",
            tuple(Detail(item.direction, f"{item.recus} sur {item.attendus}") for item in shares),
        )


def _left_out(vote: Vote, item: LevierConsolide) -> Detail:
    zone = (
        f"{item.quadrant.nom}, valeur {_note(item.valeur)}, faisabilité {_note(item.faisabilite)}. "
        if item.quadrant
        else ""
    )
    return Detail(
        f"{vote.numbers[item.levier]}. {vote.matiere.titre(item.levier)}",
        f"{zone}{vote.result.non_retenus.get(item.levier, '')}",
    )


def _standing(item: LevierConsolide) -> tuple[bool, Fraction, str]:
    """The order of those left out: the best noted first, then those without a note."""
    return item.quadrant is None, -((item.valeur or Fraction(0)) + (item.faisabilite or Fraction(0))), item.levier
