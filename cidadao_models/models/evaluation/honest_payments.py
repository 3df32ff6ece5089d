"""Honest files of payments (commitments) and of calls for tenders, drawn from honest contracts.

Instalments, utilities, reversals and travel allowances recur as they do in portals; nothing here
looks at the detectors.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cidadao_models.models.evaluation import honest_catalogue as catalogue
from cidadao_models.models.evaluation.honest_contracts import World, contracts


def payments(rows: int, seed: int = 0, *, year: int = 2024) -> pd.DataFrame:
    """A year of commitments: instalments of contracts, single purchases, estornos, utilities."""
    rng = np.random.default_rng(seed)
    world = World("payments", rows // 3, 4, 24, (year, year), layout="extract")
    base = contracts(world, seed)
    monthly = base["unidade"].isin(["MÊS"]).to_numpy()
    times = np.where(monthly, rng.integers(6, 13, len(base)), 1)
    at = np.repeat(np.arange(len(base)), times)
    turn = np.arange(len(at)) - np.repeat(np.cumsum(times) - times, times)
    paid = base.iloc[at].reset_index(drop=True)
    value = paid["valor_unitario"].where(monthly[at], paid["valor_inicial"])
    first = paid["data_assinatura"].to_numpy().astype("M8[M]")
    first = np.where(monthly[at], np.datetime64(f"{year}-01"), first).astype("M8[M]")
    month = np.minimum(first + turn.astype("m8[M]"), np.datetime64(f"{year}-12"))
    day = catalogue.workday(month.astype("M8[D]") + rng.integers(2, 12, len(at)).astype("m8[D]"))
    day = np.where(monthly[at], day, paid["data_assinatura"].to_numpy().astype("M8[D]"))
    table = paid[list(PAYMENT_COLUMNS)].assign(
        valor=value.to_numpy(), data=pd.to_datetime(day).astype("datetime64[us]"),
        valor_pago=np.round(value.to_numpy() * rng.beta(8, 0.5, len(at)), 2),
    )  # fmt: skip
    table = _with_reversals(table, rng).sort_values("data", kind="stable", ignore_index=True)
    table["numero"] = [f"{year}NE{k:06d}" for k in range(1, len(table) + 1)]
    return _with_people(table, rng)


PAYMENT_COLUMNS = (
    "numero", "orgao_id", "orgao", "unidade_gestora_id", "unidade_gestora", "fornecedor_id",
    "fornecedor", "objeto", "categoria", "modalidade",
)  # fmt: skip


def _with_reversals(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One commitment in a hundred is taken back some days later, as a negative row."""
    back = table[rng.random(len(table)) < 0.01].copy()
    back["valor"], back["valor_pago"] = -back["valor"], 0.0
    back["data"] += pd.to_timedelta(rng.integers(1, 20, len(back)), unit="D")
    back["objeto"] = "ANULAÇÃO DE EMPENHO - " + back["objeto"]
    return pd.concat([table, back], ignore_index=True)


def _with_people(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Travel allowances to civil servants with masked CPFs, no modality, few distinct amounts."""
    n = len(table) // 12
    rows = table.sample(n, random_state=int(rng.integers(1 << 31))).copy()
    person = rng.integers(0, max(3, n // 4), n)
    rows["fornecedor"] = [f"Servidora {catalogue.SECOND[p % 24]} {p}" for p in person]
    rows["fornecedor_id"] = [f"***.{100 + p % 900}.{(p * 37) % 1000:03d}-**" for p in person]
    rows["objeto"], rows["categoria"] = "Diárias de viagem a serviço", "Diárias"
    rows["modalidade"] = "Não se aplica"
    rows["valor"] = rng.choice([177.0, 354.0, 531.0, 708.0, 885.0], n)
    rows["valor_pago"] = rows["valor"]
    rows["numero"] = [f"D{k:06d}" for k in range(n)]
    return pd.concat([table, rows], ignore_index=True)


def tenders(rows: int, seed: int = 0) -> pd.DataFrame:
    """Calls for tenders: publication, session, estimate and award; suppliers not told."""
    world = World("tenders", rows * 2, 10, 50, (2022, 2025), direct=0.3)
    rng = np.random.default_rng(seed)
    base = contracts(world, seed)
    base = base[base["data_encerramento"].notna()].head(rows).reset_index(drop=True)
    table = base[list(TENDER_COLUMNS)].copy()
    table["valor"] = base["valor_inicial"]
    table["data_abertura"] = base["data_encerramento"]
    failed = rng.random(len(table)) < 0.06
    table["situacao"] = np.where(failed, "Deserta", "Homologada")
    table.loc[failed, ["valor", "n_propostas"]] = 0.0
    return table


TENDER_COLUMNS = (
    "numero", "orgao", "unidade_gestora", "municipio", "uf", "objeto", "categoria", "modalidade",
    "fundamento_legal", "situacao", "valor", "valor_estimado", "data", "data_publicacao",
    "data_abertura", "n_propostas",
)  # fmt: skip
