"""Speed and memory of reading, detecting and looking for patterns, as ratios to bare libraries.

Each measurement runs in a process of its own, so that peak memory is its own too.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from cidadao_models.models.evaluation.benchmark import Figure

ROWS = 200_000
MANY_ROWS = 1_000_000
MEGABYTE = 1024 * 1024
FOREST_COLUMNS = 12


def _timed(work: Callable[[], object], repeats: int) -> float:
    """Median seconds over `repeats` calls."""
    seconds = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - started)
    return sorted(seconds)[len(seconds) // 2]


def _bare_read(payload: bytes) -> object:
    """The plainest pyarrow read of the same bytes as text."""
    import pyarrow as pa
    from pyarrow import csv

    columns = payload[: payload.index(b"\n")].decode("cp1252").replace('"', "").strip().split(";")
    return csv.read_csv(
        pa.BufferReader(payload),
        read_options=csv.ReadOptions(encoding="cp1252"),
        parse_options=csv.ParseOptions(delimiter=";", newlines_in_values=True),
        convert_options=csv.ConvertOptions(column_types=dict.fromkeys(columns, pa.string())),
    )


def _bare_forest(rows: int) -> object:
    """A default scikit-learn isolation forest, fitted and scored on rows x 12 floats."""
    import numpy as np
    from sklearn.ensemble import IsolationForest

    matrix = np.random.default_rng(0).normal(size=(rows, FOREST_COLUMNS))
    return IsolationForest(random_state=0).fit(matrix).score_samples(matrix)


def _worker(kind: str, path: Path, rows: int, repeats: int) -> dict[str, float]:
    """Seconds and peak memory of one kind of work on one file."""
    from cidadao_models.analysis import analyze
    from cidadao_models.models.anomaly_detection import AnomalyDetector
    from cidadao_models.reading import read

    def detect() -> object:
        return AnomalyDetector().analyze(read(payload))

    payload = path.read_bytes()
    seconds: dict[str, float] = {}
    if kind == "reading":
        seconds["bare"] = _timed(lambda: _bare_read(payload), repeats)
        seconds["ours"] = _timed(lambda: read(payload), repeats)
    elif kind == "detection":
        seconds["read"] = _timed(lambda: _bare_read(payload), repeats)
        seconds["forest"] = _timed(lambda: _bare_forest(rows), repeats)
        seconds["ours"] = _timed(detect, repeats)
        seconds["whole"] = _timed(lambda: analyze(payload), repeats)
    elif kind == "detect":
        seconds["ours"] = _timed(detect, repeats)
    else:
        seconds["ours"] = _timed(lambda: analyze(payload), repeats)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return seconds | {"peak_mb": peak}


def _measure(kind: str, path: Path, rows: int, repeats: int) -> dict[str, float]:
    code = (
        "import json, pathlib;"
        "from cidadao_models.models.evaluation.speed_suite import _worker;"
        f"print(json.dumps(_worker({kind!r}, pathlib.Path({str(path)!r}), {rows}, {repeats})))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    result: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return result


def _written(folder: str, rows: int) -> Path:
    """A file of honest contracts, written by a process of its own."""
    path = Path(folder) / f"contratos-{rows}.csv"
    code = (
        "import pathlib; from cidadao_models.models.evaluation.synthetic import portal_csv;"
        f"pathlib.Path({str(path)!r}).write_bytes(portal_csv({rows}))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
    return path


def reading(quick: bool) -> Iterator[Figure]:
    """Reading against a bare `pyarrow.csv` read of the same bytes as text."""
    rows = ROWS // 10 if quick else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = _written(folder, rows)
        seen = _measure("reading", path, rows, 5)
        case = f"{rows:,} x 20, {path.stat().st_size / MEGABYTE:.0f} MB, Latin-1"
        yield Figure("reading", case, "time", seen["ours"], "s", seen["bare"], "s pyarrow.csv")
        ratio = seen["ours"] / seen["bare"]
        yield Figure("reading", case, "ratio", ratio, "x", 1.0, "pyarrow.csv", at_most=5)


def detection(quick: bool) -> Iterator[Figure]:
    """Reading plus detection against a bare read plus a bare isolation forest; patterns; memory.

    Detection is all flags and the score; the whole analysis adds the patterns over many records.
    """
    rows = ROWS // 10 if quick else ROWS
    with tempfile.TemporaryDirectory() as folder:
        path = _written(folder, rows)
        case = f"{rows:,} x 20"
        seen = _measure("detection", path, rows, 3)
        bare = seen["read"] + seen["forest"]
        name = "s pyarrow.csv + IsolationForest"
        yield Figure("detection", case, "read + detect", seen["ours"], "s", bare, name)
        ratio = seen["ours"] / bare
        yield Figure("detection", case, "ratio", ratio, "x", 1.0, "bare", at_most=4)
        whole, name = seen["whole"], "s read + detect"
        yield Figure("detection", case, "with patterns", whole, "s", seen["ours"], name)
        ratio = whole / seen["ours"]
        yield Figure(
            "detection", case, "with patterns, ratio", ratio, "x", 1.0, name[2:], at_most=3
        )
        alone = _measure("analyze", path, rows, 1)["peak_mb"]
        size = path.stat().st_size / MEGABYTE
        yield Figure("detection", case, "peak memory", alone, "MB", size, "MB file", at_most=2048)
        if not quick:
            yield from _many(folder)


def _many(folder: str) -> Iterator[Figure]:
    path = _written(folder, MANY_ROWS)
    detect = _measure("detect", path, MANY_ROWS, 1)["ours"]
    seen = _measure("analyze", path, MANY_ROWS, 1)
    case, size = f"{MANY_ROWS:,} x 20", path.stat().st_size / MEGABYTE
    yield Figure("detection", case, "read + detect", detect, "s")
    yield Figure("detection", case, "with patterns", seen["ours"], "s", detect, "s read + detect")
    peak = seen["peak_mb"]
    yield Figure("detection", case, "peak memory", peak, "MB", size, "MB file", at_most=5120)
