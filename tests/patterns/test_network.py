"""Who meets whom: planted rings, random graphs, a naive twin, relabelling, hostile bids."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from honest import honest_contracts
from scipy import stats

from cidadao_models import flags
from cidadao_models.flags import _rivals
from cidadao_models.flags._rivals import co_participation
from cidadao_models.models.evaluation import honest_bids, strong_bids
from cidadao_models.models.pattern_analysis.network import bidders, ties


def random_bids(seed: int, n_bidders: int = 1_000, n_tenders: int = 1_500) -> set[tuple[int, int]]:
    rng = np.random.default_rng(seed)
    weight = 1 / np.arange(1, n_bidders + 1) ** 0.5
    size = rng.integers(3, 8, n_tenders)
    return {
        (tender, int(bidder))
        for tender in range(n_tenders)
        for bidder in rng.choice(n_bidders, size[tender], replace=False, p=weight / weight.sum())
    }


def frame(entries: set[tuple[int, int]]) -> pd.DataFrame:
    ordered = sorted(entries)
    return pd.DataFrame(
        {
            "licitacao_id": [f"L{t}" for t, _ in ordered],
            "fornecedor_id": [f"F{b}" for _, b in ordered],
            "valor_proposta": 1.0,
        }
    )


def with_ring(seed: int) -> tuple[set[tuple[int, int]], set[str]]:
    rng = np.random.default_rng(seed + 1_000)
    entries = random_bids(seed)
    ring = rng.choice(1_000, 5, replace=False)
    for tender in rng.choice(1_500, 15, replace=False):
        entries |= {(int(tender), int(b)) for b in rng.choice(ring, 4, replace=False)}
    return entries, {f"F{b}" for b in ring}


def test_planted_rings_are_found_and_random_graphs_are_not() -> None:
    found, alarms = 0, 0
    for seed in range(10):
        alarms += bool(bidders(frame(random_bids(seed)))[0])
        entries, ring = with_ring(seed)
        groups = [set(p["facts"]["members"]) for p in bidders(frame(entries))[0]]
        found += ring in groups
    assert found >= 9 and alarms == 0


def test_links_equal_a_naive_count() -> None:
    rng = np.random.default_rng(0)
    tenders = [set(rng.choice(30, 5, replace=False).tolist()) for _ in range(60)]
    pairs = [(t, b) for t, members in enumerate(tenders) for b in sorted(members)]
    links = co_participation(*(np.array(part) for part in zip(*pairs, strict=True)))
    each = [sum(b in members for members in tenders) for b in range(30)]
    got = {(int(a), int(b)): k for k, (a, b) in enumerate(zip(links.a, links.b, strict=True))}
    for a, b in itertools.combinations(range(30), 2):
        count = sum({a, b} <= members for members in tenders)
        assert ((a, b) in got) == (count > 0)
        if count >= _rivals.MIN_TENDERS:
            assert links.count[got[a, b]] == count
            # tenders of equal size: N is their plain number
            expected = stats.hypergeom.sf(count - 1, 60, each[a], each[b])
            assert links.p_value[got[a, b]] == pytest.approx(expected)


def test_names_and_order_of_rows_change_nothing() -> None:
    entries, ring = with_ring(3)
    base = frame(entries)
    names = {f: f"X{k:05d}" for k, f in enumerate(sorted(set(base["fornecedor_id"]))[::-1])}
    other = base.assign(fornecedor_id=base["fornecedor_id"].map(names)).sample(
        frac=1, random_state=0
    )
    (one,), (two,) = bidders(base)[0], bidders(other)[0]
    assert {names[m] for m in one["facts"]["members"]} == set(two["facts"]["members"])
    assert one["p_value"] == pytest.approx(two["p_value"])
    assert sorted(one["rows"]) == sorted(two["rows"])
    assert set(base.loc[one["rows"], "fornecedor_id"]) == ring


def test_branches_are_one_bidder_and_cpfs_are_masked() -> None:
    entries, _ = with_ring(4)
    bids = frame(entries)
    person = bidders(bids)[0][0]["facts"]["members"][0]
    bids.loc[bids["fornecedor_id"] == person, "fornecedor_id"] = "529.982.247-25"
    assert "***.982.247-**" in bidders(bids)[0][0]["facts"]["members"]


@pytest.mark.parametrize(
    "bids",
    [
        pd.DataFrame(),
        pd.DataFrame({"licitacao_id": ["1", "2"], "valor_proposta": [1.0, 2.0]}),
        pd.DataFrame({"licitacao_id": [None, "2"], "fornecedor_id": ["A", None]}),
        pd.DataFrame({"licitacao_id": ["1"] * 500, "fornecedor_id": [f"F{k}" for k in range(500)]}),
        pd.DataFrame({"licitacao_id": ["1"] * 9, "fornecedor_id": ["A"] * 9}),
    ],
)
def test_hostile_bids_give_a_reason(bids: pd.DataFrame) -> None:
    found, notes = bidders(bids)
    assert not found and notes


def sectors(seed: int, ring: bool) -> tuple[np.ndarray, set[int]]:
    """Distinct (tender, bidder) of 20 sectors of 30 firms, one with a ring of five."""
    rng = np.random.default_rng(seed)
    weight = 1 / np.arange(1, 31) ** 0.5
    found: set[tuple[int, int]] = set()
    for tender in range(1_200):
        some = rng.choice(30, rng.integers(3, 8), replace=False, p=weight / weight.sum())
        found |= {(tender, int(tender % 20 * 30 + b)) for b in some}
    members = {int(b) for b in rng.choice(30, 5, replace=False)} if ring else set()
    for tender in range(1_200, 1_218 if ring else 1_200):
        found |= {(tender, int(b)) for b in rng.choice(sorted(members), 4, replace=False)}
    return np.array(sorted(found)), members


def parted(entries: np.ndarray) -> list[set[int]]:
    tender, bidder = entries.T
    links = co_participation(tender, bidder)
    chosen = _rivals.significant(links.p_value, 600 * 599 // 2)
    chosen &= _rivals.far(links, np.bincount(bidder))
    return [set(nodes.tolist()) for nodes in _rivals.groups(links, chosen, tender, bidder)]


def test_a_sector_is_no_ring_and_a_ring_inside_one_is_mostly_found() -> None:
    assert np.mean([len(parted(sectors(seed, ring=False)[0])) for seed in range(4)]) <= 2
    found = []
    for seed in range(6):
        entries, members = sectors(seed, ring=True)
        found.append(any(len(g & members) >= 4 for g in parted(entries)))
    assert np.mean(found) >= 0.6


def test_names_change_no_community() -> None:
    entries, _ = sectors(1, ring=True)
    names = np.random.default_rng(0).permutation(600)
    other = np.column_stack([entries[:, 0], names[entries[:, 1]]])
    before = {frozenset(int(names[b]) for b in group) for group in parted(entries)}
    assert before == set(map(frozenset, parted(other)))


def test_captive_supplier_is_tied_and_honest_files_are_not() -> None:
    for seed in range(4):
        table = honest_contracts(1_500, seed)
        assert ties(flags.prepare(table)) == ([], [])
    mine = table.index[table["orgao"] == "Secretaria 2"][:40]
    table.loc[mine, ["fornecedor", "fornecedor_id"]] = ["Cativa Ltda", "11222333000181"]
    found, _ = ties(flags.prepare(table))
    assert [(p["facts"]["buyer"], p["facts"]["supplier"]) for p in found] == [
        ("Secretaria 2", "Cativa Ltda")
    ]
    assert sorted(found[0]["rows"]) == sorted(mine.tolist()) and found[0]["severity"] == "low"


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame(),
        pd.DataFrame({"valor": [1.0], "fornecedor": ["A"]}),
        pd.DataFrame({"valor": [1.0] * 9, "fornecedor": ["A"] * 9, "orgao": ["O"] * 9}),
        pd.DataFrame({"valor": [-1.0] * 9, "fornecedor": ["A"] * 9, "orgao": ["O"] * 9}),
    ],
)
def test_hostile_tables_give_a_reason(table: pd.DataFrame) -> None:
    found, notes = ties(flags.prepare(table))
    assert not found and notes


def named_by_flag(bids: pd.DataFrame) -> set[int]:
    prepared = flags.prepare(bids)
    one = next(one for one in flags.all_flags() if one.id == "rede_de_coparticipacao")
    return {row for hit in one.hits(prepared) for row in hit.rows}


@pytest.mark.parametrize("unknown", [[], ["categoria", "objeto"], ["municipio", "orgao", "uf"]])
def test_firms_of_one_trade_and_region_are_no_ring(unknown: list[str]) -> None:
    tables = [
        honest_bids.bids(n, seed).drop(columns=unknown) for n in (100, 800) for seed in (0, 1)
    ]
    named = sum(len(named_by_flag(table)) for table in tables)
    assert named <= 0.02 * sum(map(len, tables))
    groups = [bidders(flags.prepare(table))[0] for table in tables]
    assert sum(len(p["rows"]) for found in groups for p in found) <= 0.02 * sum(map(len, tables))


def test_cliques_across_sectors_are_found_in_bids_with_places_and_lines() -> None:
    for seed in (0, 1):
        planted = strong_bids.planted("rede_de_coparticipacao", seed)
        found = named_by_flag(planted.table)
        assert all(set(case) <= found for case in planted.cases)


def test_meetings_within_sectors_add_up_exactly() -> None:
    rng = np.random.default_rng(0)
    n, a, b = np.array([12, 30, 7]), np.array([5, 4, 6]), np.array([3, 9, 4])
    drawn = sum(rng.hypergeometric(a[k], n[k] - a[k], b[k], 200_000) for k in range(3))
    for count in (4, 6, 8):
        exact = _rivals._sum_tail(count, n, a, b)
        assert exact == pytest.approx(float((drawn >= count).mean()), abs=4e-3)
    one = _rivals._sum_tail(3, n[:1], a[:1], b[:1])
    assert one == pytest.approx(float(stats.hypergeom.sf(2, 12, 5, 3)))
