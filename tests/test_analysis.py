"""The one way through: overrides, limits, refusals and the summary."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cidadao_models.analysis import analyze
from cidadao_models.errors import InputError, MissingFields, TooFewRecords, TooLarge, UnreadableFile
from cidadao_models.findings.views import NAMES
from cidadao_models.flags import all_flags
from cidadao_models.models.evaluation.synthetic import honest_contracts, planted_contracts
from cidadao_models.models.pattern_analysis import PatternAnalyzer
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


def test_patterns_are_those_of_the_analyzer_and_can_be_left_out():
    frame, _ = planted_contracts(600, kind="duplicata_exata", count=6, seed=4)
    whole, bare = analyze(frame), analyze(frame, patterns=False)
    alone = PatternAnalyzer().analyze(frame)
    assert whole.patterns == alone.patterns and whole.patterns
    assert whole.patterns_not_evaluated == alone.not_evaluated
    assert bare.patterns == [] and bare.views is None
    assert bare.anomalies_dict() == whole.anomalies_dict()
    assert set(whole.views.drawn) | set(whole.views.missing) == set(NAMES)
    assert set(whole.views.drawn) & set(whole.views.missing) == set()


def test_the_same_contract_is_not_counted_twice():
    frame, mask = planted_contracts(600, kind="duplicata_exata", count=6, seed=4)
    report = analyze(frame)
    assert report.records is not None
    rows = [finding.row for finding in report.findings]
    assert {*frame.index[mask]} <= {*rows}
    seen, total = set(), 0.0
    for row in rows:
        group = int(report.records.at[row, "_duplicata"])
        if group < 0 or group not in seen:
            total += report.records.at[row, "valor"]
        seen.add(group)
    assert report.summary["flagged_value"] == pytest.approx(total)
    assert total < sum(report.records.loc[rows, "valor"]) - 1


def test_every_check_has_one_of_three_answers():
    frame, mask = planted_contracts(300, kind="documento_invalido", count=6, seed=3)
    report = analyze(frame.drop(columns="objeto"))
    answers = {one["id"]: one for one in report.summary["by_check"]}  # type: ignore[attr-defined]
    assert list(answers) == [*(one.id for one in all_flags()), "combinacao_incomum"]
    assert answers["documento_invalido"]["status"] == "flagged"
    assert answers["documento_invalido"]["n"] == int(mask.sum())
    assert answers["duplicata_aproximada"]["status"] == "not_evaluated"
    assert "objeto" in answers["duplicata_aproximada"]["reason"]
    for one in answers.values():
        assert (one["status"] == "flagged") == (one["n"] > 0)
        assert (one["status"] == "not_evaluated") == bool(one["reason"]) or one["n"] > 0
    signals = report.summary["signals"]
    assert all(answers[id]["n"] == n for id, n in signals.items())  # type: ignore[attr-defined]


def test_money_of_patterns_counts_each_record_once():
    frame, _ = planted_contracts(600, kind="duplicata_exata", count=6, seed=4)
    report = analyze(frame)
    rows = {row for one in report.patterns for row in one["rows"]}  # type: ignore[attr-defined]
    assert report.records is not None
    chosen = report.records.loc[sorted(rows)]
    repeats = chosen["_duplicata"].duplicated() & (chosen["_duplicata"] >= 0)
    assert report.summary["patterns_value"] == pytest.approx(chosen["valor"][~repeats].sum())
    assert report.summary["pattern_count"] == len(report.patterns)


def test_bids_get_the_patterns_of_bids():
    bids = bids_of(tenders=30)
    report = analyze(bids)
    assert report.summary["patterns_value"] is None or not report.patterns
    assert report.views is not None and set(report.views.drawn) == {"tenders"}
    assert {check.id for check in report.patterns_not_evaluated} <= {
        "propostas_parecidas", "licitam_juntos",
    }  # fmt: skip


@pytest.mark.parametrize("n", [300, 2_000])
def test_an_honest_file_is_not_said_to_have_patterns(n: int):
    for seed in range(3):
        assert "do conjunto" not in str(analyze(honest_contracts(n, seed=seed)).summary["sentence"])


def bids_of(tenders: int) -> pd.DataFrame:
    """A table of bids with three bidders each."""
    draw = np.random.default_rng(5)
    return pd.DataFrame(
        {
            "licitacao_id": [f"L{t}" for t in range(tenders) for _ in range(3)],
            "fornecedor_id": [
                f"F{draw.integers(40)}-{b}" for _ in range(tenders) for b in range(3)
            ],
            "valor_proposta": draw.lognormal(10, 0.3, 3 * tenders).round(2),
        }
    )


def test_a_pattern_of_the_whole_is_in_the_opening_sentence():
    rows = [
        {"orgao": f"Órgão {i % 6}", "fornecedor": f"Empresa {'Z' if i % 6 == 0 else i % 53}",
         "objeto": f"serviço {i}", "valor": 1_000.0 + 37 * i, "data": f"2024-{i % 12 + 1:02d}-10"}
        for i in range(360)
    ]  # fmt: skip
    report = analyze(rows)
    assert any(one["id"] == "concentracao_fornecedor" for one in report.patterns)
    assert "do conjunto" in str(report.summary["sentence"])


def test_a_report_follows_the_amounts_along_time() -> None:
    days = pd.bdate_range("2021-01-01", "2023-12-29")
    rng = np.random.default_rng(4)
    level = np.where(days >= "2022-07-01", 3.0, 1.0)
    amounts = np.round(level * 1_000 * np.exp(rng.normal(0, 0.3, len(days))), 2)
    table = pd.DataFrame({"data": days, "valor": amounts, "objeto": "Material", "orgao": "Cidade"})
    report = analyze(table)
    assert report.series is not None and report.views is not None
    assert "series" in report.views.drawn
    assert any(
        change["kind"] == "level" and change["date_or_index"].startswith("2022-0")
        for change in report.series["report"]["changes"]  # type: ignore[index]
    )
    assert json.dumps(report.to_dict(), allow_nan=False)
    assert "Série" not in str(report.views.missing)


def test_few_dates_and_bids_make_no_series() -> None:
    short = pd.DataFrame({"data": pd.bdate_range("2024-01-01", periods=30), "valor": 10.0})
    bids = pd.DataFrame(
        {
            "licitacao_id": np.repeat(range(200), 3),
            "valor_proposta": np.random.default_rng(0).lognormal(10, 1, 600),
            "data": np.repeat(pd.bdate_range("2021-01-01", periods=200), 3),
        }
    )
    for table in (short, bids):
        report = analyze(table)
        assert report.series is None and report.views is not None
        assert "longa o bastante" in report.views.missing["series"]
        assert report.to_dict()["series"] is None
