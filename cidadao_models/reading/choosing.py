"""Candidates tried against their values: the column that each canonical field gets, and why.

Trusts a layout more than a title and a title more than looks; lays nothing out.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cidadao_models.errors import MissingFields
from cidadao_models.findings import Issues
from cidadao_models.findings.words import number
from cidadao_models.reading import amounts, dates, problems, values
from cidadao_models.reading import mapping as maps
from cidadao_models.reading.headers import money_unit, name_key, spellings
from cidadao_models.reading.layouts import Layout
from cidadao_models.reading.mapping import Candidate
from cidadao_models.reading.text_table import TextTable
from cidadao_models.reading.values import Cleaned
from cidadao_models.records import FIELDS, mask_cpf

READABLE_SHARE = 0.5
"""Share of a column's filled cells that must be readable for its title to be believed."""

MIN_DOUBT = 5
"""Unreadable cells from which a title may be doubted; fewer are just unreadable cells."""

PRODUCT_TOLERANCE = 0.01
"""Rounding allowed between an item's amount and its quantity times its unit price."""

PRODUCT_SHARE = 0.8
"""Share of the records whose amount must be that product for the column to be the item's."""

COMPLEMENTS = ("fornecedor_id", "fornecedor", "orgao", "objeto")
"""Fields whose columns may complete each other: a CPF column beside a CNPJ column."""

MAX_OVERLAP = 0.05
"""Share of the second column's cells that may also be filled in the first, when they do."""

_OTHER_AMOUNTS = ("valor_pago", "valor_estimado")
"""Amounts that never complete the main one record by record: they mean something else."""

_TABULAR_FORMATS = frozenset({"csv", "xlsx", "xls", "ods", "frame"})
"""Formats in which every record has the same columns."""

MANY_ROWS = 20_000
"""From here on columns are cleaned in parallel; below, threads cost more than they save."""

_MAIN_DATES = ("data_assinatura", "data_publicacao", "vigencia_inicio", "data_abertura")
"""What stands for the main date when no column is it, in this order."""

_MAIN_VALUES = ("valor_final", "valor_inicial", "valor_pago", "valor_estimado", "valor_unitario")
"""What stands for the main amount when no column is it, in this order."""

_CLEANERS = {
    "code": values.code,
    "text": values.text,
    "document": values.document,
    "money": amounts.money,
    "number": amounts.number,
    "date": dates.date,
}


_SHARES = {
    "modalidade": maps.modality_share,
    "fornecedor_id": maps.document_share,
    "fornecedor": maps.word_share,
    "orgao": maps.word_share,
    "unidade_gestora": maps.word_share,
    "municipio": maps.word_share,
    "categoria": maps.word_share,
    "objeto": maps.word_share,
}
"""How far a column's values are what the field is; tells apart several columns with its title."""


class Choice:
    """Which column each field got: what has been cleaned, chosen and doubted so far.

    `chosen` holds the clean column of each field found, `mapping` its source and reason, `used`
    the source columns explained, `doubts` the titles that their values belied.
    """

    def __init__(self, table: TextTable, overrides: Mapping[str, str]) -> None:
        self.table = maps.expand_nested(table.data)
        self.overrides = overrides
        # each record of a list names its own fields, so one batch may mix vocabularies
        self.mixed_vocabularies = table.info.get("format") not in _TABULAR_FORMATS
        self.layout: Layout | None = maps.recognise(self.table.column_names)
        self.candidates = maps.candidates(self.table, self.layout, overrides)
        self.rows = np.asarray(table.rows, dtype=np.int64)
        self.issues = Issues(list(table.issues.examples), dict(table.issues.counts))
        self.cleaned: dict[tuple[str, str], Cleaned] = {}
        self.chosen: dict[str, Cleaned] = {}
        self.mapping: dict[str, dict[str, str]] = {}
        self.used: set[str] = set()
        self.doubts: list[tuple[str, str]] = []

    # choosing

    def make(self) -> Choice:
        """Choose a column for every field and mend what its source is known to get wrong."""
        self._clean_ahead()
        for name in FIELDS:
            if name not in ("valor", "data"):
                self._choose(name)
        self._period()
        self._split_supplier()
        self._codes_for_names()
        self._choose_main("valor", _MAIN_VALUES)
        self._choose_main("data", _MAIN_DATES)
        self._choose_by_values()
        self._say_estimate()
        self._final_value()
        self._initial_value()
        self._hide_empty_estimates()
        self._percentages()
        self._check_found()
        return self

    def _clean(self, name: str, column: str) -> Cleaned:
        kind = FIELDS[name].kind
        key = (column, "number" if kind == "money" else kind)
        if key not in self.cleaned:
            cleaned = _CLEANERS[kind](self.table[column])
            unit = money_unit(column)
            if kind == "money" and unit != 1:
                cleaned.values = cleaned.values * unit
            self.cleaned[key] = cleaned
        return self.cleaned[key]

    def _clean_ahead(self) -> None:
        """On large tables, the likeliest columns cleaned side by side (Arrow frees the GIL)."""
        if len(self.rows) < MANY_ROWS:
            return
        wanted = {
            (found[0].column, "number" if FIELDS[name].kind == "money" else FIELDS[name].kind): name
            for name, found in self.candidates.items()
            if found
        }
        with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
            for (column, _), name in wanted.items():
                pool.submit(self._clean, name, column)

    def _choose(self, name: str) -> None:
        """The first candidate whose values are what its title says; others may complete it."""
        believed = [c for c in self.candidates.get(name, []) if self._believe(name, c)]
        if len(believed) > 1:
            believed = self._best_by_values(name, believed)
        if name == "fornecedor_id":
            believed = self._suppliers_own(believed)
        if not believed:
            return
        best = next((c for c in believed if self._filled(name, c.column)), believed[0])
        self._take(name, best.column, best.reason)
        if name in COMPLEMENTS:
            for other in believed:
                if other is not best and other.column not in self.used and self._fits(best, other):
                    self._complete(name, other)

    def _believe(self, name: str, candidate: Candidate) -> bool:
        cleaned = self._clean(name, candidate.column)
        lost = len(cleaned.unreadable)
        if candidate.asked or lost < MIN_DOUBT:
            return True
        filled = lost + len(cleaned.impossible) + _count_filled(cleaned.values)
        if filled - lost >= READABLE_SHARE * filled:
            return True
        self.doubts.append((name, candidate.column))
        return False

    def _best_by_values(self, name: str, believed: list[Candidate]) -> list[Candidate]:
        """Columns that hold what the field is before those that only have its title.

        Modalities before budget modalities, documents and names before internal codes.
        """
        share = _SHARES.get(name)
        if share is None or self._given(name):
            return believed
        return sorted(believed, key=lambda c: -share(self.table[c.column]) // 0.5)

    def _given(self, name: str) -> bool:
        """Whether the caller or a recognised layout named the columns of this field."""
        asked = any(candidate.asked for candidate in self.candidates.get(name, []))
        return asked or (self.layout is not None and name in self.layout.fields)

    def _suppliers_own(self, believed: list[Candidate]) -> list[Candidate]:
        """Without columns that say no role and stand beside several suppliers: the buyer's."""
        if not believed or self._given("fornecedor_id"):
            return believed
        named = [candidate.column for candidate in self.candidates.get("fornecedor", [])]
        kept = []
        for candidate in believed:
            again = f"{candidate.column}_2"  # the same title, further on
            beside = named[:1] or [again] * (again in self.table.column_names)
            if (
                beside
                and not maps.role(candidate.column)
                and maps.is_of_another(self.table[candidate.column], self.table[beside[0]])
            ):
                self._leave_to_buyer(candidate.column)
            else:
                kept.append(candidate)
        return kept

    def _leave_to_buyer(self, column: str) -> None:
        self.doubts.append(("fornecedor_id", column))
        if "orgao_id" not in self.chosen and "orgao" in self.candidates:
            self._take("orgao_id", column, "repete-se ao lado de fornecedores diferentes")

    def _fits(self, best: Candidate, other: Candidate) -> bool:
        """In a table, a document of nobody in particular does not stand in for a supplier's."""
        known = self.layout is not None or self.mixed_vocabularies
        return known or bool(maps.role(best.column)) == bool(maps.role(other.column))

    def _codes_for_names(self) -> None:
        """“Órgão” full of codes is the body's code, where no other column is."""
        for name in ("orgao", "unidade_gestora"):
            if name not in self.chosen or self._given(name):
                continue
            entry, code = self.mapping[name], f"{name}_id"
            column = self.table[entry["column"]]
            if code in self.chosen or not column.null_count < len(column):
                continue
            if pa.types.is_string(column.type) and maps.word_share(column) == 0:
                del self.chosen[name], self.mapping[name]
                self._take(code, entry["column"], entry["reason"] + "; traz códigos, não nomes")

    def _split_supplier(self) -> None:
        """A supplier's document written beside the name, when no column has it."""
        if "fornecedor" not in self.chosen or "fornecedor_id" in self.chosen:
            return
        entry = self.mapping["fornecedor"]
        column = self.table[entry["column"]]
        found = maps.names_and_documents(column) if pa.types.is_string(column.type) else None
        if found is not None:
            names_, documents = found
            self.chosen["fornecedor"] = Cleaned(names_)
            self.chosen["fornecedor_id"] = values.document(documents)
            reason = f"documento escrito junto do nome em “{entry['column']}”"
            self.mapping["fornecedor_id"] = {"column": entry["column"], "reason": reason}

    def _period(self) -> None:
        """Start and end from one column of periods, when no column has them."""
        ends = ("vigencia_inicio", "vigencia_fim")
        if any(name in self.chosen and _count_filled(self.chosen[name].values) for name in ends):
            return
        found = maps.period(self.table)
        if found is None:
            return
        column, *days = found
        for name, texts in zip(ends, days, strict=True):
            self.chosen[name] = dates.date(texts)
            self.mapping[name] = {"column": column, "reason": f"período escrito em “{column}”"}
        self.cleaned[column, "date"] = self.chosen[ends[0]]
        self.used.add(column)

    def _filled(self, name: str, column: str) -> bool:
        return _count_filled(self._clean(name, column).values) > 0

    def _take(self, name: str, column: str, reason: str) -> None:
        cleaned = self._translated(name, self._clean(name, column))
        self.chosen[name] = cleaned
        note = f" ({cleaned.note})" if cleaned.coarse else ""
        if FIELDS[name].kind == "money" and money_unit(column) != 1:
            note += f" (multiplicado por {number(money_unit(column))}, como diz o título)"
        self.mapping[name] = {"column": column, "reason": reason + note}
        self.used.add(column)

    def _translated(self, name: str, cleaned: Cleaned) -> Cleaned:
        """Codes of the layout's table as words; the others stay codes."""
        table = self.layout.codes.get(name) if self.layout else None
        if not table:
            return cleaned
        encoded = cleaned.values.dictionary_encode()
        words = pa.array([table.get(code, code) for code in encoded.dictionary.to_pylist()])
        return Cleaned(words.cast(pa.string()).take(encoded.indices))

    def _complete(self, name: str, other: Candidate) -> None:
        """Fill what the chosen column lacks from one that is filled where it is not."""
        here, there = self.chosen[name].values, self._clean(name, other.column).values
        gain = pc.and_(pc.is_null(here), pc.is_valid(there))
        filled = _count_filled(there)
        gained = pc.sum(gain).as_py() or 0
        pair = name == "fornecedor_id"
        if not gained or (not pair and filled - gained > MAX_OVERLAP * filled):
            return
        self.chosen[name] = Cleaned(pc.coalesce(here, there))
        self.used.add(other.column)
        entry = self.mapping[name]
        entry["reason"] += f"; completada por “{other.column}” onde está vazia"

    def _complete_exactly(self, name: str, other: Candidate) -> None:
        """Fill the main amount or date of records that use another word for it, never both."""
        if other.column == self.mapping[name]["column"] or not self._believe(name, other):
            return
        here, there = self.chosen[name], self._clean(name, other.column)
        absent, given = np.isnan(here.values), ~np.isnan(there.values)
        if not given.any() or (given & ~absent).any():
            return
        merged = np.where(absent, there.values, here.values)
        self.chosen[name] = Cleaned(merged, here.unreadable, here.impossible, here.improbable)
        self.used.add(other.column)
        self.mapping[name]["reason"] += f"; “{other.column}” nos registros que usam esse nome"

    def _choose_main(self, name: str, others: Sequence[str]) -> None:
        """The main amount or date: its own columns first, else another field that was found."""
        given = self.candidates.get(name, [])
        own = next(
            (c for c in given if self._believe(name, c) and self._filled(name, c.column)), None
        )
        if name == "valor" and own is not None and not self._given(name):
            own = self._of_the_item(own, given)
        if name == "valor" and own is not None and self._gives_way_to_final(own):
            own = None
        if name == "data" and (own is None or not self._is_exact_date(own)):
            own = self._better_date(own)
        if own is not None:
            self._take(name, own.column, own.reason)
            if self.mixed_vocabularies:
                found = [
                    self.mapping[other]["column"]
                    for other in others
                    if other in self.chosen and other not in _OTHER_AMOUNTS
                ]
                for column in dict.fromkeys([c.column for c in given] + found):
                    self._complete_exactly(name, Candidate(column, ""))
            return
        for other in others:
            if other in self.chosen and _count_filled(self.chosen[other].values):
                column = self.mapping[other]["column"]
                reason = f"não há coluna própria; usa-se {FIELDS[other].label}"
                self._take(name, column, reason)
                return
        if name == "data":
            self._year_and_month()
        if name not in self.chosen:
            empty = next((c for c in given if (name, c.column) not in self.doubts), None)
            if empty is not None:
                self._take(name, empty.column, empty.reason)

    def _of_the_item(self, own: Candidate, given: list[Candidate]) -> Candidate:
        """On lines of items, the amount that is quantity times unit price.

        A contract's total repeated on each of its lines would count many times.
        """
        if not {"quantidade", "valor_unitario"} <= self.chosen.keys():
            return own
        product = self.chosen["quantidade"].values * self.chosen["valor_unitario"].values
        items = [c for c in [own, *given] if self._is_close(c, product)]
        if not items or items[0] is own:
            return own
        reason = f"quantidade vezes valor unitário; “{own.column}” não é do item"
        return Candidate(items[0].column, reason)

    def _is_close(self, candidate: Candidate, product: Any) -> bool:
        amounts_ = self._clean("valor", candidate.column).values
        known = np.isfinite(amounts_) & np.isfinite(product) & (product > 0)
        near = np.abs(amounts_[known] - product[known]) <= PRODUCT_TOLERANCE * product[known]
        return len(near) > 0 and float(near.mean()) >= PRODUCT_SHARE

    def _gives_way_to_final(self, own: Candidate) -> bool:
        """Whether the only amount with a title of its own is the initial one of a pair."""
        initial = self.mapping.get("valor_inicial", {}).get("column")
        final = self.chosen.get("valor_final")
        plain = own.column == initial and not own.asked and self.layout is None
        return plain and final is not None and _count_filled(final.values) > 0

    def _is_exact_date(self, candidate: Candidate) -> bool:
        from_layout = self.layout is not None and "data" in self.layout.fields
        plain = name_key(candidate.column) in ("data", "date", "datacontrato")
        return candidate.asked or from_layout or plain

    def _better_date(self, own: Candidate | None) -> Candidate | None:
        """Signature, publication, start and opening dates come before dates of registration.

        A date known for less than half of the records gives way to a fuller one.
        """
        ranked = [
            (self.mapping[name]["column"], f"data principal: {FIELDS[name].label}")
            for name in _MAIN_DATES
            if name in self.chosen
        ]
        if own is not None:
            ranked.append((own.column, own.reason))
        full = [pair for pair in ranked if self._share_filled(pair[0]) >= READABLE_SHARE]
        best = (
            full[0] if full else max(ranked, key=lambda p: self._share_filled(p[0]), default=None)
        )
        if best is None or self._share_filled(best[0]) == 0:
            return own
        return Candidate(best[0], best[1])

    def _share_filled(self, column: str) -> float:
        values_ = self._clean("data", column).values
        return _count_filled(values_) / max(1, len(values_))

    def _year_and_month(self) -> None:
        pair = maps.year_and_month(self.table)
        if pair is None:
            return
        year, month = (values.code(self.table[column]).values for column in pair)
        joined = pc.binary_join_element_wise(pc.utf8_lpad(month, 2, "0"), year, "/")
        self.cleaned[(pair[1], "date")] = dates.date(joined)
        self._take("data", pair[1], f"ano em “{pair[0]}” e mês em “{pair[1]}”")
        self.used.add(pair[0])

    def _choose_by_values(self) -> None:
        missing = [name for name in FIELDS if name not in self.chosen]
        ignored = self.layout.ignore if self.layout else frozenset()
        doubted = {column for _, column in self.doubts}
        free = [
            column
            for column in self.table.column_names
            if column not in self.used and name_key(column) not in ignored and column not in doubted
        ]
        if self.layout is not None:
            missing = [name for name in missing if name == "fornecedor_id"]
        for name, (candidate,) in maps.by_values(self.table, free, missing).items():
            self._take(name, candidate.column, candidate.reason)

    # mending

    def _final_value(self) -> None:
        """A contract's total beside its initial value is its final value."""
        if "valor_inicial" not in self.chosen or "valor_final" in self.chosen:
            return
        main = self.mapping.get("valor", {}).get("column")
        if main and main != self.mapping["valor_inicial"]["column"] and maps.is_total(main):
            self._take("valor_final", main, "valor total ao lado do valor inicial")

    def _initial_value(self) -> None:
        """A contract's plain value beside its updated one is its initial value."""
        if "valor_final" not in self.chosen or "valor_inicial" in self.chosen:
            return
        main, final = (self.mapping[name]["column"] for name in ("valor", "valor_final"))
        plain = {"valorcontrato", "valorcontratado"} & set(spellings(name_key(main)))
        if plain and any("atual" in key for key in spellings(name_key(final))):
            self._take("valor_inicial", main, "valor do contrato ao lado do valor atualizado")

    def _say_estimate(self) -> None:
        """An estimate that stands for the amount is named as such."""
        main, estimate = self.mapping.get("valor"), self.mapping.get("valor_estimado")
        if main and estimate and main["column"] == estimate["column"]:
            main["reason"] += "; é o valor estimado, o único preenchido"

    def _hide_empty_estimates(self) -> None:
        """An estimate of zero is a confidential or undisclosed budget, not a price."""
        estimate = self.chosen.get("valor_estimado")
        if estimate is not None:
            amounts = np.where(estimate.values == 0, np.nan, estimate.values)
            self.chosen["valor_estimado"] = Cleaned(amounts, unreadable=estimate.unreadable)

    def _percentages(self) -> None:
        quirk = self.layout.percent if self.layout else None
        if quirk is None or not {quirk.field, quirk.against} <= self.chosen.keys():
            return
        amounts = np.array(self.chosen[quirk.field].values, dtype=float)
        with np.errstate(invalid="ignore"):
            hits = (amounts <= quirk.at_most) & (
                np.asarray(self.chosen[quirk.against].values) > quirk.above
            )
        column = self.mapping[quirk.field]["column"]
        problems.report_cells(
            self,
            "percentual_no_lugar_de_valor",
            column,
            np.flatnonzero(hits),
            "parece um percentual de desconto, não um valor em dinheiro; conta como ausente",
        )
        amounts[hits] = np.nan
        self.chosen[quirk.field] = Cleaned(amounts, self.chosen[quirk.field].unreadable)

    def _check_found(self) -> None:
        if self.chosen or not len(self.rows):
            return  # an empty list of records is no mistake: there is nothing to find in it
        seen = self.table.column_names
        raise MissingFields(
            "Nenhuma coluna deste arquivo foi reconhecida. "
            f"Colunas vistas: {', '.join(mask_cpf(name) for name in seen[:30])}.",
            hint="Confira se a primeira linha traz os títulos das colunas, ou indique quais são "
            "o valor, a data e o fornecedor.",
            details={"columns": list(seen[:200])},
        )


def _count_filled(column: Any) -> int:
    if isinstance(column, np.ndarray):
        return int(len(column) - np.isnan(column).sum())
    return int(len(column) - column.null_count)
