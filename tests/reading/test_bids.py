"""Tables of bids in the layouts of audit courts, portals and cities: keys, bidders, winners."""

# ruff: noqa: E501  (a header is one line in the file it stands for)

from __future__ import annotations

import pandas as pd
import pytest

from cidadao_models.reading import Reading, read

A, B, C = "11222333000181", "11444777000161", "44038188000132"


def table(header: str, *rows: str) -> Reading:
    return read("\n".join([header, *rows]).encode(), filename="propostas.csv")


def bids(reading: Reading) -> pd.DataFrame:
    assert reading.bids is not None
    return reading.bids


def test_sagres_bids_are_keyed_by_unit_number_and_item() -> None:
    header = "cd_UGestora,nu_Licitacao,tp_Licitacao,cd_Item,cd_SubGrupoItem,nu_CPFCNPJ,qt_Ofertada,vl_Ofertado,st_Proposta,dt_MesAno"
    rows = [
        f"{unit},000012015,3,{item},1,{who},10,{value},{state},012015"
        for unit in (201089, 201090)
        for item in (1, 2)
        for who, value, state in ((A, 10.5, 1), (B, 11.25, 2), (C, 12, 2))
    ]
    found = bids(table(header, *rows))
    assert found["licitacao_id"].nunique() == 4
    assert found["licitacao_id"].iloc[0] == "000012015 (201089) · item 1"
    assert found["vencedor"].tolist()[:3] == ["1", "2", "2"]
    assert found["fornecedor_id"].tolist()[:3] == [A, B, C]


def test_a_number_of_two_modalities_and_two_years_is_four_tenders() -> None:
    header = "CD_ORGAO,NR_LICITACAO,ANO_LICITACAO,CD_TIPO_MODALIDADE,NR_DOCUMENTO_LICITANTE,VL_TOTAL_PROPOSTA,TP_RESULTADO_PROPOSTA,TP_RESULTADO_HABILITACAO"
    rows = [
        f"8800,5,{year},{kind},{who},{value},{result},{able}"
        for year in (2019, 2020)
        for kind in ("CNV", "TMP")
        for who, value, result, able in ((A, 9, "C", "H"), (B, 8, "D", "H"), (C, 7, "C", "I"))
    ]
    found = bids(table(header, *rows))
    assert found["licitacao_id"].nunique() == 4
    assert found["situacao_proposta"].tolist()[:3] == [
        "Classificada / Habilitado",
        "Desclassificada / Habilitado",
        "Classificada / Inabilitado",
    ]


def test_participants_without_amounts_are_bids_too() -> None:
    header = '"Número Licitação";"Código UG";"Número Processo";"Código Item Compra";"CNPJ Participante";"Nome Participante";"Flag Vencedor"'
    rows = [
        f"000102020;{unit};23;{unit}{item};{who};E;{won}"
        for unit in (1, 2)
        for item in (1, 2)
        for who, won in ((A, "SIM"), (B, "NÃO"))
    ]
    found = bids(table(header, *rows))
    assert "valor_proposta" not in found
    assert found["licitacao_id"].nunique() == 4
    assert found["vencedor"].tolist()[:2] == ["SIM", "NÃO"]


def test_sagres_participants_are_bids_too() -> None:
    header = "cd_UGestora,nu_Licitacao,tp_Licitacao,nu_CPFCNPJ,dt_MesAno"
    found = bids(table(header, *(f"{u},1,3,{w},012015" for u in (1, 2) for w in (A, B))))
    assert found["licitacao_id"].tolist() == ["1 (1)", "1 (1)", "1 (2)", "1 (2)"]


@pytest.mark.parametrize(
    ("rank", "state"),
    [("Classificação", "Situação"), ("Colocação", "Resultado"), ("Posição", "Habilitação")],
)
def test_ranks_and_states_of_a_city(rank: str, state: str) -> None:
    header = f"Nº da Licitação;Licitante;CNPJ do Licitante;Valor da Proposta;{rank};{state}"
    reading = table(
        header,
        f"12/2021;Alfa;{A};R$ 100.000,00;1º;Vencedora",
        f"12/2021;Beta;{B};R$ 101.000,00;2º;Classificada",
        f"12/2021;Gama;{C};R$ 99.000,00;;Inabilitada",
    )
    found = bids(reading)
    assert found["vencedor"].tolist()[:2] == ["1º", "2º"]
    assert found["situacao_proposta"].tolist() == ["Vencedora", "Classificada", "Inabilitada"]
    assert reading.records["valor"].tolist() == [100_000.0, 101_000.0, 99_000.0]
    assert {"categoria", "situacao"}.isdisjoint(reading.records)


def test_a_column_that_names_the_winner_becomes_a_mark() -> None:
    rows = ("1;Alfa;10,00;ALFA", "1;Beta;11,00;ALFA", "2;Alfa;10,00;Beta", "2;Beta;9,00;Beta")
    found = bids(table("Licitação;Licitante;Valor da Proposta;Vencedor", *rows))
    assert found["vencedor"].tolist() == ["sim", "não", "não", "sim"]


def test_unit_prices_take_the_unit_estimate() -> None:
    header = "Numero da OC;Código Item;Código Fornecedor;Valor Unitário Proposta;Valor Estimado;Valor Unitário Referência;Flag Vencedor"
    rows = [f"OC1;{i};F{k};9,5{k};900,00;10,00;{k}" for i in (1, 2) for k in (0, 1)]
    found = bids(table(header, *rows))
    assert found["valor_estimado"].tolist() == [10.0] * 4
    assert found["licitacao_id"].nunique() == 2


def test_a_row_number_is_no_item() -> None:
    rows = [f"{t};{k};E{k};1{k},00" for t in (1, 2, 3) for k in (1, 2, 3)]
    found = bids(table("Licitação;Item;Licitante;Valor da Proposta", *rows))
    assert found["licitacao_id"].tolist() == ["1"] * 3 + ["2"] * 3 + ["3"] * 3


def test_a_control_number_of_pncp_is_unique() -> None:
    header = "numeroControlePNCPCompra;Órgão;numeroItem;niFornecedor;valorUnitarioHomologado;ordemClassificacaoSrp"
    rows = [
        f"1-1-9/2023;{body};{item};{who};{value};{rank}"
        for item, body in ((1, "X"), (2, "Y"))
        for who, value, rank in ((A, "10,00", 1), (B, "10,10", 2))
    ]
    found = bids(table(header, *rows))
    assert set(found["licitacao_id"]) == {"1-1-9/2023 · item 1", "1-1-9/2023 · item 2"}


NO_BIDS = {
    "contracts": ("Número Licitação;Contratado;CNPJ;Valor", f"1;X;{A};10,00", f"1;Y;{B};20,00"),
    "agreements": (
        "Nº Processo;Nome Proponente;CNPJ Proponente;Valor Global;Nº Convênio",
        f"1;X;{A};10,00;3",
        f"1;Y;{B};20,00;4",
    ),
    "sanctions": ("NÚMERO DO PROCESSO;CPF OU CNPJ;NOME", f"1;{A};X", f"1;{B};Y"),
    "one winner a tender": (
        "Número Licitação;Licitante;Valor",
        "1;X;10,00",
        "2;Y;20,00",
    ),
}


@pytest.mark.parametrize("name", NO_BIDS)
def test_other_tables_are_no_bids(name: str) -> None:
    assert table(*NO_BIDS[name]).bids is None
