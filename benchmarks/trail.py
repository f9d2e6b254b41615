"""What the trail costs: verifying a hundred thousand entries, adding one. « make bench » runs it.

python -m benchmarks.trail [ENTRÉES]
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from nr_models.dossier.journal import GENESIS, Fait, build_event
from nr_models.tables import Event
from nr_models.values.frozen import canonical
from tasks.store.settings import Settings
from tasks.store.workspace import Workspace
from tasks.trail import chain, verifier

CHAINS = 500
APPENDED = 200


def build_events(count: int) -> Iterator[dict[str, Any]]:
    """An honest trail of a large programme, its chains mixed."""
    heads: dict[str, tuple[int, str]] = {}
    for order in range(1, count + 1):
        chain = f"vague/commune-{order % CHAINS:04}"
        n, prev = heads.get(chain, (0, GENESIS))
        said = {"stage": "score", "phase": "resultat", "tour": 1, "rang": order, "sha256": "ab" * 32}
        event = build_event(chain, n + 1, prev, "2026-11-25T08:00:00Z", Fait.PRODUIT, True, said, ordre=order)
        heads[chain] = event["n"], event["hash"]
        yield event


def measure(label: str, act: Callable[[], object]) -> None:
    """Processor time of one thing, its processes included, in seconds: other work on the machine does not count."""
    started = sum(os.times()[:4])
    act()
    print(f"{label:<58} {sum(os.times()[:4]) - started:6.2f} s")


def write_pack(folder: Path, events: list[dict[str, Any]]) -> None:
    """An evidence pack without documents: what the stand-alone script reads."""
    heads = {event["chain"]: {"n": event["n"], "hash": event["hash"]} for event in events}
    manifest: dict[str, Any] = {"format": 2, "perimetre": "", "chaines": heads, "artefacts": {}}
    manifest |= {"decisions": [], "valeurs": [], "tetes": [], "fichiers": {}}
    (folder / "manifest.json").write_text(canonical(manifest), encoding="utf-8")
    (folder / "journal.jsonl").write_text("\n".join(map(canonical, events)), encoding="utf-8")
    (folder / "verifier.py").write_bytes(Path(verifier.__file__).read_bytes())


def main(count: int) -> None:
    """Print what each act on a trail of this length takes."""
    events = list(build_events(count))
    print(f"Piste de {count} entrées, {CHAINS} chaînes.")
    measure("vérifier, en mémoire", lambda: verifier.find_fault(events))
    with tempfile.TemporaryDirectory() as place:
        workspace = Workspace(Settings(outputs=Path(place)))
        with workspace.writing() as session:
            keys = ("chain", "n", "ordre", "prev", "hash")
            session.add_all(Event(**{key: event[key] for key in keys}, body=canonical(event)) for event in events)
        with workspace.reading() as session:
            measure("vérifier, depuis la base", lambda: chain.verify(session))
        measure(f"ajouter {APPENDED} entrées, une par transaction", lambda: append_many(workspace))
        workspace.close()
        write_pack(Path(place), events)
        measure("le script seul, Python compris", lambda: run_script(Path(place)))


def append_many(workspace: Workspace) -> None:
    """Add entries as acts do: each in its own transaction."""
    for _ in range(APPENDED):
        with workspace.writing() as session:
            chain.append(session, "vague/commune-0001", Fait.RELANCE, {"stage": "score"})


def run_script(folder: Path) -> None:
    """Verify the pack as a third party does."""
    subprocess.run([sys.executable, "-I", "verifier.py"], cwd=folder, check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
