"""Change the code by one sign, and see a test fail: what no test notices is not tested.

``make mutants``, or ``python -m benchmarks.mutants --minutes 20``: in a copy of the repository, never in yours. First
the named mutants, each of which survived once; then, as long as time allows, mutants drawn by a seed among the
comparisons, numbers and signs of ``nr_models/rules`` and of the trail. Each is tried on the tests of its own module,
then said dead, survivor or too long. Exit 1 where a named one survives.

A small script rather than mutmut: that tool calls every variant of a function from one instrumented copy, chosen
while the tests run, which neither our child processes nor the verifier that is read as text would see.
"""

from __future__ import annotations

import argparse
import ast
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.nommes import NOMMES, Mutant

ROOT = Path(__file__).parents[1]
_LEFT = shutil.ignore_patterns(".git", ".venv", "outputs", "__pycache__", ".mypy_cache", ".ruff_cache", ".hypothesis")
_TRIED = {"nr_models/rules": "tests/nr_models/rules", "tasks/trail": "tests/tasks/trail"}
_LONGEST_S = 600
_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<=",
    ast.LtE: "<",
    ast.Gt: ">=",
    ast.GtE: ">",
    ast.Eq: "!=",
    ast.NotEq: "==",
    ast.In: "not in",
    ast.NotIn: "in",
}
_SIGNS: dict[type[ast.operator], str] = {ast.Add: "-", ast.Sub: "+", ast.Mult: "/", ast.Div: "*"}


class Sort(NamedTuple):
    """What became of a mutant: « mort », « survit », « trop long », « introuvable »."""

    mutant: Mutant
    mot: str


def list_mutants(root: Path) -> list[Mutant]:
    """Every mutant of the rules and of the trail that has a test module of its own, in a fixed order."""
    found: list[Mutant] = []
    for folder, tests in _TRIED.items():
        for path in sorted((root / folder).glob("*.py")):
            test = root / tests / f"test_{path.stem}.py"
            if test.is_file():
                found += _mutate(
                    path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"), test.relative_to(root)
                )
    return found


def _mutate(name: str, text: str, test: Path) -> Iterator[Mutant]:
    """The mutants of a file: one sign changed in one line, told with the whole line."""
    lines = text.splitlines()
    for node in ast.walk(ast.parse(text)):
        for line, start, end, other in _changes(node, lines):
            old = lines[line - 1]
            if lines.count(old) == 1:
                yield Mutant(f"{name}:{line}", name, old, old[:start] + other + old[end:], (test.as_posix(),))


def _changes(node: ast.AST, lines: Sequence[str]) -> Iterator[tuple[int, int, int, str]]:
    """Where a node may be changed in its line, and into what; only what holds in one line."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        for left, operator, right in zip(sides, node.ops, sides[1:], strict=False):
            if type(operator) in _COMPARISONS and left.end_lineno == right.lineno:
                yield _between(left, right, f" {_COMPARISONS[type(operator)]} ")
    if isinstance(node, ast.BinOp) and type(node.op) in _SIGNS and node.left.end_lineno == node.right.lineno:
        middle = lines[node.right.lineno - 1].encode()[node.left.end_col_offset : node.right.col_offset].decode()
        if "(" not in middle and ")" not in middle:
            yield _between(node.left, node.right, f" {_SIGNS[type(node.op)]} ")
    if isinstance(node, ast.Constant) and type(node.value) is int and node.end_col_offset is not None:
        yield node.lineno, node.col_offset, node.end_col_offset, str(node.value + 1)


def _between(left: ast.expr, right: ast.expr, other: str) -> tuple[int, int, int, str]:
    assert left.end_col_offset is not None
    return right.lineno, left.end_col_offset, right.col_offset, other


def passes(copy: Path, essais: Sequence[str]) -> bool | None:
    """True when tests pass, None when they last too long."""
    command = (sys.executable, "-B", "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-n", "0", *essais)
    try:
        done = subprocess.run(command, cwd=copy, capture_output=True, timeout=_LONGEST_S, check=False)
    except subprocess.TimeoutExpired:
        return None
    return done.returncode == 0


def try_mutant(copy: Path, mutant: Mutant) -> str:
    """Change the copy, run the tests, put it back."""
    path = copy / mutant.fichier
    before = path.read_text(encoding="utf-8")
    if before.count(mutant.avant) != 1:
        return "introuvable"
    path.write_text(before.replace(mutant.avant, mutant.apres), encoding="utf-8")
    try:
        well = passes(copy, mutant.essais)
    finally:
        path.write_text(before, encoding="utf-8")
    return {True: "survit", False: "mort", None: "trop long"}[well]


def main() -> None:
    """Try the named mutants, then others until time is out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20, help="en tout, mutants nommés compris")
    parser.add_argument("--graine", type=int, default=1, help="la même, les mêmes mutants dans le même ordre")
    parser.add_argument("--nommes", action="store_true", help="les mutants nommés, rien d’autre")
    chosen = parser.parse_args()
    until = time.monotonic() + 60 * chosen.minutes
    drawn = [] if chosen.nommes else list_mutants(ROOT)
    random.Random(chosen.graine).shuffle(drawn)  # noqa: S311 - a draw, not a secret
    said: list[Sort] = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as folder:
        copy = Path(folder) / "depot"
        shutil.copytree(ROOT, copy, ignore=_LEFT)
        essais = sorted({essai for mutant in NOMMES for essai in mutant.essais})
        if passes(copy, essais) is False:  # a failing test would kill every mutant
            sys.exit("Les essais échouent avant tout changement : faites-les d’abord passer.")
        for mutant in (*NOMMES, *drawn):
            if time.monotonic() > until:
                break
            said.append(Sort(mutant, try_mutant(copy, mutant)))
            if said[-1].mot != "mort":
                print(
                    f"{said[-1].mot} : {mutant.nom}\n  - {mutant.avant.strip()}\n  + {mutant.apres.strip()}", flush=True
                )
    counts = Counter(item.mot for item in said)
    print(f"{len(said)} mutants essayés sur {len(NOMMES) + len(drawn)} : {dict(sorted(counts.items()))}")
    sys.exit(any(item.mot in ("survit", "introuvable") and item.mutant in NOMMES for item in said))


if __name__ == "__main__":
    main()
