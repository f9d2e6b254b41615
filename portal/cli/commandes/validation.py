"""``nr validation``: what people decide at a gate, take back, or give as an opinion before it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from nr_models.dossier.gates import Verdict
from nr_models.dossier.relance import find_echeance
from nr_models.stages import BY_GATE, BY_SLUG, Stage
from nr_models.tables import find_id
from nr_models.values.anomalies import list_lines, summarise
from nr_models.values.controle import show_code
from nr_models.values.dates import french_date
from nr_models.values.french import french_day, french_instant
from portal.cli.dire.acting import NAMED, check_gate, finish, identify
from portal.cli.dire.explain import ANOMALIES_SHOWN, tell_acquis
from portal.cli.dire.groupe import Groupe
from portal.cli.dire.lot import LigneDeLot, read_lot
from tasks.acts.avis import give_avis, list_avis
from tasks.acts.closing import list_explanations
from tasks.acts.decisions import decide as decide_gate
from tasks.acts.door import SuiteDonnee
from tasks.acts.reserves import lift
from tasks.acts.retraits import withdraw as take_back
from tasks.dossier.anomalies import list_under_gate
from tasks.dossier.gates import Attente, find_attente, find_standing, load_reserves
from tasks.dossier.making import RESULT_FILE
from tasks.dossier.pouvoirs import list_recent
from tasks.dossier.rounds import find_round, find_state, list_artefacts
from tasks.dossier.standing import load_standing
from tasks.programme.lieu import Lieu, find_lieu
from tasks.programme.programmes import Introuvable
from tasks.returns.suivi import tell_to_correct
from tasks.store.files import stage_folder
from tasks.store.workspace import Workspace

_VERDICT = click.Choice([verdict.value for verdict in Verdict])


@click.group(
    cls=Groupe,
    short_help="Décider, retirer sa décision, donner un avis.",
    help="Ce qui se dit à une validation : la décision de chaque personne attendue, son retrait, les avis.",
)
def validation() -> None:
    """The group of what is said at a gate."""


@validation.command(
    short_help="Montrer ce qui attend une décision, et l’enregistrer.",
    help="Sans --vu, montrer ce qui attend une décision. Avec lui, enregistrer la décision d’une personne, sur ce "
    "qu’elle a vu ; ou beaucoup à la fois, avec --lot.",
)
@click.argument("dossier", required=False)
@click.argument("gate", metavar="[VALIDATION]", required=False)
@click.option("--par", "mail", metavar="ADRESSE", help="Adresse électronique de la personne qui décide.")
@click.option("--verdict", type=_VERDICT, help="Ce qu’elle décide.")
@click.option("--vu", metavar="CODE", help="Le code de contrôle de ce qu’elle a vu.")
@click.option("--motif", default="", metavar="TEXTE", help="Obligatoire sauf pour « approuver ».")
@click.option(
    "--etape", default="", metavar="ÉTAPE", help="Avec « corriger » : l’étape à reprendre, celle-ci ou une d’avant."
)
@click.option(
    "--lot",
    "source",
    type=click.Path(path_type=Path),
    metavar="FICHIER",
    help="Beaucoup de décisions, en CSV ou en classeur : colonnes dossier, gate, as, verdict, vu, comment ; "
    "etape et demande si l’on veut.",
)
@NAMED
def decider(
    dossier: str | None,
    gate: str | None,
    mail: str | None,
    verdict: str | None,
    vu: str | None,
    motif: str,
    etape: str,
    source: Path | None,
    demande: str,
) -> None:
    """One decision, or a file of them with a result per line."""
    workspace = Workspace()
    if source is not None and (dossier or gate or mail or verdict or vu or motif or etape or demande):
        raise click.UsageError("« --lot FICHIER » dit tout : rien d’autre ne se donne avec lui.")
    if source is not None:
        sys.exit(_decide_many(workspace, source))
    if dossier is None or gate is None:
        raise click.UsageError("Il faut un dossier et une validation, ou « --lot FICHIER ».")
    check_gate(gate)
    if vu is None:
        _show_awaited(workspace, dossier, gate)
        sys.exit(2 if mail or verdict else 0)
    if mail is None or verdict is None:
        raise click.UsageError("Il faut dire qui décide (--par) et quoi (--verdict).")
    finish(
        decide_gate(
            workspace,
            dossier,
            gate,
            par=identify(mail, demande),
            verdict=Verdict(verdict),
            vu=vu,
            comment=motif,
            etape=etape,
        )
    )


@validation.command(
    short_help="Retirer sa décision.",
    help="Retirer sa propre décision tant que la validation est ouverte ; elle ne compte plus, et reste lisible.",
)
@click.argument("dossier")
@click.argument("gate", metavar="VALIDATION")
@click.option("--par", "mail", required=True, metavar="ADRESSE", help="La personne qui avait décidé.")
@click.option("--motif", required=True, metavar="TEXTE", help="Pourquoi.")
@NAMED
def retirer(dossier: str, gate: str, mail: str, motif: str, demande: str) -> None:
    """Take back a decision at an open gate."""
    check_gate(gate)
    finish(take_back(Workspace(), dossier, gate, par=identify(mail, demande), comment=motif))


@validation.command(
    short_help="Donner un avis avant une décision.",
    help="Donner un avis sur ce qui attend une validation ; il ne décide rien, et qui décide le lit.",
)
@click.argument("dossier")
@click.argument("gate", metavar="VALIDATION")
@click.option("--par", "mail", required=True, metavar="ADRESSE", help="La personne qui donne son avis.")
@click.option("--texte", required=True, metavar="TEXTE", help="L’avis.")
@NAMED
def aviser(dossier: str, gate: str, mail: str, texte: str, demande: str) -> None:
    """Give an opinion on what a gate shows."""
    check_gate(gate)
    finish(give_avis(Workspace(), dossier, gate, par=identify(mail, demande), texte=texte))


@validation.command(
    short_help="Lever une réserve.",
    help="Lever une réserve faite à une validation, par son numéro (« nr etat » les donne), en disant pourquoi. "
    "Jusque-là, elle reste dans l’état du dossier, dans la feuille de route et dans ses points durs.",
)
@click.argument("dossier")
@click.argument("numero", metavar="NUMERO", type=int)
@click.option("--par", "mail", required=True, metavar="ADRESSE", help="La personne qui la lève.")
@click.option("--motif", required=True, metavar="TEXTE", help="Pourquoi : ce qui a été fait, ou n’est plus demandé.")
@NAMED
def lever(dossier: str, numero: int, mail: str, motif: str, demande: str) -> None:
    """Lift a réserve."""
    finish(lift(Workspace(), dossier, numero, par=identify(mail, demande), comment=motif))


def _show_awaited(workspace: Workspace, name: str, gate: str) -> None:
    """What awaits a decision, so that the person can read it before deciding."""
    lieu = find_lieu(workspace, name)
    with lieu.reading() as ici:
        attente = find_attente(ici, gate)
        if attente is None:
            raise Introuvable(f"La validation « {gate} » n’est pas ouverte dans {lieu.cle}.")
        made = find_round(ici, BY_GATE[gate].slug, "resultat")
        artefacts = list_artefacts(ici.session, made) if made else []
        notes = list_explanations(ici.session, lieu.cle, gate)
        warnings = list(_list_warnings(ici, BY_GATE[gate], attente))
        avis, state = list_avis(ici.session, attente.gate), find_state(ici, BY_GATE[gate].slug)
    due = french_date(find_echeance(attente.gate.opened_at, attente.validation.jours_ouvres))
    since = french_day(attente.gate.opened_at)
    click.echo(f"{lieu.dossier.nom} : {attente.validation.nom}, à valider depuis le {since}, avant la fin du {due}.")
    click.echo(f"  {state.raison}")
    for seat in attente.libres:
        click.echo(f"  Attend : {seat.libelle} ({', '.join(seat.decideurs) or 'personne'}).")
    for voice in attente.voix:
        click.echo(f"  Déjà dit : {voice.personne}, {voice.verdict.nom}.")
    folder = stage_folder(workspace.settings, lieu.cle, BY_GATE[gate])
    for item in artefacts:
        if item.nom == RESULT_FILE or BY_GATE[gate].hides(item.nom):
            continue
        click.echo(f"  À lire : {folder / item.nom}")
    for line in (*tell_acquis(lieu, BY_GATE[gate]), *warnings):
        click.echo(f"  {line}")
    for note in notes:
        stage = BY_SLUG[note.stage].nom
        click.echo(f"  « {stage} » revient sans changement, {note.nom} dit pourquoi : {note.texte or 'effacé'}")
    for seen in avis:
        click.echo(f"  Avis de {seen.nom}, le {french_day(seen.le)} : {seen.texte or 'effacé'}")
    click.echo(f"Pour décider, ajoutez : --par ADRESSE --verdict VERDICT --vu {show_code(attente.gate.seal)}")
    click.echo(f"Verdicts : {', '.join(Verdict)}.")


def _list_warnings(lieu: Lieu, stage: Stage, attente: Attente) -> Iterator[str]:
    """What who decides must know: what was found wrong, what is to be corrected, what was approved on a condition."""
    for mail, since in list_recent(lieu, attente.libres).items():
        yield f"Attention : le registre vient de donner ce rôle à {mail}, le {french_instant(since)}."
    found = list_under_gate(lieu, load_standing(lieu), stage)
    if found:
        yield f"Relevé dans ce qui a été rendu : {summarise(found)}."
    yield from (f"  {line}" for line in list_lines(found, ANOMALIES_SHOWN))
    yield from (f"À reprendre, et qui ne l’est pas encore : {line}" for line in tell_to_correct(lieu, stage))
    numbers = find_standing(lieu.session, [find_id(lieu.dossier)]).get(find_id(lieu.dossier), ())
    yield from (f"Réserve non levée : {item.ligne}" for item in load_reserves(lieu.session, numbers))


def _decide_many(workspace: Workspace, source: Path) -> int:
    refused = 0
    for line in read_lot(source):
        reponse = _decide_line(workspace, line)
        refused += not reponse.accepted
        verb = "enregistré" if reponse.accepted else "refusé"
        place = f"{line.dit['dossier']} {line.dit['gate']}"
        click.echo(f"Ligne {line.numero}, {place} : {verb}. {reponse.message}")
    return 1 if refused else 0


def _decide_line(workspace: Workspace, line: LigneDeLot) -> SuiteDonnee:
    said = line.dit
    if said["gate"] not in BY_GATE:
        return SuiteDonnee(False, f"La validation « {said['gate']} » n’existe pas ({', '.join(BY_GATE)}).")
    if line.verdict is None:
        return SuiteDonnee(False, f"« {said['verdict']} » n’est pas un verdict ({', '.join(Verdict)}).")
    try:
        return decide_gate(
            workspace,
            said["dossier"],
            said["gate"],
            par=identify(said["as"], said["demande"]),
            verdict=line.verdict,
            vu=said["vu"],
            comment=said["comment"],
            etape=said["etape"],
        )
    except Introuvable as error:
        return SuiteDonnee(False, str(error))
