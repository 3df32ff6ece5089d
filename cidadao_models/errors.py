"""The exceptions raised on purpose, each with a Portuguese hint that says what to do.

    CidadaoError                 carries .hint
    ├─ InputError                the caller can mend it: HTTP 422 (413 when too large), gr.Error
    │  ├─ UnreadableFile
    │  ├─ MissingFields
    │  ├─ TooFewRecords
    │  └─ TooLarge
    ├─ NotFitted
    ├─ WeightsUnavailable
    └─ ServiceUnavailable

Problems inside a readable file are issues, not exceptions (see `findings.Issues`).
"""

from __future__ import annotations


class CidadaoError(Exception):
    """Base of all errors raised on purpose.

    `message` says in Portuguese what was seen, `hint` what to do about it and `details` holds
    plain JSON values for programs.
    """

    def __init__(
        self, message: str, *, hint: str, details: dict[str, object] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details or {}


class InputError(CidadaoError):
    """The caller can mend the input."""


class UnreadableFile(InputError):
    """The bytes are of no known format, empty or damaged."""


class MissingFields(InputError):
    """A field that the analysis can't do without was not found."""


class TooFewRecords(InputError):
    """There is nothing to analyse."""


class TooLarge(InputError):
    """The input is above a published limit."""


class NotFitted(CidadaoError):
    """A detector was used before it was fitted."""


class WeightsUnavailable(CidadaoError):
    """The model files are missing or damaged."""


class ServiceUnavailable(CidadaoError):
    """The service can't be reached and there is no local fallback."""
