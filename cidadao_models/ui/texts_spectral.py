"""Every word of the tab for series, in Portuguese. No logic."""

from __future__ import annotations

TAB = "Espectro"

INTRO = (
    "Um valor por dia, semana ou mês: o que nele é calendário, o que não é, e o que não dá para "
    "dizer. Uma mudança ou um ciclo não diz que há algo errado: diz onde olhar."
)
FILE_LABEL = "Arquivo com data e valor"
FILE_KINDS = "CSV, Excel, ODS, JSON ou ZIP, {size}. Nada fica guardado."
INPUT_LABEL = "ou números colados, um por linha"
INPUT_HINT = "Com data ou sem: “14/03/2024;1.234,56” ou só “1.234,56”. Até {n} pontos."
INPUT_PLACEHOLDER = "01/01/2024;12.500,00\n01/02/2024;11.980,50\n01/03/2024;\n01/04/2024;13.120,00"
EXAMPLES_LABEL = "Sem dados à mão? Veja um exemplo (séries inventadas):"
EXAMPLE_LABELS = (
    "Pagamentos por dia, com um degrau",
    "Gasto por mês, com corrida em dezembro",
    "Série curta demais",
)

EMPTY = "Nada analisado ainda. Envie um arquivo, cole números ou escolha um exemplo."
WORKING = "Somando e procurando o que se repete e o que muda…"
READING = "Lendo o arquivo e somando por período…"
DONE = "Pronto: {points}."
NOTHING_TITLE = "Falta a série."
NOTHING_HINT = "Envie um arquivo, cole números ou escolha um exemplo."
EXPIRED_HINT = "Envie a série de novo: nada fica guardado por mais de 30 minutos."

FOLLOW_LABEL = "O que acompanhar"
GROUPS = {
    "tudo": "tudo",
    "orgao": "um órgão",
    "fornecedor": "um fornecedor",
    "categoria": "uma categoria",
    "modalidade": "uma modalidade",
}
NAME_LABEL = "Qual (digite para procurar)"
UNIT_LABEL = "Somado por"
UNITS = {"dia": "dia", "semana": "semana", "mes": "mês"}

STEP_VERDICT = "1. Em uma frase"
STEP_SERIES = "2. A série"
STEP_CYCLES = "3. Os ciclos"
STEP_DETAILS = "4. Detalhes"
STEP_FINDINGS = "5. O que conferir"
STEP_COMPARE = "Comparar com outra série"
STEP_DOWNLOAD = "Baixar"

CALM = (
    "Nada a conferir: o calendário e o acaso explicam a série. Isso não prova que tudo está "
    "regular."
)
UNSURE = "Nada foi achado, mas a série é curta demais para concluir que nada há."
TOO_SHORT_FOR_CYCLES = "A série é curta demais para que se fale de ciclos."
SEE_FINDINGS = "Abaixo, cada ponto com a leitura inocente mais comum e o que conferir."
EXPECTED_CYCLES = "Ciclos que o calendário explica"
NOTES = "Como a série foi montada"
COLUMNS = ("o que se vê", "pode ser normal se", "para conferir")
MORE = "Outros {n}"
MOST_SHOWN = 12

CHANCE = (
    "A chance de uma série sem nada mostrar qualquer achado é de cerca de 5 %. Pouco mais se diz "
    "de uma série curta: só o que é muito forte aparece."
)

COMPARE_INTRO = (
    "Duas séries andam juntas além do calendário? Servem, por exemplo, dois órgãos ou dois "
    "fornecedores do mesmo arquivo, ou outra série colada, com as mesmas datas."
)
OTHER_NAME = "Outro do mesmo tipo"
OTHER_INPUT = "ou a outra série, um valor por linha"
COMPARE = "Comparar"
COMPARE_FIRST = "Escolha antes o outro nome, ou cole a outra série."

METHOD = """
Uma série é comparada com o que o calendário brasileiro faz esperar dela (dias da semana, feriados e
Carnaval, começo e fim do mês, dezembro e janeiro, período eleitoral) e com a sua própria memória.
Um ciclo só conta quando passa do que um ruído com essa memória produziria; os que o calendário
explica são ditos esperados. Mudanças de nível, de oscilação e de rotina da semana levam a data do
primeiro ponto novo. Dezembro é comparado com os dezembros anteriores da própria série. As contas
são feitas para que uma série sem nada mostre algum achado em cerca de 5 % das vezes; uma série
curta recebe a resposta “inconclusivo”, com o tamanho que faltaria. Mês sem nenhum registro no
arquivo é mês sem dado, não mês de gasto zero.
"""

DOWNLOAD_CSV = "Série (CSV)"
DOWNLOAD_JSON = "Resultado (JSON)"
DOWNLOAD_IMAGE = "Gráficos (imagem)"
DOWNLOAD_HINT = "A imagem junta a série e os ciclos como estão na tela."
CSV_COLUMNS = {
    "expected": "esperado",
    "lower": "faixa_de",
    "upper": "faixa_ate",
}
