"""Relevance of a levier for a town, term by term: need, ambition, priority, ease.

Rules: method « 4 preselect » (the product's grid, after the ANCT's FAQ: go further where one is ahead, mend where
one is weak, follow the ambitions). What a version of the first format does not say (windows, ease) changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal, NamedTuple

from nr_models.dossier.registre import applies
from nr_models.referentiel.parametres import ParametresPreselection, Priorite
from nr_models.referentiel.referentiel import Dimension, Fenetre, Levier, Referentiel
from nr_models.rules import collect, score
from nr_models.values.french import plural
from nr_models.values.frozen import Exact, Frozen, round_half_up


class Terme(Frozen):
    """One term of relevance: its value (0 to 1), the weight it got, and its share of the whole."""

    nom: Literal["besoin", "ambition", "priorite", "aise"]
    valeur: Exact | None
    poids: Exact
    part: Exact
    raison: str


class Lien(NamedTuple):
    """A question that a levier answers: its window, and its line of the score; None where it was not asked."""

    fenetre: Fenetre
    ligne: score.Ligne | None


class Pesee:
    """What is known of a town when its leviers are weighed, under one version of the référentiel."""

    def __init__(self, collected: collect.Result, scored: score.Result, referentiel: Referentiel) -> None:
        self.collected, self.scored, self.referentiel = collected, scored, referentiel
        self.collectivite = collected.collectivite

    @cached_property
    def lignes(self) -> dict[str, score.Ligne]:
        """The lines of the score by question; a question that was not asked has none."""
        return {line.question: line for note in self.scored.dimensions for line in note.lignes}

    @property
    def parametres(self) -> ParametresPreselection:
        """The figures of the preselection."""
        return self.referentiel.parametres.preselection

    def dimension(self, levier: Levier) -> Dimension:
        """The dimension of a levier."""
        return self.referentiel.dimension_of[levier.id]

    def liens(self, levier: Levier) -> list[Lien]:
        """The links of a levier to questions that have an object here."""
        top = self.referentiel.parametres.score.niveau_max
        found = []
        for entry in levier.questions:
            line, condition = self.lignes.get(entry), self.referentiel.questions[entry].condition
            without_object = line is not None and line.statut in ("sans-objet", "non-applicable")
            if not without_object and applies(condition, self.collectivite) is not False:
                found.append(Lien(levier.fenetre(entry, top), line))
        return found


def relevance(levier: Levier, pesee: Pesee) -> tuple[Fraction | None, tuple[Terme, ...]]:
    """Relevance in 0–1 and its terms; an unknown term is dropped and the weights renormalised."""
    found = list(_terms(levier, pesee))
    total = sum((weight for _, value, _, weight in found if value is not None), Fraction(0))
    termes = tuple(
        Terme(
            nom=name,
            valeur=value,
            poids=weight / total if value is not None else Fraction(0),
            part=weight / total * value if value is not None else Fraction(0),
            raison=reason,
        )
        for name, value, reason, weight in found
    )
    return (sum((terme.part for terme in termes), Fraction(0)) if total else None), termes


_Nom = Literal["besoin", "ambition", "priorite", "aise"]


def _terms(levier: Levier, pesee: Pesee) -> Iterator[tuple[_Nom, Fraction | None, str, Fraction]]:
    weights = pesee.parametres.poids
    yield "besoin", *_need(levier, pesee), Fraction(weights.besoin)
    yield "ambition", *_ambition(levier, pesee), Fraction(weights.ambition)
    priority = Fraction(pesee.parametres.priorites[levier.priorite])
    yield "priorite", priority, f"levier « {levier.priorite.nom} »", Fraction(weights.priorite)
    if weights.aise is not None:
        yield "aise", *_ease(levier, pesee), Fraction(weights.aise)


def _need(levier: Levier, pesee: Pesee) -> tuple[Fraction | None, str]:
    note = pesee.scored.of(pesee.dimension(levier).slug).note
    ahead = note.affiche is not None and note.affiche >= pesee.parametres.seuil_avance
    if levier.priorite is Priorite.ALLER_PLUS_LOIN and ahead and note.score is not None:
        return note.score, f"pour aller plus loin là où la collectivité est avancée ({fr(note.affiche)} %)"
    found = _Besoin(levier, pesee, note.score)
    if found.weight:
        return found.total / found.weight, found.reason
    if note.score is not None:
        return 1 - note.score, f"d’après la note de la dimension ({fr(note.affiche)} %)"
    return None, "besoin inconnu : rien n’a été répondu sur ce sujet"


class _Besoin:
    """The need of a levier over its links: what was answered, and what was never asked."""

    def __init__(self, levier: Levier, pesee: Pesee, note: Fraction | None) -> None:
        self.weight = self.total = Fraction(0)
        self.answered = self.assumed = self.early = self.unasked = 0
        parametres = pesee.parametres
        for fenetre, line in pesee.liens(levier):
            if line is not None and line.niveau is not None:
                self._count(fenetre, line.niveau, Fraction(line.poids), Fraction(parametres.part_trop_tot or 1))
                self.assumed += line.statut == "hypothese"
            elif line is None and parametres.part_non_posee is not None and note is not None:
                weight = Fraction(pesee.referentiel.questions[fenetre.question].poids)
                self.unasked += 1
                self.weight += weight
                self.total += weight * Fraction(parametres.part_non_posee) * (1 - note)

    def _count(self, fenetre: Fenetre, niveau: int, weight: Fraction, early: Fraction) -> None:
        """The missing part of the way to the level from which the levier is in place."""
        need = max(Fraction(fenetre.jusqu_a - niveau, fenetre.jusqu_a), Fraction(0))
        if niveau < fenetre.des:
            need *= early
            self.early += 1
        self.answered += 1
        self.weight += weight
        self.total += weight * need

    @property
    def reason(self) -> str:
        """Where the need comes from."""
        found = []
        if self.answered:
            assumed = f", dont {self.assumed} par hypothèse" if self.assumed else ""
            found.append(f"d’après {plural(self.answered, 'question')} du diagnostic{assumed}")
        if self.unasked:
            found.append("question non posée" if self.unasked == 1 else f"{self.unasked} questions non posées")
        if self.early:
            found.append("un peu tôt : d’autres pas viennent avant")
        return " ; ".join(found)


def _ambition(levier: Levier, pesee: Pesee) -> tuple[Fraction | None, str]:
    contexte = pesee.collected.contexte
    themes = {item.slug: item.nom for item in pesee.referentiel.themes_reen}
    common = [theme for theme in levier.themes_reen if contexte and theme in contexte.themes]
    if common:
        return Fraction(1), f"le thème « {themes[common[0]]} » est une ambition"
    dimension = pesee.dimension(levier)
    if contexte is None or dimension.slug not in contexte.ambitions:
        return None, "ambition non dite"
    top = pesee.parametres.ambition_max
    level = contexte.ambitions[dimension.slug]
    return Fraction(level, top), f"ambition {level} sur {top} pour « {dimension.nom} »"


def _ease(levier: Levier, pesee: Pesee) -> tuple[Fraction | None, str]:
    """Ease: by difficulty, less the part of the year's capacity that the levier takes."""
    referentiel, population = pesee.referentiel, pesee.collectivite.population
    load = referentiel.charge(levier, population)
    capacity = None if population is None else referentiel.at_size(pesee.parametres.capacites, population)
    if load is None or not capacity:
        return None, "facilité inconnue : la population n’est pas dite"
    ease = Fraction(pesee.parametres.aises[levier.difficulte])
    said = f"levier « {levier.difficulte.nom} », {fr(load)} JH sur {fr(round_half_up(capacity, 0))} possibles par an"
    return ease * max(1 - Fraction(load) / capacity, Fraction(0)), said


def fr(value: Decimal | None) -> str:
    """A figure with a decimal comma; a dash where there is none."""
    return "–" if value is None else f"{value:f}".replace(".", ",")
