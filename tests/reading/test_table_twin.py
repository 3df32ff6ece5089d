"""The fast reader against a naive twin: Python's csv module on the decoded text."""

from __future__ import annotations

import csv
import io

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cidadao_models.errors import CidadaoError
from cidadao_models.reading.table import read_table

LETTERS = "abcXYZ áçÃÉõ019.-/&'\""
CELL = st.text(LETTERS, max_size=12) | st.sampled_from(["", "a;b", "x\ny", 'a "b" c', "NA"])
SETTINGS = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@st.composite
def tables(draw: st.DrawFn) -> list[list[str]]:
    width = draw(st.integers(2, 6))
    record = st.lists(CELL, min_size=width, max_size=width)
    keyed = st.lists(record, min_size=1, max_size=25)
    return [[f"r{number}", *cells] for number, cells in enumerate(draw(keyed))]


@SETTINGS
@given(
    tables(),
    st.sampled_from([";", ",", "|", "\t"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]),
    st.sampled_from(["\n", "\r\n"]),
)
def test_regular_files_equal_the_csv_module(
    records: list[list[str]], separator: str, quoting: int, encoding: str, end: str
) -> None:
    header = [f"coluna {number} nome" for number in range(len(records[0]))]
    stream = io.StringIO(newline="")
    writer = csv.writer(
        stream,
        delimiter=separator,
        quoting=quoting,
        lineterminator=end,  # type: ignore[arg-type]
    )
    writer.writerows([header, *records])
    table = read_table(stream.getvalue().encode(encoding))
    twin = list(csv.reader(io.StringIO(stream.getvalue(), newline=""), delimiter=separator))
    expected = [[cell.strip() or None for cell in record] for record in twin[1:]]
    assert table.info["delimiter"] == separator
    assert [list(record.values()) for record in table.data.to_pylist()] == expected
    assert table.rows.tolist() == list(range(len(expected)))


@SETTINGS
@given(tables(), st.data())
def test_no_record_is_lost_or_moved_when_some_are_ragged(
    records: list[list[str]], data: st.DataObject
) -> None:
    width = len(records[0])
    cut = data.draw(st.sets(st.integers(0, len(records) - 1), max_size=len(records) // 3))
    kept = [number for number in range(len(records)) if number not in cut]
    broken = [
        [*record, "x"] if number in cut and number % 2 else record[:-1] if number in cut else record
        for number, record in enumerate(records)
    ]
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=";", lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(
        [[f"coluna {number} nome" for number in range(width)], *broken]
    )
    table = read_table(stream.getvalue().encode())
    assert table.rows.tolist() == kept
    assert table.n_rejected == len(cut)
    first = table.data.column(0).to_pylist()
    assert first == [f"r{number}" for number in kept]


@SETTINGS
@given(st.binary(max_size=400) | st.text(max_size=300).map(str.encode))
def test_any_bytes_give_a_table_or_a_clear_error(payload: bytes) -> None:
    table = None
    said = ""
    try:
        table = read_table(payload)
    except CidadaoError as error:
        said = f"{error.message} {error.hint}"
    assert said or (table is not None and len(table.rows) == table.data.num_rows)
