"""Prioritise: who votes, whose ballots count, and the vote and the selection that follow.

Rules: method « 5 prioritise ».
"""

from __future__ import annotations

from nr_models.dossier.case import Manquant, Reste
from nr_models.dossier.registre import Entree
from nr_models.referentiel.referentiel import Referentiel
from nr_models.rules import preselect, vote
from nr_models.rules.selection import Choix, Selection
from nr_models.rules.vote import Bulletin, Derogation, LevierConsolide, Voix, consolidate
from nr_models.values.anomalies import Anomaly
from nr_models.values.frozen import Frozen
from nr_models.values.roles import Role

_WHO_IMPOSES = (Role.REFERENT, Role.EQUIPE_PROGRAMME)


class RetourBulletin(Frozen):
    """A ballot as it came back."""

    personne: str
    voix: tuple[Voix, ...]
    derogations: tuple[Derogation, ...] = ()

    @property
    def is_blank(self) -> bool:
        """True when no levier was given a note, a « sans avis » or a comment: no vote, so it is still awaited."""
        return not self.voix


class Participation(Frozen):
    """How many ballots came back in a direction."""

    direction: str
    attendus: int
    recus: int


class Inputs(Frozen):
    """What the stage reads; ``depasses`` are those whose ballot answers a round before the one they were last sent."""

    entree: Entree
    preselect: preselect.Result
    retours: tuple[RetourBulletin, ...] = ()
    depasses: tuple[str, ...] = ()
    anomalies: tuple[Anomaly, ...] = ()


class Result(Frozen):
    """The vote consolidated and the selection."""

    bulletins: tuple[Bulletin, ...]
    consolidations: tuple[LevierConsolide, ...]
    selection: tuple[Choix, ...]
    non_retenus: dict[str, str]
    sans_voix: tuple[str, ...]
    participation: tuple[Participation, ...]
    messages: tuple[str, ...]
    anomalies: tuple[Anomaly, ...]


def voters(entree: Entree) -> tuple[str, ...]:
    """Who votes: those named votant; where none is, the référents estimate (the method's other route)."""
    named = entree.holders(Role.VOTANT) or entree.holders(Role.REFERENT)
    return tuple(personne.mail for personne in named)


def list_heard(entree: Entree) -> frozenset[str]:
    """Those whose workbook may count: who votes, and who may impose a note or a place."""
    imposing = (person.mail for role in _WHO_IMPOSES for person in entree.holders(role))
    return frozenset((*voters(entree), *imposing))


def missing(inputs: Inputs) -> tuple[Manquant, ...]:
    """The ballots that are not in, or that say nothing of a levier which a later round asks about."""
    received = _received(inputs) - _silent(inputs)
    return tuple(Manquant(quoi="bulletin", personne=mail) for mail in voters(inputs.entree) if mail not in received)


def list_blanks(inputs: Inputs, referentiel: Referentiel) -> tuple[Reste, ...]:
    """The leviers that a ballot which says something leaves without a word."""
    asked = [place.levier for place in inputs.preselect.retenus]
    return tuple(
        Reste(quoi="bulletin", personne=retour.personne, blancs=tuple(referentiel.leviers[item].titre for item in left))
        for retour in inputs.retours
        if not retour.is_blank and (left := [item for item in asked if item not in {one.levier for one in retour.voix}])
    )


def _received(inputs: Inputs) -> set[str]:
    """Who gave a ballot that says something."""
    return {retour.personne for retour in inputs.retours if not retour.is_blank}


def _silent(inputs: Inputs) -> set[str]:
    """Whose ballot is of an earlier round, and leaves without a word a levier of the list."""
    asked = {place.levier for place in inputs.preselect.retenus}
    return {
        retour.personne
        for retour in inputs.retours
        if retour.personne in inputs.depasses and asked - {item.levier for item in retour.voix}
    }


def build(inputs: Inputs, referentiel: Referentiel) -> Result:
    """Consolidate the ballots, then select."""
    ballots, unentitled = _ballots(inputs, referentiel)
    overrides, refused = _overrides(inputs)
    found = tuple(
        consolidate(place, ballots, overrides.get(place.levier), inputs.preselect, referentiel)
        for place in inputs.preselect.retenus
    )
    chooser = Selection(found, referentiel)
    chooser.choose()
    ranks = {item.levier: place for place, item in enumerate(chooser.ranked(), start=1)}
    return Result(
        bulletins=ballots,
        consolidations=tuple(item.model_copy(update={"rang": ranks.get(item.levier)}) for item in found),
        selection=chooser.ordered(),
        non_retenus=chooser.refusals(),
        sans_voix=tuple(item.levier for item in found if item.quadrant is None),
        participation=_participation(inputs),
        messages=tuple(chooser.messages()),
        anomalies=(*inputs.anomalies, *unentitled, *refused),
    )


def _ballots(inputs: Inputs, referentiel: Referentiel) -> tuple[tuple[Bulletin, ...], list[Anomaly]]:
    """The ballots that count: the voters', and on the orange leviers that of the prestataire on board."""
    entitled = set(voters(inputs.entree))
    counted, refused = [], []
    for retour in sorted(inputs.retours, key=lambda item: item.personne):
        personne = inputs.entree.find(retour.personne)
        voices = retour.voix
        if personne is None or personne.mail not in entitled:
            bilateral = personne and personne.has(Role.PRESTATAIRE) and inputs.preselect.prestataire_embarque
            orange = {item.id for item in referentiel.leviers.values() if item.prestataire}
            voices = tuple(voice for voice in voices if bilateral and voice.levier in orange)
        if personne and personne.mail in entitled and retour.is_blank and not retour.derogations:
            refused.append(Anomaly(code="bulletin-blanc", valeur=retour.personne))
        elif personne and voices:
            counted.append(
                Bulletin(personne=personne.mail, direction=personne.direction, college=personne.college, voix=voices)
            )
        elif any(voice.valeur is not None or voice.faisabilite is not None for voice in retour.voix):
            refused.append(Anomaly(code="bulletin-sans-droit", valeur=retour.personne))
    return tuple(counted), refused


def _overrides(inputs: Inputs) -> tuple[dict[str, Derogation], list[Anomaly]]:
    """The référents' overrides by levier; where two of them contradict each other, none holds and it is said."""
    found: dict[str, Derogation] = {}
    contested: set[str] = set()
    refused = []
    for retour in sorted(inputs.retours, key=lambda item: item.personne):
        personne = inputs.entree.find(retour.personne)
        if retour.derogations and not (personne and any(personne.has(role) for role in _WHO_IMPOSES)):
            refused.append(Anomaly(code="derogation-sans-droit", valeur=retour.personne))
            continue
        for item in retour.derogations:
            kept = found.setdefault(item.levier, item)
            if (kept.valeur, kept.faisabilite, kept.force) != (item.valeur, item.faisabilite, item.force):
                contested.add(item.levier)
    refused.extend(Anomaly(code="derogation-contraire", valeur=levier) for levier in sorted(contested))
    return {levier: item for levier, item in found.items() if levier not in contested}, refused


def _participation(inputs: Inputs) -> tuple[Participation, ...]:
    received = _received(inputs)
    people = [personne for mail in voters(inputs.entree) if (personne := inputs.entree.find(mail))]
    return tuple(
        Participation(
            direction=direction or "Direction non précisée",
            attendus=sum(item.direction == direction for item in people),
            recus=sum(item.direction == direction and item.mail in received for item in people),
        )
        for direction in sorted({item.direction for item in people})
    )


def gather_participation(result: Result, least: int) -> tuple[Participation, ...]:
    """The participation as it is shown: directions of fewer voters than ``least`` together."""
    small = [item for item in result.participation if item.attendus < least]
    shown = [item for item in result.participation if item.attendus >= least]
    while 0 < sum(item.attendus for item in small) < least and shown:
        small.append(shown.pop(shown.index(min(shown, key=lambda item: item.attendus))))
    if not small:
        return tuple(shown)
    attendus, recus = sum(item.attendus for item in small), sum(item.recus for item in small)
    return (*shown, Participation(direction=vote.AUTRES, attendus=attendus, recus=recus))
