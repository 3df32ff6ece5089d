"""Strong cases of the flags on direct awards, calls and competition, planted in honest files.

Written from the name of each flag and the law, not from how it is computed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cidadao_models.models.evaluation.planting import (
    BY_VALUE,
    CASES,
    EMERGENCY,
    Planted,
    Rng,
    award_directly,
    calls,
    days_from,
    each,
    goods,
    limits,
    modality,
    move,
    one_per_line,
    set_amount,
    set_supplier,
    sign_on,
    some,
    year,
)

# -- direct awards -------------------------------------------------------------------------------


def above_limit(table: pd.DataFrame, rng: Rng) -> Planted:
    rows = some(table, goods(table) & (year(table) >= 2024), CASES, rng)
    award_directly(table, rows, limits(table, rows) * rng.uniform(1.6, 4.0, CASES), BY_VALUE)
    return each(table, rows)


def just_below(table: pd.DataFrame, rng: Rng) -> Planted:
    """Two units whose twelve direct awards, each of another line, all end just below."""
    free, planted = goods(table) | (table["unidade"] == "SV"), []
    for number in range(2):
        rows = one_per_line(table, free, 12, rng)
        free[rows] = False
        move(table, rows, number)
        sign_on(table, rows, days_from("2024-02-01", np.arange(len(rows)) * 25))
        award_directly(table, rows, 59_906.02 * rng.uniform(0.97, 0.999, len(rows)), BY_VALUE)
        planted += list(rows)
    return each(table, np.array(planted))


def repeated_awards(table: pd.DataFrame, rng: Rng) -> Planted:
    """Of a unit's 24 purchases in a year, eight are direct awards to one firm, 3 limits in all."""
    rows, cases = some(table, goods(table), 72, rng).reshape(3, 24), []
    for number, group in enumerate(rows):
        move(table, group, number)
        sign_on(table, group, days_from("2024-02-05", rng.permutation(24) * 13))
        mine = group[:8]
        set_supplier(table, mine, f"Comercial Repetida {number + 1} Ltda", 91_000_000 + number)
        if number % 2:
            table.loc[mine, ["objeto", "categoria"]] = ["Aquisição de brinquedos", "Brinquedos"]
        award_directly(table, mine, 59_906.02 * rng.uniform(0.3, 0.5, 8), BY_VALUE)
        cases.append(mine)
    return Planted(table, cases)


def without_basis(table: pd.DataFrame, rng: Rng) -> Planted:
    rows = some(table, modality(table, "dispensa"), CASES, rng)
    table.loc[rows, "fundamento_legal"] = None
    return each(table, rows)


def inconsistent_basis(table: pd.DataFrame, rng: Rng) -> Planted:
    tenders = some(table, calls(table), 8, rng)
    table.loc[tenders, "fundamento_legal"] = BY_VALUE
    unique = some(table, modality(table, "inexig") & (year(table) >= 2024), 6, rng)
    table.loc[unique, "fundamento_legal"] = EMERGENCY
    early = some(table, calls(table), 14, rng)
    early = early[~np.isin(early, tenders)][:6]
    sign_on(table, early, days_from("2018-03-01", rng.integers(0, 700, len(early))))
    return each(table, np.concatenate([tenders, unique, early]))


def long_emergency(table: pd.DataFrame, rng: Rng) -> Planted:
    rows = some(table, goods(table) & (year(table) >= 2024), CASES, rng)
    award_directly(table, rows, table.loc[rows, "valor"].to_numpy(), EMERGENCY)
    term = pd.to_timedelta(rng.integers(600, 1_000, CASES), unit="D")
    table.loc[rows, "vigencia_fim"] = (table.loc[rows, "vigencia_inicio"] + term).astype(
        "datetime64[us]"
    )
    return each(table, rows)


def repeated_emergency(table: pd.DataFrame, rng: Rng) -> Planted:
    """Four emergencies in a row, of half a year each, for the same thing from the same firm."""
    rows = some(table, goods(table), CASES, rng).reshape(5, 4)
    for number, group in enumerate(rows):
        move(table, group, number)
        set_supplier(table, group, f"Emergencial {number + 1} Ltda", 92_000_000 + number)
        table.loc[group, "objeto"] = "Serviços emergenciais de coleta de resíduos sólidos urbanos"
        table.loc[group, "categoria"] = "Resíduos sólidos"
        sign_on(table, group, days_from("2023-02-06", np.arange(4) * 181))
        award_directly(table, group, rng.uniform(300_000, 900_000, 4), EMERGENCY)
        table.loc[group, "vigencia_inicio"] = table.loc[group, "data_assinatura"]
        table.loc[group, "vigencia_fim"] = table.loc[group, "vigencia_inicio"] + pd.Timedelta(
            days=180
        )
    return Planted(table, list(rows))


# -- competition ---------------------------------------------------------------------------------


def single_bids(table: pd.DataFrame, rng: Rng) -> Planted:
    """Two bodies where each of ten tenders had one bid."""
    rows = some(table, calls(table), CASES, rng)
    for number, group in enumerate(rows.reshape(2, 10)):
        move(table, group, number)
    table.loc[rows, "n_propostas"] = 1.0
    return each(table, rows)


def short_call(table: pd.DataFrame, rng: Rng) -> Planted:
    rows = some(table, calls(table), CASES, rng)
    days = pd.to_timedelta(rng.integers(1, 4, CASES), unit="D")
    table.loc[rows, "data_encerramento"] = (table.loc[rows, "data_publicacao"] + days).astype(
        "datetime64[us]"
    )
    return each(table, rows)


def equal_estimate(table: pd.DataFrame, rng: Rng) -> Planted:
    """Two bodies where ten tenders with competition all ended at the estimate, to the cent."""
    rows = some(table, calls(table) & (table["n_propostas"] > 2), CASES, rng)
    for number, group in enumerate(rows.reshape(2, 10)):
        move(table, group, number)
    set_amount(table, rows, table.loc[rows, "valor_inicial"].to_numpy())
    table.loc[rows, "valor_estimado"] = table.loc[rows, "valor"]
    return each(table, rows)


def odd_discount(table: pd.DataFrame, rng: Rng) -> Planted:
    """The price is three to eight hundredths of the estimate."""
    rows = some(table, calls(table), CASES, rng)
    set_amount(table, rows, table.loc[rows, "valor_inicial"].to_numpy())
    table.loc[rows, "valor_estimado"] = (
        table.loc[rows, "valor"] / rng.uniform(0.03, 0.08, CASES)
    ).round(2)
    return each(table, rows)
