"""The sentences about a text: what it is, between whom, what to ask. Writes no HTML."""

from __future__ import annotations

import re

from cidadao_models.models.text_analysis import TextReport
from cidadao_models.records import mask_cpf
from cidadao_models.ui import render
from cidadao_models.ui import texts as common
from cidadao_models.ui import texts_text as texts
from cidadao_models.ui.listing import shorten

MAX_PARTIES = 2
"""Parties of one side named in the sentence; a consortium may have more."""

MAX_AMOUNTS = 3
"""Amounts named in the sentence on an addendum: before, more, and after."""

MAX_WORDS_OF_OBJECT = 220
"""Characters of the object below the sentence; the table of facts has it whole."""

MAX_NAME = 140
"""Characters of a name or term in the sentence: beyond it something else was read along."""


_TERM_LEAD = re.compile(
    r"^(?:[ao] )?(?:prazo d[ea] )?vigência (?:(?:d[eo]|deste) (?:\w+ )?(?:contrato|termo) )?"
    r"(?:será|é)(?: de)? ",
    re.IGNORECASE,
)
_OBJECT_LEAD = re.compile(r"^[ao] presente [\w ]{1,60} tem por objeto (?:[ao] )?", re.IGNORECASE)
"""How a clause begins that says again what the sentence already names."""


def facts(report: TextReport) -> list[tuple[str, str]]:
    """(label, words) of each different fact, by label in the order of the contract, then place."""
    order = {label: index for index, label in enumerate(texts.LABELS)}
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    for entity in sorted(report.entities, key=lambda e: (order.get(e.label, len(order)), e.start)):
        words = _one_line(entity.text)
        if words:
            seen.setdefault((entity.label, words.casefold()), (entity.label, words))
    return list(seen.values())


def _one_line(text: str) -> str:
    return mask_cpf(" ".join(text.split()))


def _named(report: TextReport, label: str) -> list[str]:
    return [
        shorten(_plain(name, words), MAX_NAME) for name, words in facts(report) if name == label
    ]


def _plain(label: str, words: str) -> str:
    return _TERM_LEAD.sub("", words) if label == "vigencia" else words


def _first(report: TextReport, label: str) -> str:
    return next(iter(_named(report, label)), "")


def verdict(report: TextReport) -> str:
    """`Contrato nº 25/2024, entre X e Y, no valor de R$ 1,00; vigência: 12 meses.`"""
    if report.act_type == texts.OTHER and not facts(report):
        return texts.VERDICT_OTHER
    text = title(report) + _parties(report)
    text += _amount(report)
    if report.act_type not in texts.AGREEMENTS and (day := _first(report, "data")):
        text += f"; data: {day}"
    if term := _first(report, "vigencia"):
        text += f"; vigência: {term}"
    return _closed(text)


def _closed(sentence: str) -> str:
    """With its full stop; what was cut ends in an ellipsis alone."""
    return sentence if sentence.endswith("…") else f"{sentence.rstrip('.;, ')}."


def title(report: TextReport) -> str:
    """`Termo aditivo SEGUNDO do contrato nº 25/2024`."""
    name = texts.ACTS.get(report.act_type, texts.ACTS[texts.OTHER])
    number_ = _first(report, "numero")
    if report.act_type == texts.ADDENDUM:
        ordinal = _first(report, "numero_aditivo").lower()
        name = f"{name} ({ordinal})" if ordinal else name
        return f"{name} do contrato nº {number_}" if number_ else name
    name = texts.EXCERPT if is_excerpt(report) else name
    return f"{name} nº {number_}" if number_ else name


def _parties(report: TextReport) -> str:
    buyers = _named(report, "orgao")[:MAX_PARTIES]
    others = _named(report, "contratado")[:MAX_PARTIES]
    if buyers and others:
        return f", entre {' e '.join(buyers[:1])} e {', '.join(others)}"
    if others:
        return f", com {', '.join(others)}"
    return f", de {', '.join(buyers[:1])}" if buyers else ""


def _amount(report: TextReport) -> str:
    """The first amount; an addendum quotes several, and which one is its own is not guessed."""
    values = [_money(value) for value in _named(report, "valor")[:MAX_AMOUNTS]]
    if report.act_type == texts.ADDENDUM and len(values) > 1:
        return f"; valores citados: {', '.join(values[:-1])} e {values[-1]}"
    return f", no valor de {values[0]}" if values else ""


def _money(value: str) -> str:
    return value if "$" in value else f"R$ {value}"


def object_line(report: TextReport) -> str:
    """`Objeto: …`, cut where it is long."""
    words = next((words for name, words in facts(report) if name == "objeto"), "")
    named = shorten(_OBJECT_LEAD.sub("", words).rstrip(". "), MAX_WORDS_OF_OBJECT)
    return _closed(f"Objeto: {named}") if words else ""


def is_excerpt(report: TextReport) -> bool:
    """Whether the text is clauses of a contract alone: no number, no party, most parts absent."""
    labels = {entity.label for entity in report.entities}
    statuses = [item.status for item in report.checklist]
    return (
        report.act_type == texts.CONTRACT
        and labels.isdisjoint(texts.WHO_AND_WHICH)
        and statuses.count("missing") > statuses.count("found")
    )


def not_found(report: TextReport) -> str:
    """Which of the facts that such an act states were not found; an excerpt need not state any."""
    if is_excerpt(report):
        return ""
    have = {entity.label for entity in report.entities}
    wanted = texts.EXPECTED.get(report.act_type, ())
    lacking = [texts.LABELS[label] for label in wanted if label not in have]
    return texts.NOT_FOUND.format(what=", ".join(lacking)) if lacking else ""


def steps(report: TextReport) -> list[str]:
    """What to ask for: the next step of every signal, then the missing parts together."""
    asked = [mask_cpf(signal.next_step) for signal in report.signals if signal.next_step]
    missing = [item.title for item in report.checklist if item.status == "missing"]
    if is_excerpt(report):
        asked.append(texts.ASK_WHOLE)
    elif missing:
        asked.append(texts.ASK_MISSING.format(what="; ".join(missing)))
    return list(dict.fromkeys(asked))


def lai_request(report: TextReport) -> str:
    """A request under the access to information law, ready to be sent to the body."""
    process = _first(report, "processo")
    what = title(report)[:1].lower() + title(report)[1:] + _parties(report)
    what += f", processo {process}" if process else ""
    documents = [
        name for signal in report.signals for name in render.documents_asked(signal.next_step)
    ]
    asked = dict.fromkeys([common.LAI_PROCESS, *documents, common.LAI_PAYMENTS])
    items = "\n".join(f"{index}. {text}" for index, text in enumerate(asked, start=1))
    context = " ".join(signal.explanation for signal in report.signals[:2])
    return common.LAI_TEMPLATE.format(
        what=what, items=items, context=mask_cpf(context) or texts.LAI_WITHOUT_SIGNALS
    )
