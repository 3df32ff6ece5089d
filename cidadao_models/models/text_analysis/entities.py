"""One fact read in a text: what it is, its words and where they stand. Finds nothing itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from cidadao_models.records import mask_cpf

ACT_LABELS = (
    "numero",
    "numero_aditivo",
    "processo",
    "orgao",
    "contratado",
    "cnpj",
    "objeto",
    "valor",
    "vigencia",
    "data",
    "modalidade",
    "dotacao",
    "fundamento_legal",
)
"""Facts of an official act, by the names of the outer contract."""

LEGAL_LABELS = ("PESSOA", "ORGANIZACAO", "LOCAL", "TEMPO", "LEGISLACAO", "JURISPRUDENCIA")
"""Entities of legal text, by the names of LeNER-Br (Luz de Araujo et al., PROPOR 2018)."""

ACT_TYPES = (
    "aviso_licitacao",
    "extrato_contrato",
    "aditamento_contrato",
    "suspensao_licitacao",
    "anul_revog_licitacao",
    "extrato_convenio",
    "contrato",
    "outro",
)

Source = Literal["padrao", "modelo"]


@dataclass(frozen=True, slots=True)
class Entity:
    """`text` is original[start:end]; `score` in [0, 1]; `source` says who found it: a pattern
    (`padrao`) or the encoder (`modelo`).
    """

    label: str
    text: str
    start: int
    end: int
    score: float
    source: Source = "padrao"

    def to_dict(self) -> dict[str, Any]:
        return {
            "label": self.label,
            "text": mask_cpf(self.text),
            "start": self.start,
            "end": self.end,
            "score": round(self.score, 4),
            "source": self.source,
        }


def in_order(entities: Iterable[Entity]) -> list[Entity]:
    """By place in the text, then by label."""
    return sorted(entities, key=lambda e: (e.start, e.end, e.label))
