"""The set of weights in use: verified before it is read, swapped whole, the same for a request.

A set is a folder with a manifest. The embedded one serves until another is put in its place with
`use`; a reader takes `active()` once and keeps it. Fetches nothing: no network.
"""

from __future__ import annotations

import hashlib
import importlib
import threading
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from cidadao_models.errors import WeightsUnavailable
from cidadao_models.models.baseline import FEATURES, Baseline
from cidadao_models.models.core.calibration import GRID
from cidadao_models.models.core.manifest import MANIFEST as MANIFEST
from cidadao_models.models.core.manifest import REFERENCE as REFERENCE
from cidadao_models.models.core.manifest import TEXT_CONFIG, Listing, parse, unavailable

Source = Literal["embedded", "cache", "hub"]

EMBEDDED = Path(__file__).resolve().parents[2] / "weights"
"""The set that comes with the package."""

MAX_ARRAYS_BYTES = 256_000_000
"""Most bytes the arrays of an npz may fill once unpacked; today's fill half a million."""

READ_BYTES = 1 << 20

_IN_USE = {
    "embedded": "os pesos embutidos",
    "cache": "os pesos do Hub guardados em cache",
    "hub": "os pesos do Hub",
}
_ORIGIN = {"embedded": "embutida", "cache": "do Hub, em cache", "hub": "do Hub"}


@dataclass(frozen=True, slots=True)
class Status:
    """State of the weights, as `/health` shows it; `source` is "loading" during a look."""

    loaded: bool
    source: str
    revision: str
    sha256: str
    message: str


@dataclass(frozen=True, eq=False)
class WeightSet:
    """A folder of weights with its listing. Two sets are equal only when they are the same object.

    `commit` is the Hub's name of the set, empty for the embedded one.
    """

    folder: Path
    source: Source
    listing: Listing
    commit: str = ""
    _whole: set[str] = field(default_factory=set, repr=False)

    @classmethod
    def open(cls, folder: Path, source: Source, *, commit: str = "") -> WeightSet:
        """The set in `folder`, its files not yet looked at. Raises WeightsUnavailable."""
        try:
            payload = (folder / MANIFEST).read_bytes()
        except OSError as error:
            raise unavailable("O manifesto dos pesos não pôde ser lido.") from error
        return cls(folder, source, parse(payload), commit)

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The manifest as it was written."""
        return self.listing.data

    @property
    def sha256(self) -> str:
        """Digest of the manifest, which names the digests of all files."""
        return self.listing.sha256

    @property
    def revision(self) -> str:
        """The Hub's commit, or what the manifest calls itself where there is none."""
        return self.commit or self.listing.revision

    def has(self, name: str) -> bool:
        """Whether the set lists the file."""
        return name in self.listing.files

    def path(self, name: str) -> Path:
        """Where a listed file is, verified the first time. Raises WeightsUnavailable."""
        listed = self.listing.files.get(name)
        if listed is None:
            raise unavailable(f"Os pesos em uso não trazem {name}.")
        file = self.folder / name
        if name not in self._whole:
            if _digest(file) != listed.sha256:
                raise unavailable(f"O arquivo de pesos {name} não confere com o manifesto.")
            self._whole.add(name)
        return file

    def check(self) -> None:
        """Verify every listed file not verified before. Raises WeightsUnavailable."""
        for name in self.listing.files:
            self.path(name)


def _digest(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise unavailable(f"Falta o arquivo de pesos {file.name}.") from error


@dataclass(frozen=True, slots=True)
class _State:
    active: WeightSet | None
    problem: str = ""
    note: str = ""
    looking: bool = False


_lock = threading.RLock()
_state: _State | None = None


def _current() -> _State:
    global _state
    if _state is None:
        with _lock:
            if _state is None:
                _state = _embedded()
    return _state


def _embedded() -> _State:
    try:
        return _State(WeightSet.open(EMBEDDED, "embedded"))
    except WeightsUnavailable as error:
        return _State(None, problem=error.message)


def _change(**changes: Any) -> None:
    """Replace the state by a whole new one: a reader has the old or the new, never a mixture."""
    global _state
    with _lock:
        _state = replace(_current(), **changes)


def active() -> WeightSet:
    """The set in use; a request takes it once and keeps it. Raises WeightsUnavailable."""
    state = _current()
    if state.active is None:
        raise unavailable(state.problem)
    return state.active


def use(
    folder: Path,
    source: Source,
    *,
    commit: str = "",
    note: str = "",
    prove: Callable[[WeightSet], None] | None = None,
) -> WeightSet:
    """Verify the set in `folder`, prove it (`probe` unless given) and put it in use.

    Raises WeightsUnavailable, and then what was in use stays.
    """
    found = WeightSet.open(folder, source, commit=commit)
    found.check()
    (prove or probe)(found)
    _change(active=found, problem="", note=note)
    return found


def look_begins() -> None:
    """From now on the state is "loading": another set may come."""
    _change(looking=True)


def look_ends(note: str) -> None:
    """Nothing more will come; `note` is what `/health` and the answers say of it."""
    _change(looking=False, note=note)


def status() -> Status:
    """Whether every listed file is there and whole, in the words of `/health`.

    The first call verifies the files; the next answer from memory.
    """
    state = _current()
    try:
        found = active()
        found.check()
    except WeightsUnavailable as error:
        return Status(False, "loading" if state.looking else "embedded", "", "", error.message)
    if state.looking:
        message = f"Em uso {_IN_USE[found.source]} enquanto o Hub é consultado."
        return Status(True, "loading", found.revision, found.sha256, message)
    return Status(True, found.source, found.revision, found.sha256, _message(state, found))


def brief() -> dict[str, str]:
    """What an answer says of the weights behind it: source, revision, sha256 and message."""
    state = _current()
    if state.active is None:
        return {"source": "embedded", "revision": "", "sha256": "", "message": state.problem}
    return {
        "source": state.active.source,
        "revision": state.active.revision,
        "sha256": state.active.sha256,
        "message": _message(state, state.active),
    }


def _message(state: _State, found: WeightSet) -> str:
    return state.note or f"Em uso {_IN_USE[found.source]}, conferidos com o manifesto."


class Chosen(NamedTuple):
    """Name of the set in use, for another process to take up with `follow`."""

    folder: str
    source: Source
    commit: str
    sha256: str
    note: str


def chosen() -> Chosen | None:
    """The set in use by name, or None where there is none."""
    state = _current()
    found = state.active
    if found is None:
        return None
    return Chosen(str(found.folder), found.source, found.commit, found.sha256, state.note)


def follow(choice: Chosen | None) -> None:
    """Put the set that another process has in use in use here; its files are verified when read.

    Where it can't be opened, what is in use here stays and the answers say so.
    """
    if choice is None:
        return
    found, note = _current().active, choice.note
    if found is None or (str(found.folder), found.sha256) != (choice.folder, choice.sha256):
        try:
            found = WeightSet.open(Path(choice.folder), choice.source, commit=choice.commit)
        except WeightsUnavailable as error:
            note = error.message
    if (found, note) != (_current().active, _current().note):
        _change(active=found, note=note)


def reference() -> Baseline:
    """The reference for anomaly scores of the set in use. Raises WeightsUnavailable."""
    return reference_of(active())


@lru_cache(maxsize=2)
def reference_of(found: WeightSet) -> Baseline:
    """The reference for anomaly scores that the set holds. Raises WeightsUnavailable."""
    path = found.path(REFERENCE)
    try:
        with zipfile.ZipFile(path) as members:
            unpacked = sum(member.file_size for member in members.infolist())
        if unpacked > MAX_ARRAYS_BYTES:
            raise unavailable(f"{REFERENCE} passa de {MAX_ARRAYS_BYTES // 1_000_000} MB.")
        with np.load(path, allow_pickle=False) as arrays:
            return Baseline.from_arrays(dict(arrays), label=_label(found))
    except _MALFORMED as error:
        raise _misshapen() from error


_MALFORMED = (
    *(KeyError, ValueError, IndexError, TypeError, AttributeError),
    *(OSError, EOFError, MemoryError, RuntimeError, zipfile.BadZipFile, zlib.error),
)
"""What numpy and the baseline raise for arrays that are not those of a reference."""


def _misshapen() -> WeightsUnavailable:
    return unavailable(f"{REFERENCE} não tem a forma que esta versão do programa espera.")


def _label(found: WeightSet) -> str:
    """The words of a report for what small batches are compared with."""
    origin = _ORIGIN[found.source]
    if found.commit:
        origin += f", revisão {found.commit[:7]}"
    training = found.manifest["training"]["anomaly_reference"]
    records = f"{int(training['records']):,}".replace(",", ".")
    folders = len(training["folders"])
    return f"referência {origin} ({records} registros de {folders} conjuntos públicos)"


def probe(found: WeightSet) -> None:
    """Load every part of the set and try it. Raises WeightsUnavailable when one doesn't work."""
    probe_reference(found)
    if found.has(TEXT_CONFIG):
        _text_model().check_folder(found.path(TEXT_CONFIG).parent)


def probe_reference(found: WeightSet) -> None:
    """Score the reference's own middle and its surroundings: finite probabilities, or an error."""
    baseline = reference_of(found)
    try:
        shapes = (baseline.medians.shape, baseline.tail.quantiles.shape)
        if shapes != ((len(FEATURES),), GRID.shape) or baseline.n < 1:
            raise _misshapen()
        tried = np.nan_to_num(baseline.medians) + np.arange(-2.0, 3.0)[:, None]
        chances = baseline.tail.p_values(baseline.scorer.score(tried))
    except _MALFORMED as error:
        raise _misshapen() from error
    if np.isinf(baseline.medians).any() or not ((chances > 0) & (chances <= 1)).all():
        raise unavailable(f"{REFERENCE} dá notas que não são números.")


def _text_model() -> Any:
    """The module that knows the text model, loaded only for a set that has one."""
    try:
        return importlib.import_module("cidadao_models.models.core.text_model")
    except ImportError as error:
        raise unavailable("O modelo de texto não pode ser conferido aqui.") from error
