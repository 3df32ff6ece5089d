"""The collusion score: formulas against naive twins, promises of the score, false alarms."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from cidadao_models.flags import _screens as bid_screens
from cidadao_models.models.evaluation import collusion_suite as suite
from cidadao_models.models.pattern_analysis import bidder_context
from cidadao_models.models.pattern_analysis.bidder_context import incidence
from cidadao_models.models.pattern_analysis.collusion import lowest_bid_wins, score_tenders, study
from cidadao_models.models.pattern_analysis.collusion_patterns import (
    LEAST_TENDERS,
    explain,
    not_evaluated,
    null_evidence,
    p_values,
    patterns,
)

HAND = {
    # bids 100, 110, 112, 114: mean 109, deviations -9, 1, 3, 5, sum of squares 116.
    "cv": math.sqrt(116 / 3) / 109,
    "spd": 0.14,
    "diffp": 0.10,
    "rd": 10 / 2,
    "loser_cv": 2 / 112,
    "winner_gap": 0.12,
    "rd_normalised": 10 / (14 / 3),
    "rd_alternative": 10 / 2,
    # (b - b1) / (bn - b1) = 0, 10/14, 12/14, 1: the largest step is 10/14 - 1/4.
    "ks": 10 / 14 - 0.25,
    "even_spacing": math.sqrt(((10 - 14 / 3) ** 2 + 2 * (2 - 14 / 3) ** 2) / 2) / (14 / 3),
    "round_bids": 1.0,
    "identical_bids": 0.0,
    "exact_margins": 0.0,
    "winner_to_estimate": 0.8,
    "mean_to_estimate": 109 / 125,
}


def table(tenders: Mapping[Any, list[float]], **columns: Any) -> pd.DataFrame:
    """Bids table from lists of bids."""
    rows = [(key, value) for key, bids in tenders.items() for value in bids]
    frame = pd.DataFrame(rows, columns=["licitacao_id", "valor_proposta"])
    return frame.assign(**columns)


def naive(bids: list[float]) -> dict[str, float]:
    """The formulas of the published screens, one number at a time."""
    b = sorted(bids)
    n, mean = len(b), sum(b) / len(b)
    s = math.sqrt(sum((x - mean) ** 2 for x in b) / (n - 1))
    losers = b[1:]
    loser_mean = sum(losers) / len(losers)
    loser_sd = math.sqrt(sum((x - loser_mean) ** 2 for x in losers) / (len(losers) - 1))
    u = [(x - b[0]) / (b[-1] - b[0]) for x in b]
    triples = [
        np.std([b[i], b[j], b[k]], ddof=1) / np.mean([b[i], b[j], b[k]])
        for i in range(n)
        for j in range(i + 1, n)
        for k in range(j + 1, n)
    ]
    half = (n + 1) // 2
    halves = [np.std(b[i : i + half], ddof=1) for i in range(n - half + 1)]
    return {
        "cv": s / mean,
        "spd": (b[-1] - b[0]) / b[0],
        "diffp": (b[1] - b[0]) / b[0],
        "rd": (b[1] - b[0]) / loser_sd,
        "skew": n / ((n - 1) * (n - 2)) * sum(((x - mean) / s) ** 3 for x in b),
        "kurt": float(stats.kurtosis(b, bias=False)),
        "ks": float(stats.kstest(u, "uniform").statistic),
        "loser_cv": loser_sd / loser_mean,
        "subgroup_cv_median": float(np.median(triples)),
        "subgroup_cv_min": float(min(triples)),
        "cluster": float(min(halves)) / s,
        "spacing": -sum(
            math.log(max((b[i + 1] - b[i]) / ((b[-1] - b[0]) / (n - 1)), bid_screens.LEAST_SPACING))
            for i in range(n - 1)
        )
        / (n - 1),
    }


def one_tender(bids: pd.DataFrame, **columns: Any) -> dict[str, Any]:
    """What `score_tenders` says of a table with a single tender."""
    (row,) = score_tenders(bids.assign(**columns)).to_dict("records")
    return {str(name): value for name, value in row.items()}


def competitive(seed: int, **changes: Any) -> pd.DataFrame:
    """A market without any agreement."""
    plan = suite.Plan("null", collusive=0.0, **({"tenders": 60} | changes))
    return suite.market(plan, seed)[0]


def test_formulas_equal_hand_numbers() -> None:
    scored = score_tenders(table({"A": [112, 100, 114, 110]}, valor_estimado=125))
    for name, value in HAND.items():
        assert scored.loc["A", name] == pytest.approx(value), name


@pytest.mark.parametrize("n", [5, 6, 8, 10])
def test_formulas_equal_a_naive_twin(n: int) -> None:
    bids = np.random.default_rng(n).lognormal(10, 0.1, (20, n))
    scored = score_tenders(table({i: list(row) for i, row in enumerate(bids)}))
    for i, row in enumerate(bids):
        for name, value in naive(list(row)).items():
            assert scored.loc[i, name] == pytest.approx(value), name


def test_identical_round_and_computed_bids_are_marked() -> None:
    scored = score_tenders(
        table({"igual": [10.5, 10.5, 12.37], "calculada": [98_765.4, 101_728.36, 103_703.67]})
    )
    assert scored.loc["igual", "identical_bids"] == 0.5
    assert scored.loc["calculada", "exact_margins"] == 1.0
    assert scored.loc["calculada", "round_bids"] == 0.0


def test_bidders_elsewhere_equals_a_naive_twin() -> None:
    rng = np.random.default_rng(0)
    tender, bidder = np.repeat(np.arange(30), 4), rng.integers(0, 9, 120)
    evidence = np.where(rng.random(30) < 0.1, np.nan, rng.normal(size=30))
    links = incidence(tender, bidder, 30)
    found = bidder_context.bidders_elsewhere(evidence, links)
    members = [set(bidder[tender == t]) for t in range(30)]
    for t in range(30):
        means = []
        for firm in members[t]:
            other = [
                evidence[u]
                for u in range(30)
                if u != t and firm in members[u] and not np.isnan(evidence[u])
            ]
            if other:
                means.append(sum(other) / (len(other) + bidder_context.SHRINKAGE))
        assert found[t] == pytest.approx(np.mean(means))


def test_together_equals_a_naive_twin() -> None:
    rng = np.random.default_rng(1)
    tender, bidder = np.repeat(np.arange(25), 4), rng.integers(0, 8, 100)
    found = bidder_context.together(incidence(tender, bidder, 25))
    members = [sorted(set(bidder[tender == t])) for t in range(25)]
    times = {f: sum(f in group for group in members) for f in range(8)}
    for t, group in enumerate(members):
        values = []
        for a, first in enumerate(group):
            for second in group[a + 1 :]:
                meet = sum(first in g and second in g for g in members) - 1
                expected = (times[first] - 1) * (times[second] - 1) / 24
                values.append((meet - expected) / math.sqrt(expected + 1))
        assert found[t] == pytest.approx(np.mean(values))


def _scaled(bids: pd.DataFrame) -> pd.DataFrame:
    money = [name for name in ("valor_proposta", "valor_estimado") if name in bids]
    return bids.assign(**{name: bids[name] * 1000 for name in money})


def _renamed(bids: pd.DataFrame) -> pd.DataFrame:
    return bids.assign(fornecedor_id="empresa " + bids["fornecedor_id"].str[::-1])


CHANGES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "amounts times a thousand": _scaled,
    "rows in another order": lambda bids: bids.sample(frac=1, random_state=1),
    "bidders renamed": _renamed,
    "an unknown column": lambda bids: bids.assign(observacao="x"),
    "rows twice": lambda bids: pd.concat([bids, bids]),
    "dates as text": lambda bids: bids.assign(data=bids["data"].dt.strftime("%d/%m/%Y")),
    "dates as seconds": lambda bids: bids.assign(data=bids["data"].astype("int64") // 10**6),
    "invalid rows": lambda bids: pd.concat(
        [bids, bids.head(3).assign(valor_proposta=[math.nan, -5.0, 0.0], fornecedor_id="outra")]
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_the_score_does_not_depend_on(name: str) -> None:
    plan = suite.Plan("all fields", estimate=0.1, known_bidders=True, known_dates=True)
    bids = suite.market(replace(plan, tenders=80), 3)[0]
    before = score_tenders(bids)["score"]
    after = score_tenders(CHANGES[name](bids))["score"]
    pd.testing.assert_series_equal(after.reindex(before.index), before, rtol=1e-6)


def test_rows_twice_without_bidders_are_not_identical_bids() -> None:
    bids = competitive(4)
    twice = score_tenders(pd.concat([bids, bids], ignore_index=True))
    pd.testing.assert_frame_equal(twice, score_tenders(bids))


def test_a_placeholder_is_not_a_bidder() -> None:
    bids = competitive(12, known_bidders=True, sizes=(5, 5))
    unknown = bids["licitacao_id"].isin(bids["licitacao_id"].unique()[:10])
    bids.loc[unknown, "fornecedor_id"] = "0"
    assert (score_tenders(bids)["n_bids"] == 5).all()
    assert (score_tenders(bids.assign(fornecedor_id="0"))["n_bids"] == 5).all()


def test_of_several_offers_of_a_bidder_the_lowest_counts() -> None:
    bids = competitive(13, known_bidders=True)
    rounds = pd.concat([bids.assign(valor_proposta=bids["valor_proposta"] * 1.3), bids])
    pd.testing.assert_frame_equal(score_tenders(rounds), score_tenders(bids))


def test_names_of_tenders_do_not_matter() -> None:
    bids = competitive(5)
    renamed = bids.assign(licitacao_id=bids["licitacao_id"].str[1:].astype(int) * -7)
    assert np.allclose(score_tenders(renamed)["score"], score_tenders(bids)["score"])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(0.5, 2), min_size=3, max_size=12, unique=True), st.floats(0.05, 0.8))
def test_tighter_bids_score_higher(shape: list[float], squeeze: float) -> None:
    logs = np.log(shape)
    if np.ptp(logs) < 0.05:
        return
    bids = pd.concat([competitive(6), table({"largo": list(1e5 * np.exp(logs * 0.3))})])
    tight = table({"justo": list(1e5 * np.exp(logs * 0.3 * squeeze))})
    scored = score_tenders(pd.concat([bids, tight]))["score"]
    assert scored["justo"] >= scored["largo"]


def test_a_price_nearer_to_the_estimate_scores_higher() -> None:
    bids = competitive(7, estimate=0.1)
    same = {"perto": [100.0, 104, 109], "longe": [100.0, 104, 109]}
    known = table(same).assign(valor_estimado=[101.0] * 3 + [150.0] * 3)
    scored = score_tenders(pd.concat([bids, known]))["score"]
    assert scored["perto"] > scored["longe"]


def test_an_estimate_of_another_unit_is_left_out() -> None:
    bids = table({"A": [100.0, 104, 109]})
    with_unit = one_tender(bids, valor_estimado=1.0)
    assert math.isnan(with_unit["winner_to_estimate"])
    assert with_unit["score"] == pytest.approx(one_tender(bids)["score"])


@pytest.mark.parametrize("estimate", [None, 0.1])
@pytest.mark.parametrize("spread", [0.02, 0.08, 0.25])
def test_the_score_does_not_lean_on_the_number_of_bids(
    spread: float, estimate: float | None
) -> None:
    bids = competitive(8, spread=spread, sizes=(2, 14), tenders=2000, estimate=estimate)
    scored = score_tenders(bids)
    lean = stats.spearmanr(scored["score"], scored["n_bids"])[0]
    assert abs(lean) < 0.1


def test_where_the_lowest_bid_does_not_win_only_bunching_tells_the_shape() -> None:
    plan = next(plan for plan in suite.PLANS if plan.groups and plan.known_winners)
    bids = suite.market(replace(plan, tenders=60), 3)[0]
    lowest = bids.groupby("licitacao_id")["valor_proposta"].transform("min")
    usual = bids.assign(vencedor=bids["valor_proposta"] == lowest)
    assert not lowest_bid_wins(study(bids).tenders)
    assert lowest_bid_wins(study(usual).tenders)
    assert lowest_bid_wins(study(bids.drop(columns="vencedor")).tenders)


def test_bids_as_shares_of_the_lowest_have_no_level() -> None:
    bids = competitive(14)
    lowest = bids.groupby("licitacao_id")["valor_proposta"].transform("min")
    shares = score_tenders(bids.assign(valor_proposta=bids["valor_proposta"] / lowest))
    assert shares["evidence_level"].isna().all()
    assert np.allclose(shares["score"], score_tenders(bids)["score"])


def test_a_trend_of_prices_is_half_taken_for_one() -> None:
    rng = np.random.default_rng(0)
    rows = [(f"L{t}", 100 * (1 + t / 400) * math.exp(rng.normal(0, 0.01))) for t in range(200)]
    bids = pd.DataFrame(rows, columns=["licitacao_id", "valor_proposta"])
    plain = score_tenders(bids)["evidence_level"]
    dated = score_tenders(bids.assign(data=range(200)))["evidence_level"]
    assert stats.spearmanr(plain, range(200))[0] > 0.95
    assert dated.std() < 0.8 * plain.std()


def test_the_marked_winner_is_the_winner_unless_two_are_marked() -> None:
    bids = table({"A": [100.0, 104, 109]}, valor_estimado=110, vencedor=["não", "Sim", "não"])
    assert score_tenders(bids).loc["A", "winner_to_estimate"] == pytest.approx(104 / 110)
    both = bids.assign(vencedor=[0, 1, 1])
    assert score_tenders(both).loc["A", "winner_to_estimate"] == pytest.approx(100 / 110)


HOSTILE = {
    "one bid": table({"A": [100.0]}),
    "two bids": table({"A": [100.0, 120]}),
    "two equal bids": table({"A": [100.0, 100.0]}),
    "all bids equal": table({"A": [5.0] * 6, "B": [7.0] * 4}),
    "nothing valid": table({"A": [math.nan, -1.0, 0.0, math.inf]}),
    "text among numbers": pd.DataFrame(
        {"licitacao_id": ["A", "A", "A"], "valor_proposta": ["10", "n/d", "12.5"]}
    ),
    "no tender": pd.DataFrame({"licitacao_id": [None, "A", "A"], "valor_proposta": [1.0, 2, 3]}),
    "tiny and huge": table({"A": [1e-9, 1.0, 1e12]}),
    "empty": table({}),
    "strange fields": table(
        {"A": [10.0, 11, 12]}, valor_estimado="x", vencedor=None, data="ontem", fornecedor_id=None
    ),
    "repeated index": pd.concat([table({"A": [10.0, 11, 12]})] * 2).assign(fornecedor_id="f"),
    "dates without meaning": table({"A": [10.0, 11], "B": [9.0, 8]}, data=[math.inf, 0, 1e300, 2]),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_tables_get_a_score_or_a_reason(name: str) -> None:
    bids = HOSTILE[name]
    scored = score_tenders(bids)
    assert set(scored.index) == set(bids["licitacao_id"].dropna())
    assert scored["score"].dropna().between(0, 1).all()
    assert (scored["score"].isna() == (scored["reason"] != "")).all()
    assert patterns(bids) == []


def test_one_bid_has_no_score_but_with_an_estimate_it_has() -> None:
    bids = table({"A": [100.0]})
    alone = one_tender(bids)
    assert math.isnan(alone["score"]) and "uma só proposta" in alone["reason"]
    assert 0 < one_tender(bids, valor_estimado=110)["score"] < 1


def test_one_bid_of_a_bidder_known_from_elsewhere_has_a_score() -> None:
    plan = suite.Plan("known", known_bidders=True, tenders=200)
    bids = suite.market(plan, 11)[0]
    alone = pd.DataFrame({"licitacao_id": ["um", "dois"], "valor_proposta": [10.0, 20.0]})
    alone["fornecedor_id"] = ["F00", "F35"]
    scored = score_tenders(pd.concat([bids, alone]))["score"]
    assert scored["um"] > scored["dois"]


@pytest.mark.parametrize("missing", ["licitacao_id", "valor_proposta"])
def test_missing_columns_are_named(missing: str) -> None:
    with pytest.raises(KeyError, match=missing):
        score_tenders(table({"A": [1.0, 2]}).drop(columns=missing))


@pytest.mark.parametrize("plan", suite.PLANS, ids=lambda plan: plan.name)
def test_cartels_stand_out_on_simulated_markets(plan: suite.Plan) -> None:
    bids, collusive = suite.market(plan, 21)
    assert suite.auroc(score_tenders(bids)["score"], collusive) >= suite.WORST_AUROC


def test_cartels_stand_out_on_average() -> None:
    found = []
    for plan in suite.PLANS:
        bids, collusive = suite.market(replace(plan, tenders=150), 22)
        found.append(suite.auroc(score_tenders(bids)["score"], collusive))
    assert np.mean(found) >= suite.LEAST_AUROC


def test_the_proven_cartel_of_ticino_stands_out(shared_data: Path) -> None:
    bids, collusive = suite.ticino(shared_data)
    scored = score_tenders(bids)
    assert suite.auroc(scored["score"], collusive) >= suite.LEAST_AUROC
    assert scored.index.tolist() == bids["licitacao_id"].drop_duplicates().tolist()


def test_auroc_counts_pairs() -> None:
    score = pd.Series([0.1, 0.4, 0.4, math.nan, 0.9])
    label = pd.Series([False, True, False, True, True])
    assert suite.auroc(score, label) == pytest.approx((1 + 0.5 + 1 + 1) / 4)


def test_simulated_p_values_are_uniform_on_their_own_null() -> None:
    bids = competitive(9, tenders=3000, sizes=(3, 10), variety=0.3)
    null = null_evidence(6, 0.3, frozenset())
    assert len(null) == 10_000 and (np.diff(null) >= 0).all()
    p = p_values(study(bids))
    assert (p <= 0.01).mean() < 0.01


def test_competitive_markets_are_left_alone() -> None:
    flagged = sum(bool(patterns(competitive(100 + seed, tenders=100))) for seed in range(40))
    assert flagged <= 5  # 5 % of 40, and three standard errors


def found_in(bids: pd.DataFrame) -> list[dict[str, Any]]:
    """`patterns`, for tests that look inside."""
    return list(patterns(bids))


def near_the_ceiling() -> tuple[pd.DataFrame, pd.Series]:
    """A market with a few tenders where all bid near one price."""
    plan = next(plan for plan in suite.PLANS if plan.cover == "limit")
    return suite.market(replace(plan, collusive=0.1), 23)


def test_patterns_state_facts_that_recompute() -> None:
    bids, collusive = near_the_ceiling()
    scored, found = score_tenders(bids), found_in(bids)
    assert found and [one["p_value"] for one in found] == sorted(one["p_value"] for one in found)
    assert np.mean([collusive[one["facts"]["tender"]] for one in found]) > 0.9
    for one in found:
        facts = one["facts"]
        assert set(bids.loc[one["rows"], "licitacao_id"]) == {facts["tender"]}
        assert len(one["rows"]) == facts["n"]
        for name in ("cv", "loser_cv", "winner_to_estimate", "score"):
            assert facts[name] == pytest.approx(scored.loc[facts["tender"], name], abs=1e-6)
        assert facts["market_cv"] == pytest.approx(scored["cv"].median(), abs=1e-6)
        assert one["explanation"] == explain(facts)
    json.dumps(found, allow_nan=False)


def test_patterns_have_the_keys_of_the_contract_and_accuse_nobody() -> None:
    one = patterns(near_the_ceiling()[0])[0]
    assert list(one) == [
        "id", "type", "title", "explanation", "rows", "facts", "p_value", "severity", "innocent",
        "next_step",
    ]  # fmt: skip
    assert one["type"] == "collusion"
    text = " ".join(str(one[key]) for key in ("title", "explanation", "innocent", "next_step"))
    assert not any(word in text.lower() for word in ("fraude", "cartel", "conluio", "crime"))


def test_bids_computed_from_the_winner_are_a_fact_in_any_market() -> None:
    bids = table({"A": [98_765.40, 101_728.36, 103_703.67, 106_666.63], "B": [50.0, 60.0, 71.0]})
    found = found_in(bids)
    assert [one["facts"]["tender"] for one in found] == ["A"]
    assert "3 das perdedoras" in str(found[0]["explanation"])


def test_round_prices_at_whole_percentages_are_no_fact() -> None:
    assert patterns(table({"A": [100_000.0, 105_000.0, 110_000.0, 120_000.0]})) == []
    assert patterns(table({"A": [12.20, 12.81, 13.42, 14.03]})) == []


def test_a_small_market_says_what_is_missing() -> None:
    assert str(LEAST_TENDERS) in not_evaluated(study(table({"A": [1.0, 2], "B": [3.0]})))
    assert not_evaluated(study(competitive(10))) == ""


def test_subgroups_of_large_tenders_are_few_sorted_and_fixed() -> None:
    for n in (3, 10, 30, 31, 70):
        groups = bid_screens.subgroups(n)
        assert len(groups) <= bid_screens.MAX_SUBGROUPS and groups.max() < n
        assert (np.diff(groups, axis=1) > 0).all()
