"""The board of a large wave: thousands of dossiers that await a decision.

python -m benchmarks.status [DOSSIERS]

One dossier is taken to its first gate, then copied in the database as often as asked.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, select

from benchmarks.scene import Clock, scene
from flows.advance import advance_dossier
from nr_models.tables import Artefact, Avancement, Dossier, Gate, Outbox, Programme, Round
from tasks.dossier.board import load_board
from tasks.dossier.making import make
from tasks.dossier.reconcile import mend
from tasks.mail.reminders import enqueue_reminders
from tasks.programme.lieu import Lieu
from tasks.store.workspace import Workspace


def main(count: int) -> None:
    """Measure and print."""
    with scene(1) as (workspace, programme, [dossier]):
        advance_dossier(Lieu(workspace, programme, dossier), make)
        with workspace.writing() as session:
            for number in range(1, count):
                _copy_dossier(session, dossier, number)
        clock = Clock()
        with workspace.reading() as session:
            board = load_board(workspace, session, programme)
        lines, seconds = len(board.dossiers), clock.read()
        assert all(line.attend and line.attend.gate for line in board.dossiers)
        print(f"{lines} dossiers à valider. Le tableau, en mémoire : {seconds:.2f} s.")
        for arguments in (("status",), ("status", "--json")):
            wall, processor = _run(workspace, *arguments)
            print(f"« nr {' '.join(arguments)} », démarrage compris : {wall:.2f} s, dont processeur {processor:.2f} s.")
        _background(workspace, programme)


def _background(workspace: Workspace, programme: Programme) -> None:
    """What the runner does of itself over the same dossiers, when nothing is due."""
    mend(workspace, [programme])
    clock = Clock()
    said = mend(workspace, [programme])
    print(f"Remise d’aplomb de notre base, rien à réparer : {clock.read():.2f} s.")
    count = enqueue_reminders(workspace)
    print(f"Relances, aucune due : {clock.read():.2f} s.")
    assert not said
    assert not count


def _run(workspace: Workspace, *arguments: str) -> tuple[float, float]:
    """Wall seconds and processor seconds of a command."""
    environment = {**os.environ, "NR_OUTPUTS": str(workspace.settings.outputs)}
    clock, before = Clock(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "portal.cli.main", *arguments], env=environment, check=True, stdout=subprocess.DEVNULL
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return clock.read(), after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _copy_dossier(session: Session, origin: Dossier, number: int) -> None:
    slug = f"{origin.slug}-{number}"
    copied = _copy(session, origin, slug=slug, nom=f"{origin.nom} {number}")
    for row in session.exec(select(Avancement).where(Avancement.dossier_id == origin.id)):
        _copy(session, row, dossier_id=copied)
    for made in session.exec(select(Round).where(Round.dossier_id == origin.id)):
        again = _copy(session, made, dossier_id=copied)
        for item in session.exec(select(Artefact).where(Artefact.round_id == made.id)):
            _copy(session, item, round_id=again)
        for gate in session.exec(select(Gate).where(Gate.round_id == made.id)):
            opened = _copy(session, gate, dossier_id=copied, round_id=again)
            for mail in session.exec(select(Outbox).where(Outbox.key.startswith(f"avis-ouverture:{gate.id}:"))):  # type: ignore[attr-defined]
                _copy(session, mail, key=f"avis-ouverture:{opened}:{number}")


def _copy(session: Session, row: SQLModel, **changed: object) -> int:
    values = {**row.model_dump(exclude={"id"}), **changed}
    result = session.connection().execute(sa.insert(type(row)).values(values))
    return int(result.inserted_primary_key[0])  # type: ignore[index]


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
