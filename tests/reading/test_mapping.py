"""Columns become canonical fields by layout, by title, by values; the rest is said, not guessed."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cidadao_models.errors import InputError, MissingFields, UnreadableFile
from cidadao_models.reading import Reading, layouts, read
from cidadao_models.reading.headers import name_key, spellings
from cidadao_models.records import FIELDS

CNPJ = "44.038.188/0001-32"
BARE = "44038188000132"


def csv(header: str, *rows: str) -> bytes:
    return "\n".join([header, *rows, ""]).encode()


def columns(reading: Reading) -> dict[str, str]:
    return {field: entry["column"] for field, entry in reading.mapping.items()}


TITLES = (
    ("Nº do Contrato", "numero_contrato"),
    ("Valor (R$)", "valor"),
    ("VL_HOMOLOGADO", "valorHomologado"),
    ("dataPublicacaoPncp", "Data da Publicação PNCP"),
    ("NOME\u00a0FANTASIA \u0096 CADASTRO", "nome fantasia cadastro"),
    ("cd_UGestora", "Código UGestora"),
)


@pytest.mark.parametrize(("one", "other"), TITLES)
def test_titles_that_mean_the_same_compare_equal(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


def test_glued_abbreviations_are_spelt_out() -> None:
    assert name_key("data assinatura") in spellings(name_key("dtassinatura"))
    assert spellings("valor") == ["valor"]


def test_every_layout_and_name_is_sound() -> None:
    for layout in layouts.layouts():
        assert layout.name and layout.signature
        used = {key for keys in layout.fields.values() for key in keys}
        assert used.isdisjoint(layout.ignore), layout.id
    assert layouts.names().keys() <= FIELDS.keys()
    assert {name_key("valor"), name_key("value"), name_key("amount")} <= set(
        layouts.names()["valor"].keys
    )


# -- portals not among the known layouts, by their own column titles ----------------------------

PORTALS = {
    "contratos federais": (
        "Número do Contrato;Objeto;Modalidade Compra;Código Órgão Superior;Nome Órgão Superior;"
        "Código Órgão;Nome Órgão;Código UG;Nome UG;Data Assinatura Contrato;Data Publicação DOU;"
        "Data Início Vigência;Data Fim Vigência;Código Contratado;Nome Contratado;"
        "Valor Inicial Compra;Valor Final Compra",
        f"1/2024;x;Pregão;26000;MEC;26001;UFPE;153;UG;01/02/2024;02/02/2024;03/02/2024;"
        f"01/02/2025;{BARE};ACME;1.000,00;2.000,00",
        {
            "numero": "Número do Contrato",
            "orgao": "Nome Órgão",
            "unidade_gestora": "Nome UG",
            "fornecedor_id": "Código Contratado",
            "fornecedor": "Nome Contratado",
            "valor": "Valor Final Compra",
            "valor_inicial": "Valor Inicial Compra",
            "valor_final": "Valor Final Compra",
            "data": "Data Assinatura Contrato",
            "vigencia_fim": "Data Fim Vigência",
        },
    ),
    "licitações federais": (
        "Número Licitação;Objeto;Modalidade Compra;Nome Órgão;Município;UF;Data Abertura;"
        "Valor Licitação",
        "1;x;Pregão;MEC;Recife;PE;01/02/2024;1234,56",
        {"valor": "Valor Licitação", "data": "Data Abertura", "municipio": "Município"},
    ),
    "cartões": (
        "NOME ÓRGÃO;CPF PORTADOR;NOME PORTADOR;CNPJ OU CPF FAVORECIDO;NOME FAVORECIDO;"
        "DATA TRANSAÇÃO;VALOR TRANSAÇÃO",
        f"MEC;***.122.497-**;J;{BARE};ACME;01/01/2024;10,00",
        {"fornecedor_id": "CNPJ OU CPF FAVORECIDO", "valor": "VALOR TRANSAÇÃO"},
    ),
    "convênios": (
        "NÚMERO CONVÊNIO;UF;NOME ÓRGÃO SUPERIOR;NOME ÓRGÃO CONCEDENTE;CÓDIGO CONVENENTE;"
        "NOME CONVENENTE;OBJETO DO CONVÊNIO;VALOR CONVÊNIO;VALOR LIBERADO;DATA PUBLICAÇÃO",
        f"1;PE;MEC;FNDE;{BARE};PREF;x;1000,00;500,00;01/01/2024",
        {"valor": "VALOR CONVÊNIO", "orgao": "NOME ÓRGÃO CONCEDENTE"},
    ),
    "emendas": (
        "Código da Emenda;Nome Função;Valor Empenhado;Valor Liquidado;Valor Pago",
        "1;Saúde;1.000,00;500,00;400,00",
        {"valor": "Valor Empenhado", "valor_pago": "Valor Pago"},
    ),
    "prefeitura": (
        "Entidade;Nº Empenho;Data;Fornecedor;CPF/CNPJ;Histórico;Modalidade Licitação;"
        "Vl. Empenhado;Vl. Liquidado;Vl. Pago",
        f"Pref;1/2024;02/01/2024;ACME;{CNPJ};compra;Dispensa;1.000,00;0,00;0,00",
        {
            "valor": "Vl. Empenhado",
            "fornecedor_id": "CPF/CNPJ",
            "objeto": "Histórico",
            "numero": "Nº Empenho",
        },
    ),
    "TCE-RS": (
        "CD_ORGAO;NM_ORGAO;NR_CONTRATO;NR_DOCUMENTO;DT_INICIO_VIGENCIA;DT_FINAL_VIGENCIA;"
        "VL_CONTRATO;DT_ASSINATURA;DS_OBJETO",
        f"1;PM;1;{BARE};2024-01-01;2024-12-31;1000.00;2024-01-01;x",
        {
            "orgao": "NM_ORGAO",
            "valor": "VL_CONTRATO",
            "data": "DT_ASSINATURA",
            "fornecedor_id": "NR_DOCUMENTO",
        },
    ),
    "TCE-SP": (
        "id_despesa_detalhe;ds_municipio;ds_orgao;mes_referencia;nr_empenho;"
        "identificador_despesa;ds_despesa;dt_emissao_despesa;vl_despesa;ds_modalidade_lic;"
        "historico_despesa",
        f"1;Adamantina;PREF;1;1;CNPJ - PESSOA JURÍDICA - {BARE};ACME;02/01/2024;1000,00;PREGÃO;x",
        {
            "valor": "vl_despesa",
            "fornecedor": "ds_despesa",
            "fornecedor_id": "identificador_despesa",
            "data": "dt_emissao_despesa",
        },
    ),
}


@pytest.mark.parametrize("name", PORTALS)
def test_portal_titles_are_known(name: str) -> None:
    header, row, expected = PORTALS[name]
    reading = read(csv(header, row))
    found = columns(reading)
    assert {field: found.get(field) for field in expected} == expected
    if "fornecedor_id" in expected:
        assert reading.records["fornecedor_id"].tolist() == [BARE]
    assert all(entry["reason"] for entry in reading.mapping.values())


# -- the backend's vocabularies ------------------------------------------------------------------


def test_english_names() -> None:
    reading = read(
        [
            {"id": 1, "value": 1000.5, "supplier": "ACME", "organ": "SEDUC", "date": "2024-01-02",
             "description": "compra", "category": "material"},
            {"id": 2, "value": "R$ 1.234,56", "vendor": "B LTDA"},
        ]
    )  # fmt: skip
    records = reading.records
    assert records["valor"].tolist() == [1000.5, 1234.56]
    assert records["fornecedor"].tolist() == ["ACME", "B LTDA"]
    assert records["id"].tolist() == ["1", "2"]
    assert records["data"].iloc[0] == pd.Timestamp("2024-01-02")
    assert {"objeto", "categoria", "orgao"} <= set(records)


def test_amount_alone_is_the_value() -> None:
    assert read([{"amount": 10, "vendor": "A"}]).records["valor"].tolist() == [10.0]


def test_portuguese_names_with_supplier_as_text_or_object() -> None:
    reading = read(
        [
            {"valorInicial": 100.0, "valorGlobal": 150.0, "nomeOrgao": "Y", "codigoOrgao": "26000",
             "fornecedor": {"nome": "X", "cnpj": CNPJ}, "objeto": "obra",
             "dataAssinatura": "2024-05-01", "dataPublicacao": "2024-05-03",
             "dataInicio": "2024-05-04"},
            {"valorGlobal": "1.234,56", "fornecedor": "Z", "cnpjFornecedor": BARE,
             "_org_code": "7"},
        ]
    )  # fmt: skip
    records = reading.records
    assert records["fornecedor"].tolist() == ["X", "Z"]
    assert records["fornecedor_id"].tolist() == [BARE, BARE]
    assert records["valor"].tolist() == [150.0, 1234.56]
    assert records["valor_inicial"].iloc[0] == 100.0
    assert records["valor_final"].iloc[0] == 150.0
    assert columns(reading)["data"] == "dataAssinatura"
    assert records["vigencia_inicio"].iloc[0] == pd.Timestamp("2024-05-04")


def test_three_vocabularies_in_one_batch() -> None:
    batch = [
        {"value": 1, "supplier": "A", "date": "2024-01-01"},
        {"valorGlobal": "2,00", "fornecedor": {"nome": "B"}, "dataAssinatura": "2024-01-02"},
        {"amount": 3, "vendor": "C"},
    ]
    records = read(batch).records
    assert records["valor"].tolist() == [1.0, 2.0, 3.0]
    assert records["fornecedor"].tolist() == ["A", "B", "C"]
    assert records["data"].dt.day.tolist()[:2] == [1, 2]


def test_org_code_of_the_backend() -> None:
    assert read([{"_org_code": "26000", "valor": 1}]).records["orgao_id"].tolist() == ["26000"]


def test_canonical_names_map_to_themselves() -> None:
    record = dict.fromkeys(FIELDS, "1") | {
        name: "2024-01-02" for name, field in FIELDS.items() if field.kind == "date"
    }
    reading = read([record])
    assert columns(reading) == {name: name for name in FIELDS}


def test_pncp_contract() -> None:
    reading = read(
        [{"numeroControlePNCP": "a", "niFornecedor": BARE, "nomeRazaoSocialFornecedor": "ACME",
          "valorGlobal": 12.0, "valorInicial": 10.0, "valorAcumulado": 15.0,
          "orgaoEntidade": {"cnpj": BARE, "razaoSocial": "PM"}, "dataAssinatura": "2024-01-01"}]
    )  # fmt: skip
    assert reading.info["layout"] == "PNCP: contratos"
    found = reading.records.iloc[0]
    assert (found["valor"], found["valor_inicial"], found["valor_final"]) == (12.0, 10.0, 15.0)
    assert found["orgao"] == "PM"


def test_pncp_zero_estimate_is_undisclosed_and_codes_have_words() -> None:
    reading = read(
        [{"numeroControlePNCP": "a", "objetoCompra": "x", "modalidadeId": 6,
          "valorTotalEstimado": 0.0, "valorTotalHomologado": 5.0}]
    )  # fmt: skip
    assert np.isnan(reading.records["valor_estimado"].iloc[0])
    assert reading.records["valor"].iloc[0] == 5.0
    assert reading.records["modalidade"].iloc[0] == "Pregão - Eletrônico"


# -- values --------------------------------------------------------------------------------------


def test_odd_titles_are_told_by_their_values() -> None:
    rows = (f"{BARE};02/01/2024;1.000,00;abc", "11222333000181;03/01/2024;12,50;def")
    reading = read(csv("doc;quando;quanto;texto", *rows))
    assert columns(reading) == {"fornecedor_id": "doc", "data": "quando", "valor": "quanto"}
    assert "CNPJ" in reading.mapping["fornecedor_id"]["reason"]
    assert reading.info["unmapped"] == ["texto"]


def test_two_columns_that_look_alike_are_not_guessed() -> None:
    reading = read(csv("objeto;a;b", "x;1,50;2,50", "y;3,50;4,50"))
    assert "valor" not in reading.mapping
    assert reading.issue_counts["sem_coluna_de_valor"] == 1
    assert reading.issue_counts["campo_desconhecido"] == 2


def test_a_title_is_not_believed_against_its_values() -> None:
    rows = [f"x;{word};1,00" for word in ("hoje", "ontem", "nunca", "amanhã", "logo", "cedo")]
    reading = read(csv("objeto;data;valor", *rows))
    assert "data" not in reading.mapping
    assert "coluna_em_duvida" in reading.issue_counts


def test_a_unit_is_a_measure_only_beside_quantities() -> None:
    items = read(csv("objeto;quantidade;unidade;valor", "x;2;CX;1,00"))
    assert columns(items)["unidade"] == "unidade"
    offices = read(csv("objeto;unidade;valor", "x;Gabinete;1,00"))
    assert columns(offices)["unidade_gestora"] == "unidade"


def test_a_single_unreadable_amount_is_a_cell_problem() -> None:
    reading = read([{"valor": "abc", "objeto": "x"}])
    assert columns(reading)["valor"] == "valor"
    assert reading.issue_counts == {"valor_ilegivel": 1}


def test_no_records_are_no_error() -> None:
    reading = read([])
    assert reading.records.empty
    assert (reading.info["n_records"], reading.info["n_rejected"]) == (0, 0)


def test_an_empty_column_gives_way_to_a_filled_one() -> None:
    reading = read(csv("valor total;valor empenhado;objeto", ";10,00;x", ";20,00;y"))
    assert columns(reading)["valor"] == "valor empenhado"


def test_an_estimate_that_stands_for_the_amount_is_named_so() -> None:
    reading = read(csv("objeto;valor homologado;valor estimado", "x;;10,00", "y;;20,00"))
    assert columns(reading)["valor"] == "valor estimado"
    assert "estimado" in reading.mapping["valor"]["reason"]


def test_cpf_and_cnpj_columns_side_by_side() -> None:
    reading = read(csv("cnpj;cpf;valor", f"{BARE};;1,00", ";111.444.777-35;2,00"))
    assert reading.records["fornecedor_id"].tolist() == [BARE, "111.444.777-35"]
    assert "cpf" in reading.mapping["fornecedor_id"]["reason"]


def test_year_and_month_columns_make_the_date() -> None:
    reading = read(csv("ano;mes;valor", "2024;1;10,00", "2023;12;20,00"))
    expected = [pd.Timestamp("2024-01-01"), pd.Timestamp("2023-12-01")]
    assert reading.records["data"].tolist() == expected
    assert reading.records.attrs["datas_sem_dia"] == ["data"]


def test_python_dicts_in_cells_are_opened() -> None:
    cell = "{'nome': 'ACME', 'cnpjFormatado': '44.038.188/0001-32', 'tipo': {'id': 1}}"
    reading = read(csv("id;valorTransacao;estabelecimento", f'1;"97,89";"{cell}"'))
    assert reading.records["fornecedor"].tolist() == ["ACME"]
    assert reading.records["fornecedor_id"].tolist() == [BARE]
    assert reading.records["valor"].tolist() == [97.89]
    assert "estabelecimento.tipo.id" in reading.extra


# -- what the caller decides ---------------------------------------------------------------------


def test_a_mapping_overrides_the_choice() -> None:
    payload = csv("objeto;valor;outro", "x;1,00;9,00")
    assert read(payload).records["valor"].tolist() == [1.0]
    asked = read(payload, mapping={"valor": "outro"})
    assert asked.records["valor"].tolist() == [9.0]
    assert read(read(payload), mapping={"valor": "outro"}).records["valor"].tolist() == [9.0]


@pytest.mark.parametrize("mapping", [{"nada": "valor"}, {"valor": "inexistente"}])
def test_an_impossible_mapping_is_refused(mapping: dict[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        read(csv("objeto;valor", "x;1,00"), mapping=mapping)
    assert caught.value.hint


def test_every_kind_of_source_gives_the_same(tmp_path: Path) -> None:
    payload = csv("objeto;valor", "x;1.234,56", "y;2,00")
    path = tmp_path / "a.csv"
    path.write_bytes(payload)
    frame = pd.DataFrame({"objeto": ["x", "y"], "valor": [1234.56, 2.0]})
    dicts = [{"objeto": "x", "valor": "1.234,56"}, {"objeto": "y", "valor": 2}]
    sources = (path, str(path), payload, io.BytesIO(payload), frame, dicts)
    for source in sources:
        reading = read(source)
        assert reading.records["valor"].tolist() == [1234.56, 2.0], type(source)
        assert reading.records.index.tolist() == [0, 1]
        assert reading.info["n_records"] == 2
    first = read(path)
    assert read(first) is first


def test_nothing_recognised_names_the_columns_seen() -> None:
    with pytest.raises(MissingFields) as caught:
        read(csv("foo;bar", "1;2"))
    assert "foo" in caught.value.message
    assert caught.value.details["columns"] == ["foo", "bar"]


def test_a_missing_file_and_a_wrong_type_are_explained(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile):
        read(tmp_path / "nada.csv")
    with pytest.raises(InputError):
        read(42)


# -- problems and access -------------------------------------------------------------------------


def test_unreadable_cells_are_told_with_row_and_column_and_masked() -> None:
    rows = [f"x;{i},00;01/01/2024" for i in range(10)]
    rows[3] = "x;111.444.777-35;31/02/2024"
    reading = read(csv("objeto;valor;data", *rows))
    assert reading.issue_counts["valor_ilegivel"] == 1
    issue = next(issue for issue in reading.issues if issue.type == "valor_ilegivel")
    assert (issue.row, issue.column) == (3, "valor")
    assert "111.444" not in issue.message
    assert reading.impossible_dates.to_dict("records") == [
        {"row": 3, "field": "data", "text": "31/02/2024"}
    ]
    assert reading.records.attrs["datas_impossiveis"] == {"data": {3: "31/02/2024"}}


def test_rows_keep_their_number_when_others_are_set_aside() -> None:
    reading = read(csv("objeto;valor", "x;1,00", "a;b;c;d", "z;3,00"))
    assert reading.records.index.tolist() == [0, 2]
    assert reading.raw(2) == {"objeto": "z", "valor": "3,00"}
    with pytest.raises(KeyError):
        reading.raw(1)
    assert reading.info["n_records"] + reading.info["n_rejected"] == 3


def test_discount_percentages_are_no_amounts() -> None:
    header = "numprocesso;objeto;valor_estimado;valor_ou_desconto_homologado;dataabertura"
    rows = ("1;x;50000.00;12.50;2022-01-01", "2;y;50000.00;49000.00;2022-01-02", "3;z;60;50;")
    reading = read(csv(header, *rows))
    assert np.isnan(reading.records["valor"].iloc[0])
    assert reading.records["valor"].tolist()[1:] == [49000.0, 50.0]
    assert reading.issue_counts["percentual_no_lugar_de_valor"] == 1


def test_amounts_beyond_what_a_source_brings_are_told_and_kept() -> None:
    header = "numerocontrato;razaonomecontratado;valorcontrato1;datainiciovigencia"
    reading = read(csv(header, "1;A;15295275720.00;2020/01/01 00:00:00.000"))
    assert reading.records["valor"].tolist() == [15295275720.0]
    assert reading.issue_counts["valor_fora_do_esperado"] == 1


def test_bids_are_recognised() -> None:
    reading = read(csv("licitacao_id,valor_proposta,vencedor", "1,10.5,sim", "1,12.0,nao"))
    assert reading.bids is not None
    assert reading.bids["valor_proposta"].tolist() == [10.5, 12.0]
    assert reading.bids["licitacao_id"].tolist() == ["1", "1"]
    assert read(csv("objeto;valor", "x;1,00")).bids is None


def test_types_of_the_records() -> None:
    reading = read(csv("numero;objeto;valor;data", "007;x;1,00;01/01/2024"))
    records = reading.records
    assert records["numero"].tolist() == ["007"]
    assert records["valor"].dtype == "float64"
    assert records["data"].dtype.kind == "M"
    assert str(records["objeto"].dtype) == "str"
    assert list(records) == [name for name in FIELDS if name in records]
