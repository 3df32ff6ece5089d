"""Boot time, request latency and health under load of the real app on loopback.

The plain baseline is a bare route of the same server (`/ready`), which does no work.
"""

from __future__ import annotations

import os
import socket
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx

from cidadao_models.models.evaluation.benchmark import Figure
from cidadao_models.models.evaluation.synthetic import honest_contracts, portal_csv

BOOT_LIMIT_S = 60.0
APP = Path(__file__).resolve().parents[3] / "app.py"
LARGE_ROWS = 120_000


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).status_code == 200
    except httpx.TransportError:
        return False


def _wait_for(url: str) -> None:
    deadline = time.perf_counter() + BOOT_LIMIT_S
    while not _answers(url):
        if time.perf_counter() > deadline:
            raise TimeoutError(f"no answer from {url} in {BOOT_LIMIT_S:.0f} s")
        time.sleep(0.02)


@contextmanager
def _app() -> Iterator[tuple[str, float]]:
    """The running app's address and the seconds it took to answer `/health`."""
    port = _free_port()
    env = os.environ | {
        "GRADIO_SERVER_NAME": "127.0.0.1",
        "GRADIO_SERVER_PORT": str(port),
        "HF_HUB_OFFLINE": "1",
    }
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, str(APP)], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        url = f"http://127.0.0.1:{port}"
        _wait_for(f"{url}/health")
        booted = time.perf_counter() - started
        _wait_for(f"{url}/ready")
        yield url, booted
    finally:
        process.terminate()
        process.wait(timeout=30)


def _percentile(values: list[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _latencies(url: str, body: str, count: int, workers: int) -> list[float]:
    """Milliseconds of `count` posts by `workers` clients at once."""

    def one(_: int) -> float:
        started = time.perf_counter()
        answer = client.post(
            f"{url}/v1/detect-anomalies",
            content=body,
            headers={"content-type": "application/json"},
        )
        answer.raise_for_status()
        return 1000 * (time.perf_counter() - started)

    with httpx.Client(timeout=60) as client, ThreadPoolExecutor(workers) as pool:
        list(pool.map(one, range(workers)))
        return list(pool.map(one, range(count)))


def _gets(url: str, count: int) -> list[float]:
    with httpx.Client(timeout=60) as client:
        taken = []
        for _ in range(count):
            started = time.perf_counter()
            client.get(url).raise_for_status()
            taken.append(1000 * (time.perf_counter() - started))
    return taken


def _health_under_load(url: str) -> list[float]:
    """Milliseconds of `/health` while one large file is analysed."""
    payload = portal_csv(LARGE_ROWS)
    status: list[int] = []

    def upload() -> None:
        answer = httpx.post(
            f"{url}/v1/analyze-file", files={"file": ("contratos.csv", payload)}, timeout=300
        )
        status.append(answer.status_code)

    job = threading.Thread(target=upload)
    job.start()
    taken: list[float] = []
    while job.is_alive():
        taken += _gets(f"{url}/health", 1)
        time.sleep(0.02)
    job.join()
    if status != [200]:
        raise RuntimeError(f"large file answered {status}")
    return taken


def run(quick: bool) -> Iterator[Figure]:
    """Boot, latency one at a time and 16 at once, health under load."""
    count = 40 if quick else 200
    body = '{"contracts": ' + honest_contracts(100).to_json(orient="records", date_format="iso")
    body += "}"
    with _app() as (url, boot):
        yield Figure("service", "no network", "boot to /health", boot, "s", at_most=10)
        bare = statistics.median(_gets(f"{url}/ready", count))
        single = _latencies(url, body, count, 1)
        p50, p95 = statistics.median(single), _percentile(single, 0.95)
        case = "100 records"
        yield Figure("service", case, "p50", p50, "ms", bare, "ms /ready", at_most=40)
        yield Figure("service", case, "p95", p95, "ms", bare, "ms /ready", at_most=120)
        many = _percentile(_latencies(url, body, 2 * count, 16), 0.95)
        yield Figure("service", f"{case}, 16 at once", "p95", many, "ms", at_most=500)
        worst = max(_health_under_load(url))
        case = f"/health during {LARGE_ROWS:,} rows"
        yield Figure("service", case, "max", worst, "ms", bare, "ms /ready", at_most=100)
    code = "import time; t=time.perf_counter(); import cidadao_models; print(time.perf_counter()-t)"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    seconds = float(out.stdout)
    yield Figure("service", "import cidadao_models", "time", seconds, "s", at_most=0.2)
