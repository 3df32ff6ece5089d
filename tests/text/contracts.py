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

BY_ANNEX = """TERMO DE CONTRATO Nº 31/2025
Processo Administrativo nº 23000.001234/2025-11
A UNIVERSIDADE FEDERAL DO PLANALTO, CNPJ 11.222.333/0001-81, e ALFA LIMPEZA LTDA, CNPJ
44.555.666/0001-81, celebram o presente Termo de Contrato, nas cláusulas e condições a seguir.
1. CLÁUSULA PRIMEIRA – OBJETO (art. 92, I e II)
1.1. Serviços de limpeza predial, nas condições estabelecidas no Termo de Referência.
1.2. Vinculam esta contratação, independentemente de transcrição: o Termo de Referência, o Edital da
Licitação, a Proposta do contratado e eventuais anexos.
2. CLÁUSULA SEGUNDA – VIGÊNCIA E PRORROGAÇÃO
2.1. O prazo é de doze meses, prorrogável por até dez anos.
3. CLÁUSULA TERCEIRA – MODELOS DE EXECUÇÃO E GESTÃO CONTRATUAIS (art. 92, IV, VII e XVIII)
3.1. Constam do Termo de Referência, anexo a este Contrato.
4. CLÁUSULA QUARTA – SUBCONTRATAÇÃO
4.1. Não se admite.
5. CLÁUSULA QUINTA – PREÇO (art. 92, V)
5.1. R$ 480.000,00 por ano.
6. CLÁUSULA SEXTA – PAGAMENTO (art. 92, V e VI)
6.1. O prazo para pagamento e as demais condições encontram-se no Termo de Referência.
7. CLÁUSULA SÉTIMA – REPACTUAÇÃO E REAJUSTE (art. 92, V e X)
7.1. Na forma do anexo.
8. CLÁUSULA OITAVA – OBRIGAÇÕES DO CONTRATANTE (art. 92, X, XI e XIV)
8.1. Exigir o cumprimento do que foi assumido.
9. CLÁUSULA NONA – OBRIGAÇÕES DO CONTRATADO (art. 92, XIV, XVI e XVII)
9.1. Manter, durante toda a vigência, as condições exigidas para habilitação na licitação.
9.2. Cumprir a reserva de cargos prevista em lei para pessoa com deficiência.
10. CLÁUSULA DÉCIMA – OBRIGAÇÕES PERTINENTES À LGPD
10.1. As partes cumprirão a lei.
11. CLÁUSULA DÉCIMA PRIMEIRA – GARANTIA DE EXECUÇÃO (art. 92, XII)
11.1. De 5% do valor anual.
12. CLÁUSULA DÉCIMA SEGUNDA – INFRAÇÕES E SANÇÕES ADMINISTRATIVAS (art. 92, XIV)
12.1. As do Termo de Referência.
13. CLÁUSULA DÉCIMA TERCEIRA – DA EXTINÇÃO CONTRATUAL (art. 92, XIX)
13.1. Pelo fim do prazo ou pelos motivos da lei.
14. CLÁUSULA DÉCIMA QUARTA – DOTAÇÃO ORÇAMENTÁRIA (art. 92, VIII)
14.1. A do exercício.
15. CLÁUSULA DÉCIMA QUINTA – DOS CASOS OMISSOS (art. 92, III)
15.1. Serão decididos pelo contratante.
16. CLÁUSULA DÉCIMA SEXTA – ALTERAÇÕES
16.1. Regem-se pelos arts. 124 e seguintes da Lei nº 14.133, de 2021.
17. CLÁUSULA DÉCIMA SÉTIMA – PUBLICAÇÃO
17.1. No Portal Nacional de Contratações Públicas.
18. CLÁUSULA DÉCIMA OITAVA – FORO (art. 92, §1º)
18.1. Justiça Federal em Planalto.
"""

TERSE = """CONTRATO Nº 7/2019 – CÂMARA DE PEDRA ALTA
1. OBJETO. Cobertura fotográfica das sessões, por Foco Imagens ME.
2. BASE LEGAL. Art. 24, II, da Lei nº 8.666/93.
3 PREÇO: R$ 7.900,00, EM QUATRO PARCELAS.
4ª Prazo: um ano, a contar de hoje.
(5) Recursos – 01.031.0001.2.001, 3.3.90.39.59.
VI – MULTA. 2% por sessão perdida.
Cl. 7. Rescisão. Com aviso de quinze dias.
Art. 8º Fiscal: Rita Lobo, secretária.
Nona. Foro de Pedra Alta.
"""
