"""Writes the example files of the page: invented bodies, companies and records, real layouts.

Run by hand (`python tests/make_examples.py`); the outputs are kept under `ui/examples`. Everything
is seeded, so that the same script gives the same bytes. Company numbers have right check digits
and branches that were never issued.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterable, Sequence
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "cidadao_models" / "ui" / "examples"

WORDS_A = (
    "Aurora",
    "Horizonte",
    "Serra Azul",
    "Vale Claro",
    "Nova Ponte",
    "Três Ipês",
    "Litoral",
    "Campo Largo",
    "Pedra Branca",
    "Bela Vista",
    "Rio Manso",
    "Alto Verde",
    "Sol Nascente",
    "Estrela",
    "Mandacaru",
    "Jacarandá",
    "Beira-Rio",
    "Cordilheira",
)
WORDS_B = (
    "Serviços",
    "Comércio",
    "Engenharia",
    "Eventos",
    "Distribuidora",
    "Tecnologia",
    "Transportes",
    "Alimentos",
)

# object text, median amount (R$), spread of the log amount
GOODS = (
    ("LOCAÇÃO DE TENDAS E PALCO PARA EVENTOS CULTURAIS", 33_000, 0.30),
    ("AQUISIÇÃO DE MATERIAL DE EXPEDIENTE", 18_000, 0.40),
    ("AQUISIÇÃO DE GÊNEROS ALIMENTÍCIOS PARA A MERENDA ESCOLAR", 210_000, 0.35),
    ("SERVIÇO DE LIMPEZA E CONSERVAÇÃO PREDIAL", 480_000, 0.35),
    ("AQUISIÇÃO DE MEDICAMENTOS PARA A REDE MUNICIPAL", 160_000, 0.45),
    ("LOCAÇÃO DE VEÍCULOS SEM MOTORISTA", 95_000, 0.30),
    ("SERVIÇO DE MANUTENÇÃO DE AR CONDICIONADO", 41_000, 0.35),
)


def check_digit(digits: Sequence[int], weights: Iterable[int]) -> int:
    """One check digit of a CNPJ (Receita Federal, modulo 11)."""
    rest = sum(d * w for d, w in zip(digits, weights, strict=True)) % 11
    return 0 if rest < 2 else 11 - rest


def cnpj(root: int) -> str:
    """14 digits with right check digits; branch 9xxx of a root above 99 million."""
    digits = [int(c) for c in f"{root:08d}9001"]
    digits.append(check_digit(digits, (5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)))
    digits.append(check_digit(digits, (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)))
    return "".join(map(str, digits))


def formatted(number: str) -> str:
    """`99900011900112` -> `99.900.011/9001-12`."""
    return f"{number[:2]}.{number[2:5]}.{number[5:8]}/{number[8:12]}-{number[12:]}"


def companies(rng: random.Random, n: int) -> list[tuple[str, str]]:
    """(name, CNPJ) of n invented companies."""
    names = [f"{a} {b} LTDA" for a in WORDS_A for b in WORDS_B]
    rng.shuffle(names)
    return [(name.upper(), cnpj(99_900_000 + 137 * i)) for i, name in enumerate(names[:n])]


def amount(rng: random.Random, median: float, spread: float) -> float:
    """A log-normal amount in cents."""
    return round(median * 2.718281828 ** rng.gauss(0, spread), 2)


def day(rng: random.Random, start: dt.date, days: int) -> dt.date:
    """A weekday within `days` of `start`."""
    chosen = start + dt.timedelta(days=rng.randrange(days))
    return chosen - dt.timedelta(days=max(0, chosen.weekday() - 4))


# -- 1. contracts of a city --------------------------------------------------------------------

CITY_HEADER = (
    '"numerocontrato";anocontrato;"orgaocontratante";"objetocontrato";"modalidade";'
    '"cnpjcontratado";"nomecontratado";datainiciovigencia;datafimvigencia;valorinicial;'
    'valorfinal;"situacaocontrato"'
)
CITY_BODIES = (
    "SECRETARIA DE CULTURA",
    "SECRETARIA DE EDUCAÇÃO",
    "SECRETARIA DE SAÚDE",
    "SECRETARIA DE ADMINISTRAÇÃO",
    "FUNDAÇÃO DE ESPORTES",
)


def city_row(
    number: int,
    body: str,
    what: str,
    origin: str,
    company: tuple[str, str],
    start: dt.date,
    end: dt.date,
    first: float,
    last: float,
) -> str:
    """One record in the layout of a capital's contract file: text quoted, the rest bare."""
    return (
        f'"{number:04d}/{start.year}";{start.year};"{body}";"{what}";"{origin}";"{company[1]}";'
        f'"{company[0]}";{start:%Y/%m/%d} 00:00:00.000;{end:%Y/%m/%d} 00:00:00.000;{first};{last};'
        f'"{"ENCERRADO" if end.year < 2025 else "CADASTRADO"}"'
    )


def city_contracts() -> str:
    """320 contracts: one price far above its peers, an addition of 60 %, reversed dates, a
    repeated record, and six direct awards that together pass the limit."""
    rng = random.Random(2024)
    firms = companies(rng, 40)
    rows = []
    for number in range(1, 311):
        what, median, spread = rng.choice(GOODS)
        start = day(rng, dt.date(2022, 1, 10), 1000)
        first = amount(rng, median, spread)
        last = round(first * rng.choice((1, 1, 1, 1.08, 1.15, 1.22)), 2)
        rows.append(
            city_row(
                number,
                rng.choice(CITY_BODIES),
                what,
                "LICITAÇÃO",
                rng.choice(firms),
                start,
                start + dt.timedelta(days=365),
                first,
                last,
            )
        )
    culture, health, tents = CITY_BODIES[0], CITY_BODIES[2], GOODS[0][0]
    start = dt.date(2024, 5, 14)
    rows.insert(
        120,
        city_row(
            401,
            culture,
            tents,
            "LICITAÇÃO",
            firms[3],
            start,
            start + dt.timedelta(days=30),
            480_000.0,
            480_000.0,
        ),
    )
    rows.insert(
        41,
        city_row(
            402,
            health,
            GOODS[6][0],
            "LICITAÇÃO",
            firms[9],
            dt.date(2023, 3, 6),
            dt.date(2024, 3, 5),
            39_500.0,
            63_200.0,
        ),
    )
    rows.insert(
        200,
        city_row(
            403,
            CITY_BODIES[1],
            GOODS[1][0],
            "LICITAÇÃO",
            firms[12],
            dt.date(2024, 8, 1),
            dt.date(2023, 8, 1),
            17_350.0,
            17_350.0,
        ),
    )
    for i, value in enumerate((57_900, 58_400, 56_700, 59_300, 58_850, 57_250)):
        start = dt.date(2024, 3, 5) + dt.timedelta(days=7 * i)
        rows.insert(
            230 + 3 * i,
            city_row(
                410 + i,
                culture,
                "LOCAÇÃO DE EQUIPAMENTO DE SONORIZAÇÃO",
                "DISPENSA",
                firms[21],
                start,
                start + dt.timedelta(days=20),
                value,
                value,
            ),
        )
    rows.insert(280, rows[77])
    return "\n".join([CITY_HEADER, *rows]) + "\n"


# -- 2. commitments of a portal ----------------------------------------------------------------

PORTAL_HEADER = (
    "Número do empenho;Data emissão;Código órgão;Nome órgão;Código unidade gestora;"
    "Nome unidade gestora;Modalidade da licitação;Código favorecido;Nome favorecido;"
    "Elemento de despesa;Descrição;Valor empenhado"
)
PORTAL_UNITS = (
    (26_999, "Ministério do Exemplo", 158_901, "Campus Serra Azul"),
    (26_999, "Ministério do Exemplo", 158_902, "Campus Vale Claro"),
    (26_998, "Agência Modelo", 170_777, "Superintendência Regional"),
)


def brl(value: float) -> str:
    """`1234.5` -> `1.234,50`."""
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


def portal_row(
    number: int,
    unit: tuple[int, str, int, str],
    day_: dt.date,
    how: str,
    company: tuple[str, str],
    what: str,
    value: float,
) -> str:
    """One record in the layout of a federal portal: quoted, decimal comma."""
    cells = (
        f"{day_.year}NE{number:06d}",
        f"{day_:%d/%m/%Y}",
        *map(str, unit),
        how,
        formatted(company[1]),
        company[0],
        "39 - Outros serviços",
        what,
        brl(value),
    )
    return ";".join(f'"{cell}"' for cell in cells)


def portal_commitments() -> str:
    """260 commitments: direct awards just under the limit, a factor of a hundred, a duplicate,
    a broken company number and a total row."""
    rng = random.Random(7)
    firms = companies(rng, 30)
    rows, total = [], 0.0
    for number in range(1, 251):
        what, median, spread = rng.choice(GOODS)
        value = amount(rng, median / 4, spread)
        how = "Pregão" if rng.random() < 0.8 else "Dispensa de licitação"
        total += value
        rows.append(
            portal_row(
                number,
                rng.choice(PORTAL_UNITS),
                day(rng, dt.date(2024, 1, 15), 330),
                how,
                rng.choice(firms),
                what.capitalize(),
                value,
            )
        )
    for i in range(5):
        value = 57_900 + 311.4 * i
        rows.insert(
            60 + 7 * i,
            portal_row(
                700 + i,
                PORTAL_UNITS[1],
                dt.date(2024, 9, 2 + 6 * i),
                "Dispensa de licitação",
                firms[4],
                "Serviço de pintura predial",
                value,
            ),
        )
    rows.insert(
        33,
        portal_row(
            801,
            PORTAL_UNITS[0],
            dt.date(2024, 6, 11),
            "Pregão",
            firms[8],
            GOODS[1][0].capitalize(),
            452_000.0,
        ),
    )
    rows.insert(150, rows[20])
    bad = (firms[2][0], firms[2][1][:12] + f"{(int(firms[2][1][12:]) + 7) % 100:02d}")
    rows.insert(
        90,
        portal_row(
            803,
            PORTAL_UNITS[2],
            dt.date(2024, 4, 9),
            "Pregão",
            bad,
            GOODS[5][0].capitalize(),
            23_870.0,
        ),
    )
    rows.append('"Total";"";"";"";"";"";"";"";"";"";"";"' + brl(total) + '"')
    return "\r\n".join([PORTAL_HEADER, *rows]) + "\r\n"


# -- 3. PNCP -----------------------------------------------------------------------------------

PNCP_BODIES = (
    ("MUNICIPIO DE SERRA AZUL DO NORTE", "Serra Azul do Norte", "9900011"),
    ("MUNICIPIO DE VALE CLARO", "Vale Claro", "9900029"),
)


def pncp_record(
    number: int,
    body: int,
    what: str,
    modality: tuple[int, str],
    opened: dt.date,
    estimate: float | None,
    awarded: float | None,
) -> dict[str, object]:
    """One purchase as the national portal's API answers it."""
    name, city, code = PNCP_BODIES[body]
    number_ = cnpj(99_980_000 + body)
    published = dt.datetime.combine(opened - dt.timedelta(days=14), dt.time(9, 12))
    return {
        "numeroControlePNCP": f"{number_}-1-{number:06d}/{opened.year}",
        "numeroCompra": str(number),
        "anoCompra": opened.year,
        "processo": f"{number:05d}/{opened.year}",
        "objetoCompra": what,
        "modalidadeId": modality[0],
        "modalidadeNome": modality[1],
        "amparoLegal": {"codigo": 1, "nome": "Lei 14.133/2021, Art. 28, I"},
        "orgaoEntidade": {"cnpj": number_, "razaoSocial": name, "esferaId": "M", "poderId": "E"},
        "unidadeOrgao": {
            "codigoUnidade": f"{body + 1}",
            "nomeUnidade": f"PREFEITURA DE {city.upper()}",
            "municipioNome": city,
            "codigoIbge": code,
            "ufSigla": "PE",
        },
        "dataPublicacaoPncp": published.isoformat(),
        "dataAberturaProposta": dt.datetime.combine(opened, dt.time(10)).isoformat(),
        "dataEncerramentoProposta": dt.datetime.combine(
            opened + dt.timedelta(days=12), dt.time(9)
        ).isoformat(),
        "situacaoCompraNome": "Divulgada no PNCP",
        "valorTotalEstimado": estimate,
        "valorTotalHomologado": awarded,
        "srp": False,
    }


def pncp_purchases() -> str:
    """170 purchases: an award many times the estimate, a price above its peers, undisclosed
    estimates (0), and proposals closed before they open."""
    rng = random.Random(99)
    auction, waiver = (6, "Pregão - Eletrônico"), (8, "Dispensa")
    records = []
    for number in range(1, 167):
        what, median, spread = rng.choice(GOODS)
        estimate = amount(rng, median, spread)
        awarded = round(estimate * rng.uniform(0.72, 0.99), 2)
        modality = auction if rng.random() < 0.85 else waiver
        hidden = rng.random() < 0.06
        opened = day(rng, dt.date(2024, 2, 1), 500)
        records.append(
            pncp_record(
                number,
                rng.randrange(2),
                what.capitalize(),
                modality,
                opened,
                0.0 if hidden else estimate,
                awarded,
            )
        )
    records.insert(
        50,
        pncp_record(
            301, 0, GOODS[6][0].capitalize(), auction, dt.date(2024, 10, 8), 38_000.0, 342_000.0
        ),
    )
    records.insert(
        90,
        pncp_record(
            302,
            1,
            GOODS[5][0].capitalize(),
            auction,
            dt.date(2025, 2, 11),
            1_240_000.0,
            1_198_000.0,
        ),
    )
    reversed_ = pncp_record(
        303, 0, GOODS[1][0].capitalize(), auction, dt.date(2024, 7, 2), 19_000.0, 17_800.0
    )
    reversed_["dataEncerramentoProposta"] = "2024-06-20T09:00:00"
    records.insert(120, reversed_)
    return json.dumps(records, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "contratos_prefeitura.csv").write_bytes(city_contracts().encode("utf-8"))
    (FOLDER / "empenhos_portal.csv").write_bytes(portal_commitments().encode("latin-1"))
    (FOLDER / "contratacoes_pncp.json").write_bytes(pncp_purchases().encode("utf-8"))
