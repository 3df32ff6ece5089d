"""Every word of the page, in Portuguese. No logic."""

from __future__ import annotations

TITLE = "Cidadão.AI"
LEAD = (
    "Cole um contrato ou envie uma planilha de gastos públicos: mostramos o que merece uma segunda "
    "olhada, por quê, e como conferir."
)
DISCLAIMER = "Indícios não são provas."

CHOICES = (
    ("texto", "Um texto", "Contrato, extrato, aviso, aditivo ou convênio.", "#contract-example"),
    ("planilha", "Uma planilha", "Contratos, empenhos ou licitações de um portal.",
     "#file-example-1"),
    ("espectro", "Uma série no tempo", "Um valor por dia, semana ou mês.", "#spectral-example"),
)  # fmt: skip
"""The ways to begin: tab, name, what to bring, and the button of the first example there."""
SEE_EXAMPLE = "ver exemplo"
SEE_EXAMPLE_OF = "ver exemplo: {name}"
PROMISES = (
    "{n} sinais conferidos na planilha, listados em “Método”. Nada fica guardado. Não custa nada."
)

TAB_FILES = "Planilha"
TAB_API = "API"
TAB_METHOD = "Método"

FILE_LABEL = "Arquivo de gastos públicos"
FILE_KINDS = "CSV, Excel, ODS, JSON ou ZIP, {size}. Nada fica guardado."
EXAMPLES_LABEL = "Sem arquivo à mão? Veja um exemplo (empresas e órgãos inventados):"
EXAMPLES = (
    ("contratos_prefeitura.csv", "Contratos de uma prefeitura"),
    ("empenhos_portal.csv", "Empenhos de um portal"),
    ("contratacoes_pncp.json", "Contratações em JSON (PNCP)"),
)
THRESHOLD_LABEL = "Mostrar sinais a partir de"
THRESHOLDS = (
    ("fraco (nota 0,50)", 0.5),
    ("moderado (0,70)", 0.7),
    ("forte (0,85)", 0.85),
    ("muito forte (0,95)", 0.95),
)
RUN = "Analisar"
CANCEL = "Cancelar"

SANCTIONS_FOLD = "Comparar com lista de sanções (CEIS/CNEP)"
SANCTIONS_HINT = (
    "Opcional: baixe a lista do CEIS ou do CNEP no Portal da Transparência e envie aqui, como "
    "veio. Contratos com empresas da lista, na vigência da sanção, aparecem entre os achados."
)
SANCTIONS_LABEL = "Lista de sanções (CSV, Excel ou ZIP)"
SANCTIONS_READY = "Lista recebida: ela entra na comparação ao clicar em “Analisar”."
SANCTIONS_USED = "Lista em uso: {name}. Ela também já foi apagada do servidor."
SANCTIONS_DROP = "Não comparar mais com a lista"
SANCTIONS_DROPPED = "A próxima análise não usa lista de sanções."

EMPTY = "Nada analisado ainda. Envie um arquivo ou escolha um exemplo."
READY = "Arquivo recebido. Clique em “Analisar”."
WAITING = "Recebido. A análise começa assim que houver lugar…"
READING = "Lendo o arquivo ({size} MB)…"
CHECKING = "{n} registros lidos. Comparando e verificando…"
ELAPSED = "{s} s até agora."
LEFT = "Faltam cerca de {s} s, pelo tempo de análises parecidas."
PROGRESS_LABEL = "Andamento da análise"
DONE = "Pronto: {name}, {n} registros analisados."
DELETED = "O arquivo enviado já foi apagado do servidor."
CANCELLED = "Análise cancelada. O que já estava na tela continua aqui."
EXPIRED_TITLE = "A análise anterior saiu da memória."
EXPIRED_HINT = "Envie o arquivo de novo: nada fica guardado por mais de 30 minutos."
NO_FILE_TITLE = "Falta o arquivo."
NO_FILE_HINT = "Envie um arquivo ou escolha um exemplo."
TOO_LARGE = (
    "O arquivo é grande demais: vai {size}. Divida-o por ano ou por órgão, ou use o pacote "
    "no seu computador."
)
GRADIO_SAYS = {
    "Error": "Erro",
    "Warning": "Aviso",
    "Connection errored out": "A conexão com o servidor caiu. Tente de novo em instantes.",
    "Connection to the server was lost": "A conexão com o servidor caiu; tentando de novo…",
    "Queue is full": "Há gente demais na fila. Tente de novo em um minuto.",
    "Could not parse server response": "O servidor não respondeu como esperado. Tente de novo.",
}
"""Beginnings of messages that Gradio 6.31 only has in English, and what is shown instead."""
NO_AMOUNT = (
    "Nenhuma coluna de valor foi reconhecida: sem ela, preços não podem ser comparados. Se o "
    "arquivo tem uma, escolha-a em “Trocar colunas”."
)
REFUSED = "Não foi possível analisar."

STEP_UNDERSTOOD = "1. O que entendemos"
STEP_SUMMARY = "2. Resumo"
STEP_FINDINGS = "3. Achados"
STEP_FINDING = "4. Um achado"
STEP_PATTERNS = "{n}. Padrões"
STEP_UNCHECKED = "O que não pôde ser verificado"
STEP_DOWNLOAD = "Baixar e citar"

REMAP = "Trocar colunas"
REMAP_HINT = (
    "Se uma coluna foi entendida errado, escolha a certa: a análise é refeita na mesma hora."
)
CHOOSE_COLUMNS = "Escolha abaixo, em “Trocar colunas”, o que é cada coluna deste arquivo:"
PROBLEMS = "Problemas nos dados"
COLUMNS = "Colunas reconhecidas"
NOT_RECOGNISED = "não reconhecida"

SEARCH_LABEL = "Buscar nos achados"
SEARCH_PLACEHOLDER = "fornecedor, órgão, objeto, número…"
FILTERS = "Filtrar e ordenar"
FILTERS_USED = "Filtrar e ordenar ({n} em uso)"
CLEAR_FILTERS = "Limpar filtros"
SIGNAL_FILTER = "Sinal"
SEVERITY_FILTER = "Força"
BODY_FILTER = "Órgão"
ANY_BODY = "todos os órgãos"
SUPPLIER_FILTER = "Fornecedor (nome ou CNPJ)"
ANY_SUPPLIER = "todos os fornecedores"
SINCE_FILTER = "Data: de"
UNTIL_FILTER = "Data: até"
PERIOD_PLACEHOLDER = "2023 ou 03/2023"
PERIOD_UNCLEAR = "“{text}” não é um período: use 2023, 03/2023 ou 14/03/2023."
MINIMUM_FILTER = "Valor mínimo (R$)"
MINIMUM_PLACEHOLDER = "50.000"
AMOUNT_UNCLEAR = "“{text}” não é um valor: use, por exemplo, 50.000 ou 1.234,56."
ORDER = "Ordem"
ORDERS = (
    ("mais forte primeiro", "score"),
    ("maior valor primeiro", "value"),
    ("mais recente primeiro", "date"),
)
FINDINGS_HINT = "Escolha um para ver o achado inteiro."
FINDINGS_ALL = "{total} achados."
FINDINGS_ONE = "{total} achado."
FINDINGS_SHOWN = "{shown} de {total} achados, com os filtros em uso."
FINDINGS_CAPPED = "A tela mostra {shown} de {total}; todos estão nos arquivos para baixar."
NO_MATCH = "Nenhum achado com esta busca e estes filtros."
LIST_LABEL = "Lista de achados"
COLUMNS_SHOWN = (
    ("força", ""),
    ("sinal", ""),
    ("fornecedor e órgão", ""),
    ("valor", "number"),
    ("por quê", ""),
    ("registro", "number"),
)

NO_RECORDS = (
    "Nenhuma linha do arquivo pôde ser lida como registro; acima, em “Problemas nos dados”, está o "
    "que havia em cada uma. Confira se o arquivo veio inteiro e baixe-o de novo na origem."
)
NOTHING_BODY = (
    "As verificações possíveis foram feitas e nada chegou à nota mínima. Isso não prova que tudo "
    "está regular; abaixo está o que não pôde ser visto."
)

SAME_REASON = "{n} registros com este mesmo motivo"
SAME_REASON_SHOW = "ver todos"
SAME_REASON_HIDE = "recolher"

PATTERNS_INTRO = (
    "O que só aparece olhando muitos registros juntos. Um padrão não diz que há algo errado: diz "
    "onde olhar."
)
NO_PATTERNS = "Nenhum padrão fora do comum no que pôde ser visto."
PATTERNS_MORE = "mais {n} deste tipo"
PATTERNS_CAPPED = "Outros {n} estão no relatório e na planilha para baixar."
PATTERN_RECORDS = "Registros: {rows}."
PATTERN_RECORD = "Registro {rows}."
PATTERNS_IN_FINDINGS = "Os mais fortes destes também estão, registro a registro, em “Achados”."
PATTERNS_UNSEEN = "O que não pôde ser visto ({n})"
CHART_UNSEEN = "Gráfico: {title}"

PREVIOUS = "‹ Anterior"
NEXT = "Próximo ›"
POSITION = "Achado {i} de {n}"
NORM = "Norma"
INNOCENT = "Pode ser normal se"
NEXT_STEP = "Para conferir:"
LAI_TEXT = "Texto do pedido"
LAI_LABEL = "Pedido de acesso à informação, pronto para copiar"
RAW_LABEL = "Linha original do arquivo"
COMPUTED_LABEL = "Como foi calculado"
NO_CHART = "Este registro não tem valor que se possa comparar."

DOWNLOAD_HINT = "Os arquivos são feitos na hora e apagados do servidor logo depois."
DOWNLOAD_HTML = "Relatório (HTML)"
DOWNLOAD_CSV = "Achados (CSV)"
DOWNLOAD_XLSX = "Achados (Excel)"

MISSING_MOST = "{n} verificações não puderam ser feitas. O que mais falta no arquivo: {what}."
SEE_UNCHECKED = "Ver cada verificação e o motivo"
ALL_CHECKED = "Todas as verificações puderam ser feitas neste arquivo."

LAI_TEMPLATE = """Com base na Lei 12.527/2011 (Lei de Acesso à Informação), solicito, sobre {what}:

{items}

Contexto: {context}

Peço a resposta em meio digital (art. 11, § 5º). O prazo é de 20 dias, prorrogável por mais 10 \
com justificativa (art. 11, §§ 1º e 2º); o pedido não precisa de motivo (art. 10, § 3º)."""
LAI_PROCESS = "cópia do processo administrativo da contratação, ou o endereço onde está publicado"
LAI_PAYMENTS = "o contrato assinado, seus termos aditivos e os comprovantes de pagamento"

SOURCES = (
    ("Lei 14.133/2021 (licitações e contratos)", "planalto.gov.br, Lei 14.133/2021"),
    ("Lei 8.666/1993 (contratos anteriores a abril de 2021, ou que a escolheram)",
     "planalto.gov.br, Lei 8.666/1993"),
    ("Lei 12.527/2011 (acesso à informação)", "planalto.gov.br, Lei 12.527/2011"),
    ("Lei 13.709/2018 (proteção de dados)", "planalto.gov.br, Lei 13.709/2018"),
)  # fmt: skip
