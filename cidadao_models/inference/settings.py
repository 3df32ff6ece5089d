"""The published limits of the service, read once from the environment. Enforces none of them."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from cidadao_models.errors import InputError
from cidadao_models.reading.limits import MEGABYTE, PUBLIC_MAX_FILE_MB, PUBLIC_MAX_ROWS, Limits

DEFAULT_CONCURRENCY = 2
"""Analyses at once in each lane: the cores of a free Space."""

DEFAULT_RATE_PER_MIN = 120
"""Requests a minute one visitor of a Space may make: two a second, a backend's normal pace."""

MAX_JSON_BYTES = 32 * MEGABYTE
"""Largest JSON body: about 100,000 short records; more belongs in a file."""

MAX_OTHER_BYTES = 1 * MEGABYTE
"""Largest body of a route that expects none."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Limits on bytes, rows, analyses at once and requests a minute (None: no rate limit)."""

    limits: Limits
    concurrency: int = DEFAULT_CONCURRENCY
    rate_per_min: int | None = None

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Settings of this process; raises InputError for a value that is no whole number."""
        env = os.environ if environ is None else environ
        rate = _positive(env, "CIDADAO_RATE_PER_MIN", DEFAULT_RATE_PER_MIN)
        return cls(
            limits=Limits.from_environment(env),
            concurrency=_positive(env, "CIDADAO_MAX_CONCURRENCY", DEFAULT_CONCURRENCY),
            rate_per_min=rate if env.get("SPACE_ID") else None,
        )

    @property
    def max_file_bytes(self) -> int:
        """Largest uploaded file; a service always has such a limit."""
        return self.limits.max_bytes or PUBLIC_MAX_FILE_MB * MEGABYTE

    @property
    def max_json_bytes(self) -> int:
        """Largest JSON body accepted, never above the limit of a file."""
        return min(MAX_JSON_BYTES, self.max_file_bytes)

    @property
    def max_rows(self) -> int:
        """Most records in one request."""
        return self.limits.max_rows or PUBLIC_MAX_ROWS

    @property
    def max_points(self) -> int:
        """Most points of one series: a point weighs no more than a record."""
        return self.max_rows

    def to_dict(self) -> dict[str, object]:
        """`limits` of `GET /health`: sizes in MB (a million bytes) and counts."""
        return {
            "max_file_mb": self.max_file_bytes / MEGABYTE,
            "max_json_mb": self.max_json_bytes / MEGABYTE,
            "max_rows": self.max_rows,
            "max_points": self.max_points,
            "max_characters": self.limits.max_characters,
            "max_pages": self.limits.max_pages,
            "max_concurrency": self.concurrency,
            "rate_per_min": self.rate_per_min,
        }


def _positive(env: Mapping[str, str], name: str, default: int) -> int:
    text = env.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit()) or int(text) == 0:
        raise InputError(
            f"A variável de ambiente {name} vale {text!r}.",
            hint=f"Use um número inteiro maior que zero em {name}, ou remova a variável.",
        )
    return int(text)
