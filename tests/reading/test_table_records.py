"""JSON, JSON lines, dicts and data frames."""

from __future__ import annotations

import datetime as dt
import json

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from cidadao_models.errors import InputError, TooFewRecords, TooLarge, UnreadableFile
from cidadao_models.reading.limits import Limits
from cidadao_models.reading.table import from_frame, from_records, read_table

PNCP = {
    "numeroControlePNCP": "18715383000140-1-000001/2025",
    "valorTotalEstimado": 1234.5,
    "orgaoEntidade": {"cnpj": "18715383000140", "razaoSocial": "MUNICÍPIO"},
    "unidadeOrgao": {"nome": "Fundo", "endereco": {"uf": "MG"}},
    "srp": True,
    "fontes": ["a", "b"],
    "itens": [{"n": 1}],
    "dataAtualizacao": None,
}


@pytest.mark.parametrize(
    "document",
    [
        [PNCP],
        {"data": [PNCP], "totalRegistros": 1},
        {"resultado": {"itens": [PNCP]}, "paginas": [1]},
        PNCP,
    ],
    ids=["list", "wrapped", "deeply wrapped", "single"],
)
def test_nested_objects_become_dotted_columns(document: object) -> None:
    if document is PNCP:
        document = {key: value for key, value in PNCP.items() if key != "itens"}
    table = read_table(json.dumps(document).encode())
    (record,) = table.data.to_pylist()
    assert record["orgaoEntidade.cnpj"] == "18715383000140"
    assert record["unidadeOrgao.endereco.uf"] == "MG"
    assert record["valorTotalEstimado"] == 1234.5
    assert (record["srp"], record["fontes"]) == ("true", "a; b")
    assert table.data.column_names[0] == "numeroControlePNCP"
    assert table.info["format"] == "json"


def test_json_lines_set_broken_lines_aside() -> None:
    table = read_table(b'{"a": 1}\n\n{"a": 2\n{"a": 3}\n[1]\n{"a": 4}\n')
    assert table.data.column("a").to_pylist() == [1.0, 3.0, 4.0]
    assert table.rows.tolist() == [0, 2, 4]
    assert table.issues.counts == {"linha_irregular": 2}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ('{"a": [1, 2], "b": ["x", "y"]}', [{"a": 1.0, "b": "x"}, {"a": 2.0, "b": "y"}]),
        ('[["a", "b"], [1, "x"], [2, "y"]]', [{"a": 1.0, "b": "x"}, {"a": 2.0, "b": "y"}]),
        ('\ufeff[{"a": 1}, {"b": "x"}]', [{"a": 1.0, "b": None}, {"a": None, "b": "x"}]),
    ],
)
def test_other_shapes_of_json(document: str, expected: list[dict[str, object]]) -> None:
    assert read_table(document.encode()).data.to_pylist() == expected


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (b"[]", TooFewRecords),
        (b'{"data": []}', TooFewRecords),
        (b"[1, 2, 3]", UnreadableFile),
        (b'["a", "b"]', UnreadableFile),
        (b'[{"a": 1}, {"a"', UnreadableFile),
        (b'{"a": 1', UnreadableFile),
        (b"[" * 200_000, UnreadableFile),
        (b'{"a":' * 100_000, UnreadableFile),
    ],
)
def test_json_without_records_is_refused(payload: bytes, error: type[InputError]) -> None:
    with pytest.raises(error) as caught:
        read_table(payload)
    assert caught.value.hint


def test_hostile_json_values_do_not_crash() -> None:
    huge = "9" * 6_000
    payload = f'[{{"n": {huge}, "x": 1e999, "y": NaN, "s": "\\ud800a\\u0000b"}}, {{"n": 1}}]'
    (record, _) = read_table(payload.encode()).data.to_pylist()
    assert record == {"n": huge, "x": None, "y": None, "s": "?ab"}


def test_mixed_numbers_never_look_like_brazilian_thousands() -> None:
    values = [1.234, 12.5, 7, 1234567.0, "1.234,56", None, -0.125, 1e22, True]
    table = from_records([{"v": value} for value in values])
    assert table.data.column("v").to_pylist() == [
        "1.2340",
        "12.5",
        "7",
        "1234567",
        "1.234,56",
        "-0.1250",
        "1e+22",
        "true",
    ]
    assert table.rows.tolist() == [0, 1, 2, 3, 4, 6, 7, 8]


def test_types_of_columns() -> None:
    table = from_records(
        [
            {"n": 1, "f": 2.5, "t": "x", "d": dt.date(2024, 1, 2), "long": 2**60, "vazio": None},
            {"n": None, "f": 3, "t": " y ", "d": dt.datetime(2024, 1, 2, 3), "long": 1},
        ]
    )
    types = {field.name: field.type for field in table.data.schema}
    assert types["n"] == types["f"] == pa.float64()
    assert types["d"] == pa.timestamp("us")
    assert types["t"] == types["long"] == types["vazio"] == pa.string()
    assert table.data.column("long").to_pylist() == [str(2**60), "1"]
    assert table.data.column("t").to_pylist() == ["x", "y"]


def test_records_without_content() -> None:
    empty = from_records([])
    assert (empty.data.num_rows, empty.n_rejected) == (0, 0)
    table = from_records([{}, {"a": 1}, {"a": None}])
    assert (table.rows.tolist(), table.n_rejected) == ([1], 2)
    bad: list[object] = [{"a": 1}, 3, None, "x"]
    mixed = from_records(bad)  # type: ignore[arg-type]
    assert (mixed.rows.tolist(), mixed.n_rejected) == ([0], 3)


def test_deep_nesting_and_colliding_names() -> None:
    deep: dict[str, object] = {"fim": 1}
    for _ in range(1_000):
        deep = {"x": deep}
    table = from_records([{"a": {"b": 1}, "a.b": 2, "a\x96": 3, "a ": 4, "z": deep}])
    assert {"a.b", "a", "a_2"} <= set(table.data.column_names)
    assert len(table.rows) == 1


def test_cells_are_cleaned_and_counted() -> None:
    doubled = "PREÇOS".encode().decode("cp1252")
    table = from_records([{"a": " x\xa0y\x96 "}, {"a": f"{doubled} "}, {"a": "ok"}])
    assert table.data.column("a").to_pylist() == ["x y", "PREÇOS", "ok"]
    assert table.issues.counts == {
        "acentuacao_reparada": 1,
        "caractere_de_controle": 1,
        "espaco_especial": 1,
    }


def test_row_limit_holds_for_records_too() -> None:
    with pytest.raises(TooLarge):
        from_records([{"a": 1}] * 3, limits=Limits(max_rows=2))


def test_data_frames_of_every_dtype() -> None:
    frame = pd.DataFrame(
        {
            "texto": ["a ", None, "c"],
            "objeto": np.array([1.5, "x", None], dtype=object),
            "int": [1, 2, 3],
            "nulo": pd.array([1, None, 3], dtype="Int64"),
            "float": [1.5, np.nan, np.inf],
            "longo": [2**60, 1, 2],
            "data": pd.to_datetime(["2024-01-02", None, "2024-02-03"]),
            "fuso": pd.to_datetime(["2024-01-02T03:00:00Z"] * 3),
            "cat": pd.Categorical(["p", "q", None]),
            "sim": [True, False, True],
        },
        index=[7, 7, 9],
    )
    table = from_frame(frame)
    assert table.rows.tolist() == [0, 1, 2]
    columns = table.data.to_pydict()
    assert columns["texto"] == ["a", None, "c"]
    assert columns["objeto"] == ["1.5", "x", None]
    assert columns["nulo"] == [1.0, None, 3.0]
    assert columns["float"] == [1.5, None, None]
    assert columns["longo"] == [str(2**60), "1", "2"]
    assert columns["data"][0] == dt.datetime(2024, 1, 2)
    assert columns["fuso"][0] == dt.datetime(2024, 1, 2, 3)
    assert columns["cat"] == ["p", "q", None]
    assert columns["sim"] == ["true", "false", "true"]


def test_odd_data_frames() -> None:
    assert from_frame(pd.DataFrame()).data.num_columns == 0
    repeated = from_frame(pd.DataFrame([[1, 2, 3]], columns=["a", "a", 0]))
    assert repeated.data.column_names == ["a", "a_2", "0"]
    total = from_frame(pd.DataFrame({"órgão": ["A", "Total geral"], "v": [1.0, 1.0]}))
    assert (total.rows.tolist(), total.issues.counts) == ([0], {"linha_de_total": 1})
