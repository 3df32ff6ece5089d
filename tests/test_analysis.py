"""The one way through: overrides, limits, refusals and the summary."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pandas as pd
import pytest

from cidadao_models.analysis import analyze
from cidadao_models.errors import InputError, MissingFields, TooFewRecords, TooLarge, UnreadableFile
from cidadao_models.models.evaluation.synthetic import planted_contracts
from cidadao_models.reading import read
from cidadao_models.reading.limits import Limits

CSV = "objeto;preço a;valor;data\nobra;10,00;1.000,00;01/02/2024\npneus;20,00;2.000,00;02/02/2024\n"


def test_the_reader_can_choose_another_column():
    report = analyze(CSV.encode(), mapping={"valor": "preço a"})
    assert report.mapping["valor"]["column"] == "preço a"
    assert report.records is not None
    assert report.records["valor"].tolist() == [10.0, 20.0]


def test_a_column_that_is_not_there_is_refused():
    with pytest.raises(InputError):
        analyze(CSV.encode(), mapping={"valor": "outra"})


@pytest.mark.parametrize("kind", ["path", "bytes", "file", "reading", "dicts"])
def test_every_kind_of_source_gives_the_same_findings(kind: str, tmp_path: Path):
    frame, _ = planted_contracts(200, kind="datas_incoerentes", count=4, seed=3)
    text = frame.to_csv(index=False, sep=";", date_format="%Y-%m-%d").encode()
    path = tmp_path / "contratos.csv"
    path.write_bytes(text)
    source = {
        "path": path,
        "bytes": text,
        "file": io.BytesIO(text),
        "reading": read(text),
        "dicts": frame.assign(
            **{c: frame[c].dt.strftime("%Y-%m-%d") for c in frame if frame[c].dtype.kind == "M"}
        ).to_dict("records"),
    }[kind]
    found = [(f.row, round(f.score, 6), f.main.id) for f in analyze(source).findings]
    assert found == [(f.row, round(f.score, 6), f.main.id) for f in analyze(frame).findings]
    assert {row for row, _, _ in found}


@pytest.mark.parametrize(
    ("payload", "error"),
    [
        (b"", TooFewRecords),
        (b"objeto;valor\n", TooFewRecords),
        (b"<html><body>Erro 500</body></html>", UnreadableFile),
        (b"%PDF-1.7 ...", UnreadableFile),
        (b"MZ\x90\x00\x03\x00\x00\x00", UnreadableFile),
        (b"cor;sabor\nazul;doce\nverde;azedo\n", MissingFields),
    ],
    ids=["empty", "header only", "error page", "pdf", "program", "nothing recognised"],
)
def test_what_cannot_be_analysed_is_refused_with_a_hint(payload: bytes, error: type[InputError]):
    with pytest.raises(InputError) as caught:
        analyze(payload)
    assert isinstance(caught.value, error)
    assert caught.value.message and caught.value.hint


def test_limits_of_a_service_are_kept():
    with pytest.raises(TooLarge):
        analyze(CSV.encode(), limits=Limits(max_rows=1))
    with pytest.raises(TooLarge):
        analyze(CSV.encode(), limits=Limits(max_bytes=10))


def test_without_an_amount_the_rest_is_checked_and_the_lack_is_said():
    report = analyze(
        b"contrato;cnpj;data inicio vigencia;data fim vigencia\n"
        b"1/2024;33.000.167/0001-09;01/05/2024;01/02/2024\n"
    )
    assert {reason.id for f in report.findings for reason in f.reasons} >= {"documento_invalido"}
    assert "sem_coluna_de_valor" in report.issues
    lacking = {check.id for check in report.not_evaluated}
    assert "preco_acima_dos_pares" in lacking


def test_one_row_gets_an_answer():
    report = analyze(b"objeto;valor\nobra de pavimento;1.000,00\n")
    assert report.total_analyzed == 1
    assert "embutida" in report.reference


def test_the_summary_counts_what_was_found_and_what_was_not_checked():
    frame, _ = planted_contracts(300, kind="documento_invalido", count=6, seed=3)
    report = analyze(frame)
    assert sum(report.summary["by_flag"].values()) == len(report.findings)  # type: ignore[attr-defined]
    assert report.summary["checks_not_made"] == len(report.not_evaluated)
    assert str(report.summary["sentence"]).startswith(f"{len(report.findings)} de 300 registros")


CONTRACTS = (
    "contrato;cnpj;fornecedor;objeto;valor;data assinatura\n"
    "1;11.222.333/0001-81;Alfa Ltda;Obra;1.000,00;03/06/2024\n"
    "2;04.252.011/0001-10;Beta SA;Pneus;1.000,00;03/06/2024\n"
)
CEIS = (
    '"CADASTRO";"CPF OU CNPJ DO SANCIONADO";"NOME DO SANCIONADO";"CATEGORIA DA SANÇÃO";'
    '"DATA INÍCIO SANÇÃO";"DATA FINAL SANÇÃO";"ABRAGÊNCIA DA SANÇÃO";"ÓRGÃO SANCIONADOR"\n'
    '"CEIS";"11222333000181";"ALFA";"Declaração de Inidoneidade com prazo determinado";'
    '"10/01/2024";"10/01/2027";"Todas as Esferas em todos os Poderes";"Ministério da Saúde"\n'
)
CEIS_API = [
    {
        "id": 1,
        "dataInicioSancao": "10/01/2024",
        "dataFimSancao": "10/01/2027",
        "tipoSancao": {"descricaoResumida": "Declaração de Inidoneidade com prazo determinado"},
        "orgaoSancionador": {"nome": "Ministério da Saúde", "siglaUf": "DF"},
        "sancionado": {"nome": "ALFA", "codigoFormatado": "11.222.333/0001-81"},
        "fundamentacao": [{"codigo": "LEI 14133", "descricao": "Art. 156, IV"}],
        "abrangenciaDefinidaDecisaoJudicial": "Todas as Esferas em todos os Poderes",
    }
]


@pytest.mark.parametrize("kind", ["path", "bytes", "latin-1", "reading", "frame", "api", "json"])
def test_suppliers_are_looked_up_in_a_list_of_sanctions(kind: str, tmp_path: Path):
    path = tmp_path / "ceis.csv"
    path.write_bytes(CEIS.encode("latin-1"))
    source = {
        "path": path,
        "bytes": CEIS.encode(),
        "latin-1": CEIS.encode("latin-1"),
        "reading": read(CEIS.encode()),
        "frame": pd.read_csv(io.StringIO(CEIS), sep=";", dtype=str),
        "api": CEIS_API,
        "json": json.dumps(CEIS_API).encode(),
    }[kind]
    report = analyze(CONTRACTS.encode(), sanctions=source)
    named = [(f.row, f.main.id) for f in report.findings]
    assert named == [(0, "fornecedor_sancionado")]
    assert report.findings[0].main.facts["dias"] == 145


def test_a_state_s_list_and_a_bare_list_are_read():
    mg = "sei;orgao_instaurador;empresa_processada;cnpj;data_decisao;decisao\n"
    mg += "1;CGE;ALFA LTDA;11.222.333/0001-81;2023-06-12;Multa\n"
    for listed in (mg.encode(), b"Nome;CNPJ\nALFA;11.222.333/0001-81\n"):
        report = analyze(CONTRACTS.encode(), sanctions=listed, threshold=0.0)
        ids = {reason.id for f in report.findings for reason in f.reasons}
        assert "fornecedor_sancionado" in ids
        assert not [f for f in report.findings if f.score >= 0.7]


def test_without_a_list_the_check_is_said_not_to_be_made():
    unseen = {check.id: check.reason for check in analyze(CONTRACTS.encode()).not_evaluated}
    assert "lista de sanções" in unseen["fornecedor_sancionado"]


@pytest.mark.parametrize(
    "listed",
    [b"", b"CNPJ\n", b"cor;sabor\nazul;doce\n", b"UF;Data\nSP;01/01/2024\n", CONTRACTS.encode()],
    ids=["empty", "header only", "nothing recognised", "nobody named", "contracts"],
)
def test_a_list_that_names_nobody_is_refused_with_a_hint(listed: bytes):
    with pytest.raises(InputError, match="lista de sanções") as caught:
        analyze(CONTRACTS.encode(), sanctions=listed)
    assert caught.value.hint
    assert caught.value.details["field"] == "sanctions"


def test_the_limits_hold_for_the_list_too():
    with pytest.raises(TooLarge, match="lista de sanções"):
        analyze(CONTRACTS.encode(), sanctions=CEIS.encode() * 3, limits=Limits(max_rows=2))


def test_a_file_of_broken_lines_says_that_they_were_set_apart():
    report = analyze(b"objeto;valor;data\n" + b"obra; com ponto e virgula;1,00;2;3\n" * 4)
    assert report.total_analyzed == 0
    assert "4 foram separados" in str(report.summary["sentence"])
