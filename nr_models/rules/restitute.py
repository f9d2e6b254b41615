"""Restitute: the findings of the diagnostic, ready to be shown — without a name beside an answer.

Rules: ANCT step 3.3.
"""

from __future__ import annotations

from typing import Literal

from nr_models.dossier.registre import Collectivite, Entree
from nr_models.inventaire.indicateurs import Indicateurs
from nr_models.referentiel.referentiel import Dimension, Referentiel
from nr_models.rules import collect, score
from nr_models.values.frozen import Frozen


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


class Inputs(Frozen):
    """What the stage reads."""

    entree: Entree
    collect: collect.Result
    score: score.Result


class Result(Frozen):
    """What the deck says."""

    collectivite: Collectivite
    titre: str
    globale: score.Note
    syntheses: tuple[Synthese, ...]
    fonctions_interrogees: tuple[str, ...]
    perimetre: tuple[str, ...]
    fournisseur_si: str
    dispositifs: tuple[str, ...]
    actions_engagees: tuple[collect.ActionEngagee, ...]
    enseignements: tuple[str, ...]
    hypotheses: int
    divergences: int
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
        fonctions_interrogees=functions(inputs, referentiel),
        perimetre=contexte.perimetre,
        fournisseur_si=contexte.fournisseur_si,
        dispositifs=contexte.dispositifs,
        actions_engagees=contexte.actions,
        enseignements=tuple(line for item in inputs.collect.entretiens for line in item.enseignements),
        hypotheses=len(inputs.score.hypotheses),
        divergences=len(inputs.score.divergences),
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


def _finding_of(line: score.Ligne, referentiel: Referentiel) -> Constat:
    question = referentiel.questions[line.question]
    level = line.niveau or 0
    return Constat(
        question=question.question,
        niveau=level,
        phrase=question.niveaux[level],
        hypothese=line.statut == "hypothese",
    )
