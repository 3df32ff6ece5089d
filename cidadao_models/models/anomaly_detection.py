"""AnomalyDetector: scores contract records and explains what deserves a second look.

Puts together the flags (what a record itself shows) and the baseline (how strange the record is
among its likes). Reads nothing and draws nothing.
"""

from __future__ import annotations

import json
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from cidadao_models import __version__, flags
from cidadao_models.errors import NotFitted
from cidadao_models.findings import Finding, NotEvaluated, Reason, Report, check_threshold, words
from cidadao_models.flags._peer_table import PeerTable
from cidadao_models.models.baseline import FEATURES, Baseline, Compared, sampled
from cidadao_models.models.core import weights
from cidadao_models.models.core.calibration import expected_false_share, score_from_p
from cidadao_models.reading import Reading, read
from cidadao_models.reading.sanctions import read_sanctions
from cidadao_models.records import FIELDS, mask_cpf

if TYPE_CHECKING:
    from cidadao_models.models.text_analysis import TextReport

MIN_BATCH = 30
"""Records from which a batch is judged against itself (outer contract)."""

CONTEXT_CEILING = 0.84
"""Highest score of strangeness alone: without a broken norm it stays below "high" (0.85)."""

SMALLNESS_CEILING = 0.69
"""Highest score of a record that is strange only for being small: no reason to check by itself."""

TELLING_SHARE = 0.01
"""A feature is named in the explanation when at most this share of the records is as extreme."""

BY_RARITY = frozenset({"combinacao_incomum", "preco_acima_dos_pares", "preco_abaixo_dos_pares"})
"""Reasons that rest on how rare a number is; the others state what the record itself shows."""

UNUSUAL = Reason(
    id="combinacao_incomum",
    title="Combinação incomum de valores",
    explanation="Diante de {n} registros comparados, chama a atenção: {what}.",
    legal_basis=(
        "Lei 14.133/2021, art. 11 (resultado mais vantajoso e contratação sem sobrepreço)"
    ),
    innocent="o contrato for grande, longo ou único no gênero: o raro nem sempre é irregular.",
    next_step="peça o processo administrativo, com a justificativa do preço e do prazo.",
    facts={},
    weight=0.0,
)
"""The reason given when only the combination of numbers is strange; text and facts are filled."""

Contracts = Sequence[Mapping[str, object]] | pd.DataFrame | Reading


def as_reading(contracts: Contracts) -> Reading:
    """Contracts in any layout as a `Reading`."""
    return contracts if isinstance(contracts, Reading) else read(contracts)


class AnomalyDetector:
    """Scores contract records in [0, 1], higher = stranger, and explains the strangest.

    Unfitted, a batch of at least 30 records is judged against itself and a smaller one against the
    embedded reference; the report says which. Fitted, everything is judged against the records
    given to `fit`.
    """

    def __init__(self, *, random_state: int = 0) -> None:
        self.random_state = random_state
        self._baseline: Baseline | None = None

    def fit(self, contracts: Contracts) -> AnomalyDetector:
        """Learn peers, supplier history and usual combinations from the records; gives self."""
        reading = as_reading(contracts)
        prepared = flags.prepare(reading.records, extra=lambda: reading.extra)
        peers = PeerTable.fit(sampled(prepared))
        label = f"registros dados ao ajuste ({words.number(len(prepared))})"
        fitted = Baseline.fit(prepared, random_state=self.random_state, label=label)
        self._baseline = replace(fitted, peers=peers)
        return self

    def score(self, contracts: Contracts) -> pd.Series:
        """(n,) floats in [0, 1], index of the records; NaN where a record can't be scored."""
        scores = self.analyze(contracts).scores
        assert scores is not None
        return scores

    def analyze(
        self, contracts: Contracts, *, threshold: float = 0.7, sanctions: Contracts | None = None
    ) -> Report:
        """Report with all flags; raises InputError for a threshold outside [0, 1].

        `sanctions`: a CEIS or CNEP list that suppliers are looked up in; InputError for one that
        names nobody.
        """
        return self.examine(contracts, threshold=threshold, sanctions=sanctions)[0]

    def examine(
        self, contracts: Contracts, *, threshold: float = 0.7, sanctions: Contracts | None = None
    ) -> tuple[Report, flags.FlagRun]:
        """The same report, and what the flags found whether or not it is shown."""
        threshold = check_threshold(threshold)
        reading = as_reading(contracts)
        listed = None if sanctions is None else read_sanctions(sanctions).records
        batch = flags.prepare(reading.records, extra=lambda: reading.extra, sanctions=listed)
        prepared, compared = self._compared(batch)
        run = flags.run(prepared)
        strange, unusual = _strangeness(prepared, compared, threshold)
        scores = _combined(strange, run.strongest())
        shown = scores.index[(scores >= threshold).to_numpy()]
        reasons = _by_row(run.reasons_of(shown), unusual)
        findings = _findings(prepared, reasons, scores, threshold)
        report = Report(
            findings=findings,
            total_analyzed=len(prepared),
            threshold=threshold,
            confidence=_confidence(findings, len(prepared), threshold),
            not_evaluated=[*run.not_evaluated, *_not_compared(strange)],
            issues=reading.issues_dict,
            reference=compared.baseline.label,
            mapping=reading.mapping,
            info=reading.info,
            scores=scores,
            records=prepared,
            weights=weights.brief(),
        )
        return report, run

    def analyze_text(self, text: str) -> TextReport:
        """What a contract text says, lacks, and what in it deserves a question (`TextAnalyzer`).

        Raises InputError for fewer than 20 letters. What was fitted on records has no part in it.
        """
        from cidadao_models.models.text_analysis import TextAnalyzer

        return TextAnalyzer().analyze(text)

    def save(self, folder: str | Path) -> None:
        """Write the fitted baseline as npz (no pickle) and JSON. Raises NotFitted."""
        if self._baseline is None:
            raise NotFitted(
                "O detector ainda não foi ajustado.",
                hint="Chame fit(contratos) antes de save(pasta).",
            )
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        arrays = self._baseline.to_arrays()
        np.savez_compressed(folder / "baseline.npz", allow_pickle=False, **arrays)
        meta = {
            "version": __version__,
            "random_state": self.random_state,
            "label": self._baseline.label,
        }
        (folder / "baseline.json").write_text(json.dumps(meta, ensure_ascii=False), "utf-8")

    @classmethod
    def load(cls, folder: str | Path) -> AnomalyDetector:
        """The detector written by `save`, with the same scores."""
        folder = Path(folder)
        meta = json.loads((folder / "baseline.json").read_text("utf-8"))
        with np.load(folder / "baseline.npz", allow_pickle=False) as arrays:
            baseline = Baseline.from_arrays(dict(arrays), label=meta["label"])
        detector = cls(random_state=meta["random_state"])
        detector._baseline = baseline
        return detector

    def _compared(self, batch: pd.DataFrame) -> tuple[pd.DataFrame, Compared]:
        """The batch beside the peers it is judged against, and compared with their baseline."""
        if self._baseline is None and len(batch) >= MIN_BATCH:
            label = f"o próprio conjunto enviado ({words.number(len(batch))} registros)"
            own = Baseline.fit_compare(batch, random_state=self.random_state, label=label)
            return batch, own
        baseline = self._baseline or weights.reference()
        prepared = baseline.with_peers(batch)
        return prepared, baseline.compare(prepared)


def _strangeness(
    prepared: pd.DataFrame, compared: Compared, threshold: float
) -> tuple[pd.Series, dict[int, Reason]]:
    """Score of the combination of numbers alone, and the reasons of those at the threshold."""
    scores = np.minimum(score_from_p(compared.p_values), CONTEXT_CEILING)
    scores[np.isnan(compared.matrix).all(axis=1)] = np.nan
    reasons: dict[int, Reason] = {}
    for position in np.flatnonzero(scores >= threshold):
        telling = compared.telling(int(position), TELLING_SHARE)
        if all(one.small for one in telling):
            scores[position] = min(scores[position], SMALLNESS_CEILING)
            if scores[position] < threshold:
                continue
        facts: dict[str, object] = {"n": compared.baseline.n, "what": "; ".join(map(str, telling))}
        row = int(prepared.index[int(position)])
        reasons[row] = _unusual(facts, float(scores[position]))
    return pd.Series(scores, index=prepared.index), reasons


def _unusual(facts: dict[str, object], weight: float) -> Reason:
    return Reason(
        UNUSUAL.id,
        UNUSUAL.title,
        words.fill(UNUSUAL.explanation, facts),
        UNUSUAL.legal_basis,
        UNUSUAL.innocent,
        UNUSUAL.next_step,
        facts,
        weight,
    )


def _by_row(
    reasons: Mapping[int, Sequence[Reason]], unusual: Mapping[int, Reason]
) -> dict[int, list[Reason]]:
    """Reasons of each record, strongest first (then by id, so that ties do not wander)."""
    rows = {row: list(found) for row, found in reasons.items()}
    for row, reason in unusual.items():
        rows.setdefault(row, []).append(reason)
    for found in rows.values():
        found.sort(key=lambda reason: (-reason.weight, reason.id))
    return rows


def _combined(strange: pd.Series, strongest: Mapping[int, float]) -> pd.Series:
    """The strongest evidence of each record: severity never grows by mere overlap of signals."""
    if not strongest:
        return strange.rename("score")
    scores = np.fmax(strange.to_numpy(), pd.Series(strongest).reindex(strange.index).to_numpy())
    return pd.Series(scores, index=strange.index, name="score")


def _findings(
    prepared: pd.DataFrame,
    reasons: dict[int, list[Reason]],
    scores: pd.Series,
    threshold: float,
) -> list[Finding]:
    chosen = scores[scores >= threshold]
    if chosen.empty:
        return []
    chosen = chosen[[row in reasons for row in chosen.index]]
    columns = [name for name in FIELDS if name in prepared]
    items = prepared.loc[chosen.index, columns].to_dict("index")
    amounts = prepared["_valor"].reindex(chosen.index).fillna(0)
    order = sorted(chosen.index, key=lambda row: (-chosen[row], -amounts[row], row))
    return [_finding(int(row), float(chosen[row]), reasons[row], items[row]) for row in order]


def _finding(
    row: int, score: float, reasons: list[Reason], item: Mapping[Hashable, object]
) -> Finding:
    plain = {
        str(name): shown for name, value in item.items() if (shown := _plain(value)) is not None
    }
    name = plain.get("id") or plain.get("numero")
    masked = tuple(_masked(reason) for reason in reasons)
    return Finding(row, str(name) if name else f"registro {row + 1}", score, masked, plain)


def _masked(reason: Reason) -> Reason:
    """The reason without a readable CPF in its words or facts."""
    facts = {k: mask_cpf(v) if isinstance(v, str) else v for k, v in reason.facts.items()}
    return Reason(
        reason.id,
        reason.title,
        mask_cpf(reason.explanation),
        reason.legal_basis,
        reason.innocent,
        reason.next_step,
        facts,
        reason.weight,
    )


def _plain(value: object) -> object:
    """A cell as a JSON value: masked text, float, ISO date, or None where it is missing."""
    if isinstance(value, str):
        return mask_cpf(value)
    if value is None or value is pd.NaT:
        return None
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    number = float(value)  # type: ignore[arg-type]
    return number if math.isfinite(number) else None


def _confidence(findings: list[Finding], n: int, threshold: float) -> float | None:
    """One minus the share of the findings that honest data of this size would also show.

    Only findings by rarity can be chance; their expected number is n times the probability that
    the threshold stands for. None when nothing was found.
    """
    by_chance = sum(finding.main.id in BY_RARITY for finding in findings)
    if not findings:
        return None
    real = expected_false_share(n, threshold, by_chance) if by_chance else 1.0
    assert real is not None
    return round(1 - by_chance * (1 - real) / len(findings), 4)


def _not_compared(strange: pd.Series) -> list[NotEvaluated]:
    missing = int(strange.isna().sum())
    if not missing:
        return []
    reason = (
        f"{words.number(missing)} de {words.number(len(strange))} registros não têm valor nem datas"
        " que se possam comparar."
    )
    names = ", ".join(FEATURES.values())
    return [NotEvaluated(UNUSUAL.id, UNUSUAL.title, f"{reason} Olha-se: {names}.", ("valor",))]
