"""Containers told by their bytes: archives, refusals, bombs, limits."""

from __future__ import annotations

import gzip
import hashlib
import io
import stat
import struct
import zipfile

import pytest

from cidadao_models.errors import CidadaoError, InputError, TooFewRecords, TooLarge, UnreadableFile
from cidadao_models.reading.limits import Limits
from cidadao_models.reading.table import read_table

CSV = "órgão;valor\nSaúde;1,00\nObras;2,00\n".encode("latin-1")


def archive(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members:
            target.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("payload", "filename"),
    [
        (CSV, "contratos.xlsx"),
        (gzip.compress(CSV), "contratos.csv"),
        (gzip.compress(CSV[:20]) + gzip.compress(CSV[20:]), "em_partes.gz"),
        (archive(("dados.csv", CSV)), "contratos.csv"),
        (archive(("../../etc/dados.csv", CSV)), "../<script>\0.zip"),
        (archive(("/abs/dados.csv", CSV)), None),
        (archive(("__MACOSX/._dados.csv", b"\0\5"), (".oculto", b"x"), ("dados.csv", CSV)), "a"),
    ],
)
def test_the_name_decides_nothing(payload: bytes, filename: str | None) -> None:
    table = read_table(payload, filename=filename)
    assert table.data.to_pylist() == [
        {"órgão": "Saúde", "valor": "1,00"},
        {"órgão": "Obras", "valor": "2,00"},
    ]
    assert table.info["sha256"] == hashlib.sha256(payload).hexdigest()
    assert table.info["filename"] in (filename, "<script>.zip")


def test_zip_members_of_the_same_columns_become_one_table() -> None:
    payload = archive(
        ("2.csv", b"a;b\n3;4\n;\n5;6\n"), ("1.csv", b"a;b\n1;2\n"), ("leia.pdf", b"%PDF-1")
    )
    table = read_table(payload)
    assert table.data.column("a").to_pylist() == ["1", "3", "5"]
    assert table.rows.tolist() == [0, 1, 3]
    assert table.n_rejected == 1
    assert table.info["member"] == "1.csv, 2.csv"
    assert table.issues.counts["arquivo_nao_lido"] == 1
    empty = next(issue for issue in table.issues.examples if issue.type == "registro_vazio")
    assert empty.row == 2


def test_of_zip_members_with_other_columns_the_largest_is_read_and_the_rest_told() -> None:
    payload = archive(("dicionario.csv", b"campo;texto\na;x\n"), ("dados.csv", b"a;b\n1;2\n3;4\n"))
    table = read_table(payload)
    assert table.info["member"] == "dados.csv"
    (issue,) = table.issues.examples
    assert (issue.type, "dicionario.csv" in issue.message) == ("arquivo_nao_lido", True)


def test_links_in_a_zip_are_not_followed() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        link = zipfile.ZipInfo("dados.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        target.writestr(link, "/etc/passwd")
    with pytest.raises(UnreadableFile, match="vazio"):
        read_table(stream.getvalue())


def encrypted_archive() -> bytes:
    """A ZIP whose member says that it is encrypted."""
    payload = bytearray(archive(("a.csv", CSV)))
    payload[6] |= 1
    payload[payload.index(b"PK\x01\x02") + 8] |= 1
    return bytes(payload)


def lying_archive() -> bytes:
    """A ZIP that declares fewer bytes than it holds."""
    payload = bytearray(archive(("a.csv", b"a;b\n" + b"1;2\n" * 1000)))
    struct.pack_into("<I", payload, payload.index(b"PK\x01\x02") + 24, 10)
    return bytes(payload)


@pytest.mark.parametrize(
    ("payload", "error", "seen"),
    [
        (b"", TooFewRecords, "vazio"),
        (b" \r\n\n\t", TooFewRecords, "vazio"),
        (b"\xef\xbb\xbf", TooFewRecords, "vazio"),
        (b"a;b;c\n", TooFewRecords, "cabeçalho"),
        (b"a;b;c", TooFewRecords, "cabeçalho"),
        (b"<!DOCTYPE html><html><body>Erro 500", UnreadableFile, "HTML"),
        (b"\xef\xbb\xbf\n <HTML>", UnreadableFile, "HTML"),
        (b"<?xml version='1.0'?><a/>", UnreadableFile, "XML"),
        (b"%PDF-1.7\n%\xe2", UnreadableFile, "PDF"),
        (b"\x80\x04\x95\x10\0\0\0", UnreadableFile, "pickle"),
        (b"MZ\x90\x00\x03", UnreadableFile, "programa"),
        (b"\x7fELF\x02\x01", UnreadableFile, "programa"),
        (b"\x89PNG\r\n\x1a\n\0\0", UnreadableFile, "imagem"),
        (b"PAR1\x15\x04", UnreadableFile, "Parquet"),
        (b"Rar!\x1a\x07", UnreadableFile, "RAR"),
        (bytes(range(256)) * 8, UnreadableFile, "binário"),
        (gzip.compress(CSV)[:-12], UnreadableFile, "GZ"),
        (gzip.compress(gzip.compress(CSV)), UnreadableFile, "compactado"),
        (archive(("a.zip", archive(("a.csv", CSV)))), UnreadableFile, "compactado"),
        (archive(("a.csv", CSV))[:-30], UnreadableFile, "ZIP"),
        (archive(), UnreadableFile, "vazio"),
        (archive(("a.csv", b"a;b\n")), TooFewRecords, "a.csv"),
        (archive(("word/document.xml", b"x")), UnreadableFile, "documento"),
        (archive(("xl/workbook.xml", b"x")), UnreadableFile, "planilha"),
        (encrypted_archive(), UnreadableFile, "senha"),
        (lying_archive(), UnreadableFile, "danificado"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, UnreadableFile, "planilha"),
    ],
)
def test_what_is_no_table_is_refused_saying_what_was_seen(
    payload: bytes, error: type[InputError], seen: str
) -> None:
    with pytest.raises(error, match=seen) as caught:
        read_table(payload)
    assert caught.value.hint.endswith(".")


def test_bombs_are_stopped_at_the_cap() -> None:
    zeros = b"a;b\n" + b"0" * 5_000_000
    limits = Limits(max_inflated_bytes=1_000_000)
    for payload in (archive(("a.csv", zeros)), gzip.compress(zeros)):
        with pytest.raises(TooLarge, match="1 MB"):
            read_table(payload, limits=limits)


def test_many_members_together_pass_the_cap_too() -> None:
    payload = archive(*((f"{i}.csv", b"a;b\n" + b"0" * 400_000) for i in range(4)))
    with pytest.raises(TooLarge):
        read_table(payload, limits=Limits(max_inflated_bytes=1_000_000))


def test_too_many_members_are_refused() -> None:
    with pytest.raises(UnreadableFile, match="3 arquivos"):
        read_table(archive(*((f"{i}.csv", CSV) for i in range(3))), limits=Limits(max_members=2))


@pytest.mark.parametrize(
    "limits", [Limits(max_bytes=10), Limits(max_rows=1), Limits(max_columns=1)]
)
def test_above_a_limit_the_error_says_which(limits: Limits) -> None:
    with pytest.raises(TooLarge) as caught:
        read_table(CSV, limits=limits)
    assert caught.value.details
    assert read_table(CSV, limits=Limits(max_bytes=1000, max_rows=2, max_columns=2)).n_rejected == 0


def test_limits_come_from_the_environment() -> None:
    public = Limits.from_environment({})
    assert (public.max_bytes, public.max_rows) == (80_000_000, 300_000)
    chosen = Limits.from_environment({"CIDADAO_MAX_FILE_MB": "5", "CIDADAO_MAX_ROWS": " 10 "})
    assert (chosen.max_bytes, chosen.max_rows) == (5_000_000, 10)
    with pytest.raises(CidadaoError, match="CIDADAO_MAX_ROWS"):
        Limits.from_environment({"CIDADAO_MAX_ROWS": "-3"})
