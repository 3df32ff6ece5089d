"""The figures: titles that ask, few points, safe texts, nothing drawn where nothing is known."""

from __future__ import annotations

import json
import pickle

import numpy as np
import pandas as pd
import pytest
from handmade import HOSTILE, finding, report, views

from cidadao_models import charts
from cidadao_models.charts import of_patterns
from cidadao_models.findings import Report, overview
from cidadao_models.findings.views import NAMES


def points(figure: object) -> int:
    data = json.loads(figure.to_json())["data"]  # type: ignore[attr-defined]
    arrays = [
        v for trace in data for k, v in trace.items() if k in ("x", "text") and isinstance(v, list)
    ]
    return max((len(values) for values in arrays), default=0)


def figures(made: Report) -> list[object]:
    made_figures = [
        charts.signals(made),
        charts.places(made),
        charts.timeline(made),
        charts.among_peers(made, 11, "011/2024"),
    ]
    return [figure for figure in made_figures if figure is not None]


def test_every_title_asks_and_background_is_clear() -> None:
    shown = figures(report())
    assert len(shown) == 4
    for figure in shown:
        layout = json.loads(figure.to_json())["layout"]  # type: ignore[attr-defined]
        assert layout["title"]["text"].endswith("?")
        assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == "rgba(0,0,0,0)"


def test_large_files_are_drawn_with_few_points() -> None:
    made = report(n=30_000)
    made.records["data"] = pd.date_range("2010-01-01", periods=30_000, freq="h")
    assert all(points(figure) <= overview.MAX_POINTS for figure in figures(made))


def test_hostile_text_cannot_be_markup() -> None:
    made = report(
        [finding(11, fornecedor=HOSTILE, orgao=HOSTILE), finding(40, orgao="B & C &lt;b>")]
    )
    texts = [json.loads(f.to_json()) for f in figures(made)]  # type: ignore[attr-defined]
    texts.append(json.loads(charts.among_peers(made, 11, HOSTILE).to_json()))  # type: ignore[union-attr]
    plain = json.dumps(texts, ensure_ascii=False)
    assert "<script" not in plain and "<img" not in plain and "&lt;" not in plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [("a<b>c", "a‹b›c"), ("P&amp;D", "P& amp;D"), ("A & B", "A & B"), ("x\u202ey\x00", "x y ")],
)
def test_clean(text: str, shown: str) -> None:
    assert charts.clean(text) == shown


def test_record_without_peers_is_compared_with_its_file() -> None:
    made = report()
    made.records.loc[11, "_pares"] = -1
    figure = charts.among_peers(made, 11, "x")
    assert figure is not None and "arquivo" in figure.layout.title.text


@pytest.mark.parametrize("case", ["no records", "no amount", "one record", "no dates"])
def test_nothing_known_draws_nothing(case: str) -> None:
    made = report(n=1) if case == "one record" else report()
    if case == "no records":
        made.records = None
    elif case == "no amount":
        made.records["_valor"] = np.nan
    elif case == "no dates":
        made.records["data"] = pd.NaT
        assert charts.timeline(made) is None
        return
    assert charts.among_peers(made, 11, "x") is None
    assert charts.timeline(made) is None


def test_reading_agrees_with_a_naive_count() -> None:
    made = report()
    peers = overview.peers_of(made, 11)
    assert peers is not None
    naive = sum(v < 480_000 for i, v in made.records["_valor"].items() if i != 11)
    assert peers.below == naive == len(peers.others)
    assert f"{naive} dos outros {naive} custaram menos" in overview.peers_reading(
        peers, with_ratio=True
    )
    assert "vezes" not in overview.peers_reading(peers, with_ratio=False)


def test_peers_of_the_reference_are_not_said_to_be_drawn() -> None:
    made = report(n=20)
    made.records["_pares_n"] = 900
    peers = overview.peers_of(made, 11)
    assert peers is not None and "900" in overview.peers_title(peers)
    assert "19 dos outros 19 deste arquivo" in overview.peers_reading(peers, with_ratio=True)


def test_concentration_counts_every_dated_finding_once() -> None:
    made = report([
        finding(row, 0.9, orgao=f"Órgão {row % 5}", data=f"2024-{row % 12 + 1:02d}-10")
        for row in range(80)
    ])  # fmt: skip
    table = overview.concentration(made)
    assert table is not None and table.counts.sum() == 80
    assert len(table.buyers) == 5 and len(table.periods) == 12


def test_many_months_become_years() -> None:
    made = report([
        finding(row, 0.9, data=f"{2000 + row // 12}-{row % 12 + 1:02d}-10") for row in range(120)
    ])  # fmt: skip
    table = overview.concentration(made)
    assert table is not None and table.by_year and "2004" in table.periods


@pytest.mark.parametrize("name", NAMES)
def test_every_chart_of_patterns_asks_reads_and_is_safe(name: str) -> None:
    view = views(HOSTILE).drawn[name]
    text = charts.view(view).to_json()
    layout = json.loads(text)["layout"]
    assert view.title == layout["title"]["text"].replace("<br>", " ")
    assert view.title.endswith("?") and view.reading.endswith(".")
    assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == "rgba(0,0,0,0)"
    assert "<script" not in text and "<img" not in text
    axes = [layout[axis].get("title", {}).get("text") for axis in ("xaxis", "yaxis")]
    assert name in ("ties", "tenders") or all(axes)


@pytest.mark.parametrize("name", NAMES)
def test_every_view_crosses_processes(name: str) -> None:
    made = views()
    back = pickle.loads(pickle.dumps(made))
    assert charts.view(back.drawn[name]) == charts.view(made.drawn[name])
    assert len(pickle.dumps(made)) < 10_000


def test_the_limit_is_drawn_with_its_act_between_two_bars() -> None:
    piles = views("Decreto 9.412/2018").drawn["piles"]
    figure = charts.view(piles)
    assert "R$ 8.000,00" in figure.layout.annotations[0].text
    assert "9.412" in figure.layout.annotations[0].text
    assert 8_000.0 in piles.edges  # type: ignore[union-attr]


@pytest.mark.parametrize("limit", [1.0, 8_000.0, 17_600.0, 65_492.11, 3e6])
def test_ticks_are_few_and_round(limit: float) -> None:
    ticks = of_patterns._round_ticks(limit / 2, 1.5 * limit)
    assert 2 <= len(ticks) <= 6 and all(limit / 2 <= tick <= 1.5 * limit for tick in ticks)


def test_tender_without_a_marked_winner_shows_its_lowest_bid() -> None:
    figure = charts.view(views().drawn["tenders"])
    drawn = {trace.name: list(trace.x) for trace in figure.data}
    assert drawn["vencedora"] == [0.0] and drawn["menor proposta"] == [0.0]
    assert drawn["valor estimado"] == pytest.approx([20.0])


def test_readings_quote_the_figures_drawn() -> None:
    drawn = views().drawn
    assert "ficam com 70,0 % do dinheiro" in drawn["curve"].reading
    assert "com cerca de 50,0 %" in drawn["curve"].reading
    assert "jan/2024: R$ 3,0 milhões" in drawn["calendar"].reading
    assert "148 compras" in drawn["piles"].reading and "cerca de 41" in drawn["piles"].reading
    assert "80,0 %" in drawn["ties"].reading and "Uma ligação" in drawn["ties"].reading
    assert "1 de 30 licitações tem" in drawn["tenders"].reading
    assert drawn["digits"].reading.startswith("Sim: em 900 valores")
