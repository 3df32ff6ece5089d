"""Series whose answer is known: sunspots, CO2, El Niño, the Nile; real spending where it lies."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from statsmodels import datasets

from cidadao_models.models.spectral_analysis import SpectralAnalyzer

ANALYZER = SpectralAnalyzer()
DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "series"


def test_sunspots() -> None:
    values = datasets.sunspots.load_pandas().data["SUNACTIVITY"].to_numpy(float)
    (one,) = ANALYZER.analyze(values).periods
    assert one.period == pytest.approx(11.04, rel=0.01)


@pytest.mark.parametrize(("freq", "true"), [(None, 365.2425 / 7), ("MS", 12.0)])
def test_carbon_dioxide(freq: str | None, true: float) -> None:
    series = datasets.co2.load_pandas().data["co2"]
    if freq:
        series = series.resample(freq).mean()
    report = ANALYZER.analyze(series)
    assert report.dominant_period == pytest.approx(true, rel=0.01)
    assert report.periods[0].kind == "esperado" and {1, 2} <= set(report.periods[0].harmonics)
    listed = ANALYZER.analyze(series.interpolate().to_numpy())
    assert listed.dominant_period == pytest.approx(true, rel=0.01)


def test_el_nino() -> None:
    values = datasets.elnino.load_pandas().data.iloc[:, 1:].to_numpy(float).ravel()
    months = pd.date_range("1950-01-01", periods=len(values), freq="MS")
    report = ANALYZER.analyze(pd.Series(values, months))
    assert report.dominant_period == pytest.approx(12, rel=0.01)


def test_the_nile_drops_once_in_1899() -> None:
    data = datasets.nile.load_pandas().data
    years = pd.to_datetime(data["year"].astype(int).astype(str))
    report = ANALYZER.analyze(pd.Series(data["volume"].to_numpy(float), years))
    (change,) = report.changes
    assert change.kind == "level" and change.date_or_index == pd.Timestamp("1899-01-01")
    assert change.effect == pytest.approx(0.77, abs=0.03)


@pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not there")
def test_the_senate_allowance_has_weeks_and_months() -> None:
    table = pd.read_csv(DATA / "ceaps_senado_diario.csv", parse_dates=["ds"])
    report = ANALYZER.analyze(pd.Series(table["y"].to_numpy(float), table["ds"]))
    short = sorted(one.period for one in report.periods if one.period < 100)
    assert short == pytest.approx([7, 30.44], rel=0.01)
    assert {one.kind for one in report.periods} == {"esperado"}


@pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not there")
@pytest.mark.parametrize("column", ["vlr_empenhado", "vlr_liquidado", "vlr_pago_orcamentario"])
def test_minas_has_twelve_months(column: str) -> None:
    table = pd.read_csv(DATA / "mg_siafi_execucao_mensal.csv")
    dates = [f"{y}-{m:02d}-01" for y, m in zip(table["ano"], table["mes_cod"], strict=True)]
    report = ANALYZER.analyze(table[column].to_numpy(float), dates=dates)
    assert report.dominant_period == pytest.approx(12, rel=0.01)
    values = table.sort_values(["ano", "mes_cod"])[column].to_numpy(float)
    assert ANALYZER.analyze(values).dominant_period == pytest.approx(12, rel=0.01)


@pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA} is not there")
def test_brazilian_text_newest_first() -> None:
    table = pd.read_csv(DATA / "custeio_administrativo_mensal.csv", sep=";", dtype=str)
    report = ANALYZER.analyze(table["Valor"].tolist(), dates=table["Data"].tolist())
    assert report.unit == "meses" and np.isfinite(report.values).all()
    assert report.dominant_period == pytest.approx(12, rel=0.01)
