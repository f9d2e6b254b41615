"""Preselect: an affordable list of leviers, each kept or left out with its reason.

Rules: method « 4 preselect ». The socle first, then the best of each dimension, then down the relevance; the rules
that a version of the first format does not know (socle, windows, ease) leave its lists as they were.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from fractions import Fraction
from functools import cached_property
from typing import Literal

from nr_models.dossier.case import Manquant
from nr_models.dossier.registre import applies, unknown_terms
from nr_models.referentiel.referentiel import Levier, Referentiel
from nr_models.rules import collect, score
from nr_models.rules.pertinence import Pesee, Terme, fr, relevance
from nr_models.rules.socle import Appel, find_call
from nr_models.values.anomalies import Anomaly
from nr_models.values.frozen import Exact, Frozen, round_half_up


class Changement(Frozen):
    """What the référent changed: a levier added or removed, by whom and why."""

    levier: str
    sens: Literal["ajouter", "retirer"]
    justification: str


class RetourPreselection(Frozen):
    """The preselection workbook as it came back: changes, and the four criteria of each provider.

    ``prestataire`` is the provider of the information system; ``site`` and ``objets`` those of the web site and of
    connected objects. ``a_reprendre`` are the criteria whose answer could not be read: they stay open, and are
    asked again.
    """

    personne: str
    changements: tuple[Changement, ...] = ()
    prestataire: collect.Prestataire = collect.Prestataire()
    a_reprendre: tuple[str, ...] = ()
    site: collect.Prestataire = collect.Prestataire()
    objets: collect.Prestataire = collect.Prestataire()


class Place(Frozen):
    """One levier: kept or not, with how relevant and why; ``socle`` is the text or the risk that calls for it."""

    levier: str
    dimension: str
    retenu: bool
    motif: Literal[
        "socle",
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
    socle: str = ""


class Inputs(Frozen):
    """What the stage reads: the score, the context, and what the référent changed."""

    collect: collect.Result
    score: score.Result
    retours: tuple[RetourPreselection, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()


class Result(Frozen):
    """The list, every levier in or out, and what a person should know about it.

    ``embarques`` are the providers on board; ``prestataire_embarque`` tells it of that of the information system.
    """

    places: tuple[Place, ...]
    prestataire_embarque: bool
    embarques: tuple[str, ...] = ()
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
    on_board = list_on_board(inputs)
    computed = _List(Pesee(inputs.collect, inputs.score, referentiel), on_board)
    computed.fill()
    changes, contested = list_changes(inputs.retours, referentiel)
    added = {levier for levier, change in changes.items() if change.sens == "ajouter"}
    kept = (set(computed.kept) - set(changes)) | added
    places = [
        computed.place(levier, levier.id in kept, changes.get(levier.id)) for levier in referentiel.leviers.values()
    ]
    places.sort(key=lambda place: (not place.retenu, place.motif != "socle", computed.rank(place.levier)))
    return Result(
        places=tuple(places),
        prestataire_embarque="si" in on_board,
        embarques=on_board,
        messages=tuple(computed.messages(kept)),
        anomalies=(*inputs.anomalies, *contested),
    )


def list_on_board(inputs: Inputs) -> tuple[str, ...]:
    """The providers on board: as the context says, until the référent confirms or not."""
    contexte = inputs.collect.contexte
    known, silent = contexte.prestataire if contexte else collect.Prestataire(), collect.Prestataire()
    if not inputs.retours:
        return ("si",) if known.embarque else ()
    said = {
        "si": [read_criteria(item, known) for item in inputs.retours],
        "site": [item.site for item in inputs.retours],
        "objets": [item.objets for item in inputs.retours],
    }
    spoken = {kind: [item for item in answers if item != silent] for kind, answers in said.items()}
    return tuple(kind for kind, answers in spoken.items() if answers and all(item.embarque for item in answers))


def read_criteria(retour: RetourPreselection, known: collect.Prestataire) -> collect.Prestataire:
    """The criteria of a return; one that could not be read stays as the context has it: it is no « no »."""
    asked = [key for key in retour.a_reprendre if key in collect.Prestataire.model_fields]
    return retour.prestataire.model_copy(update={key: getattr(known, key) for key in asked})


def list_changes(
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


class _List:
    """The computed list while it is being made: socle, floors, then relevance, then what overflows."""

    def __init__(self, pesee: Pesee, on_board: Collection[str]) -> None:
        self.pesee, self.on_board = pesee, on_board
        self.referentiel, self.parametres = pesee.referentiel, pesee.parametres
        self.leviers = self.referentiel.leviers
        self.relevance = {item.id: relevance(item, pesee) for item in self.leviers.values()}
        self.out: dict[str, tuple[str, str]] = {}
        for levier in self.leviers.values():
            if reason := self._left_out(levier):
                self.out[levier.id] = reason
        self.units = {item: self._unit(item) for item in self.leviers}
        self.out |= self._blocked()
        self.candidates = [item for item in self.leviers if item not in self.out]
        self.kept: dict[str, str] = {}
        self.surplus: set[str] = set()

    @cached_property
    def socle(self) -> dict[str, Appel]:
        """What calls for each levier of the socle."""
        calls = {item.id: find_call(item, self.pesee) for item in self.leviers.values()}
        return {item: call for item, call in calls.items() if call is not None}

    @cached_property
    def _standing(self) -> dict[str, tuple[Fraction, bool, Fraction, int, int]]:
        """What ranks a levier whatever the list holds: relevance, socle, ease, then its rank and its dimension's."""
        found = {}
        for dimension in self.referentiel.dimensions:
            for place, levier in enumerate(dimension.leviers, start=1):
                value, termes = self.relevance[levier.id]
                ease = next((item.valeur for item in termes if item.nom == "aise"), None) or Fraction(0)
                rang = levier.rang or place
                found[levier.id] = (-(value or Fraction(0)), levier.id not in self.socle, -ease, rang, dimension.numero)
        return found

    def rank(self, levier: str, crowd: int = 0) -> tuple[object, ...]:
        """The order of the list, best first; ties never by the id, but in the first format, which knew no better."""
        value, other, ease, rang, dimension = self._standing[levier]
        if self.referentiel.format == 1:
            return value, levier
        return value, other, ease, crowd, rang, dimension

    def fill(self) -> None:
        """The socle, the floors of each dimension, down the relevance to the target, then the overflow out."""
        for levier in sorted(self.candidates, key=self.rank):
            if levier in self.socle:
                self._add(levier, "socle")
        for dimension in self.referentiel.dimensions:
            own = [item for item in self.candidates if self.referentiel.dimension_of[item] is dimension]
            for best in sorted(own, key=self.rank)[: self.parametres.plancher_par_dimension]:
                self._add(best, "plancher")
        while len(self.kept) < self.parametres.cible and (following := self._next()):
            self._add(following, "pertinence")
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
            socle=str(self.socle.get(levier.id, "")),
        )

    def messages(self, kept: set[str]) -> Iterator[str]:
        """What a person should know about the list: duties left out, its length, prerequisites missing."""
        for levier, call in self.socle.items():
            if levier not in kept and call.obligations:
                names = ", ".join(item.nom for item in call.obligations)
                yield f"La liste laisse de côté « {self.leviers[levier].titre} », que la loi demande ici : {names}."
        low, high, count = self.parametres.min, self.parametres.max, len(kept)
        if count < low:
            short = f"La liste compte {count} leviers, moins que les {low} conseillés"
            yield f"{short} : elle n’est pas complétée d’office."
        if count > high:
            yield f"La liste compte {count} leviers, plus que les {high} conseillés : c’est permis, à justifier."
        for item in sorted(kept):
            for above in self.units[item]:
                if above not in kept:
                    yield (
                        f"« {self.leviers[item].titre} » est retenu sans son prérequis « {self.leviers[above].titre} »."
                    )

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
            "socle": f"Au socle. {self.socle.get(levier.id, '')}",
            "plancher": "Parmi les plus pertinents de sa dimension.",
            "prerequis": "Prérequis d’un levier retenu.",
            "pertinence": self._brought(levier),
        }
        return why, f"{openings[why]} {terms}"

    def _brought(self, levier: Levier) -> str:
        """What weighs most in the relevance of a levier."""
        known = [item for item in self.relevance[levier.id][1] if item.valeur is not None]
        if self.referentiel.format == 1 or not known:
            return "Retenu pour sa pertinence."
        return f"Retenu pour sa pertinence, surtout par {_WITH[max(known, key=lambda item: item.part).nom]}."

    def _terms(self, levier: Levier) -> str:
        value, termes = self.relevance[levier.id]
        if value is None:
            return "Pertinence inconnue."
        known = [
            f"{_NAMES[terme.nom]} {fr(round_half_up(terme.part * 100))} ({terme.raison})"
            for terme in termes
            if terme.valeur is not None
        ]
        dropped = [terme.raison for terme in termes if terme.valeur is None]
        tail = f" Non compté : {', '.join(dropped)}." if dropped else ""
        relevance = f"Pertinence {fr(round_half_up(value * 100))} sur 100 : {' + '.join(known)}.{tail}"
        doubts = ", ".join(unknown_terms(levier.condition, self.pesee.collectivite))
        return f"{relevance} Contexte à vérifier : {doubts} inconnu." if doubts else relevance

    def _left_out(self, levier: Levier) -> tuple[str, str] | None:
        collectivite = self.pesee.collectivite
        if applies(levier.condition, collectivite) is False:
            return "contexte", "Écarté : ne correspond pas au contexte de la collectivité."
        if self.referentiel.format > 1 and not self.pesee.liens(levier):
            return "contexte", "Écarté : sans objet ici, d’après les réponses au diagnostic."
        if self._in_place(levier):
            return "en-place", "Déjà en place, d’après les réponses au diagnostic."
        if levier.orange and collectivite.dsi_propre is False and levier.orange not in self.on_board:
            return "prestataire", f"Écarté : {_PROVIDER[levier.orange]}, qui n’est pas embarqué dans la démarche."
        return None

    def _in_place(self, levier: Levier) -> bool:
        """At least one link with an object, all answered where the levier is in place; unasked proves nothing."""
        links = self.pesee.liens(levier)
        return bool(links) and all(
            line is not None and line.statut == "repondu" and line.niveau is not None and line.niveau >= fenetre.jusqu_a
            for fenetre, line in links
        )

    def _blocked(self) -> dict[str, tuple[str, str]]:
        """Those whose unit holds a levier left out for itself, which is named."""
        found = {}
        for entry, unit in self.units.items():
            blockers = [item for item in unit if item in self.out and item != entry]
            if blockers and entry not in self.out:
                names = ", ".join(f"« {self.leviers[item].titre} »" for item in blockers)
                found[entry] = ("bloque", f"Bloqué par un prérequis écarté : {names}.")
        return found

    def _unit(self, levier: str) -> tuple[str, ...]:
        """The levier and its unmet prerequisites, transitively, prerequisites first."""
        unit: dict[str, None] = {}

        def visit(item: str) -> None:
            for above in self.leviers[item].requiert:
                if self.out.get(above, ("",))[0] != "en-place" and above not in unit:
                    visit(above)
            unit[item] = None

        visit(levier)
        return tuple(unit)

    def _next(self) -> str | None:
        """The best levier that is not in the list yet; a tie goes to the dimension with fewest in it."""
        crowd: dict[int, int] = {}
        for item in self.kept:
            dimension = self.referentiel.dimension_of[item].numero
            crowd[dimension] = crowd.get(dimension, 0) + 1
        free = [item for item in self.candidates if item not in self.kept]
        return min(free, key=lambda item: self.rank(item, crowd.get(self._standing[item][-1], 0)), default=None)

    def _add(self, levier: str, motif: str) -> None:
        for item in self.units[levier]:
            if item != levier:
                self.kept.setdefault(item, "prerequis")
            elif self.kept.get(item) != "socle":
                # a floor keeps its rank even when it came first as somebody's prerequisite
                self.kept[item] = self.kept.get(item, motif) if motif == "pertinence" else motif

    def _required(self) -> set[str]:
        return {above for item in self.kept for above in self.units[item] if above != item}

    def _lowest_free(self) -> str | None:
        required = self._required()
        free = [
            item for item, motif in self.kept.items() if motif not in ("socle", "plancher") and item not in required
        ]
        return max(free, key=self.rank, default=None)


_NAMES = {"besoin": "besoin", "ambition": "ambition", "priorite": "priorité", "aise": "facilité"}
_WITH = {"besoin": "le besoin", "ambition": "l’ambition", "priorite": "sa priorité", "aise": "sa facilité"}
_PROVIDER = {
    "si": "levier du prestataire",
    "site": "levier du prestataire du site internet",
    "objets": "levier de l’installateur des objets connectés",
}


def _sentence(text: str) -> str:
    """The text, closed by a full stop where it has none."""
    bare = text.strip()
    return bare if bare.endswith((".", "!", "?", "…")) else f"{bare}."
