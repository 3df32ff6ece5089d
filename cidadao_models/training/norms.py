"""Writes the articles of Lei 14.133/2021 and the súmulas of the TCU that texts are compared with.

Joins the pieces of an article and tidies blanks; mends no wording. The transcription is a third
party's: check it before quoting it as law.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from cidadao_models.models.text_analysis.citations import FILE, LAW, SUMULA

NORMS = Path("text/train/normas/normas.jsonl")

_SOURCES = {"lei_14133_2021": (LAW, "artigo"), "sumula_tcu": (SUMULA, "numero")}


def entries(rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One entry for each article or súmula, in order. ValueError for an unknown source."""
    texts: dict[tuple[str, int], list[str]] = {}
    for row in rows:
        if row["fonte"] not in _SOURCES:
            raise ValueError(f"unknown source {row['fonte']!r}")
        source, key = _SOURCES[row["fonte"]]
        text = re.sub(r"[ \t]+", " ", re.sub(r"\s*\n\s*", "\n", str(row["text"]))).strip()
        texts.setdefault((source, int(row[key])), []).append(text)
    return [
        {"source": source, "number": number, "text": "\n".join(dict.fromkeys(pieces))}
        for (source, number), pieces in sorted(texts.items())
    ]


def write(data: Path, folder: Path) -> Path:
    """Write the norms of the data folder into `folder`."""
    lines = (data / NORMS).read_text("utf-8").splitlines()
    found = entries(json.loads(line) for line in lines if line.strip())
    path = folder / FILE
    path.write_text(json.dumps(found, ensure_ascii=False, indent=0) + "\n", "utf-8")
    return path
