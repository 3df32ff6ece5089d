"""Separators, quoting, line ends, ragged records and headers of delimited text."""

from __future__ import annotations

import pytest

from cidadao_models.reading.table import TextTable, read_table


def read(text: str) -> TextTable:
    table = read_table(text.encode())
    assert len(table.rows) == table.data.num_rows
    return table


def values(table: TextTable) -> list[tuple[object, ...]]:
    return [tuple(record.values()) for record in table.data.to_pylist()]


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("quote", ["", '"'])
def test_separators_line_ends_and_quoting(separator: str, end: str, quote: str) -> None:
    rows = [["órgão", "objeto", "valor"], ["A", "x y", "1.50"], ["B", "z", "20"]]
    text = end.join(separator.join(f"{quote}{c}{quote}" for c in row) for row in rows)
    for ending in ("", end):
        table = read(text + ending)
        assert table.info["delimiter"] == separator
        assert table.data.column_names == rows[0]
        assert values(table) == [tuple(row) for row in rows[1:]]
        assert table.n_rejected == 0


@pytest.mark.parametrize(
    ("text", "separator"),
    [
        ("Data;Valor\n01/05/2023;5.125,55\n01/04/2023;4.168,13\n", ";"),
        ('id,valor\n1,"1.173,05"\n2,"97,89"\n', ","),
        ("a|b;c|d\n1|x;y|2\n3|z|4\n", "|"),
        ("objeto;valor;data\ncaneta, lápis, papel;1,5;x\ncola, clipe;2,5;y\n", ";"),
        ("id,texto\n1,a; b; c\n2,d; e\n", ","),
    ],
)
def test_decimal_commas_and_text_do_not_mislead_the_separator(text: str, separator: str) -> None:
    assert read(text).info["delimiter"] == separator


def test_mixed_quoting_with_quoted_newlines_counts_records_not_lines() -> None:
    text = '"n";ano;"objeto"\n"1";2024;"linha um\nlinha dois"\r\n2;2024;"a;b ""c"""\n"3";2025;d\n'
    table = read(text)
    assert values(table) == [
        ("1", "2024", "linha um\nlinha dois"),
        ("2", "2024", 'a;b "c"'),
        ("3", "2025", "d"),
    ]
    assert table.rows.tolist() == [0, 1, 2]


def test_row_numbers_keep_their_gaps_behind_quoted_newlines_and_blank_lines() -> None:
    lines = ["a;b;c"]
    expected = []
    for number in range(3_000):
        if number % 7 == 3:
            lines.append(f"{number};faltou")
        elif number % 11 == 5:
            lines.append("")
        else:
            expected.append(number)
            lines.append(f'{number};"x\n\ny";z' if number % 5 == 0 else f"{number};x;z")
    table = read("\n".join(lines) + "\n")
    assert table.rows.tolist() == expected
    assert [int(cell) for cell in table.data.column("a").to_pylist()] == expected
    assert len(table.rows) + table.n_rejected == 3_000


def test_ragged_records_are_set_aside_with_number_and_masked_excerpt() -> None:
    table = read("id;nome;valor\n1;A;10\n2;JOSE 529.982.247-25;LTDA;20\n3;C\n4;D;40\n")
    assert values(table) == [("1", "A", "10"), ("4", "D", "40")]
    assert table.rows.tolist() == [0, 3]
    assert table.n_rejected == 2
    assert table.issues.counts == {"linha_irregular": 2}
    long, short = table.issues.examples
    assert (long.row, short.row) == (1, 2)
    assert "4 campos" in long.message
    assert "529.982" not in long.message


def test_a_shifted_record_under_a_trailing_separator_is_never_kept() -> None:
    """Header and records end in `;`: a stray one inside a text fills the unnamed column."""
    header = "a;b;texto;\n"
    good = "1;2;x;\n" * 40
    table = read(header + good + "1;2;um; dois;\n" + "3;4;seis; sete\n")
    assert table.data.column_names == ["a", "b", "texto"]
    assert table.n_rejected == 2
    assert table.rows.tolist() == list(range(40))


def test_when_all_records_are_ragged_all_are_counted() -> None:
    names = ";".join(f"c{i}" for i in range(45)) + ";\n"
    record = ";".join("x" * 46) + ";\n"
    table = read(names + record * 14 + ";".join("x" * 48) + ";\n")
    assert (table.data.num_rows, table.n_rejected) == (0, 15)
    assert table.issues.counts == {"linha_irregular": 15}
    assert table.data.num_columns == 45


@pytest.mark.parametrize(
    "text",
    [
        "a;b;\n1;2;\n3;4;\n",
        "a;b;\n1;2\n3;4\n",
        "a;b\n1;2;\n3;4;\n",
        "a;b\n1;2;;\n3;4;;\n",
        "a;b\n1;2\n3;4;\n",
        "a;b\n1;2;;;\n3;4\n",
    ],
)
def test_empty_cells_after_the_last_column_are_not_ragged(text: str) -> None:
    table = read(text)
    assert table.data.column_names == ["a", "b"]
    assert values(table) == [("1", "2"), ("3", "4")]
    assert table.rows.tolist() == [0, 1]
    assert table.n_rejected == 0


def test_missing_trailing_cells_are_set_aside() -> None:
    """A line broken inside an unquoted text looks the same, so blanks are not assumed."""
    table = read("a;b;c\n1;2;3\n4;texto que\nquebrou;6\n7;8;9\n")
    assert values(table) == [("1", "2", "3"), ("7", "8", "9")]
    assert table.issues.counts == {"linha_irregular": 2}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a;b;c\n1;"x;2\n3;y;4\n5;z;6\n', [("1", '"x', "2"), ("3", "y", "4"), ("5", "z", "6")]),
        (
            'a;b;c\n1;"x;2\n3;y;4\n5;"z;6\n7;w;8\n',
            [("1", '"x', "2"), ("3", "y", "4"), ("5", '"z', "6"), ("7", "w", "8")],
        ),
        (
            'a;b;c\n1;"x;2\n3;tubo de 2";4\n5;z;6\n',
            [("1", '"x', "2"), ("3", 'tubo de 2"', "4"), ("5", "z", "6")],
        ),
        (
            'a;b;c\n1;"x;2\n3;"y";4\n5;z;6\n7;"w";8\n',
            [("1", '"x', "2"), ("3", "y", "4"), ("5", "z", "6"), ("7", "w", "8")],
        ),
        (
            'a;b;c\n1;"ok\nok";2\n3;"x;4\n5;y;6\n7;"m\nn";8\n',
            [("1", "ok\nok", "2"), ("3", '"x', "4"), ("5", "y", "6"), ("7", "m\nn", "8")],
        ),
    ],
)
def test_an_unclosed_quote_swallows_nothing(text: str, expected: list[tuple[str, ...]]) -> None:
    table = read(text)
    assert values(table) == expected
    assert table.n_rejected == 0
    assert table.issues.counts["aspas_sem_par"] >= 1


def test_a_quote_left_open_in_the_last_cell_ends_with_the_file() -> None:
    table = read('a;b;c\n1;y;2\n3;4;"x\n')
    assert [record[:2] for record in values(table)] == [("1", "y"), ("3", "4")]
    assert str(values(table)[1][2]).lstrip('"') == "x"


def test_an_unclosed_quote_in_a_large_file_costs_only_its_own_line() -> None:
    lines = [f'{i};"texto {i}";{i}.5' for i in range(30_000)]
    lines[10_000] = '10000;"sem par;10000.5'
    table = read("a;b;c\n" + "\n".join(lines) + "\n")
    assert len(table.rows) == 30_000
    assert table.data.column("c")[20_000].as_py() == "20000.5"


def test_quotes_inside_unquoted_text_are_text() -> None:
    table = read('a;b\n1;tubo de 2" e 3"\n2;o "melhor" x\n')
    assert values(table) == [("1", 'tubo de 2" e 3"'), ("2", 'o "melhor" x')]


def test_a_lone_carriage_return_in_an_unquoted_cell_is_text() -> None:
    table = read("a;b;c\n1;x\ry;2\n3;z;4\n")
    assert values(table) == [("1", "x y", "2"), ("3", "z", "4")]
    assert table.issues.counts == {"quebra_de_linha_solta": 1}


def test_line_ends_of_three_kinds_in_one_file() -> None:
    assert values(read("a;b\r\n1;2\n3;4\r5;6\r\n")) == [("1", "2"), ("3", "4"), ("5", "6")]


def test_backslash_escapes_as_mysql_writes_them() -> None:
    table = read('a;b;c\n1;"o \\"melhor; preço\\" x";2\n3;y;4\n')
    assert values(table)[1] == ("3", "y", "4")
    assert values(table)[0] == ("1", 'o "melhor; preço" x', "2")


def test_a_title_and_blank_lines_above_the_header_are_no_records() -> None:
    text = "PREFEITURA DE X;;;\n\nPeríodo: 01/01/2024 a 31/12/2024\n\nn;data;objeto;valor\n"
    table = read(text + "1;02/01/2024;caneta;3,50\n2;03/01/2024;papel;9,00\n")
    assert table.data.column_names == ["n", "data", "objeto", "valor"]
    assert table.rows.tolist() == [0, 1]
    assert table.issues.counts == {"linhas_antes_do_cabecalho": 4}


def test_a_separator_hint_for_excel_is_skipped() -> None:
    table = read("sep=;\na;b;c\n1;2;3\n")
    assert (table.data.column_names, table.rows.tolist()) == (["a", "b", "c"], [0])


def test_without_a_header_the_first_record_is_kept() -> None:
    table = read("1;2024-01-03;caneta;1.234,56\n2;2024-01-04;papel;99,00\n")
    assert table.data.column_names == ["coluna_1", "coluna_2", "coluna_3", "coluna_4"]
    assert len(table.rows) == 2
    assert table.issues.counts == {"sem_cabecalho": 1}


def test_years_as_column_names_are_a_header() -> None:
    assert read("Órgão;2022;2023\nA;1,00;2,00\n").data.column_names == ["Órgão", "2022", "2023"]


def test_duplicate_and_empty_names_are_made_unique() -> None:
    table = read('valor;;valor;"nome\nlongo";VALOR\n1;2;3;4;5\n')
    assert table.data.column_names == ["valor", "coluna_2", "valor_2", "nome longo", "VALOR"]


def test_one_column_one_record_ten_thousand_columns_one_huge_cell() -> None:
    assert values(read("nome\nA\n\nB\n")) == [("A",), ("B",)]
    wide = ";".join(f"c{i}" for i in range(10_000))
    assert read(wide + "\n" + wide.replace("c", "") + "\n").data.num_columns == 10_000
    huge = "x" * 5_000_000
    table = read(f"a;b\n1;{huge}\n2;y\n")
    assert (len(table.data.column("b")[0].as_py()), len(table.rows)) == (5_000_000, 2)


def test_empty_cells_are_null_quoted_or_not() -> None:
    assert values(read('a;b;c\n"";;  \nx;"";NA\n')) == [("x", None, "NA")]


def test_python_dicts_inside_cells_stay_whole() -> None:
    text = "id,valor,orgao\n1,\"97,89\",\"{'id': 1, 'nome': 'X'}\"\n2,\"1,00\",\"{'id': 2}\"\n"
    assert values(read(text))[0] == ("1", "97,89", "{'id': 1, 'nome': 'X'}")
