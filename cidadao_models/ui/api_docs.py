"""The tab with the API: working calls in Python, JavaScript and curl, with the published limits."""

from __future__ import annotations

import gradio as gr

from cidadao_models.reading.limits import Limits
from cidadao_models.ui.render import limits_sentence

BASE = "http://localhost:7860"
"""Address in the examples, until the page puts its own."""

INTRO = """
As mesmas análises, sem a página. Não há chave nem cadastro; nada do que se envia fica guardado.
Descrição completa: [/docs](/docs) e [/openapi.json](/openapi.json). Estado do serviço:
[/health](/health).
"""

CURL = """curl -s {base}/v1/detect-anomalies \\
  -H 'Content-Type: application/json' \\
  -d '{{"threshold": 0.7, "contracts": [
        {{"id": "1/2024", "fornecedor": "Empresa Exemplo Ltda", "orgao": "Prefeitura",
         "objeto": "Locação de tendas", "valor": "R$ 48.000,00",
         "vigencia_inicio": "01/03/2024", "vigencia_fim": "01/02/2024"}}]}}'

curl -s {base}/v1/analyze-file -F file=@contratos.csv -F threshold=0.7

curl -s {base}/health"""

PYTHON = """import httpx

contracts = [{{
    "id": "1/2024", "fornecedor": "Empresa Exemplo Ltda", "orgao": "Prefeitura",
    "objeto": "Locação de tendas", "valor": 48000.0,
    "vigencia_inicio": "2024-03-01", "vigencia_fim": "2024-02-01",
}}]
answer = httpx.post(
    "{base}/v1/detect-anomalies",
    json={{"contracts": contracts, "threshold": 0.7}},
    timeout=30,
)
answer.raise_for_status()
for anomaly in answer.json()["anomalies"]:
    print(anomaly["anomaly_score"], anomaly["contract_id"], anomaly["explanation"])

with open("contratos.csv", "rb") as file:
    report = httpx.post(
        "{base}/v1/analyze-file", files={{"file": file}}, data={{"threshold": "0.7"}}, timeout=300
    ).json()
print(report["anomalies_found"], "de", report["total_analyzed"])"""

JAVASCRIPT = """const answer = await fetch("{base}/v1/detect-anomalies", {{
  method: "POST",
  headers: {{ "Content-Type": "application/json" }},
  body: JSON.stringify({{
    threshold: 0.7,
    contracts: [{{
      id: "1/2024", fornecedor: "Empresa Exemplo Ltda", valor: 48000.0,
      vigencia_inicio: "2024-03-01", vigencia_fim: "2024-02-01",
    }}],
  }}),
}});
const report = await answer.json();
if (!answer.ok) throw new Error(`${{report.error.message}} ${{report.error.hint}}`);
for (const anomaly of report.anomalies) console.log(anomaly.contract_id, anomaly.explanation);

const form = new FormData();
form.append("file", document.querySelector("input[type=file]").files[0]);
const whole = await fetch("{base}/v1/analyze-file", {{ method: "POST", body: form }});
console.log(await whole.json());"""

GRADIO = """from gradio_client import Client, handle_file

client = Client("{base}/")
report, findings_csv = client.predict(
    file=handle_file("contratos.csv"), threshold=0.7, api_name="/analyze_csv"
)
print(report["anomalies_found"], "de", report["total_analyzed"], findings_csv)

answer = client.predict(
    contracts=[{{"id": "1/2024", "valor": 48000.0, "vigencia_inicio": "2024-03-01",
                "vigencia_fim": "2024-02-01"}}],
    threshold=0.7,
    api_name="/detect_anomalies",
)
print(answer["anomalies"])
print(client.predict(api_name="/health")["status"])"""

ANSWER = """
## O que volta
`anomalies`: os registros que merecem uma segunda olhada, da maior nota para a menor, cada um com
`contract_id`, `row` (número do registro, a partir de 0), `anomaly_score`, `severity`,
`explanation` e `reasons` (fato, norma, leitura inocente, próximo passo e os números).
`not_evaluated`: o que não pôde ser verificado, e por quê. `issues`: problemas nos dados.
`/v1/analyze-file` acrescenta `mapping`, `info`, `patterns` (o que só aparece em muitos registros),
`patterns_not_evaluated` e `summary`: a frase que abre, `by_check` (a resposta de cada verificação:
`flagged`, `not_flagged` ou `not_evaluated`), `signals` e o dinheiro, cada registro contado uma vez.

Nomes de campos aceitos: os da página (`valor`, `fornecedor`, `orgao`, `data`…), os em inglês
(`value`, `supplier`, `amount`, `date`…), os da API do PNCP e os títulos de coluna dos portais.
Valores podem ser números ou texto brasileiro (`"R$ 1.234,56"`).

## Erros
`{"error": {"type", "message", "hint", "details"}}`, em português: 422 o que dá para corrigir,
413 grande demais, 429 e 503 ocupado (com `Retry-After`), 404 endereço desconhecido.
"""

LIMITS = """
## Limites
Arquivo: {size}. Pelo Gradio, cada chamada leva cerca de um décimo de
segundo a mais do que por REST.
"""


OWN_ADDRESS = (
    f"(...calls) => calls.map((call) => call.replaceAll('{BASE}', window.location.origin))"
)
"""Puts the address of this very page into the examples."""


def build(page: gr.Blocks, limits: Limits) -> None:
    """Lay out the tab inside the open `page`."""
    gr.Markdown(INTRO)
    calls = [
        _call(title, example)
        for title, example in (
            ("curl", CURL),
            ("Python", PYTHON),
            ("JavaScript", JAVASCRIPT),
            ("Python, com gradio_client", GRADIO),
        )
    ]
    gr.Markdown(ANSWER)
    gr.Markdown(LIMITS.format(size=limits_sentence(limits)))
    page.load(None, calls, calls, js=OWN_ADDRESS, api_visibility="private")


def _call(title: str, example: str) -> gr.Code:
    gr.Markdown(f"## {title}")
    return gr.Code(
        example.format(base=BASE),
        language=None,
        interactive=False,
        show_label=False,
        label=title,
        show_line_numbers=False,
        wrap_lines=True,
        elem_classes="call",
    )
