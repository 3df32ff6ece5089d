"""Records of one document against each other: names that can't be one supplier's.

Groups spellings and compares them; which name is right it can't know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from cidadao_models.flags import Hit, _names, _signing, _strength
from cidadao_models.flags._peers import Encoded, codes_of
from cidadao_models.records import classify_distinct, mask_cpf, mask_document

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

MAX_NAMES = 40
"""Distinct names of one document that are compared; one with more stands for no supplier (a
placeholder, a payroll) and is told by the first of them."""

WRONG_KIND_STEPS = 0.3
"""Steps beyond the bar of a CPF for a company: a wrong cell is enough, but no chance is in it."""

SHORTEST_CNPJ = 11
"""Fewest characters of a CNPJ, leading zeros lost: shorter codes of buyers are none."""

MAX_OWN_SHARE = 0.02
"""Share of a file's records that may name the buyer itself as supplier before this is how the
file is kept (payrolls, transfers), and only gives context."""

# -- different names ---------------------------------------------------------------------------


def different_names(contracts: pd.DataFrame, documents: Encoded, names: Encoded) -> Iterator[Hit]:
    """One hit for each document whose names are clearly of different suppliers."""
    valid = contracts["_doc_valido"].to_numpy()
    rows = np.flatnonzero(valid & (documents.codes >= 0) & (names.codes >= 0))
    pair = documents.codes[rows] * len(names.texts) + names.codes[rows]
    distinct = np.unique(pair)
    several = np.bincount(distinct // len(names.texts), minlength=len(documents.texts)) > 1
    if not several.any():
        return
    rows = rows[several[documents.codes[rows]]]
    rows = rows[_of_several_spellings(documents.codes[rows], names.codes[rows], names.texts)]
    if not len(rows):
        return
    rows = rows[np.argsort(documents.codes[rows], kind="stable")]
    bounds = np.flatnonzero(np.diff(documents.codes[rows])) + 1
    day = _signing.signing(contracts).day
    labels = contracts.index.to_numpy()
    for members in np.split(rows, bounds):
        groups = _groups(names.codes[members], names.texts)
        if len(groups) > 1:
            document = documents.texts[documents.codes[members[0]]]
            weight, facts = _told(members, groups, day, document)
            yield Hit(sorted(labels[members].tolist()), facts, weight)


def _of_several_spellings(document: Ints, name: Ints, texts: list[str]) -> Bools:
    """Whether a row's document has names that differ in more than form, case and accents."""
    used, at = np.unique(name, return_inverse=True)
    plain = pd.factorize(np.array(_names.plain([texts[code] for code in used]), dtype=object))[0]
    code = plain[at]
    pair = np.unique(document * (int(code.max(initial=0)) + 1) + code)
    spellings = np.bincount(pair // (int(code.max(initial=0)) + 1))
    return np.asarray(spellings[document] > 1)


@dataclass(slots=True, eq=False)
class _Group:
    """Names that may be spellings of one: the commonest as published, codes, records' places."""

    name: str
    plain: list[str]
    codes: list[int]
    at: Ints

    def takes(self, plain: str) -> bool:
        return any(not _names.different(plain, other) for other in self.plain)


def _groups(codes: Ints, texts: list[str]) -> list[_Group]:
    """The names of one document, those that are alike together; the commonest group first."""
    distinct, counts = np.unique(codes, return_counts=True)
    order = sorted(zip(-counts, [texts[code] for code in distinct], distinct, strict=True))
    order = order[:MAX_NAMES]
    groups: list[_Group] = []
    plains = _names.plain([text for _, text, _ in order])
    for plain, (_, text, code) in zip(plains, order, strict=True):
        if not plain or _names.is_nobody(plain):
            continue
        near = [group for group in groups if group.takes(plain)]
        joined = _Group(near[0].name if near else text, [plain], [int(code)], distinct[:0])
        for group in near:
            joined.plain += group.plain
            joined.codes += group.codes
        groups = [group for group in groups if group not in near] + [joined]
    if len(groups) < 2:
        return groups
    for group in groups:
        group.at = np.flatnonzero(np.isin(codes, group.codes))
    return sorted(groups, key=lambda group: (-len(group.at), group.name))


def _told(
    members: Ints, groups: list[_Group], day: _signing.Days, document: str
) -> tuple[float, dict[str, object]]:
    """Weight and facts of a document with several groups of names."""
    main, *others = groups
    kind = classify_distinct(pa.array([document])).kind[0]
    sure = (
        [_names.may_be_person(group.plain[0]) for group in groups]
        if kind == "cpf"
        else _names.are_companies([group.name for group in groups])
    )
    shown = "; ".join(f"“{mask_cpf(g.name)}” em {_records(len(g.at))}" for g in groups[:4])
    more = f" e mais {len(groups) - 4}" if len(groups) > 4 else ""
    facts: dict[str, object] = {
        "problema": f"O {kind.upper()} {mask_document(document)} aparece com nomes diferentes:"
        f" {shown}{more}.",
        "nomes": len(groups),
        "registros": len(members),
    }
    unlike = 1 - max(_names.likeness(main.plain[0], g.plain[0]) for g in others) / 100
    steps = np.log2(len(groups) - 1) + unlike - 0.5
    weight = float(_strength.strength(steps))
    if sum(sure) < 2 or (len(groups) == 2 and _is_renamed(day[members], main, others[0])):
        weight = min(weight, _strength.CONTEXT)
    return weight, facts


def _records(n: int) -> str:
    return "1 registro" if n == 1 else f"{n} registros"


def _is_renamed(day: _signing.Days, a: _Group, b: _Group) -> bool:
    """Whether one name ends before the other begins, as when a company changes its name."""
    if min(len(a.at), len(b.at)) < 2:
        return False
    first, second = day[a.at], day[b.at]
    if np.isnat(first).any() or np.isnat(second).any():
        return False
    return bool(first.max() <= second.min() or second.max() <= first.min())


# -- documents of the wrong kind, and the buyer's ----------------------------------------------


def wrong_kind(contracts: pd.DataFrame, documents: Encoded, names: Encoded) -> Iterator[Hit]:
    """Records of a company, by its name, whose document is a CPF."""
    kinds = codes_of(contracts, "_doc_tipo")
    masked = np.array([*(text == "cpf_mascarado" for text in kinds.texts), False])[kinds.codes]
    bare = np.array([*(text == "cpf" for text in kinds.texts), False])[kinds.codes]
    people = (masked | (bare & contracts["_doc_valido"].to_numpy())) & (names.codes >= 0)
    if not people.any():
        return
    used = np.unique(names.codes[people])
    company = np.zeros(len(names.texts) + 1, dtype=bool)
    company[used] = _names.are_companies([names.texts[code] for code in used])
    labels = contracts.index.to_numpy()
    for row in np.flatnonzero(people & company[names.codes]):
        document = documents.texts[documents.codes[row]]
        if _may_be_cnpj(document):
            continue
        facts: dict[str, object] = {
            "problema": f"“{mask_cpf(names.texts[names.codes[row]])}” se apresenta como empresa,"
            f" mas o documento publicado é um CPF ({mask_document(document)})."
        }
        yield Hit([int(labels[row])], facts, float(_strength.strength(WRONG_KIND_STEPS)))


def _may_be_cnpj(document: str) -> bool:
    """Whether a CPF's digits are also a valid CNPJ that lost its leading zeros."""
    if not document.isdigit():
        return False
    padded = classify_distinct(pa.array([document.zfill(14)]))
    return bool(padded.kind[0] == "cnpj" and padded.valid[0])


def own_supplier(contracts: pd.DataFrame, documents: Encoded) -> Iterator[Hit]:
    """Records whose supplier has the very CNPJ of the buyer."""
    buyers = codes_of(contracts, "orgao_id")
    if not documents.texts or max(map(len, buyers.texts), default=0) < SHORTEST_CNPJ:
        return
    own, other = (
        classify_distinct(pa.array(buyers.texts)),
        classify_distinct(pa.array(documents.texts)),
    )
    if not (own.kind == "cnpj").any():
        return
    buyer = np.array([*np.where((own.kind == "cnpj") & own.valid, own.digits, "-"), "-"])
    supplier = np.array([*np.where(other.kind == "cnpj", other.digits, ""), ""])
    rows = np.flatnonzero(buyer[buyers.codes] == supplier[documents.codes])
    usual = len(rows) > MAX_OWN_SHARE * len(contracts) + 1
    weight = _strength.CONTEXT if usual else float(_strength.strength(WRONG_KIND_STEPS))
    labels = contracts.index.to_numpy()
    for row in rows:
        document = documents.texts[documents.codes[row]]
        facts: dict[str, object] = {
            "problema": f"O fornecedor tem o mesmo CNPJ do órgão que compra ({document})."
        }
        yield Hit([int(labels[row])], facts, weight)
