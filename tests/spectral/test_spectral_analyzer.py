"""What a reader is promised: silence on noise, type-correct dated findings, honest limits."""

from __future__ import annotations

import json
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest

from cidadao_models.errors import InputError, MissingFields, TooFewRecords
from cidadao_models.models.evaluation import spectral_series as invented
from cidadao_models.models.evaluation.spectral_suite import found, unexpected
from cidadao_models.models.spectral_analysis import (
    CoherenceReport,
    SpectralAnalyzer,
    SpectralReport,
    from_records,
    spikes,
)
from cidadao_models.models.spectral_analysis.report import Period, describe

ANALYZER = SpectralAnalyzer()


def plain(report: SpectralReport) -> dict[str, Any]:
    answer = report.to_dict()
    json.dumps(answer, allow_nan=False)
    return answer


# -- silence -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [name for name in invented.NOISES if name != "random walk"])
def test_noise_is_silent(name: str) -> None:
    alarms = [
        unexpected(ANALYZER.analyze(invented.NOISES[name](np.random.default_rng(seed), n)))
        for n in (36, 60, 120, 365)
        for seed in range(16)
    ]
    assert np.sum(alarms) <= 8  # 64 runs at 5 %: over two sds


@pytest.mark.parametrize("name", list(invented.CLEAN))
def test_clean_calendars_are_silent(name: str) -> None:
    alarms = [
        unexpected(ANALYZER.analyze(invented.CLEAN[name](np.random.default_rng(seed))))
        for seed in range(40, 50)
    ]
    assert np.sum(alarms) <= 3


# -- findings ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", invented.PLANTS)
def test_what_is_planted_is_found_as_what_it_is(kind: str) -> None:
    hits = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        series, start = invented.planted(invented.office(rng), kind, rng)
        hits.append(found(ANALYZER.analyze(series), kind, pd.Timestamp(series.index[start])))
    assert sum(hits) >= 5


def test_a_step_is_not_reported_as_a_cycle() -> None:
    rng = np.random.default_rng(3)
    series, _ = invented.planted(invented.office(rng), "level x2", rng)
    report = ANALYZER.analyze(series)
    (change,) = report.changes
    assert change.kind == "level" and change.effect == pytest.approx(2, rel=0.15)
    assert not [one for one in report.periods if one.kind == "atipico"]


def test_two_months_of_nothing_begin_and_end() -> None:
    series = invented.office(np.random.default_rng(4))
    series.iloc[1000:1060] = 0
    report = ANALYZER.analyze(series)
    dates = [one.date_or_index for one in report.changes if one.kind == "level"]
    assert dates == [series.index[1000], series.index[1060]]


def test_a_heavy_tail_is_no_spike_and_does_not_hide_some() -> None:
    rng = np.random.default_rng(20)
    noise = rng.standard_t(5, size=(60, 1000))
    every = np.ones(1000, dtype=bool)
    seen = [spikes.chances(one, every, every).min() for one in noise]
    assert np.mean(np.array(seen) <= 0.005) <= 0.1
    calm = rng.normal(size=1000)
    calm[[100, 400, 700]] = 12.0
    assert (spikes.chances(calm, every, every)[[100, 400, 700]] <= 0.005).all()


def test_december_is_judged_by_past_decembers() -> None:
    rng = np.random.default_rng(5)
    usual = invented.monthly_body(rng)
    assert ANALYZER.analyze(usual).december is not None
    assert ANALYZER.analyze(usual).december.kind == "esperado"  # type: ignore[union-attr]
    usual.iloc[-1] *= 6
    december = ANALYZER.analyze(usual).december
    assert december is not None and december.kind == "atipico" and december.year == 2020


def test_the_calendar_is_expected_and_its_harmonics_merged() -> None:
    report = ANALYZER.analyze(invented.office(np.random.default_rng(6)))
    kinds = {cycle: one for one, cycle in zip(report.periods, report.cycles, strict=True)}
    assert kinds["semana"].period == pytest.approx(7, rel=0.01)
    assert kinds["semana"].harmonics == (1, 2, 3)
    assert kinds["ano"].period == pytest.approx(365.24, rel=0.01)
    assert {one.kind for one in report.periods} == {"esperado"}


def test_a_weekly_cycle_in_four_days_of_ten() -> None:
    rng = np.random.default_rng(7)
    days = pd.date_range("2020-01-01", periods=730)
    values = 100 + 10 * np.cos(2 * np.pi * np.arange(730) / 7) + 8 * rng.normal(size=730)
    some = pd.Series(values, days)[rng.random(730) < 0.4]
    report = ANALYZER.analyze(some)
    assert min(abs(one.period - 7) for one in report.periods) < 0.07


def test_three_years_of_months_say_what_they_cannot_tell() -> None:
    months = pd.date_range("2020-01-01", periods=36, freq="MS")
    noise = np.random.default_rng(8).normal(10, 1, 36)
    report = ANALYZER.analyze(pd.Series(noise, months))
    assert report.status == "inconclusivo" and "limitado" in report.reason
    assert "meses" in report.reason


# -- limits and hostile input ------------------------------------------------------------------


@pytest.mark.parametrize("n", range(8))
def test_a_short_series_says_how_long_it_must_be(n: int) -> None:
    report = ANALYZER.analyze(list(np.arange(n) + 1.0))
    assert report.status == "inconclusivo" and "8" in report.reason
    answer = plain(report)
    assert answer["dominant_frequency"] is None and answer["periodic_patterns"] == []


@pytest.mark.parametrize("value", [0.0, 5.0, -3.0])
def test_a_constant_series_is_inconclusive(value: float) -> None:
    report = ANALYZER.analyze([value] * 100)
    assert report.status == "inconclusivo" and plain(report)["spikes"] == []


@pytest.mark.parametrize("bad", [[np.nan] * 50, [None] * 50, [1.0, np.inf] * 20, [1e300] * 40])
def test_what_is_no_series_is_a_clear_error(bad: list[float]) -> None:
    with pytest.raises(InputError):
        ANALYZER.analyze(bad)


@pytest.mark.parametrize("rate", [0, -1, float("nan"), "x", None, True])
def test_a_sampling_rate_must_be_a_positive_number(rate: Any) -> None:
    with pytest.raises(InputError):
        ANALYZER.analyze([1.0, 2.0] * 20, sampling_rate=rate)


@pytest.mark.parametrize("alpha", [0, 1, -1])
def test_alpha_and_calendar_are_checked(alpha: float) -> None:
    with pytest.raises(InputError):
        SpectralAnalyzer(alpha=alpha)
    with pytest.raises(InputError):
        SpectralAnalyzer(calendar="US")


HOSTILE = {
    "two values": [1.0, 2.0] * 30,
    "one huge": [*([10.0] * 60), 1e15, *([10.0] * 60)],
    "mostly zero": [0.0] * 95 + [5.0, 0, 0, 1, 0],
    "alternating signs": [1.0, -1.0] * 50,
    "tiny": list(np.random.default_rng(0).random(60) * 1e-12),
    "half missing": [1.0, None] * 40,
    "one step, no noise": [1.0] * 50 + [2.0] * 50,
    "straight line": list(np.arange(100.0)),
    "integers": list(range(1, 13)) * 10,
    "nine points": [3.0, 1, 4, 1, 5, 9, 2, 6, 5],
}


@pytest.mark.parametrize("name", list(HOSTILE))
@pytest.mark.parametrize("dated", [False, True])
def test_hostile_series_get_a_structured_answer(name: str, dated: bool) -> None:
    values = HOSTILE[name]
    dates = pd.date_range("2021-01-01", periods=len(values)) if dated else None
    answer = plain(ANALYZER.analyze(values, dates=dates))
    assert answer["status"] in ("ok", "inconclusivo")
    for one in (*answer["changes"], *answer["spikes"], *answer["periodic_patterns"]):
        assert 0 <= one["p_value"] <= 1


def test_one_huge_estorno_is_one_finding() -> None:
    series = invented.office(np.random.default_rng(9), years=3)
    before = ANALYZER.analyze(series)
    series.iloc[500] = -5e7
    after = ANALYZER.analyze(series)
    assert [one.date_or_index for one in after.spikes] == [series.index[500]]
    lengths = [one.period for one in before.periods]
    assert [one.period for one in after.periods] == pytest.approx(lengths, rel=0.01)


# -- invariances -------------------------------------------------------------------------------


def outline(report: SpectralReport) -> tuple[Any, ...]:
    return (
        report.status,
        [(round(one.period, 6), one.harmonics, one.kind) for one in report.periods],
        [(one.date_or_index, one.kind, round(one.effect, 6)) for one in report.changes],
        [one.date_or_index for one in report.spikes],
    )


@pytest.mark.parametrize("factor", [1e-3, 7.0, 1e6])
def test_scale_changes_nothing(factor: float) -> None:
    rng = np.random.default_rng(10)
    series, _ = invented.planted(invented.office(rng, years=3), "level x2", rng)
    assert outline(ANALYZER.analyze(series * factor)) == outline(ANALYZER.analyze(series))


def test_order_of_rows_and_repetition_change_nothing() -> None:
    series = invented.transfers(np.random.default_rng(11), years=2)
    first = plain(ANALYZER.analyze(series)) | {"notes": []}
    again = plain(ANALYZER.analyze(series)) | {"notes": []}
    mixed = plain(ANALYZER.analyze(series.sample(frac=1, random_state=1))) | {"notes": []}
    assert first == again == mixed


def test_a_stricter_alpha_never_finds_more() -> None:
    rng = np.random.default_rng(12)
    series, _ = invented.planted(invented.office(rng, years=3), "10-day cycle", rng)
    strict, loose = SpectralAnalyzer(alpha=0.001), SpectralAnalyzer(alpha=0.2)
    count = [
        len(one.periods) + len(one.changes) + len(one.spikes)
        for one in (strict.analyze(series), loose.analyze(series))
    ]
    assert count[0] <= count[1]


def test_parts_sum_to_the_series_and_curves_have_its_length() -> None:
    report = ANALYZER.analyze(invented.office(np.random.default_rng(13), years=2))
    parts = report.decomposition
    total = parts["level"] + parts["calendar"] + parts["cycles"] + parts["rest"]
    np.testing.assert_allclose(total, parts["series"], atol=1e-9)
    assert len(report.frequencies) == len(report.amplitudes) == len(report.threshold)
    assert (report.amplitudes**2).sum() / 2 == pytest.approx(report.values.var(), rel=1e-9)
    inside = (report.values >= report.expected["lower"]) & (
        report.values <= report.expected["upper"]
    )
    assert 0.88 <= inside.mean() <= 0.99


def test_the_json_has_the_keys_of_the_contract() -> None:
    answer = plain(ANALYZER.analyze(invented.office(np.random.default_rng(14), years=2)))
    assert set(answer) >= {
        "frequencies", "amplitudes", "threshold", "dominant_frequency", "dominant_period",
        "periodic_patterns", "changes", "spikes", "status", "reason", "model_version", "source",
    }  # fmt: skip
    for one in answer["periodic_patterns"]:
        assert set(one) >= {"frequency", "period", "strength", "p_value", "q_value", "kind",
                            "description"}  # fmt: skip
        assert one["frequency"] == pytest.approx(1 / one["period"])
    assert answer["dominant_period"] == pytest.approx(7, rel=0.01)


def test_words_accuse_nobody() -> None:
    rng = np.random.default_rng(15)
    for kind in invented.PLANTS:
        series, _ = invented.planted(invented.office(rng, years=4), kind, rng)
        text = json.dumps(plain(ANALYZER.analyze(series)), ensure_ascii=False).lower()
        assert "fraud" not in text and "ilegal" not in text
        for one in ANALYZER.analyze(series).findings():
            assert one["innocent"].startswith("Pode ser normal se")
            assert one["next_step"].startswith("Para conferir")


def test_a_sampling_rate_changes_the_unit_only() -> None:
    wave = np.cos(2 * np.pi * np.arange(240) / 12) + np.random.default_rng(1).normal(size=240) / 3
    plain_rate, monthly = ANALYZER.analyze(wave), ANALYZER.analyze(wave, sampling_rate=12)
    assert plain_rate.dominant_period == pytest.approx(12, rel=0.01)
    assert monthly.dominant_period == pytest.approx(1, rel=0.01)
    assert monthly.frequencies[-1] == pytest.approx(6)


def test_tuples_keep_the_order_of_the_contract() -> None:
    report = ANALYZER.analyze(np.cos(2 * np.pi * np.arange(240) / 12))
    period, unit, p_value, _, strength, harmonics, kind = report.periods[0]
    assert (round(period, 1), unit, kind) == (12, "amostras", "atipico")
    assert p_value < 1e-6 and strength > 0.9 and 1 in harmonics


def test_the_table_of_the_series(tmp_path: Any) -> None:
    rng = np.random.default_rng(16)
    series, start = invented.planted(invented.office(rng, years=3), "day x30", rng)
    report = ANALYZER.analyze(series)
    frame = report.to_frame()
    assert len(frame) == len(series) and frame.loc[series.index[start], "achado"]
    report.to_csv(str(tmp_path / "serie.csv"))
    assert ";" in (tmp_path / "serie.csv").read_text("utf-8-sig").splitlines()[0]


def test_amounts_and_lengths_are_written_as_brazilians_do() -> None:
    rng = np.random.default_rng(16)
    series, _ = invented.planted(invented.office(rng, years=3), "day x30", rng)
    report = ANALYZER.analyze(series)
    (bare,) = [one["explanation"] for one in report.findings()]
    report.money = True
    (money,) = [one["explanation"] for one in report.findings()]
    assert "R$" not in bare and money.count("R$ ") == 2
    assert bare.replace("de ", "de R$ ").replace("esperava ", "esperava R$ ") == money
    assert plain(report)["spikes"][0]["description"] == money


def test_lengths_shares_and_lists_in_words() -> None:
    rare = Period(1096.0, "dias", 1e-9, 1e-9, 0.0001, (1,), "atipico")
    text = describe(rare, "")
    assert "1.096 dias" in text and "menos de 0,1 %" in text
    three = CoherenceReport("ok", coordinated=True, periods=[2.4, 3.1, 2.9])
    assert "ciclos de 2,4, 3,1 e 2,9 amostras" in three.explanation


def test_a_change_says_whether_its_effect_is_a_ratio() -> None:
    rng = np.random.default_rng(19)
    jump = np.repeat([-3.0, 3.0], 100)
    for level, what in ((0.0, "desvios"), (100.0, "razao")):
        answer = plain(ANALYZER.analyze(level + jump + rng.normal(size=200)))
        change = min(answer["changes"], key=lambda one: one["p_value"])
        assert (change["kind"], change["effect_is"]) == ("level", what)
        assert ("desvios-padrão" in change["description"]) == (what == "desvios")


def test_a_third_of_a_series_with_many_idle_days_is_no_cycle() -> None:
    days = pd.date_range("2015-01-01", periods=1500)
    for seed in range(4):
        rng = np.random.default_rng(seed)
        slow = np.convolve(rng.normal(size=1899), np.hanning(400), "valid")
        busy = rng.random(1500) < 0.25 / (1 + np.exp(-slow / 4))
        values = np.where(busy, rng.lognormal(8, 1, 1500), 0.0)
        for one in ANALYZER.analyze(pd.Series(values, days)).periods:
            assert one.kind == "esperado" or one.period <= 500


# -- two series --------------------------------------------------------------------------------


def test_independent_bodies_are_not_called_coordinated() -> None:
    called = [
        ANALYZER.coherence(
            invented.office(np.random.default_rng(i), years=2),
            invented.office(np.random.default_rng(100 + i), years=2),
        ).coordinated
        for i in range(8)
    ]
    assert sum(called) <= 2


@pytest.mark.parametrize("make", [invented.city_hall, invented.transfers, invented.monthly_body])
def test_bodies_that_keep_one_calendar_are_not_called_coordinated(make: Any) -> None:
    bodies = [make(np.random.default_rng(40 + i), years=3) for i in range(5)]
    called = [ANALYZER.coherence(a, b).coordinated for a, b in combinations(bodies, 2)]
    assert sum(called) <= 1


@pytest.mark.parametrize(("make", "sd"), [(invented.city_hall, 0.5), (invented.transfers, 0.55)])
def test_bodies_that_share_half_of_their_noise_are_seen(make: Any, sd: float) -> None:
    rng = np.random.default_rng(18)
    a, b = make(rng, years=2), make(rng, years=2)
    common = np.exp(rng.normal(0, sd, len(a)))
    assert ANALYZER.coherence(a * common, (b * common).iloc[30:]).coordinated


def test_a_series_goes_wholly_with_itself() -> None:
    for one in (invented.transfers(np.random.default_rng(3), years=2), list(np.arange(99) % 7.5)):
        report = ANALYZER.coherence(one, one)
        assert report.coordinated
        np.testing.assert_allclose(report.coherence, 1.0)


def test_a_shared_part_is_seen_and_a_short_pair_refused() -> None:
    rng = np.random.default_rng(17)
    shared = rng.normal(size=600)
    report = ANALYZER.coherence(shared + rng.normal(size=600) / 2, shared)
    assert report.coordinated and report.p_value is not None and report.p_value < 0.01
    assert "não diz a causa" in report.explanation
    short = ANALYZER.coherence(shared[:40], shared[:40])
    assert short.status == "inconclusivo" and "72" in short.reason and not short.coordinated
    assert len(short.coherence) and np.isnan(short.coherence).all()
    json.dumps([report.to_dict(), short.to_dict()], allow_nan=False)


def test_pairs_that_cannot_be_compared_are_refused() -> None:
    days = pd.Series(np.arange(100.0), pd.date_range("2024-01-01", periods=100))
    months = pd.Series(np.arange(100.0), pd.date_range("2010-01-01", periods=100, freq="MS"))
    for a, b in ((days, months), (days, [1.0] * 100), ([1.0, 2.0] * 50, [1.0] * 30)):
        with pytest.raises(InputError):
            ANALYZER.coherence(a, b)


# -- from contract records ---------------------------------------------------------------------

RECORDS = [
    {"data": f"{1 + i % 28:02d}/{1 + (i // 28) % 12:02d}/2023", "valor": 100.0 + i,
     "orgao": "Secretaria de Saúde" if i % 3 else "Secretaria de Obras",
     "fornecedor": f"Empresa {i % 5}"}
    for i in range(336)
]  # fmt: skip


def test_records_become_the_series_of_one_body() -> None:
    whole = from_records(RECORDS)
    assert whole.unit == "dias" and np.nansum(whole.values) == sum(r["valor"] for r in RECORDS)  # type: ignore[misc]
    mine = from_records(RECORDS, by="buyer", name="SECRETARIA DE SAUDE", freq="M")
    expected = sum(r["valor"] for r in RECORDS if r["orgao"] == "Secretaria de Saúde")  # type: ignore[misc]
    assert mine.unit == "meses" and mine.n == 12 and mine.values.sum() == pytest.approx(expected)
    assert ANALYZER.analyze(mine).unit == "meses"


def test_a_day_without_records_is_zero_only_in_months_that_have_some() -> None:
    days = ("01/03/2024", "04/03/2024", "02/05/2024")
    records = [
        {"data": day, "valor": value} for day, value in zip(days, (10.0, -2.0, 1.0), strict=True)
    ]
    series = from_records(records)
    np.testing.assert_array_equal(series.values[:4], [10, 0, 0, -2])
    assert np.isnan(series.values[31:61]).all() and series.values[-1] == 1


def test_a_month_covered_in_part_is_left_out() -> None:
    days = [(month, day) for month in (1, 2, 3) for day in range(1, 29)]
    records = [
        {"data": f"{day:02d}/{month:02d}/2024", "valor": 1.0}
        for month, day in days
        if (month, day) <= (3, 10)
    ]
    series = from_records(records, freq="M")
    assert series.n == 2 and any("ficou de fora" in note for note in series.notes)


def test_records_that_cannot_be_followed() -> None:
    with pytest.raises(InputError):
        from_records(RECORDS, freq="H")
    with pytest.raises(InputError):
        from_records(RECORDS, by="cor")
    with pytest.raises(TooFewRecords):
        from_records(RECORDS, by="comprador", name="não existe")
    with pytest.raises(MissingFields):
        from_records([{"data": "01/01/2024", "valor": 1.0}] * 3, by="categoria")
