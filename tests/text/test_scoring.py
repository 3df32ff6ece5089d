"""The score of a text: transparent, monotone, within its bands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cidadao_models.findings import severity
from cidadao_models.flags._strength import BAR
from cidadao_models.models.text_analysis.report import Signal
from cidadao_models.models.text_analysis.scoring import score


def signal(weight: float, id: str = "pagamento_antecipado", title: str = "Um ponto") -> Signal:
    return Signal(id, title, "", "", "", "", severity(weight), 0, 1, weight)


ids = st.sampled_from(["a", "b", "c", "d", "e"])
weights = st.floats(0, 1)
lists = st.lists(st.builds(signal, weights, ids), max_size=8)


def value(signals: list[Signal]) -> float:
    found = score(signals)[0]
    assert found is not None
    return found


@given(lists, st.builds(signal, weights, ids))
def test_one_more_signal_never_lowers(some: list[Signal], one: Signal) -> None:
    assert value([*some, one]) >= value(some) - 1e-12


@given(lists)
def test_order_and_repetition_change_nothing(some: list[Signal]) -> None:
    assert value(some) == pytest.approx(value(some[::-1])) == pytest.approx(value(some * 2))
    assert 0 <= value(some) <= 1
    assert score(some)[1] == severity(value(some))


@given(st.lists(st.builds(signal, st.floats(0, BAR, exclude_max=True), ids), max_size=8))
def test_context_alone_never_reaches_the_bar(some: list[Signal]) -> None:
    assert value(some) < BAR
    assert score(some)[1] == "low"


@given(st.floats(BAR, 1), lists)
def test_a_signal_at_the_bar_is_never_hidden(weight: float, some: list[Signal]) -> None:
    assert value([*some, signal(weight)]) >= weight - 1e-12


def test_context_ranks_but_does_not_change_the_verdict() -> None:
    alone, beside = value([signal(BAR, "a")]), value([signal(BAR, "a"), signal(0.5, "b")])
    assert alone < beside < 0.85


def test_two_strong_signals_speak_louder() -> None:
    assert score([signal(0.7, "a"), signal(0.7, "b")])[1] == "high"


def test_nothing_found_is_a_full_answer() -> None:
    found = score([], checked="em 20 tipos de redação e 6 verificações")
    assert found == (0.0, "low", "Nada fora do comum em 20 tipos de redação e 6 verificações.")


def test_what_cannot_be_judged_has_no_score() -> None:
    reason = "O texto parece estar em outra língua."
    assert score([signal(0.9)], why_not=reason) == (None, None, reason)


@pytest.mark.parametrize(
    ("n", "words"), [(1, "Vale conferir: um ponto."), (2, "há 1 outro ponto"), (3, "há 2 outros")]
)
def test_the_sentence_names_the_strongest_and_counts_the_others(n: int, words: str) -> None:
    found = score([signal(0.9 - i / 100, str(i), "Um ponto" if not i else "X") for i in range(n)])
    assert words in found[2] and found[2].startswith("Vale conferir: um ponto")
    assert found[2].count(".") == 1
