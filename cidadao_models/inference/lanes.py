"""Bounded places to work: small requests in standing processes, large ones each in its own.

An analysis holds the interpreter for long stretches: in another process it can't keep `/health`
waiting, and two cores do two at once. A large one gives its memory back when it ends, and can be
stopped. Each job is done with the weights in use when it was sent. Does not know what the work is.
"""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import asynccontextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.process import BaseProcess
from typing import Any

from cidadao_models.errors import CidadaoError, ServiceUnavailable, TooLarge
from cidadao_models.inference.jobs import Answer, answer, error_answer, error_body
from cidadao_models.models.core import weights
from cidadao_models.reading.documents import Document

Job = Callable[..., dict[str, Any] | Document]

Outcome = tuple[Any, tuple[type[CidadaoError], str, str, dict[str, object]] | None]
"""The value of some work, or the kind, message, hint and details of its refusal."""

log = logging.getLogger(__name__)

LARGE_JOB_S = 240.0
"""Longest run of one large analysis, in seconds; a million rows take a third of it."""

UNFORESEEN = "A análise parou por um erro do serviço."
UNFORESEEN_HINT = (
    "O erro foi registrado sem os seus dados. Tente com menos registros ou avise a equipe."
)

PRELOADED = (
    "cidadao_models.analysis",
    "cidadao_models.models.spectral_analysis.analyzer",
    "cidadao_models.models.text_analysis.analyzer",
    "cidadao_models.inference.lanes",
)
"""What the server of new processes has loaded, so that each of them starts at once."""

POLL_S = 0.2
"""How often a waiting thread looks whether the visitor has gone, in seconds."""


class Lane:
    """Work done `workers` at a time, with at most `waiting` more in line.

    `isolated` work runs in a process of its own, or where `apart` (which is used as `isolated` is)
    runs it. `retry_after_s` is what a refused caller is told.
    """

    def __init__(
        self,
        name: str,
        *,
        workers: int,
        waiting: int,
        retry_after_s: int,
        isolated: bool = False,
        apart: Callable[..., Any] | None = None,
    ) -> None:
        self.workers = workers
        self.capacity = workers + waiting
        self.retry_after_s = retry_after_s
        self.taken = 0
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix=name)
        self._apart = apart
        self._standing = None if isolated or apart else _standing(workers)

    @asynccontextmanager
    async def place(self) -> AsyncIterator[None]:
        """Hold one place from before the body is read; raises ServiceUnavailable when full."""
        if self.taken >= self.capacity:
            raise ServiceUnavailable(
                "O serviço está ocupado com outros pedidos.",
                hint=f"Tente de novo em {self.retry_after_s} segundos.",
                details={"retry_after_s": self.retry_after_s},
            )
        self.taken += 1
        try:
            yield
        finally:
            self.taken -= 1

    async def run(
        self, job: Job, *args: object, gone: Callable[[], Awaitable[bool]] | None = None
    ) -> Answer:
        """The answer of `job(*args)`; stops isolated work when `gone` says nobody waits."""
        stop = threading.Event()
        waiting = asyncio.wrap_future(self.submit(job, *args, stop=stop))
        while not (await asyncio.wait({waiting}, timeout=1.0))[0]:
            if gone is not None and await gone():
                stop.set()
        return _settled(waiting)

    def submit(
        self, job: Job, *args: object, stop: threading.Event | None = None
    ) -> Future[Answer]:
        """The answer to come of `job(*args)`; setting `stop` ends isolated work."""
        if self._standing is None:
            apart = self._apart or isolated
            return self._threads.submit(_in_process, apart, stop or threading.Event(), job, *args)
        chosen = weights.chosen()
        try:
            return self._standing.submit(_with_weights, chosen, job, *args)
        except BrokenProcessPool:
            # A worker was killed, for want of memory perhaps: its line is lost, not the service.
            self._standing = _standing(self.workers)
            return self._standing.submit(_with_weights, chosen, job, *args)

    def close(self) -> None:
        """Take no more work."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        if self._standing is not None:
            self._standing.shutdown(wait=False, cancel_futures=True)


def _settled(done: asyncio.Future[Answer] | Future[Answer]) -> Answer:
    """The result, or for an unforeseen error an answer that names only its type."""
    error = done.exception()
    if error is None:
        return done.result()
    log.error("analysis stopped by %s", type(error).__name__)
    if isinstance(error, BrokenProcessPool):
        return error_answer(_stopped("A análise foi interrompida, talvez por falta de memória."))
    return Answer(
        500,
        error_body("InternalError", UNFORESEEN, UNFORESEEN_HINT, {"error": type(error).__name__}),
    )


def _with_weights(chosen: weights.Chosen | None, job: Job, *args: object) -> Answer:
    """In a standing worker: the answer, made with the weights that the service has in use."""
    weights.follow(chosen)
    return answer(job, *args)


def _standing(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, mp_context=_context(), initializer=follow_parent)


def follow_parent() -> None:
    """In a worker: end when the service does, even if it was killed and could not say so."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(0)


def _context() -> BaseContext:
    """Processes forked from a server that has loaded the analysis, where the system has that."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    return context


def isolated(
    function: Callable[..., Any],
    *args: object,
    stop: threading.Event | None = None,
    **options: object,
) -> Any:
    """`function(*args, **options)`, computed in a new process that ends with it.

    Raises the CidadaoError that it raised; TooLarge when it takes longer than `LARGE_JOB_S`;
    ServiceUnavailable when `stop` was set or the process died.
    """
    stop = stop or threading.Event()
    if stop.is_set():
        raise _stopped("O pedido foi abandonado antes de começar.")
    receiver, process = start(_child, weights.chosen(), function, args, options)
    try:
        outcome = _result(receiver, stop)
    finally:
        receiver.close()
        process.kill()
        process.join()
    return opened(outcome)


def start(target: Callable[..., None], *args: object) -> tuple[Connection, BaseProcess]:
    """A new process that runs `target(its end of a pipe, *args)`, and our end of that pipe."""
    context = _context()
    ours, theirs = context.Pipe()
    process = context.Process(  # type: ignore[attr-defined]
        target=target, args=(theirs, *args), daemon=True
    )
    process.start()
    theirs.close()
    return ours, process


def opened(outcome: Outcome) -> Any:
    """The value of an outcome; raises the refusal that it holds instead."""
    value, refusal = outcome
    if refusal is not None:
        kind, message, hint, details = refusal
        raise kind(message, hint=hint, details=details)
    return value


def _in_process(
    apart: Callable[..., Any], stop: threading.Event, job: Job, *args: object
) -> Answer:
    try:
        result: Answer = apart(_answered, job, *args, stop=stop)
    except CidadaoError as error:
        return error_answer(error)
    return result


def _answered(job: Job, *args: object) -> Answer:
    with ThreadPoolExecutor(1) as pool:
        return _settled(pool.submit(answer, job, *args))


def _result(receiver: Connection, stop: threading.Event) -> Outcome:
    waited = 0.0
    while not receiver.poll(POLL_S):
        waited += POLL_S
        if stop.is_set():
            raise _stopped("O pedido foi abandonado.")
        if waited >= LARGE_JOB_S:
            raise TooLarge(
                f"A análise passou de {LARGE_JOB_S:.0f} segundos e foi interrompida.",
                hint="Divida o arquivo, por exemplo por ano, e envie uma parte de cada vez.",
            )
    try:
        outcome: Outcome = receiver.recv()
        return outcome
    except EOFError:
        raise _stopped("A análise foi interrompida, talvez por falta de memória.") from None


def _stopped(message: str) -> ServiceUnavailable:
    hint = "Tente de novo em 30 segundos; se repetir, divida o arquivo em partes."
    return ServiceUnavailable(message, hint=hint, details={"retry_after_s": 30})


def _child(
    sender: Connection,
    chosen: weights.Chosen | None,
    function: Callable[..., Any],
    args: tuple[object, ...],
    options: dict[str, object],
) -> None:
    """In the new process: send the value or the refusal, made with the weights in use."""
    weights.follow(chosen)
    sender.send(outcome_of(function, args, options))
    sender.close()


def outcome_of(
    function: Callable[..., Any], args: tuple[object, ...], options: dict[str, object]
) -> Outcome:
    """What `function` gives or refuses, never a traceback that quotes data."""
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(function, *args, **options)
    error = done.exception()
    if error is None:
        return done.result(), None
    if isinstance(error, CidadaoError):
        return None, (type(error), error.message, error.hint, error.details)
    log.error("analysis stopped by %s", type(error).__name__)
    details: dict[str, object] = {"error": type(error).__name__}
    return None, (CidadaoError, UNFORESEEN, UNFORESEEN_HINT, details)
