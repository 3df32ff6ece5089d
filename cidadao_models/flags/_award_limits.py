"""Which limit held for a direct award by value, and which amount is measured against it.

Takes the reading kindest to the buyer where records leave room; decides nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import _direct, _limits, _strength
from cidadao_models.flags._peers import BUYERS, encode

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]

EARLIER, LATER = 90, 45
"""Days around a record's date whose limits also count: the date may be that of the signature or
of the publication, and the award fell under the limit of its own day."""

LONG_TERM_DAYS = 400
"""A longer term is a contract of several years, measured by the year (art. 75, § 1º, I: what is
spent in the financial year)."""

_DOUBLED = re.compile(r"(?i)cons[oó]rcio|ag[eê]ncia executiva|inmetro")
"""Buyers whose limits are doubled (Lei 14.133/2021, art. 75, § 2º; not verified)."""

_COMPANY = re.compile(
    r"(?i)\bs[./]?\s?a\b\.?$|\bs[./]\s?a\b|companhia|^cia\b|\bempresa\b|economia mista|petrobras"
    r"|eletrobras|\bbanco\b|\bcorreios\b|servi[cç]o social|\bsesc\b|\bsenai\b|\bsesi\b|\bsenac\b"
    r"|\bsebrae\b|\bsest\b"
)
"""State companies and social services: their own rules may set other limits (Lei 13.303/2016,
art. 29, § 3º)."""

ENGINEERING = (
    r"(?i)\bobras?\b|engenharia|reforma|constru|paviment|manuten[cç]|repar[oa]|pintura|instala"
    r"|projeto|topogr|sondagem|drenage|aterro|terrapl|edifica|el[eé]tric|hidr[aá]ulic|telha|muro"
    r"|asf[aá]lt|perfura|demoli|cal[cç]amento|ilumina|ve[ií]cul|automot|oficina|mec[aâ]nic|frota"
)
"""Words of what may fall under item I: works, engineering services and vehicle upkeep."""

OTHER_GROUNDS = (
    _direct.NOT_BY_VALUE
    + r"|desert[ao]|fracassad|remanescent|\bpnae\b|energia el[eé]trica|[aá]gua e esgoto|saneamento"
    r"|correios|imprensa oficial|di[aá]rio oficial|publica[cç][oõ]es legais|funda[cç][aã]o"
    r"|associa[cç]|cooperativa|universidade|conv[eê]nio|contrato de programa|rateio|cess[aã]o"
    r"|permuta|doa[cç][aã]o|leil[aã]o|concess[aã]o|recicl[aá]ve|catador|liminar|mandado"
    r"|hortifruti|g[eê]neros perec[ií]veis|sem fins lucrativos|obra de arte|alug(?:uel|ar)"
)
"""Words that point to a direct award for another reason than its value."""


@dataclass(frozen=True, slots=True)
class Bars:
    """Limits (R$) of the rows asked for: of purchases and of works, and whether they are firm.

    `firm` is False where the buyer's own rules may set another limit.
    """

    other: Floats
    works: Floats
    firm: Bools


def bars(contracts: pd.DataFrame, rows: Ints, regime: Ints) -> Bars:
    """The highest limits that may have held for each row; NaN without a date."""
    if not len(rows):
        return Bars(np.zeros(0), np.zeros(0), np.zeros(0, dtype=bool))
    day = contracts["data"].to_numpy()[rows].astype("datetime64[D]")
    doubled, company = _buyer_kinds(contracts, rows)
    old = np.where(regime >= 0, regime == 1, day < np.datetime64(_limits.START_OF_14133))
    factor = np.where(doubled | (company & old), 2.0, 1.0)
    state = _limits.REGIMES.index("13.303")
    firm = ~company & (regime != state)
    both = [_highest(day, np.full(len(rows), works), regime) * factor for works in (False, True)]
    return Bars(both[0], both[1], firm)


def _highest(day: Days, works: Bools, regime: Ints) -> Floats:
    shifts = (0, -EARLIER, LATER)
    held = [_limits.dispensa_limits(day + shift, works, regime) for shift in shifts]
    return np.asarray(np.maximum.reduce(held))


def _buyer_kinds(contracts: pd.DataFrame, rows: Ints) -> tuple[Bools, Bools]:
    doubled = np.zeros(len(rows), dtype=bool)
    company = np.zeros(len(rows), dtype=bool)
    for name in BUYERS:
        if name in contracts and not name.endswith("_id"):
            names = encode(contracts[name].iloc[rows], len(rows))
            doubled |= _direct.per_text(names, lambda t: bool(_DOUBLED.search(t)), 0) == 1
            company |= _direct.per_text(names, lambda t: bool(_COMPANY.search(t)), 0) == 1
    return doubled, company


def act_of(contracts: pd.DataFrame, row: int, limit: float, regime: int) -> str:
    """The act that set `limit` for the record at position `row`."""
    day = contracts["data"].iloc[row].date()
    law = _limits.REGIMES[regime] if regime >= 0 else None
    for shift in (0, -EARLIER, LATER):
        moved = day + pd.Timedelta(days=shift).to_pytimedelta()
        for works in (False, True):
            held = _limits.dispensa_limit(moved, works=works, legal_basis=law)
            if limit in (held.value, held.ceiling):
                return f"{held.act}; {held.note}" if limit == held.ceiling else held.act
            if limit == 2 * held.value:
                return f"{held.act}, em dobro"
    return "limite de dispensa por valor"


def awarded(contracts: pd.DataFrame) -> Floats:
    """Amount (R$) of the award itself: before additions, NaN where only a total is known."""
    value = contracts["_valor"].to_numpy()
    first = _number(contracts, "valor_inicial")
    added = np.nan_to_num(_number(contracts, "valor_aditivos"))
    with np.errstate(invalid="ignore"):
        bare = np.where((added > 0) & (added < value), value - added, value)
        bare = np.where((_number(contracts, "n_aditivos") > 0) & ~(added > 0), np.nan, bare)
        return np.asarray(np.where(first > 0, first, bare))


def _number(contracts: pd.DataFrame, name: str) -> Floats:
    if name not in contracts:
        return np.full(len(contracts), np.nan)
    return contracts[name].to_numpy(dtype=np.float64, na_value=np.nan)


def years(contracts: pd.DataFrame, rows: Ints) -> Floats:
    """Years of each row's term where it is longer than one, else 1."""
    answer = np.ones(len(rows))
    if "vigencia_inicio" in contracts and "vigencia_fim" in contracts:
        ends = [contracts[name].to_numpy()[rows] for name in ("vigencia_inicio", "vigencia_fim")]
        days = (ends[1] - ends[0]) / np.timedelta64(1, "D")
        with np.errstate(invalid="ignore"):
            long = days > LONG_TERM_DAYS
        answer[long] = days[long] / _limits.DAYS_PER_YEAR
    return answer


# -- awards above their limit ------------------------------------------------------------------

ROUNDING = 1.001
"""Times the limit; less beyond it may be rounding of the limit or of the amount."""

MIN_UNSTATED = 100
"""Fewest awards without a stated ground from which a file shows that they keep to the limit."""

MAX_UNSTATED_SHARE = 0.01
"""Share of such awards above the limit up to which one is an exception; where more are above,
"dispensa" stands for other grounds as well."""

UNSTATED_CEILING = 0.75
"""Highest weight where the ground is only told by the other awards of the file."""


@dataclass(frozen=True, slots=True)
class Above:
    """Awards above their limit: positions, amounts and limits (R$), highest weight each."""

    rows: Ints
    value: Floats
    limit: Floats
    regime: Ints
    ceiling: Floats
    unstated: Bools


def above(contracts: pd.DataFrame, told: _direct.Grounds) -> Above:
    """Direct awards whose amount passes their limit, those of unstated ground included."""
    rows, value = _over_the_plain_limit(contracts, told)
    ground, regime = told.ground[rows], told.regime[rows]
    held = bars(contracts, rows, regime)
    engineering = contracts["_obra"].to_numpy()[rows] | _unclear(contracts, rows)
    item_one = (ground == _direct.VALUE_WORKS) | ((ground != _direct.VALUE_OTHER) & engineering)
    limit = np.where(item_one, held.works, held.other)
    keep = value >= ROUNDING * limit
    rows, value, limit = rows[keep], value[keep], limit[keep]
    unstated = ground[keep] == _direct.UNSTATED
    doubtful = (
        ~held.firm[keep]
        | (value / years(contracts, rows) <= limit)
        | (engineering[keep] & (value <= held.works[keep]))
        | _direct.mentions(contracts, rows, OTHER_GROUNDS)
    )
    ceiling = np.where(unstated, UNSTATED_CEILING, 1.0)
    ceiling[doubtful] = _strength.CONTEXT
    return Above(rows, value, limit, regime[keep], ceiling, unstated)


def _over_the_plain_limit(contracts: pd.DataFrame, told: _direct.Grounds) -> tuple[Ints, Floats]:
    """Direct awards above the limit of their day, whatever else could raise it, and amounts."""
    value = awarded(contracts)
    ground = told.ground
    rows = np.flatnonzero((ground >= _direct.UNSTATED) & (ground < _direct.OTHER) & (value > 0))
    works = (ground[rows] != _direct.VALUE_OTHER) & contracts["_obra"].to_numpy()[rows]
    works |= ground[rows] == _direct.VALUE_WORKS
    day = contracts["data"].to_numpy()[rows].astype("datetime64[D]")
    limit = _limits.dispensa_limits(day, works, told.regime[rows])
    with np.errstate(invalid="ignore"):
        rows = rows[value[rows] > limit]
    return rows, value[rows]


def _unclear(contracts: pd.DataFrame, rows: Ints) -> Bools:
    """Rows that may fall under item I, or that do not say what was bought."""
    if not len(rows) or "objeto" not in contracts:
        return np.ones(len(rows), dtype=bool)
    blank = contracts["objeto"].isna().to_numpy()[rows]
    return np.asarray(blank | _direct.mentions(contracts, rows, ENGINEERING))


def keep_to_limit(n: int, over: int) -> bool:
    """Whether `n` awards without a stated ground show that theirs is the value, `over` aside."""
    return n >= MIN_UNSTATED and over <= MAX_UNSTATED_SHARE * n
