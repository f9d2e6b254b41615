"""Read a returned file as sheets of plain values, or say why not; never an exception.

The file is parsed in another process, within the limits of ``bounds``: this one only opens it,
looks at its size, and receives values.
"""

from __future__ import annotations

import atexit
import errno
import os
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Sequence
from itertools import zip_longest
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

import orjson

from nr_models.values.anomalies import Anomaly
from tasks.reading.child import bounds
from tasks.reading.child.bounds import Refus

Valeur = str | int | float | None

_START = "import sys; sys.path[:] = {path!r}; from tasks.reading.child.sandbox import serve; serve({control})"
_ENDS = {
    signal.SIGXCPU: ("lecture-trop-longue", f"elle demandait plus de {bounds.CPU_SECONDS} s de calcul"),
    signal.SIGALRM: ("lecture-trop-longue", f"elle durait plus de {bounds.WALL_SECONDS} s"),
    signal.SIGKILL: ("fichier-trop-gros", "il demande trop de mémoire"),
    signal.SIGABRT: ("fichier-trop-gros", "il demande trop de mémoire"),
}


class Feuille(NamedTuple):
    """A sheet: its name (empty for a CSV) and its rows from the first, dates as ISO text.

    ``masquee``: nobody sees it when the workbook opens; ``lignes_masquees`` are its hidden or filtered rows, from
    zero; ``fusions`` its merged ranges, first row and column then last, from zero; ``marques`` what was put beside the
    values: row, column, what it is (« couleur », « note », « formule »), and what it says.
    """

    nom: str
    lignes: Sequence[Sequence[Valeur]]
    masquee: bool = False
    lignes_masquees: frozenset[int] = frozenset()
    fusions: Sequence[Sequence[int]] = ()
    marques: Sequence[tuple[int, int, str, str]] = ()


class Lecture(NamedTuple):
    """What was read of a file; no sheet when it was refused. ``nom`` is what the file is called."""

    feuilles: tuple[Feuille, ...]
    anomalies: tuple[Anomaly, ...] = ()
    nom: str = ""


def read_spreadsheet(path: Path) -> Lecture:
    """Read a workbook (XLSX, XLSM, XLSB, XLS, ODS) or a CSV, by its content; refusals are anomalies."""
    try:
        answer = _ask(path)
    except Refus as refus:
        return Lecture((), (Anomaly(code=refus.code, detail=refus.detail),))
    return Lecture(
        tuple(_sheet(*found) for found in zip_longest(answer["feuilles"], answer.get("vues", ()))),
        tuple(
            Anomaly(code="formule-en-erreur", feuille=name, cellule=cell, valeur=value)
            for name, cell, value in answer["erreurs"]
        ),
    )


def _sheet(read: Sequence[Any], seen: dict[str, Any] | None) -> Feuille:
    view = seen or {}
    hidden = frozenset(view.get("lignes_masquees", ()))
    return Feuille(
        read[0], read[1], view.get("masquee", False), hidden, view.get("fusions", ()), view.get("marques", ())
    )


def _ask(path: Path) -> dict[str, Any]:
    file = _open(path)
    try:
        with _TOGETHER:
            answer = _READER.ask(file)
    finally:
        os.close(file)
    text, _, ended = answer.rpartition(b"\0")
    end, _, used = ended.partition(b" ")
    if not answer:
        raise Refus("fichier-illisible", "le lecteur ne démarre pas")
    _READER.most_kb = max(_READER.most_kb, int(used) if used.isdigit() else 0)
    if end != b"0":
        raise _refusal(end)
    found: dict[str, Any] = orjson.loads(text)
    if "refus" in found:
        raise Refus(*found["refus"])
    return found


def _refusal(end: bytes) -> Refus:
    """Why a reader that did not answer stopped."""
    try:
        code, detail = _ENDS[signal.Signals(-int(end))]
    except (KeyError, ValueError):
        code, detail = "fichier-suspect", "il a arrêté le lecteur"
    return Refus(code, detail)


def _open(path: Path) -> int:
    """A descriptor on a plain file of acceptable size. Raises ``Refus``."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, ValueError) as error:
        raise Refus("fichier-absent") from error
    except OSError as error:
        if error.errno == errno.ENAMETOOLONG:
            raise Refus("fichier-absent") from error
        raise Refus("fichier-illisible", "le système en refuse l’accès") from error
    state = os.fstat(file)
    if stat.S_ISREG(state.st_mode) and state.st_size <= bounds.FILE_BYTES:
        return file
    os.close(file)
    if stat.S_ISREG(state.st_mode):
        raise Refus("fichier-trop-gros", f"plus de {bounds.FILE_BYTES // bounds.MEGABYTE} Mo")
    raise Refus("fichier-illisible", "c’est un dossier" if stat.S_ISDIR(state.st_mode) else "ce n’est pas un fichier")


class _Reader:
    """The other process, started at the first file and kept warm; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self.starts, self.most_kb = 0, 0

    def ask(self, file: int) -> bytes:
        """The raw answer for an open file. Raises ``Refus`` when none comes in time."""
        mine, theirs = socket.socketpair()
        with mine:
            with theirs:
                self._send(file, theirs.fileno())
            return self._receive(mine)

    def _send(self, file: int, reply: int) -> None:
        with self._lock:
            for last in (False, True):
                try:
                    socket.send_fds(self._started(), [b"1"], [file, reply])
                    return
                except OSError as error:
                    self._stop()
                    if last:
                        raise Refus("fichier-illisible", "le lecteur ne démarre pas") from error

    def _receive(self, caller: socket.socket) -> bytes:
        chunks: list[bytes] = []
        deadline = monotonic() + bounds.WALL_SECONDS + bounds.GRACE_SECONDS
        try:
            while True:
                caller.settimeout(max(deadline - monotonic(), 0.001))
                chunk = caller.recv(bounds.MEGABYTE)
                if not chunk:
                    return b"".join(chunks)
                chunks.append(chunk)
        except OSError as error:
            with self._lock:
                self._stop()
            raise Refus("lecture-trop-longue", f"elle durait plus de {bounds.WALL_SECONDS} s") from error

    def _started(self) -> socket.socket:
        if self._control is None or self._process is None or self._process.poll() is not None:
            self._stop()
            self._control, theirs = socket.socketpair()
            self.starts += 1
            with theirs:
                start = _START.format(path=[item or str(Path.cwd()) for item in sys.path], control=theirs.fileno())
                self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
                    [sys.executable, "-I", "-c", start],
                    pass_fds=[theirs.fileno()],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    env={"PYTHONUTF8": "1"},
                    start_new_session=True,
                )
        return self._control

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._control = self._process = None

    def close(self) -> None:
        """End the other process."""
        with self._lock:
            self._stop()

    def forget(self) -> None:
        """After a fork of this program: the other process is the parent's; a new one will be started."""
        if self._control is not None:
            self._control.close()
        if self._process is not None:
            self._process.returncode = 0
        self.__init__()  # type: ignore[misc]


_READER = _Reader()


def tell_reader() -> tuple[int, int]:
    """How many times the other process had to be started, and the most that a reader held, in kB: for measures."""
    return _READER.starts, _READER.most_kb


_TOGETHER = threading.BoundedSemaphore(bounds.TOGETHER)


def _forget() -> None:
    global _TOGETHER
    _READER.forget()
    _TOGETHER = threading.BoundedSemaphore(bounds.TOGETHER)


atexit.register(_READER.close)
os.register_at_fork(after_in_child=_forget)
