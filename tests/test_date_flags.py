"""What the flags on dates, terms and amendments share: twins, planted records, odd tables."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cidadao_models import flags
from cidadao_models.flags import _counts, _emergency, _notice
from tests import honest

RARE = {one.id: one for one in flags.all_flags()}


def strong(table: pd.DataFrame, flag_id: str) -> set[int]:
    hits = RARE[flag_id].hits(flags.prepare(table))
    return {int(row) for hit in hits if hit.weight >= 0.7 for row in hit.rows}


def test_counts_agree_with_the_law_they_name() -> None:
    for mean, variance in ((1.0, 2.0), (3.0, 9.0), (0.5, 0.9)):
        size = mean**2 / (variance - mean)
        count = np.arange(1, 40)
        expected = stats.nbinom.sf(count - 1, size, size / (size + mean))
        got = _counts._at_least(count, mean, variance)
        assert got == pytest.approx(expected, rel=1e-6)
        assert np.all(np.diff(got) < 0)


def test_counts_are_rare_only_beyond_a_gap() -> None:
    peers = np.array([0, 1, 2, 3, 4] * 20 + [18])
    assert _counts.chances(np.array([18]), peers)[0] < 1e-4
    assert _counts.chances(np.array([4]), peers)[0] == 1.0
    assert np.all(_counts.chances(peers[:-1], peers[:-1]) == 1.0)


@pytest.mark.parametrize("kind", ["poisson", "geometric", "binomial"])
def test_amendments_of_honest_files_are_silent(kind: str) -> None:
    rng = np.random.default_rng(3)
    draw = {
        "poisson": lambda n: rng.poisson(2, n),
        "geometric": lambda n: rng.geometric(0.4, n) - 1,
        "binomial": lambda n: rng.negative_binomial(0.5, 0.2, n),
    }[kind]
    found = n = 0
    for seed in range(6):
        table = honest.contracts(300, seed).assign(n_aditivos=draw(300).astype(float))
        found, n = found + len(strong(table, "muitos_aditivos")), n + 300
    assert found <= 0.0005 * n


def test_days_covered_equal_a_set_of_days() -> None:
    rng = np.random.default_rng(1)
    for _ in range(50):
        start = np.sort(rng.integers(0, 400, 6))
        end = start + rng.integers(0, 120, 6)
        days = {d for a, b in zip(start, end, strict=True) for d in range(a, b)}
        assert _emergency.covered_days(start, end) == len(days)


@pytest.mark.parametrize("seed", range(3))
def test_short_notices_planted_among_lawful_ones(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = honest.tenders(400, seed)
    competitive = np.flatnonzero(table["modalidade"] != "Dispensa")
    rows = rng.choice(competitive, 12, replace=False)
    published = table["data_abertura"].to_numpy().copy()
    table.loc[rows, "data_publicacao"] = published[rows] - rng.integers(1, 6, 12).astype("m8[D]")
    assert strong(table, "prazo_de_publicacao_curto") == set(rows.tolist())


def test_a_file_that_shows_no_minimum_only_gives_context() -> None:
    table = honest.tenders(400, 1)
    gap = np.random.default_rng(0).integers(7, 40, 400).astype("m8[D]")
    table["data_publicacao"] = table["data_abertura"].to_numpy() - gap
    assert _notice.shows_no_minimum(_notice.notices(flags.prepare(table)))
    assert strong(table, "prazo_de_publicacao_curto") == set()


def test_signatures_of_one_buyer_that_works_every_day() -> None:
    office = pd.bdate_range("2024-02-05", periods=60)
    hospital = pd.date_range("2024-02-05", periods=30)
    table = pd.DataFrame(
        {
            "orgao": ["Secretaria"] * 61 + ["Hospital"] * 30,
            "objeto": "Pintura",
            "data_assinatura": [*office, pd.Timestamp("2024-06-08"), *hospital],
        }
    )
    hits = RARE["assinatura_em_dia_nao_util"].hits(flags.prepare(table))
    named = {int(row): hit.weight for hit in hits for row in hit.rows}
    assert 60 in named and 0.0 < named[60] <= 0.5
    assert not [row for row in named if row > 60]
