"""House rules: what every module, source and folder of this project keeps to."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from crawler.roster import load_roster

ROOT = Path(__file__).resolve().parent.parent
TRACKED = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
MODULES = [ROOT / name for name in TRACKED if re.match(r"(crawler|classifier|monitor|datasette/plugins)/.*\.py$", name)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(ROOT)))
def test_a_module_opens_with_a_sentence_that_says_what_it_does(module: Path) -> None:
    opening = ast.get_docstring(ast.parse(module.read_text(encoding="utf-8")))
    assert opening and len(opening.splitlines()[0]) > 20 and re.search(r"[.)]", opening)


def test_public_functions_and_classes_say_what_they_do() -> None:
    silent = []
    for module in MODULES:
        tree = ast.parse(module.read_text(encoding="utf-8"))
        classes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
        for node in [*tree.body, *(member for own in classes for member in own.body)]:
            named = isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and not node.name.startswith("_")
            if named and not ast.get_docstring(node):
                silent.append(f"{module.relative_to(ROOT)}:{node.lineno} {node.name}")
    assert silent == []


def test_of_the_classifier_the_crawler_takes_text_and_naming_only() -> None:
    taken = set()
    for module in MODULES:
        if module.is_relative_to(ROOT / "crawler"):
            for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "classifier":
                    taken.add(node.module)
    assert taken <= {"classifier.text", "classifier.naming"}


def test_sql_stands_only_in_the_store() -> None:
    statement = re.compile(
        r"\b(select\s.+\sfrom|insert\s+(or\s+\w+\s+)?into|update\s+\w+\s+set|delete\s+from|create\s+table)\b", re.I | re.S
    )
    offenders = []
    for module in MODULES:
        if "store" in module.parts:
            continue
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and statement.match(node.value.strip()):
                offenders.append(f"{module.relative_to(ROOT)}:{node.lineno}")
    assert offenders == []


def test_the_configuration_directory_is_no_package() -> None:
    assert not (ROOT / "datasette" / "__init__.py").exists()
    import datasette

    assert Path(datasette.__file__ or "").parent != ROOT / "datasette"


def test_every_source_has_a_home_on_its_own_hosts() -> None:
    roster = load_roster()
    assert roster.problems == ()
    for source in roster.sources:
        assert any(host in source.home for host in source.hosts), source.id


def test_nothing_dangerous_is_loaded() -> None:
    dangerous = re.compile(r"\b(pickle|joblib|marshal)\b.*load|yaml\.load\(|shell=True|verify=False|allow_pickle=True")
    offenders = [
        f"{module.relative_to(ROOT)}:{n}"
        for module in MODULES
        for n, line in enumerate(module.read_text(encoding="utf-8").splitlines(), 1)
        if dangerous.search(line)
    ]
    assert offenders == []
