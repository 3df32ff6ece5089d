"""The network, its files, its windows and its decoding, on a tiny model made here."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModel, AutoTokenizer, pipeline

from cidadao_models.errors import WeightsUnavailable
from cidadao_models.models.core.text_model import (
    CidadaoTextConfig,
    CidadaoTextModel,
    TextModel,
    check_folder,
)
from cidadao_models.models.core.text_model.decoding import (
    best_path,
    log_softmax,
    spans_of,
)
from cidadao_models.models.core.text_model.network import (
    PRODUCTS,
    CompactEmbedding,
    CompactLinear,
)
from cidadao_models.models.core.text_model.pipeline import TASK
from cidadao_models.models.core.text_model.reader import OVERLAP, WINDOW, window_starts
from cidadao_models.training.network_files import compact, save
from cidadao_models.training.vocabulary import MASK, SPECIALS, tokenizer

LABELS: dict[str, Any] = {
    "act_labels": ["objeto", "valor"],
    "legal_labels": ["PESSOA"],
    "act_types": ["aviso_licitacao", "outro"],
    "clauses": ["foro", "preco"],
}


def tiny_tokenizer() -> Tokenizer:
    letters = sorted(set("abcdefghijklmnopqrstuvwxyz0123456789.,:$ºçãéABCDEFGHIJKLMNOPRSTUVXZ"))
    pieces = [(piece, 0.0) for piece in SPECIALS] + [("▁", -2.0)]
    pieces += [(f"▁{letter}", -3.0) for letter in letters] + [(c, -3.5) for c in letters]
    return tokenizer([*pieces, (MASK, 0.0)])


def tiny(**options: Any) -> tuple[CidadaoTextModel, Tokenizer]:
    torch.manual_seed(3)
    words = tiny_tokenizer()
    shape: dict[str, Any] = {"hidden_size": 24, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = CidadaoTextConfig(
        vocab_size=words.get_vocab_size(), intermediate_size=32, **shape, **LABELS, **options
    )
    return CidadaoTextModel(config).eval(), words


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    save(*tiny(), tmp_path / "model")
    return tmp_path / "model"


TEXT = "Objeto: compra de papel. Valor: R$ 10,00 em 3 vezes."


def test_a_saved_model_reads_the_same(folder: Path) -> None:
    stretches = [(0, 24), (25, len(TEXT))]
    before = TextModel(*tiny()).read(TEXT, stretches)
    after = TextModel.load(folder).read(TEXT, stretches)
    assert before.act_types == pytest.approx(after.act_types)
    assert [s.label for s in before.facts] == [s.label for s in after.facts]
    assert before.clauses[1] == pytest.approx(after.clauses[1])
    assert before.tokens == after.tokens > 40


def test_the_auto_classes_know_it(folder: Path) -> None:
    config = AutoConfig.from_pretrained(folder)
    assert config.act_labels == LABELS["act_labels"]
    assert isinstance(AutoModel.from_pretrained(folder), CidadaoTextModel)
    words = AutoTokenizer.from_pretrained(folder)
    assert words("abc")["input_ids"][0] == 0 and words.pad_token_id == 1


def test_the_pipeline_reads_as_the_model_does(folder: Path) -> None:
    read = pipeline(
        TASK,
        model=AutoModel.from_pretrained(folder, dtype=torch.float32),
        tokenizer=AutoTokenizer.from_pretrained(folder),
    )
    answer = read(TEXT)
    reading = TextModel.load(folder).read(TEXT)
    assert answer["act_types"] == pytest.approx(reading.act_types)
    assert [f["start"] for f in answer["facts"]] == [s.start for s in reading.facts]
    json.dumps(answer)


def test_the_compact_form_is_small_and_reads_nearly_the_same(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "small").mkdir()
    figures = compact(tmp_path / "small", folder)
    whole = sum(path.stat().st_size for path in folder.glob("*.safetensors"))
    assert figures["bytes"] < 0.6 * whole
    small = TextModel.load(tmp_path / "small")
    assert isinstance(small.network.encoder.embeddings.word_embeddings, CompactEmbedding)
    before, after = TextModel.load(folder).read(TEXT), small.read(TEXT)
    assert before.act_types == pytest.approx(after.act_types, abs=0.01)
    check_folder(tmp_path / "small")


def test_an_int8_row_is_off_by_at_most_half_a_step() -> None:
    table = torch.nn.Embedding(50, 16)
    weight = table.weight.detach()
    made = CompactEmbedding.of(table)(torch.arange(50))
    step = weight.abs().amax(dim=1, keepdim=True) / 127
    assert bool(((made - weight).abs() <= step / 2 + 1e-6).all())


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_each_fast_product_is_nearly_the_plain_one(product: str) -> None:
    if product == "int8" and torch.backends.quantized.engine not in ("x86", "fbgemm", "onednn"):
        pytest.skip("this build of torch has no int8 engine")
    torch.manual_seed(1)
    plain = torch.nn.Linear(64, 48)
    layer = CompactLinear.of(plain)
    states = torch.randn(2, 30, 64)
    with torch.inference_mode():
        wanted, found = plain(states), PRODUCTS[product](layer)(states)
    assert float((found - wanted).abs().mean()) < 0.02 * float(wanted.abs().mean())


def test_a_compact_layer_passes_gradients_on() -> None:
    layer = CompactLinear.of(torch.nn.Linear(8, 4))
    states = torch.randn(3, 8, requires_grad=True)
    layer(states).sum().backward()
    torch.testing.assert_close(states.grad, layer.matrix(torch.float32).sum(0).expand(3, 8))


@pytest.mark.parametrize("damage", ["no config", "cut", "other kind", "other shape", "no words"])
def test_a_damaged_folder_is_refused(folder: Path, damage: str) -> None:
    config = folder / "config.json"
    found = json.loads(config.read_text())
    if damage == "no config":
        config.unlink()
    elif damage == "cut":
        weights = folder / "model.safetensors"
        weights.write_bytes(weights.read_bytes()[:200])
    elif damage == "other kind":
        config.write_text(json.dumps({**found, "model_type": "bert"}))
    elif damage == "other shape":
        config.write_text(json.dumps({**found, "num_hidden_layers": 3}))
    else:
        (folder / "tokenizer.json").write_text("{}")
    with pytest.raises(WeightsUnavailable):
        check_folder(folder)


def test_numbers_that_are_no_numbers_are_refused(tmp_path: Path) -> None:
    network, words = tiny()
    with torch.no_grad():
        network.type_head.weight.fill_(float("nan"))
    save(network, words, tmp_path)
    with pytest.raises(WeightsUnavailable):
        check_folder(tmp_path)


@pytest.mark.parametrize("count", [0, 1, WINDOW, WINDOW + 1, 5_000])
def test_windows_cover_every_token(count: int) -> None:
    starts = window_starts(count)
    covered = {at for s in starts for at in range(s, min(s + WINDOW, count))}
    assert covered == set(range(count))
    assert all(b - a <= WINDOW - OVERLAP for a, b in itertools.pairwise(starts))


def test_a_long_text_is_read_to_its_end() -> None:
    model = TextModel(*tiny())
    text = "a bc d efg " * 400
    reading = model.read(text, [(0, 20), (len(text) - 20, len(text))])
    assert reading.tokens > 3 * WINDOW
    assert all(0 <= s.start < s.end <= len(text) for s in reading.facts)
    assert len(reading.clauses) == 2 and all(reading.clauses)


@pytest.mark.parametrize("text", ["", " ", "\n\n", "\u0000", "字" * 30, "🙂"])
def test_odd_texts_are_read_soberly(text: str) -> None:
    reading = TextModel(*tiny()).read(text, [(0, len(text))])
    assert sum(reading.act_types.values()) == pytest.approx(1, abs=1e-4)
    assert all(s.end <= len(text) for s in [*reading.facts, *reading.legal])


def test_the_best_path_is_the_one_that_trying_all_finds() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        scores = log_softmax(rng.normal(size=(5, 5)) * 2)

        def worth(path: tuple[int, ...], scores: np.ndarray = scores) -> float:
            follows = all(
                b not in (2, 4) or a in (b, b - 1) for a, b in zip((0, *path), path, strict=False)
            )
            return sum(scores[t, label] for t, label in enumerate(path)) if follows else -np.inf

        naive = max(itertools.product(range(5), repeat=5), key=worth)
        assert worth(tuple(best_path(scores))) == pytest.approx(worth(naive))


def test_a_span_has_whole_words_and_no_outer_marks() -> None:
    text = 'tem "papel A4 (caixa)", por'
    offsets = [(0, 3), (4, 7), (7, 13), (13, 20), (20, 23), (23, 27)]
    scores = np.full((6, 3), -9.0)
    scores[np.arange(6), [0, 1, 2, 2, 2, 0]] = -0.01
    (span,) = spans_of(text, scores, offsets, ["objeto"])
    assert text[span.start : span.end] == "papel A4 (caixa)"
