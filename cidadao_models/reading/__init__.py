"""From a file, a table or a list of records to canonical records with their problems.

Light to import: what does the work is loaded on first use.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cidadao_models.reading.assemble import Reading, Source
    from cidadao_models.reading.limits import Limits

__all__ = ["Reading", "read"]


def read(
    source: Source,
    *,
    filename: str | None = None,
    mapping: Mapping[str, str] | None = None,
    limits: Limits | None = None,
) -> Reading:
    """Canonical records of a path, bytes, binary file, DataFrame or list of dicts.

    CSV or TSV in any encoding, separator and quoting, XLSX, XLS, ODS, JSON, JSON lines, and ZIP
    or GZ of these. `mapping` names the column of a field where the reader should not choose
    (`{"valor": "valorcontrato1"}`). Raises UnreadableFile, TooLarge, MissingFields when no column
    could be recognised, and InputError for a mapping that can't be. `limits` are those of a
    service; without them only files that would exhaust the machine are refused. A `Reading` is
    returned as it is, or read again from its own cells when a mapping is given.
    """
    from cidadao_models.reading import assemble
    from cidadao_models.reading.limits import NO_LIMITS

    return assemble.read(source, filename=filename, mapping=mapping, limits=limits or NO_LIMITS)


def __getattr__(name: str) -> Any:
    if name == "Reading":
        from cidadao_models.reading.assemble import Reading

        return Reading
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
