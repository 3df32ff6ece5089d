"""Every real file beside the project goes through with the record count of its SOURCE.md."""

from __future__ import annotations

from pathlib import Path

import pytest

from cidadao_models.reading.table import TextTable, read_table

COUNTS = {
    "ceap_serenata/reimbursements_sample.csv": (1000, 0, 29),
    "cnep/cnep.csv": (382, 0, 21),
    "collusion_ticino/bids.csv": (1629, 0, 3),
    "cpgf_api/gastos_cartao_2024-01.csv": (15, 0, 8),
    "federal_covid_tadepe/info_licitacao.csv": (701, 0, 21),
    "ifc_tesouro_gerencial/empenhos.csv": (193, 0, 10),
    "mg_covid/compras-coronavirus.csv": (290, 0, 32),
    "mg_covid/compras-coronavirus.xls": (290, 0, 32),
    "mg_covid/contratacaocoronavirus.csv": (290, 1, 32),
    "mg_empenho/empenho2026.csv": (7473, 0, 15),
    "mg_obras/contratos.csv": (636, 0, 30),
    "pncp_api/pncp_belo-horizonte.json": (291, 0, None),
    "pncp_api/pncp_sao-paulo.json": (30, 0, None),
    "pncp_api/pncp_vitoria.json": (233, 0, None),
    "portal_orcamento/orc_2019.zip": (26444, 0, 26),
    "portal_orcamento/orc_2024.zip": (26457, 0, 26),
    "portal_viagens/amostra_viagens.csv": (2998, 0, 22),
    "pr_licitacoes/TB_LICITACOES-2020.csv": (1698, 0, 18),
    "pr_licitacoes/TB_LICITACOES-2022.csv": (2708, 0, 18),
    "pr_licitacoes/TB_LICITACOES-2024.csv": (2645, 0, 18),
    "recife_contratos/dados_abertos_contratos.csv": (4923, 0, 20),
    "rio_despesa_linhas_ruins/bad_lines.csv": (0, 17, 45),
    "series/ceaps_senado_diario.csv": (1461, 0, 2),
    "series/custeio_administrativo_mensal.csv": (149, 0, 2),
    "series/mg_siafi_execucao_mensal.csv": (295, 0, 7),
    "tce_pb_licitacao/licitacao.csv": (9771, 0, 7),
    "tce_pb_licitacao/ugestora.csv": (670, 0, 2),
}


def read(path: Path) -> TextTable:
    return read_table(path.read_bytes(), filename=path.name)


@pytest.mark.parametrize(("name", "expected"), COUNTS.items(), ids=list(COUNTS))
def test_record_counts(shared_data: Path, name: str, expected: tuple[int, int, int | None]) -> None:
    table = read(shared_data / name)
    kept, rejected, columns = expected
    assert (len(table.rows), table.n_rejected) == (kept, rejected)
    assert columns in (None, table.data.num_columns)


def test_londrina_totals_are_set_aside_in_all_its_files(shared_data: Path) -> None:
    files = sorted((shared_data / "londrina").glob("*.csv"))
    assert len(files) == 24
    for path in files:
        table = read(path)
        assert (len(table.rows), table.n_rejected) == (12, 1), path.name
        assert table.issues.counts == {"linha_de_total": 1}


def test_double_encoded_and_control_characters_are_repaired(shared_data: Path) -> None:
    paraiba = read(shared_data / "tce_pb_licitacao" / "licitacao.csv")
    assert paraiba.issues.counts["acentuacao_reparada"] >= 22
    sanctions = read(shared_data / "cnep" / "cnep.csv")
    assert "RAZÃO SOCIAL CADASTRO RECEITA" in sanctions.data.column_names
