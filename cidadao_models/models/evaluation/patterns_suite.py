"""Flags and patterns on honest worlds and strong cases, Benford's null, their time, real files.

Each figure stands beside something plainer measured in the same run. The worlds and the cases are
drawn without looking at the checks; the figures say little about records of another shape.
"""

from __future__ import annotations

import logging
import os
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from cidadao_models import flags
from cidadao_models.findings import severity
from cidadao_models.flags import Flag
from cidadao_models.flags._strength import BAR, P_BAR
from cidadao_models.models.anomaly_detection import BY_RARITY, AnomalyDetector
from cidadao_models.models.evaluation import honest_worlds, strong_cases
from cidadao_models.models.evaluation.benchmark import Figure
from cidadao_models.models.evaluation.duplicate_figures import duplicate_figures
from cidadao_models.models.evaluation.honest_contracts import contracts
from cidadao_models.models.evaluation.planting import Planted
from cidadao_models.models.evaluation.splitting_figures import splitting_figures
from cidadao_models.models.pattern_analysis import PatternAnalyzer
from cidadao_models.models.pattern_analysis.benford import benford
from cidadao_models.reading import Reading, read

SUITE = "patterns"
HIGH = 0.85
FLAG_SHARE = 2 * P_BAR
"""Largest share of honest records that one flag may name at the bar."""

SMALL_FILES = 20
SEEDS = (21, 22, 23)
SANCTION_FLAG = "fornecedor_sancionado"


def figures(quick: bool) -> Iterator[Figure]:
    """Every part of the suite, one after the other."""
    for part in PARTS:
        yield from part(quick)


# -- what all parts share ------------------------------------------------------------------------


def prepared(reading: Reading, listed: bytes | None = None) -> pd.DataFrame:
    """The records ready for the flags; `listed` is a list of sanctions to compare with."""
    known = listed is not None and any(one.id == SANCTION_FLAG for one in flags.all_flags())
    sanctions = read(listed).records if listed is not None and known else None
    return flags.prepare(reading.records, extra=lambda: reading.extra, sanctions=sanctions)


def forest_cut(table: pd.DataFrame, count: int | None = None) -> np.ndarray:
    """What a default isolation forest flags by amounts and days: `count` rows, or by its own cut.

    To be fair to it, amounts are logs and missing numbers their median.
    """
    from sklearn.ensemble import IsolationForest

    numbers = table.select_dtypes("number")
    columns = [np.log10(numbers[name].clip(lower=0.01)) for name in numbers]
    days = [table[name] for name in table.select_dtypes("datetime")]
    columns += [(day - days[0]).dt.days.astype(float) for day in days[1:]]
    matrix = pd.concat(columns, axis=1)
    matrix = matrix.fillna(matrix.median()).fillna(0.0).to_numpy()
    forest = IsolationForest(random_state=0).fit(matrix)
    if count is None:
        return np.asarray(forest.predict(matrix) < 0)
    cut = np.zeros(len(table), dtype=bool)
    cut[np.argsort(forest.score_samples(matrix))[:count]] = True
    return cut


# -- false alarms --------------------------------------------------------------------------------


@dataclass(slots=True)
class Alarms:
    """Counts over honest files: records judged by each flag, and named at each weight."""

    judged: Counter[str] = field(default_factory=Counter)
    named: Counter[str] = field(default_factory=Counter)
    medium: Counter[str] = field(default_factory=Counter)
    high: Counter[str] = field(default_factory=Counter)
    records: int = 0
    at_medium: int = 0
    at_high: int = 0
    by_forest: int = 0
    files: int = 0
    files_with_high_rule: int = 0

    def add(self, table: pd.DataFrame, seed: int) -> None:
        """Judge one honest file."""
        reading = read(table)
        made = prepared(reading, honest_worlds.sanctions(table, seed))
        run = flags.run(made)
        skipped = {note.id for note in run.not_evaluated}
        self.judged.update({f.id: len(made) for f in flags.all_flags() if f.id not in skipped})
        self._count(run)
        scores = AnomalyDetector().analyze(reading).scores
        assert scores is not None
        self.records += len(made)
        self.at_medium += int((scores >= BAR).sum())
        self.at_high += int((scores >= HIGH).sum())
        self.by_forest += int(forest_cut(table).sum())
        self.files += 1

    def _count(self, run: flags.FlagRun) -> None:
        best: dict[tuple[str, int], float] = {}
        for one, hit in run.hits:
            for row in hit.rows:
                best[one.id, row] = max(best.get((one.id, row), 0.0), hit.weight)
        self.named.update(flag_id for flag_id, _ in best)
        self.medium.update(flag_id for (flag_id, _), weight in best.items() if weight >= BAR)
        self.high.update(flag_id for (flag_id, _), weight in best.items() if weight >= HIGH)
        rules = {
            row
            for (flag_id, row), weight in best.items()
            if severity(weight) in ("high", "critical") and flag_id not in BY_RARITY
        }
        self.files_with_high_rule += bool(rules)

    def share(self, counts: Counter[str], flag_id: str) -> float:
        """Named records of those judged; 0 when none was judged."""
        return counts[flag_id] / max(1, self.judged[flag_id])


def honest_alarms(quick: bool) -> tuple[Alarms, Alarms]:
    """Counts over the honest files of every kind, and over small ones of about 60 records."""
    every, small = Alarms(), Alarms()
    for name, draw in honest_worlds.files(scale=0.25 if quick else 1.0):
        for seed in SEEDS[:1] if quick else SEEDS[:2]:
            every.add(draw(seed), seed)
        if name == "small city":
            for seed in range(SMALL_FILES):
                small.add(draw(100 + seed), seed)
    return every, small


def false_alarms(quick: bool) -> Iterator[Figure]:
    """Share of honest records that each flag names, one row a flag, and that all of them score."""
    every, small = honest_alarms(quick)
    for one in flags.all_flags():
        yield from _of_flag(one, every)
    case, n = f"honest, {every.records:,} records", max(1, every.records)
    forest, name = every.by_forest / n, "forest, its own cut"
    at = every.at_medium / n, every.at_high / n
    yield Figure(SUITE, case, "share at 0.7", at[0], "", forest, name, at_most=0.01)
    yield Figure(SUITE, case, "share at 0.85", at[1], "", forest, name, at_most=0.001)
    case = f"{small.files} honest files of 60 records"
    share = small.files_with_high_rule / small.files
    forest = small.by_forest / max(1, small.files)
    yield Figure(
        SUITE, case, "files with a high rule finding", share, "", forest,
        "records a file that the forest flags", at_most=0.05,
    )  # fmt: skip


def _of_flag(one: Flag, every: Alarms) -> Iterator[Figure]:
    case = f"honest: {one.id}" + (" (context)" if one.context else "")
    named = every.share(every.named, one.id)
    if one.context or not every.judged[one.id]:
        unit = "" if every.judged[one.id] else "not judged"
        yield Figure(SUITE, case, "share named at all", named, unit)
        return
    for least, counts in ((BAR, every.medium), (HIGH, every.high)):
        metric, at = f"share at {least:g}", every.share(counts, one.id)
        most, detail = (FLAG_SHARE, False) if least == BAR else (None, True)
        yield Figure(
            SUITE, case, metric, at, "", named, "named at all", at_most=most, detail=detail
        )  # fmt: skip


# -- strong cases --------------------------------------------------------------------------------


CONTEXT_CASES = frozenset({"valor_igual_ao_estimado"})
"""Flags whose strong case is meant to give context only: that all tenders of a buyer end at the
estimate may be the habit of its system, so the flag names them below the bar."""


def gives_context(one: Flag) -> bool:
    """Whether the flag's strong case counts as found when it is named at all."""
    return one.context or one.id in CONTEXT_CASES


def recall_of(one: Flag, planted: Planted) -> float:
    """Share of the cases of which the flag names a record, at the bar unless it gives context."""
    made = prepared(read(planted.table), planted.sanctions)
    if flags.not_evaluated(one, made) is not None:
        return 0.0
    least = 0.0 if gives_context(one) else BAR
    named = {int(row) for hit in one.hits(made) if hit.weight >= least for row in hit.rows}
    return float(np.mean([bool(named.intersection(map(int, case))) for case in planted.cases]))


def recall(quick: bool) -> Iterator[Figure]:
    """Recall of the strong cases by flag, beside a forest that is told how many rows are odd."""
    present = {one.id: one for one in flags.all_flags()}
    found = []
    for flag_id in (name for name in strong_cases.known() if name in present):
        ours, theirs = [], []
        for seed in SEEDS[:1] if quick else SEEDS:
            planted = strong_cases.planted(flag_id, seed)
            ours.append(recall_of(present[flag_id], planted))
            rows = np.concatenate(planted.cases)
            cut = forest_cut(planted.table, len(rows))
            theirs.append(float(np.mean([cut[case].any() for case in planted.cases])))
        found.append(float(np.mean(ours)))
        case = f"planted: {flag_id}" + (" (context)" if gives_context(present[flag_id]) else "")
        yield Figure(SUITE, case, "recall", found[-1], "", float(np.mean(theirs)), "forest")
    if found:
        case = f"planted: {len(found)} flags"
        yield Figure(SUITE, case, "mean recall", float(np.mean(found)), at_least=0.8)


# -- Benford -------------------------------------------------------------------------------------

CHI2_95 = 15.507
"""95 % point of chi-square with 8 degrees of freedom, the usual cut."""

MAD_CUT = 0.015
"""Usual cut of the mean absolute deviation (Nigrini 2012: nonconformity)."""

NULL_RUNS = {300: 1_000, 1_000: 1_000, 10_000: 600, 100_000: 300}


def _wide(n: int, seed: int, sigma: float = 2.0) -> np.ndarray:
    return np.exp(np.random.default_rng(seed).normal(9, sigma, n))


def benford_null(quick: bool) -> Iterator[Figure]:
    """Rejection of honest wide amounts at 5 %, beside the usual cuts; the least of the sizes."""
    rates = []
    for n, runs in NULL_RUNS.items():
        results = [benford(_wide(n, 40_000 + k)) for k in range(runs // 4 if quick else runs)]
        judged = [one for one in results if one.p_value is not None]
        rates.append(float(np.mean([one.p_value <= 0.05 for one in judged])))  # type: ignore[operator]
        chi2 = float(np.mean([(one.chi2 or 0.0) > CHI2_95 for one in results]))
        mad = float(np.mean([(one.mad or 0.0) > MAD_CUT for one in results]))
        case = f"Benford, {n:,} honest amounts"
        yield Figure(
            SUITE, case, "rejected at 5 %", rates[-1], "", mad, "MAD > 0.015", at_most=0.07
        )
        yield Figure(
            SUITE, case, "rejected at 5 %", rates[-1], "", chi2, "chi2 > 15.5", detail=True
        )
    least = min(rates)
    yield Figure(SUITE, "Benford, least of these", "rejected at 5 %", least, at_least=0.03)


UNFIT: dict[str, Callable[[int], np.ndarray]] = {
    "at most R$ 62,725.59": lambda k: np.minimum(_wide(5_000, k), 62_725.59),
    "below R$ 62,725.59": lambda k: _wide(20_000, k)[_wide(20_000, k) < 62_725.59],
    "of one order of magnitude": lambda k: _wide(5_000, k, 0.8),
    "250 amounts": lambda k: _wide(250, k),
    "from a price list": lambda k: np.random.default_rng(k).choice(_wide(80, k).round(2), 3_000),
}
"""Honest amounts to which the law does not apply."""


def benford_refusals(quick: bool) -> Iterator[Figure]:
    """Share of unfit honest files refused, beside what the usual chi-square cut calls odd."""
    for name, draw in UNFIT.items():
        results = [benford(draw(70_000 + k)) for k in range(20 if quick else 100)]
        refused = float(np.mean([not one.applicable for one in results]))
        chi2 = float(np.mean([(one.chi2 or 0.0) > CHI2_95 for one in results]))
        case = f"Benford, honest amounts {name}"
        yield Figure(SUITE, case, "refused", refused, "", chi2, "chi2 > 15.5", at_least=0.95)


def benford_oracle(quick: bool) -> Iterator[Figure]:
    """Largest difference from the package benfordslaw in chi-square and MAD."""
    from benfordslaw import benfordslaw

    worst = 0.0
    logging.disable(logging.CRITICAL)
    try:
        for k, n in enumerate((300, 3_000, 30_000)):
            values = np.round(_wide(n, 90_000 + k), 2)
            theirs, ours = benfordslaw(pos=1, method="chi2").fit(values), benford(values)
            worst = max(worst, abs(float((ours.chi2 or 0.0) - theirs["t"])))
            worst = max(worst, abs(float((ours.mad or 0.0) - theirs["mad"])))
    finally:
        logging.disable(logging.NOTSET)
    yield Figure(SUITE, "Benford, chi2 and MAD", "difference from benfordslaw", worst, at_most=1e-9)


# -- time ----------------------------------------------------------------------------------------

TIMED_ROWS = 100_000
SLOWEST = 5


def _seconds(work: Callable[[], object], repeats: int = 3) -> float:
    taken = []
    for _ in range(repeats):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return sorted(taken)[len(taken) // 2]


def timing(quick: bool) -> Iterator[Figure]:
    """All flags and patterns on one large file against reading it and detecting, same run."""
    rows = TIMED_ROWS // 10 if quick else TIMED_ROWS
    table = contracts(honest_worlds.large(rows))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contratos.csv"
        table.to_csv(path, sep=";", decimal=",", index=False, date_format="%d/%m/%Y")
        payload = path.read_bytes()
    detect = _seconds(lambda: AnomalyDetector().analyze(read(payload)))
    reading = read(payload)
    patterns = _seconds(lambda: PatternAnalyzer().analyze(reading, "all"))
    case, name = f"{rows:,} x {table.shape[1]}", "s read + detect"
    yield Figure(SUITE, case, "patterns", patterns, "s", detect, name)
    ratio = (detect + patterns) / detect
    yield Figure(SUITE, case, "with flags and patterns", ratio, "x", 1.0, name[2:], at_most=3)
    made = prepared(reading)
    whole = _seconds(lambda: flags.run(made))
    yield Figure(SUITE, case, "flags alone", whole, "s", detect, name)
    yield from _slowest(made, case, whole)


def _slowest(made: pd.DataFrame, case: str, whole: float) -> Iterator[Figure]:
    taken = {
        one.id: 1_000 * _seconds(lambda one=one: list(one.hits(made)))  # type: ignore[misc]
        for one in flags.all_flags()
        if flags.not_evaluated(one, made) is None
    }
    for flag_id in sorted(taken, key=lambda name: -taken[name])[:SLOWEST]:
        yield Figure(SUITE, case, flag_id, taken[flag_id], "ms", 1_000 * whole, "ms all flags")


# -- real files ----------------------------------------------------------------------------------

REAL_LIMITS = (8_000.0, 80_000.0)
"""R$: direct award and invitation under Lei 8.666/1993, in force when Paraíba's tenders were."""

MGS = "MGS"
FULL_SHARE = 0.257
"""MGS's share of payments in the full publication; the folder holds about 60 % of its rows."""


def real(quick: bool) -> Iterator[Figure]:
    """With `CIDADAO_DATA`: bunching in Paraíba's tenders, and MGS's share in Minas Gerais."""
    folder = os.environ.get("CIDADAO_DATA")
    if folder is None:
        return
    tenders = Path(folder) / "tce_pb_licitacao" / "licitacao.csv"
    if tenders.is_file():
        yield from _bunching(tenders)
    payments = Path(folder) / "mg_empenho" / "empenho2026.csv"
    if payments.is_file():
        yield from _dominance(payments)


def _bunching(path: Path) -> Iterator[Figure]:
    reading = read(path)
    values = reading.records["valor"]
    for limit in REAL_LIMITS:
        found = [
            one["facts"]
            for one in PatternAnalyzer().analyze(reading, "values").patterns
            if one["id"] == "logo_abaixo_do_limite" and _of_file(one, limit)
        ]
        case = f"Paraíba's tenders at R$ {limit:,.0f}"
        shown = float(found[0]["n_below"]) if found else 0.0  # type: ignore[index]
        above = float(found[0]["n_above"]) if found else 0.0  # type: ignore[index]
        yield Figure(SUITE, case, "5 % below", shown, "", above, "5 % above", at_least=1)
        wide = 0.0625 * limit
        below = float(values.between(limit - wide, limit, inclusive="left").sum())
        over = float(values.between(limit, limit + wide, inclusive="left").sum())
        yield Figure(SUITE, case, "counted by hand, 6.25 %", below, "", over, "above")


def _of_file(pattern: dict[str, object], limit: float) -> bool:
    facts = pattern["facts"]
    return isinstance(facts, dict) and facts["limit"] == limit and facts["who"] == "No arquivo"


def _dominance(path: Path) -> Iterator[Figure]:
    reading = read(path)
    amounts = reading.records["valor"].clip(lower=0)
    mine = reading.records["fornecedor"].str.startswith(MGS, na=False)
    counted = float(amounts[mine].sum() / amounts.sum())
    found = [
        one
        for one in PatternAnalyzer().analyze(reading, "suppliers").patterns
        if one["id"] == "fornecedor_dominante" and MGS in str(one["explanation"])
    ]
    share = float(found[0]["facts"]["share"]) if found else 0.0  # type: ignore[index]
    case = "Minas Gerais, MGS's share"
    yield Figure(SUITE, case, "found", share, "", FULL_SHARE, "full publication", at_least=0.2)
    gap = abs(share - counted)
    yield Figure(SUITE, case, "difference from a count by hand", gap, "", at_most=0.005)
    told = float(bool(found) and "estatal" in str(found[0]["innocent"]))
    yield Figure(SUITE, case, "innocent reading names state-owned firms", told, at_least=1)


PARTS: tuple[Callable[[bool], Iterable[Figure]], ...] = (
    false_alarms,
    recall,
    benford_null,
    benford_refusals,
    benford_oracle,
    splitting_figures,
    duplicate_figures,
    timing,
    real,
)
"""What the suite measures, in order."""
