"""Files of bodies that no layout here was written for: the right columns, nothing misread.

Small texts in the column titles that portals, audit courts, city systems and people use. All
companies, bodies and amounts are invented.
"""

# ruff: noqa: E501  (a header is one line in the file it stands for)

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pytest

from cidadao_models.reading import Reading, read
from cidadao_models.reading.headers import money_unit
from cidadao_models.records import modality_class

A, B, C = "11222333000181", "11444777000161", "44038188000132"
A_, B_, C_ = "11.222.333/0001-81", "11.444.777/0001-61", "44.038.188/0001-32"
BUYER, BUYER_ = "12345678000195", "12.345.678/0001-95"
CPF, MASKED = "529.982.247-25", "***.982.247-**"


@dataclass(frozen=True)
class Case:
    """A file and what its reading must be: columns of fields, cells, fields that stay away."""

    text: str
    columns: Mapping[str, str]
    valor: Sequence[float] | None = None
    first: Mapping[str, object] = field(default_factory=dict)
    absent: Sequence[str] = ()
    rejected: int = 0
    issues: Sequence[str] = ()


CASES = {
    # -- Portal da Transparência -----------------------------------------------------------------
    "portal, compras": Case(
        f"""Número do Contrato;Objeto;Fundamento Legal;Modalidade Compra;Situação Contrato;Código Órgão Superior;Nome Órgão Superior;Código Órgão;Nome Órgão;Código UG;Nome UG;Data Assinatura Contrato;Data Publicação DOU;Data Início Vigência;Data Fim Vigência;Código Contratado;Nome Contratado;Valor Inicial Compra;Valor Final Compra;Número Licitação;Código UG Licitação;Nome UG Licitação;Código Modalidade Compra Licitação;Modalidade Compra Licitação
000012024;Objeto: limpeza;LEI 14.133;Pregão;Publicado;26000;Ministério da Educação;26233;Universidade X;153045;UG X;02/01/2024;05/01/2024;02/01/2024;01/01/2025;{A};ALFA LTDA;120000,0000;150000,0000;00012023;153045;UG X;5;Pregão - Registro de Preço
000022024;Objeto: vigilância;LEI 14.133;Dispensa de Licitação;Publicado;26000;Ministério da Educação;26233;Universidade X;153045;UG X;03/02/2024;;03/02/2024;02/02/2025;{B};BETA SA;80000,0000;80000,0000;00022023;153045;UG X;6;Dispensa de Licitação
""",
        {
            "numero": "Número do Contrato", "objeto": "Objeto", "modalidade": "Modalidade Compra",
            "fundamento_legal": "Fundamento Legal", "situacao": "Situação Contrato",
            "orgao_id": "Código Órgão", "orgao": "Nome Órgão", "unidade_gestora_id": "Código UG",
            "unidade_gestora": "Nome UG", "data": "Data Assinatura Contrato",
            "data_publicacao": "Data Publicação DOU", "vigencia_inicio": "Data Início Vigência",
            "vigencia_fim": "Data Fim Vigência", "fornecedor_id": "Código Contratado",
            "fornecedor": "Nome Contratado", "valor": "Valor Final Compra",
            "valor_inicial": "Valor Inicial Compra", "valor_final": "Valor Final Compra",
        },
        (150000.0, 80000.0),
        {"fornecedor_id": A, "valor_inicial": 120000.0},
    ),
    "portal, itens de compra": Case(
        """Código Órgão;Nome Órgão;Código UG;Nome UG;Número Contrato;Código Item Compra;Descrição Item Compra;Descrição Complementar Item Compra;Quantidade Item;Valor Item
26233;Universidade X;153045;UG X;000012024;15304505000012023000010000000001;ÁGUA MINERAL;GARRAFÃO 20 L;100;1250,0000
26233;Universidade X;153045;UG X;000012024;15304505000012023000010000000002;CAFÉ;PACOTE 500 G;50;900,5000
""",
        {
            "objeto": "Descrição Item Compra", "quantidade": "Quantidade Item",
            "valor": "Valor Item", "orgao": "Nome Órgão", "numero": "Número Contrato",
        },
        (1250.0, 900.5),
        absent=("fornecedor_id", "valor_unitario", "modalidade"),
    ),
    "portal, termos aditivos": Case(
        """Número Contrato;Código Órgão Superior;Nome Órgão Superior;Código Órgão;Nome Órgão;Código UG;Nome UG;Número Termo Aditivo;Data Publicação;Objeto
000012024;26000;Ministério;26233;Universidade X;153045;UG X;000012025;05/01/2025;Prorrogação por 12 meses
000022024;26000;Ministério;26233;Universidade X;153045;UG X;000012025;06/01/2025;Acréscimo
""",
        {"objeto": "Objeto", "data": "Data Publicação", "numero": "Número Contrato"},
        absent=("valor", "n_aditivos", "valor_aditivos"),
    ),
    "portal, licitações": Case(
        """Número Licitação;Código UG;Nome UG;Código Modalidade Compra;Modalidade Compra;Número Processo;Objeto;Situação Licitação;Código Órgão Superior;Nome Órgão Superior;Código Órgão;Nome Órgão;UF;Município;Data Resultado Compra;Data Abertura;Valor Licitação
000012024;153045;UG X;5;Pregão;23067001234202411;Material de limpeza;Publicado;26000;MEC;26233;Universidade X;CE;FORTALEZA;20/02/2024;05/02/2024;54321,0000
000022024;153045;UG X;6;Dispensa de Licitação;23067001235202411;Conserto;Publicado;26000;MEC;26233;Universidade X;CE;FORTALEZA;21/02/2024;;4000,0000
""",
        {
            "valor": "Valor Licitação", "modalidade": "Modalidade Compra", "uf": "UF",
            "municipio": "Município", "objeto": "Objeto", "numero": "Número Licitação",
            "data_abertura": "Data Abertura",
        },
        (54321.0, 4000.0),
        absent=("fornecedor_id", "quantidade"),
    ),
    "portal, itens de licitação": Case(
        f"""Número Licitação;Código UG;Nome UG;Código Modalidade Compra;Modalidade Compra;Número Processo;Código Órgão;Nome Órgão;Código Item Compra;Descrição;Quantidade Item;Valor Item;Código Vencedor;Nome Vencedor
000012024;153045;UG X;5;Pregão;23067001234202411;26233;Universidade X;153045050000120240001;CANETA;1000;750,0000;{A};ALFA LTDA
000012024;153045;UG X;5;Pregão;23067001234202411;26233;Universidade X;153045050000120240002;LÁPIS;500;150,0000;{B};BETA SA
""",
        {
            "fornecedor_id": "Código Vencedor", "fornecedor": "Nome Vencedor", "valor": "Valor Item",
            "quantidade": "Quantidade Item", "modalidade": "Modalidade Compra", "objeto": "Descrição",
        },
        (750.0, 150.0),
        {"fornecedor_id": A},
    ),
    "portal, participantes": Case(
        f"""Código Órgão;Nome Órgão;Código UG;Nome UG;Número Licitação;Código Item Compra;Descrição Item Compra;Código Participante;Nome Participante;Flag Vencedor
26233;Universidade X;153045;UG X;000012024;153045050000120240001;CANETA;{A};ALFA LTDA;SIM
26233;Universidade X;153045;UG X;000012024;153045050000120240001;CANETA;{B};BETA SA;NÃO
""",
        {"fornecedor_id": "Código Participante", "fornecedor": "Nome Participante"},
        absent=("valor", "data"),
    ),
    "portal, empenhos": Case(
        f"""Id Empenho;Código Empenho;Código Empenho Resumido;Data Emissão;Código Tipo Documento;Tipo Documento;Tipo Empenho;Espécie Empenho;Código Órgão Superior;Órgão Superior;Código Órgão;Órgão;Código Unidade Gestora;Unidade Gestora;Código Gestão;Gestão;Código Favorecido;Favorecido;Observação;Código Categoria de Despesa;Categoria de Despesa;Código Grupo de Despesa;Grupo de Despesa;Código Modalidade de Aplicação;Modalidade de Aplicação;Código Elemento de Despesa;Elemento de Despesa;Processo;Modalidade de Licitação;Inciso;Amparo;Referência de Dispensa ou Inexigibilidade;Código Convênio;Contrato de Repasse / Termo de Parceria / Outros;Valor Original do Empenho;Valor do Empenho Convertido pra R$;Valor Utilizado na Conversão
901;153045152332024NE000001;2024NE000001;02/01/2024;NE;Nota de Empenho;ORDINARIO;Original;26000;MEC;26233;Universidade X;153045;UG X;15233;Gestão X;{A};ALFA LTDA;COMPRA DE PAPEL;3;Despesas Correntes;3;Outras Despesas Correntes;90;Aplicações Diretas;30;Material de Consumo;23067.1/2024-1;Pregão;;;;;;10000,00;10000,00;1,0000
902;153045152332024NE000002;2024NE000002;03/01/2024;NE;Nota de Empenho;GLOBAL;Original;26000;MEC;26233;Universidade X;153045;UG X;15233;Gestão X;{MASKED};FULANO;DIARIAS;3;Despesas Correntes;3;Outras Despesas Correntes;90;Aplicações Diretas;14;Diárias;23067.2/2024-1;Não se Aplica;;;;;;2500,50;2500,50;1,0000
""",
        {
            "valor": "Valor do Empenho Convertido pra R$", "data": "Data Emissão", "orgao": "Órgão",
            "fornecedor_id": "Código Favorecido", "fornecedor": "Favorecido",
            "objeto": "Observação", "modalidade": "Modalidade de Licitação",
            "categoria": "Elemento de Despesa", "unidade_gestora": "Unidade Gestora",
        },
        (10000.0, 2500.5),
        absent=("quantidade", "valor_pago"),
    ),
    "portal, pagamentos": Case(
        f"""Código Pagamento;Código Pagamento Resumido;Data Emissão;Código Tipo Documento;Tipo Documento;Tipo OB;Extraorçamentário;Código Órgão Superior;Órgão Superior;Código Órgão;Órgão;Código Unidade Gestora;Unidade Gestora;Código Gestão;Gestão;Código Favorecido;Favorecido;Observação;Processo;Código Categoria de Despesa;Categoria de Despesa;Código Elemento de Despesa;Elemento de Despesa;Código Plano Orçamentário;Plano Orçamentário;Código Programa Governo;Valor Original do Pagamento;Valor do Pagamento Convertido pra R$;Valor Utilizado na Conversão
1530451523320240B800001;2024OB800001;10/01/2024;OB;Ordem Bancária;OB P/FORNECEDOR;Não;26000;MEC;26233;Universidade X;153045;UG X;15233;Gestão X;{A};ALFA LTDA;NF 123;23067.1/2024;3;Despesas Correntes;39;Serviços PJ;0;PO;2080;1500,00;7500,00;5,0000
1530451523320240B800002;2024OB800002;11/01/2024;OB;Ordem Bancária;OB P/FORNECEDOR;Não;26000;MEC;26233;Universidade X;153045;UG X;15233;Gestão X;{B};BETA SA;NF 124;23067.2/2024;3;Despesas Correntes;39;Serviços PJ;0;PO;2080;320,10;320,10;1,0000
""",
        {
            "valor": "Valor do Pagamento Convertido pra R$", "data": "Data Emissão",
            "fornecedor_id": "Código Favorecido", "orgao": "Órgão", "objeto": "Observação",
        },
        (7500.0, 320.1),
        absent=("modalidade",),
    ),
    "portal, recebimentos por favorecido": Case(
        f"""Código Favorecido;Nome Favorecido;Sigla UF;Nome Município;Código Órgão Superior;Nome Órgão Superior;Código Órgão;Nome Órgão;Código Unidade Gestora;Nome Unidade Gestora;Ano e mês do lançamento;Valor Recebido
{A};ALFA LTDA;CE;FORTALEZA;26000;MEC;26233;Universidade X;153045;UG X;01/2024;12345,67
{MASKED};FULANO;CE;SOBRAL;26000;MEC;26233;Universidade X;153045;UG X;02/2024;100,00
""",
        {
            "valor": "Valor Recebido", "fornecedor_id": "Código Favorecido",
            "fornecedor": "Nome Favorecido", "data": "Ano e mês do lançamento",
            "orgao": "Nome Órgão",
        },
        (12345.67, 100.0),
        {"data": pd.Timestamp("2024-01-01")},
    ),
    "portal, cartões": Case(
        f"""CÓDIGO ÓRGÃO SUPERIOR;NOME ÓRGÃO SUPERIOR;CÓDIGO ÓRGÃO;NOME ÓRGÃO;CÓDIGO UNIDADE GESTORA;NOME UNIDADE GESTORA;ANO EXTRATO;MÊS EXTRATO;CPF PORTADOR;NOME PORTADOR;CNPJ OU CPF FAVORECIDO;NOME FAVORECIDO;TRANSAÇÃO;DATA TRANSAÇÃO;VALOR TRANSAÇÃO
20000;Presidência;20101;Presidência;110001;SECRETARIA;2024;1;{MASKED};FULANO;{A};ALFA LTDA;COMPRA A/V - R$ - APRES;02/01/2024;150,00
20000;Presidência;20101;Presidência;110001;SECRETARIA;2024;1;{MASKED};FULANO;-2;SEM INFORMACAO;SAQUE CASH/ATM BB;;1000,00
""",
        {
            "valor": "VALOR TRANSAÇÃO", "data": "DATA TRANSAÇÃO",
            "fornecedor_id": "CNPJ OU CPF FAVORECIDO", "fornecedor": "NOME FAVORECIDO",
        },
        (150.0, 1000.0),
        {"fornecedor_id": A},
    ),
    "portal, convênios": Case(
        f"""NÚMERO CONVÊNIO;UF;CÓDIGO SIAFI MUNICÍPIO;NOME MUNICÍPIO;SITUAÇÃO CONVÊNIO;NÚMERO ORIGINAL;NÚMERO PROCESSO DO CONVÊNIO;OBJETO DO CONVÊNIO;CÓDIGO ÓRGÃO SUPERIOR;NOME ÓRGÃO SUPERIOR;CÓDIGO ÓRGÃO CONCEDENTE;NOME ÓRGÃO CONCEDENTE;CÓDIGO UG CONCEDENTE;NOME UG CONCEDENTE;CÓDIGO CONVENENTE;TIPO CONVENENTE;NOME CONVENENTE;TIPO ENTE CONVENENTE;TIPO INSTRUMENTO;VALOR CONVÊNIO;VALOR LIBERADO;DATA PUBLICAÇÃO;DATA INÍCIO VIGÊNCIA;DATA FINAL VIGÊNCIA;VALOR CONTRAPARTIDA;DATA ÚLTIMA LIBERAÇÃO;VALOR ÚLTIMA LIBERAÇÃO
700001;CE;1389;FORTALEZA;Em execução;1/2024;59001;Pavimentação;56000;M. Cidades;56101;M. Cidades;175004;UG C;{A};Administração Pública Municipal;MUNICIPIO A;MUNICÍPIO;CONVENIO;500000,00;100000,00;02/01/2024;02/01/2024;02/01/2026;25000,00;03/03/2024;50000,00
700002;PI;1219;TERESINA;Em execução;2/2024;59002;Praça;56000;M. Cidades;56101;M. Cidades;175004;UG C;{B};Administração Pública Municipal;MUNICIPIO B;MUNICÍPIO;CONVENIO;300000,00;0,00;03/01/2024;03/01/2024;03/01/2026;15000,00;;0,00
""",
        {
            "valor": "VALOR CONVÊNIO", "fornecedor_id": "CÓDIGO CONVENENTE",
            "fornecedor": "NOME CONVENENTE", "objeto": "OBJETO DO CONVÊNIO",
            "orgao": "NOME ÓRGÃO CONCEDENTE", "vigencia_fim": "DATA FINAL VIGÊNCIA",
            "data_publicacao": "DATA PUBLICAÇÃO", "municipio": "NOME MUNICÍPIO",
        },
        (500000.0, 300000.0),
        absent=("modalidade",),
    ),
    "portal, emendas": Case(
        """Código da Emenda;Ano da Emenda;Tipo de Emenda;Código do Autor da Emenda;Nome do Autor da Emenda;Número da emenda;Localidade de aplicação do recurso;Código Município IBGE;Município;Código UF IBGE;UF;Região;Código Função;Nome Função;Código Subfunção;Nome Subfunção;Código Programa;Nome Programa;Código Ação;Nome Ação;Código Plano Orçamentário;Nome Plano Orçamentário;Valor Empenhado;Valor Liquidado;Valor Pago;Valor Restos A Pagar Inscritos;Valor Restos A Pagar Cancelados;Valor Restos A Pagar Pagos
202410010001;2024;Emenda Individual;1001;AUTOR UM;0001;FORTALEZA - CE;2304400;FORTALEZA;23;CEARÁ;Nordeste;10;Saúde;301;Atenção básica;5019;P;2E89;Custeio;000;PO;100000,00;50000,00;40000,00;10,00;0,00;5,00
202410020002;2024;Emenda de Bancada;1002;AUTOR DOIS;0002;MÚLTIPLO;-1;MÚLTIPLO;-1;MÚLTIPLO;;12;Educação;361;Ensino;5011;P;00VL;Apoio;000;PO;200000,00;0,00;0,00;0,00;0,00;0,00
""",
        {"valor": "Valor Empenhado", "valor_pago": "Valor Pago", "municipio": "Município"},
        (100000.0, 200000.0),
        absent=("fornecedor_id", "modalidade", "quantidade"),
    ),
    "portal, emendas por favorecido": Case(
        f"""Código da Emenda;Código do Autor da Emenda;Nome do Autor da Emenda;Número da emenda;Tipo de Emenda;Ano/Mês;Código do Favorecido;Favorecido;Natureza Jurídica;Tipo Favorecido;UF Favorecido;Município Favorecido;Valor Recebido
202410010001;1001;AUTOR UM;0001;Emenda Individual;202401;{A};ALFA LTDA;Sociedade;Pessoa Jurídica;CE;FORTALEZA;1000,00
202410010001;1001;AUTOR UM;0001;Emenda Individual;202402;{B};BETA SA;Sociedade;Pessoa Jurídica;CE;FORTALEZA;2000,50
""",
        {
            "valor": "Valor Recebido", "fornecedor_id": "Código do Favorecido",
            "fornecedor": "Favorecido", "data": "Ano/Mês",
        },
        (1000.0, 2000.5),
        {"data": pd.Timestamp("2024-01-01")},
    ),
    "portal, sanções": Case(
        f"""CADASTRO;CÓDIGO DA SANÇÃO;TIPO DE PESSOA;CPF OU CNPJ DO SANCIONADO;NOME DO SANCIONADO;NOME INFORMADO PELO ÓRGÃO SANCIONADOR;RAZÃO SOCIAL - CADASTRO RECEITA;NOME FANTASIA - CADASTRO RECEITA;NÚMERO DO PROCESSO;CATEGORIA DA SANÇÃO;DATA INÍCIO SANÇÃO;DATA FINAL SANÇÃO;DATA PUBLICAÇÃO;PUBLICAÇÃO;DETALHAMENTO DO MEIO DE PUBLICAÇÃO;DATA DO TRÂNSITO EM JULGADO;ABRANGÊNCIA DA SANÇÃO;ÓRGÃO SANCIONADOR;UF ÓRGÃO SANCIONADOR;ESFERA ÓRGÃO SANCIONADOR;FUNDAMENTAÇÃO LEGAL
CEIS;300001;J;{A_};ALFA LTDA;ALFA;ALFA LTDA;ALFA;60001/2023;Suspensão;02/01/2024;02/01/2026;05/01/2024;DOE;Seção 1;;No órgão;PREFEITURA X;CE;MUNICIPAL;LEI 8666 - ART. 87
CEIS;300002;J;{B_};BETA SA;BETA;BETA SA;BETA;60002/2023;Inidoneidade;03/01/2024;;06/01/2024;DOE;Seção 1;;Todas;ESTADO Y;PI;ESTADUAL;LEI 14133 - ART. 156
""",
        {
            "fornecedor_id": "CPF OU CNPJ DO SANCIONADO", "fornecedor": "NOME DO SANCIONADO",
            "orgao": "ÓRGÃO SANCIONADOR", "fundamento_legal": "FUNDAMENTAÇÃO LEGAL",
        },
        absent=("valor", "modalidade"),
    ),
    "portal, benefícios": Case(
        f"""MÊS COMPETÊNCIA;MÊS REFERÊNCIA;UF;CÓDIGO MUNICÍPIO SIAFI;NOME MUNICÍPIO;CPF FAVORECIDO;NIS FAVORECIDO;NOME FAVORECIDO;VALOR PARCELA
202401;202312;CE;1389;FORTALEZA;{MASKED};16000000001;FULANA;600,00
202401;202401;CE;1389;FORTALEZA;{MASKED};16000000002;SICRANA;750,00
""",
        {"valor": "VALOR PARCELA", "fornecedor_id": "CPF FAVORECIDO", "municipio": "NOME MUNICÍPIO"},
        (600.0, 750.0),
    ),
    # -- PNCP, compras.gov.br, ComprasNet --------------------------------------------------------
    "PNCP, contratos em CSV": Case(
        f"""numero_controle_pncp,orgao_entidade_cnpj,orgao_entidade_razao_social,unidade_orgao_codigo_unidade,unidade_orgao_nome_unidade,unidade_orgao_uf_sigla,unidade_orgao_municipio_nome,ano_contrato,sequencial_contrato,numero_contrato_empenho,tipo_contrato_nome,categoria_processo_nome,tipo_pessoa,ni_fornecedor,nome_razao_social_fornecedor,objeto_contrato,valor_inicial,numero_parcelas,valor_parcela,valor_global,valor_acumulado,data_assinatura,data_vigencia_inicio,data_vigencia_fim,data_publicacao_pncp
{BUYER}-2-000001/2024,{BUYER},MUNICIPIO X,1,SECRETARIA,CE,Fortaleza,2024,1,12/2024,Contrato,Serviços,PJ,{A},ALFA LTDA,Limpeza,120000.00,12,10000.00,130000.00,140000.00,2024-01-02,2024-01-02,2025-01-01,2024-01-05T10:00:00
{BUYER}-2-000002/2024,{BUYER},MUNICIPIO X,1,SECRETARIA,CE,Fortaleza,2024,2,13/2024,Empenho,Compras,PF,{CPF},FULANO,Aulas,5000.00,1,5000.00,5000.00,5000.00,2024-01-03,2024-01-03,2024-12-31,2024-01-06T10:00:00
""",
        {
            "valor": "valor_global", "valor_inicial": "valor_inicial", "fornecedor_id": "ni_fornecedor",
            "fornecedor": "nome_razao_social_fornecedor", "orgao_id": "orgao_entidade_cnpj",
            "orgao": "orgao_entidade_razao_social", "data": "data_assinatura",
            "objeto": "objeto_contrato", "vigencia_fim": "data_vigencia_fim",
        },
        (130000.0, 5000.0),
        {"fornecedor_id": A, "orgao_id": BUYER},
    ),
    "compras.gov.br, licitações antigas": Case(
        """id_compra,identificador,uasg,modalidade,nome_modalidade,numero_aviso,numero_processo,numero_itens,tipo_pregao,situacao_aviso,objeto,nome_responsavel,funcao_responsavel,codigo_municipio_uasg,valor_estimado_total,valor_homologado_total,data_publicacao,data_abertura_proposta,data_entrega_edital
15304505000012019,1,153045,5,PREGÃO ELETRÔNICO,12019,23067000001201911,14,Eletrônico,Homologado,Objeto: Material,FULANO,PREGOEIRO,13897,50000.00,42000.50,2019-03-01,2019-03-15,2019-03-01
15304506000022019,2,153045,6,DISPENSA,22019,23067000002201911,1,,Divulgado,Objeto: Conserto,FULANO,PREGOEIRO,13897,9000.00,8800.00,2019-04-01,2019-04-15,2019-04-01
""",
        {
            "valor": "valor_homologado_total", "valor_estimado": "valor_estimado_total",
            "unidade_gestora_id": "uasg", "objeto": "objeto", "modalidade": "nome_modalidade",
            "data_publicacao": "data_publicacao", "data_abertura": "data_abertura_proposta",
        },
        (42000.5, 8800.0),
        absent=("fornecedor_id", "quantidade"),
    ),
    "compras.gov.br, contratos": Case(
        f"""codigoOrgao;nomeOrgao;codigoUnidadeGestora;nomeUnidadeGestora;numeroContrato;codigoModalidadeCompra;nomeModalidadeCompra;numeroCompra;nomeTipo;nomeCategoria;niFornecedor;nomeRazaoSocialFornecedor;processo;objeto;dataVigenciaInicial;dataVigenciaFinal;valorGlobal;numeroParcelas;valorParcela;valorAcumulado;totalDespesasAcessorias;dataHoraInclusao
26233;UNIVERSIDADE X;153045;UG X;00001/2024;05;Pregão;00012/2023;Contrato;Serviços;{A_};ALFA LTDA;23067.1/2023-11;Limpeza predial;2024-01-02;2025-01-01;240000,00;12;20000,00;240000,00;0,00;2024-01-03 10:11:12
26233;UNIVERSIDADE X;153045;UG X;00002/2024;06;Dispensa;00013/2023;Empenho;Compras;{B_};BETA SA;23067.2/2023-11;Peças;2024-02-02;2024-12-31;12000,00;1;12000,00;12000,00;0,00;2024-02-03 10:11:12
""",
        {
            "valor": "valorGlobal", "fornecedor_id": "niFornecedor", "orgao": "nomeOrgao",
            "modalidade": "nomeModalidadeCompra", "numero": "numeroContrato", "objeto": "objeto",
            "vigencia_inicio": "dataVigenciaInicial", "vigencia_fim": "dataVigenciaFinal",
        },
        (240000.0, 12000.0),
        {"fornecedor_id": A},
        absent=("valor_pago",),
    ),
    "ComprasNet, contratos em CSV": Case(
        f"""id,receita_despesa,numero,orgao_codigo,orgao_nome,unidade_codigo,unidade_nome_resumido,unidade_nome,fornecedor_tipo,fonecedor_cnpj_cpf_idgener,fornecedor_nome,tipo,categoria,processo,objeto,fundamento_legal,data_assinatura,data_publicacao,vigencia_inicio,vigencia_fim,valor_inicial,valor_global,num_parcelas,valor_parcela,valor_acumulado,situacao
1,Despesa,00001/2024,26233,UNIVERSIDADE X,153045,UX,UG X,JURIDICA,{A_},ALFA LTDA,Contrato,Serviços,23067.1/2023,Limpeza,,2024-01-02,2024-01-05,2024-01-02,2025-01-01,100000.00,120000.00,12,10000.00,120000.00,Ativo
2,Despesa,00002/2024,26233,UNIVERSIDADE X,153045,UX,UG X,JURIDICA,{B_},BETA SA,Contrato,Compras,23067.2/2023,Peças,,2024-02-02,2024-02-05,2024-02-02,2025-02-01,8000.00,8000.00,1,8000.00,8000.00,Ativo
""",
        {
            "valor": "valor_global", "valor_inicial": "valor_inicial", "orgao": "orgao_nome",
            "fornecedor_id": "fonecedor_cnpj_cpf_idgener", "fornecedor": "fornecedor_nome",
            "data": "data_assinatura", "categoria": "categoria",
        },
        (120000.0, 8000.0),
        {"fornecedor_id": A},
        absent=("modalidade",),
    ),
    # -- audit courts ----------------------------------------------------------------------------
    "TCE-SP, despesas": Case(
        f"""id_despesa_detalhe;ano_exercicio;ds_municipio;ds_orgao;mes_referencia;mes_ref_extenso;tp_despesa;nr_empenho;identificador_despesa;ds_despesa;dt_emissao_despesa;vl_despesa;ds_funcao_governo;ds_subfuncao_governo;cd_programa;ds_programa;cd_acao;ds_acao;ds_fonte_recurso;ds_cd_aplicacao_fixo;ds_modalidade_lic;ds_elemento;historico_despesa
1;2023;Adamantina;PREFEITURA;1;janeiro;Empenhado;1-2023;CNPJ - PESSOA JURÍDICA - {A};ALFA LTDA;02/01/2023;1500,00;SAÚDE;ATENÇÃO;10;SAUDE;2010;MANUT;TESOURO;GERAL;PREGÃO;MATERIAL;COMPRA DE LUVAS
2;2023;Adamantina;PREFEITURA;1;janeiro;Valor Pago;2-2023;PESSOA FÍSICA - 999999;FULANO;03/01/2023;200,50;SAÚDE;ATENÇÃO;10;SAUDE;2010;MANUT;TESOURO;GERAL;DISPENSA DE LICITAÇÃO;SERVIÇO;CONSERTO
""",
        {"valor": "vl_despesa", "fornecedor": "ds_despesa", "municipio": "ds_municipio"},
        (1500.0, 200.5),
    ),
    "TCE-SP, API": Case(
        f"""orgao,mes,evento,nr_empenho,id_fornecedor,nm_fornecedor,dt_emissao_despesa,vl_despesa
PREFEITURA,Janeiro,Empenhado,1-2023,CNPJ - PESSOA JURÍDICA - {A},ALFA LTDA,02/01/2023,"1500,00"
PREFEITURA,Janeiro,Empenhado,2-2023,CNPJ - PESSOA JURÍDICA - {B},BETA SA,03/01/2023,"2.200,50"
""",
        {
            "valor": "vl_despesa", "fornecedor_id": "id_fornecedor", "fornecedor": "nm_fornecedor",
            "data": "dt_emissao_despesa", "orgao": "orgao", "numero": "nr_empenho",
        },
        (1500.0, 2200.5),
        {"fornecedor_id": A},
    ),
    "TCE-RS, licitações": Case(
        f"""CD_ORGAO,NM_ORGAO,NR_LICITACAO,ANO_LICITACAO,CD_TIPO_MODALIDADE,NR_COMISSAO,ANO_COMISSAO,TP_COMISSAO,NR_PROCESSO,ANO_PROCESSO,TP_OBJETO,CD_TIPO_FASE_ATUAL,TP_LICITACAO,TP_NIVEL_JULGAMENTO,TP_NATUREZA,BL_PERMITE_SUBCONTRATACAO,PC_TAXA_RISCO,CNPJ_ORGAO_GERENCIADOR,NM_ORGAO_GERENCIADOR,DS_OBJETO,CD_TIPO_FUNDAMENTACAO,NR_ARTIGO,DS_INCISO,DS_LEI,VL_LICITACAO,DT_ABERTURA,DT_HOMOLOGACAO,DT_ADJUDICACAO,TP_DOCUMENTO_FORNECEDOR,NR_DOCUMENTO_FORNECEDOR,TP_DOCUMENTO_VENCEDOR,NR_DOCUMENTO_VENCEDOR,VL_HOMOLOGADO,DS_OBSERVACAO,PC_TX_ESTIMADA,PC_TX_HOMOLOGADA
43000,PM DE X,1.0,2023,PRE,5,2023,P,12,2023,COM,ENC,MPR,I,N,N,,,,Compra de pneus,,,,,150000.00,2023-03-01,2023-03-20,2023-03-19,,,J,{A},120000.00,,,
43000,PM DE X,2.0,2023,PRD,,,,13,2023,OUS,ENC,,G,,N,,,,Conserto,D01,24,II,8666,,,,,J,{B},,,7000.00,,,
43000,PM DE X,3.0,2023,TMP,5,2023,P,14,2023,OSE,ENC,MPR,G,N,N,,{BUYER},OUTRA PM,Reforma,,,,,500000.00,2023-05-01,2023-05-20,2023-05-19,,,J,{C},480000.00,,,
""",
        {
            "valor": "VL_HOMOLOGADO", "valor_estimado": "VL_LICITACAO", "orgao_id": "CD_ORGAO",
            "orgao": "NM_ORGAO", "objeto": "DS_OBJETO", "numero": "NR_LICITACAO",
            "modalidade": "CD_TIPO_MODALIDADE", "fornecedor_id": "NR_DOCUMENTO_VENCEDOR",
        },
        (120000.0, 7000.0, 480000.0),
        {"fornecedor_id": A, "modalidade": "Pregão Eletrônico"},
        absent=("quantidade", "n_propostas"),
    ),
    "TCE-RS, contratos": Case(
        f"""NR_LICITACAO,ANO_LICITACAO,CD_TIPO_MODALIDADE,CD_ORGAO,NM_ORGAO,NR_CONTRATO,ANO_CONTRATO,TP_INSTRUMENTO,NR_PROCESSO,ANO_PROCESSO,TP_DOCUMENTO,NR_DOCUMENTO,DT_INICIO_VIGENCIA,DT_FINAL_VIGENCIA,VL_CONTRATO,DT_ASSINATURA,BL_GARANTIA,NR_DIAS_PRAZO,DS_OBJETO,DS_JUSTIFICATIVA,NR_CONTRATO_ORIGINAL,CNPJ_CONSORCIO
1,2023,PRE,43000,PM DE X,10,2023,C,12,2023,J,{A},2023-04-01,2024-03-31,120000.00,2023-03-30,N,365,Pneus,,,
2,2023,PRD,43000,PM DE X,11,2023,C,13,2023,J,{B},2023-05-01,2023-12-31,7000.00,2023-04-28,N,240,Conserto,,,
""",
        {
            "valor": "VL_CONTRATO", "fornecedor_id": "NR_DOCUMENTO", "numero": "NR_CONTRATO",
            "data": "DT_ASSINATURA", "vigencia_fim": "DT_FINAL_VIGENCIA", "objeto": "DS_OBJETO",
        },
        (120000.0, 7000.0),
        {"fornecedor_id": A, "modalidade": "Pregão Eletrônico"},
    ),
    "TCE-PE, contratos": Case(
        f"""CodigoContrato;AnoContrato;NumeroContrato;CodigoUG;SiglaUG;UnidadeGestora;Municipio;Esfera;CPF_CNPJ;TipoDocumento;RazaoSocial;Objeto;Vigencia;Valor;Situacao;Estagio;TipoProcesso;NumeroProcesso;AnoProcesso;PortariaComissaoLicitacao;DataPublicacao;LinkContrato
9001;2023;12;302;PM;Prefeitura de X;X;Municipal;{A};CNPJ;ALFA LTDA;Limpeza urbana;01/02/2023 a 31/01/2024;1200000.00;Vigente;Vigente;Pregão;3;2023;P1;2023-02-02;http://exemplo.org/1
9002;2023;13;302;PM;Prefeitura de X;X;Municipal;{B};CNPJ;BETA SA;Merenda;01/03/2023 a 31/12/2023;90000.00;Vigente;Vigente;Dispensa;4;2023;P1;2023-03-02;http://exemplo.org/2
""",
        {
            "valor": "Valor", "fornecedor_id": "CPF_CNPJ", "fornecedor": "RazaoSocial",
            "unidade_gestora": "UnidadeGestora", "objeto": "Objeto", "municipio": "Municipio",
            "vigencia_inicio": "Vigencia", "vigencia_fim": "Vigencia", "numero": "NumeroContrato",
        },
        (1200000.0, 90000.0),
        {
            "vigencia_inicio": pd.Timestamp("2023-02-01"),
            "vigencia_fim": pd.Timestamp("2024-01-31"),
        },
    ),
    "TCE-CE, contratos do SIM": Case(
        """codigo_municipio,numero_contrato,data_contrato,tipo_contrato,modalidade_contrato,cpf_gestor,data_inicio_vigencia_contrato,data_fim_vigencia_contrato,descricao_objeto_contrato,valor_total_contrato
002,2023.01.02-1,2023-01-02 00:00:00,C,O,52998224725,2023-01-02 00:00:00,2023-12-31 00:00:00,LOCAÇÃO DE VEÍCULOS,150000.5
002,2023.01.03-1,2023-01-03 00:00:00,C,O,52998224725,2023-01-03 00:00:00,2023-12-31 00:00:00,MATERIAL,8000.0
002,2023.01.04-1,2023-01-04 00:00:00,C,O,52998224725,2023-01-04 00:00:00,2023-12-31 00:00:00,OBRA,90000.0
""",
        {
            "valor": "valor_total_contrato", "data": "data_contrato",
            "objeto": "descricao_objeto_contrato", "numero": "numero_contrato",
        },
        (150000.5, 8000.0, 90000.0),
        absent=("fornecedor_id", "orgao_id"),
    ),
    "TCE-CE, empenhos do SIM": Case(
        f"""codigo_municipio,exercicio_orcamento,codigo_orgao,codigo_unidade,data_emissao_empenho,numero_empenho,data_referencia_empenho,codigo_funcao,codigo_elemento_despesa,modalidade_empenho,historico1_empenho,valor_anterior_saldo_dotacao,valor_empenhado,valor_atual_saldo_dotacao,tipo_processo_licitatorio,numero_documento_negociante,nome_negociante,endereco_negociante,fone_negociante,cep_negociante,nome_municipio_negociante,codigo_uf,cpf_gestor_contrato
002,202300,05,01,2023-01-02,02010001,202301,12,33903000,O,COMPRA DE GAS,90000.0,1500.0,88500.0,P,{A},ALFA LTDA,RUA A 1,8533330000,60000000,FORTALEZA,CE,52998224725
002,202300,05,01,2023-01-03,03010001,202301,12,33903900,G,CONSERTO,88500.0,700.0,87800.0,D,{B},BETA SA,RUA B 2,8533330001,60000001,FORTALEZA,CE,52998224725
""",
        {
            "valor": "valor_empenhado", "data": "data_emissao_empenho",
            "fornecedor_id": "numero_documento_negociante", "fornecedor": "nome_negociante",
            "objeto": "historico1_empenho", "numero": "numero_empenho",
        },
        (1500.0, 700.0),
        {"fornecedor_id": A},
    ),
    "TCE-MG, contratos": Case(
        f"""seq_contrato;num_anoref;cod_municipio;nom_municipio;seq_orgao;nom_orgao;num_contrato;num_processo;dat_assinatura;dsc_objeto;dat_inicio_vigencia;dat_fim_vigencia;vlr_contrato;num_doc_contratado;nom_contratado
1;2023;3106200;BELO HORIZONTE;10;PREFEITURA;12;55;02/01/2023;Limpeza;02/01/2023;31/12/2023;15.000,00;{A};ALFA LTDA
2;2023;3106200;BELO HORIZONTE;10;PREFEITURA;13;56;03/01/2023;Pintura;03/01/2023;31/12/2023;7.500,50;{B};BETA SA
""",
        {
            "valor": "vlr_contrato", "fornecedor_id": "num_doc_contratado",
            "fornecedor": "nom_contratado", "data": "dat_assinatura", "orgao": "nom_orgao",
            "objeto": "dsc_objeto", "municipio": "nom_municipio",
        },
        (15000.0, 7500.5),
    ),
    "TCE-SC, e-Sfinge": Case(
        f"""Ente;Unidade Gestora;Código Unidade;Número Contrato;Data Assinatura;Data Vencimento;Descrição Objetivo;Valor Contrato;Valor Garantia;CIC Contratado;Nome Contratado;Número Processo Licitatório;Modalidade Licitação
X;Prefeitura de X;100;12/2023;02/01/2023;31/12/2023;Limpeza;15000,00;0,00;{A};ALFA LTDA;5/2023;Pregão Presencial
X;Prefeitura de X;100;13/2023;03/01/2023;31/12/2023;Pintura;7500,50;100,00;{B};BETA SA;6/2023;Convite
""",
        {
            "valor": "Valor Contrato", "fornecedor_id": "CIC Contratado",
            "fornecedor": "Nome Contratado", "objeto": "Descrição Objetivo",
            "modalidade": "Modalidade Licitação", "data": "Data Assinatura",
            "vigencia_fim": "Data Vencimento",
        },
        (15000.0, 7500.5),
    ),
    "TCE-PB, empenhos": Case(
        f"""municipio;codigo_unidade_gestora;descricao_unidade_gestora;numero_empenho;data_empenho;mes;cpf_cnpj;nome_credor;valor_empenhado;valor_liquidado;valor_pago;codigo_elemento_despesa;elemento_despesa;historico;numero_licitacao;modalidade_licitacao;codigo_obra
X;201001;Prefeitura Municipal de X;0000001;02/01/2023;01;{A};ALFA LTDA;1500,00;1500,00;1000,00;30;Material de Consumo;COMPRA;00001/2023;Pregão Eletrônico;
X;201001;Prefeitura Municipal de X;0000002;03/01/2023;01;{B};BETA SA;700,50;0,00;0,00;39;Serviços PJ;CONSERTO;;Sem Licitação;
""",
        {
            "valor": "valor_empenhado", "valor_pago": "valor_pago", "fornecedor_id": "cpf_cnpj",
            "fornecedor": "nome_credor", "data": "data_empenho", "objeto": "historico",
            "modalidade": "modalidade_licitacao", "numero": "numero_empenho",
            "unidade_gestora": "descricao_unidade_gestora",
        },
        (1500.0, 700.5),
    ),
    "TCM-BA, pagamentos": Case(
        f"""Município;Entidade;Nº Empenho;Nº Processo Pagto;Dt. Pagamento;Credor;CPF/CNPJ Credor;Elemento;Vl. Bruto;Vl. Retenção;Vl. Líquido
X;PREFEITURA DE X;15;1001;02/01/2023;ALFA LTDA;{A_};33903000;1.500,00;150,00;1.350,00
X;PREFEITURA DE X;16;1002;03/01/2023;BETA SA;{B_};33903900;700,50;0,00;700,50
""",
        {
            "valor": "Vl. Líquido", "fornecedor_id": "CPF/CNPJ Credor", "fornecedor": "Credor",
            "data": "Dt. Pagamento", "orgao": "Entidade", "numero": "Nº Empenho",
        },
        (1350.0, 700.5),
    ),
    # -- states ----------------------------------------------------------------------------------
    "RJ, contratos": Case(
        f"""Contratação;Status Contratação;Unidade;Processo;Objeto;Tipo de Aquisição;Critério de Julgamento;Fornecedor;CPF/CNPJ;Data Contratação;Data início vigência;Data término vigência;Valor Total Contrato (R$);Valor Empenhado (R$);Valor Liquidado (R$);Valor Pago (R$)
2023000123;Vigente;SEEDUC;SEI-030001/000001/2023;Limpeza;Pregão Eletrônico;Menor Preço;ALFA LTDA;{A_};02/01/2023;02/01/2023;01/01/2024;1.200.000,00;600.000,00;500.000,00;400.000,00
2023000124;Vigente;SEEDUC;SEI-030001/000002/2023;Pintura;Dispensa;Menor Preço;BETA SA;{B_};03/01/2023;03/01/2023;02/01/2024;17.000,00;17.000,00;0,00;0,00
""",
        {
            "valor": "Valor Total Contrato (R$)", "valor_pago": "Valor Pago (R$)",
            "fornecedor_id": "CPF/CNPJ", "fornecedor": "Fornecedor", "unidade_gestora": "Unidade",
            "data": "Data Contratação", "objeto": "Objeto", "vigencia_fim": "Data término vigência",
        },
        (1200000.0, 17000.0),
    ),
    "CE, contratos": Case(
        f"""id,cod_concedente,cod_gestora,num_spu,num_contrato,descricao_objeto,descricao_modalidade,tipo_objeto,data_assinatura,data_processamento,data_termino_original,data_termino,data_inicio,valor_contrato,valor_can_rstpg,valor_original_concedente,valor_atualizado_concedente,valor_atualizado_total,calculated_valor_aditivo,calculated_valor_empenhado,calculated_valor_pago,cpf_cnpj_financiador,descricao_nome_credor,num_certidao,descriaco_edital
1,220001,220101,0001/2023,001/2023,LIMPEZA,PREGÃO ELETRÔNICO,SERVIÇOS,2023-01-02,2023-01-10,2024-01-01,2024-01-01,2023-01-02,120000.0,0.0,120000.0,130000.0,130000.0,10000.0,90000.0,80000.0,{A},ALFA LTDA,,E1
2,220001,220101,0002/2023,002/2023,PINTURA,DISPENSA,OBRAS,2023-02-02,2023-02-10,2024-02-01,2024-02-01,2023-02-02,7000.0,0.0,7000.0,7000.0,7000.0,0.0,7000.0,0.0,{B},BETA SA,,E2
""",
        {
            "valor": "valor_contrato", "fornecedor_id": "cpf_cnpj_financiador",
            "fornecedor": "descricao_nome_credor", "objeto": "descricao_objeto",
            "modalidade": "descricao_modalidade", "data": "data_assinatura",
        },
        (120000.0, 7000.0),
    ),
    "SP, execução do orçamento": Case(
        """Ano Referência;Código Órgão;Órgão;Código UO;Unidade Orçamentária;Código Grupo;Grupo de Despesa;Código Credor;Credor;Dotação Inicial;Dotação Atual;Empenhado;Liquidado;Pago;Pago Restos
2023;08000;SECRETARIA DA EDUCAÇÃO;08001;GABINETE;3;OUTRAS DESPESAS;11222333000181;ALFA LTDA;5.000.000,00;5.500.000,00;1.500,00;1.500,00;1.000,00;0,00
2023;08000;SECRETARIA DA EDUCAÇÃO;08001;GABINETE;3;OUTRAS DESPESAS;11444777000161;BETA SA;5.000.000,00;5.500.000,00;700,50;0,00;0,00;0,00
""",
        {
            "valor": "Empenhado", "valor_pago": "Pago", "orgao": "Órgão",
            "fornecedor_id": "Código Credor", "fornecedor": "Credor",
        },
        (1500.0, 700.5),
    ),
    "BA, pagamentos": Case(
        f"""Exercício;Órgão/Entidade;Unidade Gestora;Favorecido;CNPJ/CPF do Favorecido;Data Pgto;Nº Documento;Elemento de Despesa;Fonte;Valor Pagamento (R$)
2023;SESAB;FES;ALFA LTDA;{A_};02/01/2023;19101.0001.23.0000001-1;Material de Consumo;100;R$ 1.500,00
2023;SESAB;FES;BETA SA;{B_};03/01/2023;19101.0001.23.0000002-1;Serviços;100;R$ 700,50
""",
        {
            "valor": "Valor Pagamento (R$)", "fornecedor_id": "CNPJ/CPF do Favorecido",
            "fornecedor": "Favorecido", "data": "Data Pgto", "orgao": "Órgão/Entidade",
        },
        (1500.0, 700.5),
    ),
    # -- cities and their systems ----------------------------------------------------------------
    "São Paulo, contratos": Case(
        f"""Órgão;Retranca;Modalidade;Nº Licitação;Nº Processo;Evento;Objeto;Nº Contrato;Data da Publicação;Data da Assinatura;Fornecedor;Tipo de Pessoa;CPF / CNPJ;Validade;Tipo Validade;Valor (R$)
SECRETARIA MUNICIPAL DA SAÚDE;R1;PREGÃO ELETRÔNICO;10/2023;6018.2023/0000001-1;EXTRATO DE CONTRATO;Luvas;12/2023;05/01/2023;02/01/2023;ALFA LTDA;Jurídica;{A_};12;MESES;150.000,00
SECRETARIA MUNICIPAL DA SAÚDE;R2;DISPENSA;11/2023;6018.2023/0000002-1;EXTRATO DE CONTRATO;Máscaras;13/2023;06/01/2023;03/01/2023;BETA SA;Jurídica;{B_};6;MESES;7.000,50
""",
        {
            "valor": "Valor (R$)", "fornecedor_id": "CPF / CNPJ", "fornecedor": "Fornecedor",
            "orgao": "Órgão", "objeto": "Objeto", "modalidade": "Modalidade",
            "data": "Data da Assinatura", "numero": "Nº Contrato",
        },
        (150000.0, 7000.5),
        absent=("vigencia_fim", "quantidade"),
    ),
    "Porto Alegre, despesas": Case(
        f"""exercicio;data_extracao;orgao;desc_orgao;empenho;data_empenho;cod_credor;nom_credor;cnpj_cpf;desc_elemento;modalidade_licitacao;historico;vlempenhado;vlliquidado;vlpago
2023;2024-02-01;1000;SMED;2023000001;2023-01-02;5501;ALFA LTDA;{A};Material;PREGAO ELETRONICO;COMPRA;1500.00;1500.00;1500.00
2023;2024-02-01;1000;SMED;2023000002;2023-01-03;5502;BETA SA;{B};Serviços;DISPENSA;CONSERTO;700.50;0.00;0.00
""",
        {
            "valor": "vlempenhado", "valor_pago": "vlpago", "fornecedor_id": "cnpj_cpf",
            "fornecedor": "nom_credor", "data": "data_empenho", "orgao": "desc_orgao",
            "objeto": "historico", "modalidade": "modalidade_licitacao",
        },
        (1500.0, 700.5),
        {"fornecedor_id": A},
    ),
    "Curitiba, contratos": Case(
        f"""CONTRATO;TERMO;ORGAO;CONTRATADA;CNPJ CONTRATADA;OBJETO;FUNDAMENTO LEGAL;PROTOCOLO;DT ASSINATURA;INICIO VIGENCIA;TERMINO VIGENCIA;VALOR ORIGINAL;VALOR ATUALIZADO;QTD ADITIVOS;FISCAL
23456;CONTRATO;SME;ALFA LTDA;{A_};Limpeza;Lei 8666/93;01-000001/2023;02/01/2023;02/01/2023;01/01/2024;100.000,00;125.000,00;2;FULANO
23457;CONTRATO;SME;BETA SA;{B_};Pintura;Lei 8666/93;01-000002/2023;03/01/2023;03/01/2023;02/01/2024;7.000,00;7.000,00;0;FULANO
""",
        {
            "valor": "VALOR ATUALIZADO", "valor_inicial": "VALOR ORIGINAL",
            "valor_final": "VALOR ATUALIZADO", "n_aditivos": "QTD ADITIVOS",
            "fornecedor_id": "CNPJ CONTRATADA", "fornecedor": "CONTRATADA", "numero": "CONTRATO",
            "data": "DT ASSINATURA", "vigencia_inicio": "INICIO VIGENCIA",
        },
        (125000.0, 7000.0),
    ),
    "Betha, empenhos com título e totais": Case(
        f"""MUNICÍPIO DE X;;;;;;;
Relação de Empenhos - Período: 01/01/2023 a 31/01/2023;;;;;;;
;;;;;;;
Empenho;Data;Credor;CPF/CNPJ;Histórico;Vlr. Empenhado;Vlr. Liquidado;Vlr. Pago
1/2023;02/01/2023;ALFA LTDA;{A_};COMPRA DE PAPEL;1.500,00;1.500,00;1.000,00
2/2023;03/01/2023;BETA SA;{B_};CONSERTO;700,50;0,00;0,00
3/2023;04/01/2023;GAMA ME;{C_};LANCHES;300,00;300,00;300,00
Total Geral;;;;;2.500,50;1.800,00;1.300,00
""",
        {
            "valor": "Vlr. Empenhado", "valor_pago": "Vlr. Pago", "fornecedor_id": "CPF/CNPJ",
            "fornecedor": "Credor", "data": "Data", "objeto": "Histórico", "numero": "Empenho",
        },
        (1500.0, 700.5, 300.0),
        rejected=1,
        issues=("linha_de_total",),
    ),
    "IPM, contratos": Case(
        f"""Prefeitura Municipal de X
Contratos vigentes
Nr. Contrato;Ano;Contratado;CNPJ/CPF;Objeto;Modalidade;Nr. Lic.;Dt. Assin.;Dt. Venc.;Vl. Contrato;Vl. Aditivos;Vl. Atual
12;2023;ALFA LTDA;{A_};Limpeza;Pregão;5/2023;02/01/2023;31/12/2023;R$ 15.000,00;R$ 2.000,00;R$ 17.000,00
13;2023;BETA SA;{B_};Pintura;Dispensa;6/2023;03/01/2023;31/12/2023;R$ 7.500,50;R$ 0,00;R$ 7.500,50
""",
        {
            "valor": "Vl. Contrato", "valor_aditivos": "Vl. Aditivos", "valor_final": "Vl. Atual",
            "fornecedor": "Contratado", "fornecedor_id": "CNPJ/CPF", "modalidade": "Modalidade",
            "data": "Dt. Assin.", "vigencia_fim": "Dt. Venc.", "numero": "Nr. Contrato",
        },
        (15000.0, 7500.5),
    ),
    "Fiorilli, pagamentos": Case(
        f"""NUM.PAGTO;DT.PAGTO;EMPENHO;CNPJ;FORNECEDOR;NUM.DOCTO;VL.BRUTO;VL.DESCONTO;VL.PAGO
501;02/01/2023;15;{A};ALFA LTDA;NF 1;1.500,00;0,00;1.500,00
502;03/01/2023;16;{B};BETA SA;NF 2;700,50;10,50;690,00
""",
        {
            "valor": "VL.PAGO", "fornecedor_id": "CNPJ", "fornecedor": "FORNECEDOR",
            "data": "DT.PAGTO",
        },
        (1500.0, 690.0),
    ),
    "Equiplano, licitações": Case(
        f"""Entidade;Modalidade;Nr. Edital;Processo;Objeto;Dt. Abertura;Dt. Homolog.;Vl. Máximo;Vl. Homologado;Vencedor;CNPJ/CPF Vencedor;Nº Propostas
MUNICIPIO DE X;Pregão Eletrônico;5/2023;12/2023;Pneus;01/03/2023;20/03/2023;50.000,00;41.000,00;ALFA LTDA;{A_};5
MUNICIPIO DE X;Tomada de Preços;6/2023;13/2023;Reforma;02/03/2023;21/03/2023;90.000,00;88.000,00;BETA SA;{B_};2
""",
        {
            "valor": "Vl. Homologado", "valor_estimado": "Vl. Máximo", "fornecedor": "Vencedor",
            "fornecedor_id": "CNPJ/CPF Vencedor", "n_propostas": "Nº Propostas",
            "data_abertura": "Dt. Abertura", "modalidade": "Modalidade", "orgao": "Entidade",
        },
        (41000.0, 88000.0),
    ),
    "ordem cronológica de pagamentos": Case(
        f"""Ordem;Unidade Gestora;Fonte de Recurso;Nº Contrato;Nota Fiscal;Data da Liquidação;Data de Vencimento;Data do Pagamento;Fornecedor;CNPJ;Valor da NF;Valor Pago
1;FMS;1500;12/2023;555;02/01/2023;01/02/2023;15/01/2023;ALFA LTDA;{A_};1.500,00;1.500,00
2;FMS;1500;13/2023;556;03/01/2023;02/02/2023;;BETA SA;{B_};700,50;0,00
""",
        {
            "fornecedor_id": "CNPJ", "fornecedor": "Fornecedor", "valor_pago": "Valor Pago",
            "unidade_gestora": "Unidade Gestora", "numero": "Nº Contrato",
        },
        absent=("quantidade", "modalidade"),
    ),
    # -- Congress --------------------------------------------------------------------------------
    "Câmara, cota parlamentar": Case(
        f"""txNomeParlamentar;cpf;ideCadastro;nuCarteiraParlamentar;nuLegislatura;sgUF;sgPartido;codLegislatura;numSubCota;txtDescricao;numEspecificacaoSubCota;txtDescricaoEspecificacao;txtFornecedor;txtCNPJCPF;txtNumero;indTipoDocumento;datEmissao;vlrDocumento;vlrGlosa;vlrLiquido;numMes;numAno;numParcela;txtPassageiro;txtTrecho;numLote;numRessarcimento;datPagamentoRestituicao;vlrRestituicao;nuDeputadoId;ideDocumento;urlDocumento
FULANO;52998224725;1001;1;2023;CE;P;57;3;COMBUSTÍVEIS;1;Veículos;POSTO ALFA;{A_};123;0;2023-01-05T00:00:00;200.50;0;200.50;1;2023;0;;;1001;;;;3001;7001;http://exemplo.org/1
SICRANA;11144477735;1002;2;2023;PI;Q;57;10;TELEFONIA;0;;BETA SA;;124;0;2023-01-06T00:00:00;90.00;10.00;80.00;1;2023;0;;;1002;;;;3002;7002;http://exemplo.org/2
""",
        {
            "valor": "vlrLiquido", "fornecedor_id": "txtCNPJCPF", "fornecedor": "txtFornecedor",
            "data": "datEmissao", "uf": "sgUF",
        },
        (200.5, 80.0),
        {"fornecedor_id": A},
    ),
    "Senado, cota parlamentar": Case(
        f"""ULTIMA ATUALIZACAO;05/01/2024 02:00
ANO;MES;SENADOR;TIPO_DESPESA;CNPJ_CPF;FORNECEDOR;DOCUMENTO;DATA;DETALHAMENTO;VALOR_REEMBOLSADO;COD_DOCUMENTO
2023;1;FULANO;Aluguel de imóveis;{A_};ALFA LTDA;001/23;02/01/2023;Escritório;6.000,00;2191234
2023;1;FULANO;Locomoção;{B_};BETA SA;002/23;03/01/2023;;150,55;2191235
""",
        {
            "valor": "VALOR_REEMBOLSADO", "fornecedor_id": "CNPJ_CPF", "fornecedor": "FORNECEDOR",
            "data": "DATA", "categoria": "TIPO_DESPESA",
        },
        (6000.0, 150.55),
    ),
    # -- Base dos Dados, OCDS, others ------------------------------------------------------------
    "Base dos Dados, empenhos": Case(
        """ano,mes,data,sigla_uf,id_municipio,orgao,id_unidade_gestora,id_licitacao_bd,id_licitacao,modalidade_licitacao,id_empenho_bd,id_empenho,numero,descricao,modalidade,funcao,subfuncao,programa,acao,elemento_despesa,valor_inicial,valor_reforco,valor_anulacao,valor_ajuste,valor_final
2020,1,2020-01-02,CE,2304400,05,01,,,8,b1,e1,0001,COMPRA DE GAS,3,12,361,1,2,33903000,1500.0,0,0,0,1500.0
2020,1,2020-01-03,CE,2304400,05,01,,,9,b2,e2,0002,CONSERTO,3,12,361,1,2,33903900,700.5,100,0,0,800.5
""",
        {
            "valor": "valor_final", "valor_inicial": "valor_inicial", "data": "data",
            "objeto": "descricao", "uf": "sigla_uf",
        },
        (1500.0, 800.5),
        absent=("municipio", "fornecedor_id"),
    ),
    "Base dos Dados, licitações": Case(
        """ano,mes,data_abertura,data_edital,data_homologacao,data_publicacao_dispensa,sigla_uf,id_municipio,orgao,id_unidade_gestora,id_licitacao_bd,id_licitacao,id_dispensa,ano_processo,descricao_objeto,natureza_objeto,modalidade,natureza_processo,tipo,forma_pagamento,valor_orcamento,valor,valor_corrigido,situacao,estagio,quantidade_convidados,carona
2020,1,2020-01-20,2020-01-02,2020-02-01,,CE,2304400,05,01,b1,l1,,2020,PNEUS,1,8,1,1,1,50000.0,41000.0,55000.0,1,1,3,0
2020,2,2020-02-20,2020-02-02,2020-03-01,,CE,2304400,05,01,b2,l2,,2020,REFORMA,2,4,1,1,1,90000.0,88000.0,99000.0,1,1,2,0
""",
        {
            "valor": "valor", "valor_estimado": "valor_orcamento", "objeto": "descricao_objeto",
            "data_abertura": "data_abertura",
        },
        (41000.0, 88000.0),
        absent=("fornecedor_id",),
    ),
    "OCDS achatado": Case(
        f"""ocid,id,date,tag,initiationType,buyer/id,buyer/name,tender/id,tender/title,tender/description,tender/status,tender/procurementMethod,tender/procurementMethodDetails,tender/value/amount,tender/value/currency,tender/numberOfTenderers,awards/0/id,awards/0/date,awards/0/value/amount,awards/0/suppliers/0/id,awards/0/suppliers/0/name,contracts/0/id,contracts/0/dateSigned,contracts/0/value/amount,contracts/0/period/startDate,contracts/0/period/endDate
ocds-x-1,1,2023-03-01T00:00:00Z,tender,tender,BR-CNPJ-{BUYER},MUNICIPIO X,T1,Pneus,Compra de pneus,complete,open,Pregão Eletrônico,50000.00,BRL,5,A1,2023-03-20,41000.00,{A},ALFA LTDA,C1,2023-04-01,41000.00,2023-04-01,2024-03-31
ocds-x-2,2,2023-03-02T00:00:00Z,tender,tender,BR-CNPJ-{BUYER},MUNICIPIO X,T2,Reforma,Reforma de escola,complete,limited,Dispensa,9000.00,BRL,1,A2,2023-03-21,8800.00,{B},BETA SA,C2,2023-04-02,8800.00,2023-04-02,2023-12-31
""",
        {
            "valor": "contracts/0/value/amount", "valor_estimado": "tender/value/amount",
            "fornecedor_id": "awards/0/suppliers/0/id", "fornecedor": "awards/0/suppliers/0/name",
            "orgao": "buyer/name", "orgao_id": "buyer/id", "n_propostas": "tender/numberOfTenderers",
            "modalidade": "tender/procurementMethodDetails", "objeto": "tender/description",
            "data_assinatura": "contracts/0/dateSigned", "vigencia_fim": "contracts/0/period/endDate",
        },
        (41000.0, 8800.0),
        {"fornecedor_id": A},
    ),
    "Querido Diário": Case(
        """territory_id,territory_name,state_code,date,scraped_at,edition_number,is_extra_edition,url,excerpts
2304400,Fortaleza,CE,2023-01-02,2023-01-03T01:00:00,17001,false,http://exemplo.org/1,EXTRATO DO CONTRATO 12/2023
2304400,Fortaleza,CE,2023-01-03,2023-01-04T01:00:00,17002,false,http://exemplo.org/2,AVISO DE LICITAÇÃO
""",
        {"data": "date"},
        absent=("valor", "fornecedor_id", "quantidade"),
    ),
    # -- written by people -----------------------------------------------------------------------
    "planilha de jornalista": Case(
        f"""Empresa;CNPJ da empresa;Secretaria;O que foi comprado;Valor do contrato (R$);Dt. assinatura;Vigência;Observações
Alfa Ltda;{A_};Saúde;Luvas;R$ 150.000,00;02/01/2024;01/01/2024 a 31/12/2024;conferir
Beta SA;{B_};Educação;Merenda;R$ 7.000,50;03/02/2024;01/02/2024 a 31/01/2025;
""",
        {
            "fornecedor": "Empresa", "fornecedor_id": "CNPJ da empresa", "orgao": "Secretaria",
            "valor": "Valor do contrato (R$)", "data": "Dt. assinatura",
            "vigencia_inicio": "Vigência", "vigencia_fim": "Vigência",
        },
        (150000.0, 7000.5),
        {
            "vigencia_inicio": pd.Timestamp("2024-01-01"),
            "vigencia_fim": pd.Timestamp("2024-12-31"),
        },
    ),
    "planilha de jornalista, quanto e quem": Case(
        f"""Ano;Quem recebeu;CNPJ;Telefone;CEP;% do total;Quanto (R$);Quando
2024;Alfa Ltda;{A_};(85) 3333-0000;60000-000;95,5%;150.000,00;02/01/2024
2024;Beta SA;{B_};(85) 3333-0001;60000-001;4,5%;7.000,50;03/02/2024
""",
        {"fornecedor_id": "CNPJ", "valor": "Quanto (R$)", "data": "Quando"},
        (150000.0, 7000.5),
        absent=("quantidade", "valor_unitario"),
    ),
    "CNPJ do comprador ao lado": Case(
        f"""Órgão;CNPJ;Fornecedor;CNPJ Fornecedor;Valor Total
MUNICIPIO X;{BUYER_};ALFA LTDA;{A_};1.000,00
MUNICIPIO X;{BUYER_};SEM CADASTRO;;2.000,00
MUNICIPIO X;{BUYER_};BETA SA;{B_};3.000,00
""",
        {"fornecedor_id": "CNPJ Fornecedor", "fornecedor": "Fornecedor", "orgao": "Órgão"},
        (1000.0, 2000.0, 3000.0),
        {"fornecedor_id": A},
    ),
    "só o CNPJ do comprador": Case(
        f"""CNPJ;Órgão;Fornecedor;Objeto;Valor Total
{BUYER_};MUNICIPIO X;ALFA LTDA;pneus;1.000,00
{BUYER_};MUNICIPIO X;BETA SA;obra;2.000,00
{BUYER_};MUNICIPIO X;GAMA ME;tinta;3.000,00
""",
        {"fornecedor": "Fornecedor", "orgao": "Órgão", "valor": "Valor Total"},
        (1000.0, 2000.0, 3000.0),
        absent=("fornecedor_id",),
    ),
    # -- hostile titles --------------------------------------------------------------------------
    "maiúsculas e abreviaturas": Case(
        f"""NR. CTR.;MOD. LIC.;COD. FORN.;FORN.;CNPJ FORN.;DT. ASSIN.;DT. PUBL.;VLR. TOT. CTR.;COD. ORG.;DESC. OBJ.;QTD. ADIT.
12/2023;PREGAO;5501;ALFA LTDA;{A_};02/01/2023;05/01/2023;15.000,00;1000;LIMPEZA;1
13/2023;DISPENSA;5502;BETA SA;{B_};03/01/2023;06/01/2023;7.500,50;1000;PINTURA;0
""",
        {
            "numero": "NR. CTR.", "modalidade": "MOD. LIC.", "fornecedor": "FORN.",
            "fornecedor_id": "CNPJ FORN.", "data": "DT. ASSIN.", "valor": "VLR. TOT. CTR.",
            "data_publicacao": "DT. PUBL.", "objeto": "DESC. OBJ.", "orgao_id": "COD. ORG.",
            "n_aditivos": "QTD. ADIT.",
        },
        (15000.0, 7500.5),
        {"fornecedor_id": A},
    ),
    "brancos e quebras nos títulos": Case(
        f""" Fornecedor\u00a0;CNPJ\u00a0/ CPF ; Valor  Total ;"Data
de Assinatura";Objeto\u00a0
ALFA LTDA ;{A_} ; 1.000,00 ; 02/01/2024 ;Pneus
BETA SA ;{B_} ; 2.000,50 ; 03/01/2024 ;Obra
""",
        {"fornecedor": "Fornecedor", "valor": "Valor Total", "objeto": "Objeto"},
        (1000.0, 2000.5),
        {"fornecedor_id": A, "data": pd.Timestamp("2024-01-02")},
    ),
    "nomes repetidos": Case(
        f"""Nome;CNPJ;Nome;CNPJ;Objeto;Valor;Valor
MUNICIPIO X;{BUYER_};ALFA LTDA;{A_};Pneus;1.000,00;900,00
MUNICIPIO X;{BUYER_};BETA SA;{B_};Obra;2.000,00;1.800,00
MUNICIPIO X;{BUYER_};GAMA ME;{C_};Tinta;3.000,00;2.700,00
""",
        {"valor": "Valor", "objeto": "Objeto"},
        (1000.0, 2000.0, 3000.0),
        {"fornecedor_id": A},
    ),
    "milhares de reais": Case(
        f"""Fornecedor;CNPJ;Objeto;Valor Total (em R$ mil);Data
ALFA LTDA;{A_};Pneus;1.500,5;02/01/2024
BETA SA;{B_};Obra;700;03/01/2024
""",
        {"valor": "Valor Total (em R$ mil)"},
        (1500500.0, 700000.0),
        issues=("valor_em_outra_unidade",),
    ),
    "inglês": Case(
        f"""Contract ID,Supplier Name,Supplier Tax ID,Buyer Name,Buyer Tax ID,Contract Amount (BRL),Award Date,Start Date,End Date,Description,Procurement Method,Number of Bids
C-1,ALFA LTDA,{A_},MUNICIPIO X,{BUYER_},"150,000.00",2024-01-02,2024-01-05,2024-12-31,Gloves,Pregão,4
C-2,BETA SA,{B_},MUNICIPIO X,{BUYER_},"7,000.50",2024-02-03,2024-02-05,2024-12-31,Food,Dispensa,1
""",
        {
            "id": "Contract ID", "fornecedor": "Supplier Name", "fornecedor_id": "Supplier Tax ID",
            "orgao": "Buyer Name", "orgao_id": "Buyer Tax ID", "valor": "Contract Amount (BRL)",
            "objeto": "Description", "modalidade": "Procurement Method",
            "n_propostas": "Number of Bids", "vigencia_inicio": "Start Date",
            "vigencia_fim": "End Date",
        },
        (150000.0, 7000.5),
        {"fornecedor_id": A},
    ),
    "só códigos e anos parecem números": Case(
        """ano;codigo_ibge;processo;cep;telefone;percentual;objeto;valor_contratado
2023;2304400;23067001234202311;60000000;8533330000;95.50;Pneus;1000.00
2023;2304400;23067001235202311;60000001;8533330001;4.50;Obra;2000.50
""",
        {"valor": "valor_contratado", "objeto": "objeto"},
        (1000.0, 2000.5),
        absent=("quantidade", "valor_unitario", "fornecedor_id"),
    ),
    "percentual sozinho não é valor": Case(
        """objeto;desconto;ano
Pneus;95,50;2023
Obra;4,50;2023
Tinta;12,00;2023
""",
        {"objeto": "objeto"},
        absent=("valor", "data"),
    ),
    "itens com preço e total": Case(
        """Item;Descrição;Unid.;Qtde.;Vlr. Unit.;Vlr. Total;Marca
1;CANETA AZUL;UN;1.000;0,75;750,00;X
2;PAPEL A4;CX;50;180,00;9.000,00;Y
""",
        {
            "objeto": "Descrição", "quantidade": "Qtde.", "valor_unitario": "Vlr. Unit.",
            "valor": "Vlr. Total", "unidade": "Unid.",
        },
        (750.0, 9000.0),
    ),
    "Rio, contratos": Case(
        f"""Ano;Nº Contrato;Órgão Executor;Favorecido;CNPJ/CPF Favorecido;Objeto;Espécie;Modalidade de Licitação;Data Assinatura;Início Previsto;Fim Previsto;Valor Atualizado do Instrumento;Valor Inicial do Instrumento;Valor Empenhado;Valor Liquidado;Valor Pago;Saldo a Executar
2023;12;SME;ALFA LTDA;{A_};Limpeza;Contrato;PREGÃO;02/01/2023;02/01/2023;01/01/2024;1.200,00;1.000,00;900,00;800,00;700,00;500,00
2023;13;SME;BETA SA;{B_};Pintura;Contrato;DISPENSA;03/01/2023;03/01/2023;02/01/2024;500,00;500,00;500,00;0,00;0,00;500,00
""",
        {
            "valor": "Valor Atualizado do Instrumento", "valor_inicial": "Valor Inicial do Instrumento",
            "valor_final": "Valor Atualizado do Instrumento", "fornecedor": "Favorecido",
            "orgao": "Órgão Executor", "vigencia_fim": "Fim Previsto",
        },
        (1200.0, 500.0),
    ),
    "PE, contratos": Case(
        f"""UNIDADE GESTORA;Nº CONTRATO;CONTRATADO;CNPJ / CPF;OBJETO RESUMIDO;MODALIDADE;PROCESSO LICITATÓRIO;VIGÊNCIA INICIAL;VIGÊNCIA FINAL;VALOR INICIAL DO CONTRATO (R$);VALOR TOTAL DO CONTRATO C/ ADITIVOS (R$);GESTOR DO CONTRATO
SES;001/2023;ALFA LTDA;{A_};Limpeza;Pregão;0012/2023;02/01/2023;01/01/2024;1.000,00;1.200,00;FULANO
SES;002/2023;BETA SA;{B_};Pintura;Dispensa;0013/2023;03/01/2023;02/01/2024;500,00;500,00;FULANO
""",
        {
            "valor": "VALOR TOTAL DO CONTRATO C/ ADITIVOS (R$)",
            "valor_inicial": "VALOR INICIAL DO CONTRATO (R$)", "vigencia_inicio": "VIGÊNCIA INICIAL",
        },
        (1200.0, 500.0),
    ),
    "Fortaleza, empenhos": Case(
        f"""EXERCICIO;UNIDADE ORCAMENTARIA;NUM NE;DATA NE;CREDOR;CPF/CNPJ;ELEMENTO;FONTE;VALOR EMPENHADO;VALOR ANULADO;VALOR LIQUIDADO;VALOR PAGO;HISTORICO DO EMPENHO
2023;SMS;1;02/01/2023;ALFA LTDA;{A_};339030;1500;1.000,00;0,00;1.000,00;500,00;COMPRA
2023;SMS;2;03/01/2023;BETA SA;{B_};339039;1500;500,00;100,00;0,00;0,00;CONSERTO
""",
        {"valor": "VALOR EMPENHADO", "data": "DATA NE", "numero": "NUM NE", "fornecedor": "CREDOR"},
        (1000.0, 500.0),
    ),
    "obras": Case(
        f"""Obra;Endereço;Bairro;Contratada;CNPJ;Nº Contrato;Data de Início;Prazo (dias);Previsão de Término;% Executado;Valor Contratado (R$);Valor Medido (R$);Latitude;Longitude;Situação
ESCOLA;RUA A;CENTRO;ALFA LTDA;{A_};12/2023;02/01/2023;360;28/12/2023;45,5;1.000.000,00;455.000,00;-22,90;-47,06;Em andamento
PRAÇA;RUA B;SUL;BETA SA;{B_};13/2023;03/01/2023;90;03/04/2023;100;50.000,00;50.000,00;-22,91;-47,07;Concluída
""",
        {
            "valor": "Valor Contratado (R$)", "objeto": "Obra", "fornecedor": "Contratada",
            "vigencia_inicio": "Data de Início", "vigencia_fim": "Previsão de Término",
        },
        (1000000.0, 50000.0),
        absent=("quantidade",),
    ),
    "TCM-GO, contratos": Case(
        f"""MUNICIPIO;ORGAO;UNIDADE;NR_CONTRATO;ANO_CONTRATO;MODALIDADE;CPF_CNPJ_CONTRATADO;NOME_CONTRATADO;OBJETO;DT_FIRMATURA;DT_INICIO;DT_TERMINO;VL_CONTRATO;VL_ACRESCIMO;VL_DECRESCIMO
GOIANIA;SME;01;12;2023;PREGÃO;{A};ALFA LTDA;Limpeza;2023-01-02;2023-01-02;2023-12-31;1000,00;100,00;0,00
GOIANIA;SME;01;13;2023;DISPENSA;{B};BETA SA;Pintura;2023-01-03;2023-01-03;2023-12-31;500,00;0,00;0,00
""",
        {
            "valor": "VL_CONTRATO", "data": "DT_FIRMATURA", "fornecedor_id": "CPF_CNPJ_CONTRATADO",
            "unidade_gestora_id": "UNIDADE", "municipio": "MUNICIPIO",
        },
        (1000.0, 500.0),
    ),
    "TCE-PR, contratos": Case(
        f"""cdIBGE;nmMunicipio;idPessoa;nmEntidade;nrContrato;nrAnoContrato;dsModalidadeLicitacao;nrLicitacao;dsObjeto;dtAssinatura;dtInicioVigencia;dtFimVigencia;vlContrato;nrDocContratado;nmContratado
4113700;LONDRINA;5;PM LONDRINA;12;2023;Pregão;5;Limpeza;2023-01-02;2023-01-02;2023-12-31;1000.50;{A};ALFA LTDA
4113700;LONDRINA;5;PM LONDRINA;13;2023;Dispensa;6;Pintura;2023-01-03;2023-01-03;2023-12-31;500.00;{B};BETA SA
""",
        {
            "valor": "vlContrato", "fornecedor_id": "nrDocContratado", "fornecedor": "nmContratado",
            "orgao": "nmEntidade", "municipio": "nmMunicipio", "modalidade": "dsModalidadeLicitacao",
            "data": "dtAssinatura", "numero": "nrContrato",
        },
        (1000.5, 500.0),
    ),
    "Transferegov, convênios": Case(
        """NR_CONVENIO;ID_PROPOSTA;DIA;MES;ANO;DIA_ASSIN_CONV;SIT_CONVENIO;SITUACAO_PUBLICACAO;NR_PROCESSO;UG_EMITENTE;DIA_PUBL_CONV;DIA_INIC_VIGENC_CONV;DIA_FIM_VIGENC_CONV;DIAS_PREST_CONTAS;QTD_TA;VL_GLOBAL_CONV;VL_REPASSE_CONV;VL_CONTRAPARTIDA_CONV;VL_EMPENHADO_CONV;VL_DESEMBOLSADO_CONV
700001;1001;02;01;2024;02/01/2024;Em execução;Publicado;59001;175004;05/01/2024;02/01/2024;02/01/2026;60;1;500000;475000;25000;475000;100000
700002;1002;03;02;2024;03/02/2024;Em execução;Publicado;59002;175004;06/02/2024;03/02/2024;03/02/2026;60;0;300000,50;285000;15000,5;285000;0
""",
        {
            "valor": "VL_GLOBAL_CONV", "data": "DIA_ASSIN_CONV", "numero": "NR_CONVENIO",
            "vigencia_fim": "DIA_FIM_VIGENC_CONV", "situacao": "SIT_CONVENIO",
        },
        (500000.0, 300000.5),
        absent=("modalidade", "quantidade"),
    ),
    "Transferegov, pagamentos": Case(
        f"""NR_MOV_FIN;NR_CONVENIO;IDENTIF_FORNECEDOR;NOME_FORNECEDOR;TP_MOV_FINANCEIRA;DATA_PAG;NR_DL;DESC_DL;VL_PAGO
1;700001;{A};ALFA LTDA;PAGAMENTO A FORNECEDOR;02/03/2024;77;NOTA FISCAL;1000,5
2;700001;{B};BETA SA;PAGAMENTO A FORNECEDOR;03/03/2024;78;NOTA FISCAL;2000
""",
        {"valor": "VL_PAGO", "fornecedor_id": "IDENTIF_FORNECEDOR", "data": "DATA_PAG"},
        (1000.5, 2000.0),
    ),
    "TSE, despesas de campanha": Case(
        f"""DT_GERACAO;ANO_ELEICAO;SG_UF;NR_CNPJ_PRESTADOR_CONTA;NM_CANDIDATO;NR_CPF_CANDIDATO;NR_CPF_CNPJ_FORNECEDOR;NM_FORNECEDOR;DT_DESPESA;DS_DESPESA;VR_DESPESA_CONTRATADA
01/01/2023;2022;CE;{BUYER};FULANO;52998224725;{A};ALFA LTDA;02/08/2022;PANFLETOS;1000,50
01/01/2023;2022;CE;{BUYER};FULANO;52998224725;-1;#NULO#;03/08/2022;SOM;0,00
""",
        {
            "valor": "VR_DESPESA_CONTRATADA", "fornecedor_id": "NR_CPF_CNPJ_FORNECEDOR",
            "fornecedor": "NM_FORNECEDOR", "data": "DT_DESPESA", "objeto": "DS_DESPESA", "uf": "SG_UF",
        },
        (1000.5, 0.0),
    ),
    "itens com o total do contrato repetido": Case(
        """Órgão;Número Licitação;Id Contrato;Número Contrato;Credor;Valor Contrato;Data Assinatura;Objeto;Id Produto;Descricao Produto;Quantidade Contratada;Valor Unitário;Valor Contratado;Valor Empenhado
SMS;5/2023;77;12/2023;ALFA LTDA;10.000,00;02/01/2023;Limpeza;5;DETERGENTE;100;5,00;500,00;250,00
SMS;5/2023;77;12/2023;ALFA LTDA;10.000,00;02/01/2023;Limpeza;6;SABAO;200;2,50;500,00;0,00
SMS;5/2023;77;12/2023;ALFA LTDA;10.000,00;02/01/2023;Limpeza;7;CLORO;900;10,00;9.000,00;0,00
""",
        {
            "valor": "Valor Contratado", "objeto": "Descricao Produto",
            "quantidade": "Quantidade Contratada", "valor_unitario": "Valor Unitário",
        },
        (500.0, 500.0, 9000.0),
    ),
    "ata de registro de preços": Case(
        f"""Nº Ata;Pregão;Item;Especificação;Unidade;Quantidade Registrada;Preço Unitário (R$);Preço Total (R$);Fornecedor Registrado;CNPJ;Vigência da Ata
1/2023;PE 5/2023;1;CANETA;UN;1.000;0,75;750,00;ALFA LTDA;{A_};02/01/2023 a 01/01/2024
1/2023;PE 5/2023;2;PAPEL;CX;50;180,00;9.000,00;BETA SA;{B_};02/01/2023 a 01/01/2024
""",
        {
            "valor": "Preço Total (R$)", "objeto": "Especificação", "unidade": "Unidade",
            "quantidade": "Quantidade Registrada", "fornecedor": "Fornecedor Registrado",
            "vigencia_fim": "Vigência da Ata",
        },
        (750.0, 9000.0),
        {"vigencia_fim": pd.Timestamp("2024-01-01"), "data": pd.Timestamp("2023-01-02")},
    ),
    "painel de preços": Case(
        """Identificação da Compra;Número do Item;Modalidade;Código do CATMAT;Descrição do Item;Unidade de Fornecimento;Quantidade Ofertada;Valor Unitário;Fornecedor;Órgão;UASG;Data da Compra
00012/2024;1;Pregão;123456;CANETA;UNIDADE;1.000;R$ 0,75;ALFA LTDA;UNIV X;153045 - UG X;02/01/2024
00013/2024;2;Dispensa;123457;PAPEL;RESMA;50;R$ 18,00;BETA SA;UNIV X;153045 - UG X;03/01/2024
""",
        {
            "valor": "Valor Unitário", "valor_unitario": "Valor Unitário", "data": "Data da Compra",
            "quantidade": "Quantidade Ofertada", "objeto": "Descrição do Item",
        },
        (0.75, 18.0),
    ),
    "documento junto do nome": Case(
        f"""Fornecedor;Objeto;Valor
{A_} - ALFA LTDA;Pneus;1.000,00
{B_} - BETA SA;Obra;2.000,00
GAMA ME (CNPJ: {C_});Tinta;3.000,00
""",
        {"fornecedor": "Fornecedor", "fornecedor_id": "Fornecedor"},
        (1000.0, 2000.0, 3000.0),
        {"fornecedor": "ALFA LTDA", "fornecedor_id": A},
    ),
    "previsto e realizado": Case(
        """fornecedor;valor previsto;valor realizado;ano
ALFA LTDA;10,00;9,00;2023
BETA SA;20,00;22,00;2023
""",
        {"valor": "valor realizado", "valor_estimado": "valor previsto"},
        (9.0, 22.0),
    ),
}  # fmt: skip


def columns(reading: Reading) -> dict[str, str]:
    return {name: entry["column"] for name, entry in reading.mapping.items()}


@pytest.mark.parametrize("name", CASES)
def test_the_right_columns(name: str) -> None:
    case = CASES[name]
    reading = read(case.text.encode(), filename="arquivo.csv")
    found = columns(reading)
    assert {field: found.get(field) for field in case.columns} == case.columns
    assert {field: found[field] for field in case.absent if field in found} == {}
    if case.valor is not None:
        np.testing.assert_allclose(reading.records["valor"].to_numpy(), case.valor)
    for field_name, cell in case.first.items():
        assert reading.records[field_name].iloc[0] == cell, field_name
    assert reading.info["n_rejected"] == case.rejected
    assert set(case.issues) <= reading.issue_counts.keys()
    if "fornecedor_id" in reading.records:
        assert BUYER not in reading.records["fornecedor_id"].tolist()
    assert all(entry["reason"] for entry in reading.mapping.values())


CAMEL = re.compile("[a-z][A-Z]")
"""Between words written together: in capitals they would be one."""


@pytest.mark.parametrize("name", [n for n in CASES if not CAMEL.search(CASES[n].text)])
def test_plainer_titles_change_nothing(name: str) -> None:
    """Without accents and in capitals: the same columns and amounts."""
    case = CASES[name]
    lines = case.text.split("\n")
    title = next(i for i, line in enumerate(lines) if len(re.findall("[;,][^;,]", line)) > 1)
    lines[title] = unicodedata.normalize("NFKD", lines[title]).encode("ascii", "ignore").decode()
    lines[title] = lines[title].upper()
    once, again = read(case.text.encode()), read("\n".join(lines).encode())
    assert again.mapping.keys() == once.mapping.keys()
    if "valor" in once.records:
        pd.testing.assert_series_equal(again.records["valor"], once.records["valor"])


def test_the_buyers_document_does_not_fill_a_supplier_without_one() -> None:
    reading = read(CASES["CNPJ do comprador ao lado"].text.encode())
    assert reading.records["fornecedor_id"].isna().tolist() == [False, True, False]


def test_a_single_supplier_spelt_in_two_ways_keeps_its_document() -> None:
    rows = "".join(f"{A_};MUNICIPIO X;{name};1,00\n" for name in ("ALFA", "ALFA LTDA", "Alfa ME"))
    reading = read(f"CNPJ;Órgão;Fornecedor;Valor\n{rows}".encode())
    assert reading.records["fornecedor_id"].tolist() == [A, A, A]


def test_modalities_of_codes_are_read_or_unknown() -> None:
    reading = read(CASES["TCE-RS, licitações"].text.encode())
    classes = modality_class(reading.records["modalidade"])
    assert classes.tolist() == ["pregao", "dispensa", "tomada_precos"]
    assert modality_class(["O", "P", "8"]).tolist() == ["", "", ""]


UNITS = {
    "Valor (R$)": 1, "Valor (R$ 1,00)": 1, "Milho (R$)": 1, "Valor por milheiro": 1, "Família": 1,
    "Valor Total (em R$ mil)": 1000, "Valores em milhares de reais": 1000, "Valor (R$ mil)": 1000,
    "Valor em milhões": 1_000_000, "VALOR (R$ MILHÕES)": 1_000_000,
}  # fmt: skip


@pytest.mark.parametrize("title", UNITS)
def test_units_of_money_in_titles(title: str) -> None:
    assert money_unit(title) == UNITS[title]


# -- nested and typed sources --------------------------------------------------------------------


def test_comprasnet_api() -> None:
    body = {"codigo": "26233", "nome": "UNIVERSIDADE X",
            "unidade_gestora": {"codigo": "153045", "nome": "UG X"}}  # fmt: skip
    reading = read(
        [
            {"id": i, "numero": f"0000{i}/2024", "contratante": {"orgao": body}, "tipo": "Contrato",
             "fornecedor": {"tipo": "JURIDICA", "cnpj_cpf_idgener": cnpj, "nome": name},
             "codigo_modalidade": "05", "modalidade": "Pregão", "licitacao_numero": "00012/2023",
             "data_assinatura": "2024-01-02", "valor_inicial": "100.000,00",
             "valor_global": "120.000,00", "num_parcelas": 12, "valor_parcela": "10.000,00",
             "valor_acumulado": "120.000,00"}
            for i, (cnpj, name) in enumerate([(A_, "ALFA LTDA"), (B_, "BETA SA")], 1)
        ]
    )  # fmt: skip
    first = reading.records.iloc[0]
    assert (first["valor"], first["valor_inicial"]) == (120000.0, 100000.0)
    assert (first["fornecedor_id"], first["fornecedor"]) == (A, "ALFA LTDA")
    assert (first["orgao"], first["unidade_gestora_id"]) == ("UNIVERSIDADE X", "153045")
    assert first["modalidade"] == "Pregão"


def test_pncp_results_of_items() -> None:
    reading = read(
        [
            {"numeroItem": i, "quantidadeHomologada": 1000 * i, "valorUnitarioHomologado": 0.7,
             "valorTotalHomologado": 700.0 * i, "percentualDesconto": 6.67, "tipoPessoa": "PJ",
             "niFornecedor": A, "nomeRazaoSocialFornecedor": "ALFA", "porteFornecedorId": 1,
             "dataResultado": "2024-02-01", "dataInclusao": "2024-02-02T10:00:00"}
            for i in (1, 2)
        ]
    )  # fmt: skip
    found = columns(reading)
    assert (found["valor"], found["data"]) == ("valorTotalHomologado", "dataResultado")
    assert reading.records["valor_unitario"].tolist() == [0.7, 0.7]
    assert reading.records["fornecedor_id"].tolist() == [A, A]


def test_ocds_releases_as_json() -> None:
    reading = read(
        [
            {"ocid": f"o-{i}", "buyer": {"id": BUYER, "name": "MUNICIPIO X"},
             "parties": [{"id": A, "roles": ["supplier"]}, {"id": BUYER, "roles": ["buyer"]}],
             "tender": {"description": "Pneus", "value": {"amount": 50000.0, "currency": "BRL"}},
             "awards": [{"value": {"amount": 41000.0}, "suppliers": [{"id": A, "name": "ALFA"}]}]}
            for i in (1, 2)
        ]
    )  # fmt: skip
    first = reading.records.iloc[0]
    assert (first["valor"], first["valor_estimado"]) == (41000.0, 50000.0)
    assert (first["fornecedor_id"], first["fornecedor"]) == (A, "ALFA")
    assert (first["orgao_id"], first["orgao"]) == (BUYER, "MUNICIPIO X")


def test_typed_columns_of_a_frame() -> None:
    frame = pd.DataFrame(
        {"Nº Contrato": [12, 13], "Ano": [2023, 2023], "CNPJ": [int(A), int(B)],
         "Contratada": ["ALFA", "BETA"], "Valor Global": [15000.0, 7500.5], "CEP": [60000000] * 2,
         "Assinatura": pd.to_datetime(["2023-01-02", "2023-01-03"]), "Percentual": [95.5, 4.5]}
    )  # fmt: skip
    reading = read(frame)
    assert reading.records["valor"].tolist() == [15000.0, 7500.5]
    assert reading.records["fornecedor_id"].tolist() == [A, B]
    assert columns(reading)["data"] == "Assinatura"
    assert reading.info["unmapped"] == ["Ano", "CEP", "Percentual"]
