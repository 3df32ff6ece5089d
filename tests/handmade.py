"""A report made by hand, for tests of what presents one: tables, HTML, charts, page."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cidadao_models.findings import Finding, Issues, NotEvaluated, Reason, Report

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
