"""A contract published long after it was signed and its term began.

Only publications after the signature count: an earlier one is that of the tender. Whether it was
the first publication the record does not say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from cidadao_models.flags import Hit, _calendar, _dates, _limits, _strength, _terms, flag
from cidadao_models.flags._dates import Days, Ints

WELL_BEYOND_DAYS = 30
"""Days after the legal deadline at the bar."""

FEW_DAYS = 5
"""Days after the deadline that city holidays and a weekly gazette explain."""

LONGEST_DELAY_DAYS = 5 * 365
"""A longer delay is an entry error, or the publication of something else."""

MIN_CHECKED, COMMON = 10, 0.2
"""Where over 20 % of 10 or more come late, the date is likely that of a load into the portal, or
the body is always late: then it only gives context, and only what is well beyond is told."""

DIRECT = re.compile("dispensa|inexigibilidade")


@flag(
    id="publicacao_apos_inicio",
    title="Contrato publicado muito depois de começar",
    legal_basis="Lei 14.133/2021, art. 94; Lei 8.666/1993, art. 61, parágrafo único",
    needs=("data_publicacao", ("data_assinatura", "vigencia_inicio"), ("objeto", "modalidade")),
    explain="Publicado em {publicacao}, com {marco} em {inicio}: {atraso} dias depois do prazo"
    " de publicação, que acabou em {prazo} ({ato}).",
    innocent="a data for a de uma republicação ou de um aditivo, ou se o contrato já tivesse saído"
    " antes em outro meio oficial.",
    next_step="procure o extrato do contrato no diário oficial e no PNCP e veja se houve pagamento"
    " antes da publicação.",
    method="Conta 20 dias úteis da assinatura (10 na contratação direta) ou, na Lei 8.666, o quinto"
    " dia útil do mês seguinte mais 20 dias; na dúvida, o prazo maior. Só pesa o que passa muito"
    " disso; se for comum no arquivo, é contexto.",
    example={
        "publicacao": "20/08/2024",
        "marco": "assinatura",
        "inicio": "04/03/2024",
        "atraso": 137,
        "prazo": "03/04/2024",
        "ato": "Lei 14.133/2021, art. 94, I",
    },
)
def check(contracts: pd.DataFrame) -> Iterator[Hit]:
    """Publications after the start of the term and well after the legal deadline."""
    published = _dates.sane(_dates.days(contracts, "data_publicacao"))
    signed = _dates.sane(_dates.days(contracts, "data_assinatura"))
    began = _dates.sane(_dates.days(contracts, "vigencia_inicio"))
    base = np.where(np.isnat(signed), began, signed)
    known = ~(np.isnat(published) | np.isnat(base))
    delay = np.where(known, (published - base).astype(np.int64), -1)
    checked = int(((delay >= 0) & (delay <= LONGEST_DELAY_DAYS)).sum())
    with np.errstate(invalid="ignore"):
        running = np.isnat(began) | (published > began)
        rows = np.flatnonzero((delay > 0) & (delay <= LONGEST_DELAY_DAYS) & running)
    deadline, acts = _deadlines(contracts, rows, base[rows])
    late = (published[rows] - deadline).astype(np.int64)
    weights = _strength.from_days(np.maximum(late, 1), bar=WELL_BEYOND_DAYS)
    least = FEW_DAYS + 1
    if checked >= MIN_CHECKED and (late >= least).sum() > COMMON * checked:
        weights, least = np.minimum(weights, _strength.CONTEXT), WELL_BEYOND_DAYS
    labels = contracts.index.to_numpy()
    for i in np.flatnonzero(late >= least):
        row = rows[i]
        facts: dict[str, object] = {
            "publicacao": _dates.written(published[row]),
            "marco": "início da vigência" if np.isnat(signed[row]) else "assinatura",
            "inicio": _dates.written(base[row]),
            "atraso": int(late[i]),
            "prazo": _dates.written(deadline[i]),
            "ato": acts[i],
        }
        yield Hit([int(labels[row])], facts, float(weights[i]))


def _deadlines(contracts: pd.DataFrame, rows: Ints, base: Days) -> tuple[Days, list[str]]:
    """Last day to publish each of `rows`, by the mildest law that may rule it, and its act."""
    regime = _dates.regimes(contracts, rows)
    direct = _dates.told(contracts, rows, DIRECT, "_modalidade")
    choices = [_terms.publication(direct=False), _terms.publication(direct=True)]
    allowed = np.array([term.amount for term in choices])[direct.astype(np.int64)]
    new = _calendar.after_working_days(base, allowed)
    month = base.astype("datetime64[M]") + np.timedelta64(1, "M")
    eve = (month.astype("datetime64[D]") - np.timedelta64(1, "D")).astype("datetime64[D]")
    fifth = _calendar.after_working_days(eve, 5)
    old_term = _terms.publication_under_8666()
    old = fifth + np.timedelta64(old_term.amount, "D")
    stated_new = regime == _limits.REGIMES.index("14.133")
    may_be_old = ~stated_new & ((regime >= 0) | (base <= np.datetime64(_limits.END_OF_8666)))
    by_old = may_be_old & (old >= new)
    acts = [old_term.act if o else choices[int(d)].act for o, d in zip(by_old, direct, strict=True)]
    return np.where(by_old, old, new), acts
