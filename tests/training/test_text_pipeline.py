"""The stages of the text model's training, run for real on a few texts with a one-layer encoder."""

from __future__ import annotations

import gzip
import json
import random
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from cidadao_models.errors import InputError, UnreadableFile
from cidadao_models.models.core.text_model import TextModel, check_folder
from cidadao_models.training import text_data, text_pipeline
from cidadao_models.training.clause_head import fitted, pieces
from cidadao_models.training.configs import (
    AdaptConfig,
    ClausesConfig,
    EncoderConfig,
    TasksConfig,
    TextTraining,
)
from cidadao_models.training.e5 import BLOCK, dequantise, read_e5
from cidadao_models.training.multitask import (
    Labelled,
    batches,
    outermost,
    tensors,
    windows,
    with_unknowns,
)
from cidadao_models.training.network_of_e5 import network_of
from cidadao_models.training.vocabulary import count_pieces, kept_pieces, pruned, tokenizer
from cidadao_models.training.weak_labels import EVALUATION, EXTRACTS

TINY = TextTraining(
    encoder=EncoderConfig(layers=(0,), vocabulary=3_000, every=1),
    adapt=AdaptConfig(tokens=1_500, batch_tokens=512, every=1),
    tasks=TasksConfig(stages=2, tokens=2_500, batch_tokens=512),
    clauses=ClausesConfig(penalties=(1e-2, 1e-1), folds=2, every=12),
)

EXTRACT = """EXTRATO DO CONTRATO Nº {n}/2015. Processo: 0{n}.000.123/2015. Partes: DF/{body} X
{firm} LTDA. Objeto: {what}. Valor: R$ {n}.500,00. Vigência: 12 (doze) meses, a contar da data de
sua assinatura. Data da Assinatura: 1{d}/0{d}/2015. Fundamento Legal: Lei nº 8.666/93."""

BODIES = ("SECRETARIA DE SAÚDE", "METRÔ", "DETRAN", "FUNDAÇÃO DO LAGO", "CÂMARA")
FIRMS = ("ALFA OBRAS", "BETA LIMPEZA", "GAMA PAPÉIS", "DELTA FROTA", "ÔMEGA REDES")
THINGS = (
    "aquisição de material de escritório para as escolas",
    "manutenção de elevadores do edifício sede",
    "locação de veículos com motorista",
    "prestação de serviços de limpeza e conservação",
    "reforma da cobertura do ginásio",
)


def written(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with gzip.open(path, "wt", encoding="utf-8") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in rows)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    extracts = [
        {
            "dodf": "2015-03-02",
            "text": EXTRACT.format(n=20 + i, d=1 + i % 8, body=b, firm=f, what=w),
        }
        for i, (b, f, w) in enumerate((b, f, w) for b in BODIES for f in FIRMS for w in THINGS)
    ]
    sentence = {
        "tokens": "O Tribunal de Contas julgou , em 2015 , o recurso de Ana Lima .".split(),
        "ner_tags": ["O", "B-ORGANIZACAO", "I-ORGANIZACAO", "I-ORGANIZACAO", "O", "O", "O",
                     "B-TEMPO", "O", "O", "O", "O", "B-PESSOA", "I-PESSOA", "O"],
    }  # fmt: skip
    written(folder / EXTRACTS, extracts)
    written(folder / EVALUATION, [{"id": "1", "text": "Nada que se pareça com os extratos."}])
    written(folder / text_data.LENER, [sentence] * 20)
    return folder


@pytest.fixture(scope="module")
def work(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("work")
    text_pipeline.run_stages(data, folder, TINY)
    return folder


def test_every_stage_ends_in_files_that_load(work: Path) -> None:
    for name in ("encoder", "adapt", "tasks-1", "tasks-2", "clauses", "compact"):
        assert text_pipeline.is_done(work / name, TINY), name
        assert TextModel.load(work / name).config.num_hidden_layers == 1
        assert not (work / name / "checkpoints").exists()
    check_folder(work / "compact")
    assert all(p.stat().st_size < 10_000_000 for p in (work / "compact").iterdir())


def test_a_stage_made_is_not_made_again(data: Path, work: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in work.rglob("*.safetensors")}
    text_pipeline.run_stages(data, work, TINY)
    assert before == {path: path.stat().st_mtime_ns for path in work.rglob("*.safetensors")}


def test_other_numbers_make_another_training() -> None:
    other = replace(TINY, tasks=replace(TINY.tasks, learning_rate=1e-4))
    assert other.digest() != TINY.digest() == replace(TINY).digest()


def test_an_interrupted_stage_goes_on_where_it_was(data: Path, work: Path, tmp_path: Path) -> None:
    from cidadao_models.training.fitting import fit, last_checkpoint
    from cidadao_models.training.network_files import load

    network, words = load(work / "adapt")
    acts = text_data.gather(data).acts[:40]
    found = [w for item in acts for w in windows(item, words, network.config)]
    groups = batches(found, 512, random.Random(0))
    rows = [tensors(group, len(network.config.clauses)) for group in groups]
    assert len(rows) > 3
    half: list[Any] = [*rows[: len(rows) // 2], *[{}] * (len(rows) - len(rows) // 2)]
    with pytest.raises((TypeError, AttributeError, ValueError)):
        fit(network, half, tmp_path, TINY.tasks, 0, "none")
    assert last_checkpoint(tmp_path / "checkpoints") is not None
    fresh, _ = load(work / "adapt")
    assert fit(fresh, rows, tmp_path, TINY.tasks, 0, "none") > 0
    assert last_checkpoint(tmp_path / "checkpoints") is None


def test_a_stage_keeps_to_its_tokens(work: Path) -> None:
    for stage, config in (("adapt", TINY.adapt), ("tasks-1", TINY.tasks), ("tasks-2", TINY.tasks)):
        figures = json.loads((work / stage / "done.json").read_text())
        assert config is not None and 0 < figures["tokens"] <= config.tokens


def test_without_texts_it_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="lener_br"):
        text_pipeline.run_stages(tmp_path, tmp_path, TINY)


def test_cutting_the_vocabulary_leaves_the_states_as_they_were() -> None:
    e5 = read_e5()
    assert (e5.hidden, e5.layers, len(e5.pieces)) == (384, 12, 250_002)
    full = network_of(e5, e5.arrays["embeddings.word_embeddings.weight"], tuple(range(12)))
    counts = count_pieces(tokenizer(e5.pieces), ["contrato de limpeza"])
    kept = kept_pieces(e5, counts, 3_000)
    words, rows = pruned(e5, kept)
    cut = TextModel(network_of(e5, rows, tuple(range(12))), words)
    whole = TextModel(full, tokenizer(e5.pieces))
    text = "contrato de limpeza"
    states = []
    for model in (whole, cut):
        ids = model.tokenizer.encode(text, add_special_tokens=False).ids
        with torch.inference_mode():
            states.append(model._hidden(np.array(ids))[0].numpy())
    np.testing.assert_allclose(*states, atol=1e-4)


def test_a_block_of_nibbles_is_a_scale_times_integers() -> None:
    nibbles = np.arange(BLOCK) % 16
    packed = (nibbles[:16] | (nibbles[16:] << 4)).astype(np.uint8).tobytes()
    raw = np.float16(0.5).tobytes() + packed
    np.testing.assert_array_equal(dequantise(raw), (nibbles - 8) * 0.5)


def test_another_file_is_no_encoder(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"PK\x03\x04" + bytes(100))
    with pytest.raises(UnreadableFile):
        read_e5(tmp_path / "x.bin")


def test_closing_up_a_sentence_keeps_its_entities() -> None:
    item = Labelled("art . 5 , II ( CF ) .", legal=((0, 12, "LEGISLACAO"), (15, 17, "LEGISLACAO")))
    closed = text_data.closed_up(item)
    assert closed.text == "art. 5, II (CF)."
    assert [closed.text[a:b] for a, b, _ in closed.legal or ()] == ["art. 5, II", "CF"]


def test_a_swapped_sentence_keeps_its_words_and_marks_the_new_names() -> None:
    text = "O Tribunal julgou o recurso de Ana ."
    item = Labelled(text, legal=((2, 10, "ORGANIZACAO"), (31, 34, "PESSOA")))
    known = {"ORGANIZACAO": ["Conselho de Ética"], "PESSOA": ["João da Silva"]}
    changed = text_data.swapped(item, known, 1.0, random.Random(0))
    assert changed.text == "O Conselho de Ética julgou o recurso de João da Silva ."
    assert [changed.text[a:b] for a, b, _ in changed.legal or ()] == [
        "Conselho de Ética",
        "João da Silva",
    ]
    assert text_data.swapped(item, known, 0.0, random.Random(0)) == item


def test_hidden_words_leave_the_labels_and_the_special_tokens(work: Path) -> None:
    from cidadao_models.training.network_files import load

    network, words = load(work / "encoder")
    (window,) = windows(Labelled("compra de papel " * 40, facts=()), words, network.config)
    hidden = with_unknowns(window, 0.5, random.Random(0))
    changed = sum(a != b for a, b in zip(window.ids, hidden.ids, strict=True))
    assert 0.3 < changed / len(window.ids) < 0.7
    assert (hidden.ids[0], hidden.ids[-1], hidden.act) == (0, 2, window.act)


def test_frozen_words_keep_their_vectors(work: Path) -> None:
    from cidadao_models.training.network_files import load

    before, after = (load(work / name)[0] for name in ("adapt", "tasks-2"))
    words = [one.encoder.embeddings.word_embeddings.weight for one in (before, after)]
    assert torch.equal(*words)
    assert not torch.equal(before.legal_head.weight, after.legal_head.weight)


def test_only_the_head_of_the_clauses_is_fitted_on_them(work: Path) -> None:
    from cidadao_models.training.network_files import load

    before, after = (load(work / name)[0].state_dict() for name in ("tasks-2", "clauses"))
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {"clause_head.weight", "clause_head.bias"}
    figures = json.loads((work / "clauses" / "done.json").read_text())
    assert figures["stretches"] > 50 and figures["penalty"] in TINY.clauses.penalties


def test_the_head_finds_the_optimum_of_its_convex_loss() -> None:
    torch.manual_seed(0)
    states = torch.randn(400, 6) * 3 + 5
    kinds = torch.stack([states[:, 0] > 5, states[:, 1] + states[:, 2] > 10], dim=1).float()
    loose, tight = (fitted(states, kinds, penalty) for penalty in (1e-3, 10.0))
    told = loose(states) > 0
    assert (told == kinds.bool()).float().mean() > 0.95
    assert tight.weight.norm() < loose.weight.norm() / 10
    other = states.clone()
    other[:, 3] = 1e3 * other[:, 3] - 7
    assert torch.allclose(
        fitted(other, kinds, 1e-1)(other), fitted(states, kinds, 1e-1)(states), atol=1e-2
    )


def test_a_long_paragraph_is_also_read_in_lines_of_print() -> None:
    rng = random.Random(0)
    assert pieces(10, 90, rng) == [(10, 90)]
    whole, *lines = pieces(0, 1_000, rng)
    assert whole == (0, 1_000) and len(lines) >= 9
    assert all(30 <= b - a <= 100 for a, b in lines)
    assert all(a2 == b1 for (_, b1), (a2, _) in pairwise(lines))


def test_clauses_are_fitted_on_none_of_their_judges() -> None:
    fitted_on = {example.text for example in text_data.clause_examples()}
    judges = text_data.clause_judges()
    assert len(judges) >= 24 and fitted_on.isdisjoint(judge.text for judge in judges)
    assert any(not ids for one in text_data.clause_examples() for *_, ids in one.clauses)


def test_a_letter_that_becomes_two_leaves_the_text_as_it_was() -> None:
    item = Labelled("Straße", facts=())
    assert text_data.same_length(item, item.text.upper()).text == "Straße"


def test_only_the_outermost_mark_is_learned() -> None:
    spans = [(5, 9, "fundamento_legal"), (0, 20, "objeto"), (20, 30, "valor")]
    assert outermost(spans) == [(0, 20, "objeto"), (20, 30, "valor")]


def test_marks_become_labels_of_their_tokens(work: Path) -> None:
    from cidadao_models.training.network_files import load

    network, words = load(work / "encoder")
    text = "Objeto: compra de papel. Valor: R$ 10,00"
    facts = ((8, 23, "objeto"), (32, 40, "valor"))
    (window,) = windows(Labelled(text, facts=facts, act_type="outro"), words, network.config)
    labels = network.config.act_labels
    begun = [labels[(n - 1) // 2] for n in window.act if n > 0 and n % 2 == 1]
    assert begun == ["objeto", "valor"]
    assert window.kind == network.config.act_types.index("outro")
    assert set(window.legal) == {-100}
