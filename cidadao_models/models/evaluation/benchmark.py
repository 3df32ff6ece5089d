"""Runs the benchmark suites, prints one table and writes one JSON file.

Each figure stands beside a plain baseline measured in the same run. Decides nothing about the
product and is imported by the command line only.
"""

from __future__ import annotations

import json
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from cidadao_models import __version__


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number, what it is compared with, and the target it must meet.

    A `detail` goes to the JSON file only.
    """

    suite: str
    case: str
    metric: str
    value: float
    unit: str = ""
    baseline: float | None = None
    baseline_name: str = ""
    at_most: float | None = None
    at_least: float | None = None
    detail: bool = False

    @property
    def target(self) -> str:
        """The limit in words, empty where none is set."""
        if self.at_most is not None:
            return f"<= {self.at_most:g}"
        return f">= {self.at_least:g}" if self.at_least is not None else ""

    @property
    def met(self) -> bool | None:
        """Whether the limit is kept; None where none is set."""
        if self.at_most is not None:
            return self.value <= self.at_most
        return self.value >= self.at_least if self.at_least is not None else None


Suite = Callable[[bool], Iterable[Figure]]


def _suites() -> dict[str, Suite]:
    from cidadao_models.models.evaluation import (
        collusion_suite,
        outlier_suite,
        patterns_suite,
        planted_suite,
        service_suite,
        spectral_suite,
        speed_suite,
        text_suite,
    )

    return {
        "reading": speed_suite.reading,
        "detection": speed_suite.detection,
        "planted": planted_suite.run,
        "outliers": outlier_suite.figures,
        "collusion": collusion_suite.figures,
        "patterns": patterns_suite.figures,
        "spectral": spectral_suite.figures,
        "text": text_suite.figures,
        "service": service_suite.run,
    }


def suite_names() -> list[str]:
    """Names accepted by `--suite`."""
    return list(_suites())


def _measured(names: Iterable[str], quick: bool) -> Iterator[Figure]:
    suites = _suites()
    for name in names:
        started = time.perf_counter()
        print(f"[{name}]", file=sys.stderr, flush=True)
        yield from suites[name](quick)
        print(f"[{name}] {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)


def _cell(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def table(figures: Iterable[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = [
        "| suite | case | metric | value | unit | baseline | target | met |",
        "| --- | --- | --- | ---: | --- | --- | --- | --- |",
    ]
    for f in figures:
        beside = f"{_cell(f.baseline)} {f.baseline_name}".strip() if f.baseline_name else "-"
        met = {None: "", True: "yes", False: "NO"}[f.met]
        cells = (f.suite, f.case, f.metric, _cell(f.value), f.unit, beside, f.target or "-", met)
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def run(
    suite: str | None = None,
    *,
    quick: bool = False,
    output: Path | None = None,
    card: Path | None = None,
) -> int:
    """Run one suite or all; gives 0 when every target is met, else 1.

    `card` is a folder of weights whose manifest and card register the figures that are shown.
    Raises KeyError for an unknown suite.
    """
    names = [suite] if suite else suite_names()
    figures = list(_measured(names, quick))
    shown = [figure for figure in figures if not figure.detail]
    print(table(shown))
    target = output or Path("benchmark-results.json")
    document = {
        "version": __version__,
        "python": platform.python_version(),
        "figures": [asdict(figure) | {"met": figure.met} for figure in figures],
    }
    target.write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")
    print(f"\n{target}")
    if card is not None:
        from cidadao_models.training.release import register_benchmark

        print(register_benchmark(card, [asdict(figure) for figure in shown]))
    return 0 if all(figure.met is not False for figure in figures) else 1
