"""The tab on method and limits: how a score is made, every check, what is never claimed."""

from __future__ import annotations

from collections.abc import Iterable

import gradio as gr
from markupsafe import Markup

from cidadao_models import __version__
from cidadao_models.findings import method as words
from cidadao_models.findings.words import number
from cidadao_models.flags import Flag, _catalogue, all_flags
from cidadao_models.reading.limits import Limits
from cidadao_models.ui import texts, texts_spectral, texts_text
from cidadao_models.ui.render import limits_sentence

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
    gr.Markdown(f"## Como a nota é feita\n\n{words.HOW}\n\nFaixas: {words.score_bands()}.")
    gr.Markdown(STRANGENESS)
    gr.Markdown(f"## As {number(len(all_flags()))} verificações")
    gr.HTML(_groups(), elem_id="method-flags")
    gr.Markdown(f"## Textos\n\n{texts_text.METHOD}")
    gr.Markdown(f"## Séries no tempo\n\n{texts_spectral.METHOD}")
    gr.Markdown("## O que nunca se afirma\n\n" + _listed(words.NEVER))
    gr.Markdown("## Limites\n\n" + _listed((*words.LIMITS, _sizes(limits))))
    gr.Markdown(f"## O que fica guardado\n\n{PRIVACY}")
    gr.Markdown("## Fontes da lei\n\n" + _listed(title for title, _ in texts.SOURCES))
    gr.Markdown(f"## Versão\n\nCidadão.AI Models {__version__}, licença Apache 2.0.")


def _listed(items: Iterable[str]) -> str:
    return "\n".join(f"- {item}" for item in items)


def _sizes(limits: Limits) -> str:
    return f"Arquivos: {limits_sentence(limits)}."


def _groups() -> Markup:
    return Markup("").join(
        Markup("<h3>{} ({})</h3><p class='soft'>{}</p>{}").format(
            title, number(len(flags)), meaning, Markup("").join(map(_flag, flags))
        )
        for title, meaning, flags in _catalogue.grouped()
    )


def _flag(flag: Flag) -> Markup:
    lines = Markup("").join(
        Markup("<dt>{}</dt><dd>{}</dd>").format(heading, text)
        for heading, text in _catalogue.sections(flag)
    )
    return Markup(
        "<details id='sinal-{}'><summary>{}</summary><dl class='page-of-flag'>{}</dl></details>"
    ).format(flag.id, flag.title, lines)
