"""Why a stage is where it is, and what can be done about it: read from the same table that decides."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from sqlmodel import col, select

from nr_models.dossier.fingerprint import Phase, explain
from nr_models.dossier.journal import Fait
from nr_models.dossier.retours.recus import Tardif
from nr_models.dossier.standing import Standing, Tour
from nr_models.dossier.workflow import SIEGE, Etat, name_roles
from nr_models.rules import collect, score
from nr_models.stages import RETOURS, Stage
from nr_models.tables import Round
from nr_models.values.anomalies import Anomaly, list_lines, summarise
from nr_models.values.controle import show_code
from nr_models.values.french import french_day, plural
from portal.cli.dire.explain_score import explain_score
from tasks.acts.permissions import Possible
from tasks.dossier.acquis.changements import find_changes
from tasks.dossier.acquis.vigueur import find_vigueur
from tasks.dossier.anomalies import list_anomalies
from tasks.dossier.gates import find_attente
from tasks.dossier.making import load_results
from tasks.programme.lieu import Lieu
from tasks.returns.comptes import list_tardifs
from tasks.trail.chain import list_events

_LAST, _NAMED = 5, 12
ANOMALIES_SHOWN = 20
"""Lines that a person reads before a workbook serves them better."""


def explain_stage(lieu: Lieu, standing: Standing, stage: Stage) -> Iterator[str]:
    """The paragraph of a stage, line by line."""
    state = standing.stages[stage.slug]
    etat = state.etat
    yield f"{stage.numero}. {stage.nom} : {etat.nom} depuis le {french_day(state.depuis)}. {state.raison}"
    if etat is Etat.A_VENIR:
        return
    yield from (f"   {line}" for line in tell_acquis(lieu, stage))
    for phase, name in (("envoi", "Documents à remplir"), ("resultat", "Résultat")):
        yield from _explain_phase(lieu, standing, stage, phase, name)  # type: ignore[arg-type]
    if "diagnostic" in stage.returns:
        yield from _explain_returns(lieu)
    if stage.waits:
        with lieu.reading() as ici:
            late = [item for item in list_tardifs(ici) if item.stage == stage.slug]
        yield from explain_late(late, lieu.cle)
    yield from explain_anomalies(list_anomalies(lieu, standing, (stage,)), lieu.cle, stage)
    if stage.slug == "score" and standing.find_tour(stage.slug, "resultat"):
        yield from _explain_score(lieu, standing)


def tell_acquis(lieu: Lieu, stage: Stage) -> Iterator[str]:
    """What is in force of a stage beside what it shows, and what this one changes to what was decided on last."""
    with lieu.reading() as ici:
        vigueur, changes = find_vigueur(ici, stage.slug), find_changes(ici, stage)
    if vigueur and vigueur.lignes:
        yield from vigueur.lignes
        yield f"Ses documents : nr montrer {lieu.cle} {stage.slug} --en-vigueur"
    if changes and vigueur and vigueur.etat is not Etat.VALIDE:
        yield f"{changes.titre} :"
        yield from (f"  {line}" for line in changes.dites)


def explain_anomalies(anomalies: Sequence[Anomaly], dossier: str, stage: Stage) -> Iterator[str]:
    """What was found wrong in the current round of a stage, and how its copies to correct are had."""
    if not anomalies:
        return
    yield f"   Relevé : {summarise(anomalies)}."
    yield from (f"     {line}" for line in list_lines(anomalies, ANOMALIES_SHOWN))
    if stage.returns:
        yield f"   Copies à corriger, et tout le relevé : nr retours lister {dossier} --vers DOSSIER"


def explain_late(late: Sequence[Tardif], dossier: str) -> Iterator[str]:
    """What came after a stage was settled, and what one types to take it in or leave it."""
    for stage, items in groupby(late, key=lambda item: item.stage):
        said = ", ".join(f"{item.path} ({item.nature.nom})" for item in items)
        yield f"   Après coup, et sans effet tant que personne n’en décide : {said}."
        yield f"   Pour le prendre en compte : nr retours reprendre {dossier} {stage} --par ADRESSE --motif TEXTE"
        yield f"   Pour le laisser de côté : nr retours laisser {dossier} {stage} --par ADRESSE --motif TEXTE"


def _explain_returns(lieu: Lieu) -> Iterator[str]:
    """The last returns that say something else than the one they replaced, and what they changed."""
    with lieu.reading() as ici:
        events = list(list_events(ici.session, lieu.cle))
    replaced = [item for item in events if item["fait"] == Fait.RECU and "change" in item["donnees"]]
    for event in replaced[-_LAST:]:
        said, changed = event["donnees"], event["donnees"]["change"]
        shown = ", ".join(changed[:_NAMED]) + (" …" if len(changed) > _NAMED else "")
        what = f"il change {plural(len(changed), 'point')} ({shown})" if changed else "il dit la même chose"
        yield f"   Reçu le {french_day(event['at'])}, à la place d’un autre : {RETOURS[said['type']]} ; {what}."
    if len(replaced) > _LAST:
        yield f"   {plural(len(replaced) - _LAST, 'remplacement')} avant ceux-là : « nr piste exporter » les dit tous."


def _explain_score(lieu: Lieu, standing: Standing) -> Iterator[str]:
    results = load_results(lieu, standing, ("collect", "score"))
    found, collected = results.get("score"), results.get("collect")
    if isinstance(found, score.Result) and isinstance(collected, collect.Result):
        yield from explain_score(found, collected, lieu.referentiel)


def _explain_phase(lieu: Lieu, standing: Standing, stage: Stage, phase: Phase, name: str) -> Iterator[str]:
    current = standing.find_tour(stage.slug, phase)
    if current is None:
        return
    before = _round_before(lieu, stage, phase, current)
    made = (
        f"   {name} : tour {current.numero}, produit le {french_day(current.made_at)}, "
        f"code de contrôle {show_code(current.seal)}"
    )
    changes = list(explain(json.loads(before.basis), json.loads(current.basis))) if before else []
    yield made + (f" ; refait, car ceci a changé : {_join(changes)}." if changes else ".")
    if not standing.has_upstream(stage):
        return
    now = standing.basis(stage, phase)
    if now != current.basis:
        changes = list(explain(json.loads(current.basis), json.loads(now)))
        yield f"   À refaire, car ceci a changé depuis : {_join(changes)}."
    elif not current.intact:
        yield "   À remettre : un de ses fichiers a été modifié ou supprimé."
    else:
        yield "   Repris tel quel : rien de ce que l’étape lit n’a changé."


def _round_before(lieu: Lieu, stage: Stage, phase: Phase, current: Tour) -> Round | None:
    query = select(Round).where(Round.dossier_id == lieu.dossier.id, Round.stage == stage.slug, Round.phase == phase)
    with lieu.reading() as ici:
        return ici.session.exec(query.where(Round.numero < current.numero).order_by(col(Round.numero).desc())).first()


def explain_acts(possibles: Iterable[Possible], dossier: str, deciders: str, mail: str | None) -> Iterator[str]:
    """What may be done, by whom unless it is about one person, what to type for it; and why not the rest."""
    may: dict[str, list[Possible]] = {}
    may_not: dict[str, list[str]] = {}
    for item in possibles:
        if item.allowed:
            who = deciders if deciders and item.par == (SIEGE,) else name_roles(item.par)
            may.setdefault("" if mail else f", par {who}", []).append(item)
        else:
            may_not.setdefault(" ; ".join(item.reasons), []).append(item.acte.nom)
    for who, acts in may.items():
        yield f"   Possible : {', '.join(item.acte.nom for item in acts)}{who}."
        lines = dict.fromkeys(tell_command(item, dossier, mail) for item in acts)
        yield from (f"     {line}" for line in lines if line)
    yield from (f"   Impossible : {', '.join(acts)} ({why})." for why, acts in may_not.items())


def tell_command(item: Possible, dossier: str, mail: str | None = None) -> str:
    """What to type to do an act; "" where no command does it."""
    said = item.acte.commande.format(
        dossier=dossier, etape=item.stage, validation=item.gate, par=shlex.quote(mail) if mail else "ADRESSE"
    )
    return f"nr {said}" if said else ""


def name_deciders(lieu: Lieu, stage: Stage) -> str:
    """Who is awaited at the gate of a stage, with their addresses; "" when it is not open."""
    with lieu.reading() as ici:
        attente = find_attente(ici, stage.gate or "")
    if attente is None:
        return ""
    return " ; ".join(f"{seat.libelle} ({', '.join(seat.decideurs)})" for seat in attente.libres)


def _join(items: list[str]) -> str:
    return ", ".join(items) or "ce qu’elle lit"
