"""Hand a file to one of the package's reading workers: a process whose memory and time end with it.

Knows no format: `sheet_worker` and `pdf_worker` do.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import IO

COMPLAINT_BYTES = 1 << 16
"""How much of what a worker complains about is kept."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a worker answered, whether it said more than allowed, how it ended, its complaints."""

    answer: bytes
    too_long: bool
    status: int
    complaints: bytes


def ask(script: str, payload: bytes, *arguments: str, most_bytes: int) -> Said:
    """Run `script`, a module beside this one, on `payload`; stopped past `most_bytes`."""
    command = [sys.executable, "-P", str(Path(__file__).with_name(script)), *arguments]
    with (
        tempfile.TemporaryFile() as complaints,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints
        ) as worker,
        ThreadPoolExecutor(1) as side,
    ):
        assert worker.stdin is not None and worker.stdout is not None
        side.submit(_feed, worker.stdin, payload)
        answer = worker.stdout.read(most_bytes + 1)
        too_long = len(answer) > most_bytes
        if too_long:
            worker.kill()
        status = worker.wait()
        complaints.seek(0)
        return Said(answer, too_long, status, complaints.read(COMPLAINT_BYTES))


def _feed(pipe: IO[bytes], payload: bytes) -> None:
    """Write and close; a worker that ended early has no use for the rest."""
    with contextlib.suppress(BrokenPipeError), pipe:
        pipe.write(payload)
