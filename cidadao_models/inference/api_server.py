"""The REST routes, as a FastAPI application that can stand alone or share the page's port.

Reads requests, hands them to a lane and sends the lane's answer; parsing and analysis are in
`jobs`, limits in `guard`.
"""

from __future__ import annotations

import asyncio
import logging
import re
import shutil
import tempfile
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast

from fastapi import FastAPI, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import HTMLResponse, JSONResponse
from python_multipart.exceptions import FormParserError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from cidadao_models import __version__
from cidadao_models.errors import CidadaoError, InputError, ServiceUnavailable, UnreadableFile
from cidadao_models.inference import api_docs
from cidadao_models.inference.guard import Guard
from cidadao_models.inference.jobs import (
    Answer,
    Upload,
    analyze_document,
    analyze_patterns,
    analyze_spectral,
    analyze_text,
    analyze_upload,
    detect_anomalies,
    error_answer,
    error_body,
    warm_up,
    warm_up_text,
)
from cidadao_models.inference.lanes import Job, Lane
from cidadao_models.inference.settings import Settings
from cidadao_models.inference.standing import Standing
from cidadao_models.inference.status import health, spaces_info
from cidadao_models.models.core.weights import status
from cidadao_models.reading.limits import MEGABYTE, Limits

log = logging.getLogger(__name__)

SMALL_BODY_BYTES = 1 * MEGABYTE
"""JSON up to this size (about 3,000 records) goes through the lane of small requests."""

SMALL_WAITING = 254
"""Small requests in line: 64 at once must be queued; four times that is about ten seconds."""

LARGE_WAITING = 6
"""Files in line: each holds its upload on disk while it waits."""

TEXT_WAITING = 127
"""Texts in line: as small requests, but each takes a quarter of a second."""

BODY_S = 120.0
"""Longest time for a body to arrive, in seconds."""

MAX_FIELD_BYTES = 64 * 1024
"""Longest text field beside an uploaded file."""


class Service:
    """The three lanes and the limits behind the routes."""

    def __init__(self, settings: Settings) -> None:
        workers = settings.concurrency
        self.settings = settings
        self.ready = False
        self.small = Lane("small", workers=workers, waiting=SMALL_WAITING, retry_after_s=5)
        self.large = Lane(
            "large", workers=workers, waiting=LARGE_WAITING, retry_after_s=30, isolated=True
        )
        self.standing = Standing()
        self.text = Lane(
            "text", workers=1, waiting=TEXT_WAITING, retry_after_s=15, apart=self.standing.call
        )

    def warm_up(self) -> None:
        """Load the analysis of tables and series; `/ready` answers 200 from then on.

        What texts need is heavier and loads after that, in its own process.
        """
        first = [lane.submit(warm_up).result().status for lane in (self.large, self.small)]
        self.ready = first == [200, 200]
        self.text.submit(warm_up_text)

    def close(self) -> None:
        """Take no more work."""
        for lane in (self.small, self.large, self.text):
            lane.close()
        self.standing.close()

    async def detect_anomalies(self, request: Request) -> Response:
        """Score a list of records and explain the ones that deserve a second look."""
        return await self._answer_json(request, detect_anomalies)

    async def analyze_patterns(self, request: Request) -> Response:
        """Find what only shows over many records, over a series, or among bids."""
        return await self._answer_json(request, analyze_patterns)

    async def analyze_spectral(self, request: Request) -> Response:
        """Say what in a series is calendar, what is not, and what cannot be told."""
        return await self._answer_json(request, analyze_spectral)

    async def analyze_text(self, request: Request) -> Response:
        """Say what a contract or official act is, says, lacks, and what deserves a question."""
        return await self._answer_json(request, analyze_text, self.text)

    async def _answer_json(
        self,
        request: Request,
        job: Callable[[bytes, Limits], dict[str, Any]],
        lane: Lane | None = None,
    ) -> Response:
        _require_json(request)
        small = _declared_size(request) <= SMALL_BODY_BYTES
        lane = lane or (self.small if small else self.large)
        async with lane.place():
            body = await _body(request)
            return _response(await self._run(lane, request, job, body, self.settings.limits))

    async def analyze_file(self, request: Request) -> Response:
        """Read one uploaded table or document, analyse it, give the whole report."""
        _require_multipart(request)
        async with self.large.place():
            form = await _form(request)
            try:
                with tempfile.TemporaryDirectory(prefix="cidadao-") as folder:
                    upload = await asyncio.to_thread(_save, form, Path(folder))
                    result = await self._run(
                        self.large, request, analyze_upload, upload, self.settings.limits
                    )
            except OSError as error:
                log.warning("upload could not be kept: %s", type(error).__name__)
                raise _no_room() from None
            finally:
                await form.close()
        if result.document is not None:
            async with self.text.place():
                result = await self._run(self.text, request, analyze_document, result.document)
        return _response(result)

    async def _run(self, lane: Lane, request: Request, job: Job, *args: object) -> Answer:
        started = time.perf_counter()
        result = await lane.run(job, *args, gone=request.is_disconnected)
        seconds = time.perf_counter() - started
        log.info("%s: %d in %.3f s", job.__name__, result.status, seconds)
        return result

    def health(self) -> dict[str, object]:
        """The JSON of `GET /health`, for the page's own endpoint too."""
        return health(self.settings, status())

    async def get_health(self) -> Response:
        """State of the service, of its weights and its published limits."""
        return JSONResponse(self.health())

    async def get_ready(self) -> Response:
        """200 when requests are taken, else 503."""
        if self.ready and self.small.taken < self.small.capacity:
            return JSONResponse({"status": "ready"})
        hint = "Tente de novo em alguns segundos."
        error = ServiceUnavailable("O serviço ainda não está pronto.", hint=hint)
        return _response(error_answer(error))

    async def get_spaces_info(self) -> Response:
        """Where the service runs and which models it serves."""
        return JSONResponse(spaces_info())


def create_api(settings: Settings | None = None) -> FastAPI:
    """The REST application; `api.state.service` holds its lanes. Raises InputError for settings.

    It can be served alone; `launch_kwargs` gives its parts to the page's own server instead.
    """
    service = Service(settings or Settings.from_environment())
    status()  # verifies the embedded files before the first `/health`, which answers from memory
    api = FastAPI(
        title="Cidadão.AI Models",
        version=__version__,
        description=api_docs.DESCRIPTION,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        exception_handlers={CidadaoError: _on_error, HTTPException: _on_http_error},
    )
    api.state.service = service
    _add_routes(api, service)
    api.add_middleware(Guard, settings=service.settings)
    return api


def launch_kwargs(api: FastAPI) -> dict[str, Any]:
    """`app_kwargs` for Gradio's `launch`: the routes, limits and errors of `api` on its port."""
    return {
        "openapi_url": None,
        "docs_url": None,
        "redoc_url": None,
        "routes": list(api.routes),
        "middleware": list(api.user_middleware),
        "exception_handlers": {CidadaoError: _on_error, HTTPException: _on_http_error},
    }


def _add_routes(api: FastAPI, service: Service) -> None:
    routes: tuple[tuple[str, str, Callable[..., Awaitable[Response]]], ...] = (
        ("POST", "/v1/detect-anomalies", service.detect_anomalies),
        ("POST", "/v1/analyze-patterns", service.analyze_patterns),
        ("POST", "/v1/analyze-spectral", service.analyze_spectral),
        ("POST", "/v1/analyze-text", service.analyze_text),
        ("POST", "/v1/analyze-file", service.analyze_file),
        ("GET", "/health", service.get_health),
        ("GET", "/ready", service.get_ready),
        ("GET", "/spaces-info", service.get_spaces_info),
    )
    for method, path, endpoint in routes:
        api.add_api_route(
            path,
            endpoint,
            methods=[method],
            response_class=JSONResponse,
            response_model=None,
            **api_docs.describe(path),
        )
    page = api_docs.page(api.openapi())

    async def docs() -> HTMLResponse:
        return HTMLResponse(page)

    api.add_api_route("/docs", docs, methods=["GET"], include_in_schema=False)


def _response(result: Answer) -> Response:
    headers = {} if result.retry_after is None else {"Retry-After": str(result.retry_after)}
    return Response(result.body, result.status, headers, media_type="application/json")


async def _on_error(request: Request, error: Exception) -> Response:
    return _response(error_answer(cast(CidadaoError, error)))


async def _on_http_error(request: Request, error: Exception) -> Response:
    """Errors of routing, in the contract's form; Gradio's own client reads Gradio's form."""
    error = cast(HTTPException, error)
    if request.url.path.startswith("/gradio_api"):
        return await http_exception_handler(request, error)
    messages = {
        404: ("Este endereço não existe.", "Veja os endereços em /docs."),
        405: ("Este endereço não aceita esse método.", "Veja em /docs o método de cada endereço."),
    }
    fallback = ("O pedido não pôde ser atendido.", "Veja exemplos de pedidos em /docs.")
    kind = HTTPStatus(error.status_code).phrase.title().replace(" ", "")
    body = error_body(kind, *messages.get(error.status_code, fallback))
    return Response(body, error.status_code, error.headers, media_type="application/json")


def _declared_size(request: Request) -> int:
    """Bytes the request says it has; unknown counts as large."""
    text = request.headers.get("content-length", "")
    return int(text) if re.fullmatch(r"\d{1,18}", text, re.ASCII) else SMALL_BODY_BYTES + 1


def _require_json(request: Request) -> None:
    kind = request.headers.get("content-type", "application/json").split(";")[0].strip().lower()
    if not re.fullmatch(r"application/([\w.-]+\+)?json|text/plain", kind):
        raise UnreadableFile(
            f"O conteúdo foi declarado como {kind[:80]!r}, e este endereço lê JSON.",
            hint="Envie o cabeçalho 'Content-Type: application/json', ou use /v1/analyze-file.",
        )
    _require_plain(request)


def _require_multipart(request: Request) -> None:
    if not request.headers.get("content-type", "").lower().startswith("multipart/form-data"):
        raise UnreadableFile(
            "O pedido não traz um arquivo em multipart/form-data.",
            hint="Envie o arquivo no campo 'file', por exemplo: curl -F file=@gastos.csv …",
        )
    _require_plain(request)


def _require_plain(request: Request) -> None:
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise UnreadableFile(
            "O corpo do pedido está compactado.",
            hint="Envie o corpo sem compressão; um arquivo .zip ou .gz pode ir em 'file'.",
        )


async def _body(request: Request) -> bytes:
    try:
        async with asyncio.timeout(BODY_S):
            return await request.body()
    except TimeoutError:
        raise _too_slow() from None


async def _form(request: Request) -> FormData:
    try:
        async with asyncio.timeout(BODY_S):
            return await request.form(max_files=2, max_fields=8, max_part_size=MAX_FIELD_BYTES)
    except TimeoutError:
        raise _too_slow() from None
    except (HTTPException, FormParserError):
        raise UnreadableFile(
            "O formulário enviado não pôde ser lido.",
            hint="Envie um só arquivo no campo 'file' e, se quiser, 'threshold', 'mapping' e"
            " 'sanctions'.",
        ) from None
    except OSError:
        raise _no_room() from None


def _too_slow() -> InputError:
    hint = "Verifique a conexão e envie de novo."
    return InputError(f"O conteúdo não chegou em {BODY_S:.0f} segundos.", hint=hint)


def _no_room() -> ServiceUnavailable:
    return ServiceUnavailable(
        "O serviço está sem espaço para guardar o arquivo durante a análise.",
        hint="Tente de novo em alguns minutos.",
        details={"retry_after_s": 60},
    )


def _save(form: FormData, folder: Path) -> Upload:
    """The parts of the form as an Upload, its files written into `folder`."""
    files = form.getlist("file")
    if len(files) != 1 or not isinstance(files[0], UploadFile):
        raise InputError(
            "O pedido não traz exatamente um arquivo no campo 'file'.",
            hint="Envie um arquivo por pedido, por exemplo: curl -F file=@gastos.csv …",
        )
    return Upload(
        path=_write(files[0], folder / "file"),
        threshold=_text(form, "threshold"),
        mapping=_text(form, "mapping"),
        sanctions=_sanctions(form, folder),
    )


def _sanctions(form: FormData, folder: Path) -> Path | None:
    part = form.get("sanctions")
    if isinstance(part, UploadFile):
        return _write(part, folder / "sanctions")
    if not part:
        return None
    path = folder / "sanctions"
    path.write_text(part, encoding="utf-8", errors="replace")
    return path


def _write(upload: UploadFile, path: Path) -> Path:
    """Copy the file; of the sender's name only a plain extension is kept, as a hint of format."""
    suffix = re.search(r"\.[A-Za-z0-9]{1,8}$", upload.filename or "")
    path = path.with_suffix(suffix.group().lower() if suffix else "")
    with path.open("wb") as target:
        shutil.copyfileobj(upload.file, target)
    return path


def _text(form: FormData, name: str) -> str | None:
    value = form.get(name)
    if isinstance(value, UploadFile):
        raise InputError(
            f"O campo {name!r} veio como arquivo.", hint=f"Envie {name!r} como texto simples."
        )
    return value or None
