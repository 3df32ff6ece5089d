"""What the charts of patterns draw: right counts, nothing drawn from nothing, no surprise."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from honest import honest_contracts

from cidadao_models import charts, flags
from cidadao_models.findings.views import NAMES, Calendar, Piles, Tenders, Ties, Views
from cidadao_models.models.pattern_analysis import PatternAnalyzer, views
from cidadao_models.models.pattern_analysis.study import Study
from cidadao_models.reading import read


def of(records: pd.DataFrame) -> Views:
    study = Study(flags.prepare(read(records).records))
    return views.of_study(study, PatternAnalyzer().analyze_study(study).patterns)


CASES = {
    "empty": honest_contracts(50, seed=1).iloc[:0],
    "one row": honest_contracts(50, seed=1).iloc[:1],
    "constant": honest_contracts(50, seed=1).assign(valor=100.0, fornecedor="A", fornecedor_id="1"),
    "no amount": honest_contracts(50, seed=1).drop(columns="valor"),
    "no date": honest_contracts(50, seed=1).drop(columns="data"),
    "no supplier": honest_contracts(50, seed=1).drop(columns=["fornecedor", "fornecedor_id"]),
    "estornos": honest_contracts(50, seed=1).assign(valor=-10.0),
    "honest": honest_contracts(800, seed=1),
}


@pytest.mark.parametrize("case", CASES)
def test_every_chart_is_drawn_or_has_its_reason(case: str) -> None:
    made = of(CASES[case])
    # the series of a file is told beside the patterns (see test_analysis)
    assert set(made.drawn) | set(made.missing) == set(NAMES) - {"series"}
    assert not set(made.drawn) & set(made.missing)
    for reason in made.missing.values():
        assert reason and "nan" not in reason
    for view in made.drawn.values():
        assert charts.view(view).layout.title.text
        assert "nan" not in view.reading


def test_the_calendar_adds_up_to_the_money_of_the_file() -> None:
    frame = honest_contracts(800, seed=4)
    calendar = of(frame).drawn["calendar"]
    assert isinstance(calendar, Calendar)
    if calendar.is_money:
        inside = frame[pd.to_datetime(frame["data"]).dt.year.astype(str).isin(calendar.rows)]
        assert np.nansum(calendar.values) == pytest.approx(inside["valor"].sum())


def test_one_year_is_drawn_by_weekday_and_month() -> None:
    days = pd.date_range("2024-01-01", "2024-06-30", freq="B")
    frame = pd.DataFrame({"data": days, "valor": 10.0, "objeto": "x"})
    calendar = of(frame).drawn["calendar"]
    assert isinstance(calendar, Calendar) and not calendar.is_money
    assert calendar.rows[0] == "segunda"
    assert calendar.columns == ("jan", "fev", "mar", "abr", "mai", "jun")
    assert calendar.values[5:].sum() == 0 and calendar.values.sum() == len(days)


def test_an_amount_equal_to_the_limit_stands_below_it() -> None:
    sides = np.linspace(16_000, 17_599, 40), np.linspace(17_601, 19_000, 40)
    near = np.concatenate([np.full(30, 17_600.0), *sides])
    frame = pd.DataFrame({
        "data": "2020-05-04", "valor": near.round(2), "modalidade": "Dispensa",
        "fornecedor": [f"Empresa {i}" for i in range(len(near))], "objeto": "material",
        "orgao": "Prefeitura",
    })  # fmt: skip
    piles = of(frame).drawn["piles"]
    assert isinstance(piles, Piles) and piles.limit == 17_600.0
    last_below = int(np.flatnonzero(np.isclose(piles.edges, 17_600.0))[0]) - 1
    assert piles.counts[last_below] >= 30
    assert piles.counts.sum() == len(near)
    assert "9.412" in piles.act


def test_the_network_stays_small_and_holds_the_largest_link() -> None:
    frame = honest_contracts(3_000, seed=2)
    ties = of(frame).drawn["ties"]
    assert isinstance(ties, Ties)
    assert len(ties.buyers) <= views.MAX_BUYERS and len(ties.suppliers) <= views.MAX_SUPPLIERS
    assert len(ties.links) <= views.MAX_LINKS and 0 < ties.covered <= 1


def test_bids_of_tenders_with_and_without_a_winner() -> None:
    bids = pd.DataFrame({
        "licitacao_id": ["a"] * 3 + ["b"] * 2 + ["c"],
        "valor_proposta": [100.0, 90.0, 120.0, 50.0, 60.0, 10.0],
        "vencedor": ["não", "sim", "não", "", "", "sim"],
        "valor_estimado": [110.0] * 3 + [900.0] * 2 + [10.0],
    })  # fmt: skip
    drawn = views.of_bids(bids, []).drawn["tenders"]
    assert isinstance(drawn, Tenders) and drawn.n_total == 2
    first, second = drawn.tenders
    assert first.bids == (90.0, 100.0, 120.0) and first.winner == 90.0 and first.estimate == 110.0
    assert np.isnan(second.winner) and np.isnan(second.estimate)
    assert "tenders" in views.of_bids(bids.iloc[5:], []).missing
