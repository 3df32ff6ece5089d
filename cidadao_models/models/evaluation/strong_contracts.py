"""Strong cases of the flags on contracts and suppliers, planted in honest files.

Written from the name of each flag and the law, not from how it is computed.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from cidadao_models.models.evaluation import honest_catalogue as catalogue
from cidadao_models.models.evaluation.honest_worlds import CEIS, sanction_line
from cidadao_models.models.evaluation.planting import (
    CASES,
    MONEY,
    Planted,
    Rng,
    calls,
    days_from,
    each,
    goods,
    move,
    one_per_line,
    set_amount,
    set_supplier,
    sign_on,
    some,
    year,
)

# -- contract ------------------------------------------------------------------------------------


def many_amendments(table: pd.DataFrame, rng: Rng) -> Planted:
    rows = some(table, calls(table) & (table["n_aditivos"] == 0), CASES, rng)
    table.loc[rows, "n_aditivos"] = rng.integers(12, 26, CASES).astype(float)
    table.loc[rows, "data_aditivo"] = table.loc[rows, "vigencia_inicio"] + pd.Timedelta(days=45)
    return each(table, rows)


def early_amendment(table: pd.DataFrame, rng: Rng) -> Planted:
    rows = some(table, calls(table) & (table["n_aditivos"] == 0), CASES, rng)
    days = pd.to_timedelta(rng.integers(2, 15, CASES), unit="D")
    initial = table.loc[rows, "valor_inicial"]
    table.loc[rows, "n_aditivos"] = 1.0
    table.loc[rows, "data_aditivo"] = (table.loc[rows, "data_assinatura"] + days).astype(
        "datetime64[us]"
    )
    table.loc[rows, "valor_aditivos"] = (initial * 0.24).round(2)
    for name in ("valor", "valor_final"):
        table.loc[rows, name] = (initial * 1.24).round(2)
    return each(table, rows)


def long_term(table: pd.DataFrame, rng: Rng) -> Planted:
    rows = some(table, calls(table), CASES, rng)
    days = pd.to_timedelta(rng.integers(12 * 366, 25 * 366, CASES), unit="D")
    table.loc[rows, "vigencia_fim"] = (table.loc[rows, "vigencia_inicio"] + days).astype(
        "datetime64[us]"
    )
    return each(table, rows)


def not_a_working_day(table: pd.DataFrame, rng: Rng) -> Planted:
    """Signed on a Sunday or on Christmas Day."""
    rows = some(table, year(table) < 2025, CASES, rng)
    day = table.loc[rows, "data_assinatura"]
    sunday = day - pd.to_timedelta(day.dt.day_of_week + 1, unit="D")
    christmas = pd.to_datetime(day.dt.year.astype(str) + "-12-25")
    chosen = sunday.where(np.arange(CASES) % 4 > 0, christmas)
    sign_on(table, rows, chosen.to_numpy())
    return each(table, rows)


def late_publication(table: pd.DataFrame, rng: Rng) -> Planted:
    rows = some(table, year(table) >= 2024, CASES, rng)
    days = pd.to_timedelta(rng.integers(90, 300, CASES), unit="D")
    table.loc[rows, "data_publicacao"] = (table.loc[rows, "vigencia_inicio"] + days).astype(
        "datetime64[us]"
    )
    return each(table, rows)


VAGUE = (
    "Materiais diversos", "Serviços gerais", "Despesas diversas", "Aquisição de material",
    "Contratação de serviços", "Diversos", "Conforme edital", "Serviços prestados",
)  # fmt: skip


def vague_object(table: pd.DataFrame, rng: Rng) -> Planted:
    rows = some(table, table["objeto"].notna(), CASES, rng)
    table.loc[rows, "objeto"] = rng.choice(np.array(VAGUE, dtype=object), CASES)
    return each(table, rows)


def round_value(table: pd.DataFrame, rng: Rng) -> Planted:
    rows = some(table, calls(table), CASES, rng)
    set_amount(table, rows, rng.choice([200_000.0, 300_000.0, 500_000.0, 1_000_000.0], CASES))
    return each(table, rows)


def unit_price(table: pd.DataFrame, rng: Rng) -> Planted:
    """Goods at many times the usual price, no multiple that a pack explains."""
    rows = some(table, goods(table), CASES, rng)
    times = rng.choice([9.3, 13.4, 17.3], CASES)
    for name in MONEY:
        table.loc[rows, name] *= times
    return each(table, rows)


# -- suppliers -----------------------------------------------------------------------------------


UNLIKE = (
    ("Padaria Aurora", "Construtora Monte Sinai", "Transportes Beija-Flor"),
    ("Gráfica Papiro", "Laticínios Serra Nevada", "Vigilância Falcão"),
    ("Farmácia Hipócrates", "Terraplanagem Colosso", "Buffet Sabor e Arte"),
    ("Auto Peças Motriz", "Uniformes Agulha", "Clínica Bem Viver"),
    ("Editora Pergaminho", "Posto Trevo", "Dedetizadora Inseto Zero"),
    ("Locadora Rodante", "Hortifruti Pomar", "Sistemas Binário"),
)
"""Names of firms that share no word."""


def two_names(table: pd.DataFrame, rng: Rng) -> Planted:
    """One CNPJ under three names that share no word."""
    rows = some(table, goods(table), 3 * len(UNLIKE), rng).reshape(-1, 3)
    for number, group in enumerate(rows):
        set_supplier(table, group, "", 93_000_000 + number)
        table.loc[group, "fornecedor"] = [f"{name} Ltda" for name in UNLIKE[number]]
    return Planted(table, list(rows))


def sanctioned(table: pd.DataFrame, rng: Rng) -> Planted:
    """Firms barred from contracting by all public bodies on the day of the signature."""
    rows = some(table, year(table) >= 2023, CASES, rng)
    lines = [CEIS]
    for number, row in enumerate(rows):
        name = f"Impedida {number} Ltda"
        set_supplier(table, np.array([row]), name, 94_000_000 + number)
        start = table["data_assinatura"][row] - pd.Timedelta(days=220)
        lines.append(sanction_line(str(table["fornecedor_id"][row]), name, start, 730))
    listed = "\r\n".join(lines).encode("cp1252")
    return Planted(table, [np.array([row]) for row in rows], listed)


def newly_opened(table: pd.DataFrame, rng: Rng) -> Planted:
    rows = some(table, calls(table), CASES, rng)
    for number, row in enumerate(rows):
        set_supplier(table, np.array([row]), f"Recém Criada {number} Ltda", 95_000_000 + number)
    set_amount(table, rows, np.round(rng.uniform(900_000, 3_000_000, CASES), 2))
    days = pd.to_timedelta(rng.integers(3, 25, CASES), unit="D")
    opened = (table.loc[rows, "data_assinatura"] - days).astype("datetime64[us]")
    table.loc[rows, "fornecedor_abertura"] = opened
    table.loc[rows, "fornecedor_situacao_data"] = opened
    return each(table, rows)


def inactive(table: pd.DataFrame, rng: Rng) -> Planted:
    rows = some(table, year(table) > 0, CASES, rng)
    for number, row in enumerate(rows):
        set_supplier(table, np.array([row]), f"Encerrada {number} Ltda", 96_000_000 + number)
    states = np.array(["BAIXADA", "INAPTA", "Suspensa", "Baixada"], dtype=object)
    table.loc[rows, "fornecedor_situacao"] = rng.choice(states, CASES)
    days = pd.to_timedelta(rng.integers(200, 900, CASES), unit="D")
    ended = (table.loc[rows, "data_assinatura"] - days).astype("datetime64[us]")
    table.loc[rows, "fornecedor_situacao_data"] = ended
    table.loc[rows, "fornecedor_abertura"] = ended - pd.Timedelta(days=2_000)
    return each(table, rows)


def dominant(table: pd.DataFrame, rng: Rng) -> Planted:
    """Four bodies that buy 24 of their 30 purchases of goods from one firm."""
    rows = some(table, goods(table), 120, rng).reshape(4, 30)
    for number, group in enumerate(rows):
        move(table, group, number)
        set_supplier(table, group[:24], f"Predileta {number + 1} Ltda", 97_000_000 + number)
    return Planted(table, [group[:24] for group in rows])


ODD_LINES = (
    "Medicamentos", "Pavimentação", "Shows", "Vigilância", "Combustíveis", "Sistemas",
    "Resíduos sólidos", "Pneus", "Transporte escolar", "Projetos", "Análises clínicas", "Gráfica",
    "Elevadores", "Livros",
)  # fmt: skip
"""Lines of business that no one firm has together."""


def all_trades(table: pd.DataFrame, rng: Rng) -> Planted:
    """Two firms that sell fourteen trades each, medicines, asphalt and concerts among them."""
    free, groups = table["categoria"].isin(ODD_LINES), []
    for number in range(2):
        rows = one_per_line(table, free, len(ODD_LINES), rng)
        free[rows] = False
        set_supplier(table, rows, f"Faz Tudo {number + 1} Ltda", 98_000_000 + number)
        groups.append(rows)
    return Planted(table, groups)


def year_end_rush(table: pd.DataFrame, rng: Rng) -> Planted:
    """Three bodies sign 40 of 80 contracts in December: two in the last year, one in each year."""
    rows, cases = some(table, year(table) > 0, 240, rng).reshape(3, 80), []
    for number, group in enumerate(rows):
        move(table, group, number)
        sign_on(table, group, days_from("2022-01-10", rng.integers(0, 4 * 365 - 60, 80)))
        late = group[:40]
        years = np.full(40, 2025) if number else rng.integers(2022, 2026, 40)
        first = np.array([f"{one}-12-01" for one in years], dtype="M8[D]")
        sign_on(table, late, catalogue.workday(first + rng.integers(0, 22, 40).astype("m8[D]")))
        table.loc[late, "data"] = table.loc[late, "data_assinatura"]
        cases.append(late)
    return Planted(table, cases)
