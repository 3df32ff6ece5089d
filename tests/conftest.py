"""Fixtures shared by all tests: the optional real files, and the running app."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]
SHARED_DATA = ROOT.parent / "shared" / "data"
BOOT_LIMIT_S = 120

# a busy machine is no defect: times are compared in the benchmark, never here
settings.register_profile("project", deadline=None)
settings.load_profile("project")


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real files beside the project; tests that need it are skipped without it."""
    if not SHARED_DATA.is_dir():
        reason = "the folder shared/data is not beside the project"
        print(reason)
        pytest.skip(reason)
    return SHARED_DATA


@pytest.fixture(scope="session")
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the real app, started once on a free port of this machine and then stopped."""
    port = free_port()
    log = tmp_path_factory.mktemp("app") / "log.txt"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, str(ROOT / "app.py")],
            env=app_environment(port),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until_ready(url, process, log)
            yield url
        finally:
            process.terminate()
            process.wait(timeout=30)


def free_port() -> int:
    """A port of the loopback address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def app_environment(port: int) -> dict[str, str]:
    """The app's environment: this machine only, no network, none of the caller's limits."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("CIDADAO_", "GRADIO_"))}
    return kept | {
        "GRADIO_SERVER_NAME": "127.0.0.1",
        "GRADIO_SERVER_PORT": str(port),
        "HF_HUB_OFFLINE": "1",
    }


def wait_until_ready(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Return once `/ready` answers 200; fail with the end of the log where it never does."""
    deadline = time.monotonic() + BOOT_LIMIT_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{url}/ready", timeout=5).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"the app did not get ready:\n{log.read_text(errors='replace')[-4000:]}")
