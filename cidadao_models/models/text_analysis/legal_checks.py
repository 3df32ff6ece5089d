"""The red flags and dated limits used for tables, applied to the facts read in one text.

Each check has three answers: a signal, nothing, or why it could not be made. Finds no facts itself
and knows no limit: those are in `as_record` and in `flags`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from cidadao_models import flags
from cidadao_models.findings import NotEvaluated, severity, words
from cidadao_models.flags import Flag, Hit, _award_limits, _direct, _peers
from cidadao_models.models.text_analysis.as_record import Place, Record, as_record
from cidadao_models.models.text_analysis.entities import Entity
from cidadao_models.models.text_analysis.folding import Folded
from cidadao_models.models.text_analysis.report import Signal
from cidadao_models.records import FIELDS

CHECKS: Mapping[str, tuple[str, ...]] = {
    "dispensa_acima_do_limite": ("valor", "fundamento_legal", "modalidade"),
    "emergencia_acima_do_prazo": ("vigencia_fim", "vigencia_inicio", "fundamento_legal"),
    "prazo_acima_do_limite": ("vigencia_fim", "vigencia_inicio"),
    "valor_final_acima_do_inicial": ("valor_final", "valor_aditivos", "valor_inicial"),
    "datas_incoerentes": ("vigencia_fim", "data_assinatura", "data_abertura", "data"),
    "fundamento_incoerente": ("fundamento_legal", "modalidade"),
    "objeto_generico": ("objeto",),
    "prazo_de_publicacao_curto": ("data_abertura", "data_publicacao"),
}
"""Flags that judge a record by itself, and the fields whose place is told, the first known one."""

_ON_CONTRACTS = (
    "dispensa_acima_do_limite", "emergencia_acima_do_prazo", "prazo_acima_do_limite",
    "datas_incoerentes", "fundamento_incoerente", "objeto_generico",
)  # fmt: skip
OF_ACT: Mapping[str, tuple[str, ...]] = {
    "contrato": _ON_CONTRACTS,
    "extrato_contrato": _ON_CONTRACTS,
    "aditamento_contrato": (
        "valor_final_acima_do_inicial", "emergencia_acima_do_prazo", "prazo_acima_do_limite",
        "datas_incoerentes",
    ),
    "extrato_convenio": ("datas_incoerentes", "objeto_generico"),
    "aviso_licitacao": (
        "prazo_de_publicacao_curto", "datas_incoerentes", "fundamento_incoerente",
        "objeto_generico",
    ),
    "suspensao_licitacao": (),
    "anul_revog_licitacao": (),
}  # fmt: skip
"""What each kind of act can be asked; of any of them, whether its documents are valid."""

DOCUMENT, JUST_BELOW = "documento_invalido", "dispensa_logo_abaixo_do_limite"

NEAR_LIMIT = 0.95
"""Share of the limit from which an award is close to it: the window that `_bunching` looks at."""

NEAR_WEIGHT = 0.3
"""Weight of one award at the limit itself: lawful alone, it only tells what to look for."""


@dataclass(frozen=True, slots=True)
class Checked:
    """One record prepared for the flags, with where its fields stand in the text."""

    table: pd.DataFrame
    record: Record

    def place(self, names: Sequence[str]) -> Place | None:
        """Where the first of these fields that is known stands."""
        return next((self.record.places[n] for n in names if n in self.record.places), None)


def check(
    folded: Folded, entities: Sequence[Entity], act_type: str
) -> tuple[list[Signal], list[NotEvaluated]]:
    """Signals of the facts, strongest first, and the checks that could not be made."""
    if act_type not in OF_ACT:
        return [], []
    record = as_record(folded, entities, act_type)
    told = Checked(_table(record), record)
    found, unseen = _documents(entities, asked="datas_incoerentes" in OF_ACT[act_type])
    for one in flags.all_flags():
        if one.id in OF_ACT[act_type]:
            missing = _own_rules(one, folded) or flags.not_evaluated(one, told.table)
            if missing is not None:
                unseen.append(_unseen(missing, record))
                continue
            place = told.place(CHECKS[one.id])
            found += [_signal(one, hit, place) for hit in one.hits(told.table)]
    if "dispensa_acima_do_limite" in OF_ACT[act_type]:
        found += _just_below(told)
    return sorted(found, key=lambda s: (-s.weight, s.id)), unseen


_OTHER_TERMS = re.compile(
    r"\b(?:concess|cess|permiss|autorizac)\w+ (?:\w+ ){0,3}de uso\b|\bcomodato\b|\bcooperacao\b"
    r"|\blocacao de im(?:ovel|oveis)\b"
)
"""Contracts whose terms arts. 106 and 107 do not rule, where the object alone may not tell it."""


def _own_rules(one: Flag, folded: Folded) -> NotEvaluated | None:
    if one.id != "prazo_acima_do_limite" or not _OTHER_TERMS.search(folded.text):
        return None
    reason = "não verificado: concessões, cessões e locações de imóvel têm prazo próprio"
    return NotEvaluated(one.id, one.title, reason)


def _table(record: Record) -> pd.DataFrame:
    """The record as the one-row table that the flags read."""
    columns = {name: _column(name, value) for name, value in record.values.items()}
    for name in record.impossible:
        columns.setdefault(name, pd.Series([pd.NaT], dtype="datetime64[us]"))
    if not columns:
        columns["objeto"] = pd.Series([None], dtype="str")
    table = pd.DataFrame(columns)
    table.attrs[_peers.IMPOSSIBLE_DATES] = {
        name: {0: text} for name, text in record.impossible.items()
    }
    return flags.prepare(table)


def _column(name: str, value: object) -> pd.Series:
    kind = FIELDS[name].kind
    if kind == "date":
        return pd.Series(np.array([value], dtype="datetime64[us]"))
    if kind in ("money", "number"):
        return pd.Series([value], dtype=np.float64)
    return pd.Series(pa.array([str(value)]).to_pandas(), dtype="str")


# -- words ---------------------------------------------------------------------------------------

_NAMES = ((re.compile(r"\bregistro\b"), "texto"), (re.compile(r"\barquivo\b"), "texto"))


def _of_text(sentence: str) -> str:
    """The words that flags have for tables, said of a text."""
    for pattern, name in _NAMES:
        sentence = pattern.sub(name, sentence)
    return sentence


def _unseen(missing: NotEvaluated, record: Record) -> NotEvaluated:
    why = [record.reasons[name] for name in missing.missing if name in record.reasons]
    reason = f"{missing.reason} ({'; '.join(why)})" if why else missing.reason
    if missing.id == "datas_incoerentes":
        reason = "não verificado: o texto não traz datas que se possam comparar"
    return NotEvaluated(missing.id, missing.title, _of_text(reason), missing.missing)


def _signal(one: Flag, hit: Hit, place: Place | None) -> Signal:
    reason = one.reason(hit)
    start, end = place or (None, None)
    return Signal(
        id=one.id,
        title=one.title,
        explanation=_of_text(reason.explanation),
        legal_basis=one.legal_basis,
        innocent=one.innocent,
        next_step=_of_text(one.next_step),
        severity=severity(hit.weight),
        start=start,
        end=end,
        weight=hit.weight,
        facts=dict(hit.facts),
    )


# -- checks that need more than the record -------------------------------------------------------


def _just_below(told: Checked) -> Iterator[Signal]:
    """A direct award by value that stands just under its limit: context, no more."""
    grounds = _direct.grounds(told.table)
    rows = np.array([0])
    if grounds.ground[0] not in _direct.BY_VALUE or "data" not in told.record.values:
        return
    held = _award_limits.bars(told.table, rows, grounds.regime)
    limit = float((held.works if grounds.ground[0] == _direct.VALUE_WORKS else held.other)[0])
    value = float(_award_limits.awarded(told.table)[0])
    if not NEAR_LIMIT * limit <= value < limit:
        return
    one = next(flag for flag in flags.all_flags() if flag.id == JUST_BELOW)
    facts: dict[str, object] = {"valor": value, "limite": limit, "parte": value / limit}
    facts["ato"] = _award_limits.act_of(told.table, 0, limit, int(grounds.regime[0]))
    explain = (
        "Os {valor:brl} são {parte:pct} do limite de {limite:brl} da dispensa por valor ({ato})."
    )
    weight = NEAR_WEIGHT * (value / limit - NEAR_LIMIT) / (1 - NEAR_LIMIT)
    start, end = told.place(("valor",)) or (None, None)
    yield Signal(
        id=one.id,
        title="Dispensa logo abaixo do limite",
        explanation=words.fill(explain, facts),
        legal_basis=one.legal_basis,
        innocent="uma compra pode custar isso: sozinha, é lícita; só a repetição diz algo.",
        next_step=one.next_step,
        severity=severity(weight),
        start=start,
        end=end,
        weight=weight,
        facts=facts,
    )


def _documents(
    entities: Sequence[Entity], *, asked: bool
) -> tuple[list[Signal], list[NotEvaluated]]:
    """Each CNPJ of the text whose check digits do not hold, at its first mention."""
    one = next(flag for flag in flags.all_flags() if flag.id == DOCUMENT)
    places: dict[str, Place] = {}
    for entity in entities:
        if entity.label == "cnpj":
            places.setdefault(entity.text.strip(), (entity.start, entity.end))
    if not places:
        if not asked:
            return [], []
        why = NotEvaluated(one.id, one.title, "não verificado: o texto não traz CNPJ", ("cnpj",))
        return [], [why]
    table = flags.prepare(pd.DataFrame({"fornecedor_id": pd.Series(list(places), dtype="str")}))
    found = list(places.values())
    return [_signal(one, hit, found[int(hit.rows[0])]) for hit in one.hits(table)], []
