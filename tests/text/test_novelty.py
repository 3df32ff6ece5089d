"""Wording novelty: a percentile within a kind of act, or the reason why there is none."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from cidadao_models.models.text_analysis import novelty
from cidadao_models.models.text_analysis.folding import fold_text
from cidadao_models.models.text_analysis.novelty import Novelty
from cidadao_models.training import novelty as training

THINGS = "cadeiras mesas pneus livros remédios uniformes tintas lâmpadas cabos canetas".split()
PLACES = "escolas creches hospitais oficinas praças bibliotecas".split()


def extract(seed: int) -> str:
    pick = random.Random(seed)
    return (
        f"Extrato do contrato nº {pick.randrange(999)}/2024. Objeto: aquisição de"
        f" {pick.choice(THINGS)} e {pick.choice(THINGS)} para as {pick.choice(PLACES)} da cidade."
        f" Valor total: R$ {pick.randrange(9999)},00. Vigência: doze meses, a contar da assinatura."
        f" Fundamento legal: Lei 14.133/2021. Signatários: pela contratante o prefeito e pela"
        f" contratada o {pick.choice(['diretor', 'gerente', 'sócio', 'procurador'])}."
    )


@pytest.fixture(scope="module")
def model() -> Novelty:
    return training.train([("extrato_contrato", extract(i)) for i in range(400)])


def percentile(model: Novelty, text: str) -> float:
    found, why = model.percentile(fold_text(text), "extrato_contrato")
    assert found is not None and why == ""
    return found


def test_new_acts_of_the_kind_spread_over_the_percentiles(model: Novelty) -> None:
    found = [percentile(model, extract(seed)) for seed in range(1000, 1200)]
    assert 30 < float(np.mean(found)) < 70


def test_strange_wording_is_at_the_top(model: Novelty) -> None:
    words = extract(5).split()
    random.Random(0).shuffle(words)
    assert percentile(model, " ".join(words)) > 99


def test_numbers_case_and_accents_change_nothing(model: Novelty) -> None:
    text = extract(7)
    changed = text.replace("2024", "1999").upper()
    assert percentile(model, changed) == percentile(model, text)


def test_no_answer_says_why(model: Novelty) -> None:
    assert model.percentile("qualquer texto", "aviso_licitacao")[0] is None
    assert "tipo de ato" in model.percentile("qualquer texto", "aviso_licitacao")[1]
    assert model.percentile("curto demais", "extrato_contrato")[0] is None
    assert "curto" in model.percentile("curto demais", "extrato_contrato")[1]


def test_saved_and_read_again_is_the_same(model: Novelty, tmp_path: Path) -> None:
    path = model.save(tmp_path)
    assert path.stat().st_size < 1_500_000
    again, why = novelty.load(tmp_path)
    assert again is not None and why == ""
    assert percentile(again, extract(3)) == percentile(model, extract(3))


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 broken", b"\x80\x04N."])
def test_a_missing_or_broken_file_is_told(content: bytes | None, tmp_path: Path) -> None:
    if content is not None:
        (tmp_path / novelty.FILE).write_bytes(content)
    found, why = novelty.load(tmp_path)
    assert found is None and "novidade" in why


def test_another_shape_is_refused(model: Novelty, tmp_path: Path) -> None:
    Novelty(model.acts, model.rarity[:, :10], model.step, model.quantiles).save(tmp_path)
    assert novelty.load(tmp_path)[0] is None


def test_the_order_of_the_texts_changes_nothing(model: Novelty) -> None:
    texts = [("extrato_contrato", extract(i)) for i in range(400)][::-1]
    again = training.train(texts)
    assert np.array_equal(again.rarity, model.rarity)
    assert np.array_equal(again.quantiles, model.quantiles)


def test_too_few_texts_are_an_error() -> None:
    with pytest.raises(ValueError, match="no kind of act"):
        training.train([("contrato", "um texto")])


def test_extracts_of_the_data_folder_tell_their_kind(shared_data: Path) -> None:
    acts = [
        act for _, (act, _) in zip(range(200), training.acts_of_extracts(shared_data), strict=False)
    ]
    assert {"extrato_contrato", "aditamento_contrato"} <= set(acts)
