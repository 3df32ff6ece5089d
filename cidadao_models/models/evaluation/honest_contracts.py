"""Honest files of contracts with every field filled, from a small city to a state.

Honest by construction: direct awards stay below their limit, alone and summed by unit, line of
business and year; bases fit modality, date and value; periods are at or above the legal minimum.
A strong finding on them is a false alarm. Nothing here looks at the detectors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from cidadao_models.models.evaluation import honest_catalogue as catalogue
from cidadao_models.models.evaluation.honest_catalogue import ITEMS, Companies

DAY = np.timedelta64(1, "D")
NEW_LAW_SHARE = {2021: 0.1, 2022: 0.3, 2023: 0.6}
"""Share of awards already under Lei 14.133/2021 while both laws held."""

FIRST_UNDER_NEW_LAW = pd.Timestamp("2021-07-01")
"""First signature of a purchase called under the law of 1 April 2021."""

LATE_OLD_LAW = 0.05
"""Share of tenders of the first half of 2024 still ruled by the law of their call (art. 191)."""

EMERGENCIES = 0.01
WEEKENDS = 0.015
GENERIC_TEXTS = 0.01
ROUND_VALUES = 0.10
ZEROS = 0.03
SINGLE_BIDS = 0.08
DECEMBER = 1.5
MISSPELT = 0.10
BRANCHES = 0.03
OLDEST = 60 * 365
"""Days; the register of companies has few older ones."""


@dataclass(frozen=True, slots=True)
class World:
    """A file to draw: its size, its bodies and units, its years, and how it buys.

    `direct` is the share of direct awards among those small enough, `scale` multiplies quantities,
    `tail` is the sd of log quantities, `equal` the share of estimates equal to the price.
    `layout`: call (dates of the call), extract (date of the contract's publication) or few (the
    commonest columns only).
    """

    name: str
    rows: int
    bodies: int
    units: int
    years: tuple[int, int]
    direct: float = 0.5
    scale: float = 1.0
    tail: float = 0.7
    equal: float = 0.15
    layout: str = "call"


def contracts(world: World, seed: int = 0) -> pd.DataFrame:
    """A file of honest contracts: canonical columns, one row each, in order of signature."""
    rng = np.random.default_rng(seed)
    draft = _drawn(world, rng)
    draft = _awarded(draft, world, rng)
    draft = _supplied(draft, world, rng)
    draft = _dated(draft, rng)
    draft = _amended(draft, world, rng)
    return _laid_out(draft, world, rng)


# -- what is bought ------------------------------------------------------------------------------


def _drawn(world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Item, unit of the body, day of signature, quantity and unit price."""
    n = world.rows
    weight = np.array([item.weight for item in ITEMS])
    kind = rng.choice(len(ITEMS), n, p=weight / weight.sum())
    popularity = 1 / np.arange(1, world.units + 1) ** 0.6
    unit = rng.choice(world.units, n, p=popularity / popularity.sum())
    draft = pd.DataFrame({"item": kind, "unit": unit, "signed": np.sort(_signatures(world, rng))})
    draft["kind"] = np.array([item.kind for item in ITEMS])[kind]
    draft["ramo"] = np.array([item.ramo for item in ITEMS], dtype=object)[kind]
    draft["body"] = unit % world.bodies
    return _priced(draft, world, rng)


def _signatures(world: World, rng: np.random.Generator) -> np.ndarray:
    """Days of signature: working days but for a few, December 1.5 times a usual month."""
    first = np.datetime64(f"{world.years[0]}-01-02")
    days = np.arange(first, np.datetime64(f"{world.years[1]}-12-24"))
    weight = np.where(pd.DatetimeIndex(days).month == 12, DECEMBER, 1.0)
    drawn = rng.choice(days, world.rows, p=weight / weight.sum())
    return np.where(rng.random(world.rows) < WEEKENDS, drawn, catalogue.workday(drawn))


def _priced(draft: pd.DataFrame, world: World, rng: np.random.Generator) -> pd.DataFrame:
    n, kind = len(draft), draft["item"].to_numpy()
    variant = rng.integers(0, 3, n)
    level = np.exp(np.random.default_rng(7).normal(0, 0.5, (len(ITEMS), 3)))
    uniform = (draft["kind"] == "credenciado").to_numpy()
    spread = np.array([item.spread for item in ITEMS])[kind]
    lump = np.isin(draft["kind"], ["servico", "obra", "veiculo", "imovel", "artista", "publico"])
    spread = np.where(lump, np.maximum(spread, world.tail - 0.3 * (world.tail < 1)), spread)
    price = np.array([item.price for item in ITEMS])[kind] * np.exp(rng.normal(0, spread))
    price = np.where(
        lump, price * world.scale**0.5, price * np.where(uniform, 1, level[kind, variant])
    )
    rounded = (rng.random(n) < ROUND_VALUES) & (price > 1_000)
    price = np.where(rounded, np.maximum(100, np.round(price, -2)), np.round(price, 2))
    quantity = np.array([item.quantity for item in ITEMS])[kind]
    many = (quantity > 12) | np.isin(draft["kind"], ["bem", "credenciado"])
    quantity = np.where(
        many, quantity * world.scale * np.exp(rng.normal(0, world.tail, n)), quantity
    )
    draft["quantity"] = np.maximum(1, np.round(quantity))
    draft["price"] = price
    draft["code"] = 100_000 + 10 * kind + np.where(lump | uniform, 0, variant)
    draft["value"] = np.round(draft["quantity"] * price, 2)
    return draft


# -- how it is awarded ---------------------------------------------------------------------------


def _awarded(draft: pd.DataFrame, world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Law and kind of award of each purchase; direct awards by value keep below their limit."""
    year = pd.DatetimeIndex(draft["signed"]).year.to_numpy()
    share = np.vectorize(lambda y: NEW_LAW_SHARE.get(y, float(y > 2023)))(year)
    begun = (draft["signed"] >= FIRST_UNDER_NEW_LAW).to_numpy()
    draft["new"] = begun & (rng.random(len(draft)) < share)
    draft["award"] = draft["kind"].to_numpy(object)
    tendered = np.isin(draft["kind"], ["bem", "servico", "pontual", "obra", "veiculo"])
    small = tendered & (rng.random(len(draft)) < world.direct)
    draft["works"] = np.isin(draft["kind"], ["obra", "veiculo"])
    _direct_awards(draft, small, by_body=world.layout == "few")
    _emergencies(draft, tendered, rng)
    open_call = np.isin(draft["award"], ["bem", "servico", "pontual", "obra", "veiculo"])
    late = open_call & (year == 2024) & (pd.DatetimeIndex(draft["signed"]).month < 6)
    draft.loc[late & (rng.random(len(draft)) < LATE_OLD_LAW), "new"] = False
    draft.loc[open_call, "award"] = _tender_kinds(draft[open_call])
    return draft


def _direct_awards(draft: pd.DataFrame, small: np.ndarray, *, by_body: bool) -> None:
    """Award directly what fits under the limit with all of its unit, line and year before it."""
    spent: dict[tuple[object, ...], float] = {}
    award = draft["award"].to_numpy(object)
    who = draft["body" if by_body else "unit"]
    rows = zip(
        np.flatnonzero(small), who[small], draft["ramo"][small], draft["signed"][small],
        draft["new"][small], draft["works"][small], draft["value"][small], strict=True,
    )  # fmt: skip
    for row, unit, ramo, day, new, works, value in rows:
        key = (unit, ramo, day.year)
        limit = catalogue.direct_limit(day - pd.Timedelta(days=60), new, works)
        if spent.get(key, 0.0) + value < limit:
            spent[key] = spent.get(key, 0.0) + value
            award[row] = "dispensa_obra" if works else "dispensa"
    draft["award"] = award


def _emergencies(draft: pd.DataFrame, tendered: np.ndarray, rng: np.random.Generator) -> None:
    """A few emergencies, never two of one unit for one line of business."""
    free = tendered & ~draft["award"].str.startswith("dispensa").to_numpy()
    rows = np.flatnonzero(free & (rng.random(len(draft)) < EMERGENCIES))
    first = draft.iloc[rows].drop_duplicates(["unit", "ramo"]).index
    draft.loc[first, "award"] = "emergencia"


def _tender_kinds(draft: pd.DataFrame) -> np.ndarray:
    works, value = (draft["kind"] == "obra").to_numpy(), draft["value"].to_numpy()
    old = ~draft["new"].to_numpy()
    raised = (draft["signed"] >= pd.Timestamp("2018-07-19")).to_numpy()
    invited = np.where(raised, 300_000, 140_000)
    priced = np.where(raised, 3_000_000, 1_400_000)
    kind = np.where(works, "concorrencia", "pregao").astype(object)
    kind[works & old & (value < priced)] = "tomada"
    kind[works & old & (value < invited)] = "convite"
    return kind


# -- from whom -----------------------------------------------------------------------------------


def _supplied(draft: pd.DataFrame, world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Suppliers: of each line, those of the region in Zipf's proportions."""
    firms = catalogue.companies(rng, max(30, world.rows // 7))
    supplier = np.zeros(len(draft), dtype=np.int64)
    region = draft["body"].to_numpy() % max(1, world.bodies // 3)
    for key, rows in draft.groupby(["ramo", region]).indices.items():
        ramo, place = key if isinstance(key, tuple) else (key, 0)
        near = np.roll(firms.of_line[str(ramo)], 3 * int(place))
        weight = 1 / np.arange(1, len(near) + 1) ** 1.1
        supplier[rows] = rng.choice(near, len(rows), p=weight / weight.sum())
    draft["supplier"] = supplier
    draft["supplier_name"] = _spelt(firms.names[supplier], rng)
    branch = rng.random(len(draft)) < BRANCHES
    draft["supplier_id"] = np.where(branch, firms.branches[supplier], firms.documents[supplier])
    return _registered(draft, firms, rng)


def _spelt(names: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    spelt = names.copy()
    for row in np.flatnonzero(rng.random(len(names)) < MISSPELT):
        spelt[row] = catalogue.SPELLINGS[int(rng.integers(len(catalogue.SPELLINGS)))](spelt[row])
    return spelt


def _registered(draft: pd.DataFrame, firms: Companies, rng: np.random.Generator) -> pd.DataFrame:
    """Founding and registration of each company; who closed did so after the last contract."""
    n = len(firms.names)
    begun = draft.groupby("supplier")["signed"].agg(["min", "max"]).reindex(range(n))
    most = draft.groupby("supplier")["value"].max().reindex(range(n)).to_numpy()
    age = np.clip(365 * 10 * np.exp(rng.normal(0, 0.7, n)), 400, OLDEST)
    young = firms.young & (most < 50_000)
    age = np.where(young, rng.integers(70, 330, n), age).astype("m8[D]")
    founded = begun["min"].to_numpy().astype("M8[D]") - age
    closed = rng.random(n) < 0.01
    ended = begun["max"].to_numpy().astype("M8[D]") + rng.integers(60, 700, n) * DAY
    since = np.where(closed, ended, np.maximum(founded, np.datetime64("2005-11-03")))
    at = draft["supplier"].to_numpy()
    draft["founded"] = founded[at]
    draft["status"] = np.where(closed, "BAIXADA", "ATIVA")[at]
    draft["status_since"] = since[at]
    return draft


# -- when ----------------------------------------------------------------------------------------


def _dated(draft: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Call, end of proposals and award before the signature; start and term after it."""
    n = len(draft)
    signed = draft["signed"].to_numpy().astype("M8[D]")
    open_call = np.isin(draft["award"], ["pregao", "concorrencia", "tomada", "convite"])
    awarded = catalogue.workday_before(signed, rng.integers(1, 15, n))
    draft["awarded"] = np.where(open_call, awarded, signed)
    closed = catalogue.workday_before(draft["awarded"].to_numpy().astype("M8[D]"),
                                      rng.integers(2, 25, n))  # fmt: skip
    period = _least_days(draft) + np.where(rng.random(n) < 0.15, 0, rng.integers(1, 16, n))
    asked = np.isin(draft["award"], ["dispensa", "dispensa_obra"]) & draft["new"].to_numpy()
    none = ~(open_call | asked)
    published = catalogue.workday_before(closed, period)
    draft["closed"] = np.where(none, np.datetime64("NaT"), closed)
    draft["called"] = np.where(none, np.datetime64("NaT"), published)
    draft["start"] = signed + rng.integers(0, 15, n) * DAY
    within = np.where(open_call, 18, 9)
    extract = catalogue.workday(signed, np.minimum(rng.integers(0, 12, n), within))
    draft["extract"] = extract
    late = rng.random(n) < 0.8
    draft["extract_start"] = np.where(late, np.maximum(extract, draft["start"]), draft["start"])
    draft["term"] = _terms(draft, rng)
    return draft


def _least_days(draft: pd.DataFrame) -> np.ndarray:
    """Fewest working days from the call to the end of proposals."""
    award, new = draft["award"].to_numpy(), draft["new"].to_numpy()
    goods = (draft["kind"] == "bem").to_numpy()
    days = np.where(goods, 8, catalogue.OTHER_MIN_WORKING_DAYS)
    days = np.where(~new & (award == "pregao"), 8, days)
    days = np.where(~new & (award == "concorrencia"), 23, days)
    days = np.where(award == "tomada", 12, days)
    days = np.where(award == "convite", 5, days)
    return np.where(np.isin(award, ["dispensa", "dispensa_obra"]), 3, days)


def _terms(draft: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Days that each contract runs."""
    n, kind = len(draft), draft["kind"].to_numpy()
    days = np.where(np.isin(kind, ["servico", "publico", "exclusivo", "credenciado"]), 365, 180)
    days = np.where(kind == "bem", rng.choice([90, 180, 365], n), days)
    days = np.where(kind == "obra", rng.choice([180, 270, 365, 540], n), days)
    days = np.where(kind == "imovel", rng.choice([365, 730, 1_095], n), days)
    days = np.where(kind == "artista", 60, days)
    return np.where(draft["award"] == "emergencia", rng.choice([60, 90, 150, 180], n), days)


# -- what changed --------------------------------------------------------------------------------


def _amended(draft: pd.DataFrame, world: World, rng: np.random.Generator) -> pd.DataFrame:
    """Additions of at most 25 % some months in, and yearly extensions of continuous services."""
    n = len(draft)
    open_call = np.isin(draft["award"], ["pregao", "concorrencia", "tomada"])
    added = open_call & (draft["term"] >= 180).to_numpy() & (rng.random(n) < 0.18)
    growth = np.where(added, rng.uniform(0.02, 0.245, n), 0.0)
    left = (pd.Timestamp(f"{world.years[1]}-12-31") - draft["start"]).dt.days.to_numpy()
    room = np.clip(left // 365, 0, 4)
    lasting = open_call & (draft["kind"] == "servico").to_numpy() & (rng.random(n) < 0.6)
    years = np.where(lasting, (rng.random(n) * (room + 1)).astype(np.int64), 0)
    draft["years"], draft["amendments"] = years, years + added
    more = rng.random(n) < 0.04
    draft["amendments"] += np.where(open_call & (draft["term"] >= 270) & more, 1, 0)
    when = np.where(years > 0, 350, draft["term"] * rng.uniform(0.5, 0.95, n))
    first = catalogue.workday(draft["start"].to_numpy().astype("M8[D]") + when.astype("m8[D]"))
    draft["amended"] = np.where(draft["amendments"] > 0, first, np.datetime64("NaT"))
    draft["final"] = np.round(draft["value"] * (1 + growth) * (1 + years), 2)
    draft["quantity"] = np.round(draft["quantity"] * (1 + growth) * (1 + years), 2)
    draft["end"] = draft["start"].to_numpy().astype("M8[D]") + (
        (draft["term"] + 365 * years).to_numpy().astype("m8[D]")
    )
    return draft


# -- as a file -----------------------------------------------------------------------------------


def _laid_out(draft: pd.DataFrame, world: World, rng: np.random.Generator) -> pd.DataFrame:
    """The draft under canonical names, in the world's layout, with cells missing here and there."""
    start = "extract_start" if world.layout == "extract" else "start"
    table = _who(draft, world) | _what(draft, rng) | _how_much(draft, world, rng) | {
        "data": draft["awarded"],
        "data_publicacao": draft["called"],
        "data_abertura": draft["called"],
        "data_encerramento": draft["closed"],
        "data_assinatura": draft["signed"],
        "vigencia_inicio": draft[start],
        "vigencia_fim": draft["end"].to_numpy() + (draft[start] - draft["start"]).to_numpy(),
        "n_aditivos": draft["amendments"].astype(float),
        "data_aditivo": draft["amended"],
        "fornecedor_abertura": draft["founded"],
        "fornecedor_situacao": draft["status"],
        "fornecedor_situacao_data": draft["status_since"],
    }  # fmt: skip
    made = pd.DataFrame(table)
    if world.layout == "extract":
        made = made.drop(columns=list(OF_CALL))
        made["data_publicacao"] = draft["extract"]
    for name in [name for name in made if str(name).startswith(("data", "vigencia"))]:
        made[name] = pd.to_datetime(made[name]).astype("datetime64[us]")
    return made[list(FEW)] if world.layout == "few" else made


OF_CALL = ("data_abertura", "data_encerramento", "valor_estimado", "n_propostas")
"""What a file of contracts' extracts does not hold."""

FEW = (
    "numero", "orgao", "fornecedor_id", "fornecedor", "objeto", "modalidade", "valor", "data",
    "vigencia_fim",
)  # fmt: skip
"""Columns of a file that publishes little."""


def _who(draft: pd.DataFrame, world: World) -> dict[str, object]:
    body, unit = draft["body"], draft["unit"]
    town = body if world.bodies > 3 else body * 0
    order = draft.groupby("body").cumcount() + 1
    year = draft["signed"].dt.year.astype(str)
    return {
        "id": [f"C{seq:07d}" for seq in range(len(draft))],
        "numero": order.astype(str).str.zfill(4) + "/" + year,
        "orgao_id": (26_000 + body).astype(str),
        "orgao": "Prefeitura Municipal de Vila " + (town + 1).astype(str)
        + (" - Fundo " + body.astype(str) if world.bodies <= 3 else ""),
        "unidade_gestora_id": (153_000 + unit).astype(str),
        "unidade_gestora": "Secretaria " + (unit + 1).astype(str),
        "uf": np.array(["PB", "MG", "PR"], dtype=object)[town % 3],
        "municipio": "Vila " + (town + 1).astype(str),
        "fornecedor_id": draft["supplier_id"],
        "fornecedor": draft["supplier_name"],
        "licitacao_id": (order * 3 + 11).astype(str) + "-" + body.astype(str) + "/" + year,
    }  # fmt: skip


def _what(draft: pd.DataFrame, rng: np.random.Generator) -> dict[str, object]:
    n = len(draft)
    texts = np.array([item.text for item in ITEMS], dtype=object)[draft["item"]]
    place = np.array(catalogue.PLACES, dtype=object)[rng.integers(0, len(catalogue.PLACES), n)]
    text = texts + " " + place
    numbered = rng.random(n) < 0.4
    text[numbered] += np.array([f", processo {k}" for k in rng.integers(1, 9_999, n)])[numbered]
    vague = rng.random(n) < GENERIC_TEXTS
    text[vague] = rng.choice(np.array(catalogue.GENERIC, dtype=object), int(vague.sum()))
    style = (draft["body"] % 3).to_numpy()
    articles = [
        catalogue.ARTICLES[(award, bool(new))]
        for award, new in zip(draft["award"], draft["new"], strict=True)
    ]
    return {
        "objeto": text,
        "categoria": draft["ramo"],
        "modalidade": [
            catalogue.MODALITY[modality_of(award, article)][s]
            for award, article, s in zip(draft["award"], articles, style, strict=True)
        ],
        "fundamento_legal": [
            catalogue.basis(article, s) for article, s in zip(articles, style, strict=True)
        ],
        "situacao": np.where(rng.random(n) < 0.7, "Publicado", "Concluído"),
        "item_codigo": draft["code"].astype(str),
        "unidade": np.array([item.unit for item in ITEMS], dtype=object)[draft["item"]],
        "n_propostas": _bidders(draft, rng),
    }


def modality_of(award: str, article: str) -> str:
    """The modality of an award: articles 24 and 75 are dispensas, 25 and 74 inexigibilidades."""
    if "art. 24" in article or "art. 75" in article:
        return "dispensa"
    return "inexigibilidade" if "art. 25" in article or "art. 74" in article else award


def _bidders(draft: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    n, award = len(draft), draft["award"].to_numpy()
    many = 2 + rng.binomial(10, 0.35, n)
    many = np.where(rng.random(n) < SINGLE_BIDS, 1, many)
    many = np.where(award == "convite", rng.integers(3, 6, n), many)
    direct = np.isin(award, ["dispensa", "dispensa_obra", "emergencia"])
    many = np.where(direct, rng.integers(1, 4, n), many)
    alone = np.isin(award, ["imovel", "artista", "exclusivo", "publico", "credenciado"])
    return np.where(alone, 1.0, many)


def _how_much(draft: pd.DataFrame, world: World, rng: np.random.Generator) -> dict[str, object]:
    n, value = len(draft), draft["value"].to_numpy()
    open_call = np.isin(draft["award"], ["pregao", "concorrencia", "tomada", "convite"])
    discount = 0.4 * rng.beta(1.3, 2.5, n)
    estimate = np.where(open_call, value / (1 - discount), value * (1 + rng.exponential(0.05, n)))
    estimate = np.where(rng.random(n) < world.equal, value, estimate)
    estimate[rng.random(n) < 0.05] = 0.0
    known = np.where(rng.random(n) < ZEROS, 0.0, 1.0)
    final = draft["final"].to_numpy()
    return {
        "valor": np.round(final * known, 2),
        "valor_estimado": np.round(estimate, 2),
        "valor_inicial": value * known,
        "valor_final": np.round(final * known, 2),
        "valor_pago": np.round(final * known * rng.beta(4, 1.5, n), 2),
        "quantidade": draft["quantity"],
        "valor_unitario": draft["price"] * known,
        "valor_aditivos": np.round((final - value) * known, 2),
    }
