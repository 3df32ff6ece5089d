"""Descriptions of a file that are nearly the same text, found without comparing all pairs.

Works on characters: it knows nothing of meaning. Records alike in amount and supplier one by one
are the flag `duplicata_aproximada`'s; here texts are compared across the whole file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from rapidfuzz import fuzz
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from cidadao_models import records as fields
from cidadao_models.findings import NotEvaluated, words
from cidadao_models.flags import _objects
from cidadao_models.models.pattern_analysis import _shape
from cidadao_models.models.pattern_analysis._shape import Floats, Found, Ints, Pattern

ID, TITLE = "textos_quase_iguais", "Descrições quase iguais"

TITLE_ALIKE = "Descrições parecidas"
"""Title where the texts are less alike than `NEARLY_EQUAL`."""

NEARLY_EQUAL, VERY_ALIKE = 0.9, 0.75
"""Cosines from which texts are called nearly equal, and very much alike; others are just alike."""

MIN_SIMILARITY = 0.8
"""Least cosine of two texts; with 0.85 two slips in a form text often pass unseen."""

MIN_WITH_AMOUNT = 0.6
"""The same for two records of one amount, which speaks for itself."""

GRAM = 4
"""Characters of an n-gram."""

MIN_LENGTH = 20
"""Fewest characters of a text that tell one purchase from another."""

RARE_SHARE = 0.01
"""Share of texts up to which an n-gram has full weight; commoner ones are boilerplate and weigh
ever less, those of all texts nearly nothing."""

SINGLE_WEIGHT = 0.5
"""Weight of an n-gram of one text only: a slip of the keyboard makes four of them."""

TAIL_NORM = 0.8
"""Length of the part of a text's vector, its commonest n-grams, that is not used to find
candidates (prefix filter, Bayardo, Ma and Srikant 2007): the answer stays exact."""

BLOCK = 1_000
"""Texts multiplied with all others at once."""

MAX_PAIRS_AT_ONCE = 500_000
"""Candidate pairs whose cosine is computed at once, to bound memory."""

MAX_GROUP = 10
"""A text nearly equal to more others is a form; an amount of more records is a tariff."""

MAX_TEXTS = 40_000
"""Distinct texts without an amount that are compared; of a larger file, the first ones."""

SAME_AMOUNT = 0.01
"""Relative width around an amount in which chance might have put it."""

SAMPLED_TEXTS = 500
"""Texts compared to learn how often two of the file are near."""

REFERENCE_TEXTS = 5_000
"""Other texts read to learn which n-grams are common."""

MAX_TYPO_TEXTS = 2
"""A misspelt word occurs in at most so many texts; commoner words are meant."""

MIN_TYPO = 60.0
"""Least similarity (0-100, rapidfuzz `ratio`) of the words in which two texts differ."""

CLOSE_DAYS = 7
"""Days between two records of one amount that differ in numbers only, from which they are taken
for parcels."""

_NUMBERS = re.compile(rb"\d+")
_LAW_NUMBERS = re.compile(
    rb"\b(?:leis?|art|arts|artigos?|decretos?|incisos?|portaria|resolucao|instrucao normativa)"
    rb"(?: (?:federal|estadual|municipal|complementar|n|no|nr|numero))*(?: \d+)+"
)
"""Numbers of laws and articles: they tell no purchase from another."""

_REFERENCE = re.compile(
    rb"\b(?:conforme|nos termos|de acordo|em conformidade|com fundamento|fundamentad[oa]|com base"
    rb"|em atendimento|regid[oa] pel[oa]|para atender|visando atender|destinad[oa]s? a atender)\b.*"
)
"""The reference or purpose that ends a description: boilerplate when one of two texts has it."""
_PARCELS = frozenset(
    b"janeiro fevereiro marco abril maio junho julho agosto setembro outubro novembro dezembro"
    b" jan fev mar abr mai jun jul ago set out nov dez primeira segunda terceira quarta quinta"
    b" sexta primeiro segundo terceiro quarto quinto sexto i ii iii iv v vi vii viii ix x".split()
)
"""Words that, with numbers, tell one parcel or lot of a purchase from the next."""


def similar_pairs(
    texts: Sequence[bytes], *, least: float = MIN_SIMILARITY, block: Ints | None = None
) -> tuple[Ints, Ints, Floats]:
    """(i, j, cosine) of all pairs i < j of n plain ASCII texts with at least this cosine.

    Vectors count character 4-grams, weighted down the more texts hold them. The same pairs as
    comparing all with all; with `block` (n codes), all within one block. Texts of fewer than 4
    characters are like none.
    """
    vectors = weigh(texts)
    if block is not None:
        vectors = _apart(vectors, block)
    head = _heads(vectors, least)
    transposed = vectors.T.tocsr()
    found = [
        _block(vectors, head, transposed, start, least) for start in range(0, len(texts), BLOCK)
    ]
    if not found:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    i, j, cosine = (np.concatenate(part) for part in zip(*found, strict=True))
    return i, j, cosine


def _apart(vectors: sparse.csr_array, block: Ints) -> sparse.csr_array:
    """The vectors with columns of their own for each block: no two blocks share an n-gram."""
    row = np.repeat(np.arange(vectors.shape[0]), np.diff(vectors.indptr))
    cell = block[row] * vectors.shape[1] + vectors.indices
    distinct, column, spread = np.unique(cell, return_inverse=True, return_counts=True)
    rank = np.empty(len(distinct), dtype=np.int64)
    rank[np.argsort(spread, kind="stable")] = np.arange(len(distinct))
    shape = (vectors.shape[0], max(len(distinct), 1))
    apart = sparse.csr_array((vectors.data, (row, rank[column])), shape=shape)
    apart.sort_indices()
    return apart


def weigh(texts: Sequence[bytes]) -> sparse.csr_array:
    """(n, grams) unit vectors; columns from the rarest n-gram to the commonest."""
    row, gram = _grams(texts)
    distinct, column = np.unique(gram, return_inverse=True)
    shape = (len(texts), len(distinct))
    # one entry per text and n-gram, with its count
    cells, count = np.unique(row * max(len(distinct), 1) + column, return_counts=True)
    row, column = np.divmod(cells, max(len(distinct), 1))
    spread = np.bincount(column, minlength=len(distinct))
    rank = np.empty(len(distinct), dtype=np.int64)
    rank[np.argsort(spread, kind="stable")] = np.arange(len(distinct))
    weight = np.log((1 + len(texts)) / np.maximum(spread, 1)) / np.log(1 / RARE_SHARE)
    weight = np.where(spread == 1, SINGLE_WEIGHT, np.minimum(weight, 1.0))
    values = count * weight[column]
    norm = np.sqrt(np.bincount(row, weights=values**2, minlength=len(texts)))
    vectors = sparse.csr_array((values / norm[row], (row, rank[column])), shape=shape)
    vectors.sort_indices()
    return vectors


def _grams(texts: Sequence[bytes]) -> tuple[Ints, Ints]:
    """(text, n-gram as one integer) of every n-gram of every text."""
    size = np.array([len(text) for text in texts], dtype=np.int64)
    characters = np.frombuffer(b"".join(texts) + bytes(GRAM), dtype=np.uint8).astype(np.int64)
    n = len(characters) - GRAM + 1
    gram = np.zeros(n, dtype=np.int64)
    for offset in range(GRAM):
        gram = (gram << 8) | characters[offset : offset + n]
    row = np.repeat(np.arange(len(texts)), size)
    ends = np.cumsum(size)
    inside = np.arange(len(row)) + GRAM <= ends[row]
    return row[inside], gram[: len(row)][inside]


def _heads(vectors: sparse.csr_array, least: float) -> sparse.csr_array:
    """The vectors without their commonest n-grams, as many as a cosine below `least` can hold."""
    row = np.repeat(np.arange(vectors.shape[0]), np.diff(vectors.indptr))
    total = np.concatenate(([0.0], np.cumsum(vectors.data**2)))
    to_end = total[vectors.indptr[1:]][row] - total[:-1]
    keep = to_end > min(TAIL_NORM, 0.95 * least) ** 2
    cells = (vectors.data[keep], (row[keep], vectors.indices[keep]))
    return sparse.csr_array(cells, shape=vectors.shape)


def _block(
    vectors: sparse.csr_array,
    head: sparse.csr_array,
    transposed: sparse.csr_array,
    start: int,
    least: float,
) -> tuple[Ints, Ints, Floats]:
    part = head[start : start + BLOCK]
    product = (part @ transposed).tocoo()
    floor = least - min(TAIL_NORM, 0.95 * least) - 1e-9
    likely = (product.data >= floor) & (product.col > product.row + start)
    i = product.row[likely].astype(np.int64) + start
    j = product.col[likely].astype(np.int64)
    cosine = _cosines(vectors, i, j)
    near = cosine >= least - 1e-12
    return i[near], j[near], cosine[near]


def _cosines(vectors: sparse.csr_array, i: Ints, j: Ints) -> Floats:
    parts = []
    for start in range(0, len(i), MAX_PAIRS_AT_ONCE):
        chunk = slice(start, start + MAX_PAIRS_AT_ONCE)
        products = vectors[i[chunk]].multiply(vectors[j[chunk]])
        parts.append(np.asarray(products.sum(axis=1)).ravel())
    return np.concatenate(parts) if parts else np.zeros(0)


# -- records -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Texts:
    """Records with a long enough text: position and plain text."""

    position: Ints
    plain: list[bytes]

    def of(self, chosen: Ints) -> _Texts:
        """Some of the records."""
        return _Texts(self.position[chosen], [self.plain[k] for k in chosen])

    def core(self) -> list[bytes]:
        """The part of each text that tells the object."""
        return [_core(text) for text in self.plain]

    def numbers(self) -> Ints:
        """The number tokens of each text as one code."""
        signs = np.array([_number_sign(text) for text in self.plain], dtype=object)
        return pd.factorize(signs)[0].astype(np.int64)


Pair = tuple[int, int, float]
"""Positions of two records in the table, and their cosine."""


def similar_texts(prepared: pd.DataFrame) -> Found:
    """Groups of records whose descriptions are nearly, but not exactly, the same text.

    Records of one amount (and supplier, where told) may differ by more; those without amounts
    by slips of the keyboard only, with equal numbers. Parcels, forms and tariffs are left out.
    """
    lacking = _shape.lacking(prepared, "objeto")
    if lacking:
        return [], [_shape.missing_fields(ID, TITLE, *lacking)]
    texts = _texts(prepared)
    if len(texts.plain) < 2:
        reason = f"há menos de duas descrições com pelo menos {MIN_LENGTH} letras"
        return [], [_shape.skipped(ID, TITLE, reason)]
    cents = np.rint(_shape.amounts(prepared) * 100)
    known = np.isfinite(cents[texts.position]) & (cents[texts.position] != 0)
    priced = texts.of(np.flatnonzero(known))
    unpriced = texts.of(np.flatnonzero(~known))
    plain, notes = _unpriced(unpriced)
    patterns = [
        *_groups(prepared, _same_amount(prepared, priced, cents), cents, priced),
        *_groups(prepared, [*_slips(plain, texts), *_rewritten(prepared, unpriced)], cents, plain),
    ]
    return patterns, notes


def _texts(prepared: pd.DataFrame) -> _Texts:
    raw = fields.as_text(prepared["objeto"]).to_pylist()
    folded = [b" ".join(text.split()) for text in _objects.fold([text or "" for text in raw])]
    position = np.array([k for k, text in enumerate(folded) if len(text) >= MIN_LENGTH], np.int64)
    return _Texts(position, [folded[k] for k in position.tolist()])


def _core(text: bytes) -> bytes:
    """The text without the reference that ends it, where enough is left to tell the object."""
    core = _REFERENCE.sub(b"", text).strip()
    return core if len(core) >= MIN_LENGTH else text


def _number_sign(text: bytes) -> str:
    told = _LAW_NUMBERS.sub(b"", text)
    return b" ".join(sorted(_NUMBERS.findall(told))).decode("ascii")


def _unpriced(texts: _Texts) -> tuple[_Texts, list[NotEvaluated]]:
    """Records of distinct texts, the first of each, and a note when there are too many."""
    first = np.unique(np.array(texts.plain, dtype=object).astype(str), return_index=True)[1]
    first = np.sort(first)
    if len(first) <= MAX_TEXTS:
        return texts.of(first), []
    reason = f"de {len(first)} textos diferentes sem valor, só os {MAX_TEXTS} primeiros foram lidos"
    return texts.of(first[:MAX_TEXTS]), [_shape.skipped(ID, TITLE, reason)]


def _same_amount(prepared: pd.DataFrame, texts: _Texts, cents: Floats) -> list[Pair]:
    """Pairs of one amount, and of one supplier where both tell it."""
    amount = cents[texts.position]
    _, block, count = np.unique(amount, return_inverse=True, return_counts=True)
    repeats = (count[block] > 1) & (count[block] <= MAX_GROUP)
    if not repeats.any():
        return []
    # others stay alone in their blocks: they only tell which n-grams are common
    block = np.where(repeats, block, len(count) + np.arange(len(block)))
    others = np.flatnonzero(~repeats)[:REFERENCE_TEXTS]
    at = np.sort(np.concatenate([np.flatnonzero(repeats), others]))
    chosen = texts.of(at)
    found = _near_pairs(chosen, least=MIN_WITH_AMOUNT, block=block[at])
    supplier = _supplier(prepared)
    days = _days(prepared)
    raw = prepared["objeto"].to_numpy()
    answer = []
    for i, j, cosine in found:
        a, b = int(chosen.position[i]), int(chosen.position[j])
        alike = supplier[a] == supplier[b] or min(supplier[a], supplier[b]) < 0
        gap = abs(days[a] - days[b])
        parcel = _is_parcel(chosen.plain[i], chosen.plain[j]) and not gap <= CLOSE_DAYS
        if alike and raw[a] != raw[b] and not parcel:
            answer.append((a, b, cosine))
    return answer


def _near_pairs(texts: _Texts, *, least: float, block: Ints) -> list[Pair]:
    """(i, j, cosine) of texts alike as a whole, or but for the reference that ends them."""
    best: dict[tuple[int, int], float] = {}
    for part in (texts.plain, texts.core()):
        i, j, cosine = similar_pairs(part, least=least, block=block)
        for a, b, value in zip(i.tolist(), j.tolist(), cosine.tolist(), strict=True):
            best[a, b] = max(value, best.get((a, b), 0.0))
    return [(a, b, value) for (a, b), value in sorted(best.items())]


def _supplier(prepared: pd.DataFrame) -> Ints:
    if "_fornecedor" not in prepared:
        return np.full(len(prepared), -1, dtype=np.int64)
    return _shape.codes(prepared["_fornecedor"])[0]


def _days(prepared: pd.DataFrame) -> Floats:
    """Day of each record as a number; NaN where it has none."""
    if "data" not in prepared:
        return np.full(len(prepared), np.nan)
    days = pd.to_datetime(prepared["data"], errors="coerce").to_numpy().astype("datetime64[D]")
    return np.where(np.isnat(days), np.nan, days.astype(np.int64).astype(np.float64))


def _is_parcel(a: bytes, b: bytes) -> bool:
    """Whether two texts differ only in numbers, months or ordinals."""
    left, right = _differing(a, b)
    words_apart = (*left, *right)
    telling = [word in _PARCELS or _NUMBERS.search(word) is not None for word in words_apart]
    return bool(telling) and all(telling)


def _differing(a: bytes, b: bytes) -> tuple[list[bytes], list[bytes]]:
    left, right = Counter(a.split()), Counter(b.split())
    return list((left - right).elements()), list((right - left).elements())


def _slips(texts: _Texts, whole: _Texts) -> list[Pair]:
    """Pairs of distinct texts with equal numbers that differ as by slips of the keyboard.

    How rare a word is shows in the `whole` file.
    """
    pairs = _near_pairs(texts, least=MIN_SIMILARITY, block=texts.numbers())
    if not pairs:
        return []
    spread = Counter(word for text in set(whole.plain) for word in set(text.split()))
    return [
        (int(texts.position[i]), int(texts.position[j]), cosine)
        for i, j, cosine in pairs
        if _is_slip(texts.plain[i], texts.plain[j], spread)
    ]


def _rewritten(prepared: pd.DataFrame, texts: _Texts) -> list[Pair]:
    """Pairs of records that differ in case, accents and punctuation only; forms have more."""
    by_text: dict[bytes, list[int]] = {}
    for position, text in zip(texts.position.tolist(), texts.plain, strict=True):
        by_text.setdefault(text, []).append(position)
    raw = prepared["objeto"].to_numpy()
    return [
        (rows[0], rows[1], 1.0)
        for rows in by_text.values()
        if len(rows) == 2 and raw[rows[0]] != raw[rows[1]]
    ]


def _is_slip(a: bytes, b: bytes, spread: Counter[bytes]) -> bool:
    """Whether the words in which two texts differ are misspellings, or missing in one of them."""
    left, right = _differing(a, b)
    if not left or not right:
        return True
    rare = any(all(spread[w] <= MAX_TYPO_TEXTS for w in side) for side in (left, right))
    return rare and fuzz.ratio(b" ".join(left), b" ".join(right)) >= MIN_TYPO


# -- in words ----------------------------------------------------------------------------------


def _groups(
    prepared: pd.DataFrame, pairs: list[Pair], cents: Floats, texts: _Texts
) -> list[Pattern]:
    """One pattern for each group of records linked by pairs, the most alike first."""
    if not pairs:
        return []
    ends = np.array([pair[:2] for pair in pairs])
    nodes, index = np.unique(ends, return_inverse=True)
    index = index.reshape(ends.shape)
    shape = (len(nodes), len(nodes))
    graph = sparse.coo_array((np.ones(len(pairs)), (index[:, 0], index[:, 1])), shape=shape)
    n_groups, of_node = connected_components(graph, directed=False)
    cosine = np.zeros(n_groups)
    np.maximum.at(cosine, of_node[index[:, 0]], [pair[2] for pair in pairs])
    members = [nodes[of_node == group] for group in range(n_groups)]
    text_share = _near_share(texts)
    tests = len(texts.plain) / n_groups
    order = sorted(range(n_groups), key=lambda g: (-cosine[g], int(members[g][0])))
    return [
        _pattern(prepared, members[g], float(cosine[g]), cents, text_share=text_share, tests=tests)
        for g in order
        if len(members[g]) <= MAX_GROUP
    ]


_EXPLAIN = (
    "{n} registros têm descrições {degree} ({similarity:pct} de semelhança, fora fórmulas de"
    " praxe){same}: “{text}”."
)


def _degree(cosine: float) -> str:
    if cosine >= NEARLY_EQUAL:
        return "quase iguais"
    return "muito parecidas" if cosine >= VERY_ALIKE else "parecidas"


def _pattern(
    prepared: pd.DataFrame,
    members: Ints,
    cosine: float,
    cents: Floats,
    *,
    text_share: float,
    tests: float,
) -> Pattern:
    amount = cents[members]
    priced = bool(np.isfinite(amount).all() and (amount == amount[0]).all())
    supplier = _supplier(prepared)
    one_supplier = bool((supplier[members] == supplier[members[0]]).all())
    one_supplier &= bool(supplier[members[0]] >= 0)
    p = None
    if priced:
        share = float((supplier == supplier[members[0]]).mean()) if one_supplier else 1.0
        p = _chance(float(amount[0]), cents, share, text_share)
    facts: dict[str, object] = {
        "n": len(members),
        "similarity": cosine,
        "degree": _degree(cosine),
        "text": _short(str(prepared["objeto"].iloc[members[0]])),
        "value": float(amount[0]) / 100 if priced else None,
        "same_supplier": one_supplier,
        "same": _shared(priced, one_supplier, float(amount[0]) / 100),
    }
    strength = _shape.CONTEXT
    if p is not None:
        ceiling = _shape.MODERATE if one_supplier else _shape.CONTEXT
        # as many chances as records, shared among the groups found (Benjamini and Hochberg)
        strength = min(ceiling, _shape.strength(min(1.0, p * tests), 1.0 + one_supplier))
    return _shape.pattern(
        id=ID,
        type="duplicates",
        title=TITLE if cosine >= NEARLY_EQUAL else TITLE_ALIKE,
        explain=_EXPLAIN,
        facts=facts,
        rows=prepared.index[members],
        p_value=p,
        strength=strength,
        innocent="forem parcelas, lotes ou unidades diferentes de uma mesma compra, ou um texto"
        " padrão do comprador.",
        next_step="compare os processos, as notas fiscais e as datas desses registros.",
    )


def _chance(cents: float, all_cents: Floats, supplier_share: float, text_share: float) -> float:
    """Chance that some other record of the file repeats this one's amount, supplier and text.

    Records within 1 % of the amount, spread over its centavos, times the shares of records with
    that supplier and of pairs with texts as near, as if the three were independent.
    """
    reach = max(50.0, SAME_AMOUNT * abs(cents))
    near = int((np.abs(all_cents - cents) <= reach).sum())
    return min(1.0, near / (2 * reach) * supplier_share * text_share)


def _near_share(texts: _Texts) -> float:
    """Share of pairs of records taken anywhere in the file whose texts are as near."""
    sample = texts.of(np.unique(np.linspace(0, len(texts.plain) - 1, SAMPLED_TEXTS).astype(int)))
    n_pairs = len(sample.plain) * (len(sample.plain) - 1) / 2
    near = len(similar_pairs(sample.core(), least=MIN_WITH_AMOUNT)[0])
    return float((near + 1) / (n_pairs + 1))


def _shared(priced: bool, one_supplier: bool, value: float) -> str:
    parts = [f"o mesmo valor ({words.money(value)})"] if priced else []
    parts += ["o mesmo fornecedor"] if one_supplier else []
    return f", {' e '.join(parts)}" if parts else ""


_SHOWN = 120
"""Characters of a description quoted in a sentence."""


def _short(text: str) -> str:
    plain = fields.mask_cpf(" ".join(text.split()))
    return plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1].rstrip() + "…"
