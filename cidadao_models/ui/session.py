"""One visitor's analysis in memory, and the files that live a few seconds on disk.

Reads and analyses through the package's one way; lays out nothing.
"""

from __future__ import annotations

import os
import secrets
import shutil
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cidadao_models import analysis
from cidadao_models.errors import InputError, UnreadableFile
from cidadao_models.findings import Report
from cidadao_models.reading.assemble import Reading, from_table
from cidadao_models.reading.limits import Limits
from cidadao_models.reading.table import read_table
from cidadao_models.reading.text_table import TextTable

SESSION_TTL_S = 1_800
"""Idle time after which a visitor's analysis is forgotten (DESIGN, promise 9: 30 minutes)."""

DEFAULT_TEMP_TTL_S = 60
"""Seconds a download lives on disk unless `CIDADAO_TEMP_TTL_S` says otherwise."""

Analyze = Callable[..., Report]


@dataclass(frozen=True, slots=True)
class Service:
    """What the page needs done: the published limits of a file, and the analysis.

    `analyze(source, threshold=...)` is `analysis.analyze` or something that answers the same.
    """

    limits: Limits = field(default_factory=Limits.from_environment)
    analyze: Analyze = analysis.analyze

    def open(self, path: str) -> Opened:
        """The file as a table of texts. Raises InputError above the limits or unreadable."""
        file = Path(path)
        try:
            self.limits.check_bytes(file.stat().st_size)
            payload = file.read_bytes()
        except FileNotFoundError:
            raise UnreadableFile(
                "O arquivo não está mais no servidor.", hint="Envie o arquivo de novo."
            ) from None
        return Opened(read_table(payload, filename=file.name, limits=self.limits), file.name, {})

    def answer(self, opened: Opened, threshold: float) -> Session:
        """Read the table with the columns that the reader chose, and analyse it."""
        reading = from_table(opened.table, opened.overrides)
        return Session(opened, reading, self.analyze(reading, threshold=threshold))


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A file that could be opened: its table of texts, name, and the columns corrected so far."""

    table: TextTable
    name: str
    overrides: Mapping[str, str]

    def corrected(self, changed: Mapping[str, str]) -> Opened:
        """The same file with more columns chosen by hand."""
        return Opened(self.table, self.name, {**self.overrides, **changed})

    @property
    def size(self) -> int:
        """Records in the file."""
        return int(self.table.data.num_rows)


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """What one visitor has analysed: the file, the file as read, the report."""

    opened: Opened
    reading: Reading
    report: Report

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.opened.name

    @property
    def stem(self) -> str:
        """File name of the downloads: short, and the same for the same input."""
        sha = str(self.report.info.get("sha256") or "registros")
        return f"achados-{sha[:8]}"


def temp_ttl() -> float:
    """Seconds a download lives on disk, from the environment."""
    text = os.environ.get("CIDADAO_TEMP_TTL_S", "").strip()
    return float(text) if text.isascii() and text.isdigit() else float(DEFAULT_TEMP_TTL_S)


def check_threshold(value: object) -> float:
    """`value` as a score limit in [0, 1]; raises InputError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise InputError(
            "O valor de 'threshold' precisa ser um número entre 0 e 1.",
            hint="Use, por exemplo, 0.7, o valor que vale quando 'threshold' não é enviado.",
        )
    return float(value)


def new_download(folder: str | Path, name: str, write: Callable[[Path], Path]) -> str:
    """Write one file under `folder`, to be deleted after its time to live; gives its path."""
    place = Path(folder) / f"download-{secrets.token_hex(16)}"
    place.mkdir(parents=True)
    path = write(place / name)
    timer = threading.Timer(
        temp_ttl(), shutil.rmtree, args=(place,), kwargs={"ignore_errors": True}
    )
    timer.daemon = True
    timer.start()
    return str(path)


def forget_upload(path: str | Path | None) -> None:
    """Delete an uploaded file and the folder that Gradio made for it."""
    if path is None:
        return
    Path(path).unlink(missing_ok=True)
    parent = Path(path).parent
    if parent.is_dir() and not any(parent.iterdir()):
        parent.rmdir()


def upload_path(payload: Any) -> str | None:
    """The path of an uploaded file, in place of `gr.File.preprocess`.

    Gradio's own (6.31) leaves an empty file behind at each call, and refuses a file type with an
    English message; what can't be read is said by the reader instead.
    """
    return None if payload is None else str(payload.path)
