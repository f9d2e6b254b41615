"""Le dépôt se vérifie lui-même : étapes, validations, modules, cas et catalogue disent la même chose."""

from __future__ import annotations

import ast
import io
import re
import tokenize
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from importlib import import_module
from pathlib import Path

import pytest
import yaml

from nr_models.dossier.case import File
from nr_models.referentiel.referentiel import Referentiel
from nr_models.stages import BY_GATE, RETOURS, STAGES, Stage, find_returns
from nr_models.values.anomalies import CATALOGUE
from portal.labels import DOCUMENTS
from tasks.dossier.making import RESULT_FILE
from tasks.referentiel.load import VERSIONS, list_versions, load_referentiel
from tasks.returns.recognise import REGISTRY
from tests.support.depot import ROOT
from tests.support.workbooks_case import make_case

PACKAGES = ("nr_models", "tasks", "flows", "portal", "templates")
MODULES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
SOURCES = [*MODULES, *sorted((ROOT / "tests").rglob("*.py")), *sorted((ROOT / "benchmarks").glob("*.py"))]
NOT_OURS = {"__pycache__", "build", "dist", "outputs"}
KEPT = {"Delegation", "Relance", "Source"}
"""Les tables qui portent le nom de la valeur qu’elles gardent."""
LES_SEPT = pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.slug)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _files() -> Iterator[Path]:
    """Les fichiers du dépôt, sans ce qui se refait ni ce qui se cache."""
    for path in sorted(ROOT.rglob("*")):
        parts = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part not in (".ci", ".gitignore") for part in parts)
        made = any(part in NOT_OURS or part.endswith(".egg-info") for part in parts)
        if path.is_file() and not hidden and not made:
            yield path


@LES_SEPT
def test_une_etape_porte_un_seul_nom_partout(stage: Stage) -> None:
    assert (ROOT / f"nr_models/rules/{stage.slug}.py").is_file()
    assert (ROOT / f"tasks/stages/{stage.slug}/stage.py").is_file()
    assert (ROOT / f"tests/nr_models/rules/test_{stage.slug}.py").is_file()
    assert list((ROOT / f"tests/cases/{stage.slug}").glob("*.yaml"))
    assert (ROOT / f"docs/schemas/{stage.slug}.json").is_file()


@LES_SEPT
def test_une_etape_offre_ce_que_les_autres_offrent(stage: Stage) -> None:
    rule, hands = import_module(f"nr_models.rules.{stage.slug}"), import_module(f"tasks.stages.{stage.slug}.stage")
    assert {"Inputs", "Result", "build"} <= set(vars(rule))
    assert hands.Result is rule.Result
    assert callable(hands.build)
    assert callable(hands.render_livrables)
    assert (
        stage.waits == hasattr(hands, "render_supports") == hasattr(hands, "list_missing") == hasattr(rule, "missing")
    )
    assert stage.waits == bool(stage.returns)


@LES_SEPT
def test_une_etape_ne_lit_que_celles_d_avant(stage: Stage) -> None:
    before = [item.slug for item in STAGES[: STAGES.index(stage)]]
    assert set(stage.upstream) <= set(before)


def _fit(files: tuple[File, ...], patterns: tuple[str, ...], sometimes: tuple[str, ...] = ()) -> bool:
    """Chaque fichier répond à un nom de la table, chaque nom de la table à un fichier."""
    names = [file.nom for file in files]
    return all(any(fnmatchcase(name, item) for item in (*patterns, *sometimes)) for name in names) and all(
        any(fnmatchcase(name, pattern) for name in names) for pattern in patterns
    )


@LES_SEPT
def test_chaque_document_de_la_table_est_produit(stage: Stage) -> None:
    case, hands = make_case(), import_module(f"tasks.stages.{stage.slug}.stage")
    assert _fit(hands.render_livrables(case, case.results[stage.slug]), stage.livrables, stage.sometimes)
    if stage.waits:
        assert _fit(hands.render_supports(case, lambda _nom: 1), stage.supports)


def test_chaque_document_a_un_nom_que_les_gens_lisent() -> None:
    made = {name for stage in STAGES for name in (*stage.supports, *stage.livrables, *stage.sometimes)}
    assert set(DOCUMENTS) == {*made, RESULT_FILE}


def test_chaque_type_de_retour_est_reconnu_et_attendu() -> None:
    awaited = {kind for stage in STAGES for kind in stage.returns}
    assert awaited == set(RETOURS)
    assert awaited == set(REGISTRY) - {"registre"}
    assert all(find_returns(kind) for kind in awaited)


def _shipped() -> list[Referentiel]:
    return [load_referentiel(VERSIONS / version) for version in list_versions()]


def test_le_circuit_livre_a_une_validation_par_porte() -> None:
    for referentiel in _shipped():
        gates = [item.gate for item in referentiel.validation.validations]
        assert gates == list(BY_GATE), referentiel.version
        assert len(BY_GATE) == sum(stage.gate is not None for stage in STAGES)


def test_le_calendrier_livre_couvre_chaque_etape_une_fois() -> None:
    for referentiel in _shipped():
        assert [slug for item in referentiel.calendrier.durees for slug in item.etapes] == [
            item.slug for item in STAGES
        ]


def test_le_dossier_d_une_version_porte_son_numero() -> None:
    assert [item.version for item in _shipped()] == list_versions()


def _codes(path: Path) -> Iterator[str]:
    """Les codes d'anomalie qu'un module écrit : ``code=…``, ``Refus(…)``, ``.anomaly(…)``, ``.note(…)``."""
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            found = [item.value for item in node.keywords if item.arg == "code" and name == "Anomaly"]
            found += node.args[:1] if name in ("Refus", "anomaly") else node.args[1:2] if name == "note" else []
            yield from (text for item in found for text in _texts(item))


def _texts(node: ast.AST) -> Iterator[str]:
    branches = (node.body, node.orelse) if isinstance(node, ast.IfExp) else (node,)
    yield from (item.value for item in branches if isinstance(item, ast.Constant) and isinstance(item.value, str))


def test_chaque_code_d_anomalie_ecrit_est_au_catalogue() -> None:
    for path in MODULES:
        assert set(_codes(path)) <= set(CATALOGUE), path.name


def test_chaque_code_du_catalogue_sert() -> None:
    written = {
        node.value
        for path in MODULES
        if path.name != "anomalies.py" and "demo" not in path.parts
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(CATALOGUE) <= written, set(CATALOGUE) - written


def test_aucun_fichier_ne_nomme_un_chemin_de_machine() -> None:
    machine = re.compile(r"(?<![\w.:/<>}*$-])/(home|root|work|Users|tmp|mnt|srv)/\w|[A-Z]:\\\\?Users")
    for path in _files():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found = machine.search(text)
        assert found is None or path == Path(__file__), f"{path.relative_to(ROOT)} : {found and found.group()}"


def test_aucun_module_fourre_tout() -> None:
    names = {"utils", "util", "helpers", "helper", "common", "misc"}
    for path in SOURCES:
        assert not names & {part.removesuffix(".py") for part in path.relative_to(ROOT).parts}, path


def _classes(package: str) -> Iterator[tuple[str, Path, bool]]:
    """Les classes publiques d’un paquet : leur nom, leur module, et s’il s’agit d’une table de la base."""
    for path in sorted((ROOT / package).rglob("*.py")):
        for node in _tree(path).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield node.name, path, any(item.arg == "table" for item in node.keywords)


@pytest.mark.parametrize("package", ["nr_models", "tasks", "flows", "portal"])
def test_un_nom_de_classe_ne_dit_qu_une_chose_dans_un_paquet(package: str) -> None:
    """Sauf ``Inputs`` et ``Result``, que chaque étape a, et une table avec la valeur qu’elle garde."""
    seen: dict[str, Path] = {}
    for name, path, table in _classes(package):
        if name not in ("Inputs", "Result") and not (table and name in KEPT):
            assert name not in seen, f"{name} : {seen[name].relative_to(ROOT)} et {path.relative_to(ROOT)}"
            seen[name] = path


def test_un_nom_de_table_ne_dit_pas_autre_chose_ailleurs() -> None:
    tables = {name for name, _path, table in _classes("nr_models") if table}
    others = {name for package in ("tasks", "flows", "portal") for name, _path, _table in _classes(package)}
    values = {name for name, _path, table in _classes("nr_models") if not table}
    assert tables & (others | values) <= KEPT


ROOM = 16
"""Ce qu'une pièce tient de fichiers, avant qu'il faille la partager."""

FULL = {Path("portal/cli/commandes")}
"""Un fichier par groupe de commandes : cette pièce-là suit la commande."""

CROSSING = {
    "flows/test_anciennes.py": "des bases d’anciennes versions",
    "flows/test_kill.py": "des processus tués, de la commande à la base",
    "flows/test_version.py": "ce qu’une nouvelle version ferait d’un dossier validé, de la commande à la base",
    "nr_models/rules/test_archetypes.py": "des collectivités types, du diagnostic à la liste",
    "nr_models/rules/test_recompute.py": "un résultat recalculé à la main, sans le code",
    "tasks/acts/test_concurrence.py": "des actes envoyés deux fois et à la fois",
    "tasks/dossier/test_case_model.py": "des suites d’actes au hasard, contre un oracle",
    "tasks/dossier/test_crash.py": "un arrêt entre deux écritures",
    "tasks/reading/test_hostile.py": "des fichiers faits pour nuire",
    "tasks/returns/test_suites.py": "des suites de retours au hasard, contre un oracle",
    "tasks/stages/test_decks.py": "ce qui vaut pour chaque présentation",
    "tasks/stages/test_nombres.py": "chaque nombre de chaque présentation, contre son résultat",
    "tasks/stages/test_tableurs.py": "le même classeur dans chaque tableur",
    "tasks/stages/test_workbooks.py": "ce qui vaut pour chaque classeur",
    "tasks/store/test_postgresql.py": "l’autre base",
    "test_consistency.py": "le dépôt",
    "test_typographie.py": "les textes",
    "test_wheel.py": "le paquet",
}
"""Les essais qui traversent les pièces, et pourquoi : tous les autres portent le nom de ce qu'ils essaient."""


def _rooms() -> list[Path]:
    """Les pièces : les dossiers du code, migrations à part, qui s'ajoutent toujours."""
    folders = {path.parent.relative_to(ROOT) for path in MODULES if path.parent.name != "templates"}
    return sorted(folders - {Path("tasks/store/migrations/versions")})


def test_un_essai_porte_le_nom_de_ce_qu_il_essaie_et_se_tient_dans_la_meme_piece() -> None:
    tests = ROOT / "tests"
    found = {path.relative_to(tests).as_posix() for path in tests.rglob("test_*.py")}
    lost = [
        name
        for name in found - set(CROSSING)
        if not any((ROOT / name).parent.rglob(f"{Path(name).stem.removeprefix('test_')}.py"))
        and not (ROOT / name).with_name(Path(name).stem.removeprefix("test_")).is_dir()
    ]
    assert not lost
    assert set(CROSSING) <= found


@pytest.mark.parametrize("room", _rooms(), ids=str)
def test_une_piece_reste_petite_et_dit_ce_qu_elle_tient(room: Path) -> None:
    assert room in FULL or len(list((ROOT / room).glob("*.py"))) <= ROOM
    tree = _tree(ROOT / room / "__init__.py")
    sign = ast.get_docstring(tree) or ""
    assert len(tree.body) == 1
    assert "\n" not in sign
    assert re.search(r"\bnever\b", sign), f"{room} : ce qu’elle ne tient jamais n’est pas dit"


def test_la_page_d_architecture_nomme_chaque_piece_et_rien_d_autre() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\| `([a-z_/]+)/` \|", text, re.MULTILINE))
    assert named == {room.as_posix() for room in _rooms()}
    told = set(re.findall(r"`((?:nr_models|tasks|flows|portal)/[\w./]*)`", text))
    assert all((ROOT / name).exists() for name in told)


def test_un_chemin_ecrit_dans_un_document_existe() -> None:
    documents = [ROOT / "CONTRIBUTING.md", ROOT / "README.md", ROOT / "SECURITY.md", *(ROOT / "docs").rglob("*.md")]
    for document in documents:
        code = " ".join(re.findall(r"`([^`\n]+)`", document.read_text(encoding="utf-8")))
        paths = re.findall(r"\b(?:nr_models|tasks|flows|portal|tests)/[\w./]*(?![\w<])", code)
        lost = [name for name in paths if not (ROOT / name).exists()]
        assert not lost, document.name


def test_la_carte_du_logiciel_dit_sa_version_et_sa_licence() -> None:
    card = yaml.safe_load((ROOT / "publiccode.yml").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert (card["softwareVersion"], card["legal"]["license"]) == (project["version"], project["license"])
    assert {"publiccodeYmlVersion", "name", "url", "platforms", "developmentStatus", "softwareType"} <= set(card)
    assert {"description", "legal", "maintenance", "localisation"} <= set(card)
    assert all(
        len(said["shortDescription"]) <= 150 <= len(said["longDescription"]) for said in card["description"].values()
    )


def test_un_numero_manquant_n_est_jamais_zero() -> None:
    """Une ligne qui doit avoir un numéro l’a, ou ``find_id`` le dit : zéro désignerait une ligne qui n’existe pas."""
    hidden = re.compile(r"\.id or 0(?!\d)")
    assert not [path for path in MODULES if hidden.search(path.read_text(encoding="utf-8"))]


FRENCH = {"le", "la", "les", "des", "une", "est", "dans", "avec", "pour", "qui", "que", "ne", "pas", "ce", "cette"}
FRENCH |= {"ces", "sont", "mais", "où", "leur", "leurs", "aux", "chaque", "tous", "elle", "il", "ils", "elles"}
ENGLISH = {"the", "of", "and", "is", "are", "that", "which", "with", "from", "this", "these", "those", "for", "not"}
ENGLISH |= {"its", "has", "have", "when", "where", "what", "who", "their", "an", "to", "whose"}
QUOTED = re.compile(r"«[^»]*»|``[^`]*``|`[^`]*`|\"[^\"]*\"")


def _said(path: Path) -> Iterator[tuple[int, str]]:
    """Les commentaires et les textes de documentation d’un module, avec leur ligne."""
    text = path.read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.lineno, node.value.value
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string


def test_le_code_se_commente_en_anglais_les_essais_et_le_verificateur_en_francais() -> None:
    """Les mots de liaison le disent ; ce qui est cité ne compte pas. Le vérificateur est lu par des auditeurs."""
    wrong = []
    for path in SOURCES:
        in_french = "tests" in path.relative_to(ROOT).parts or path.match("trail/verifier.py")
        for line, text in _said(path):
            words = re.findall(r"[^\W\d_]+", QUOTED.sub("", text).lower())
            french, english = sum(word in FRENCH for word in words), sum(word in ENGLISH for word in words)
            if english > french if in_french else french > english:
                wrong.append(f"{path.relative_to(ROOT)}:{line}")
    assert not wrong


def test_aucun_import_relatif() -> None:
    for path in SOURCES:
        relative = [node for node in ast.walk(_tree(path)) if isinstance(node, ast.ImportFrom) and node.level]
        assert not relative, path


COMPUTING = {0, 1, 2, 100}
"""Une moitié, un carré, un pour cent : du calcul, et non de la méthode."""

OWN_NUMBERS = {
    "carbone": {1000},  # les watts d’un kilowatt
    "controle": {12},  # ce qui se recopie d’un SHA-256
    "entretiens": {24, 60},  # les heures d’un jour, les minutes d’une heure
    "ecarts": {6},  # les lignes dites une à une
    "effacement": {16},  # les chiffres d’un engagement qui distinguent deux personnes effacées
    "moyens": {3},  # le plus haut niveau de reconnaissance
    "journal": {64},  # les chiffres d'une empreinte
    "parc": {3, 16},  # le plus court numéro de série, la longueur d’une empreinte
    "lint_figures": {24},  # les heures d'un jour
    "days": {5, 7, 8, 11, 12, 14, 15, 25, 39, 50, 4096},  # les jours fériés de la loi, ce qu'on garde en mémoire
    "numbers": {3, 4, 9, 15},  # les chiffres d'un millier, ceux qu'un tableur garde
    "periodes": {
        *range(13),
        20,
        21,
        30,
        70,
        1899,
        1900,
        1905,
        1950,
        2000,
        2100,
        10_000,
        25_569,
        73_415,
    },  # le calendrier
    "unites": {*range(17), 20, 30, 40, 50, 60, 1000},  # les nombres en toutes lettres
    "parametres": {3},  # les voix qu’il faut pour un détail, dans une version qui ne le dit pas
    "recit": {12},  # ce qu’une phrase énumère
    "registre": {9, 10},  # la clé d'un SIREN
    "restitute": {3},  # ce qui tient sur une diapositive
    "roadmap": {3, 4},  # les mois d'un trimestre, les trimestres d'une année
    "stages": set(range(100)),  # le numéro d’une règle
    "frozen": {10},  # les décimales
}
"""Ce qu'un module compte et qui n'est pas de la méthode."""


@pytest.mark.parametrize("path", sorted((ROOT / "nr_models").rglob("*.py")), ids=lambda path: path.stem)
def test_aucun_nombre_de_la_methode_n_est_dans_le_code(path: Path) -> None:
    tree = _tree(path)
    found = {
        node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, (int, float))
    }
    assert found - COMPUTING <= OWN_NUMBERS.get(path.stem, set())
    decimals = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in ("Decimal", "Fraction")
        and any(isinstance(item, ast.Constant) and item.value not in COMPUTING for item in node.args)
    ]
    assert not decimals
