"""The facts read in one text as one spending record, with the place that each field came from.

Chooses among several mentions by the words around them; leaves a field empty rather than guess.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from cidadao_models.models.text_analysis import quantities
from cidadao_models.models.text_analysis.entities import Entity, in_order
from cidadao_models.models.text_analysis.folding import Folded, fold_text

Place = tuple[int, int]
Value = str | float | dt.date

NOTICES = frozenset({"aviso_licitacao", "suspensao_licitacao", "anul_revog_licitacao"})
AROUND = 90
"""Characters of the view before a fact that tell what it is about."""


@dataclass(slots=True)
class Record:
    """Canonical fields (see `records.FIELDS`) with their places in the text.

    `impossible` holds by field the dates that the calendar does not have, as written; `reasons`
    says in Portuguese why a field that the text seems to have could not be taken from it.
    """

    values: dict[str, Value] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    impossible: dict[str, str] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)

    def put(self, name: str, value: Value | None, place: Place | None) -> None:
        """Fill an empty field; nothing happens without a value."""
        if value is not None and name not in self.values:
            self.values[name] = value
            if place is not None:
                self.places[name] = place


def as_record(folded: Folded, entities: Sequence[Entity], act_type: str) -> Record:
    """One record with what the entities and the words around them tell."""
    made = Record()
    by_label: dict[str, list[Entity]] = {}
    for entity in in_order(entities):
        by_label.setdefault(entity.label, []).append(entity)
    _texts(made, by_label)
    _document(made, by_label)
    if act_type in NOTICES:
        _notice(made, folded, by_label)
    else:
        _signing(made, folded, by_label.get("data", []))
        _amount(made, folded, by_label.get("valor", []), "valor")
        if act_type == ADDENDUM:
            made.reasons["vigencia_inicio"] = made.reasons["vigencia_fim"] = _OLD_TERM
        else:
            _term(made, by_label.get("vigencia", []))
        _growth(made, folded)
    return made


ADDENDUM = "aditamento_contrato"
_OLD_TERM = "um aditivo repete datas do contrato que muda, e o texto só não diz quais são novas"


_TEXTS = {"orgao": "orgao", "contratado": "fornecedor", "objeto": "objeto",
          "modalidade": "modalidade", "numero": "numero"}  # fmt: skip


def _texts(made: Record, by_label: dict[str, list[Entity]]) -> None:
    for label, name in _TEXTS.items():
        for first in by_label.get(label, [])[:1]:
            made.put(name, " ".join(first.text.split()), (first.start, first.end))
    cited = by_label.get("fundamento_legal", [])
    if cited:
        text = "; ".join(dict.fromkeys(" ".join(e.text.split()) for e in cited))
        made.put("fundamento_legal", text, (cited[0].start, cited[0].end))


def _document(made: Record, by_label: dict[str, list[Entity]]) -> None:
    """The CNPJ that follows the contractor's name; with one CNPJ and no buyer, that one."""
    documents = by_label.get("cnpj", [])
    for name in by_label.get("contratado", [])[:1]:
        after = [e for e in documents if e.start >= name.end]
        buyers = [e for e in by_label.get("orgao", []) if e.start >= name.end]
        if after and not any(e.start < after[0].start for e in buyers):
            made.put("fornecedor_id", after[0].text, (after[0].start, after[0].end))


# -- dates ---------------------------------------------------------------------------------------

_OPENING = re.compile(
    r"abertura|sessao|recebimento|limite|realiza|disputa|inicio|encerra|ate o dia"
)
_SIGNING = re.compile(r"assin|firmad|celebrad|data\b")
_AVAILABLE = re.compile(
    r"(?:edital|disponiv\w+|retirad\w+|obtid\w+|encontra\w*|adquirid\w+)[^;]{0,160}"
    r"a partir d[eo] (?:dia )?(?:de )?(?=\d)"
)
_AGAIN = re.compile(
    r"nova data|reabert|remarc|adiad|adiamento|prorrog|retific|republic|suspen|reagend|\(\*\)"
    r"|errata|segunda chamada|2a chamada|repetic|nova abertura|alterac\w+ d[ae] data"
)
_WRITTEN = re.compile(
    r"\b[a-z]+ ?(?:[/(-] ?[a-z]{2}\)?)?(?:, ?|,? em )(?=\d{1,2}[oa]? de [a-z]+ de \d{4})"
)
"""The place and day in which a notice was written: "Pedra Alta/XY, 5 de março de 2024"."""


def _day_of(entity: Entity) -> quantities.Day | None:
    return next(quantities.dates(fold_text(entity.text)), None)


def _before(folded: Folded, entity: Entity) -> str:
    at = folded.at(entity.start)
    return folded.text[max(0, at - AROUND) : at]


def _dated(
    made: Record, name: str, folded: Folded, entities: Sequence[Entity], about: re.Pattern[str]
) -> None:
    """The date that the words before it name; a signature, without such words, the only date."""
    told = [e for e in entities if about.search(_before(folded, e))]
    alone = name == "data_assinatura" and len({e.text.strip() for e in entities}) == 1
    for chosen in (told or (entities if alone else []))[:1]:
        day = _day_of(chosen)
        if day is not None and day.date is None:
            made.impossible[name] = chosen.text.strip()
            made.places[name] = (chosen.start, chosen.end)
        elif day is not None:
            made.put(name, day.date, (chosen.start, chosen.end))


def _signing(made: Record, folded: Folded, entities: Sequence[Entity]) -> None:
    _dated(made, "data_assinatura", folded, entities, _SIGNING)
    made.put("data", made.values.get("data_assinatura"), made.places.get("data_assinatura"))


def _notice(made: Record, folded: Folded, by_label: dict[str, list[Entity]]) -> None:
    _amount(made, folded, by_label.get("valor", []), "valor_estimado")
    made.put("valor", made.values.get("valor_estimado"), made.places.get("valor_estimado"))
    written = {folded.span(day.start, day.end) for day in _told(folded, _WRITTEN)}
    days = [e for e in by_label.get("data", []) if (e.start, e.end) not in written]
    _dated(made, "data_abertura", folded, days, _OPENING)
    if _AGAIN.search(folded.text):
        made.reasons["data_publicacao"] = "o aviso remarca ou corrige outro, de data não informada"
        return
    opening, published = made.values.get("data_abertura"), _published(folded)
    if published is None or published.date is None or not isinstance(opening, dt.date):
        return
    if published.date < opening:
        made.put("data_publicacao", published.date, folded.span(published.start, published.end))


def _published(folded: Folded) -> quantities.Day | None:
    """Day from which the notice says the tender documents are out, else the day it was written."""
    return next((day for p in (_AVAILABLE, _WRITTEN) for day in _told(folded, p)), None)


def _told(folded: Folded, pattern: re.Pattern[str]) -> Iterator[quantities.Day]:
    """The date right after each place where the pattern stands."""
    for found in pattern.finditer(folded.text):
        yield from list(quantities.dates(folded.text, found.end(), found.end() + 40))[:1]


# -- amounts -------------------------------------------------------------------------------------

_TOTAL = re.compile(r"\b(?:total|global|estimado|anual)\b")
_PART = re.compile(r"\b(?:mensal|unitari[oa]|por (?:hora|mes|item|lote)|empenh\w+|parcela|multa)\b")


def _amount(made: Record, folded: Folded, entities: Sequence[Entity], name: str) -> None:
    """The amount called total; else the largest that is not called monthly or by unit."""
    known = [(quantities.money(fold_text(e.text)), e) for e in entities]
    amounts = [(value, e) for value, e in known if value is not None]
    total = [(v, e) for v, e in amounts if _TOTAL.search(_before(folded, e)[-45:])]
    whole = [(v, e) for v, e in amounts if not _PART.search(_before(folded, e)[-45:])]
    for value, chosen in sorted(total or whole, key=lambda pair: (-pair[0], pair[1].start))[:1]:
        made.put(name, value, (chosen.start, chosen.end))
    if amounts and name not in made.values:
        made.reasons[name] = "o texto só traz valores mensais ou por unidade"


_NOT_GROWTH = re.compile(r"prorrog|reajust|repactua|reequilib|revis(?:ao|oes) d[eo]|apostil|renova")
_FROM_TO = re.compile(
    r"\bde (r\$ ?[\d.,]*\d)(?: ?\([^()]{3,160}\)?)?,? (?:para|a) "
    r"(?:o valor (?:total |global )?de )?(r\$ ?[\d.,]*\d)"
)
_ADDED = re.compile(
    r"\b(?:acresc\w+|aument\w+|aditiv[oa]r?|aditad[oa])\b[^;.]{0,80}?(r\$ ?[\d.,]*\d)"
)
_NEW_TOTAL = re.compile(r"\bpassa\w*\b[^;]{0,70}\bvalor\b[^;]{0,40}?(r\$ ?[\d.,]*\d)")
_INITIAL = re.compile(
    r"(?<!do )\bvalor (?:inicial|original|originario|inicialmente contratado)\b"
    r"(?! contratado\.)[^;.]{0,50}?(r\$ ?[\d.,]*\d)"
)
_OF_CONTRACT = re.compile(r"\b(?:valor|contrat\w+|preco)\b")


def _growth(made: Record, folded: Folded) -> None:
    """Initial value and additions, where the text tells both and nothing else explains them."""
    view = folded.text
    if _NOT_GROWTH.search(view):
        if _FROM_TO.search(view) or _ADDED.search(view):
            made.reasons["valor_inicial"] = "o aumento pode vir de prorrogação ou reajuste"
        return
    initial, added = _INITIAL.search(view), _ADDED.search(view)
    changed, total = _FROM_TO.search(view), _NEW_TOTAL.search(view)
    if changed is not None and _OF_CONTRACT.search(view, max(0, changed.start() - AROUND)):
        pairs: Iterable[tuple[str, re.Match[str], int]] = (
            ("valor_inicial", changed, 1), ("valor_final", changed, 2),
        )  # fmt: skip
    elif initial is not None and added is not None:
        pairs = (("valor_inicial", initial, 1), ("valor_aditivos", added, 1))
    elif added is not None and total is not None and total.start() > added.start():
        _before_addition(made, folded, added, total)
        return
    else:
        return
    for name, found, group in pairs:
        made.put(name, quantities.money(found[group]), folded.span(*found.span(group)))


def _before_addition(
    made: Record, folded: Folded, added: re.Match[str], total: re.Match[str]
) -> None:
    """The contract's value before an addition: the new total less what was added."""
    more, final = quantities.money(added[1]), quantities.money(total[1])
    if more is not None and final is not None and more < final:
        made.put("valor_inicial", round(final - more, 2), folded.span(*added.span(1)))
        made.put("valor_final", final, folded.span(*total.span(1)))


# -- terms ---------------------------------------------------------------------------------------

_UNTIL = re.compile(r"\b(?:ate|termino|fim|final|encerra\w*|vencimento)\b[^\d]{0,25}$")
_FROM = re.compile(
    r"\b(?:de|partir|contar|contad[oa]s?|desde|inicio|iniciand\w+|em|entre)\b[^\d]{0,20}$"
)
_TO = re.compile(r"[^\d;.]{0,30}(?:\b(?:a|ao?|ate|e|termino|fim|final)\b|-)[^\d;.]{0,20}")
_OF_A_NORM = re.compile(
    r"(?:\bn[o.]{0,2} ?[\d.]+(?:/\d+)?|\d+/\d{4}|\b(?:lei|decreto) [\d.]+),? ?de ?$"
)
"""What comes before the date of a law, decree or opinion cited in the same sentence."""


def _term(made: Record, entities: Sequence[Entity]) -> None:
    """First and last day of the first term that can be dated."""
    for entity in entities:
        view = fold_text(entity.text)
        place = (entity.start, entity.end)
        days = [d for d in quantities.dates(view) if not _OF_A_NORM.search(view[: d.start])]
        wrong = [day for day in days if day.date is None]
        if wrong:
            made.impossible.setdefault("vigencia_fim", view[wrong[0].start : wrong[0].end])
            made.places.setdefault("vigencia_fim", place)
            continue
        start, end = _bounds(made, view, days)
        made.put("vigencia_inicio", start, place)
        made.put("vigencia_fim", end, place)
        if end is not None:
            return
    if entities and "vigencia_fim" not in made.impossible:
        why = "a vigência não diz quando acaba, ou não se sabe quando começa"
        made.reasons["vigencia_fim"] = why


def _bounds(
    made: Record, view: str, days: Sequence[quantities.Day]
) -> tuple[dt.date | None, dt.date | None]:
    signed = made.values.get("data_assinatura")
    start = signed if isinstance(signed, dt.date) else None
    if days and _UNTIL.search(view[: days[0].start]):
        return start, days[0].date
    if len(days) >= 2 and _TO.fullmatch(view[days[0].end : days[1].start]):
        return days[0].date, days[1].date
    period = next(quantities.periods(view), None)
    if days and (period is not None or _FROM.search(view[: days[0].start])):
        start = days[0].date
    if period is None or start is None:
        return start, None
    return start, period.after(start)
