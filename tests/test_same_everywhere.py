"""The same file gives the same findings through the package, REST, gradio_client and the CLI.

The page's own way is looked at in a real browser by `tests/ui`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file

from cidadao_models.analysis import analyze

ROOT = Path(__file__).resolve().parents[1]
EXAMPLES = sorted((ROOT / "cidadao_models" / "ui" / "examples").glob("*.csv"))
REAL = (
    "recife_contratos/dados_abertos_contratos.csv",
    "mg_obras/contratos.csv",
    "portal_viagens/amostra_viagens.csv",
)


def findings(report: dict[str, Any]) -> list[tuple[Any, ...]]:
    return [
        (a["row"], a["anomaly_score"], a["anomaly_type"], a["explanation"])
        for a in report["anomalies"]
    ]


def by_rest(url: str, path: Path) -> dict[str, Any]:
    with path.open("rb") as stream:
        answer = httpx.post(f"{url}/v1/analyze-file", files={"file": (path.name, stream)})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def by_client(url: str, path: Path) -> dict[str, Any]:
    client = Client(url, verbose=False)
    report, table = client.predict(file=handle_file(path), threshold=0.7, api_name="/analyze_csv")
    assert Path(table).read_bytes().startswith(b"\xef\xbb\xbf")
    return dict(report)


def by_command_line(path: Path, folder: Path) -> dict[str, Any]:
    target = folder / "relatorio.json"
    command = [sys.executable, "-m", "cidadao_models", "analyze", str(path), "--output"]
    subprocess.run([*command, str(target)], check=True, cwd=ROOT, capture_output=True)
    return dict(json.loads(target.read_text("utf-8")))


def same_in_all_ways(url: str, path: Path, folder: Path) -> list[tuple[Any, ...]]:
    report = analyze(path).to_dict()
    here = findings(report)
    for other in (by_rest(url, path), by_client(url, path), by_command_line(path, folder)):
        assert findings(other) == here
        for key in ("patterns", "patterns_not_evaluated", "summary"):
            assert other[key] == json.loads(json.dumps(report[key]))
    return here


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_examples(app_url: str, path: Path, tmp_path: Path):
    assert same_in_all_ways(app_url, path, tmp_path)


@pytest.mark.parametrize("name", REAL)
def test_real_files(app_url: str, shared_data: Path, name: str, tmp_path: Path):
    assert same_in_all_ways(app_url, shared_data / name, tmp_path)
