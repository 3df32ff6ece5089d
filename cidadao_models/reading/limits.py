"""The published limits of one input: bytes as uploaded and once inflated, rows, columns, pages.

Says what is allowed and explains a refusal. Measures nothing itself.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from cidadao_models.errors import InputError, TooLarge

MEGABYTE = 1_000_000
"""Bytes, as file managers and the page count them."""

PUBLIC_MAX_FILE_MB = 80
"""Upload limit of a public Space with 2 cores and 16 GB (outer contract)."""

PUBLIC_MAX_ROWS = 300_000
"""Row limit of a public Space with 2 cores and 16 GB (outer contract)."""

MAX_INFLATED_BYTES = 1_000 * MEGABYTE
"""What a ZIP, GZ or XLSX may grow to: real portal files inflate 10 to 15 times, bombs 1,000."""

MAX_ARCHIVE_MEMBERS = 500
"""Files inside one ZIP; the portals publish 1 to 30."""

MAX_COLUMNS = 16_384
"""Columns of one table: what a spreadsheet can hold."""

MAX_PAGES = 500
"""Pages of one document: contracts with all their annexes have under 300."""

MAX_CHARACTERS = 1_000_000
"""Characters of one document: about 400 pages, and the longest text that is analysed."""

MAX_DOCUMENT_BYTES = 100 * MEGABYTE
"""What the main part of a DOCX may grow to: its XML has 10 to 50 bytes for each letter."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one input may measure; None means no limit.

    The defaults are those of the Python interface: only what protects the machine from a bomb.
    """

    max_bytes: int | None = None
    max_rows: int | None = None
    max_inflated_bytes: int = MAX_INFLATED_BYTES
    max_members: int = MAX_ARCHIVE_MEMBERS
    max_columns: int = MAX_COLUMNS
    max_pages: int = MAX_PAGES
    max_characters: int = MAX_CHARACTERS

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] | None = None) -> Limits:
        """Limits of the public service: `CIDADAO_MAX_FILE_MB` and `CIDADAO_MAX_ROWS`.

        Raises InputError when a variable is not a positive whole number.
        """
        values = os.environ if environment is None else environment
        megabytes = _positive(values, "CIDADAO_MAX_FILE_MB", PUBLIC_MAX_FILE_MB)
        rows = _positive(values, "CIDADAO_MAX_ROWS", PUBLIC_MAX_ROWS)
        return cls(max_bytes=megabytes * MEGABYTE, max_rows=rows)

    def check_bytes(self, size: int) -> None:
        """Raise TooLarge when the file as uploaded has more than `max_bytes`."""
        if self.max_bytes is not None and size > self.max_bytes:
            raise TooLarge(
                f"O arquivo tem {_megabytes(size)}; o limite é {_megabytes(self.max_bytes)}.",
                hint="Divida o arquivo por ano ou por órgão, ou use o pacote no seu computador.",
                details={"bytes": size, "max_bytes": self.max_bytes},
            )

    def check_inflated(self, size: int) -> None:
        """Raise TooLarge when a compressed file grew past `max_inflated_bytes`."""
        if size > self.max_inflated_bytes:
            raise TooLarge(
                "O arquivo compactado passa de "
                f"{_megabytes(self.max_inflated_bytes)} ao ser aberto.",
                hint="Descompacte no seu computador e envie só a tabela que interessa.",
                details={"max_inflated_bytes": self.max_inflated_bytes},
            )

    def check_shape(self, rows: int, columns: int) -> None:
        """Raise TooLarge when a table has more rows or columns than allowed."""
        if self.max_rows is not None and rows > self.max_rows:
            raise TooLarge(
                f"A tabela tem {thousands(rows)} registros; o limite é {thousands(self.max_rows)}.",
                hint="Divida o arquivo por ano ou por órgão, ou use o pacote no seu computador.",
                details={"rows": rows, "max_rows": self.max_rows},
            )
        if columns > self.max_columns:
            raise TooLarge(
                f"A tabela tem {thousands(columns)} colunas; "
                f"o limite é {thousands(self.max_columns)}.",
                hint="Confira se o arquivo é mesmo uma tabela e se o separador está certo.",
                details={"columns": columns, "max_columns": self.max_columns},
            )

    def check_points(self, points: int) -> None:
        """Raise TooLarge when a series has more points than a table may have rows."""
        if self.max_rows is not None and points > self.max_rows:
            raise TooLarge(
                f"A série tem {thousands(points)} pontos; o limite é {thousands(self.max_rows)}.",
                hint="Some os valores por dia, semana ou mês, ou use o pacote no seu computador.",
                details={"points": points, "max_points": self.max_rows},
            )

    def check_pages(self, pages: int) -> None:
        """Raise TooLarge when a document has more than `max_pages`."""
        if pages > self.max_pages:
            raise TooLarge(
                f"O documento tem {thousands(pages)} páginas; "
                f"o limite é {thousands(self.max_pages)}.",
                hint="Imprima em PDF só o contrato, sem os anexos, e envie de novo.",
                details={"pages": pages, "max_pages": self.max_pages},
            )

    def check_characters(self, characters: int) -> None:
        """Raise TooLarge when a document's text is longer than `max_characters`."""
        if characters > self.max_characters:
            raise TooLarge(
                f"O texto do documento passa de {thousands(self.max_characters)} caracteres.",
                hint="Envie só o contrato ou ato, sem os anexos, ou cole as partes que interessam.",
                details={"max_characters": self.max_characters},
            )

    def check_document_bytes(self, size: int) -> None:
        """Raise TooLarge when the main part of a document inflates too far."""
        if size > MAX_DOCUMENT_BYTES:
            raise TooLarge(
                f"O documento passa de {_megabytes(MAX_DOCUMENT_BYTES)} ao ser aberto.",
                hint="Copie o texto que interessa e cole no campo.",
                details={"max_inflated_bytes": MAX_DOCUMENT_BYTES},
            )


NO_LIMITS = Limits()
"""Limits of the Python interface."""


def _positive(values: Mapping[str, str], name: str, default: int) -> int:
    text = values.get(name, "").strip()
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and int(text) > 0):
        raise InputError(
            f"A variável {name} não é um número inteiro positivo.",
            hint=f"Defina {name} com um número inteiro, por exemplo {default}.",
        )
    return int(text)


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:.1f} MB".replace(".", ",").replace(",0 MB", " MB")


def thousands(number: int) -> str:
    """`1234567` -> `1.234.567`."""
    return f"{number:,}".replace(",", ".")
