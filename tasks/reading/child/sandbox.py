"""The reader's process: warm, it forks a bounded child for each file and hands it an open file.

``multiprocessing`` would import the caller's main program in every child and refuse daemons; this
server holds a socket, the standard library and the fast reader, and nothing of the caller.
Protocol: one datagram with two descriptors, the file and a socket to answer on; the answer is JSON,
a NUL byte, how the child ended (``os.waitstatus_to_exitcode``) and the most memory it held, in kB.
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import socket
from pathlib import Path

import orjson

from tasks.reading.child import bounds
from tasks.reading.child.bounds import Refus
from tasks.reading.child.content import Answer, read_content


def serve(control: int) -> None:
    """Answer requests until the caller closes its end of the socket, or dies."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    gc.disable()  # a collection would copy the pages that a child shares with us
    gc.freeze()
    with socket.socket(fileno=control) as requests:
        while True:
            message, descriptors, _, _ = socket.recv_fds(requests, 1, 2)
            if not message:
                return
            if len(descriptors) == 2 and os.fork() == 0:
                _watch(requests, *descriptors)
            for descriptor in descriptors:
                os.close(descriptor)


def _watch(requests: socket.socket, file: int, reply: int) -> None:
    """Fork the reader, wait for its end, and say how it ended. Never returns."""
    requests.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    child = os.fork()
    if child == 0:
        _read(file, reply)
    _, status, used = os.wait4(child, 0)
    with contextlib.suppress(OSError):
        os.write(reply, b"\0%d %d" % (os.waitstatus_to_exitcode(status), used.ru_maxrss))
    os._exit(0)


def _read(file: int, reply: int) -> None:
    """Read the file within limits and answer. Never returns, never raises."""
    code = 1
    try:
        _bound()
        answer = _answer(file)
        with socket.socket(fileno=reply) as caller:
            caller.sendall(answer)
        code = 0
    finally:
        os._exit(code)


def _answer(file: int) -> bytes:
    try:
        with open(file, "rb") as source:
            content = source.read(bounds.FILE_BYTES + 1)
        answer = _encode(read_content(content))
        if len(answer) > bounds.ANSWER_BYTES:
            raise Refus("fichier-trop-gros", "trop de texte une fois lu")
    except Refus as refus:
        return _encode({"refus": [refus.code, refus.detail]})
    except MemoryError:
        return _encode({"refus": ["fichier-trop-gros", "il demande trop de mémoire"]})
    except Exception:
        return _encode({"refus": ["fichier-illisible", "sa structure est abîmée"]})
    except BaseException:  # the fast reader's panics are no Exception
        return _encode({"refus": ["fichier-suspect", "il a arrêté le lecteur"]})
    return answer


def _encode(answer: Answer) -> bytes:
    return orjson.dumps(answer)


def _bound() -> None:
    """Bound memory, processor and wall time; no file written, no process started, no core left."""
    signal.setitimer(signal.ITIMER_REAL, bounds.WALL_SECONDS)
    memory = _mapped_bytes() + bounds.MEMORY_BYTES
    for what, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, bounds.CPU_SECONDS),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (limit, limit + 1 if what == resource.RLIMIT_CPU else limit))


def _mapped_bytes() -> int:
    """What the process maps before it reads anything."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    except OSError:
        return 0
