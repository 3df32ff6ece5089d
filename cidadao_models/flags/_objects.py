"""What was bought, told from the description: a short readable key such as "locacao tenda".

Reads the head of each text alone, so that other records change nothing. Does not understand the
text: two wordings of one object may get two keys.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

WORKS = "obra"
"""Action of works and engineering services, which have limits of their own."""

_ACTIONS = {
    "aquisicao": "aquisicao aquisicoes aquis aq adquirir compra compras fornecimento fornecer",
    "locacao": "locacao locacoes loc aluguel alugar arrendamento",
    "obra": "obra obras construcao construir reforma reformas ampliacao reparo reparos edificacao"
    " requalificacao revitalizacao restauracao engenharia",
    "servico": "servico servicos serv prestacao prestar prest execucao executar realizacao"
    " instalacao",
}
_WORKS_NOUNS = (
    "pavimentacao recapeamento drenagem terraplanagem terraplenagem urbanizacao"
    " calcamento asfaltamento"
)
"""Nouns that tell works by themselves and stay in the key."""

_BREAKS = (
    "para p visando destinado destinada destinados destinadas atender atendendo conforme com"
    " no na nos nas pelo pela pelos pelas ao aos junto referente localizado localizada situado"
    " situada sito sita em por que cujo nesta neste desta deste sob atraves mediante incluindo"
    " inclusive durante entre proveniente oriundo fim fins nao sem uso podendo bairro bairros zona"
    " distrito distritos"
)
"""Words after which the purpose or the place follows: the object ends there."""

_FILLERS = (
    "a o e as os um uma uns umas de da do das dos d ou se sua seu suas seus"
    " contratacao contratacoes contrat cont contrato contratar contratada contratado constitui"
    " empresa empresas pessoa pessoas juridica fisica especializada especializadas especializado"
    " especializados especialidade ramo atividade prestadora prestadores fornecedor fornecedora"
    " registro registrar preco precos ata arp sistema srp formacao implantacao futura futuras"
    " futuro futuros eventual eventuais parcelada parcelado parceladas parcelados objeto objetos"
    " presente presentes licitacao licitacoes edital pregao eletronico eletronica presencial"
    " dispensa dl inexigibilidade chamamento chamada publico publica credenciamento adesao termo"
    " aditivo processo lote lotes item itens numero nr num continuada continuadas continuado"
    " continuados continuo continuos continua continuas mensal mensais anual anuais diversos"
    " diversas diverso diversa demais outros outras outro outra afins correlatos geral gerais"
    " tecnico tecnica tecnicos tecnicas comum comuns preventiva preventivas corretiva corretivas"
    " preditiva preventivo corretivo tipo novo novos nova novas emergencial emergenciais"
    " urgente necessidade necessidades demanda demandas interesse secretaria municipal municipio"
    " prefeitura estado estadual governo objetivando tem ser sera seja fara rep area quantidade"
    " quantidades unidade unidades conjunto kit kits dia dias mes meses periodo ano anos projeto"
    " referencia especificacao especificacoes condicoes visa pretensa solucao solucoes material"
    " materiais produto produtos bens licitatorio licitatoria procedimento instrumento validade"
    " abertura celebram celebra certame selecao selecionar proposta propostas mais vantajosa menor"
    " maior unico unica oriunda oriundo prorrogado prorrogada prorrogavel prazo doze integrada"
    " integrado capacitada qualificada carater exclusividade detentora emp contr mat possivel"
    " aproximado total parcial respectivo respectivos respectivas"
)
MAX_NOUNS = 2
_HEAD_CHARACTERS = 400
"""The object is named within the first lines; the rest of a long description is not read."""


def _fold_table() -> bytes:
    """256-byte table: Latin-1 letters to bare lower case; all but digits, line ends a space."""
    table = bytearray(b" " * 256)
    table[ord("\n")] = ord("\n")
    for code in range(256):
        bare = unicodedata.normalize("NFKD", chr(code)).encode("ascii", "ignore").lower()
        if len(bare) == 1 and bare.isalnum():
            table[code] = bare[0]
    return bytes(table)


_FOLD = _fold_table()


def fold(texts: Sequence[str]) -> list[bytes]:
    """Each text in bare lower-case ASCII letters and digits, all else as spaces (same length).

    One pass over all texts together: 200,000 descriptions in about a tenth of a second.
    """
    if not texts:
        return []
    joined = "\n".join(text.replace("\n", " ") if "\n" in text else text for text in texts)
    joined = unicodedata.normalize("NFC", joined)
    return joined.encode("latin-1", "replace").translate(_FOLD).split(b"\n")


def stem(word: str) -> str:
    """A Portuguese noun in the singular: "licencas" -> "licenca", "refeicoes" -> "refeicao"."""
    for plural, singular in _PLURALS:
        if word.endswith(plural) and len(word) > len(plural) + 1:
            return word[: -len(plural)] + singular
    return word


_PLURALS = (
    ("oes", "ao"), ("aes", "ao"), ("ais", "al"), ("eis", "el"), ("ois", "ol"), ("ns", "m"),
    ("res", "r"), ("zes", "z"), ("ss", "ss"), ("us", "us"), ("is", "is"), ("s", ""),
)  # fmt: skip


class _Roles(dict[bytes, str]):
    """Role of each word: "" skipped, "!" ends the object, "@x" action x, "#x" works, else stem."""

    def __missing__(self, word: bytes) -> str:
        text = word.decode("ascii")
        usable = len(text) > 2 and text.isalpha()
        role = self[word] = stem(text) if usable else ""
        return role


def _roles() -> _Roles:
    roles = _Roles()
    roles.update((word.encode(), "") for word in _FILLERS.split())
    roles.update((word.encode(), "!") for word in _BREAKS.split())
    roles.update((word.encode(), f"#{word}") for word in _WORKS_NOUNS.split())
    for action, names in _ACTIONS.items():
        roles.update((word.encode(), f"@{action}") for word in names.split())
    return roles


_KNOWN_ROLES = _roles()


def fillers() -> frozenset[str]:
    """Bare words that tell no object: fillers, actions, and those that open a purpose."""
    return frozenset(
        word.decode() for word, role in _roles().items() if not role or role[0] in "!@"
    )


def is_noun(word: str) -> bool:
    """Whether a bare lower-case word may name an object: no filler, action or short word."""
    role = _KNOWN_ROLES[word.encode()]
    return bool(role) and role[0] not in "!@"


@dataclass(frozen=True, slots=True)
class ObjectKey:
    """Action ("locacao", "obra" … or "") and up to two nouns of a description."""

    action: str
    nouns: tuple[str, ...]

    @property
    def name(self) -> str:
        """The readable key; "" when the text names no object."""
        named = bool(self.nouns) or self.action == WORKS
        return " ".join((self.action, *self.nouns)).strip() if named else ""

    @property
    def head(self) -> str:
        """The key with the first noun only."""
        return ObjectKey(self.action, self.nouns[:1]).name if len(self.nouns) > 1 else self.name


Key = tuple[str, str, bool]
"""Name and head of an object, and whether it is works: "servico limpeza predial" and "servico
limpeza"."""


def object_keys(texts: Sequence[str]) -> list[Key]:
    """(name, head, works) for each description."""
    keys, at = distinct_keys(texts)
    return [keys[k] for k in at]


def distinct_keys(texts: Sequence[str]) -> tuple[list[Key], list[int]]:
    """The distinct (name, head, works), and the place among them of each description's."""
    roles = _Roles(_KNOWN_ROLES)
    places: dict[tuple[str, ...], int] = {}
    decided: dict[tuple[bytes, ...], int] = {}
    at = []
    for text in fold([text[:_HEAD_CHARACTERS] for text in texts]):
        tokens = text.split(None, _FIRST_WORDS)
        first = tuple(tokens[:_FIRST_WORDS])
        place = decided.get(first)
        if place is None:
            parts, ended = _parts(first, roles)
            if not ended:
                parts, _ = _parts(text.split(None, _MAX_WORDS), roles)
            place = places.setdefault(parts, len(places))
            if ended:
                decided[first] = place
        at.append(place)
    keys = [ObjectKey(parts[0], parts[1:]) for parts in places]
    return [(key.name, key.head, key.action == WORKS) for key in keys], at


_MAX_WORDS = 40

_FIRST_WORDS = 6
"""Words that mostly name the object: descriptions that share them are read once."""


def _parts(tokens: Sequence[bytes], roles: _Roles) -> tuple[tuple[str, ...], bool]:
    """Action and nouns, and whether the object ended before the words did."""
    action = ""
    nouns: list[str] = []
    for token in tokens:
        role = roles[token]
        if not role:
            continue
        first = role[0]
        if first == "!":
            if nouns:
                return (action, *nouns), True
        elif first == "@":
            if nouns:
                return (action, *nouns), True
            if role != "@servico" or not action:
                action = role[1:]
        else:
            if first == "#":
                role = role[1:]
                action = action if action in ("aquisicao", "locacao") else WORKS
            if role not in nouns:
                nouns.append(role)
            if len(nouns) == MAX_NOUNS:
                return (action, *nouns), True
    return (action, *nouns), False
