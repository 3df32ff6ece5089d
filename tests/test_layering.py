"""Who may import whom, checked by parsing every module's imports."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = "cidadao_models"

LAYERS: tuple[tuple[str, ...], ...] = (
    ("errors", "records", "findings", "charts"),
    ("flags", "reading"),
    ("models",),
    ("analysis",),
    ("ui", "inference", "deployment", "training"),
    ("models.evaluation", "__main__", "app"),
)
"""From the bottom up: a module imports its own layer or lower ones."""

STRANGERS = ({"flags", "reading"},)

ONLY_IN = {
    "gradio": ("app.py", "cidadao_models/ui/"),
    "fastapi": ("app.py", "cidadao_models/inference/api_server.py"),
    "torch": ("cidadao_models/models/core/text_model/", "cidadao_models/training/"),
    "transformers": ("cidadao_models/models/core/text_model/", "cidadao_models/training/"),
}

HEAVY = {"numpy", "pandas", "pyarrow", "scipy", "sklearn", "gradio", "torch", "plotly"}

SOURCES = sorted([ROOT / "app.py", *(ROOT / PACKAGE).rglob("*.py")])
IDS = [str(path.relative_to(ROOT)) for path in SOURCES]


def module_name(path: Path) -> str:
    """Dotted name below the package: `cidadao_models/flags/x.py` -> `flags.x`."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(part for part in parts if part not in {PACKAGE, "__init__"})


def imports(path: Path, *, top_level_only: bool = False) -> set[str]:
    """Full dotted names of everything the module imports, not counting TYPE_CHECKING blocks."""
    found: set[str] = set()
    pending: list[ast.AST] = [ast.parse(path.read_text("utf-8"))]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if top_level_only and isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"relative import in {path}"
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
        pending.extend(ast.iter_child_nodes(node))
    return found


def layer(module: str) -> int | None:
    """Number of the layer a module name belongs to; the longest listed prefix decides."""
    ranked = [
        (len(name), number)
        for number, names in enumerate(LAYERS)
        for name in names
        if module == name or module.startswith(f"{name}.")
    ]
    return max(ranked)[1] if ranked else None


def own(path: Path) -> set[str]:
    prefix = f"{PACKAGE}."
    return {name.removeprefix(prefix) for name in imports(path) if name.startswith(prefix)}


@pytest.mark.parametrize("path", SOURCES, ids=IDS)
def test_imports_only_downwards(path: Path) -> None:
    module = module_name(path)
    if not module:
        assert own(path) == set()
        return
    rank = layer(module)
    assert rank is not None, f"{module} belongs to no layer"
    above = {n for n in own(path) if (layer(n) or 0) > rank}
    if module == "__main__" or module.startswith("models.evaluation"):
        above = set()
    assert above == set()


@pytest.mark.parametrize("path", SOURCES, ids=IDS)
def test_strangers_stay_strangers(path: Path) -> None:
    home = module_name(path).split(".")[0]
    met = {name.split(".")[0] for name in own(path)}
    for strangers in STRANGERS:
        if home in strangers:
            assert met & strangers <= {home}


@pytest.mark.parametrize("path", SOURCES, ids=IDS)
def test_libraries_stay_where_they_belong(path: Path) -> None:
    name = path.relative_to(ROOT).as_posix()
    libraries = {imported.split(".")[0] for imported in imports(path)}
    for library, places in ONLY_IN.items():
        assert library not in libraries or name.startswith(places), library


@pytest.mark.parametrize("path", SOURCES, ids=IDS)
def test_what_serves_imports_no_training_or_evaluation(path: Path) -> None:
    module = module_name(path)
    if module.startswith(("training", "models.evaluation", "__main__")):
        return
    assert not {n for n in own(path) if n.startswith(("training", "models.evaluation"))}


LIGHT = [
    path
    for path in SOURCES
    if module_name(path) in {"", "errors", "findings", "inference", "inference.client"}
]


@pytest.mark.parametrize("path", LIGHT, ids=[str(path.relative_to(ROOT)) for path in LIGHT])
def test_light_modules_import_nothing_heavy(path: Path) -> None:
    libraries = {name.split(".")[0] for name in imports(path, top_level_only=True)}
    assert not libraries & HEAVY


@pytest.mark.parametrize(
    "module",
    [
        "cidadao_models",
        "cidadao_models.errors",
        "cidadao_models.findings",
        "cidadao_models.__main__",
    ],
)
def test_light_modules_load_nothing_heavy(module: str) -> None:
    code = f"import sys, {module}; print(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not set(done.stdout.split()) & HEAVY


def test_layer_of_longest_prefix() -> None:
    assert layer("models.core.outliers") == 2
    assert layer("models.evaluation.benchmark") == 5
    assert layer("nothing") is None
