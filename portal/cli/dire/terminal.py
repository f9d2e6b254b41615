"""What the commands print: boards and messages on the terminal, one JSON document where asked."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from nr_models.dossier.attendu import Attendu, Sens
from nr_models.dossier.workflow import Etat
from nr_models.stages import BY_SLUG, STAGES
from nr_models.values.anomalies import Anomaly
from nr_models.values.controle import show_code
from tasks.dossier.board import LigneTableau, Tableau

_WIDTH = 150  # of a board that no terminal measures
READABLE = 100  # dossiers that a person reads one by one
_STYLES = {
    Etat.VALIDE: "green",
    Etat.PRODUIT: "green",
    Etat.SOUMIS: "yellow",
    Etat.ATTEND_SAISIES: "yellow",
    Etat.OBSOLETE: "yellow",
    Etat.ROUVERT: "yellow",
    Etat.A_CORRIGER: "red",
    Etat.REFUSE: "red",
    Etat.A_VENIR: "dim",
}


def make_console(*, stderr: bool = False) -> Console:
    """A terminal of our own width where the output is not one."""
    stream = sys.stderr if stderr else sys.stdout
    return Console(file=stream, width=None if stream.isatty() else _WIDTH, highlight=False)


def print_json(document: object) -> None:
    """One JSON document and nothing else."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2))


def print_board(tableau: Tableau) -> None:
    """The board: a line per dossier, or the counts where no eye would follow; then who is awaited."""
    table = _count_states(tableau) if len(tableau.dossiers) > READABLE else _list_states(tableau)
    make_console().print(table)
    click.echo("\n".join(text for line in tableau.dossiers for text in _tell(line)))


def _tell(line: LigneTableau) -> Iterator[str]:
    """What a dossier waits for, what is in force that it no longer shows, then the réserves that nobody lifted."""
    yield f"{line.nom} ({line.slug}) : {describe(line)}"
    for case in line.stages:
        if case.slug in line.en_vigueur and case.etat is not Etat.VALIDE:
            yield f"  En vigueur, étape « {BY_SLUG[case.slug].nom} » : {line.en_vigueur[case.slug].ligne}."
    yield from (f"  Réserve non levée : {item.ligne}" for item in line.reserves)


def _list_states(tableau: Tableau) -> Table:
    table = Table(title=f"Programme {tableau.programme}", box=box.SIMPLE_HEAD, title_justify="left")
    table.add_column("Collectivité", overflow="fold")
    for stage in STAGES:
        table.add_column(stage.nom)
    for line in tableau.dossiers:
        table.add_row(line.nom, *(Text(case.etat.nom, _STYLES[case.etat]) for case in line.stages))
    return table


def _count_states(tableau: Tableau) -> Table:
    """How many dossiers are in each state, stage by stage."""
    count = len(tableau.dossiers)
    table = Table(title=f"Programme {tableau.programme}, {count} dossiers", box=box.SIMPLE_HEAD, title_justify="left")
    counts = Counter((case.slug, case.etat) for line in tableau.dossiers for case in line.stages)
    states = [etat for etat in Etat if any((stage.slug, etat) in counts for stage in STAGES)]
    table.add_column("Étape")
    for etat in states:
        table.add_column(etat.nom, justify="right", style=_STYLES[etat])
    for stage in STAGES:
        table.add_row(stage.nom, *(str(counts[stage.slug, etat] or "") for etat in states))
    return table


def describe(line: LigneTableau) -> str:
    """What a dossier waits for, in one sentence: addresses, and what is typed next."""
    said, attend = line.tell_next(tuple).write(), line.attend
    if line.sens is Sens.PRET:
        return f"{said} (« nr avancer »)."
    if attend and attend.gate and not attend.blocage:
        return f"{said} ; validation « {attend.gate} », code de contrôle {show_code(attend.empreinte)}."
    return f"{said}."


def print_anomalies(anomalies: Iterable[Anomaly], *, stderr: bool = True) -> None:
    """Each anomaly: where, what is wrong, what to do."""
    for anomaly in anomalies:
        click.echo(f"  {anomaly.ligne}", err=stderr)


def awaited_json(attend: Attendu | None) -> dict[str, object] | None:
    """What is awaited, as ``nr etat --json`` documents it."""
    if attend is None:
        return None
    return attend.model_dump(mode="json", exclude={"blocage", "etat"})


def board_json(tableau: Tableau) -> dict[str, object]:
    """The board, as ``nr etat --json`` documents it."""
    return {
        "programme": tableau.programme,
        "dossiers": [
            {
                "slug": line.slug,
                "nom": line.nom,
                "stages": [case._asdict() for case in line.stages],
                "attend": awaited_json(line.attend),
                "reserves": [item.model_dump(mode="json") for item in line.reserves],
                "en_vigueur": {
                    stage: {"numero": item.numero, "le": item.le, "empreinte": item.seal}
                    for stage, item in line.en_vigueur.items()
                },
            }
            for line in tableau.dossiers
        ],
    }
