"""Writes the facts of an act in the form of another gazette, of a notice or of a contract.

Takes the facts from the act and makes up only what the form needs besides (an UASG, a number).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from random import Random

from cidadao_models.training import invented_names
from cidadao_models.training.form_texts import FORMS, Form
from cidadao_models.training.weak_act import WeakAct

_SLOT = re.compile(r"\{(\w+)\}")
_BUYS = re.compile(
    r"(?i)(?:a |o )?(?:aquisi|contrata|presta|forneci|execu|loca|constru|reforma|manuten|servi)"
)
"""How an object of a tender begins: others, as "prorrogação", make no notice."""


_UNSURE = "?"
"""Label of words that the loss skips: a tender's number is marked in some kinds of act only."""


@dataclass
class _Written:
    text: str = ""
    spans: list[tuple[int, int, str]] = field(default_factory=list)
    ignore: list[tuple[int, int]] = field(default_factory=list)


def rewritten(act: WeakAct, rng: Random) -> WeakAct:
    """The act in one of the forms its facts suffice for; the act itself where none does."""
    fit = [form for form in FORMS if _fits(act, form)]
    if not fit:
        return act
    form = rng.choice(fit)
    made = made_up(rng)
    written = _Written()
    for sentence in form.sentences:
        words = rng.choice(sentence) if isinstance(sentence, tuple) else sentence
        if all(_known(act, slot, made) for slot in _SLOT.findall(words)):
            _write(written, act, words, made)
    text = written.text.rstrip()
    return WeakAct(
        text, tuple(sorted(written.spans)), form.act_type or act.act_type, tuple(written.ignore)
    )


def made_up(rng: Random) -> dict[str, tuple[str, str]]:
    """What forms need besides the act's facts: words and their label, "" for none."""
    year = rng.randint(2009, 2025)
    date = f"{rng.randint(1, 28):02d}/{rng.randint(1, 12):02d}/{year}"
    tender = rng.choice(_TENDERS)
    return {
        "uasg": (f"{rng.randrange(150000, 990000)}", ""),
        "n_licitacao": (_number(rng, year), _UNSURE),
        "numero_edital": (_number(rng, year), "numero"),
        "licitacao": (tender if rng.random() < 0.7 else tender.upper(), "modalidade"),
        "publicado": (date, ""),
        "abertura": (rng.choice((date, _long_date(date))), "data"),
        "assinado": (rng.choice((date, _long_date(date))), "data"),
        "hora": (f"{rng.randint(8, 16):02d}h{rng.choice(('00', '30', '00min'))}", ""),
        "pessoa": (invented_names.person(rng), ""),
        "cnpj_novo": (invented_names.cnpj(rng), "cnpj"),
        "uo": (f"{rng.randint(10, 60)}{rng.choice(('', '.'))}{rng.randint(101, 999)}", "dotacao"),
        "natureza": (
            rng.choice(("33.90.39", "3.3.90.30", "449052", "44.90.51", "3.3.90.40")),
            "dotacao",
        ),
        "fonte": (rng.choice(("100", "0100", "1500", "120", "15000000")), "dotacao"),
        "lei": (rng.choice(_LEGAL), "fundamento_legal"),
    }


_TENDERS = (
    "Pregão Eletrônico", "Pregão Eletrônico", "Pregão Presencial", "Concorrência", "Convite",
    "Concorrência Eletrônica", "Dispensa Eletrônica", "Chamamento Público", "Tomada de Preços",
)  # fmt: skip
_LEGAL = (
    "art. 75, inciso II, da Lei nº 14.133/2021", "art. 28, I, da Lei nº 14.133/2021",
    "art. 24, inciso II, da Lei nº 8.666/93", "art. 25, caput, da Lei nº 8.666/1993",
    "art. 74, inciso III, da Lei 14.133/21", "artigo 57, inciso II, da Lei Federal nº 8.666/93",
)  # fmt: skip
_MONTHS = (
    "janeiro", "fevereiro", "março", "abril", "maio", "junho", "julho", "agosto", "setembro",
    "outubro", "novembro", "dezembro",
)  # fmt: skip


def _number(rng: Random, year: int) -> str:
    form = rng.choice(("{:02d}/{}", "{:03d}/{}", "{}/{}"))
    return form.format(rng.randint(1, 400), year)


def _long_date(date: str) -> str:
    day, month, year = date.split("/")
    return f"{int(day)} de {_MONTHS[int(month) - 1]} de {year}"


def _known(act: WeakAct, slot: str, made: dict[str, tuple[str, str]]) -> bool:
    return slot in made or act.first(slot) is not None


def _write(written: _Written, act: WeakAct, words: str, made: dict[str, tuple[str, str]]) -> None:
    last = 0
    for slot in _SLOT.finditer(words):
        written.text += words[last : slot.start()]
        start = len(written.text)
        if slot[1] in made:
            value, label = made[slot[1]]
            written.text += value
            if label == _UNSURE:
                written.ignore.append((start, len(written.text)))
            elif label:
                written.spans.append((start, len(written.text), label))
        else:
            _copy(written, act, slot[1])
        last = slot.end()
    written.text += words[last:]


def _copy(written: _Written, act: WeakAct, label: str) -> None:
    """The first fact with this label, and the marks inside it."""
    start, end, _ = next(span for span in act.spans if span[2] == label)
    by = len(written.text) - start
    written.text += act.text[start:end]
    inside = [(s, e, found) for s, e, found in act.spans if start <= s and e <= end]
    written.spans += [
        (s + by, e + by, found) for s, e, found in inside if found != label or s == start
    ]
    pieces = ((max(s, start), min(e, end)) for s, e in act.ignore)
    written.ignore += [(s + by, e + by) for s, e in pieces if s < e]


def _fits(act: WeakAct, form: Form) -> bool:
    if act.act_type not in form.of or any(act.first(label) is None for label in form.needs):
        return False
    return not form.buys or _BUYS.match(act.first("objeto") or "") is not None
