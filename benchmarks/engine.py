"""What the engine costs, per dossier and stage, against a plain loop over the same functions.

    python -m benchmarks.engine [DOSSIERS]

Four passes over the same dossiers: a plain loop (build and render, nothing kept), our engine without
Prefect, our engine on Prefect, then unchanged. The last pass changes one answer of one dossier.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from benchmarks.scene import Clock, scene
from flows.advance import Perform, advance_dossier
from flows.engine.start import engine
from nr_models.dossier.next import Arret, Make
from nr_models.dossier.standing import Standing
from nr_models.tables import Dossier, Programme
from tasks.dossier.making import load_case, make
from tasks.programme.lieu import Lieu
from tasks.returns.folder import list_files
from tasks.returns.returns import read_returns
from tasks.stages.hands import load_hands
from tasks.store.workspace import Workspace


def main(count: int) -> None:
    """Measure and print."""
    rows: list[tuple[str, float, int]] = []
    with scene(count) as (workspace, programme, dossiers):
        clock = Clock()
        files = sum(read_returns(Lieu(workspace, programme, item)) for item in dossiers)
        reading = clock.read()
        plain = _Plain()
        seconds, steps = _pass(workspace, programme, dossiers, plain.perform)
        rows.append(("boucle nue (calcul et rendu seuls)", plain.seconds, steps))
        rows.append(("moteur sans Prefect, tout à faire", seconds - plain.seconds, steps))
        clock.read()
        for dossier in dossiers:
            assert advance_dossier(Lieu(workspace, programme, dossier), None).why is not Arret.A_FAIRE
        rows.append(("rien à faire", clock.read(), len(dossiers)))
        changed = dossiers[0]
        _change_one_answer(Lieu(workspace, programme, changed))
        clock.read()
        made = sum(advance_dossier(Lieu(workspace, programme, item), make).made for item in dossiers)
        rows.append(("une réponse changée dans un dossier", clock.read(), max(made, 1)))
    with scene(count) as (workspace, programme, dossiers):
        for item in dossiers:
            read_returns(Lieu(workspace, programme, item))
        rows.append(_on_prefect(workspace, programme, steps))
    print(f"Lecture des retours : {files} fichiers, {reading / files * 1000:.1f} ms par fichier.")
    _print(rows, count)


class _Plain:
    """Times build and render alone, inside a real pass, then lets the engine do its work."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def perform(self, lieu: Lieu, standing: Standing, step: Make) -> None:
        stage = step.stage
        case, hands = load_case(lieu, standing, stage, step.phase), load_hands(stage.slug)
        clock = Clock()
        if step.phase == "envoi":
            hands.render_supports(case, lambda _nom: 1)
        else:
            hands.render_livrables(case, hands.build(case))
        once = clock.read()
        make(lieu, standing, step)
        # what is timed here is done twice: once bare, once by the engine; the caller takes it off once
        self.seconds += once


def _pass(workspace: Workspace, programme: Programme, dossiers: list[Dossier], perform: Perform) -> tuple[float, int]:
    clock = Clock()
    steps = sum(advance_dossier(Lieu(workspace, programme, item), perform).made for item in dossiers)
    return clock.read(), steps


def _on_prefect(workspace: Workspace, programme: Programme, steps: int) -> tuple[str, float, int]:
    os.environ["NR_OUTPUTS"] = str(workspace.settings.outputs)
    with engine(workspace.settings):
        from flows.programme import programme as wave

        clock = Clock()
        wave(programme.slug, return_state=True)
        return "moteur sur Prefect, tout à faire", clock.read(), steps


def _change_one_answer(lieu: Lieu) -> None:
    """Take one return of the dossier away: the consolidated answers change."""
    folder = Path(lieu.programme.folder) / lieu.dossier.slug
    next(path for path in list_files(folder) if "rame" in path.name).unlink()


def _print(rows: list[tuple[str, float, int]], count: int) -> None:
    reference = rows[0][1] / rows[0][2]
    print(f"{count} dossiers. Millisecondes par dossier et étape, et rapport à la boucle nue :")
    for name, seconds, steps in rows:
        each = seconds / steps
        print(f"  {name:<42} {each * 1000:9.1f} ms   × {each / reference:6.2f}   ({steps} pas, {seconds:.1f} s)")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
