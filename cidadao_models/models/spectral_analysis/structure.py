"""A series taken apart: levels, weekly profiles, calendar, cycles, noise, and points that fit none.

Segments before spectra, and cycles may compete with steps: each is only kept where it explains
more than the other. Words and reports are made elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from math import log

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.models.spectral_analysis import (
    calendar,
    calendar_lines,
    changes,
    dating,
    expected,
    lines,
    spikes,
)
from cidadao_models.models.spectral_analysis.series import Series

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]

SHARES = {
    "cycles": 0.5, "undated": 0.6, "usual": 0.2, "calendar": 1.0, "level": 0.16, "spread": 0.08,
    "profile": 0.06,
    "spikes": 0.10,
}  # fmt: skip
"""How the chance of a false alarm is divided among the kinds of finding (of alpha each); cycles
of a series without dates, of which none belongs to a calendar, have `undated` and `usual`. The
calendar's own cycles are no alarm but what one expects: they have an alpha of their own."""

LEAST_POINTS = 8
"""Fewest points about which anything is said."""

LEAST_FOR_CYCLES = {"dias": 60, "semanas": 52, "meses": 24, "anos": 24, "amostras": 24}
"""Fewest points in which cycles are looked for."""

LEAST_FOR_CHANGES = 20
"""Shortest length at which the price of a step was simulated."""

ROUNDS = 3
"""Turns of steps and calendar: a step hides in the months of a calendar fitted without it."""

CYCLE_PRICE = 19.0
"""What a cycle must add to twice the log likelihood to be preferred to steps: twice the highest
ratio of noise (`background.NULL_PLACE`)."""

IDLE_WEEKENDS = 0.9
"""Share of weekend days without movement from which the series is one of working days."""

IDLE_CHANCE = 1e-4
"""Chance below which a run of zeros is a pause of its own and not ordinary days without
movement."""

LEAST_GROUP_SPREAD = 0.3
"""Least spread of one kind of day (weekends, holidays) beside that of all."""

SAME_EVENT = 28
"""Days within which a change of spread is part of a change of the weekly pattern."""

LEAST_GROUP = 8
"""Fewest days of one kind for a spread of their own."""

CLIP = 4.0
"""Robust sds at which a point is held before the search for cycles."""


@dataclass(frozen=True, slots=True)
class Structure:
    """All parts of a series; arrays lie on the grid of `series` (`work` leaves idle weekends out).

    `families` are the cycles that the calendar left; `calendar_families` those it explains.
    """

    series: Series
    work: Series
    kept: Ints
    scale: expected.Scale
    shape: expected.Shape
    fit: expected.Expected
    steps: tuple[changes.Step, ...]
    profiles: tuple[changes.Step, ...]
    spreads: tuple[changes.Step, ...]
    search: lines.Search | None
    families: tuple[lines.Family, ...]
    calendar_families: tuple[lines.Family, ...]
    noise: Floats
    noise_innovation: Floats
    innovation: Floats
    spike_chance: Floats
    x: Floats
    notes: tuple[str, ...] = ()

    @property
    def unit_days(self) -> float | None:
        """Days a point of `work` takes; None without dates."""
        return unit_days(self.work)


def unit_days(series: Series) -> float | None:
    """Days that one point of the series takes; None without dates."""
    if series.times is None:
        return None
    return calendar.UNIT_DAYS[series.unit] * series.step


def cycle_share(series: Series) -> float:
    """Share of alpha that cycles outside the calendar have."""
    return SHARES["undated" if series.times is None else "cycles"]


@dataclass(frozen=True, slots=True)
class Frame:
    """A series on its working scale with the calendar it is judged by."""

    work: Series
    scale: expected.Scale
    x: Floats
    design: calendar.Design
    idle: Bools
    alpha: float

    @property
    def cyclic(self) -> bool:
        """Long enough for cycles to be looked for."""
        return self.work.n_seen >= LEAST_FOR_CYCLES[self.work.unit]

    def fit(self, shape: expected.Shape) -> expected.Expected:
        """The regression of one shape."""
        return expected.fit(self.x, self.design, shape, idle=self.idle, floor=self.scale.floor)

    def price(self, kind: str) -> float:
        """Gain in twice the log likelihood that noise reaches with the kind's share of `alpha`."""
        chance = self.alpha * SHARES[kind]
        return changes.CHANCE_AT + changes.CHANCE_SCALE * log(1 / chance)


def take_apart(series: Series, *, alpha: float, with_calendar: bool) -> Structure:
    """The structure of a series of at least `LEAST_POINTS` values that are not all equal."""
    work, kept, notes = without_idle_weekends(series) if with_calendar else _whole(series)
    scale = expected.scale_of(work.values)
    design = _design(work, with_calendar)
    frame = Frame(work, scale, scale.forward(work.values), design, _idle(work), alpha)
    shape, steps, profiles = _shape(frame)
    fit = frame.fit(shape)
    if steps and not design.empty:
        steps = dating.redated(frame.x, design, frame.idle, shape, fit, steps)
        shape = replace(shape, steps=tuple(step.index for step in steps))
        fit = frame.fit(shape)
    search, families = _cycles(frame, fit)
    taken = tuple(line.frequency for family in families for line in family.lines)
    if taken:
        fit = frame.fit(shape.with_cycles(taken))
    noise = _standardised(fit, frame)
    innovation = expected.innovations(noise, fit.phi)
    spreads = _spreads(frame, innovation, profiles)
    steady = steadied(innovation, spreads)
    moving = np.isfinite(frame.x) & (work.values != 0)
    chance = spikes.chances(steady, moving, _may_spike(frame, fit), fit.calendar_freedom)
    known = _calendar_families(series, fit, kept, alpha) if with_calendar else ()
    return Structure(
        series, work, kept, scale, shape.with_cycles(taken), fit, steps, profiles, spreads, search,
        tuple(families), known, noise, innovation, steady, chance, frame.x, notes,
    )  # fmt: skip


def _whole(series: Series) -> tuple[Series, Ints, tuple[str, ...]]:
    return series, np.arange(series.n), ()


def without_idle_weekends(series: Series) -> tuple[Series, Ints, tuple[str, ...]]:
    """(series, kept positions, note): Monday to Friday only where weekends have no movement.

    The little that a weekend has is added to the Monday after it.
    """
    if series.times is None or series.unit != "dias" or series.step != 1 or series.n < 28:
        return _whole(series)
    weekday = np.asarray(series.times.day_of_week)
    weekend = weekday >= 5
    seen = np.isfinite(series.values)
    zero = seen & (series.values == 0)
    if not (weekend & seen).any() or zero[weekend & seen].mean() < IDLE_WEEKENDS:
        return _whole(series)
    if zero[~weekend & seen].mean() > 0.5:
        return _whole(series)
    values = series.values.copy()
    for at in np.flatnonzero(weekend & seen & ~zero):
        monday = at + 7 - weekday[at]
        if monday < series.n and np.isfinite(values[monday]):
            values[monday] += values[at]
    kept = np.flatnonzero(~weekend)
    note = "Quase não há movimento em fins de semana: os dias foram comparados de segunda a sexta."
    work = replace(series, values=values[kept], times=series.times[kept], step=7 / 5)
    return work, kept, (note,)


def _design(work: Series, with_calendar: bool) -> calendar.Design:
    if not with_calendar:
        return calendar.no_calendar(work.n)
    return calendar.design(work.times, work.n, work.unit, work.step)


def _idle(work: Series) -> Bools:
    """Points of long runs of zeros in a series that seldom has one."""
    zero = work.values == 0
    idle = np.zeros(work.n, dtype=bool)
    share = float(zero.sum()) / max(1, work.n_seen)
    if not 0 < share < 0.5:
        return idle
    least = max(5, log(IDLE_CHANCE / work.n) / log(share))
    edges = np.flatnonzero(np.diff(np.concatenate([[0], zero.astype(np.int8), [0]])))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if end - start >= least:
            idle[start:end] = True
    return idle


def _shape(
    frame: Frame,
) -> tuple[expected.Shape, tuple[changes.Step, ...], tuple[changes.Step, ...]]:
    """Steps, trend and weekly profiles, before cycles or after them, whichever explains more."""
    if frame.work.n_seen < LEAST_FOR_CHANGES:
        return expected.Shape(), (), ()
    shape, steps, profiles = _stepped(frame, ())
    if not frame.cyclic:
        return shape, steps, profiles
    bare = expected.Shape(profiles=shape.profiles)
    cycles = _cycle_places(frame, frame.fit(bare))
    if not cycles:
        return shape, steps, profiles
    other, other_steps, _ = _stepped(frame, cycles)
    ours = _score(frame, shape.with_cycles(_cycle_places(frame, frame.fit(shape))))
    theirs = _score(frame, other)
    if theirs > ours:
        return other.with_cycles(()), other_steps, profiles
    return shape, steps, profiles


def _cycle_places(frame: Frame, fit: expected.Expected) -> tuple[float, ...]:
    _, families = _cycles(frame, fit)
    return tuple(line.frequency for family in families for line in family.lines)


def _score(frame: Frame, shape: expected.Shape) -> float:
    """Twice the log likelihood of levels and cycles, less the price of each."""
    fit = frame.fit(shape)
    paid = frame.price("level") * len(shape.steps) + CYCLE_PRICE * len(shape.cycles)
    return changes.score(fit.level + fit.rest, shape.steps) - paid


def _stepped(
    frame: Frame, cycles: tuple[float, ...]
) -> tuple[expected.Shape, tuple[changes.Step, ...], tuple[changes.Step, ...]]:
    """Steps in the level after calendar and cycles, in turns with them until nothing moves."""
    shape = expected.Shape(cycles=cycles)
    steps: tuple[changes.Step, ...] = ()
    profiles: tuple[changes.Step, ...] = ()
    daily = frame.work.unit == "dias" and bool(frame.design.weekly.any())
    for _ in range(ROUNDS):
        fit = frame.fit(shape)
        if daily:
            profiles = _profiles(frame, fit)
        found = changes.level_steps(
            fit.level + fit.rest, price=frame.price("level"), floor=frame.scale.floor, phi=fit.phi
        )
        steps = found.found
        places = tuple(step.index for step in profiles)
        new = expected.Shape(found.indices, found.trend, places, cycles)
        if new == shape:
            break
        shape = new
        if frame.design.empty and not cycles:
            break
    return shape, steps, profiles


def _profiles(frame: Frame, fit: expected.Expected) -> tuple[changes.Step, ...]:
    assert frame.work.times is not None
    weekday = np.asarray(frame.work.times.day_of_week, dtype=np.int64)
    price = frame.price("profile")
    return changes.profile_steps(frame.x, fit, weekday, frame.idle, price=price).found


def _cycles(frame: Frame, fit: expected.Expected) -> tuple[lines.Search | None, list[lines.Family]]:
    """Cycles that levels, trend and calendar leave; those on the calendar's places are no news."""
    if not frame.cyclic:
        return None, []
    rest = fit.rest + fit.cycles
    reach = CLIP * expected.robust_sd(rest)
    dated = frame.work.times is not None
    search = lines.search(
        np.clip(rest, -reach, reach),
        frame.alpha * cycle_share(frame.work),
        freedom=fit.calendar_freedom,
        usual=0.0 if dated else frame.alpha * SHARES["usual"],
    )
    return search, _families(search.lines, frame.work)


def _families(found: tuple[lines.Line, ...], work: Series) -> list[lines.Family]:
    """Lines merged into cycles; those on the calendar's places apart from the others."""
    groups: dict[str, list[lines.Line]] = {}
    for line in found:
        cycle, _ = lines.calendar_cycle(line.frequency, work.n, unit_days(work))
        groups.setdefault(cycle, []).append(line)
    return [one for group in groups.values() for one in lines.families(group, work.n)]


def _standardised(fit: expected.Expected, frame: Frame) -> Floats:
    """Residuals over the spread of their kind of day: weekends and holidays have their own."""
    rest = fit.rest / fit.spread
    working = frame.design.working
    if working.all() or frame.work.times is None:
        return rest
    weekend = np.asarray(frame.work.times.day_of_week) >= 5
    for group in (working, ~working & weekend, ~working & ~weekend):
        moving = group & (frame.work.values != 0) & np.isfinite(rest)
        if moving.sum() >= LEAST_GROUP:
            own = expected.robust_sd(rest[moving])
            rest[group] = rest[group] / max(own, LEAST_GROUP_SPREAD)
    return rest


def _spreads(
    frame: Frame, innovation: Floats, profiles: tuple[changes.Step, ...]
) -> tuple[changes.Step, ...]:
    """Steps in the spread; not those that a new weekly pattern brings with it."""
    moving = np.where(frame.work.values == 0, np.nan, innovation)
    if np.isfinite(moving).sum() < LEAST_FOR_CHANGES:
        return ()
    found = changes.spread_steps(moving, price=frame.price("spread")).found
    return tuple(
        one for one in found if all(abs(one.index - p.index) > SAME_EVENT for p in profiles)
    )


def steadied(innovation: Floats, spreads: tuple[changes.Step, ...]) -> Floats:
    """Innovations over the spread of their own regime."""
    steady = innovation.copy()
    edges = [0, *(step.index for step in spreads), len(innovation)]
    for low, high in pairwise(edges):
        own = expected.robust_sd(steady[low:high])
        if spreads and own > 0:
            steady[low:high] /= own
    return steady


def _may_spike(frame: Frame, fit: expected.Expected) -> Bools:
    """A day without movement is no spike; all else may be one.

    Of days of amounts, only those above what is expected and estornos: a low day is most often a
    local holiday, which no national calendar has.
    """
    values = frame.work.values
    usable = np.isfinite(values) & (values != 0)
    if frame.work.unit == "dias" and frame.scale.logarithmic:
        usable &= (fit.rest > 0) | (values < 0)
    return usable


def _calendar_families(
    series: Series, fit: expected.Expected, kept: Ints, alpha: float
) -> tuple[lines.Family, ...]:
    """Cycles of the whole grid, idle weekends included, that the calendar explains."""
    days = unit_days(series)
    if days is None or series.n_seen < LEAST_FOR_CYCLES[series.unit]:
        return ()
    reach = CLIP * fit.spread
    calm = np.clip(fit.rest, -reach, reach)
    if len(kept) == series.n:
        moving, rest = fit.calendar + calm, calm
    else:
        moving, rest = np.full(series.n, np.nan), np.full(series.n, np.nan)
        moving[kept], rest[kept] = fit.calendar + calm, calm
        idle = np.isfinite(series.values) & np.isnan(moving)
        moving[idle], rest[idle] = -np.nanmedian(fit.level), 0.0
    left = rest if series.unit == "dias" else None
    return tuple(calendar_lines.calendar_families(moving, left, alpha * SHARES["calendar"], days))


def moving_part(parts: Structure) -> Floats:
    """The series without levels and trend, on the grid of `work`."""
    return lines.detrended(parts.x - parts.fit.level)


def share(moving: Floats, family: lines.Family) -> float:
    """Share of the variance that the sinusoids of a family explain, in [0, 1]."""
    seen = np.isfinite(moving)
    waves = lines.fitted(moving, [line.frequency for line in family.lines])
    total = float(np.var(moving[seen]))
    left = float(np.var(moving[seen] - waves[seen]))
    return float(np.clip(1 - left / total, 0.0, 1.0)) if total > 0 else 0.0


def band(structure: Structure, level: float = 0.95) -> tuple[Floats, Floats, Floats]:
    """(expected, lower, upper) amounts on the whole grid, for the share `level` of points."""
    from scipy import special

    fit, scale = structure.fit, structure.scale
    reach = float(special.ndtri(0.5 + level / 2)) * fit.spread
    answer = []
    for shift in (0.0, -reach, reach):
        values = np.zeros(structure.series.n)
        values[structure.kept] = scale.back(fit.fitted + shift)
        answer.append(values)
    return answer[0], answer[1], answer[2]


def months_of(series: Series) -> pd.Series | None:
    """Sum of each whole month of a dated series of days, weeks or months; None otherwise."""
    if series.times is None or series.unit not in ("dias", "semanas", "meses"):
        return None
    if series.unit == "meses" and series.step != 1:
        return None
    month = series.times.to_numpy().astype("datetime64[M]")
    return pd.Series(np.nan_to_num(series.values)).groupby(month).sum()
