"""Digits against Benford's law: exact digits, null rates, refusals, an oracle."""

from __future__ import annotations

import logging

import numpy as np
import pandas as pd
import pytest
from benfordslaw import benfordslaw

from cidadao_models.models.pattern_analysis.benford import (
    benford,
    benford_shares,
    first_digits,
    leading,
    p_value,
)


def wide(n: int, seed: int, sigma: float = 2.0) -> np.ndarray:
    return np.exp(np.random.default_rng(seed).normal(9, sigma, n))


@pytest.mark.parametrize(
    ("value", "first", "two"),
    [
        (0.3, 3, 30), (0.6, 6, 60), (0.07, 7, 70), (1.0, 1, 10), (9.99, 9, 99), (10.0, 1, 10),
        (0.1 + 0.2, 3, 30), (999_999.99, 9, 99), (1e15, 1, 10), (2.5e20, 2, 25), (1.15, 1, 11),
    ],
)  # fmt: skip
def test_digits_are_exact(value: float, first: int, two: int) -> None:
    amounts = np.array([value])
    assert leading(amounts, 1)[0] == first
    assert leading(amounts, 12)[0] == two
    assert leading(amounts, 2)[0] == two % 10


def test_digits_equal_those_of_the_written_centavos() -> None:
    cents = np.random.default_rng(0).integers(1, 10**9, 5_000)
    assert [str(c)[0] for c in cents] == [str(d) for d in leading(cents / 100, 1)]
    assert [f"{c}0"[:2] for c in cents] == [str(d) for d in leading(cents / 100, 12)]


def naive(values: np.ndarray) -> tuple[float, float]:
    """(chi2, MAD) by hand, digit by digit."""
    counts = [sum(str(round(v * 100))[0] == str(d) for v in values) for d in range(1, 10)]
    law = [np.log10(1 + 1 / d) for d in range(1, 10)]
    n = len(values)
    chi2 = sum((c - n * p) ** 2 / (n * p) for c, p in zip(counts, law, strict=True))
    return chi2, sum(abs(c / n - p) for c, p in zip(counts, law, strict=True)) / 9


@pytest.mark.parametrize("seed", range(3))
def test_equals_the_naive_twin(seed: int) -> None:
    values = np.round(wide(700, seed), 2)
    result = benford(values)
    assert (result.chi2, result.mad) == pytest.approx(naive(values), abs=1e-9)
    assert result.excess_mad == pytest.approx(result.mad - result.expected_mad)


@pytest.mark.parametrize("n", [300, 2_000, 50_000])
def test_agrees_with_benfordslaw(n: int) -> None:
    values = np.round(wide(n, 5), 2)
    logging.disable(logging.CRITICAL)
    try:
        theirs = benfordslaw(pos=1, method="chi2").fit(values)
    finally:
        logging.disable(logging.NOTSET)
    ours = benford(values)
    assert ours.chi2 == pytest.approx(theirs["t"], abs=1e-9)
    assert ours.mad == pytest.approx(theirs["mad"], abs=1e-9)


@pytest.mark.parametrize(("n", "runs"), [(300, 600), (1_000, 600), (10_000, 300), (100_000, 60)])
def test_null_rejection(n: int, runs: int) -> None:
    results = [benford(wide(n, 10_000 + seed)) for seed in range(runs)]
    assert np.mean([r.applicable for r in results]) > 0.98
    rate = np.mean([r.p_value <= 0.05 for r in results if r.p_value is not None])
    # 5 % and the spread of so few runs
    assert abs(rate - 0.05) <= 2.5 * np.sqrt(0.05 * 0.95 / runs)


@pytest.mark.parametrize("n", [300, 1_000, 10_000, 100_000])
def test_p_value_of_true_benford_counts(n: int) -> None:
    law = benford_shares()
    counts = np.random.default_rng(7).multinomial(n, law, 20_000)
    mads = np.abs(counts / n - law).mean(axis=1)
    assert 0.04 <= np.mean([p_value(mad, n, 1, 0) <= 0.05 for mad in mads]) <= 0.06


def test_powers_of_two_and_whole_decades_conform() -> None:
    powers = benford([2.0**k for k in range(400)])
    assert powers.applicable and powers.p_value is not None and powers.p_value > 0.5
    decades = benford(10 ** np.random.default_rng(1).uniform(1, 6, 5_000))
    assert decades.applicable and decades.p_value is not None and decades.p_value > 0.01


def test_invented_digits_are_found() -> None:
    rng = np.random.default_rng(2)
    values = np.where(rng.random(5_000) < 0.3, rng.integers(7, 9, 5_000) * 1_000.0, 0)
    values = np.where(values > 0, values + rng.uniform(0, 999, 5_000).round(2), wide(5_000, 3))
    result = benford(values)
    assert result.applicable and result.p_value is not None and result.p_value < 0.001


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (wide(299, 0), "são precisos pelo menos 300"),
        (wide(5_000, 0, 0.8), "menos de duas ordens de grandeza"),
        (np.minimum(wide(5_000, 0), 62_725.59), "valores"),
        (wide(20_000, 0)[wide(20_000, 0) < 62_725.59], "62.7"),
        (np.random.default_rng(0).choice(wide(100, 0).round(2), 2_000), "se repetem"),
        (np.full(1_000, 100.0), "ordens de grandeza"),
        ([], "há 0 valores"),
        ([None, "x", float("nan"), float("inf"), -5, 0], "há 0 valores"),
    ],
)
def test_refuses_and_says_why(values: object, told: str) -> None:
    result = benford(values)  # type: ignore[arg-type]
    assert not result.applicable and result.p_value is None
    assert told in result.reason


def test_one_supplier_or_item_is_refused() -> None:
    values = wide(1_000, 0)
    assert "fornecedor" in benford(values, suppliers=["A"] * 1_000).reason
    assert "item" in benford(values, items=["x"] * 990 + ["y"] * 10).reason
    assert benford(values, suppliers=[f"S{i % 50}" for i in range(1_000)]).applicable


def test_shares_add_up_and_bad_digits_are_refused() -> None:
    for digits in (1, 2, 12):
        assert benford_shares(digits).sum() == pytest.approx(1.0)
    with pytest.raises(ValueError, match="digits"):
        benford([1.0], digits=3)  # type: ignore[arg-type]


def test_pattern_of_a_file() -> None:
    odd = wide(3_000, 4)
    some = (leading(odd) == 1) & (np.random.default_rng(4).random(3_000) < 0.6)
    odd = np.where(some, odd * 7, odd)
    found, notes = first_digits(pd.DataFrame({"_valor": odd.round(2)}))
    assert not notes and found[0]["type"] == "benford" and found[0]["rows"] == []
    assert found[0]["facts"]["digit"] == 1
    assert found[0]["severity"] in {"low", "medium"}
    assert first_digits(pd.DataFrame({"_valor": wide(3_000, 4)})) == ([], [])
    assert "falta valor" in first_digits(pd.DataFrame())[1][0].reason
