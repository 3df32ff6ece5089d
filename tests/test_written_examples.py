"""The examples written for training are what their description says: many, varied, well marked."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import pytest

from cidadao_models.models.text_analysis.folding import fold_text
from cidadao_models.training.written_examples import (
    CLAUSE_TEXTS,
    CLAUSES,
    FOLDER,
    JUDGES,
    Example,
    read_examples,
)

MAX_SHARED = 3
"""Most examples that may share one sequence of eight words."""

FORMULAS = re.compile(
    r"\blei\b|\bdecreto\b|\bart(igo)?s?\b|\binciso\b|\bparagrafo\b|\bclausula\b|\bmil\b|\breais\b"
    r"|\bno (?:14\.133|8\.666) de\b|\bministerio da fazenda\b|\bcnpj\b|\bdotacao\b"
    r"|\bdata da assinatura\b|\bassinatura\b"
)
"""A sequence with one of these is a legal formula or a form's fixed field."""


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    found = [*read_examples(), *read_examples(CLAUSE_TEXTS), *read_examples(JUDGES)]
    if not found:
        pytest.fail("no written example was found")
    return found


def test_each_fact_is_a_piece_of_the_text(examples: list[Example]) -> None:
    for example in examples:
        for start, end, label in example.spans:
            words = example.text[start:end]
            assert words and words == words.strip(), (example.source, label, words)


def test_no_sequence_of_eight_words_is_in_many_examples(examples: list[Example]) -> None:
    homes: dict[str, set[int]] = defaultdict(set)
    for number, example in enumerate(examples):
        words = re.findall(r"[a-z0-9/.,-]*[a-z0-9]", fold_text(example.text))
        for at in range(len(words) - 7):
            homes[" ".join(words[at : at + 8])].add(number)
    shared = {k: len(v) for k, v in homes.items() if len(v) > MAX_SHARED and not FORMULAS.search(k)}
    assert not shared, sorted(shared.items(), key=lambda pair: -pair[1])[:20]


def test_judges_are_whole_contracts_that_training_does_not_read() -> None:
    judges = read_examples(JUDGES)
    trained = {one.text for folder in (FOLDER, CLAUSE_TEXTS) for one in read_examples(folder)}
    assert len(judges) >= 20 and all(judge.is_whole for judge in judges)
    assert trained.isdisjoint(judge.text for judge in judges)
    assert set(CLAUSES) == frozenset().union(*(judge.kinds for judge in judges))


def test_marks_are_refused_when_wrong(tmp_path) -> None:  # type: ignore[no-untyped-def]
    for body in ("=== nada\nx", "=== outro\n[[foo:x]]", "=== outro\n[[valor:x", "=== outro\n§z§ x"):
        (tmp_path / "a.txt").write_text(body, "utf-8")
        with pytest.raises(ValueError, match=r"a\.txt"):
            read_examples(tmp_path)


def test_all_kinds_are_there(examples: list[Example]) -> None:
    kinds = Counter(example.act_type for example in examples)
    clauses = Counter(c for e in examples for _, _, labels in e.clauses for c in labels)
    assert sum(kinds.values()) >= 600, kinds
    assert min(kinds.values()) >= 40 and len(kinds) == 8, kinds
    assert set(clauses) == set(CLAUSES) and min(clauses.values()) >= 12, clauses
