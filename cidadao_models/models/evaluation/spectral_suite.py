"""What the SpectralAnalyzer finds in series with a known answer, and how often it is silent.

Every figure stands beside a plain alternative: Lomb-Scargle with a white-noise false-alarm
probability, a fixed threshold on the power, default `ruptures` searches, a windowed PCA. Fits
nothing; with `CIDADAO_DATA` set also looks at the real series there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations, pairwise
from pathlib import Path
from statistics import median

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import signal, stats

from cidadao_models.models.evaluation import spectral_oracle as oracle
from cidadao_models.models.evaluation import spectral_series as invented
from cidadao_models.models.evaluation.benchmark import Figure
from cidadao_models.models.evaluation.spectral_series import Annotated
from cidadao_models.models.spectral_analysis import SpectralAnalyzer, SpectralReport

Floats = npt.NDArray[np.float64]

SUITE = "spectral"
LENGTHS = (36, 60, 120, 365, 1095)
RUNS, QUICK_RUNS = 300, 8
SIMPLE = SpectralAnalyzer()


def figures(quick: bool) -> Iterator[Figure]:
    """All figures of the suite."""
    runs = QUICK_RUNS if quick else RUNS
    yield from false_alarms(runs, LENGTHS[::2] if quick else LENGTHS)
    yield from clean_series(max(4, runs // 5))
    yield from plants(max(4, runs // 8))
    yield from noisy_plants(max(4, runs // 3))
    yield from annual(max(10, runs // 3))
    yield from level_changes(1 if quick else 6)
    yield from coherent(max(10, runs // 3))
    yield from known_truths()
    yield from real_series()
    yield from identities()
    yield from speed(quick)


def unexpected(report: SpectralReport) -> bool:
    """Whether the report has any finding that the calendar does not explain."""
    cycles = any(one.kind == "atipico" for one in report.periods)
    december = report.december is not None and report.december.kind == "atipico"
    return bool(cycles or report.changes or report.spikes or december)


# -- plain alternatives ------------------------------------------------------------------------


def baluev(values: Floats) -> float:
    """False-alarm probability of the highest Lomb-Scargle power under white noise (Baluev 2008)."""
    n = len(values)
    at = np.arange(n)
    frequency = np.arange(1, 5 * (n // 2) + 1) / (5 * n)
    power = np.abs(np.fft.rfft(values - values.mean(), 5 * n)[1 : len(frequency) + 1]) ** 2
    z = min(1 - 1e-12, float(2 * power.max() / n / ((values - values.mean()) ** 2).sum()))
    width = 0.5 * np.sqrt(4 * np.pi * np.var(at))
    tau = width * (1 - z) ** ((n - 4) / 2) * np.sqrt((n - 1) * z / 2)
    single = (1 - z) ** ((n - 3) / 2)
    return float(1 - (1 - single) * np.exp(-tau))


def fixed_threshold(values: Floats) -> bool:
    """Any peak above mean and two sds of the power itself: no test at all."""
    _, power = signal.periodogram(values - np.mean(values))
    return bool((power > power.mean() + 2 * power.std()).any())


def windowed_pca(values: Floats, window: int = 14, kept: int = 3) -> Floats:
    """Reconstruction error of each point by the first components of its windows (Sub-PCA)."""
    x = np.log1p(np.maximum(values, 0))
    table = np.lib.stride_tricks.sliding_window_view(x, window)
    centred = table - table.mean(axis=0)
    _, _, components = np.linalg.svd(centred, full_matrices=False)
    error = (centred - centred @ components[:kept].T @ components[:kept]) ** 2
    total, count = np.zeros(len(x)), np.zeros(len(x))
    for shift in range(window):
        total[shift : shift + len(table)] += error[:, shift]
        count[shift : shift + len(table)] += 1
    return total / count


Finder = Callable[[Floats], tuple[int, ...]]


def searches() -> dict[str, Finder]:
    """Default searches of `ruptures` on the standardised series, with their usual penalties."""
    import ruptures

    def on(make: Callable[[Floats, float], list[int]]) -> Finder:
        def find(values: Floats) -> tuple[int, ...]:
            z = (values - values.mean()) / (values.std() or 1.0)
            return tuple(make(z, float(np.log(len(z))))[:-1])

        return find

    return {
        "Pelt l2, 2 log n": on(lambda z, b: ruptures.Pelt("l2").fit(z).predict(pen=2 * b)),
        "Pelt rbf, log n": on(lambda z, b: ruptures.Pelt("rbf").fit(z).predict(pen=b)),
        "Binseg l2, 2 log n": on(lambda z, b: ruptures.Binseg("l2").fit(z).predict(pen=2 * b)),
        "BottomUp l2, 2 log n": on(lambda z, b: ruptures.BottomUp("l2").fit(z).predict(pen=2 * b)),
        "Window l2, 2 log n": on(
            lambda z, b: ruptures.Window(width=min(20, len(z) // 3)).fit(z).predict(pen=2 * b)
        ),
        "KernelCPD linear, 4 log n": on(
            lambda z, b: ruptures.KernelCPD("linear").fit(z).predict(pen=4 * b)
        ),
        "KernelCPD rbf, log n": on(lambda z, b: ruptures.KernelCPD("rbf").fit(z).predict(pen=b)),
    }


# -- silence -----------------------------------------------------------------------------------


def false_alarms(runs: int, lengths: Sequence[int]) -> Iterator[Figure]:
    """Share of noise series with any finding, beside the white-noise test's."""
    every: list[bool] = []
    for name, make in invented.NOISES.items():
        for n in lengths:
            rng = np.random.default_rng(n)
            series = [make(rng, n) for _ in range(runs)]
            found = [unexpected(SIMPLE.analyze(one)) for one in series]
            white = float(np.mean([baluev(one) <= SIMPLE.alpha for one in series]))
            bar = None if name == "random walk" or runs < RUNS else 0.08
            if name != "random walk":
                every += found
            yield Figure(SUITE, f"{name}, n={n}", "any finding", float(np.mean(found)), "",
                         white, "white-noise Lomb-Scargle", at_most=bar)  # fmt: skip
    share = float(np.mean(every))
    low = 0.02 if runs >= RUNS else None
    yield Figure(SUITE, "noise, all", "any finding", share, at_least=low)
    yield Figure(SUITE, "noise, all", "any finding", share, at_most=0.08)


def clean_series(runs: int) -> Iterator[Figure]:
    """Share of clean realistic series with any finding outside the calendar."""
    every = []
    for name, make in invented.CLEAN.items():
        series = [make(np.random.default_rng(900 + i)) for i in range(runs)]
        found = [unexpected(SIMPLE.analyze(one)) for one in series]
        fixed = float(np.mean([fixed_threshold(one.to_numpy()) for one in series]))
        every.append(float(np.mean(found)))
        yield Figure(SUITE, f"clean: {name}", "any finding", every[-1], "", fixed,
                     "fixed threshold", at_most=0.10 if runs >= 50 else None)  # fmt: skip
    yield Figure(SUITE, "clean, all", "any finding", float(np.mean(every)), at_most=0.10)


# -- detection ---------------------------------------------------------------------------------

BARS = {
    "level x2": 0.95, "day x30": 0.99, "variance x4": 0.75, "weekend lost": 0.95,
    "10-day cycle": 0.90,
}  # fmt: skip


def found(report: SpectralReport, kind: str, day: pd.Timestamp) -> bool:
    """Whether the planted thing was found as what it is, on its date."""

    def near(change: str, days: int) -> bool:
        return any(
            one.kind == change and abs((pd.Timestamp(one.date_or_index) - day).days) <= days
            for one in report.changes
        )

    if kind == "level x2":
        return near("level", 7)
    if kind == "day x30":
        return any(one.date_or_index == day for one in report.spikes)
    if kind == "variance x4":
        return near("variance", 60)
    if kind == "weekend lost":
        return near("seasonality", 14)
    return any(one.kind == "atipico" and abs(one.period - 10) < 0.1 for one in report.periods)


def plants(runs: int) -> Iterator[Figure]:
    """Type-correct and dated detection in office days; in a noisier calendar without a bar."""
    for maker, bars in (("office", True), ("city hall", False)):
        for kind in invented.PLANTS:
            hits, plain = [], []
            for i in range(runs):
                rng = np.random.default_rng(300 + i)
                sd = invented.NOISE_SD[maker]
                series, start = invented.planted(invented.CLEAN[maker](rng), kind, rng, sd=sd)
                day = pd.Timestamp(series.index[start])
                hits.append(found(SIMPLE.analyze(series), kind, day))
                plain.append(_plainly(series, kind, start))
            yield Figure(
                SUITE, f"{maker}: {kind}", "found as such", float(np.mean(hits)), "",
                float(np.mean(plain)), _PLAIN[kind], at_least=BARS[kind] if bars else None,
            )  # fmt: skip


NOISY: dict[str, tuple[oracle.Maker, float, float]] = {
    "office, sd 0.4": (lambda rng, sd: invented.office(rng, sd=sd), 0.4, 0.4),
    "city hall, sd 0.5": (lambda rng, sd: invented.city_hall(rng, sd=sd), 0.3, 0.5),
}
"""Makers, with the memory and the sd of their noise, in which even the oracle errs at times."""

OF_ORACLE = 0.95
"""Share of the oracle's success asked for where the oracle itself misses the bar."""


def noisy_plants(runs: int) -> Iterator[Figure]:
    """Levels and days dated in more noise, beside one who knows all but the place."""
    for name, (make, phi, sd) in NOISY.items():
        for kind in oracle.FACTOR:
            hits, known = [], []
            for seed in range(300, 300 + runs):
                rng = np.random.default_rng(seed)
                series, start = invented.planted(make(rng, sd), kind, rng, sd=sd)
                hits.append(found(SIMPLE.analyze(series), kind, pd.Timestamp(series.index[start])))
                known.append(oracle.finds(make, kind, seed, phi=phi, sd=sd))
            best = float(np.mean(known))
            bar = BARS[kind] if best >= BARS[kind] else OF_ORACLE * best
            yield Figure(SUITE, f"{name}: {kind}", "found as such", float(np.mean(hits)), "",
                         best, "all known but the place",
                         at_least=bar if runs >= 50 else None)  # fmt: skip


_PLAIN = {
    "level x2": "KernelCPD on logs",
    "day x30": "highest windowed-PCA error",
    "variance x4": "KernelCPD on log differences",
    "weekend lost": "KernelCPD on logs",
    "10-day cycle": "white-noise Lomb-Scargle peak",
}


def _plainly(series: pd.Series, kind: str, start: int) -> bool:
    """The plain alternative's answer; it is told where to look for one change, and no more."""
    values = series.to_numpy(np.float64)
    if kind == "day x30":
        return int(np.argmax(windowed_pca(values))) == start
    x = np.log1p(np.maximum(values, 0))
    if kind == "10-day cycle":
        power = np.abs(np.fft.rfft(x - x.mean())[1:]) ** 2
        return abs(len(x) / (1 + int(np.argmax(power))) - 10) < 0.1
    import ruptures

    if kind == "variance x4":
        x = np.log(np.abs(np.diff(x)) + 0.05)
    x = (x - x.mean()) / x.std()
    steps = ruptures.KernelCPD("linear").fit(x).predict(pen=4 * np.log(len(x)))[:-1]
    reach = {"level x2": 7, "variance x4": 60, "weekend lost": 14}[kind]
    return any(abs(step - start) <= reach for step in steps)


def annual(runs: int) -> Iterator[Figure]:
    """A yearly cosine of one sd in monthly noise."""
    for phi in (0.0, 0.5):
        for years, bar in ((3, None), (5, 0.85), (10, 0.98)):
            rng = np.random.default_rng(years)
            n = 12 * years
            hits, plain, limited = [], [], []
            for _ in range(runs):
                wave = np.cos(2 * np.pi * np.arange(n) / 12 + rng.uniform(0, 2 * np.pi))
                values = invented.red(rng, n, phi) + wave
                months = pd.date_range("2014-01-01", periods=n, freq="MS")
                report = SIMPLE.analyze(pd.Series(values, months))
                hits.append(any(abs(one.period / 12 - 1) < 0.08 for one in report.periods))
                limited.append("limitado" in report.reason)
                plain.append(baluev(values) <= SIMPLE.alpha)
            yield Figure(
                SUITE, f"year in {years} years of months, AR {phi:g}", "found",
                float(np.mean(hits)), "", float(np.mean(plain)), "white-noise Lomb-Scargle",
                at_least=bar if runs >= 50 else None,
            )  # fmt: skip
            if phi:
                yield Figure(SUITE, f"year in {years} years of months, AR {phi:g}",
                             "power if the noise were known", year_power(n, phi),
                             detail=True)  # fmt: skip
            if years == 3:
                yield Figure(SUITE, f"year in 3 years of months, AR {phi:g}", "says so",
                             float(np.mean(limited)), at_least=1.0)  # fmt: skip


def year_power(n: int, phi: float, alpha: float = 0.05) -> float:
    """Chance that an F-test at `alpha` finds a year of one sd in noise of known memory (mean over
    phases): no test of this level finds it more often."""
    at = np.arange(n)
    inverse = np.linalg.inv(phi ** np.abs(at[:, None] - at[None, :]))
    centred = inverse - np.outer(inverse.sum(axis=0), inverse.sum(axis=1)) / inverse.sum()
    bar = stats.f.ppf(1 - alpha, 2, n - 3)
    waves = [np.cos(2 * np.pi * at / 12 + phase) for phase in np.arange(6) * np.pi / 6]
    return float(np.mean([stats.ncf.sf(bar, 2, n - 3, w @ centred @ w) for w in waves]))


# -- level changes -----------------------------------------------------------------------------


def library_series() -> Iterator[Annotated]:
    """The yearly data sets of statsmodels: the Nile's step of 1899, none elsewhere."""
    from statsmodels import datasets

    nile = datasets.nile.load_pandas().data["volume"].to_numpy(np.float64)
    yield Annotated("Nile", nile, (28,))
    sunspots = datasets.sunspots.load_pandas().data["SUNACTIVITY"].to_numpy(np.float64)
    yield Annotated("sunspots", sunspots, ())
    ninos = datasets.elnino.load_pandas().data.iloc[:, 1:].mean(axis=1).to_numpy(np.float64)
    yield Annotated("El Niño, yearly", ninos, ())
    carbon = datasets.co2.load_pandas().data["co2"].resample("YS").mean().dropna()
    yield Annotated("CO2, yearly", carbon.to_numpy(np.float64), ())


def level_steps(values: Floats) -> tuple[int, ...]:
    """Our level changes of a list."""
    report = SIMPLE.analyze(values)
    return tuple(int(one.date_or_index) for one in report.changes if one.kind == "level")


def level_changes(seeds: int) -> Iterator[Figure]:
    """F1 on annotated series and alarms on noise, beside each default search."""
    series = [one for seed in range(seeds) for one in invented.annotated(seed)]
    series += list(library_series())
    others = searches()
    scores = {
        name: float(np.mean([invented.f1(find(one.values), one.changes) for one in series]))
        for name, find in others.items()
    }
    best = max(scores, key=lambda name: scores[name])
    ours = float(np.mean([invented.f1(level_steps(one.values), one.changes) for one in series]))
    case = f"level changes, {len(series)} series"
    yield Figure(SUITE, case, "F1 within 5", ours, "", scores[best], best, at_least=scores[best])
    for name, score in scores.items():
        yield Figure(SUITE, case, f"F1 of {name}", score, detail=True)
    for name, make in invented.NOISES.items():
        rng = np.random.default_rng(8)
        noise = [make(rng, 120) for _ in range(10 * seeds)]
        mine = float(np.mean([bool(level_steps(one)) for one in noise]))
        theirs = float(np.mean([bool(others[best](one)) for one in noise]))
        yield Figure(SUITE, f"{name}, n=120", "level alarms", mine, "", theirs, best,
                     at_most=max(theirs, 0.05))  # fmt: skip


SHORT = 200
"""Points below which a pair takes no time, and six times as many tell 5 % from 3 %."""


def coherent(runs: int) -> Iterator[Figure]:
    """Share of independent pairs called coordinated, and of pairs that share a signal."""
    for name, n in (("white", 730), ("AR(1) 0.8", 730), ("white", 96), ("AR(1) 0.8", 96)):
        rng = np.random.default_rng(4)
        make = invented.NOISES[name]
        called, over = [], []
        for _ in range(runs if n > SHORT else 6 * runs):
            one = SIMPLE.coherence(make(rng, n), make(rng, n))
            called.append(one.coordinated)
            over.append(float(np.mean(one.coherence > (one.threshold or 1.0))))
        yield Figure(SUITE, f"independent {name}, n={n}", "called coordinated",
                     float(np.mean(called)), "", 1.0, "one segment",
                     at_most=0.05 if runs >= 60 else 0.2)  # fmt: skip
        yield Figure(SUITE, f"independent {name}, n={n}", "frequencies over the line",
                     float(np.mean(over)), at_most=0.07)  # fmt: skip
    rng = np.random.default_rng(5)
    shared = [rng.normal(size=730) for _ in range(max(5, runs // 5))]
    hits = [
        SIMPLE.coherence(one + rng.normal(size=730), one + rng.normal(size=730)).coordinated
        for one in shared
    ]
    yield Figure(SUITE, "pairs sharing half", "called coordinated", float(np.mean(hits)),
                 at_least=0.95)  # fmt: skip
    yield from coherent_bodies(max(5, runs // 5))


BODIES = {
    "office": (0.3, 1), "city hall": (0.5, 1), "transfers": (0.55, 1), "weeks": (0.35, 2),
    "months": (0.25, 2),
}  # fmt: skip
"""Sd of the noise of each maker, and how many times as many bodies: short series take no time."""


def coherent_bodies(runs: int) -> Iterator[Figure]:
    """The same on invented bodies: a third of all pairs of independent ones, which keep one
    calendar, and pairs of which half of the noise is shared."""
    for name, (sd, more) in BODIES.items():
        make = invented.CLEAN[name]
        bodies = [make(np.random.default_rng(700 + i)) for i in range(more * runs)]
        called = [SIMPLE.coherence(a, b).coordinated for a, b in list(combinations(bodies, 2))[::3]]
        yield Figure(SUITE, f"independent: {name}", "called coordinated", float(np.mean(called)),
                     at_most=0.05 if runs >= 20 else None)  # fmt: skip
        hits = []
        for number, (one, other) in enumerate(pairwise(bodies[: 10 * more])):
            rng = np.random.default_rng(number)
            common = np.exp(rng.normal(0, sd, len(one)))
            hits.append(SIMPLE.coherence(one * common, other * common).coordinated)
        yield Figure(SUITE, f"sharing half: {name}", "called coordinated", float(np.mean(hits)),
                     at_least=0.90 if runs >= 20 and more == 1 else None)  # fmt: skip


# -- known truths ------------------------------------------------------------------------------


def _relative(report: SpectralReport, true: float) -> float:
    """Relative error of the dominant period; 1 when there is none."""
    period = report.dominant_period
    return 1.0 if period is None else abs(period / true - 1)


def known_truths() -> Iterator[Figure]:
    """Periods of well-known series within 1 %, and the Nile's step."""
    from statsmodels import datasets

    carbon = datasets.co2.load_pandas().data["co2"]
    ninos = datasets.elnino.load_pandas().data.iloc[:, 1:].to_numpy(np.float64).ravel()
    months = pd.date_range("1950-01-01", periods=len(ninos), freq="MS")
    sunspots = datasets.sunspots.load_pandas().data["SUNACTIVITY"].to_numpy(np.float64)
    for name, series, true in (
        ("sunspots", sunspots, 11.04),
        ("CO2, weekly", carbon, 365.2425 / 7),
        ("CO2, monthly", carbon.resample("MS").mean(), 12.0),
        ("El Niño, monthly", pd.Series(ninos, months), 12.0),
    ):
        report = SIMPLE.analyze(series)
        yield Figure(SUITE, name, "relative error of the period", _relative(report, true), "",
                     _bare(series, true), "highest bin", at_most=0.01)  # fmt: skip
    nile = next(library_series())
    steps = level_steps(nile.values)
    error = min((abs(step - 28) for step in steps), default=99)
    yield Figure(SUITE, "Nile", "years from 1899", float(error), "", at_most=0.0)
    yield Figure(SUITE, "Nile", "level changes", float(len(steps)), "", at_most=1.0)


def _bare(series: pd.Series | Floats, true: float) -> float:
    """Relative error of the highest bin of a detrended periodogram."""
    values = pd.Series(np.asarray(series, dtype=np.float64)).interpolate().to_numpy()
    frequency, power = signal.periodogram(values, detrend="linear")
    return abs(1 / frequency[1 + int(np.argmax(power[1:]))] / true - 1)


def real_series() -> Iterator[Figure]:
    """Periods of real spending, where `CIDADAO_DATA` has it."""
    folder = Path(os.environ.get("CIDADAO_DATA", "")) / "series"
    senate = folder / "ceaps_senado_diario.csv"
    if not os.environ.get("CIDADAO_DATA") or not senate.is_file():
        return
    daily = pd.read_csv(senate, parse_dates=["ds"]).set_index("ds")["y"]
    for true in (7.0, 30.44):
        near = [
            one.period for one in SIMPLE.analyze(daily).periods if abs(one.period / true - 1) < 0.2
        ]
        error = min((abs(period / true - 1) for period in near), default=1.0)
        yield Figure(SUITE, "Senate allowance", f"error of {true:g} days", error, at_most=0.01)
        yield Figure(SUITE, "Senate allowance", f"lines near {true:g} days", float(len(near)),
                     at_most=1.0)  # fmt: skip
    table = pd.read_csv(folder / "mg_siafi_execucao_mensal.csv")
    months = pd.to_datetime(table["ano"].astype(str) + "-" + table["mes_cod"].astype(str) + "-01")
    report = SIMPLE.analyze(table["vlr_empenhado"].to_numpy(np.float64), dates=months)
    yield Figure(SUITE, "Minas commitments", "error of 12 months", _relative(report, 12.0),
                 at_most=0.01)  # fmt: skip


# -- identities and speed ----------------------------------------------------------------------


def identities() -> Iterator[Figure]:
    """Parseval, and what scale and order of rows may not change."""
    rng = np.random.default_rng(1)
    values = rng.lognormal(size=365)
    report = SIMPLE.analyze(values)
    energy = float((report.amplitudes**2).sum() / 2)
    yield Figure(SUITE, "Parseval", "relative error", abs(energy / float(values.var()) - 1),
                 at_most=1e-9)  # fmt: skip
    series = invented.office(rng, years=2)
    mixed = series.sample(frac=1, random_state=0)
    same = SIMPLE.analyze(mixed).to_dict() | {"notes": []}
    plain = SIMPLE.analyze(series).to_dict() | {"notes": []}
    yield Figure(SUITE, "rows shuffled", "answers that differ", float(same != plain), at_most=0.0)


def _timed(work: Callable[[], object], times: int) -> float:
    seconds = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return median(seconds)


def _bare_calls(values: Floats, period: int) -> float:
    """Seconds of a periodogram, a robust STL and a KernelCPD search: the parts off the shelf."""
    import ruptures
    from statsmodels.tsa.seasonal import STL

    def work() -> None:
        signal.periodogram(values)
        STL(values, period=period, robust=True).fit()
        ruptures.KernelCPD("linear").fit(values).predict(pen=4 * np.log(len(values)))

    return _timed(work, 3)


def speed(quick: bool) -> Iterator[Figure]:
    """Median time of `analyze` at three lengths, and its ratio to the bare calls."""
    rng = np.random.default_rng(2)
    monthly = invented.monthly_body(rng, years=10)
    daily = invented.office(rng, years=10).iloc[:3650]
    for series, period, bar in ((monthly, 12, 0.05), (daily, 7, 0.5)):
        SIMPLE.analyze(series)
        took = _timed(lambda one=series: SIMPLE.analyze(one), 5 if quick else 15)  # type: ignore[misc]
        bare = _bare_calls(series.to_numpy(np.float64), period)
        case = f"analyze, n={len(series)}"
        yield Figure(SUITE, case, "time p50", took, "s", bare, "periodogram + STL + KernelCPD",
                     at_most=bar)  # fmt: skip
        yield Figure(SUITE, case, "ratio", took / bare, at_most=12.0)
    long = rng.lognormal(size=100_000)
    yield Figure(SUITE, "analyze, n=100000", "time", _timed(lambda: SIMPLE.analyze(long), 1), "s",
                 at_most=5.0)  # fmt: skip
