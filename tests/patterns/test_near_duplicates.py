"""Nearly equal texts: brute force, planted pairs, forms and parcels, hostile texts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from honest import honest_contracts, plant

from cidadao_models import flags
from cidadao_models.models.pattern_analysis.near_duplicates import (
    MIN_SIMILARITY,
    similar_pairs,
    similar_texts,
    weigh,
)

RNG = np.random.default_rng(0)
WORDS = [
    "".join(RNG.choice(list("abcdefghijlmnoprstuvz"), RNG.integers(3, 10))) for _ in range(3_000)
]


def random_texts(n: int, seed: int) -> list[str]:
    rng = np.random.default_rng(seed)
    return [" ".join(rng.choice(WORDS, 12)) for _ in range(n)]


def slip(text: str, rng: np.random.Generator) -> str:
    """The text with two letters changed, dropped or added."""
    letters = list(text)
    for _ in range(2):
        at = int(rng.integers(len(letters)))
        letters[at : at + 1] = [[], ["q"], ["q", letters[at]]][rng.integers(3)]
    return "".join(letters)


def plain(texts: list[str]) -> list[bytes]:
    return sorted({t.encode("ascii", "ignore").lower() for t in texts})


@pytest.mark.parametrize("blocked", [False, True])
def test_equals_brute_force(blocked: bool) -> None:
    texts = plain(honest_contracts(1_800, 3)["objeto"].tolist() + random_texts(200, 1))
    block = np.arange(len(texts)) % 7 if blocked else None
    vectors = weigh(texts)
    cosine = np.triu((vectors @ vectors.T).toarray(), k=1)
    if block is not None:
        cosine *= block[:, None] == block
    naive = set(zip(*(part.tolist() for part in np.nonzero(cosine >= MIN_SIMILARITY)), strict=True))
    i, j, found = similar_pairs(texts, block=block)
    assert set(zip(i.tolist(), j.tolist(), strict=True)) == naive and len(naive) > 50
    assert found == pytest.approx(cosine[i, j])


def test_planted_pairs_among_many_texts() -> None:
    rng = np.random.default_rng(2)
    texts = random_texts(4_900, 5)
    copies = [slip(text, rng) for text in texts[:100]]
    found, _ = similar_texts(flags.prepare(pd.DataFrame({"objeto": texts + copies})))
    planted = {(k, 4_900 + k) for k in range(100)}
    pairs = {tuple(sorted(p["rows"])) for p in found}
    assert len(pairs & planted) >= 98 and len(pairs - planted) <= 2


def test_planted_records_of_one_amount() -> None:
    table, rows = plant("duplicata_aproximada", 3_000, 100, 5)
    found, notes = similar_texts(flags.prepare(table))
    named = {row for p in found for row in p["rows"]}
    assert len(named & set(rows.tolist())) >= 98 and not notes
    assert sum(not set(p["rows"]) & set(rows.tolist()) for p in found) <= 2
    assert all(p["severity"] in {"low", "medium"} and p["facts"]["same_supplier"] for p in found)


@pytest.mark.parametrize("flavour", ["contratos", "pagamentos", "licitacoes"])
def test_honest_files_stay_silent(flavour: str) -> None:
    assert similar_texts(flags.prepare(honest_contracts(3_000, 1, flavour=flavour)))[0] == []


LONG = "Contratação de empresa para manutenção dos elevadores do hospital municipal"


@pytest.mark.parametrize(
    ("one", "other", "days", "alike"),
    [
        (LONG, LONG.upper() + ".", 30, True),
        (LONG, LONG.replace("elevadores", "elevadoers"), 30, True),
        (LONG + " parcela 1", LONG + " parcela 2", 30, False),
        (LONG + " parcela 1", LONG + " parcela 2", 2, True),
        (LONG + " em janeiro", LONG + " em fevereiro", 30, False),
        (LONG, LONG, 30, False),
        (LONG, "Aquisição de gêneros alimentícios para a merenda escolar", 2, False),
    ],
)
def test_cases_of_one_amount(one: str, other: str, days: int, alike: bool) -> None:
    first = pd.Timestamp("2025-03-03")
    table = pd.DataFrame(
        {
            "objeto": [one, other, *random_texts(30, 9)],
            "fornecedor": ["Alfa", "Alfa", *(f"F{k}" for k in range(30))],
            "valor": [5_000.0, 5_000.0, *np.arange(30.0) + 1],
            "data": [first, first + pd.Timedelta(days=days), *[first] * 30],
        }
    )
    found, _ = similar_texts(flags.prepare(table))
    assert [p["rows"] for p in found] == ([[0, 1]] if alike else [])


def test_other_supplier_or_amount_is_no_repetition() -> None:
    texts = [LONG, LONG + "."]
    for column, values in (("fornecedor", ["Alfa", "Beta"]), ("valor", [10.0, 20.0])):
        table = pd.DataFrame({"objeto": texts, "fornecedor": "Alfa", "valor": 10.0})
        table[column] = values
        assert similar_texts(flags.prepare(table)) == ([], [])


@pytest.mark.parametrize(
    "table",
    [
        pd.DataFrame(),
        pd.DataFrame({"objeto": [None, ""]}),
        pd.DataFrame({"objeto": ["x", "y"]}),
        pd.DataFrame({"valor": [1.0]}),
    ],
)
def test_hostile_tables_give_a_reason(table: pd.DataFrame) -> None:
    found, notes = similar_texts(flags.prepare(table))
    assert not found and notes


@pytest.mark.parametrize("texts", [[], [b""], [b"abc", b"abc"], [b"abcd", b"abcd"]])
def test_tiny_texts(texts: list[bytes]) -> None:
    assert len(similar_pairs(texts)[0]) == (texts == [b"abcd", b"abcd"])


def test_cpfs_in_texts_are_masked() -> None:
    texts = [
        f"{LONG} de JOSE DA SILVA CPF 529.982.247-25"[30:],
        f"{LONG} de JOSE DA SILVA CPF 529.982.247-25."[30:],
    ]
    found, _ = similar_texts(flags.prepare(pd.DataFrame({"objeto": texts, "valor": [7.0, 7.0]})))
    assert len(found) == 1 and "529.982" not in str(found)
