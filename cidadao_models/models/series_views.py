"""Tables and sentences behind the charts of a series: few points, no extreme lost, plain words.

Gathers what a `SpectralReport` holds; tests nothing and draws nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import signal

from cidadao_models.findings import words
from cidadao_models.models.spectral_analysis import background, lines, periodogram
from cidadao_models.models.spectral_analysis.report import (
    DIFFERENCE,
    EXPECTED,
    INCONCLUSIVE,
    RATIO,
    UNEXPECTED,
    UNIT_NAMES,
    Change,
    CoherenceReport,
    Period,
    SpectralReport,
    listed,
)
from cidadao_models.models.spectral_analysis.structure import SHARES

Floats = npt.NDArray[np.float64]

MOST_BUCKETS = 360
"""Steps of a drawn line; each keeps its smallest and largest value."""

MOST_MARKS = 40
"""Isolated values drawn and named one by one, the farthest first."""

MOST_LABELLED = 6
"""Changes that get a label; more would cover each other."""

SPECTRUM_POINTS = 500
"""Points of a drawn spectrum: the highest of each step along the axis."""

LEAST_FOR_SPECTROGRAM = 96
"""Fewest points for cycles to be followed along time: three windows of 32."""

WINDOWS = 6
"""Windows that a spectrogram has side by side."""

SHORTEST_WINDOW, LONGEST_WINDOW = 32, 512

LEAST_TURNS = 3
"""Turns of a cycle that a window has to hold for it to be told from a drift."""

SPECTROGRAM_ROWS = 48

SPECTROGRAM_READING = (
    "Uma faixa de cor forte de ponta a ponta é um ciclo que dura a série toda; uma que começa ou"
    " termina no meio é uma rotina que mudou. É só para olhar: aqui nada foi testado."
)

CYCLE_NAMES = {
    "semana": "a semana", "mes": "o mês", "ano": "o ano",
    "bimestre": "os bimestres do calendário fiscal",
    "quadrimestre": "os quadrimestres do calendário fiscal",
}  # fmt: skip

CHANGE_WORDS = {
    "level": (
        "{where}, {what}.",
        "o nível muda {n} vezes; a mudança mais nítida é {where}{when}.",
    ),
    "variance": (
        "{where}, os valores passam a oscilar de outro modo.",
        "a oscilação dos valores muda {n} vezes; a mudança mais nítida é {where}.",
    ),
    "seasonality": (
        "{where}, o padrão dos dias da semana muda.",
        "o padrão dos dias da semana muda {n} vezes; a mudança mais nítida é {where}.",
    ),
}
"""Sentence for one change of a kind, and for several."""

SOME_CHANGE = "o nível muda"
"""What is said of a change of level that has no ratio."""

ALPHA = 0.05
"""Chance of a false alarm of the drawn curve: the analyzer's own default."""

LEAST_MONTHS = 24
"""Fewest months for a calendar of months by year: each month twice."""

MOST_MONTHS = 36
"""Columns of months in a calendar of weekdays."""

WEEKDAYS = ("seg", "ter", "qua", "qui", "sex", "sáb", "dom")
MONTHS = ("jan", "fev", "mar", "abr", "mai", "jun", "jul", "ago", "set", "out", "nov", "dez")

How = Literal["sum", "mean"]

CLIP = 4.0
"""Robust sds at which a value is held before the spectrogram: one payment is no cycle."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding at a place of the series: a change (`value` is None) or an isolated value."""

    at: np.datetime64 | float
    text: str
    value: float | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A series as drawn: `at` are dates or numbers from 1; the band is on steps of its own."""

    at: npt.NDArray[np.generic]
    values: Floats
    band_at: npt.NDArray[np.generic]
    expected: Floats
    lower: Floats
    upper: Floats
    changes: tuple[Mark, ...]
    spikes: tuple[Mark, ...]
    n: int
    money: bool


@dataclass(frozen=True, slots=True)
class Spectrum:
    """Amplitude by length of cycle (in `unit`), the reach of chance, and the named cycles.

    `named` holds (length, amplitude, label, kind), `echoes` the same of their harmonics (without
    label); `relative` amplitudes are of logarithms.
    """

    period: Floats
    amplitude: Floats
    threshold: Floats
    named: tuple[tuple[float, float, str, str], ...]
    unit: str
    money: bool
    relative: bool = False
    echoes: tuple[tuple[float, float, str], ...] = ()

    @property
    def spread(self) -> bool:
        """Whether a named cycle lies below the curve: its strength is in its harmonics."""
        return any(
            height < float(np.interp(period, self.period, self.threshold))
            for period, height, *_ in self.named
        )


@dataclass(frozen=True, slots=True)
class Grid:
    """Amounts with the names of their rows and columns (NaN where there is none), and how dark."""

    values: Floats
    shade: Floats
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    by: str
    money: bool = False


@dataclass(frozen=True, slots=True)
class Spectrogram:
    """Size of the cycles (rows, by length in `unit`) along time (columns)."""

    power: Floats
    periods: Floats
    at: npt.NDArray[np.generic]
    unit: str


# -- the series --------------------------------------------------------------------------------


def line(report: SpectralReport, *, money: bool) -> Line:
    """The series with its expected band, in few points; every finding keeps its own."""
    at = _places(report)
    marks = _spikes(report)
    shown = _extremes(report.values, [int(np.searchsorted(at, mark.at)) for mark in marks])
    band = _band(report, at)
    changes = tuple(
        Mark(_drawn(one.date_or_index), _label(one, report.effect_is(one)))
        for one in _strongest(report.changes)
    )
    return Line(at[shown], report.values[shown], *band, changes, marks, report.n, money)


def _places(report: SpectralReport) -> npt.NDArray[np.generic]:
    if report.times is None:
        return np.arange(1, report.n + 1, dtype=np.float64)
    return report.times.to_numpy().astype("datetime64[D]")


def _drawn(place: pd.Timestamp | int) -> np.datetime64 | float:
    if isinstance(place, pd.Timestamp):
        return np.datetime64(place, "D")
    return float(place + 1)


def _extremes(values: Floats, keep: Sequence[int]) -> npt.NDArray[np.int64]:
    """Positions of the smallest and largest value of each step, of the ends, and of `keep`."""
    n = len(values)
    if n <= 2 * MOST_BUCKETS:
        return np.arange(n)
    edges = np.linspace(0, n, MOST_BUCKETS + 1).astype(np.int64)[:-1]
    step = np.searchsorted(edges, np.arange(n), side="right") - 1
    order = np.lexsort((values, step))
    seen = order[np.isfinite(values[order])]
    first = np.flatnonzero(np.diff(step[seen], prepend=-1))
    last = np.append(first[1:], len(seen)) - 1
    return np.unique(np.concatenate([seen[first], seen[last], [0, n - 1], keep]).astype(np.int64))


def _band(
    report: SpectralReport, at: npt.NDArray[np.generic]
) -> tuple[npt.NDArray[np.generic], Floats, Floats, Floats]:
    """The band, over steps of a week at least for days: its own zigzag would hide the series."""
    empty = np.zeros(0)
    if not report.expected:
        return at[:0], empty, empty, empty
    middle, low, high = (report.expected[name] for name in ("expected", "lower", "upper"))
    busy = np.flatnonzero(high > low)
    if not len(busy):
        return at[:0], empty, empty, empty
    size = max(1, -(-len(busy) // MOST_BUCKETS))
    if report.unit == "dias" and len(busy) > 120:
        size = max(size, 5 if report.step > 1 or len(busy) < report.n else 7)
    start = np.arange(0, len(busy), size)
    count = np.diff(np.append(start, len(busy)))
    mean = np.add.reduceat(middle[busy], start) / count
    lower, upper = np.minimum.reduceat(low[busy], start), np.maximum.reduceat(high[busy], start)
    centre = busy[np.minimum(start + count // 2, len(busy) - 1)]
    centre[0], centre[-1] = busy[0], busy[-1]
    return at[centre], mean, lower, upper


def _spikes(report: SpectralReport) -> tuple[Mark, ...]:
    far = sorted(report.spikes, key=lambda one: one.p_value)[:MOST_MARKS]
    marks = [
        Mark(
            _drawn(one.date_or_index), words.fill("esperado: {e:2}", {"e": one.expected}), one.value
        )
        for one in far
    ]
    return tuple(sorted(marks, key=lambda mark: mark.at))


def _strongest(changes: Sequence[Change]) -> list[Change]:
    kept = sorted(changes, key=lambda one: one.p_value)[:MOST_LABELLED]
    return sorted(kept, key=lambda one: one.date_or_index)


def _label(change: Change, effect_is: str) -> str:
    where = _short(change.date_or_index)
    if change.kind == "level":
        return f"{where}: nível {_times(change.effect) if effect_is == RATIO else 'muda'}"
    if change.kind == "variance":
        return f"{where}: oscilação"
    return f"{where}: semana muda"


def _times(effect: float) -> str:
    return f"× {words.number(effect, 1 if effect >= 1 else 2)}"


def _short(place: pd.Timestamp | int) -> str:
    if isinstance(place, pd.Timestamp):
        return words.date(place.date())
    return f"ponto {words.number(int(place) + 1)}"


def line_reading(report: SpectralReport) -> str:
    """What the chart of the series shows, and what it does not."""
    if not report.expected:
        return "A série como foi enviada; é curta ou parada demais para que se espere algo dela."
    share = words.number(100 * _inside(report), 0)
    if report.times is None:
        text = f"A faixa é o que a própria série faz esperar; {share} % dos pontos estão dentro."
    else:
        text = (
            "A faixa é o que o calendário e o nível de cada época fazem esperar;"
            f" {share} % dos pontos estão dentro."
        )
    if len(report.changes) > MOST_LABELLED:
        text += f" Só as {MOST_LABELLED} mudanças mais nítidas estão marcadas; o resto, na tabela."
    return f"{text} Estar fora da faixa não diz por que nem se está errado."


def _inside(report: SpectralReport) -> float:
    low, high = report.expected["lower"], report.expected["upper"]
    busy = np.isfinite(report.values) & (high > low)
    if not busy.any():
        return 0.0
    within = (report.values >= low) & (report.values <= high)
    return float(within[busy].mean())


# -- the spectrum ------------------------------------------------------------------------------


def spectrum(report: SpectralReport, *, money: bool) -> Spectrum | None:
    """Amplitudes by length of cycle; None where the series was too short for any.

    On the scale on which cycles are looked for, levels taken out: on the amounts themselves one
    large payment would hide every cycle.
    """
    if len(report.frequencies) < 8 or not report.null_model:
        return None
    relative = report.null_model.get("scale") == "logarítmica"
    x = _without_levels(report, relative=relative)
    frequency, amplitude = periodogram.amplitudes(x)
    threshold = _reach_of_chance(x, frequency)
    inside = (frequency > 0) & (frequency * report.n >= 2)
    if np.count_nonzero(inside) < 6:
        return None
    period = report.step / frequency[inside]
    amplitude, threshold = amplitude[inside], threshold[inside]
    named = tuple(
        (one.period, _height(period, amplitude, one.period), _cycle_label(one, cycle), one.kind)
        for one, cycle in zip(report.periods, report.cycles, strict=True)
        if one.period <= period.max()
    )
    echoes = tuple(
        (one.period / h, _height(period, amplitude, one.period / h), one.kind)
        for one in report.periods
        for h in one.harmonics
        if h > 1 and period.min() <= one.period / h
    )
    kept = _highest(np.log(period), amplitude)
    drawn = (period[kept], amplitude[kept], threshold[kept])
    return Spectrum(*drawn, named, report.unit, money, relative, echoes)


def _without_levels(report: SpectralReport, *, relative: bool) -> Floats:
    """The series, missing points as expected, in logarithms where `relative`, without its steps."""
    filled = _filled(report)
    x = np.arcsinh(filled / _typical(filled)) if relative else filled
    at = _places(report)
    starts = [
        int(np.searchsorted(at, _drawn(one.date_or_index)))
        for one in report.changes
        if one.kind == "level"
    ]
    edges = np.unique([0, *starts, report.n])
    for first, last in pairwise(edges):
        x[first:last] = x[first:last] - np.mean(x[first:last])
    x = lines.detrended(x)
    reach = CLIP * _spread(x)
    return np.asarray(np.clip(x, -reach, reach))


def _spread(x: Floats) -> float:
    """Robust standard deviation; that of all where half of the points are equal."""
    robust = 1.4826 * float(np.median(np.abs(x - np.median(x))))
    return robust or float(np.std(x)) or 1.0


def _filled(report: SpectralReport) -> Floats:
    middle = report.expected.get("expected", np.zeros(report.n))
    return np.where(np.isfinite(report.values), report.values, middle)


def _typical(values: Floats) -> float:
    return float(np.median(np.abs(values))) or float(np.mean(np.abs(values))) or 1.0


def _reach_of_chance(x: Floats, frequency: Floats) -> Floats:
    """Amplitude that noise with this background reaches anywhere with the chance of an alarm."""
    power = periodogram.spectrum(x, lowest=0.0)
    noise = background.red_noise(power)
    bins = len(power.frequency)
    ratio = background.null_for(len(x), bins).ratio(ALPHA * SHARES["cycles"] / bins)
    level = np.interp(frequency, power.frequency, noise.level)
    return np.asarray(2.0 * np.sqrt(ratio * level / len(x)))


def _highest(place: Floats, height: Floats) -> npt.NDArray[np.int64]:
    """Positions of the highest point of each step along the axis, in order."""
    if len(place) <= SPECTRUM_POINTS:
        return np.argsort(place)
    step = np.floor((place - place.min()) / np.ptp(place) * (SPECTRUM_POINTS - 1)).astype(int)
    order = np.lexsort((-height, step))
    first = np.flatnonzero(np.diff(step[order], prepend=-1))
    return order[first]


def _height(period: Floats, amplitude: Floats, wanted: float) -> float:
    """The highest amplitude within one step of the spectrum around a cycle."""
    near = np.argsort(np.abs(1 / period - 1 / wanted))[:3]
    return float(amplitude[near].max())


def _cycle_label(one: Period, cycle: str) -> str:
    long = length(one.period, one.unit)
    name = CYCLE_NAMES.get(cycle, "").split(" do calendário")[0]
    name = name.removeprefix("a ").removeprefix("o ").removeprefix("os ")
    return f"{name} ({long})" if name else long


def counted(n: int, unit: str) -> str:
    """`1.095 dias`, `1 ponto`."""
    one, many = UNIT_NAMES[unit] if unit != "amostras" else ("ponto", "pontos")
    return f"{words.number(n)} {one if n == 1 else many}"


def length(period: float, unit: str) -> str:
    """`7 dias`, `1,5 mês`, `12 pontos`."""
    one, many = UNIT_NAMES[unit] if unit != "amostras" else ("ponto", "pontos")
    rounded = round(period, 1)
    written = words.number(rounded, 0 if rounded.is_integer() else 1)
    return f"{written} {one if rounded < 2 else many}"


def spectrum_reading(report: SpectralReport, shown: Spectrum) -> str:
    """What the chart of the spectrum shows, and what it does not."""
    caveat = "O gráfico mostra o tamanho dos ciclos, não o que os causa."
    if not report.periods:
        return (
            "Nenhum ciclo se destaca do que o acaso e a própria memória da série produzem: picos"
            f" abaixo ou junto da linha tracejada não contam. {caveat}"
        )
    parts = []
    if known := _known_cycles(report):
        parts.append(f"Acompanham o calendário: {listed(known)}.")
    if others := _other_cycles(report):
        parts.append(f"Sem explicação no calendário: ciclo de {listed(others)}.")
    if shown.spread:
        parts.append(
            "Um ciclo marcado abaixo da linha aparece pelos seus picos menores (pontos vazados),"
            " como quando um só mês do ano pesa."
        )
    elif shown.echoes:
        parts.append("Os pontos vazados, na metade ou no terço de um ciclo, são parte dele.")
    return " ".join([*parts, caveat])


def _known_cycles(report: SpectralReport) -> list[str]:
    pairs = zip(report.periods, report.cycles, strict=True)
    names = [CYCLE_NAMES.get(cycle, "") for one, cycle in pairs if one.kind == EXPECTED]
    return [name for name in dict.fromkeys(names) if name]


def _other_cycles(report: SpectralReport) -> list[str]:
    return [length(one.period, one.unit) for one in report.periods if one.kind == UNEXPECTED]


# -- calendar and time -------------------------------------------------------------------------


def calendar(report: SpectralReport, *, money: bool) -> Grid | None:
    """Amounts laid out as a calendar: weekday by month for up to three years of days, else month
    by year, each month against the mean of its year."""
    if report.times is None or report.unit == "anos" or report.n < 14:
        return None
    months = report.times.to_period("M").astype("int64").to_numpy()
    daily = report.unit == "dias" and report.step <= 7 / 5
    if daily and len(np.unique(months)) <= MOST_MONTHS:
        return _weekdays(report, months, money)
    table = _table(months // 12, months % 12, report.values, "sum").reindex(columns=range(12))
    if int(table.notna().to_numpy().sum()) < LEAST_MONTHS:
        return None
    amounts = table.to_numpy(np.float64)
    shade = amounts / np.nanmean(np.abs(amounts), axis=1, keepdims=True)
    rows = tuple(str(1970 + int(year)) for year in table.index)
    return Grid(amounts, shade, rows, MONTHS, "mês e ano", money)


def _weekdays(report: SpectralReport, months: npt.NDArray[np.int64], money: bool) -> Grid | None:
    assert report.times is not None
    table = _table(report.times.day_of_week.to_numpy(), months, report.values, "mean")
    if table.shape[1] < 2:
        return None
    names = tuple(f"{MONTHS[int(c) % 12]}/{1970 + int(c) // 12}" for c in table.columns)
    rows = tuple(WEEKDAYS[int(day)] for day in table.index)
    amounts = table.to_numpy(np.float64)
    return Grid(amounts, amounts, rows, names, "dia da semana e mês", money)


def _table(
    rows: npt.NDArray[np.generic], columns: npt.NDArray[np.generic], values: Floats, how: How
) -> pd.DataFrame:
    """Sums or means of the values that are there; rows and columns with none are left out."""
    there = np.isfinite(values)
    frame = pd.DataFrame({"r": rows[there], "c": columns[there], "v": values[there]})
    return frame.pivot_table(index="r", columns="c", values="v", aggfunc=how)


def calendar_reading(grid: Grid) -> str:
    """Where the calendar is strongest, and what that does not say."""
    if grid.by == "mês e ano":
        top = grid.columns[_darkest(grid.shade.T)]
        return (
            "Quanto mais forte a cor, maior o mês diante da média do seu ano. O que mais pesa é"
            f" {top}. Fim de ano forte é comum no orçamento público."
        )
    top = grid.rows[_darkest(grid.shade)]
    return (
        f"Quanto mais forte a cor, maior a média daquele dia. O que mais pesa é {top}. Um dia"
        " preferido costuma ser só rotina de pagamento."
    )


def _darkest(rows: Floats) -> int:
    means = [float(np.nanmean(row)) if np.isfinite(row).any() else -np.inf for row in rows]
    return int(np.argmax(means))


def spectrogram(report: SpectralReport) -> Spectrogram | None:
    """How large the cycles were along time; None for series too short to be cut in windows."""
    n = report.n
    if n < LEAST_FOR_SPECTROGRAM or not len(report.frequencies):
        return None
    size = int(np.clip(1 << (2 * n // WINDOWS).bit_length() - 1, SHORTEST_WINDOW, LONGEST_WINDOW))
    hop = max(1, (n - size) // 60)
    transform = signal.ShortTimeFFT(
        signal.windows.hann(size, sym=False), hop, fs=1 / report.step, fft_mode="onesided",
        scale_to="magnitude",
    )  # fmt: skip
    first, last = transform.lower_border_end[1], transform.upper_border_begin(n)[1]
    size_at = np.sqrt(transform.spectrogram(_even(report), p0=first, p1=last))
    middle = np.clip(np.arange(first, last) * hop, 0, n - 1).astype(np.int64)
    frequency = transform.f
    longest = size * report.step / LEAST_TURNS
    if len(middle) < 2 or longest <= 2 * report.step:
        return None
    periods = np.geomspace(2 * report.step, longest, SPECTROGRAM_ROWS)
    rows = [np.interp(1 / periods, frequency, column) for column in size_at.T]
    return Spectrogram(np.array(rows).T, periods, _places(report)[middle], report.unit)


def _even(report: SpectralReport) -> Floats:
    """The series without its level, on a scale where a few large values do not drown the rest."""
    filled = _filled(report)
    scaled = np.arcsinh(filled / _typical(filled))
    width = min(len(scaled), max(15, len(scaled) // 8))
    level = pd.Series(scaled).rolling(width, center=True, min_periods=1).mean().to_numpy()
    rest = scaled - level
    reach = CLIP * _spread(rest)
    return np.asarray(np.clip(rest, -reach, reach))


def coherence_reading(found: CoherenceReport) -> str:
    """What two series say together, and what they do not."""
    if found.status == INCONCLUSIVE:
        return found.reason
    return f"{found.explanation} Andar junto pode vir de um orçamento ou de uma regra em comum."


# -- the sentence ------------------------------------------------------------------------------


def verdict(report: SpectralReport) -> str:
    """The series in one or two sentences: what repeats, what changed, or that none can be told."""
    if report.status == INCONCLUSIVE:
        return f"Ainda não dá para dizer. {report.reason}"
    parts = [_cycles_sentence(report), *_changes_sentences(report), _spikes_sentence(report)]
    december = report.december
    if december is not None and december.kind == UNEXPECTED:
        parts.append(
            words.fill(
                "Dezembro de {year} pesou mais que os anteriores: {share:pct} do ano contra"
                " {past:pct}.",
                {"year": str(december.year), "share": december.share, "past": december.past_share},
            )
        )
    text = " ".join(part for part in parts if part)
    return text or "Nada se repete nem muda nesta série além do que o acaso explica."


def _cycles_sentence(report: SpectralReport) -> str:
    known, others = _known_cycles(report), _other_cycles(report)
    parts = []
    if known:
        parts.append(f"O que se repete é o calendário: {listed(known)}.")
    if others:
        also = "Há também" if known else "Há"
        why = "que o acaso não explica" if report.times is None else "fora do calendário"
        parts.append(f"{also} um ciclo de {listed(others[:3])} {why}.")
    return " ".join(parts)


def _changes_sentences(report: SpectralReport) -> list[str]:
    answer = []
    for kind, (one, many) in CHANGE_WORDS.items():
        found = [change for change in report.changes if change.kind == kind]
        if not found:
            continue
        top = min(found, key=lambda change: change.p_value)
        facts = {"n": words.number(len(found)), "where": _where(top)}
        facts["what"] = _level_words(report, top)
        facts["when"] = "" if facts["what"] == SOME_CHANGE else f", quando {facts['what']}"
        text = (one if len(found) == 1 else many).format(**facts)
        answer.append(text[0].upper() + text[1:])
    return answer


def _where(change: Change) -> str:
    place = change.date_or_index
    if isinstance(place, pd.Timestamp):
        return f"em {words.date(place.date())}"
    return f"no ponto {words.number(int(place) + 1)}"


def _level_words(report: SpectralReport, change: Change) -> str:
    """`passa a 2,0 vezes o de antes`; a series around zero has no ratio."""
    if report.effect_is(change) == DIFFERENCE:
        return SOME_CHANGE
    if abs(change.effect - 2) < 0.15:
        return "o nível dobra"
    if change.effect >= 1:
        return f"o nível passa a {words.number(change.effect, 1)} vezes o de antes"
    return f"o nível cai para {words.number(100 * change.effect, 0)} % do de antes"


def _spikes_sentence(report: SpectralReport) -> str:
    if not report.spikes:
        return ""
    top = min(report.spikes, key=lambda one: (one.p_value, -abs(one.value - one.expected)))
    place = top.date_or_index
    where = (
        words.date(place.date())
        if isinstance(place, pd.Timestamp)
        else f"ponto {words.number(int(place) + 1)}"
    )
    if len(report.spikes) == 1:
        return f"Um valor foge muito do esperado: {where}."
    n = words.number(len(report.spikes))
    return f"{n} valores fogem muito do esperado; o que mais foge é o de {where}."
