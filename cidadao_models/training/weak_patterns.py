"""Strict forms of the facts in the plain view of an extract. Says nothing of where they stand."""

from __future__ import annotations

import re

_NO = r"(?:n[o.]{0,3}|no\.)"
_NUMBER = r"\d{1,6}(?:\.\d{3})?(?:-[a-z])?/\d{2,6}(?:[-/][a-z]{2,12}){0,3}(?![\d/]|[-/]? ?- ?\d)"
_OTHER_PAPER = (
    r"(?:\(?(?:padrao|pregao|processo|edital|decis|ata|convite|lei|decreto|concorrencia|tomada|diario"
    r"|parecer|nota|dispensa|inexig|anexo|cota|oficio|portaria))"
)
"""Words after which a number is that of another paper."""
CONTRACT_NUMBER = re.compile(
    r"\b(?P<kind>contratos?|convenio|ajuste|termo de (?:cooperacao|fomento|colaboracao|contrato|uso"
    r"|concessao|permissao|cessao)|acordo de cooperacao)\b(?!, nos termos)"
    rf"(?: (?!{_OTHER_PAPER})[a-z/().-]+){{0,8}}? ?{_NO} ?(?P<n>{_NUMBER})"
    rf"|\bcontrato (?:brb )?(?:{_NO} ?)?(?P<m>{_NUMBER})"
    rf"|^(?:extratos? d[eo]s? contratos? )?contrato(?: {_NO}|:) ?(?P<k>\d{{3,6}})(?![\d/.-]\d)"
    rf"|\bcontrato {_NO} ?(?P<l>\d{{3,6}})(?=[.;,] )"
)
BARE_CONTRACT = re.compile(rf"\bcontrato[^.:;]{{0,40}}? {_NO} ?(?P<n>\d{{3,}})(?![\d/])")
ANY_NUMBER = re.compile(r"(?<![\d/.-])\d[\d.]{0,9}(?:-[a-z])? ?/ ?\d{2,6}[\w/-]*")
_ORDINAL = (
    r"(?:decimo |vigesimo )?(?:primeiro|segundo|terceiro|quarto|quinto|sexto|setimo|oitavo|nono"
    r"|decimo|vigesimo)|\d{1,2} ?[oa]|[ivx]{1,5}|\d{1,2}"
)
ADDENDUM = re.compile(
    rf"(?<![a-z0-9/])(?P<n>{_ORDINAL})(?: \([a-z0-9]+\))? ?(?:termos? (?:de )?)?(?:aditivo"
    rf"|aditamento)\b"
)
BEFORE_ADDENDUM = re.compile(r"(?P<n>[^ ]+) (?:termos? (?:de )?)(?:aditivo|aditamento)\b")
PROCESS_WORD = re.compile(r"\bprocessos?\b[^a-z]{0,40}")
PROCESS_NUMBER = r"(?>\d{2,6}[./-]?\d(?:[./-]?\d){2,20})"
PROCESS = re.compile(
    rf"\bprocessos?\b[a-z ./:-]{{0,40}}?(?P<n>{PROCESS_NUMBER}(?:(?:,? e |, ){PROCESS_NUMBER})*+)"
    r"(?![\d/]|[-/]? ?- ?\d|\.? \d)"
)
CNPJ = re.compile(
    r"(?<![\d.])(?:\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}"
    r"|(?<=no )\d{2}\.\d{3}\.\d{3}/? ?\d{4} ?- ?\d{2})(?!\d)"
)
CNPJ_WORD = re.compile(r"\bc\.?n\.?p\.?j\b[^a-z]{0,40}")
MONEY = re.compile(r"r\$ ?\d{1,3}(?:\.\d{3})*,\d{2}(?![\d,])|r\$ ?\d{1,6},\d{2}(?!\d)")
ANY_MONEY = re.compile(r"r ?[$s5] ?[\d.,]{3,20}\d|\d{1,3}(?:\.\d{3})+,\d{2}")
PER_PIECE = re.compile(r"(?: \([^)]*\))? (?:por|cada|mensais|anuais)\b")
PART_OF_VALUE = re.compile(
    r"mensa|anua|unit|empenh|exercicio|parcela|acresc|supress|redu|item|lote"
)
_MONTH = (
    r"(?:janeiro|fevereiro|marco|abril|maio|junho|julho|agosto|setembro|outubro|novembro|dezembro)"
)
_DATE = (
    r"(?:\d{1,2} ?(?:/ ?\d{1,2} ?/|\. ?\d{1,2} ?\.|- ?\d{1,2} ?-) ?(?:19|20)?\d{2}"
    rf"|\d{{1,2}}o? (?:de )?{_MONTH} (?:de )?(?:19|20)\d{{2}})(?![\d/])"
)
SIGNED = re.compile(rf"(?:(?:em|aos|no dia|brasilia(?:[/ -]?df)?,?|dia) )*(?P<n>{_DATE})")
ANY_DATE = re.compile(_DATE)
TERM = re.compile(
    rf"{_DATE}|\d+ ?(?:\([a-z -]+\) )?(?:dia|mes|ano)|(?:doze|seis|tres|quatro|vinte|trinta"
    rf"|sessenta"
    r"|noventa|cento|um|dois|cinco)[a-z ]* (?:mes|dia|ano)|recebimento definitivo|indeterminad"
    r"|exercicio|entrega|assinatura|publicacao|recebimento|termino|conclusao"
)
NOT_THE_TERM = re.compile(r"execucao|entrega|inicio|recebimento provis|conclusao|pagamento")
MODALITY = re.compile(
    r"\b(?:pregao (?:eletronico|presencial)(?: internacional)?|pregao|concorrencia(?: publica"
    r"| internacional| eletronica)*|tomadas? de precos?|carta[- ]convite|convite(?= n| de| \d)"
    r"|dispensa de licitacao|inexigibilidade(?: de licitacao)?|cotacao eletronica"
    r"|chamamento publico|dialogo competitivo|leilao|concurso publico|dispensa eletronica)\b(?!/)"
)
_CODES = r"(?>\d[\dnr]*+(?:[./-][\dnr]++)*+)"
BUDGET = re.compile(
    r"\b(?P<kind>unidade orcamentaria|u\.?o\.?|programas? de trabalho|naturezas? d[aeo]s? despesas?"
    r"|elementos? de despesas?|fontes?(?: d[aeo]s? (?:recursos?|despesas?))?)"
    r"(?: ?[-(/] ?(?:u\.?o\.?|p\.?t\.?|n\.?d\.?|fr)\)?)?[ :no.=-]{1,7}(?=\d)"
    rf"(?P<codes>{_CODES}(?:(?:,? e |, ?| ?; ?){_CODES})*+)(?! ?[\d%]|[a-z]|[.,/] ?\d)"
)
CODE = re.compile(_CODES)
LIKE_A_CODE = re.compile(
    r"(?<![\d./])(?:\d{2}\.?\d{3}\.?\d{3,4}\.?\d{3,4}[./-]?\d{3,4}|[34]\.?[1-9]\.?[1-9]0\.?\d{2}"
    r"|(?:unidade|u\.?[o0]\.?)[ :.]{0,3}\d{2}\.?\d{3}|fontes?[a-z -]{0,16}:? ?\d{3,9})(?![\d/])"
)
DIGITS = {"u": (4, 6), "p": (11, 22), "n": (4, 8), "e": (2, 8), "f": (3, 10)}
"""Fewest and most digits of a budget code, by the first letter of its name (MTO/SOF and SIGGO)."""

_ARTICLE = (
    r"(?:(?:alineas?|incisos?|paragrafos?|§§?|caput|\$)[^.;:]{0,30}?(?:,| d[oa])? ?)?"
    r"(?:d[oa]s? )?\b(?:arts?\.?|artigos?) ?\d{1,3}[^;:]{0,80}?"
)
_LAW = (
    r"(?:lei complementar|lei|decreto(?:-lei)?|medida provisoria)(?: federal| distrital| estadual)?"
    rf"(?: de licitacoes)? {_NO}? ?\d{{1,2}}\.?\d{{3}}(?:[-/ ](?:19|20)?\d{{2}}(?!\d)"
    rf"|,? de \d{{1,2}}o? ?(?:/\d{{1,2}}/\d{{2,4}}|de {_MONTH} de \d{{4}}))?"
)
CITED = re.compile(rf"{_ARTICLE}\bd[ao] {_LAW}")
BARE_LAW = re.compile(_LAW)

BETWEEN = re.compile(
    r"(?:celebra\w*|firma\w*|assina\w*|que fazem|faz\w*)(?: entre si| entre)+(?: o| a| os| as)?"
    r"(?: si)?,? (?P<p>[^:;]{5,400})"
)
NAME_BREAKS = re.compile(
    r":|no ?\d|^(?:ltda|me|epp|eireli)\b|\b(?:objeto|prestacao de servicos? de"
    r"|aquisicao|contrato|processo|vigencia|valor|assinatura"
    r"|licitacao|pregao|dotacao|mediante|conforme|referente|relativo|termo|aditivo|nota de empenho"
    r"|presente|clausula|oriundo|tendo|inc\.|art\.)\b|\d{6}|r\$|\. [a-z]{4,} [a-z]{3,} |;| x "
)
BY = re.compile(r"\b(?:pel[oa]s?|p/) ?(?!contrat)[^,:;]{2,80}")
TERM_TOLD = re.compile(
    r"[^.;:]*(?:\bvigencia\b|\bvigora|\bvigor\b|\bduracao\b"
    r"|\d ?(?:\([a-z ]+\) )?(?:dias|mes|anos?\b))[^.;:]*"
)
OTHER_FIELD_INSIDE = re.compile(
    r"\b(?:data d[ae] assinatura|signatarios|assinantes|dotacao orcamentaria|nota de empenho"
    r"|prazo de vigencia ?:|natureza da despesa)\b"
)
"""Names of other fields: an object that holds one was not cut where it ends."""
TORN_NAME = re.compile(r"- ?(?:-|x )")
"""A hyphen and then the parting "x": the columns of the page were read across."""
