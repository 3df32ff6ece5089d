"""Honest spending records with nothing in them, seeded: for false alarms and for planting.

Three flavours: contracts, payments (commitments) and tenders. Amounts are log-normal within each
object, dates fall on any day, purchases repeat, monthly payments recur in the same amount.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

OBJECTS = {
    "Locação de veículos sem motorista": (11.0, 0.6),
    "Aquisição de gêneros alimentícios para merenda escolar": (11.5, 0.9),
    "Contratação de empresa especializada na prestação de serviços de limpeza predial": (12.5, 0.7),
    "Registro de preços para eventual aquisição de medicamentos": (11.0, 1.5),
    "Serviços de manutenção preventiva e corretiva de elevadores": (10.5, 0.5),
    "Execução de obras de pavimentação asfáltica": (13.5, 1.0),
    "Aquisição de material de expediente": (9.0, 0.8),
    "Locação de tendas e palcos para eventos": (10.2, 0.7),
    "Aquisição de combustível para a frota": (11.8, 1.2),
    "Serviços de vigilância armada": (13.0, 0.4),
    "Reforma de escola municipal": (12.8, 0.9),
    "Aquisição de equipamentos de informática": (10.8, 1.1),
}
"""Description: mean and standard deviation of the log of the amount in R$."""

PLACES = ("Centro", "Norte", "Sul", "Leste", "Oeste", "Jardim América", "Boa Vista", "São José")
LIMIT = 62_725.59
"""Direct award limit of 2025 (Decreto 12.343/2024)."""


def cnpj(root: int) -> str:
    """A valid CNPJ of the company with this number."""
    base = f"{root:08d}0001"
    for weights in ((5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2), (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)):
        rest = sum(int(d) * w for d, w in zip(base, weights, strict=True)) % 11
        base += str(0 if rest < 2 else 11 - rest)
    return base


def _days(rng: np.random.Generator, n: int, years: int) -> np.ndarray:
    return np.datetime64("2025-01-01") - rng.integers(-364, 365 * (years - 1), n).astype("m8[D]")


def _texts(rng: np.random.Generator, kind: np.ndarray) -> list[str]:
    names = list(OBJECTS)
    return [
        f"{names[k]} para a unidade {PLACES[rng.integers(len(PLACES))]} {rng.integers(1, 400)}"
        for k in kind
    ]


def _amounts(rng: np.random.Generator, kind: np.ndarray) -> np.ndarray:
    mean, sigma = np.array(list(OBJECTS.values())).T
    return np.round(np.exp(rng.normal(mean[kind], sigma[kind])), 2)


def _parties(rng: np.random.Generator, n: int) -> dict[str, object]:
    supplier = rng.zipf(1.6, n) % max(10, n // 4)
    buyer = rng.integers(0, max(2, n // 150), n)
    return {
        "orgao": [f"Secretaria {b}" for b in buyer],
        "fornecedor": [f"Empresa {s} Ltda" for s in supplier],
        "fornecedor_id": [cnpj(10_000_000 + int(s) * 137) for s in supplier],
    }


def contracts(n: int, seed: int) -> pd.DataFrame:
    """Contracts of three years with a third of dense direct awards below the limit."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, len(OBJECTS), n)
    value = _amounts(rng, kind)
    small = rng.random(n) < 0.33
    value = np.where(small & (value >= LIMIT), np.round(LIMIT * rng.uniform(0.05, 1, n), 2), value)
    start = _days(rng, n, 3)
    growth = np.where(rng.random(n) < 0.3, rng.uniform(0, 0.25, n), 0.0)
    term = rng.choice([90, 180, 365, 730], n).astype("m8[D]")
    return pd.DataFrame(
        {
            "id": [f"C{i:06d}" for i in range(n)],
            "numero": [f"{i % 999 + 1}/{2023 + i % 3}" for i in range(n)],
            **_parties(rng, n),
            "objeto": _texts(rng, kind),
            "modalidade": np.where(
                small, "Dispensa", rng.choice(["Pregão Eletrônico", "Concorrência"], n)
            ),
            "valor": np.round(value * (1 + growth), 2),
            "valor_inicial": value,
            "valor_final": np.round(value * (1 + growth), 2),
            "data": start,
            "data_assinatura": start - rng.integers(0, 20, n).astype("m8[D]"),
            "vigencia_inicio": start,
            "vigencia_fim": start + term,
        }
    ).astype({"modalidade": "str"})


def payments(n: int, seed: int) -> pd.DataFrame:
    """Commitments: half of them twelve equal monthly ones of a contract, half single purchases."""
    rng = np.random.default_rng(seed)
    months = np.repeat(np.arange(n // 24 + 1), 12)[: n // 2]
    monthly = rng.integers(0, len(OBJECTS), months.max(initial=0) + 1)
    kind = np.concatenate([monthly[months], rng.integers(0, len(OBJECTS), n - len(months))])
    fixed = _amounts(rng, monthly)[months]
    value = np.concatenate([fixed, _amounts(rng, kind[len(months) :])])
    parties = _parties(rng, n)
    for name in parties:
        regular = np.array(parties[name], dtype=object)
        regular[: len(months)] = regular[months]
        parties[name] = regular
    day = _days(rng, n, 1)
    month_of = np.arange(len(months)) % 12
    first = np.datetime64("2025-01") + month_of.astype("m8[M]")
    day[: len(months)] = first.astype("M8[D]") + rng.integers(3, 9, len(months)).astype("m8[D]")
    names = list(OBJECTS)
    return pd.DataFrame(
        {
            "numero": [f"2025NE{i:06d}" for i in range(n)],
            **parties,
            "objeto": [names[k] for k in kind],
            "categoria": [names[k].split()[0] for k in kind],
            "modalidade": rng.choice(["Pregão", "Dispensa", "Não se aplica"], n, p=[0.7, 0.1, 0.2]),
            "valor": value,
            "data": day,
        }
    )


def tenders(n: int, seed: int) -> pd.DataFrame:
    """Tenders with estimate and award, published two weeks or more before they open, as the law
    asks; suppliers not told."""
    rng = np.random.default_rng(seed)
    kind = rng.integers(0, len(OBJECTS), n)
    estimate = _amounts(rng, kind)
    opening = _days(rng, n, 2)
    return pd.DataFrame(
        {
            "numero": [f"{i + 1}/2025" for i in range(n)],
            "unidade_gestora": [f"Unidade {b}" for b in rng.integers(0, max(2, n // 100), n)],
            "objeto": _texts(rng, kind),
            "modalidade": rng.choice(["Pregão - Eletrônico", "Concorrência", "Dispensa"], n),
            "valor_estimado": estimate,
            "valor": np.round(estimate * np.clip(rng.normal(0.85, 0.15, n), 0.3, 1.0), 2),
            "data_publicacao": opening - rng.integers(16, 48, n).astype("m8[D]"),
            "data_abertura": opening,
            "data": opening,
        }
    )


FLAVOURS: dict[str, Callable[[int, int], pd.DataFrame]] = {
    "contratos": contracts,
    "pagamentos": payments,
    "licitacoes": tenders,
}


def honest_contracts(n: int, seed: int, *, flavour: str = "contratos") -> pd.DataFrame:
    """`n` honest records of one flavour, the same for the same seed."""
    return FLAVOURS[flavour](n, seed)


# -- planted anomalies -------------------------------------------------------------------------


def _times(table: pd.DataFrame, rows: np.ndarray, factor: float) -> pd.DataFrame:
    for name in ("valor", "valor_inicial", "valor_final"):
        table.loc[rows, name] *= factor
    return table


def _copies(table: pd.DataFrame, rows: np.ndarray, **changes: object) -> pd.DataFrame:
    return pd.concat([table, table.loc[rows].assign(**changes)], ignore_index=True)


def _near(table: pd.DataFrame, rows: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    some = table.loc[rows]
    later = some["data"] + rng.integers(1, 6, len(rows)).astype("m8[D]")
    text = some["objeto"].str.upper().str.replace("PARA A UNIDADE", "P/ UNIDADE") + "."
    ids = [f"N{i}" for i in range(len(rows))]
    return _copies(table, rows, id=ids, numero=ids, data=later, objeto=text)


def _split(table: pd.DataFrame, rows: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    n = len(rows) - len(rows) % 5
    group = np.arange(n) // 5
    first = table.loc[rows[: n // 5]]
    for name in ("orgao", "fornecedor", "fornecedor_id"):
        table.loc[rows[:n], name] = first[name].to_numpy()[group]
    table.loc[rows[:n], "objeto"] = "Aquisição de material hidráulico"
    table.loc[rows[:n], "modalidade"] = "Dispensa"
    for name in ("valor", "valor_inicial", "valor_final"):
        table.loc[rows[:n], name] = np.round(LIMIT * rng.uniform(0.87, 0.93, n), 2)
    starts = np.datetime64("2025-02-01") + rng.integers(0, 250, n // 5).astype("m8[D]")
    table.loc[rows[:n], "data"] = starts[group] + rng.integers(0, 30, n).astype("m8[D]")
    return table


def plant(kind: str, n: int, planted: int, seed: int) -> tuple[pd.DataFrame, np.ndarray]:
    """Honest contracts with `planted` strong anomalies of one kind, and the rows they are in."""
    rng = np.random.default_rng(seed)
    table = contracts(n, seed)
    rows = np.sort(rng.choice(n, planted, replace=False))
    added = np.arange(n, n + planted)
    narrow = np.flatnonzero(
        table["objeto"].str.contains("elevadores|vigilância|veículos").to_numpy()
    )
    match kind:
        case "preco_x80":
            return _times(table, rows, 80.0), rows
        case "preco_x15":
            chosen = rng.choice(narrow, planted, replace=False)
            return _times(table, chosen, 15.0), chosen
        case "preco_div80":
            return _times(table, rows, 1 / 80), rows
        case "erro_x1000":
            return _times(table, rows, 1000.0), rows
        case "duplicata_exata":
            return _copies(table, rows), added
        case "duplicata_aproximada":
            return _near(table, rows, rng), added
        case "fracionamento":
            return _split(table, rows, rng), rows[: planted - planted % 5]
        case "aditivo":
            table.loc[rows, "valor_final"] = table.loc[rows, "valor_inicial"] * 2.6
        case "datas_invertidas":
            table.loc[rows, "vigencia_fim"] = table.loc[rows, "vigencia_inicio"] - pd.Timedelta(
                days=90
            )
        case "documento":
            wrong = [
                d[:12] + f"{(int(d[12:]) + 7) % 100:02d}" for d in table.loc[rows, "fornecedor_id"]
            ]
            table.loc[rows, "fornecedor_id"] = wrong
        case "homologado_x12":
            table["valor_estimado"] = table["valor_inicial"] * rng.uniform(0.95, 1.3, n)
            table.loc[rows, "valor_estimado"] = table.loc[rows, "valor_inicial"] / 12
        case _:
            raise ValueError(kind)
    return table, rows


KINDS = (
    "preco_x80", "preco_x15", "preco_div80", "erro_x1000", "duplicata_exata",
    "duplicata_aproximada", "fracionamento", "aditivo", "datas_invertidas", "documento",
    "homologado_x12",
)  # fmt: skip
