"""Facts that have a form of their own, read by pattern, check digit and the words beside them.

Names, objects and terms of a contract have no form of their own: they are not read here.
"""

from __future__ import annotations

from cidadao_models.models.text_analysis.act_type import act_type
from cidadao_models.models.text_analysis.entities import Entity, in_order
from cidadao_models.models.text_analysis.folding import Folded
from cidadao_models.models.text_analysis.patterns_budget import find_budget_codes
from cidadao_models.models.text_analysis.patterns_dates import find_dates
from cidadao_models.models.text_analysis.patterns_money import find_values
from cidadao_models.models.text_analysis.patterns_numbers import find_numbers
from cidadao_models.models.text_analysis.patterns_terms import find_legal_basis, find_modalities

LABELS = (
    "numero",
    "numero_aditivo",
    "processo",
    "cnpj",
    "valor",
    "data",
    "modalidade",
    "dotacao",
    "fundamento_legal",
)
"""What `find` looks for."""


def find(folded: Folded, kind: str | None = None) -> list[Entity]:
    """Every fact of `LABELS` in the text, in the order of the text.

    Of numbers, amounts, dates and modalities only those of the act itself are told, at each place
    that states them; of process numbers, CNPJs, budget codes and articles, all. `kind` is the act
    type by its own evidence, where it is known already.
    """
    kind = kind or act_type(folded)[0]
    return in_order(
        [
            *find_numbers(folded, kind),
            *find_values(folded),
            *find_dates(folded, kind),
            *find_modalities(folded),
            *find_budget_codes(folded),
            *find_legal_basis(folded),
        ]
    )
