"""Documents made here and read back: every encoding, PDF with and without text, DOCX, bad files."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest
from documents_made import pdf, saved, word
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from cidadao_models.errors import InputError, TooFewRecords, TooLarge, UnreadableFile
from cidadao_models.models.text_analysis import analyzer
from cidadao_models.reading import limits as published
from cidadao_models.reading.documents import document_kind, read_text
from cidadao_models.reading.limits import Limits
from cidadao_models.reading.prose import shape

SENTENCES = (
    "CLÁUSULA PRIMEIRA – O presente contrato tem por objeto a manutenção de elevadores.",
    "CLÁUSULA SEGUNDA – O valor é de R$ 84.300,00 e a vigência, de 12 (doze) meses.",
    "§ 1º À contratada cabe a reposição de peças; ª e º são mantidos.",
)
TEXT = "\n".join(SENTENCES)
TABLES = (
    "numero;fornecedor;valor\n1;Empresa Um;10,00\n2;Empresa Dois;11,00\n",
    "numero,objeto,valor\n1,Compra de material para a escola,10.00\n2,Obra de ponte,5.00\n",
    "data\tvalor\n01/02/2024\t10,00\n02/02/2024\t11,00\n",
    "Relatório de despesas\nPrefeitura\n\na;b;c\n1;2;3\n4;5;6\n7;8;9\n1;2;3\n",
    '[{"valor": 10.0, "objeto": "Compra de material para a escola do bairro"}]',
    '{"valor": 10.0}\n{"valor": 11.0}\n',
)


def replaced(document: bytes, main: bytes) -> bytes:
    """The DOCX with another main part."""
    target = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(document)) as source,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy,
    ):
        for name in source.namelist():
            copy.writestr(name, main if name == "word/document.xml" else source.read(name))
    return target.getvalue()


def body(inner: str) -> bytes:
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    return f'<w:document xmlns:w="{space}"><w:body>{inner}</w:body></w:document>'.encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_plain_text_in_any_encoding(encoding: str, ends: str) -> None:
    found = read_text(TEXT.replace("\n", ends).encode(encoding))
    assert (found.text, found.kind, found.pages, found.notes) == (TEXT, "txt", None, ())


def test_sources_of_every_kind_give_the_same(tmp_path: Path) -> None:
    path = tmp_path / "contrato.bin"
    path.write_bytes(TEXT.encode())
    given = [path, str(path), TEXT.encode(), io.BytesIO(TEXT.encode())]
    assert {read_text(source, "a.pdf").text for source in given} == {TEXT}


def test_missing_file_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="aberto"):
        read_text(tmp_path / "nada.txt")


def test_pdf_keeps_letters_lines_and_pages() -> None:
    found = read_text(pdf(TEXT, "ANEXO ÚNICO com a relação dos elevadores atendidos"))
    assert (found.kind, found.pages, found.notes) == ("pdf", 2, ())
    assert found.text.startswith(TEXT)
    assert found.text.endswith("ANEXO ÚNICO com a relação dos elevadores atendidos")


def test_scan_is_told_apart_from_blank_and_from_damaged() -> None:
    with pytest.raises(UnreadableFile, match="imagem digitalizada") as scan:
        read_text(pdf("", "", image=True))
    assert scan.value.details == {"scan": True, "pages": 2} and "OCR" in scan.value.hint
    with pytest.raises(UnreadableFile, match="em branco"):
        read_text(pdf(""))
    with pytest.raises(UnreadableFile, match="danificado"):
        read_text(pdf(TEXT)[:200])
    with pytest.raises(UnreadableFile, match="senha"):
        read_text(pdf(TEXT, password="segredo"))


def test_pages_that_are_pictures_are_named() -> None:
    found = read_text(pdf(TEXT, "", TEXT, "", image=True))
    assert found.pages == 4
    assert found.notes == ("Páginas que são imagem, sem texto para ler: 2, 4.",)


def test_pdf_limits_are_kept() -> None:
    with pytest.raises(TooLarge, match="3 páginas"):
        read_text(pdf(TEXT, TEXT, TEXT), limits=Limits(max_pages=2))
    with pytest.raises(TooLarge, match="caracteres"):
        read_text(pdf(TEXT, TEXT), limits=Limits(max_characters=300))
    with pytest.raises(TooLarge, match="MB"):
        read_text(pdf(TEXT), limits=Limits(max_bytes=100))


def test_docx_gives_paragraphs_and_tables_in_order() -> None:
    table = [["Item", "Valor"], ["Manutenção\nmensal", "R$ 1.200,00"]]
    found = read_text(word(SENTENCES[0], table, SENTENCES[1]))
    assert found.text.splitlines() == [
        SENTENCES[0],
        "Item\tValor",
        "Manutenção mensal\tR$ 1.200,00",
        SENTENCES[1],
    ]
    assert (found.kind, found.pages, found.notes) == ("docx", None, ())


def test_docx_keeps_inclusions_links_and_controls_and_drops_what_was_struck() -> None:
    space = nsdecls("w")
    document = docx.Document()
    paragraph = document.add_paragraph("Prazo de ")
    for inner in (
        f"<w:del {space}><w:r><w:delText>seis</w:delText></w:r></w:del>",
        f"<w:ins {space}><w:r><w:t>doze</w:t></w:r></w:ins>",
        f"<w:hyperlink {space}><w:r><w:t xml:space='preserve'> meses</w:t></w:r></w:hyperlink>",
        f"<w:sdt {space}><w:sdtContent><w:r><w:tab/><w:t>fim</w:t></w:r></w:sdtContent></w:sdt>",
    ):
        paragraph._p.append(parse_xml(inner))
    found = read_text(saved(document))
    assert found.text == "Prazo de doze meses\tfim"
    assert len(found.notes) == 1 and "alterações controladas" in found.notes[0]


def test_docx_says_that_automatic_numbers_are_not_text() -> None:
    document = docx.Document()
    document.add_paragraph("Do objeto")._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId()
    assert any("numeração automática" in note for note in read_text(saved(document)).notes)


@pytest.mark.parametrize(
    "main",
    [
        b"",
        b"<not xml",
        body("<w:p>")[:-10],
        b'<!DOCTYPE a [<!ENTITY b "ccc">]>' + body("<w:p><w:r><w:t>&b;</w:t></w:r></w:p>"),
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
    ],
    ids=["empty", "no xml", "cut", "entity", "outside"],
)
def test_damaged_or_hostile_docx_is_refused(main: bytes) -> None:
    with pytest.raises(UnreadableFile, match="danificado"):
        read_text(replaced(word(TEXT), main))


def test_docx_bombs_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    paragraph = "<w:p><w:r><w:t>contrato de obra</w:t></w:r></w:p>"
    long = replaced(word(TEXT), body(paragraph * 2_000))
    with pytest.raises(TooLarge, match="caracteres"):
        read_text(long, limits=Limits(max_characters=1_000))
    monkeypatch.setattr(published, "MAX_DOCUMENT_BYTES", 50_000)
    with pytest.raises(TooLarge, match="ao ser aberto"):
        read_text(long)
    deep = replaced(word(TEXT), body("<w:p>" * 100 + "</w:p>" * 100))
    with pytest.raises(TooFewRecords):
        read_text(deep)


@pytest.mark.parametrize("cut", [0.3, 0.9])
def test_cut_docx_is_refused(cut: float) -> None:
    whole = word(TEXT)
    with pytest.raises(UnreadableFile):
        read_text(whole[: int(cut * len(whole))])


OTHERS: dict[str, bytes] = {
    "png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "rtf": b"{\\rtf1\\ansi O contrato}",
    "html": b"<!DOCTYPE html><html><body>O contrato de limpeza</body></html>",
    "xml": b"<?xml version='1.0'?><a>O contrato</a>",
    "gzip": b"\x1f\x8b\x08\x00" + bytes(40),
    "empty zip": b"PK\x05\x06" + bytes(18),
    "noise": bytes(range(256)) * 40,
    **{f"table {number}": text.encode() for number, text in enumerate(TABLES)},
}


@pytest.mark.parametrize("payload", OTHERS.values(), ids=OTHERS)
def test_other_formats_are_refused_with_a_way_out(payload: bytes) -> None:
    with pytest.raises(InputError) as refused:
        read_text(payload, "contrato.txt")
    assert refused.value.message and refused.value.hint
    assert document_kind(payload) is None


@pytest.mark.parametrize("payload", [b"", b" \n\t ", b"\xef\xbb\xbf\r\n"])
def test_empty_file_is_told(payload: bytes) -> None:
    with pytest.raises(TooFewRecords):
        read_text(payload)


def test_kind_is_told_by_content() -> None:
    assert document_kind(TEXT.encode("cp1252")) == "txt"
    assert document_kind(pdf(TEXT)) == "pdf"
    assert document_kind(b"\xef\xbb\xbf\n" + pdf(TEXT)) == "pdf"
    assert document_kind(word(TEXT)) == "docx"
    assert document_kind(b"12") is None


@pytest.mark.parametrize("text", TABLES)
def test_tables_are_tables(text: str) -> None:
    assert shape(text) == "table"


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        TEXT.upper(),
        TEXT.replace("\n", " "),
        "Art. 1º Ficam proibidos:\nI - o uso de marca sem motivo;\nII - a venda de bens;\n"
        "III - o aluguel de salas para as festas da cidade;\n",
        "The parties agree that the contract shall be in force for a period of twelve months.",
        "EXTRATO DO CONTRATO 1/2024, PROCESSO 2/2024, PARTES: MUNICÍPIO DE BELA VISTA, E A "
        "EMPRESA ALFA, OBJETO: AQUISIÇÃO DE PAPEL PARA AS ESCOLAS DA REDE.",
    ],
)
def test_acts_are_prose(text: str) -> None:
    assert shape(text) == "prose"


@pytest.mark.parametrize("text", ["", "12", "ana\njoão\nmaria\n", "10,5\n11,0\n12,25\n"])
def test_what_shows_neither_is_unclear(text: str) -> None:
    assert shape(text) == "unclear"


def test_no_real_table_is_taken_for_prose(shared_data: Path) -> None:
    files = [
        path
        for path in sorted(shared_data.rglob("*"))
        if path.suffix.lower() in {".csv", ".tsv", ".json"} and "text" not in path.parts
    ]
    assert len(files) > 20
    taken = [path.name for path in files if document_kind(path.read_bytes()) is not None]
    assert taken == []


def test_the_longest_text_is_the_one_that_is_analysed() -> None:
    assert published.MAX_CHARACTERS == analyzer.MAX_CHARACTERS
