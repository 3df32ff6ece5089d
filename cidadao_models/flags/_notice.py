"""Days that each tender gave for proposals, beside the smallest legal minimum.

Whether the published dates are those of the notice is judged for the file as a whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from cidadao_models.flags import _calendar, _dates, _limits, _terms
from cidadao_models.flags._dates import Days, Ints
from cidadao_models.flags._peers import encode

Floats = npt.NDArray[np.float64]

_MODALITIES = re.compile(
    "^(?:pregao|concorrencia|tomada_precos|convite|leilao|concurso|dialogo)".replace("_", " ?")
)
"""Classes of modality that have a minimum."""

_SERVICE = re.compile(r"^(?:servico|obra)\b")
"""Objects that are plainly works or services; else the shorter time for goods is assumed."""

_HALVED = re.compile("^pregao")
PANDEMIC = np.datetime64("2020-02-07"), np.datetime64("2021-12-31")
"""Days when pregões against the pandemic had half the time (Lei 13.979/2020, art. 4º-G; Lei
14.217/2021; from memory): the record need not say which they are."""

_HEALTH_MINISTRY = re.compile(r"minist\w+ da saude|\bsus\b|oswaldo cruz|fiocruz|funasa")
"""Half the time under Lei 14.133/2021, art. 55, § 2º (verified)."""

_VOID = re.compile("revog|anulad|cancelad|suspens|desert|fracassad")

MAX_NOTICE_DAYS = 730
"""Days; a longer notice is an entry error or another date."""

MIN_CHECKED, MIN_NEAR, MIN_SHOWN = 20, 5, 0.2
SAME_DENSITY = 0.6
"""Where the law is kept, few notices lie just under the minimum beside those just over it. A file
in which 20 % of 20 or more are short, or with as many just under as 0.6 times those just over,
publishes another date."""

NEAR = 3
"""Days (of the term's unit) that count as just under or just over."""


@dataclass(frozen=True, slots=True)
class Notices:
    """Tenders with both dates: position, dates, days given, minimum and the term it comes from."""

    row: Ints
    field: str
    published: Days
    deadline: Days
    given: Ints
    minimum: Ints
    term: Ints
    terms: list[_terms.Term]

    def in_words(self, i: int) -> str:
        """The i-th minimum: "8 dias úteis"."""
        return _terms.counted(int(self.minimum[i]), self.terms[self.term[i]].unit)


def notices(contracts: pd.DataFrame) -> Notices:
    """Tenders published on or before their deadline, with a known minimum."""
    field = "data_encerramento" if _known(contracts, "data_encerramento") else "data_abertura"
    published = _dates.sane(_dates.days(contracts, "data_publicacao"))
    deadline = _dates.sane(_dates.days(contracts, field))
    known = ~(np.isnat(published) | np.isnat(deadline))
    gap = np.where(known, (deadline - published).astype(np.int64), -1)
    rows = np.flatnonzero((gap >= 0) & (gap <= MAX_NOTICE_DAYS))
    rows = rows[_dates.told(contracts, rows, _MODALITIES, "_modalidade")]
    rows = rows[~_dates.told(contracts, rows, _VOID, "situacao")]
    published, deadline = published[rows], deadline[rows]
    term, terms = _minimums(contracts, rows, published)
    keep = term >= 0
    rows, published, deadline, term = rows[keep], published[keep], deadline[keep], term[keep]
    minimum = np.array([t.amount for t in terms], dtype=np.int64)[term]
    half = _halved(contracts, rows, published, np.array([t.regime for t in terms])[term])
    in_days = np.array([t.unit == "dias" for t in terms], dtype=bool)[term]
    working = _calendar.working_days(published, deadline)
    return Notices(
        row=rows,
        field=field,
        published=published,
        deadline=deadline,
        given=np.where(in_days, gap[rows], working),
        minimum=np.where(half, (minimum + 1) // 2, minimum),
        term=term,
        terms=terms,
    )


def _known(contracts: pd.DataFrame, name: str) -> bool:
    return name in contracts and bool(contracts[name].notna().any())


def _minimums(
    contracts: pd.DataFrame, rows: Ints, published: Days
) -> tuple[Ints, list[_terms.Term]]:
    """Position of each row's minimum in a list of terms, -1 without one.

    Each mix of modality, law, era and kind of purchase is looked up once.
    """
    modality = encode(contracts["_modalidade"].iloc[rows], len(rows))
    regime = _dates.regimes(contracts, rows)
    service = _dates.told(contracts, rows, _SERVICE, "_grupo_nome")
    key = ((modality.codes * 4 + regime + 1) * 64 + _terms.eras(published)) * 2 + service
    _, first, mix = np.unique(key, return_index=True, return_inverse=True)
    terms: list[_terms.Term] = []
    position = []
    for i in first.tolist():
        term = _terms.notice(
            modality.texts[modality.codes[i]],
            published[i].astype(object),
            stated=_limits.REGIMES[regime[i]] if regime[i] >= 0 else None,
            kind="servicos" if service[i] else "",
        )
        position.append(len(terms) if term is not None else -1)
        terms.extend([term] if term is not None else [])
    return np.array(position, dtype=np.int64)[mix], terms


def _halved(
    contracts: pd.DataFrame, rows: Ints, published: Days, law: npt.NDArray[np.str_]
) -> npt.NDArray[np.bool_]:
    """Tenders that may have had half the time."""
    half = (published >= PANDEMIC[0]) & (published <= PANDEMIC[1])
    if half.any():
        half &= _dates.told(contracts, rows, _HALVED, "_modalidade")
    for name in ("orgao", "unidade_gestora"):
        half |= (law == "14.133") & _dates.told(contracts, rows, _HEALTH_MINISTRY, name)
    return half


def shows_no_minimum(found: Notices) -> bool:
    """Whether the file's dates do not show the cut that the law makes in them."""
    under = found.given < found.minimum
    if len(under) >= MIN_CHECKED and under.mean() > MIN_SHOWN:
        return True
    distance = found.given - found.minimum
    below = int(((distance < 0) & (distance >= -NEAR)).sum())
    above = int(((distance >= 0) & (distance < NEAR)).sum())
    return min(below, above) >= MIN_NEAR and below > SAME_DENSITY * above
