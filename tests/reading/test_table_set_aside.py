"""Totals, repeated headers, notes and empty records: set aside, never a genuine record."""

from __future__ import annotations

import pytest

from cidadao_models.reading.set_aside import is_total_label
from cidadao_models.reading.table import TextTable, read_table


def read(text: str) -> TextTable:
    return read_table(text.encode())


FOOTERS = [
    '2023 total;;"3.620.876.605,31";"108.538.857,73"',
    "TOTAL GERAL;;3.620,00;108,00",
    "Total:;;3.620,00;",
    ";Total geral;3.620,00;10,00",
    "2023;Total;3.620,00;10,00",
    "Subtotal;;R$ 3.620,00;-",
    "Total da Secretaria de Obras;;3.620,00;10,00",
    "Total de registros: 3;;;",
    "TOTAL;3.620,00",
]


@pytest.mark.parametrize("footer", FOOTERS)
@pytest.mark.parametrize("place", ["foot", "middle"])
def test_total_rows_are_set_aside(footer: str, place: str) -> None:
    records = ["2023;Saúde;10,00;1,00", "2023;Obras;20,00;2,00", "2023;Esporte;30,00;3,00"]
    at = 3 if place == "foot" else 1
    lines = [*records[:at], footer, *records[at:]]
    table = read("exercicio;entidade;empenhado;pago\n" + "\n".join(lines) + "\n")
    assert table.issues.counts == {"linha_de_total": 1}
    assert table.issues.examples[0].row == at
    assert table.rows.tolist() == [number for number in range(4) if number != at]


@pytest.mark.parametrize(
    "record",
    [
        "TOTAL LIMPEZA LTDA;12.345.678/0001-90;Serviço;10,00",
        "TOTAL;12.345.678/0001-90;Serviço;10,00",
        "Total Express Transportes;;Frete;10,00",
        "A;12.345.678/0001-90;Cobertura total do ginásio;10,00",
        "A;;Total;10,00",
        "Totalmente Novo ME;1;x;10,00",
    ],
)
def test_genuine_records_that_mention_total_stay(record: str) -> None:
    table = read(f"fornecedor;cnpj;objeto;valor\nX;1;y;5,00\n{record}\nZ;2;w;6,00\n")
    assert table.n_rejected == 0


def test_a_supplier_named_total_stays_in_a_narrow_file() -> None:
    table = read("fornecedor;valor\nTOTAL LIMPEZA LTDA;3,20\nX;5,00\nTotal;8,20\n")
    assert table.data.column("fornecedor").to_pylist() == ["TOTAL LIMPEZA LTDA", "X"]


def test_repeated_headers_are_set_aside() -> None:
    table = read("órgão;valor\nA;1\nórgão;valor\nB;2\n\ufeffórgão;valor \nórgão;3\n")
    assert table.rows.tolist() == [0, 2, 4]
    assert table.issues.counts == {"cabecalho_repetido": 2}


def test_empty_records_are_counted_wherever_they_stand() -> None:
    table = read('a;b\n1;2\n\n;\n" ";""\n3;4\n\n')
    assert table.rows.tolist() == [0, 4]
    assert table.n_rejected == 4
    assert table.issues.counts == {"registro_vazio": 4}


def test_notes_at_the_foot_are_set_aside_and_told() -> None:
    table = read("a;b;c\n1;2;3\nFonte: SIAFI;;\n4;5;6\nFonte: SIAFI;;\nEmitido em 01/02/2024;;\n")
    assert table.rows.tolist() == [0, 1, 2]
    assert table.issues.counts == {"linha_de_rodape": 2}


def test_many_records_set_aside_are_all_counted_with_few_examples() -> None:
    table = read("a;b\n" + "1;2\n;\n" * 500)
    assert table.issues.counts == {"registro_vazio": 500}
    assert len(table.issues.examples) < 20
    assert table.rows.tolist() == list(range(0, 1000, 2))


@pytest.mark.parametrize(
    ("label", "is_total"),
    [
        ("Total", True),
        ("TOTAL GERAL:", True),
        ("2023 total", True),
        ("Totais do exercício", True),
        ("Valor total", True),
        ("Sub-total", True),
        ("TOTAL LTDA", False),
        ("Posto Total", False),
        ("Totalização", False),
        ("", False),
    ],
)
def test_total_labels(label: str, is_total: bool) -> None:
    assert is_total_label(label) is is_total
