"""Whole contracts written for the tests: with headings, without them, and under the older law."""

from __future__ import annotations

NEW_LAW = """CONTRATO Nº 14/2024

A PREFEITURA DE PEDRA ALTA e a empresa ALFA MÓVEIS LTDA. celebram este contrato.

CLÁUSULA PRIMEIRA – DO OBJETO
1.1. O presente contrato tem por objeto o fornecimento de 200 carteiras escolares, conforme as
especificações do termo de referência.

CLÁUSULA SEGUNDA – DA VINCULAÇÃO
2.1. Este instrumento vincula-se ao edital do Pregão Eletrônico nº 3/2024 e à proposta vencedora.

CLÁUSULA TERCEIRA – DA LEGISLAÇÃO APLICÁVEL
3.1. Rege-se pela Lei nº 14.133/2021, que também resolve os casos omissos.

CLÁUSULA QUARTA – DA FORMA DE FORNECIMENTO
4.1. A entrega será parcelada, por demanda das escolas.

CLÁUSULA QUINTA – DO PREÇO E DO PAGAMENTO
5.1. O valor total do contrato é de R$ 90.000,00. O pagamento será feito em até 30 dias da
apresentação da nota fiscal.

CLÁUSULA SEXTA – DO REAJUSTE
6.1. Após um ano da data do orçamento estimado, os preços serão reajustados pelo IPCA.

CLÁUSULA SÉTIMA – DOS PRAZOS E DO RECEBIMENTO
7.1. Cada entrega será feita em até 20 dias. O recebimento definitivo ocorrerá em 10 dias.

CLÁUSULA OITAVA – DA DOTAÇÃO ORÇAMENTÁRIA
8.1. A despesa corre por conta da dotação 12.361.0001.2001, natureza da despesa 4.4.90.52.

CLÁUSULA NONA – DA GARANTIA DO OBJETO
9.1. O prazo de garantia dos bens é de 12 meses.

CLÁUSULA DÉCIMA – DAS OBRIGAÇÕES DAS PARTES
10.1. A contratada obriga-se a manter, durante toda a execução, as condições de habilitação, e a
cumprir a reserva de cargos para pessoa com deficiência e aprendiz.

CLÁUSULA DÉCIMA PRIMEIRA – DAS SANÇÕES
11.1. O atraso sujeita a contratada a multa de 0,5% por dia, até 10% do valor da parcela.

CLÁUSULA DÉCIMA SEGUNDA – DA GESTÃO E FISCALIZAÇÃO
12.1. O fiscal do contrato será designado por portaria.

CLÁUSULA DÉCIMA TERCEIRA – DA EXTINÇÃO
13.1. O contrato extingue-se nos casos do art. 137 da Lei.

CLÁUSULA DÉCIMA QUARTA – DA VIGÊNCIA
14.1. A vigência é de 12 meses, a contar da assinatura.

CLÁUSULA DÉCIMA QUINTA – DA PUBLICAÇÃO
15.1. O extrato será divulgado no Portal Nacional de Contratações Públicas.

CLÁUSULA DÉCIMA SEXTA – DO FORO
16.1. Fica eleito o foro da comarca de Pedra Alta.
"""

NO_HEADINGS = """Contrato de fornecimento entre o Município de Pedra Alta e a Alfa Móveis Ltda.
Constitui objeto deste contrato o fornecimento de carteiras escolares. O contrato é regido pela Lei
14.133/2021, aplicável aos casos omissos, e integra-o, para todos os efeitos, a proposta da
contratada. O regime de execução é o de entrega parcelada. A contratante pagará à contratada R$
90.000,00, no prazo de 30 dias do recebimento da nota fiscal. Os preços são irreajustáveis. As
carteiras serão recebidas definitivamente em dez dias. Os recursos são os da dotação orçamentária
do programa de trabalho 12.361.0001. Fica dispensada a garantia de execução. A contratada responderá
pelos danos que causar e manterá as condições de habilitação durante a execução. Pelo atraso será
aplicada multa de 5%. O contrato será acompanhado e fiscalizado por servidor designado. O contrato
poderá ser rescindido nos casos da lei. Vigorará por 12 meses. O foro competente é o da comarca de
Pedra Alta.
"""

OLD_LAW = """TERMO DE CONTRATO Nº 7/2018

1. DO OBJETO
Este contrato tem por objeto a obra de pavimentação da Rua das Acácias.

2. DO REGIME DE EXECUÇÃO
Empreitada por preço global.

3. DO VALOR E DO PAGAMENTO
O valor total é de R$ 800.000,00, pago conforme medição mensal.

4. DA GARANTIA
A contratada prestará garantia de execução de 5% do valor do contrato.

5. DAS PENALIDADES
Multa de 10% sobre a parcela não executada.

6. DA RESCISÃO
Aplicam-se os arts. 77 a 80 da Lei nº 8.666/93, reconhecidos os direitos da Administração.

7. DO FORO
Foro de Pedra Alta.

Da fiscalização
A obra será fiscalizada pelo engenheiro designado.
"""
