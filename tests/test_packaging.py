"""The package's own description: version, pins, data files and the claims of the README."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

import cidadao_models

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "cidadao_models"
README = (ROOT / "README.md").read_text("utf-8")
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

IMPORT_NAMES = {"scikit-learn": "sklearn"}
"""Distributions whose module has another name than themselves."""

CLIENT_ONLY = {"httpx", "pydantic-settings"}
"""Base dependencies: those of the client for backends."""


def plain(requirement: str) -> str:
    """`Foo_Bar[x]>=1` -> `foo-bar`."""
    name = re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0]
    return re.sub(r"[-_.]+", "-", name).lower()


def pins(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text("utf-8").splitlines()
    wanted = [line for line in lines if line and not line.startswith(("#", "-r "))]
    assert all(re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][A-Za-z0-9.]*", line) for line in wanted)
    return {plain(line): line.split("==")[1] for line in wanted}


def direct(*extras: str) -> set[str]:
    listed = [*PROJECT["project"]["dependencies"]]
    for extra in extras:
        listed += PROJECT["project"]["optional-dependencies"][extra]
    return {plain(requirement) for requirement in listed} - {"cidadao-ai-models"}


def test_version_comes_from_the_package() -> None:
    attribute = PROJECT["tool"]["setuptools"]["dynamic"]["version"]["attr"]
    assert attribute == "cidadao_models.__version__"
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    assert re.search(r"^## (.+)$", changelog, re.M)[1] == cidadao_models.__version__  # type: ignore[index]


def test_every_direct_dependency_is_pinned() -> None:
    assert direct("local", "text", "app") <= set(pins("requirements.txt"))
    assert direct("dev") <= set(pins("requirements-dev.txt")) | set(pins("requirements.txt"))


def test_app_pins_hold_no_test_tool() -> None:
    tools = direct("dev") - direct("local", "text", "app")
    assert not tools & set(pins("requirements.txt"))


def test_gradio_is_one_version_everywhere() -> None:
    front = yaml.safe_load(README.split("---")[1])
    assert front["sdk_version"] == pins("requirements.txt")["gradio"]
    assert front["sdk"] == "gradio"
    assert front["python_version"] == "3.11"
    assert (ROOT / front["app_file"]).is_file()
    assert len(front["short_description"]) <= 60


def test_imports_and_dependencies_are_the_same_list() -> None:
    known = direct("local", "text", "app")
    modules = {IMPORT_NAMES.get(name, name.replace("-", "_")) for name in known}
    assert imported() - modules - {"cidadao_models"} - DEV_ONLY == set()
    unused = {IMPORT_NAMES.get(name, name.replace("-", "_")) for name in known - CLIENT_ONLY}
    assert unused - imported() == set()


DEV_ONLY = {"accelerate", "benfordslaw", "ruptures", "sklearn", "statsmodels"}
"""What only training and the benchmark's yardsticks may import beside the app's own libraries."""


def imported() -> set[str]:
    """Third-party modules imported anywhere in the package, by their first name."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                found |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found.add(node.module.split(".")[0])
    return found - set(sys.stdlib_module_names)


def test_every_data_file_is_packaged() -> None:
    patterns = PROJECT["tool"]["setuptools"]["package-data"]["cidadao_models"]
    packaged = {path for pattern in patterns for path in PACKAGE.glob(pattern)}
    files = {p for p in PACKAGE.rglob("*") if p.is_file() and "__pycache__" not in p.parts}
    assert {p for p in files if p.suffix != ".py"} - packaged == set()


def test_readme_names_each_dependency_with_a_licence() -> None:
    table = README.split("## Dependências")[1]
    rows = [line.split("|") for line in table.splitlines() if line.startswith("| ")]
    named = {plain(name) for row in rows[2:] for name in row[1].strip().split(", ")}
    assert direct("local", "text", "app") == named
    assert all(row[2].strip() and row[3].strip() for row in rows)


@pytest.mark.parametrize("mark", ["sh test", "sh", "python"])
def test_readme_has_its_fences(mark: str) -> None:
    assert f"```{mark}\n" in README


def test_readme_python_examples_parse() -> None:
    for example in re.findall(r"```python\n(.*?)```", README, re.S):
        ast.parse(example)


def test_licence_is_whole() -> None:
    text = (ROOT / "LICENSE").read_text("utf-8")
    assert "Apache License" in text
    assert "END OF TERMS AND CONDITIONS" in text
