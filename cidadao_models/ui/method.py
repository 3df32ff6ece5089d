"""The tab on method and limits: how a score is made, every check, what is never claimed."""

from __future__ import annotations

import re
from collections.abc import Iterable

import gradio as gr
from markupsafe import Markup

from cidadao_models import __version__
from cidadao_models.findings import method as words
from cidadao_models.findings.words import number
from cidadao_models.flags import LABELS, Flag, all_flags
from cidadao_models.reading.limits import Limits
from cidadao_models.ui import texts
from cidadao_models.ui.render import limits_sentence

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")

STRANGENESS = """
Além das verificações abaixo, cada registro recebe uma medida de estranheza: valor diante de
contratos parecidos (mesmo grupo de objeto e modalidade, ao menos 10), prazos, datas, histórico do
fornecedor. Com 30 registros ou mais, a comparação é com o próprio arquivo; com menos, com uma
referência feita de arquivos públicos reais, e o resultado diz qual foi usada.
"""

PRIVACY = """
O arquivo enviado é apagado do servidor assim que a análise termina. O resultado fica só na memória
da sua visita, por até 30 minutos sem uso. Nada é enviado a terceiros, e a página não carrega nada
de fora. CPFs são mascarados em tudo o que se vê e se baixa; CNPJs ficam, porque são públicos.
"""


def build(limits: Limits) -> None:
    """Lay out the tab inside the open `gr.Blocks`."""
    flags = all_flags()
    gr.Markdown(f"## Como a nota é feita\n\n{words.HOW}\n\nFaixas: {words.score_bands()}.")
    gr.Markdown(STRANGENESS)
    gr.Markdown(f"## As {number(len(flags))} verificações")
    gr.HTML(Markup("").join(_flag(flag) for flag in flags), elem_id="method-flags")
    gr.Markdown("## O que nunca se afirma\n\n" + _listed(words.NEVER))
    gr.Markdown("## Limites\n\n" + _listed((*words.LIMITS, _sizes(limits))))
    gr.Markdown(f"## O que fica guardado\n\n{PRIVACY}")
    gr.Markdown("## Fontes da lei\n\n" + _listed(title for title, _ in texts.SOURCES))
    gr.Markdown(f"## Versão\n\nCidadão.AI Models {__version__}, licença Apache 2.0.")


def _listed(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _sizes(limits: Limits) -> str:
    return f"Arquivos: {limits_sentence(limits)}."


def _flag(flag: Flag) -> Markup:
    return Markup(
        "<details><summary>{f.title}</summary><p>{sentence}</p><p><b>Norma:</b> {f.legal_basis}</p>"
        "<p><b>Pode ser normal se</b> {f.innocent}</p><p><b>Para conferir:</b> {f.next_step}</p>"
        "<p class='soft'>Precisa de: {needs}. Nome na API: <code>{f.id}</code></p></details>"
    ).format(
        f=flag,
        sentence=_PLACEHOLDER.sub("…", flag.explain),
        needs=", ".join(_need(need) for need in flag.needs),
    )


def _need(need: str | tuple[str, ...]) -> str:
    names = (need,) if isinstance(need, str) else need
    return " ou ".join(LABELS[name] for name in names)
