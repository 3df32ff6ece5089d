"""Longest terms of ordinary contracts, and the contracts that have rules of their own.

Told from the words of the record alone; a kind of contract that no word names stays ordinary.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cidadao_models.flags import _dates, _terms
from cidadao_models.flags._dates import Bools, Days, Ints
from cidadao_models.flags._limits import REGIMES, START_OF_14133, Regime

_OTHER_RULES = re.compile(
    # real estate and what the body only uses or lets (Lei 8.245/1991)
    r"\bim ?oveis\b|\bim ?ovel\b|\biovel\b|\bimv|residencia|predios?\b|\bsalas?\b|galp(?:ao|oes)"
    r"|terrenos?\b|edifici|\blojas?\b|\bcasas?\b|apartamento|\bbox(?:es)?\b|cessao|comodato"
    r"|arrendamento|alienac|compra e venda|doac(?:ao|oes)"
    # concessions and contracts that bring revenue or savings (art. 110)
    r"|concess|permiss|parceria|\bppp\b|onerosa?\b|explorac|outorga|franquia|eficiencia energetica"
    r"|folha de pagamento|receita\b|patrocinio|publicidade em"
    # agreements
    r"|convenio|acordo|cooperac|fomento|colaborac|termo de (?:parceria|execucao|compromisso)"
    r"|contrato de (?:gestao|repasse|programa|rateio)|organizac\w+ socia|consorcio|adesao ao"
    # credit
    r"|credito|emprestimo|financiament|\bbndes\b|\bbird\b|\bbid\b|agente financeiro|bancari"
    r"|garantia da uniao|seguro"
    # public services and monopolies (art. 109)
    r"|energia eletrica|distribuic\w+ de energia|fornecimento de energia|\bagua\b|esgot|saneamento"
    r"|correio|postal|postais|telecomunicac|gas (?:canalizado|natural)|imprensa oficial"
    r"|diario oficial|pedagio|loteri"
    # a fixed result (art. 111) and research (art. 108)
    r"|\bobras?\b|constru|reforma|paviment|restaurac|requalific|urbaniz|implantac|engenharia"
    r"|projetos?\b|supervisao|fiscalizac|gerenciamento d[aeo]s? (?:obra|programa)|encomenda"
    r"|pesquisa|desenvolvimento|transferencia de tecnologia|defesa|armamento|escopo"
    r"|amplia|recuperac|edificac|drenagem|rodovi|ponte\b|duplicac|barragem|estudos?\b|consultoria"
)
"""Contracts that arts. 106 and 107 do not rule, or that may not be."""

_SOFTWARE = re.compile(r"software|sistemas?\b|licenc|informatic|tecnologia da informac|\bti\b")
"""May be a structuring system (art. 114): its longer limit is taken."""

_TEXTS = ("objeto", "categoria", "modalidade", "fundamento_legal")


@dataclass(frozen=True, slots=True)
class Limits:
    """Longest term at signature and in total; `extendable`: it may have been extended."""

    first: _terms.Term
    total: _terms.Term
    extendable: bool

    @property
    def reserve(self) -> str:
        """What the law still allows, in words."""
        if self.total.regime == "8.666":
            return ", e até 72 meses em caráter excepcional (§ 4º)"
        return f", e até {self.total.in_words} com prorrogações (art. 107)"


def ordinary(contracts: pd.DataFrame, rows: Ints) -> Bools:
    """Whether each of `rows` is a described purchase that no word puts under other rules."""
    texts = _dates.plain_texts(contracts, rows, *_TEXTS)
    described = _dates.plain_texts(contracts, rows, "objeto")
    told = [
        bool(about.split()) and _OTHER_RULES.search(text) is None
        for text, about in zip(texts, described, strict=True)
    ]
    works = contracts["_obra"].to_numpy()[rows]
    companies = _dates.regimes(contracts, rows) == REGIMES.index("13.303")
    return np.asarray(np.array(told, dtype=bool) & ~works & ~companies)


def limits(contracts: pd.DataFrame, rows: Ints, start: Days) -> list[Limits]:
    """Limits of each of `rows`: those of the mildest law that may rule it."""
    regime = _dates.regimes(contracts, rows)
    software = _dates.matching(contracts, rows, _SOFTWARE, "objeto", "categoria")
    signed = _signed_once(contracts, rows)
    found = []
    for i, day in enumerate(start.astype(object)):
        stated = REGIMES[regime[i]] if regime[i] >= 0 else None
        law = max(_terms.laws(stated, day), key=lambda name: name == "14.133")
        found.append(_of_law(law, day, software=bool(software[i]), signed_once=bool(signed[i])))
    return found


def _of_law(law: Regime, day: dt.date, *, software: bool, signed_once: bool) -> Limits:
    from_day = max(day, START_OF_14133) if law == "14.133" else day
    first = _terms.sure("continuo_na_assinatura", law, from_day)
    long = software and law == "14.133"
    total = _terms.sure("sistema_estruturante" if long else "continuo_total", law, from_day)
    return Limits(total if long else first, total, extendable=not signed_once or long)


def _signed_once(contracts: pd.DataFrame, rows: Ints) -> Bools:
    """Contracts known to have no amendment: their term is that of the signature."""
    if "n_aditivos" not in contracts or not len(rows):
        return np.zeros(len(rows), dtype=bool)
    count = contracts["n_aditivos"].to_numpy(np.float64, na_value=np.nan)[rows]
    dated = ~np.isnat(_dates.days(contracts, "data_aditivo")[rows])
    return np.asarray((count == 0) & ~dated)
