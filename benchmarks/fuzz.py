"""Throw damaged copies of our own workbooks, or every file of a folder, at the reader: nothing may be raised.

``python -m benchmarks.fuzz --runs 2000`` damages the example's workbooks, in their bytes or in the XML of their parts.
``python -m benchmarks.fuzz --folder FOLDER`` reads every file below a folder, whatever it is.
It prints how many were read, refused by code, the slowest, what the caller's memory grew by and the most a reader held;
exit 1 when something was raised, took too long, had a code outside the catalogue, or killed the process that reads.
"""

from __future__ import annotations

import argparse
import io
import random
import re
import resource
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from nr_models.referentiel.referentiel import Referentiel
from nr_models.values.anomalies import CATALOGUE
from tasks.reading.child import bounds
from tasks.reading.spreadsheet import tell_reader
from tasks.referentiel.load import find_folder, load_referentiel
from tasks.returns.recognise import understand

EXAMPLE = Path(__file__).parent.parent / "inputs" / "exemple"
_TOKENS = (
    b"99999999999",
    b"-1",
    b"1e999",
    b"NaN",
    b"XFD1048576",
    b"A0",
    b"\xff\xfe",
    b"&#0;",
    b"<![CDATA[",
    b"]]>",
    b"<c><c>",
    b"",
    b"A" * 40_000,
)
_PARTS_SHARE, _CUT_SHARE = 0.7, 0.1
_WORD = re.compile(rb"[A-Za-z0-9.:_-]{1,40}")

Mutation = Callable[[bytes, random.Random], bytes]


def main() -> None:
    """Run, print, and exit 1 on a fault."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path)
    wanted = parser.parse_args()
    if wanted.folder:
        files = ((path.name, path) for path in sorted(wanted.folder.rglob("*")) if path.is_file())
        sys.exit(_throw(files))
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(_throw(_damaged(Path(folder), wanted.runs, wanted.seed)))


def _throw(files: Iterator[tuple[str, Path]]) -> int:
    referentiel, codes, faults = load_referentiel(find_folder()), Counter[str](), 0
    slowest = (0.0, "")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for name, path in files:
        took, code = _read(path, referentiel)
        slowest = max(slowest, (took, name))
        codes[code] += 1
        if code not in (*CATALOGUE, "lu") or took > bounds.WALL_SECONDS + bounds.GRACE_SECONDS:
            faults += 1
            print(f"FAUTE {name} : {code}, {took:.1f} s")
    starts, most_kb = tell_reader()
    if starts > 1:
        faults += starts - 1
        print(f"FAUTE le processus qui lit est mort, et a redémarré {starts - 1} fois")
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    print(
        f"{codes.total()} fichiers, {faults} fautes ; appelant +{grown:.0f} Mo, lecteur {most_kb / 1024:.0f} Mo au plus"
    )
    print(f"le plus long : {slowest[0]:.2f} s ({slowest[1]})")
    for code, number in codes.most_common():
        print(f"  {number:6d}  {code}")
    return 1 if faults else 0


def _read(path: Path, referentiel: Referentiel) -> tuple[float, str]:
    """How long a file took, and the code of its refusal, « lu », or what was raised."""
    start = time.perf_counter()
    try:
        found = understand(path, path.name, referentiel)
        said = {item.code for item in found.anomalies if item.message and item.remede}
        code = "lu" if found.valeur is not None or not said else min(said)
    except Exception:
        traceback.print_exc()
        code = "exception"
    return time.perf_counter() - start, code


def _damaged(folder: Path, runs: int, seed: int) -> Iterator[tuple[str, Path]]:
    """So many damaged copies, one at a time, the same for the same seed."""
    draw = random.Random(seed)  # noqa: S311 - the same damage for the same seed
    sound = sorted(path for path in EXAMPLE.rglob("*") if path.suffix in (".xlsx", ".csv", ".ods"))
    path = folder / "abime.xlsx"
    for number in range(runs):
        source = draw.choice(sound)
        content = source.read_bytes()
        mutation: Mutation = _in_parts if content.startswith(b"PK") and draw.random() < _PARTS_SHARE else _in_bytes
        path.write_bytes(mutation(content, draw))
        yield f"{number} {source.name} {mutation.__name__}", path


def _in_bytes(content: bytes, draw: random.Random) -> bytes:
    damaged = bytearray(content)
    for _ in range(draw.randint(1, 8)):
        place = draw.randrange(len(damaged))
        damaged[place : place + draw.randint(0, 4)] = draw.randbytes(draw.randint(0, 4))
    return bytes(damaged[: draw.randint(1, len(damaged))] if draw.random() < _CUT_SHARE else damaged)


def _in_parts(content: bytes, draw: random.Random) -> bytes:
    """The same package, a few words of one or two of its parts replaced, or a part gone."""
    with ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    for name in draw.sample(sorted(parts), k=min(2, len(parts))):
        if draw.random() < _CUT_SHARE:
            del parts[name]
        else:
            parts[name] = _reworded(parts[name], draw)
    stream = io.BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


def _reworded(part: bytes, draw: random.Random) -> bytes:
    words = list(_WORD.finditer(part))
    for word in sorted(draw.sample(words, k=min(len(words), draw.randint(1, 5))), key=lambda item: -item.start()):
        part = part[: word.start()] + draw.choice(_TOKENS) + part[word.end() :]
    return part


if __name__ == "__main__":
    main()
