"""The one way through: any source of records -> Report, the same for page, REST, CLI and batch.

Reads, detects and sums up; presents nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import BinaryIO

from cidadao_models import flags
from cidadao_models.errors import MissingFields
from cidadao_models.findings import Report, words
from cidadao_models.findings.views import Series, Views
from cidadao_models.models.anomaly_detection import UNUSUAL, AnomalyDetector, Contracts
from cidadao_models.models.pattern_analysis.analyzer import complete
from cidadao_models.models.series_of_file import follow
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
    patterns: bool = True,
) -> Report:
    """Read the source, score and explain its records, and sum up.

    `source` is what `reading.read` takes, or a `Reading`; `mapping` overrides columns
    (`{"valor": "valorcontrato1"}`) and `limits` are those of a service. Without `patterns` only
    single records are looked at, which is faster. Raises InputError when nothing can be analysed.

    `sanctions` is a CEIS or CNEP list in any form that `read` takes, within the same limits, or
    its `Reading`: suppliers are looked up in it. A list that names nobody is an InputError too.
    """
    listed = None if sanctions is None else read_sanctions(sanctions, limits=limits)
    reading = read(source, filename=filename, mapping=mapping, limits=limits)
    _require_something(reading)
    report, run = AnomalyDetector().examine(reading, threshold=threshold, sanctions=listed)
    rows = complete(report, run, reading.bids) if patterns else frozenset[int]()
    if patterns:
        _follow(report, reading)
    report.summary = summarize_patterns(report, rows) | summarize(report, run)
    return report


NO_SERIES = "o arquivo não traz uma série de valores no tempo longa o bastante"


def _follow(report: Report, reading: Reading) -> None:
    """What the amounts of the file show along time; the amounts of bids are no spending."""
    assert report.views is not None
    found = None if reading.bids is not None else follow(reading.records)
    if found is None:
        missing = {**report.views.missing, "series": NO_SERIES}
        report.views = Views(report.views.drawn, missing)
        return
    shown = Series(found.pop("line"), found["sentence"])
    report.views = Views({**report.views.drawn, "series": shown}, report.views.missing)
    report.series = found


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


def summarize(report: Report, run: flags.FlagRun) -> dict[str, object]:
    """Counts and money of the findings, each record counted once, and the sentence that opens.

    `signals` counts the records that each flag names, context ones and those below the threshold
    included; `by_check` gives every check one of three answers. Money is what the records flagged
    add up to, identical records counted once; it is no estimate of loss.
    """
    found, total, unseen = len(report.findings), report.total_analyzed, len(report.not_evaluated)
    return {
        "sentence": _sentence(found, total, unseen, _rejected(report), _of_the_whole(report)),
        "by_flag": dict(Counter(f.main.id for f in report.findings).most_common()),
        "by_severity": dict(Counter(f.severity for f in report.findings).most_common()),
        "signals": dict(sorted(run.counts().items(), key=lambda pair: (-pair[1], pair[0]))),
        "by_check": _by_check(report, run),
        "flagged_value": _money(report, [finding.row for finding in report.findings]),
        "checks": len(flags.all_flags()) + 1,
        "checks_not_made": unseen,
        "reference": report.reference,
    }


def summarize_patterns(report: Report, rows: Collection[int]) -> dict[str, object]:
    """How many patterns there are, and the money of the records in any of them, each once.

    The money is null for bids, which are not spending.
    """
    of_bids = bool(report.patterns) and not rows
    value = None if of_bids else _money(report, sorted(rows))
    return {"pattern_count": len(report.patterns), "patterns_value": value}


def _money(report: Report, rows: Sequence[int]) -> float:
    """Sum of the amounts of these records (R$), one for each group of identical ones."""
    if report.records is None or not len(rows) or "valor" not in report.records:
        return 0.0
    chosen = report.records.loc[list(rows)]
    copies = chosen["_duplicata"].duplicated() & (chosen["_duplicata"] >= 0)
    return round(float(chosen["valor"][~copies].sum()), 2)


def _by_check(report: Report, run: flags.FlagRun) -> list[dict[str, object]]:
    """For every check, in order: flagged (with the number of records), not flagged, or why not."""
    counts = run.counts()
    counts[UNUSUAL.id] = sum(r.id == UNUSUAL.id for f in report.findings for r in f.reasons)
    reasons = {check.id: check.reason for check in report.not_evaluated}
    if report.scores is not None and report.scores.notna().any():
        reasons.pop(UNUSUAL.id, None)
    checks = [(one.id, one.title) for one in flags.all_flags()] + [(UNUSUAL.id, UNUSUAL.title)]
    answers: list[dict[str, object]] = []
    for id, title in checks:
        n, reason = counts.get(id, 0), reasons.get(id, "")
        status = "flagged" if n else "not_evaluated" if reason else "not_flagged"
        answers.append({"id": id, "title": title, "status": status, "n": n, "reason": reason})
    return answers


def _rejected(report: Report) -> int:
    rejected = report.info.get("n_rejected", 0)
    return rejected if isinstance(rejected, int) else 0


def _of_the_whole(report: Report) -> int:
    """Patterns worth a second look, without those that the findings tell record by record."""
    told = {one.id for one in flags.all_flags()}
    return sum(one["id"] not in told and one["severity"] != "low" for one in report.patterns)


def _sentence(found: int, total: int, unseen: int, rejected: int, patterns: int) -> str:
    if total == 0:
        apart = "foram separados por problemas" if rejected > 1 else "foi separado por um problema"
        why = f": {words.number(rejected)} {apart}" if rejected else ""
        return f"Nenhum registro para analisar{why}."
    records = f"{words.number(total)} registro{'s' if total > 1 else ''}"
    several = f"{words.number(patterns)} padr{'ões' if patterns > 1 else 'ão'} do conjunto"
    if found == 0 and patterns:
        merit = "merecem" if patterns > 1 else "merece"
        first = f"Nada fora do comum em {records}, vistos um a um, mas {several} {merit} uma"
        first += " segunda olhada"
    elif found == 0:
        first = f"Nada fora do comum em {records}"
    else:
        verb = "merecem" if found > 1 else "merece"
        first = f"{words.number(found)} de {records} {verb} uma segunda olhada"
        first += f", e também {several}" if patterns else ""
    if unseen == 0:
        return f"{first}."
    many = "verificações não puderam" if unseen > 1 else "verificação não pôde"
    return f"{first}; {unseen} {many} ser feita{'s' if unseen > 1 else ''}."
