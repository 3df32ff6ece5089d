"""Demands on bidders beyond those of the law: shares, years, counts and telling wordings.

Reads one sentence of the plain view; whether the process justifies the demand it cannot know.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cidadao_models.flags._strength import from_multiple, strength
from cidadao_models.models.text_analysis import passages, quantities
from cidadao_models.models.text_analysis.measures import Measure, first_share
from cidadao_models.models.text_analysis.passages import Passage

PROOF_SHARE = 0.50
"""Quantities of past work that may be asked for (Lei 14.133/2021, art. 67, § 2º)."""

NET_WORTH_SHARE = 0.10
"""Capital or net worth that may be asked for (Lei 14.133/2021, art. 69, § 4º)."""

BID_BOND_SHARE = 0.01
"""Bid bond (Lei 14.133/2021, art. 58, § 1º; Lei 8.666/1993, art. 31, III)."""

EXPERIENCE_YEARS = 3
"""Years of work that may be asked for (continuous services: Lei 14.133/2021, art. 67, § 5º)."""

USUAL_LIQUIDITY, MOST_LIQUIDITY = 1.5, 50.0
"""Highest index of liquidity or solvency that audit courts take for usual (from memory), and the
highest that is still one."""

MOST_YEARS = 50
"""More years than that are no term of experience."""

_BIDDER = re.compile(
    r"licitante|proponente|empresa|habilitac|qualificac|atestad|participa|interessad|concorrente"
)
_PROOF = re.compile(
    r"\b(?:atestad[oa]s?|comprov\w+|capacidade tecnica|experiencia|acervo"
    r"|quantitativos? minim\w+)\b"
)
_OF_OBJECT = re.compile(
    r"[^;]{0,60}\b(?:quantitativ|quantidade|objeto|item|itens|lote|total|previst|licitad|estimad"
    r"|area|servico|parcela|execu)"
)
_WORTH = re.compile(
    r"\b(?:patrimonio liquido|capital (?:social|minimo|integralizado|circulante))\b"
)
_BID_BOND = re.compile(r"\bgarantia (?:de |da )(?:proposta|participacao|manutencao da proposta)\b")
_PROFIT = re.compile(r"\b(?:rentabilidade|lucratividade)\b")
_INDEX = re.compile(r"\b(?:indice|coeficiente|quociente|margem|retorno)s?\b")
_OTHERS = (
    (re.compile(
        r"\b(?:vedad[oa]|nao (?:sera[o]? |se )?(?:admit|aceit|permit)\w+|proibid[oa])[^;]{0,40}"
        r"(?:somatorio|soma|somas|somar) (?:de |dos )?(?:\w+ )?(?:atestados|quantitativos)"
        r"|(?:em|num|por) (?:um )?(?:unico|so) atestado"
    ), "que um só atestado prove tudo", 0.0),
    (re.compile(
        r"\b(?:minimo de|pelo menos|no minimo|menos de) (?P<n>\d{1,2}|dois|tres|quatro|cinco|seis)"
        r" ?(?:\([^()]{1,20}\) ?)?(?:atestados|certidoes de acervo)"
    ), "um número mínimo de atestados", 0.0),
    (re.compile(
        r"\batestados?\b[^;]{0,80}(?:emitid|expedid|fornecid)\w+ "
        r"(?:exclusiva|somente|apenas|unica)\w* ?(?:por|pel[oa]s?)"
        r" (?:orgao|entidade|pessoa juridica de direito) ?public"
        r"|\b(?:experiencia|servicos? prestados?|contratos? anterior\w*)[^;]{0,40}"
        r"(?:com|junto a) (?:este|a propria|o proprio|esta)"
        r" (?:orgao|municipio|administracao|prefeitura)"
    ), "experiência só com órgão público ou com o próprio órgão", 0.0),
    (re.compile(
        r"\b(?:certificac\w+|certificado|selo) (?:\w+ )?(?:iso|cmmi|pbqp)[^;]{0,90}"
        r"(?:sob pena|inabilit|obrigatori|condicao|habilitac)"
    ), "certificado de qualidade como condição para se habilitar", 0.0),
    (re.compile(
        r"\b(?:so|somente|apenas)\b[^;]{0,60}(?:habilitad|participa|empresas|licitantes)\w*[^;]{0,60}"
        r"\b(?:certificac\w+|certificado|selo)\b"
    ), "certificado de qualidade como condição para se habilitar", 0.0),
    (re.compile(
        r"\b(?:profissional|responsavel tecnico|equipe|engenheir\w+)[^;]{0,80}"
        r"(?:vinculo empregaticio|registro em carteira|carteira assinada|quadro permanente)"
        r"[^;]{0,80}(?:na data|antes|ha (?:pelo )?menos|ha mais|sob pena|da abertura|inabilit)"
    ), "empregado com vínculo já na data da proposta", 0.0),
    (re.compile(
        r"\b(?:compra|aquisicao|pagamento|retirada|recibo)[^;]{0,30}d[oe] edital[^;]{0,60}"
        r"(?:condicao|obrigatori|habilitac|sob pena|inabilit|para participar)"
    ), "a compra do edital", 0.0),
)  # fmt: skip
_ALLOWED = re.compile(
    r"nao (?:sera|e) exigid|(?:admit|permit)id[oa] (?:o )?somatorio|vedad[oa] (?:a )?exig"
    r"|nao superior|nao (?:podera|poderao) exig|sera (?:admitid|permitid|aceit)\w+ (?:o )?somat"
    r"|um ou mais|1 \(um\) ou mais|01 \(um\) ou mais"
)


def qualification(view: str, at: Passage) -> Iterator[Measure]:
    """Demands on bidders beyond those of the law, by number or by wording."""
    if not _BIDDER.search(view, at.start, at.end) or _ALLOWED.search(view, at.start, at.end):
        return
    for check in (_proofs, _worths, _bid_bonds, _profits, _liquidity, _years, _wordings):
        yield from check(view, at)


def _proofs(view: str, at: Passage) -> Iterator[Measure]:
    proof = _PROOF.search(view, at.start, at.end)
    if proof is None or _WORTH.search(view, at.start, at.end):
        return
    for share in quantities.shares(view, proof.end(), at.end):
        if PROOF_SHARE < share.value <= 1 and _OF_OBJECT.match(view, share.end, at.end):
            motive = f"prova de {_percent(share.value)} do objeto, acima dos 50 % da lei"
            weight = float(from_multiple(share.value / PROOF_SHARE, bar=1))
            yield Measure(proof.start(), share.end, weight, {"motivo": motive})


def _worths(view: str, at: Passage) -> Iterator[Measure]:
    for found in _WORTH.finditer(view, at.start, at.end):
        share = first_share(view, found.end(), min(at.end, found.end() + 120))
        if share is not None and NET_WORTH_SHARE < share.value <= 10:
            motive = f"{found.group()} de {_percent(share.value)}, acima dos 10 % da lei"
            motive = motive.replace("patrimonio liquido", "patrimônio líquido").replace(
                "minimo", "mínimo"
            )
            weight = float(from_multiple(share.value / NET_WORTH_SHARE, bar=1))
            yield Measure(found.start(), share.end, weight, {"motivo": motive})


def _bid_bonds(view: str, at: Passage) -> Iterator[Measure]:
    for found in _BID_BOND.finditer(view, at.start, at.end):
        share = first_share(view, found.end(), min(at.end, found.end() + 120))
        if share is not None and BID_BOND_SHARE < share.value <= 1:
            motive = f"garantia de proposta de {_percent(share.value)}, acima de 1 %"
            weight = float(from_multiple(share.value / BID_BOND_SHARE, bar=1))
            yield Measure(found.start(), share.end, weight, {"motivo": motive})


def _profits(view: str, at: Passage) -> Iterator[Measure]:
    for found in _PROFIT.finditer(view, at.start, at.end):
        index = _INDEX.search(
            view, max(at.start, found.start() - 60), min(at.end, found.end() + 60)
        )
        if index is not None and not passages.denied(view, at, found.start(), found.end()):
            start, end = min(found.start(), index.start()), max(found.end(), index.end())
            motive = "índice de lucro, que o TCU veda (Súmula 289)"
            yield Measure(start, end, float(strength(0.5)), {"motivo": motive})


_LIQUIDITY = re.compile(
    r"\b(?:liquidez|solvencia)\b[^;]{0,60}\b(?:superior|maior|igual|minim[oa]|inferior)\b[^;\d]{0,25}"
    r"(\d{1,2}(?:[.,]\d{1,2})?)(?![\d%/])"
)


def _liquidity(view: str, at: Passage) -> Iterator[Measure]:
    for found in _LIQUIDITY.finditer(view, at.start, at.end):
        value = float(found[1].replace(",", "."))
        if USUAL_LIQUIDITY < value <= MOST_LIQUIDITY:
            motive = f"índice de liquidez ou solvência de {found[1]}, acima do usual (1 a 1,5)"
            weight = float(from_multiple(value / USUAL_LIQUIDITY, bar=1))
            yield Measure(found.start(), found.end(), weight, {"motivo": motive})


_EXPERIENCE = re.compile(
    r"\b(?:experiencia|atuacao|atuando|execucao|prestacao|atestad[oa]s?|existencia)\b"
)
_OF_EXPERIENCE = re.compile(r"[^;]{0,25}\b(?:experiencia|atuacao|existencia|mercado|fundacao)\b")
_MINIMUM = re.compile(r"\b(?:minim[oa]|pelo menos|superior|mais de|nao inferior|ha)\b")


def _years(view: str, at: Passage) -> Iterator[Measure]:
    for period in quantities.periods(view, at.start, at.end):
        years = period.days / quantities.DAYS["anos"]
        if period.unit == "dias" or not EXPERIENCE_YEARS + 0.1 < years <= MOST_YEARS:
            continue
        lead = max(at.start, period.start - 90)
        before = _EXPERIENCE.search(view, lead, period.start)
        if before is None and not _OF_EXPERIENCE.match(view, period.end, at.end):
            continue
        start = before.start() if before is not None else period.start
        if _MINIMUM.search(view, lead, period.start):
            motive = f"experiência de {view[period.start : period.end]}, acima dos 3 anos da lei"
            weight = float(from_multiple(years / EXPERIENCE_YEARS, bar=1))
            yield Measure(start, period.end, weight, {"motivo": motive})


def _wordings(view: str, at: Passage) -> Iterator[Measure]:
    for pattern, motive, steps in _OTHERS:
        for found in pattern.finditer(view, at.start, at.end):
            if motive.startswith("um número") and found["n"] in ("1", "01"):
                continue
            lead = re.match(r"vedad|nao |proibid", found.group()) is not None
            if lead or not passages.denied(view, at, *found.span()):
                yield Measure(*found.span(), float(strength(steps)), {"motivo": motive})


def _percent(share: float) -> str:
    return f"{100 * share:.4g} %".replace(".", ",")
