"""What honest public bodies buy, from whom and by which article: the matter of `honest_worlds`.

Everything is invented; prices, spreads and shares come from common sense, not from real files and
not from what any detector looks at. Draws nothing by itself but names.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

Kind = Literal[
    "bem", "servico", "pontual", "obra", "veiculo", "imovel", "artista", "exclusivo",
    "credenciado", "publico",
]  # fmt: skip
"""What rules a purchase follows: goods, continuous services, single services, works, vehicle
upkeep (limit of works), rent, artists, sole suppliers, doctors at one price, utilities."""


@dataclass(frozen=True, slots=True)
class Item:
    """Something bought: line of business, text, unit, median unit price (R$) and its log sd."""

    ramo: str
    text: str
    kind: Kind
    unit: str
    price: float
    spread: float
    quantity: float
    weight: float = 1.0


ITEMS: tuple[Item, ...] = (
    Item("Medicamentos", "Aquisição de dipirona sódica 500 mg", "bem", "CX", 14, 0.20, 4_000),
    Item("Medicamentos", "Aquisição de insulina humana NPH", "bem", "FR", 38, 0.15, 1_500),
    Item("Material hospitalar", "Aquisição de luvas de procedimento", "bem", "CX", 28, 0.2, 2_500),
    Item("Gêneros alimentícios", "Aquisição de arroz tipo 1 para a merenda escolar", "bem", "PCT",
         24, 0.12, 5_000),
    Item("Gêneros alimentícios", "Aquisição de feijão carioca para a merenda escolar", "bem", "KG",
         8, 0.15, 7_000),
    Item("Gêneros alimentícios", "Aquisição de carne bovina para a merenda escolar", "bem", "KG",
         34, 0.15, 5_000),
    Item("Material de expediente", "Aquisição de papel sulfite A4", "bem", "RESMA", 26, 0.12, 700,
         2.0),
    Item("Material de expediente", "Aquisição de toner para impressoras", "bem", "UN", 180, 0.4, 70,
         2.0),
    Item("Material de limpeza", "Aquisição de material de limpeza e higienização", "bem", "UN", 9,
         0.35, 2_500, 2.0),
    Item("Informática", "Aquisição de computadores de mesa", "bem", "UN", 4_200, 0.25, 30),
    Item("Informática", "Aquisição de notebooks", "bem", "UN", 5_200, 0.30, 18),
    Item("Pneus", "Aquisição de pneus para a frota", "bem", "UN", 900, 0.35, 90),
    Item("Combustíveis", "Fornecimento de gasolina comum para a frota", "bem", "LITRO", 5.9, 0.05,
         50_000),
    Item("Combustíveis", "Fornecimento de óleo diesel S10", "bem", "LITRO", 6.1, 0.05, 70_000),
    Item("Uniformes", "Aquisição de uniformes escolares", "bem", "UN", 48, 0.3, 2_500),
    Item("Mobiliário", "Aquisição de conjunto escolar carteira e cadeira", "bem", "UN", 420, 0.2,
         400),
    Item("Material de construção", "Aquisição de cimento CP II", "bem", "SC", 38, 0.1, 1_500, 1.5),
    Item("Material de construção", "Aquisição de tubos de concreto", "bem", "UN", 160, 0.3, 300),
    Item("Livros", "Aquisição de livros paradidáticos", "bem", "UN", 45, 0.3, 1_200),
    Item("Veículos", "Aquisição de veículo tipo ambulância", "bem", "UN", 310_000, 0.1, 2, 0.5),
    Item("Limpeza predial", "Serviços continuados de limpeza e conservação predial", "servico",
         "MÊS", 42_000, 0.6, 12, 1.5),
    Item("Vigilância", "Serviços continuados de vigilância armada", "servico", "MÊS", 70_000, 0.5,
         12),
    Item("Transporte escolar", "Serviço de transporte escolar rural", "servico", "MÊS", 38_000, 0.6,
         12),
    Item("Locação de veículos", "Locação de veículos sem motorista", "servico", "MÊS", 24_000, 0.6,
         12),
    Item("Resíduos sólidos", "Coleta e transporte de resíduos sólidos urbanos", "servico", "MÊS",
         210_000, 0.5, 12, 0.5),
    Item("Refrigeração", "Manutenção preventiva e corretiva de aparelhos de ar condicionado",
         "servico", "MÊS", 3_200, 0.6, 12, 1.5),
    Item("Elevadores", "Manutenção de elevadores", "servico", "MÊS", 2_400, 0.3, 12),
    Item("Internet", "Serviço de acesso à internet por fibra óptica", "servico", "MÊS", 4_500, 0.6,
         12, 1.5),
    Item("Sistemas", "Licença de uso de sistema de gestão pública", "servico", "MÊS", 12_000, 0.5,
         12),
    Item("Análises clínicas", "Realização de exames laboratoriais", "pontual", "EXAME", 11, 0.25,
         9_000),
    Item("Manutenção de frota", "Serviços de manutenção de veículos da frota", "veiculo", "SV",
         34_000, 0.8, 1, 1.5),
    Item("Controle de pragas", "Serviço de dedetização e desratização", "pontual", "SV", 5_200, 0.5,
         1, 2.0),
    Item("Gráfica", "Serviços de impressão de cartilhas", "pontual", "UN", 4, 0.5, 4_000, 2.0),
    Item("Eventos", "Locação de tendas e palco para eventos", "pontual", "DIÁRIA", 6_500, 0.5, 4,
         2.0),
    Item("Pavimentação", "Pavimentação asfáltica de vias urbanas", "obra", "M2", 118, 0.2, 18_000),
    Item("Construção civil", "Reforma de escola municipal", "obra", "OBRA", 620_000, 0.7, 1, 1.5),
    Item("Construção civil", "Construção de unidade básica de saúde", "obra", "OBRA", 2_100_000,
         0.4, 1, 0.7),
    Item("Construção civil", "Reparos no telhado de prédio público", "obra", "OBRA", 46_000, 0.7, 1,
         1.5),
    Item("Projetos", "Elaboração de projeto executivo de engenharia", "obra", "SV", 60_000, 0.7, 1),
    Item("Imóveis", "Locação de imóvel para o conselho tutelar", "imovel", "MÊS", 2_400, 0.4, 12),
    Item("Imóveis", "Locação de imóvel para posto de saúde", "imovel", "MÊS", 6_500, 0.4, 12),
    Item("Shows", "Apresentação artística no aniversário da cidade", "artista", "SHOW", 55_000, 0.8,
         1),
    Item("Banco de preços", "Assinatura de banco de preços públicos", "exclusivo", "ANO", 11_000,
         0.15, 1),
    Item("Capacitação", "Inscrição de servidores em curso de capacitação", "exclusivo", "UN", 2_400,
         0.35, 6),
    Item("Plantões médicos", "Credenciamento para plantões médicos de 12 horas", "credenciado",
         "PLANTÃO", 1_400, 0.0, 60, 1.5),
    Item("Energia", "Fornecimento de energia elétrica", "publico", "MÊS", 38_000, 0.7, 12),
    Item("Correios", "Serviços postais", "publico", "MÊS", 3_000, 0.6, 12, 0.7),
)  # fmt: skip

GENERAL_STORE = frozenset({
    "Material de expediente", "Material de limpeza", "Informática", "Gêneros alimentícios",
    "Material de construção", "Uniformes", "Mobiliário",
})  # fmt: skip
"""Lines that a general store sells together."""

SOLE = {"Energia": "Companhia Estadual de Energia S.A.", "Correios": "Empresa Postal Nacional"}
"""Lines of business with one supplier, state-owned."""

GENERIC = (
    "Aquisição de materiais diversos", "Prestação de serviços", "Despesa com material de consumo",
    "Contratação de empresa conforme edital",
)  # fmt: skip

PLACES = (
    "para a Secretaria de Saúde", "para a Secretaria de Educação", "da rede municipal de ensino",
    "do hospital regional", "do centro administrativo", "da zona rural", "para atender às unidades",
    "do distrito industrial", "conforme termo de referência", "para o exercício",
)  # fmt: skip

FIRST = (
    "Alvorada", "Aurora", "Bandeira", "Capital", "Central", "Cristal", "Delta", "Diamante",
    "Eldorado", "Estrela", "Fênix", "Forte", "Futura", "Gaivota", "Horizonte", "Ideal",
    "Imperial", "Integra", "Jacarandá", "Jatobá", "Liderança", "Litoral", "Maranata",
    "Modelo", "Nordeste", "Oliveira", "Ômega", "Palmeira", "Paraíso", "Pioneira", "Planalto",
    "Prado", "Primavera", "Progresso", "Real", "Ribeira", "Rocha", "Serrana", "Tropical",
    "União", "Vale", "Verde", "Vitória", "Zênite",
)  # fmt: skip
SECOND = (
    "Andrade", "Barros", "Castro", "Dias", "Esteves", "Farias", "Gomes", "Holanda", "Izidoro",
    "Justino", "Krug", "Lacerda", "Macedo", "Nunes", "Osório", "Peixoto", "Queiroz", "Rezende",
    "Siqueira", "Tavares", "Uchoa", "Valença", "Xavier", "Zanella",
)  # fmt: skip
SUFFIXES = ("Ltda", "LTDA - ME", "EIRELI", "S.A.", "Ltda. EPP")


@dataclass(frozen=True, slots=True)
class Companies:
    """Suppliers: names, CNPJs, those of a branch, and who is in each line, most used first."""

    names: np.ndarray
    documents: np.ndarray
    branches: np.ndarray
    of_line: dict[str, np.ndarray]
    young: np.ndarray


def check_digits(base: str) -> str:
    """The two check digits of the first 12 digits of a CNPJ."""
    digits = [int(d) for d in base]
    for weights in ((5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2), (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)):
        rest = sum(d * w for d, w in zip(digits, weights, strict=True)) % 11
        digits.append(0 if rest < 2 else 11 - rest)
    return f"{digits[12]}{digits[13]}"


def cnpj(root: int, branch: int = 1) -> str:
    """A formatted CNPJ with right check digits."""
    base = f"{root:08d}{branch:04d}"
    both = check_digits(base)
    return f"{base[:2]}.{base[2:5]}.{base[5:8]}/{base[8:12]}-{both}"


def companies(rng: np.random.Generator, wanted: int) -> Companies:
    """At least two suppliers for each line of business, one in twelve a general store."""
    lines = sorted({item.ramo for item in ITEMS} - set(SOLE))
    stores = sorted(GENERAL_STORE)
    per_line = max(2, wanted // len(lines))
    names, of_line = list(SOLE.values()), {ramo: [k] for k, ramo in enumerate(SOLE)}
    taken = set(names)
    for ramo in lines:
        for _ in range(int(per_line * rng.uniform(0.6, 1.4)) + 1):
            of_line.setdefault(ramo, []).append(len(names))
            names.append(_name(rng, ramo, taken))
    for _ in range(max(1, len(names) // 12)):
        for ramo in rng.choice(stores, int(rng.integers(3, len(stores))), replace=False):
            of_line[str(ramo)].insert(int(rng.integers(0, 3)), len(names))
        names.append(_name(rng, "Comércio Geral", taken))
    roots = rng.choice(89_000_000, len(names), replace=False) + 10_000_000
    return Companies(
        np.array(names, dtype=object),
        np.array([cnpj(int(root)) for root in roots], dtype=object),
        np.array([cnpj(int(root), 2) for root in roots], dtype=object),
        {ramo: np.array(members) for ramo, members in of_line.items()},
        rng.random(len(names)) < YOUNG_SHARE,
    )


YOUNG_SHARE = 0.015
"""Share of suppliers that were founded within a year before their first contract."""


def _name(rng: np.random.Generator, ramo: str, taken: set[str]) -> str:
    while True:
        name = f"{rng.choice(FIRST)} {rng.choice(SECOND)} {ramo}"
        if name not in taken:
            taken.add(name)
            return f"{name} {rng.choice(SUFFIXES)}"
        name = f"{rng.choice(FIRST)} {name}"
        if name not in taken:
            taken.add(name)
            return f"{name} {rng.choice(SUFFIXES)}"


SPELLINGS = (
    str.upper,
    lambda name: name.replace("Comércio", "Com."),
    lambda name: name.rsplit(" ", 1)[0] + " LIMITADA" if name.endswith("Ltda") else name.upper(),
    lambda name: name[:40].strip(),
    lambda name: name.replace("ç", "c").replace("ã", "a").replace("á", "a").replace("é", "e"),
    lambda name: f"{name} (MATRIZ)",
)
"""How one supplier's name is written differently by those who type it."""


# -- calendar ------------------------------------------------------------------------------------


def holidays(first: int, last: int) -> np.ndarray:
    """National holidays and carnival of the years, as days."""
    fixed = ("01-01", "04-21", "05-01", "09-07", "10-12", "11-02", "11-15", "11-20", "12-25")
    days = [np.datetime64(f"{year}-{day}") for year in range(first, last + 1) for day in fixed]
    for year in range(first, last + 1):
        easter = _easter(year)
        days += [easter + np.timedelta64(shift, "D") for shift in (-48, -47, -46, -2, 60)]
    return np.array(sorted(days), dtype="datetime64[D]")


def _easter(year: int) -> np.datetime64:
    """Easter Sunday (Meeus, Jones and Butcher)."""
    a, b, c = year % 19, year // 100, year % 100
    d = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    e = (32 + 2 * (b % 4) + 2 * (c // 4) - d - c % 4) % 7
    f = d + e - 7 * ((a + 11 * d + 22 * e) // 451) + 114
    return np.datetime64(f"{year}-{f // 31:02d}-{f % 31 + 1:02d}")


HOLIDAYS = holidays(2009, 2028)


def workday(days: np.ndarray, offset: np.ndarray | int = 0) -> np.ndarray:
    """The working day `offset` working days after each day (rolled forward first)."""
    return np.busday_offset(days, offset, roll="forward", holidays=HOLIDAYS)


def workday_before(days: np.ndarray, offset: np.ndarray | int) -> np.ndarray:
    """The working day `offset` working days before each day (rolled backward first)."""
    return np.busday_offset(days, -np.asarray(offset), roll="backward", holidays=HOLIDAYS)


# -- law -----------------------------------------------------------------------------------------

DIRECT_LIMITS: dict[int, tuple[float, float]] = {
    2021: (100_000.00, 50_000.00),
    2022: (108_040.82, 54_020.41),
    2023: (114_416.65, 57_208.33),
    2024: (119_812.02, 59_906.02),
    2025: (125_451.15, 62_725.59),
}
"""Lei 14.133/2021, art. 75, I and II, by year; written here again so that this examiner does not
lean on the table it examines."""

OLD_LIMITS = ((15_000.00, 8_000.00), (33_000.00, 17_600.00))
"""Lei 8.666/1993, art. 24, I and II, before and from 19 July 2018."""

MIN_WORKING_DAYS = {"bem": 8}
"""Lei 14.133/2021, art. 55: goods by price; all else common takes 10."""

OTHER_MIN_WORKING_DAYS = 10


def direct_limit(day: pd.Timestamp, new_law: bool, works: bool) -> float:
    """The limit (R$) that a direct award by value of that day must stay below."""
    if new_law:
        both = DIRECT_LIMITS[min(max(day.year, 2021), 2025)]
    else:
        both = OLD_LIMITS[int(day >= pd.Timestamp("2018-07-19"))]
    return both[0 if works else 1]


ARTICLES: dict[tuple[str, bool], str] = {
    ("pregao", False): "10.520/2002, art. 1º",
    ("pregao", True): "14.133/2021, art. 28, I",
    ("concorrencia", False): "8.666/1993, art. 22, I",
    ("concorrencia", True): "14.133/2021, art. 28, II",
    ("tomada", False): "8.666/1993, art. 22, II",
    ("convite", False): "8.666/1993, art. 22, III",
    ("dispensa_obra", False): "8.666/1993, art. 24, I",
    ("dispensa_obra", True): "14.133/2021, art. 75, I",
    ("dispensa", False): "8.666/1993, art. 24, II",
    ("dispensa", True): "14.133/2021, art. 75, II",
    ("emergencia", False): "8.666/1993, art. 24, IV",
    ("emergencia", True): "14.133/2021, art. 75, VIII",
    ("imovel", False): "8.666/1993, art. 24, X",
    ("imovel", True): "14.133/2021, art. 74, V",
    ("artista", False): "8.666/1993, art. 25, III",
    ("artista", True): "14.133/2021, art. 74, II",
    ("exclusivo", False): "8.666/1993, art. 25, I",
    ("exclusivo", True): "14.133/2021, art. 74, I",
    ("credenciado", False): "8.666/1993, art. 25, caput",
    ("credenciado", True): "14.133/2021, art. 74, IV",
    ("publico", False): "8.666/1993, art. 24, XXII",
    ("publico", True): "14.133/2021, art. 74, I",
}
"""Act and article of each kind of award, under the old law and the new."""

MODALITY = {
    "pregao": ("Pregão Eletrônico", "Pregão - Eletrônico", "PREGÃO ELETRÔNICO"),
    "concorrencia": ("Concorrência", "Concorrência - Eletrônica", "CONCORRÊNCIA"),
    "tomada": ("Tomada de Preços", "Tomada de Preços", "TOMADA DE PREÇOS"),
    "convite": ("Convite", "Convite", "CONVITE"),
    "dispensa": ("Dispensa de Licitação", "Dispensa", "DISPENSA"),
    "inexigibilidade": ("Inexigibilidade", "Inexigibilidade de Licitação", "INEXIGIBILIDADE"),
}
"""How three bodies write one modality."""


def basis(article: str, style: int) -> str:
    """An article as one of three kinds of bodies write it."""
    law, rest = article.split(", ", 1)
    if style == 0:
        return f"Lei {law}, {rest}"
    if style == 1:
        place, _, inciso = rest.partition(", ")
        told = f", inciso {inciso}" if inciso and inciso != "caput" else f", {inciso}".rstrip(", ")
        return f"{place.capitalize()}{told}, da Lei nº {law}"
    return f"LEI {law} - {rest.upper()}"
