"""What a record is compared with: features, peers, supplier history and their outlier model.

A `Baseline` is fitted on records (a batch, a training file, or the embedded reference) and then
gives every record the probability of looking this strange by chance. Flags are not its business.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from cidadao_models.findings import words
from cidadao_models.flags._peer_table import PeerTable
from cidadao_models.models.core.calibration import TailModel
from cidadao_models.models.core.outliers import OutlierScorer

Floats = np.ndarray
Positions = np.ndarray

FEATURES: dict[str, str] = {
    "valor": "valor",
    "pares": "valor diante dos pares",
    "crescimento": "valor final diante do inicial",
    "homologado": "valor diante do estimado",
    "duracao": "duração da vigência",
    "antecedencia": "prazo entre publicação e abertura",
    "publicacao": "prazo entre assinatura e publicação",
    "fornecedor": "valor diante do histórico do fornecedor",
    "propostas": "número de propostas",
    "aditivos": "número de aditivos",
}
"""Columns of the feature matrix, in order, with the words a reader sees."""

LESS_IS_NO_REASON = frozenset({"valor", "pares", "fornecedor", "homologado", "crescimento"})
"""Features that are no reason to check when they are merely low: cheap, or below the estimate."""

SAMPLE_ABOVE = 100_000
"""Rows above which a baseline is fitted on the records of lowest hash (design promise 10)."""

MIN_HISTORY = 5
"""Contracts of a supplier before its own median says something."""


@dataclass(frozen=True, slots=True)
class SupplierHistory:
    """Median log10 value per supplier key with at least `MIN_HISTORY` records."""

    medians: pd.Series

    @classmethod
    def fit(cls, prepared: pd.DataFrame) -> SupplierHistory:
        """From records with `_fornecedor` and `_valor`."""
        logs = _log10(prepared["_valor"])
        codes, keys = pd.factorize(prepared["_fornecedor"])
        known = (codes >= 0) & ~np.isnan(logs)
        counts = np.bincount(codes[known], minlength=len(keys) + 1)
        rows = known & (counts[codes] >= MIN_HISTORY)
        if not rows.any():
            return cls(pd.Series(dtype=float))
        medians = pd.Series(logs[rows]).groupby(codes[rows], sort=True).median()
        return cls(medians.set_axis(keys[medians.index]))

    def ratio(self, prepared: pd.DataFrame) -> Floats:
        """(n,) log10 of value over the supplier's own median; NaN without history."""
        if self.medians.empty:
            return np.full(len(prepared), np.nan)
        usual = prepared["_fornecedor"].map(self.medians).to_numpy(float)
        return _log10(prepared["_valor"]) - usual


def _log10(values: pd.Series | Floats) -> Floats:
    """log10 of positive values, NaN elsewhere."""
    array = np.asarray(values, dtype=float)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(array > 0, np.log10(array), np.nan)


def _column(prepared: pd.DataFrame, name: str) -> Floats:
    """A numeric column, or NaN where the source has none."""
    if name not in prepared:
        return np.full(len(prepared), np.nan)
    return prepared[name].to_numpy(dtype=float, na_value=np.nan)


def _log_ratio(prepared: pd.DataFrame, above: str, below: str) -> Floats:
    return _log10(_column(prepared, above)) - _log10(_column(prepared, below))


def _growth(prepared: pd.DataFrame) -> Floats:
    """log10 of final over initial value; NaN where yearly extensions explain it."""
    growth = _log_ratio(prepared, "valor_final", "valor_inicial")
    return np.where(prepared["_prorrogado"].to_numpy(), np.nan, growth)


def _log_days(prepared: pd.DataFrame, start: str, end: str) -> Floats:
    """Signed log10(1 + days) from one date to the other."""
    if start not in prepared or end not in prepared:
        return np.full(len(prepared), np.nan)
    days = (prepared[end] - prepared[start]).dt.total_seconds().to_numpy(float) / 86_400
    return np.sign(days) * np.log10(1 + np.abs(days))


def features(prepared: pd.DataFrame, history: SupplierHistory) -> Floats:
    """(n, len(FEATURES)) matrix of `FEATURES`, NaN where a record lacks the fields."""
    return np.column_stack(
        [
            _log10(prepared["_valor"]),
            _column(prepared, "_pares_z"),
            _growth(prepared),
            _log_ratio(prepared, "valor", "valor_estimado"),
            _log_days(prepared, "vigencia_inicio", "vigencia_fim"),
            _log_days(prepared, "data_publicacao", "data_abertura"),
            _log_days(prepared, "data_assinatura", "data_publicacao"),
            history.ratio(prepared),
            np.log10(1 + np.clip(_column(prepared, "n_propostas"), 0, None)),
            np.log10(1 + np.clip(_column(prepared, "n_aditivos"), 0, None)),
        ]
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """Records beside a baseline: their features and the chance of looking so strange."""

    matrix: Floats
    p_values: Floats
    baseline: Baseline

    def telling(self, position: int, share: float) -> list[Telling]:
        """Features that at most `share` of the baseline exceed, most extreme first.

        When no single feature is that extreme, the two most extreme ones; at most three.
        """
        row = self.matrix[position : position + 1]
        shares = self.baseline.scorer.tail_share(row)[0]
        order = [int(k) for k in np.argsort(shares) if np.isfinite(shares[k])]
        chosen = [k for k in order if shares[k] <= share] or order[:2]
        above = row[0] > self.baseline.medians
        names = list(FEATURES)
        return [Telling(names[k], float(shares[k]), bool(above[k])) for k in chosen[:3]]


@dataclass(frozen=True, slots=True)
class Telling:
    """One feature of one record: how few of the baseline's records are as extreme."""

    feature: str
    share: float
    above: bool

    @property
    def small(self) -> bool:
        """Whether it only says that less was paid than usual."""
        return self.feature in LESS_IS_NO_REASON and not self.above

    def __str__(self) -> str:
        side = "maior" if self.above else "menor"
        inside = words.number(min(100 * (1 - self.share), 99.9), 1)
        return f"{FEATURES[self.feature]} {side} que o de {inside} % dos registros"


@dataclass(frozen=True, slots=True)
class Baseline:
    """Everything a record is compared with. `label` says in Portuguese what it was fitted on."""

    label: str
    n: int
    suppliers: SupplierHistory
    scorer: OutlierScorer
    tail: TailModel
    medians: Floats
    peers: PeerTable | None = None

    @classmethod
    def fit(cls, prepared: pd.DataFrame, *, random_state: int, label: str) -> Baseline:
        """Fit on records that went through `flags.prepare` and are their own peers.

        Above `SAMPLE_ABOVE` records the forest and the supplier history are learned from a sample.
        """
        return cls.fit_compare(prepared, random_state=random_state, label=label).baseline

    @classmethod
    def fit_compare(cls, prepared: pd.DataFrame, *, random_state: int, label: str) -> Compared:
        """`fit` on the records, and the same records compared with it, in one go."""
        chosen = sampled_positions(prepared)
        suppliers = SupplierHistory.fit(prepared.iloc[chosen])
        matrix = features(prepared, suppliers)
        own = cls.of(matrix, suppliers, random_state=random_state, fitted_on=chosen)
        return replace(own, baseline=replace(own.baseline, label=label))

    @classmethod
    def of(
        cls,
        matrix: Floats,
        suppliers: SupplierHistory,
        *,
        random_state: int,
        fitted_on: Positions | slice = slice(None),
    ) -> Compared:
        """From a (n, len(FEATURES)) matrix made elsewhere, fitted on some of its rows."""
        scorer = OutlierScorer(random_state=random_state).fit(matrix[fitted_on])
        raw = scorer.score(matrix)
        tail = TailModel.fit(raw[fitted_on])
        baseline = cls("", len(matrix), suppliers, scorer, tail, _medians(matrix[fitted_on]))
        return Compared(matrix, tail.p_values(raw), baseline)

    def with_peers(self, prepared: pd.DataFrame) -> pd.DataFrame:
        """The records beside this baseline's peers (their own, where it keeps none)."""
        return prepared if self.peers is None else self.peers.compare(prepared)

    def compare(self, prepared: pd.DataFrame) -> Compared:
        """Features and upper-tail probabilities of records with this baseline's peer columns."""
        matrix = features(prepared, self.suppliers)
        if not len(matrix):
            return Compared(matrix, np.empty(0), self)
        return Compared(matrix, self.tail.p_values(self.scorer.score(matrix)), self)

    def to_arrays(self) -> dict[str, Floats]:
        """Plain arrays for an npz without pickle; supplier keys stay as text."""
        return {
            "n": np.array(self.n),
            "medians": self.medians,
            "suppliers.keys": self.suppliers.medians.index.to_numpy(dtype=str),
            "suppliers.medians": self.suppliers.medians.to_numpy(float),
            **(_prefixed("peers", self.peers.to_arrays()) if self.peers else {}),
            **_prefixed("scorer", self.scorer.to_arrays()),
            **_prefixed("tail", self.tail.to_arrays()),
        }

    @classmethod
    def from_arrays(cls, arrays: dict[str, Floats], *, label: str) -> Baseline:
        """The baseline that `to_arrays` gave."""
        keys = pd.Index(arrays["suppliers.keys"].astype(str), dtype=object)
        return cls(
            label,
            int(arrays["n"]),
            SupplierHistory(pd.Series(arrays["suppliers.medians"], index=keys)),
            OutlierScorer.from_arrays(_under("scorer", arrays)),
            TailModel.from_arrays(_under("tail", arrays)),
            arrays["medians"],
            PeerTable.from_arrays(_under("peers", arrays)),
        )


def _prefixed(prefix: str, arrays: dict[str, Floats]) -> dict[str, Floats]:
    return {f"{prefix}.{name}": array for name, array in arrays.items()}


def _under(prefix: str, arrays: dict[str, Floats]) -> dict[str, Floats]:
    start = f"{prefix}."
    return {n.removeprefix(start): a for n, a in arrays.items() if n.startswith(start)}


def sampled_positions(prepared: pd.DataFrame, most: int = SAMPLE_ABOVE) -> Positions:
    """Positions of all records, or of the `most` of lowest hash where there are more.

    The hash is of the record's content, so that the order of the file changes nothing.
    """
    if len(prepared) <= most:
        return np.arange(len(prepared))
    names = [c for c in ("_fornecedor", "_comprador", "_valor", "numero", "data") if c in prepared]
    hashes = pd.util.hash_pandas_object(prepared[names], index=False).to_numpy()
    return np.sort(np.argpartition(hashes, most)[:most])


def sampled(prepared: pd.DataFrame, most: int = SAMPLE_ABOVE) -> pd.DataFrame:
    """The records at `sampled_positions`."""
    return prepared.iloc[sampled_positions(prepared, most)]


def _medians(matrix: Floats) -> Floats:
    """(d,) medians, NaN for a column without values."""
    return np.array(
        [np.median(known) if len(known := c[~np.isnan(c)]) else np.nan for c in matrix.T]
    )
