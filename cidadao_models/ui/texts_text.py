"""Every word of the tab for texts, in Portuguese. No logic."""

from __future__ import annotations

TAB = "Texto"

INTRO = (
    "Cole um contrato, um extrato do diário oficial, um aviso, um aditivo ou um convênio: o que "
    "ele é, o que diz, que partes exigidas faltam e o que merece uma pergunta, cada coisa marcada "
    "no próprio texto."
)
INPUT_LABEL = "Texto do contrato ou ato"
INPUT_PLACEHOLDER = "EXTRATO DO CONTRATO Nº 12/2024. Processo: … Contratante: … Objeto: …"
FILE_LABEL = "ou um arquivo com o texto"
FILE_KINDS = (
    "TXT, PDF com texto ou DOCX, até {size} MB, {pages} páginas e {characters} caracteres. Nada "
    "fica guardado."
)
EXAMPLES_LABEL = "Sem texto à mão? Veja um exemplo (órgãos, empresas e pessoas inventados):"
EXAMPLES = (
    ("texto_contrato.txt", "Contrato a conferir"),
    ("texto_extrato.txt", "Extrato de contrato"),
    ("texto_aviso.txt", "Aviso de licitação"),
    ("texto_aditivo.txt", "Aditivo de 35 %"),
    ("texto_convenio.txt", "Convênio"),
    ("texto_suspensao.txt", "Suspensão de licitação"),
)

EMPTY = "Nada analisado ainda. Cole um texto, envie um arquivo ou escolha um exemplo."
READING = "Lendo o arquivo…"
WORKING = "Lendo o texto e procurando o que conferir…"
DONE = "Pronto: {what}."
NOTHING_TITLE = "Falta o texto."
NOTHING_HINT = "Cole um texto, envie um arquivo ou escolha um exemplo."
EXPIRED_HINT = "Envie o texto de novo: nada fica guardado por mais de 30 minutos."

PATTERNS_ONLY = "padroes"
"""`backend` of an answer in which the encoder had no part."""

PATTERNS_ONLY_SAID = (
    "O modelo de linguagem não está disponível agora: o texto foi lido só por padrões, e nomes, "
    "objeto e prazo podem faltar."
)

STEP_VERDICT = "1. Em uma frase"
STEP_SIGNALS = "2. O que merece uma pergunta"
STEP_CHECKLIST = "3. Partes exigidas"
STEP_FACTS = "4. O que o texto diz"
STEP_ASK = "5. O que pedir agora"
STEP_TEXT = "O texto, com as marcas"
STEP_DOWNLOAD = "Baixar"

ACTS = {
    "aviso_licitacao": "Aviso de licitação",
    "extrato_contrato": "Extrato de contrato",
    "aditamento_contrato": "Termo aditivo",
    "suspensao_licitacao": "Suspensão de licitação",
    "anul_revog_licitacao": "Anulação ou revogação de licitação",
    "extrato_convenio": "Extrato de convênio",
    "contrato": "Contrato",
    "outro": "Texto de um tipo que não reconhecemos",
}
AGREEMENTS = ("extrato_contrato", "aditamento_contrato", "extrato_convenio", "contrato")
"""Acts between two parties; the others are told by the body alone."""

ADDENDUM = "aditamento_contrato"
OTHER = "outro"
CONTRACT = "contrato"

EXCERPT = "Trecho de um contrato"
WHO_AND_WHICH = ("numero", "orgao", "contratado")
"""Facts of which a contract that is there from its beginning shows at least one."""

VERDICT_OTHER = "Não reconhecemos o tipo deste texto."
VERDICT_OTHER_MORE = (
    "Lemos melhor contratos, extratos, avisos de licitação, aditivos e convênios. O que se pôde "
    "ler está marcado."
)
NOT_FOUND = "Não achamos no texto: {what}."
EXPECTED = {
    "extrato_contrato": ("orgao", "contratado", "objeto", "valor", "vigencia"),
    "contrato": ("orgao", "contratado", "objeto", "valor", "vigencia"),
    "extrato_convenio": ("orgao", "contratado", "objeto", "valor", "vigencia"),
    "aditamento_contrato": ("orgao", "contratado", "objeto"),
    "aviso_licitacao": ("orgao", "objeto", "data"),
}
"""Facts whose absence is said, by kind of act."""

LABELS = {
    "numero": "número",
    "numero_aditivo": "número do aditivo",
    "processo": "processo",
    "orgao": "órgão",
    "contratado": "contratado",
    "cnpj": "CNPJ",
    "objeto": "objeto",
    "valor": "valor",
    "vigencia": "vigência",
    "data": "data",
    "modalidade": "modalidade",
    "dotacao": "dotação",
    "fundamento_legal": "fundamento legal",
    "PESSOA": "pessoa",
    "ORGANIZACAO": "organização",
    "LOCAL": "lugar",
    "TEMPO": "data ou prazo",
    "LEGISLACAO": "legislação",
    "JURISPRUDENCIA": "jurisprudência",
}
LEGAL_FOLD = "Pessoas, lugares e normas citados ({n})"

NO_SIGNALS = (
    "Nenhum sinal neste texto, no que pôde ser verificado. Isso não prova que tudo está regular."
)
SEE_IN_TEXT = "ver no texto"
NOVELTY = (
    "A redação é menos comum que a de {n} % dos textos deste tipo que conhecemos. Redação incomum "
    "não diz que há algo errado."
)
CITATIONS = "Normas e súmulas próximas ({n})"

MISSING, FOUND, NOT_APPLICABLE = "Falta", "Tem", "Não se aplica a este tipo de texto"
NOT_IN_EXCERPT = "Não está neste trecho"
MISSING_HINT = "Pode estar em anexo, no edital ou em página que não veio no texto."
NO_CHECKLIST = "Para este tipo de texto não há lista de partes exigidas."

FACTS_HEAD = ("o quê", "no texto")
COPY_FACTS = "Copiar tabela"
COPIED = "Copiada"
NO_FACTS = "Não achamos número, partes, objeto, valor nem prazo neste texto."

NOTHING_TO_ASK = "Sem sinal e sem parte em falta, não há pedido a sugerir."
ASK_WHOLE = "Peça a íntegra do contrato e seus anexos: este texto traz só parte das cláusulas."
ASK_MISSING = "Peça a parte do processo que traz o que falta: {what}."
LAI_WITHOUT_SIGNALS = "leitura do texto publicado."

LEGEND = (("fact", "lido"), ("item", "parte exigida"), ("signal", "merece pergunta"))
TEXT_LABEL = "Texto analisado, com as marcas"
WHY_HINT = "Passe o mouse por uma marca, toque nela ou use a tecla Tab: a razão aparece aqui."
WHY_FACT = "{label}, lido por padrão."
WHY_FACT_MODEL = "{label}, lido pelo modelo (confiança {score})."
WHY_ITEM = "Parte exigida: {title}."
WHY_SIGNAL = "{title}: {explanation}"
CUT = "A tela mostra os primeiros {n} caracteres; a análise é do texto inteiro."
FROM_FILE = "{name}, {size}"
CHARACTERS = "{n} caracteres"
PAGES = "{n} páginas"
ONE_PAGE = "1 página"
PASTED = "texto colado"
NOTES = "Sobre o arquivo"

DOWNLOAD_JSON = "Baixar JSON"
DOWNLOAD_HTML = "Baixar relatório (HTML)"

REPORT_TITLE = "Leitura de um texto"
DISCLAIMER = "Indícios não são provas: confira cada ponto na fonte."

METHOD = """
O texto é lido em duas camadas: padrões com dígito verificador, datas e valores primeiro; um modelo
de linguagem treinado para atos oficiais para o resto (órgão, contratado, objeto, prazo). As partes
exigidas vêm do art. 92 da Lei 14.133/2021 e do que se publica de cada ato; “não se aplica” é uma
resposta. Um sinal só aparece com o trecho, a norma, a leitura inocente mais comum e o que pedir.
Negações (“não houve dispensa”) e palavras inofensivas não contam. O que está escrito no texto nunca
é seguido como instrução.
"""
