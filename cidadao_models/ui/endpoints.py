"""The named Gradio API: texts, files, records, patterns, series, health. Lays out nothing visible.

Same functions as REST; errors raised on purpose reach the caller as their Portuguese text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NoReturn

import gradio as gr

from cidadao_models.errors import CidadaoError, InputError
from cidadao_models.findings import check_threshold
from cidadao_models.inference.jobs import spectral_bounded, text_bounded
from cidadao_models.models.pattern_analysis import PatternAnalyzer
from cidadao_models.reading.limits import NO_LIMITS
from cidadao_models.ui.runs import CPU
from cidadao_models.ui.session import Service, forget_upload, new_download, upload_path

Health = Callable[[], Mapping[str, object]]
Patterns = Callable[[Any, str], dict[str, Any]]
Spectral = Callable[[Any, Any], dict[str, Any]]
Apart = Callable[..., Any]
"""Runs `function(*args, stop=event, **options)` in another process, as `lanes.isolated` does."""


def find_patterns(data: Any, analysis_type: str) -> dict[str, Any]:
    """The JSON of `POST /v1/analyze-patterns`, computed here."""
    return PatternAnalyzer().analyze(data, analysis_type).to_dict()


def find_cycles(time_series: Any, sampling_rate: Any) -> dict[str, Any]:
    """The JSON of `POST /v1/analyze-spectral`, computed here."""
    return spectral_bounded(time_series, sampling_rate, limits=NO_LIMITS)


def build(
    service: Service, health: Health, patterns: Patterns, spectral: Spectral, text: Apart
) -> None:
    """Register the public endpoints in the open `gr.Blocks`."""
    with gr.Row(visible=False):
        file, threshold = gr.File(label="file"), gr.Number(value=0.7, label="threshold")
        file.preprocess = upload_path
        contracts = gr.JSON(label="contracts")
        # a JSON component has no type of its own, and tools that read the schema want one
        contracts.api_info = lambda: {"type": "array", "items": {"type": "object"}}
        data = gr.JSON(label="data")
        data.api_info = lambda: {"type": "object"}
        analysis_type = gr.Textbox(value="temporal", label="analysis_type")
        series = gr.JSON(label="time_series")
        series.api_info = lambda: {"type": "array", "items": {}}
        rate = gr.Number(value=1.0, label="sampling_rate")
        contract = gr.Textbox(label="contract_text")
        answer, found = gr.JSON(label="report"), gr.File(label="findings_csv")
        button = gr.Button("api")

    def analyze_csv(file: str | None, threshold: float = 0.7) -> tuple[dict[str, Any], str]:
        """Analyse a spending file (CSV, Excel, ODS, JSON or ZIP): report JSON and findings CSV."""
        return _analyze_csv(service, found.GRADIO_CACHE, file, threshold)

    def detect_anomalies(contracts: Any, threshold: float = 0.7) -> dict[str, Any]:
        """Score contracts given as a list of records; the JSON of POST /v1/detect-anomalies."""
        return _detect(service, contracts, threshold)

    def analyze_patterns(data: Any, analysis_type: str = "temporal") -> dict[str, Any]:
        """Patterns over many records, a series or bids; the JSON of POST /v1/analyze-patterns."""
        try:
            return patterns(data, analysis_type)
        except CidadaoError as error:
            _refuse(error)

    def analyze_spectral(time_series: Any, sampling_rate: float = 1.0) -> dict[str, Any]:
        """Cycles, changes and spikes of a series (numbers, or {"date", "value"} points, or null
        where one is missing); the JSON of POST /v1/analyze-spectral."""
        try:
            return spectral(time_series, sampling_rate)
        except CidadaoError as error:
            _refuse(error)

    def analyze_contract(contract_text: str) -> dict[str, Any]:
        """What a contract text or official act is, says, lacks, and what in it deserves a
        question; the JSON of POST /v1/analyze-text."""
        try:
            return dict(text(text_bounded, contract_text))
        except CidadaoError as error:
            _refuse(error)

    def healthy() -> dict[str, object]:
        """State of the service; the JSON of GET /health."""
        return dict(health())

    button.click(analyze_csv, [file, threshold], [answer, found], api_name="analyze_csv", **CPU)
    button.click(
        detect_anomalies, [contracts, threshold], answer, api_name="detect_anomalies", **CPU
    )
    button.click(
        analyze_patterns, [data, analysis_type], answer, api_name="analyze_patterns", **CPU
    )
    button.click(analyze_spectral, [series, rate], answer, api_name="analyze_spectral", **CPU)
    button.click(analyze_contract, contract, answer, api_name="analyze_contract", **CPU)
    button.click(healthy, None, answer, api_name="health", queue=False)


def _analyze_csv(
    service: Service, folder: str, file: str | None, threshold: object
) -> tuple[dict[str, Any], str]:
    try:
        limit = check_threshold(threshold)
        if file is None:
            raise InputError("Falta o arquivo.", hint="Envie um arquivo no argumento 'file'.")
        report = service.examined(service.open(file), limit).report
    except CidadaoError as error:
        _refuse(error)
    finally:
        forget_upload(file)
    name = f"{Path(file).stem[:60]}-achados.csv"
    return report.to_dict(), new_download(folder, name, report.to_csv)


def _detect(service: Service, contracts: object, threshold: object) -> dict[str, Any]:
    try:
        limit = check_threshold(threshold)
        if isinstance(contracts, dict) and "contracts" in contracts:
            contracts = contracts["contracts"]
        if not isinstance(contracts, list) or not all(isinstance(c, dict) for c in contracts):
            raise InputError(
                "O argumento 'contracts' não é uma lista de registros.",
                hint='Envie, por exemplo, [{"valor": 1000.0, "fornecedor": "Nome"}].',
            )
        return service.analyze(contracts, threshold=limit).anomalies_dict()
    except CidadaoError as error:
        _refuse(error)


def _refuse(error: CidadaoError) -> NoReturn:
    raise gr.Error(f"{error.message} {error.hint}", print_exception=False) from None
