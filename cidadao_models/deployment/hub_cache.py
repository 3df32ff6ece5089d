"""Sets of weights kept from the Hub: one folder for each commit, put in place whole or not at all.

Processes may share it: a set is written beside its place and renamed into it. Fetches nothing.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from cidadao_models.errors import WeightsUnavailable
from cidadao_models.models.core.manifest import COMMIT

NEWEST = "newest"
"""File that names the commit a repository's newest set was last seen at."""

_PARTIAL = ".partial-"

STALE_S = 3600.0
"""Age from which an unfinished download belongs to nobody, in seconds: no fetch lasts so long."""

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_RIGHT = (errno.EROFS, errno.EACCES, errno.EPERM)


def root() -> Path:
    """The folder of all kept sets, below Hugging Face's own (`HF_HOME`)."""
    cache = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    home = os.environ.get("HF_HOME") or f"{cache}/huggingface"
    return Path(os.path.expandvars(home)).expanduser() / "cidadao-models"


def place(repo: str, commit: str) -> Path:
    """Where the set of one commit is kept, if it is."""
    return root() / repo.replace("/", "--") / commit


def has(repo: str, commit: str) -> bool:
    """Whether a set of the commit is kept; not where the cache can't be looked into."""
    try:
        return place(repo, commit).is_dir()
    except OSError:
        return False


def newest(repo: str) -> str:
    """The newest commit of the repository that was kept, or empty."""
    try:
        text = place(repo, NEWEST).read_text("ascii").strip()
    except (OSError, ValueError):
        return ""
    return text if COMMIT.fullmatch(text) else ""


def note_newest(repo: str, commit: str) -> None:
    """Remember the newest commit, for a boot at which the Hub can't be asked."""
    if newest(repo) == commit:
        return
    with _told():
        target = place(repo, NEWEST)
        written = target.with_name(f"{_PARTIAL}{uuid4().hex}")
        written.write_text(commit, "ascii")
        written.replace(target)


@contextmanager
def unfinished(repo: str, name: str) -> Iterator[Path]:
    """A new empty folder beside the sets, removed in the end. Raises WeightsUnavailable."""
    folder = place(repo, f"{_PARTIAL}{name}")
    try:
        with _told():
            folder.mkdir(parents=True)
            _sweep(folder.parent)
            yield folder
    finally:
        discard(folder)


def drop_unfinished(repo: str, name: str) -> None:
    """Remove what `unfinished` could not because its process was ended."""
    discard(place(repo, f"{_PARTIAL}{name}"))


def keep(folder: Path, repo: str, commit: str) -> Path:
    """Put a finished folder in its place; where another process was first, its set stays."""
    target = place(repo, commit)
    with _told():
        try:
            folder.rename(target)
        except OSError:
            if not target.is_dir():
                raise
    return target


def discard(folder: Path) -> None:
    """Take a folder out of its place at once, then delete it; what can't be is left."""
    aside = folder.with_name(f"{_PARTIAL}{uuid4().hex}")
    try:
        folder.rename(aside)
    except OSError:
        return
    shutil.rmtree(aside, ignore_errors=True)


def _sweep(folder: Path) -> None:
    """Remove unfinished downloads of processes that were killed."""
    oldest = time.time() - STALE_S
    for left in folder.glob(f"{_PARTIAL}*"):
        if left.stat().st_mtime >= oldest:
            continue
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)


@contextmanager
def _told() -> Iterator[None]:
    """An error of the disk as WeightsUnavailable, in words."""
    try:
        yield
    except OSError as error:
        raise no_place(error) from error


def no_place(error: OSError) -> WeightsUnavailable:
    """Why the cache could not be written, and what to do."""
    if error.errno in _NO_ROOM:
        message = "Não há espaço em disco para guardar os pesos."
    elif error.errno in _NO_RIGHT:
        message = "A pasta de cache dos pesos não aceita gravação."
    else:
        message = f"Os pesos não puderam ser guardados ({error.strerror or type(error).__name__})."
    return WeightsUnavailable(
        message, hint=f"Confira espaço e permissão em {root()}, ou mude HF_HOME."
    )
