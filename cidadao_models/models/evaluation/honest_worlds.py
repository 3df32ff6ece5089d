"""Every kind of honest file, by name: contracts of bodies of each size, payments, tenders, bids.

Honest by construction, so a strong finding on them is a false alarm. Draws nothing itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from cidadao_models.models.evaluation import honest_bids, honest_payments
from cidadao_models.models.evaluation import honest_catalogue as catalogue
from cidadao_models.models.evaluation.honest_contracts import World, contracts

WORLDS: tuple[World, ...] = (
    World("small city", 60, 1, 4, (2024, 2025), scale=0.3),
    World("city", 1_000, 3, 14, (2022, 2025)),
    World("region", 4_000, 8, 60, (2022, 2025)),
    World("state", 20_000, 40, 240, (2018, 2025), layout="extract"),
    World("dense direct awards", 3_000, 6, 60, (2023, 2025), direct=0.95, scale=0.08),
    World("heavy tails", 3_000, 8, 40, (2021, 2025), tail=2.0, layout="extract"),
    World("few columns", 1_500, 12, 12, (2015, 2022), layout="few"),
)
"""Files of contracts; payments, tenders and bids are drawn by functions of their own."""


def large(rows: int) -> World:
    """A file of extracts of many bodies, of a size to take times on."""
    return World("large", rows, 120, 900, (2019, 2025), layout="extract")


Draw = Callable[[int], pd.DataFrame]


def files(*, scale: float = 1.0) -> Iterator[tuple[str, Draw]]:
    """(name, function of a seed) for every kind of honest file, rows times `scale`."""
    for world in WORLDS:
        sized = replace(world, rows=max(60, int(world.rows * scale)))
        yield world.name, lambda seed, sized=sized: contracts(sized, seed)  # type: ignore[misc]
    yield "payments", lambda seed: honest_payments.payments(max(300, int(6_000 * scale)), seed)
    yield "tenders", lambda seed: honest_payments.tenders(max(100, int(2_000 * scale)), seed)
    yield "bids", lambda seed: honest_bids.bids(max(20, int(400 * scale)), seed)


SANCTIONED = 0.03
"""Share of a file's suppliers with a sanction that held at another time than their contracts."""


def sanctions(table: pd.DataFrame, seed: int = 0) -> bytes:
    """A list of sanctions in the federal layout that touches no contract of the table.

    Some suppliers of the table were sanctioned, but years before their first record or after
    their last one; the others on the list sell nothing here.
    """
    rng = np.random.default_rng(seed)
    lines = [CEIS, *_other_times(table, rng)]
    for number in range(40):
        start = pd.Timestamp("2023-03-01") + pd.Timedelta(days=int(rng.integers(900)))
        root = int(rng.integers(1_000_000, 9_000_000))
        lines.append(sanction_line(catalogue.cnpj(root), f"Outra {number} Ltda", start, 700))
    return "\r\n".join(lines).encode("cp1252")


def _other_times(table: pd.DataFrame, rng: np.random.Generator) -> Iterator[str]:
    """Suppliers of the table, barred long before or after their records."""
    if "fornecedor_id" not in table:
        return
    day = table["data_assinatura"] if "data_assinatura" in table else table["data"]
    open_to_see = ~table["fornecedor_id"].str.startswith("*")
    company = table["fornecedor_id"].str[:10]
    span = day[open_to_see].groupby(company).agg(["min", "max"])
    span["document"] = table.groupby(company)["fornecedor_id"].first()
    chosen = span[rng.random(len(span)) < SANCTIONED]
    for first, last, document in chosen.itertuples(index=False):
        before = rng.random() < 0.5
        start = first - pd.Timedelta(days=1_500) if before else last + pd.Timedelta(days=400)
        yield sanction_line(str(document), "Fornecedor", start, 700)


CEIS = (
    '"CADASTRO";"TIPO DE PESSOA";"CPF OU CNPJ DO SANCIONADO";"NOME DO SANCIONADO";'
    '"NÚMERO DO PROCESSO";"CATEGORIA DA SANÇÃO";"DATA INÍCIO SANÇÃO";"DATA FINAL SANÇÃO";'
    '"DATA PUBLICAÇÃO";"ABRANGÊNCIA DA SANÇÃO";"ÓRGÃO SANCIONADOR";"UF ÓRGÃO SANCIONADOR";'
    '"FUNDAMENTAÇÃO LEGAL"'
)
"""Columns of the federal list of companies barred from contracting (CEIS)."""


def sanction_line(document: str, name: str, start: pd.Timestamp, days: int) -> str:
    """One company of that list, barred in all spheres for so many days."""
    digits = "".join(c for c in document if c.isdigit())
    first, last = (d.strftime("%d/%m/%Y") for d in (start, start + pd.Timedelta(days=days)))
    return (
        f'"CEIS";"J";"{digits}";"{name}";"{digits[:5]}/2022";'
        '"Declaração de Inidoneidade sem prazo determinado";'
        f'"{first}";"{last}";"{first}";"Todas as Esferas em todos os Poderes";'
        '"Controladoria-Geral da União";"DF";"LEI 14133 - ART. 156, IV"'
    )
