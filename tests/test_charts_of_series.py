"""Series as tables, charts and sentences: what a file gives, few points, no extreme lost."""

from __future__ import annotations

import itertools
import json
import random
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cidadao_models.charts import of_series as charts
from cidadao_models.errors import MissingFields, TooFewRecords
from cidadao_models.findings import overview
from cidadao_models.models import series_of_file, series_views
from cidadao_models.models.spectral_analysis import SpectralAnalyzer, SpectralReport
from cidadao_models.models.spectral_analysis.report import Change, Period, Spike
from cidadao_models.reading.limits import NO_LIMITS
from cidadao_models.ui import spectral_examples, spectral_work


def made(n: int = 400, *, dated: bool = True, seed: int = 1, **given: Any) -> SpectralReport:
    """A report by hand: weekly wave, one change, one spike, and a band around the wave."""
    draw = np.random.default_rng(seed)
    wave = 1000 + 200 * np.cos(2 * np.pi * np.arange(n) / 7)
    values = wave + 50 * draw.normal(size=n)
    values[n // 3] = 9_000.0
    times = pd.date_range("2021-01-01", periods=n) if dated else None
    frequency = np.arange(1, n // 2 + 1) / n
    at = (lambda i: times[i]) if times is not None else (lambda i: i)
    report = SpectralReport(
        "ok",
        periods=[Period(7.0, "dias" if dated else "amostras", 1e-9, 1e-8, 0.6, (1, 2), "esperado")],
        cycles=["semana"],
        changes=[Change(at(n // 2), "level", 2.0, 1e-6)],
        spikes=[Spike(at(n // 3), 9_000.0, 1_000.0, 1e-9)],
        frequencies=frequency,
        amplitudes=np.ones(n // 2),
        threshold=np.full(n // 2, 2.0),
        unit="dias" if dated else "amostras",
        n=n,
        times=times,
        values=values,
        expected={"expected": wave, "lower": wave - 100, "upper": wave + 100},
        null_model={"scale": "linear"},
    )
    for name, value in given.items():
        setattr(report, name, value)
    return report


def figures(report: SpectralReport) -> list[Any]:
    spectrum = series_views.spectrum(report, money=True)
    calendar = series_views.calendar(report, money=True)
    spectrogram = series_views.spectrogram(report)
    drawn = [charts.line(series_views.line(report, money=True))]
    drawn += [charts.spectrum(spectrum)] if spectrum else []
    drawn += [charts.calendar(calendar)] if calendar else []
    drawn += [charts.spectrogram(spectrogram)] if spectrogram else []
    return drawn


def plain(figure: Any) -> dict[str, Any]:
    return dict(json.loads(figure.to_json()))


def test_every_title_asks_and_background_is_clear() -> None:
    shown = figures(made())
    assert len(shown) == 4
    for figure in shown:
        layout = plain(figure)["layout"]
        assert layout["title"]["text"].endswith("?")
        assert layout["paper_bgcolor"] == layout["plot_bgcolor"] == "rgba(0,0,0,0)"


@pytest.mark.parametrize("n", [9, 40, 719, 721, 5_000, 60_000])
@pytest.mark.parametrize("dated", [True, False])
def test_big_series_are_thinned_without_losing_extremes(n: int, dated: bool) -> None:
    report = made(n, dated=dated)
    report.values[n // 5] = -4_000.0
    report.values[n // 2] = np.nan
    line = series_views.line(report, money=False)
    assert len(line.at) <= overview.MAX_POINTS and len(line.band_at) <= overview.MAX_POINTS
    assert np.nanmax(line.values) == 9_000.0 and np.nanmin(line.values) == -4_000.0
    assert set(line.values[np.isfinite(line.values)]) <= set(report.values)
    assert all(mark.at in line.at for mark in line.spikes)
    for figure in figures(report):
        assert len(figure.to_json()) < 400_000


def test_thinning_keeps_each_steps_extremes_as_a_naive_loop_does() -> None:
    values = np.random.default_rng(4).normal(size=5_000)
    kept = set(series_views._extremes(values, []).tolist())
    edges = np.linspace(0, 5_000, series_views.MOST_BUCKETS + 1).astype(int)
    for first, last in itertools.pairwise(edges):
        assert first + int(np.argmin(values[first:last])) in kept
        assert first + int(np.argmax(values[first:last])) in kept


def test_period_axis_is_in_words_and_the_cycle_is_named() -> None:
    spectrum = series_views.spectrum(made(), money=True)
    assert spectrum is not None
    top = spectrum.period[int(np.argmax(spectrum.amplitude))]
    assert top == pytest.approx(7, rel=0.03)
    assert spectrum.named[0][2] == "semana (7 dias)" and spectrum.echoes[0][0] == 3.5
    layout = plain(charts.spectrum(spectrum))["layout"]
    assert {"7 dias", "1 mês"} <= set(layout["xaxis"]["ticktext"])


@pytest.mark.parametrize(
    ("unit", "known"),
    [("semanas", "1 ano"), ("meses", "1 ano"), ("anos", "10 anos"), ("amostras", "10")],
)
def test_every_unit_has_lengths_a_reader_knows(unit: str, known: str) -> None:
    report = made(600, dated=False, unit=unit)
    report.periods = [one._replace(unit=unit) for one in report.periods]
    spectrum = series_views.spectrum(report, money=False)
    assert spectrum is not None
    assert known in plain(charts.spectrum(spectrum))["layout"]["xaxis"]["ticktext"]


def test_dated_findings_are_marked_and_told() -> None:
    report = made()
    data = plain(charts.line(series_views.line(report, money=True)))
    labels = [note["text"] for note in data["layout"]["annotations"]]
    assert labels == ["20/07/2021: nível × 2"] or labels == ["20/07/2021: nível × 2,0"]
    text = series_views.verdict(report)
    assert "O que se repete é o calendário: a semana." in text
    assert "Em 20/07/2021, o nível dobra." in text and "14/05/2021" in text
    assert "não diz por que" in series_views.line_reading(report)


def test_many_changes_are_counted_and_the_clearest_told() -> None:
    changes = [
        Change(pd.Timestamp(2021, 1 + i, 10), "level", 0.5 + i, 10.0 ** (-3 - i)) for i in range(9)
    ]
    report = made(changes=changes, spikes=[])
    text = series_views.verdict(report)
    assert "O nível muda 9 vezes; a mudança mais nítida é em 10/09/2021" in text
    assert len(series_views.line(report, money=True).changes) == series_views.MOST_LABELLED
    assert "na tabela" in series_views.line_reading(report)


@pytest.mark.parametrize("values", [[], [3.0], [1.0] * 5, [5.0] * 60, [None, 2.0, 3.0]])
def test_short_and_flat_series_are_drawn_or_left_out(values: list[float | None]) -> None:
    report = SpectralAnalyzer().analyze(values)
    assert report.status == "inconclusivo"
    assert series_views.verdict(report).startswith("Ainda não dá para dizer.")
    assert series_views.spectrum(report, money=False) is None
    assert series_views.spectrogram(report) is None
    if values:
        charts.line(series_views.line(report, money=False)).to_json()


def test_heavy_amounts_are_drawn_on_a_log_axis_and_negative_ones_are_not() -> None:
    heavy = made()
    heavy.values[7] = 900_000.0
    shown = plain(charts.line(series_views.line(heavy, money=True)))
    assert shown["layout"]["yaxis"]["type"] == "log"
    heavy.values[9] = -5.0
    shown = plain(charts.line(series_views.line(heavy, money=True)))
    assert shown["layout"]["yaxis"]["type"] == "linear"


@pytest.mark.parametrize("seed", range(4))
def test_calendar_adds_up(seed: int) -> None:
    report = made(3_000, seed=seed)
    grid = series_views.calendar(report, money=True)
    assert grid is not None and grid.by == "mês e ano"
    assert np.nansum(grid.values) == pytest.approx(report.values.sum())
    short = series_views.calendar(made(300, seed=seed), money=True)
    assert short is not None and short.rows == series_views.WEEKDAYS
    assert "pesa" in series_views.calendar_reading(short)


def test_spectrogram_shows_a_cycle_where_it_begins() -> None:
    draw = np.random.default_rng(2)
    values = 1000 + draw.normal(size=1_200)
    values[600:] += 40 * np.cos(2 * np.pi * np.arange(600) / 10)
    flat = np.full(1_200, 1000.0)
    report = made(1_200, dated=False, values=values, expected={"expected": flat})
    shown = series_views.spectrogram(report)
    assert shown is not None
    row = int(np.argmin(np.abs(shown.periods - 10)))
    half = len(shown.at) // 2
    assert shown.power[row, half + 4 :].min() > 3 * shown.power[row, : half - 4].max()


def test_coherence_has_a_line_or_a_reason() -> None:
    draw = np.random.default_rng(0)
    a = draw.normal(size=600)
    together = SpectralAnalyzer().coherence(list(a), list(a + 0.4 * draw.normal(size=600)))
    figure = charts.coherence(together)
    assert figure is not None and plain(figure)["layout"]["title"]["text"].endswith("?")
    assert "não diz a causa" in series_views.coherence_reading(together)
    short = SpectralAnalyzer().coherence(list(a[:20]), list(a[:20]))
    assert charts.coherence(short) is None and "precisos" in series_views.coherence_reading(short)


# -- the series of a file ----------------------------------------------------------------------


def records(n_days: int = 900, *, every: int = 1) -> pd.DataFrame:
    draw = random.Random(5)
    rows = [
        {
            "data": date(2021, 1, 1) + timedelta(days=i),
            "valor": draw.lognormvariate(8, 0.3),
            "orgao": f"Órgão {i % 2}",
            "fornecedor": f"Empresa {i % 5}",
        }
        for i in range(0, n_days, every)
    ]
    frame = pd.DataFrame(rows)
    frame["data"] = pd.to_datetime(frame["data"])
    return frame


def test_sums_of_a_file_equal_a_naive_groupby() -> None:
    frame = records()
    ledger = series_of_file.ledger(frame)
    for unit, code in (("dia", "D"), ("mes", "M")):
        found = series_of_file.series_of(ledger, unit=unit).values
        naive = frame.groupby(frame["data"].dt.to_period(code))["valor"].sum()
        naive.index = naive.index.to_timestamp()
        shared = found.index.intersection(naive.index)
        assert len(shared) == len(found) >= len(naive) - 2
        assert np.allclose(found[shared], naive[shared], atol=0.01)
    mine = series_of_file.series_of(ledger, group="orgao", name="Órgão 1", unit="mes").values
    theirs = series_of_file.series_of(ledger, group="orgao", name="Órgão 0", unit="mes").values
    whole = series_of_file.series_of(ledger, unit="mes").values
    assert np.allclose(mine + theirs, whole, atol=0.02)


def test_order_of_rows_changes_nothing() -> None:
    frame = records()
    first = series_of_file.series_of(series_of_file.ledger(frame), unit="semana").values
    mixed = frame.sample(frac=1, random_state=3)
    second = series_of_file.series_of(series_of_file.ledger(mixed), unit="semana").values
    pd.testing.assert_series_equal(first, second)


def test_missing_months_of_the_file_are_missing_and_a_quiet_name_is_zero() -> None:
    frame = records(700)
    gone = frame["data"].dt.to_period("M") == pd.Period("2021-06")
    frame = frame[~gone].copy()
    frame.loc[frame["data"].dt.to_period("M") == pd.Period("2021-09"), "orgao"] = "Órgão 0"
    ledger = series_of_file.ledger(frame)
    found = series_of_file.series_of(ledger, group="orgao", name="Órgão 1", unit="mes").values
    assert np.isnan(found["2021-06-01"]) and found["2021-09-01"] == 0.0


def test_unfinished_last_month_is_left_out_and_said() -> None:
    frame = records(900)
    frame = frame[frame["data"] <= "2023-05-09"]
    found = series_of_file.series_of(series_of_file.ledger(frame), unit="mes")
    assert found.values.index[-1] == pd.Timestamp("2023-04-01")
    assert any("09/05/2023" in note for note in found.notes)


def test_lone_dates_do_not_stretch_the_series() -> None:
    frame = records()
    frame.loc[3, "data"] = pd.Timestamp("1921-01-04")
    frame.loc[4, "data"] = pd.NaT
    ledger = series_of_file.ledger(frame)
    assert ledger.n == len(frame) - 2
    assert len(ledger.notes) == 2
    assert series_of_file.series_of(ledger, unit="dia").values.index[0].year == 2021


@pytest.mark.parametrize("lacking", ["data", "valor"])
def test_file_without_dates_or_amounts_says_so(lacking: str) -> None:
    frame = records().drop(columns=lacking)
    with pytest.raises(MissingFields, match=lacking):
        series_of_file.ledger(frame)
    assert series_of_file.follow(frame) is None


def test_unknown_name_and_empty_table_are_refused() -> None:
    ledger = series_of_file.ledger(records())
    with pytest.raises(TooFewRecords):
        series_of_file.series_of(ledger, group="orgao", name="Outro")
    with pytest.raises(TooFewRecords):
        series_of_file.ledger(records().iloc[:0])


def test_names_are_masked_and_told_apart() -> None:
    frame = records()
    frame["fornecedor"] = "MARIA DA SILVA 529.982.247-25"
    frame["fornecedor_id"] = [f"1122233300018{i % 3}" for i in range(len(frame))]
    names = series_of_file.ledger(frame).names["fornecedor"]
    assert len(set(names)) == 3 and not any("529.982.247-25" in name for name in names)


def test_report_of_a_file_has_a_sentence_and_few_points() -> None:
    found = series_of_file.follow(records())
    assert found is not None and found["unit"] == "dia"
    assert found["sentence"] and len(found["line"].at) <= overview.MAX_POINTS
    json.dumps(found["report"], allow_nan=False)
    charts.line(found["line"]).to_json()
    assert series_of_file.follow(records(100)) is None
    assert series_of_file.follow(records(900, every=100)) is None


# -- pasted text and examples ------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "data;valor\n01/01/2024;1.234,56\n02/01/2024;\n03/01/2024;R$ 2,00",
        "2024-01-01\t1234,56\n2024-01-02\t\n2024-01-03\t2,00",
        "01/01/2024 1.234,56\n\n02/01/2024;\n03/01/2024 2,00",
    ],
)
def test_pasted_lines_are_dated_values(text: str) -> None:
    found = spectral_work.pasted(text, limits=NO_LIMITS)
    assert list(found.index) == list(pd.date_range("2024-01-01", periods=3))
    assert found.iloc[0] == 1234.56 and np.isnan(found.iloc[1]) and found.iloc[2] == 2.0


def test_pasted_numbers_alone_have_no_dates() -> None:
    found = spectral_work.pasted("1.234,56\n(3,00)\n-7\n12,5", limits=NO_LIMITS)
    assert found.tolist() == [1234.56, -3.0, -7.0, 12.5]
    assert isinstance(found.index, pd.RangeIndex)


def test_examples_show_what_they_say() -> None:
    step, rush, short = (
        spectral_work.look_at_text(spectral_examples.example(i), limits=NO_LIMITS).report
        for i in range(3)
    )
    assert [one.kind for one in step.changes] == ["level"]
    when = step.changes[0].date_or_index
    assert isinstance(when, pd.Timestamp)
    assert abs((when.date() - spectral_examples.STEP_DAY).days) <= 2
    assert {"semana", "mes"} <= set(step.cycles) and not step.spikes
    assert rush.december is not None and rush.december.kind == "atipico"
    assert short.status == "inconclusivo"
