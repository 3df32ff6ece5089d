"""What the wordings of a text raise, and what they leave alone."""

from __future__ import annotations

import tomllib
import unicodedata
from pathlib import Path
from typing import Any

import pytest

from cidadao_models.findings import severity
from cidadao_models.flags._strength import BAR
from cidadao_models.models.text_analysis import signals
from cidadao_models.models.text_analysis.folding import fold
from cidadao_models.models.text_analysis.report import Signal

CASES: dict[str, dict[str, Any]] = tomllib.loads(
    Path(__file__).with_name("signals.toml").read_text("utf-8")
)
MIN_CASES = 8


def of(kind: str) -> list[Any]:
    return [
        pytest.param(id, text, entry.get("act", "contrato"), id=f"{id}-{n}")
        for id, entry in CASES.items()
        for n, text in enumerate(entry.get(kind, []))
    ]


def found(text: str, act: str = "contrato") -> list[Signal]:
    return signals.find(fold(text), [], act, [])


def weights(text: str, act: str) -> list[tuple[str, float]]:
    return [(signal.id, signal.weight) for signal in found(text, act)]


def test_every_signal_has_enough_cases() -> None:
    assert set(CASES) == set(signals.kinds())
    short = {
        (id, kind): len(entry[kind])
        for id, entry in CASES.items()
        for kind in ("fires", "silent")
        if len(set(entry[kind])) < MIN_CASES
    }
    assert not short


@pytest.mark.parametrize(("id", "text", "act"), of("fires"))
def test_fires(id: str, text: str, act: str) -> None:
    assert id in {signal.id for signal in found(text, act)}


@pytest.mark.parametrize(("id", "text", "act"), of("silent"))
def test_stays_silent(id: str, text: str, act: str) -> None:
    assert id not in {signal.id for signal in found(text, act)}


@pytest.mark.parametrize(("id", "text", "act"), of("quiet"))
def test_only_gives_context(id: str, text: str, act: str) -> None:
    assert all(signal.weight < BAR for signal in found(text, act) if signal.id == id)


def plain(text: str) -> str:
    marks = unicodedata.normalize("NFD", text)
    return "".join(c for c in marks if not unicodedata.combining(c))


def broken(text: str) -> str:
    return text.replace(" ", "\n", 1)[::-1].replace(" ", "\n", 1)[::-1]


@pytest.mark.parametrize("change", [str.upper, str.lower, plain, broken], ids=lambda f: f.__name__)
@pytest.mark.parametrize(("id", "text", "act"), [*of("fires"), *of("silent")])
def test_case_accents_and_line_breaks_change_nothing(
    id: str, text: str, act: str, change: Any
) -> None:
    assert weights(change(text), act) == weights(text, act)


@pytest.mark.parametrize(("id", "text", "act"), of("fires"))
def test_a_signal_tells_where_it_stands_and_what_it_found(id: str, text: str, act: str) -> None:
    one = next(signal for signal in found(text, act) if signal.id == id)
    assert one.start is not None and one.end is not None
    words = " ".join(text[one.start : one.end].split())
    assert words and words in one.explanation
    assert "{" not in one.explanation
    assert all((one.title, one.legal_basis, one.innocent, one.next_step))
    assert one.severity == severity(one.weight) and 0 < one.weight <= 1
    assert "fraude" not in (one.explanation + one.title + one.innocent + one.next_step).lower()


HARMLESS = Path(__file__).with_name("harmless.txt").read_text("utf-8").splitlines()
"""Ordinary sentences, many with the words of a signal in them."""


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_words_raise_nothing(text: str) -> None:
    assert found(text, "aviso_licitacao") == []
    assert found(text, "contrato") == []


@pytest.mark.parametrize(
    "text", ["", " ", "\n\n", "§", "%", "\x00\x00", "a" * 50_000, "() [] \" '"]
)
def test_odd_texts_raise_nothing(text: str) -> None:
    assert found(text) == []


def test_a_cpf_in_the_words_quoted_is_masked() -> None:
    text = "A sócia da contratada, CPF 111.444.777-35, Ana Lima, é esposa do prefeito."
    assert [s for s in found(text) if "111.444.777-35" in s.explanation] == []


def test_a_quote_keeps_to_its_paragraph() -> None:
    text = (
        "10.1. O atraso custa 10% da parcela.\nCLÁUSULA ONZE – DO PAGAMENTO\n11.1. Será pago, a"
        " título de antecipação, 30% do preço, sem garantia.\n12.1. O foro é o da capital."
    )
    start = text.index("a título")
    shown = signals.excerpt(text, start, start + 24)
    assert shown.startswith("CLÁUSULA ONZE") and shown.endswith("sem garantia.")
    assert "…" not in shown
    long = "muitas palavras " * 40
    cut = signals.excerpt(long, 300, 310)
    assert cut.startswith("…") and cut.endswith("…") and long[300:310] in cut
