"""Restitute: the findings of the diagnostic, ready to be shown — without a name beside an answer.

Rules: ANCT step 3.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from nr_models.dossier.registre import Collectivite, Entree
from nr_models.inventaire.indicateurs import Indicateurs
from nr_models.referentiel.referentiel import Dimension, Referentiel
from nr_models.rules import collect, score
from nr_models.values.frozen import Frozen, exact_sum, percent


class Constat(Frozen):
    """One question worth showing: its wording, the answer sentence that holds, and whether it is assumed."""

    question: str
    niveau: int
    phrase: str
    hypothese: bool = False


class Synthese(Frozen):
    """A dimension on its slide; ``titre`` is the finding."""

    dimension: str
    titre: str
    note: score.Note
    points_forts: tuple[Constat, ...]
    points_faibles: tuple[Constat, ...]
    sans_reponse: int


class ReponseSupposee(Frozen):
    """A question that nobody answered, the sentence supposed to hold, and why; never who supposed it."""

    question: str
    dimension: str
    niveau: int
    phrase: str
    raison: str


class Desaccord(Frozen):
    """A question whose answers are apart and that nobody settled; ``retenu`` is the level kept meanwhile.

    ``niveaux`` are the levels given, ``ecartes`` whether « sans objet » was said too: both left out where too few
    people were heard. ``bas`` and ``haut`` are the note of the dimension at the lowest and the highest of them.
    """

    question: str
    dimension: str
    retenu: int | None
    niveaux: tuple[int, ...] = ()
    phrases: tuple[str, ...] = ()
    sans_objet: bool = False
    bas: Decimal | None = None
    haut: Decimal | None = None


class Inputs(Frozen):
    """What the stage reads."""

    entree: Entree
    collect: collect.Result
    score: score.Result


class Result(Frozen):
    """What the deck says; ``entendus`` people were heard, whose words are left out where they are too few."""

    collectivite: Collectivite
    titre: str
    globale: score.Note
    syntheses: tuple[Synthese, ...]
    entendus: int
    fonctions_interrogees: tuple[str, ...]
    perimetre: tuple[str, ...]
    fournisseur_si: str
    dispositifs: tuple[str, ...]
    actions_engagees: tuple[collect.ActionEngagee, ...]
    enseignements: tuple[str, ...]
    hypotheses: tuple[ReponseSupposee, ...]
    divergences: tuple[Desaccord, ...]
    inventaire: Indicateurs
    inventaire_recu: bool
    manquants: tuple[Literal["diagnostic", "contexte", "inventaire"] | str, ...]


def build(inputs: Inputs, referentiel: Referentiel) -> Result:
    """Choose what to show: per dimension the strengths and the weak points, the furthest first."""
    contexte = inputs.collect.contexte or collect.RetourContexte()
    syntheses = tuple(synthesis(item, inputs.score, referentiel) for item in referentiel.dimensions)
    return Result(
        collectivite=inputs.collect.collectivite,
        titre=headline(syntheses, referentiel),
        globale=inputs.score.globale,
        syntheses=syntheses,
        entendus=len(inputs.collect.interroges),
        fonctions_interrogees=functions(inputs, referentiel),
        perimetre=contexte.perimetre,
        fournisseur_si=contexte.fournisseur_si,
        dispositifs=contexte.dispositifs,
        actions_engagees=contexte.actions,
        enseignements=lessons(inputs.collect) if enough_heard(inputs.collect, referentiel) else (),
        hypotheses=tuple(_assumed(item, referentiel) for item in inputs.score.hypotheses),
        divergences=tuple(disagreements(inputs, referentiel)),
        inventaire=inputs.score.inventaire,
        inventaire_recu=inputs.score.inventaire_recu,
        manquants=tuple(sorted({item.quoi for item in inputs.collect.manquants})),
    )


def synthesis(dimension: Dimension, scored: score.Result, referentiel: Referentiel) -> Synthese:
    """The slide of a dimension: at most three strengths and three weak points."""
    note = scored.of(dimension.slug)
    lines = [line for line in note.lignes if line.points is not None and line.niveau is not None]
    shown = 3  # what fits on a slide at 14 pt
    middle = referentiel.parametres.score.niveau_max // 2
    strong = sorted((line for line in lines if (line.niveau or 0) > middle), key=lambda line: -(line.niveau or 0))
    weak = sorted((line for line in lines if (line.niveau or 0) < middle), key=lambda line: line.niveau or 0)
    return Synthese(
        dimension=dimension.slug,
        titre=finding(dimension, note.note, referentiel) if note.applicable else f"{dimension.nom} : sans objet ici",
        note=note.note,
        points_forts=tuple(_finding_of(line, referentiel) for line in strong[:shown]),
        points_faibles=tuple(_finding_of(line, referentiel) for line in weak[:shown]),
        sans_reponse=sum(line.statut == "inconnu" for line in note.lignes),
    )


def finding(dimension: Dimension, note: score.Note, referentiel: Referentiel) -> str:
    """The title of a dimension's slide: what one should remember."""
    if note.affiche is None:
        return f"{dimension.nom} : pas encore de note, faute de réponse"
    shown = f"{str(note.affiche).replace('.', ',')} %"
    if note.maturite is None:
        low, high = (str(value).replace(".", ",") for value in (note.affiche_bas, note.affiche_haut))
        return f"{dimension.nom} : entre {low} et {high} %, trop peu de réponses pour conclure"
    level = next(item.nom for item in referentiel.parametres.score.maturites if item.slug == note.maturite)
    return f"{dimension.nom} : niveau « {level} », {shown}"


def headline(syntheses: tuple[Synthese, ...], referentiel: Referentiel) -> str:
    """The finding of the whole: the most advanced and the most fragile dimensions."""
    scored = [item for item in syntheses if item.note.affiche is not None and item.note.maturite is not None]
    if len(scored) < 2:
        return "Trop peu de réponses pour comparer les dimensions"
    names = {item.slug: item.nom for item in referentiel.dimensions}
    worst = min(scored, key=lambda item: item.note.affiche or 0)
    best = max(scored, key=lambda item: item.note.affiche or 0)
    if worst.note.affiche == best.note.affiche:
        return "Toutes les dimensions notées sont au même point"
    return f"« {names[worst.dimension]} » est la plus fragile, « {names[best.dimension]} » la plus avancée"


def functions(inputs: Inputs, referentiel: Referentiel) -> tuple[str, ...]:
    """The functions of the people heard, never their names."""
    names = {item.slug: item.nom for item in referentiel.profils}
    heard = [inputs.entree.find(mail) for mail in inputs.collect.interroges]
    slugs = {profil for personne in heard if personne for profil in personne.profils}
    return tuple(nom for slug, nom in names.items() if slug in slugs)


def enough_heard(collected: collect.Result, referentiel: Referentiel) -> bool:
    """True when so many were heard that a sentence or a level does not tell who said it."""
    return len(collected.interroges) >= referentiel.parametres.priorisation.detail_voix_min


def lessons(collected: collect.Result) -> tuple[str, ...]:
    """What the interviews taught, each once, in the order of the interviews."""
    return tuple(dict.fromkeys(line for item in collected.entretiens for line in item.enseignements))


def disagreements(inputs: Inputs, referentiel: Referentiel) -> Iterator[Desaccord]:
    """The divergences left open, and what settling each one either way would do to the note of its dimension."""
    told = enough_heard(inputs.collect, referentiel)
    found = {item.question: item for item in inputs.collect.consolidations}
    for name in inputs.score.divergences:
        item, question = found[name], referentiel.questions[name]
        levels = sorted({answer.niveau for answer in item.reponses if answer.niveau is not None})
        shown = levels if told else []
        ends = _ends(item, levels, inputs.score, referentiel)
        yield Desaccord(
            question=question.question,
            dimension=item.dimension,
            retenu=item.niveau,
            niveaux=tuple(shown),
            phrases=tuple(question.niveaux[level] for level in shown),
            sans_objet=told and any(answer.statut == collect.Statut.SANS_OBJET for answer in item.reponses),
            bas=ends and ends[0],
            haut=ends and ends[1],
        )


def _ends(
    item: collect.QuestionConsolidee, levels: Sequence[int], scored: score.Result, referentiel: Referentiel
) -> tuple[Decimal, Decimal] | None:
    """The note of the dimension, displayed, at the lowest and at the highest of the levels; None without a note."""
    dimension = scored.of(item.dimension)
    weights = exact_sum([Fraction(line.poids) for line in dimension.lignes if line.points is not None])
    if dimension.note.score is None or item.niveau is None or not levels or not weights:
        return None
    one = Fraction(referentiel.questions[item.question].poids) / (weights * referentiel.parametres.score.niveau_max)
    low, high = (percent(dimension.note.score + (level - item.niveau) * one) for level in (levels[0], levels[-1]))
    return low, high


def _assumed(item: collect.Hypothese, referentiel: Referentiel) -> ReponseSupposee:
    question = referentiel.questions[item.question]
    return ReponseSupposee(
        question=question.question,
        dimension=referentiel.dimension_of[item.question].slug,
        niveau=item.niveau,
        phrase=question.niveaux[item.niveau],
        raison=item.raison,
    )


def _finding_of(line: score.Ligne, referentiel: Referentiel) -> Constat:
    question = referentiel.questions[line.question]
    level = line.niveau or 0
    return Constat(
        question=question.question,
        niveau=level,
        phrase=question.niveaux[level],
        hypothese=line.statut == "hypothese",
    )
