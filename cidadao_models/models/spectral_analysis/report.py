"""What the analysis of a series says: values, words and plain JSON. Computes no statistic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models import __version__
from cidadao_models.findings import words

Floats = npt.NDArray[np.float64]
Place = pd.Timestamp | int

EXPECTED, UNEXPECTED = "esperado", "atipico"
OK, INCONCLUSIVE = "ok", "inconclusivo"
RATIO, DIFFERENCE = "razao", "desvios"

UNIT_NAMES = {
    "dias": ("dia", "dias"),
    "semanas": ("semana", "semanas"),
    "meses": ("mês", "meses"),
    "anos": ("ano", "anos"),
    "amostras": ("amostra", "amostras"),
}

CYCLE_NAMES = {
    "semana": "acompanha a semana",
    "mes": "acompanha o mês",
    "ano": "acompanha o ano",
    "bimestre": "acompanha os bimestres do calendário fiscal",
    "quadrimestre": "acompanha os quadrimestres do calendário fiscal",
}

LEAST_SHARE = 0.0005
"""Share of the variance that is written as 0,1 %; below it, `menos de`."""

INNOCENT = {
    "periodo": "houver contrato, parcela ou rotina de pagamento com esse intervalo.",
    "level": "houver reajuste, contrato novo ou encerrado, mudança de competência do órgão ou de"
    " forma de registro.",
    "variance": "as compras tiverem passado a ser feitas em lotes maiores e mais raros, ou o"
    " contrário.",
    "seasonality": "o sistema ou o expediente tiver mudado de rotina.",
    "spike": "houver pagamento anual, acerto de atrasados ou valores acumulados num só dia.",
    "december": "houver crédito recebido no fim do ano.",
}

NEXT_STEP = {
    "periodo": "veja quais pagamentos se repetem nesse intervalo e o que o contrato prevê.",
    "level": "compare os contratos vigentes antes e depois dessa data.",
    "variance": "compare o tamanho e o número dos pagamentos antes e depois dessa data.",
    "seasonality": "veja o que passou a ser registrado nos dias que mudaram.",
    "spike": "peça os documentos dos pagamentos dessa data.",
    "december": "veja o que foi comprado em dezembro e se a necessidade já era conhecida.",
}


class Period(NamedTuple):
    """A cycle: its length in `unit`, chance, false-discovery rate, share of the variance.

    `strength` in [0, 1]; `harmonics` are the multiples of its frequency found with it (1 is the
    cycle itself); `kind` is `esperado` or `atipico`.
    """

    period: float
    unit: str
    p_value: float
    q_value: float
    strength: float
    harmonics: tuple[int, ...]
    kind: str

    @property
    def frequency(self) -> float:
        """Turns a unit of time."""
        return 1 / self.period


class Change(NamedTuple):
    """First point of a new regime. `kind`: level, variance or seasonality.

    `effect`: new over old level, variance or size of the weekly pattern; for the level of a series
    around zero, the difference in sds of its noise. `SpectralReport.effect_is` says which.
    """

    date_or_index: Place
    kind: str
    effect: float
    p_value: float


class Spike(NamedTuple):
    """One point far from what was expected; `p_value` is the chance of any such point."""

    date_or_index: Place
    value: float
    expected: float
    p_value: float


class December(NamedTuple):
    """Share of the year that the last December takes against the mean of past ones."""

    year: int
    share: float
    past_share: float
    n_past: int
    p_value: float
    kind: str


@dataclass(slots=True)
class SpectralReport:
    """What in a series is calendar, what is not, and what could not be told.

    `frequencies` (turns a unit of time) and `amplitudes` follow `periodogram.amplitudes`:
    `sum(amplitudes**2) / 2` is the population variance of the series; missing points are filled
    with what is expected of them. `threshold` is the amplitude that noise of this series reaches
    with the chance `alpha` anywhere in its spectrum. `decomposition` holds arrays on the working
    scale, whose sum is the series there; `expected` holds amounts. `money`, which only who made the
    series knows, has sentences write R$; `differences` are the places of level changes of a series
    around zero.
    """

    status: str
    reason: str = ""
    periods: list[Period] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    spikes: list[Spike] = field(default_factory=list)
    december: December | None = None
    frequencies: Floats = field(default_factory=lambda: np.zeros(0))
    amplitudes: Floats = field(default_factory=lambda: np.zeros(0))
    threshold: Floats = field(default_factory=lambda: np.zeros(0))
    unit: str = "amostras"
    step: float = 1.0
    n: int = 0
    n_missing: int = 0
    times: pd.DatetimeIndex | None = None
    values: Floats = field(default_factory=lambda: np.zeros(0))
    expected: dict[str, Floats] = field(default_factory=dict)
    decomposition: dict[str, Floats] = field(default_factory=dict)
    null_model: dict[str, object] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    cycles: list[str] = field(default_factory=list)
    name: str = ""
    money: bool = False
    differences: set[Place] = field(default_factory=set)

    def effect_is(self, change: Change) -> str:
        """What `effect` of a change is: `razao` (new over old) or `desvios` (sds of noise)."""
        around_zero = change.kind == "level" and change.date_or_index in self.differences
        return DIFFERENCE if around_zero else RATIO

    @property
    def dominant(self) -> Period | None:
        """The cycle that explains most of the variance; None when none is significant."""
        return max(self.periods, key=lambda one: (one.strength, -one.period), default=None)

    @property
    def dominant_frequency(self) -> float | None:
        """Turns a unit of time of the dominant cycle."""
        return self.dominant.frequency if self.dominant else None

    @property
    def dominant_period(self) -> float | None:
        """Length of the dominant cycle in `unit`."""
        return self.dominant.period if self.dominant else None

    @property
    def insights(self) -> list[str]:
        """The findings in a sentence each, or that nothing out of the calendar was found."""
        found = [sentence for sentence, _ in self._sentences()]
        if found:
            return found
        if self.status == INCONCLUSIVE:
            return [self.reason]
        return ["Nada fora do calendário e do acaso nesta série."]

    def _sentences(self) -> list[tuple[str, str]]:
        """(sentence, key of its innocent reading) of each atypical finding."""
        answer = [(_change_text(one, self.effect_is(one)), one.kind) for one in self.changes]
        answer += [(_spike_text(one, self.money), "spike") for one in self.spikes]
        answer += [
            (describe(one, cycle), "periodo")
            for one, cycle in zip(self.periods, self.cycles, strict=True)
            if one.kind == UNEXPECTED
        ]
        if self.december is not None and self.december.kind == UNEXPECTED:
            answer.append((_december_text(self.december), "december"))
        return answer

    def findings(self) -> list[dict[str, str]]:
        """Each atypical finding: `explanation`, `innocent` and `next_step` for a reader."""
        return [
            {
                "explanation": sentence,
                "innocent": f"Pode ser normal se {INNOCENT[key]}",
                "next_step": f"Para conferir: {NEXT_STEP[key]}",
            }
            for sentence, key in self._sentences()
        ]

    def to_dict(self, *, source: str = "api") -> dict[str, Any]:
        """The JSON of `POST /v1/analyze-spectral`; plain types, no NaN."""
        return {
            "frequencies": _plain(self.frequencies),
            "amplitudes": _plain(self.amplitudes),
            "threshold": _plain(self.threshold),
            "dominant_frequency": self.dominant_frequency,
            "dominant_period": self.dominant_period,
            "periodic_patterns": [
                _period_json(one, cycle)
                for one, cycle in zip(self.periods, self.cycles, strict=True)
            ],
            "changes": [_change_json(one, self.effect_is(one)) for one in self.changes],
            "spikes": [_spike_json(one, self.money) for one in self.spikes],
            "december": None if self.december is None else self.december._asdict(),
            "status": self.status,
            "reason": self.reason,
            "insights": self.insights,
            "findings": self.findings(),
            "notes": self.notes,
            "unit": self.unit,
            "n": self.n,
            "n_missing": self.n_missing,
            "null_model": self.null_model,
            "series": {
                "dates": None if self.times is None else [_place(t) for t in self.times],
                "values": _plain(self.values),
                **{name: _plain(array) for name, array in self.expected.items()},
            },
            "model_version": __version__,
            "source": source,
        }

    def to_frame(self) -> pd.DataFrame:
        """The series with what was expected, by date or number, and what was found there."""
        index = pd.RangeIndex(self.n) if self.times is None else self.times
        frame = pd.DataFrame({"valor": self.values, **self.expected}, index=index)
        frame["achado"] = ""
        for place, text in [
            *((one.date_or_index, _change_text(one, self.effect_is(one))) for one in self.changes),
            *((one.date_or_index, _spike_text(one, self.money)) for one in self.spikes),
        ]:
            frame.loc[place, "achado"] = text
        return frame

    def to_csv(self, path: str) -> None:
        """The series as a table that Brazilian spreadsheets open: `;` and decimal comma."""
        self.to_frame().to_csv(path, sep=";", decimal=",", encoding="utf-8-sig")


@dataclass(slots=True)
class CoherenceReport:
    """Whether two series move together beyond the calendar.

    `threshold` is the coherence that independent noise exceeds at a share alpha of the
    frequencies; `p_value` is the chance of the highest one anywhere. When `status` is
    `inconclusivo` both are None and `coherence` is NaN; `reason` then gives the length needed.
    """

    status: str
    reason: str = ""
    frequencies: Floats = field(default_factory=lambda: np.zeros(0))
    coherence: Floats = field(default_factory=lambda: np.zeros(0))
    threshold: float | None = None
    p_value: float | None = None
    q_values: Floats = field(default_factory=lambda: np.zeros(0))
    coordinated: bool = False
    periods: list[float] = field(default_factory=list)
    unit: str = "amostras"
    n: int = 0
    segments: float = 0.0
    notes: list[str] = field(default_factory=list)

    @property
    def explanation(self) -> str:
        """What the two series say together, in a sentence."""
        if self.status == INCONCLUSIVE:
            return self.reason
        if not self.coordinated:
            return "Fora do calendário, as duas séries não andam juntas mais do que o acaso."
        long = listed([words.number(_tenth(one), _decimals(one)) for one in self.periods[:3]])
        long += f" {_unit(self.periods[:3][-1], self.unit)}"
        return (
            f"Fora do calendário, as duas séries andam juntas em ciclos de {long}."
            " É motivo para conferir; não diz a causa."
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON types, no NaN."""
        return {
            "status": self.status,
            "reason": self.reason,
            "explanation": self.explanation,
            "frequencies": _plain(self.frequencies),
            "coherence": _plain(self.coherence),
            "threshold": self.threshold,
            "p_value": self.p_value,
            "q_values": _plain(self.q_values),
            "coordinated": self.coordinated,
            "periods": self.periods,
            "unit": self.unit,
            "n": self.n,
            "segments": self.segments,
            "notes": self.notes,
            "model_version": __version__,
        }


def describe(period: Period, cycle: str) -> str:
    """A cycle in plain words."""
    facts = {"long": _length(period.period, period.unit), "share": period.strength}
    if period.kind == EXPECTED:
        text = "Ciclo de {long}: " + CYCLE_NAMES[cycle] + ", como se espera de um gasto público."
    elif period.unit == "amostras":
        text = "Ciclo de {long}, que o acaso não explica."
    else:
        text = "Ciclo de {long}, que o calendário e o acaso não explicam."
    share = "{share:pct}" if period.strength >= LEAST_SHARE else "menos de 0,1 %"
    return words.fill(text + f" Responde por {share} da variação.", facts)


def _length(period: float, unit: str) -> str:
    return f"{words.number(_tenth(period), _decimals(period))} {_unit(period, unit)}"


def _tenth(period: float) -> float:
    return round(period, 1)


def _decimals(period: float) -> int:
    return 0 if _tenth(period).is_integer() else 1


def _unit(period: float, unit: str) -> str:
    one, many = UNIT_NAMES[unit]
    return one if _tenth(period) < 2 else many


def listed(names: Sequence[str]) -> str:
    """`a`, `a e b`, `a, b e c`."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} e {names[-1]}"


def _where(place: Place) -> str:
    """`em 14/03/2024`, or `no ponto 12` counted from 1."""
    if isinstance(place, pd.Timestamp):
        return f"em {words.date(place.date())}"
    return f"no ponto {words.number(int(place) + 1)}"


def _change_text(change: Change, effect_is: str) -> str:
    since = (
        _where(change.date_or_index).replace("em ", "A partir de ").replace("no ", "A partir do ")
    )
    ratio = words.number(change.effect, 2)
    if effect_is == DIFFERENCE:
        more = "acima" if change.effect > 0 else "abaixo"
        sds = words.number(abs(change.effect), 1)
        return f"{since}, o nível da série muda: {sds} desvios-padrão do ruído {more} do de antes."
    if change.kind == "level":
        return f"{since}, o nível da série muda: {ratio} vezes o de antes."
    if change.kind == "variance":
        return f"{since}, os valores oscilam de outro modo: {ratio} vezes a variância de antes."
    return f"{since}, o padrão dos dias da semana muda: {ratio} vezes o de antes."


def _spike_text(spike: Spike, money: bool) -> str:
    form = "brl" if money else "2"
    return words.fill(
        f"{{where}}: valor de {{value:{form}}}, quando se esperava {{expected:{form}}}.",
        {
            "where": _where(spike.date_or_index).capitalize(),
            "value": spike.value,
            "expected": spike.expected,
        },
    )


def _december_text(december: December) -> str:
    return words.fill(
        "Dezembro de {year} leva {share:pct} do ano; nos {n} anos anteriores levou em média"
        " {past:pct}.",
        {
            "year": str(december.year),
            "share": december.share,
            "n": december.n_past,
            "past": december.past_share,
        },
    )


def _period_json(period: Period, cycle: str) -> dict[str, object]:
    return {
        "frequency": period.frequency,
        "period": period.period,
        "unit": period.unit,
        "strength": period.strength,
        "p_value": period.p_value,
        "q_value": period.q_value,
        "harmonics": list(period.harmonics),
        "kind": period.kind,
        "cycle": cycle or None,
        "description": describe(period, cycle),
    }


def _change_json(change: Change, effect_is: str) -> dict[str, object]:
    return {
        "date_or_index": _place(change.date_or_index),
        "kind": change.kind,
        "effect": _finite(change.effect),
        "effect_is": effect_is,
        "p_value": change.p_value,
        "description": _change_text(change, effect_is),
    }


def _spike_json(spike: Spike, money: bool) -> dict[str, object]:
    return {
        "date_or_index": _place(spike.date_or_index),
        "value": spike.value,
        "expected": spike.expected,
        "p_value": spike.p_value,
        "description": _spike_text(spike, money),
    }


def _place(place: Place) -> str | int:
    return place.date().isoformat() if isinstance(place, pd.Timestamp) else int(place)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _plain(values: Floats | Sequence[float]) -> list[float | None]:
    """A list of floats, None where missing."""
    array = np.asarray(values, dtype=np.float64)
    if np.isfinite(array).all():
        return list(array.tolist())
    return [float(v) if np.isfinite(v) else None for v in array]
