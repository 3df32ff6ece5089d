"""The command line: what it prints, what it writes, and its exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from cidadao_models.__main__ import main

ROOT = Path(__file__).resolve().parents[1]

CONTRACTS = (
    "Número;Fornecedor;CNPJ;Objeto;Valor;Data;Início da vigência;Fim da vigência\n"
    "1/2024;Exemplo Ltda;11.222.333/0001-81;Locação de tendas;R$ 48.000,00;"
    "14/03/2024;01/04/2024;01/02/2024\n"
    "2/2024;Outra Ltda;11.444.777/0001-61;Material de escritório;R$ 1.200,00;"
    "15/03/2024;01/04/2024;01/04/2025\n"
)


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    path = tmp_path / "contratos.csv"
    path.write_text(CONTRACTS, encoding="latin-1")
    return path


def command(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "cidadao_models", *map(str, arguments)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        check=False,
    )


def test_analyze_prints_a_summary(contracts: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["analyze", str(contracts)]) == 0
    printed = capsys.readouterr().out
    assert "contratos.csv: " in printed
    assert "Indícios não são provas" in printed
    assert "1/2024" in printed


@pytest.mark.parametrize("suffix", [".html", ".xlsx", ".csv", ".json"])
def test_analyze_writes_the_report(contracts: Path, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / f"relatorio{suffix}"
    assert main(["analyze", str(contracts), "--output", str(target)]) == 0
    assert target.stat().st_size > 100


def test_suppliers_are_looked_up_in_a_list_of_sanctions(
    contracts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = tmp_path / "ceis.csv"
    listed.write_text(
        "CPF OU CNPJ DO SANCIONADO;NOME DO SANCIONADO;CATEGORIA DA SANÇÃO;DATA INÍCIO SANÇÃO;"
        "DATA FINAL SANÇÃO;ÓRGÃO SANCIONADOR\n11.444.777/0001-61;OUTRA LTDA;"
        "Declaração de Inidoneidade sem prazo determinado;01/02/2023;01/02/2027;Tribunal\n",
        encoding="utf-8",
    )
    assert main(["analyze", str(contracts), "--sanctions", str(listed)]) == 0
    assert "sanç" in capsys.readouterr().out
    assert main(["analyze", str(contracts), "--sanctions", str(tmp_path / "nada.csv")]) == 2
    assert "Lista de sanções não encontrada" in capsys.readouterr().err


def test_json_report_is_the_contract(contracts: Path, tmp_path: Path) -> None:
    target = tmp_path / "relatorio.json"
    main(["analyze", str(contracts), "--output", str(target), "--threshold", "0"])
    report = json.loads(target.read_text("utf-8"))
    assert report["total_analyzed"] == 2
    assert report["threshold"] == 0
    assert {"anomalies", "mapping", "info", "issues", "not_evaluated"} <= set(report)


def test_several_files_get_reports_of_their_own(contracts: Path, tmp_path: Path) -> None:
    other = tmp_path / "outros.csv"
    other.write_text(CONTRACTS, encoding="utf-8")
    target = tmp_path / "relatorio.csv"
    assert main(["analyze", str(contracts), str(other), "--output", str(target)]) == 0
    written = {path.name for path in tmp_path.glob("relatorio*")}
    assert written == {"relatorio-1-contratos.csv", "relatorio-2-outros.csv"}


def test_one_bad_file_does_not_stop_the_others(
    contracts: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    empty = tmp_path / "vazio.csv"
    empty.touch()
    assert main(["analyze", str(empty), str(contracts)]) == 2
    printed = capsys.readouterr()
    assert "contratos.csv: " in printed.out
    assert printed.err.startswith(str(empty))
    assert printed.err.count("\n") == 1


BAD_CALLS = {
    "no such file": ["analyze", "nada.csv"],
    "folder": ["analyze", "."],
    "unknown format": ["analyze", "nada.csv", "--output", "r.docx"],
    "no extension": ["analyze", "nada.csv", "--output", "relatorio"],
    "threshold above one": ["analyze", "nada.csv", "--threshold", "2"],
    "threshold text": ["analyze", "nada.csv", "--threshold", "alto"],
    "threshold NaN": ["analyze", "nada.csv", "--threshold", "nan"],
    "no command": [],
    "unknown command": ["dance"],
    "unknown option": ["analyze", "--dance", "x.csv"],
    "unknown suite": ["benchmark", "--suite", "dance"],
    "card of half a suite": ["benchmark", "--suite", "text", "--quick", "--card"],
    "card of another suite": ["benchmark", "--suite", "reading", "--card"],
    "port": ["serve", "--port", "70000"],
}


@pytest.mark.parametrize("arguments", BAD_CALLS.values(), ids=BAD_CALLS)
def test_bad_call_is_one_line_and_status_2(
    arguments: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        status: int | str | None = main(arguments)
    except SystemExit as left:
        status = left.code
    printed = capsys.readouterr()
    assert status == 2
    assert printed.out == ""
    assert printed.err.count("\n") == 1


def test_report_that_can_not_be_written(contracts: Path, tmp_path: Path) -> None:
    assert main(["analyze", str(contracts), "--output", str(tmp_path / "no" / "r.csv")]) == 2


@pytest.mark.parametrize("arguments", [["--help"], ["analyze", "--help"], ["serve", "-h"]])
def test_help_is_portuguese(arguments: list[str]) -> None:
    done = command(*arguments)
    assert done.returncode == 0
    assert "mostrar esta ajuda" in done.stdout
    assert not {"usage:", "options:", "show this help"} & set(done.stdout.split("\n"))


def test_terminal_text_can_not_give_orders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "contratos.csv"
    path.write_text(CONTRACTS.replace("Locação", "\x1b[31mLocação"), encoding="utf-8")
    main(["analyze", str(path), "--threshold", "0"])
    assert "\x1b" not in capsys.readouterr().out


def test_as_a_program(contracts: Path) -> None:
    done = command("analyze", contracts)
    assert done.returncode == 0, done.stderr
    assert "2 registros" in done.stdout
