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

curl -s {base}/v1/analyze-spectral \\
  -H 'Content-Type: application/json' \\
  -d '{{"time_series": [1250.0, 980.5, null, "1.100,00", 990, 1310, 1005, 1120],
       "dates": ["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01",
                 "2024-05-01", "2024-06-01", "2024-07-01", "2024-08-01"]}}'

curl -s {base}/v1/analyze-text \\
  -H 'Content-Type: application/json' \\
  -d '{{"text": "EXTRATO DO CONTRATO Nº 12/2024. Objeto: limpeza. Valor: R$ 84.300,00."}}'

curl -s {base}/v1/analyze-file -F file=@contrato.pdf

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
print(report["anomalies_found"], "de", report["total_analyzed"])

series = {{"time_series": [1000.0, 1200.0, 900.0, 1500.0] * 30, "sampling_rate": 1.0}}
spectrum = httpx.post("{base}/v1/analyze-spectral", json=series, timeout=30).json()
print(spectrum["status"], spectrum["dominant_period"])
for cycle in spectrum["periodic_patterns"]:
    print(cycle["kind"], cycle["description"])

act = {{"text": "AVISO DE LICITAÇÃO. Pregão Eletrônico nº 29/2024. Objeto: serviços de limpeza."}}
reading = httpx.post("{base}/v1/analyze-text", json=act, timeout=60).json()
print(reading["facts"]["act_type"]["label"], reading["backend"])
for signal in reading["signals"]:
    print(signal["severity"], signal["title"], signal["next_step"])"""

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
console.log(await whole.json());

const spectrum = await fetch("{base}/v1/analyze-spectral", {{
  method: "POST",
  headers: {{ "Content-Type": "application/json" }},
  body: JSON.stringify({{ time_series: Array(30).fill([1000, 1200, 900, 1500]).flat() }}),
}}).then((response) => response.json());
console.log(spectrum.dominant_period, spectrum.insights);

const reading = await fetch("{base}/v1/analyze-text", {{
  method: "POST",
  headers: {{ "Content-Type": "application/json" }},
  body: JSON.stringify({{ text: "AVISO DE LICITAÇÃO. Pregão Eletrônico nº 29/2024, de limpeza." }}),
}}).then((response) => response.json());
console.log(reading.facts.act_type.label, reading.signals.map((signal) => signal.title));"""

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

spectrum = client.predict(
    time_series=[1000.0, 1200.0, 900.0, 1500.0] * 30, sampling_rate=1.0,
    api_name="/analyze_spectral",
)
print(spectrum["dominant_period"], spectrum["insights"])
reading = client.predict(
    contract_text="AVISO DE LICITAÇÃO. Pregão Eletrônico nº 29/2024, de serviços de limpeza.",
    api_name="/analyze_contract",
)
print(reading["facts"]["act_type"], reading["signals"])
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

`/v1/analyze-spectral`: `periodic_patterns` (cada ciclo com `period`, `unit`, `kind` `esperado` ou
`atipico`, `p_value` e `q_value`), `changes` e `spikes` com sua data, `status` `ok` ou
`inconclusivo` com o motivo em `reason`, e o espectro em `frequencies`, `amplitudes` e `threshold`
(até onde o acaso costuma chegar). `dominant_frequency` é `null` quando nada passa do acaso.

`/v1/analyze-text` (e `/v1/analyze-file`, com PDF, DOCX ou TXT): `facts.act_type` (o tipo de ato),
`facts.entities` (o que foi lido, com `start` e `end` em caracteres do texto enviado), `checklist`
(cada parte exigida: `found`, `missing` ou `not_applicable`), `signals` (fato, norma, leitura
inocente, próximo passo), `highlights`, `novelty` e `backend` (se o modelo teve parte).

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
