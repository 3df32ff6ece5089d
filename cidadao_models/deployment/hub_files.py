"""Reads from a Hub repository: its newest commit, its manifest and the files this one lists.

Every byte is bounded and checked against the manifest of the same commit. Decides nothing of what
is put in use.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import httpx2
from huggingface_hub import HfApi, get_session, hf_hub_url
from huggingface_hub.errors import (
    EntryNotFoundError,
    GatedRepoError,
    HfHubHTTPError,
    OfflineModeIsEnabled,
    RepositoryNotFoundError,
    RevisionNotFoundError,
)
from huggingface_hub.utils import (  # type: ignore[attr-defined]  # public, by its own docs
    build_hf_headers,
    hf_raise_for_status,
)

from cidadao_models import __version__
from cidadao_models.errors import WeightsUnavailable
from cidadao_models.models.core.manifest import (
    COMMIT,
    MANIFEST,
    MAX_MANIFEST_BYTES,
    Listed,
    Listing,
    parse,
)

T = TypeVar("T")

BRANCH = "main"

ANSWER_S = 10.0
"""Longest silence of the Hub within one try, in seconds."""

PAUSES_S = (1.0, 3.0)
"""Pauses before the second and the third try of what may pass: no answer, or a server's error."""

_PASSING_STATUS = frozenset({408, 429, 500, 502, 503, 504})


def api() -> HfApi:
    """The Hub's client, for `HF_ENDPOINT` and `HF_TOKEN` where they are set."""
    return HfApi(
        endpoint=os.environ.get("HF_ENDPOINT") or None,
        library_name="cidadao-models",
        library_version=__version__,
    )


def newest_commit(repo: str) -> str:
    """The full commit at the head of the main branch. Raises WeightsUnavailable."""
    with told(f"o repositório {repo}"):
        info = _patiently(lambda: api().model_info(repo, revision=BRANCH, timeout=ANSWER_S))
    commit = info.sha or ""
    if not COMMIT.fullmatch(commit):
        raise _refusal(f"O Hub não disse qual é o commit mais novo de {repo}.")
    return commit


def listing(repo: str, commit: str) -> tuple[Listing, bytes]:
    """The manifest of one commit and its bytes. Raises WeightsUnavailable."""
    parts: list[bytes] = []
    with told(f"o arquivo {MANIFEST} de {repo}"):
        _patiently(lambda: _read(repo, commit, MANIFEST, MAX_MANIFEST_BYTES, parts))
    payload = b"".join(parts)
    return parse(payload), payload


def _read(repo: str, commit: str, name: str, most: int, parts: list[bytes]) -> None:
    parts.clear()
    parts.extend(_pieces(repo, commit, name, most))


def download(repo: str, commit: str, listed: Listed, folder: Path) -> None:
    """Write one listed file below `folder`. Raises WeightsUnavailable; OSError is the disk's."""
    target = folder / listed.path
    target.parent.mkdir(parents=True, exist_ok=True)
    with told(f"o arquivo {listed.path} de {repo}"):
        digest = _patiently(lambda: _write(repo, commit, listed, target))
    if digest != listed.sha256:
        raise _refusal(f"O arquivo {listed.path} do Hub não confere com o manifesto.")


def _write(repo: str, commit: str, listed: Listed, target: Path) -> str:
    """Write the file; gives the sha256 of what came."""
    digest = hashlib.sha256()
    with target.open("wb") as stream:
        for piece in _pieces(repo, commit, listed.path, listed.bytes):
            digest.update(piece)
            stream.write(piece)
    return digest.hexdigest()


def _pieces(repo: str, commit: str, name: str, most: int) -> Iterator[bytes]:
    """The bytes of a file as they come; raises WeightsUnavailable past `most` of them."""
    client = api()
    url = hf_hub_url(repo, name, revision=commit, endpoint=client.endpoint)
    headers = build_hf_headers(library_name="cidadao-models", library_version=__version__)
    # Encoded bodies would unpack to more than was counted.
    headers["Accept-Encoding"] = "identity"
    with get_session().stream("GET", url, headers=headers, timeout=ANSWER_S) as response:
        hf_raise_for_status(response)
        count = 0
        for piece in response.iter_bytes():
            count += len(piece)
            if count > most:
                raise _refusal(f"O arquivo {name} do Hub é maior do que o manifesto diz.")
            yield piece


def _patiently(ask: Callable[[], T]) -> T:
    """`ask()`, tried again after a pause where the failure may pass."""
    for pause in PAUSES_S:
        try:
            return ask()
        except (httpx2.TransportError, HfHubHTTPError) as error:
            if isinstance(error, HfHubHTTPError) and _status(error) not in _PASSING_STATUS:
                raise
        time.sleep(pause)
    return ask()


def _status(error: HfHubHTTPError) -> int:
    return int(error.response.status_code)


@contextmanager
def told(what: str) -> Iterator[None]:
    """What the Hub's client raises about `what`, as WeightsUnavailable in Portuguese."""
    try:
        yield
    except OfflineModeIsEnabled as error:
        raise _refusal("HF_HUB_OFFLINE=1: o Hub não foi consultado.") from error
    except GatedRepoError as error:
        raise _refusal(f"O Hub só entrega {what} a quem foi autorizado.") from error
    except RepositoryNotFoundError as error:
        raise _refusal(f"O Hub não tem {what}, ou não o mostra sem HF_TOKEN.") from error
    except RevisionNotFoundError as error:
        raise _refusal(f"O Hub não tem, na revisão pedida, {what}.") from error
    except EntryNotFoundError as error:
        raise _refusal(f"O Hub não tem {what}.") from error
    except HfHubHTTPError as error:
        raise _refusal(f"O Hub respondeu {_status(error)} quando se pediu {what}.") from error
    except httpx2.TimeoutException as error:
        raise _refusal(f"O Hub não respondeu a tempo quando se pediu {what}.") from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        kind = type(error).__name__
        raise _refusal(f"A conexão com o Hub falhou ao pedir {what} ({kind}).") from error
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise _refusal(f"A resposta do Hub sobre {what} não pôde ser entendida.") from error


def _refusal(message: str) -> WeightsUnavailable:
    hint = "Confira a rede, CIDADAO_MODEL_REPO, CIDADAO_MODEL_REVISION, HF_ENDPOINT e HF_TOKEN."
    return WeightsUnavailable(message, hint=hint)
