"""Every real file goes through, with the records its source states and the right amount column."""

from __future__ import annotations

from pathlib import Path

import pytest

from cidadao_models import records as documents
from cidadao_models.reading import read

FILES = (
    # file, records, set aside, amount column, main date column
    (
        "recife_contratos/dados_abertos_contratos.csv",
        4923,
        0,
        "valorcontrato1",
        "datainiciovigencia",
    ),
    ("tce_pb_licitacao/licitacao.csv", 9771, 0, "vl_Licitacao", "dt_Homologacao"),
    ("tce_pb_licitacao/ugestora.csv", 670, 0, None, None),
    (
        "pr_licitacoes/TB_LICITACOES-2020.csv",
        1698,
        0,
        "valor_ou_desconto_homologado",
        "dataabertura",
    ),
    (
        "pr_licitacoes/TB_LICITACOES-2022.csv",
        2708,
        0,
        "valor_ou_desconto_homologado",
        "dataabertura",
    ),
    (
        "pr_licitacoes/TB_LICITACOES-2024.csv",
        2645,
        0,
        "valor_ou_desconto_homologado",
        "dataabertura",
    ),
    ("mg_empenho/empenho2026.csv", 7473, 0, "valor_pago_financeiro", "data_registro_doc_empenho"),
    ("mg_obras/contratos.csv", 636, 0, "valor_total_do_contrato", "data_assinatura"),
    ("mg_covid/compras-coronavirus.csv", 290, 0, "VALOR_HOMOLOGADO", "DATA_CADASTRAMENTO_PROCESSO"),
    ("mg_covid/compras-coronavirus.xls", 290, 0, "VALOR_HOMOLOGADO", "DATA_CADASTRAMENTO_PROCESSO"),
    (
        "mg_covid/contratacaocoronavirus.csv",
        290,
        1,
        "Valor Total Homologado",
        "Data Criação Processo",
    ),
    ("portal_viagens/amostra_viagens.csv", 2998, 0, "Valor diárias", "Período - Data de início"),
    ("portal_orcamento/orc_2019.zip", 26444, 0, "ORÇAMENTO EMPENHADO (R$)", None),
    ("portal_orcamento/orc_2024.zip", 26457, 0, "ORÇAMENTO EMPENHADO (R$)", None),
    ("pncp_api/pncp_belo-horizonte.json", 291, 0, "valorTotalHomologado", "dataPublicacaoPncp"),
    ("pncp_api/pncp_vitoria.json", 233, 0, "valorTotalHomologado", "dataPublicacaoPncp"),
    ("pncp_api/pncp_sao-paulo.json", 30, 0, "valorTotalHomologado", "dataPublicacaoPncp"),
    (
        "federal_covid_tadepe/info_licitacao.csv",
        701,
        0,
        "vl_estimado_licitacao",
        "data_homologacao",
    ),
    ("cnep/cnep.csv", 382, 0, "VALOR DA MULTA", "DATA INÍCIO SANÇÃO"),
    ("ceap_serenata/reimbursements_sample.csv", 1000, 0, "total_net_value", "issue_date"),
    ("cpgf_api/gastos_cartao_2024-01.csv", 15, 0, "valorTransacao", "dataTransacao"),
    ("ifc_tesouro_gerencial/empenhos.csv", 193, 0, "Empenhado", "Mês"),
    ("rio_despesa_linhas_ruins/bad_lines.csv", 0, 17, "Valor", "Data"),
    ("collusion_ticino/bids.csv", 1629, 0, "valor_proposta", None),
    ("series/ceaps_senado_diario.csv", 1461, 0, "y", "ds"),
    ("series/custeio_administrativo_mensal.csv", 149, 0, "Valor", "Data"),
    ("series/mg_siafi_execucao_mensal.csv", 295, 0, "vlr_empenhado", "mes_cod"),
    *(
        (f"londrina/{name}_{year}.csv", 12, 1, amount, None)
        for name, amount in (
            ("empenhadas", "Empenhado"),
            ("liquidadas", "Liquidado - Orçamento"),
            ("pagas", "Pago - Orçamento"),
        )
        for year in range(2018, 2026)
    ),
)


@pytest.mark.parametrize(("name", "kept", "rejected", "amount", "date"), FILES)
def test_a_real_file_is_read(
    shared_data: Path, name: str, kept: int, rejected: int, amount: str | None, date: str | None
) -> None:
    reading = read(shared_data / name)
    assert (reading.info["n_records"], reading.info["n_rejected"]) == (kept, rejected)
    assert len(reading.records) == kept
    assert reading.mapping.get("valor", {}).get("column") == amount
    assert reading.mapping.get("data", {}).get("column") == date
    assert reading.issue_counts.get("valor_ilegivel", 0) == 0
    assert reading.issue_counts.get("data_ilegivel", 0) == 0


def test_three_shapes_of_one_data_set_agree(shared_data: Path) -> None:
    shapes = ("compras-coronavirus.csv", "compras-coronavirus.xls", "contratacaocoronavirus.csv")
    readings = [read(shared_data / "mg_covid" / shape).records for shape in shapes]
    for column in ("valor", "data", "fornecedor_id", "vigencia_fim"):
        first = readings[0][column].dropna().astype(str).sort_values().tolist()
        for other in readings[1:]:
            assert other[column].dropna().astype(str).sort_values().tolist() == first, column


def test_known_figures_come_out(shared_data: Path) -> None:
    recife = read(shared_data / "recife_contratos/dados_abertos_contratos.csv")
    assert recife.records["valor"].max() == 15_295_275_720.0
    assert recife.issue_counts["data_impossivel"] >= 1
    tenders = read(shared_data / "tce_pb_licitacao/licitacao.csv").records["valor"]
    assert ((tenders >= 7_500) & (tenders < 8_000)).sum() == 218 or (
        (tenders > 7_500) & (tenders <= 8_000)
    ).sum() == 218
    discounts = read(shared_data / "pr_licitacoes/TB_LICITACOES-2022.csv").issue_counts
    assert discounts["percentual_no_lugar_de_valor"] == 26
    works = read(shared_data / "mg_obras/contratos.csv").records
    found = documents.classify_documents(works["fornecedor_id"])
    assert (found["kind"] == "cnpj").all() and found["valid"].all()


def test_budget_codes_stay_codes(shared_data: Path) -> None:
    actions = read(shared_data / "portal_orcamento/orc_2024.zip").records["numero"]
    assert actions.str.fullmatch(r"\dE\d\d").sum() > 50
    assert not actions.str.contains(r"e\+", case=False).any()
