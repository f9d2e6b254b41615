"""La documentation dit ce que le logiciel fait : ce qui est versé est ce qui est produit."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest
from jsonschema import Draft202012Validator

from nr_models.dossier.case import Case
from nr_models.stages import STAGES, Stage
from nr_models.values.frozen import plain
from portal.cli.main import nr
from portal.manuel.documentation import ROOT, fill, list_stale, render_documents, typeset
from tasks.dossier.making import render_result
from tasks.stages.hands import load_hands
from tests.support.dossier_d_exemple import REFERENTIEL, results
from tests.support.workbooks_case import make_case

DOCUMENTS = sorted(path for pattern in ("*.md", "docs/*.md", "docs/adr/*.md") for path in ROOT.glob(pattern))
RESULTATS = (ROOT / "docs/resultats.md").read_text(encoding="utf-8")
LES_SEPT = pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.slug)


def _prose(text: str) -> str:
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


def test_ce_qui_est_verse_est_ce_qui_est_produit() -> None:
    assert list(list_stale()) == [], "lancez : python -m portal.manuel.documentation"


def test_produire_deux_fois_ne_change_rien(tmp_path: Path) -> None:
    made = render_documents()
    for name, text in made.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert render_documents(tmp_path) == made


def test_les_espaces_insecables_sont_posees_hors_du_code() -> None:
    assert typeset("Oui ! « Non » : `a : b` ?") == "Oui\u00a0! «\u00a0Non\u00a0»\u00a0: `a : b`\u00a0?"


def test_une_marque_absente_est_dite() -> None:
    with pytest.raises(ValueError, match="etapes"):
        fill("# Titre", "etapes", "un tableau")


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_les_apostrophes_sont_courbes(path: Path) -> None:
    assert not re.search(r"[a-zé]'[a-zéàh]", _prose(path.read_text(encoding="utf-8")))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_chaque_lien_mene_quelque_part(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    anchors = set(re.findall(r'<a id="([^"]+)">', text))
    for target in re.findall(r"\]\(([^)]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in anchors, target
        elif not target.startswith("https://"):
            assert (path.parent / target.partition("#")[0]).exists(), target


def _commands(text: str) -> list[str]:
    """Les commandes « nr … » écrites dans les blocs et les passages de code."""
    code = re.findall(r"```\w* *\w*\n(.*?)```|`([^`\n]*)`", text, flags=re.DOTALL)
    return [line for block in code for part in block for line in re.findall(r"(?m)^nr [a-z].*", part)]


def _commands_of(command: click.Command) -> dict[str, click.Command]:
    if not isinstance(command, click.Group):
        return {}
    context = click.Context(command)
    found = {name: command.get_command(context, name) for name in command.list_commands(context)}
    return {name: item for name, item in found.items() if item}


def test_chaque_commande_nommee_existe() -> None:
    named = [line for path in DOCUMENTS for line in _commands(path.read_text(encoding="utf-8"))]
    assert named
    for line in named:
        command: click.Command = nr
        words = line.split()[1:]
        while words and (found := _commands_of(command).get(words[0])):
            command, words = found, words[1:]
        assert command is not nr, line
        known = {option for item in command.params for option in item.opts}
        assert {word for word in words if word.startswith("--")} <= known, line


def test_la_page_des_commandes_presente_chaque_commande() -> None:
    shown = {" ".join(line.split()[1:]) for line in _commands((ROOT / "docs/commandes.md").read_text(encoding="utf-8"))}
    for name, command in _commands_of(nr).items():
        subs = _commands_of(command) or {"": command}
        for sub in subs:
            wanted = f"{name} {sub}".strip()
            assert any(line == wanted or line.startswith(f"{wanted} ") for line in shown), wanted


def test_chaque_cible_de_make_nommee_existe() -> None:
    targets = set(re.findall(r"(?m)^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8")))
    for path in DOCUMENTS:
        named = re.findall(r"(?m)(?:`|^)make ([a-z]+)", path.read_text(encoding="utf-8"))
        assert set(named) <= targets, path.name


def test_chaque_dependance_dit_a_quoi_elle_sert() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = [
        *project["dependencies"],
        *(item for extra in project["optional-dependencies"].values() for item in extra),
    ]
    table = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Dépendances")[2].partition("\n## ")[0]
    documented = set(re.findall(r"`([a-z0-9-]+)`", "\n".join(re.findall(r"(?m)^\| ([^|]+) \|", table))))
    assert {re.split(r"[\[<>=]", item)[0] for item in declared} == documented


def test_les_choix_sont_numerotes_et_tiennent_en_une_page() -> None:
    found = sorted((ROOT / "docs/adr").glob("*.md"))
    assert [int(path.name[:4]) for path in found] == list(range(1, len(found) + 1))
    for path in found:
        text = path.read_text(encoding="utf-8")
        assert all(f"**{part}" in text for part in ("Contexte.", "Décision.", "Ce que cela coûte.")), path.name
        assert len(text.split()) < 500, path.name


def _examples(stage: str) -> list[Any]:
    return [json.loads(block) for block in re.findall(rf"```json {stage}\n(.*?)```", RESULTATS, flags=re.DOTALL)]


def _assert_within(shown: Any, real: Any, place: str) -> None:
    """Ce qui est montré est dans le vrai : champ à champ, et dans l'ordre des listes."""
    if isinstance(shown, dict):
        for key, value in shown.items():
            _assert_within(value, real[key], f"{place}.{key}")
    elif isinstance(shown, list):
        assert len(shown) <= len(real), place
        for rank, (item, other) in enumerate(zip(shown, real, strict=False)):
            _assert_within(item, other, f"{place}[{rank}]")
    else:
        assert shown == (real.replace("\u00a0", " ") if isinstance(real, str) else real), place


@LES_SEPT
def test_les_exemples_sont_ce_que_le_logiciel_calcule(stage: Stage) -> None:
    examples = _examples(stage.slug)
    assert examples
    for example in examples:
        _assert_within(example, plain(results()[stage.slug]), stage.slug)


@LES_SEPT
def test_chaque_champ_du_resultat_est_explique(stage: Stage) -> None:
    _, _, rest = RESULTATS.partition(f"(`{stage.slug}`)\n")
    section = rest.partition("\n## ")[0]
    for field in load_hands(stage.slug).Result.model_fields:
        assert f"`{field}`" in section or f"`{field}[" in section, field


@LES_SEPT
def test_chaque_resultat_suit_son_schema(stage: Stage) -> None:
    schema = json.loads((ROOT / f"docs/schemas/{stage.slug}.json").read_text(encoding="utf-8"))
    Draft202012Validator.check_schema(schema)
    case: Case = make_case()
    for key, referentiel, result in (
        (case.cle, case.referentiel, case.results[stage.slug]),
        ("essai/ville", REFERENTIEL, results()[stage.slug]),
    ):
        document = json.loads(render_result(key, referentiel, stage, result))
        assert [error.message for error in Draft202012Validator(schema).iter_errors(document)] == []


def test_la_note_globale_se_recalcule_avec_python_seul(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = make_case()
    content = render_result(case.cle, case.referentiel, STAGES[1], case.results["score"])
    (tmp_path / "resultat.json").write_bytes(content)
    monkeypatch.chdir(tmp_path)
    (script,) = re.findall(r"```python\n(.*?)```", RESULTATS, flags=re.DOTALL)
    exec(compile(script, "docs/resultats.md", "exec"), {})
