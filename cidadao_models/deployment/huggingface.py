"""Brings newer weights from the Hub in the background, verified, and says why when it does not.

What serves never waits for it: the look runs in a process that is ended when its time is up. Does
not decide how weights are read (see `models.core.weights`).
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from cidadao_models import __version__
from cidadao_models.deployment import hub_cache
from cidadao_models.errors import CidadaoError, InputError, WeightsUnavailable
from cidadao_models.models.core import weights
from cidadao_models.models.core.manifest import COMMIT, MANIFEST, PARTS, Listing, unavailable
from cidadao_models.models.core.weights import EMBEDDED, Source, WeightSet

DEFAULT_REPO = "neural-thinker/cidadao.ai-models"

LOOK_S = 28.0
"""Longest look, in seconds: the contract allows 30, and stopping and telling need some of them."""

PULL_S = 220.0
"""Longest download asked for on the command line, in seconds; less than any isolated work may."""

_REPO = re.compile(r"[A-Za-z0-9_][\w.-]*(/[A-Za-z0-9_][\w.-]*)?", re.ASCII)
_YES = frozenset({"1", "ON", "YES", "TRUE"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """The set asked for; `commit` is empty where the newest will do."""

    repo: str = DEFAULT_REPO
    commit: str = ""

    def __post_init__(self) -> None:
        if not _REPO.fullmatch(self.repo) or ".." in self.repo:
            raise InputError(
                f"{self.repo!r} não é o nome de um repositório do Hub.",
                hint=f"Use CIDADAO_MODEL_REPO no formato {DEFAULT_REPO}.",
            )
        if self.commit and not COMMIT.fullmatch(self.commit):
            raise InputError(
                f"A revisão {self.commit!r} não é um commit completo.",
                hint="Use em CIDADAO_MODEL_REVISION os 40 algarismos hexadecimais do commit.",
            )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Wanted:
        """From CIDADAO_MODEL_REPO and CIDADAO_MODEL_REVISION; raises InputError."""
        env = os.environ if environ is None else environ
        repo = env.get("CIDADAO_MODEL_REPO", "").strip()
        commit = env.get("CIDADAO_MODEL_REVISION", "").strip().lower()
        return cls(repo or DEFAULT_REPO, commit)


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole and proven set; `repo` and `commit` say where on the Hub it is from."""

    folder: str
    source: Source
    repo: str
    commit: str
    sha256: str


def offline() -> bool:
    """Whether the environment forbids asking the Hub, by its client's own variables."""
    text = os.environ.get("HF_HUB_OFFLINE") or os.environ.get("TRANSFORMERS_OFFLINE") or ""
    return text.upper() in _YES


def start(then: Callable[[], object] | None = None) -> threading.Thread:
    """Look at the Hub in a thread of its own; `then` is called after another set came in use."""
    thread = threading.Thread(target=look, kwargs={"then": then}, name="hub-look", daemon=True)
    thread.start()
    return thread


def look(
    wanted: Wanted | None = None,
    *,
    seconds: float = LOOK_S,
    then: Callable[[], object] | None = None,
) -> None:
    """Use what is kept for `wanted` (of the environment), then what the Hub has, if all goes well.

    On any failure what is in use stays, and `weights.status()` says why.
    """
    before, note = weights.chosen(), "A consulta ao Hub parou por um erro do serviço."
    expired = threading.Event()
    timer = threading.Timer(seconds, expired.set)
    timer.daemon = True
    timer.start()
    try:
        note = _look(wanted or Wanted.from_environment(), expired)
    except CidadaoError as error:
        why = error.message
        if expired.is_set():
            why = f"O Hub não entregou os pesos em {seconds:.0f} segundos."
        note = f"{_kept()} {why}"
    finally:
        timer.cancel()
        weights.look_ends(note)
    if then is not None and _name(weights.chosen()) != _name(before):
        then()


def _look(wanted: Wanted, expired: threading.Event) -> str:
    """Put the best set in use; gives the note on it. Raises CidadaoError."""
    kept = _kept_commit(wanted)
    if not kept and offline():
        return f"{_kept()} HF_HUB_OFFLINE=1: o Hub não foi consultado."
    weights.look_begins()
    if kept and _use_kept(wanted, kept, expired) and (wanted.commit or offline()):
        return _origin(wanted.repo)
    if offline():
        raise unavailable("Os pesos em cache não servem, e com HF_HUB_OFFLINE=1 não há outros.")
    found = bounded(wanted, expired)
    if found.source == "embedded":
        return f"{_kept()} O repositório {found.repo} traz os mesmos (commit {found.commit[:7]})."
    if found.commit != _commit_in_use():
        folder = Path(found.folder)
        weights.use(folder, found.source, commit=found.commit, prove=_proven)
    return _origin(found.repo)


def bounded(wanted: Wanted, expired: threading.Event) -> Fetched:
    """`fetch` in a process that is ended when `expired` is set. Raises CidadaoError."""
    from cidadao_models.inference import lanes

    name = uuid4().hex
    try:
        found: Fetched = lanes.isolated(fetch, wanted, name, stop=expired)
    finally:
        hub_cache.drop_unfinished(wanted.repo, name)
    return found


def fetch(wanted: Wanted, name: str) -> Fetched:
    """The set asked for, whole and proven, kept in the cache. Raises WeightsUnavailable.

    `name` is that of the folder in which it is put together.
    """
    from cidadao_models.deployment import hub_files

    commit = wanted.commit or hub_files.newest_commit(wanted.repo)
    pinned = bool(wanted.commit)
    found = _proven_kept(wanted.repo, commit, pinned=pinned)
    if found is None:
        found = _fetch_new(wanted.repo, commit, name, pinned=pinned)
    if not pinned and found.source != "embedded":
        hub_cache.note_newest(wanted.repo, commit)
    return found


def _proven_kept(repo: str, commit: str, *, pinned: bool) -> Fetched | None:
    """The kept set of a commit; None where there is none, or only a damaged one, now removed."""
    folder = hub_cache.place(repo, commit)
    if not hub_cache.has(repo, commit):
        return None
    try:
        found = WeightSet.open(folder, "cache", commit=commit)
        found.check()
    except WeightsUnavailable:
        hub_cache.discard(folder)
        return None
    refuse_unfit(found.listing, pinned=pinned)
    weights.probe(found)
    return Fetched(str(folder), "cache", repo, commit, found.sha256)


def _fetch_new(repo: str, commit: str, name: str, *, pinned: bool) -> Fetched:
    from cidadao_models.deployment import hub_files

    listing, payload = hub_files.listing(repo, commit)
    embedded = _embedded()
    if not pinned and embedded is not None and embedded.sha256 == listing.sha256:
        return Fetched(str(EMBEDDED), "embedded", repo, commit, listing.sha256)
    refuse_unfit(listing, pinned=pinned)
    with hub_cache.unfinished(repo, name) as folder:
        for listed in listing.files.values():
            hub_files.download(repo, commit, listed, folder)
        (folder / MANIFEST).write_bytes(payload)
        weights.probe(WeightSet.open(folder, "hub", commit=commit))
        kept = hub_cache.keep(folder, repo, commit)
    return Fetched(str(kept), "hub", repo, commit, listing.sha256)


def refuse_unfit(listing: Listing, *, pinned: bool) -> None:
    """Raises WeightsUnavailable for a set that this version can't use, or should not by itself.

    One older than the embedded set is only used where its commit was asked for: after an update of
    the package, a repository left behind must not bring the old weights back.
    """
    if listing.major > int(__version__.split(".")[0]):
        raise unavailable(
            f"Os pesos são do formato {listing.model_version}, mais novo que este programa"
            f" ({__version__})."
        )
    embedded = _embedded()
    if embedded is None:
        return
    for path, words in PARTS.items():
        if path in embedded.files and path not in listing.files:
            raise unavailable(f"Os pesos não trazem {words}, que esta versão usa.")
    if not pinned and listing.created < embedded.created:
        raise unavailable(
            f"Os pesos do Hub, de {listing.created:%d/%m/%Y}, são mais antigos que os embutidos."
        )


def _embedded() -> Listing | None:
    """What the package's own set lists; None where it is damaged."""
    try:
        return WeightSet.open(EMBEDDED, "embedded").listing
    except WeightsUnavailable:
        return None


def _kept_commit(wanted: Wanted) -> str:
    """The commit of the kept set to start from, or empty."""
    commit = wanted.commit or hub_cache.newest(wanted.repo)
    return commit if commit and hub_cache.has(wanted.repo, commit) else ""


def _use_kept(wanted: Wanted, commit: str, expired: threading.Event) -> bool:
    """Whether the kept set could be put in use."""
    from cidadao_models.inference import lanes

    if commit == _commit_in_use():
        return True
    pinned = bool(wanted.commit)
    try:
        lanes.isolated(_proven_kept, wanted.repo, commit, pinned=pinned, stop=expired)
        folder = hub_cache.place(wanted.repo, commit)
        weights.use(folder, "cache", commit=commit, prove=_proven)
    except WeightsUnavailable:
        return False
    return True


def use_kept(wanted: Wanted | None = None) -> None:
    """Put in use what is kept for `wanted`, so that a command answers as the service does.

    Asks no network. Where the kept set is of no use, the embedded one stays and the note says so.
    """
    try:
        wanted = wanted or Wanted.from_environment()
        if commit := _kept_commit(wanted):
            folder = hub_cache.place(wanted.repo, commit)
            listing = WeightSet.open(folder, "cache", commit=commit).listing
            refuse_unfit(listing, pinned=bool(wanted.commit))
            weights.use(folder, "cache", commit=commit, prove=weights.probe_reference)
            weights.look_ends(_origin(wanted.repo))
        elif wanted.commit:
            raise unavailable(f"A revisão {wanted.commit[:7]} não está em cache.")
    except CidadaoError as error:
        weights.look_ends(f"{_kept()} {error.message}")


def pull(wanted: Wanted) -> Fetched:
    """Fetch, verify and keep the set asked for. Raises CidadaoError."""
    if offline():
        raise InputError(
            "HF_HUB_OFFLINE=1: o Hub não foi consultado.", hint="Remova a variável e repita."
        )
    expired = threading.Event()
    timer = threading.Timer(PULL_S, expired.set)
    timer.daemon = True
    timer.start()
    try:
        return bounded(wanted, expired)
    except CidadaoError as error:
        if not expired.is_set():
            raise
        message = f"O Hub não entregou os pesos em {PULL_S:.0f} segundos."
        raise WeightsUnavailable(message, hint="Confira a rede e repita.") from error
    finally:
        timer.cancel()


def _proven(found: WeightSet) -> None:
    """Nothing: another process has just proven the set."""


def _name(choice: weights.Chosen | None) -> weights.Chosen | None:
    """The set without what is said of it."""
    return None if choice is None else choice._replace(note="")


def _commit_in_use() -> str:
    choice = weights.chosen()
    return "" if choice is None else choice.commit


def _kept() -> str:
    """What goes on serving when nothing newer came."""
    choice = weights.chosen()
    if choice is None:
        return "Não há pesos em uso."
    if choice.commit:
        return f"Em uso os pesos guardados do commit {choice.commit[:7]}."
    return "Em uso os pesos embutidos."


def _origin(repo: str) -> str:
    """Where the set in use came from."""
    found = weights.active()
    listing = found.listing
    where = "Pesos do Hub, já em cache" if found.source == "cache" else "Pesos do Hub"
    return (
        f"{where}: {repo}, commit {found.commit[:7]}, revisão {listing.revision[:12]},"
        f" de {listing.created:%d/%m/%Y}."
    )
