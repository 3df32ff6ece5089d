"""Looks at the tests' Hub as a boot does, in a process of its own, one for each line it is given.

The Hub's client reads its environment when it is imported, so that the test process can't be used.
Each line is a JSON object; the answer is one too.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from cidadao_models.deployment import huggingface
from cidadao_models.inference import lanes
from cidadao_models.models.core import weights

NOBODY = 65534
"""A user without rights where this one has all of them."""

isolated = lanes.isolated


def direct(
    function: Callable[..., Any], *args: object, stop: threading.Event, **options: object
) -> Any:
    """Isolated work done here: as many boots as there are lines would each load everything."""
    return function(*args, **options)


def boot(asked: dict[str, Any]) -> dict[str, Any]:
    """One look with the environment asked for, and what is in use after it."""
    os.environ.update(asked.get("environ", {}))
    for name in asked.get("without", ()):
        os.environ.pop(name, None)
    lanes.isolated = isolated if asked.get("isolated") else direct  # type: ignore[assignment]
    if not asked.get("goes_on"):
        weights.use(weights.EMBEDDED, "embedded")
        weights.look_ends("")
    swaps: list[str] = []
    started = time.monotonic()
    with limited(asked.get("file_bytes")), as_nobody(bool(asked.get("as_nobody"))):
        huggingface.look(
            seconds=asked.get("seconds", 20), then=lambda: swaps.append(weights.active().commit)
        )
    return {
        "seconds": time.monotonic() - started,
        "status": asdict(weights.status()),
        "brief": weights.brief(),
        "reference": weights.reference().label,
        "swaps": swaps,
    }


@contextmanager
def limited(file_bytes: int | None) -> Iterator[None]:
    """No file may grow past so many bytes: what a full disk does to a writer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    if file_bytes is not None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (file_bytes, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def as_nobody(wanted: bool) -> Iterator[None]:
    """As a user whom permissions bind, also where the tests run as root."""
    before = os.geteuid()
    if wanted and before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if os.geteuid() != before:
            os.seteuid(before)


def main() -> None:
    """Answer line by line until there are none."""
    for line in sys.stdin:
        print(json.dumps(boot(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
