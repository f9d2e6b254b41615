"""``nr piste``: check the trail, take it away with its proofs, keep its heads elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from sqlmodel import Session

from nr_models.values.french import plural
from portal.cli.dire.groupe import Groupe
from tasks.programme.programmes import Introuvable, cle, find_dossier, find_programme
from tasks.store.clock import now
from tasks.store.workspace import Workspace
from tasks.trail import chain
from tasks.trail.evidence import holds_script, list_left_out, render_pack
from tasks.trail.heads import check_heads, write_heads
from tasks.trail.journal import load_recit, render_page, render_recit
from tasks.trail.tables import check_tables
from tasks.trail.verifier import Constat, Heads, examine_pack, load_heads, parse_head


@click.group(
    cls=Groupe,
    short_help="Vérifier la piste d’audit, l’emporter.",
    help="La piste d’audit : la vérifier, l’emporter avec ses preuves, en relever les têtes.",
)
def piste() -> None:
    """The group of the trail's commands."""


@piste.command(
    short_help="Vérifier la piste, ou un dossier de preuve.",
    help="Vérifier la piste de la base et ses relevés de têtes, ou un dossier de preuve PACK. "
    "Sortie 0 : intacte ; 1 : rompue.",
)
@click.argument("pack", required=False, type=click.Path(path_type=Path))
@click.option(
    "--tetes",
    "files",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER.json",
    help="Un relevé de têtes gardé ailleurs.",
)
@click.option(
    "--tete", "given", multiple=True, metavar="CHAÎNE:NUMÉRO:SHA-256", help="Une tête, comme dans un courriel reçu."
)
def verifier(pack: Path | None, files: tuple[Path, ...], given: tuple[str, ...]) -> None:
    """Verify the trail; the first bad entry is named."""
    tetes, exigees = [*map(_load_heads, files)], [*map(_parse_head, given)]
    fault, more = _verify_pack(pack, tetes, exigees) if pack else _verify_database([*tetes, *exigees])
    if fault:
        click.echo(f"ROMPUE. Première entrée fautive : {fault}.", err=True)
        sys.exit(1)
    if not pack and (other := check_tables(Workspace())):
        click.echo("La piste est intacte, et la base ou le magasin ne disent pas ce qu’elle dit.", err=True)
        click.echo(f"ROMPUE. Première différence : {other}.", err=True)
        sys.exit(1)
    click.echo("INTACTE. Chaque entrée suit la précédente ; rien n’a été modifié, retiré ni ajouté.")
    if not pack:
        click.echo("La base et le magasin disent ce que dit la piste, rejouée depuis sa première entrée.")
    for line in more:
        click.echo(line)


@piste.command(
    short_help="Écrire le dossier de preuve.",
    help="Écrire le dossier de preuve : journal, décisions, documents, et de quoi vérifier hors ligne.",
)
@click.argument("pack", metavar="PACK.zip", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--programme", metavar="PROGRAMME", help="Ce programme seulement.")
@click.option("--dossier", metavar="DOSSIER", help="Ce dossier seulement.")
def exporter(pack: Path, programme: str | None, dossier: str | None) -> None:
    """Write the evidence pack."""
    workspace = Workspace()
    perimetre = _perimetre(workspace, programme, dossier)
    content = render_pack(workspace, perimetre)
    try:
        pack.write_bytes(content)
    except OSError as error:
        raise click.UsageError(f"{pack} ne peut pas être écrit ; choisissez un autre dossier.") from error
    click.echo(f"{pack} : {len(content) // 1024 + 1} Ko. Vérifiable partout avec « python -I verifier.py ».")
    if left := list_left_out(workspace.settings, perimetre):
        click.echo(
            f"Sans les relevés de têtes, qui nomment d’autres dossiers : {', '.join(path.name for path in left)}."
        )
    if fault := examine_pack(pack).faille:  # read again: what it holds, and what was found of the base
        click.echo(f"ATTENTION : ce dossier de preuve est dit ROMPU par son vérificateur : {fault}.", err=True)
        sys.exit(1)


_RENDER = {".xlsx": render_recit, ".html": render_page}


@piste.command(
    short_help="Raconter qui a décidé quoi.",
    help="Raconter ce que dit la piste d’un programme ou d’un dossier : qui a décidé quoi, dans quel rôle, par quelle "
    "délégation, quand, sur quels documents, avec quelles réserves. Dans un classeur (.xlsx) ou une page (.html).",
)
@click.argument("name", metavar="PROGRAMME|DOSSIER")
@click.option(
    "--vers",
    "target",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FICHIER",
    help="Un classeur .xlsx ou une page .html.",
)
def raconter(name: str, target: Path) -> None:
    """Write the table of decisions and the journal."""
    render = _RENDER.get(target.suffix.lower())
    if render is None:
        raise click.UsageError("Choisissez un fichier qui finit par .xlsx ou .html.")
    with Workspace().reading() as session:
        perimetre = _find_perimetre(session, name)
        recit = load_recit(session, perimetre)
    try:
        target.write_bytes(render(recit))
    except OSError as error:
        raise click.UsageError(f"{target} ne peut pas être écrit ; choisissez un autre dossier.") from error
    click.echo(
        f"{target} : {plural(len(recit.decisions), 'décision')}, {plural(len(recit.journal), 'entrée')} de journal."
    )


def _find_perimetre(session: Session, name: str) -> str:
    """The name that the chains of a programme, or of a dossier, begin with. Raises ``Introuvable``."""
    try:
        return find_programme(session, name).slug
    except Introuvable:
        return cle(*find_dossier(session, name))


@piste.command(
    short_help="Relever les têtes de la piste.",
    help="Écrire où en est chaque chaîne dans un fichier daté, à garder aussi ailleurs ; l’horodater si NR_TSA_URL "
    "désigne une autorité. « nr servir » le fait chaque jour.",
)
def relever() -> None:
    """Write a head file where something moved."""
    done = write_heads(Workspace(), now())
    click.echo(f"Têtes relevées : {done.fichier}" if done.fichier else "Rien n’a bougé depuis le dernier relevé.")
    for path in done.horodates:
        click.echo(f"Horodaté : {path.with_suffix('.tsr')}")
    if done.erreur:
        click.echo(done.erreur, err=True)
        sys.exit(1)


def _perimetre(workspace: Workspace, programme: str | None, dossier: str | None) -> str:
    """The name that the chains to take begin with; "" for all."""
    if programme and dossier:
        raise click.UsageError("Choisissez un programme ou un dossier, pas les deux.")
    with workspace.reading() as session:
        if dossier:
            return cle(*find_dossier(session, dossier))
        return find_programme(session, programme).slug if programme else ""


def _verify_database(tetes: list[Heads]) -> Constat:
    workspace = Workspace()
    kept = check_heads(workspace.settings)
    with workspace.reading() as session:
        fault = chain.verify(session, [*kept.heads, *tetes])
    said = f"{plural(kept.fichiers, 'relevé')} de têtes concordent" if kept.fichiers > 1 else "Un relevé concorde"
    stamped = f", {plural(kept.jetons, 'jeton')} d’horodatage compris" if kept.jetons else ""
    return Constat(fault or kept.faille, (f"{said}{stamped}.",) if kept.fichiers else ())


def _verify_pack(pack: Path, tetes: list[Heads], exigees: list[Heads]) -> Constat:
    if not pack.exists():
        raise click.UsageError(f"{pack} n’existe pas.")
    found = examine_pack(pack, tetes, exigees)
    own = found.faille or holds_script(pack)
    warning = (
        "Attention : son verifier.py manque ou n’est pas celui de cette version du logiciel ; ceci ne vient pas de lui."
    )
    return found if own else Constat(found.faille, (*found.remarques, warning))


def _load_heads(path: Path) -> Heads:
    try:
        return load_heads(path)
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{path} n’est pas un relevé de têtes lisible.") from error


def _parse_head(text: str) -> Heads:
    try:
        return parse_head(text)
    except ValueError as error:
        raise click.UsageError(
            f"« {text} » n’est pas une tête ; écrivez par exemple exemple/ville:12:3f9a0c1d2e4b."
        ) from error
