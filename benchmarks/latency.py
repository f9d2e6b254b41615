"""From a decision to the next documents, with « nr servir » running: the seconds that a person waits.

python -m benchmarks.latency [DOSSIERS]
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.scene import Clock, scene
from flows.advance import advance_dossier
from nr_models.dossier.attendu import Attendu
from nr_models.dossier.gates import Verdict
from tasks.acts.decisions import decide
from tasks.acts.door import Auteur
from tasks.dossier.board import load_line
from tasks.dossier.making import make
from tasks.programme.lieu import Lieu
from tasks.programme.programmes import cle
from tasks.store.workspace import Workspace

_PATIENCE_S = 120
_GATES = ("diagnostic", "restitution")


def main(count: int) -> None:
    """Decide at the first gates of each dossier, one decision after another, and print how long each took."""
    with scene(count) as (workspace, programme, dossiers):
        for dossier in dossiers:
            advance_dossier(Lieu(workspace, programme, dossier), make)
        found: dict[str, list[float]] = {gate: [] for gate in _GATES}
        with _serve(workspace):
            for gate in _GATES:
                for dossier in dossiers:
                    waited = _awaited(Lieu(workspace, programme, dossier))
                    if waited and waited.gate == gate:
                        found[gate].append(
                            _decide(Lieu(workspace, programme, dossier), cle(programme, dossier), waited)
                        )
    for gate, seconds in found.items():
        print(f"Après « {gate} » : {_tell(seconds)}")
    print(f"En tout : {_tell([item for seconds in found.values() for item in seconds])}")


def _decide(lieu: Lieu, name: str, waited: Attendu) -> float:
    """Decide, and wait until the dossier awaits something else: its next documents are there."""
    clock = Clock()
    reponse = decide(
        lieu.workspace,
        name,
        waited.gate or "",
        par=Auteur(waited.personnes[0], "simulation", "mesure"),
        verdict=Verdict.APPROUVER,
        vu=waited.empreinte or "",
        comment="",
    )
    assert reponse.accepted, reponse.message
    deadline = time.monotonic() + _PATIENCE_S
    while (now := _awaited(lieu)) is None or now.stage == waited.stage:
        assert time.monotonic() < deadline, "la suite n’est pas venue"
        time.sleep(0.05)
    return clock.read()


def _awaited(lieu: Lieu) -> Attendu | None:
    with lieu.reading() as ici:
        return load_line(ici).attend


@contextmanager
def _serve(workspace: Workspace) -> Iterator[None]:
    environment = {**os.environ, "NR_OUTPUTS": str(workspace.settings.outputs), "PYTHONUNBUFFERED": "1"}
    command = [sys.executable, "-m", "portal.cli.main", "serve"]
    service = subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8"
    )
    assert service.stdout is not None
    service.stdout.readline()  # the pages are served
    try:
        yield
    finally:
        service.terminate()
        service.wait(_PATIENCE_S)


def _tell(seconds: list[float]) -> str:
    if not seconds:
        return "rien à mesurer."
    return f"{len(seconds)} décisions, médiane {statistics.median(seconds):.1f} s, pire {max(seconds):.1f} s."


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
