"""One process that stays between jobs, for work whose models are heavy to load.

What it loads is in memory once, whoever asks: REST, the Gradio API and the page share it. A job
that takes too long ends with its process, and the next one starts a new process. Does not know what
the work is.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from typing import Any

from cidadao_models.errors import CidadaoError, ServiceUnavailable, TooLarge
from cidadao_models.inference import lanes
from cidadao_models.models.core import weights

TURN_S = 60.0
"""Longest wait for the process to be free, in seconds; then the caller is told that it is busy."""

PATIENCE_S = 10.0
"""How long work that nobody waits for may go on, in seconds: ending it costs the next caller the
loading of the models, which takes about as long."""

_SHORTER = "Cole ou envie só o ato ou as cláusulas que interessam."


class Standing:
    """A process that does one job at a time, started when first used."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None

    def call(
        self,
        function: Callable[..., Any],
        *args: object,
        stop: threading.Event | None = None,
        **options: object,
    ) -> Any:
        """`function(*args, **options)`, computed in the process.

        Raises the CidadaoError that it raised, as `lanes.isolated` does; TooLarge when it takes
        longer than `lanes.LARGE_JOB_S`; ServiceUnavailable when `stop` was set, the process died
        or others kept it for `TURN_S`.
        """
        stop = stop or threading.Event()
        self._wait_for_turn(stop)
        kept = False
        try:
            pipe = self._asked(function, args, options)
            kept = not self._answered(pipe, stop)
            outcome = None if kept else self._received(pipe)
        finally:
            if not kept:
                self._turn.release()
        if outcome is None:
            threading.Thread(target=self._finish, args=(pipe,), daemon=True).start()
            raise _stopped("O pedido foi abandonado.")
        return lanes.opened(outcome)

    def close(self) -> None:
        """End the process; a later call starts a new one."""
        process, pipe = self._process, self._pipe
        self._process = self._pipe = None
        if process is not None and pipe is not None:
            process.kill()
            process.join()
            pipe.close()

    def _wait_for_turn(self, stop: threading.Event) -> None:
        deadline = time.monotonic() + TURN_S
        while not self._turn.acquire(timeout=lanes.POLL_S):
            if stop.is_set():
                raise _stopped("O pedido foi abandonado antes de começar.")
            if time.monotonic() > deadline:
                raise ServiceUnavailable(
                    "O serviço está ocupado com outros textos.",
                    hint="Tente de novo em 30 segundos.",
                    details={"retry_after_s": 30},
                )

    def _asked(
        self, function: Callable[..., Any], args: tuple[object, ...], options: dict[str, object]
    ) -> Connection:
        """Send the work, to a new process when there is none alive."""
        for _ in range(2):
            if self._pipe is None:
                self._pipe, self._process = lanes.start(_serve)
            try:
                self._pipe.send((weights.chosen(), function, args, options))
                return self._pipe
            except OSError:
                self.close()
        raise _stopped("A análise não pôde começar.")

    def _answered(self, pipe: Connection, stop: threading.Event) -> bool:
        """Wait for the answer: False when `stop` was set first."""
        deadline = time.monotonic() + lanes.LARGE_JOB_S
        while not pipe.poll(lanes.POLL_S):
            if stop.is_set():
                return False
            if time.monotonic() > deadline:
                self.close()
                raise TooLarge(
                    f"A análise passou de {lanes.LARGE_JOB_S:.0f} segundos e foi interrompida.",
                    hint=_SHORTER,
                )
        return True

    def _received(self, pipe: Connection) -> lanes.Outcome:
        try:
            outcome: lanes.Outcome = pipe.recv()
        except (EOFError, OSError):
            self.close()
            raise _stopped("A análise foi interrompida, talvez por falta de memória.") from None
        return outcome

    def _finish(self, pipe: Connection) -> None:
        """Let abandoned work end by itself for a while, then end it; the turn passes on."""
        try:
            if pipe.poll(PATIENCE_S):
                self._received(pipe)
            else:
                self.close()
        except (CidadaoError, OSError):
            self.close()
        finally:
            self._turn.release()


def _serve(pipe: Connection) -> None:
    """In the process: answer one job after the other until the service ends."""
    lanes.follow_parent()
    while True:
        try:
            chosen, function, args, options = pipe.recv()
        except EOFError:
            return
        weights.follow(chosen)
        pipe.send(lanes.outcome_of(function, args, options))


def _stopped(message: str) -> ServiceUnavailable:
    hint = f"Tente de novo em 30 segundos; se repetir: {_SHORTER[0].lower()}{_SHORTER[1:]}"
    return ServiceUnavailable(message, hint=hint, details={"retry_after_s": 30})
