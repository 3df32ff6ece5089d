"""Figures that describe a whole table, whether or not anything in it is unusual.

Robust summaries of amounts, and concentration beside its value under chance; judges nothing.
"""

from __future__ import annotations

import numpy as np

from cidadao_models.findings import words
from cidadao_models.models.pattern_analysis import _shape
from cidadao_models.models.pattern_analysis._shape import Floats
from cidadao_models.models.pattern_analysis.shares import indices
from cidadao_models.models.pattern_analysis.study import Study

Summary = dict[str, float | int | str | None]

ROUND_STEP = 1_000.0
"""R$; amounts of at least this much that are its multiples count as round."""


def values(amounts: Floats) -> Summary | None:
    """Summary of n amounts (R$); None when none is known.

    `total` is net of negative ones (estornos); quartiles, the spread (median absolute deviation of
    the natural logarithms) and the share of round ones are those of the positive amounts.
    """
    known = amounts[np.isfinite(amounts)]
    if not len(known):
        return None
    positive = known[known > 0]
    summary: Summary = {
        "n": len(known),
        "n_missing": len(amounts) - len(known),
        "n_zero": int((known == 0).sum()),
        "n_negative": int((known < 0).sum()),
        "total": round(float(known.sum()), 2),
        "total_negative": round(float(known[known < 0].sum()), 2),
        "median": None, "q1": None, "q3": None, "mad_log": None, "round_share": None,
    }  # fmt: skip
    if len(positive):
        logs = np.log(positive)
        q1, median, q3 = (float(q) for q in np.quantile(positive, [0.25, 0.5, 0.75]))
        summary |= {"q1": q1, "median": median, "q3": q3}
        summary["mad_log"] = float(np.median(np.abs(logs - np.median(logs))))
        summary["round_share"] = _round_share(positive)
    return summary


def _round_share(positive: Floats) -> float | None:
    large = positive[positive >= ROUND_STEP]
    if not len(large):
        return None
    return float((np.rint(large * 100) % (ROUND_STEP * 100) == 0).mean())


def suppliers(study: Study) -> Summary | None:
    """Concentration of the suppliers; `null_*`: what chance gives this number of purchases.

    None without suppliers and amounts.
    """
    found, by_chance = indices(study.by_supplier), study.chance
    if study.market is None or found is None or by_chance is None:
        return None
    null_hhi = float(by_chance.hhi.mean())
    n = found.n
    return {
        "n_suppliers": n,
        "n_purchases": len(study.market.amount),
        "total": round(found.total, 2),
        "leader": study.leader,
        "hhi": found.hhi,
        "null_hhi": null_hhi,
        "normalised_hhi": found.normalised_hhi,
        "null_normalised_hhi": (null_hhi - 1 / n) / (1 - 1 / n) if n > 1 else 1.0,
        "effective_number": found.effective_number,
        "null_effective_number": float((1 / by_chance.hhi).mean()),
        "cr1": found.cr1,
        "null_cr1": by_chance.cr1,
        "cr4": found.cr4,
        "null_cr4": by_chance.cr4,
        "gini": found.gini,
        "null_gini": by_chance.gini,
    }


SUMMARIES = {"values": ("values",), "suppliers": ("suppliers",), "all": ("values", "suppliers")}
"""Summaries that each type of analysis gives; other types give none."""

_SENTENCES = {
    "values": "{n} valores somam {total:brl}; a mediana é {median:brl}, e metade fica entre"
    " {q1:brl} e {q3:brl}.",
    "suppliers": "{n_suppliers} fornecedores dividem {total:brl} em {n_purchases} compras: os"
    " quatro maiores ficam com {cr4:pct}; se coubessem ao acaso, ficariam com cerca de"
    " {null_cr4:pct}.",
}


def of_study(study: Study, analysis_type: str) -> dict[str, Summary]:
    """The summaries that a type of analysis gives of records; those that can't be made are out."""
    asked = SUMMARIES.get(analysis_type, ())
    made = {
        "values": values(_shape.amounts(study.prepared)) if "values" in asked else None,
        "suppliers": suppliers(study) if "suppliers" in asked else None,
    }
    return {name: summary for name, summary in made.items() if summary is not None}


def of_amounts(amounts: Floats, analysis_type: str) -> dict[str, Summary]:
    """The summary of bare amounts, where the type of analysis gives one."""
    summary = values(amounts) if "values" in SUMMARIES.get(analysis_type, ()) else None
    return {} if summary is None else {"values": summary}


def sentences(summaries: dict[str, Summary]) -> list[str]:
    """Each summary in a sentence."""
    return [
        words.fill(_SENTENCES[name], summary)
        for name, summary in summaries.items()
        if summary.get("total") and None not in (summary.get("median", 0), summary.get("cr4", 0))
    ]
