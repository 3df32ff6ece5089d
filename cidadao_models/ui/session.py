"""One visitor's analysis: the file kept in memory, the run under way, what lives on disk a while.

Runs the package's one way in a process that can be stopped; lays out nothing.
"""

from __future__ import annotations

import multiprocessing
import os
import secrets
import shutil
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from cidadao_models import analysis
from cidadao_models.errors import CidadaoError, UnreadableFile
from cidadao_models.findings import Finding, Report
from cidadao_models.inference.lanes import isolated
from cidadao_models.reading.limits import Limits
from cidadao_models.ui.pace import Pace
from cidadao_models.ui.work import Examined, Packed, examine_apart

SESSION_TTL_S = 1_800
"""Idle time after which a visitor's analysis is forgotten (DESIGN, promise 9: 30 minutes)."""

DEFAULT_TEMP_TTL_S = 60
"""Seconds a download lives on disk unless `CIDADAO_TEMP_TTL_S` says otherwise."""

TICK_S = 0.5
"""How often a run under way says how far it is, in seconds."""

PACK_LEVEL = 1
"""zlib level of a file kept in memory: spreadsheets in text shrink five times even so."""

Analyze = Callable[..., Report]


class Cancelled(CidadaoError):
    """The visitor stopped the analysis, or left."""


@dataclass(frozen=True, slots=True, eq=False)
class Upload:
    """A file kept in memory (`packed` is zlib), its name, and the columns corrected so far.

    `columns` names all its columns once they are known; `sanctions` is the list to compare with.
    """

    name: str
    size: int
    packed: bytes = field(repr=False)
    overrides: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    sanctions: Packed | None = None

    def corrected(self, changed: Mapping[str, str]) -> Upload:
        """The same file with more columns chosen by hand."""
        return replace(self, overrides={**self.overrides, **changed})

    def compared_with(self, sanctions: Packed | None) -> Upload:
        """The same file beside another list of sanctions, or none."""
        return replace(self, sanctions=sanctions)


@dataclass(frozen=True, slots=True, eq=False)
class Session:
    """What one visitor has analysed: the file and the answer."""

    upload: Upload
    examined: Examined = field(repr=False)

    @property
    def report(self) -> Report:
        """The answer."""
        return self.examined.report

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.upload.name

    @property
    def stem(self) -> str:
        """File name of the downloads: short, and the same for the same input."""
        sha = str(self.report.info.get("sha256") or "registros")
        return f"achados-{sha[:8]}"

    def cells(self, finding: Finding) -> dict[str, object]:
        """The cells of a finding's record as published."""
        position = self.report.findings.index(finding)
        return dict(self.examined.cells.slice(position, 1).to_pylist()[0])


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: bytes being read, or records being checked; seconds gone and left.

    `records` is None while the file is read; `left_s` is None where nothing alike was measured.
    """

    size: int
    records: int | None
    elapsed_s: float
    left_s: float | None


@dataclass(frozen=True, slots=True)
class Service:
    """What the page needs done: files examined within the limits, records analysed, runs stopped.

    `analyze(records, threshold=...)` is `analysis.analyze` or something that answers the same.
    """

    limits: Limits = field(default_factory=Limits.from_environment)
    analyze: Analyze = analysis.analyze
    runs: dict[str, threading.Event] = field(default_factory=dict)
    reading: Pace = field(default_factory=Pace)
    checking: Pace = field(default_factory=Pace)

    def open(self, path: str) -> Upload:
        """The file in memory. Raises TooLarge above the limit and UnreadableFile when gone."""
        file = Path(path)
        try:
            self.limits.check_bytes(file.stat().st_size)
            payload = file.read_bytes()
        except FileNotFoundError:
            raise UnreadableFile(
                "O arquivo não está mais no servidor.", hint="Envie o arquivo de novo."
            ) from None
        return Upload(file.name, len(payload), zlib.compress(payload, PACK_LEVEL))

    def open_sanctions(self, path: str) -> Packed:
        """A list of sanctions in memory; raises as `open`."""
        upload = self.open(path)
        return Packed(upload.name, upload.packed)

    def run(
        self, upload: Upload, threshold: float, visitor: str | None = None
    ) -> Iterator[Progress | Session]:
        """Examine a file in its own process: progress at every tick, and the session at the end.

        Raises what the analysis raises, and Cancelled after `stop(visitor)`. Giving the iterator
        up stops the process too.
        """
        with self.under_way(visitor) as stop, ThreadPoolExecutor(1) as pool:
            yield from self._followed(pool, upload, threshold, stop)

    @contextmanager
    def under_way(self, visitor: str | None) -> Iterator[threading.Event]:
        """The event that stops the visitor's run, announced or not; at the end it is forgotten."""
        stop = threading.Event() if visitor is None else self.runs.get(visitor)
        stop = stop or self.begin(str(visitor))
        try:
            yield stop
        finally:
            stop.set()
            if visitor is not None and self.runs.get(visitor) is stop:
                del self.runs[visitor]

    def begin(self, visitor: str) -> threading.Event:
        """Announce the visitor's next run, so that it can be stopped before it starts.

        Ends the one before, if there is one.
        """
        self.stop(visitor)
        event = self.runs[visitor] = threading.Event()
        return event

    def examined(self, upload: Upload, threshold: float) -> Session:
        """As `run`, waiting for the end."""
        *_, last = self.run(upload, threshold)
        assert isinstance(last, Session)
        return last

    def stop(self, visitor: str) -> None:
        """End the visitor's run, if there is one: its process is killed within a moment."""
        if (event := self.runs.get(visitor)) is not None:
            event.set()

    def _followed(
        self, pool: ThreadPoolExecutor, upload: Upload, threshold: float, stop: threading.Event
    ) -> Iterator[Progress | Session]:
        receiver, sender = multiprocessing.Pipe(duplex=False)
        done = pool.submit(
            isolated, examine_apart, upload.packed, upload.name, stop=stop, limits=self.limits,
            overrides=dict(upload.overrides), threshold=threshold, progress=sender,
            sanctions=upload.sanctions,
        )  # fmt: skip
        try:
            yield from self._ticks(done, receiver, upload.size)
            yield self._settled(done, upload, stop)
        finally:
            stop.set()
            receiver.close()
            sender.close()

    def _ticks(self, done: Future[Examined], receiver: Connection, size: int) -> Iterator[Progress]:
        began = time.monotonic()
        records, checking_since = None, began
        while not wait({done}, timeout=TICK_S).done:
            now = time.monotonic()
            if records is None and receiver.poll():
                records, checking_since = int(receiver.recv()), now
            if records is None:
                left = self.reading.left(size, now - began)
            else:
                left = self.checking.left(records, now - checking_since)
            yield Progress(size, records, now - began, left)

    def _settled(self, done: Future[Examined], upload: Upload, stop: threading.Event) -> Session:
        try:
            examined = done.result()
        except CidadaoError:
            if stop.is_set():
                raise Cancelled("A análise foi cancelada.", hint="Envie o arquivo.") from None
            raise
        self.reading.measured(upload.size, examined.read_s + examined.check_s)
        self.checking.measured(examined.report.total_analyzed, examined.check_s)
        return Session(replace(upload, columns=examined.columns), examined)


def temp_ttl() -> float:
    """Seconds a download lives on disk, from the environment."""
    text = os.environ.get("CIDADAO_TEMP_TTL_S", "").strip()
    return float(text) if text.isascii() and text.isdigit() else float(DEFAULT_TEMP_TTL_S)


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
