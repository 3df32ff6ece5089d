"""CNPJ, CPF and modalities: told, checked and masked as in the published rules."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cidadao_models import records

DOCUMENTS = (
    # text, kind, valid, digits
    ("111.444.777-35", "cpf", True, "11144477735"),
    ("11144477736", "cpf", False, "11144477736"),
    ("029.715.256/43", "cpf", True, "02971525643"),
    ("00011144477735", "cpf", True, "11144477735"),
    ("44.038.188/0001-32", "cnpj", True, "44038188000132"),
    ("44038188000133", "cnpj", False, "44038188000133"),
    ("9645889000139", "cnpj", True, "09645889000139"),
    ("9645889000139.0", "cnpj", True, "09645889000139"),
    ("9645889000138", "desconhecido", False, ""),
    ("360305000104", "cnpj", True, "00360305000104"),
    ("00000000000191", "cnpj", True, "00000000000191"),
    ("12.ABC.345/01DE-35", "cnpj", True, "12ABC34501DE35"),
    ("12ABC34501DE35", "cnpj", True, "12ABC34501DE35"),
    ("12ABC34501DE36", "cnpj", False, "12ABC34501DE36"),
    ("CNPJ: 44.038.188/0001-32", "cnpj", True, "44038188000132"),
    ("CNPJ - PESSOA JURÍDICA - 44038188000132", "cnpj", True, "44038188000132"),
    ("***.628.307-**", "cpf_mascarado", False, "628307"),
    ("***002710**", "cpf_mascarado", False, "002710"),
    ("000.000.000-00", "placeholder", False, ""),
    ("99999999999999", "placeholder", False, ""),
    ("0", "placeholder", False, ""),
    ("-1", "placeholder", False, ""),
    ("CPFHf8cd4b43ac", "desconhecido", False, ""),
    ("CPFHf8cd4b4312", "desconhecido", False, ""),
    ("EX0001234", "desconhecido", False, ""),
    ("ESTRANGEIRO001", "desconhecido", False, ""),
    ("", "", False, ""),
    (None, "", False, ""),
)


@pytest.mark.parametrize(("text", "kind", "valid", "digits"), DOCUMENTS)
def test_a_document_is_told(text: str | None, kind: str, valid: bool, digits: str) -> None:
    answer = records.classify_documents([text]).iloc[0]
    assert (answer["kind"], bool(answer["valid"]), answer["digits"]) == (kind, valid, digits)


def test_documents_keep_the_index_and_order() -> None:
    texts = pd.Series([case[0] for case in DOCUMENTS], index=range(100, 100 + len(DOCUMENTS)))
    together = records.classify_documents(texts)
    assert together.index.equals(texts.index)
    assert together["kind"].tolist() == [case[1] for case in DOCUMENTS]


def test_numbers_of_a_spreadsheet_keep_their_digits() -> None:
    answer = records.classify_documents(pa.array([9645889000139.0, None, 44038188000132.0]))
    assert answer["digits"].tolist() == ["09645889000139", "", "44038188000132"]


def naive_cnpj_holds(text: str) -> bool:
    """The rule as the norm tells it, one character at a time."""
    values = [ord(character) - 48 for character in text]
    for length in (12, 13):
        weights = [5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2][-length:]
        weights = ([6] if length == 13 else []) + weights
        rest = sum(v * w for v, w in zip(values[:length], weights, strict=True)) % 11
        if values[length] != (0 if rest < 2 else 11 - rest):
            return False
    return True


def naive_cpf_holds(text: str) -> bool:
    values = [int(digit) for digit in text]
    for length in (9, 10):
        rest = sum(v * (length + 1 - i) for i, v in enumerate(values[:length])) % 11
        if values[length] != (0 if rest < 2 else 11 - rest):
            return False
    return True


@given(st.lists(st.from_regex(r"[0-9A-Z]{12}[0-9]{2}", fullmatch=True), max_size=30))
def test_cnpj_check_digits_match_the_naive_rule(texts: list[str]) -> None:
    assert records.cnpj_digits_hold(texts).tolist() == [naive_cnpj_holds(t) for t in texts]


@given(st.lists(st.from_regex(r"[0-9]{11}", fullmatch=True), max_size=30))
def test_cpf_check_digits_match_the_naive_rule(texts: list[str]) -> None:
    assert records.cpf_digits_hold(texts).tolist() == [naive_cpf_holds(t) for t in texts]


@given(st.lists(st.one_of(st.none(), st.text(max_size=25))))
def test_any_text_gets_an_answer(texts: list[str | None]) -> None:
    answer = records.classify_documents(texts)
    assert len(answer) == len(texts)
    assert not (answer["valid"] & ~answer["kind"].isin(["cnpj", "cpf"])).any()


def test_the_root_is_that_of_valid_cnpjs_only() -> None:
    roots = records.cnpj_root(["44.038.188/0001-32", "44038188000133", "111.444.777-35", None])
    assert roots.tolist() == ["44038188", "", "", ""]


MASKED = (
    ("CPF 111.444.777-35.", "CPF ***.444.777-**."),
    ("pago a 11144477735 em 2024", "pago a ***.444.777-** em 2024"),
    ("029.715.256/43", "***.715.256-**"),
    ("111444777-35", "***.444.777-**"),
    ("111 444 777 35", "***.444.777-**"),
    ("00011144477735", "***.444.777-**"),
    ("JOSE DA SILVA 11144477736", "JOSE DA SILVA ***.444.777-**"),
    ("MARIA SOUZA ME 12345678909", "MARIA SOUZA ME ***.456.789-**"),
)
LEFT_ALONE = (
    "44.038.188/0001-32",
    "44038188000132",
    "Processo 11144477736",
    "fone 11144477735",
    "(81) 98765-4321",
    "0001114-44.2024.8.17.7735",
    "1250.01.0002012/2020-10",
    "R$ 11144477735,00",
    "***.444.777-**",
    "",
)


@pytest.mark.parametrize(("text", "expected"), MASKED)
def test_cpfs_are_masked(text: str, expected: str) -> None:
    assert records.mask_cpf(text) == expected


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_is_no_cpf_stays(text: str) -> None:
    assert records.mask_cpf(text) == text


def test_a_document_cell_is_masked_whatever_its_digits() -> None:
    assert records.mask_document("11144477736") == "***.444.777-**"
    assert records.mask_document("44038188000132") == "44038188000132"


def test_a_column_is_masked_like_its_cells() -> None:
    cells = [text for text, _ in MASKED] + list(LEFT_ALONE) + [None]
    column = pd.Series(cells, index=range(5, 5 + len(cells)), dtype="str")
    masked = records.mask_cpf_series(column)
    assert masked.index.equals(column.index)
    expected = [records.mask_cpf(cell) for cell in cells if cell is not None]
    assert masked.dropna().tolist() == expected
    assert column.iloc[0] == MASKED[0][0]


def test_masking_twice_changes_nothing() -> None:
    for _, masked in MASKED:
        assert records.mask_cpf(masked) == masked


MODALITIES = (
    ("PREGÃO ELETRÔNICO", "pregao"),
    ("Pregão - Registro de Preço", "pregao"),
    ("DISPENSA POR VALOR - LEI 14.133", "dispensa"),
    ("Dispensa de Licitação", "dispensa"),
    ("Inexigível", "inexigibilidade"),
    ("Tomada de Preço", "tomada_precos"),
    ("TOMADA DE PREÇOS", "tomada_precos"),
    ("Concorrência - Eletrônica", "concorrencia"),
    ("Convite", "convite"),
    ("Leilão - Presencial", "leilao"),
    ("Concurso", "concurso"),
    ("Diálogo Competitivo", "dialogo"),
    ("Credenciamento", "credenciamento"),
    ("Adesão a Registro de Preço", "adesao"),
    ("RDC", "outros"),
    ("6", ""),
    ("-99", ""),
    ("Não se aplica", ""),
    (None, ""),
)


def test_modalities_are_classed() -> None:
    classes = records.modality_class([text for text, _ in MODALITIES])
    assert classes.tolist() == [name for _, name in MODALITIES]


def test_empty_columns_survive() -> None:
    empty = pd.Series([], dtype="str")
    assert records.classify_documents(empty).empty
    assert records.modality_class(empty).empty
    assert records.mask_cpf_series(empty).empty
    assert not len(records.cnpj_digits_hold([]))
    assert np.array_equal(records.text_bytes(pa.array([], pa.string()))[1], [0])
