"""Every word of the page, in Portuguese. No logic."""

from __future__ import annotations

TITLE = "Cidadão.AI"
LEAD = (
    "Envie uma planilha de gastos públicos: mostramos o que merece uma segunda olhada, por quê, "
    "e como conferir."
)
DISCLAIMER = "Indícios não são provas."

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
THRESHOLD_LABEL = "Nota mínima para aparecer"
THRESHOLD_INFO = "0,70 moderado · 0,85 forte · 0,95 muito forte"
RUN = "Analisar"
CANCEL = "Cancelar"

EMPTY = "Nada analisado ainda. Envie um arquivo ou escolha um exemplo."
READY = "Arquivo recebido. Clique em “Analisar”."
READING = "Lendo o arquivo…"
CHECKING = "Verificando {n} registros…"
DONE = "Pronto: {name}, {n} registros analisados."
DELETED = "O arquivo enviado já foi apagado do servidor."
CANCELLED = "Análise cancelada. O que já estava na tela continua aqui."
EXPIRED_TITLE = "A análise anterior saiu da memória."
EXPIRED_HINT = "Envie o arquivo de novo: nada fica guardado por mais de 30 minutos."
NO_FILE_TITLE = "Falta o arquivo."
NO_FILE_HINT = "Envie um arquivo ou escolha um exemplo."
REFUSED = "Não foi possível analisar."

STEP_UNDERSTOOD = "1. O que entendemos"
STEP_SUMMARY = "2. Resumo"
STEP_FINDINGS = "3. Achados"
STEP_FINDING = "4. Um achado"
STEP_UNCHECKED = "5. O que não pôde ser verificado"
STEP_DOWNLOAD = "Baixar e citar"

REMAP = "Trocar colunas"
REMAP_HINT = (
    "Se uma coluna foi entendida errado, escolha a certa: a análise é refeita na mesma hora."
)
CHOOSE_COLUMNS = "Escolha abaixo, em “Trocar colunas”, o que é cada coluna deste arquivo:"
PROBLEMS = "Problemas nos dados"
COLUMNS = "Colunas reconhecidas"
NOT_RECOGNISED = "não reconhecida"

SEARCH_LABEL = "Buscar"
SEARCH_PLACEHOLDER = "fornecedor, órgão, objeto, número…"
SIGNAL_FILTER = "Sinal"
SEVERITY_FILTER = "Força"
FINDINGS_HINT = "Escolha uma linha para ver o achado inteiro."
FINDINGS_SHOWN = "{shown} de {total} achados na tela."
FINDINGS_CAPPED = "A tela mostra os {shown} mais fortes de {total}; todos estão nos arquivos."
COLUMNS_SHOWN = ("força", "sinal", "fornecedor", "valor", "por quê", "registro")

NOTHING_TITLE = "Nada fora do comum neste arquivo."
NOTHING_BODY = (
    "As verificações possíveis foram feitas e nada chegou à nota mínima. Isso não prova que tudo "
    "está regular; abaixo está o que não pôde ser visto."
)

PREVIOUS = "‹ Anterior"
NEXT = "Próximo ›"
POSITION = "Achado {i} de {n}"
NORM = "Norma"
INNOCENT = "Pode ser normal se"
NEXT_STEP = "Para conferir:"
LAI_LABEL = "Pedido de acesso à informação, pronto para copiar"
RAW_LABEL = "Linha original do arquivo"
COMPUTED_LABEL = "Como foi calculado"
CHART_LABEL = "Comparação"
NO_CHART = "Este registro não tem valor que se possa comparar."

DOWNLOAD_HINT = "Os arquivos são feitos na hora e apagados do servidor logo depois."
DOWNLOAD_HTML = "Relatório (HTML)"
DOWNLOAD_CSV = "Achados (CSV)"
DOWNLOAD_XLSX = "Achados (Excel)"

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
