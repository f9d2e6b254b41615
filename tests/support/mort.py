"""Kill a process at an instant of its own work, counted in processor time: the load of the machine changes nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_LOOK_S = 0.002


def run_through(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> float:
    """The processor time, in seconds, that a process took until it ended."""
    return _follow(process, float("inf"))


def kill_at(process: subprocess.Popen[str] | subprocess.Popen[bytes], instant: float) -> float | None:
    """Kill a process once it has worked that many seconds; what it had worked, when it ended before."""
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
    """What a process and those that it started have worked, those that have ended included."""
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
