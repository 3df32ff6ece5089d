"""Encodings: found over the whole file, repaired where certain, counted."""

from __future__ import annotations

import codecs

import pytest

from cidadao_models.errors import UnreadableFile
from cidadao_models.findings import Issues
from cidadao_models.reading.encoding import clean, to_utf8, undouble
from cidadao_models.reading.table import read_table

TEXT = "Órgão;Descrição;Valor\nSAÚDE;aquisição de pães;1.234,56\nEDUCAÇÃO;São João;7,00\n"
SMART = "órgão;nome\nX;“São João” – 10 €\n"


def cells(payload: bytes) -> list[dict[str, object]]:
    return list(read_table(payload).data.to_pylist())


@pytest.mark.parametrize(
    ("payload", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (TEXT.encode("utf-8-sig"), "utf-8-sig"),
        (TEXT.encode("latin-1"), "latin-1"),
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("utf-32"), "utf-32-le"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_encoding_gives_the_same_cells(payload: bytes, encoding: str) -> None:
    table = read_table(payload)
    assert table.info["encoding"] == encoding
    assert table.data.column_names == ["Órgão", "Descrição", "Valor"]
    assert table.data.column("Descrição").to_pylist() == ["aquisição de pães", "São João"]
    assert table.issues.counts == {}


def test_windows_quotes_and_euro_are_read_as_cp1252() -> None:
    table = read_table(SMART.encode("cp1252"))
    assert table.info["encoding"] == "cp1252"
    assert table.data.column("nome").to_pylist() == ["“São João” – 10 €"]


def test_the_only_accent_may_stand_at_the_very_end_of_a_large_file() -> None:
    payload = b"a;b\n" + b"1;2\n" * 200_000 + "3;é\n".encode("latin-1")
    table = read_table(payload)
    assert table.info["encoding"] == "latin-1"
    assert table.data.column("b")[-1].as_py() == "é"


def test_undefined_windows_bytes_are_removed_and_counted() -> None:
    table = read_table(b"a;b\n1;\xe9\x81x\x9d\n")
    assert cells(b"a;b\n1;\xe9\x81x\x9d\n") == [{"a": "1", "b": "éx"}]
    assert table.issues.counts == {"caractere_de_controle": 2}


def test_utf8_cells_inside_latin1_are_repaired_cell_by_cell() -> None:
    payload = b"a;b\nPRE\xc3\xa7OS;AQUISI\xc7\xc3O\n\xe0s \xe9;HEMODI\xc3\x81LISE\n"
    table = read_table(payload + b"n\xe3o;n\xe3o\n" * 20)
    assert table.data.to_pylist()[:2] == [
        {"a": "PREçOS", "b": "AQUISIÇÃO"},
        {"a": "às é", "b": "HEMODIÁLISE"},
    ]
    assert table.issues.counts == {"acentuacao_reparada": 2}


def test_a_cell_with_lost_second_bytes_keeps_a_mark_in_their_place() -> None:
    table = read_table(b"a;b\n\xe9;LOCA\xc3?\xc3?O DE IM\xc3\x93VEL\n")
    assert table.data.column("b").to_pylist() == ["LOCA\ufffd\ufffdO DE IMÓVEL"]
    assert table.issues.counts == {"acentuacao_reparada": 1, "caractere_perdido": 2}


def test_double_encoded_cells_in_utf8_are_repaired_and_others_left_alone() -> None:
    doubled = "PREÇOS É".encode().decode("cp1252").encode()
    table = read_table(b"a;b\n" + doubled + ";MAÇÃ “SÔ\n".encode())
    assert table.data.to_pylist() == [{"a": "PREÇOS É", "b": "MAÇÃ “SÔ"}]
    assert table.issues.counts == {"acentuacao_reparada": 1}


def test_a_wholly_double_encoded_file_is_repaired() -> None:
    payload = ("a;b\n" + "ação;São\n" * 6_000).encode().decode("latin-1").encode()
    table = read_table(payload)
    assert set(table.data.column("a").to_pylist()) == {"ação"}


def test_utf8_with_broken_bytes_is_still_utf8() -> None:
    payload = TEXT.encode() + "FINANÇAS;licitação;2,00\n".encode("latin-1")
    table = read_table(payload)
    assert table.info["encoding"] == "utf-8"
    assert table.data.column("Órgão").to_pylist() == ["SAÚDE", "EDUCAÇÃO", "FINANÇAS"]
    assert table.issues.counts == {"codificacao_misturada": 3}


def test_lost_characters_survive_and_are_counted() -> None:
    table = read_table("a;b\nAQUISI\ufffd\ufffdO;1\n".encode())
    assert table.data.column("a").to_pylist() == ["AQUISI\ufffd\ufffdO"]
    assert table.issues.counts == {"caractere_perdido": 2}


def test_control_characters_leave_headers_and_cells() -> None:
    table = read_table("RAZÃO SOCIAL \x96 CADASTRO;b\nx\x85y\x01;\x00z\n".encode())
    assert table.data.column_names == ["RAZÃO SOCIAL CADASTRO", "b"]
    assert table.data.to_pylist() == [{"RAZÃO SOCIAL CADASTRO": "xy", "b": "z"}]
    assert table.issues.counts == {"caractere_de_controle": 4}


def test_no_break_spaces_and_padding_become_nothing_or_plain_spaces() -> None:
    text = "nome\xa0;situação\xa0\nACME   ;TRANSITADO\xa0EM JULGADO\n" + " " * 40 + ";x \n"
    table = read_table(text.encode())
    assert table.data.column_names == ["nome", "situação"]
    assert table.data.to_pylist() == [
        {"nome": "ACME", "situação": "TRANSITADO EM JULGADO"},
        {"nome": None, "situação": "x"},
    ]
    assert table.issues.counts == {"espaco_especial": 3}


def test_a_byte_order_mark_in_the_middle_is_dropped() -> None:
    assert cells("a;b\n1;2\n\ufeff3;4\n".encode()) == [{"a": "1", "b": "2"}, {"a": "3", "b": "4"}]


def test_binary_bytes_are_refused_in_portuguese() -> None:
    with pytest.raises(UnreadableFile, match="binário") as caught:
        to_utf8(bytes(range(256)) * 20, Issues())
    assert "CSV" in caught.value.hint


@pytest.mark.parametrize("text", ["PREÇOS", "não", "Ã", "IRMÃ ”", "São Paulo – “SP”", "", "abc"])
def test_undouble_is_the_inverse_of_encoding_twice(text: str) -> None:
    doubled = text.encode().decode("latin-1")
    assert undouble(doubled) == text
    if not text.isascii():
        assert undouble(text) is None


def test_clean_text_comes_back_as_the_same_object() -> None:
    text = TEXT.encode()
    assert clean(text, Issues()) is text
