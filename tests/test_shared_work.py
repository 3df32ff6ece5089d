"""Work that several flags share: done once a run, and never handed on to another table."""

from __future__ import annotations

import pandas as pd

from cidadao_models import flags
from cidadao_models.flags import _shared


@_shared.shared
def total(table: pd.DataFrame, name: str = "valor") -> list[float]:
    """A fresh list at every call that is not remembered."""
    return [float(table[name].sum())]


def test_answers_are_remembered_only_during_a_run_and_by_their_settings() -> None:
    table = pd.DataFrame({"valor": [1.0, 2.0], "outro": [5.0, 5.0]})
    assert total(table) is not total(table)
    with _shared.remembering(table) as kept:
        first = total(kept)
        assert total(kept) is first == [3.0]
        assert total(kept, "outro") == [10.0]
    assert total(kept) is not first


def test_parts_and_copies_of_a_table_start_afresh() -> None:
    with _shared.remembering(pd.DataFrame({"valor": [1.0, 2.0]})) as kept:
        assert total(kept) == [3.0]
        assert total(kept.iloc[:1]) == [1.0]
        assert total(kept.assign(valor=7.0)) == [14.0]


def test_a_run_finds_what_each_flag_finds_alone() -> None:
    from honest import honest_contracts

    prepared = flags.prepare(honest_contracts(400, 1))
    together = [(one.id, tuple(hit.rows), hit.weight) for one, hit in flags.run(prepared).hits]
    alone = [
        (one.id, tuple(hit.rows), hit.weight)
        for one in flags.all_flags()
        if flags.not_evaluated(one, prepared) is None
        for hit in one.hits(prepared)
    ]
    assert together == alone
