"""Tuer un processus à un instant de son travail, en temps de calcul : la charge de la machine n’y change rien."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_LOOK_S = 0.002


def run_through(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> float:
    """Le temps de calcul, en secondes, qu’un processus a pris jusqu’à sa fin."""
    return _follow(process, float("inf"))


def kill_at(process: subprocess.Popen[str] | subprocess.Popen[bytes], instant: float) -> float | None:
    """Tuer un processus quand il a travaillé ce nombre de secondes ; ce qu’il avait travaillé, s’il a fini avant."""
    worked = _follow(process, instant)
    if process.poll() is None:
        process.send_signal(signal.SIGKILL)
        process.wait()
    return None if process.returncode == -signal.SIGKILL else worked


def _follow(process: subprocess.Popen[str] | subprocess.Popen[bytes], worked: float) -> float:
    seen = 0.0
    while process.poll() is None and seen < worked:
        seen = max(seen, _worked(process.pid))
        time.sleep(_LOOK_S)
    return seen


def _worked(pid: int) -> float:
    """Ce qu’ont travaillé un processus et ceux qu’il a lancés, ceux qui ont fini compris."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        children = [
            int(child)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for child in (task / "children").read_text(encoding="utf-8").split()
        ]
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / _TICK + sum(map(_worked, children))
