"""An ASGI layer in front of every route, Gradio's too: body size, pace and security headers.

Counts the body while it streams in, before anything parses it. Reads no content.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from starlette.requests import ClientDisconnect

from cidadao_models.inference.jobs import error_body
from cidadao_models.inference.settings import MAX_OTHER_BYTES, Settings
from cidadao_models.reading.limits import MEGABYTE

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

FILE_ROUTES = ("/v1/analyze-file", "/gradio_api/upload")
JSON_ROUTES = (
    "/v1/",
    "/gradio_api/call/",
    "/gradio_api/run/",
    "/gradio_api/queue/",
    "/gradio_api/api/",
    "/gradio_api/mcp",
)
PACED_ROUTES = (*FILE_ROUTES, *JSON_ROUTES)

MULTIPART_ALLOWANCE = 64 * 1024
"""Bytes of a multipart body that are not the file: boundaries, part headers, small fields."""

DRAIN_S = 10.0
"""How long the rest of a refused body is read and thrown away, so that its sender gets the answer
instead of a broken connection."""

MAX_VISITORS = 10_000
"""Visitors whose pace is remembered; the longest unseen are forgotten first."""

SECURITY_HEADERS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (
        b"content-security-policy",
        b"frame-ancestors 'self' https://huggingface.co https://*.hf.space",
    ),
)
"""A Space is shown inside a frame of huggingface.co, so X-Frame-Options can't be used."""


class Guard:
    """The ASGI application `app` behind the limits of `settings`."""

    def __init__(self, app: App, *, settings: Settings) -> None:
        self.app = app
        self.settings = settings
        self.pace = Pace(settings.rate_per_min)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it here when it is too large or too soon."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        send = _with_headers(send)
        path = str(scope["path"])
        wait = self.pace.wait(_visitor(scope)) if path.startswith(PACED_ROUTES) else 0
        if wait:
            await _refuse_pace(send, wait)
            return
        await self._bounded(scope, receive, send, self._limit(path))

    def _limit(self, path: str) -> int:
        if path.startswith(FILE_ROUTES):
            return self.settings.max_file_bytes + MULTIPART_ALLOWANCE
        return self.settings.max_json_bytes if path.startswith(JSON_ROUTES) else MAX_OTHER_BYTES

    async def _bounded(self, scope: Scope, receive: Receive, send: Send, limit: int) -> None:
        body = _Body(receive, send, limit)
        declared = _header(scope, b"content-length")
        if declared.isdigit() and (len(declared) > 18 or int(declared) > limit):
            await body.refuse(drain=not _header(scope, b"expect"))
            return
        with suppress(ClientDisconnect):
            await self.app(scope, body.receive, body.send)
        if body.exceeded:
            await body.refuse(drain=True)


class _Body:
    """A request body under a limit: past it the application sees a visitor who has left."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self._receive = receive
        self._send = send
        self._limit = limit
        self._size = 0
        self._ended = False
        self._started = False
        self.exceeded = False

    async def receive(self) -> Message:
        if self.exceeded:
            return {"type": "http.disconnect"}
        message = await self._receive()
        self._size += len(message.get("body", b""))
        self._ended = not message.get("more_body", False)
        if self._size > self._limit:
            self.exceeded = True
            return {"type": "http.disconnect"}
        return message

    async def send(self, message: Message) -> None:
        if self.exceeded and not self._started:
            return
        self._started = True
        await self._send(message)

    async def refuse(self, *, drain: bool) -> None:
        """Answer 413, unless the application's own answer is already on its way."""
        if self._started:
            return
        deadline = time.monotonic() + DRAIN_S
        while drain and not self._ended and time.monotonic() < deadline:
            message = await self._receive()
            self._size += len(message.get("body", b""))
            self._ended = not message.get("more_body", False)
            if self._size > 2 * self._limit + MEGABYTE:
                break
        body = error_body(
            "TooLarge",
            f"O envio passa do limite de {self._limit / MEGABYTE:.0f} MB deste endereço.",
            "Divida o conteúdo em partes, ou envie o arquivo compactado em ZIP.",
            {"max_bytes": self._limit},
        )
        await _respond(self._send, 413, body, [(b"connection", b"close")])


class Pace:
    """Requests of each visitor in the last minute; `per_min` None switches it off."""

    def __init__(self, per_min: int | None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_min = per_min
        self._clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, visitor: str | None) -> int:
        """Count one request of `visitor`; the seconds to wait, 0 when it may go on."""
        if self._per_min is None or visitor is None:
            return 0
        now = self._clock()
        times = self._seen.setdefault(visitor, deque())
        self._seen.move_to_end(visitor)
        while len(self._seen) > MAX_VISITORS:
            self._seen.popitem(last=False)
        while times and times[0] <= now - 60:
            times.popleft()
        if len(times) >= self._per_min:
            return max(1, int(times[0] + 60 - now) + 1)
        times.append(now)
        return 0


def _visitor(scope: Scope) -> str | None:
    """The address the Space's own proxy saw, or the peer's; None for this machine itself.

    Only the last entry of X-Forwarded-For was written by that proxy; the others are the sender's.
    """
    forwarded = _header(scope, b"x-forwarded-for").decode("latin-1")
    peer = scope["client"][0] if scope.get("client") else ""
    address = forwarded.rsplit(",", 1)[-1].strip() or peer
    try:
        return None if ipaddress.ip_address(address).is_loopback else address
    except ValueError:
        return address


def _header(scope: Scope, name: bytes) -> bytes:
    return next((bytes(value) for key, value in scope["headers"] if key == name), b"")


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message.get("headers", ()), *SECURITY_HEADERS]
        await send(message)

    return sending


async def _refuse_pace(send: Send, wait: int) -> None:
    body = error_body(
        "TooManyRequests",
        "Foram pedidos demais em um minuto.",
        f"Tente de novo em {wait} segundos.",
        {"retry_after_s": wait},
    )
    await _respond(send, 429, body, [(b"retry-after", str(wait).encode())])


async def _respond(
    send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]
) -> None:
    own = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": own + headers})
    await send({"type": "http.response.body", "body": body})
