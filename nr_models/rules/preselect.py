"""Preselect: an affordable list of leviers, each kept or left out with its reason.

Rules: method « 4 preselect » (the product's grid, after the ANCT's FAQ: go further where one is
ahead, mend where one is weak, follow the ambitions).
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from nr_models.dossier.case import Manquant
from nr_models.dossier.registre import applies, unknown_terms
from nr_models.referentiel.parametres import Priorite
from nr_models.referentiel.referentiel import Levier, Referentiel
from nr_models.rules import collect, score
from nr_models.values.anomalies import Anomaly
from nr_models.values.frozen import Exact, Frozen, round_half_up


class Terme(Frozen):
    """One term of relevance: its value (0 to 1), the weight it got, and its share of the whole."""

    nom: Literal["besoin", "ambition", "priorite"]
    valeur: Exact | None
    poids: Exact
    part: Exact
    raison: str


class Changement(Frozen):
    """What the référent changed: a levier added or removed, by whom and why."""

    levier: str
    sens: Literal["ajouter", "retirer"]
    justification: str


class RetourPreselection(Frozen):
    """The preselection workbook as it came back: changes, and the four criteria of the prestataire."""

    personne: str
    changements: tuple[Changement, ...] = ()
    prestataire: collect.Prestataire = collect.Prestataire()


class Place(Frozen):
    """One levier: kept or not, with how relevant and why."""

    levier: str
    dimension: str
    retenu: bool
    motif: Literal[
        "plancher",
        "prerequis",
        "pertinence",
        "ajoute",
        "retire",
        "contexte",
        "en-place",
        "prestataire",
        "bloque",
        "au-dela",
        "excedent",
    ]
    pertinence: Exact | None
    termes: tuple[Terme, ...]
    unite: tuple[str, ...]
    explication: str


class Inputs(Frozen):
    """What the stage reads: the score, the context, and what the référent changed."""

    collect: collect.Result
    score: score.Result
    retours: tuple[RetourPreselection, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()


class Result(Frozen):
    """The list, every levier in or out, and what a person should know about it."""

    places: tuple[Place, ...]
    prestataire_embarque: bool
    messages: tuple[str, ...]
    anomalies: tuple[Anomaly, ...]

    @property
    def retenus(self) -> tuple[Place, ...]:
        """The leviers kept, the most relevant first."""
        return tuple(place for place in self.places if place.retenu)

    def find(self, levier: str) -> Place | None:
        """The place of a levier, or None."""
        return next((place for place in self.places if place.levier == levier), None)


def missing(inputs: Inputs) -> tuple[Manquant, ...]:
    """The référent's workbook, while it is not in."""
    return () if inputs.retours else (Manquant(quoi="preselection"),)


def build(inputs: Inputs, referentiel: Referentiel) -> Result:
    """The computed list, then the référent's changes upon it."""
    on_board = is_on_board(inputs)
    computed = _List(inputs, referentiel, on_board)
    computed.fill()
    changes, contested = _changes(inputs.retours, referentiel)
    added = {levier for levier, change in changes.items() if change.sens == "ajouter"}
    kept = (set(computed.kept) - set(changes)) | added
    places = [
        computed.place(levier, levier.id in kept, changes.get(levier.id)) for levier in referentiel.leviers.values()
    ]
    places.sort(key=lambda place: (not place.retenu, -(place.pertinence or Fraction(0)), place.levier))
    return Result(
        places=tuple(places),
        prestataire_embarque=on_board,
        messages=tuple(computed.messages(kept)),
        anomalies=(*inputs.anomalies, *contested),
    )


def is_on_board(inputs: Inputs) -> bool:
    """Whether the prestataire is on board: as the context says, until the référent confirms or not."""
    if inputs.retours:
        spoken = [item.prestataire for item in inputs.retours if item.prestataire != collect.Prestataire()]
        return bool(spoken) and all(item.embarque for item in spoken)
    return inputs.collect.contexte is not None and inputs.collect.contexte.prestataire.embarque


def _changes(
    retours: Sequence[RetourPreselection], referentiel: Referentiel
) -> tuple[dict[str, Changement], list[Anomaly]]:
    """The change of each levier; where two people contradict each other, none holds and it is said."""
    found: dict[str, Changement] = {}
    contested: dict[str, Anomaly] = {}
    for retour in sorted(retours, key=lambda item: item.personne):
        for change in retour.changements:
            if change.levier not in referentiel.leviers:
                continue
            if found.setdefault(change.levier, change).sens != change.sens:
                contested[change.levier] = Anomaly(code="changement-contraire", valeur=change.levier)
    return {item: change for item, change in found.items() if item not in contested}, list(contested.values())


def relevance(levier: Levier, inputs: Inputs, referentiel: Referentiel) -> tuple[Fraction | None, tuple[Terme, ...]]:
    """Relevance in 0–1 and its terms; an unknown term is dropped and the weights renormalised."""
    weights = referentiel.parametres.preselection.poids
    found = [
        ("besoin", *_need(levier, inputs, referentiel), weights.besoin),
        ("ambition", *_ambition(levier, inputs, referentiel), weights.ambition),
        (
            "priorite",
            Fraction(referentiel.parametres.preselection.priorites[levier.priorite]),
            f"levier « {levier.priorite.nom} »",
            weights.priorite,
        ),
    ]
    total = sum((Fraction(weight) for _, value, _, weight in found if value is not None), Fraction(0))
    termes = tuple(
        Terme(
            nom=name,
            valeur=value,
            poids=Fraction(weight) / total if value is not None else Fraction(0),
            part=Fraction(weight) / total * value if value is not None else Fraction(0),
            raison=reason,
        )
        for name, value, reason, weight in found
    )
    return (sum((terme.part for terme in termes), Fraction(0)) if total else None), termes


def _need(levier: Levier, inputs: Inputs, referentiel: Referentiel) -> tuple[Fraction | None, str]:
    dimension = referentiel.dimension_of[levier.id]
    note = inputs.score.of(dimension.slug).note
    ahead = note.affiche is not None and note.affiche >= referentiel.parametres.preselection.seuil_avance
    if levier.priorite is Priorite.ALLER_PLUS_LOIN and ahead and note.score is not None:
        return note.score, f"pour aller plus loin là où la collectivité est avancée ({_fr(note.affiche)} %)"
    lines = [line for line in _lines(levier, inputs.score) if line.points is not None]
    if lines:
        weight = sum((Fraction(line.poids) for line in lines), Fraction(0))
        earned = sum((line.points for line in lines if line.points is not None), Fraction(0))
        assumed = sum(line.statut == "hypothese" for line in lines)
        return (
            1 - earned / weight,
            f"d’après {len(lines)} question{'s' if len(lines) > 1 else ''} du diagnostic"
            f"{f', dont {assumed} par hypothèse' if assumed else ''}",
        )
    if note.score is not None:
        return 1 - note.score, f"d’après la note de la dimension ({_fr(note.affiche)} %)"
    return None, "besoin inconnu : rien n’a été répondu sur ce sujet"


def _ambition(levier: Levier, inputs: Inputs, referentiel: Referentiel) -> tuple[Fraction | None, str]:
    contexte = inputs.collect.contexte
    themes = {item.slug: item.nom for item in referentiel.themes_reen}
    common = [theme for theme in levier.themes_reen if contexte and theme in contexte.themes]
    if common:
        return Fraction(1), f"le thème « {themes[common[0]]} » est une ambition"
    dimension = referentiel.dimension_of[levier.id]
    if contexte is None or dimension.slug not in contexte.ambitions:
        return None, "ambition non dite"
    top = referentiel.parametres.preselection.ambition_max
    level = contexte.ambitions[dimension.slug]
    return Fraction(level, top), f"ambition {level} sur {top} pour « {dimension.nom} »"


def _lines(levier: Levier, scored: score.Result) -> list[score.Ligne]:
    return [line for note in scored.dimensions for line in note.lignes if line.question in levier.questions]


class _List:
    """The computed list while it is being made: floors, then relevance, then what overflows."""

    def __init__(self, inputs: Inputs, referentiel: Referentiel, on_board: bool) -> None:
        self.inputs, self.referentiel, self.on_board = inputs, referentiel, on_board
        self.parametres = referentiel.parametres.preselection
        self.relevance = {item.id: relevance(item, inputs, referentiel) for item in referentiel.leviers.values()}
        self.out: dict[str, tuple[str, str]] = {}
        for levier in referentiel.leviers.values():
            if reason := self._left_out(levier):
                self.out[levier.id] = reason
        self.units = {item: self._unit(item) for item in referentiel.leviers}
        self.out |= self._blocked()
        self.candidates = sorted(
            (item for item in referentiel.leviers if item not in self.out), key=lambda item: (-self._value(item), item)
        )
        self.kept: dict[str, str] = {}
        self.surplus: set[str] = set()

    def fill(self) -> None:
        """Floors of each dimension, then down the relevance to the target, then the overflow out."""
        for dimension in self.referentiel.dimensions:
            own = [item for item in self.candidates if self.referentiel.dimension_of[item] is dimension]
            for levier in own[: self.parametres.plancher_par_dimension]:
                self._add(levier, "plancher")
        for levier in self.candidates:
            if len(self.kept) >= self.parametres.cible:
                break
            self._add(levier, "pertinence")
        while len(self.kept) > self.parametres.max and (last := self._lowest_free()):
            del self.kept[last]
            self.surplus.add(last)
        required = self._required()
        for item, motif in self.kept.items():
            if motif == "prerequis" and item not in required:  # what required it went with the overflow
                self.kept[item] = "pertinence"

    def place(self, levier: Levier, kept: bool, change: Changement | None) -> Place:
        """Where a levier stands, and why, in French."""
        value, termes = self.relevance[levier.id]
        motif, explanation = self._reason(levier, change)
        return Place(
            levier=levier.id,
            dimension=self.referentiel.dimension_of[levier.id].slug,
            retenu=kept,
            motif=motif,
            pertinence=value,
            termes=termes,
            unite=self.units[levier.id],
            explication=explanation,
        )

    def messages(self, kept: set[str]) -> list[str]:
        """What a person should know about the length of the list."""
        low, high, count = self.parametres.min, self.parametres.max, len(kept)
        found = []
        if count < low:
            found.append(
                f"La liste compte {count} leviers, moins que les {low} conseillés : elle n’est pas complétée d’office."
            )
        if count > high:
            found.append(
                f"La liste compte {count} leviers, plus que les {high} conseillés : c’est permis, à justifier."
            )
        for item in sorted(kept):
            lacking = [above for above in self.units[item] if above not in kept]
            found.extend(
                f"« {self.referentiel.leviers[item].titre} » est retenu sans son prérequis "
                f"« {self.referentiel.leviers[above].titre} »."
                for above in lacking
            )
        return found

    def _reason(self, levier: Levier, change: Changement | None) -> tuple[str, str]:
        terms = self._terms(levier)
        if change and change.sens == "ajouter":
            return "ajoute", f"Ajouté par le référent : {_sentence(change.justification)} {terms}"
        if change:
            return "retire", f"Retiré par le référent : {_sentence(change.justification)} {terms}"
        if levier.id in self.out:
            motif, reason = self.out[levier.id]
            return motif, f"{reason} {terms}"
        if levier.id in self.surplus:
            return "excedent", f"Écarté pour tenir la liste sous {self.parametres.max} leviers. {terms}"
        why = self.kept.get(levier.id)
        if why is None:
            return "au-dela", f"Moins pertinent que les leviers retenus. {terms}"
        openings = {
            "plancher": "Parmi les plus pertinents de sa dimension.",
            "prerequis": "Prérequis d’un levier retenu.",
            "pertinence": "Retenu pour sa pertinence.",
        }
        return why, f"{openings[why]} {terms}"

    def _terms(self, levier: Levier) -> str:
        value, termes = self.relevance[levier.id]
        if value is None:
            return "Pertinence inconnue."
        names = {"besoin": "besoin", "ambition": "ambition", "priorite": "priorité"}
        known = [
            f"{names[terme.nom]} {_fr(round_half_up(terme.part * 100))} ({terme.raison})"
            for terme in termes
            if terme.valeur is not None
        ]
        dropped = [terme.raison for terme in termes if terme.valeur is None]
        tail = f" Non compté : {', '.join(dropped)}." if dropped else ""
        relevance = f"Pertinence {_fr(round_half_up(value * 100))} sur 100 : {' + '.join(known)}.{tail}"
        doubts = ", ".join(unknown_terms(levier.condition, self.inputs.collect.collectivite))
        return f"{relevance} Contexte à vérifier : {doubts} inconnu." if doubts else relevance

    def _left_out(self, levier: Levier) -> tuple[str, str] | None:
        collectivite = self.inputs.collect.collectivite
        if applies(levier.condition, collectivite) is False:
            return "contexte", "Écarté : ne correspond pas au contexte de la collectivité."
        if self._in_place(levier):
            return "en-place", "Déjà en place, d’après les réponses au diagnostic."
        if levier.prestataire and collectivite.dsi_propre is False and not self.on_board:
            return "prestataire", "Écarté : levier du prestataire, qui n’est pas embarqué dans la démarche."
        return None

    def _in_place(self, levier: Levier) -> bool:
        """At least one applicable question, all answered at the top; what was not asked proves nothing."""
        top = self.referentiel.parametres.score.niveau_max
        lines = {line.question: line for line in _lines(levier, self.inputs.score)}
        applicable = [
            lines.get(question)
            for question in levier.questions
            if applies(self.referentiel.questions[question].condition, self.inputs.collect.collectivite) is not False
            and not (question in lines and lines[question].statut in ("sans-objet", "non-applicable"))
        ]
        return bool(applicable) and all(
            line is not None and line.statut == "repondu" and line.niveau == top for line in applicable
        )

    def _blocked(self) -> dict[str, tuple[str, str]]:
        """Those whose unit holds a levier left out for itself, which is named."""
        found = {}
        for entry, unit in self.units.items():
            blockers = [item for item in unit if item in self.out and item != entry]
            if blockers and entry not in self.out:
                names = ", ".join(f"« {self.referentiel.leviers[item].titre} »" for item in blockers)
                found[entry] = ("bloque", f"Bloqué par un prérequis écarté : {names}.")
        return found

    def _unit(self, levier: str) -> tuple[str, ...]:
        """The levier and its unmet prerequisites, transitively, prerequisites first."""
        unit: dict[str, None] = {}

        def visit(item: str) -> None:
            for above in self.referentiel.leviers[item].requiert:
                if self.out.get(above, ("",))[0] != "en-place" and above not in unit:
                    visit(above)
            unit[item] = None

        visit(levier)
        return tuple(unit)

    def _add(self, levier: str, motif: str) -> None:
        for item in self.units[levier]:
            if item == levier:
                # a floor keeps its rank even when it came first as somebody's prerequisite
                self.kept[item] = motif if motif == "plancher" else self.kept.get(item, motif)
            else:
                self.kept.setdefault(item, "prerequis")

    def _required(self) -> set[str]:
        return {above for item in self.kept for above in self.units[item] if above != item}

    def _lowest_free(self) -> str | None:
        required = self._required()
        free = [item for item in self.kept if self.kept[item] != "plancher" and item not in required]
        return max(free, key=lambda item: (-self._value(item), item), default=None)

    def _value(self, levier: str) -> Fraction:
        return self.relevance[levier][0] or Fraction(0)


def _sentence(text: str) -> str:
    """The text, closed by a full stop where it has none."""
    bare = text.strip()
    return bare if bare.endswith((".", "!", "?", "…")) else f"{bare}."


def _fr(value: Decimal | None) -> str:
    return "–" if value is None else str(value).replace(".", ",")
