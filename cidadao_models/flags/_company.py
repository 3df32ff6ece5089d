"""What a record tells of its company: branches, companies made to order, age when it contracts.

Reads the record alone; the company register it does not know.
"""

from __future__ import annotations

import re

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr

from cidadao_models.findings import words
from cidadao_models.flags import _dates, _limits, _strength
from cidadao_models.flags._peers import encode
from cidadao_models.records import as_text, classify_distinct

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.datetime64]
Bools = npt.NDArray[np.bool_]

HEAD_OFFICE = "0001"
"""Order number of a company's head office: the four characters after the root of the CNPJ."""

UNSIGNED = 0.5
"""Share of the evidence left where the day is not the signature's: it may be a payment's."""

BRANCH = 0.5
"""The same where the CNPJ is a branch's: opening and closing dates may be the branch's alone."""

AGE_SPAN = 3650.0
"""Days over which the ages of suppliers are taken to be spread evenly (ten years). An assumption,
not measured: real suppliers are older, so youth is rarer than said."""

ORDINARY_SPREAD = 1.0
"""Smallest spread of log amounts taken for honest purchases: amounts of one kind of object differ
by a factor of 2.7 either way."""

MONTH_DAYS = 30.0

YOUNG_SHARE = 0.2
"""Share of a file's suppliers as young as `max_days` from which youth is how this market is."""

MIN_SUPPLIERS = 10
"""Fewest suppliers with a known age for that share to be judged."""

_TO_ORDER = re.compile(
    r"(?i)\bcons[oó]rcio\b|\bSPE\b|prop[oó]sito espec[ií]fico|\bconcession[aá]ria\b"
)
"""Consortia and special-purpose companies, which the law has the winner open before signing
(Lei 14.133/2021, art. 15; Lei 8.987/1995, arts. 19 and 20)."""


def made_to_order(contracts: pd.DataFrame, rows: Ints) -> Bools:
    """Whether the supplier of each of these rows is a consortium or special-purpose company."""
    if "fornecedor" not in contracts:
        return np.zeros(len(rows), dtype=bool)
    names = encode(contracts["fornecedor"].iloc[rows], len(rows))
    found = np.array([*(_TO_ORDER.search(text) is not None for text in names.texts), False])
    return np.asarray(found[names.codes], dtype=bool)


def branches(contracts: pd.DataFrame, rows: Ints) -> Bools:
    """Whether the CNPJ of each of these rows is a branch's; False where there is none."""
    if "fornecedor_id" not in contracts:
        return np.zeros(len(rows), dtype=bool)
    encoded = as_text(contracts["fornecedor_id"].iloc[rows]).dictionary_encode()
    found = classify_distinct(encoded.dictionary)
    branch = [
        kind == "cnpj" and digits[8:12] != HEAD_OFFICE
        for kind, digits in zip(found.kind, found.digits, strict=True)
    ]
    codes = encoded.indices.fill_null(len(branch)).to_numpy(zero_copy_only=False)
    return np.asarray(np.array([*branch, False])[codes], dtype=bool)


def days_text(days: int) -> str:
    """`1 dia`, `1.234 dias`."""
    return "1 dia" if days == 1 else f"{words.number(days)} dias"


# -- age ---------------------------------------------------------------------------------------


def before(age: Ints, signed: Bools, branch: Bools) -> Floats:
    """Weight of a contract older than its company, by the days between them."""
    steps = np.log10(np.maximum(-age, 1)) * np.where(signed, 1.0, UNSIGNED)
    weights = _strength.strength(steps)
    return np.where(branch, np.minimum(weights, _strength.CONTEXT), weights)


def young(
    contracts: pd.DataFrame, age: Ints, rows: Ints, branch: Bools, limit: Floats, widest: int
) -> Floats:
    """Weight of youth and amount together: how rare both at once are among honest suppliers.

    For independent shares u (at most w) and v, u * v <= t has chance t * (1 + ln(w / t)). The
    amount is rare among its peers or for so young a company, whichever says more; `limit` (R$):
    that of a direct award on the day of each row.
    """
    rarity = (np.maximum(age[rows], 0) + 1) / AGE_SPAN
    multiple = contracts["_valor"].to_numpy()[rows] / (limit * months(age[rows]))
    above = np.minimum(_share_above(contracts, rows), _share_beyond(multiple))
    both, reach = rarity * above, (widest + 1) / AGE_SPAN
    weights = _strength.from_chance(both * (1 + np.log(np.maximum(reach / both, 1.0))))
    small = above >= 0.5
    held = branch | small | _is_usual(contracts, age, widest)
    return np.where(held, np.minimum(weights, _strength.CONTEXT), weights)


def months(age: Ints) -> Floats:
    """Months of a company's life, at least one."""
    return np.maximum(age / MONTH_DAYS, 1.0)


def limits(contracts: pd.DataFrame, day: Days, rows: Ints) -> Floats:
    """Limit of a direct award (R$) on the day of each of these rows; NaN on an unknown day."""
    works = contracts["_obra"].to_numpy()[rows]
    return _limits.dispensa_limits(day[rows], works, _dates.regimes(contracts, rows))


def _share_beyond(multiple: Floats) -> Floats:
    """Share of young companies' contracts beyond so many limits a month of life; 0.5 unknown.

    An assumption, not measured: half of them are below the limit under which no tender is held,
    with the spread of ordinary purchases. It asks what a company of days can deliver.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        share = ndtr(-np.log(multiple) / ORDINARY_SPREAD)
    return np.where(np.isfinite(share), share, 0.5)


def _share_above(contracts: pd.DataFrame, rows: Ints) -> Floats:
    """Share of the peers' amounts that exceed each row's, by a log-normal law; 0.5 if unknown."""
    ratio = contracts["_pares_razao"].to_numpy()[rows]
    z = contracts["_pares_z"].to_numpy()[rows]
    with np.errstate(invalid="ignore", divide="ignore"):
        spread = np.maximum(np.log(ratio) / z, ORDINARY_SPREAD)
        share = ndtr(-np.log(ratio) / np.where(np.isfinite(spread), spread, ORDINARY_SPREAD))
    return np.where(np.isfinite(share), share, 0.5)


def _is_usual(contracts: pd.DataFrame, age: Ints, widest: int) -> bool:
    """Whether a good part of the file's suppliers are as young when they contract."""
    codes = pd.factorize(contracts["_fornecedor"])[0]
    known = (codes >= 0) & (age < np.iinfo(np.int64).max)
    suppliers = len(np.unique(codes[known]))
    young = len(np.unique(codes[known & (age <= widest)]))
    return suppliers >= MIN_SUPPLIERS and young >= YOUNG_SHARE * suppliers
