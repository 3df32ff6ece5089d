"""What flags over bids stand on: outcomes in words, offers folded, chances against naive twins."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from cidadao_models import flags
from cidadao_models.flags import _rivals, _rotation, _tenders
from cidadao_models.flags._discoveries import adjusted
from cidadao_models.flags._outcomes import LOST, OUT, UNTOLD, WON, outcome, outcomes
from cidadao_models.flags.perdedores_frequentes import few_wins
from cidadao_models.flags.propostas_identicas import resolution

SAID = {
    "Vencedora": WON, "VENCEDOR": WON, "Adjudicado": WON, "SIM": WON, "1": WON, "1.0": WON,
    "1º": WON, "1º lugar": WON, "01": WON, "Classificada em 1º lugar": LOST, "true": WON,
    "Não vencedora": LOST, "Perdedora": LOST, "NÃO": LOST, "2º": LOST, "3": LOST, "0": LOST,
    "Classificada": LOST, "Habilitado": LOST, "Aceito": LOST, "Desclassificada": OUT,
    "Inabilitado": OUT, "Recusada": OUT, "Não aceito": OUT, "Não habilitado": OUT,
    "Classificada / Inabilitado": OUT, "Não cotado": UNTOLD, "Desistente": UNTOLD, "?": UNTOLD,
    "Em análise": UNTOLD,
}  # fmt: skip


@pytest.mark.parametrize("text", SAID)
def test_outcomes_in_words(text: str) -> None:
    assert outcome(text, flag=True) == SAID[text]


def test_a_code_of_the_state_is_a_winner_or_a_loser_only_if_one_or_two() -> None:
    assert [outcome(code, flag=False) for code in "123DI"] == [WON, LOST, UNTOLD, OUT, OUT]


def test_a_disqualification_outweighs_the_rank() -> None:
    bids = pd.DataFrame(
        {
            "vencedor": ["2", "1", None, "3"],
            "situacao_proposta": ["Desclassificada", "Classificada", "Inabilitada", None],
        }
    )
    assert outcomes(bids).tolist() == [OUT, WON, OUT, LOST]


def prepared(rows: list[tuple[object, ...]], *names: str) -> pd.DataFrame:
    columns = ["licitacao_id", "fornecedor", "valor_proposta", *names]
    return flags.prepare(pd.DataFrame(rows, columns=columns))


def test_offers_of_one_bidder_are_one_bid_the_lowest_with_the_best_outcome() -> None:
    table = prepared(
        [("1", "A", 12.0, "não"), ("1", "A", 10.0, "sim"), ("1", "B", 11.0, "não")], "vencedor"
    )
    bids = _tenders.market(table)
    assert bids.value.tolist() == [10.0, 11.0]
    assert bids.row.tolist() == [1, 2]
    assert bids.winner.tolist() == [0] and bids.told.tolist() == [True]


def test_without_a_mark_the_lowest_qualified_bid_wins() -> None:
    rows = [("1", "A", 9.0, "Desclassificada"), ("1", "B", 10.0, ""), ("1", "C", 11.0, "")]
    bids = _tenders.market(prepared(rows, "situacao_proposta"))
    assert bids.value[bids.winner].tolist() == [10.0] and not bids.told[0]


def test_items_of_one_process_are_one_participation() -> None:
    rows = [(f"5 (UG 1) · item {k}", name, 10.0 + k) for k in range(3) for name in ("A", "B")]
    taken = _tenders.participations(prepared(rows))
    assert len(taken.process) == 2 and taken.size.tolist() == [2, 2]


def test_part_of_a_prepared_table_keeps_its_bids() -> None:
    rows = [(str(t), name, 10.0 + t) for t in range(4) for name in ("A", "B", "C")]
    half = prepared(rows).iloc[6:]
    assert _tenders.market(half).counts.tolist() == [3, 3]
    assert len(_tenders.participations(half).process) == 6


def test_tables_without_bids_have_empty_markets() -> None:
    table = flags.prepare(pd.DataFrame({"valor": [1.0], "objeto": ["x"]}))
    assert len(_tenders.market(table).value) == 0
    assert len(_tenders.participations(table).process) == 0


# -- chances -----------------------------------------------------------------------------------


def test_hypergeometric_tails_equal_scipy() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(3, 150, 500), rng.integers(3, 150, 500)
    k = np.minimum(rng.integers(1, 40, 500), np.minimum(a, b))
    assert _rivals.chances(k, 400, a, b, least=1) == pytest.approx(
        stats.hypergeom.sf(k - 1, 400, a, b), rel=1e-9
    )


def test_q_values_equal_their_definition() -> None:
    p = np.random.default_rng(1).random(40) ** 3
    ordered = np.sort(p)
    naive = [
        min(1.0, min(ordered[j] * 60 / (j + 1) for j in range(40) if ordered[j] >= value))
        for value in p
    ]
    assert adjusted(p, 60) == pytest.approx(naive)


@pytest.mark.parametrize(("n", "winners"), [(6, 2), (6, 3), (7, 3)])
def test_chances_of_turns_equal_a_count_of_all_orders(n: int, winners: int) -> None:
    orders = list(itertools.product(range(winners), repeat=n))
    regular = np.array(
        [
            sum(order[k] not in order[max(0, k - winners + 1) : k] for k in range(1, n))
            for order in orders
        ]
    )
    assert _rotation.perfect(n, winners) == pytest.approx((regular == n - 1).mean())
    assert _rotation.chance(n, winners, n - 1) == _rotation.perfect(n, winners)
    assert _rotation.chance(n, winners, n - 2) == pytest.approx((regular >= n - 2).mean(), rel=0.05)


def test_few_wins_equals_the_binomial_for_equal_tenders() -> None:
    assert few_wins(2, np.full(30, 4)) == pytest.approx(stats.binom.cdf(2, 30, 0.25))


@pytest.mark.parametrize(
    ("value", "estimate", "grid"),
    [
        (98_765.43, np.nan, 0.01), (98_765.40, np.nan, 0.1), (12_500.0, np.nan, 500.0),
        (90_000.0, np.nan, 10_000.0), (98_765.43, 98_765.43, np.inf),
        (88_888.89, 98_765.43, 987.65), (0.1234, np.nan, 0.0001), (98_765.45, np.nan, 0.05),
    ],
)  # fmt: skip
def test_steps_that_amounts_are_written_in(value: float, estimate: float, grid: float) -> None:
    assert resolution(value, estimate) == pytest.approx(grid, rel=1e-3)


# -- silence and recall ------------------------------------------------------------------------

GROUPS = ("baixa_dispersao_das_propostas", "rodizio_de_vencedores", "rede_de_coparticipacao")


def honest_bids(seed: int, tenders: int = 120, firms: int = 30) -> pd.DataFrame:
    """Independent bids: amounts, bidders, disqualifications and days at random."""
    rng = np.random.default_rng(seed)
    rows = []
    for tender in range(tenders):
        n = int(rng.integers(2, 8))
        value = np.exp(rng.normal(11, 1)) * np.exp(rng.normal(0, 0.08, n))
        out = rng.random(n) < 0.08
        won = int(np.where(out & ~out.all(), np.inf, value).argmin())
        day = pd.Timestamp("2021-01-01") + pd.Timedelta(days=int(rng.integers(0, 900)))
        rows += [
            (str(tender), f"E{b}", round(float(value[k]), 2), "sim" if k == won else "não",
             "Desclassificada" if out[k] else "Classificada", day)
            for k, b in enumerate(rng.choice(firms, n, replace=False))
        ]  # fmt: skip
    names = [
        "licitacao_id",
        "fornecedor",
        "valor_proposta",
        "vencedor",
        "situacao_proposta",
        "data",
    ]
    return pd.DataFrame(rows, columns=names)


def test_honest_bids_are_left_alone() -> None:
    n = strong = files = 0
    for seed in range(25):
        table = honest_bids(seed)
        run = flags.run(flags.prepare(table))
        n += len(table)
        strong += len({r for f, h in run.hits if h.weight >= 0.7 for r in h.rows})
        files += any(f.id in GROUPS for f, _ in run.hits)
    assert strong <= 0.001 * n
    assert files <= 1


def test_bidders_under_other_names_and_rows_in_another_order_give_the_same_rows() -> None:
    table = honest_bids(3)
    ring = [
        (f"R{t}", f"anel {k}", 1e5 + 1e3 * k + t, "sim" if k == t % 4 else "não", "",
         pd.Timestamp(2022, 1, 1 + t))
        for t in range(16)
        for k in range(4)
    ]  # fmt: skip
    table = pd.concat([table, pd.DataFrame(ring, columns=table.columns)], ignore_index=True)
    other = table.assign(fornecedor="x" + table["fornecedor"].str[::-1]).sample(
        frac=1, random_state=0
    )

    def named(one: pd.DataFrame) -> dict[str, set[int]]:
        found: dict[str, set[int]] = {}
        for flag, hit in flags.run(flags.prepare(one)).hits:
            found.setdefault(flag.id, set()).update(map(int, hit.rows))
        return found

    assert named(table) == named(other)
    assert {"rodizio_de_vencedores", "rede_de_coparticipacao"} <= set(named(table))
