"""Whether a description says what was bought: a telling word outside its purpose and references.

Counts words; it understands none, and one telling word is enough.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from cidadao_models.flags import _objects

Ints = npt.NDArray[np.int64]

MIN_WORDS, MAX_WORDS = 2, 15
"""Words of a description: one alone is a category or a code of the source, but for those of
`_SUNDRY`; a long text tells something somewhere, and its purpose may be what tells."""

_SUNDRY = frozenset(
    b"diversos diversas diverso diversa outros outras varios varias variados demais gerais".split()
)
"""Words that are a whole description and not even a category."""

_PURPOSE = re.compile(
    rb"\b(?:(?:para|visando|destinad[oa]s?|a fim de|com vistas|com a finalidade|objetivando"
    rb"|em|no|ao?)\s+(?:(?:a|ao|o|as|os|de|o pleno)\s+)*(?:atend\w+|supri\w+|uso (?:d|n)[oae]s?\b"
    rb"|consumo d[oa]s?\b|necessidades?\b|demandas?\b|manutencao das? atividades\b)"
    rb"|conforme\b|de acordo\b|nos termos\b|constantes?\b|descrit[oa]s?\b|especificad[oa]s?\b"
    rb"|relacionad[oa]s?\b|discriminad[oa]s?\b"
    rb"|(?:para|p|pel[oa]|d[oae]s?|n[oa]s?|aos?|as?|junto)\s+(?:(?:o|a|os|as|diversas?|diversos?"
    rb"|varias?|varios)\s+)*(?:secretarias?|sec|prefeituras?|municipios?|municipalidade|orgaos?"
    rb"|camara (?:municipal|d[eo]s?)|departamentos?|gabinete|tribunal|ministerio"
    rb"|superintendencia|diretoria)\b"
    rb"|(?:para|p)\s+(?:(?:o|a|os|as|diversas?|diversos?|varias?|varios)\s+)*(?:fundos?"
    rb"|administracao|setor(?:es)?|unidades?|instituto|universidade|campus|escolas?|hospital"
    rb"|hospitais|autarquia|fundacao)\b)"
)
"""Where the purpose, the place or a reference to another document begins."""

_ASIDE = re.compile(r"[-–:/(]\s|\(")
"""What follows a dash, a colon or a bracket within the purpose may name the object after all."""

_SPECIFIED = re.compile(r"[a-z]{4,}\d")
"""A word with a dose, a size or a model in it tells a thing."""

_TELLING = frozenset(
    "construcao construir reforma reformas ampliacao reparo reparos edificacao requalificacao"
    " revitalizacao restauracao ti ar tv".split()
)
"""Works, and short words that tell a thing: the rest of such a text names which."""

_EMPTY = frozenset(
    # kinds of expense that say no more than that something was bought
    "consumo permanente equipamento equipamentos insumo insumos mercadoria mercadorias despesa"
    " despesas gasto gastos pagamento pagamentos pago valor valores ref referente relativo relativa"
    " nota notas fiscal fiscais nf nfe empenho empenhos fatura faturas parcela parcelas saldo"
    " terceiro terceiros pj pf administrativo administrativa administrativos atividades"
    " acao acoes variado variados variada variadas varios varias necessario necessarios necessaria"
    " necessarias artigo artigos coisa coisas elemento descricao anexo anexos edital editais tr"
    " termo minuta documento documentos acima abaixo citado citada mesmo mesma manutencao"
    " atendimento atender uso suprir conforme especificado especificados especificada solicitado"
    " solicitada solicitacao requisicao requisicoes ordem pedido autorizacao processo oficio"
    " memorando ci numero data exercicio corrente fornecimentos servicos comuns especializacao"
    " natureza execucao prestacao prestado prestados prestada prestadas ser serem sao"
    " esta este essa esse qual quais todo todos toda"
    " todas tudo outro outros compra compras contratacao contratacoes via tipo forma quantidade"
    " secretarias secretaria prefeitura municipal municipio estadual federal publico publica"
    " publicos publicas setor setores departamento orgao orgaos administracao junto unidade"
    " prestado prestados prestada prestadas realizado realizados realizada executado executados"
    " fornecido fornecidos fornecida adquirido adquiridos adquirida contratado contratados"
    " informado informada consta objeto sem na no diversos diversas".split()
)


_TRIGGERS = (
    "atend supri uso consumo necessidade demanda conforme acordo termos constante descrit"
    " especificad relacionad discriminad secretaria prefeitura munic org camara departamento"
    " gabinete tribunal minist superint diretoria fundo administra setor unidade instituto"
    " universidade campus escola hospita autarquia funda"
)
"""First letters of words with which `_PURPOSE` goes on: a text may be generic that has only
fillers before one of them."""

LONGEST = 160
"""Characters of a description that may still be generic."""

NARROWED_FROM = 5_000
"""Descriptions from which one regular expression over all of them is quicker than a loop."""


def generic(texts: pa.Array) -> tuple[Ints, Ints]:
    """(positions, words) of the descriptions that tell nothing; nulls are no descriptions."""
    size = pc.fill_null(pc.utf8_length(texts), 0).to_numpy(zero_copy_only=False)
    at = np.flatnonzero((size > 0) & (size <= LONGEST))
    if len(at) >= NARROWED_FROM:
        at = at[pc.match_substring_regex(texts.take(pa.array(at)), _opening()).to_numpy(False)]
    raw = texts.take(pa.array(at)).to_pylist()
    found, words = [], []
    for position, text, folded in zip(at.tolist(), raw, _objects.fold(raw), strict=True):
        if not _opens_generic(folded):
            continue
        n = sum(word.isalpha() for word in folded.split())
        if not (MIN_WORDS <= n <= MAX_WORDS or (n == 1 and _SUNDRY.issuperset(folded.split()))):
            continue
        if not tells(folded) and not tells(_aside(text, folded)):
            found.append(position)
            words.append(n)
    return np.array(found, dtype=np.int64), np.array(words, dtype=np.int64)


def tells(text: bytes) -> bool:
    """Whether a word of the folded text, before its purpose, tells what was bought."""
    plain = b" ".join(text.split()).replace(b" t i", b" ti")
    head = _PURPOSE.split(plain, maxsplit=1)[0]
    return any(_is_telling(word) for word in head.decode().split())


def _is_telling(word: str) -> bool:
    if word in _TELLING or _SPECIFIED.search(word):
        return True
    return word not in _EMPTY and _objects.is_noun(word)


def _opens_generic(text: bytes) -> bool:
    """Whether only fillers come before the end of the text or the start of a purpose."""
    for word in text.split():
        if word.startswith(_STARTS):
            return True
        if word not in _FILLING and len(word) > 2:
            return not word.isalpha()
    return True


def _fillers() -> frozenset[str]:
    return (_objects.fillers() | _EMPTY) - _TELLING


_FILLING = frozenset(word.encode() for word in _fillers())
_STARTS = tuple(word.encode() for word in _TRIGGERS.split())


@lru_cache(maxsize=1)
def _opening() -> str:
    """`_opens_generic` as one regular expression of RE2, for texts with accents."""
    fillers = "|".join(_accented(word) for word in sorted(_fillers()))
    starts = "|".join(_accented(word) for word in _TRIGGERS.split())
    return rf"(?i)^[^\pL]*(?:(?:\pL{{1,2}}|{fillers})(?:[^\pL]+|$))*(?:$|{starts}|\pL+\d)"


_ACCENTS = {"a": "[aáàâã]", "e": "[eéê]", "i": "[ií]", "o": "[oóôõ]", "u": "[uúü]", "c": "[cç]"}


def _accented(word: str) -> str:
    return "".join(_ACCENTS.get(letter, letter) for letter in word)


def _aside(raw: str, text: bytes) -> bytes:
    """The folded text from the first dash or bracket after its purpose on; same positions."""
    purpose = _PURPOSE.search(text)
    found = _ASIDE.search(raw, purpose.start()) if purpose else None
    return text[found.end() :] if found else b""
