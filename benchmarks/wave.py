"""A whole wave through the seven stages, people simulated: time and peak memory, as a person runs it.

python -m benchmarks.wave [DOSSIERS]
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.scene import Clock

_TURNS = 30  # far more than a wave needs: a loop that never ends is a fault to see, not to wait for


def main(count: int) -> None:
    """Alternate ``nr avancer`` and ``nr exemple repondre`` to the end, and print what it took."""
    with tempfile.TemporaryDirectory(prefix="nr-mesure-") as folder:
        programme = Path(folder) / "mesure"
        environment = {**os.environ, "NR_OUTPUTS": str(Path(folder) / "outputs")}

        def nr(*arguments: str) -> str:
            command = [sys.executable, "-m", "portal.cli.main", *arguments]
            return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout

        nr("exemple", "ecrire", "--vers", str(programme), "--collectivites", str(count))
        clock, running, answering = Clock(), 0.0, 0.0
        turns = 0
        while turns < _TURNS:
            turns += 1
            nr("avancer", str(programme))
            running += clock.read()
            played = nr("exemple", "repondre", str(programme))
            answering += clock.read()
            if played.startswith("Rien"):
                break
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"{count} dossiers, {turns} tours : {running:.0f} s de « nr avancer » ({running / count:.2f} s par dossier),")
    print(f"{answering:.0f} s de personnes simulées ; mémoire du plus gros processus : {peak:.0f} Mio.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
