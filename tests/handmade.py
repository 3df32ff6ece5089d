"""A report made by hand, for tests of what presents one: tables, HTML, charts, page."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cidadao_models.findings import Finding, Issues, NotEvaluated, Reason, Report
from cidadao_models.findings.views import (
    Calendar,
    Curve,
    Digits,
    Piles,
    Series,
    Tender,
    Tenders,
    Ties,
    Views,
)
from cidadao_models.models.series_views import Line, Mark

HOSTILE = "=HYPERLINK(\"http://evil.example\")<script>alert('x')</script> <img src=x onerror=y>"
N = 120


def reason(**changes: object) -> Reason:
    """A complete reason; `changes` replace fields."""
    fields: dict[str, object] = {
        "id": "preco_acima_dos_pares",
        "title": "Preço acima dos pares",
        "explanation": "É 14,2 vezes a mediana (R$ 33.800,00) de 58 contratos parecidos.",
        "legal_basis": "Lei 14.133/2021, art. 23",
        "innocent": "a quantidade ou o período for maior que o usual.",
        "next_step": "Peça a planilha de quantitativos e a pesquisa de preços.",
        "facts": {"razao": 14.2, "mediana": 33_800.0, "n": 58},
        "weight": 0.93,
    }
    return Reason(**(fields | changes))  # type: ignore[arg-type]


def finding(row: int = 11, score: float = 0.93, **item: object) -> Finding:
    """A finding on one record; `item` replaces canonical fields."""
    fields = {
        "id": f"{row:03d}/2024",
        "fornecedor": "Empresa Exemplo Ltda",
        "fornecedor_id": "99900011900112",
        "orgao": "Secretaria de Cultura",
        "objeto": "Locação de tendas",
        "valor": 480_000.0,
        "data": "2024-03-14",
    }
    return Finding(row, f"{row:03d}/2024", score, (reason(weight=score),), fields | item)


def records(n: int = N) -> pd.DataFrame:
    """Canonical records with the derived columns that charts need; record 11 stands out."""
    values = 30_000 * np.exp(np.random.default_rng(1).normal(0, 0.4, n))
    values[11:12] = 480_000.0
    dates = pd.date_range("2023-01-01", periods=n, freq="5D")
    return pd.DataFrame({
        "id": [f"{i:03d}/2024" for i in range(n)],
        "valor": values,
        "data": dates,
        "orgao": "Secretaria de Cultura",
        "fornecedor": "Empresa Exemplo Ltda",
        "_valor": values,
        "_grupo_nome": "locacao tendas",
        "_pares": 0,
        "_pares_nivel": "mesmo grupo de objeto e modalidade",
        "_pares_n": n - 1,
        "_pares_mediana": float(np.median(values)),
    })  # fmt: skip


def report(findings: list[Finding] | None = None, n: int = N) -> Report:
    """A report with two checks not made and one kind of problem."""
    issues = Issues()
    issues.add("data_impossivel", "A data 31/02/2024 não existe.", row=4, column="data")
    found = [finding(), finding(40, 0.86, orgao="Secretaria de Saúde")]
    found = found if findings is None else findings
    return Report(
        findings=found,
        total_analyzed=n,
        threshold=0.7,
        confidence=0.9,
        not_evaluated=[
            NotEvaluated("fracionamento", "Possível fracionamento", "Falta a modalidade.",
                         ("modalidade",)),
            NotEvaluated("n_propostas", "Uma só proposta", "Falta o número de propostas."),
        ],
        issues=issues.to_dict(),
        reference=f"o próprio conjunto enviado ({n} registros)",
        mapping={"valor": {"column": "valorcontrato1", "reason": "nome conhecido"}},
        info={"sha256": "a" * 64, "format": "csv", "n_records": n, "n_rejected": 1},
        records=records(n),
        summary={"sentence": f"{len(found)} de {n} registros merecem uma segunda olhada."},
    )  # fmt: skip


def pattern(rows: list[int] | None = None, **changes: object) -> dict[str, object]:
    """A complete pattern; `changes` replace fields."""
    fields: dict[str, object] = {
        "id": "concentracao_fornecedor",
        "type": "suppliers",
        "title": "Compras concentradas em um fornecedor",
        "explanation": "Secretaria de Cultura: Empresa Exemplo recebe 71,0 % de R$ 2.000.000,00.",
        "rows": [3, 11] if rows is None else rows,
        "facts": {"share": 0.71},
        "p_value": 0.0004,
        "severity": "medium",
        "innocent": "for um fornecedor exclusivo.",
        "next_step": "veja as licitações vencidas.",
    }
    return fields | changes


def views(name: str = "Empresa Exemplo Ltda") -> Views:
    """One of each chart of patterns; `name` is what the file calls everybody."""
    law = np.log10(1 + 1 / np.arange(1, 10))
    shares = np.linspace(0, 1, 101)
    return Views(
        {
            "curve": Curve(9, 80, shares**0.3, shares**0.7, name, 0.1, 0.4, 0.7, 0.5),
            "piles": Piles(np.linspace(4_000, 12_000, 41), np.arange(40), 8_000.0, name,
                           "dispensa por valor", 148, 35, 41.2, 0.05, True),
            "calendar": Calendar(("2023", "2024"), ("jan", "fev", "mar"),
                                 np.array([[1e6, 2e6, np.nan], [3e6, 5.0, 0.0]]), True,
                                 "ano", "mês"),
            "digits": Digits(900, law, law, law * 0.9, law * 1.1, 0.4, False),
            "ties": Ties((name, "B"), (name, "D", "E"),
                         np.array([[0, 0, 9e5, 1], [0, 1, 4e4, 0], [1, 2, 3e4, 0]]), 0.8, 5, 40),
            "tenders": Tenders((
                Tender(name, (100.0, 104.0, 105.0), 100.0, 120.0, True),
                Tender("2/2024", (50.0, 70.0), float("nan"), float("nan"), False),
            ), 30, 1),
            "series": Series(_line(), f"Em 01/02/2024, o nível dobra ({name})."),
        },
        {},
    )  # fmt: skip


def _line() -> Line:
    days = np.arange("2024-01-01", "2024-02-10", dtype="datetime64[D]")
    level = np.where(days >= np.datetime64("2024-02-01"), 2_000.0, 1_000.0)
    change = Mark(np.datetime64("2024-02-01"), "nível × 2,0")
    return Line(
        days, level * 1.1, days, level, level / 2, level * 2, (change,), (), len(days), True
    )
