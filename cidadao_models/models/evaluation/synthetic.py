"""Honest public contracts with a known generator, strong anomalies planted in them, large files.

The records are invented (companies, bodies and numbers included) and drawn from distributions of
this module's own; nothing here is fitted to the detectors or read from real files.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

OBJECTS: tuple[tuple[str, str, float, float], ...] = (
    ("aquisição de medicamentos para a farmácia básica", "pregao", 120_000, 0.9),
    ("locação de veículos com motorista", "pregao", 180_000, 0.8),
    ("serviços de limpeza e conservação predial", "pregao", 640_000, 0.7),
    ("fornecimento de gêneros alimentícios para a merenda escolar", "pregao", 210_000, 1.0),
    ("aquisição de material de expediente", "dispensa", 18_000, 0.6),
    ("manutenção de aparelhos de ar condicionado", "dispensa", 22_000, 0.6),
    ("serviço de dedetização de escolas municipais", "dispensa", 9_000, 0.5),
    ("aquisição de toner para impressoras", "dispensa", 12_000, 0.6),
    ("construção de unidade básica de saúde", "concorrencia", 2_400_000, 0.6),
    ("pavimentação asfáltica de vias urbanas", "concorrencia", 3_100_000, 0.9),
    ("reforma de escola municipal", "concorrencia", 900_000, 0.7),
    ("aquisição de pneus para a frota", "pregao", 95_000, 0.7),
    ("combustível para a frota municipal", "pregao", 480_000, 0.9),
    ("transporte escolar rural", "pregao", 520_000, 0.8),
    ("show artístico para o aniversário da cidade", "inexigibilidade", 85_000, 0.9),
    ("assinatura de sistema de pesquisa de preços", "inexigibilidade", 14_000, 0.4),
    ("locação de imóvel para o conselho tutelar", "dispensa", 24_000, 0.5),
    ("equipamentos de informática", "pregao", 260_000, 0.9),
    ("uniformes escolares", "pregao", 170_000, 0.7),
    ("coleta de resíduos sólidos", "concorrencia", 4_200_000, 0.8),
)
"""(description, modality, median price in R$, sigma of the log price)."""

MODALITY_TEXT = {
    "pregao": "Pregão Eletrônico",
    "dispensa": "Dispensa de Licitação",
    "inexigibilidade": "Inexigibilidade",
    "concorrencia": "Concorrência",
}

PLACES = (
    "do centro administrativo",
    "da secretaria de saúde",
    "do distrito industrial",
    "da zona rural",
    "do hospital municipal",
    "da rede municipal de ensino",
)


def cnpj(root: int, branch: int = 1) -> str:
    """A CNPJ with right check digits, formatted: `12.345.678/0001-95`."""
    digits = [int(d) for d in f"{root:08d}{branch:04d}"]
    for weights in ((5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2), (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)):
        rest = sum(d * w for d, w in zip(digits, weights, strict=True)) % 11
        digits.append(0 if rest < 2 else 11 - rest)
    text = "".join(map(str, digits))
    return f"{text[:2]}.{text[2:5]}.{text[5:8]}/{text[8:12]}-{text[12:]}"


def honest_contracts(n: int, *, seed: int = 0) -> pd.DataFrame:
    """n invented honest contracts with canonical columns, lognormal prices around each object.

    One fifth are amended by at most 25 %, estimates lie around the award, dates are in order and
    direct awards of one buyer are spread over the year by chance.
    """
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, len(OBJECTS), n)
    medians = np.array([o[2] for o in OBJECTS])[kinds]
    sigmas = np.array([o[3] for o in OBJECTS])[kinds]
    value = np.round(medians * np.exp(rng.normal(0, sigmas)), 2)
    amended = rng.random(n) < 0.2
    initial = np.where(amended, value / (1 + rng.uniform(0.01, 0.24, n)), value).round(2)
    supplier = rng.integers(0, max(40, n // 8), n)
    buyer = rng.integers(0, max(5, n // 150), n)
    signed = pd.Timestamp("2021-01-04") + pd.to_timedelta(rng.integers(0, 1460, n), unit="D")
    opened = signed - pd.to_timedelta(rng.integers(5, 60, n), unit="D")
    start = signed + pd.to_timedelta(rng.integers(0, 15, n), unit="D")
    ids = np.array([cnpj(10_000_000 + (7_919 * i) % 89_999_999) for i in range(supplier.max() + 1)])
    numbers = rng.permutation(n) + 1
    return pd.DataFrame(
        {
            "numero": [f"{k:06d}/{year}" for k, year in zip(numbers, signed.year, strict=True)],
            "orgao": [f"Prefeitura de Vila {b + 1}" for b in buyer],
            "fornecedor_id": ids[supplier],
            "fornecedor": [f"Empresa Fictícia {s + 1} Ltda" for s in supplier],
            "objeto": [
                f"{OBJECTS[k][0].capitalize()} {PLACES[p]}, processo {q}"
                for k, p, q in zip(
                    kinds, rng.integers(0, len(PLACES), n), rng.integers(1, 9999, n), strict=True
                )
            ],
            "modalidade": [MODALITY_TEXT[OBJECTS[k][1]] for k in kinds],
            "valor": value,
            "valor_inicial": initial,
            "valor_final": value,
            "valor_estimado": np.round(value * np.exp(rng.normal(0.08, 0.1, n)), 2),
            "data_abertura": opened,
            "data_assinatura": signed,
            "vigencia_inicio": start,
            "vigencia_fim": start + pd.to_timedelta(rng.choice([180, 365, 730], n), unit="D"),
        }
    )


Plant = Callable[[pd.DataFrame, np.ndarray, np.random.Generator], pd.DataFrame]


def _price_above(frame: pd.DataFrame, rows: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    for name in ("valor", "valor_inicial", "valor_final", "valor_estimado"):
        frame.loc[rows, name] = frame.loc[rows, name] * 60
    return frame


def _price_below(frame: pd.DataFrame, rows: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    for name in ("valor", "valor_inicial", "valor_final", "valor_estimado"):
        frame.loc[rows, name] = (frame.loc[rows, name] / 80).round(2)
    return frame


def _entry_error(frame: pd.DataFrame, rows: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    frame.loc[rows, ["valor", "valor_final", "valor_inicial"]] *= 1000
    return frame


def _exact(frame: pd.DataFrame, rows: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    return pd.concat([frame, frame.loc[rows]], ignore_index=True)


def _near(frame: pd.DataFrame, rows: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    copies = frame.loc[rows].copy()
    copies["objeto"] = copies["objeto"].str.upper() + "."
    copies["numero"] = [f"9{k:05d}/2023" for k in range(len(rows))]
    copies["data_assinatura"] += pd.to_timedelta(rng.integers(1, 6, len(rows)), unit="D")
    return pd.concat([frame, copies], ignore_index=True)


def _splitting(frame: pd.DataFrame, rows: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    base = pd.Timestamp("2024-05-06")
    for number, first in enumerate(rows[::5]):
        part = rows[5 * number : 5 * number + 5]
        frame.loc[part, "objeto"] = "Aquisição de material de expediente da secretaria de saúde"
        frame.loc[part, "modalidade"] = MODALITY_TEXT["dispensa"]
        for name in ("orgao", "fornecedor_id", "fornecedor"):
            frame.loc[part, name] = frame.loc[first, name]
        amounts = np.round(59_906.02 * rng.uniform(0.85, 0.98, len(part)), 2)
        for name in ("valor", "valor_inicial", "valor_final", "valor_estimado"):
            frame.loc[part, name] = amounts
        days = pd.to_timedelta(rng.choice(25, len(part), replace=False), unit="D")
        frame.loc[part, "data_assinatura"] = base + pd.to_timedelta(number % 100, unit="D") + days
        frame.loc[part, "data_abertura"] = frame.loc[part, "data_assinatura"] - pd.Timedelta(days=9)
        frame.loc[part, "vigencia_inicio"] = frame.loc[part, "data_assinatura"]
        frame.loc[part, "vigencia_fim"] = frame.loc[part, "data_assinatura"] + pd.Timedelta(days=90)
    return frame


def _amended(frame: pd.DataFrame, rows: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    frame.loc[rows, "valor_inicial"] = (frame.loc[rows, "valor_final"] / 2.6).round(2)
    return frame


def _reversed(frame: pd.DataFrame, rows: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    start, end = frame.loc[rows, "vigencia_inicio"], frame.loc[rows, "vigencia_fim"]
    frame.loc[rows, "vigencia_inicio"], frame.loc[rows, "vigencia_fim"] = end, start
    return frame


def _document(frame: pd.DataFrame, rows: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    wrong = frame.loc[rows, "fornecedor_id"].str.slice(0, 16)
    last = frame.loc[rows, "fornecedor_id"].str.slice(16).astype(int)
    frame.loc[rows, "fornecedor_id"] = wrong + ((last + 37) % 100).map("{:02d}".format)
    return frame


def _awarded(frame: pd.DataFrame, rows: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    frame.loc[rows, "valor_estimado"] = (frame.loc[rows, "valor"] / 12).round(2)
    return frame


PLANTS: dict[str, tuple[Plant, bool]] = {
    "preco_acima_dos_pares": (_price_above, False),
    "preco_abaixo_dos_pares": (_price_below, False),
    "erro_de_digitacao": (_entry_error, False),
    "duplicata_exata": (_exact, True),
    "duplicata_aproximada": (_near, True),
    "fracionamento": (_splitting, False),
    "valor_final_acima_do_inicial": (_amended, False),
    "datas_incoerentes": (_reversed, False),
    "documento_invalido": (_document, False),
    "homologado_muito_acima_do_estimado": (_awarded, False),
}
"""What is planted under each name, and whether copies are appended at the foot of the table."""


def planted_contracts(
    n: int, *, kind: str, count: int, seed: int = 0
) -> tuple[pd.DataFrame, np.ndarray]:
    """(table, mask of planted rows) with `count` strong anomalies of one kind among n records."""
    rng = np.random.default_rng(seed + 1)
    frame = honest_contracts(n, seed=seed)
    rows = rng.choice(n, count, replace=False)
    plant, appends = PLANTS[kind]
    frame = plant(frame, rows, rng)
    mask = np.zeros(len(frame), dtype=bool)
    mask[rows] = True
    if appends:
        mask[n:] = True
    return frame, mask


LAW_14133 = pd.Timestamp("2021-04-01")
"""From this day on the invented files state Lei 14.133/2021, before it Lei 8.666/1993."""

PORTAL_COLUMNS = (
    "Número do Contrato;Objeto;Fundamento Legal;Modalidade Compra;Situação Contrato;"
    "Código Órgão Superior;Nome Órgão Superior;Código Órgão;Nome Órgão;Código UG;Nome UG;"
    "Data Assinatura Contrato;Data Publicação DOU;Data Início Vigência;Data Fim Vigência;"
    "CNPJ Contratado;Nome Contratado;Valor Inicial Compra;Valor Final Compra;Número Licitação"
).split(";")
"""The 20 columns of the federal portal's contract files."""


def _brazilian(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")


def _portal_row(number: int, record: dict[str, Any]) -> tuple[str, ...]:
    unit = int(record["orgao"].rsplit(" ", 1)[1])
    signed, start, end = (
        record[name].strftime("%d/%m/%Y")
        for name in ("data_assinatura", "vigencia_inicio", "vigencia_fim")
    )
    separator = "\r\n" if number % 40 == 0 else ", "
    return (
        record["numero"],
        f"{record['objeto']}{separator}conforme termo de referência",
        "Lei 14.133/2021" if record["data_assinatura"] >= LAW_14133 else "Lei 8.666/1993",
        record["modalidade"],
        "Publicado",
        "26000",
        "Ministério da Educação",
        f"{26_000 + unit % 300}",
        record["orgao"],
        f"{153_000 + unit}",
        f"Unidade gestora {unit}",
        signed,
        start,
        start,
        end,
        record["fornecedor_id"],
        record["fornecedor"],
        _brazilian(record["valor_inicial"]),
        _brazilian(record["valor_final"]),
        f"{number % 900:05d}/2023",
    )


def portal_csv(n: int, *, seed: int = 0) -> bytes:
    """n honest contracts in the federal portal's layout: Latin-1, `;`, all quoted.

    One description in 40 holds a line break, as the portals publish them.
    """
    frame = honest_contracts(n, seed=seed)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(PORTAL_COLUMNS)
    for i, record in enumerate(frame.to_dict("records")):
        writer.writerow(_portal_row(i, {str(name): value for name, value in record.items()}))
    return out.getvalue().encode("cp1252")
