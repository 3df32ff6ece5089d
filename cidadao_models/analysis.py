"""The one way through: any source of records -> Report, the same for page, REST, CLI and batch.

Reads, detects and sums up; presents nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import BinaryIO

import pandas as pd

from cidadao_models import flags
from cidadao_models.errors import MissingFields
from cidadao_models.findings import Report, words
from cidadao_models.models.anomaly_detection import AnomalyDetector, Contracts
from cidadao_models.reading import Reading, read
from cidadao_models.reading.limits import Limits
from cidadao_models.reading.sanctions import read_sanctions

Source = Contracts | str | bytes | BinaryIO


def analyze(
    source: Source,
    *,
    threshold: float = 0.7,
    mapping: Mapping[str, str] | None = None,
    sanctions: Source | None = None,
    filename: str | None = None,
    limits: Limits | None = None,
) -> Report:
    """Read the source, score and explain its records, and sum up.

    `source` is what `reading.read` takes, or a `Reading`; `mapping` overrides columns
    (`{"valor": "valorcontrato1"}`) and `limits` are those of a service. Raises InputError when
    nothing can be analysed.

    `sanctions` is a CEIS or CNEP list in any form that `read` takes, within the same limits, or
    its `Reading`: suppliers are looked up in it. A list that names nobody is an InputError too.
    """
    listed = None if sanctions is None else read_sanctions(sanctions, limits=limits)
    reading = read(source, filename=filename, mapping=mapping, limits=limits)
    _require_something(reading)
    report = AnomalyDetector().analyze(reading, threshold=threshold, sanctions=listed)
    report.summary = summarize(report)
    return report


def _require_something(reading: Reading) -> None:
    """Without amounts, dates and documents no check can be made on the records."""
    usable = ("valor", "valor_estimado", "fornecedor_id", "data", "vigencia_fim", "objeto")
    present = [f for f in usable if f in reading.records and reading.records[f].notna().any()]
    if len(reading.records) and not present:
        raise MissingFields(
            "Nenhuma coluna de valor, data, fornecedor ou objeto foi reconhecida.",
            hint="Indique as colunas à mão (por exemplo valor, data, fornecedor) e tente de novo.",
            details={"mapping": reading.mapping, "unmapped": reading.info.get("unmapped", [])},
        )


def summarize(report: Report) -> dict[str, object]:
    """Counts and money of the findings, each record counted once, and the sentence that opens.

    Money is what the records flagged add up to; it is no estimate of loss.
    """
    found, total, unseen = len(report.findings), report.total_analyzed, len(report.not_evaluated)
    amounts = pd.Series([f.item.get("valor") for f in report.findings], dtype=float)
    return {
        "sentence": _sentence(found, total, unseen, _rejected(report)),
        "by_flag": dict(Counter(f.main.id for f in report.findings).most_common()),
        "by_severity": dict(Counter(f.severity for f in report.findings).most_common()),
        "flagged_value": round(float(amounts.sum()), 2),
        "checks": len(flags.all_flags()) + 1,
        "checks_not_made": unseen,
        "reference": report.reference,
    }


def _rejected(report: Report) -> int:
    rejected = report.info.get("n_rejected", 0)
    return rejected if isinstance(rejected, int) else 0


def _sentence(found: int, total: int, unseen: int, rejected: int) -> str:
    if total == 0:
        apart = "foram separados por problemas" if rejected > 1 else "foi separado por um problema"
        why = f": {words.number(rejected)} {apart}" if rejected else ""
        return f"Nenhum registro para analisar{why}."
    records = f"{words.number(total)} registro{'s' if total > 1 else ''}"
    if found == 0:
        first = f"Nada fora do comum em {records}"
    else:
        verb = "merecem" if found > 1 else "merece"
        first = f"{words.number(found)} de {records} {verb} uma segunda olhada"
    if unseen == 0:
        return f"{first}."
    many = "verificações não puderam" if unseen > 1 else "verificação não pôde"
    return f"{first}; {unseen} {many} ser feita{'s' if unseen > 1 else ''}."
