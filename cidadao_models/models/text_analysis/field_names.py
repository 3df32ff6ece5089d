"""Cuts an act into its named fields ("Objeto: ...", "Vigência: ..."). Judges no value."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from cidadao_models.models.text_analysis.folding import Folded

_OF = r"(?: d[aeo]s?| deste| ao?)? ?"
_ACT = r"(?:contrato|convenio|ajuste|instrumento|acordo|(?:termo )?aditivo|termo|aditamento)"

NAMES: dict[str, str] = {
    "assina": r"(?:assina\w*|signatari[oa]s?) pel[oa]s? [^:.;]{1,80}"
    r"|(?<=[.,;:)\-] )(?:p/ ?|pel[oa]s? )[^:;]{1,80}?|(?<=\be )pel[oa]s? [^:;]{1,80}?"
    r"|p/ ?[^:;.]{1,40}?",
    "signatarios": r"(?:nomes? d[oa]s )?signatari[oa]s?|assinantes?|assinam|assinaturas"
    r"|testemunhas?|representantes?",
    "especie": r"especie(?: do ato)?",
    "partes": r"partes(?: contratantes| envolvidas| conveniadas)?|participes|contratantes"
    r"|convenentes",
    "contratante": r"(?:orgao |unidade |entidade )?contratante|(?:orgao )?concedente|locatari[oa]"
    r"|(?:orgao |entidade )?licitante|permitente",
    "contratada": r"(?:empresa |entidade )?contratad[oa]s?(?: ?\([oa]s?\))?|convenente"
    r"|conveniad[oa]"
    r"|locador[ae]?s?|fornecedor(?:a|es)?|empresa(?: vencedora)?|credenciad[oa]|favorecid[oa]"
    r"|permissionari[oa]|concessionari[oa]|cessionari[oa]|autorizatari[oa]|outorgad[oa]",
    "objeto": rf"objetos?(?: resumido)?(?:{_OF}{_ACT}(?: aditivo)?)?|objetivo|finalidade",
    "execucao": rf"prazos? (?![^:.;]{{0,40}}vigencia)(?:{_OF}(?:execucao|entrega|inicio"
    rf"|recebimento|garantia|fornecimento)"
    r"[^:.;]{0,30})",
    "vigencia": rf"(?:prazos? ?(?:de|da|e|/|de execucao e)? ?)?vigencia(?: ?(?:e"
    rf"|/) ?(?:d[ea] )?(?:prazo|execu"
    rf"cao))?(?:{_OF}{_ACT}(?: aditivo)?)?|execucao ?(?:e|/) ?vigencia"
    rf"|prazos? (?:de )?execucao ?/ ?vigencia"
    rf"|prazos?(?:{_OF}{_ACT}| contratual)?|periodo de vigencia",
    "valor": rf"(?:preco e )?(?:valor(?:es)?|preco)(?:(?:{_OF}(?:total|global|estimado|anual|mensal"
    rf"|maximo|contratado|contratual|contratacao|licitacao|{_ACT}))+)?(?: r\$)?",
    "processo": r"processos?(?: administrativos?| sei| gdf| eletronicos?)*(?: ?[-/] ?sei)?"
    r"(?: ?n[o.s]{0,4})?(?: ?sei)?",
    "data": rf"datas?{_OF}(?:assinaturas?|celebracao)(?:{_OF}{_ACT}(?: aditivo)?)?"
    rf"|assinatura(?:{_OF}{_ACT})?|(?:aditivo )?(?:firmado|assinado|celebrado) em|assinatura em"
    r"|assinad[oa]|data(?: e assinatura)?|ass\.?",
    "unidade": r"unidade orcamentaria(?: ?[-(]? ?u\.?o\.?\)?)?|u\.?o\.?",
    "programa": r"programas? de trabalho(?: ?[-(/]? ?p\.?t\.?\)?)?(?: n[o.]*)?|p\.?t\.?",
    "natureza": r"naturezas? d[aeo]s? despesas?(?: ?[-(/]? ?n\.?d\.?\)?)?|elementos? de despesas?"
    r"|natureza|n\.?d\.?",
    "fonte": r"fontes? (?:d[aeo]s? )?(?:recursos?|despesas?)(?: ?[-(] ?fr\)?)?|fontes?",
    "empenho": r"(?:numero d[ae]s? )?notas? de empenhos?(?: inicial)?"
    r"(?: n[o.s]{0,4})? ?(?:[\dne/]{3,14})?|n\.?e\.?|empenhos?"
    r"|valor d[aeo] (?:nota de )?empenho(?: inicial)?|valor (?:empenhado|da ne)|empenho inicial",
    "dotacao": r"(?:dotac(?:ao|oes)|classificacao|cobertura|rubrica)(?: orcamentarias?)"
    r"|(?:procedencia|origem|destinacao)(?: d[eo]s)? recursos?|recursos?(?: orcamentarios)?",
    "modalidade": r"modalidade(?: d[ea] (?:licitacao|contratacao))?|licitacao"
    r"|edital(?: de licitacao"
    r"| n[o.]{0,3} [\d/]{4,12})?|procedimento(?: licitatorio)?",
    "fundamento": r"fundament(?:o|os|acao)(?: legal| legais)?|(?:base|amparo|embasamento) legal"
    r"|legislacao(?: aplicavel)?",
    "cnpj": r"(?:inscrita no )?c\.?n\.?p\.?j\.?(?: ?/ ?mf)?(?: ?(?:sob )?(?:o )?n[o.]{0,3})?",
    "alteracao": r"alterac(?:ao|oes)(?: d[aeo]s? clausulas?)?",
    "outro": r"executor(?:es|a)?(?: do contrato)?|gestor(?:a|es)?(?: do contrato)?"
    r"|fiscal(?:izacao)?"
    r"(?: do contrato)?|foro|evento|gestao|unidade gestora|u\.?g\.?(?: ?/ ?u\.?o\.?)?|siggo"
    r"|despesas?(?: (?:com|de|da) publicacao)?|ratificacao|(?:ressalva|publicacao)[^:.;]{0,30}"
    r"|garantia|justificativa|prorrogacao|(?:da "
    r"|na )?modalidade"
    r"|data d[ea] (?:emissao|publicacao)|emissao|local(?:izacao)?|observac(?:ao|oes)|obs\.?"
    r"|forma e regime[^:.;]{0,20}|regime de execucao|codigo siggo|sob o evento|autorizacao"
    r"|tipo(?= ?: ?(?:menor|maior|tecnica))|reajuste|pagamento|vistoria|registro|interessad[oa]"
    r"|assunto|uasg|retirada do edital"
    r"|sessao publica|abertura|data d[ae] (?:abertura|sessao)[^:.;]{0,20}|endereco"
    r"|(?:dia|data)(?: ?/ ?| e )hora[^:;.]{0,60}|criterio de julgamento|total de itens"
    r"|recebimento d"
    r"[aoe]s? [^:.;]{3,40}|entrega das propostas|abertura das propostas|(?:maiores )?informacoes",
}
"""Kind of field and the names it goes by, in the plain view of a text; first fit counts."""

_HEAD = re.compile(
    r"(?<![a-z0-9])(?<!pel[oa] )(?<!p/)(?<!qualidade de )(?:[dn][oae]s? )?(?:"
    + "|".join(f"(?P<{kind}>{names})" for kind, names in NAMES.items())
    + r")(?: ?[-.]+)? ?:(?!//)[: -]*"
)
_GLUED = re.compile(
    r"(?<=[a-z0-9).;,])(?:d[oa]s?)?(?:(?P<partes>partes)|(?P<objeto>objeto)|(?P<vigencia>vigencia)"
    r"|(?P<processo>processo(?: n[o.]{0,3})?)|(?P<data>data d[ae] assinatura|assinatura)"
    r"|(?P<signatarios>signatarios|assinantes)|(?P<dotacao>dotacao orcamentaria)"
    r"|(?P<natureza>natureza d[ea] despesa)|(?P<fonte>fontes? de recursos?)"
    r"|(?P<contratada>contratada)|(?P<valor>valor(?: do contrato| total)?)) ?:[: ]*"
)
"""Names that print glued to the word before: only long ones, and only with their colon."""
_BARE = re.compile(
    r"(?:(?<=^)|(?<=[.;,)\-] )|(?<=[.;]))(?:"
    r"(?P<partes>(?<=[.;] )partes) (?=[a-z])"
    r"|(?P<processo>processos?(?: sei)?(?: n[o.]{0,3})?) (?=\d)"
    r"|(?P<valor>valor(?: total| global| estimado| do contrato| da contratacao)*(?: de)?) (?=r\$)"
    r"|(?P<vigencia>(?:prazo de )?vigencia) (?=de \d|ate |\d|a partir|por \d)"
    r"|(?P<data>data d[ae] assinatura|assinatura(?: em)?|(?<!, )(?:assinad[oa]|firmado) em) (?=\d)"
    r"|(?P<signatarios>signatari[oa]s?|assinantes|assinam) (?=pel|p/)"
    r"|(?P<unidade>unidade orcamentaria) (?=\d)|(?P<programa>programa de trabalho) (?=\d)"
    r"|(?P<natureza>natureza d[ea] despesa) (?=\d)|(?P<fonte>fontes?(?: de recursos?)?) (?=\d)"
    r"|(?P<empenho>notas? de empenho) (?:n|\d))"
)
_TITLE = re.compile(r"(?<=\. )(?P<titulo>[a-z][a-z/ ]{2,40}?) ?: ?")
"""Any other short title after a sentence: it ends the field before it."""

_CLAUSE = re.compile(
    r"(?<![a-z0-9.,/])(?:clausula (?:[a-z]{4,10}(?: [a-z]{5,8})?|\d{1,2}a?)|\d{1,2})(?: ?[-.:)])*"
    r" (?:d[aoe]s? )?(?:(?P<objeto>objeto)|(?P<execucao>prazos? de (?:execucao|entrega))"
    r"|(?P<vigencia>(?:prazos?(?: (?:de|e|da))*(?: execucao e)? )?vigencia|prazos?|duracao)"
    r"|(?P<valor>(?:valor|preco)(?: do contrato)?)|(?P<dotacao>dotacao orcamentaria)"
    r"|(?P<fundamento>(?:fundamento|amparo|fundamentacao) legal)"
    r"|(?P<titulo>[a-z][a-z, ]{3,70}?))"
    r"(?: e (?:d[aoe]s? )?[a-z ]{4,50}?)?(?: ?[-.:]| (?=\d{1,2}\.)| (?=[ao]s? )|$)[-. :]*"
)
"""Headings of clauses, told from running text by their capitals."""
_NUMBERING = re.compile(r"(?:\d{1,2}(?:\.\d{1,2})+[.)-]? +(?=[a-z\d])|\d{1,2} ?[.)-] ?(?=[a-z]))+")

_OUTER = " .;,:-/\"'*|_"
_SENTENCE = re.compile(r"[.;] (?=\S)")
_ABBREVIATION = re.compile(
    r"(?:\b(?:n|no|art|arts|fl|fls|inc|s|sr|sra|dr|dra|av|ed|cia|ltda|st|qd|pag|p|c|al|res|prof|eng"
    r"|ind|com|serv|tec|adm|mat|unid|km|ref|proc|reg|esp|ss|cx|pct|min|max|obs|item|ex|etc|apto"
    r"|doc|docs|lei|num|pe|cap|anexo)"
    r"|\b[a-z])$"
)


@dataclass(frozen=True, slots=True)
class Field:
    """A kind of `NAMES` (or `titulo`), where its name starts, and the bounds of its value."""

    kind: str
    name: str
    head: int
    start: int
    end: int
    glued: bool = False


def split(folded: Folded) -> list[Field]:
    """The named fields in order; a field ends where the next begins. Places are of the view."""
    heads = _heads(folded)
    ends = [head for head, _, _, _, _ in heads[1:]] + [len(folded.text)]
    fields: list[Field] = []
    for (head, start, kind, name, glued), end in zip(heads, ends, strict=False):
        start, end = trimmed(folded.text, start, end)
        kind = "assina" if kind in _PARTY and _signs(fields) else kind
        fields.append(Field(kind, name, head, start, end, glued))
    return fields


_PARTY = ("contratante", "contratada")


def _signs(before: list[Field]) -> bool:
    """Whether signatures by role follow, as in "Signatários: Locador: A, Locatária: B"."""
    last = before[-1] if before else None
    by_role = last is not None and last.kind == "assina" and last.name.startswith(_ROLES)
    return by_role or (last is not None and last.kind == "signatarios" and last.start >= last.end)


_ROLES = ("contrata", "locad", "locat", "conced", "conven", "permi", "outorg", "cess", "empresa")


def _heads(folded: Folded) -> list[tuple[int, int, str, str, bool]]:
    found = [(m.start(), m.end(), *_named(m), False) for m in _HEAD.finditer(folded.text)]
    found += [(m.start(), m.end(), *_named(m), True) for m in _GLUED.finditer(folded.text)]
    found += [(m.start(), m.end(), *_named(m), False) for m in _BARE.finditer(folded.text)]
    found += [
        (m.start(), m.end(), *_named(m), False)
        for m in _TITLE.finditer(folded.text)
        if folded.original[folded.starts[m.start()]].isupper()
    ]
    found += [
        (m.start(), m.end(), *_named(m), False)
        for m in _CLAUSE.finditer(folded.text)
        if _is_heading(folded, m.start(), m.span(m.lastgroup or 0))
    ]
    kept: list[tuple[int, int, str, str, bool]] = []
    for head in sorted(found, key=lambda h: (h[0], -h[1], h[2] == "titulo")):
        if not kept or head[0] >= kept[-1][1]:
            kept.append(head)
    return kept


def _is_heading(folded: Folded, start: int, name: tuple[int, int]) -> bool:
    """Whether a clause's name stands in capitals and its number at the start of a line."""
    words = folded.original[slice(*folded.span(*name))]
    before = folded.original[: folded.starts[start]].rstrip(" \t")[-1:]
    return words.isupper() and before in ("", "\n")


def _named(match: re.Match[str]) -> tuple[str, str]:
    kind = match.lastgroup or ""
    return kind, match[kind]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """Bounds without outer spaces and punctuation; a bracket stays with its partner."""
    while start < end and text[start] in _OUTER:
        start += 1
    while end > start and text[end - 1] in _OUTER:
        end -= 1
    inner = text[start:end]
    if inner.endswith(")") and "(" not in inner:
        return trimmed(text, start, end - 1)
    return start, end


def after_numbering(text: str, start: int, end: int) -> int:
    """Where the words of a clause begin, behind its "1.1 - "."""
    found = _NUMBERING.match(text, start, end)
    return found.end() if found else start


def sentence_end(folded: Folded, start: int, end: int) -> int:
    """Where the first sentence of view[start:end] ends, abbreviations passed over."""
    return next(sentence_ends(folded, start, end), end)


def sentence_ends(folded: Folded, start: int, end: int) -> Iterator[int]:
    """Every place where a sentence of view[start:end] ends and a capital follows."""
    for stop in _SENTENCE.finditer(folded.text, start, end):
        after = folded.original[folded.starts[stop.end()]]
        before = folded.text[max(start, stop.start() - 8) : stop.start()]
        if after.isupper() and not _ABBREVIATION.search(before):
            yield stop.start()
