"""One request's work, from bytes to the JSON answer: strict parsing, the analysis, errors.

Runs in a worker thread or process and gives plain values back. Knows no web framework; this is
the one place where an error gets its HTTP status.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import orjson

from cidadao_models.errors import (
    CidadaoError,
    InputError,
    ServiceUnavailable,
    TooLarge,
    UnreadableFile,
)
from cidadao_models.findings import check_threshold
from cidadao_models.reading.documents import Document, document_kind, read_text
from cidadao_models.reading.limits import Limits

if TYPE_CHECKING:
    from cidadao_models.findings import Report
    from cidadao_models.reading import Reading

DEFAULT_THRESHOLD = 0.7

EXACT_INTEGER_DIGITS = 18
"""Longest whole number kept as a number; longer ones are codes, and stay text, digit by digit."""

LONGEST_INTEGER = 308
"""Decimal digits of the largest float64 (IEEE 754): beyond it nothing can be computed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer: status, JSON body and the seconds after which to try again, if any.

    A `document` is no answer yet: its text was read, and is to be analysed where texts are.
    """

    status: int
    body: bytes
    retry_after: int | None = None
    document: Document | None = None


def error_answer(error: CidadaoError) -> Answer:
    """The contract's error JSON for an error raised on purpose, with its HTTP status."""
    if isinstance(error, ServiceUnavailable):
        status, wait = 503, int(str(error.details.get("retry_after_s", 5)))
    else:
        status, wait = (413 if isinstance(error, TooLarge) else 422), None
        status = status if isinstance(error, InputError) else 500
    kind = type(error).__name__
    return Answer(status, error_body(kind, error.message, error.hint, error.details), wait)


def error_body(
    type: str, message: str, hint: str, details: dict[str, object] | None = None
) -> bytes:
    """`{"error": {"type", "message", "hint", "details"}}`, whatever text it quotes."""
    fields = {"type": type, "message": message, "hint": hint, "details": details or {}}
    return json.dumps({"error": fields}, default=str).encode("ascii")


def answer(job: Callable[..., dict[str, Any] | Document], *args: object) -> Answer:
    """Run `job` and put its result, or the error it raised on purpose, into an answer."""
    try:
        value = job(*args)
        if isinstance(value, Document):
            return Answer(200, b"", document=value)
        return Answer(200, orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS))
    except CidadaoError as error:
        return error_answer(error)
    except RecursionError:
        return error_answer(_invalid("O conteúdo tem níveis demais, um dentro do outro."))
    except MemoryError:
        return error_answer(
            TooLarge(
                "O conteúdo não coube na memória do serviço.",
                hint="Divida o arquivo, por exemplo por ano, e envie uma parte de cada vez.",
            )
        )


def analyze_bounded(
    source: Reading | list[dict[str, Any]], *, limits: Limits, threshold: float
) -> Report:
    """`analysis.analyze` of single records, without patterns, under the limits of a service."""
    from cidadao_models.analysis import analyze

    return analyze(source, limits=limits, threshold=threshold, patterns=False)


def detect_anomalies(body: bytes, limits: Limits) -> dict[str, Any]:
    """The JSON of `POST /v1/detect-anomalies` for a request body (object or bare list)."""
    request = parse_json(body)
    if isinstance(request, list):
        request = {"contracts": request}
    if not isinstance(request, dict) or "contracts" not in request:
        raise _invalid("O corpo não traz a lista 'contracts'.")
    contracts = _records(request["contracts"])
    threshold = check_threshold(request.get("threshold", DEFAULT_THRESHOLD))
    result = analyze_bounded(contracts, limits=limits, threshold=threshold).anomalies_dict()
    return _name_ignored(result, sorted(set(request) - {"contracts", "threshold"}))


LISTS = ("contracts", "bids", "time_series")
"""What the data of a pattern analysis may be a list of."""


def analyze_patterns(body: bytes, limits: Limits) -> dict[str, Any]:
    """The JSON of `POST /v1/analyze-patterns` for a request body."""
    request = parse_json(body)
    if not isinstance(request, dict) or "data" not in request:
        raise _invalid("O corpo não traz o objeto 'data'.")
    chosen = request.get("analysis_type", "temporal")
    return patterns_bounded(request["data"], chosen, limits=limits)


def patterns_bounded(data: object, analysis_type: object, *, limits: Limits) -> dict[str, Any]:
    """Patterns of `data` under the published limits of a service."""
    from cidadao_models.models.pattern_analysis import PatternAnalyzer

    bounded = pattern_data(data, limits)
    return PatternAnalyzer().analyze(bounded, str(analysis_type)).to_dict()


def pattern_data(data: object, limits: Limits) -> dict[str, Any]:
    """`data` of a pattern analysis, its lists within the limits; raises InputError."""
    if isinstance(data, list):
        data = {"contracts": data}
    if not isinstance(data, dict):
        raise _invalid("O campo 'data' não é um objeto.")
    for name in LISTS:
        given = data.get(name, [])
        if not isinstance(given, list):
            raise _invalid(f"O campo '{name}' não é uma lista.")
        limits.check_shape(len(given), 0)
    for name in ("contracts", "bids"):
        _records(data.get(name, []))
    if not isinstance(data.get("categories"), list | None):
        raise _invalid("O campo 'categories' não é uma lista.")
    return data


SPECTRAL_FIELDS = ("time_series", "sampling_rate", "dates")
"""What a request for a spectral analysis may hold."""


def analyze_spectral(body: bytes, limits: Limits) -> dict[str, Any]:
    """The JSON of `POST /v1/analyze-spectral` for a request body."""
    request = parse_json(body)
    if not isinstance(request, dict) or "time_series" not in request:
        raise _no_series("O corpo não traz a lista 'time_series'.")
    rate, dates = request.get("sampling_rate", 1.0), request.get("dates")
    answer = spectral_bounded(request["time_series"], rate, dates=dates, limits=limits)
    ignored = ", ".join(sorted(set(request) - set(SPECTRAL_FIELDS)))
    if ignored:
        answer["notes"].append(f"Campos do pedido que não são usados: {ignored}.")
    return answer


def spectral_bounded(
    time_series: object, sampling_rate: object = 1.0, *, dates: object = None, limits: Limits
) -> dict[str, Any]:
    """What `SpectralAnalyzer` says of a series, under the published limits of a service."""
    from cidadao_models.models.spectral_analysis import SpectralAnalyzer

    if not isinstance(time_series, list):
        raise _no_series("O campo 'time_series' não é uma lista.")
    if not isinstance(dates, list | None):
        raise _no_series("O campo 'dates' não é uma lista.")
    if not all(isinstance(day, str | None) for day in dates or ()):
        raise _no_series("O campo 'dates' traz algo que não é uma data em texto.")
    limits.check_points(len(time_series))
    report = SpectralAnalyzer().analyze(
        time_series,
        dates=dates,
        sampling_rate=sampling_rate,  # type: ignore[arg-type]  # refused there when no number
    )
    return report.to_dict()


def _no_series(message: str) -> InputError:
    example = '{"time_series": [1250.0, 980.5, null, "1.100,00"], "sampling_rate": 1.0}'
    return InputError(
        message,
        hint=f"Envie, por exemplo, {example}; se houver datas, uma por valor em 'dates', como"
        ' "2024-03-14".',
        details={"field": "time_series"},
    )


BYTES_A_CHARACTER = 12
"""Most bytes of one character in JSON: two escapes of six."""


def analyze_text(body: bytes, limits: Limits) -> dict[str, Any]:
    """The JSON of `POST /v1/analyze-text` for a request body."""
    limits.check_characters(len(body) // BYTES_A_CHARACTER)
    request = parse_json(body)
    if not isinstance(request, dict) or "text" not in request:
        raise InputError(
            "O corpo não traz o campo 'text'.",
            hint='Envie, por exemplo, {"text": "EXTRATO DO CONTRATO Nº 12/2024. Processo: …"}.',
            details={"field": "text"},
        )
    found = text_bounded(request["text"])
    ignored = ", ".join(sorted(set(request) - {"text"}))
    if ignored:
        found["notes"].append(f"Campos do pedido que não são usados: {ignored}.")
    return found


def text_bounded(text: object) -> dict[str, Any]:
    """What `TextAnalyzer` says of a text; raises InputError when it is none or too short."""
    from cidadao_models.models.text_analysis import TextAnalyzer

    given: Any = _without_surrogates(text)
    return {**TextAnalyzer().analyze(given).to_dict(), "notes": [], "source": "api"}


def analyze_document(document: Document) -> dict[str, Any]:
    """As `text_bounded`, for the text of a document that was read elsewhere."""
    found = text_bounded(document.text)
    found["notes"].extend(document.notes)
    size = len(document.text)
    info = {"format": document.kind, "pages": document.pages, "characters": size}
    return found | {"info": info}


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file on this disk and the optional parts that came with it."""

    path: Path
    threshold: str | None = None
    mapping: str | None = None
    sanctions: Path | None = None

    @property
    def beside(self) -> list[str]:
        """Names of the optional parts that came."""
        return [n for n in ("threshold", "mapping", "sanctions") if getattr(self, n) is not None]


def analyze_upload(upload: Upload, limits: Limits) -> dict[str, Any] | Document:
    """The JSON of `POST /v1/analyze-file`: the whole report, or the text of a document."""
    if document_kind(upload.path.read_bytes()) is not None:
        return _document(upload, limits)
    return _table(upload, limits)


def _document(upload: Upload, limits: Limits) -> Document:
    document = read_text(upload.path, limits=limits)
    if not upload.beside:
        return document
    note = f"O arquivo é um texto: {', '.join(upload.beside)} só valem para tabelas."
    return replace(document, notes=(*document.notes, note))


def _table(upload: Upload, limits: Limits) -> dict[str, Any]:
    from cidadao_models.analysis import analyze

    threshold = DEFAULT_THRESHOLD
    if upload.threshold is not None:
        threshold = check_threshold(_number(upload.threshold))
    report = analyze(
        str(upload.path),
        threshold=threshold,
        mapping=None if upload.mapping is None else _mapping(upload.mapping),
        sanctions=None if upload.sanctions is None else str(upload.sanctions),
        limits=limits,
    )
    return report.to_dict()


def warm_up() -> dict[str, Any]:
    """Load what an analysis needs, so that the first visitor does not wait for it."""
    from cidadao_models.analysis import analyze
    from cidadao_models.models.spectral_analysis import SpectralAnalyzer

    SpectralAnalyzer().analyze([0.0, 1.0] * 40)
    return analyze([]).anomalies_dict()


def warm_up_text() -> dict[str, Any]:
    """Load what the analysis of a text needs, in the process where texts are analysed."""
    return text_bounded("Extrato do contrato nº 1/2024, de objeto ainda não definido.")


def parse_json(body: bytes) -> Any:
    """The value of a JSON text in UTF-8; raises InputError where it is not plain, finite JSON."""
    try:
        text = body.decode("utf-8-sig")
        value = json.loads(
            text,
            parse_constant=_reject_constant,
            parse_float=_finite,
            parse_int=_whole,
            object_pairs_hook=_unique,
        )
    except UnicodeDecodeError:
        raise _invalid("O corpo não está em UTF-8.") from None
    except json.JSONDecodeError as error:
        raise _invalid(f"O corpo não é um JSON válido (posição {error.pos}).") from None
    return _without_surrogates(value) if "\\ud" in text.lower() else value


def _invalid(message: str) -> UnreadableFile:
    example = '{"contracts": [{"valor": 1000.0, "fornecedor": "Nome", "data": "2024-03-14"}]}'
    return UnreadableFile(message, hint=f"Envie JSON em UTF-8, sem compressão, assim: {example}")


def _reject_constant(name: str) -> NoReturn:
    raise _invalid(f"O JSON traz {name}, que não é um número; use null onde falta o valor.")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise _invalid("O JSON traz um número maior do que o computador representa.")
    return number


def _whole(text: str) -> int | str:
    digits = len(text.lstrip("-"))
    if digits > LONGEST_INTEGER:
        raise _invalid(f"O JSON traz um número de {digits} algarismos.")
    return int(text) if digits <= EXACT_INTEGER_DIGITS else text


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _invalid("O JSON repete um nome de campo dentro do mesmo objeto.")
    return found


def _without_surrogates(value: Any) -> Any:
    """The value with half characters (lone UTF-16 surrogates) replaced: no encoder takes them."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [_without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {_without_surrogates(k): _without_surrogates(v) for k, v in value.items()}
    return value


def _records(contracts: object) -> list[dict[str, Any]]:
    if not isinstance(contracts, list):
        raise _invalid("O campo 'contracts' não é uma lista.")
    for position, record in enumerate(contracts):
        if not isinstance(record, dict):
            raise _invalid(f"O item {position} de 'contracts' não é um objeto com campos.")
    return contracts


def _name_ignored(result: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """`result` with the request's unknown names said once among its issues."""
    if not names:
        return result
    message = f"Campos do pedido que não são usados: {', '.join(names)}."
    example = {"type": "pedido_campo_ignorado", "row": None, "column": None, "message": message}
    ignored = {"pedido_campo_ignorado": {"count": len(names), "examples": [example]}}
    return result | {"issues": result["issues"] | ignored}


def _number(text: str) -> object:
    try:
        return float(text)
    except ValueError:
        return text


def _mapping(text: str) -> dict[str, str]:
    mapping = parse_json(text.encode("utf-8", "replace"))
    if not isinstance(mapping, dict) or not all(isinstance(v, str) for v in mapping.values()):
        raise InputError(
            "O campo 'mapping' não é um objeto JSON de campo para coluna.",
            hint='Use, por exemplo, {"valor": "valorcontrato1"}.',
        )
    return mapping
