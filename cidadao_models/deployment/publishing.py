"""Sends a whole set of weights to a Hub repository in one commit, with a card for people.

Publishes only what its own manifest lists and what was proven to work. Trains nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cidadao_models.deployment.huggingface import Wanted
from cidadao_models.errors import InputError
from cidadao_models.models.core import weights
from cidadao_models.models.core.manifest import MANIFEST
from cidadao_models.models.core.weights import EMBEDDED, WeightSet

CARD = "README.md"

_FRONT = """\
---
license: apache-2.0
language: pt
library_name: cidadao-models
tags: [brazil, public-spending, anomaly-detection]
---

# Pesos do Cidadão.AI Models
"""


def publish(repo: str, *, branch: str = "main", folder: Path | None = None) -> str:
    """Send the set in `folder` (the embedded one) to a branch; gives the full commit.

    Makes the repository and the branch where they are missing. Raises WeightsUnavailable for a set
    that is not whole or doesn't work, and when the Hub refuses.
    """
    Wanted(repo)
    found = WeightSet.open(folder or EMBEDDED, "embedded")
    found.check()
    weights.probe(found)
    return _send(repo, branch, dict(_contents(found)), found.revision)


def _contents(found: WeightSet) -> Iterator[tuple[str, Path | bytes]]:
    """Path in the repository and content of everything that goes there."""
    yield MANIFEST, found.folder / MANIFEST
    for name in found.listing.files:
        yield name, found.path(name)
    written = found.folder / CARD
    yield CARD, written if written.is_file() else card(found.manifest).encode("utf-8")


def _send(repo: str, branch: str, contents: Mapping[str, Path | bytes], revision: str) -> str:
    from huggingface_hub import CommitOperationAdd

    from cidadao_models.deployment import hub_files

    api = hub_files.api()
    with hub_files.told(f"o repositório {repo}"):
        try:
            api.create_repo(repo, exist_ok=True)
            if branch != hub_files.BRANCH:
                api.create_branch(repo, branch=branch, exist_ok=True)
            sent = api.create_commit(
                repo,
                [CommitOperationAdd(name, content) for name, content in contents.items()],
                commit_message=f"Pesos da revisão {revision[:12]}",
                revision=branch,
            )
        except RuntimeError as error:
            raise InputError(
                "Um arquivo não chegou inteiro ao Hub, e nada foi publicado.", hint="Repita."
            ) from error
    return str(sent.oid)


def card(manifest: Mapping[str, Any]) -> str:
    """A model card made from the manifest alone, for a set that brings none."""
    files = "\n".join(
        f"| `{entry['path']}` | {entry['bytes']} | `{entry['sha256']}` |"
        for entry in manifest["files"]
    )
    return (
        f"{_FRONT}\nRevisão `{manifest['revision']}`, de {manifest['created']}, formato"
        f" {manifest['model_version']}. São indícios para conferir, não provas.\n\n"
        f"| arquivo | bytes | sha256 |\n| --- | --- | --- |\n{files}\n"
        + _section("Treino", manifest.get("training"))
        + _section("Medidas", manifest.get("metrics"))
        + _section("Licenças", manifest.get("licences"))
    )


def _section(title: str, value: object) -> str:
    if not value:
        return ""
    text = json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True)
    return f"\n## {title}\n\n```json\n{text}\n```\n"
