"""XLSX, XLS and ODS: the sheet with the data, typed columns, hostile workbooks."""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Sequence

import odf.opendocument
import odf.table
import odf.text
import openpyxl
import pyarrow as pa
import pytest
import xlsxwriter
import xlwt

from cidadao_models.errors import TooFewRecords, TooLarge, UnreadableFile
from cidadao_models.reading.limits import Limits
from cidadao_models.reading.table import read_table

Rows = Sequence[Sequence[object]]
DATA: Rows = [["Número", "Data", "Valor", "Órgão"]] + [
    [f"{i:03d}/2024", dt.datetime(2024, 1, 1 + i % 28), 10.5 * i, "Saúde"] for i in range(1, 41)
]


def xlsx(**sheets: Rows) -> bytes:
    stream = io.BytesIO()
    workbook = xlsxwriter.Workbook(stream, {"in_memory": True, "default_date_format": "dd/mm/yyyy"})
    for name, rows in sheets.items():
        sheet = workbook.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    workbook.close()
    return stream.getvalue()


def xls(rows: Rows) -> bytes:
    workbook = xlwt.Workbook()
    sheet = workbook.add_sheet("Sheet1")
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            sheet.write(number, column, cell.isoformat() if isinstance(cell, dt.date) else cell)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def ods(rows: Rows) -> bytes:
    document = odf.opendocument.OpenDocumentSpreadsheet()
    sheet = odf.table.Table(name="Dados")
    for row in rows:
        line = odf.table.TableRow()
        for cell in row:
            number = isinstance(cell, float)
            attributes = {"valuetype": "float" if number else "string"}
            attributes |= {"value": cell} if number else {}
            item = odf.table.TableCell(**attributes)
            item.addElement(odf.text.P(text=str(cell)))
            line.addElement(item)
        sheet.addElement(line)
    document.spreadsheet.addElement(sheet)
    stream = io.BytesIO()
    document.write(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("payload", "format_"), [(xlsx(Dados=DATA), "xlsx"), (xls(DATA), "xls"), (ods(DATA), "ods")]
)
def test_every_workbook_format_whatever_its_name(payload: bytes, format_: str) -> None:
    table = read_table(payload, filename="contratos.csv")
    assert table.info["format"] == format_
    assert table.data.column_names == ["Número", "Data", "Valor", "Órgão"]
    assert table.data.schema.field("Valor").type == pa.float64()
    assert table.data.column("Número")[0].as_py() == "001/2024"
    assert table.rows.tolist() == list(range(40))


def test_dates_stay_dates() -> None:
    table = read_table(xlsx(Dados=DATA))
    assert table.data.schema.field("Data").type == pa.timestamp("us")
    assert table.data.column("Data")[0].as_py() == dt.datetime(2024, 1, 2)


def test_the_data_may_be_on_the_second_sheet() -> None:
    summary = [["Órgão", "Total"]] + [[f"Órgão {i}", i * 1.0] for i in range(10)]
    table = read_table(xlsx(Resumo=summary, Dados=DATA, Vazia=[]))
    assert table.info["sheet"] == "Dados"
    assert len(table.rows) == 40
    (issue,) = table.issues.examples
    assert (issue.type, "Resumo" in issue.message) == ("planilha_nao_lida", True)


def test_titles_totals_and_repeated_headers_do_not_type_the_columns() -> None:
    rows: Rows = [
        ["PREFEITURA DE X"],
        [],
        ["nº", "objeto", "valor", None],
        [1, "caneta", 10.5],
        [],
        ["nº", "objeto", "valor"],
        [2, "papel", 20.25],
        ["Total geral", None, 30.75],
        ["Fonte: sistema"],
        [],
    ]
    table = read_table(xlsx(Plan1=rows))
    assert table.data.to_pylist() == [
        {"nº": 1.0, "objeto": "caneta", "valor": 10.5},
        {"nº": 2.0, "objeto": "papel", "valor": 20.25},
    ]
    assert table.rows.tolist() == [0, 3]
    assert table.n_rejected == 4
    assert table.issues.counts == {
        "linhas_antes_do_cabecalho": 2,
        "registro_vazio": 1,
        "cabecalho_repetido": 1,
        "linha_de_total": 1,
        "linha_de_rodape": 1,
    }


def test_mixed_columns_become_text_that_reads_back() -> None:
    rows: Rows = [["código", "valor"], [2300.0, 1.234], ["2E24", "1.234,56"], [7, "sigiloso"]]
    table = read_table(xlsx(A=rows))
    assert table.data.column("código").to_pylist() == ["2300", "2E24", "7"]
    assert table.data.column("valor").to_pylist() == ["1.2340", "1.234,56", "sigiloso"]


def test_inline_strings() -> None:
    workbook = openpyxl.Workbook(write_only=True)
    sheet = workbook.create_sheet("Dados")
    for row in DATA:
        sheet.append(list(row))
    stream = io.BytesIO()
    workbook.save(stream)
    assert len(read_table(stream.getvalue()).rows) == 40


def test_a_workbook_inside_a_zip() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        target.writestr("planilha.xlsx", xlsx(Dados=DATA))
    table = read_table(stream.getvalue())
    assert (table.info["member"], table.info["sheet"]) == ("planilha.xlsx", "Dados")


def with_far_cell(payload: bytes) -> bytes:
    """The workbook with its last cell moved to the far corner of the sheet."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(payload)) as source, zipfile.ZipFile(stream, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if "worksheets/" in name:
                content = re.sub(rb'<row r="41"', b'<row r="1048576"', content)
                content = re.sub(rb'r="([A-D])41"', rb'r="XF\g<1>1048576"', content)
            target.writestr(name, content)
    return stream.getvalue()


def test_a_cell_in_the_far_corner_of_an_xls_ends_no_process() -> None:
    payload = xls([["a", "b"], ["x", 1.5], ["y", 2.123456]])
    number_record = b"\x03\x02\x0e\x00"
    at = payload.index(number_record) + len(number_record)
    with pytest.raises((TooLarge, UnreadableFile)):
        read_table(payload[:at] + b"\xff\xff\xff\xff" + payload[at + 4 :])


def test_hostile_workbooks_are_refused() -> None:
    with pytest.raises(TooLarge, match="células demais"):
        read_table(with_far_cell(xlsx(Dados=DATA)))
    with pytest.raises(TooFewRecords):
        read_table(xlsx(Vazia=[]))
    with pytest.raises(TooFewRecords, match="cabeçalho"):
        read_table(xlsx(A=[["a", "b", "c"]]))
    with pytest.raises(UnreadableFile):
        read_table(xlsx(Dados=DATA)[:-400])
    with pytest.raises(TooLarge):
        read_table(xlsx(Dados=DATA), limits=Limits(max_rows=20))
    with pytest.raises(TooLarge):
        read_table(xlsx(Dados=DATA), limits=Limits(max_inflated_bytes=2_000))
