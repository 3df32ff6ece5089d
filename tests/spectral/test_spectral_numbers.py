"""The numeric parts against naive twins: direct sums, brute-force least squares, full search."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from cidadao_models.models.spectral_analysis import (
    background,
    changes,
    coherence,
    lines,
    periodogram,
    spikes,
    steps,
)


@pytest.mark.parametrize("n", [8, 9, 60, 365])
def test_parseval(n: int) -> None:
    values = np.random.default_rng(n).lognormal(size=n)
    _, amplitude = periodogram.amplitudes(values)
    assert (amplitude**2).sum() / 2 == pytest.approx(values.var(), rel=1e-9)


def test_the_amplitude_of_a_cosine_is_its_own() -> None:
    at = np.arange(120)
    frequency, amplitude = periodogram.amplitudes(5 + 3 * np.cos(2 * np.pi * at / 12 + 1))
    assert frequency[np.argmax(amplitude)] == pytest.approx(1 / 12)
    assert amplitude.max() == pytest.approx(3)


def test_the_spectrum_is_the_direct_sum() -> None:
    values = np.random.default_rng(1).normal(size=50)
    found = periodogram.spectrum(values)
    at = np.arange(50)
    direct = [
        abs(((values - values.mean()) * np.exp(-2j * np.pi * f * at)).sum()) ** 2 / 50
        for f in found.frequency
    ]
    np.testing.assert_allclose(found.power, direct, rtol=1e-9, atol=1e-9)


def test_with_missing_points_it_is_brute_force_least_squares() -> None:
    rng = np.random.default_rng(2)
    values = rng.normal(size=80)
    values[rng.random(80) < 0.6] = np.nan
    seen = np.isfinite(values)
    at = np.arange(80)[seen]
    found = periodogram.spectrum(values)
    for index in range(3, 75, 7):
        turn = 2 * np.pi * found.frequency[index] * at
        X = np.column_stack([np.ones(len(at)), np.cos(turn), np.sin(turn)])
        fitted = X @ np.linalg.lstsq(X, values[seen], rcond=None)[0]
        explained = ((fitted - values[seen].mean()) ** 2).sum()
        assert found.power[index] == pytest.approx(explained / 2, rel=1e-6)


def test_steps_are_where_a_full_search_puts_them() -> None:
    values = np.random.default_rng(3).normal(size=24)
    values[9:] += 3

    def cost(edges: tuple[int, ...]) -> float:
        return sum(((part - part.mean()) ** 2).sum() for part in np.split(values, edges))

    for count, found in enumerate(steps.cut(values, np.ones(24), 3, 3), start=1):
        legal = [
            edges
            for edges in combinations(range(3, 22), count)
            if min(np.diff((0, *edges, 24))) >= 3
        ]
        assert cost(tuple(found)) == pytest.approx(min(map(cost, legal)))


def test_the_step_of_known_size_is_found_at_its_first_point() -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(size=900)
    values[613:] += 3
    found = changes.level_steps(values)
    assert [step.index for step in found.found] == [613]
    assert found.found[0].p_value < 1e-6


def test_a_trend_is_no_step_and_neither_is_one_day() -> None:
    rng = np.random.default_rng(5)
    line = 0.05 * np.arange(200) + rng.normal(size=200)
    found = changes.level_steps(line)
    assert not found.found and found.trend
    day = rng.normal(size=200)
    day[77] += 40
    assert not changes.level_steps(day).found


def test_a_change_of_spread_has_its_size() -> None:
    values = np.random.default_rng(6).normal(size=800)
    values[500:] *= 2
    (step,) = changes.spread_steps(values).found
    assert abs(step.index - 500) <= 25
    assert changes.spread_ratio(values, step.index, (step.index,)) == pytest.approx(4, rel=0.35)


def test_one_line_for_one_cycle_with_its_harmonics() -> None:
    rng = np.random.default_rng(7)
    at = np.arange(600)
    saw = (at % 17) / 17
    search = lines.search(saw * 3 + rng.normal(size=600), 0.05)
    (family,) = lines.families(search.lines, 600)
    assert 1 / family.frequency == pytest.approx(17, rel=0.01)
    assert family.harmonics[0] == 1 and len(family.harmonics) >= 2


def test_an_absent_fundamental_is_named() -> None:
    found = [lines.Line(h / 60, 30.0 - h, 1e-9) for h in (2, 3, 4, 5)]
    (family,) = lines.families(found, 600)
    assert 1 / family.frequency == pytest.approx(60) and family.harmonics == (2, 3, 4, 5)


def test_unrelated_lines_stay_apart() -> None:
    found = [lines.Line(1 / 59.5, 12.0, 1e-5), lines.Line(1 / 12, 30.0, 1e-9)]
    assert len(lines.families(found, 295)) == 2


@pytest.mark.parametrize(
    ("period", "cycle", "harmonic"),
    [(7, "semana", 1), (3.5, "semana", 2), (30.44, "mes", 1), (15.22, "mes", 2),
     (365.25, "ano", 1), (121.75, "ano", 3), (60.87, "ano", 6), (10, "", 0), (45, "", 0)],
)  # fmt: skip
def test_what_the_calendar_explains(period: float, cycle: str, harmonic: int) -> None:
    assert lines.calendar_cycle(1 / period, 2190, 1.0) == (cycle, harmonic)
    assert lines.calendar_cycle(1 / period, 2190, None) == ("", 0)


def test_the_background_of_red_noise_keeps_its_shape() -> None:
    from cidadao_models.models.evaluation.spectral_series import red

    phis = [
        background.red_noise(
            periodogram.spectrum(red(np.random.default_rng(i), 1000, 0.6), lowest=0.005)
        ).phi
        for i in range(20)
    ]
    assert np.mean(phis) == pytest.approx(0.6, abs=0.08)


def test_chances_fall_as_ratios_rise_and_threshold_undoes_them() -> None:
    null = background.null_for(365, 300)
    p = null.local_p(np.array([5.0, 10.0, 15.0]))
    assert (np.diff(p) < 0).all()
    assert null.ratio(float(p[1])) == pytest.approx(10)
    assert background.placed_gain(background.placed_gain_p(9.0, 60), 60) == pytest.approx(9)


def test_spikes_in_normal_noise_are_as_rare_as_they_say() -> None:
    low = []
    everything = np.ones(400, dtype=bool)
    for seed in range(150):
        values = np.random.default_rng(seed).normal(size=400)
        low.append(spikes.chances(values, everything, everything).min() <= 0.05)
    assert np.mean(low) <= 0.08


def test_a_point_the_series_often_shows_is_no_spike() -> None:
    rng = np.random.default_rng(8)
    values = rng.standard_t(2.5, size=2000)
    everything = np.ones(2000, dtype=bool)
    assert (spikes.chances(values, everything, everything) <= 0.005).sum() <= 1
    values[100] = 1e4
    assert spikes.chances(values, everything, everything)[100] <= 1e-3


def test_coherence_of_noise_has_its_level_and_of_itself_is_one() -> None:
    over, high = [], []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        a, b = rng.normal(size=(2, 600))
        found = coherence.welch(a, b)
        over.append(np.mean(found.coherence > found.line(0.05)))
        high.append(found.coherence.max())
    assert 0.03 <= np.mean(over) <= 0.07
    assert np.mean(high) < 0.8
    assert coherence.welch(a, a).coherence == pytest.approx(1)


def test_local_chances_are_uniform_enough_in_noise() -> None:
    """The family's chance of the highest line is near uniform where decisions are made."""
    p = []
    for seed in range(250):
        values = np.random.default_rng(seed).normal(size=120)
        null = background.gain_null_for(120, 1)
        p.append(float(null.family_p(lines.highest(values))))
    assert stats.binomtest(int(np.sum(np.array(p) <= 0.05)), 250, 0.05).pvalue > 1e-3


def test_the_benchmarks_yardsticks_are_what_they_say() -> None:
    from cidadao_models.models.evaluation import spectral_series, spectral_suite

    rng = np.random.default_rng(9)
    white = [spectral_suite.baluev(rng.normal(size=120)) <= 0.05 for _ in range(200)]
    assert np.mean(white) <= 0.08
    assert spectral_suite.baluev(np.cos(np.arange(120) / 3) + rng.normal(size=120) / 3) < 1e-6
    assert spectral_series.f1((50,), (47,)) == 1
    assert spectral_series.f1((), (47,)) == pytest.approx(2 / 3)
    assert spectral_series.f1((10, 20), ()) == pytest.approx(0.5)
    assert all(figure.met for figure in spectral_suite.identities())


def test_every_annotated_series_keeps_its_changes_inside() -> None:
    from cidadao_models.models.evaluation import spectral_series

    series = list(spectral_series.annotated(0))
    assert len(series) >= 20
    for one in series:
        assert all(3 < place < len(one.values) - 3 for place in one.changes), one.name
        assert np.isfinite(one.values).all()


def test_a_level_is_dated_beside_its_calendar_and_holy_week_moves() -> None:
    import pandas as pd

    from cidadao_models.models.evaluation import spectral_oracle, spectral_series
    from cidadao_models.models.spectral_analysis import SpectralAnalyzer, calendar

    errors = []
    for seed in range(300, 312):
        rng = np.random.default_rng(seed)
        series, start = spectral_series.planted(spectral_series.city_hall(rng), "level x2", rng)
        found = [one for one in SpectralAnalyzer().analyze(series).changes if one.kind == "level"]
        day = series.index[start]
        errors.append(min(abs((pd.Timestamp(one.date_or_index) - day).days) for one in found))
    assert np.mean(np.array(errors) <= 7) >= 0.75
    days = np.arange("2024-03-18", "2024-04-08", dtype="datetime64[D]")
    assert days[calendar._holy_week(days)].astype(str).tolist() == [
        "2024-03-25", "2024-03-26", "2024-03-27", "2024-03-28",
    ]  # fmt: skip

    def make(rng: np.random.Generator, sd: float) -> pd.Series:
        return spectral_series.city_hall(rng, sd=sd)

    for kind, least in (("level x2", 15), ("day x30", 19)):
        hits = [
            spectral_oracle.finds(make, kind, seed, phi=0.3, sd=0.5) for seed in range(300, 320)
        ]
        assert sum(hits) >= least


def test_a_heavy_tail_is_told_and_a_light_one_is_taken_as_light() -> None:
    rng = np.random.default_rng(11)
    light = [spikes.heaviness(rng.normal(size=1000)) for _ in range(20)]
    heavy = [spikes.heaviness(rng.standard_t(4, size=1000)) for _ in range(20)]
    assert np.median(light) < 0.04 < 0.08 < np.median(heavy)


def test_one_year_in_five_years_of_red_months() -> None:
    from cidadao_models.models.evaluation.spectral_series import red
    from cidadao_models.models.spectral_analysis import calendar_lines

    month, hits, alarms = 365.2425 / 12, 0, 0
    for seed in range(60):
        noise = red(np.random.default_rng(seed), 60, 0.5)
        wave = np.cos(2 * np.pi * np.arange(60) / 12 + seed)
        hits += bool(calendar_lines.calendar_families(noise + wave, None, 0.05, month))
        alarms += bool(calendar_lines.calendar_families(noise, None, 0.05, month))
    assert hits >= 48 and alarms <= 9
