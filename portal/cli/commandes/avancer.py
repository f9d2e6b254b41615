"""``nr avancer``: every dossier of a programme goes as far as it can."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from flows.advance import advance_dossier
from flows.batch import run_batch
from flows.engine.start import engine, leave
from nr_models.dossier.next import Arret, Halt
from nr_models.stages import BY_SLUG, STAGES
from nr_models.tables import Dossier, Programme
from nr_models.values.anomalies import summarise
from nr_models.values.french import plural
from portal.cli.dire.terminal import READABLE, make_console, print_anomalies, print_board
from tasks.dossier.anomalies import count_faulty, list_anomalies
from tasks.dossier.board import LigneTableau, load_board
from tasks.dossier.preuves import say_unproved
from tasks.dossier.standing import accept_version, load_standing
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import Introuvable, list_dossiers, open_programme
from tasks.store.failures import failure_log, note_failure
from tasks.store.lock import programme_lock
from tasks.store.workspace import Workspace
from tasks.trail.chain import record_heads


@click.command(
    short_help="Avancer chaque dossier aussi loin que possible.",
    help="Avancer chaque dossier aussi loin que possible : la fin, une validation, un retour manquant.",
)
@click.argument("programme")
@click.option("--dossier", "slugs", multiple=True, metavar="COLLECTIVITÉ", help="Seulement ce dossier (répétable).")
@click.option(
    "--jusqua", "until", metavar="ÉTAPE", type=click.Choice([stage.slug for stage in STAGES]), help="S’arrêter après."
)
@click.option(
    "--accepter-version",
    "accepted",
    is_flag=True,
    help="Refaire ce que les règles d’une nouvelle version du logiciel changent, même ce qui est validé.",
)
def avancer(programme: str, slugs: Sequence[str], until: str | None, accepted: bool) -> None:
    """Read, plan, and only where something is to be made, start the engine."""
    workspace = Workspace()
    opened = open_programme(workspace, programme)
    if opened.anomalies:
        click.echo(f"Registre : {plural(len(opened.anomalies), 'anomalie')}.", err=True)
        print_anomalies(opened.anomalies)
    wave = _choose(workspace, opened.programme, slugs)
    with programme_lock(workspace.settings, opened.programme.slug, _say_waiting):
        _settle_version([Lieu(workspace, opened.programme, item) for item in wave], accepted=accepted)
        pending, failed, unproved = _plan(workspace, opened.programme, wave, until)
        if pending:
            alone = len(slugs) == len(pending) == 1
            failed += _perform(workspace, opened.programme, pending, until, alone=alone)
    with workspace.writing() as session:
        record_heads(session, opened.programme.slug)
    _report(workspace, opened.programme, wave, pending, failed)
    for line in unproved:
        click.echo(line, err=True)
    code = 1 if failed or unproved else 0
    if pending:
        leave(code)
    sys.exit(code)


def _settle_version(lieux: Sequence[Lieu], *, accepted: bool) -> None:
    """Say what the rules of this version would make again of what was validated, and ask; else it stays in force."""
    found = [(lieu, standing) for lieu in lieux if not (standing := load_standing(lieu)).accepte]
    held = [(lieu, standing) for lieu, standing in found if standing.list_held()]
    if held:
        click.echo("Les règles du logiciel ont changé. De ce qui est validé, elles referaient :")
        for lieu, standing in held:
            click.echo(f"  {lieu.cle} : {', '.join(map(standing.tell_rule, standing.list_held()))}")
        accepted = accepted or (sys.stdin.isatty() and click.confirm("Le refaire maintenant ?", default=False))
        click.echo(_ACCEPTED if accepted else _HELD)
    for lieu, standing in found:
        if accepted or not standing.list_held():
            accept_version(lieu, standing)


_ACCEPTED = "Accepté : une étape dont le résultat ne change pas reste validée ; les autres seront à valider à nouveau."
_HELD = "Rien n’en est refait : ce qui est validé reste en vigueur. Pour le refaire : --accepter-version."


def _choose(workspace: Workspace, programme: Programme, slugs: Sequence[str]) -> list[Dossier]:
    with workspace.reading() as session:
        known = list_dossiers(session, programme)
    wanted = {slug.rpartition("/")[2] for slug in slugs}
    unknown = sorted(wanted - {item.slug for item in known})
    if unknown:
        names = ", ".join(item.slug for item in known)
        raise Introuvable(f"Dossier inconnu dans {programme.slug} : {', '.join(unknown)}. Dossiers : {names}.")
    if not known:
        raise Introuvable(f"Le registre de {programme.slug} ne contient aucune collectivité lisible ; complétez-le.")
    return [item for item in known if not wanted or item.slug in wanted]


def _plan(
    workspace: Workspace, programme: Programme, wave: Sequence[Dossier], until: str | None
) -> tuple[list[Dossier], list[str], list[str]]:
    """Read what came back: the dossiers where something is to be made, those that failed, what is not proved."""
    pending: list[Dossier] = []
    failed: list[str] = []
    unproved: list[str] = []
    with _progress() as progress:
        bar = progress.add_task("Lecture", total=len(wave))
        for dossier in wave:
            halt = _attempt(Lieu(workspace, programme, dossier), until)
            if halt is None:
                failed.append(dossier.slug)
            elif halt.why is Arret.A_FAIRE:
                pending.append(dossier)
            elif halt.why is Arret.PREUVE:
                unproved.append(f"Arrêt : {dossier.slug}. {say_unproved(halt.stage)}")
            progress.advance(bar)
    return pending, failed, unproved


def _attempt(lieu: Lieu, until: str | None) -> Halt | None:
    try:
        return advance_dossier(lieu, None, until)
    except Exception:  # one dossier's failure stops none of the others; it was noted on the way
        return None


def _perform(
    workspace: Workspace, programme: Programme, pending: Sequence[Dossier], until: str | None, *, alone: bool
) -> list[str]:
    """Run on Prefect what is to be made; returns the dossiers that failed, or that nobody heard of again."""
    done: dict[str, bool] = {}
    with _progress() as progress:
        starting = progress.add_task("Démarrage du moteur", total=None)
        with engine(workspace.settings, _say_engine_busy):
            progress.remove_task(starting)
            bar = progress.add_task("Dossiers", total=len(pending))

            def heard(slug: str, well: bool) -> None:
                done[slug] = well
                progress.advance(bar)

            try:
                run_batch(programme, pending, until, heard, alone=alone)
            except Exception as error:  # the server went away: what was made is kept, the rest is named
                note_failure(workspace.settings, programme.slug, error)
    return [item.slug for item in pending if not done.get(item.slug)]


def _report(
    workspace: Workspace,
    programme: Programme,
    wave: Sequence[Dossier],
    pending: Sequence[Dossier],
    failed: Sequence[str],
) -> None:
    with workspace.reading() as session:
        board = load_board(workspace, session, programme)
    kept = {item.slug: item for item in wave}
    lines = tuple(line for line in board.dossiers if line.slug in kept)
    print_board(board._replace(dossiers=lines))
    if len(lines) > READABLE:
        _count_anomalies(workspace, programme)
    else:
        for line in lines:
            _tell_anomalies(Lieu(workspace, programme, kept[line.slug]), line)
    still = len(wave) - len(set(failed) | {item.slug for item in pending})
    click.echo("")
    if not pending and not failed:
        click.echo("Rien à refaire : tout ce qui pouvait être produit l’est déjà.")
    elif still:
        click.echo(f"{plural(still, 'dossier inchangé', 'dossiers inchangés')}, rien n’y a été refait.")
    for dossier in pending:
        if dossier.slug not in failed:
            click.echo(f"Produit : {workspace.settings.outputs / programme.slug / dossier.slug}")
    detail = failure_log(workspace.settings)
    for slug in failed:
        click.echo(
            f"Échec : {slug}. Les autres dossiers ont continué. Détail : {detail}.",
            err=True,
        )


def _tell_anomalies(lieu: Lieu, line: LigneTableau) -> None:
    """How many things are wrong in what was given to the stage where a dossier stands."""
    if line.attend is None:
        return
    standing = load_standing(lieu)
    for stage in BY_SLUG[line.attend.stage].under_gate:
        if found := list_anomalies(lieu, standing, (stage,)):
            said = f"{line.nom} ({line.slug}) : {summarise(found)}, étape « {stage.nom} »"
            click.echo(f"{said} (« nr pourquoi {lieu.cle} {stage.slug} »).")


def _count_anomalies(workspace: Workspace, programme: Programme) -> None:
    """In how many dossiers something returned is wrong, where nobody would read them one by one."""
    with workspace.reading() as session:
        count = count_faulty(session, programme)
    if count:
        faulty = plural(count, "dossier a", "dossiers ont")
        click.echo(f"{faulty} des anomalies dans ce qui a été rendu (« nr pourquoi DOSSIER » les liste).")


def _say_waiting() -> None:
    click.echo("Une autre commande travaille sur ce programme ; celle-ci attend qu’elle ait fini.", err=True)


def _say_engine_busy() -> None:
    click.echo("Une autre commande utilise le moteur ; celle-ci attend qu’elle ait fini.", err=True)


def _progress() -> Progress:
    console = make_console(stderr=True)
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
