"""Ce que l’on lit est composé à la française : espaces insécables avant : ; ? ! » %, et après «."""

import ast
import re

import pytest

from tests.support.depot import ROOT

MODULES = [
    path
    for folder in ("nr_models", "tasks", "flows", "portal")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if not {"migrations", "demo"} & set(path.parts)  # les gens de l’exemple tapent comme on tape
]
BREAKABLE = re.compile(r"[\w»)\]’…] [:;?!»](\W|$)|« ")
CODE = re.compile(r"^[\x00-\x7f]*$")


def sentences(path):
    """Toutes les chaînes d’un module, sauf ses textes de documentation."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    described = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in described:
            yield node.lineno, node.value


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_les_phrases_portent_leurs_espaces_insecables(path):
    faults = [(line, text) for line, text in sentences(path) if not CODE.match(text) and BREAKABLE.search(text)]
    assert not faults
